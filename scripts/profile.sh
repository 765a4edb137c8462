#!/usr/bin/env bash
# Makes cmd/practicum/default.pgo anew, by which `go build` places and inlines the code (https://go.dev/doc/pgo): what the processor did in
# reports of synthetic logs and while the samples of all log formats were read. Run it when the way of a line through the code has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go test -trimpath -run '^$' -bench 'Run/format=(mixed|iptables|eve|web)$' -benchtime 5s -o "$dir/pipeline.test" -cpuprofile "$dir/run.prof" ./analysis/pipeline
go test -trimpath -run '^$' -bench Samples -benchtime 100ms -o "$dir/logformat.test" -cpuprofile "$dir/samples.prof" ./analysis/logformat
go tool pprof -proto -output cmd/practicum/default.pgo "$dir/run.prof" "$dir/samples.prof" >/dev/null

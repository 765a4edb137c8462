#!/bin/sh
# Builds practicum so that the same source and version of Go give the same bytes, wherever it lies: build.sh [FILE]
set -eu
cd "$(dirname "$0")/.."
out=${1:-practicum}
exec env CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags=-buildid= -o "$out" ./cmd/practicum

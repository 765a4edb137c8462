#!/bin/sh
# Makes what a release has, in dist: the reproducible binary, its checksum, an SBOM in CycloneDX, and what scanners say. The tools
# are fetched, so this needs the network; practicum itself never does.
set -eu
cd "$(dirname "$0")/.."
mkdir -p dist
sh scripts/build.sh "$(pwd)/dist/practicum"
(cd dist && sha256sum practicum >SHA256SUMS)
go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0 app -json -licenses -output dist/sbom.cdx.json -main cmd/practicum .
go run golang.org/x/vuln/cmd/govulncheck@latest ./...
go run honnef.co/go/tools/cmd/staticcheck@latest ./...

#!/usr/bin/env bash
# Runs every check of the project: formatting, vet, all tests.
#
# The tests look at the reports as a reader would: the HTML in Chromium, the PDF with poppler-utils
# and qpdf. Where one of them is missing on Debian or a relative of it, it is installed first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
	echo "test.sh: $*" >&2
	exit 1
}

command -v go >/dev/null || fail "go is not on the PATH; install Go as https://go.dev/doc/install says"

# Each tool with the package that brings it.
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if ! command -v pdftotext >/dev/null || ! command -v pdftoppm >/dev/null || ! command -v pdfinfo >/dev/null; then
	missing+=(poppler-utils)
fi
command -v qpdf >/dev/null || missing+=(qpdf)
command -v ssh-keygen >/dev/null || missing+=(openssh-client) # signs a bundle
command -v sha256sum >/dev/null || missing+=(coreutils)
command -v unzip >/dev/null || missing+=(unzip)
command -v zip >/dev/null || missing+=(zip) # makes a bundle that is not ours

if ((${#missing[@]})); then
	command -v apt-get >/dev/null ||
		fail "missing: ${missing[*]}; there is no apt-get here, so install them by hand and run this again"
	root=()
	if (($(id -u) != 0)); then
		command -v sudo >/dev/null ||
			fail "missing: ${missing[*]}; run as root, or: apt-get install ${missing[*]}"
		root=(sudo)
	fi
	echo "test.sh: installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	"${root[@]}" apt-get -q -o Acquire::Retries=3 update </dev/null ||
		fail "apt-get update failed; install by hand: ${missing[*]}"
	"${root[@]}" apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}" </dev/null ||
		fail "apt-get install failed; install by hand: ${missing[*]}"
fi

echo "test.sh: gofmt"
unformatted=$(gofmt -l .)
[[ -z $unformatted ]] || fail "not formatted, run gofmt -w on: ${unformatted//$'\n'/ }"

# The wildcard leaves out folders named testdata; the shapes' generator lives in one.
echo "test.sh: go vet"
go vet ./... ./testdata/shapes

echo "test.sh: go test"
go test -timeout 15m ./...

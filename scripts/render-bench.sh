#!/usr/bin/env bash
# Draws a report of 300 made-up incidents as PDF with practicum, and its HTML with WeasyPrint and with headless Chromium, in one
# run, and prints how many times the others take of what practicum takes. Needs /usr/bin/time and pdfinfo; a peer that is missing
# is named and left out. RUNS=5 sets how often each draws; the median counts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${RUNS:-3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in /usr/bin/time pdfinfo awk; do
	command -v "$tool" >/dev/null || { echo "render-bench.sh: $tool is missing (Debian: time, poppler-utils)" >&2; exit 1; }
done
go build -o "$dir/practicum" ./cmd/practicum

# Three hundred sources, each with a few records of a wrapper, a packet filter or sshd.
awk 'BEGIN {
	for (i = 0; i < 300; i++) for (j = 0; j < 3 + (i * 7) % 23; j++) {
		ip = "203.0." int(i / 250) "." (1 + i % 250)
		stamp = sprintf("Mar %2d %02d:%02d:%02d gate", 1 + int(i / 11), (i * 5) % 24, (i * 13) % 60, j * 2)
		if (i % 3 == 0) print stamp, "sshd[" 1000 + i "]: Failed password for root from", ip, "port", 30000 + j, "ssh2"
		if (i % 3 == 1) print stamp, "kernel: DROP IN=eth0 OUT= SRC=" ip, "DST=192.0.2.1 LEN=60 TTL=50 PROTO=TCP SPT=" 40000 + i, "DPT=" 20 + i % 90, "WINDOW=1024 SYN URGP=0"
		if (i % 3 == 2) print stamp, "in.telnetd[" 2000 + j "]: refused connect from", ip
	}
}' >"$dir/gate.log"
"$dir/practicum" report --quiet --year 2026 --detail all -o "$dir/report" "$dir/gate.log"

# measure NAME COMMAND...: the medians of wall, CPU and peak memory, and the pages, into a line of its file.
measure() {
	local name=$1
	shift
	for ((i = 0; i < runs; i++)); do
		/usr/bin/time -a -o "$dir/$name.times" -f '%e %U %S %M' "$@" >/dev/null 2>"$dir/$name.log" || { cat "$dir/$name.log" >&2; return 1; }
	done
	local middle=$(((runs + 1) / 2))
	echo "$name" "$(awk '{print $1}' "$dir/$name.times" | sort -n | sed -n "${middle}p")" "$(awk '{print $2 + $3}' "$dir/$name.times" | sort -n | sed -n "${middle}p")" \
		"$(awk '{print $4}' "$dir/$name.times" | sort -n | sed -n "${middle}p")" "$(pdfinfo "$dir/$name.pdf" | awk '/^Pages/ {print $2}')" >>"$dir/all"
}

cp "$dir/report/report.md" "$dir/practicum.md"
measure practicum "$dir/practicum" render "$dir/practicum.md" --to pdf
if command -v weasyprint >/dev/null; then
	measure weasyprint weasyprint -q "$dir/report/report.html" "$dir/weasyprint.pdf"
else
	echo "weasyprint is not installed and left out"
fi
if command -v chromium >/dev/null; then
	measure chromium chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$dir/chromium.pdf" "file://$dir/report/report.html"
else
	echo "chromium is not installed and left out"
fi
awk '{ if (NR == 1) { w = $2; c = $3; m = $4 } printf "%-12s wall %6.1f x   CPU %6.1f x   peak memory %5.1f x   %d pages\n", $1, $2 / w, $3 / c, $4 / m, $5 }' "$dir/all"

#!/usr/bin/env bash
# Makes synthetic logs and prints, for each, how fast `practicum report --to json` is against other programs on the same
# file: the whole report against what the other does with the log. Each pair runs in turn, once to warm up and then
# RUNS times; medians count. A peer that is not installed is named and left out.
#
#   SIZE=1000000000 scripts/bench.sh        # bytes of each log; default 100000000
#   RUNS=5 KINDS="mixed eve" scripts/bench.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
size=${SIZE:-100000000} runs=${RUNS:-5} kinds=${KINDS:-mixed iptables eve web packed memory cores partial}
[ -x /usr/bin/time ] || { echo "bench.sh: /usr/bin/time is missing (Debian: time)" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/practicum" ./cmd/practicum
go build -o "$dir/workload" ./scripts/workload

log() { [ -e "$dir/$1.log" ] || "$dir/workload" "$1" "$size" >"$dir/$1.log"; }
ours() { echo "'$dir/practicum' report --quiet --to json -o '$dir/report' '$1'"; }
median() { sort -n "$1" | sed -n "$(((runs + 1) / 2))p"; }

# once NAME COMMAND: wall, CPU and peak memory of one run into its files.
once() {
	local began=$EPOCHREALTIME user system peak
	/usr/bin/time -q -o "$dir/time" -f '%U %S %M' bash -c "$2" >/dev/null 2>&1 || true
	awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }' >>"$dir/$1.wall"
	read -r user system peak < <(tail -n 1 "$dir/time")
	awk -v u="$user" -v s="$system" 'BEGIN { print u + s }' >>"$dir/$1.cpu"
	echo "$peak" >>"$dir/$1.peak"
}

# pair TITLE PROGRAM OURS OTHERS: how many times as fast ours is.
pair() {
	if ! command -v "$2" >/dev/null; then
		echo "| $1 | not installed | | | |"
		return
	fi
	rm -f "$dir"/{a,b}.{wall,cpu,peak}
	once a "$3"
	once b "$4"
	rm -f "$dir"/{a,b}.{wall,cpu,peak}
	for ((i = 0; i < runs; i++)); do
		once a "$3"
		once b "$4"
	done
	awk -v title="$1" -v a="$(median "$dir/a.wall")" -v b="$(median "$dir/b.wall")" -v ca="$(median "$dir/a.cpu")" -v cb="$(median "$dir/b.cpu")" \
		'BEGIN { if (a == 0) a = 0.01; if (ca == 0) ca = 0.01; printf "| %s | %.2f s | %.2f s | %.2g x | %.2g x |\n", title, a, b, b / a, cb / ca }'
}

echo "$(date +%F), $(nproc) processors, $(go version | cut -d' ' -f3), $size bytes a log, medians of $runs"
echo
echo "| log, other program | practicum | other | speed | CPU |"
echo "|---|--:|--:|--:|--:|"
for kind in $kinds; do
	case $kind in
	mixed)
		log mixed
		f=$dir/mixed.log
		pair "mixed syslog, \`wc -l\`" wc "$(ours "$f")" "wc -l '$f'"
		pair "mixed syslog, \`rg -c SRC=\`" rg "$(ours "$f")" "rg -c SRC= '$f'"
		pair "mixed syslog, fwlogwatch (HTML)" fwlogwatch "$(ours "$f")" "fwlogwatch -w -o '$dir/fw.html' '$f'"
		pair "mixed syslog, lnav (one SQL count)" lnav "$(ours "$f")" "lnav -n -c ';SELECT log_procname, count(*) FROM syslog_log GROUP BY 1' '$f'"
		mkdir -p "$dir/logs"
		ln -f "$f" "$dir/logs/secure"
		pair "mixed syslog, logwatch (sshd, HTML)" logwatch "$(ours "$f")" "logwatch --logdir '$dir/logs' --service sshd --range all --numeric --output html --filename '$dir/logwatch.html'"
		;;
	iptables)
		log iptables
		f=$dir/iptables.log
		pair "iptables, \`wc -l\`" wc "$(ours "$f")" "wc -l '$f'"
		pair "iptables, \`rg -c SRC=\`" rg "$(ours "$f")" "rg -c SRC= '$f'"
		pair "iptables, fwlogwatch (HTML)" fwlogwatch "$(ours "$f")" "fwlogwatch -w -o '$dir/fw.html' '$f'"
		;;
	eve)
		log eve
		f=$dir/eve.log
		pair "eve.json, \`wc -l\`" wc "$(ours "$f")" "wc -l '$f'"
		pair "eve.json, \`jq\` of the alerts" jq "$(ours "$f")" "jq -c 'select(.event_type==\"alert\")' '$f'"
		;;
	web)
		log web
		f=$dir/web.log
		pair "web access log, \`wc -l\`" wc "$(ours "$f")" "wc -l '$f'"
		pair "web access log, GoAccess (HTML)" goaccess "$(ours "$f")" "goaccess '$f' --log-format=COMBINED --no-global-config -o '$dir/go.html'"
		;;
	packed)
		log mixed
		f=$dir/mixed.log
		gzip -6 -c "$f" >"$f.gz"
		pair "one gzip of the mixed log, \`gzip -dc \| wc -l\`" gzip "$(ours "$f.gz")" "gzip -dc '$f.gz' | wc -l"
		if command -v zstd >/dev/null; then
			zstd -q -3 -c "$f" >"$f.zst"
		fi
		pair "one zstd of the mixed log, \`zstd -dc \| wc -l\`" zstd "$(ours "$f.zst")" "zstd -dc '$f.zst' | wc -l"
		mkdir -p "$dir/four"
		split -n l/4 "$f" "$dir/four/"
		gzip -6 "$dir/four/"*
		pair "four gzips of the mixed log, \`gzip -dc \| wc -l\`" gzip "$(ours "$dir/four")" "gzip -dc '$dir/four/'* | wc -l"
		;;
	partial)
		log mixed
		"$dir/practicum" report --quiet --partial-out "$dir/mixed.partial" "$dir/mixed.log"
		partial="A partial of the mixed syslog takes $(awk -v p="$(wc -c <"$dir/mixed.partial")" -v l="$(wc -c <"$dir/mixed.log")" 'BEGIN { printf "%.1f", 100 * p / l }') % of it."
		;;
	cores)
		log mixed
		pair "mixed syslog, practicum on one core" "$dir/practicum" "$(ours "$dir/mixed.log")" "GOMAXPROCS=1 $(ours "$dir/mixed.log")"
		;;
	memory)
		log mixed
		rm -f "$dir"/a.*
		for ((i = 0; i < runs; i++)); do once a "$(ours "$dir/mixed.log")"; done
		memory="Peak memory for the mixed syslog: $(($(median "$dir/a.peak") / 1024)) MiB."
		;;
	*)
		echo "bench.sh: there is no kind of log $kind" >&2
		exit 1
		;;
	esac
done
[ -z "${memory:-}" ] || printf '\n%s\n' "$memory"
[ -z "${partial:-}" ] || printf '\n%s\n' "$partial"

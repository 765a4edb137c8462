package logformat

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"
)

// BenchmarkRead reads a syslog of a mail server and a gateway, in which most lines are daily work. An
// operation is the whole log; lines/s and B/op tell the rest.
func BenchmarkRead(b *testing.B) {
	var log bytes.Buffer
	lines := 0
	for i := range 2000 {
		stamp := time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC).Format("Jan _2 15:04:05")
		for _, line := range [...]string{
			"gw kernel: [12345.678901] DROP IN=eth0 OUT= MAC=00:11:22:33:44:55:66:77:88:99:aa:bb:08:00 SRC=203.0.113.%d DST=192.0.2.10 LEN=60 TOS=0x00 PREC=0x00 TTL=49 ID=7 DF PROTO=TCP SPT=40000 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0",
			"mail sshd[%d]: Failed password for invalid user admin from 198.51.100.7 port 40122 ssh2",
			"mail postfix/smtpd[%d]: connect from mx7.example.com[198.51.100.25]",
			"mail postfix/qmgr[%d]: 4F3A2B1C: removed",
			"mail CRON[%d]: (root) CMD (/usr/lib/sa/sa1 1 1)",
			"gw systemd[1]: Started Session %d of user bob.",
			"mail in.telnetd[%d]: refused connect from 198.51.100.9",
			"mail backupd[%d]: nobody knows what this program says",
		} {
			fmt.Fprintf(&log, stamp+" "+line+"\n", i%250)
			lines++
		}
	}
	in := fromBytes("bench.log", log.Bytes())
	b.SetBytes(int64(log.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2026), Formats, func(*Record) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

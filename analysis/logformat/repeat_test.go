package logformat

import (
	"fmt"
	"strings"
	"testing"
)

// TestQuotedRepeat holds that a repeated message that quotes what was repeated is that, whatever the host said last, and that one which
// breaks off is what was said before only where that begins so.
func TestQuotedRepeat(t *testing.T) {
	const (
		failed   = "Oct 12 05:00:00 web1 sshd[4001]: Failed password for root from 203.0.113.50 port 22022 ssh2\n"
		accepted = "Oct 12 05:00:01 web1 sshd[4000]: Accepted publickey for deploy from 10.0.0.5 port 2222 ssh2: RSA SHA256:abc\n"
		cron     = "Oct 12 05:00:01 web1 CRON[99]: pam_unix(cron:session): session opened for user root by (uid=0)\n"
		repeated = "Oct 12 05:00:05 web1 sshd[4001]: message repeated 5 times: [ Failed password for root from 203.0.113.50 port 22022 ssh2]\n"
		broken   = "Oct 12 05:00:05 web1 sshd[4001]: message repeated 5 times: [ Failed password for root\n"
		unknown  = "Oct 12 05:00:05 web1 sshd[4001]: message repeated 5 times: [ What is this]\n"
		last     = "Oct 12 05:00:09 web1 last message repeated 3 times\n"
		want     = "failed host=web1 program=sshd source=203.0.113.50/22022 proto=tcp service=ssh user=root tries=session handshake=completed count=5"
	)
	for _, c := range []struct {
		name, log string
		count     int // how many of the records are what is wanted
	}{
		{"alone", repeated, 1},
		{"behind the message", failed + repeated, 1},
		{"behind a log-in", failed + accepted + repeated, 1},
		{"behind what is benign", failed + cron + repeated, 1},
		{"behind another's failure", strings.Replace(failed, "root from 203.0.113.50", "bob from 10.1.1.1", 1) + repeated, 1},
		{"with the stamp of RFC 3339", strings.Replace(repeated, "Oct 12 05:00:05", "2026-10-12T05:00:05.123456+00:00", 1), 1},
		{"on two lines", strings.Replace(repeated, "password for", "password\nfor", 1), 1},
		{"on two lines, broken before the quote", strings.Replace(repeated, "repeated 5", "repeated\n5", 1), 1},
		{"broken off behind the message", failed + broken, 1},
		{"broken off behind another", accepted + broken, 0},
		{"of what nobody knows", failed + unknown, 0},
	} {
		got := readText(t, fromBytes("auth.log", []byte(c.log)), Formats)
		if n := strings.Count(got, want); n != c.count || strings.Contains(got, "count=5") != (c.count > 0) {
			t.Errorf("%s: %d records of five failures, want %d:\n%s", c.name, n, c.count, got)
		}
	}
	export := "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1760245205000000\n_HOSTNAME=web1\nSYSLOG_IDENTIFIER=sshd\n_PID=4001\nMESSAGE=%s\n\n"
	quoted := "message repeated 5 times: [ Failed password for root from 203.0.113.50 port 22022 ssh2]"
	for name, log := range map[string]string{
		"an export of the journal": fmt.Sprintf(export, quoted),
		"an export of the journal behind a repeated message": "Oct 12 05:00:05 web1 sshd[71]: " + strings.Replace(quoted, "5 times", "50 times", 1) + "\n\n" +
			fmt.Sprintf(export, "Failed password for root from 198.51.100.9 port 22022 ssh2") + fmt.Sprintf(export, quoted),
	} {
		got := readText(t, fromBytes("auth.log", []byte(log)), Formats)
		if n := strings.Count(got, "count=5\n"); n != 1 || strings.Contains(got, "198.51.100.9/22022 proto=tcp service=ssh user=root tries=session handshake=completed count") {
			t.Errorf("%s: %d records of five failures, want one, and none for what was logged once:\n%s", name, n, got)
		}
	}
	if got := readText(t, fromBytes("auth.log", []byte(failed+unknown+last)), Formats); strings.Contains(got, "count=") {
		t.Errorf("what nobody knows is repeated, and something else is counted:\n%s", got)
	}
	if got := readText(t, fromBytes("auth.log", []byte(accepted+repeated+last)), Formats); strings.Count(got, "user=root") != 2 || !strings.Contains(got, "count=3") {
		t.Errorf("what was quoted is repeated, and something else is counted:\n%s", got)
	}
	got := readText(t, fromBytes("auth.log", []byte(failed+last)), Formats)
	if !strings.Contains(got, "count=3") {
		t.Errorf("what is not quoted is not what was said before:\n%s", got)
	}
}

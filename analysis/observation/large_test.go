package observation_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"practicum/analysis"
)

// manyLines is a report on a log of 20,000 lines, a second apart.
func manyLines(t *testing.T, line func(i int, at string) string) *analysis.Report {
	t.Helper()
	var b strings.Builder
	for i := range 20_000 {
		b.WriteString(line(i, fmt.Sprintf("%02d:%02d:%02d", i/3600, i/60%60, i%60)) + "\n")
	}
	return report(t, &txtar.Archive{Files: []txtar.File{{Name: "hit/big.log", Data: []byte(b.String())}}}, "hit")
}

// TestLargeIncidents holds that no statement gives the number of the records or values that are kept of an incident for that
// of all. Of each log there is one incident with more than 16,384 records, so that 4,096 of them are kept, the first and the
// last in time, and of the others up to 4,096 different values. What all lines tell is therefore 20,000 of each.
func TestLargeIncidents(t *testing.T) {
	for _, test := range []struct {
		name string
		line func(i int, at string) string
		id   string
		want string
	}{
		{"log-in names", func(i int, at string) string {
			return fmt.Sprintf("Mar  1 %s h sshd[%d]: Failed password for invalid user u%d from 203.0.113.9 port %d ssh2", at, i, i, 1024+i)
		}, "logins", `At least 8,192 login strings were sent: `},
		{"a client's name", func(i int, at string) string {
			return fmt.Sprintf(`203.0.113.9 - - [01/Mar/2000:%s +0000] "GET /.env?%d HTTP/1.0" 404 9 "-" "x"`, at, i)
		}, "client-name", `Of the records that are kept: The client called itself "x" in all 4096 requests`},
		{"requests that were served", func(i int, at string) string {
			return fmt.Sprintf(`203.0.113.9 - - [01/Mar/2000:%s +0000] "GET /.env?%d HTTP/1.0" %d 9 "-" "x"`, at, i, 200+204*(i%2))
		}, "served", `Of the records that are kept: 2,048 requests were answered with a success`},
		{"a log-in after failures", func(i int, at string) string {
			if i == 19_999 {
				return fmt.Sprintf("Mar  1 %s h sshd[%d]: Accepted password for root from 203.0.113.9 port %d ssh2", at, i, 1024+i)
			}
			return fmt.Sprintf("Mar  1 %s h sshd[%d]: Failed password for root from 203.0.113.9 port %d ssh2", at, i, 1024+i)
		}, "success-after-failures", `Of the records that are kept: A log-in as "root" succeeded`},
	} {
		r := manyLines(t, test.line)
		if len(r.Incidents) != 1 || r.Incidents[0].Records != 20_000 {
			t.Fatalf("%s: %d incidents, not one of 20,000 records", test.name, len(r.Incidents))
		}
		if got := said(r, test.id); !strings.Contains(got, test.want) {
			t.Errorf("%s: %.300s\nwant in it %s", test.name, got, test.want)
		}
	}
}

// TestLargeScan holds that ports and targets of a large incident are no exact number either, in titles and questions too.
func TestLargeScan(t *testing.T) {
	r := manyLines(t, func(i int, at string) string {
		return fmt.Sprintf("Mar  1 %s fw kernel: DROP IN=eth0 OUT= SRC=203.0.113.9 DST=10.%d.%d.1 LEN=60 TTL=50 ID=1 PROTO=TCP SPT=40000 DPT=%d WINDOW=1024 SYN URGP=0", at, i/200, i%200, i+1)
	})
	if len(r.Incidents) != 1 {
		t.Fatalf("%d incidents", len(r.Incidents))
	}
	in := &r.Incidents[0]
	if !in.Lacks(analysis.ListTargets) || !in.Lacks(analysis.ListServices) || in.Lacks(analysis.ListHosts) || in.Lacks(analysis.ListUsers) {
		t.Errorf("the incident lacks %q; there is one host that logged and no user", in.Incomplete)
	}
	if want := "at least 8192 ports"; !strings.Contains(in.Title, want) {
		t.Errorf("the title is %q, want %q in it", in.Title, want)
	}
	if got, want := said(r, "ports"), "Of the 8192 ports that are listed of those that were tried, "; !strings.Contains(got, want) {
		t.Errorf("%s\nwant in it %s", got, want)
	}
	for _, p := range in.Prompts {
		if strings.Contains(p.Text, "4,096 targets") {
			t.Errorf("a question counts the targets that are kept: %s", p.Text)
		}
	}
	if len(r.Limits) != 1 || !strings.Contains(r.Limits[0], "a lower bound; its records and lines are counted exactly") {
		t.Errorf("the limits are %q", r.Limits)
	}
}

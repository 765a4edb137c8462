package observation_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/config"
)

// foundingReport is the report of the founding logs with what their analyst rated.
func foundingReport(t *testing.T) *analysis.Report {
	t.Helper()
	settings, err := config.Load("../../testdata/founding.yaml", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := settings.Resolve([]string{"norton"})
	if err != nil {
		t.Fatal(err)
	}
	o := resolved.Analysis
	o.Clock.AsOf, o.Clock.Now = spring2000, spring2000
	r, err := pipeline.Run(t.Context(), folder(t, "../../testdata/logs/founding"), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func folder(t *testing.T, dir string) (inputs []logformat.Input) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil || len(names) == 0 {
		t.Fatal("no logs in "+dir, err)
	}
	for _, name := range names {
		inputs = append(inputs, logformat.Input{Path: filepath.Base(name), Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	return inputs
}

// TestFoundingVerdicts holds what can be read off the founding logs without anybody's help: each in the
// incident of that source, of the class that it is, with the lines that show it.
func TestFoundingVerdicts(t *testing.T) {
	r := foundingReport(t)
	by := func(source string) *analysis.ScoredIncident {
		for i := range r.Incidents {
			if slices.ContainsFunc(r.Incidents[i].Sources, func(s analysis.Source) bool { return s.IP == source }) {
				return &r.Incidents[i]
			}
		}
		t.Fatalf("no incident of %s", source)
		return nil
	}
	for _, v := range []struct {
		what, source, id string
		class            analysis.Class
		lines            string // of the first file that is cited
		text             string // a regular expression
	}{
		// 1. Records are not attempts.
		{"records and attempts", "12.77.88.91", "count", "observed", "58-174", `^39 records on 117 lines tell of 11 attempts`},
		{"retransmission", "216.78.38.82", "retransmission", "observed", "38-57", `4 packets are 1 attempt, not 4.*3-6-12 s`},
		{"overlapping retries", "209.252.88.95", "retransmission", "observed", "58-174", `Some attempts overlap`},
		{"the beginning that is missing", "12.66.34.224", "missing-1", "observed", "94-99", `12\.66\.34\.224 at 21:37:46 begins in the log with a gap of 12 s`},
		// 2. The handshake, by log format.
		{"handshake", "208.213.5.2", "handshake", "observed", "2-2", `Connections were established`},
		{"no handshake", "206.98.249.254", "spoofing-packets", "known", "", `No handshake completed`},
		{"silence", "206.98.249.254", "silent", "known", "", `dropped, not refused with a reset`},
		// 3. Before and after a block.
		{"contacts before the block", "208.170.70.57", "block-claimed", "observed", "16-19", `2 connections had completed by then`},
		{"contacts after the block", "208.170.70.57", "after-block", "observed", "20-20", `3 further connections were logged 1 s, 5 s and 6 s after that`},
		// 4. A warning is no refusal.
		{"warning", "208.213.5.2", "warning-only", "observed", "1-1", `no refusal is among the records`},
		{"ftp is undecided", "208.213.5.2", "undecided", "observed", "7-7", `in\.ftpd\[18707\] only the warning`},
		// 5. Names of ports, with their years and lists; conflicts.
		{"a registration that is too young", "193.49.25.138", "port-32773-tcp-1", "known", "", `filenet-cm.*only since 2003: the name says nothing about a log of 2000`},
		{"a sensor's name", "63.163.136.234", "port-1243-tcp-2", "known", "", `"Backdoor-g-1", which means SubSeven`},
		{"trojan lists", "209.215.8.156", "port-27374-tcp-1", "known", "", `known default port of SubSeven \(6 lists\)`},
		{"a conflict of lists", "12.77.88.91", "port-13223-tcp-3", "known", "", `PowWow.*Hack'99 KeyLogger.*one ancestor`},
		// 6. Source ports.
		{"sequential advance", "63.163.136.234", "source-port-advance", "observed", "1-19", `advances by 226 in 455 s`},
		{"a known pair", "216.78.38.82", "port-pair-1", "known", "", `11111 to 12345`},
		// 7. A timer.
		{"timer", "12.77.88.91", "timer", "observed", "127-174", `4 attempts of 12\.77\.88\.91 start 126, 124 and 125 s apart`},
		// 8. A daemon that was restarted.
		{"restart", "208.170.70.57", "restart", "observed", "13-13", `is 325, and was 322 in incident 4`},
		// 10. The same evidence, rated in two ways.
		{"unequal", "208.213.5.2", "unequal-system", "observed", "2-2", `rated 4 here and 3 in incident 3`},
		{"unequal, the other way", "202.102.12.10", "unequal-system", "observed", "2-2", `rated 3 here and 4 in incident 1`},
		// 11. A block as the reason for a low lethality.
		{"counted twice", "208.170.70.57", "counted-twice", "known", "", `"were dropped"`},
		{"counted twice", "206.98.249.254", "counted-twice", "known", "", `"was dropped"`},
		// The string of a scanner, and whose word a name is.
		{"a scanner's string", "193.150.253.63", "login-mark-1", "known", "", `IIS server of November 2004`},
		{"a name that does not verify", "208.213.5.2", "name-unverified", "observed", "1-1", `machine2\.dtconsulting\.com did not verify`},
		{"an old sensor", "193.49.25.138", "sensor-age", "known", "", `before version 0\.80 of April 1999`},
		{"a rule set that did not know", "209.215.8.156", "unused-27374-tcp", "observed", "32-37", `as an unused port`},
	} {
		in := by(v.source)
		i := slices.IndexFunc(in.Observations, func(o analysis.Observation) bool { return o.ID == v.id })
		if i < 0 {
			t.Errorf("%s: incident %d has no %s", v.what, in.Number, v.id)
			continue
		}
		o := in.Observations[i]
		if o.Class != v.class || !regexp.MustCompile(v.text).MatchString(o.Text) {
			t.Errorf("%s: %s: %s, want %s %s", v.what, o.Class, o.Text, v.class, v.text)
		}
		lines := ""
		if len(o.Evidence) > 0 {
			lines = strings.NewReplacer("[", "", "]", "", ",", "-").Replace(marshal(t, o.Evidence[0].Lines))
		}
		if lines != v.lines {
			t.Errorf("%s: cites %s, want %s", v.what, lines, v.lines)
		}
	}
	// 9. Sums, as intervals; and the ranks that the two slips cost.
	for source, want := range map[string][2]int{"193.49.25.138": {-1, -1}, "63.163.136.234": {3, 3}} {
		s := by(source).Severity
		if s.Stated == nil || s.Stated.Agrees || s.Low != want[0] || s.High != want[1] {
			t.Errorf("%s: %d to %d, stated %+v", source, s.Low, s.High, s.Stated)
		}
	}
	for _, k := range r.Ranking {
		want := 0
		switch k.Number {
		case by("63.163.136.234").Number:
			want = 6
		case by("193.49.25.138").Number:
			want = -3
		}
		if got := k.ByTotals - k.ByParts; got != want {
			t.Errorf("incident %d goes up %d, want %d", k.Number, got, want)
		}
	}
	if len(r.Ranking) != len(r.Incidents) {
		t.Errorf("%d ranks", len(r.Ranking))
	}
	// One attempt's packets always share their source port: nothing may be made of that.
	for _, o := range by("216.78.38.82").Observations {
		if strings.HasPrefix(o.ID, "fixed-source-port") || strings.HasPrefix(o.ID, "source-port-advance") {
			t.Errorf("said of one attempt: %s", o.Text)
		}
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAlike holds that incidents which differ by their sources and times only do not ask the same
// questions over and over, and that none asks what its log answers.
func TestAlike(t *testing.T) {
	var log strings.Builder
	for i := range 40 {
		at := spring2000.Add(-time.Hour * time.Duration(30*(40-i)))
		fmt.Fprintf(&log, "%s fw kernel: DROP: IN=eth0 OUT= SRC=24.%d.1.7 DST=129.7.9.8 LEN=48 TTL=%d ID=1 PROTO=TCP SPT=%d DPT=139 WINDOW=8192 RES=0x00 SYN URGP=0\n", at.Format(time.Stamp), i+3, 100+i, 1044+17*i)
	}
	o := pipeline.Options{Detail: -1}
	o.Clock.AsOf, o.Clock.Now = spring2000, spring2000
	r, err := pipeline.Run(t.Context(), []logformat.Input{{Path: "fw.log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log.String())), nil }}}, o)
	if err != nil || len(r.Incidents) != 40 {
		t.Fatal(err, len(r.Incidents))
	}
	seen := map[string]int{}
	shapes := map[string]int{}
	for _, in := range r.Incidents {
		shape := ""
		for _, p := range in.Prompts {
			seen[p.Text]++
			shape += p.ID + " "
			if strings.Contains(p.Text, "with flags") {
				t.Errorf("incident %d asks for flags, which the log has: %s", in.Number, p.Text)
			}
		}
		shapes[shape]++
		if n := len(in.Prompts); n < 3 || n > 6 {
			t.Errorf("incident %d asks %d questions", in.Number, n)
		}
	}
	for text, n := range seen {
		if n > 1 {
			t.Errorf("asked %d times: %s", n, text)
		}
	}
	for shape, n := range shapes {
		if n > 20 {
			t.Errorf("%d of 40 incidents ask the same set of questions: %s", n, shape)
		}
	}
}

package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

var begin = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// written is a log of a machine that has a line at each of the times.
func written(host string, at ...time.Time) string {
	var b strings.Builder
	for _, t := range at {
		fmt.Fprintf(&b, "%s %s CRON[%d]: (root) CMD (true)\n", t.Format(time.RFC3339), host, t.Unix()%9999+1)
	}
	return b.String()
}

// every lists times at equal distances, those within a silence left out.
func every(d, span time.Duration, silences ...[2]time.Duration) (at []time.Time) {
next:
	for x := time.Duration(0); x < span; x += d {
		for _, s := range silences {
			if x > s[0] && x < s[1] {
				continue next
			}
		}
		at = append(at, begin.Add(x))
	}
	return at
}

func TestSilences(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		what   string
		at     []time.Time
		rhythm analysis.Rhythm
		want   string
	}{
		{"never silent", every(10*time.Minute, 5*day), analysis.RhythmHourly, ""},
		{"a line an hour is no silence", every(time.Hour-time.Second, 5*day), analysis.RhythmHourly, ""},
		{"an hour and a half", every(10*time.Minute, 5*day, [2]time.Duration{30 * time.Hour, 31*time.Hour + 30*time.Minute}), analysis.RhythmHourly, "1.5"},
		{"two", every(10*time.Minute, 9*day, [2]time.Duration{30 * time.Hour, 36 * time.Hour}, [2]time.Duration{100 * time.Hour, 102 * time.Hour}), analysis.RhythmHourly, "6 2"},
		{"seen for a day only", every(10*time.Minute, day, [2]time.Duration{5 * time.Hour, 9 * time.Hour}), analysis.RhythmNone, ""},
		{"silent at night, and for two days", every(10*time.Minute, 15*day, nights(15, 5, 6)...), analysis.RhythmDaily, "58"},
	} {
		report := runOf(t, pipeline.Options{}, logOf("gate.log", written("gate", test.at...)),
			logOf("short.log", written("short", every(10*time.Minute, 20*day, [2]time.Duration{5 * time.Hour, 19 * day})...)))
		var got *analysis.Presence
		for i := range report.Hosts {
			if report.Hosts[i].Host == "gate" {
				got = &report.Hosts[i]
			}
		}
		if got == nil || got.Lines != len(test.at) || !got.First.Equal(test.at[0]) || !got.Last.Equal(test.at[len(test.at)-1]) || got.Rhythm != test.rhythm {
			t.Errorf("%s: %+v", test.what, got)
			continue
		}
		var long []string
		for _, s := range got.Silences {
			long = append(long, fmt.Sprintf("%.3g", s.Hours()))
		}
		if s := strings.Join(long, " "); s != test.want {
			t.Errorf("%s: silent for %s hours, want %s", test.what, s, test.want)
		}
	}
}

// nights are the silences of a machine that logs from 8 to 22 o'clock, but not on some days.
func nights(days int, off ...int) (list [][2]time.Duration) {
	for d := range days {
		at := time.Duration(d) * 24 * time.Hour
		list = append(list, [2]time.Duration{at - 2*time.Hour, at + 8*time.Hour})
	}
	for _, d := range off {
		at := time.Duration(d) * 24 * time.Hour
		list = append(list, [2]time.Duration{at - time.Minute, at + 24*time.Hour})
	}
	return list
}

// When clocks are set back, an hour of stamps without a zone is read as the one before; that is no silence.
func TestEndOfSummerTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for at := time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC); at.Day() < 28; at = at.Add(10 * time.Minute) {
		fmt.Fprintf(&b, "%s gate CRON[%d]: (root) CMD (true)\n", at.In(berlin).Format(time.Stamp), at.Unix()%9999+1)
	}
	report := runOf(t, pipeline.Options{Clock: logformat.ClockOptions{Zone: berlin, Year: 2026}}, logOf("gate.log", b.String()))
	if h := report.Hosts[0]; h.Rhythm != analysis.RhythmHourly || len(h.Silences) != 0 {
		t.Errorf("got %+v", h)
	}
}

// A machine that stops while others go on is silent to the end.
func TestSilentToTheEnd(t *testing.T) {
	const day = 24 * time.Hour
	report := runOf(t, pipeline.Options{}, logOf("gate.log", written("gate", every(10*time.Minute, 5*day)...)), logOf("mail.log", written("mail", every(10*time.Minute, 3*day)...)))
	mail := report.Hosts[1]
	if mail.Host != "mail" || len(mail.Silences) != 1 || mail.Silences[0].Hours() != 48 {
		t.Errorf("got %+v", mail)
	}
	if gate := report.Hosts[0]; len(gate.Silences) != 0 {
		t.Errorf("got %+v", gate)
	}
}

// attack is a log of six failed log-ins at each of the times.
func attack(source string, at ...time.Time) string {
	var b strings.Builder
	for _, t := range at {
		for i := range 6 {
			fmt.Fprintf(&b, "%s gate sshd[%d]: Failed password for root from %s port 4%03d ssh2\n", t.Add(time.Duration(i)*time.Second).Format(time.RFC3339), 100+i, source, i)
		}
	}
	return b.String()
}

// A record at the begin of the window is in it and one at its end is not; what is outside is counted, and neither judged nor
// part of an incident.
func TestWindowIsHalfOpen(t *testing.T) {
	w := analysis.Window{From: begin, To: begin.AddDate(0, 1, 0), Month: "2026-10"}
	log := attack("192.0.2.1", begin.Add(-time.Hour)) + attack("192.0.2.2", w.From) + attack("192.0.2.3", w.To.Add(-6*time.Second)) + attack("192.0.2.4", w.To)
	report := runOf(t, pipeline.Options{Window: w}, logOf("gate.log", log))
	var sources []string
	for _, in := range report.Incidents {
		sources = append(sources, in.Sources[0].IP)
	}
	if got := strings.Join(sources, " "); got != "192.0.2.2 192.0.2.3" {
		t.Errorf("incidents of %s", got)
	}
	if l := report.Ledger; l.Lines != 24 || l.Incident != 12 || l.Benign != 12 || l.Outside != 12 || !l.Balances() {
		t.Errorf("got %+v", l)
	}
	if report.Window == nil || report.Window.Month != "2026-10" || report.Hosts[0].Lines != 12 {
		t.Errorf("got %+v, %+v", report.Window, report.Hosts)
	}
	w.From, w.To = begin.AddDate(1, 0, 0), begin.AddDate(1, 1, 0)
	if _, err := pipeline.Run(context.Background(), []logformat.Input{logOf("gate.log", log)}, pipeline.Options{Window: w}); err == nil || !strings.Contains(err.Error(), "the records run from 2026-09-30 23:00:00 to 2026-11-01 00:00:05") {
		t.Errorf("a month without a record: %v", err)
	}
}

// What months are compared by adds up to what the report tells, background and all.
func TestCounts(t *testing.T) {
	var logs []logformat.Input
	for i := range 70 {
		logs = append(logs, logOf(fmt.Sprint(i, ".log"), attack(fmt.Sprintf("198.51.100.%d", i), begin.Add(time.Duration(i)*7*time.Hour))))
	}
	report := runOf(t, pipeline.Options{}, logs...)
	c := report.Counts
	if c.Incidents != 70 || c.Records != 420 || len(report.Incidents) != 50 || len(c.By[analysis.BySource]) != 70 {
		t.Errorf("%d incidents, %d records, %d told, %d sources", c.Incidents, c.Records, len(report.Incidents), len(c.By[analysis.BySource]))
	}
	for _, d := range []analysis.Dimension{analysis.ByBand, analysis.BySource, analysis.ByNetwork, analysis.ByDay, analysis.ByOutcome, analysis.ByTarget, analysis.ByService} {
		var sum analysis.Count
		for _, n := range c.By[d] {
			sum.Incidents += n.Incidents
			sum.Records += n.Records
		}
		if sum != (analysis.Count{Incidents: 70, Records: 420}) {
			t.Errorf("by %s: %+v", d, sum)
		}
	}
	for kind, n := range c.By[analysis.ByKind] {
		if n != (analysis.Count{Incidents: 70, Records: 420}) {
			t.Errorf("%s: %+v; every incident is of each of the kinds", kind, n)
		}
	}
	if got := c.By[analysis.ByDay]["2026-10-02"]; got.Incidents != 3 || got.Records != 18 {
		t.Errorf("second day: %+v", got)
	}
}

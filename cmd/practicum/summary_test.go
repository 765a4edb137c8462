package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

func TestProgressLine(t *testing.T) {
	for _, test := range []struct {
		read, total int64
		elapsed     time.Duration
		want        string
	}{
		{0, 1000, time.Second, "reading: 0 B of 1.0 kB, 0 %"},
		{250_000_000, 1_000_000_000, 2 * time.Second, "reading: 250 MB of 1.0 GB, 25 %, 125 MB/s, 6s left"},
		{1_250_000_000, 1_000_000_000, 10 * time.Second, "reading, again: 250 MB of 1.0 GB, 25 %, 125 MB/s, 6s left"},
		{5_000_000, 0, time.Second, "reading: 5.0 MB, 5.0 MB/s"},
	} {
		if got := progressLine(test.read, test.total, test.elapsed); got != test.want {
			t.Errorf("%d of %d: %q, want %q", test.read, test.total, got, test.want)
		}
	}
}

func TestSummary(t *testing.T) {
	r := &analysis.Report{
		Incidents: []analysis.ScoredIncident{
			{Incident: analysis.Incident{Number: 1, Title: "A probe\x1b]0;x\a"}, Severity: analysis.Severity{Low: -1, High: 1, Band: analysis.BandElevated}},
			{Incident: analysis.Incident{Number: 2, Title: "Another"}, Severity: analysis.Severity{Low: 3, High: 4, Band: analysis.BandHigh}},
		},
		Background: analysis.Background{Incidents: 7},
		Ledger:     analysis.Ledger{Lines: 9, Incident: 5, Benign: 3, Blank: 1},
	}
	s := newSummary(r, []outputFile{{"out/report.html", nil}})
	var plain, coloured, machine bytes.Buffer
	for _, err := range []error{s.text(&plain, false), s.text(&coloured, true), s.json(&machine, false)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := "wrote out/report.html\n\n9 incidents: 1 high, 1 elevated; 7 more in the background tables\n" +
		"most severe: incident 2, Another (3 to 4)\n9 lines: 5 in incidents, 3 benign, 0 unrecognised, 1 blank\n\nnext: open out/report.html\n"
	if plain.String() != want {
		t.Errorf("text:\n%s\nwant\n%s", plain.String(), want)
	}
	if !strings.Contains(coloured.String(), "\x1b[31m1 high\x1b[0m") {
		t.Errorf("no colour in %q", coloured.String())
	}
	var back summary
	if err := json.Unmarshal(machine.Bytes(), &back); err != nil || back.Incidents != 9 || back.Worst.Number != 2 || back.Bands["high"] != 1 {
		t.Errorf("JSON %s: %+v, %v", machine.String(), back, err)
	}
}

// TestColours holds that nothing is coloured that is no terminal.
func TestColours(t *testing.T) {
	if (&program{}).colours(&bytes.Buffer{}) {
		t.Error("a buffer is coloured")
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if (&program{}).colours(f) {
		t.Error("a file is coloured")
	}
}

func TestWarnInputs(t *testing.T) {
	var warnings []analysis.Warning
	for i := range 9 {
		warnings = append(warnings, analysis.Warning{File: fmt.Sprintf("%d.txt", i), Text: "no line of this file is in a known log format"})
	}
	warnings = append(warnings, analysis.Warning{File: "a.log", Line: 3, Text: "cut"}, analysis.Warning{File: "b.log", Text: "the file is empty"})
	var stderr bytes.Buffer
	(&program{stderr: &stderr}).warnInputs(warnings)
	want := "practicum: warning: 0.txt and 8 other inputs: no line of this file is in a known log format; the report's appendix names them all\n" +
		"practicum: warning: b.log: the file is empty\n"
	if stderr.String() != want {
		t.Errorf("%s\nwant\n%s", stderr.String(), want)
	}
}

// TestFoundingReport compares the report on the founding logs, every word of it, with the golden that a
// person has read. UPDATE=1 writes it anew.
func TestFoundingReport(t *testing.T) {
	t.Chdir("../..")
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	args := []string{"report", "--quiet", "--to", "md", "--config", "testdata/founding.yaml", "-o", dir, "testdata/logs/founding"}
	if status := run(args, strings.NewReader(""), &stdout, &stderr, nil, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)); status != 0 {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	got, err := os.ReadFile(filepath.Join(dir, reportName))
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("cmd", "practicum", "testdata", "founding.report.md")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("line %d differs from %s (UPDATE=1 rewrites it):\n%s\nwant\n%s", i+1, golden, g[i], w[i])
			}
		}
		t.Fatalf("%d lines, want %d", len(g), len(w))
	}
}

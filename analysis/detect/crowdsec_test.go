package detect_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

// TestCrowdSec compares our kinds with the scenarios that another tool's tests expect of the same logs, source by source.
// Where we say something else, testdata/crowdsec.txtar argues why; an exception that is none any more is an error.
func TestCrowdSec(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/crowdsec.txtar")
	if err != nil {
		t.Fatal(err)
	}
	text, logs := map[string]string{}, map[string][]byte{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "logs/"); ok {
			logs[strings.TrimSuffix(name, ".log")] = f.Data
		} else {
			text[f.Name] = string(f.Data)
		}
	}
	same := map[string][]string{}
	for line := range strings.Lines(text["kinds"]) {
		scenario, kinds, _ := strings.Cut(strings.TrimSpace(line), " = ")
		same[scenario] = strings.Split(kinds, ", ")
	}
	exceptions := map[string]bool{}
	for line := range strings.Lines(text["exceptions"]) {
		expected, why, ok := strings.Cut(line, ": ")
		if exceptions[expected] = true; !ok || strings.TrimSpace(why) == "" {
			t.Errorf("an exception without a reason: %s", line)
		}
	}
	seen := map[string]map[string][]string{} // by log, then source
	expectations := 0
	for line := range strings.Lines(text["expected"]) {
		line = strings.TrimSpace(line)
		log, rest, _ := strings.Cut(line, " ")
		scenario, source, _ := strings.Cut(rest, " ")
		if len(same[scenario]) == 0 || logs[log] == nil {
			t.Fatalf("%s: no kinds for the scenario, or no such log", line)
		}
		if seen[log] == nil {
			seen[log] = kindsBySource(t, log, logs[log])
		}
		got := seen[log][source]
		agrees := slices.ContainsFunc(got, func(kind string) bool { return slices.Contains(same[scenario], kind) })
		if agrees == exceptions[line] {
			t.Errorf("%s: we say %q, the scenario is %q; an exception: %v", line, got, same[scenario], exceptions[line])
		}
		delete(exceptions, line)
		expectations++
	}
	for line := range exceptions {
		t.Errorf("an exception of nothing: %s", line)
	}
	if expectations < 100 {
		t.Errorf("only %d expectations", expectations)
	}
}

func kindsBySource(t *testing.T, name string, log []byte) map[string][]string {
	t.Helper()
	in := logformat.Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log)), nil }}
	o := pipeline.Options{Detail: -1}
	o.Clock.AsOf = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)
	o.Clock.Now = o.Clock.AsOf
	kinds := map[string][]string{}
	report, err := pipeline.Run(t.Context(), []logformat.Input{in}, o)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return kinds
	}
	for _, incident := range report.Incidents {
		for _, s := range incident.Sources {
			kinds[s.IP] = append(kinds[s.IP], incident.Kinds...)
		}
	}
	return kinds
}

package detect_test

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"practicum/analysis"
	"practicum/analysis/detect"
	"practicum/analysis/knowledge"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

// judged is what the rules say of a log of one source: the kind of each event, and the kinds that
// the events reach together.
func judged(t *testing.T, name string, log []byte) (each []string, together []string) {
	t.Helper()
	in := logformat.Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log)), nil }}
	var refs []analysis.EventRef
	var candidates []uint64
	_, err := logformat.Read(context.Background(), in, 0, logformat.NewClock(nil, 2000), logformat.Formats, func(r *logformat.Record) error {
		switch r.Class {
		case logformat.ClassUnrecognised:
			t.Errorf("%s: not recognised: %s", name, r.Text)
		case logformat.ClassEvent:
			detect.Identify(r.Event)
			v := detect.Judge(r.Event)
			each = append(each, v.Kind)
			refs = append(refs, analysis.EventRef{User: strings.Clone(r.Event.User), Time: r.Event.Time, Offset: r.Offset, Action: r.Event.Action, Port: int(r.Event.Target.Port), Proto: strings.Clone(r.Event.Proto), Target: analysis.Target{IP: ip(r.Event.Target.IP)}, Host: strings.Clone(r.Event.Host), Service: strings.Clone(r.Event.Service)})
			candidates = append(candidates, v.Candidate)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return each, detect.Reached(refs, candidates)
}

func ip(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// TestRules holds that every rule has a hit and a miss, and that they are.
func TestRules(t *testing.T) {
	for _, rule := range detect.Rules {
		t.Run(rule.Kind, func(t *testing.T) {
			if _, ok := knowledge.KindByID(rule.Kind); !ok {
				t.Errorf("the catalogue has no entry %q", rule.Kind)
			}
			// A kind that single events have and that several reach has samples for each.
			file := filepath.Join("testdata", rule.Kind+".txt")
			if rule.Threshold == nil && slices.ContainsFunc(detect.Rules, func(r detect.Rule) bool { return r.Kind == rule.Kind && r.Threshold != nil }) {
				file = filepath.Join("testdata", rule.Kind+"-single.txt")
			}
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatalf("a rule without a hit and a miss: %v", err)
			}
			sections := map[string][]byte{}
			for _, f := range archive.Files {
				sections[f.Name] = f.Data
			}
			hits, hitsTogether := judged(t, file+": hit.log", sections["hit.log"])
			misses, missesTogether := judged(t, file+": miss.log", sections["miss.log"])
			if len(hits) == 0 || len(misses) == 0 {
				t.Fatalf("%s: a rule needs a hit and a miss", file)
			}
			if rule.Threshold != nil {
				if !slices.Contains(hitsTogether, rule.Kind) {
					t.Errorf("hit.log reaches %q", hitsTogether)
				}
				if slices.Contains(missesTogether, rule.Kind) {
					t.Errorf("miss.log reaches %q", missesTogether)
				}
				return
			}
			for i, kind := range hits {
				if kind != rule.Kind {
					t.Errorf("event %d of hit.log is of the kind %q", i+1, kind)
				}
			}
			if slices.Contains(misses, rule.Kind) {
				t.Errorf("miss.log has an event of the kind: %q", misses)
			}
		})
	}
}

// unreached are kinds that no rule finds, and why. The analyst may still name them.
var unreached = map[string]string{}

// TestEveryKindIsReached holds that each kind of the catalogue has a rule or a pattern, and that one without
// is argued here and says so itself.
func TestEveryKindIsReached(t *testing.T) {
	reached := map[string]bool{}
	for _, r := range detect.Rules {
		reached[r.Kind] = true
	}
	for _, p := range detect.Patterns {
		reached[p.Kind] = true
	}
	for _, id := range knowledge.KindIDs() {
		if _, argued := unreached[id]; reached[id] == argued {
			t.Errorf("%s: found by a rule: %v, argued not to be: %v", id, reached[id], argued)
		}
		delete(reached, id)
	}
	for id := range reached {
		t.Errorf("a rule has the kind %q, which the catalogue does not have", id)
	}
}

// TestPatterns holds that every pattern has a hit and a miss, which are logs of whole incidents.
func TestPatterns(t *testing.T) {
	for _, p := range detect.Patterns {
		t.Run(p.Kind, func(t *testing.T) {
			archive, err := txtar.ParseFile(filepath.Join("testdata", p.Kind+".txt"))
			if err != nil {
				t.Fatalf("a pattern without a hit and a miss: %v", err)
			}
			seen := map[string]bool{}
			for _, f := range archive.Files {
				in := logformat.Input{Path: f.Name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Data)), nil }}
				var o pipeline.Options
				o.Clock.AsOf = time.Date(2000, time.June, 1, 0, 0, 0, 0, time.UTC)
				o.Clock.Now = o.Clock.AsOf
				report, err := pipeline.Run(t.Context(), []logformat.Input{in}, o)
				if err != nil {
					t.Fatal(err)
				}
				if report.Ledger.Unrecognised > 0 {
					t.Errorf("%s: %d lines are not recognised", f.Name, report.Ledger.Unrecognised)
				}
				hit, _, _ := strings.Cut(f.Name, "-")
				hit = strings.TrimSuffix(hit, ".log")
				seen[hit] = true
				for _, incident := range report.Incidents {
					if got := slices.Contains(incident.Kinds, p.Kind); got != (hit == "hit") {
						t.Errorf("%s: an incident of the kinds %q", f.Name, incident.Kinds)
					}
				}
				if len(report.Incidents) == 0 {
					t.Errorf("%s: no incident", f.Name)
				}
			}
			if !seen["hit"] || !seen["miss"] {
				t.Error("a pattern needs hit.log and miss.log, or several of each: miss-alone.log")
			}
		})
	}
}

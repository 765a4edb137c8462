package detect_test

import (
	"bytes"
	"context"
	"fmt"
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

// judged is what the rules say of a log of one source: the kind of each event, and the records that together may
// reach a threshold, with the rules that each counts towards.
func judged(t *testing.T, name string, log []byte) (each []string, refs []analysis.EventRef, candidates []uint64) {
	t.Helper()
	in := logformat.Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log)), nil }}
	_, err := logformat.Read(context.Background(), in, 0, logformat.NewClock(nil, 2000), logformat.Formats, func(r *logformat.Record) error {
		switch r.Class {
		case logformat.ClassUnrecognised:
			t.Errorf("%s: not recognised: %s", name, r.Text)
		case logformat.ClassEvent:
			e := r.Event
			detect.Identify(e)
			v := detect.Judge(e)
			each = append(each, v.Kind)
			refs = append(refs, analysis.EventRef{
				Facts: &analysis.Facts{Format: strings.Clone(e.Format), Host: strings.Clone(e.Host), Action: e.Action, Proto: strings.Clone(e.Proto), Target: analysis.Target{IP: ip(e.Target.IP)}},
				Time:  e.Time, Line: r.Lines[0].First, Port: int(e.Target.Port), Service: strings.Clone(e.Service), User: strings.Clone(e.User),
			})
			candidates = append(candidates, v.Candidate)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return each, refs, candidates
}

func ip(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// TestRules holds that every rule has a hit and a miss, and that they are. A kind that single events have and
// that several reach has samples for each; one with several thresholds has a hit for each, hit-slow.log beside hit.log.
func TestRules(t *testing.T) {
	bit := uint64(1)
	for _, rule := range detect.Rules {
		file := filepath.Join("testdata", rule.Kind+".txt")
		if rule.Threshold == nil && slices.ContainsFunc(detect.Rules, func(r detect.Rule) bool { return r.Kind == rule.Kind && r.Threshold != nil }) {
			file = filepath.Join("testdata", rule.Kind+"-single.txt")
		}
		own := bit
		if rule.Threshold != nil {
			bit <<= 1
		}
		t.Run(rule.Kind, func(t *testing.T) {
			if _, ok := knowledge.KindByID(rule.Kind); !ok {
				t.Errorf("the catalogue has no entry %q", rule.Kind)
			}
			if rule.Seeks == "" || rule.Threshold != nil && rule.Threshold.Of == "" {
				t.Error("a rule that does not say what it seeks, or a threshold what it counts")
			}
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatalf("a rule without a hit and a miss: %v", err)
			}
			hits, misses, byThis := 0, 0, false
			for _, f := range archive.Files {
				each, refs, candidates := judged(t, file+": "+f.Name, f.Data)
				hit := strings.HasPrefix(f.Name, "hit")
				if hit {
					hits += len(each)
				} else {
					misses += len(each)
				}
				if rule.Threshold != nil {
					if together := detect.Reached(refs, candidates); slices.Contains(together, rule.Kind) != hit {
						t.Errorf("%s reaches %q", f.Name, together)
					}
					for i := range candidates {
						candidates[i] &= own
					}
					byThis = byThis || hit && len(detect.Reached(refs, candidates)) > 0
					continue
				}
				for i, kind := range each {
					if (kind == rule.Kind) != hit {
						t.Errorf("%s: event %d is of the kind %q", f.Name, i+1, kind)
					}
				}
			}
			if hits == 0 || misses == 0 {
				t.Fatalf("%s: a rule needs a hit and a miss", file)
			}
			if rule.Threshold != nil && !byThis {
				t.Errorf("%s: no hit is reached by this rule: %s", file, rule.String())
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

// TestSweepMeetsKinds holds that a scan of many ports is told as that, and a list of trojans' ports as theirs.
func TestSweepMeetsKinds(t *testing.T) {
	sweep := func(ports ...int) []string {
		var log bytes.Buffer
		for i, p := range ports {
			fmt.Fprintf(&log, "Jul 11 16:00:%02d gate kernel: DROP IN=eth0 OUT= SRC=203.0.113.1 DST=192.0.2.5 LEN=60 TTL=50 ID=1 PROTO=TCP SPT=4000 DPT=%d WINDOW=512 SYN URGP=0\n", i, p)
		}
		return kindsBySource(t, "sweep", log.Bytes())["203.0.113.1"]
	}
	many := []int{12345, 161}
	for p := 3000; p < 3020; p++ {
		many = append(many, p)
	}
	if got := sweep(many...); slices.Contains(got, "trojan-probe") || slices.Contains(got, "snmp-probe") || !slices.Contains(got, "port-sweep") {
		t.Errorf("a scan of many ports: %v", got)
	}
	// A capture says nothing of what became of its packets; the scan is one all the same.
	var capture bytes.Buffer
	for i, p := range many {
		fmt.Fprintf(&capture, "2026-07-11 16:00:%02d.000000 IP 203.0.113.1.44444 > 192.0.2.5.%d: Flags [S], seq 1, win 1024, length 0\n", i, p)
	}
	if got := kindsBySource(t, "sweep", capture.Bytes())["203.0.113.1"]; !slices.Equal(got, []string{"port-sweep"}) {
		t.Errorf("a scan of many ports in a capture: %v", got)
	}
	if got := sweep(1243, 6711, 12345, 12346, 20034, 27374, 31337, 54320, 80, 3000); !slices.Contains(got, "trojan-probe") || !slices.Contains(got, "port-sweep") {
		t.Errorf("a list of trojans' ports: %v", got)
	}
	if got := sweep(12345); !slices.Contains(got, "trojan-probe") {
		t.Errorf("one port: %v", got)
	}
}

// TestThresholdsSayWhatComesBefore holds that a threshold that counts after something says what that is, and how often.
func TestThresholdsSayWhatComesBefore(t *testing.T) {
	for _, r := range detect.Rules {
		if r.Threshold == nil || r.Threshold.After == nil {
			continue
		}
		if got, want := r.Threshold.String(), "1 log-in after 5 failures within 24 h"; got != want {
			t.Errorf("%s needs %s, want %s", r.Kind, got, want)
		}
	}
}

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

	"golang.org/x/tools/txtar"

	"practicum/analysis"
	"practicum/analysis/detect"
	"practicum/analysis/knowledge"
	"practicum/analysis/logformat"
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
			refs = append(refs, analysis.EventRef{Time: r.Event.Time, Offset: r.Offset, Action: r.Event.Action, Port: int(r.Event.Target.Port), Proto: strings.Clone(r.Event.Proto), Target: analysis.Target{IP: ip(r.Event.Target.IP)}, Host: strings.Clone(r.Event.Host), Service: strings.Clone(r.Event.Service)})
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

func TestPattern(t *testing.T) {
	peers := func(sources, packets int, kinds ...string) *analysis.Incident {
		in := &analysis.Incident{Kinds: kinds, Attempts: sources, Services: []analysis.Service{{Port: 13223, Proto: "tcp"}}}
		for i := range sources {
			ip := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}).String()
			in.Sources = append(in.Sources, analysis.Source{IP: ip})
			in.AttemptList = append(in.AttemptList, analysis.Attempt{Source: ip, Packets: packets})
		}
		return in
	}
	for _, test := range []struct {
		name string
		in   *analysis.Incident
		want bool
	}{
		{"three patient sources", peers(3, 4, "unused-port-probe"), true},
		{"two sources", peers(2, 4, "unused-port-probe"), false},
		{"sources that give up at once, as scanners do", peers(3, 1, "unused-port-probe"), false},
		{"a trojan's port", peers(3, 4, "trojan-probe"), false},
	} {
		if got := len(detect.Pattern(test.in)) > 0; got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

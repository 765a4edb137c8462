package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stated are the parts and totals of the ten detects, whatever the words.
var tenDetects = []string{
	"1: 4 3..4 4 2 = 1 agrees",
	"2: 4 0 4 2 = -2 agrees",
	"3: 4 4..5 3 2 = 4 agrees",
	"4: 4 1 4 2 = 2 disagrees with -1",
	"5: 4 1 4 2 = -1 agrees",
	"6: 2 3 2 0 = -1 disagrees with 3",
	"7: 2 1 2 0 = 1 agrees",
	"8: 2 3 2 0 = 3 agrees",
	"9: 2 3 2 0 = 3 agrees",
	"10: 2 3 2 0 = 3 agrees",
}

func describe(rs []*reading) []string {
	show := func(s span) string {
		if s.low == s.high {
			return fmt.Sprint(s.low)
		}
		return fmt.Sprintf("%v..%v", s.low, s.high)
	}
	var out []string
	for _, r := range rs {
		var b strings.Builder
		fmt.Fprintf(&b, "%d:", r.number)
		for _, p := range r.parts {
			if p.score == 0 {
				b.WriteString(" ?")
				continue
			}
			b.WriteString(" " + show(p.span))
		}
		sum, ok := r.sum()
		for _, t := range r.totals {
			b.WriteString(" = " + show(t.span))
			if ok && r.agrees(t) {
				b.WriteString(" agrees")
			} else {
				b.WriteString(" disagrees with " + show(sum))
			}
		}
		out = append(out, b.String())
	}
	return out
}

// TestPracticals reads the same ten severities in the words of several analysts.
func TestPracticals(t *testing.T) {
	files, err := filepath.Glob("testdata/practicals/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(readForeign(newPage(src)))
			if diff := cmp.Diff(tenDetects, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A sentence that begins a line like a heading takes no incident away from those before it.
func TestFalseHeadings(t *testing.T) {
	const severity = "Criticality: 4\nLethality: 1\nSystem countermeasures: 4\nNetwork countermeasures: 2\n(4 + 1) - (4 + 2) = -1\n"
	doc := "A visitor\n" + severity + "\nAnother\n" + severity + "\nA third\n" + severity + "See the\nAttack 7 (below).\n\nA fourth\n" + severity
	want := []string{"1: 4 1 4 2 = -1 agrees", "2: 4 1 4 2 = -1 agrees", "3: 4 1 4 2 = -1 agrees", "4: 4 1 4 2 = -1 agrees"}
	if diff := cmp.Diff(want, describe(readForeign(newPage([]byte(doc))))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

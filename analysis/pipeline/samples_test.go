package pipeline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// TestSamplesAreOrderFree counts lines of more programs and shapes than are told apart, in different
// orders, in one go and in parts that are merged. Whatever the order, the same is told, the totals
// are exact, and what is kept is bounded.
func TestSamplesAreOrderFree(t *testing.T) {
	type line struct {
		number int
		text   string
	}
	for _, c := range []struct {
		name             string
		programs, shapes int
		limit            string
	}{
		{"few", 3, 5, ""},
		{"many shapes", 2, 2 * maxShapes, "first"},
		{"many programs", 2 * maxPrograms, 3, "programs"},
		{"many of both", maxPrograms + 1, maxShapes / 8, "programs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines []line
			for p := range c.programs {
				for s := range c.shapes {
					for range 1 + (p+s)%3 {
						lines = append(lines, line{len(lines) + 1, fmt.Sprintf("Mar  1 10:00:00 gate p%c%c[%d]: the door %s was %s by somebody and %s",
							'a'+p%26, 'a'+p/26, s, letters(s%7), letters(s%50), letters(s))})
					}
				}
			}
			r := rand.New(rand.NewPCG(1, 2))
			var want []analysis.Sample
			var wantCoverage *analysis.Coverage
			for round := range 4 {
				r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
				parts := []*samples{newSamples(), newSamples(), newSamples()}
				for i, l := range lines {
					parts[i*(round+1)%len(parts)*min(round, 1)].add("a.log", &logformat.Record{Lines: []analysis.LineRange{{First: l.number, Last: l.number}}, Text: l.text}, 1)
				}
				whole := newSamples()
				for _, p := range parts {
					whole.merge(p)
				}
				got := whole.list(-1)
				coverage := whole.coverage(got)
				if round == 0 {
					want, wantCoverage = got, coverage
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("round %d: %s", round, d)
				}
				if d := cmp.Diff(wantCoverage, coverage); d != "" {
					t.Fatalf("round %d: %s", round, d)
				}
			}
			sum := 0
			for _, s := range want {
				sum += s.Count
			}
			if sum != len(lines) || wantCoverage.Lines != len(lines) || wantCoverage.OtherLines != 0 {
				t.Errorf("%d lines in shapes and %d in programs, of %d", sum, wantCoverage.Lines, len(lines))
			}
			for _, p := range wantCoverage.Programs {
				if p.Shapes > maxShapes {
					t.Errorf("%s has %d shapes", p.Program, p.Shapes)
				}
			}
			if len(wantCoverage.Programs) > maxPrograms {
				t.Errorf("%d programs", len(wantCoverage.Programs))
			}
			if limits := strings.Join(wantCoverage.Limits, "; "); c.limit == "" && limits != "" || !strings.Contains(limits, c.limit) {
				t.Errorf("limits: %q, want %q in it", limits, c.limit)
			}
		})
	}
}

// letters writes n in letters, because numbers are taken out of shapes.
func letters(n int) string {
	s := ""
	for ; n >= 0; n = n/26 - 1 {
		s = string(rune('a'+n%26)) + s
	}
	return s
}

func TestFirstWords(t *testing.T) {
	for _, c := range []struct {
		shape string
		n     int
		want  string
	}{
		{"a b c", 3, "a b c"}, {"a b c", 2, "a b …"}, {"a b …", 2, "a b …"}, {"a b …", 1, "a …"}, {"a b c", 0, "…"}, {"a b {n}", 2, "a b …"},
		{"{n}-{n} {n}:{n} a b", 1, "{n}-{n} {n}:{n} a …"}, {"{n} {n}", 4, "{n} {n}"},
	} {
		if got := firstWords(c.shape, c.n); got != c.want {
			t.Errorf("%q to %d words: %q, want %q", c.shape, c.n, got, c.want)
		}
	}
}

package severity

import (
	"cmp"
	"slices"

	"practicum/analysis"
)

// Ranking places the incidents by what their parts give and by the totals that an analyst stated. It is
// nil when every stated total agrees with its parts: then nothing moves.
func Ranking(list []analysis.ScoredIncident) []analysis.Rank {
	disagrees := func(s analysis.ScoredIncident) bool { return s.Severity.Stated != nil && !s.Severity.Stated.Agrees }
	if !slices.ContainsFunc(list, disagrees) {
		return nil
	}
	type points struct{ low, high int }
	parts, totals := make([]points, len(list)), make([]points, len(list))
	for i := range list {
		s := &list[i].Severity
		parts[i] = points{s.Low, s.High}
		totals[i] = parts[i]
		if s.Stated != nil && !s.Stated.Agrees { // one that agrees is not more exact than its parts
			totals[i] = points{s.Stated.Low, s.Stated.High}
		}
	}
	place := func(of []points, i int) int {
		n := 1
		for _, p := range of {
			if cmp.Or(cmp.Compare(p.high, of[i].high), cmp.Compare(p.low, of[i].low)) > 0 {
				n++
			}
		}
		return n
	}
	ranks := make([]analysis.Rank, len(list))
	for i := range list {
		ranks[i] = analysis.Rank{Number: list[i].Number, ByTotals: place(totals, i), ByParts: place(parts, i)}
	}
	return ranks
}

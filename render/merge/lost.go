package merge

import (
	"slices"

	"practicum/analysis/lazily"
	"practicum/render/draft"
)

var word = lazily.Regexp(`\pL{3,}`)

// Lost returns words of the current version that neither its base nor the merged report has: words of
// a person that a merge lost. It is a check on this package, made on every run, because what is lost
// in a report cannot be found again.
func Lost(base, current, merged *draft.Draft) []string {
	has := map[string]bool{}
	for _, d := range []*draft.Draft{base, merged} {
		if d == nil {
			continue
		}
		for _, w := range word().FindAllString(d.Source(1, d.Lines()), -1) {
			has[w] = true
		}
	}
	var lost []string
	for _, s := range current.Sections {
		for _, b := range s.Blocks() {
			if untouched(current, b) || s.Kind == draft.Gone && b.Line == s.Line {
				continue // the tool's own
			}
			for _, w := range word().FindAllString(current.Source(b.Line, b.End), -1) {
				if !has[w] && !slices.Contains(lost, w) {
					lost = append(lost, w)
				}
			}
		}
	}
	return lost
}

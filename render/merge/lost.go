package merge

import (
	"iter"
	"slices"
	"unicode"

	"practicum/render/draft"
)

// wordsOf are the runs of three letters and more in a text. It is `\pL{3,}` by hand, because every run of the command asks for all words
// of three reports.
func wordsOf(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		begin, letters := 0, 0
		for i, r := range text {
			if 'a' <= r|0x20 && r|0x20 <= 'z' || r >= 0x80 && unicode.IsLetter(r) {
				if letters == 0 {
					begin = i
				}
				letters++
				continue
			}
			if letters >= 3 && !yield(text[begin:i]) {
				return
			}
			letters = 0
		}
		if letters >= 3 {
			yield(text[begin:])
		}
	}
}

// Lost returns words of the current version that neither its base nor the merged report has: words of
// a person that a merge lost. It is a check on this package, made on every run, because what is lost
// in a report cannot be found again.
func Lost(base, current, merged *draft.Draft) []string {
	has := map[string]bool{}
	for _, d := range []*draft.Draft{base, merged} {
		if d == nil {
			continue
		}
		for w := range wordsOf(d.Source(1, d.Lines())) {
			has[w] = true
		}
	}
	var lost []string
	for _, s := range current.Sections {
		for _, b := range s.Blocks() {
			if untouched(current, b) || emptied(b) || s.Kind == draft.Gone && b.Line == s.Line {
				continue // the tool's own
			}
			text := current.Source(b.Line, b.End)
			if b.Kind == draft.Heading && fromID().MatchString(b.Plain) {
				continue // the tool's own; the person's heading stands below it
			}
			if b.Kind == draft.Heading {
				text = headingMark().ReplaceAllString(text, "")
			}
			for w := range wordsOf(text) {
				if !has[w] && !slices.Contains(lost, w) {
					lost = append(lost, w)
				}
			}
		}
	}
	return lost
}

package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"practicum/analysis"
)

const (
	maxShapes     = 5000 // shapes of unrecognised lines that are told apart
	listedShapes  = 25
	maxSampleText = 400
)

// samples counts the unrecognised lines by shape, so that what is most frequent can be shown.
type samples struct {
	shapes map[string]*analysis.Sample
	other  *analysis.Sample
}

func newSamples() *samples { return &samples{shapes: map[string]*analysis.Sample{}} }

func (s *samples) add(file string, line int, text string, lines int) {
	key := shape(text)
	if n := s.shapes[key]; n != nil {
		n.Count += lines
		return
	}
	if len(text) > maxSampleText {
		text = strings.ToValidUTF8(text[:maxSampleText], "") + " …"
	}
	n := &analysis.Sample{File: file, Line: line, Text: strings.Clone(text), Count: lines}
	if len(s.shapes) < maxShapes {
		s.shapes[key] = n
		return
	}
	if s.other == nil {
		n.Text = "(other shapes)"
		s.other = n
		return
	}
	s.other.Count += lines
}

// shape is a text with its numbers and hexadecimal words taken out, so that lines of one message
// count together.
func shape(text string) string {
	var b strings.Builder
	b.Grow(min(len(text), maxSampleText))
	digits := false
	for i := 0; i < len(text) && i < maxSampleText; i++ {
		c := text[i]
		if c >= '0' && c <= '9' {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteByte(c)
	}
	return b.String()
}

// list gives the most frequent shapes, then in the order of the files.
func (s *samples) list() []analysis.Sample {
	list := make([]analysis.Sample, 0, len(s.shapes))
	for _, n := range s.shapes {
		list = append(list, *n)
	}
	if s.other != nil {
		list = append(list, *s.other)
	}
	slices.SortFunc(list, func(a, b analysis.Sample) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	if len(list) > listedShapes {
		list = list[:listedShapes]
	}
	return list
}

package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

const (
	maxPrograms   = 128 // programs of unrecognised lines that are told apart
	maxShapes     = 512 // shapes that are told apart for each of them
	listedShapes  = 25
	maxSampleText = 400
)

// shapeWords are how many words of a shape count, from the finest level to the coarsest. A program
// with more shapes than maxShapes is told at the finest level at which it has no more than that.
// So memory is bounded, every count is exact, and what is told does not depend on the order of the lines:
// the level follows from the set of all shapes, whichever came first.
var shapeWords = [...]int{1 << 20, 16, 8, 4, 2, 1, 0}

// samples counts the unrecognised lines by program and shape, so that what is most frequent can be
// shown.
type samples struct {
	programs map[string]*programSamples
	merged   bool // there are too many programs to tell them apart: all count as one
	room     []byte
}

type programSamples struct {
	lines  int
	level  int // index of shapeWords
	shapes map[string]*analysis.Sample
}

func newSamples() *samples { return &samples{programs: map[string]*programSamples{}} }

// add counts the lines of one record.
func (s *samples) add(file string, rec *logformat.Record, lines int) {
	line, text := rec.Lines[0].First, rec.Text
	program, shape := rec.AppendShape(s.room[:0])
	s.room = shape
	if p := s.programs[program]; p != nil && p.level == 0 && !s.merged { // the usual case
		if known := p.shapes[string(shape)]; known != nil && known.File == file && known.Line < line {
			p.lines += lines
			known.Count += lines
			return
		}
	}
	if len(text) > maxSampleText {
		text = strings.ToValidUTF8(text[:maxSampleText], "") + " …"
	}
	s.count(analysis.Sample{File: file, Line: line, Text: text, Count: lines, Program: program, Shape: string(shape)})
}

// merge adds what another has counted.
func (s *samples) merge(o *samples) {
	if o.merged {
		s.mergePrograms()
	}
	for _, name := range slices.Sorted(maps.Keys(o.programs)) {
		from := o.programs[name]
		to := s.program(name)
		for to.level < from.level {
			to.coarsen()
		}
		for _, n := range from.shapes {
			s.count(*n)
		}
	}
}

func (s *samples) program(name string) *programSamples {
	if s.merged {
		name = ""
	}
	p := s.programs[name]
	if p == nil {
		if len(s.programs) == maxPrograms && !s.merged {
			s.mergePrograms()
			return s.program("")
		}
		p = &programSamples{shapes: map[string]*analysis.Sample{}}
		s.programs[strings.Clone(name)] = p
	}
	return p
}

func (s *samples) mergePrograms() {
	if s.merged {
		return
	}
	old := s.programs
	s.programs, s.merged = map[string]*programSamples{}, true
	all := s.program("")
	for _, p := range old {
		for all.level < p.level {
			all.coarsen()
		}
	}
	for _, p := range old {
		for _, n := range p.shapes {
			s.count(*n)
		}
	}
}

// count adds one sample, which may stand for many lines.
func (s *samples) count(n analysis.Sample) {
	p := s.program(n.Program)
	if s.merged {
		n.Program = ""
	}
	p.lines += n.Count
	p.insert(n)
	for len(p.shapes) > maxShapes {
		p.coarsen()
	}
}

func (p *programSamples) insert(n analysis.Sample) {
	n.Shape = firstWords(n.Shape, shapeWords[p.level])
	old := p.shapes[n.Shape]
	if old == nil {
		old = &analysis.Sample{}
		n.File, n.Text, n.Program, n.Shape = strings.Clone(n.File), strings.Clone(n.Text), strings.Clone(n.Program), strings.Clone(n.Shape)
		*old = n
		p.shapes[n.Shape] = old
		return
	}
	old.Count += n.Count
	if cmp.Or(cmp.Compare(n.File, old.File), cmp.Compare(n.Line, old.Line)) < 0 {
		old.File, old.Line, old.Text = strings.Clone(n.File), n.Line, strings.Clone(n.Text)
	}
}

// coarsen goes to the next level.
func (p *programSamples) coarsen() {
	old := p.shapes
	p.level++
	p.shapes = map[string]*analysis.Sample{}
	for _, n := range old {
		p.insert(*n)
	}
}

// firstWords cuts a shape behind n words; what it stands for then begins with them. Words of marks and
// punctuation alone do not count: a line's own stamp tells nothing apart.
func firstWords(shape string, n int) string {
	if n >= len(shape) {
		return shape
	}
	at, cut := 0, 0
	for at < len(shape) {
		end := at + 1 + strings.IndexByte(shape[at:]+" ", ' ')
		if isSpoken(shape[at : end-1]) {
			if n--; n < 0 {
				return shape[:cut] + cutMark
			}
			cut = min(end, len(shape))
		}
		at = end
	}
	if strings.HasSuffix(shape, cutMark) || n > 0 || cut == len(shape) {
		return shape
	}
	return shape[:cut] + cutMark
}

// cutMark stands at the end of a shape that was cut.
const cutMark = "…"

// isSpoken reports whether a word of a shape has letters outside of its marks.
func isSpoken(word string) bool {
	within := false
	for _, r := range word {
		switch {
		case r == '{':
			within = true
		case r == '}':
			within = false
		case !within && unicode.IsLetter(r):
			return true
		}
	}
	return false
}

// list gives the n most frequent shapes, then in the order of the files.
func (s *samples) list(n int) []analysis.Sample {
	var list []analysis.Sample
	for _, p := range s.programs {
		for _, n := range p.shapes {
			list = append(list, *n)
		}
	}
	slices.SortFunc(list, func(a, b analysis.Sample) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Shape, b.Shape))
	})
	if n >= 0 && len(list) > n {
		list = list[:n]
	}
	return list
}

// coverage sums the shapes up, the programs with the most lines first; listed are those that are told.
func (s *samples) coverage(listed []analysis.Sample) *analysis.Coverage {
	c := &analysis.Coverage{Programs: []analysis.ProgramCoverage{}}
	for name, p := range s.programs {
		if p.lines == 0 {
			continue
		}
		c.Lines += p.lines
		c.Shapes += len(p.shapes)
		c.Programs = append(c.Programs, analysis.ProgramCoverage{Program: name, Lines: p.lines, Shapes: len(p.shapes), Words: words(p.level)})
	}
	slices.SortFunc(c.Programs, func(a, b analysis.ProgramCoverage) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.Program, b.Program))
	})
	c.OtherShapes, c.OtherLines = c.Shapes-len(listed), c.Lines
	for _, n := range listed {
		c.OtherLines -= n.Count
	}
	if s.merged {
		c.Limits = append(c.Limits, fmt.Sprintf("the unrecognised lines are of more than %d programs, which are not told apart", maxPrograms))
	}
	for _, p := range c.Programs {
		if p.Words >= 0 {
			told := fmt.Sprintf("they are told apart by their first %d words", p.Words)
			switch p.Words {
			case 0:
				told = "they are not told apart"
			case 1:
				told = "they are told apart by their first word"
			}
			c.Limits = append(c.Limits, fmt.Sprintf("the unrecognised lines of %s have more than %d shapes: %s", p.Named(), maxShapes, told))
		}
	}
	return c
}

// words is how many words of a shape count at a level; -1 for all.
func words(level int) int {
	if level == 0 {
		return -1
	}
	return shapeWords[level]
}

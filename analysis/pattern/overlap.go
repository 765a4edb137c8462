package pattern

import (
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// Named is the pattern of a name; nil when there is none.
func (s *Set) Named(name string) *Pattern {
	if i := s.index(name); i >= 0 {
		return s.Patterns[i]
	}
	return nil
}

func (s *Set) index(name string) int {
	return slices.IndexFunc(s.Patterns, func(p *Pattern) bool { return p.Name == name })
}

// Others are the patterns that take a record which the pattern name has taken, and that were not asked
// because they stand behind it. Samples that two patterns take are refused, but a log holds more than
// samples.
func (s *Set) Others(name, record string) []*Pattern {
	i := s.index(name)
	if i < 0 {
		return nil
	}
	var others []*Pattern
	program, message, parted := "", "", false
	for _, p := range s.Patterns[i+1:] {
		if len(p.Programs) > 0 != (len(s.Patterns[i].Programs) > 0) {
			continue
		}
		if !parted {
			if parted = true; len(p.Programs) > 0 {
				program, message = logformat.Envelope(record)
			} else {
				message = strings.TrimSpace(record)
			}
		}
		if len(p.Programs) > 0 && !slices.Contains(p.Programs, program) || !p.fits(message) {
			continue
		}
		// The fields and the stamp must be such as they claim, too.
		ev := analysis.Event{Program: program}
		switch p.parser(logformat.NewClock(time.UTC, sampleYear))(logformat.NewCursor(message), &ev) {
		case nil, logformat.ErrNotEvent:
			others = append(others, p)
		}
	}
	return others
}

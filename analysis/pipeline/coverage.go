package pipeline

import (
	"cmp"
	"context"
	"slices"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// Coverage is how much of some logs is in a known log format, and what the rest looks like.
type Coverage struct {
	CoverageCount
	Inputs  []InputCoverage   `json:"inputs"`
	Formats []FormatCoverage  `json:"formats"` // most lines first
	Missing analysis.Coverage `json:"unrecognised_programs"`
	Shapes  []analysis.Sample `json:"unrecognised_shapes"` // most frequent first
}

// CoverageCount counts lines by what is known of them: Lines is the sum of the others.
type CoverageCount struct {
	Lines        int `json:"lines"`
	Events       int `json:"events"`       // of records that tell of an event
	Known        int `json:"known"`        // of messages that are known and tell of none
	Broken       int `json:"broken"`       // malformed: of a known log format and unreadable, or cut
	Unrecognised int `json:"unrecognised"` // in no known log format
	Blank        int `json:"blank"`
}

// InputCoverage is the coverage of one log.
type InputCoverage struct {
	File string `json:"file"`
	CoverageCount
}

// FormatCoverage counts the lines of one log format.
type FormatCoverage struct {
	Format string `json:"format"`
	Lines  int    `json:"lines"`
}

// Cover reads the logs and counts what is recognised. The shapes are all that were told apart.
func Cover(ctx context.Context, inputs []logformat.Input, o Options) (*Coverage, error) {
	inputs = slices.Clone(inputs)
	slices.SortStableFunc(inputs, func(a, b logformat.Input) int { return cmp.Compare(a.Path, b.Path) })
	all := newSamples()
	c := &Coverage{}
	byFormat := map[string]int{}
	for i, in := range inputs {
		formats, err := o.FormatsFor(in.Path)
		if err != nil {
			return nil, err
		}
		n := InputCoverage{File: in.Path}
		clock := logformat.NewClock(o.Clock.Zone, o.Clock.Guess(in.ModTime))
		stats, err := logformat.Read(ctx, in, i, clock, formats, func(rec *logformat.Record) error {
			lines := lineCount(rec)
			switch {
			case rec.Class == logformat.ClassBlank:
				n.Blank += lines
				return nil
			case rec.Class == logformat.ClassEvent:
				n.Events += lines
			case rec.Class == logformat.ClassBenign:
				n.Known += lines
			case rec.Warning != "":
				n.Broken += lines
				return nil
			default:
				n.Unrecognised += lines
				all.add(in.Path, rec, lines)
				return nil
			}
			byFormat[rec.Format] += lines
			return nil
		})
		if err != nil {
			return nil, err
		}
		n.Lines = stats.Lines
		c.Inputs = append(c.Inputs, n)
		c.add(n.CoverageCount)
	}
	for name, lines := range byFormat {
		c.Formats = append(c.Formats, FormatCoverage{name, lines})
	}
	slices.SortFunc(c.Formats, func(a, b FormatCoverage) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.Format, b.Format))
	})
	c.Shapes = all.list(-1)
	c.Missing = *all.coverage(c.Shapes)
	return c, nil
}

// lineCount is the number of lines of the log that a record takes.
func lineCount(rec *logformat.Record) int {
	n := 0
	for _, l := range rec.Lines {
		n += l.Len()
	}
	return n
}

func (c *CoverageCount) add(o CoverageCount) {
	c.Lines += o.Lines
	c.Events += o.Events
	c.Known += o.Known
	c.Broken += o.Broken
	c.Unrecognised += o.Unrecognised
	c.Blank += o.Blank
}

package pipeline

import (
	"cmp"
	"fmt"
	"slices"

	"practicum/analysis"
	"practicum/analysis/pattern"
)

// overlaps counts the records that two of the site's patterns take. The first in the pattern files has
// them, and the report says so: nobody but the site can tell which is right. Among the built-in log
// formats there is no such pair.
type overlaps struct {
	set   *pattern.Set
	pairs map[[2]*pattern.Pattern]*overlap
}

type overlap struct {
	file          string
	line, records int
}

// add looks at one record that a log format has taken.
func (o *overlaps) add(format, text, file string, line int) {
	if o.set == nil || len(o.set.Patterns) < 2 {
		return
	}
	for _, other := range o.set.Others(format, text) {
		o.count(o.set.Named(format), other, file, line, 1)
	}
}

// count adds records that two patterns take, of which the first stands there.
func (o *overlaps) count(first, second *pattern.Pattern, file string, line, records int) {
	key := [2]*pattern.Pattern{first, second}
	n := o.pairs[key]
	if n == nil {
		if o.pairs == nil {
			o.pairs = map[[2]*pattern.Pattern]*overlap{}
		}
		n = &overlap{file: file, line: line}
		o.pairs[key] = n
	}
	n.records += records
	if cmp.Or(cmp.Compare(file, n.file), cmp.Compare(line, n.line)) < 0 {
		n.file, n.line = file, line
	}
}

// warnings tells of each pair, at its first record.
func (o *overlaps) warnings() []analysis.Warning {
	var list []analysis.Warning
	for pair, n := range o.pairs {
		records := "this record"
		if n.records > 1 {
			records = fmt.Sprintf("%d records, of which this is the first", n.records)
		}
		list = append(list, analysis.Warning{File: n.file, Line: n.line, Text: fmt.Sprintf(
			"the patterns %s (%s) and %s (%s) both take %s; %s was taken, because it stands first. Make one of them say more, or put %s first; --log-format %s=GLOB overrules it for the logs that match",
			pair[0].Name, pair[0].Place, pair[1].Name, pair[1].Place, records, pair[0].Name, pair[1].Name, pair[1].Name)})
	}
	slices.SortFunc(list, func(a, b analysis.Warning) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return list
}

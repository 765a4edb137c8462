package check

import (
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/draft"
)

// Fixed returns the document with what needs no judgement set right, and how many lines that changed. It
// computes sums, bands and the summary's severities again from the tables. A foreign document is
// returned as it is: which of its numbers is the slip, its author knows.
func (r *Report) Fixed(source []byte) ([]byte, int) {
	s := r.subject
	if s.draft == nil {
		return source, 0
	}
	changed := map[int]string{}
	for n, x := range s.incidents {
		rating := s.ratings[n]
		if rating == nil || !rating.Complete() {
			continue
		}
		low, high := rating.Sum()
		points := draft.Interval(low, high)
		sum := x.Sum()
		if sum != nil && (!sum.Follows(rating) || !sum.OK || sum.Low != low || sum.High != high || sum.Band != "" && sum.Band != band(high)) && sum.Block.Line == sum.Block.End {
			line := s.draft.Source(sum.Line, sum.Line)
			text := strings.TrimRight(line, "\r\n")
			fixed := rating.Formula() + " = " + points
			if strings.Contains(text, "**") || strings.Contains(text, "__") {
				fixed = "**" + fixed + "**"
			}
			if sum.Band != "" {
				fixed += " `" + band(high) + "`"
			}
			changed[sum.Line] = fixed + line[len(text):]
		}
		if row := s.summaryRow(x); row != nil && (row.band != band(high) || !samePoints(row.points, low, high)) {
			line := s.draft.Source(row.line, row.line)
			// The last such cell: a title may hold the word of a band too.
			if m := severityCell().FindAllStringSubmatchIndex(line, -1); len(m) > 0 {
				c := m[len(m)-1]
				changed[row.line] = line[:c[0]] + "`" + band(high) + "` " + points + line[c[1]:]
			}
		}
	}
	if len(changed) == 0 {
		return source, 0
	}
	var b strings.Builder
	for i := 1; i <= s.draft.Lines(); i++ {
		if l, ok := changed[i]; ok {
			b.WriteString(l)
			continue
		}
		b.WriteString(s.draft.Source(i, i))
	}
	return []byte(b.String()), len(changed)
}

var severityCell = lazily.Regexp("`(?:LOW|GUARDED|ELEVATED|HIGH|SEVERE)` +[-−–]?[0-9]+(?: to [-−–]?[0-9]+)?")

func samePoints(words string, low, high int) bool {
	l, h, ok := draft.ParseInterval(words)
	return ok && l == low && h == high
}

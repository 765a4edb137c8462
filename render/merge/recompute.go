package merge

import (
	"fmt"
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/draft"
)

// BandOf names the band of a severity's high end; the caller knows the scale.
type BandOf func(high int) string

var (
	// listedChip is an incident in the list of those that mattered.
	listedChip  = lazily.Regexp("^- `[A-Z]+` [^:]+(: \\[incident (\\d+)\\]\\(.*)$")
	chartedSum  = lazily.Regexp(`^\(.+?\) − \(.+?\) = .+?  (\d+)(: .*)$`)
	chartedTime = lazily.Regexp(`^(\S+ \S+ to \S+ \S+  )[a-z]+ +(\d+)(: .*)$`)
)

// Recompute returns the document with its sums made from the severity tables as they stand: the
// person edits points where they are read, and the sum, the band and the summary follow. A sum whose
// parts are those of the table stays as it is written, even when it is wrong: whoever changed it meant
// it. With a base, a factor that the person changed is marked as the analyst's, and what the tool
// suggests is shown below when the section does not show it yet.
func Recompute(d, base *draft.Draft, band BandOf) []byte {
	eol := d.EOL()
	change := map[int]string{} // by line; the line's new text, without its end
	after := map[int]string{}  // text to put behind a line
	type points struct{ formula, text, band string }
	summary := map[string]points{} // by the number of the incident
	for _, s := range d.Sections {
		if s.Kind != draft.Incident {
			continue
		}
		r, sum := s.Rating(), s.Sum()
		if r == nil || !r.Complete() {
			continue
		}
		low, high := r.Sum()
		var was *draft.Rating
		if base != nil {
			if b := base.Incident(s.ID); b != nil {
				was = b.Rating()
			}
		}
		edited := false
		if was != nil {
			for i := range r.Factors {
				f, o := &r.Factors[i], &was.Factors[i]
				if o.Err != "" || f.Low == o.Low && f.High == o.High && f.Reason == o.Reason {
					continue
				}
				edited = edited || f.Low != o.Low || f.High != o.High
				if k := column(r.Table, "Origin"); f.Origin != "analyst" && k >= 0 && k < len(f.Item.Cells) {
					var out []string
					for j, c := range f.Item.Cells {
						if j == k {
							c.Source = "analyst"
						}
						out = append(out, c.Source)
					}
					change[f.Line] = "| " + strings.Join(out, " | ") + " |"
				}
			}
		}
		if sum == nil || sum.Follows(r) {
			continue
		}
		total := draft.Interval(low, high)
		text := fmt.Sprintf("**%s = %s** `%s`", r.Formula(), total, band(high))
		change[sum.Line] = text
		for i := sum.Line + 1; i <= sum.Block.End; i++ {
			change[i] = "\x00"
		}
		if s.Number > 0 {
			summary[fmt.Sprint(s.Number)] = points{r.Formula(), total, band(high)}
		}
		if edited && was.Complete() && !suggests(s) {
			low, high := was.Sum()
			var b strings.Builder
			fmt.Fprintf(&b, "%sThe tool by itself suggests %s:%s%s", eol, draft.Interval(low, high), eol, eol)
			b.WriteString(strings.TrimRight(strings.ReplaceAll(base.Source(was.Table.Line, was.Table.End), "\r\n", "\n"), "\n"))
			fmt.Fprintf(&b, "%s%s%s = %s", eol, eol, was.Formula(), draft.Interval(low, high))
			after[sum.Block.End] = b.String()
		}
	}
	for _, s := range d.Sections {
		t := s.Table("Severity")
		if t == nil || len(t.Header) < 2 || t.Header[0] != "#" {
			continue
		}
		k := column(t, "Severity")
		for _, it := range t.Items {
			p, ok := summary[it.Cells[0].Plain]
			if !ok || k >= len(it.Cells) {
				continue
			}
			var out []string
			for j, c := range it.Cells {
				if j == k {
					c.Source = "`" + p.band + "` " + p.text
				}
				out = append(out, c.Source)
			}
			change[it.Line] = "| " + strings.Join(out, " | ") + " |"
		}
	}
	// The charts of the severities and of the time have a line for each incident too.
	chart := ""
	for i := 1; i <= d.Lines() && len(summary) > 0; i++ {
		line := strings.TrimRight(d.Source(i, i), "\r\n")
		switch {
		case chart == "" && strings.HasPrefix(line, "```chart "):
			chart = strings.TrimPrefix(line, "```chart ")
		case line == "```":
			chart = ""
		case chart == "":
			if m := listedChip().FindStringSubmatch(line); m != nil && summary[m[2]] != (points{}) {
				change[i] = "- `" + summary[m[2]].band + "` " + summary[m[2]].text + m[1]
			}
		case chart == "severity":
			if m := chartedSum().FindStringSubmatch(line); m != nil && summary[m[1]] != (points{}) {
				change[i] = summary[m[1]].formula + " = " + summary[m[1]].text + "  " + m[1] + m[2]
			}
		case chart == "timeline":
			if m := chartedTime().FindStringSubmatch(line); m != nil && summary[m[2]] != (points{}) {
				change[i] = fmt.Sprintf("%s%-8s  %s%s", m[1], strings.ToLower(summary[m[2]].band), m[2], m[3])
			}
		}
	}
	var out strings.Builder
	for i := 1; i <= d.Lines(); i++ {
		line := d.Source(i, i)
		end := line[len(strings.TrimRight(line, "\r\n")):]
		if text, ok := change[i]; ok {
			if text != "\x00" {
				out.WriteString(text + end)
			}
		} else {
			out.WriteString(line)
		}
		if text, ok := after[i]; ok {
			if end == "" {
				out.WriteString(eol)
			}
			out.WriteString(text + eol)
		}
	}
	return []byte(out.String())
}

// suggests reports whether a section shows a second severity table.
func suggests(s *draft.Section) bool {
	n := 0
	for _, b := range s.Blocks() {
		if isFactors(b) {
			n++
		}
	}
	return n > 1
}

// RatingProblems are factors whose points are none.
func RatingProblems(d *draft.Draft) []draft.Problem {
	var list []draft.Problem
	for _, s := range d.Sections {
		if s.Kind != draft.Incident {
			continue
		}
		r := s.Rating()
		if r == nil {
			continue
		}
		for _, f := range r.Factors {
			if f.Line > 0 && f.Err != "" {
				list = append(list, draft.Problem{Line: f.Line, Text: f.Name + ": " + f.Err})
			}
		}
	}
	return list
}

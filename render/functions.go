package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"practicum/analysis"
	"practicum/render/safe"
)

// functions are what a report template may call besides the language's own. What returns an
// inline may hold markup; a string that a function returns is prose and is escaped like any other.
func functions() template.FuncMap {
	return template.FuncMap{
		"about":         about,
		"ambiguous":     ambiguous,
		"asks":          asks,
		"attemptsChart": attemptsChart,
		"chip":          chip,
		"cite":          cite,
		"claim":         claim,
		"code":          func(v any) inline { return inline{code(fmt.Sprint(v))} },
		"allSources": func(s []analysis.Source, limit int) inline {
			return join(len(s), limit, func(i int) inline { return named(s[i].IP, s[i].Name) })
		},
		"allTargets": func(s []analysis.Target, limit int) inline {
			return join(len(s), limit, func(i int) inline { return named(s[i].Host, s[i].IP) })
		},
		"codes": codes,
		"codesOf": func(s []string, limit int) inline {
			return join(len(s), limit, func(i int) inline { return inline{code(s[i])} })
		},
		"count":         count,
		"coverage":      coverage,
		"deviation":     deviation,
		"differs":       differs,
		"disagreements": disagreements,
		"dismissed":     dismissed,
		"duplicates":    duplicates,
		"excerpt":       excerpt,
		"folded":        folded,
		"formula":       formula,
		"gaps":          gaps,
		"id":            id,
		"lead":          lead,
		"letter":        func(i int) string { return string(rune('A' + i%26)) },
		"list":          func(s []string) string { return strings.Join(s, "; ") },
		"number":        number,
		"ordinal":       func(i int) int { return i + 1 },
		"packets":       func(a analysis.Attempt) int { return len(a.Gaps) + 1 },
		"period":        period,
		"points":        points,
		"ranges":        excerptRanges,
		"ranking":       ranking,
		"samples":       samples,
		"services":      services,
		"shownAttempts": shownAttempts,
		"sources":       sources,
		"stamp":         stamp,
		"linksChart":    linksChart,
		"portsChart":    portsChart,
		"targetsChart":  targetsChart,
		"sourcesChart":  sourcesChart,
		"hoursChart":    hoursChart,
		"timelineChart": timelineChart,
		"severityChart": severityChart,
		"targets":       targets,
		"topPrograms":   topPrograms,
	}
}

const (
	stampLayout = "2006-01-02 15:04:05"
	none        = "–"
)

func stamp(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return t.Format(stampLayout)
}

// period is "2000-01-20 08:58:10 to 08:58:21", with the second date where it is another.
func period(first, last time.Time) string {
	switch {
	case first.IsZero() || last.IsZero() || first.Equal(last):
		return stamp(first)
	case first.Format(time.DateOnly) == last.Format(time.DateOnly):
		return stamp(first) + " to " + last.Format(time.TimeOnly)
	}
	return stamp(first) + " to " + stamp(last)
}

// number writes n with commas between thousands.
func number(v any) string {
	s := fmt.Sprint(v)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// points writes an interval of points, with the sign that typesetters use.
func points(low, high int) string {
	if low == high {
		return signed(low)
	}
	return signed(low) + " to " + signed(high)
}

func signed(n int) string {
	if n < 0 {
		return "−" + strconv.Itoa(-n)
	}
	return strconv.Itoa(n)
}

// formula is the left side of the sum: (4 + 3 to 4) − (4 + 2).
func formula(f analysis.Factors) string {
	p := func(f analysis.Factor) string { return points(f.Low, f.High) }
	return fmt.Sprintf("(%s + %s) − (%s + %s)", p(f.Criticality), p(f.Lethality), p(f.System), p(f.Network))
}

// chip is the code span that is drawn as the mark of a band.
func chip(b analysis.Band) inline {
	if !slices.Contains(analysis.Bands[:], b) {
		return inline{code(string(b))}
	}
	return inline{markup("`" + strings.ToUpper(string(b)) + "`")}
}

// claim is the label in front of a statement.
func claim(c analysis.Class) inline {
	switch c {
	case analysis.ClassObserved:
		return inline{markup("**Observed.** ")}
	case analysis.ClassKnown:
		return inline{markup("**Known.** ")}
	case analysis.ClassQuestion:
		return inline{markup("**Question.** ")}
	}
	return nil
}

// id makes s fit for an HTML comment. The program's own ids pass unchanged.
func id(s string) inline {
	return inline{markup(strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, s))}
}

func codes(s []string) inline {
	var out inline
	for i, v := range s {
		if i > 0 {
			out = append(out, markup(", "))
		}
		out = append(out, code(v))
	}
	return out
}

// join writes at most limit of n parts, all of them when limit is 0, and how many more there are.
func join(n, limit int, part func(i int) inline) inline {
	if n == 0 {
		return inline{markup(none)}
	}
	if limit == 0 || n <= limit {
		limit = n
	}
	var out inline
	for i := range limit {
		if i > 0 {
			out = append(out, markup(", "))
		}
		out = append(out, part(i)...)
	}
	if n > limit {
		out = append(out, markup(" + "+number(n-limit)+" more"))
	}
	return out
}

// named is an address with its name, or whichever of them there is.
func named(address, name string) inline {
	switch {
	case address == "" && name == "":
		return inline{markup(none)}
	case address == "":
		return inline{code(name)}
	case name == "":
		return inline{code(address)}
	}
	return inline{code(address), markup(" ("), code(name), markup(")")}
}

// sources names all sources with their names, or at most limit without, for the summary.
func sources(s []analysis.Source, limit int) inline {
	return join(len(s), limit, func(i int) inline {
		if limit > 0 && s[i].IP != "" {
			return inline{code(s[i].IP)}
		}
		return named(s[i].IP, s[i].Name)
	})
}

func targets(s []analysis.Target, limit int) inline {
	return join(len(s), limit, func(i int) inline {
		if limit > 0 && s[i].Host != "" {
			return inline{code(s[i].Host)}
		}
		return named(s[i].Host, s[i].IP)
	})
}

func services(s []analysis.Service, limit int) inline {
	return join(len(s), limit, func(i int) inline {
		port := s[i].Proto
		if s[i].Port != 0 {
			port = strconv.Itoa(s[i].Port)
			if s[i].Proto != "" {
				port += "/" + s[i].Proto
			}
		}
		if port == "" {
			return named(s[i].Name, "")
		}
		if s[i].Name == "" {
			return inline{code(port)}
		}
		return inline{code(port), text(" " + s[i].Name)}
	})
}

func lineRange(r analysis.LineRange) string {
	if r.First == r.Last {
		return strconv.Itoa(r.First)
	}
	return strconv.Itoa(r.First) + "–" + strconv.Itoa(r.Last)
}

// cite names files and lines, each file once for citations that follow each other: the first limit of
// them, and how many more there are besides, left of which are not in the list.
func cite(c []analysis.Citation, limit, left int) inline {
	var out inline
	for i, v := range c {
		if i == limit {
			return append(out, markup(" + "+number(len(c)-limit+left)+" more"))
		}
		switch {
		case i == 0:
			out = append(out, code(v.File), markup(" "))
		case v.File != c[i-1].File:
			out = append(out, markup("; "), code(v.File), markup(" "))
		default:
			out = append(out, markup(", "))
		}
		out = append(out, markup(lineRange(v.Lines)))
	}
	return out
}

// excerptRanges names the lines that an excerpt quotes.
func excerptRanges(e analysis.Excerpt) string {
	var ranges []string
	var run analysis.LineRange
	lines := 0
	flush := func() {
		if run.First != 0 {
			ranges = append(ranges, lineRange(run))
		}
	}
	for _, l := range e.Blocks {
		if l.Number == 0 {
			continue
		}
		lines++
		if run.First != 0 && l.Number == run.Last+1 {
			run.Last++
			continue
		}
		flush()
		run = analysis.LineRange{First: l.Number, Last: l.Number}
	}
	flush()
	const most = 8
	if len(ranges) > most {
		return fmt.Sprintf("%s between %s and %s", count(lines, "line", "lines"), strconv.Itoa(firstNumber(e)), strconv.Itoa(run.Last))
	}
	if lines == 1 {
		return "line " + strings.Join(ranges, "")
	}
	return "lines " + strings.Join(ranges, ", ")
}

func firstNumber(e analysis.Excerpt) int {
	for _, l := range e.Blocks {
		if l.Number != 0 {
			return l.Number
		}
	}
	return 0
}

// logLine is one line of a log block in the form that package document reads back.
func logLine(n, width int, text string) string {
	return fmt.Sprintf("%*d  %s", width, n, strings.TrimSuffix(text, "\r"))
}

func omission(width int, words string) string { return strings.Repeat(" ", width-1) + "…  " + words }

// gutter is the width of the largest line number, and at least five digits.
func gutter(largest int) int { return max(5, len(strconv.Itoa(largest))) }

// logBlock fences lines. safe.Block escapes the text of each.
func logBlock(lines []string) inline {
	return inline{{strings.TrimSuffix(safe.Block("log", lines), "\n"), asBlock}}
}

func excerpt(e analysis.Excerpt) inline {
	largest := 0
	for _, l := range e.Blocks {
		largest = max(largest, l.Number)
	}
	width := gutter(largest)
	var lines []string
	for _, l := range e.Blocks {
		switch {
		case l.Number != 0:
			lines = append(lines, logLine(l.Number, width, l.Text))
		case l.Omitted != 0:
			lines = append(lines, omission(width, count(l.Omitted, "more line", "more lines")+" of this incident left out"))
		default:
			lines = append(lines, omission(width, "lines of other records"))
		}
	}
	return logBlock(lines)
}

// fileSamples are the unrecognised lines of one file.
type fileSamples struct {
	File  string
	Block inline
}

// samples parts the sample by file, in the order in which the files first come up.
func samples(all []analysis.Sample) []fileSamples {
	var files []string
	byFile := map[string][]analysis.Sample{}
	for _, s := range all {
		if _, ok := byFile[s.File]; !ok {
			files = append(files, s.File)
		}
		byFile[s.File] = append(byFile[s.File], s)
	}
	var out []fileSamples
	for _, f := range files {
		largest := slices.MaxFunc(byFile[f], func(a, b analysis.Sample) int { return cmp.Compare(a.Line, b.Line) })
		width := gutter(largest.Line)
		var lines []string
		for _, s := range byFile[f] {
			lines = append(lines, logLine(s.Line, width, s.Text))
			if s.Count > 1 {
				lines = append(lines, omission(width, count(s.Count-1, "more line", "more lines")+" of this shape"))
			}
		}
		out = append(out, fileSamples{f, logBlock(lines)})
	}
	return out
}

// maxPrograms is how many programs of unrecognised lines the appendix names.
const maxPrograms = 15

// topPrograms are the first programs of a list, and the others as one.
func topPrograms(all []analysis.ProgramCoverage) []programRow {
	var rows []programRow
	for i, p := range all {
		switch {
		case i < maxPrograms && p.Program != "":
			rows = append(rows, programRow{inline{code(p.Program)}, p.Lines, p.Shapes})
		case i < maxPrograms:
			rows = append(rows, programRow{inline{text("none: no syslog header")}, p.Lines, p.Shapes})
		case i == maxPrograms:
			rows = append(rows, programRow{inline{text(count(len(all)-i, "other program", "other programs"))}, p.Lines, p.Shapes})
		default:
			rest := &rows[maxPrograms]
			rest.Lines, rest.Shapes = rest.Lines+p.Lines, rest.Shapes+p.Shapes
		}
	}
	return rows
}

type programRow struct {
	Name          inline
	Lines, Shapes int
}

// lead is the line under the title.
func lead(r *analysis.Report) inline {
	var parts []inline
	if p := r.Period; !p.First.IsZero() {
		parts = append(parts, inline{text(period(p.First, p.Last))})
	}
	parts = append(parts, inline{markup(count(len(r.Incidents)+r.Background.Incidents, "incident", "incidents") +
		" from " + count(len(r.Inputs), "input", "inputs"))})
	parts = append(parts, inline{text("times in " + cmp.Or(r.Zone, "UTC"))})
	if r.Site != "" {
		parts = append(parts, inline{text("site: " + r.Site)})
	}
	if r.Analyst != "" {
		parts = append(parts, inline{text("analyst " + r.Analyst)})
	}
	var out inline
	for i, p := range parts {
		if i > 0 {
			out = append(out, markup(" · "))
		}
		out = append(out, p...)
	}
	return out
}

func coverage(l analysis.Ledger) string {
	return fmt.Sprintf("Of %s of input, %s evidence of an incident, %s benign, %s unrecognised and %s blank.",
		count(l.Lines, "line", "lines"), isAre(l.Incident), number(l.Benign), number(l.Unrecognised), number(l.Blank))
}

func isAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return number(n) + " are"
}

// disagreements says which stated totals do not follow from their parts.
func disagreements(r *analysis.Report) inline {
	stated := 0
	var wrong []int
	for _, in := range r.Incidents {
		if s := in.Severity.Stated; s != nil {
			stated++
			if !s.Agrees {
				wrong = append(wrong, in.Number)
			}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	verb, noun := "disagree", "incidents"
	if len(wrong) == 1 {
		verb, noun = "disagrees", "incident"
	}
	out := inline{markup(fmt.Sprintf("%s of %s %s with their own parts: %s ", number(len(wrong)),
		count(stated, "stated total", "stated totals"), verb, noun))}
	if len(wrong) == 1 {
		out[0].text = strings.Replace(out[0].text, "their own", "its own", 1)
	}
	for i, n := range wrong {
		switch {
		case i == 0:
		case i == len(wrong)-1:
			out = append(out, markup(" and "))
		default:
			out = append(out, markup(", "))
		}
		out = append(out, markup(fmt.Sprintf("[%d](#incident-%d)", n, n)))
	}
	return append(out, markup("."))
}

// rankRow is a row of the table of ranks.
type rankRow struct {
	analysis.Rank
	Title  string
	Stated inline
	Parts  string
	Moves  string
}

// mostRanks is the length up to which the table of ranks has all incidents, and not only those that move.
const mostRanks = 20

func ranking(r *analysis.Report) []rankRow {
	byNumber := map[int]*analysis.ScoredIncident{}
	for i := range r.Incidents {
		byNumber[r.Incidents[i].Number] = &r.Incidents[i]
	}
	var rows []rankRow
	for _, k := range r.Ranking {
		in := byNumber[k.Number]
		if in == nil || (len(r.Ranking) > mostRanks && k.ByTotals == k.ByParts) || len(rows) == mostRanks {
			continue
		}
		row := rankRow{Rank: k, Title: in.Title, Stated: inline{markup(none)}, Parts: points(in.Severity.Low, in.Severity.High), Moves: "stays"}
		if s := in.Severity.Stated; s != nil {
			about := ""
			if s.About {
				about = "about "
			}
			row.Stated = inline{text(about + points(s.Low, s.High))}
		}
		switch n := k.ByTotals - k.ByParts; {
		case n > 0:
			row.Moves = fmt.Sprintf("up %d", n)
		case n < 0:
			row.Moves = fmt.Sprintf("down %d", -n)
		}
		rows = append(rows, row)
	}
	return rows
}

// dismissed counts the lines of incidents that the analyst dismissed.
func dismissed(list []analysis.Decided) int {
	n := 0
	for _, d := range list {
		if d.Verdict == "dismissed" {
			n += d.Lines
		}
	}
	return n
}

func duplicates(r *analysis.Report) int {
	n := 0
	for _, in := range r.Inputs {
		n += in.Duplicates
	}
	return n
}

// about is what is said on a topic.
func about(list []analysis.Observation, topic analysis.Topic) []analysis.Observation {
	return slices.DeleteFunc(slices.Clone(list), func(o analysis.Observation) bool { return topicOf(o.Topic) != topic })
}

// asks is what is asked on a topic.
func asks(list []analysis.Prompt, topic analysis.Topic) []analysis.Prompt {
	return slices.DeleteFunc(slices.Clone(list), func(p analysis.Prompt) bool { return topicOf(p.Topic) != topic })
}

// topicOf puts what has no known topic into the description, so that a template that goes through the
// topics leaves nothing out.
func topicOf(t analysis.Topic) analysis.Topic {
	switch t {
	case analysis.TopicTrace, analysis.TopicSpoofing, analysis.TopicMechanism, analysis.TopicCorrelations,
		analysis.TopicTargeting, analysis.TopicSeverity, analysis.TopicDefence:
		return t
	}
	return analysis.TopicDescription
}

// differs reports whether the tool's own points are others than the ones that count.
func differs(s analysis.Severity) bool {
	p := func(f analysis.Factors) [8]int {
		return [8]int{f.Criticality.Low, f.Criticality.High, f.Lethality.Low, f.Lethality.High,
			f.System.Low, f.System.High, f.Network.Low, f.Network.High}
	}
	return p(s.Factors) != p(s.Suggested.Factors)
}

// folded reports whether an attempt was put together from several packets.
func folded(list []analysis.Attempt) bool {
	return slices.ContainsFunc(list, func(a analysis.Attempt) bool { return len(a.Gaps) > 0 })
}

// shownAttempts are the attempts that a table tells: all of a few, else those of several packets, the
// first of them. Single packets show nothing that the excerpt does not.
func shownAttempts(list []analysis.Attempt) []analysis.Attempt {
	const few, most = 12, 40
	if len(list) <= few {
		return list
	}
	list = slices.DeleteFunc(slices.Clone(list), func(a analysis.Attempt) bool { return len(a.Gaps) == 0 && !a.Ambiguous })
	return list[:min(len(list), most)]
}

func ambiguous(list []analysis.Attempt) bool {
	return slices.ContainsFunc(list, func(a analysis.Attempt) bool { return a.Ambiguous })
}

func seconds(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func gaps(a analysis.Attempt) string {
	if len(a.Gaps) == 0 {
		return none
	}
	s := make([]string, len(a.Gaps))
	for i, g := range a.Gaps {
		s[i] = seconds(g)
	}
	return strings.Join(s, ", ")
}

func deviation(a analysis.Attempt) string {
	if a.Schedule == "" {
		return none
	}
	return strconv.FormatFloat(a.Deviation, 'f', 1, 64) + " s"
}

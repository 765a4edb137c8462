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

// Function is what a report template may call besides the language's own.
type Function struct {
	Name, Takes, Gives string
	call               any
}

// Functions lists them by name. What returns an inline may hold markup; a string that a function returns is prose and is escaped
// like any other.
func Functions() []Function {
	return []Function{
		{"about", ".Observations TOPIC", "the statements that belong to a part of a write-up, such as \"spoofing\"", about},
		{"allSources", "SOURCES N", "at most N sources with their names", func(s []analysis.Source, limit int) inline {
			return join(len(s), limit, func(i int) inline { return named(s[i].IP, s[i].Name) })
		}},
		{"allTargets", "TARGETS N", "at most N targets with their addresses", func(s []analysis.Target, limit int) inline {
			return join(len(s), limit, func(i int) inline { return named(s[i].Host, s[i].IP) })
		}},
		{"ambiguous", "ATTEMPTS", "whether packets could be dealt to the attempts otherwise", ambiguous},
		{"asks", ".Prompts TOPIC", "the prompts that belong to a part of a write-up", asks},
		{"attemptsChart", "INCIDENT", "a chart of the packets of attempts; nothing where none was sent again", attemptsChart},
		{"bandCounts", "REPORT", "the bands with their incidents, the most severe first", bandCounts},
		{"before", "CHANGE", "the count of the report before", before},
		{"calendarChart", "REPORT", "a chart of the records of incidents by day", calendarChart},
		{"certain", "REPORT", "what a summary rests on and what it does not know", certain},
		{"change", "CHANGE", "how a count differs from that of the report before: +50 %, new, gone", change},
		{"changed", "REPORT", "what changed against the report before, in sentences", changed},
		{"chip", "BAND", "the mark of a band of severity", chip},
		{"cite", "EVIDENCE N LEFT", "at most N places of evidence; LEFT counts those that are not in it", cite},
		{"claim", ".Class", "the label of a statement: Observed, Known or Question", claim},
		{"code", "VALUE", "the value as code", func(v any) inline { return inline{code(fmt.Sprint(v))} }},
		{"codes", "LIST", "each text of a list as code", codes},
		{"codesOf", "LIST N", "at most N texts of a list as code", func(s []string, limit int) inline {
			return join(len(s), limit, func(i int) inline { return inline{code(s[i])} })
		}},
		{"count", "N ONE MANY", "the number with the word that fits it", count},
		{"coverage", ".Ledger", "the ledger in a sentence", coverage},
		{"deviation", "ATTEMPT", "how far its packets are from their schedule, in seconds", deviation},
		{"differs", ".Severity", "whether the tool by itself suggests other points", differs},
		{"disagreements", "REPORT", "the stated totals that disagree with their parts, in a sentence", disagreements},
		{"dismissed", ".Decided", "how many lines dismissed incidents have", dismissed},
		{"duplicates", "REPORT", "how many records are copies", duplicates},
		{"excerpt", "EXCERPT", "quoted lines with their numbers, as a block", excerpt},
		{"folded", "ATTEMPTS", "whether an attempt was put together from several packets", folded},
		{"formula", "FACTORS", "the left side of the sum: (4 + 3) − (4 + 2)", formula},
		{"gaps", "ATTEMPT", "the seconds between its packets", gaps},
		{"happened", "REPORT", "what happened, in a sentence", happened},
		{"hoursChart", "REPORT", "a chart of the records by day and hour", hoursChart},
		{"id", "TEXT", "a text as part of a marker", id},
		{"lead", "REPORT", "period, number of incidents and inputs, zone", lead},
		{"letter", "N", "A for 0, B for 1, ...", func(i int) string { return string(rune('A' + i%26)) }},
		{"linksChart", "REPORT", "a chart of sources and targets", linksChart},
		{"list", "LIST", "the texts of a list with semicolons between them", func(s []string) string { return strings.Join(s, "; ") }},
		{"mattered", "REPORT", "how many incidents are how severe, in a sentence", mattered},
		{"number", "N", "a number with commas between its thousands", number},
		{"names", "REPORT DIMENSION", "how many names a dimension of all incidents has", func(r *analysis.Report, d string) int {
			if r.Counts == nil {
				return 0
			}
			return r.Counts.Names(analysis.Dimension(d))
		}},
		{"openID", "ID", "the id of an earlier report's recommendation in this one", openID},
		{"opens", "REPORT INCIDENT", "of a report on several sites: the site that an incident is the first of", opens},
		{"ordinal", "N", "1 for 0, 2 for 1, ...", func(i int) int { return i + 1 }},
		{"packets", "ATTEMPT", "how many packets it has", func(a analysis.Attempt) int { return len(a.Gaps) + 1 }},
		{"period", "TIME TIME", "from the first to the last", period},
		{"points", "LOW HIGH", "an interval of points", points},
		{"portsChart", "REPORT", "a chart of the ports with the most incidents", portsChart},
		{"ranges", "EXCERPT", "the numbers of the quoted lines", excerptRanges},
		{"ranking", "REPORT", "the ranks by stated totals and by parts; none where all stay", ranking},
		{"samples", ".Unrecognised", "the unrecognised lines by file, as blocks", samples},
		{"serious", "REPORT", "how many incidents are high or severe", serious},
		{"services", "SERVICES N", "at most N services", services},
		{"severityChart", ".Incidents", "a chart of the severities with their factors", severityChart},
		{"shownAttempts", "ATTEMPTS", "the attempts that are worth a table", shownAttempts},
		{"silentFor", "SILENCE", "how long it is", silentFor},
		{"sources", "SOURCES N", "at most N sources in short; 0 for all, with their names", sources},
		{"sourcesChart", "REPORT", "a chart of the sources with the most records", sourcesChart},
		{"stamp", "TIME", "a time", stamp},
		{"stopped", "REPORT", "what became of the incidents, in a sentence", stopped},
		{"targets", "TARGETS N", "at most N targets in short; 0 for all", targets},
		{"targetsChart", "REPORT", "a chart of the targets with the most incidents", targetsChart},
		{"tasks", "REPORT N", "at most N recommendations with their incidents, the most urgent first", tasks},
		{"stillOpen", "REPORT TASKS", "the recommendations of earlier reports that nobody has ticked, but for those among the tasks", stillOpen},
		{"timelineChart", ".Incidents", "a chart of the incidents in time", timelineChart},
		{"top", "REPORT DIMENSION TITLE N", "the N names of a dimension with the most records: kind, source, network, country, system, target, service, outcome", func(r *analysis.Report, d, title string, limit int) topTable {
			return topTable{title, topCounts(r, d, limit), compared(r)}
		}},
		{"topPrograms", ".Coverage.Programs", "the programs with the most unrecognised lines", topPrograms},
		{"trendChart", "REPORT", "a chart of the incidents of this report and earlier ones", trendChart},
		{"unusual", "REPORT N", "the N counts that are farthest outside of what is usual, in words", unusual},
		{"usual", "CHANGE", "the range that a count usually has", usual},
		{"whole", "REPORT", "its incidents, with their times in the zone of the report where it is on several sites in several zones", whole},
		{"worst", "REPORT N", "the N most severe incidents", worst},
		{"zones", "REPORT", "of a report on several sites in several zones: the sites", zones},
		{"zoneOf", "REPORT INCIDENT", "the zone that an incident's times are given in", zoneOf},
	}
}

func functions() template.FuncMap {
	m := template.FuncMap{}
	for _, f := range Functions() {
		m[f.Name] = f.call
	}
	return m
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

// Quoted is how an excerpt shows a line of a log, behind its number.
func Quoted(text string) string {
	shown := strings.Split(safe.Block("log", []string{logLine(1, 1, text)}), "\n")[1]
	return strings.TrimPrefix(shown, "1  ")
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
	if w := r.Window; w != nil && w.Month != "" {
		parts = append(parts, inline{text(w.From.Format(time.DateOnly) + " to " + w.To.AddDate(0, 0, -1).Format(time.DateOnly))})
	} else if p := r.Period; !p.First.IsZero() {
		parts = append(parts, inline{text(period(p.First, p.Last))})
	}
	parts = append(parts, inline{markup(count(len(r.Incidents)+r.Background.Incidents, "incident", "incidents") +
		" from " + count(len(r.Inputs), "input", "inputs"))})
	zone := "times in " + cmp.Or(r.Zone, "UTC")
	if zones(r) != nil {
		zone += ", those in the sections of the sites in their own zones"
	}
	parts = append(parts, inline{text(zone)})
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

// zones are the sites of a report whose times are in several zones.
func zones(r *analysis.Report) []analysis.SitePart {
	if slices.ContainsFunc(r.Sites, func(s analysis.SitePart) bool { return s.Zone != r.Zone }) {
		return r.Sites
	}
	return nil
}

// whole are the incidents of a report as they are told of all sites together.
func whole(r *analysis.Report) []analysis.ScoredIncident {
	if zones(r) == nil {
		return r.Incidents
	}
	zone := r.Period.First.Location()
	list := slices.Clone(r.Incidents)
	for i := range list {
		if in := &list[i]; !in.First.IsZero() && !in.Last.IsZero() {
			in.First, in.Last = in.First.In(zone), in.Last.In(zone)
		}
	}
	return list
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
	if !slices.ContainsFunc(r.Ranking, func(k analysis.Rank) bool { return k.ByTotals != k.ByParts }) {
		return nil
	}
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

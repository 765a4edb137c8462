package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/render/chart"
)

// What a summary for the management says. Its sentences are made of the same counts as its tables, so that they agree.

// topCount is a row of a table of counts.
type topCount struct {
	Name                      string
	Title                     string // of a kind, as people call it
	Incidents, Records, Share string // Share is of all records of incidents
	Change, Usual             string // against the report before, and what earlier ones had
	Rest                      bool   // the row is of all further names together
}

// topCounts are the names of a dimension with the most records, the rest in one row. Where incidents or records count for more than one
// name, those of the rest do not add up, and nothing is said of them.
func topCounts(r *analysis.Report, dimension string, limit int) []topCount {
	if r.Counts == nil {
		return nil
	}
	counts := r.Counts.By[analysis.Dimension(dimension)]
	var all analysis.Count
	for _, n := range counts {
		all.Incidents += n.Incidents
		all.Records += n.Records
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		x, y := counts[a], counts[b]
		return cmp.Or(cmp.Compare(y.Records, x.Records), cmp.Compare(y.Incidents, x.Incidents), cmp.Compare(a, b))
	})
	if len(names) > limit+1 { // a single further row takes no more room than to say so
		names = names[:limit]
	}
	var list []topCount
	rest := all
	changes := changesOf(r, analysis.Dimension(dimension))
	var titles map[string]string
	if analysis.Dimension(dimension) == analysis.ByKind {
		titles = kindTitles(r)
	}
	for _, name := range names {
		n := counts[name]
		rest.Incidents -= n.Incidents
		rest.Records -= n.Records
		c := changes[name]
		list = append(list, topCount{Name: name, Title: titles[name], Incidents: number(n.Incidents), Records: number(n.Records), Share: share(n.Records, r.Counts.Records), Change: change(c), Usual: usual(c)})
	}
	if left := len(counts) - len(names); left > 0 {
		row := topCount{Name: number(left) + " others", Incidents: none, Records: none, Share: none, Change: none, Usual: none, Rest: true}
		if all.Incidents == r.Counts.Incidents {
			row.Incidents = number(rest.Incidents)
		}
		if all.Records == r.Counts.Records {
			row.Records, row.Share = number(rest.Records), share(rest.Records, r.Counts.Records)
		}
		list = append(list, row)
	}
	return append(list, gone(r, analysis.Dimension(dimension))...)
}

// kindTitles are what people call the kinds of the incidents, of those that are told and of those that are only counted.
func kindTitles(r *analysis.Report) map[string]string {
	m := map[string]string{}
	maps.Copy(m, r.KindTitles)
	for i := range r.Incidents {
		for _, e := range r.Incidents[i].Catalogue {
			m[e.Kind] = e.Title
		}
	}
	return m
}

// topTable is a table of counts with its title.
type topTable struct {
	Title    string
	Rows     []topCount
	Compared bool // with earlier reports
}

// share is a part in percent; a small part is not nothing.
func share(part, of int) string {
	switch {
	case of == 0 || part == 0:
		return "0 %"
	case part*100 < of:
		return "below 1 %"
	case part < of && part*100 > of*99:
		return "above 99 %"
	}
	return fmt.Sprintf("%d %%", (part*100+of/2)/of)
}

// bandCount counts the incidents of a band.
type bandCount struct {
	Band analysis.Band
	analysis.Count
	Share string // of all incidents
}

// bandCounts are the bands with their incidents, the most severe first; those without an incident too.
func bandCounts(r *analysis.Report) []bandCount {
	var list []bandCount
	for _, band := range slices.Backward(analysis.Bands[:]) {
		row := bandCount{Band: band, Share: share(0, 0)}
		if r.Counts != nil {
			row.Count = r.Counts.By[analysis.ByBand][string(band)]
			row.Share = share(row.Incidents, r.Counts.Incidents)
		}
		list = append(list, row)
	}
	return list
}

// aboutWhen begins a sentence with the time that a report is about.
func aboutWhen(r *analysis.Report) string {
	switch w := r.Window; {
	case w == nil:
		return "From " + stamp(r.Period.First) + " to " + stamp(r.Period.Last)
	case w.Month != "":
		return "In " + w.Words()
	default:
		words := w.Words()
		return strings.ToUpper(words[:1]) + words[1:]
	}
}

// happened says in one sentence what happened.
func happened(r *analysis.Report) string {
	c := r.Counts
	if c == nil || c.Incidents == 0 {
		return aboutWhen(r) + " there was no incident in " + count(r.Ledger.Within(), "line", "lines") + " of log."
	}
	from := ""
	if sources := c.Names(analysis.BySource); sources > 0 {
		from = " from " + count(sources, "source", "sources")
	}
	verb := "were"
	if c.Incidents == 1 {
		verb = "was"
	}
	text := fmt.Sprintf("%s there %s %s with %s%s, in %s of log", aboutWhen(r), verb, count(c.Incidents, "incident", "incidents"),
		count(c.Records, "record", "records"), from, count(r.Ledger.Within(), "line", "lines"))
	machines := 0
	for _, h := range r.Hosts {
		if h.Host != "" {
			machines++
		}
	}
	if machines > 0 {
		text += " of " + count(machines, "machine", "machines")
	}
	return text + "."
}

// mattered says how many incidents are how severe.
func mattered(r *analysis.Report) string {
	if r.Counts == nil || r.Counts.Incidents == 0 {
		return ""
	}
	var parts []string
	for _, b := range bandCounts(r) {
		if b.Incidents > 0 {
			parts = append(parts, number(b.Incidents)+" "+string(b.Band))
		}
	}
	return "By severity, the most severe first: " + strings.Join(parts, ", ") + "."
}

// stopped says what became of the incidents, by the last word of the logs.
func stopped(r *analysis.Report) string {
	if r.Counts == nil || r.Counts.Incidents == 0 {
		return ""
	}
	n := func(o analysis.Outcome) int { return r.Counts.By[analysis.ByOutcome][string(o)].Incidents }
	blocked, failed := n(analysis.OutcomeBlocked), n(analysis.OutcomeFailed)
	text := fmt.Sprintf("Of %s, %s stopped as far as the logs tell (%s blocked, %s failed)", count(r.Counts.Incidents, "incident", "incidents"),
		isAre(blocked+failed), number(blocked), number(failed))
	done := n(analysis.DoneOnMachine)
	if through := n(analysis.OutcomeAllowed) + n(analysis.OutcomeMixed) - done; through > 0 {
		text += fmt.Sprintf("; in %s something was let through or answered, which is not to say that it did harm", number(through))
	}
	if done > 0 {
		text += fmt.Sprintf("; in %s something was done on a machine, and the logs tell of no connection", number(done))
	}
	if u := n(analysis.OutcomeUnknown); u > 0 {
		text += fmt.Sprintf("; of %s the logs do not say", number(u))
	}
	return text + "."
}

// worst are the most severe incidents, at most so many.
func worst(r *analysis.Report, limit int) []analysis.ScoredIncident {
	list := slices.DeleteFunc(slices.Clone(whole(r)), func(in analysis.ScoredIncident) bool { return in.Severity.Band == "" })
	slices.SortFunc(list, func(a, b analysis.ScoredIncident) int { return bySeverity(&a, &b) })
	return list[:min(limit, len(list))]
}

// task is a recommendation with the incidents that it is made for.
type task struct {
	ID, Text  string
	Since     string // the earlier report that made it first and that nobody has ticked it in; empty for a new one
	Incidents []int
	Left      int // of further incidents
}

// tasks are the recommendations for the incidents that are told, those for the most severe first.
func tasks(r *analysis.Report, limit int) []task {
	var list []task
	at := map[string]int{}
	for _, in := range worst(r, len(r.Incidents)) {
		for _, e := range in.Catalogue {
			for _, text := range e.Recommendations {
				i, ok := at[text]
				if !ok {
					if len(list) == limit {
						continue
					}
					i = len(list)
					at[text] = i
					list = append(list, task{ID: adviceID(text), Text: text})
				}
				t := &list[i]
				switch {
				case slices.Contains(t.Incidents, in.Number):
				case len(t.Incidents) < 3:
					t.Incidents = append(t.Incidents, in.Number)
				default:
					t.Left++
				}
			}
		}
	}
	for i := range list {
		slices.Sort(list[i].Incidents)
		if r.Past != nil {
			for _, o := range r.Past.Open {
				if o.ID == list[i].ID {
					list[i].Since = o.Since
				}
			}
		}
	}
	return list
}

// certain says what the summary rests on and what it does not know.
func certain(r *analysis.Report) []string {
	l := r.Ledger
	within := l.Within()
	list := []string{fmt.Sprintf("Of %s, %s understood; %s in no known log format.", count(within, "line", "lines"), isAre(within-l.Unrecognised), isAre(l.Unrecognised))}
	if l.Outside > 0 {
		list[0] += fmt.Sprintf(" %s of another time and not judged.", count(l.Outside, "further line is", "further lines are"))
	}
	silent, hours := 0, 0.0
	var longest analysis.Silence
	var who string
	for _, h := range r.Hosts {
		if len(h.Silences) > 0 {
			silent++
		}
		for _, s := range h.Silences {
			hours += s.Hours()
			if s.Hours() > longest.Hours() {
				longest, who = s, cmp.Or(h.Host, h.File)
			}
		}
	}
	if silent > 0 {
		list = append(list, fmt.Sprintf("%s silent for %.1f hours in all, although hardly ever silent otherwise, the longest time %s, %s: what happened there then is not known.",
			count(silent, "machine or log was", "machines or logs were"), hours, who, period(longest.From, longest.To)))
	}
	if w := r.Window; w != nil && len(r.Hosts) > 0 {
		first, last := r.Hosts[0].First, r.Hosts[0].Last
		for _, h := range r.Hosts {
			if h.First.Before(first) {
				first = h.First
			}
			if h.Last.After(last) {
				last = h.Last
			}
		}
		if !w.From.IsZero() && first.Sub(w.From) >= 24*time.Hour {
			list = append(list, "The logs begin at "+stamp(first)+" only.")
		}
		if !w.To.IsZero() && w.To.Sub(last) >= 24*time.Hour {
			list = append(list, "The logs end at "+stamp(last)+" already.")
		}
	}
	if len(r.Sites) == 0 {
		list = append(list, notesOf(r.Past, "No earlier report on this site is known, so nothing is said of changes.")...)
	}
	for _, s := range r.Sites {
		for _, n := range notesOf(s.Past, "No earlier report is known, so nothing is said of changes.") {
			list = append(list, "Site "+s.Name+": "+n)
		}
	}
	open := 0
	for i := range r.Incidents {
		for _, p := range r.Incidents[i].Prompts {
			if !p.Answered {
				open++
			}
		}
	}
	if open > 0 {
		list = append(list, fmt.Sprintf("%s not answered yet; severities are suggestions where no analyst has rated.", count(open, "question to the analyst is", "questions to the analyst are")))
	}
	return list
}

// calendarChart shows the records of incidents by day.
func calendarChart(r *analysis.Report) inline {
	if r.Counts == nil || len(r.Counts.By[analysis.ByDay]) == 0 {
		return nil
	}
	byDay := r.Counts.By[analysis.ByDay]
	days := slices.Sorted(maps.Keys(byDay))
	day := func(s string) time.Time { t, _ := time.Parse(time.DateOnly, s); return t }
	first, last := day(days[0]), day(days[len(days)-1])
	if w := r.Window; w != nil { // what was asked for, as far as it is known to be over
		// The month of a site may begin on the day before, and end on the day after, in the zone of several.
		if from := day(w.From.Format(time.DateOnly)); !w.From.IsZero() && (zones(r) == nil || from.Before(first)) {
			first = from
		}
		if to := day(w.To.AddDate(0, 0, -1).Format(time.DateOnly)); w.Month != "" && (zones(r) == nil || to.After(last)) {
			last = to
		}
	}
	monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	const weeks = 54 // a year
	if last.Sub(first) < 7*24*time.Hour || last.Sub(monday) >= weeks*7*24*time.Hour {
		return nil
	}
	c := &chart.Calendar{Title: "Records of incidents by day, " + r.Zone}
	for ; !monday.After(last); monday = monday.AddDate(0, 0, 7) {
		w := chart.Week{Monday: monday}
		for i := range w.Count {
			d := monday.AddDate(0, 0, i)
			w.Count[i] = byDay[d.Format(time.DateOnly)].Records
			if d.Before(first) || d.After(last) {
				w.Count[i] = chart.NoDay
			}
		}
		c.Weeks = append(c.Weeks, w)
	}
	return chartBlock(c)
}

// silentFor is how long a silence is, in words.
func silentFor(s analysis.Silence) string {
	if h := s.Hours(); h < 48 {
		return fmt.Sprintf("%.1f hours", h)
	}
	return fmt.Sprintf("%.1f days", s.Hours()/24)
}

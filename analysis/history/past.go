package history

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

const (
	trendReports = 12 // of a year of months
	usualReports = 3  // so many make a usual range
	topNames     = 40 // of a dimension are compared
	goneNames    = 10 // of a dimension are named that had most records before and have none now
	listedSeen   = 20
	listedBefore = 3 // earlier incidents in a statement
)

// unnamed is the source of records that name none: it is nobody who could come back.
var unnamed = analysis.Unnamed.Name

// Past is what the reports before an entry's time say about it, as a whole and by the id of its incidents. Nothing is said where
// there is no earlier report. gap is the longest silence within one incident.
func (s *Store) Past(ctx context.Context, e *Entry, gap time.Duration) (past *analysis.Past, of map[string]analysis.IncidentPast, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, nil, s.wrap(err)
	}
	defer tx.Rollback()
	l := lookup{ctx: ctx, q: tx, e: e, past: &analysis.Past{Trend: []analysis.PastReport{}, Totals: []analysis.Change{}, Changes: []analysis.Change{},
		Sources: analysis.SourcesSeen{Listed: []analysis.SeenSource{}}, Continuing: []analysis.Continuing{}, Open: []analysis.OpenAdvice{}, Notes: []string{}}, of: map[string]analysis.IncidentPast{}}
	if l.earlier, err = earlier(ctx, tx, e); err != nil || len(l.earlier) == 0 {
		return nil, nil, s.wrap(err)
	}
	l.past.Reports, l.past.Since = len(l.earlier), slices.MinFunc(l.earlier, func(a, b stored) int { return a.From.Compare(b.From) }).From.In(zoneOf(e.Zone))
	for _, step := range [...]func() error{l.trend, l.totals, l.changes, l.sources, func() error { return l.incidents(gap) }, l.advice} {
		if err := step(); err != nil {
			return nil, nil, s.wrap(err)
		}
	}
	return l.past, l.of, nil
}

// earlier are the reports of the same site that end before an entry begins.
func earlier(ctx context.Context, q queryer, e *Entry) ([]stored, error) {
	if e.Nameless() {
		return nil, nil
	}
	all, err := entries(ctx, q, "WHERE site = ? AND ends <= ?", e.Site, e.From.UnixMicro())
	if err != nil || e.Site != "" {
		return all, err
	}
	return slices.DeleteFunc(all, func(o stored) bool { return shared(e.named(), o.named()) == 0 }), nil
}

// named are the machines that have names of their own.
func (e *Entry) named() []string {
	return slices.DeleteFunc(slices.Clone(e.Machines), func(m string) bool { return strings.HasSuffix(m, "/") })
}

func shared(a, b []string) int {
	in := map[string]bool{}
	for _, x := range b {
		in[x] = true
	}
	n := 0
	for _, x := range a {
		if in[x] {
			n++
		}
	}
	return n
}

// lookup is one question to the history.
type lookup struct {
	ctx      context.Context
	q        queryer
	e        *Entry
	earlier  []stored
	compared *stored
	line     []stored // the trend, oldest first
	past     *analysis.Past
	of       map[string]analysis.IncidentPast
}

// monthBefore is the calendar month before another one.
func monthBefore(month string, n int) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return t.AddDate(0, -n, 0).Format("2006-01")
}

// best is the report of those of one time that is most like the entry: it shares the most machines and has the fewest others.
func (l *lookup) best(is func(o *stored) bool) *stored {
	var best *stored
	for i := range l.earlier {
		o := &l.earlier[i]
		if !is(o) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(shared(l.e.Machines, o.Machines), shared(l.e.Machines, best.Machines)), cmp.Compare(len(best.Machines), len(o.Machines)), cmp.Compare(o.row, best.row)) > 0 {
			best = o
		}
	}
	return best
}

// summerTime is how much longer or shorter a time of so many days may be for the clocks' sake.
const summerTime = 2 * time.Hour

// trend finds the reports of times like the entry's.
func (l *lookup) trend() error {
	e := l.e
	switch {
	case e.Month != "":
		for n := trendReports; n >= 1; n-- {
			month := monthBefore(e.Month, n)
			if o := l.best(func(o *stored) bool { return o.Month == month }); o != nil {
				l.line = append(l.line, *o)
				if n == 1 {
					l.compared = o
				}
			}
		}
		if missing := trendReports - len(l.line); missing > 0 && len(l.line) > 0 {
			first := l.line[0].Month
			gaps := 0
			for n := 1; n < trendReports && monthBefore(e.Month, n) > first; n++ {
				if !slices.ContainsFunc(l.line, func(o stored) bool { return o.Month == monthBefore(e.Month, n) }) {
					gaps++
				}
			}
			if gaps > 0 {
				l.note("of the months since %s, %s no report in the history", l.line[0].words(), plural(gaps, "1 has", "%d have"))
			}
		}
	case e.Asked:
		length, end := e.To.Sub(e.From), e.From
		like := func(o *stored) bool { return o.Asked && o.Month == "" && (o.To.Sub(o.From)-length).Abs() <= summerTime }
		for len(l.line) < trendReports {
			var at time.Time // where the latest of those left ends
			for i := range l.earlier {
				if o := &l.earlier[i]; like(o) && !o.To.After(end) && o.To.After(at) {
					at = o.To
				}
			}
			if at.IsZero() {
				break
			}
			o := l.best(func(o *stored) bool { return like(o) && o.To.Equal(at) })
			if len(l.line) == 0 && e.From.Sub(o.To) < length {
				l.compared = o
			}
			l.line, end = append(l.line, *o), o.From
		}
		slices.Reverse(l.line)
	}
	if l.compared != nil {
		l.compareMachines()
	}
	return nil
}

func (l *lookup) note(format string, args ...any) {
	l.past.Notes = append(l.past.Notes, fmt.Sprintf(format, args...))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// compareMachines says which machines only one of the two reports is about.
func (l *lookup) compareMachines() {
	var more, fewer []string
	for _, m := range l.e.Machines {
		if !slices.Contains(l.compared.Machines, m) {
			more = append(more, strings.TrimSuffix(m, "/"))
		}
	}
	for _, m := range l.compared.Machines {
		if !slices.Contains(l.e.Machines, m) {
			fewer = append(fewer, strings.TrimSuffix(m, "/"))
		}
	}
	if len(more) > 0 {
		l.note("the report on %s has nothing of %s", l.compared.words(), few(more))
	}
	if len(fewer) > 0 {
		l.note("this report has nothing of %s, which the one on %s is about too", few(fewer), l.compared.words())
	}
}

func few(names []string) string {
	const limit = 6
	if len(names) > limit {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
	}
	return strings.Join(names, ", ")
}

// names counts how many names each dimension of a report has; that records name no source is none.
func (l *lookup) names(o *stored) (map[analysis.Dimension]int, error) {
	n := map[analysis.Dimension]int{}
	err := each(l.ctx, l.q, func(scan func(...any) error) error {
		var d analysis.Dimension
		var k int
		err := scan(&d, &k)
		n[d] = k + o.Left[string(d)].Names
		return err
	}, "SELECT dimension, count(*) FROM count WHERE report = ? AND NOT (dimension = ? AND name = ?) GROUP BY dimension", o.row, string(analysis.BySource), unnamed)
	return n, err
}

func (l *lookup) summed(o *stored) (analysis.PastReport, error) {
	n, err := l.names(o)
	if err != nil {
		return analysis.PastReport{}, err
	}
	zone := zoneOf(l.e.Zone)
	r := analysis.PastReport{Name: o.name(), Words: o.words(), From: o.From.In(zone), To: o.To.In(zone), Incidents: o.Incidents, Records: o.Records,
		Sources: n[analysis.BySource], Targets: n[analysis.ByTarget]}
	err = each(l.ctx, l.q, func(scan func(...any) error) error {
		var k int
		err := scan(&k)
		r.Serious += k
		return err
	}, "SELECT incidents FROM count WHERE report = ? AND dimension = ? AND name IN (?, ?)", o.row, string(analysis.ByBand), string(analysis.BandHigh), string(analysis.BandSevere))
	return r, err
}

// totals compares the report as a whole.
func (l *lookup) totals() error {
	for i := range l.line {
		r, err := l.summed(&l.line[i])
		if err != nil {
			return err
		}
		l.past.Trend = append(l.past.Trend, r)
		if l.compared != nil && l.line[i].row == l.compared.row {
			c := r
			l.past.Compared = &c
		}
	}
	now := map[analysis.Dimension]int{}
	serious := 0
	for _, n := range l.e.Counts {
		if n.Dimension != analysis.BySource || n.Name != unnamed {
			now[n.Dimension]++
		}
		if n.Dimension == analysis.ByBand && (n.Name == string(analysis.BandHigh) || n.Name == string(analysis.BandSevere)) {
			serious += n.Incidents
		}
	}
	of := func(d analysis.Dimension) int { return now[d] + l.e.Left[string(d)].Names }
	for _, t := range [...]struct {
		name string
		now  int
		was  func(analysis.PastReport) int
	}{
		{"incidents", l.e.Incidents, func(r analysis.PastReport) int { return r.Incidents }},
		{"high or severe incidents", serious, func(r analysis.PastReport) int { return r.Serious }},
		{"records of incidents", l.e.Records, func(r analysis.PastReport) int { return r.Records }},
		{"sources", of(analysis.BySource), func(r analysis.PastReport) int { return r.Sources }},
		{"targets", of(analysis.ByTarget), func(r analysis.PastReport) int { return r.Targets }},
	} {
		c := analysis.Change{Name: t.name, Now: t.now}
		if l.past.Compared != nil {
			n := t.was(*l.past.Compared)
			c.Before = &n
		}
		var all []int
		for _, r := range l.past.Trend {
			all = append(all, t.was(r))
		}
		c.Usual = usual(all)
		l.past.Totals = append(l.past.Totals, c)
	}
	return nil
}

// usual is the range of earlier counts.
func usual(n []int) *analysis.Range {
	if len(n) < usualReports {
		return nil
	}
	n = slices.Sorted(slices.Values(n))
	all := len(n)
	if all >= 5 {
		n = n[1 : all-1]
	}
	return &analysis.Range{Low: n[0], High: n[len(n)-1], Reports: all}
}

// changes compares the names of each dimension.
func (l *lookup) changes() error {
	if len(l.line) == 0 {
		return nil
	}
	by := map[analysis.Dimension][]Count{}
	for _, n := range l.e.Counts {
		by[n.Dimension] = append(by[n.Dimension], n)
	}
	for _, d := range [...]analysis.Dimension{analysis.ByBand, analysis.ByKind, analysis.ByNetwork, analysis.ByOutcome, analysis.ByService, analysis.BySource, analysis.ByTarget} {
		names := by[d]
		slices.SortStableFunc(names, func(a, b Count) int { return cmp.Compare(b.Records, a.Records) })
		present := map[string]bool{}
		for _, n := range names {
			present[n.Name] = true
		}
		shown := names[:min(topNames, len(names))]
		list := make([]Count, 0, len(shown)+goneNames)
		list = append(list, shown...)
		if l.compared != nil && l.e.Left[string(d)].Names == 0 {
			gone := 0
			err := each(l.ctx, l.q, func(scan func(...any) error) error {
				n := Count{Dimension: d}
				if gone == goneNames {
					return nil
				}
				if err := scan(&n.Name); err != nil {
					return err
				}
				if !present[n.Name] {
					gone++
					list = append(list, n)
				}
				return nil
			}, "SELECT name FROM count WHERE report = ? AND dimension = ? ORDER BY records DESC, name", l.compared.row, string(d))
			if err != nil {
				return err
			}
		}
		earlier, err := l.counts(d, list)
		if err != nil {
			return err
		}
		for _, n := range list {
			c := analysis.Change{Dimension: d, Name: n.Name, Now: n.Records}
			var all []int
			for i := range l.line {
				o := &l.line[i]
				was, known := earlier[o.row][n.Name], true
				if _, there := earlier[o.row][n.Name]; !there && o.Left[string(d)].Names > 0 {
					known = false // it may be one of those that were not kept
				}
				if !known {
					continue
				}
				all = append(all, was)
				if l.compared != nil && o.row == l.compared.row {
					c.Before = &was
				}
			}
			c.Usual = usual(all)
			l.past.Changes = append(l.past.Changes, c)
		}
	}
	return nil
}

// counts are the records of names in the reports of the trend.
func (l *lookup) counts(d analysis.Dimension, names []Count) (map[int64]map[string]int, error) {
	out := map[int64]map[string]int{}
	for i := range l.line {
		row := l.line[i].row
		out[row] = map[string]int{}
		args := []any{row, string(d)}
		for _, n := range names {
			args = append(args, n.Name)
		}
		err := each(l.ctx, l.q, func(scan func(...any) error) error {
			var name string
			var n int
			err := scan(&name, &n)
			out[row][name] = n
			return err
		}, "SELECT name, records FROM count WHERE report = ? AND dimension = ? AND name IN ("+marks(len(names))+")", args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// marks are so many places for arguments.
func marks(n int) string {
	if n == 0 {
		return "NULL"
	}
	return "?" + strings.Repeat(",?", n-1)
}

// sighting is what earlier reports have of a source.
type sighting struct {
	reports     int
	first, last *stored
	compared    bool
}

// sources parts the sources by when they were seen.
func (l *lookup) sources() error {
	now := map[string]int{}
	for _, n := range l.e.Counts {
		if n.Dimension == analysis.BySource && n.Name != unnamed {
			now[n.Name] = n.Records
		}
	}
	seen := map[string]*sighting{}
	s := &l.past.Sources
	for i := range l.earlier {
		o := &l.earlier[i]
		isCompared := l.compared != nil && o.row == l.compared.row
		err := each(l.ctx, l.q, func(scan func(...any) error) error {
			var name string
			if err := scan(&name); err != nil || name == unnamed {
				return err
			}
			if _, here := now[name]; !here {
				if isCompared {
					s.Gone++
				}
				return nil
			}
			x := seen[name]
			if x == nil {
				x = &sighting{first: o}
				seen[name] = x
			}
			x.reports++
			x.last = o
			x.compared = x.compared || isCompared
			return nil
		}, "SELECT name FROM count WHERE report = ? AND dimension = ?", o.row, string(analysis.BySource))
		if err != nil {
			return err
		}
	}
	var back []analysis.SeenSource
	for name, records := range now {
		x := seen[name]
		switch {
		case x == nil:
			s.New++
		case x.compared:
			s.Staying++
		default:
			s.Returning++
			back = append(back, x.seen(name, records))
		}
	}
	slices.SortFunc(back, bySeen)
	s.Listed = append(s.Listed, back[:min(listedSeen, len(back))]...)
	if left := l.e.Left[string(analysis.BySource)].Names; left > 0 {
		l.note("%d sources with the fewest records are not compared", left)
	}
	for i := range l.e.Told {
		in := &l.e.Told[i]
		var list []analysis.SeenSource
		for _, name := range in.Sources {
			if x := seen[name]; x != nil {
				list = append(list, x.seen(name, now[name]))
			}
		}
		if len(list) > 0 {
			slices.SortFunc(list, bySeen)
			l.of[in.ID] = analysis.IncidentPast{Seen: list}
		}
	}
	return nil
}

func (x *sighting) seen(name string, records int) analysis.SeenSource {
	return analysis.SeenSource{Source: name, Records: records, Reports: x.reports, First: x.first.words(), Last: x.last.words()}
}

func bySeen(a, b analysis.SeenSource) int {
	return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Source, b.Source))
}

// before is an incident of an earlier report.
type before struct {
	*Incident
	report *stored
}

func (b before) told(zone *time.Location) analysis.EarlierIncident {
	return analysis.EarlierIncident{Report: b.report.words(), Number: b.Number, ID: b.ID, Title: b.Title, First: b.First.In(zone), Last: b.Last.In(zone)}
}

// incidents finds for each incident the earlier ones that share a source, the one that it goes on from, and a rating.
func (l *lookup) incidents(gap time.Duration) error {
	bySource := map[string][]before{}
	var rated []before
	for i := range l.earlier {
		o := &l.earlier[i]
		if err := o.fillTold(l.ctx, l.q); err != nil {
			return err
		}
		for k := range o.Told {
			b := before{&o.Told[k], o}
			for _, name := range b.Sources {
				if name != unnamed {
					bySource[name] = append(bySource[name], b)
				}
			}
			if b.rated() {
				rated = append(rated, b)
			}
		}
	}
	later := func(a, b before) int {
		return cmp.Or(b.Last.Compare(a.Last), b.report.To.Compare(a.report.To), cmp.Compare(b.report.row, a.report.row), cmp.Compare(a.Number, b.Number))
	}
	slices.SortFunc(rated, later)
	zone := zoneOf(l.e.Zone)
	since := l.earlier[0].words()
	for i := range l.e.Told {
		in := &l.e.Told[i]
		p := l.of[in.ID]
		p.Since = since
		shares := map[*Incident]string{} // the first source in common
		var list []before
		for _, name := range in.Sources {
			for _, b := range bySource[name] {
				if _, known := shares[b.Incident]; !known {
					shares[b.Incident] = name
					list = append(list, b)
				}
			}
		}
		slices.SortFunc(list, later)
		for k, b := range list {
			if k < listedBefore {
				p.Incidents = append(p.Incidents, b.told(zone))
			}
			if len(l.past.Continuing) > 0 && l.past.Continuing[len(l.past.Continuing)-1].ID == in.ID {
				continue // with the latest one already
			}
			if alike(in.Kinds, b.Kinds) && in.First.Sub(b.Last) <= gap && !in.First.Before(b.Last) && l.e.From.Sub(b.Last) <= gap {
				l.past.Continuing = append(l.past.Continuing, analysis.Continuing{Number: in.Number, ID: in.ID, Earlier: b.told(zone), Source: shares[b.Incident]})
			}
		}
		p.Left = max(0, len(list)-listedBefore)
		p.Rated = ratingLike(in, list, rated, shares, zone)
		if len(p.Seen) > 0 || p.Rated != nil {
			l.of[in.ID] = p
		}
	}
	return nil
}

// ratingLike is the latest rating of an incident of the same kind, by the same source first and of the same target else.
func ratingLike(in *Incident, bySource, rated []before, shares map[*Incident]string, zone *time.Location) *analysis.EarlierRating {
	for _, b := range bySource {
		if b.rated() && alike(in.Kinds, b.Kinds) {
			return &analysis.EarlierRating{EarlierIncident: b.told(zone), Shares: "the source " + shares[b.Incident], Factors: ratings(b.Severity.Factors)}
		}
	}
	for _, b := range rated {
		if !alike(in.Kinds, b.Kinds) {
			continue
		}
		for _, t := range in.Targets {
			if slices.Contains(b.Targets, t) {
				return &analysis.EarlierRating{EarlierIncident: b.told(zone), Shares: "the target " + t, Factors: ratings(b.Severity.Factors)}
			}
		}
	}
	return nil
}

func alike(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// advice finds the recommendations that nobody has ticked since they were last made.
func (l *lookup) advice() error {
	open := map[string]*analysis.OpenAdvice{}
	order := map[string]int{}
	for i := range l.earlier { // in order of time
		o := &l.earlier[i]
		err := each(l.ctx, l.q, func(scan func(...any) error) error {
			var a Advice
			if err := scan(&a.ID, &a.Text, &a.Done); err != nil {
				return err
			}
			switch {
			case a.Done:
				delete(open, a.ID)
			case open[a.ID] == nil:
				open[a.ID] = &analysis.OpenAdvice{ID: a.ID, Text: a.Text, Since: o.words(), Reports: 1}
				order[a.ID] = i
			default:
				open[a.ID].Reports++
				open[a.ID].Text = a.Text
			}
			return nil
		}, "SELECT id, text, done FROM advice WHERE report = ?", o.row)
		if err != nil {
			return err
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(open), func(a, b string) int {
		return cmp.Or(cmp.Compare(open[b].Reports, open[a].Reports), cmp.Compare(order[a], order[b]), cmp.Compare(a, b))
	}) {
		l.past.Open = append(l.past.Open, *open[id])
	}
	return nil
}

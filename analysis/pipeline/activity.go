package pipeline

import (
	"cmp"
	"time"

	"practicum/analysis"
)

// topRows is how many names a Top has.
const topRows = 12

// activity counts the records of incidents by day and hour of a zone, one incident at a time. Its sums do not depend on the order.
type activity struct {
	zone *time.Location
	days map[date]*[24]int
	// begun are the incidents by the day of their first record, where somebody asked for them.
	begun map[date]int
	// The quarter of an hour of the record before, since 1970, and where its hour is counted.
	quarter int64
	hour    *int
}

type date struct {
	year  int
	month time.Month
	day   int
}

func (d date) String() string {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func newActivity(zone *time.Location) *activity {
	return &activity{zone: zone, days: map[date]*[24]int{}, begun: map[date]int{}}
}

// add counts an incident that has its Events still.
func (a *activity) add(in *analysis.Incident) {
	for i := range in.Events {
		a.records(in.Events[i].Time, 1)
	}
	for quarter, n := range in.Beyond {
		a.records(time.Unix(quarter*analysis.Quarter, 0), n)
	}
}

// begins counts the day on which an incident begins.
func (a *activity) begins(in *analysis.Incident) {
	y, m, d := in.First.In(a.zone).Date()
	a.begun[date{y, m, d}]++
}

func (a *activity) records(t time.Time, n int) {
	sec := t.Unix()
	quarter := sec / analysis.Quarter
	if a.hour == nil || quarter != a.quarter || sec < 0 {
		t = t.In(a.zone)
		y, m, d := t.Date()
		a.quarter, a.hour = quarter, &a.hours(date{y, m, d})[t.Hour()]
	}
	*a.hour += n
}

func (a *activity) hours(d date) *[24]int {
	hours := a.days[d]
	if hours == nil {
		hours = &[24]int{}
		a.days[d] = hours
	}
	return hours
}

// merge adds what another has counted.
func (a *activity) merge(o *activity) {
	for d, from := range o.days {
		to := a.hours(d)
		for h, n := range from {
			to[h] += n
		}
	}
	for d, n := range o.begun {
		a.begun[d] += n
	}
}

// sums are the records by weekday, Monday first, and hour; those by day are added to counts.
func (a *activity) sums(counts *analysis.Counts) (week [7][24]int) {
	for d, hours := range a.days {
		day := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC)
		records := 0
		for h, n := range hours {
			week[(int(day.Weekday())+6)%7][h] += n
			records += n
		}
		counts.Add(analysis.ByDay, d.String(), analysis.Count{Records: records})
	}
	for d, n := range a.begun {
		counts.Add(analysis.ByDay, d.String(), analysis.Count{Incidents: n})
	}
	return week
}

// once gives every different name that is not empty to do.
func once[T any](list []T, name func(T) string, do func(name string)) {
	if len(list) == 1 {
		if n := name(list[0]); n != "" {
			do(n)
		}
		return
	}
	seen := map[string]bool{}
	for _, v := range list {
		if n := name(v); n != "" && !seen[n] {
			seen[n] = true
			do(n)
		}
	}
}

// report is what was counted, with the links of the incidents told in full; counts get the records by day.
func (a *activity) report(counts *analysis.Counts, told []*analysis.ScoredIncident) *analysis.Activity {
	pairs := map[analysis.Link]int{}
	for _, in := range told {
		address := map[string]string{} // of a name that the incident knows an address of
		for _, s := range in.Sources {
			if s.IP != "" && s.Name != "" {
				address[s.Name] = s.IP
			}
		}
		for i := range in.Events {
			e := &in.Events[i]
			source := cmp.Or(e.Source.IP, address[e.Source.Name], e.Source.Name)
			target := cmp.Or(e.Target.Host, e.Target.IP, e.Host)
			if source != "" && target != "" {
				pairs[analysis.Link{Source: source, Target: target}]++
			}
		}
	}
	links := []analysis.Link{}
	for link, n := range pairs {
		link.Records = n
		links = append(links, link)
	}
	lead(links, analysis.MaxLinks, func(x, y analysis.Link) int {
		return cmp.Or(cmp.Compare(y.Records, x.Records), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Target, y.Target))
	})
	records := func(n analysis.Count) int { return n.Records }
	incidents := func(n analysis.Count) int { return n.Incidents }
	return &analysis.Activity{
		Hours: a.sums(counts), Sources: top(counts.By[analysis.BySource], records), Targets: top(counts.By[analysis.ByTarget], incidents), Ports: top(counts.By[analysis.ByService], incidents),
		Links: links[:min(len(links), analysis.MaxLinks)],
	}
}

// top lists the names with the highest counts; a single further one is listed too, since it takes no more room than
// to say so.
func top(counts map[string]analysis.Count, of func(analysis.Count) int) analysis.Top {
	rows := make([]analysis.Tally, 0, len(counts))
	for name, n := range counts {
		rows = append(rows, analysis.Tally{Name: name, Count: of(n)})
	}
	lead(rows, topRows+1, func(a, b analysis.Tally) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	t := analysis.Top{Rows: rows}
	if len(rows) > topRows+1 {
		t.Rows, t.Others = rows[:topRows:topRows], len(rows)-topRows
		for _, r := range rows[topRows:] {
			t.OthersCount += r.Count
		}
	}
	return t
}

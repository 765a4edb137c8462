package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"practicum/analysis"
)

// part chooses the incidents that are told in full, the most severe and then those with the most
// records, by their places. Those that an analyst has written about are told in full whatever their rank.
func (r *run) part(all []rank, keep map[int]bool) (told []int) {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	detail := r.detail()
	if detail < 0 || len(all) <= detail {
		return order
	}
	rank := func(i, j int) int {
		a, b := all[i], all[j]
		return cmp.Or(cmp.Compare(b.high, a.high), cmp.Compare(b.low, a.low), cmp.Compare(b.records, a.records), cmp.Compare(i, j))
	}
	lead(order, detail, rank)
	told, rest := order[:detail:detail], order[detail:]
	kept := slices.DeleteFunc(rest, func(place int) bool { return !keep[place] })
	slices.SortFunc(kept, rank)
	return append(told, kept...)
}

func (r *run) detail() int {
	if r.o.Detail == 0 {
		return defaultDetail
	}
	return r.o.Detail
}

// background counts incidents by what the tables of the background list.
type background struct {
	incidents, records                   int
	kind, service, source, network, days *counter
}

// dayTitle is the title of the table that depends on the zone.
const dayTitle = "Day"

func newBackground() *background {
	return &background{kind: newCounter("Kind"), service: newCounter("Service"), source: newCounter("Source"), network: newCounter("Source network"), days: newCounter(dayTitle)}
}

// remove takes an incident out that is told in full.
func (b *background) remove(in *analysis.Incident) {
	b.incidents--
	b.records -= in.Records
	for c, name := range map[*counter]string{b.kind: first(in.Kinds), b.service: serviceOf(in), b.source: sourceOf(in), b.network: soleNetwork(in), b.days: in.First.Format(time.DateOnly)} {
		counted(c.rows, name, analysis.Count{Incidents: -1, Records: -in.Records})
	}
}

// report lists the incidents that are not told in full.
func (b *background) report(detail int) analysis.Background {
	if b.incidents == 0 {
		return analysis.Background{Tables: []analysis.BackgroundTable{}}
	}
	return analysis.Background{
		Rule:      fmt.Sprintf("The %d most severe incidents, and among equals those with the most records, are told in full; --detail changes the number.", detail),
		Incidents: b.incidents, Records: b.records,
		Tables: []analysis.BackgroundTable{b.kind.table(byIncidents), b.service.table(byIncidents), b.source.table(byRecords),
			b.network.table(byIncidents), b.days.table(byName)},
	}
}

// Rows of incidents that have no one name.
const (
	noService = "none named"
	severalOf = "several"
)

func first(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return list[0]
}

func serviceOf(in *analysis.Incident) string {
	switch len(in.Services) {
	case 0:
		return noService
	case 1:
		return soleService(in.Services[0])
	}
	return severalOf
}

func soleService(s analysis.Service) string {
	if s.Port == 0 {
		return s.Name
	}
	return fmt.Sprintf("%d/%s %s", s.Port, s.Proto, s.Name)
}

func sourceOf(in *analysis.Incident) string {
	if len(in.Sources) != 1 {
		return severalOf
	}
	return nameOf(in.Sources[0])
}

func soleNetwork(in *analysis.Incident) string {
	if len(in.Sources) != 1 {
		return severalOf
	}
	return networkOf(in.Sources[0])
}

// counter counts incidents and records by name.
type counter struct {
	title string
	rows  numbers
}

func newCounter(title string) *counter {
	return &counter{title, numbers{}}
}

// maxRows is how many rows a table of the background has; the rest is one row, so that the totals
// stay exact.
const maxRows = 20

// order is how the rows of a table stand.
type order func(a, b analysis.BackgroundRow) int

func byName(a, b analysis.BackgroundRow) int { return cmp.Compare(a.Name, b.Name) }

func byIncidents(a, b analysis.BackgroundRow) int {
	return cmp.Or(cmp.Compare(b.Incidents, a.Incidents), cmp.Compare(b.Records, a.Records), byName(a, b))
}

// byRecords is for sources: nearly all have one incident, and the loudest of them is sought.
func byRecords(a, b analysis.BackgroundRow) int {
	return cmp.Or(cmp.Compare(b.Records, a.Records), byName(a, b))
}

// table has the rows in an order. Of days there are as many as the logs cover, and none is left out.
func (c *counter) table(o order) analysis.BackgroundTable {
	t := analysis.BackgroundTable{Title: c.title}
	for name, n := range c.rows {
		if n.Incidents > 0 {
			t.Rows = append(t.Rows, analysis.BackgroundRow{Name: name, Incidents: n.Incidents, Records: n.Records})
		}
	}
	limit := maxRows
	if c.title == dayTitle {
		limit = len(t.Rows)
	}
	if lead(t.Rows, limit, o); len(t.Rows) > limit {
		other := analysis.BackgroundRow{Name: fmt.Sprintf("%d others", len(t.Rows)-limit)}
		for _, row := range t.Rows[limit:] {
			other.Incidents += row.Incidents
			other.Records += row.Records
		}
		t.Rows = append(t.Rows[:limit], other)
	}
	return t
}

// lead brings the first n of a list, in an order, to its front. Of hundreds of thousands a table names twenty.
func lead[T any](list []T, n int, order func(a, b T) int) {
	const few = 100
	if n >= len(list) || n > few {
		slices.SortFunc(list, order)
		return
	}
	front := list[:n]
	slices.SortFunc(front, order)
	for i := n; i < len(list) && n > 0; i++ {
		if order(list[i], front[n-1]) >= 0 {
			continue
		}
		v := list[i]
		list[i] = front[n-1]
		at, _ := slices.BinarySearchFunc(front[:n-1], v, order)
		copy(front[at+1:], front[at:])
		front[at] = v
	}
}

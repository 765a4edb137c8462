package pipeline

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"practicum/analysis"
)

// part keeps the incidents that are told in full, the most severe and then those with the most
// records, and counts the others in tables. Those that an analyst has written about are told in full
// whatever their rank.
func (r *run) part(all []*analysis.ScoredIncident, keep map[string]bool) (full, rest []*analysis.ScoredIncident, background analysis.Background) {
	detail := r.o.Detail
	if detail == 0 {
		detail = defaultDetail
	}
	background = analysis.Background{Tables: []analysis.BackgroundTable{}}
	if detail < 0 || len(all) <= detail {
		return all, nil, background
	}
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b *analysis.ScoredIncident) int {
		return cmp.Or(cmp.Compare(b.Severity.High, a.Severity.High), cmp.Compare(b.Severity.Low, a.Severity.Low),
			cmp.Compare(b.Records, a.Records), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	for i, in := range order {
		if i < detail || keep[in.ID] {
			full = append(full, in)
		} else {
			rest = append(rest, in)
		}
	}
	if len(rest) == 0 {
		return full, nil, background
	}
	background.Rule = fmt.Sprintf("The %d most severe incidents, and among equals those with the most records, are told in full; --detail changes the number.", detail)
	kind, service, source, network, day := newCounter("Kind"), newCounter("Service"), newCounter("Source"), newCounter("Source network"), newCounter("Day")
	for i := range rest {
		in := &rest[i].Incident
		background.Incidents++
		background.Records += in.Records
		kind.add(first(in.Kinds), in.Records)
		service.add(serviceOf(in), in.Records)
		source.add(sourceOf(in), in.Records)
		network.add(networkOf(in), in.Records)
		day.add(in.First.Format("2006-01-02"), in.Records)
	}
	background.Tables = append(background.Tables, kind.table(byIncidents), service.table(byIncidents), source.table(byRecords),
		network.table(byIncidents), day.table(byName))
	return full, rest, background
}

func first(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return list[0]
}

func serviceOf(in *analysis.Incident) string {
	switch len(in.Services) {
	case 0:
		return "none named"
	case 1:
		s := in.Services[0]
		if s.Port == 0 {
			return s.Name
		}
		return fmt.Sprintf("%d/%s %s", s.Port, s.Proto, s.Name)
	}
	return "several"
}

func sourceOf(in *analysis.Incident) string {
	if len(in.Sources) != 1 {
		return "several"
	}
	return cmp.Or(in.Sources[0].IP, in.Sources[0].Name)
}

// networkOf is the network of the source: /24 of IPv4, /48 of IPv6.
func networkOf(in *analysis.Incident) string {
	if len(in.Sources) != 1 {
		return "several"
	}
	ip, err := netip.ParseAddr(in.Sources[0].IP)
	if err != nil {
		return "no address"
	}
	size := 24
	if ip.Is6() {
		size = 48
	}
	p, _ := ip.Prefix(size)
	return p.String()
}

// counter counts incidents and records by name.
type counter struct {
	title string
	rows  map[string]*analysis.BackgroundRow
}

func newCounter(title string) *counter {
	return &counter{title, map[string]*analysis.BackgroundRow{}}
}

func (c *counter) add(name string, records int) {
	row := c.rows[name]
	if row == nil {
		row = &analysis.BackgroundRow{Name: name}
		c.rows[name] = row
	}
	row.Incidents++
	row.Records += records
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
	for _, row := range c.rows {
		t.Rows = append(t.Rows, *row)
	}
	slices.SortFunc(t.Rows, o)
	if limit := maxRows; c.title != "Day" && len(t.Rows) > limit {
		other := analysis.BackgroundRow{Name: fmt.Sprintf("%d others", len(t.Rows)-limit)}
		for _, row := range t.Rows[limit:] {
			other.Incidents += row.Incidents
			other.Records += row.Records
		}
		t.Rows = append(t.Rows[:limit], other)
	}
	return t
}

package pipeline

import (
	"cmp"
	"net/netip"
	"time"

	"practicum/analysis"
)

// count counts an incident, which has its Events still, by all dimensions but its band, which the analyst's word may change.
func count(c *analysis.Counts, in *analysis.Incident, zone *time.Location) {
	c.Incidents++
	c.Records += in.Records
	c.Attempts += in.Attempts
	whole := analysis.Count{Incidents: 1, Records: in.Records}
	for _, kind := range in.Kinds {
		c.Add(analysis.ByKind, kind, whole)
	}
	if len(in.SourceRecords) == 1 { // nearly all
		for source, n := range in.SourceRecords {
			n := analysis.Count{Incidents: 1, Records: n}
			c.Add(analysis.BySource, cmp.Or(source.IP, source.Name), n)
			c.Add(analysis.ByNetwork, networkOf(source), n)
		}
	} else {
		sources, networks := map[string]int{}, map[string]int{}
		for source, n := range in.SourceRecords {
			sources[cmp.Or(source.IP, source.Name)] += n
			networks[networkOf(source)] += n
		}
		countEach(c, analysis.BySource, sources)
		countEach(c, analysis.ByNetwork, networks)
	}
	once(in.Targets, func(t analysis.Target) string { return cmp.Or(t.Host, t.IP) }, func(name string) { c.Add(analysis.ByTarget, name, whole) })
	once(in.Services, portOf, func(name string) { c.Add(analysis.ByService, name, whole) })
	c.Add(analysis.ByOutcome, string(in.Outcome), whole)

	c.Add(analysis.ByDay, in.First.In(zone).Format(time.DateOnly), analysis.Count{Incidents: 1})
	var begin, end time.Time // of the day of the events before
	n := 0
	flush := func() {
		if n > 0 {
			c.Add(analysis.ByDay, begin.Format(time.DateOnly), analysis.Count{Records: n})
		}
	}
	for i := range in.Events {
		t := in.Events[i].Time
		if n == 0 || t.Before(begin) || !t.Before(end) {
			flush()
			y, m, d := t.In(zone).Date()
			begin, end, n = time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone), 0
		}
		n++
	}
	flush()
	for quarter, n := range in.Beyond {
		c.Add(analysis.ByDay, time.Unix(quarter*analysis.Quarter, 0).In(zone).Format(time.DateOnly), analysis.Count{Records: n})
	}
}

func countEach(c *analysis.Counts, d analysis.Dimension, records map[string]int) {
	for name, n := range records {
		c.Add(d, name, analysis.Count{Incidents: 1, Records: n})
	}
}

// networkOf is the network of a source: /24 of IPv4, /48 of IPv6.
func networkOf(s analysis.Source) string {
	ip, err := netip.ParseAddr(s.IP)
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

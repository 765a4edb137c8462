package pipeline

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/enrich"
)

// count counts an incident by all dimensions but its band, which the analyst's word may change, and the days of its records, which
// activity has. Its times are in the zone of the report. Sources are looked up in files.
func count(c *analysis.Counts, in *analysis.Incident, files *enrich.Set) {
	c.Incidents++
	c.Records += in.Records
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
	if files != nil {
		countries, systems := map[string]int{}, map[string]int{}
		for source, n := range in.SourceRecords {
			countries[files.Country(source)] += n
			systems[files.System(source)] += n
		}
		countEach(c, analysis.ByCountry, countries)
		countEach(c, analysis.BySystem, systems)
	}
	once(in.Targets, func(t analysis.Target) string { return cmp.Or(t.Host, t.IP) }, func(name string) { c.Add(analysis.ByTarget, name, whole) })
	once(in.Services, analysis.Service.Words, func(name string) { c.Add(analysis.ByService, name, whole) })
	c.Add(analysis.ByOutcome, string(in.Outcome), whole)

	c.Add(analysis.ByDay, in.First.Format(time.DateOnly), analysis.Count{Incidents: 1})
}

func countEach(c *analysis.Counts, d analysis.Dimension, records map[string]int) {
	for name, n := range records {
		c.Add(d, name, analysis.Count{Incidents: 1, Records: n})
	}
}

// networkOf is the network of a source: /24 of IPv4, /48 of IPv6.
func networkOf(s analysis.Source) string {
	if i := strings.LastIndexByte(s.IP, '.'); i > 0 && strings.IndexByte(s.IP, ':') < 0 {
		return s.IP[:i] + ".0/24" // an address is written as netip does
	}
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

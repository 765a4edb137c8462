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
	targets, services := ownRecords(in)
	once(in.Targets, targetName, func(name string) { c.Add(analysis.ByTarget, name, of(targets, name, whole)) })
	once(in.Services, analysis.Service.Words, func(name string) { c.Add(analysis.ByService, name, of(services, name, whole)) })
	c.Add(analysis.ByOutcome, string(in.Outcome), whole)

	c.Add(analysis.ByDay, in.First.Format(time.DateOnly), analysis.Count{Incidents: 1})
}

func targetName(t analysis.Target) string { return cmp.Or(t.Host, t.IP) }

// of is what an incident counts for a name: the records that are its own, or all where that is not known.
func of(own map[string]int, name string, whole analysis.Count) analysis.Count {
	if own == nil {
		return whole
	}
	return analysis.Count{Incidents: 1, Records: own[name]}
}

// ownRecords counts the records of an incident by target and by service; nil where all are of one, or not all records are kept.
func ownRecords(in *analysis.Incident) (targets, services map[string]int) {
	if len(in.Beyond) > 0 {
		return nil, nil
	}
	if len(in.Targets) > 1 {
		names := make(map[string]string, len(in.Targets))
		for _, t := range in.Targets {
			names[t.IP], names[t.Host] = targetName(t), targetName(t)
		}
		targets = ownOf(in.Events, func(e *analysis.EventRef) string {
			if name := names[cmp.Or(e.Target.Host, e.Target.IP)]; name != "" {
				return name
			}
			return names[e.Host]
		})
	}
	if len(in.Services) > 1 {
		names := make(map[analysis.Service]string, len(in.Services))
		for _, s := range in.Services {
			key := analysis.Service{Port: s.Port, Proto: s.Proto}
			if s.Port == 0 {
				key = s
			}
			names[key] = s.Words()
		}
		services = ownOf(in.Events, func(e *analysis.EventRef) string {
			if e.Port != 0 {
				return names[analysis.Service{Port: e.Port, Proto: e.Proto}]
			}
			return names[analysis.Service{Proto: e.Proto, Name: e.Service}]
		})
	}
	return targets, services
}

// ownOf counts events by a name.
func ownOf(events []analysis.EventRef, name func(*analysis.EventRef) string) map[string]int {
	own := map[string]int{}
	for i := range events {
		own[name(&events[i])]++
	}
	return own
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

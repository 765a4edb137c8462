package pipeline

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/enrich"
	"practicum/analysis/uniq"
)

// census counts incidents, one at a time, by what Counts and the background list. Most incidents have one source and one
// service: those are counted as they are, and put into words once, at the end. The sums do not depend on the order.
type census struct {
	zone *time.Location

	incidents, records              int
	first, kinds, outcomes, targets numbers // first are the kinds that stand first
	days                            map[date]*analysis.Count

	single           map[*analysis.Source]*analysis.Count // incidents all of whose records are of one source, which all incidents of it have in one place
	listed           map[analysis.Source]*analysis.Count  // incidents that list one source, and have records that name none
	sources, network numbers                              // of incidents that are not single, once for each of their sources
	several          analysis.Count                       // incidents that list several sources, or none

	sole       map[analysis.Service]*analysis.Count // incidents with one service
	none, many analysis.Count                       // incidents with no service and with several

	countries, systems numbers // of incidents that are not single
	files              *enrich.Set

	// The quarter of an hour of the incident before, since 1970, and where its day is counted.
	quarter int64
	day     *analysis.Count
	words   map[analysis.Service]int32 // places in asked, of what has no port of TCP or UDP, and where several share one
	asked   []*serviceWord
	ports   [2]*[1 << 16]int32      // of TCP and UDP: the place of what was asked for last, one up; 0 while nothing was
	named   map[string]*serviceWord // by their names
	room    []*serviceWord
	names   map[string]string // of the targets of the incident that is being counted
	own     map[string]int    // records, likewise
}

// serviceWord is what services are called, what incidents with several services count for it, and how often records of the
// incident that is being counted are of them.
type serviceWord struct {
	of   analysis.Service // the first one that is called so
	name string
	all  analysis.Count
	in   int // the incident, by its place in the census
	own  int
}

// numbers counts by name.
type numbers = map[string]*analysis.Count

func newCensus(zone *time.Location, files *enrich.Set) *census {
	sources := func() map[analysis.Source]*analysis.Count { return map[analysis.Source]*analysis.Count{} }
	return &census{
		zone: zone, first: numbers{}, kinds: numbers{}, outcomes: numbers{}, targets: numbers{}, days: map[date]*analysis.Count{},
		single: map[*analysis.Source]*analysis.Count{}, listed: sources(), sources: numbers{}, network: numbers{},
		sole: map[analysis.Service]*analysis.Count{}, countries: numbers{}, systems: numbers{}, files: files,
		words: map[analysis.Service]int32{}, named: map[string]*serviceWord{},
	}
}

// counted adds to what is counted under a key.
func counted[K comparable](m map[K]*analysis.Count, key K, c analysis.Count) {
	to := m[key]
	if to == nil {
		to = &analysis.Count{}
		m[key] = to
	}
	plus(to, c)
}

func plus(to *analysis.Count, c analysis.Count) {
	to.Incidents += c.Incidents
	to.Records += c.Records
}

// mergeCounted is a map with the counts of both, which must not be used any more.
func mergeCounted[K comparable](to, from map[K]*analysis.Count) map[K]*analysis.Count {
	if len(to) < len(from) {
		to, from = from, to
	}
	for key, c := range from {
		counted(to, key, *c)
	}
	return to
}

// add counts an incident that has its Events still. Its times are in the zone of the report.
func (c *census) add(in *analysis.Incident) {
	whole := analysis.Count{Incidents: 1, Records: in.Records}
	c.incidents++
	c.records += in.Records
	counted(c.first, first(in.Kinds), whole)
	for _, kind := range in.Kinds {
		counted(c.kinds, kind, whole)
	}
	counted(c.outcomes, string(in.Outcome), whole)
	if in.Done {
		counted(c.outcomes, analysis.DoneOnMachine, whole)
	}
	c.addSources(in, whole)
	targets := c.ownTargets(in)
	once(in.Targets, targetName, func(name string) { counted(c.targets, name, of(targets, name, whole)) })
	switch len(in.Services) {
	case 0:
		plus(&c.none, whole)
	case 1:
		counted(c.sole, in.Services[0], whole)
	default:
		plus(&c.many, whole)
		c.addServices(in, whole)
	}
	sec := in.First.Unix()
	if quarter := sec / analysis.Quarter; c.day == nil || quarter != c.quarter || sec < 0 {
		y, m, d := in.First.Date()
		day := date{y, m, d}
		if c.days[day] == nil {
			c.days[day] = &analysis.Count{}
		}
		c.quarter, c.day = quarter, c.days[day]
	}
	plus(c.day, whole)
}

func (c *census) addSources(in *analysis.Incident, whole analysis.Count) {
	if len(in.SourceRecords) == 1 && len(in.Sources) == 1 { // nearly all
		counted(c.single, &in.Sources[0], whole)
		return
	}
	if len(in.Sources) == 1 {
		counted(c.listed, in.Sources[0], whole)
	} else {
		plus(&c.several, whole)
	}
	each := func(m numbers, name func(analysis.Source) string) {
		records := map[string]int{}
		for source, n := range in.SourceRecords {
			records[name(source)] += n
		}
		for name, n := range records {
			counted(m, name, analysis.Count{Incidents: 1, Records: n})
		}
	}
	each(c.sources, nameOf)
	each(c.network, networkOf)
	if c.files != nil {
		each(c.countries, c.files.Country)
		each(c.systems, c.files.System)
	}
}

func nameOf(s analysis.Source) string { return cmp.Or(s.IP, s.Name) }

// merge adds what another has counted, which must not be used any more.
func (c *census) merge(o *census) {
	c.incidents += o.incidents
	c.records += o.records
	for to, from := range map[*numbers]numbers{&c.first: o.first, &c.kinds: o.kinds, &c.outcomes: o.outcomes, &c.targets: o.targets, &c.sources: o.sources,
		&c.network: o.network, &c.countries: o.countries, &c.systems: o.systems} {
		*to = mergeCounted(*to, from)
	}
	for name, w := range o.named {
		plus(&c.namedWord(name).all, w.all)
	}
	c.days, c.day = mergeCounted(c.days, o.days), nil
	c.single, c.listed, c.sole = mergeCounted(c.single, o.single), mergeCounted(c.listed, o.listed), mergeCounted(c.sole, o.sole)
	plus(&c.several, o.several)
	plus(&c.none, o.none)
	plus(&c.many, o.many)
}

// counts are all dimensions but the band, which the analyst's word may change, and the days of the records, which activity has.
func (c *census) counts() *analysis.Counts {
	all := &analysis.Counts{Incidents: c.incidents, Records: c.records}
	for d, m := range map[analysis.Dimension]numbers{analysis.ByKind: c.kinds, analysis.ByOutcome: c.outcomes, analysis.ByTarget: c.targets, analysis.BySource: c.sources,
		analysis.ByNetwork: c.network, analysis.ByCountry: c.countries, analysis.BySystem: c.systems} {
		for name, n := range m {
			all.Add(d, name, *n)
		}
	}
	all.Expect(analysis.BySource, len(c.single))
	for source, n := range c.single {
		all.Add(analysis.BySource, nameOf(*source), *n)
		all.Add(analysis.ByNetwork, networkOf(*source), *n)
		if c.files != nil {
			all.Add(analysis.ByCountry, c.files.Country(*source), *n)
			all.Add(analysis.BySystem, c.files.System(*source), *n)
		}
	}
	for service, n := range c.sole {
		all.Add(analysis.ByService, service.Words(), *n)
	}
	for name, w := range c.named {
		if w.all.Incidents > 0 {
			all.Add(analysis.ByService, name, w.all)
		}
	}
	for day, n := range c.days {
		all.Add(analysis.ByDay, day.String(), analysis.Count{Incidents: n.Incidents})
	}
	return all
}

// background is the tables of the background, with all incidents in them.
func (c *census) background() *background {
	b := newBackground()
	b.incidents, b.records = c.incidents, c.records
	for kind, n := range c.first {
		counted(b.kind.rows, kind, *n)
	}
	for service, n := range c.sole {
		counted(b.service.rows, soleService(service), *n)
	}
	counted(b.service.rows, noService, c.none)
	counted(b.service.rows, severalOf, c.many)
	b.source.rows = make(numbers, len(c.single)+len(c.listed))
	one := func(source analysis.Source, n *analysis.Count) {
		counted(b.source.rows, nameOf(source), *n)
		counted(b.network.rows, networkOf(source), *n)
	}
	for source, n := range c.single {
		one(*source, n)
	}
	for source, n := range c.listed {
		one(source, n)
	}
	counted(b.source.rows, severalOf, c.several)
	counted(b.network.rows, severalOf, c.several)
	for day, n := range c.days {
		counted(b.days.rows, day.String(), *n)
	}
	return b
}

// addServices counts an incident with several services, once for each word that they are called by.
func (c *census) addServices(in *analysis.Incident, whole analysis.Count) {
	words := c.room[:0]
	var by map[analysis.Service]*serviceWord // of what has no port of TCP or UDP, by what a record gives of its service
	for _, s := range in.Services {
		w := c.word(s)
		if w.name != "" && w.in != c.incidents {
			w.in, w.own = c.incidents, 0
			words = append(words, w)
		}
		if c.port(s.Proto, s.Port) == nil {
			if by == nil {
				by = map[analysis.Service]*serviceWord{}
			}
			by[given(s.Proto, s.Port, s.Name)] = w
		}
	}
	known := len(in.Beyond) == 0 // how many records each has
	if known {
		for i := range in.Events {
			e := &in.Events[i]
			if at := c.port(e.Proto, e.Port); at != nil {
				if *at != 0 && c.asked[*at-1].in == c.incidents {
					c.asked[*at-1].own++
				}
			} else if w := by[given(e.Proto, e.Port, e.Service)]; w != nil {
				w.own++
			}
		}
	}
	for _, w := range words {
		n := whole
		if known {
			n.Records = w.own
		}
		plus(&w.all, n)
	}
	c.room = words
}

// port is where the place of the word for a port of TCP or UDP is noted; nil for anything else.
func (c *census) port(proto string, port int) *int32 {
	if port <= 0 || port > 1<<16-1 {
		return nil
	}
	of := &c.ports[0]
	switch proto {
	case "tcp":
	case "udp":
		of = &c.ports[1]
	default:
		return nil
	}
	if *of == nil {
		*of = new([1 << 16]int32)
	}
	return &(*of)[port]
}

// given is what tells the services of an incident apart: a port, or a name where there is none.
func given(proto string, port int, name string) analysis.Service {
	if port != 0 {
		name = ""
	}
	return analysis.Service{Port: port, Proto: proto, Name: name}
}

// word is what a service is called, made once.
func (c *census) word(s analysis.Service) *serviceWord {
	at := c.port(s.Proto, s.Port)
	if at != nil && *at != 0 && c.asked[*at-1].of == s {
		return c.asked[*at-1]
	}
	place, known := c.words[s]
	if !known {
		place = int32(len(c.asked))
		w := c.namedWord(s.Words())
		if c.asked = append(c.asked, w); w.of == (analysis.Service{}) {
			w.of = s
		}
		if at == nil || *at != 0 || w.of != s {
			c.words[s] = place
		}
	}
	if at != nil {
		if *at != 0 { // the port is another's as well
			c.words[c.asked[*at-1].of] = *at - 1
		}
		*at = place + 1
	}
	return c.asked[place]
}

func (c *census) namedWord(name string) *serviceWord {
	w := c.named[name]
	if w == nil {
		w = &serviceWord{name: name}
		c.named[name] = w
	}
	return w
}

func targetName(t analysis.Target) string { return cmp.Or(t.Host, t.IP) }

// of is what an incident counts for a name: the records that are its own, or all where that is not known.
func of(own map[string]int, name string, whole analysis.Count) analysis.Count {
	if own == nil {
		return whole
	}
	return analysis.Count{Incidents: 1, Records: own[name]}
}

// ownTargets counts the records of an incident by target; nil where all are of one, or not all records are kept. It is valid until the next.
func (c *census) ownTargets(in *analysis.Incident) map[string]int {
	if len(in.Beyond) > 0 || len(in.Targets) < 2 {
		return nil
	}
	c.names, c.own = uniq.Emptied(c.names), uniq.Emptied(c.own)
	for _, t := range in.Targets {
		c.names[t.IP], c.names[t.Host] = targetName(t), targetName(t)
	}
	var of *analysis.Facts
	name := ""
	for i := range in.Events {
		if e := &in.Events[i]; e.Facts != of {
			if of, name = e.Facts, c.names[cmp.Or(e.Target.Host, e.Target.IP)]; name == "" {
				name = c.names[e.Host]
			}
		}
		c.own[name]++
	}
	return c.own
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

package observation

import (
	"fmt"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Behaviours says for each behaviour of the catalogue which statements tell it, by their ids, and which kinds stand for
// it. A behaviour of the log as a whole has neither: it is told before the incidents.
var Behaviours = map[string]struct{ Statements, Kinds []string }{
	"syn-retransmission":    {Statements: []string{"retransmission", "missing"}},
	"answered-with-rst":     {Statements: []string{"even-gaps"}},
	"timer-retry":           {Statements: []string{"timer", "same-timer"}},
	"source-port-advance":   {Statements: []string{"source-port-advance"}},
	"fixed-source-port":     {Statements: []string{"fixed-source-port", "same-source-port"}},
	"vertical-scan":         {Kinds: []string{"port-sweep"}},
	"horizontal-scan":       {Kinds: []string{"host-sweep", "icmp-sweep"}},
	"block-scan":            {Statements: []string{"block-scan"}},
	"distributed-scan":      {Statements: []string{"distributed-scan"}},
	"brute-force":           {Kinds: []string{"brute-force"}},
	"spray":                 {Kinds: []string{"password-spray"}},
	"success-after-failure": {Statements: []string{"success-after-failures"}, Kinds: []string{"login-success-after-failures"}},
	"banner-grab":           {Statements: []string{"nobody"}, Kinds: []string{"banner-grab"}},
	"handshake-proof":       {Statements: []string{"handshake", "spoofing-packets", "spoofing-datagrams"}},
	"block-effective":       {Statements: []string{"block-claimed", "after-block", "already-blocked"}},
	"daemon-restart":        {Statements: []string{"restart"}},
	"newest-first":          {},
	"clock-doubt":           {},
	"many-sources-one-port": {Kinds: []string{"misdirected-peer"}},
}

// Limits of the scans of several hosts or by several sources.
const (
	blockPorts, blockHosts = 3, 3 // ports that were tried at so many hosts each
	distributedSources     = 3
	distributedPorts       = 2    // one port from everywhere is weather
	distributedAgree       = 0.8  // of the ports of any two sources
	distributedKept        = 1000 // sources that are compared
)

// triedPort is a port as a scan tries it.
type triedPort struct {
	port  int
	proto string
}

// tried gives the port that a record tells of a try at.
func tried(e *analysis.EventRef) (triedPort, bool) {
	return triedPort{e.Port, e.Proto}, isTry(e) && e.Port != 0
}

// blockScan tells a source that tried the same several ports at several addresses.
func (w Writer) blockScan(in *analysis.ScoredIncident) []analysis.Observation {
	if len(in.Sources) != 1 {
		return nil
	}
	hosts := map[triedPort]map[string]bool{}
	for i := range in.Events {
		e := &in.Events[i]
		if p, ok := tried(e); ok && e.Target.IP != "" {
			if hosts[p] == nil {
				hosts[p] = map[string]bool{}
			}
			hosts[p][e.Target.IP] = true
		}
	}
	ports, all := 0, map[string]bool{}
	for _, at := range hosts {
		if len(at) >= blockHosts {
			ports++
			for h := range at {
				all[h] = true
			}
		}
	}
	if ports < blockPorts {
		return nil
	}
	atLeast := ""
	if in.EvidenceCapped {
		atLeast = "at least "
	}
	return []analysis.Observation{observed("block-scan",
		fmt.Sprintf("%s%d ports were tried at %d addresses or more each, %s%d addresses in all: a block of ports on a block of hosts.", title(atLeast), ports, blockHosts, atLeast, len(all)),
		w.cite(in, func(e *analysis.EventRef) bool { _, ok := tried(e); return ok && e.Target.IP != "" }))}
}

// title writes a word as sentences begin.
func title(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// distributedScan tells sources that tried nearly the same ports at one target.
func (w Writer) distributedScan(in *analysis.ScoredIncident) []analysis.Observation {
	if len(in.Sources) < distributedSources || len(in.Sources) > distributedKept {
		return nil
	}
	ports, targets := map[string]map[triedPort]bool{}, map[string]bool{}
	for i := range in.Events {
		e := &in.Events[i]
		p, ok := tried(e)
		if !ok || e.Source.IP == "" {
			continue
		}
		if ports[e.Source.IP] == nil {
			ports[e.Source.IP] = map[triedPort]bool{}
		}
		ports[e.Source.IP][p] = true
		targets[e.Target.IP+" "+e.Host] = true
	}
	all := map[triedPort]bool{}
	for _, a := range ports {
		if len(a) < distributedPorts {
			return nil
		}
		for p := range a {
			all[p] = true
		}
		for _, b := range ports {
			if agreement(a, b) < distributedAgree {
				return nil
			}
		}
	}
	if len(ports) < distributedSources || len(targets) != 1 {
		return nil
	}
	same := "the same"
	for _, a := range ports {
		if len(a) != len(all) {
			same = "nearly the same set of"
		}
	}
	return []analysis.Observation{observed("distributed-scan",
		ofKept(in, fmt.Sprintf("%d sources tried %s %d ports of one target within %s.", len(ports), same, len(all), Duration(in.Last.Sub(in.First)))),
		w.cite(in, func(e *analysis.EventRef) bool { _, ok := tried(e); return ok }))}
}

// agreement is how much of two sets of ports is in both.
func agreement(a, b map[triedPort]bool) float64 {
	both := 0
	for p := range a {
		if b[p] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// Told says in words where a report tells a behaviour.
func Told(id string) []string {
	var list []string
	t := Behaviours[id]
	for _, kind := range t.Kinds {
		list = append(list, "as the kind "+kind+", which practicum explain kind "+kind+" tells")
	}
	for _, s := range t.Statements {
		list = append(list, "as the statement "+s+" of an incident")
	}
	if _, known := knowledge.Behaviour(id); known && len(list) == 0 {
		list = append(list, "of a log as a whole, before the incidents")
	}
	return list
}

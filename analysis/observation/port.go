package observation

import (
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// ports tells who owns the ports that were tried: every candidate, dated against the year of the log.
func (w Writer) ports(in *analysis.ScoredIncident) []analysis.Observation {
	if len(in.Services) > mostPorts {
		return manyPorts(in)
	}
	var list []analysis.Observation
	for _, s := range in.Services {
		if s.Port == 0 || s.Proto == "" {
			continue
		}
		facts := knowledge.Ports(s.Proto, s.Port)
		if facts.Common || !some(in, func(e *analysis.EventRef) bool { return e.Port == s.Port && e.Proto == s.Proto && !isAnswer(e) }) {
			continue // a client's port is nobody's service
		}
		// A product's name for a port is told only of that product's log.
		facts.Vendor = slices.DeleteFunc(facts.Vendor, func(v knowledge.VendorName) bool {
			return strings.EqualFold(v.Name, v.Canonical) || !slices.ContainsFunc(in.Formats, func(f string) bool {
				return f != "" && strings.Contains(strings.ToLower(v.Vendor), f)
			})
		})
		for j, text := range portStatements(facts, in.First.Year()) {
			list = append(list, known(fmt.Sprintf("port-%d-%s-%d", s.Port, s.Proto, j+1), text.text, text.source))
		}
	}
	return list
}

// mostPorts is how many ports are told one by one. Who tries more looks for whatever answers.
const mostPorts = 5

// manyPorts tells of the ports of a scan what a list of names would hide.
func manyPorts(in *analysis.ScoredIncident) []analysis.Observation {
	var trojans []string
	ports, common := 0, 0
	for _, s := range in.Services {
		if s.Port == 0 {
			continue
		}
		ports++
		facts := knowledge.Ports(s.Proto, s.Port)
		if facts.Common {
			common++
		}
		for _, t := range facts.Trojans {
			if t.Lineages >= 2 && !facts.Common {
				trojans = append(trojans, fmt.Sprintf("%d/%s (%s)", s.Port, s.Proto, t.Name))
				break
			}
		}
	}
	if ports == 0 || common == ports {
		return nil
	}
	tried := "that were tried"
	if in.Lacks(analysis.ListServices) {
		tried = "that are listed of those that were tried,"
	}
	text := fmt.Sprintf("Of the %d ports %s %d belong to commonly probed services", ports, tried, common)
	switch {
	case len(trojans) == 0:
		text += ", and none is a default of a trojan by two lists or more."
	case len(trojans) == 1:
		text += fmt.Sprintf(", and one is a default of a trojan by two lists or more: %s. In a scan of many ports that says little.", trojans[0])
	default:
		text += fmt.Sprintf(", and %d are defaults of trojans by two lists or more: %s. In a scan of many ports that says little.", len(trojans), few(trojans, 6))
	}
	return []analysis.Observation{known("ports", text, knowledge.IANASource+"; the lists of trojan ports, whose sources practicum explain port names")}
}

type sourced struct{ text, source string }

func portStatements(f knowledge.PortFacts, year int) []sourced {
	var list []sourced
	port := fmt.Sprintf("%d/%s", f.Port, f.Proto)
	for _, r := range f.IANA {
		text := fmt.Sprintf("IANA registers %s as %s", port, r.Name)
		if r.Description != "" {
			text += " (" + r.Description + ")"
		}
		switch {
		case r.Year == 0:
			text += "; the registry gives no date."
		case r.Known(year):
			text += fmt.Sprintf(", since %d.", r.Year)
		default:
			text += fmt.Sprintf(", but only since %d: the name says nothing about a log of %d.", r.Year, year)
		}
		list = append(list, sourced{text, knowledge.IANASource})
	}
	for _, v := range f.Vendor {
		who := v.Vendor
		if who == "" {
			who = "Several products"
		}
		list = append(list, sourced{fmt.Sprintf("%s prints %s as %q, which means %s.", who, port, v.Name, v.Canonical), v.Source})
	}
	if label, ok := knowledge.TrojanDefault(f.Proto, f.Port); ok {
		var sources []string
		for _, t := range f.Trojans {
			if t.Source != "" && !strings.Contains(strings.Join(sources, "; "), t.Source) {
				sources = append(sources, t.Source)
			}
		}
		list = append(list, sourced{fmt.Sprintf("%s: %s. A list tells what once used a port, not what used it here.", port, label), strings.Join(sources, "; ")})
	}
	for _, n := range f.Notes {
		list = append(list, sourced{n.Text, strings.Join(n.Sources, "; ")})
	}
	if len(list) == 0 {
		list = append(list, sourced{fmt.Sprintf("%s has no registered service and is on none of the embedded lists of trojan ports.", port), knowledge.IANASource})
	}
	return list
}

// portPair tells of pairs of source and target port that belong to a tool.
func (w Writer) portPair(in *analysis.ScoredIncident) []analysis.Observation {
	seen := map[string]bool{}
	var list []analysis.Observation
	for _, a := range in.AttemptList {
		m, ok := knowledge.PortPair(a.Proto, a.SourcePort, a.Port)
		if !ok || seen[m.Text] {
			continue
		}
		seen[m.Text] = true
		o := known(numbered("port-pair", len(list)), m.Text, strings.Join(m.Sources, "; "))
		o.Topic = analysis.TopicCorrelations
		list = append(list, o)
	}
	return list
}

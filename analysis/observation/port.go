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
	var list []analysis.Observation
	for i, s := range in.Services {
		if i == 5 {
			break
		}
		if s.Port == 0 {
			continue
		}
		facts := knowledge.Ports(s.Proto, s.Port)
		if facts.Common {
			continue
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

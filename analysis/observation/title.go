package observation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Title names an incident: the title of its kind, what was tried, and by whom.
func Title(in *analysis.Incident, kinds *knowledge.Catalogue) string {
	kind := "Adverse events"
	if k, ok := kinds.MostLethal(in.Kinds); ok {
		kind = cmp.Or(aspect(in, k.ID), k.Title)
	}
	tried := in.Services
	if unnamed(in) {
		// What has no port is a program of the machine itself, which the kind names.
		tried = slices.DeleteFunc(slices.Clone(tried), func(s analysis.Service) bool { return s.Port == 0 })
	}
	if services := servicesOf(in, tried); services != "" && !strings.Contains(strings.ToLower(kind), strings.ToLower(services)) {
		kind += ": " + services
	}
	if n := len(in.Sources); n > 1 {
		return fmt.Sprintf("%s from %s sources", kind, grouped(n))
	}
	if unnamed(in) && len(in.Hosts) > 0 {
		return kind + " on " + few(in.Hosts, 3)
	}
	return kind + " from " + sourceOf(in)
}

// aspect says in a title what the records of a wide kind are about; empty where its own title says as much.
func aspect(in *analysis.Incident, kind string) string {
	names := in.Aspects[kind]
	switch {
	case len(names) == 0:
		return ""
	case kind == "web-injection":
		text := few(names, 3)
		return strings.ToUpper(text[:1]) + text[1:]
	}
	text := "Sensor alert " + quote(names[0])
	switch {
	case len(names) > 1 && in.EvidenceCapped:
		text += " and others" // those of the records that are kept are not all
	case len(names) > 1:
		text += fmt.Sprintf(" and %d more", len(names)-1)
	}
	return text
}

// unnamed reports whether no record names the source of an incident.
func unnamed(in *analysis.Incident) bool {
	return len(in.Sources) == 1 && in.Sources[0] == analysis.Unnamed
}

// countedPorts is from how many on a title counts ports and names none.
const countedPorts = 20

// servicesOf is serviceList of services of an incident, whose list may lack some.
func servicesOf(in *analysis.Incident, services []analysis.Service) string {
	if len(services) >= countedPorts && in.Lacks(analysis.ListServices) {
		return "at least " + serviceList(services)
	}
	return serviceList(services)
}

func serviceList(services []analysis.Service) string {
	if len(services) >= countedPorts {
		return fmt.Sprintf("%d ports", len(services))
	}
	var names []string
	for i, s := range services {
		if i == 3 && len(services) > 4 {
			names = append(names, fmt.Sprintf("%d more", len(services)-i))
			break
		}
		switch {
		case s.Name != "" && slices.Contains(names, s.Name):
		case s.Port == 0:
			names = append(names, s.Name)
		case s.Name != "" && knowledge.Common(s.Proto, s.Port):
			names = append(names, s.Name)
		case s.Proto == "":
			names = append(names, fmt.Sprintf("port %d", s.Port))
		default:
			names = append(names, fmt.Sprintf("port %d/%s", s.Port, s.Proto))
		}
	}
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

package observation

import (
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
		kind = k.Title
	}
	if services := serviceList(in.Services); services != "" && !strings.Contains(strings.ToLower(kind), strings.ToLower(services)) {
		kind += ": " + services
	}
	if n := len(in.Sources); n > 1 {
		return fmt.Sprintf("%s from %s sources", kind, grouped(n))
	}
	return kind + " from " + sourceOf(in)
}

func serviceList(services []analysis.Service) string {
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

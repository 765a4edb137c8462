package observation

import (
	"fmt"
	"strings"

	"practicum/analysis"
)

// EarlierPrefix begins the ids of statements about earlier reports. They rest on the site's history and not on the logs, so they
// cannot be proved from them.
const EarlierPrefix = "earlier-"

// Earlier says what earlier reports have about an incident: where its sources were seen before, and how an analyst rated an
// incident like it. The rating is a suggestion and changes no points.
func Earlier(in *analysis.ScoredIncident, p analysis.IncidentPast) []analysis.Observation {
	var list []analysis.Observation
	source := "the reports on this site since " + p.Since
	add := func(id string, topic analysis.Topic, text string) {
		o := known(EarlierPrefix+id, text, source)
		o.Topic = topic
		list = append(list, o)
	}
	if len(p.Seen) > 0 {
		text := seenBefore(p.Seen, len(in.Sources))
		if len(p.Incidents) == 0 {
			text += " There it is counted in the background only."
		} else {
			var there []string
			for _, e := range p.Incidents {
				there = append(there, fmt.Sprintf("incident %d of the report on %s (%s)", e.Number, e.Report, e.Title))
			}
			if p.Left > 0 {
				there = append(there, fmt.Sprintf("%d more", p.Left))
			}
			text += " There: " + series(there) + "."
		}
		add("sources", analysis.TopicCorrelations, text)
	}
	if r := p.Rated; r != nil {
		var points []string
		for _, f := range r.Factors {
			if now := factorNamed(in.Severity.Factors, f.Name); now.Origin == analysis.OriginAnalyst {
				continue // rated here too
			}
			word := f.Name + " " + interval(f.Low, f.High)
			if f.Reason != "" {
				word += " (" + strings.TrimRight(f.Reason, ". ") + ")"
			}
			points = append(points, word)
		}
		if len(points) > 0 {
			add("rating", analysis.TopicSeverity, fmt.Sprintf("In the report on %s the analyst gave incident %d (%s), which is of a like kind and shares %s, %s. These points count here once somebody writes them into the table.",
				r.Report, r.Number, r.Title, r.Shares, series(points)))
		}
	}
	return list
}

// seenBefore says which sources of an incident earlier reports have.
func seenBefore(seen []analysis.SeenSource, sources int) string {
	reports := func(s analysis.SeenSource) string {
		if s.First == s.Last {
			return s.Last
		}
		return fmt.Sprintf("%s, from %s to %s", Count(s.Reports, "report", "reports"), s.First, s.Last)
	}
	if sources == 1 {
		s := seen[0]
		if s.First == s.Last {
			return fmt.Sprintf("%s was here before, in the report on %s.", s.Source, s.Last)
		}
		return fmt.Sprintf("%s was here before, in %s.", s.Source, reports(s))
	}
	var names []string
	for _, s := range seen {
		names = append(names, fmt.Sprintf("%s (%s)", s.Source, reports(s)))
	}
	verb := "were"
	if len(seen) == 1 {
		verb = "was"
	}
	return fmt.Sprintf("%d of the %d sources %s here before: %s.", len(seen), sources, verb, few(names, 6))
}

func factorNamed(f analysis.Factors, name string) analysis.Factor {
	for _, n := range f.Named() {
		if n.Name == name {
			return n.Factor
		}
	}
	return analysis.Factor{}
}

package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/render/chart"
	"practicum/render/safe"
)

// The charts of a report. Each function gives nothing where a chart would show nothing that a sentence does not: a single
// incident, a single hour, two names.

// shownInCharts is how many incidents a chart has: as many as a page holds.
const shownInCharts = 40

// chartBlock is a chart as it stands in the Markdown. safe.Block escapes what comes from logs.
func chartBlock(c chart.Chart) inline {
	return inline{{strings.TrimSuffix(safe.Block("chart "+c.Kind(), c.Lines()), "\n"), asBlock}}
}

// charted are the incidents that a chart shows, in the report's order, and what to add to its title.
func charted(all []analysis.ScoredIncident) (list []*analysis.ScoredIncident, which string) {
	for i := range all {
		if !all[i].ByHand {
			list = append(list, &all[i])
		}
	}
	if n := len(list); n > shownInCharts {
		slices.SortFunc(list, bySeverity)
		list = list[:shownInCharts]
		slices.SortFunc(list, func(a, b *analysis.ScoredIncident) int { return cmp.Compare(a.Number, b.Number) })
		which = fmt.Sprintf(": the %d most severe of %d", shownInCharts, n)
	}
	return list, which
}

// bySeverity puts the most severe first, of equals those with the most records, then in the report's order.
func bySeverity(a, b *analysis.ScoredIncident) int {
	return cmp.Or(cmp.Compare(b.Severity.High, a.Severity.High), cmp.Compare(b.Severity.Low, a.Severity.Low), cmp.Compare(b.Records, a.Records), cmp.Compare(a.Number, b.Number))
}

func incidentName(in *analysis.ScoredIncident) string {
	return fmt.Sprintf("%d: %s", in.Number, in.Title)
}

// severityChart shows the factors of each incident.
func severityChart(all []analysis.ScoredIncident) inline {
	list, which := charted(all)
	if len(list) < 2 {
		return nil
	}
	c := &chart.Severity{Title: "Severity by incident, from its four factors" + which}
	for _, in := range list {
		f := func(f analysis.Factor) chart.Interval { return chart.Interval{Low: f.Low, High: f.High} }
		s := in.Severity
		c.Rows = append(c.Rows, chart.Sum{Criticality: f(s.Criticality), Lethality: f(s.Lethality), System: f(s.System), Network: f(s.Network), Name: incidentName(in)})
	}
	return chartBlock(c)
}

// timelineChart shows when each incident was.
func timelineChart(all []analysis.ScoredIncident) inline {
	list, which := charted(all)
	list = slices.DeleteFunc(list, func(in *analysis.ScoredIncident) bool { return in.First.IsZero() || in.Last.IsZero() })
	if len(list) < 2 {
		return nil
	}
	c := &chart.Timeline{Title: "Incidents in time" + which}
	for _, in := range list {
		c.Rows = append(c.Rows, chart.Stretch{First: in.First, Last: in.Last, Band: string(in.Severity.Band), Name: incidentName(in)})
	}
	return chartBlock(c)
}

// attemptsChart shows the packets of the attempts that were put together from several.
func attemptsChart(in *analysis.ScoredIncident) inline {
	c := &chart.Attempts{Title: "Packets of each attempt, in seconds after its first"}
	several := map[string]bool{}
	for i := range in.AttemptList {
		several[in.AttemptList[i].Source] = true
	}
	for _, a := range in.AttemptList {
		if len(a.Gaps) == 0 {
			continue
		}
		packets, at := []float64{0}, 0.0
		for _, g := range a.Gaps {
			at += g
			packets = append(packets, at)
		}
		name := "port " + fmt.Sprint(a.Port)
		if a.SourcePort != 0 {
			name = "from port " + fmt.Sprint(a.SourcePort)
		}
		if len(several) > 1 {
			name = a.Source
		}
		c.Rows = append(c.Rows, chart.Attempt{Start: a.Start, Packets: packets, Schedule: a.Schedule, Name: name})
	}
	if n := len(c.Rows); n > shownInCharts {
		c.Title += fmt.Sprintf(": the first %d of %d", shownInCharts, n)
		c.Rows = c.Rows[:shownInCharts]
	}
	if len(c.Rows) == 0 {
		return nil
	}
	return chartBlock(c)
}

// hoursChart shows at which hours of which days the records of incidents were written.
func hoursChart(r *analysis.Report) inline {
	if r.Activity == nil {
		return nil
	}
	hours, records := 0, 0
	for _, day := range r.Activity.Hours {
		for _, n := range day {
			if n > 0 {
				hours++
			}
			records += n
		}
	}
	if hours < 3 || records < 10 {
		return nil
	}
	return chartBlock(&chart.Hours{Title: "Records of incidents by day of the week and hour, " + r.Zone, Count: r.Activity.Hours})
}

// topChart shows the names with the highest counts.
func topChart(title, others string, t analysis.Top) inline {
	if len(t.Rows) < 3 {
		return nil
	}
	c := &chart.Bars{Title: title}
	for _, row := range t.Rows {
		c.Rows = append(c.Rows, chart.Bar{Count: row.Count, Name: row.Name})
	}
	if t.Others > 0 {
		c.Rows = append(c.Rows, chart.Bar{Count: t.OthersCount, Name: number(t.Others) + " " + others, Rest: true})
	}
	return chartBlock(c)
}

func sourcesChart(r *analysis.Report) inline {
	if r.Activity == nil {
		return nil
	}
	return topChart("Sources by records", "other sources", r.Activity.Sources)
}

func targetsChart(r *analysis.Report) inline {
	if r.Activity == nil {
		return nil
	}
	return topChart("Targets by incidents", "other targets", r.Activity.Targets)
}

func portsChart(r *analysis.Report) inline {
	if r.Activity == nil {
		return nil
	}
	return topChart("Ports and services by incidents", "others", r.Activity.Ports)
}

// linksChart shows who did something to whom.
func linksChart(r *analysis.Report) inline {
	if r.Activity == nil || len(r.Activity.Links) < 3 {
		return nil
	}
	c := &chart.Links{Title: "Records from source to target"}
	if len(r.Activity.Links) == analysis.MaxLinks {
		c.Title += fmt.Sprintf(": the %d pairs with the most", analysis.MaxLinks)
	}
	for _, l := range r.Activity.Links {
		c.Rows = append(c.Rows, chart.Edge{Count: l.Records, Source: l.Source, Target: l.Target})
	}
	return chartBlock(c)
}

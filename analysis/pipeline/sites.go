package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/incident"
	"practicum/analysis/logformat"
	"practicum/analysis/severity"
)

// Site is one of several sites that a report is about, each with logs and options of its own.
type Site struct {
	Name    string
	Inputs  []logformat.Input
	Options Options
}

// RunSites makes one report on several sites, in their order. Each is analysed by itself: incidents are not joined across sites, and
// their numbers run on. What holds for the whole, such as title and window, is taken from whole. An error names the site.
func RunSites(ctx context.Context, sites []Site, whole Options) (*analysis.Report, error) {
	all := &analysis.Report{Schema: analysis.Schema, Title: cmp.Or(whole.Title, titleOf(whole.Window)), Analyst: whole.Analyst, Tool: whole.Tool, Made: whole.Made,
		Counts: &analysis.Counts{}, KindTitles: map[string]string{}, Coverage: &analysis.Coverage{}, Background: analysis.Background{Tables: []analysis.BackgroundTable{}}}
	if whole.Window != (analysis.Window{}) {
		all.Window = &whole.Window
	}
	zone := cmp.Or(whole.Clock.Zone, time.UTC)
	all.Zone = zone.String()
	zoneOf := func(s Site) string { return cmp.Or(s.Options.Clock.Zone, time.UTC).String() }
	zones := slices.ContainsFunc(sites, func(s Site) bool { return zoneOf(s) != all.Zone })
	var names []string
	for _, s := range sites {
		o := s.Options
		o.Numbered = len(all.Incidents)
		o.Grouping.Prefix = sitePrefix(s.Name)
		o.Written, o.Grouping.Decisions = ofSite(o.Grouping.Prefix, o.Written, o.Grouping.Decisions)
		o.Grouping.Zone = zone // the appendix of decisions is on all sites
		run, err := read(ctx, s.Inputs, o)
		if err != nil {
			return nil, fmt.Errorf("site %s: %w", s.Name, err)
		}
		if zoneOf(s) != all.Zone {
			run.abroad = zone
		}
		r, err := run.report(ctx)
		if err != nil {
			return nil, fmt.Errorf("site %s: %w", s.Name, err)
		}
		if zones {
			for i := range r.Incidents {
				r.Incidents[i].Zone = r.Zone
			}
		}
		join(all, r, s.Name, zone, run.counted)
		names = append(names, s.Name)
	}
	all.Site = strings.Join(names, ", ")
	all.Lookups = whole.Enrich.Files()
	all.Ranking = severity.Ranking(all.Incidents)
	if all.Activity != nil {
		records := func(n analysis.Count) int { return n.Records }
		incidents := func(n analysis.Count) int { return n.Incidents }
		a := all.Activity
		a.Sources, a.Targets, a.Ports = top(all.Counts.By[analysis.BySource], records), top(all.Counts.By[analysis.ByTarget], incidents), top(all.Counts.By[analysis.ByService], incidents)
		slices.SortStableFunc(a.Links, func(x, y analysis.Link) int { return cmp.Compare(y.Records, x.Records) })
		a.Links = a.Links[:min(len(a.Links), analysis.MaxLinks)]
	}
	return all, nil
}

// sitePrefix begins the ids of a site's incidents.
func sitePrefix(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:2]) + "-"
}

// ofSite is the part of what a document says that is about a site's incidents.
func ofSite(prefix string, w Written, decisions []incident.Decision) (Written, []incident.Decision) {
	other := func(ref incident.Ref) bool { return !strings.HasPrefix(ref.ID, prefix) }
	w.Ratings = slices.DeleteFunc(slices.Clone(w.Ratings), func(r WrittenRating) bool { return other(r.Ref) })
	w.Keep = slices.DeleteFunc(slices.Clone(w.Keep), other)
	return w, slices.DeleteFunc(slices.Clone(decisions), func(d incident.Decision) bool { return other(d.Ref) })
}

// join adds the report on a site to that on all, which is told in the zone. abroad is what was counted by day and hour of that zone, where
// it is not the site's.
func join(all, r *analysis.Report, site string, zone *time.Location, abroad *activity) {
	part := analysis.SitePart{Name: site, Zone: r.Zone, Period: r.Period, Window: r.Window, Report: r}
	if r.Counts != nil {
		part.Incidents, part.Records = r.Counts.Incidents, r.Counts.Records
		counts := *r.Counts
		if abroad != nil {
			counts.By = maps.Clone(counts.By)
			delete(counts.By, analysis.ByDay)
		}
		all.Counts.Merge(&counts)
	}
	all.Sites = append(all.Sites, part)
	if !r.Period.First.IsZero() {
		widen(&all.Period, r.Period.First.In(zone))
		widen(&all.Period, r.Period.Last.In(zone))
	}
	for i := range r.Incidents {
		r.Incidents[i].Site = site
	}
	for i := range r.Inputs {
		r.Inputs[i].Site = site
	}
	for i := range r.Hosts {
		r.Hosts[i].Site = site
	}
	all.Incidents = append(all.Incidents, r.Incidents...)
	all.Inputs = append(all.Inputs, r.Inputs...)
	for _, h := range r.Hosts {
		h.First, h.Last = h.First.In(zone), h.Last.In(zone)
		h.Silences = slices.Clone(h.Silences)
		for i, s := range h.Silences {
			h.Silences[i].From, h.Silences[i].To = s.From.In(zone), s.To.In(zone)
		}
		all.Hosts = append(all.Hosts, h)
	}
	maps.Copy(all.KindTitles, r.KindTitles)
	all.Ledger.Add(r.Ledger)
	all.Warnings = append(all.Warnings, r.Warnings...)
	all.Unrecognised = append(all.Unrecognised, r.Unrecognised...)
	all.Ignored = append(all.Ignored, r.Ignored...)
	for _, d := range r.Decided {
		d.First, d.Last = inZone(d.First, zone), inZone(d.Last, zone)
		all.Decided = append(all.Decided, d)
	}
	all.FromDocument = append(all.FromDocument, r.FromDocument...)
	at := "site " + site + ": "
	for _, d := range r.Clock {
		if d.File == "" {
			d.Basis = at + d.Basis
		}
		all.Clock = append(all.Clock, d)
	}
	for _, l := range r.Limits {
		all.Limits = append(all.Limits, at+l)
	}
	all.Background.Incidents += r.Background.Incidents
	all.Background.Records += r.Background.Records
	if r.Background.Rule != "" {
		all.Background.Rule = r.Background.Rule
	}
	for _, t := range r.Background.Tables {
		if t.Title == dayTitle && abroad != nil {
			t.Title += " (" + r.Zone + ")"
		}
		t.Title += ", site " + site
		all.Background.Tables = append(all.Background.Tables, t)
	}
	joinCoverage(all.Coverage, r.Coverage)
	if r.Activity == nil {
		return
	}
	if all.Activity == nil {
		all.Activity = &analysis.Activity{Links: []analysis.Link{}}
	}
	week := r.Activity.Hours
	if abroad != nil {
		week = abroad.sums(all.Counts)
	}
	for d, hours := range week {
		for h, n := range hours {
			all.Activity.Hours[d][h] += n
		}
	}
	all.Activity.Links = append(all.Activity.Links, r.Activity.Links...)
}

// inZone is a time in a zone; none stays none.
func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}

// joinCoverage adds what one site's lines are that no log format knows.
func joinCoverage(all, c *analysis.Coverage) {
	if c == nil {
		return
	}
	all.Lines += c.Lines
	all.Shapes += c.Shapes
	all.OtherShapes += c.OtherShapes
	all.OtherLines += c.OtherLines
	all.Limits = append(all.Limits, c.Limits...)
	for _, p := range c.Programs {
		i := slices.IndexFunc(all.Programs, func(o analysis.ProgramCoverage) bool { return o.Program == p.Program })
		if i < 0 {
			all.Programs = append(all.Programs, p)
			continue
		}
		all.Programs[i].Lines += p.Lines
		all.Programs[i].Shapes += p.Shapes
	}
	slices.SortStableFunc(all.Programs, func(a, b analysis.ProgramCoverage) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.Program, b.Program))
	})
}

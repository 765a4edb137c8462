package pipeline

import (
	"fmt"
	"time"

	"practicum/analysis"
	"practicum/analysis/incident"
	"practicum/analysis/observation"
	"practicum/analysis/severity"
)

// Written is what an analyst's document of an earlier run says. Its decisions about incidents are in
// Options.Grouping, because they change the grouping.
type Written struct {
	Ratings []WrittenRating
	// Keep are incidents that the analyst wrote about: they are told in full.
	Keep []incident.Ref
}

// WrittenRating is a severity table as the analyst edited it.
type WrittenRating struct {
	incident.Ref
	Factors [4]*severity.Points // in the order of the formula; nil for what nobody touched
}

// resolved is Written for the incidents of this run.
type resolved struct {
	rating map[int]*WrittenRating
	keep   map[string]bool
}

func (w Written) of(incidents []*analysis.ScoredIncident) resolved {
	at := func(i int) *analysis.Incident { return &incidents[i].Incident }
	r := resolved{rating: map[int]*WrittenRating{}, keep: map[string]bool{}}
	for k := range w.Ratings {
		i := incident.Successor(w.Ratings[k].Ref, len(incidents), at)
		// Of two that became one the first counts, unless the other kept the id.
		if i >= 0 && (r.rating[i] == nil || incidents[i].ID == w.Ratings[k].ID) {
			r.rating[i] = &w.Ratings[k]
		}
	}
	for _, ref := range w.Keep {
		if i := incident.Successor(ref, len(incidents), at); i >= 0 {
			r.keep[incidents[i].ID] = true
		}
	}
	return r
}

// decided completes what the report tells about the analyst's decisions.
func (r *run) decided(rep *analysis.Report, zone *time.Location) {
	for i := range rep.Decided {
		d := &rep.Decided[i]
		if d.Incident != nil {
			localise(d.Incident, zone)
			d.First, d.Last = d.First.In(zone), d.Last.In(zone)
			if d.Title == "" {
				d.Title = observation.Title(d.Incident, r.o.Site.Catalogue)
			}
		}
		if d.Grown > 0 {
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: "decisions",
				Text: fmt.Sprintf("incident %s (%s), %s, has %s more than when that was decided; if the decision holds all the same, set its records to %d in appendix F", d.ID, d.Title, d.Verdict, observation.Count(d.Grown, "record", "records"), d.Records+d.Grown)})
		}
	}
}

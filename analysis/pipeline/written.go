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
	keep   map[int]bool
}

func (w Written) of(incidents *incident.Result, zone *time.Location) resolved {
	r := resolved{rating: map[int]*WrittenRating{}, keep: map[int]bool{}}
	if len(w.Ratings) == 0 && len(w.Keep) == 0 {
		return r
	}
	byID := make(map[string]int, incidents.Len())
	for i := range incidents.Len() {
		byID[incidents.ID(i)] = i
	}
	at := func(i int) *analysis.Incident {
		in := incidents.Brief(i)
		localise(&in, zone)
		return &in
	}
	place := func(ref incident.Ref) int {
		if i, ok := byID[ref.ID]; ok {
			return i
		}
		return incident.Successor(ref, incidents.Len(), at)
	}
	for k := range w.Ratings {
		i := place(w.Ratings[k].Ref)
		// Of two that became one the first counts, unless the other kept the id.
		if i >= 0 && (r.rating[i] == nil || incidents.ID(i) == w.Ratings[k].ID) {
			r.rating[i] = &w.Ratings[k]
		}
	}
	for _, ref := range w.Keep {
		if i := place(ref); i >= 0 {
			r.keep[i] = true
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

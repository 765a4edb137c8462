package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/lazily"
	"practicum/render/chart"
)

// What a summary says about earlier reports.

// AdvicePrefix begins the id of a recommendation in the marker of its box.
const AdvicePrefix = "advice-"

// OpenPrefix takes its place where the recommendation is an earlier report's.
const OpenPrefix = "open-"

// openID is the id of an earlier report's recommendation in this one.
func openID(id string) string { return OpenPrefix + id }

// adviceID is made of the words, so that the same advice has one id in all reports.
func adviceID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return AdvicePrefix + hex.EncodeToString(sum[:6])
}

// Advises reports whether a recommendation with that id is made for an incident of the report, or is open from earlier ones.
func Advises(r *analysis.Report, id string) bool {
	for _, in := range r.Incidents {
		for _, e := range in.Catalogue {
			if slices.ContainsFunc(e.Recommendations, func(text string) bool { return adviceID(text) == id }) {
				return true
			}
		}
	}
	return r.Past != nil && slices.ContainsFunc(r.Past.Open, func(o analysis.OpenAdvice) bool { return o.ID == id })
}

var adviceTail = lazily.Regexp(`\s*\((?:incidents? [\d, ]+(?: and [\d,]+ more)?(?:; asked since [^()]*)?|asked since [^()]*)\)$`)

// AdviceText is a recommendation as a document has it, without the incidents that it was made for.
func AdviceText(text string) string {
	return adviceTail().ReplaceAllString(strings.TrimSpace(text), "")
}

// changesOf are the changes of a dimension by name.
func changesOf(r *analysis.Report, d analysis.Dimension) map[string]analysis.Change {
	m := map[string]analysis.Change{}
	if r.Past != nil {
		for _, c := range r.Past.Changes {
			if c.Dimension == d {
				m[c.Name] = c
			}
		}
	}
	return m
}

// compared reports whether there is anything to compare counts with.
func compared(r *analysis.Report) bool {
	return r.Past != nil && len(r.Past.Trend) > 0
}

// before is the count of the report before.
func before(c analysis.Change) string {
	if c.Before == nil {
		return none
	}
	return number(*c.Before)
}

// change says how a count differs from that of the report before.
func change(c analysis.Change) string {
	switch {
	case c.Before == nil:
		return none
	case c.Now == *c.Before:
		return "="
	case *c.Before == 0:
		return "new"
	case c.Now == 0:
		return "gone"
	}
	ratio := float64(c.Now) / float64(*c.Before)
	percent := int(math.Round((ratio - 1) * 100))
	switch {
	case ratio >= 10:
		return "× " + number(int(math.Round(ratio)))
	case percent == 0 && ratio > 1:
		return "+ below 1 %"
	case percent == 0:
		return "− below 1 %"
	case percent == -100: // something is left
		return "−99 %"
	case percent > 0:
		return fmt.Sprintf("+%d %%", percent)
	}
	return fmt.Sprintf("−%d %%", -percent)
}

// usual is the range that a count usually has, and on which side of it the count is.
func usual(c analysis.Change) string {
	u := c.Usual
	if u == nil {
		return none
	}
	text := number(u.Low)
	if u.High != u.Low {
		text += " to " + number(u.High)
	}
	switch {
	case u.High == 0: // whoever was never there is new, which the change says
	case c.Now > u.High:
		text += ", above"
	case c.Now < u.Low:
		text += ", below"
	}
	return text
}

// goneRows is how many names that are gone a table lists.
const goneRows = 3

// gone are rows of names that the report before has and this one has not.
func gone(r *analysis.Report, d analysis.Dimension) []topCount {
	if r.Past == nil {
		return nil
	}
	var list []topCount
	for _, c := range r.Past.Changes {
		if c.Dimension == d && c.Now == 0 && c.Before != nil && *c.Before > 0 && len(list) < goneRows {
			list = append(list, topCount{Name: c.Name, Incidents: "0", Records: "0", Share: share(0, 0), Change: fmt.Sprintf("gone (%s before)", number(*c.Before)), Usual: usual(c)})
		}
	}
	return list
}

// notesOf says what limits the comparison with earlier reports; none where there are none.
func notesOf(p *analysis.Past, none string) (list []string) {
	if p == nil {
		return []string{none}
	}
	for _, n := range p.Notes {
		list = append(list, strings.ToUpper(n[:1])+n[1:]+".")
	}
	return list
}

// serious counts the incidents that are high or severe.
func serious(r *analysis.Report) int {
	if r.Counts == nil {
		return 0
	}
	bands := r.Counts.By[analysis.ByBand]
	return bands[string(analysis.BandHigh)].Incidents + bands[string(analysis.BandSevere)].Incidents
}

// opens is the site that an incident is the first one of; nil for others.
func opens(r *analysis.Report, in analysis.ScoredIncident) *analysis.SitePart {
	for i := range r.Sites {
		if s := &r.Sites[i]; s.Report != nil && len(s.Report.Incidents) > 0 && s.Report.Incidents[0].ID == in.ID {
			return s
		}
	}
	return nil
}

// zoneOf is the zone that an incident's times are given in.
func zoneOf(r *analysis.Report, in analysis.ScoredIncident) string {
	for _, s := range r.Sites {
		if s.Name == in.Site {
			return s.Zone
		}
	}
	return cmp.Or(r.Zone, "UTC")
}

// changed says what changed, in sentences; of several sites for each.
func changed(r *analysis.Report) string {
	var sites []string
	for _, s := range r.Sites {
		if text := changed(s.Report); text != "" {
			sites = append(sites, "Site "+s.Name+": "+text)
		}
	}
	p := r.Past
	if len(sites) > 0 {
		return strings.Join(sites, " ")
	}
	if p == nil {
		return ""
	}
	var said []string
	if p.Compared != nil {
		var parts []string
		for _, c := range p.Totals {
			if c.Now == 0 && c.Before != nil && *c.Before == 0 {
				continue
			}
			name := c.Name
			if c.Now == 1 {
				name = strings.Replace(strings.TrimSuffix(name, "s"), "records of incident", "record of incidents", 1)
			}
			parts = append(parts, number(c.Now)+" "+name+beside(c))
		}
		if len(parts) > 0 {
			said = append(said, "Against "+p.Compared.Words+": "+strings.Join(parts, ", ")+".")
		}
	} else {
		said = append(said, fmt.Sprintf("There is no report on the time before to compare with; %s of this site %s known, the first on %s.",
			count(p.Reports, "earlier report", "earlier reports"), map[bool]string{true: "is", false: "are"}[p.Reports == 1], p.Since.Format("2 January 2006")))
	}
	s := p.Sources
	var parts []string
	for _, x := range [...]struct {
		n         int
		one, many string
	}{{s.New, "is new", "are new"}, {s.Returning, "returned", "returned"}, {s.Staying, "was there in the report before", "were there in the report before"}} {
		if x.n == 1 {
			parts = append(parts, "1 "+x.one)
		} else if x.n > 1 {
			parts = append(parts, number(x.n)+" "+x.many)
		}
	}
	if len(parts) > 0 {
		said = append(said, "Of the sources "+enumerated(parts)+".")
	}
	if s.Gone > 0 {
		said = append(said, fmt.Sprintf("%s of %s did not come back.", count(s.Gone, "source", "sources"), p.Compared.Words))
	}
	if n := len(p.Continuing); n > 0 {
		said = append(said, fmt.Sprintf("%s from before.", count(n, "incident goes on", "incidents go on")))
	}
	return strings.Join(said, " ")
}

// beside is what stands behind a total: that of the report before, the change, and the usual range.
func beside(c analysis.Change) string {
	if c.Before == nil {
		return ""
	}
	text := " (" + number(*c.Before)
	if c.Now != *c.Before && *c.Before != 0 && c.Now != 0 {
		text += ", " + change(c)
	}
	if c.Unusual() {
		text += "; usually " + strings.TrimSuffix(strings.TrimSuffix(usual(c), ", above"), ", below")
	}
	return text + ")"
}

// enumerated joins words as a sentence does.
func enumerated(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// dimensionWords is what a name of a dimension is called in a sentence, and whether it is worth one where it is usually not there at
// all: hardly any month is without a port that nobody had tried before.
var dimensionWords = []struct {
	of    analysis.Dimension
	word  string
	asNew bool
}{{analysis.ByKind, "kind", true}, {analysis.ByService, "service", false}, {analysis.ByTarget, "target", true}}

// unusual are the counts that are farthest outside of what is usual.
func unusual(r *analysis.Report, limit int) []inline {
	if r.Past == nil {
		return nil
	}
	type row struct {
		far  float64
		text inline
	}
	var rows []row
	titles := kindTitles(r)
	for _, c := range r.Past.Changes {
		if !c.Unusual() {
			continue
		}
		for _, d := range dimensionWords {
			if d.of != c.Dimension || c.Usual.High == 0 && !d.asNew || c.Now == 0 && d.of == analysis.ByKind { // nobody knows the name of one that is gone
				continue
			}
			edge, side := c.Usual.High, "above"
			if c.Now < c.Usual.Low {
				edge, side = c.Usual.Low, "below"
			}
			far := math.Abs(math.Log2(float64(c.Now+1) / float64(edge+1)))
			between := number(c.Usual.Low)
			if c.Usual.High != c.Usual.Low {
				between += " to " + number(c.Usual.High)
			}
			name := code(c.Name)
			if t := titles[c.Name]; t != "" && c.Dimension == analysis.ByKind {
				name = text("“" + t + "”")
			}
			rows = append(rows, row{far, inline{text(d.word + " "), name, text(": " + count(c.Now, "record", "records") + ", " + side + " the usual " + between)}})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.far, a.far) })
	var list []inline
	for _, x := range rows[:min(limit, len(rows))] {
		list = append(list, x.text)
	}
	return list
}

// stillOpen are the recommendations of earlier reports that nobody has ticked and that are not among this report's own.
func stillOpen(r *analysis.Report, own []task) []analysis.OpenAdvice {
	var all []analysis.OpenAdvice
	if r.Past != nil {
		all = slices.Clone(r.Past.Open)
	}
	for _, s := range r.Sites {
		for _, o := range stillOpen(s.Report, own) {
			if !slices.ContainsFunc(all, func(known analysis.OpenAdvice) bool { return known.ID == o.ID }) {
				all = append(all, o)
			}
		}
	}
	return slices.DeleteFunc(all, func(o analysis.OpenAdvice) bool {
		return slices.ContainsFunc(own, func(t task) bool { return t.ID == o.ID })
	})
}

// trendChart shows the incidents of this report and of those before.
func trendChart(r *analysis.Report) inline {
	if !compared(r) || r.Counts == nil {
		return nil
	}
	c := &chart.Bars{Title: "Incidents by report, the latest last"}
	for _, t := range r.Past.Trend {
		c.Rows = append(c.Rows, chart.Bar{Count: t.Incidents, Name: t.Words})
	}
	now := "this report"
	if r.Window != nil {
		now = r.Window.Words()
	}
	c.Rows = append(c.Rows, chart.Bar{Count: r.Counts.Incidents, Name: now})
	return chartBlock(c)
}

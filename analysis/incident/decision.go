package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// Ref names an incident of an earlier run. When its id is found no more, because later logs
// extended, split or joined the incident, its sources and its time find what became of it.
type Ref struct {
	ID          string
	Sources     []string // addresses or names
	First, Last time.Time
}

// Verb is what a decision does.
type Verb string

// The verbs of decisions.
const (
	Dismiss Verb = "dismiss"
	Merge   Verb = "merge"
	Split   Verb = "split"
)

// Decision is an analyst's word on an incident that overrules the grouping.
type Decision struct {
	Ref
	Verb    Verb
	Into    Ref       // of Merge
	At      time.Time // of Split: what begins then or later is another incident; zero splits by source
	Reason  string
	Title   string // as it was called when it was decided
	Records int    // that it had then; 0 when nobody knows
}

// Words says what was decided, as the report's appendix has it.
func (d *Decision) Words(zone *time.Location) string {
	switch d.Verb {
	case Merge:
		return "merged into " + d.Into.ID
	case Split:
		if d.At.IsZero() {
			return "split by source"
		}
		return "split at " + d.At.In(zone).Format("2006-01-02 15:04:05")
	}
	return "dismissed"
}

// siteOf is what begins the ids of a site's incidents in a report on several sites.
func siteOf(id string) string {
	site, _, ok := strings.Cut(id, "-")
	if !ok {
		return ""
	}
	return site
}

// Successor finds which of n incidents a Ref means now; −1 when it is gone. at gives the i-th of them,
// of which the id, the sources and the times are looked at.
func Successor(r Ref, n int, at func(i int) *analysis.Incident) int {
	for i := range n {
		if at(i).ID == r.ID {
			return i
		}
	}
	best, shared := -1, 0
	for i := range n {
		in := at(i)
		if siteOf(r.ID) != siteOf(in.ID) {
			continue // several sites may have the same source at the same time
		}
		if r.ID == "" || r.First.IsZero() || in.Last.Before(r.First) || r.Last.Before(in.First) {
			continue
		}
		n := 0
		for _, s := range in.Sources {
			if slices.ContainsFunc(r.Sources, func(want string) bool { return isSource(s, want) }) {
				n++
			}
		}
		if n > shared {
			best, shared = i, n
		}
	}
	if best >= 0 || r.ID == "" {
		return best
	}
	for i := range n {
		// Stamps without a year may be taken to be of another one than before.
		in := at(i)
		if slices.ContainsFunc(in.Sources, func(s analysis.Source) bool {
			return slices.ContainsFunc(r.Sources, func(want string) bool { return isSource(s, want) })
		}) && sameDay(r.First, in.First) && sameDay(r.Last, in.Last) {
			return i
		}
	}
	return -1
}

// sameDay reports whether two times are the same but for their year.
func sameDay(a, b time.Time) bool {
	const layout = "01-02 15:04:05"
	return !a.IsZero() && !b.IsZero() && a.Format(layout) == b.In(a.Location()).Format(layout)
}

func isSource(s analysis.Source, want string) bool {
	return want != "" && (s.IP == want || strings.EqualFold(s.Name, want))
}

// cluster is what becomes one incident.
type cluster struct {
	groups []*group
	id     string
	order  string   // the id that it has without pseudonyms: order must not depend on them
	why    []string // decisions that joined it
}

// first is the time of the first record.
func (c *cluster) first() int64 {
	t, _ := period(c.groups)
	return t
}

// decide changes the grouping as the analyst decided, and tells what became of each decision. It
// returns the clusters that stay and, in the order of the decisions, those that were dismissed.
func (b *Builder) decide(sets [][]*group, file func(int) string) (stay []cluster, decided []analysis.Decided, limits []string) {
	stay = make([]cluster, len(sets))
	b.share(len(sets), func(_ *reaching, i int) { stay[i] = b.cluster(sets[i]) })
	if b.stopped() {
		return nil, nil, nil
	}
	if len(b.o.Decisions) == 0 {
		return stay, nil, nil
	}
	find := func(r Ref) int {
		list := make([]analysis.Incident, len(stay))
		for i, c := range stay {
			first, last := period(c.groups)
			list[i] = analysis.Incident{ID: c.id, First: instant(first), Last: instant(last)}
			for _, g := range c.groups {
				list[i].Sources = append(list[i].Sources, g.source())
			}
		}
		return Successor(r, len(list), func(i int) *analysis.Incident { return &list[i] })
	}
	zone := cmp.Or(b.o.Zone, time.UTC)
	tell := func(d *Decision, in *analysis.Incident) {
		t := analysis.Decided{ID: d.ID, Verdict: d.Words(zone), Title: d.Title, Reason: d.Reason, First: d.First, Last: d.Last, Records: d.Records, Into: d.Into.ID}
		for _, s := range d.Sources {
			t.Sources = append(t.Sources, analysis.Source{IP: s})
		}
		if in != nil {
			t.Found, t.Sources, t.First, t.Last, t.Lines = true, in.Sources, in.First, in.Last, in.Lines
			t.Incident = in
			if d.Records == 0 {
				t.Records = in.Records
			}
			t.Grown = max(in.Records-t.Records, 0)
		}
		decided = append(decided, t)
	}
	// Splits first, so that parts can be joined and dismissed; dismissals last.
	for _, verb := range [...]Verb{Split, Merge, Dismiss} {
		for k := range b.o.Decisions {
			d := &b.o.Decisions[k]
			if d.Verb != verb {
				continue
			}
			i := find(d.Ref)
			if i < 0 {
				tell(d, nil)
				continue
			}
			in := b.makeIncident(stay[i].groups, file)
			in.ID = stay[i].id
			switch verb {
			case Split:
				parts := b.split(stay[i], d.At)
				if parts == nil {
					limits = append(limits, fmt.Sprintf("incident %s cannot be %s: it has one source, nothing on one side of that time, or more records than are kept", d.ID, d.Words(zone)))
				} else {
					stay = slices.Replace(stay, i, i+1, parts...)
				}
			case Merge:
				j := find(d.Into)
				if j < 0 || j == i {
					limits = append(limits, fmt.Sprintf("incident %s cannot be merged into %s: there is no such other incident", d.ID, d.Into.ID))
					tell(d, nil)
					continue
				}
				d.Into.ID = stay[j].id
				stay[j].groups = append(slices.Clone(stay[j].groups), stay[i].groups...)
				stay[j].why = append(stay[j].why, "the analyst's decision: "+strings.TrimSuffix(d.Reason, "."))
				stay = slices.Delete(stay, i, i+1)
			case Dismiss:
				stay = slices.Delete(stay, i, i+1)
			}
			tell(d, &in)
		}
	}
	return stay, decided, limits
}

// split parts a cluster by its sources, or at a time. The part with the first detect keeps the id.
// It returns nil when there is nothing to part.
func (b *Builder) split(c cluster, at time.Time) []cluster {
	var sets [][]*group
	if at.IsZero() {
		by := map[*sourceKey]int{}
		for _, g := range c.groups {
			i, ok := by[g.key]
			if !ok {
				i = len(sets)
				by[g.key] = i
				sets = append(sets, nil)
			}
			sets[i] = append(sets[i], g)
		}
	} else {
		sets = make([][]*group, 2)
		when := at.UnixNano()
		for _, g := range c.groups {
			if s := g.span; s.first < when && s.last >= when && !b.hasParts(s, b.unpack(&s.packed, nil)) {
				return nil
			}
		}
		for _, g := range c.groups {
			before, after := b.cut(g, when)
			if before != nil {
				sets[0] = append(sets[0], before)
			}
			if after != nil {
				sets[1] = append(sets[1], after)
			}
		}
	}
	if len(sets) < 2 || len(sets[0]) == 0 || len(sets[1]) == 0 {
		return nil
	}
	var out []cluster
	for _, set := range sets {
		if at.IsZero() {
			for _, g := range set {
				if g.extra != nil {
					g.extra.joined = nil
				}
			}
		}
		out = append(out, b.cluster(set))
	}
	return out
}

// cut parts a group at a time, in nanoseconds since 1970; a side without records is nil. A group that goes beyond the time must have parts.
func (b *memory) cut(g *group, at int64) (before, after *group) {
	if g.span.first >= at {
		return nil, g
	}
	if g.span.last < at {
		return g, nil
	}
	var sides [2]*span
	for _, s := range b.singles(spans{g.span}) {
		i := 0
		if s.first >= at {
			i = 1
		}
		if sides[i] == nil {
			sides[i] = s
		} else {
			b.absorb(sides[i], s)
		}
	}
	var out [2]*group
	for i, s := range sides {
		b.room = b.room[:0]
		b.open(s)
		s.sort()
		n := *g
		if n.span, n.detect = s, b.firstDetect(s); g.extra != nil {
			own := *g.extra
			n.extra = &own
		}
		b.shut(s)
		out[i] = &n
	}
	return out[0], out[1]
}

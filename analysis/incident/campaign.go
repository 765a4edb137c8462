package incident

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/uniq"
)

// Signatures tells which marks of a group are distinctive enough to join sources.
type Signatures struct {
	Login  func(user string) (string, bool)
	Port   func(proto string, port int) bool
	Sensor func(signature string) (string, bool)
}

// signature is one distinctive mark: what it is and its value.
type signature struct{ kind, value string }

func (s signature) String() string {
	switch s.kind {
	case "login":
		return "the same login string " + analysis.Quoted(s.value)
	case "port":
		return "the same uncommon port " + s.value
	}
	return "a sensor's signature that names the same tool, " + analysis.Quoted(s.value)
}

// marking is memory to list marks in.
type marking struct {
	services servicesRoom
	values   uniq.List[string]
	list     []signature
}

// signatures lists the distinctive marks of an open span. What touches more than Options.Ports ports is a sweep, and none of
// its ports says who it is. The list is valid until the next one is made.
func (b *memory) signatures(span *span, o Options) []signature {
	m := &b.marking
	m.list = m.list[:0]
	add := func(kind, value string) { m.list = append(m.list, signature{kind, value}) }
	services := b.servicesIn(span, &m.services)
	ports := 0 // no two have the same port and protocol
	for _, s := range services {
		if s.Port != 0 {
			ports++
		}
	}
	if ports <= o.Ports && o.Signatures.Port != nil {
		for _, s := range services {
			if s.Port != 0 && o.Signatures.Port(s.Proto, s.Port) {
				add("port", strconv.Itoa(s.Port)+"/"+s.Proto)
			}
		}
	}
	for _, of := range [...]struct {
		kind  string
		field field
		mark  func(string) (string, bool)
	}{{"login", fieldUser, o.Signatures.Login}, {"sensor", fieldSignature, o.Signatures.Sensor}} {
		if of.mark == nil {
			continue
		}
		m.values.Reset()
		b.eachValue(span, of.field, &m.values)
		for _, v := range m.values.All {
			if mark, ok := of.mark(v); ok {
				add(of.kind, mark)
			}
		}
	}
	slices.SortFunc(m.list, func(a, b signature) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.value, b.value))
	})
	return slices.Compact(m.list)
}

// sortGroups sorts groups by their times and sources: no two have the same ones.
func sortGroups(groups []*group) {
	type timed struct {
		first int64 // of the group, at hand: there may be very many
		*group
	}
	list := make([]timed, len(groups))
	for i, g := range groups {
		list[i] = timed{g.span.first, g}
	}
	slices.SortFunc(list, func(x, y timed) int {
		if x.first != y.first {
			return cmp.Compare(x.first, y.first)
		}
		return cmp.Or(cmp.Compare(x.span.last, y.span.last), compareKeys(*x.key, *y.key))
	})
	for i := range list {
		groups[i] = list[i].group
	}
}

// campaigns joins groups of different sources that carry the same signature when the time from the
// end of one to the start of the other is at most Options.Campaign, and what is joined that way
// with each other. It returns the sets in the order of their first group.
func (b *Builder) campaigns(groups []*group) [][]*group {
	sortGroups(groups)
	parent := make([]int, len(groups))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	active := map[signature][]*strand{}
	for i, g := range groups {
		if i%256 == 0 && b.stopped() {
			return nil
		}
		if !g.marked {
			b.room = b.room[:0]
			span := b.openCopy(g.span, &spanMore{})
			g.mark(b.signatures(&span, b.o))
		}
		for _, sig := range g.has().marks {
			mine := &strand{group: i}
			mine.extend(g)
			joins := false
			var still []*strand
			for _, s := range active[sig] {
				if g.span.first-s.end() > int64(b.o.Campaign) {
					continue // and so is every later group
				}
				if !s.reaches(g, b.o.Campaign) {
					still = append(still, s)
					continue
				}
				if ri, rj := root(i), root(s.group); ri != rj {
					parent[max(ri, rj)] = min(ri, rj)
				}
				joins = true
				mine.merge(s)
			}
			if joins {
				g.own().joined = append(g.own().joined, sig.String())
			}
			active[sig] = append(still, mine)
		}
	}
	// The sets stand in one list, each behind the one before it.
	size, n := make([]int, len(groups)), 0
	for i := range groups {
		r := root(i)
		if size[r]++; size[r] == 1 {
			n++
		}
	}
	sets, all := make([][]*group, 0, n), make([]*group, len(groups))
	place := make([]int, len(groups))
	for i, g := range groups {
		r := root(i)
		if r == i {
			place[i] = len(sets)
			sets, all = append(sets, all[:0:size[i]]), all[size[i]:]
		}
		sets[place[r]] = append(sets[place[r]], g)
	}
	return sets
}

// strand is a set of groups already joined by one signature. Of its ends, only the latest and the
// latest of another source can matter.
type strand struct {
	group  int
	latest [2]struct {
		key *sourceKey
		end int64
		set bool
	}
}

func (s *strand) end() int64 { return s.latest[0].end }

// reaches reports whether a group of another source in the strand ends within the campaign's reach
// of g's start.
func (s *strand) reaches(g *group, campaign time.Duration) bool {
	for _, l := range s.latest {
		if l.set && l.key != g.key && g.span.first-l.end <= int64(campaign) {
			return true
		}
	}
	return false
}

func (s *strand) extend(g *group) { s.note(g.key, g.span.last) }

func (s *strand) merge(o *strand) {
	for _, l := range o.latest {
		if l.set {
			s.note(l.key, l.end)
		}
	}
}

func (s *strand) note(key *sourceKey, end int64) {
	l := &s.latest
	switch {
	case l[0].set && l[0].key == key:
		if end > l[0].end {
			l[0].end = end
		}
		return
	case l[1].set && l[1].key == key:
		if end <= l[1].end {
			return
		}
		l[1].end = end
	case !l[0].set:
		l[0].key, l[0].end, l[0].set = key, end, true
		return
	case !l[1].set || end > l[1].end:
		l[1].key, l[1].end, l[1].set = key, end, true
	default:
		return
	}
	if l[1].end > l[0].end {
		l[0], l[1] = l[1], l[0]
	}
}

// joinKey is a text that sorts and compares sources.
func (k sourceKey) String() string {
	switch {
	case k.ip.IsValid():
		return k.ip.String()
	case k.name != "":
		return k.name
	}
	return strings.TrimSpace(strings.TrimSpace("unknown "+k.host) + " " + k.user)
}

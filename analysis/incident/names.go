package incident

import (
	"cmp"
	"container/heap"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// statement is a name that a record of a host states together with an address.
type statement struct{ host, name string }

// state notes that a record states the address of its source and its name together.
func (b *Builder) state(k *kept, ip netip.Addr, src *sourceSpans) {
	host, name := b.facts[k.facts].Host, b.nameOf(k) // as they are kept: what is equal stands in the same place
	n := stated{ip, k.at, k.at}
	if len(src.names) > 0 {
		if c := &src.names[src.latest]; c.name == name && c.host == host {
			c.with(n, int64(b.o.Gap))
			return
		}
	}
	b.claimOf(src, host, lower(name)).with(n, int64(b.o.Gap))
}

// claimOf is the claim of a source that a name is its own; it is the latest one then.
func (b *Builder) claimOf(src *sourceSpans, host, name string) *claim {
	const few = 16 // names that one address has; whoever holds its reverse zone can give it any number
	if src.named == nil && len(src.names) > few {
		src.named = make(map[statement]int32, 2*few)
		for i := range src.names {
			src.named[src.names[i].statement] = int32(i)
		}
	}
	i, known := int32(0), false
	if src.named != nil {
		i, known = src.named[statement{host, name}]
	} else if at := slices.IndexFunc(src.names, func(c claim) bool { return c.name == name && c.host == host }); at >= 0 {
		i, known = int32(at), true
	}
	if !known {
		i = int32(len(src.names))
		src.names = append(src.names, claim{statement: statement{b.keep(host), b.keep(name)}})
		if src.named != nil {
			src.named[src.names[i].statement] = i
		}
	}
	src.latest = i
	return &src.names[i]
}

// lower is strings.ToLower, of names that mostly are so.
func lower(name string) string {
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(name)
		}
	}
	return name
}

// claim is a name of one source and when it was stated.
type claim struct {
	statement
	list    []stated
	forward bool // of one address, in order of time and further than the gap apart
}

// with adds a time.
func (c *claim) with(n stated, gap int64) *claim {
	at := n.first
	// A log runs forward: what was stated last is nearly always what is stated again.
	list := c.list
	i := len(list) - 1
	switch {
	case i >= 0 && list[i].near(n, gap) && at >= list[i].first && (i == 0 || at <= list[i].last):
		list[i].last = max(list[i].last, at)
	case i < 0 || c.forward && list[i].ip == n.ip && at-list[i].last > gap:
		c.list, c.forward = append(list, n), true
	default:
		c.join(n, gap)
		c.forward = len(c.list) == 1
	}
	return c
}

// join adds a time: what lies within the gap of it becomes one interval, and nothing else of the address does.
func (c *claim) join(n stated, gap int64) {
	c.list = append(slices.DeleteFunc(c.list, func(o stated) bool {
		if !o.near(n, gap) {
			return false
		}
		n.first, n.last = min(n.first, o.first), max(n.last, o.last)
		return true
	}), n)
}

// near reports whether two times of one address are within the gap.
func (s stated) near(o stated, gap int64) bool {
	return s.ip == o.ip && o.first-s.last <= gap && s.first-o.last <= gap
}

// addresses are those that the named of some sources were stated with; nil for a name that was stated with none.
func (b *Builder) addresses(nameless []sourceKey) map[statement]*whereabouts {
	lists := map[statement][]stated{}
	for _, key := range nameless {
		if s := (statement{key.host, key.name}); key.name != "" {
			if _, known := lists[s]; !known {
				lists[s] = slices.Concat(slices.Collect(maps.Values(b.stated[s]))...)
			}
		}
	}
	found := map[statement]*whereabouts{}
	if len(lists) == 0 {
		return found
	}
	for _, src := range b.sources.all {
		for _, c := range src.names {
			if list, wanted := lists[c.statement]; wanted {
				lists[c.statement] = append(list, c.list...)
			}
		}
	}
	for s, list := range lists {
		if len(list) > 0 {
			found[s] = newWhereabouts(list)
		}
	}
	return found
}

// stateBeyond notes that a name was stated with an address of a source that is not told apart.
func (b *Builder) stateBeyond(s statement, n stated) {
	of := b.stated[s]
	if of == nil {
		of = map[netip.Addr][]stated{}
		b.stated[statement{b.keep(s.host), b.keep(s.name)}] = of
	}
	of[n.ip] = (&claim{list: of[n.ip]}).with(n, int64(b.o.Gap)).list
}

// whereabouts tell which address had a name at a time: whoever holds a reverse zone can give one name to any number of them.
type whereabouts struct {
	list  []stated
	parts []part // of time, ascending; each ends where the next begins
}

// part is a time in which the same addresses are stated.
type part struct {
	from  int64
	ip    netip.Addr // the smallest one that is; none where the zero Addr is
	ended netip.Addr // the smallest one that was until then
}

func newWhereabouts(list []stated) *whereabouts {
	w := &whereabouts{list: list}
	slices.SortFunc(list, compareStated)
	starts, ends := slices.Clone(list), slices.Clone(list)
	slices.SortStableFunc(starts, func(a, b stated) int { return cmp.Compare(a.first, b.first) })
	slices.SortStableFunc(ends, func(a, b stated) int { return cmp.Compare(a.last, b.last) })
	var now smallestFirst
	for len(ends) > 0 {
		at := ends[0].last + 1
		if len(starts) > 0 {
			at = min(at, starts[0].first)
		}
		p := part{from: at}
		for ; len(starts) > 0 && starts[0].first == at; starts = starts[1:] {
			heap.Push(&now, starts[0])
		}
		for ; len(ends) > 0 && ends[0].last < at; ends = ends[1:] {
			if !p.ended.IsValid() {
				p.ended = ends[0].ip
			}
		}
		for len(now) > 0 && now[0].last < at {
			heap.Pop(&now)
		}
		if len(now) > 0 {
			p.ip = now[0].ip
		}
		w.parts = append(w.parts, p)
	}
	return w
}

// nearest gives to try the address that the name was stated with nearest to a time, and how far from it; of several, the smallest.
func (w *whereabouts) nearest(first, last int64, try func(netip.Addr, time.Duration)) {
	if first != last { // hardly ever
		s := span{first: first, last: last}
		for _, v := range w.list {
			try(v.ip, s.distance(v.first, v.last))
		}
		return
	}
	i, exact := slices.BinarySearchFunc(w.parts, first, func(p part, at int64) int { return cmp.Compare(p.from, at) })
	if exact {
		i++
	}
	if i > 0 {
		if p := &w.parts[i-1]; p.ip.IsValid() {
			try(p.ip, 0)
			return
		} else if p.ended.IsValid() {
			try(p.ended, time.Duration(first-(p.from-1)))
		}
	}
	if i < len(w.parts) {
		try(w.parts[i].ip, time.Duration(w.parts[i].from-first))
	}
}

// smallestFirst is a heap of what is stated, the smallest address first.
type smallestFirst []stated

func (h smallestFirst) Len() int           { return len(h) }
func (h smallestFirst) Less(i, j int) bool { return compareStated(h[i], h[j]) < 0 }
func (h smallestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *smallestFirst) Push(v any)        { *h = append(*h, v.(stated)) }
func (h *smallestFirst) Pop() any {
	v := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return v
}

func compareStatements(a, b statement) int {
	return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.name, b.name))
}

func compareStated(a, b stated) int {
	return cmp.Or(a.ip.Compare(b.ip), cmp.Compare(a.first, b.first))
}

// stated is an address that a name was stated with, and when, in nanoseconds since 1970.
type stated struct {
	ip          netip.Addr
	first, last int64
}

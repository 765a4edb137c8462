package incident

import (
	"cmp"
	"math"
	"slices"

	"practicum/analysis"
)

// Merge adds all that another Builder with the same Options was given, as if b had been given it. inputs says which rank
// each input of o has from now on; the ranks in b stay. It does not matter in which order Builders are merged. o must not
// be used afterwards. Records that both have are copies, as AddCopy says, and copy is called with the rank of the input of each; a nil
// copy says that there are none. The result is false where records that are not kept may be copies.
func (b *Builder) Merge(o *Builder, inputs []int, copy func(input int)) bool {
	clear := true
	b.beyond.records += o.beyond.records
	b.beyond.lines += o.beyond.lines
	for statement, by := range o.stated {
		for _, list := range by {
			b.addStated(statement, list)
		}
	}
	for b.halvings < o.halvings {
		b.halve()
	}
	m := newMoved(o.tables, b.tables)
	for _, key := range o.sortedKeys() {
		clear = b.mergeSource(key, o, m, inputs, copy) && clear
		for b.sources.len() > b.o.Sources {
			b.halve()
		}
		if b.crowded() {
			b.tidy()
			m = newMoved(o.tables, b.tables)
		}
	}
	return clear
}

// addStated notes that an address and a name were stated together, of a source that is not told apart.
func (b *Builder) addStated(s statement, list []stated) {
	for _, n := range list {
		b.stateBeyond(s, n)
	}
}

// mergeSource adds a source of o.
func (b *Builder) mergeSource(key sourceKey, o *Builder, m *moved, inputs []int, copy func(int)) (clear bool) {
	from := o.sources.of(key)
	if !b.keeps(key) {
		for _, c := range from.names {
			b.addStated(c.statement, c.list)
		}
		records, lines := o.total(from)
		b.beyond.records += records
		b.beyond.lines += lines
		return copy == nil
	}
	key.name, key.host, key.user = b.keep(key.name), b.keep(key.host), b.keep(key.user)
	src := b.source(key)
	rank := func(input int32) int32 { return int32(inputs[input]) }
	move := func(list []kept) {
		for i := range list {
			m.move(&list[i])
			list[i].input = rank(list[i].input)
		}
	}
	theirs := &sourceSpans{}
	for _, f := range from.detects {
		theirs.detects = append(theirs.detects, b.copied(f, o, move, rank))
	}
	for _, f := range from.context {
		theirs.context = append(theirs.context, b.copied(f, o, move, rank))
	}
	o.room = o.unpack(&from.loose, o.room[:0])
	move(o.room)
	for i := range o.room {
		b.pack(&theirs.loose, &o.room[i])
	}
	clear = true
	if copy != nil {
		clear = b.allKept(src, theirs) && b.allKept(theirs, src)
		b.takeOutCopies(src, theirs, copy)
	}
	for _, s := range theirs.detects {
		b.merge(&src.detects, b.o.Gap, s)
	}
	for _, s := range theirs.context {
		b.merge(&src.context, nearby, s)
	}
	b.room = b.unpack(&theirs.loose, b.room[:0])
	for i := range b.room {
		b.addContext(src, &b.room[i])
	}
	b.room = b.room[:0]
	b.release(theirs.loose.data)
	for _, c := range from.names {
		mine := b.claimOf(src, c.host, c.name)
		for _, n := range c.list {
			mine.join(n, int64(b.o.Gap))
		}
	}
	return clear
}

// allKept reports whether one source's spans have all their records of the times that another's have some of.
func (b *Builder) allKept(src, other *sourceSpans) bool {
	from, to := b.extent(other)
	for _, list := range [...]spans{src.detects, src.context} {
		for _, s := range list {
			if !s.pruned || s.first > to || from > s.last {
				continue
			}
			b.room = b.room[:0]
			b.open(s)
			b.settle(s)
			refs := s.refs()
			if len(refs) <= maxRefs-lastRefs {
				b.shut(s)
				b.room = b.room[:0]
				return false
			}
			begin, end := refs[maxRefs-lastRefs-1].at, refs[maxRefs-lastRefs].at // what is between them was let go of
			b.shut(s)
			b.room = b.room[:0]
			if from <= end && begin <= to {
				return false
			}
		}
	}
	return true
}

// copied is a span of o as one of b.
func (b *Builder) copied(f *span, o *Builder, move func([]kept), rank func(int32) int32) *span {
	s := b.newSpan()
	s.first, s.last, s.records, s.lines, s.connections, s.pruned = f.first, f.last, f.records, f.lines, f.connections, f.pruned
	if d := f.beyond(); d != nil {
		s.own().beyond = d
	}
	for _, c := range f.inputs() {
		c.input = rank(c.input)
		s.countInput(c)
	}
	o.room = o.unpack(&f.packed, o.room[:0])
	move(o.room)
	for i := range o.room {
		b.take(s, &o.room[i])
	}
	return s
}

// twin is what records have in common of which one is a copy of the other.
type twin struct {
	at          int64
	facts, user uint32
	name        string
	request     string // to a web server: in one second it may get several
	tail        string // of the request, behind the size of its answer
	size        int64
	pid         int32
	port        uint16
	srcPort     uint16
}

// twins are the records of one input that are alike, of one of two Builders.
type twins struct {
	input int32
	other bool
	kept  int
}

// takeOutCopies takes records out of two sets of spans of one source where both have them. Of each record as many stay as the
// input with the most has, the first of these in the inputs that come first: the same ones as if the inputs had been added one after the other.
func (b *Builder) takeOutCopies(src, other *sourceSpans, copy func(int)) {
	first, last := b.extent(src)
	from, to := b.extent(other)
	if first > to || from > last {
		return // most logs follow each other
	}
	all := map[twin][]twins{}
	note := func(isOther bool) func(*kept) {
		return func(k *kept) {
			if k.at < max(first, from) || k.at > min(last, to) {
				return
			}
			key := b.twinOf(k)
			list := all[key]
			i := slices.IndexFunc(list, func(t twins) bool { return t.input == k.input && t.other == isOther })
			if i < 0 {
				i = len(list)
				list = append(list, twins{k.input, isOther, 0})
			}
			list[i].kept++
			all[key] = list
		}
	}
	b.each(src, note(false))
	b.each(other, note(true))
	type place struct {
		twin
		input int32
	}
	out := map[place]int{} // how many of an input are copies
	for key, list := range all {
		slices.SortFunc(list, func(a, b twins) int { return cmp.Compare(a.input, b.input) })
		total, had := 0, map[bool]int{}
		for _, t := range list {
			n := had[t.other] + t.kept // so many the input has, those that were copies before among them
			had[t.other] = n
			if stay := max(0, n-total); stay < t.kept {
				out[place{key, t.input}] = t.kept - stay
			}
			total = max(total, n)
		}
	}
	if len(out) == 0 {
		return
	}
	for _, s := range [...]*sourceSpans{src, other} {
		b.fold(s)
		for _, list := range [...]spans{s.detects, s.context} {
			for _, span := range list {
				b.room = b.room[:0]
				b.open(span)
				refs := span.refs()
				slices.SortFunc(refs, func(a, b kept) int { return compareKept(&a, &b) })
				stay := refs[:0]
				for _, k := range refs {
					at := place{b.twinOf(&k), k.input}
					if out[at] == 0 {
						stay = append(stay, k)
						continue
					}
					out[at]--
					b.discount(span, &k)
					copy(int(k.input))
				}
				span.more.refs, span.more.changed, span.unsorted = stay, true, false
				b.shut(span)
			}
		}
	}
	b.room = b.room[:0]
}

func (b *Builder) twinOf(k *kept) twin {
	s := &b.told[b.said[k.said].told]
	t := twin{at: k.at, facts: k.facts, user: k.user, name: b.nameOf(k), pid: k.pid, port: k.port, srcPort: k.srcPort}
	if isRequest(s.message) {
		t.request, t.size, t.tail = s.message, k.size, s.tail
	}
	return t
}

// discount makes of a record that a span counts a copy, whose lines alone count.
func (b *Builder) discount(s *span, k *kept) {
	b.spent++
	lines := int32(b.lines(k))
	s.records, s.lines = s.records-1, s.lines-lines
	if f := &b.facts[k.facts]; f.tries == analysis.TriesConnection && !b.isContext(k) {
		s.connections -= int64(f.Count)
	}
	s.countInput(inputCount{k.input, -1, 0})
}

// extent is from the first to the last record of a source; of none, nothing is within it.
func (b *Builder) extent(src *sourceSpans) (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	for _, list := range [...]spans{src.detects, src.context} {
		if n := len(list); n > 0 {
			first, last = min(first, list[0].first), max(last, list[n-1].last)
		}
	}
	b.room = b.unpack(&src.loose, b.room[:0])
	for i := range b.room {
		first, last = min(first, b.room[i].at), max(last, b.room[i].at)
	}
	b.room = b.room[:0]
	return first, last
}

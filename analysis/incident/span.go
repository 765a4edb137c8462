package incident

import (
	"cmp"
	"slices"
	"time"

	"practicum/analysis"
)

const (
	// maxRefs is how many records of one span are kept with all that they say; the first and the
	// last in time stay. Counts are exact all the same.
	maxRefs  = 4096
	lastRefs = 256
	// A span is pruned when it has firstPruned records, and again each time that it has laterPruned: how often does not matter, but
	// putting records in order takes time.
	firstPruned = 2 * maxRefs
	laterPruned = 4 * maxRefs
	// maxDistinct caps each set of distinct values of a span that outgrew maxRefs.
	maxDistinct = 4096
)

// span is an unbroken time of one source: its records lie at most a gap apart.
type span struct {
	first, last int64 // nanoseconds since 1970
	packed      packed
	records     int32
	lines       int32
	input       inputCount
	connections int64     // exact number of completed connections, repeats counted
	pruned      bool      // the records are a sample
	unsorted    bool      // the records are not in the order of compareKept
	more        *spanMore // nil where there is nothing
}

// spanMore is what a span has while it is open, and what few spans have at all.
type spanMore struct {
	refs     []kept       // while the span is open: its records
	changed  bool         // refs is not what packed has
	perInput []inputCount // of more than one input; nil while all is of the one in input
	beyond   *distinct
}

// refs are the records of an open span.
func (s *span) refs() []kept {
	if s.more == nil {
		return nil
	}
	return s.more.refs
}

// beyond is what the records told that were pruned; nil where there are none.
func (s *span) beyond() *distinct {
	if s.more == nil {
		return nil
	}
	return s.more.beyond
}

// own is what the span has more, to be changed.
func (s *span) own() *spanMore {
	if s.more == nil {
		s.more = &spanMore{}
	}
	return s.more
}

// inputCount counts the lines of a span in one input.
type inputCount struct{ input, records, lines int32 }

// distinct holds what the records that were pruned told, each once: of more than maxDistinct values those whose hashes are
// the smallest, so that it does not matter in which order they came.
type distinct struct {
	services map[analysis.Service]bool
	values   map[field]map[string]bool
	quarters map[int64]int // records, by analysis.Quarter since 1970
	full     bool

	// What has a larger hash is none of the smallest ones, once there were too many; 0 before.
	mostService uint64
	most        [fieldAction + 1]uint64
}

func newDistinct() *distinct {
	return &distinct{services: map[analysis.Service]bool{}, values: map[field]map[string]bool{}, quarters: map[int64]int{}}
}

type field uint8

const (
	fieldUser field = iota
	fieldHost
	fieldTarget
	fieldTargetIP
	fieldKind
	fieldSignature
	fieldFormat
	fieldAction
)

// span makes a span of one record.
func (b *memory) span(k *kept, lines int) *span {
	s := b.newSpan()
	s.first, s.last = k.at, k.at
	b.add(s, k, lines)
	return s
}

// add adds a record to a span that is not open.
func (b *memory) add(s *span, k *kept, lines int) {
	s.first, s.last = min(s.first, k.at), max(s.last, k.at)
	s.records++
	s.lines += int32(lines)
	if f := &b.facts[k.facts]; f.tries == analysis.TriesConnection && !b.isContext(k) {
		s.connections += int64(f.Count)
	}
	s.countInput(inputCount{k.input, 1, int32(lines)})
	b.take(s, k)
	b.shorten(s)
}

// shorten prunes a span that is not open and has become too long.
func (b *memory) shorten(s *span) {
	limit := int32(firstPruned)
	if s.pruned {
		limit = laterPruned
	}
	if s.packed.n >= limit {
		b.pruneShut(s)
	}
}

// pruneShut prunes a span that is not open.
func (b *memory) pruneShut(s *span) {
	n := len(b.room)
	b.open(s)
	b.prune(s)
	b.shut(s)
	b.room = b.room[:n]
}

// take appends a record to those of a span that is not open.
func (b *memory) take(s *span, k *kept) {
	if l := &s.packed.last; s.packed.n > 0 && (k.at < l.at || k.at == l.at && (k.input < l.input || k.input == l.input && k.line < l.line)) {
		s.unsorted = true
	}
	b.pack(&s.packed, k)
}

// open unpacks the records of a span into memory that holds them until b.room is used for others.
func (b *memory) open(s *span) {
	if last := len(b.opened) - 1; s.more == nil && last >= 0 {
		s.more, b.opened = b.opened[last], b.opened[:last]
	}
	if o := s.own(); o.refs == nil {
		n := len(b.room)
		b.room = b.unpack(&s.packed, b.room)
		o.refs, o.changed = b.room[n:len(b.room):len(b.room)], false
	}
}

// openCopy is a copy of a span that is not open, and it is: others may open the span itself. o is memory for it.
func (b *memory) openCopy(s *span, o *spanMore) span {
	c := *s
	if c.more = o; s.more != nil {
		*o = *s.more
	}
	b.open(&c)
	return c
}

// shut packs the records of an open span.
func (b *memory) shut(s *span) {
	o := s.more
	if o == nil {
		return
	}
	if o.changed {
		b.packAll(&s.packed, o.refs)
	}
	if o.refs, o.changed = nil, false; o.perInput == nil && o.beyond == nil {
		s.more, b.opened = nil, append(b.opened, o)
	}
}

func (s *span) countInput(c inputCount) {
	if s.more == nil || s.more.perInput == nil {
		if s.input == (inputCount{}) {
			s.input = c
			return
		}
		if s.input.input == c.input {
			s.input.records += c.records
			s.input.lines += c.lines
			return
		}
		s.own().perInput = []inputCount{s.input}
	}
	list := s.more.perInput
	for i := range list {
		if list[i].input == c.input {
			list[i].records += c.records
			list[i].lines += c.lines
			return
		}
	}
	s.more.perInput = append(list, c)
}

// inputs are the lines of a span by input.
func (s *span) inputs() []inputCount {
	if s.more != nil && s.more.perInput != nil {
		return s.more.perInput
	}
	return []inputCount{s.input}
}

// absorb adds all of o to s. o must not be used afterwards.
func (b *memory) absorb(s, o *span) {
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
	s.records += o.records
	s.lines += o.lines
	s.connections += o.connections
	for _, c := range o.inputs() {
		s.countInput(c)
	}
	s.pruned = s.pruned || o.pruned
	if d := o.beyond(); d != nil {
		s.own().beyond = s.beyond().union(d)
	}
	if o.refs() == nil {
		n := len(b.room)
		defer func() { b.room = b.room[:n] }()
		b.open(o)
	}
	if s.refs() == nil {
		for i := range o.more.refs {
			b.take(s, &o.more.refs[i])
		}
		b.shorten(s)
	} else {
		s.unsorted, s.more.changed = true, true
		if s.more.refs = append(s.more.refs, o.more.refs...); len(s.more.refs) >= firstPruned {
			b.prune(s)
		}
	}
	b.drop(o)
}

// drop takes back the memory of a span, which is one of the next that are made.
func (b *memory) drop(s *span) {
	b.release(s.packed.data)
	if s.more != nil {
		*s.more = spanMore{}
		b.opened = append(b.opened, s.more)
	}
	*s = span{}
	b.spare = append(b.spare, s)
}

// prune, of an open span, keeps the first and the last records in time. Pruning again after more records were added
// gives what pruning once would have given, so the order of adding does not matter.
func (b *memory) prune(s *span) {
	o := s.own()
	if len(o.refs) <= maxRefs {
		return
	}
	s.sort()
	cut := o.refs[maxRefs-lastRefs : len(o.refs)-lastRefs]
	if o.beyond == nil {
		o.beyond = newDistinct()
	}
	b.addAll(o.beyond, cut)
	b.spent += len(cut)
	o.refs = slices.Delete(o.refs, maxRefs-lastRefs, len(o.refs)-lastRefs)
	s.pruned, o.changed = true, true
}

// settle prunes an open span that was pruned before once more, so that how many of its records are kept does not depend on the
// order in which they came.
func (b *memory) settle(s *span) {
	if s.pruned {
		b.prune(s)
		s.beyond().trim()
	}
}

// sort puts the records of an open span into their order.
func (s *span) sort() {
	if s.unsorted {
		slices.SortFunc(s.refs(), func(a, b kept) int { return compareKept(&a, &b) })
		s.unsorted, s.own().changed = false, true
	}
}

// addAll notes what records tell. Many tell the same.
func (t *tables) addAll(d *distinct, list []kept) {
	type place struct {
		facts uint32
		marks marks
		port  uint16
	}
	seen, users := map[place]bool{}, map[uint32]bool{}
	var last place
	user, quarter, n := uint32(0), int64(0), 0
	for i := range list {
		k := &list[i]
		if q := k.time().Unix() / analysis.Quarter; q != quarter && n > 0 {
			d.quarters[quarter] += n
			quarter, n = q, 1
		} else {
			quarter, n = q, n+1
		}
		if k.user != user && k.user != 0 && !users[k.user] {
			user, users[k.user] = k.user, true
			d.value(fieldUser, t.texts[k.user])
		}
		at := place{k.facts, k.marks, k.port}
		if i > 0 && at == last || seen[at] {
			continue
		}
		last, seen[at] = at, true
		r := t.of(k)
		if r.port != 0 || r.service != "" {
			d.service(analysis.Service{Port: int(r.port), Proto: r.Proto, Name: r.service})
		}
		for f := fieldUser + 1; f <= fieldAction; f++ {
			if v := r.value(f); v != "" {
				d.value(f, v)
			}
		}
	}
	if n > 0 {
		d.quarters[quarter] += n
	}
}

func (d *distinct) value(f field, v string) {
	if d.most[f] != 0 && hashText(v) > d.most[f] {
		return
	}
	values := d.values[f]
	if values == nil {
		values = map[string]bool{}
		d.values[f] = values
	}
	values[v] = true
	if len(values) > 2*maxDistinct {
		d.trim()
	}
}

func (d *distinct) service(v analysis.Service) {
	if d.mostService != 0 && hashService(v) > d.mostService {
		return
	}
	d.services[v] = true
	if len(d.services) > 2*maxDistinct {
		d.trim()
	}
}

func hashService(v analysis.Service) uint64 { return spread(uint64(v.Port)) }

// trim lets go of the values that are too many.
func (d *distinct) trim() {
	d.full = trim(d.services, &d.mostService, hashService, compareServices) || d.full
	for f, values := range d.values {
		d.full = trim(values, &d.most[f], hashText, cmp.Compare[string]) || d.full
	}
}

// trim leaves those with the smallest hashes of values that are too many, and most is the largest hash then. It reports whether it did.
func trim[V comparable](values map[V]bool, most *uint64, hash func(V) uint64, compare func(a, b V) int) bool {
	if len(values) <= maxDistinct {
		return false
	}
	type hashed struct {
		hash  uint64
		value V
	}
	list := make([]hashed, 0, len(values))
	for v := range values {
		list = append(list, hashed{hash(v), v})
	}
	slices.SortFunc(list, func(a, b hashed) int {
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return compare(a.value, b.value)
	})
	for _, v := range list[maxDistinct:] {
		delete(values, v.value)
	}
	*most = list[maxDistinct-1].hash
	return true
}

// value is what a record says in a field.
func (r *record) value(f field) string {
	switch f {
	case fieldUser:
		return r.user
	case fieldHost:
		return r.Host
	case fieldTarget:
		return r.Target.Host
	case fieldTargetIP:
		return r.Target.IP
	case fieldKind:
		return r.Kind
	case fieldSignature:
		return r.Signature
	case fieldFormat:
		return r.Format
	}
	if r.context {
		return ""
	}
	return string(r.Action)
}

func (d *distinct) union(o *distinct) *distinct {
	if d == nil {
		return o
	}
	for s := range o.services {
		d.service(s)
	}
	for f, values := range o.values {
		for v := range values {
			d.value(f, v)
		}
	}
	for q, n := range o.quarters {
		d.quarters[q] += n
	}
	d.full = d.full || o.full
	return d
}

// spans are the spans of one source, ascending and further than the gap apart.
type spans []*span

// addTo puts a record into the span that it is within gap of, joins spans that it bridges, or opens
// a new one.
func (b *memory) addTo(list *spans, gap time.Duration, k *kept, lines int) {
	i := list.find(gap, k.at)
	if i == len(*list) || (*list)[i].first-k.at > int64(gap) {
		*list = slices.Insert(*list, i, b.span(k, lines))
		return
	}
	b.add((*list)[i], k, lines)
	b.close(list, gap, i)
}

// merge adds a whole span.
func (b *memory) merge(list *spans, gap time.Duration, s *span) {
	i := list.find(gap, s.first)
	if i == len(*list) || (*list)[i].first-s.last > int64(gap) {
		*list = slices.Insert(*list, i, s)
		return
	}
	b.absorb((*list)[i], s)
	b.close(list, gap, i)
}

// mergeAll adds whole spans, ascending and further than the gap apart.
func (b *memory) mergeAll(list *spans, gap time.Duration, more spans) {
	if len(more) == 0 {
		return
	}
	all := make(spans, 0, len(*list)+len(more))
	for one := *list; len(one)+len(more) > 0; {
		from := &more
		if len(more) == 0 || len(one) > 0 && one[0].first <= more[0].first {
			from = &one
		}
		s := (*from)[0]
		*from = (*from)[1:]
		if n := len(all); n > 0 && s.first-all[n-1].last <= int64(gap) {
			b.absorb(all[n-1], s)
		} else {
			all = append(all, s)
		}
	}
	*list = all
}

// find returns the first span that does not end more than gap before t.
func (list spans) find(gap time.Duration, t int64) int {
	// Logs run forward or backward, so it is nearly always the last span or the first.
	if n := len(list); n > 0 && t-list[n-1].last > int64(gap) {
		return n
	} else if n > 0 && t >= list[n-1].first {
		return n - 1
	}
	i, _ := slices.BinarySearchFunc(list, t, func(s *span, t int64) int {
		if t-s.last > int64(gap) {
			return -1
		}
		return 1
	})
	return i
}

// close joins the span i with those behind it that are within the gap now.
func (b *memory) close(list *spans, gap time.Duration, i int) {
	s := (*list)[i]
	for i+1 < len(*list) && (*list)[i+1].first-s.last <= int64(gap) {
		b.absorb(s, (*list)[i+1])
		*list = slices.Delete(*list, i+1, i+2)
	}
}

// distance is the time between a span and the time from first to last; 0 when they overlap.
func (s *span) distance(first, last int64) time.Duration {
	switch {
	case first > s.last:
		return time.Duration(first - s.last)
	case s.first > last:
		return time.Duration(s.first - last)
	}
	return 0
}

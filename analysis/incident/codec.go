package incident

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"net/netip"
	"slices"

	"practicum/analysis"
)

// State is what a Builder was given: DecodeState reads it again. It is a description, which packs well, and the records, which are packed
// already. Both depend on the records and the order in which they came, and on nothing else.
func (b *Builder) State() (description, records []byte) {
	b.settleAll()
	w := b.writeRecords()
	var e encoder
	e.tables(w.shared, w.pieces)
	e.number(len(w.perInput))
	for _, n := range w.perInput {
		e.number(n)
	}
	e.number(len(w.used))
	e.number(w.users)
	e.number(len(w.listed))
	for _, key := range w.listed {
		e.key(key)
	}
	e.sources(b, w)
	e.stated(b)
	e.number(b.halvings)
	e.number(b.beyond.records)
	e.number(b.beyond.lines)
	return e.out, w.packed
}

// settleAll lets go of records that no report is made of.
func (b *Builder) settleAll() {
	for _, src := range b.sources.all {
		for _, list := range [...]spans{src.detects, src.context} {
			for _, s := range list {
				if s.pruned {
					b.room = b.room[:0]
					b.open(s)
					b.settle(s)
					b.shut(s)
				}
			}
		}
	}
	b.room = b.room[:0]
}

// DecodeState returns a Builder with the state that State made. o must be the Options that it was made with; inputs is how
// many inputs the records are of.
func DecodeState(description, records []byte, inputs int, o Options) (*Builder, error) {
	b := NewBuilder(o)
	d := decoder{data: description, inputs: inputs}
	c := newReader(records)
	said := d.tables(b.tables, c)
	var perInput []int
	total := 0
	for range d.many() {
		perInput = append(perInput, d.number())
		total += perInput[len(perInput)-1]
	}
	r := newRecordCoder(c, b.tables, len(said), d.number(), d.number())
	if len(perInput) > inputs || total > mostRecords(len(records)) || r.places[ofSources].most > total || r.places[ofUsers].most > len(b.texts) {
		d.fail()
	}
	for range d.many() {
		r.listed = append(r.listed, d.key(b))
	}
	apart := d.sources(b)
	d.stated(b)
	b.halvings = d.count(63)
	b.beyond.records, b.beyond.lines = d.number(), d.number()
	if len(d.data) > 0 {
		d.fail()
	}
	if d.err != nil {
		return nil, d.err
	}
	if err := b.readRecords(r, said, perInput, apart); err != nil {
		return nil, err
	}
	b.full = max(maxShared, 2*b.size())
	return b, nil
}

var errState = errors.New("the saved records are damaged")

// encoder appends numbers and texts.
type encoder struct{ out []byte }

func (e *encoder) number(n int) { e.out = binary.AppendUvarint(e.out, uint64(n)) }

func (e *encoder) place(n uint32) { e.number(int(n)) }

func (e *encoder) signed(n int64) { e.out = binary.AppendVarint(e.out, n) }

func (e *encoder) flag(is bool) {
	if is {
		e.number(1)
	} else {
		e.number(0)
	}
}

func (e *encoder) bytes(b []byte) {
	e.number(len(b))
	e.out = append(e.out, b...)
}

func (e *encoder) text(s string) {
	e.number(len(s))
	e.out = append(e.out, s...)
}

func (e *encoder) address(ip netip.Addr) {
	b, _ := ip.MarshalBinary() // never fails
	e.bytes(b)
}

func (e *encoder) tables(t *tables, pieces []string) {
	e.number(len(t.texts) - 1)
	for _, s := range t.texts[1:] {
		e.text(s)
	}
	e.number(len(t.facts) - 1)
	for i := range t.facts[1:] {
		f := &t.facts[1+i]
		for _, s := range [...]string{f.Format, f.Host, f.Program, f.Proto, f.service, f.Signature, f.Kind, f.Claim, f.Target.Host, string(f.Action)} {
			e.place(t.text(s))
		}
		e.address(f.ip)
		e.number(int(f.tries))
		e.number(int(f.Handshake))
		e.flag(f.addressed)
		e.number(f.Count)
		e.out = binary.AppendUvarint(e.out, f.candidate)
	}
	e.number(len(pieces))
	for _, s := range pieces {
		e.text(s)
	}
	e.number(len(t.said) - 1)
	for i := range t.said[1:] {
		s := &t.told[t.said[1+i].told]
		e.place(t.said[1+i].name)
		e.place(t.text(s.ident))
		if e.flag(s.isLong()); !s.isLong() {
			e.place(t.text(s.message))
		}
		e.number(len(s.lines))
		for _, l := range s.lines {
			e.number(l.First)
			e.number(l.Len())
		}
	}
}

func (e *encoder) key(key sourceKey) {
	if e.address(key.ip); !key.ip.IsValid() {
		for _, s := range [...]string{key.name, key.host, key.user} {
			e.text(s)
		}
	}
}

// sources writes what there is of sources besides records: of the few that have it, by their places, and of those that have no records.
func (e *encoder) sources(b *Builder, w *written) {
	next := 0
	for i, src := range w.used {
		detects, context := w.apartOf(src.detects), w.apartOf(src.context)
		if !w.named[src] && len(detects)+len(context) == 0 {
			continue
		}
		e.number(1 + i - next)
		next = i + 1
		if e.flag(w.named[src]); w.named[src] {
			e.claims(src)
		}
		for _, list := range [...]spans{detects, context} {
			e.number(len(list))
			for _, s := range list {
				e.span(s)
			}
		}
	}
	e.number(0)
	e.number(len(w.unused))
	for _, key := range w.unused {
		e.key(key)
		e.claims(b.sources.of(key))
	}
}

func (e *encoder) claims(src *sourceSpans) {
	e.number(len(src.names))
	for _, claim := range src.names {
		e.text(claim.host)
		e.text(claim.name)
		e.times(claim.list)
	}
}

func (e *encoder) times(list []stated) {
	slices.SortFunc(list, func(a, b stated) int { return compareStated(a, b) })
	e.number(len(list))
	for _, s := range list {
		e.address(s.ip)
		e.signed(s.first)
		e.signed(s.last)
	}
}

func (e *encoder) span(s *span) {
	e.signed(s.first)
	e.signed(s.last)
	for _, n := range [...]int64{int64(s.records), int64(s.lines), s.connections} {
		e.number(int(n))
	}
	e.flag(s.pruned)
	inputs := slices.Clone(s.inputs())
	slices.SortFunc(inputs, func(a, b inputCount) int { return int(a.input) - int(b.input) })
	e.number(len(inputs))
	for _, c := range inputs {
		e.number(int(c.input))
		e.number(int(c.records))
		e.number(int(c.lines))
	}
	d := s.beyond()
	if e.flag(d != nil); d == nil {
		return
	}
	e.flag(d.full)
	e.number(len(d.services))
	last := analysis.Service{}
	for _, v := range slices.SortedFunc(maps.Keys(d.services), func(a, b analysis.Service) int {
		return cmp.Or(cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Port, b.Port))
	}) {
		if v.Proto == last.Proto && v.Name == last.Name {
			e.number(v.Port - last.Port + 1)
		} else {
			e.number(0)
			e.text(v.Proto)
			e.text(v.Name)
			e.number(v.Port)
		}
		last = v
	}
	for f := fieldUser; f <= fieldAction; f++ {
		e.number(len(d.values[f]))
		for _, v := range slices.Sorted(maps.Keys(d.values[f])) {
			e.text(v)
		}
	}
	e.number(len(d.quarters))
	was := int64(0)
	for _, q := range slices.Sorted(maps.Keys(d.quarters)) {
		e.signed(q - was)
		e.number(d.quarters[q])
		was = q
	}
}

func (e *encoder) stated(b *Builder) {
	keys := slices.SortedFunc(maps.Keys(b.stated), compareStatements)
	e.number(len(keys))
	for _, s := range keys {
		e.text(s.host)
		e.text(s.name)
		e.times(slices.Concat(slices.Collect(maps.Values(b.stated[s]))...))
	}
}

// decoder reads what an encoder wrote. The first error stays; after it, everything reads as nothing.
type decoder struct {
	data   []byte
	inputs int
	err    error
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errState
	}
	d.data = nil
}

func (d *decoder) unsigned() uint64 {
	v, n := binary.Uvarint(d.data)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.data = d.data[n:]
	return v
}

func (d *decoder) signed() int64 {
	v, n := binary.Varint(d.data)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.data = d.data[n:]
	return v
}

// count is a number up to most.
func (d *decoder) count(most int) int {
	if v := d.unsigned(); v <= uint64(most) {
		return int(v)
	}
	d.fail()
	return 0
}

func (d *decoder) number() int { return d.count(math.MaxInt32) }

// many is how many things follow, each of at least one byte.
func (d *decoder) many() int {
	if n := d.unsigned(); n <= uint64(len(d.data)) {
		return int(n)
	}
	d.fail()
	return 0
}

func (d *decoder) flag() bool { return d.count(1) == 1 }

func (d *decoder) bytes() []byte {
	n := d.many()
	b := d.data[:n:n]
	d.data = d.data[n:]
	return b
}

func (d *decoder) text() string { return string(d.bytes()) }

func (d *decoder) address() netip.Addr {
	var ip netip.Addr
	if ip.UnmarshalBinary(d.bytes()) != nil {
		d.fail()
	}
	return ip
}

// sizedSaid is what a record says, and the size that its message tells.
type sizedSaid struct {
	said uint32
	size int64
}

// tables reads tables. The result is where they have what records of each place say.
func (d *decoder) tables(t *tables, c *coder) (places []sizedSaid) {
	for range d.many() {
		if n := len(t.texts); int(t.text(d.text())) < n {
			d.fail() // it is there already
			return nil
		}
	}
	text := func() string { return t.texts[d.count(len(t.texts)-1)] }
	for range d.many() {
		k := factKey{format: text(), host: text(), program: text(), proto: text(), service: text(), signature: text(), kind: text(), claim: text(), target: text()}
		k.action = analysis.Action(text())
		k.ip = d.address()
		k.tries, k.handshake = analysis.Tries(d.count(int(analysis.TriesPacket))), analysis.Handshake(d.count(int(analysis.HandshakeNone)))
		k.addressed, k.count, k.candidate = d.flag(), int32(d.count(1<<30)), d.unsigned()
		if n := len(t.facts); int(t.factsWith(k)) < n || d.err != nil {
			d.fail()
			return nil
		}
	}
	var pieces []string
	for range d.many() {
		pieces = append(pieces, d.text())
	}
	messages := newMessageReader(c, pieces)
	places = append(places, sizedSaid{})
	for range d.many() {
		name, s := text(), told{ident: text()}
		isLong := d.flag()
		if isLong {
			s.message = messages.read()
		} else {
			s.message = text()
		}
		for range d.many() {
			first, n := d.number(), d.count(math.MaxUint16)
			s.lines = append(s.lines, analysis.LineRange{First: first, Last: first + n - 1})
		}
		if d.err != nil || c.failed || s.isLong() != isLong {
			d.fail()
			return nil
		}
		key, at := s.key(), sizedSaid{}
		key.message, at.size, key.tail = parts(s.message)
		at.said = t.saying(t.text(name), t.sameTold(key, s.lines))
		places = append(places, at)
	}
	return places
}

func (d *decoder) key(b *Builder) sourceKey {
	key := sourceKey{ip: d.address()}
	if !key.ip.IsValid() {
		key.name, key.host, key.user = b.keep(d.text()), b.keep(d.text()), b.keep(d.text())
	}
	return key
}

func (d *decoder) sources(b *Builder) map[int]apartFrom {
	all := map[int]apartFrom{}
	place := -1
	for step := d.number(); step > 0; step = d.number() {
		place += step
		src, named := &sourceSpans{}, d.flag()
		if named {
			d.claims(b, src)
		}
		for _, list := range [...]*spans{&src.detects, &src.context} {
			for range d.many() {
				s := d.span(b)
				if n := len(*list); s.first > s.last || n > 0 && s.first <= (*list)[n-1].last {
					d.fail()
				}
				*list = append(*list, s)
			}
		}
		all[place] = apartFrom{src, slices.Clone(src.detects), slices.Clone(src.context), named}
	}
	for range d.many() {
		key := d.key(b)
		if b.sources.of(key) != nil {
			d.fail()
		}
		d.claims(b, b.source(key))
	}
	return all
}

func (d *decoder) claims(b *Builder, src *sourceSpans) {
	for range d.many() {
		c := b.claimOf(src, d.text(), d.text())
		c.list = d.times()
	}
}

func (d *decoder) times() []stated {
	var list []stated
	for range d.many() {
		list = append(list, stated{d.address(), d.signed(), d.signed()})
	}
	return list
}

// mostConnections is how many connections a span of a state may have: sums of them stay numbers.
const mostConnections = 1 << 50

func (d *decoder) span(b *Builder) *span {
	s := b.newSpan()
	s.first, s.last = d.signed(), d.signed()
	s.records, s.lines, s.connections, s.pruned = int32(d.number()), int32(d.number()), int64(d.count(mostConnections)), d.flag()
	for range d.many() {
		input := d.number()
		if input >= d.inputs {
			d.fail()
		}
		s.countInput(inputCount{int32(input), int32(d.number()), int32(d.number())})
	}
	if !d.flag() {
		return s
	}
	o := newDistinct()
	o.full = d.flag()
	var v analysis.Service
	for range d.many() {
		if step := d.number(); step > 0 {
			v.Port += step - 1
		} else {
			v = analysis.Service{Proto: d.text(), Name: d.text(), Port: d.number()}
		}
		o.services[v] = true
	}
	for f := fieldUser; f <= fieldAction; f++ {
		for range d.many() {
			o.value(f, d.text())
		}
	}
	q := int64(0)
	for range d.many() {
		q += d.signed()
		o.quarters[q] = d.number()
	}
	s.own().beyond = o
	return s
}

func (d *decoder) stated(b *Builder) {
	for range d.many() {
		s := statement{d.text(), d.text()}
		for _, n := range d.times() {
			b.stateBeyond(s, n)
		}
	}
}

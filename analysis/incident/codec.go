package incident

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"net/netip"
	"slices"

	"practicum/analysis"
)

// AppendState appends what a Builder was given to data: DecodeState reads it again. The bytes depend on the records and the
// order in which they came, and on nothing else.
func (b *Builder) AppendState(data []byte) []byte {
	keys := b.sortedKeys()
	b.renew(slices.Values(keys))
	e := encoder{out: data}
	e.tables(b.tables)
	e.number(len(keys))
	var c columns
	for _, key := range keys {
		e.source(b, key, &c)
	}
	for _, column := range c {
		e.bytes(column)
	}
	e.stated(b)
	e.number(b.halvings)
	e.number(b.beyond.records)
	e.number(b.beyond.lines)
	return e.out
}

// DecodeState returns a Builder with the state that AppendState made. o must be the Options that it was made with; inputs is how
// many inputs the records are of.
func DecodeState(data []byte, inputs int, o Options) (*Builder, error) {
	b := NewBuilder(o)
	d := decoder{data: data, inputs: inputs}
	d.tables(b.tables)
	n := d.number()
	type source struct {
		src  *sourceSpans
		plan []list
	}
	var sources []source
	for range n {
		if d.err != nil {
			break
		}
		src, plan := d.source(b)
		sources = append(sources, source{src, plan})
	}
	var c columns
	for i := range c {
		c[i] = d.bytes()
	}
	r := columnReader{decoder: d, columns: c}
	for _, s := range sources {
		r.records(b, s.src, s.plan)
	}
	d.err = r.err
	d.stated(b)
	b.halvings = d.count(63)
	b.beyond.records, b.beyond.lines = d.number(), d.number()
	if d.err == nil && len(d.data) > 0 {
		d.err = errState
	}
	if d.err != nil {
		return nil, d.err
	}
	b.full = max(maxShared, 2*b.size())
	return b, nil
}

var errState = errors.New("the saved records are damaged")

// columns hold the fields of all records, one field after the other: fields of one kind are much alike, and pack well.
type columns [11][]byte

const (
	columnFacts = iota
	columnSaid
	columnUser
	columnPort
	columnSourcePort
	columnPID
	columnSession
	columnInput
	columnTime
	columnParts // of seconds
	columnLine
)

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

func (e *encoder) tables(t *tables) {
	e.number(len(t.texts) - 1)
	for _, s := range t.texts[1:] {
		e.text(s)
	}
	e.number(len(t.facts) - 1)
	for i := range t.facts[1:] {
		f := &t.facts[1+i]
		for _, s := range [...]string{f.format, f.host, f.program, f.proto, f.service, f.signature, f.kind, f.claim, f.target.Host, string(f.action)} {
			e.place(t.placeOfText[s])
		}
		e.address(f.ip)
		e.number(int(f.tries))
		e.number(int(f.handshake))
		e.flag(f.addressed)
		e.number(int(f.count))
		e.out = binary.AppendUvarint(e.out, f.candidate)
	}
	e.number(len(t.said) - 1)
	for i := range t.said[1:] {
		s := &t.said[1+i]
		e.place(t.placeOfText[s.name])
		e.place(t.placeOfText[s.ident])
		if e.flag(s.isLong()); s.isLong() {
			e.text(s.message)
		} else {
			e.place(t.placeOfText[s.message])
		}
		e.number(len(s.lines))
		for _, l := range s.lines {
			e.number(l.First)
			e.number(l.Len())
		}
	}
}

// source writes all of a source but its records, which go into the columns.
func (e *encoder) source(b *Builder, key sourceKey, c *columns) {
	src := b.sources.of(key)
	e.address(key.ip)
	if !key.ip.IsValid() {
		for _, s := range [...]string{key.name, key.host, key.user} {
			e.text(s)
		}
	}
	slices.SortFunc(src.names, func(a, b claim) int { return compareStatements(a.statement, b.statement) })
	e.number(len(src.names))
	for _, claim := range src.names {
		e.text(claim.host)
		e.text(claim.name)
		e.times(claim.list)
	}
	for _, list := range [...]spans{src.detects, src.context} {
		e.number(len(list))
		for _, s := range list {
			e.span(s)
			c.add(b, &s.packed)
		}
	}
	e.number(int(src.loose.n))
	c.add(b, &src.loose)
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
	e.number(int(s.packed.n))
	for _, n := range [...]int32{s.records, s.lines, s.connections} {
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
	if e.flag(s.beyond != nil); s.beyond == nil {
		return
	}
	d := s.beyond
	e.flag(d.full)
	e.number(len(d.services))
	for _, v := range slices.SortedFunc(maps.Keys(d.services), compareServices) {
		e.number(v.Port)
		e.text(v.Proto)
		e.text(v.Name)
	}
	for f := fieldUser; f <= fieldAction; f++ {
		e.number(len(d.values[f]))
		for _, v := range slices.Sorted(maps.Keys(d.values[f])) {
			e.text(v)
		}
	}
	e.number(len(d.quarters))
	for _, q := range slices.Sorted(maps.Keys(d.quarters)) {
		e.signed(q)
		e.number(d.quarters[q])
	}
}

// add appends the records of a list.
func (c *columns) add(b *Builder, p *packed) {
	b.room = b.unpack(p, b.room[:0])
	var was kept
	var seconds int64
	for i := range b.room {
		k := &b.room[i]
		c[columnFacts] = binary.AppendUvarint(c[columnFacts], uint64(k.facts))
		c[columnSaid] = binary.AppendUvarint(c[columnSaid], uint64(k.said))
		c[columnUser] = binary.AppendUvarint(c[columnUser], uint64(k.user))
		c[columnPort] = binary.AppendUvarint(c[columnPort], uint64(k.port))
		c[columnSourcePort] = binary.LittleEndian.AppendUint16(c[columnSourcePort], k.srcPort)
		c[columnPID] = binary.AppendVarint(c[columnPID], int64(k.pid))
		if k.session == b.sessionOf(k.facts, k.pid) {
			c[columnSession] = append(c[columnSession], 0)
		} else {
			c[columnSession] = binary.LittleEndian.AppendUint64(append(c[columnSession], 1), k.session)
		}
		c[columnInput] = binary.AppendUvarint(c[columnInput], uint64(k.input))
		now, rest := split(k.at)
		c[columnTime] = binary.AppendVarint(c[columnTime], now-seconds)
		c[columnParts] = binary.AppendUvarint(c[columnParts], uint64(rest))
		c[columnLine] = binary.AppendVarint(c[columnLine], int64(k.line)-int64(was.line))
		was, seconds = *k, now
	}
	b.room = b.room[:0]
}

func (e *encoder) stated(b *Builder) {
	keys := slices.SortedFunc(maps.Keys(b.stated), compareStatements)
	e.number(len(keys))
	for _, s := range keys {
		e.text(s.host)
		e.text(s.name)
		e.times(b.stated[s])
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

func (d *decoder) tables(t *tables) {
	for range d.many() {
		s := d.text()
		if _, known := t.placeOfText[s]; known {
			d.fail()
			return
		}
		t.addText(s)
	}
	text := func() string { return t.texts[d.count(len(t.texts)-1)] }
	for range d.many() {
		k := factKey{format: text(), host: text(), program: text(), proto: text(), service: text(), signature: text(), kind: text(), claim: text(), target: text()}
		k.action = analysis.Action(text())
		k.ip = d.address()
		k.tries, k.handshake = analysis.Tries(d.count(int(analysis.TriesPacket))), analysis.Handshake(d.count(int(analysis.HandshakeNone)))
		k.addressed, k.count, k.candidate = d.flag(), int32(d.count(1<<30)), d.unsigned()
		if _, known := t.placeOfFacts[k]; known || d.err != nil {
			d.fail()
			return
		}
		t.addFacts(k)
	}
	for range d.many() {
		s := said{name: text(), ident: text()}
		if d.flag() {
			s.message = d.text()
		} else {
			s.message = text()
		}
		for range d.many() {
			first, n := d.number(), d.count(math.MaxUint16)
			s.lines = append(s.lines, analysis.LineRange{First: first, Last: first + n - 1})
		}
		if d.err != nil {
			return
		}
		t.addSaid(s)
	}
}

// list is a list of records that is to be filled from the columns: of a span, or a source's loose ones.
type list struct {
	span *span // nil for the loose ones
	n    int
}

func (d *decoder) source(b *Builder) (*sourceSpans, []list) {
	key := sourceKey{ip: d.address()}
	if !key.ip.IsValid() {
		key.name, key.host, key.user = b.keep(d.text()), b.keep(d.text()), b.keep(d.text())
	}
	if b.sources.of(key) != nil {
		d.fail()
	}
	src := b.source(key)
	for range d.many() {
		c := b.claimOf(src, d.text(), d.text())
		c.list = d.times()
	}
	var plan []list
	for _, spans := range [...]*spans{&src.detects, &src.context} {
		for range d.many() {
			s, n := d.span(b)
			*spans = append(*spans, s)
			plan = append(plan, list{s, n})
		}
	}
	return src, append(plan, list{nil, d.number()})
}

func (d *decoder) times() []stated {
	var list []stated
	for range d.many() {
		list = append(list, stated{d.address(), d.signed(), d.signed()})
	}
	return list
}

func (d *decoder) span(b *Builder) (*span, int) {
	s := b.newSpan()
	n := d.count(2 * maxRefs)
	if n == 0 {
		d.fail()
	}
	s.records, s.lines, s.connections, s.pruned = int32(d.number()), int32(d.number()), int32(d.number()), d.flag()
	for range d.many() {
		input := d.number()
		if input >= d.inputs {
			d.fail()
		}
		s.countInput(inputCount{int32(input), int32(d.number()), int32(d.number())})
	}
	if !d.flag() {
		return s, n
	}
	o := newDistinct()
	o.full = d.flag()
	for range d.many() {
		o.services[analysis.Service{Port: d.number(), Proto: d.text(), Name: d.text()}] = true
	}
	for f := fieldUser; f <= fieldAction; f++ {
		for range d.many() {
			o.value(f, d.text())
		}
	}
	for range d.many() {
		o.quarters[d.signed()] = d.number()
	}
	s.beyond = o
	return s, n
}

// columnReader reads records from columns.
type columnReader struct {
	decoder
	columns columns
}

// in reads from a column.
func (r *columnReader) in(column int, read func()) {
	r.data = r.columns[column]
	read()
	r.columns[column] = r.data
}

// records fills the lists of a source.
func (r *columnReader) records(b *Builder, src *sourceSpans, plan []list) {
	for _, l := range plan {
		var was kept
		var seconds int64
		for i := range l.n {
			var k kept
			r.in(columnFacts, func() { k.facts = uint32(r.count(len(b.facts) - 1)) })
			r.in(columnSaid, func() { k.said = uint32(r.count(len(b.said) - 1)) })
			r.in(columnUser, func() { k.user = uint32(r.count(len(b.texts) - 1)) })
			r.in(columnPort, func() { k.port = uint16(r.count(math.MaxUint16)) })
			r.in(columnSourcePort, func() { k.srcPort = uint16(r.fixed(2)) })
			r.in(columnPID, func() { k.pid = int32(r.signed()) })
			r.in(columnSession, func() {
				if k.session = b.sessionOf(k.facts, k.pid); r.flag() {
					k.session = r.fixed(8)
				}
			})
			r.in(columnInput, func() { k.input = int32(r.count(r.inputs - 1)) })
			r.in(columnTime, func() { seconds += r.signed() })
			r.in(columnParts, func() { k.at = seconds*second + int64(r.count(second-1)) })
			r.in(columnLine, func() { k.line = int32(int64(was.line) + r.signed()) })
			if r.err != nil || k.facts == 0 {
				r.fail()
				return
			}
			was = k
			switch s := l.span; {
			case s == nil:
				b.pack(&src.loose, &k)
			default:
				if i == 0 {
					s.first, s.last = k.at, k.at
				}
				s.first, s.last = min(s.first, k.at), max(s.last, k.at)
				b.take(s, &k)
			}
		}
	}
}

// fixed is a number of n bytes.
func (r *columnReader) fixed(n int) uint64 {
	if len(r.data) < n {
		r.fail()
		return 0
	}
	var room [8]byte
	copy(room[:], r.data[:n])
	r.data = r.data[n:]
	return binary.LittleEndian.Uint64(room[:])
}

func (d *decoder) stated(b *Builder) {
	for range d.many() {
		s := statement{b.keep(d.text()), b.keep(d.text())}
		b.stated[s] = d.times()
	}
}

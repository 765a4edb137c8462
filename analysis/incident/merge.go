package incident

// Merge adds all that another Builder with the same Options was given, as if b had been given it. inputs says which rank
// each input of o has from now on; the ranks in b stay. It does not matter in which order Builders are merged. o must not
// be used afterwards.
func (b *Builder) Merge(o *Builder, inputs []int) {
	b.last = nil
	b.beyond.records += o.beyond.records
	b.beyond.lines += o.beyond.lines
	for statement, list := range o.stated {
		b.addStated(statement, list)
	}
	for b.halvings < o.halvings {
		b.halve()
	}
	m := newMoved(o.tables, b.tables)
	for _, key := range o.sortedKeys() {
		b.mergeSource(key, o, m, inputs)
		for b.sources.len() > b.o.Sources {
			b.halve()
		}
		if b.size() > b.full {
			b.tidy()
			m = newMoved(o.tables, b.tables)
		}
	}
}

// addStated notes that an address and a name were stated together, of a source that is not told apart.
func (b *Builder) addStated(s statement, list []stated) {
	s = statement{b.keep(s.host), b.keep(s.name)}
	c := claim{list: b.stated[s]}
	for _, n := range list {
		c.join(n, int64(b.o.Gap))
	}
	b.stated[s] = c.list
}

// mergeSource adds a source of o.
func (b *Builder) mergeSource(key sourceKey, o *Builder, m *moved, inputs []int) {
	from := o.sources.of(key)
	if !b.keeps(key) {
		for _, c := range from.names {
			b.addStated(c.statement, c.list)
		}
		records, lines := o.total(from)
		b.beyond.records += records
		b.beyond.lines += lines
		return
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
	for _, f := range from.detects {
		b.merge(&src.detects, b.o.Gap, b.copied(f, o, move, rank))
	}
	for _, f := range from.context {
		b.merge(&src.context, nearby, b.copied(f, o, move, rank))
	}
	o.room = o.unpack(&from.loose, o.room[:0])
	move(o.room)
	for i := range o.room {
		b.addContext(src, &o.room[i])
	}
	for _, c := range from.names {
		mine := b.claimOf(src, c.host, c.name)
		for _, n := range c.list {
			mine.join(n, int64(b.o.Gap))
		}
	}
}

// copied is a span of o as one of b.
func (b *Builder) copied(f *span, o *Builder, move func([]kept), rank func(int32) int32) *span {
	s := b.newSpan()
	s.first, s.last, s.records, s.lines, s.connections, s.pruned, s.beyond = f.first, f.last, f.records, f.lines, f.connections, f.pruned, f.beyond
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

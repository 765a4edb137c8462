package incident

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"
	"time"

	"practicum/analysis"
)

// A state has its records input by input, in the order of their lines: lines and times hardly differ from one record to the next then, and
// the places of sources, facts and texts are given out in the order in which these come up.

// recordCoder codes records, each expected by those before it. It is the same for writing and for reading.
type recordCoder struct {
	*coder
	shared *tables // of the records

	keys    []sourceKey // of the sources, by their places
	listed  []sourceKey // those without a plain address that come next
	sources []knownSource
	facts   []knownFacts
	users   []uint32 // the texts that are users
	userOf  map[uint32]int
	groups  map[groupKey]int
	hosts   map[string]int
	pids    []int32 // the last one of each host

	saidBefore    [1 << 14]uint32 // what a source said with facts, and
	sessionBefore [1 << 14]uint64 // a source with a port, by a hash

	last     located
	second   int64  // of last
	lastUser uint32 // that came up

	places        [4]places
	sameSource    [2]chance
	again         bool // the source was that of the record before
	sourceTree    chances
	factsTree     [groupCount + 1]chances
	of            [groupCount]groupChances
	loose         [3]chance
	kindOfAddress [4]chance
	address       [20]octets
	lowPort       [256]octets
	lowSource     octets
	line, text    sizes
	seconds       [12][12]sizes // by lines since the last record, and since the last one that was later
	since         uint64
	hasParts      [2]chance
	hadParts      bool
	unit          [4]chance
	parts         [3]sizes
	pidStep       sizes
}

// located is a record and where it is kept.
type located struct {
	kept
	loose  bool
	source int32
}

type knownSource struct {
	same        bool // its last record had the facts of the one before
	facts, said uint32
	user, pid   int32
	srcPort     uint16
	loose       uint8 // 2 when its last record of context was, 1 when not
}

type knownFacts struct {
	group, host int
	pid         int32
	port        uint16
}

// groupKey is what records have in common that are likely to be alike.
type groupKey struct{ format, program, kind, action string }

// groupCount is how many groups are told apart.
const groupCount = 64

// groupChances are those of records of one group.
type groupChances struct {
	said, user                    chances
	sameFacts                     [2]chance
	saidBefore, sameSaid          [2]chance
	noUser                        chance
	sameUser                      [2]chance
	noPID, ownPID, sameHere, near chance
	pid                           sizes
	samePort, noSource            chance
	sameFrom                      [2]chance
	highPort, highSource          octets
	usual, noSession, sameSess    chance
}

// chances are those of a tree, made when they are first wanted.
type chances []chance

// places are given out in the order in which things come up.
type places struct {
	n, most int
	isNew   [2]chance
	wasNew  bool
}

const (
	ofSources = iota
	ofFacts
	ofSaid
	ofUsers
)

func newRecordCoder(c *coder, t *tables, said, sources, users int) *recordCoder {
	r := &recordCoder{coder: c, shared: t, facts: make([]knownFacts, 1), users: make([]uint32, 1), userOf: map[uint32]int{0: 0}, groups: map[groupKey]int{}, hosts: map[string]int{}}
	r.places = [...]places{ofSources: {most: sources}, ofFacts: {n: 1, most: len(t.facts)}, ofSaid: {n: 1, most: said}, ofUsers: {n: 1, most: users + 1}}
	return r
}

// place codes a place. known are the chances of those that were given out before.
func (c *coder) place(p *places, known *chances, v int) (place int, isNew bool) {
	p.wasNew = c.flag(&p.isNew[one(p.wasNew)], v == p.n)
	if p.wasNew {
		if p.n == p.most {
			c.failed = true
			return 0, false
		}
		p.n++
		return p.n - 1, true
	}
	depth := bits.Len(uint(max(p.most-1, 1)))
	if *known == nil {
		*known = make(chances, 1<<depth)
	}
	if v = int(c.tree(*known, uint32(v), depth)); v >= p.n {
		c.failed = true
		return 0, false
	}
	return v, false
}

// record codes a record of the same input as the one before. When the coder has failed, nothing of it is to be used.
func (r *recordCoder) record(k *located) {
	step := r.signed(&r.line, int64(k.line)-int64(r.last.line))
	k.line = int32(int64(r.last.line) + step)
	r.time(k, zigzag(step))
	r.source(k)
	if r.failed {
		return
	}
	src := &r.sources[k.source]
	r.factsOf(k, src)
	if r.failed {
		return
	}
	f := &r.facts[k.facts]
	g := &r.of[f.group]
	if r.shared.facts[k.facts].context {
		k.loose = r.flag(&r.loose[src.loose], k.loose)
		src.loose = uint8(1 + one(k.loose))
	}
	process := r.pid(k, src, f, g)
	r.said(k, src, g)
	r.user(k, src, g, process)
	r.ports(k, src, f, g, process)
	r.sessionOf(k, g)
	src.facts, src.said = k.facts, k.said
	r.last = *k
}

// time codes the time of a record, which is likely to be later the more lines lie between.
func (r *recordCoder) time(k *located, lines uint64) {
	now, rest := split(k.at)
	of := &r.seconds[min(lines, uint64(len(r.seconds)-1))][min(r.since, uint64(len(r.seconds[0])-1))]
	if later := r.signed(of, now-r.second); later != 0 {
		r.second += later
		r.since = 0
	}
	r.since += lines
	if r.hadParts = r.flag(&r.hasParts[one(r.hadParts)], rest != 0); r.hadParts {
		units := [...]int64{1_000_000, 1000, 1}
		unit := uint32(0)
		for !r.reads && rest%units[unit] != 0 {
			unit++
		}
		unit = min(r.tree(r.unit[:], unit, 2), 2)
		if v := r.number(&r.parts[unit], uint64(rest/units[unit])); v < uint64(second/units[unit]) {
			rest = int64(v) * units[unit]
		} else {
			r.failed = true
		}
	}
	k.at = r.second*second + rest
}

func (r *recordCoder) source(k *located) {
	if r.again = r.flag(&r.sameSource[one(r.again)], len(r.sources) > 0 && k.source == r.last.source); r.again {
		k.source = r.last.source
		r.failed = r.failed || len(r.sources) == 0
		return
	}
	place, isNew := r.place(&r.places[ofSources], &r.sourceTree, int(k.source))
	if k.source = int32(place); isNew && !r.failed {
		r.sources = append(r.sources, knownSource{})
		r.key(place)
	}
}

// isPlain reports whether a key is an address that is told with the records.
func (key sourceKey) isPlain() bool { return key.ip.IsValid() && key.ip.Zone() == "" }

// key codes the address of a new source. What is no plain address is listed elsewhere.
func (r *recordCoder) key(place int) {
	const listed, four, six = 0, 1, 2
	kind, ip := uint32(listed), [16]byte{}
	if !r.reads && r.keys[place].isPlain() {
		kind = six
		if ip = r.keys[place].ip.As16(); r.keys[place].ip.Is4() {
			kind = four
		}
	}
	switch kind = r.tree(r.kindOfAddress[:], kind, 2); kind {
	case four:
		r.octets(r.address[:4], ip[12:])
	case six:
		r.octets(r.address[4:], ip[:])
	}
	if !r.reads {
		return
	}
	key := sourceKey{ip: netip.AddrFrom16(ip)}
	switch {
	case kind == four:
		key.ip = netip.AddrFrom4([4]byte(ip[12:]))
	case kind != six && len(r.listed) > 0:
		key, r.listed = r.listed[0], r.listed[1:]
	case kind != six:
		r.failed = true
	}
	r.keys = append(r.keys, key)
}

func (r *recordCoder) octets(chances []octets, b []byte) {
	for i := range b {
		b[i] = r.octet(&chances[i], b[i])
	}
}

// factsOf codes the facts of a record, which daily work is likely to have in common with what was last done for its source.
func (r *recordCoder) factsOf(k *located, src *knownSource) {
	of := r.facts[src.facts].group
	if src.same = r.flag(&r.of[of].sameFacts[one(src.same)], src.facts != 0 && k.facts == src.facts); src.same {
		k.facts = src.facts
		r.failed = r.failed || k.facts == 0
		return
	}
	if src.facts != 0 && !r.shared.facts[src.facts].context {
		of = groupCount
	}
	place, isNew := r.place(&r.places[ofFacts], &r.factsTree[of], int(k.facts))
	if k.facts = uint32(place); place == 0 {
		r.failed = true
	} else if isNew {
		r.facts = append(r.facts, r.knownFacts(&r.shared.facts[place]))
	}
}

func (r *recordCoder) knownFacts(f *facts) knownFacts {
	key := groupKey{f.Format, f.Program, f.Kind, string(f.Action)}
	group, known := r.groups[key]
	if !known {
		group = min(len(r.groups)+1, groupCount-1)
		r.groups[key] = group
	}
	host, known := r.hosts[f.Host]
	if !known {
		host = len(r.hosts)
		r.hosts[f.Host] = host
		r.pids = append(r.pids, 0)
	}
	return knownFacts{group: group, host: host}
}

// nearPID is how far the id of a process may be from the last one of the host to be told by that.
const nearPID = 64

// pid codes the process of a record. The result is whether its source had to do with it last.
func (r *recordCoder) pid(k *located, src *knownSource, f *knownFacts, g *groupChances) bool {
	if r.flag(&g.noPID, k.pid == 0) {
		k.pid = 0
		return false
	}
	own := src.pid != 0 && r.flag(&g.ownPID, k.pid == src.pid)
	switch {
	case own:
		k.pid = src.pid
	case r.flag(&g.sameHere, k.pid == f.pid):
		k.pid = f.pid
	default:
		last := &r.pids[f.host]
		step := int64(k.pid) - int64(*last)
		if r.flag(&g.near, -nearPID <= step && step <= nearPID) {
			k.pid = int32(int64(*last) + r.signed(&r.pidStep, step))
		} else {
			k.pid = int32(r.number(&g.pid, uint64(uint32(k.pid))))
		}
		*last = k.pid
	}
	f.pid, src.pid = k.pid, k.pid
	return own
}

func (r *recordCoder) said(k *located, src *knownSource, g *groupChances) {
	before := &r.saidBefore[(uint(k.source)*31+uint(k.facts))%uint(len(r.saidBefore))]
	switch {
	case r.flag(&g.saidBefore[one(*before != 0)], k.said == *before):
		k.said = *before
	case r.flag(&g.sameSaid[one(src.said != 0)], k.said == src.said):
		k.said = src.said
	default:
		place, _ := r.place(&r.places[ofSaid], &g.said, int(k.said))
		k.said = uint32(place)
	}
	*before = k.said
}

func (r *recordCoder) user(k *located, src *knownSource, g *groupChances, process bool) {
	if r.flag(&g.noUser, k.user == 0) {
		k.user = 0
		return
	}
	user, known := r.userOf[k.user]
	if !known {
		user = len(r.users)
	}
	if src.user != 0 && r.flag(&g.sameUser[one(process)], user == int(src.user)) {
		k.user = r.users[src.user]
		return
	}
	user, isNew := r.place(&r.places[ofUsers], &g.user, user)
	if isNew {
		text := int64(r.lastUser) + r.signed(&r.text, int64(k.user)-int64(r.lastUser))
		if text < 0 || text >= int64(len(r.shared.texts)) {
			r.failed = true
			text = 0
		}
		r.lastUser = uint32(text)
		r.userOf[r.lastUser] = user
		r.users = append(r.users, r.lastUser)
	}
	k.user, src.user = r.users[user], int32(user)
}

func (r *recordCoder) ports(k *located, src *knownSource, f *knownFacts, g *groupChances, process bool) {
	if r.flag(&g.samePort, k.port == f.port) {
		k.port = f.port
	} else {
		high := r.octet(&g.highPort, byte(k.port>>8))
		k.port = uint16(high)<<8 | uint16(r.octet(&r.lowPort[high], byte(k.port)))
		f.port = k.port
	}
	switch {
	case r.flag(&g.noSource, k.srcPort == 0):
		k.srcPort = 0
	case src.srcPort != 0 && r.flag(&g.sameFrom[one(process)], k.srcPort == src.srcPort):
		k.srcPort = src.srcPort
	default:
		high := r.octet(&g.highSource, byte(k.srcPort>>8))
		k.srcPort = uint16(high)<<8 | uint16(r.octet(&r.lowSource, byte(k.srcPort)))
		src.srcPort = k.srcPort
	}
}

// sessionOf codes the session of a record, which mostly follows from its process.
func (r *recordCoder) sessionOf(k *located, g *groupChances) {
	usual := r.shared.sessionOf(k.facts, k.pid)
	before := &r.sessionBefore[(uint(k.source)*31+uint(k.srcPort))%uint(len(r.sessionBefore))]
	switch {
	case r.flag(&g.usual, k.session == usual):
		k.session = usual
	case r.flag(&g.noSession, k.session == 0):
		k.session = 0
	case r.flag(&g.sameSess, k.session == *before):
		k.session = *before
	default:
		k.session = r.plain(k.session, sessionBits)
		*before = k.session
	}
}

// begin is to be called before the first record of an input.
func (r *recordCoder) begin() { r.last.line = 0 }

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// recordsPerByte is how many records a byte stands for at most: what is read must not take memory without end.
const recordsPerByte = 64

func mostRecords(bytes int) int { return 1<<16 + recordsPerByte*bytes }

// written are the records of a Builder as they are written, and what they leave to say.
type written struct {
	shared   *tables
	packed   []byte
	perInput []int
	pieces   []string // of long messages
	users    int
	used     []*sourceSpans        // in the order of their places
	listed   []sourceKey           // of these, without a plain address
	unused   []sourceKey           // of sources without records
	apart    map[*span]bool        // spans that reading the records does not make again
	named    map[*sourceSpans]bool // sources with names that it does not
}

// apartOf are those spans of a list that reading the records does not make again.
func (w *written) apartOf(list spans) spans {
	var out spans
	for _, s := range list {
		if w.apart[s] {
			out = append(out, s)
		}
	}
	return out
}

// inOrder is where a record is among all, and its place in the order of lines.
type inOrder struct {
	line  uint64
	place uint32
}

// writeRecords writes the records of a Builder.
func (b *Builder) writeRecords() *written {
	w := &written{shared: newTables(), apart: map[*span]bool{}, named: map[*sourceSpans]bool{}}
	keys := b.sortedKeys()
	n := 0
	for _, src := range b.sources.all {
		n += src.count()
	}
	records, order := make([]located, 0, n), make([]inOrder, 0, n)
	for i, key := range keys {
		src := b.sources.of(key)
		if src.count() == 0 {
			w.unused = append(w.unused, key)
		}
		again := &sourceSpans{} // with the names that the records state
		add := func(p *packed, loose bool) {
			b.room = b.unpack(p, b.room[:0])
			for _, k := range b.room {
				if len(src.names) > 0 {
					b.restate(&k, key.ip, again)
				}
				order = append(order, inOrder{uint64(k.input)<<32 | uint64(uint32(k.line)), uint32(len(records))})
				records = append(records, located{k, loose, int32(i)})
			}
		}
		for j, list := range [...]spans{src.detects, src.context} {
			for _, s := range list {
				add(&s.packed, false)
				if !b.isMadeAgain(s, b.room, [...]time.Duration{b.o.Gap, nearby}[j]) {
					w.apart[s] = true
				}
			}
		}
		add(&src.loose, true)
		src.named, src.latest = nil, 0 // their places change
		if !sameClaims(src.names, again.names) {
			w.named[src] = true
		}
	}
	b.room = b.room[:0]
	slices.SortFunc(order, func(a, b inOrder) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.place, b.place)) })

	m, users := newMoved(b.tables, w.shared), map[uint32]bool{}
	m.wholes = map[sizedTold]uint32{}
	placeOf := make([]int32, len(keys)) // one up
	var used []sourceKey
	for _, at := range order {
		k := &records[at.place]
		m.move(&k.kept)
		if k.user != 0 {
			users[k.user] = true
		}
		if place := &placeOf[k.source]; *place == 0 {
			key := keys[k.source]
			used, w.used = append(used, key), append(w.used, b.sources.of(key))
			if *place = int32(len(used)); !key.isPlain() {
				w.listed = append(w.listed, key)
			}
		}
		k.source = placeOf[k.source] - 1
		for int(k.input) >= len(w.perInput) {
			w.perInput = append(w.perInput, 0)
		}
		w.perInput[k.input]++
	}
	w.users = len(users)
	c := newWriter()
	w.pieces = writeMessages(c, w.shared)
	r := newRecordCoder(c, w.shared, len(w.shared.said), len(used), w.users)
	r.keys = used
	for _, n := range w.perInput {
		r.begin()
		for range n {
			r.record(&records[order[0].place])
			order = order[1:]
		}
	}
	for w.packed = r.finish(); n > mostRecords(len(w.packed)); {
		w.packed = append(w.packed, 0)
	}
	return w
}

// count is how many records are kept of a source.
func (s *sourceSpans) count() int {
	n := int(s.loose.n)
	for _, list := range [...]spans{s.detects, s.context} {
		for _, s := range list {
			n += int(s.packed.n)
		}
	}
	return n
}

// isMadeAgain reports whether adding the records of a span makes the same one.
func (b *Builder) isMadeAgain(s *span, records []kept, gap time.Duration) bool {
	if s.pruned || s.beyond() != nil || int(s.records) != len(records) || len(records) == 0 {
		return false
	}
	var again span
	times := make([]int64, 0, 64)
	for i := range records {
		k := &records[i]
		lines := int32(b.lines(k))
		again.lines += lines
		again.connections += b.connections(k)
		again.countInput(inputCount{k.input, 1, lines})
		times = append(times, k.at)
	}
	if s.unsorted {
		slices.Sort(times)
	}
	for i := range times[1:] {
		if d := times[i+1] - times[i]; d < 0 || d > int64(gap) {
			return false
		}
	}
	byInput := func(a, b inputCount) int { return cmp.Compare(a.input, b.input) }
	return times[0] == s.first && times[len(times)-1] == s.last && again.lines == s.lines && again.connections == s.connections &&
		slices.Equal(slices.SortedFunc(slices.Values(again.inputs()), byInput), slices.SortedFunc(slices.Values(s.inputs()), byInput))
}

// connections is how many completed connections a record counts as.
func (b *Builder) connections(k *kept) int64 {
	if f := &b.tables.facts[k.facts]; f.tries == analysis.TriesConnection && !b.isContext(k) {
		return int64(f.Count)
	}
	return 0
}

// restate notes the address and the name that a record states, as they were noted when it was added.
func (b *Builder) restate(k *kept, ip netip.Addr, src *sourceSpans) {
	if f, name := &b.tables.facts[k.facts], b.nameOf(k); f.addressed && name != "" {
		b.state(k, ip, src)
	}
}

// sameClaims compares what two sources are named, and puts it into order.
func sameClaims(a, b []claim) bool {
	for _, list := range [...][]claim{a, b} {
		slices.SortFunc(list, func(a, b claim) int { return compareStatements(a.statement, b.statement) })
		for i := range list {
			slices.SortFunc(list[i].list, compareStated)
		}
	}
	return slices.EqualFunc(a, b, func(a, b claim) bool { return a.statement == b.statement && slices.Equal(a.list, b.list) })
}

// apartFrom is what a source has that its records alone do not make.
type apartFrom struct {
	src              *sourceSpans
	detects, context spans
	named            bool
}

// holding returns the span of a list that a time lies in.
func (list spans) holding(at int64) *span {
	i, _ := slices.BinarySearchFunc(list, at, func(s *span, at int64) int { return cmp.Compare(s.last, at) })
	if i < len(list) && list[i].first <= at {
		return list[i]
	}
	return nil
}

// readRecords puts records into the spans of a Builder. said are those of the places that records give. apart are those of the sources of some places.
func (b *Builder) readRecords(r *recordCoder, said []sizedSaid, perInput []int, apart map[int]apartFrom) error {
	var sources []*sourceSpans
	for input, n := range perInput {
		r.begin()
		for range n {
			k := located{kept: kept{input: int32(input)}}
			if r.record(&k); r.failed {
				return errState
			}
			k.said, k.size = said[k.said].said, said[k.said].size
			if int(k.source) == len(sources) {
				key := r.keys[k.source]
				if b.sources.of(key) != nil {
					return errState
				}
				src := apart[len(sources)].src
				if src == nil {
					src = &sourceSpans{}
				}
				b.sources.put(key, src)
				sources = append(sources, src)
			}
			src, of := sources[k.source], apart[int(k.source)]
			if !of.named {
				b.restate(&k.kept, r.keys[k.source].ip, src)
			}
			if k.loose {
				b.pack(&src.loose, &k.kept)
				continue
			}
			list, given, gap := &src.detects, of.detects, b.o.Gap
			if b.tables.facts[k.facts].context {
				list, given, gap = &src.context, of.context, nearby
			}
			if s := given.holding(k.at); s != nil {
				if b.take(s, &k.kept); s.packed.n > firstPruned {
					return errState
				}
				continue
			}
			// What is near a given span is in it: joining it with another one would make an end of it.
			if i := given.find(gap, k.at); i < len(given) && given[i].first-k.at <= int64(gap) {
				return errState
			}
			b.addTo(list, gap, &k.kept, b.lines(&k.kept))
		}
	}
	for place, of := range apart {
		if place >= len(sources) {
			return errState
		}
		for _, list := range [...]spans{of.detects, of.context} {
			for _, s := range list {
				if s.packed.n == 0 {
					return errState
				}
			}
		}
	}
	return nil
}

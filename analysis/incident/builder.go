package incident

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"practicum/analysis"
	"practicum/analysis/workers"
)

// The defaults of Options.
const (
	DefaultGap      = 24 * time.Hour
	DefaultCampaign = 30 * 24 * time.Hour
	DefaultPorts    = 3
	DefaultSources  = 500_000
)

const (
	// nearby is how far from a detect a record of the same source may lie to be its context: the
	// connection before a failed log-in, the block after a probe.
	nearby = 10 * time.Minute
	// sameProcess is how long a process id is taken to mean one process.
	sameProcess = time.Minute
)

func (o Options) withDefaults() Options {
	if o.Gap <= 0 {
		o.Gap = DefaultGap
	}
	if o.Campaign <= 0 {
		o.Campaign = DefaultCampaign
	}
	if o.Ports <= 0 {
		o.Ports = DefaultPorts
	}
	if o.Sources <= 0 {
		o.Sources = DefaultSources
	}
	return o
}

// Builder folds detects and their context into spans of time, one list a source.
type Builder struct {
	memory
	o       Options
	sources *sourceTable
	stated  map[statement]map[netip.Addr][]stated // of sources that are not told apart
	ignored []analysis.IgnoreNote
	stop    func() bool
	ready   readyRoom
	full    int // how large the tables may become before what is not used any more is taken out

	// Of very many sources those are kept whose hash begins with halvings zero bits.
	halvings int
	beyond   struct{ records, lines int } // of the others
}

// sourceKey is an address; else a name, until names are joined together with the host that logged
// it; else, for records that name no source, that host and the account that acted, since two accounts
// of a machine are no one source.
type sourceKey struct {
	ip   netip.Addr
	name string // in lower case
	host string
	user string
}

type sourceSpans struct {
	detects spans // joined by Options.Gap
	context spans // joined by nearby
	// loose is context that is in no span yet. Most sources of a log never do anything adverse, and
	// what they did need not be put in order.
	loose  packed
	said   uint32              // the place of what the record said that was added last
	latest int32               // the place in names of the one that was stated last
	names  []claim             // that records state together with the address
	named  map[statement]int32 // the places in names; nil while there are few
}

// maxLoose is how many records of one source lie loose before they are put into spans.
const maxLoose = 4096

func (b *memory) addContext(s *sourceSpans, k *kept) {
	b.pack(&s.loose, k)
	if s.loose.n >= maxLoose {
		b.fold(s)
	}
}

// fold puts what is loose into the spans of context.
func (b *memory) fold(s *sourceSpans) {
	n := len(b.room)
	b.room = b.unpack(&s.loose, b.room)
	loose, to := b.room[n:], &s.context
	ordered := func(a, b kept) int { return cmp.Compare(a.at, b.at) }
	var made spans
	if !slices.IsSortedFunc(loose, ordered) {
		// A span is put among the others at the cost of moving those behind it: that is done once for all of these.
		slices.SortStableFunc(loose, ordered)
		to = &made
	}
	for i := range loose {
		b.addTo(to, nearby, &loose[i], b.lines(&loose[i])) // leaves b.room as it is
	}
	b.mergeAll(&s.context, nearby, made)
	b.room = b.room[:n]
	b.release(s.loose.data)
	s.loose = packed{}
}

// each calls f with every record that is kept of a source whose spans are not open.
func (b *memory) each(s *sourceSpans, f func(*kept)) {
	b.eachPacked(s, b.tables, func(p *packed) {
		for i := range b.room {
			f(&b.room[i])
		}
	})
}

// change is each of records whose tables were others before, and keeps what f changes.
func (b *memory) change(s *sourceSpans, was *tables, f func(*kept)) {
	b.eachPacked(s, was, func(p *packed) {
		for i := range b.room {
			f(&b.room[i])
		}
		b.packAll(p, b.room)
	})
}

// eachPacked unpacks the records of a source, with the tables that they are of, into b.room, one list after the other.
func (b *memory) eachPacked(s *sourceSpans, of *tables, do func(*packed)) {
	one := func(p *packed) {
		b.room = b.unpackOf(of, p, b.room[:0])
		do(p)
	}
	for _, list := range [...]spans{s.detects, s.context} {
		for _, span := range list {
			one(&span.packed)
		}
	}
	if s.loose.n > 0 {
		one(&s.loose)
	}
	b.room = b.room[:0]
}

// NewBuilder returns an empty Builder.
func NewBuilder(o Options) *Builder {
	b := &Builder{
		memory:  newMemory(newTables(), newChunks()),
		o:       o.withDefaults(),
		sources: newSourceTable(),
		stated:  map[statement]map[netip.Addr][]stated{},
		full:    maxShared,
	}
	for _, i := range o.Ignore {
		b.ignored = append(b.ignored, analysis.IgnoreNote{Entry: i.Entry(), Reason: i.Reason})
	}
	return b
}

// Add adds one event. kind is the kind that a rule found, empty for context; candidate is passed on
// to the function that Finish is given. The event is not kept.
func (b *Builder) Add(e *analysis.Event, kind string, candidate uint64) {
	lines := e.PhysicalLines()
	key := b.key(e)
	src := b.sources.of(key)
	if src == nil {
		if !b.keeps(key) {
			b.lose(e, lines)
			return
		}
		src = &sourceSpans{}
		b.sources.put(key, src)
		for b.sources.len() > b.o.Sources {
			b.halve()
		}
		if !b.keeps(key) {
			b.lose(e, lines)
			return
		}
	}
	k := b.keepEvent(src, e, kind, candidate)
	if e.Source.IP.IsValid() && e.Source.Name != "" {
		b.state(&k, e.Source.IP, src)
	}
	if kind != "" {
		b.addTo(&src.detects, b.o.Gap, &k, lines)
	} else {
		b.addContext(src, &k)
	}
	if b.crowded() {
		b.tidy()
	}
}

// crowded reports whether a table has become large and half of it, or more, may be of no use any more.
func (b *Builder) crowded() bool {
	const texts = 16 // that one record may have for its own, or fewer
	half := func(places, spent int) bool { return places > b.full && 2*spent >= places }
	return half(len(b.facts), b.spent) || half(len(b.said), b.spent) || half(len(b.told), b.spent) || half(len(b.texts), texts*b.spent)
}

// maxShared is how large the tables may become before they are looked through for what no record shares any more: an attacker
// can make up texts without end, and only records that are kept may hold on to theirs.
const maxShared = 1 << 16

// tidy makes the tables anew with what is used.
func (b *Builder) tidy() {
	b.renew(func(yield func(sourceKey) bool) {
		for key := range b.sources.all {
			if !yield(key) {
				return
			}
		}
	})
	b.full = max(maxShared, 2*b.size())
}

// renew makes the tables anew with what is used, in the order of the sources.
func (b *Builder) renew(keys iter.Seq[sourceKey]) {
	was := b.tables
	b.tables, b.spent = newTables(), 0
	m := newMoved(was, b.tables)
	for key := range keys {
		src := b.sources.of(key)
		b.change(src, was, m.move)
		src.said, src.named = 0, nil // with texts of the tables before
		for i := range src.names {
			c := &src.names[i].statement
			c.host, c.name = b.keep(c.host), b.keep(c.name)
		}
	}
}

// lose counts a record of a source that is not told apart.
func (b *Builder) lose(e *analysis.Event, lines int) {
	b.beyond.records++
	b.beyond.lines += lines
	b.spent++
	if e.Source.IP.IsValid() && e.Source.Name != "" {
		b.stateBeyond(statement{e.Host, lower(e.Source.Name)}, stated{e.Source.IP, e.Time.UnixNano(), e.Time.UnixNano()})
	}
}

// keeps reports whether a source is one of those that are told apart. It depends on nothing but the source and on how many
// there are, so whatever the order of the records, the same ones are kept.
func (b *Builder) keeps(key sourceKey) bool {
	return b.halvings == 0 || key.hash()>>(64-b.halvings) == 0
}

// halve lets go of half of the sources and counts what they did.
func (b *Builder) halve() {
	b.halvings++
	for key, src := range b.sources.all {
		if b.keeps(key) {
			continue
		}
		for _, c := range src.names {
			for _, n := range c.list {
				b.stateBeyond(c.statement, n)
			}
		}
		records, lines := b.total(src)
		b.beyond.records += records
		b.beyond.lines += lines
		b.spent += records
		b.letGo(src)
		b.sources.remove(key)
	}
}

// letGo takes back the memory of a source that is not to be used any more. Its spans stand among others, which may stay.
func (b *memory) letGo(src *sourceSpans) {
	b.release(src.loose.data)
	for _, list := range [...]spans{src.detects, src.context} {
		for _, s := range list {
			b.drop(s)
		}
	}
	*src = sourceSpans{}
}

// total counts the records and lines of a source.
func (b *memory) total(src *sourceSpans) (records, lines int) {
	b.room = b.unpack(&src.loose, b.room[:0])
	for i := range b.room {
		records++
		lines += b.lines(&b.room[i])
	}
	b.room = b.room[:0]
	for _, list := range [...]spans{src.detects, src.context} {
		for _, s := range list {
			records += int(s.records)
			lines += int(s.lines)
		}
	}
	return records, lines
}

// hash spreads sources evenly: FNV-1a over the key, finished by spread.
func (k sourceKey) hash() uint64 {
	h := fnv.New64a()
	if k.ip.IsValid() {
		ip := k.ip.As16()
		h.Write(ip[:])
	}
	io.WriteString(h, k.name+"\x00"+k.host+"\x00"+k.user)
	return spread(h.Sum64())
}

// hashText spreads texts evenly, as sourceKey.hash does sources.
func hashText(s string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, s)
	return spread(h.Sum64())
}

// spread is what SplitMix64 ends with: every bit of x bears on every bit of it.
func spread(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// AddCopy counts the lines of a record that was added from another input already. They belong to
// whatever its original belongs to; as a record it counts once.
func (b *Builder) AddCopy(e *analysis.Event, kind string) {
	src := b.sources.of(b.key(e))
	if src == nil {
		return
	}
	b.fold(src)
	list := src.context
	if kind != "" {
		list = src.detects
	}
	at := e.Time.UnixNano()
	for _, s := range list {
		if s.distance(at, at) == 0 {
			s.countInput(inputCount{input: int32(e.Input), lines: int32(e.PhysicalLines())})
			return
		}
	}
}

func (b *Builder) key(e *analysis.Event) sourceKey {
	switch {
	case e.Source.IP.IsValid():
		return sourceKey{ip: e.Source.IP}
	case e.Source.Name != "":
		return sourceKey{name: b.keep(lower(e.Source.Name)), host: b.keep(e.Host)}
	}
	return sourceKey{host: b.keep(e.Host), user: b.keep(e.User)}
}

// ignore takes the sources of the ignore list out, once names and addresses are joined, and counts
// what that hides.
func (b *Builder) ignore() {
	if len(b.o.Ignore) == 0 {
		return
	}
	for _, key := range b.sortedKeys() {
		src := b.sources.of(key)
		i := slices.IndexFunc(b.o.Ignore, func(entry Ignore) bool { return entry.matches(&b.memory, key, src) })
		if i < 0 {
			continue
		}
		b.fold(src)
		for _, list := range [...]spans{src.detects, src.context} {
			for _, s := range list {
				b.ignored[i].Records += int(s.records)
				b.ignored[i].Lines += int(s.lines)
			}
		}
		b.letGo(src)
		b.sources.remove(key)
	}
}

func (i Ignore) matches(b *memory, key sourceKey, src *sourceSpans) bool {
	if key.ip.IsValid() && slices.ContainsFunc(i.Addresses, func(p netip.Prefix) bool { return p.Contains(key.ip) }) {
		return true
	}
	if len(i.Names) == 0 {
		return false
	}
	named := func(name string) bool {
		return name != "" && slices.ContainsFunc(i.Names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	if named(key.name) {
		return true
	}
	found := false
	b.each(src, func(k *kept) { found = found || named(b.nameOf(k)) })
	return found
}

// isRequest reports whether a message is a request as web servers log it: in quotes.
func isRequest(message string) bool { return strings.HasPrefix(message, `"`) }

// keepEvent makes of an event what is kept of it in the spans of src.
func (b *Builder) keepEvent(src *sourceSpans, e *analysis.Event, kind string, candidate uint64) kept {
	message := ""
	switch {
	case e.Action == analysis.ActionAllowed && e.Tries == analysis.TriesSession && (e.Format == "sshd" || e.Format == "dovecot"):
		// Its fields say all that a log-in says.
	case e.Format == "sshd" && e.Action == analysis.ActionFailed && e.Source.IP.IsValid():
		message = analysis.Ending(e.Message)
	case e.Context || e.Action == analysis.ActionInfo || isRequest(e.Message) || kind != "" && e.Tries == analysis.TriesNone:
		message = wordsOf(e, kind)
	}
	said, size := b.saidOf(e, message, src.said)
	src.said = said
	k := kept{
		at: e.Time.UnixNano(), session: shortened(e.Session), facts: b.factsOf(e, kind, candidate), said: said, size: size,
		line: int32(e.Lines[0].First), pid: int32(e.PID), input: int32(e.Input), port: e.Target.Port, srcPort: e.Source.Port,
	}
	if e.User != "" {
		k.user = b.text(e.User)
	}
	return k
}

// Result is what Finish found.
type Result struct {
	// Cited counts, per input, the lines that incidents cite.
	Cited   map[int]int
	Ignored []analysis.IgnoreNote
	Limits  []string
	Decided []analysis.Decided

	tables   *tables
	chunks   *chunks
	clusters []cluster // in order of their first record
	file     func(int) string

	lock   *sync.Mutex
	known  map[int]*Maker            // of unpacked
	listed map[int][]analysis.Source // of Sources, where there are several
}

// Len is the number of incidents.
func (r *Result) Len() int { return len(r.clusters) }

// Incident makes the i-th incident, in order of time, without its number and title. It is made anew
// each time, because its Events are large and a log may have hundreds of thousands of incidents;
// several may be made at once.
func (r *Result) Incident(i int) analysis.Incident {
	return r.Maker().Own(i)
}

// Brief is the i-th incident with nothing but its ID, place, sources and times.
func (r *Result) Brief(i int) analysis.Incident {
	c := &r.clusters[i]
	first, last := period(c.groups)
	in := analysis.Incident{ID: c.id, Place: i, First: instant(first), Last: instant(last)}
	in.Sources = slices.Clone(sourcesOf(c.groups))
	return in
}

// ID is that of the i-th incident.
func (r *Result) ID(i int) string { return r.clusters[i].id }

// First is when the i-th incident begins.
func (r *Result) First(i int) time.Time { return instant(r.clusters[i].first()) }

// period is from the first to the last record of groups.
func period(groups []*group) (first, last int64) {
	first, last = groups[0].span.first, groups[0].span.last
	for _, g := range groups[1:] {
		first, last = min(first, g.span.first), max(last, g.span.last)
	}
	return first, last
}

// Kept is how many records are kept of the i-th incident, which may have more.
func (r *Result) Kept(i int) int {
	return recordsOf(r.clusters[i].groups)
}

// Sources are those of the i-th incident. They are not to be changed.
func (r *Result) Sources(i int) []analysis.Source {
	groups := r.clusters[i].groups
	if len(groups) == 1 {
		return sourcesOf(groups)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	list, known := r.listed[i]
	if !known {
		if list = sourcesOf(groups); r.listed == nil {
			r.listed = map[int][]analysis.Source{}
		}
		r.listed[i] = list
	}
	return list
}

// group is the span of one source that became an incident or a part of one. There may be hundreds of thousands.
type group struct {
	key    *sourceKey          // the same one for all groups of a source
	from   *[1]analysis.Source // of the key
	span   *span               // detects and their context
	extra  *extra              // nil where there is nothing
	detect int64               // of the first detect
	marked bool
}

// extra is what few groups have.
type extra struct {
	kinds  []string    // reached by several records together
	marks  []signature // its distinctive ones, once marked
	joined []string    // the signatures that join the group to earlier ones
}

// has is what the group has more.
func (g *group) has() extra {
	if g.extra == nil {
		return extra{}
	}
	return *g.extra
}

// own is what the group has more, to be changed.
func (g *group) own() *extra {
	if g.extra == nil {
		g.extra = &extra{}
	}
	return g.extra
}

func (g *group) mark(marks []signature) {
	if g.marked = true; len(marks) > 0 || g.extra != nil {
		g.own().marks = slices.Clone(marks)
	}
}

// Rules judge the records of one source together.
type Rules interface {
	// Reached says which kinds records in order of time reach together; candidates are what Add was given with each.
	Reached(records []analysis.EventRef, candidates []uint64) []string
	// Possible has the bits of the candidates that count where any part of the records could reach a kind: it need not look as closely.
	// The records are in order of their times, in nanoseconds, or in none where times is nil.
	// counts are how often each was; nil where all were once.
	Possible(candidates []uint64, times []int64, counts []int32, record func(int) analysis.EventRef) uint64
}

// possible reports whether the loose records could reach a kind together.
func (r *reaching) possible(s *sourceSpans, rules Rules) bool {
	if s.loose.n == 0 || s.loose.n == 1 && r.facts[s.loose.last.facts].Count == 1 {
		return false // one record of context reaches no threshold
	}
	loose := r.unpack(&s.loose, r.room[:0])
	r.room = loose[:0]
	r.candidates = r.candidates[:0]
	for i := range loose {
		r.candidates = append(r.candidates, r.candidate(&loose[i]))
	}
	r.words.again()
	return rules.Possible(r.candidates, nil, r.countsOf(loose), func(i int) analysis.EventRef {
		k := r.of(&loose[i])
		return k.ref("", nil, &r.words)
	}) != 0
}

// countsOf is how often each of some records was; nil where all were once.
func (r *reaching) countsOf(list []kept) []int32 {
	i := 0
	for ; i < len(list) && r.facts[list[i].facts].Count == 1; i++ {
	}
	if i == len(list) {
		return nil // the usual case
	}
	r.counts = r.counts[:0]
	for i := range list {
		r.counts = append(r.counts, int32(r.facts[list[i].facts].Count))
	}
	return r.counts
}

// Finish makes incidents of what was added. rules say which kinds the records of one source reach together; file names
// the input of that rank. The Builder must not be used afterwards.
// stopped, when not nil, says that nobody waits for the result any more: it is a part then.
func (b *Builder) Finish(rules Rules, file func(int) string, stopped func() bool) Result {
	b.stop = stopped
	b.joinNames()
	b.ignore()
	var groups []*group
	all := b.allGroups(b.sortedKeys(), rules)
	n := 0
	for _, of := range all {
		n += len(of)
	}
	groups = make([]*group, 0, n)
	for _, of := range all {
		groups = append(groups, of...)
	}
	if b.stopped() {
		return Result{}
	}
	b.follow(groups)
	if b.stopped() {
		return Result{}
	}
	// Groups have the records that they need in memory of their own. Spans of context stand among theirs, and may have more.
	for _, src := range b.sources.all {
		for _, s := range src.context {
			*s = span{}
		}
	}
	b.forget()
	b.memory.spans, b.memory.spare, b.sources, b.ready = nil, nil, nil, readyRoom{}
	r := Result{Cited: map[int]int{}, Ignored: b.ignored, tables: b.tables, chunks: b.chunks, file: file, lock: &sync.Mutex{}}
	r.clusters, r.Decided, r.Limits = b.decide(b.campaigns(groups), file)
	if b.halvings > 0 {
		r.Limits = append(r.Limits, fmt.Sprintf("there are more than %d sources (limits.sources): one in %d was kept, whatever it did, and %d records on %d lines of the others are counted as benign",
			b.o.Sources, 1<<b.halvings, b.beyond.records, b.beyond.lines))
	}
	slices.SortStableFunc(r.clusters, func(a, b cluster) int {
		return cmp.Or(cmp.Compare(a.first(), b.first()), cmp.Compare(a.order, b.order))
	})
	for _, c := range r.clusters {
		full := false
		for _, g := range c.groups {
			for _, n := range g.span.inputs() {
				r.Cited[int(n.input)] += int(n.lines)
			}
			d := g.span.beyond()
			full = full || d != nil && d.full
		}
		if full {
			r.Limits = append(r.Limits, fmt.Sprintf("incident %s has more than %d different ports, targets, machines, log-in names or signatures: not all are listed, and how many are told of is a lower bound; its records and lines are counted exactly", c.id, maxDistinct))
		}
	}
	return r
}

// allGroups makes the groups of each source. Workers share the sources, which have nothing to do with each other.
func (b *Builder) allGroups(keys []sourceKey, rules Rules) [][]*group {
	all := make([][]*group, len(keys))
	b.share(len(keys), func(room *reaching, i int) {
		if i%readyTogether == 0 {
			room.seen += b.readyKeys(keys[i:min(i+readyTogether, len(keys))])
		}
		all[i] = b.groups(&keys[i], rules, room)
	})
	return all
}

// share calls do for 0 to n-1, until nobody waits for the result any more. Workers share the calls; each has memory of its own.
func (b *Builder) share(n int, do func(room *reaching, i int)) (rooms []reaching) {
	rooms = make([]reaching, max(b.o.Workers, 1))
	for i := range rooms {
		rooms[i].memory = newMemory(b.tables, b.chunks)
	}
	workers.Each(len(rooms), n, 256, b.stopped, func(worker, i int) { do(&rooms[worker], i) })
	return rooms
}

func (b *Builder) stopped() bool { return b.stop != nil && b.stop() }

func (b *Builder) sortedKeys() []sourceKey {
	keys := make([]sourceKey, 0, b.sources.len())
	for k := range b.sources.all {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

func compareKeys(a, b sourceKey) int {
	return cmp.Or(a.ip.Compare(b.ip), cmp.Compare(a.name, b.name), cmp.Compare(a.host, b.host), cmp.Compare(a.user, b.user))
}

// joinNames moves the spans of sources that records give by name alone to the address that the same
// process logged, or that another record of the same host states for the name within the gap. What
// finds no address stays under the name, whichever host logged it. Records that name nobody go to
// the address that the same process logged.
func (b *Builder) joinNames() {
	var keys []sourceKey
	for key := range b.sources.all {
		if !key.ip.IsValid() {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, compareKeys)
	sessions, served := b.sessions(keys)
	addresses := b.addresses(keys)
	for i, key := range keys {
		if !served[i] && addresses[statement{key.host, key.name}] == nil && b.rename(key) {
			continue
		}
		src := b.sources.of(key)
		b.sources.remove(key)
		for _, s := range b.singles(src.detects) {
			b.merge(&b.source(b.resolve(key, s, sessions, addresses)).detects, b.o.Gap, s)
		}
		b.fold(src)
		for _, s := range b.singles(src.context) {
			b.merge(&b.source(b.resolve(key, s, sessions, addresses)).context, nearby, s)
		}
	}
}

// rename moves a source, of which no record has an address, as a whole to its name alone. It reports whether nothing is there yet.
func (b *Builder) rename(key sourceKey) bool {
	to := key.alone()
	if to == key {
		return true
	}
	if b.sources.of(to) != nil {
		return false
	}
	src := b.sources.of(key)
	b.sources.remove(key)
	b.sources.put(to, src)
	return true
}

// alone is the key of a source that has no address: its name, whichever host logged it, if it has one.
func (k sourceKey) alone() sourceKey {
	if k.name == "" {
		return k
	}
	return sourceKey{name: k.name}
}

// singles takes spans apart into one for each record, so that each finds its own address. A span that has no parts stays whole.
func (b *memory) singles(list spans) spans {
	var out spans
	for _, s := range list {
		refs := b.unpack(&s.packed, nil)
		if !b.hasParts(s, refs) {
			out = append(out, s)
			continue
		}
		b.drop(s)
		for i := range refs {
			out = append(out, b.span(&refs[i], b.lines(&refs[i])))
		}
	}
	return out
}

// hasParts is false of a span whose records, refs, are not all kept, or that counts lines of copies.
func (t *tables) hasParts(s *span, refs []kept) bool {
	lines := 0
	for i := range refs {
		lines += t.lines(&refs[i])
	}
	counted := 0
	for _, c := range s.inputs() {
		counted += int(c.lines)
	}
	return !s.pruned && lines == counted
}

func (b *Builder) resolve(key sourceKey, s *span, sessions map[uint64]sessionUses, addresses map[statement]*whereabouts) sourceKey {
	if ip, ok := b.addressOf(key, s, sessions, addresses); ok {
		return sourceKey{ip: ip}
	}
	return key.alone()
}

func (b *Builder) source(key sourceKey) *sourceSpans {
	src := b.sources.of(key)
	if src == nil {
		src = &sourceSpans{}
		b.sources.put(key, src)
	}
	return src
}

// sessionUse is an address that a process logged, and when, in nanoseconds since 1970.
type sessionUse struct {
	at int64
	ip netip.Addr
}

// servedUse is one of a session.
type servedUse struct {
	session uint64
	sessionUse
}

func compareUses(a, b sessionUse) int {
	return cmp.Or(cmp.Compare(a.at, b.at), a.ip.Compare(b.ip))
}

// sessionUses are those of one session, in order of time, each once.
type sessionUses []sessionUse

// nearest gives to try the addresses that were logged next before a time and next from it on; of one time, the smallest.
func (list sessionUses) nearest(at int64, try func(netip.Addr, time.Duration)) {
	first := func(at int64) int {
		i, _ := slices.BinarySearchFunc(list, at, func(u sessionUse, at int64) int { return cmp.Compare(u.at, at) })
		return i
	}
	i := first(at)
	if i < len(list) {
		try(list[i].ip, time.Duration(list[i].at-at))
	}
	if i > 0 {
		before := list[first(list[i-1].at)]
		try(before.ip, time.Duration(at-before.at))
	}
}

// sessions finds the addresses of the sessions that sources without one have, and which of those have such a session.
func (b *Builder) sessions(nameless []sourceKey) (uses map[uint64]sessionUses, served []bool) {
	uses, served = map[uint64]sessionUses{}, make([]bool, len(nameless))
	for i, key := range nameless {
		b.each(b.sources.of(key), func(k *kept) {
			if k.session != 0 {
				uses[k.session], served[i] = nil, true
			}
		})
	}
	if len(uses) == 0 {
		return uses, served
	}
	var addressed []*sourceSpans
	var ips []netip.Addr
	for key, src := range b.sources.all {
		if key.ip.IsValid() {
			addressed, ips = append(addressed, src), append(ips, key.ip)
		}
	}
	rooms := b.share(len(addressed), func(room *reaching, i int) {
		room.each(addressed[i], func(k *kept) {
			if _, wanted := uses[k.session]; wanted {
				room.uses = append(room.uses, servedUse{k.session, sessionUse{k.at, ips[i]}})
			}
		})
	})
	for i := range rooms {
		for _, u := range rooms[i].uses {
			uses[u.session] = append(uses[u.session], u.sessionUse)
		}
	}
	for session, list := range uses {
		slices.SortFunc(list, compareUses)
		uses[session] = slices.Compact(list)
	}
	for i, key := range nameless {
		if served[i] {
			served[i] = false
			b.each(b.sources.of(key), func(k *kept) { served[i] = served[i] || len(uses[k.session]) > 0 })
		}
	}
	return uses, served
}

// addressOf finds the address of a span whose records give the source by name alone: the one that
// the same process of the same host logged within a minute, else the one that a record of the same
// host states for the name within the gap; the nearest in time, then the smallest.
func (b *Builder) addressOf(key sourceKey, s *span, sessions map[uint64]sessionUses, addresses map[statement]*whereabouts) (netip.Addr, bool) {
	var best netip.Addr
	bestDistance := time.Duration(-1)
	try := func(ip netip.Addr, d time.Duration) {
		if bestDistance < 0 || d < bestDistance || (d == bestDistance && ip.Compare(best) < 0) {
			best, bestDistance = ip, d
		}
	}
	b.room = b.unpack(&s.packed, b.room[:0])
	for i := range b.room {
		k := &b.room[i]
		sessions[k.session].nearest(k.at, func(ip netip.Addr, d time.Duration) {
			if d <= sameProcess {
				try(ip, d)
			}
		})
	}
	if bestDistance >= 0 {
		return best, true
	}
	if w := addresses[statement{key.host, key.name}]; w != nil { // none where there is no name
		w.nearest(s.first, s.last, func(ip netip.Addr, d time.Duration) {
			if d <= b.o.Gap {
				try(ip, d)
			}
		})
	}
	return best, bestDistance >= 0
}

// groups makes the groups of one source: its spans of detects, each with the context that lies
// near it, and spans of context alone that reach a rule's threshold together.
func (b *Builder) groups(key *sourceKey, rules Rules, room *reaching) []*group {
	src := b.sources.of(*key)
	if len(src.detects) == 0 && len(src.context) == 0 && !room.possible(src, rules) {
		return nil
	}
	room.room = room.room[:0]
	room.fold(src)
	for _, list := range [...]spans{src.detects, src.context} {
		for _, s := range list {
			room.open(s)
			room.settle(s)
		}
	}
	context := make(spans, 0, len(src.context))
	for _, s := range src.context {
		if len(room.by(s, rules)) > 0 {
			room.merge(&src.detects, b.o.Gap, s)
		} else {
			context = append(context, s)
		}
	}
	if len(src.detects) == 0 {
		for _, c := range context {
			room.shut(c)
		}
		src.context = context
		return nil
	}
	groups := make([]*group, len(src.detects))
	for i, s := range src.detects {
		groups[i] = room.newGroup(key, s)
	}
	src.context = src.context[:0] // what stays loose; a record is in one incident
	for _, c := range context {
		reach := nearby
		if b.logsIn(c) {
			reach = b.o.Gap // a log-in after failures matters also hours later
		}
		var near *group
		for _, g := range groups {
			if d := g.span.distance(c.first, c.last); d <= reach && (near == nil || d < near.span.distance(c.first, c.last)) &&
				(d <= nearby || b.fails(g.span)) {
				near = g
			}
		}
		if near != nil {
			room.absorb(near.span, c)
		} else {
			src.context = append(src.context, c)
		}
	}
	for _, c := range src.context {
		room.shut(c)
	}
	from := key.source()
	for _, g := range groups {
		g.span.sort()
		if kinds := room.by(g.span, rules); len(kinds) > 0 {
			g.own().kinds = kinds
			b.count(g.span)
		}
		g.detect = b.firstDetect(g.span)
		if key.named() {
			if name := b.sourceName(g.span); name != from[0].Name {
				from = &[...]analysis.Source{{IP: from[0].IP, Name: name}}
			}
		}
		g.from = from
		g.mark(room.signatures(g.span, b.o))
		room.shut(g.span)
		g.span.packed.data = room.apart.take(b.chunks, g.span.packed.data)
	}
	return groups
}

// firstDetect is when the first record of a sorted span is that is no context.
func (t *tables) firstDetect(s *span) int64 {
	refs := s.refs()
	for i := range refs {
		if k := &refs[i]; !t.isContext(k) || t.candidate(k) != 0 {
			return k.at
		}
	}
	return s.first
}

// count makes tries of the records that count towards a rule's threshold, once one is reached: what makes an incident
// together is no context of it.
func (t *tables) count(s *span) {
	refs := s.refs()
	for i := range refs {
		k := &refs[i]
		f := &t.facts[k.facts]
		if !t.isContext(k) || f.candidate == 0 {
			continue
		}
		if k.marks, s.more.changed = k.marks|counted, true; f.tries == analysis.TriesConnection {
			s.connections += int64(f.Count)
		}
	}
}

// aftermathTime is how long after a suspicious log-in the records of the account count as its context: what
// was done with the access. Sessions last longer, but so do those of the account's owner.
const aftermathTime = time.Hour

// follow adds to a log-in that a rule judged together with others, such as one after failures, what
// the account then did on that host: records that name no source, of sudo and its like.
func (b *Builder) follow(groups []*group) {
	var apart apart // of the groups that grow
	for _, g := range groups {
		if len(g.has().kinds) == 0 {
			continue
		}
		b.room = b.room[:0]
		b.open(g.span)
		if !b.logsIn(g.span) || !b.fails(g.span) {
			b.shut(g.span)
			continue
		}
		var found []*span
		refs := g.span.refs()
		for i := range refs {
			k := b.of(&refs[i])
			if k.Action != analysis.ActionAllowed || k.candidate == 0 || k.user == "" || k.Host == "" {
				continue
			}
			src := b.sources.of(sourceKey{host: k.Host, user: k.user})
			if src == nil {
				continue
			}
			b.fold(src)
			src.context = slices.DeleteFunc(src.context, func(s *span) bool {
				after := time.Duration(s.first - k.at)
				if after < 0 || after > aftermathTime {
					return false
				}
				found = append(found, s)
				return true
			})
		}
		for _, s := range found {
			b.open(s)
			refs := s.refs()
			for i := range refs {
				refs[i].marks |= aftermath
			}
			b.absorb(g.span, s)
			g.marked = false
		}
		g.span.sort()
		b.shut(g.span)
		if len(found) > 0 {
			g.span.packed.data = apart.take(b.chunks, g.span.packed.data)
		}
	}
}

// logsIn reports whether the span has an accepted log-in, fails whether it has a rejected one.
func (t *tables) logsIn(s *span) bool {
	refs := s.refs()
	for i := range refs {
		if k := &refs[i]; k.user != 0 && t.facts[k.facts].Action == analysis.ActionAllowed && t.texts[k.user] != nobody {
			return true
		}
	}
	return false
}

func (t *tables) fails(s *span) bool {
	refs := s.refs()
	for i := range refs {
		if t.facts[refs[i].facts].Action == analysis.ActionFailed {
			return true
		}
	}
	return false
}

// reaching is memory to ask rules in, one span after the other.
type reaching struct {
	memory
	refs       []analysis.EventRef
	candidates []uint64
	times      []int64
	counts     []int32
	groups     []group
	words      words
	seen       uint64 // by readyKeys
	apart      apart
	uses       []servedUse // that were found
}

func (r *reaching) newGroup(key *sourceKey, s *span) *group {
	if len(r.groups) == 0 {
		r.groups = make([]group, 64)
	}
	g := &r.groups[0]
	r.groups = r.groups[1:]
	g.key, g.span = key, s
	return g
}

// by asks which kinds the records of a span reach together.
func (r *reaching) by(s *span, rules Rules) []string {
	any, refs := false, s.refs()
	for i := range refs {
		any = any || r.candidate(&refs[i]) != 0
	}
	if !any {
		return nil
	}
	s.sort()
	r.candidates, r.times = r.candidates[:0], r.times[:0]
	for i := range refs {
		r.candidates, r.times = append(r.candidates, r.candidate(&refs[i])), append(r.times, refs[i].at)
	}
	r.words.again()
	ref := func(i int) analysis.EventRef { // no rule asks for addresses of sources, or for lines
		k := r.of(&refs[i])
		return k.ref("", nil, &r.words)
	}
	which := rules.Possible(r.candidates, r.times, r.countsOf(refs), ref)
	if which == 0 {
		return nil
	}
	for i := range r.candidates {
		r.candidates[i] &= which
	}
	r.refs = slices.Grow(r.refs[:0], len(refs))
	for i := range refs {
		r.refs = append(r.refs, ref(i))
	}
	return rules.Reached(r.refs, r.candidates)
}

// sourceName is the name that the records give the source; the smallest, if they give several, and
// one that stands beside the address before one that stands alone.
func (t *tables) sourceName(s *span) string {
	beside, alone := "", ""
	last, refs := uint32(0), s.refs()
	for i := range refs {
		k := &refs[i]
		if k.said == last {
			continue // as the record before, unless one gives the address and one does not
		}
		switch name := t.nameOf(k); {
		case name == "":
			last = k.said
		case t.facts[k.facts].addressed:
			if beside == "" || name < beside {
				beside = name
			}
		default:
			if alone == "" || name < alone {
				alone = name
			}
		}
	}
	return cmp.Or(beside, alone)
}

package incident

import (
	"cmp"
	"hash/maphash"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"practicum/analysis"
	"practicum/analysis/request"
)

// kept is one record of a span. Logs hold millions of them, so it has no pointers, and what many records share stands
// once, in tables, where a record has its place.
type kept struct {
	at      int64 // nanoseconds since 1970, UTC
	session uint64
	size    int64 // of the answer to a request, one up; 0 where the message tells none
	facts   uint32
	said    uint32
	user    uint32 // among the texts
	line    int32  // the first one
	pid     int32
	input   int32
	port    uint16
	srcPort uint16
	marks   marks
}

// marks change what a record's facts say, once the records of its source are judged together.
type marks uint8

const (
	counted   marks = 1 << iota // it is no context: it counts towards a threshold that was reached
	aftermath                   // it is context, whatever it was, and no try at a service from outside
)

// facts is what records of one kind and place have in common.
type facts struct {
	analysis.Facts
	service   string
	ip        netip.Addr // of the target
	tries     analysis.Tries
	context   bool
	addressed bool // the record gives the source's address
	candidate uint64
	sessions  analysis.Sessions // of the host
}

// said is what records say: the places of the name of the source, among the texts, and of the rest.
type said struct{ name, told uint32 }

// told is what records say of who acted besides the source's name, and what else of their words statements read.
type told struct {
	ident   string
	message string               // of context, of what says nothing of success, and of requests to web servers up to the size of the answer
	tail    string               // of the message behind the size, which stands in the record
	lines   []analysis.LineRange // nil for a single line
	unnamed uint32               // the place of what says this and no name; 0 while there is none
}

func (s *told) is(key toldKey) bool { return s.lines == nil && s.key() == key }

func (s *told) key() toldKey { return toldKey{s.ident, s.message, s.tail} }

// tables hold what kept records share. A place that was given out stays until the tables are renewed.
type tables struct {
	facts []facts
	said  []said
	told  []told
	texts []string

	seed         maphash.Seed
	placeOfFacts placeTable
	placeOfSaid  placeTable // of what says a name
	placeOfTold  placeTable
	placeOfText  placeTable
	recent       []uint32 // by a few of their bytes: the places of the facts that were asked for last

	arena words // where short texts are kept
}

// factKey is what a record's facts are found by, without a text that would have to be made first.
type factKey struct {
	format, host, program, proto, service, signature, kind, claim, target string
	ip                                                                    netip.Addr
	action                                                                analysis.Action
	tries                                                                 analysis.Tries
	handshake                                                             analysis.Handshake
	addressed                                                             bool
	count                                                                 int32
	candidate                                                             uint64
}

// toldKey is what a record's told is found by.
type toldKey struct{ ident, message, tail string }

// newTables returns tables in which the place 0 is for what says nothing.
func newTables() *tables {
	t := &tables{}
	t.renew()
	return t
}

// renew empties the tables.
func (t *tables) renew() {
	*t = tables{
		facts: make([]facts, 1), said: make([]said, 1), told: make([]told, 1), texts: make([]string, 1), seed: maphash.MakeSeed(), recent: make([]uint32, 1<<8),
	}
}

// size is how much there is in the tables.
func (t *tables) size() int { return max(len(t.facts), len(t.said), len(t.told), len(t.texts)) }

// text is the place of a text, of which a copy is kept.
func (t *tables) text(s string) uint32 {
	if s == "" {
		return 0
	}
	hash := uint32(maphash.String(t.seed, s))
	if place, ok := t.placeOfText.find(hash, func(place uint32) bool { return t.texts[place] == s }); ok {
		return place
	}
	place := uint32(len(t.texts))
	t.texts = append(t.texts, t.copied(s))
	t.placeOfText.add(hash, place)
	return place
}

// copied is a copy of a text. Short ones stand together, because there may be millions.
func (t *tables) copied(s string) string {
	const short = 1 << 10
	if len(s) > short {
		return strings.Clone(s)
	}
	return t.arena.take(append(t.arena.room(len(s)), s...))
}

// keep is a copy of a text that is kept.
func (t *tables) keep(s string) string { return t.texts[t.text(s)] }

// longText is from how many bytes on a message, of a request up to the size of its answer, is taken for one of its own: it is not looked
// for among the others.
const longText = 80

func (s *told) isLong() bool { return s.lines != nil || len(s.message) >= longText }

// mostRecent is how many facts are found without their hash.
const mostRecent = 1 << 16

func countOf(e *analysis.Event) int32 { return int32(min(max(e.Count, 1), 1<<30)) }

func (t *tables) factsOf(e *analysis.Event, kind string, candidate uint64) uint32 {
	slot := glance(e, kind)
	place := t.recent[slot%uint(len(t.recent))]
	if place == 0 || !t.facts[place].of(e, kind, candidate) {
		place = t.findFacts(e, kind, candidate)
		t.recent[slot%uint(len(t.recent))] = place
	}
	return place
}

// glance tells most facts apart by a few bytes of them.
func glance(e *analysis.Event, kind string) uint {
	h := uint(len(e.Format))
	for _, s := range [...]string{e.Host, e.Program, e.Service, e.Target.Name, kind} {
		n := len(s)
		h = h*31 + uint(n)
		if n > 0 {
			h = (h*31+uint(s[0]))*31 + uint(s[n-1])
		}
	}
	if e.Target.IP.Is4() {
		ip := e.Target.IP.As4()
		h = h*31 + uint(ip[3]) + uint(ip[2])<<8
	}
	h = (h*31+uint(e.Target.Port))*31 + uint(e.Tries) + uint(e.Handshake)<<2
	h *= 0x9E3779B97F4A7C15 // the golden ratio of 64 bits, as Knuth hashes
	return h >> 40
}

// of reports whether the facts are those of an event.
func (f *facts) of(e *analysis.Event, kind string, candidate uint64) bool {
	return f.Host == e.Host && f.ip == e.Target.IP && f.candidate == candidate && f.Action == e.Action && f.Kind == kind && f.service == e.Service &&
		f.tries == e.Tries && f.Handshake == e.Handshake && f.Program == e.Program && f.Format == e.Format && f.Proto == e.Proto && f.Signature == e.Signature &&
		f.Claim == e.Claim && f.Target.Host == e.Target.Name && f.context == (kind == "") && f.addressed == e.Source.IP.IsValid() && f.Count == int(countOf(e))
}

func (t *tables) findFacts(e *analysis.Event, kind string, candidate uint64) uint32 {
	return t.factsWith(factKey{e.Format, e.Host, e.Program, e.Proto, e.Service, e.Signature, kind, e.Claim, e.Target.Name, e.Target.IP, e.Action, e.Tries, e.Handshake, e.Source.IP.IsValid(), countOf(e), candidate})
}

// factsWith is the place of the facts with a key, which get one if they have none.
func (t *tables) factsWith(key factKey) uint32 {
	hash := uint32(maphash.Comparable(t.seed, key))
	if place, ok := t.placeOfFacts.find(hash, func(place uint32) bool { return t.facts[place].key() == key }); ok {
		return place
	}
	return t.addFacts(key, hash)
}

func (t *tables) addFacts(key factKey, hash uint32) uint32 {
	for _, s := range [...]*string{&key.format, &key.host, &key.program, &key.proto, &key.service, &key.signature, &key.kind, &key.claim, &key.target} {
		*s = t.keep(*s)
	}
	key.action = analysis.Action(t.keep(string(key.action)))
	f := facts{
		Facts: analysis.Facts{Format: key.format, Host: key.host, Program: key.program, Proto: key.proto, Signature: key.signature, Kind: key.kind, Claim: key.claim,
			Target: analysis.Target{Host: key.target}, Action: key.action, Handshake: key.handshake, Count: int(key.count)},
		service: key.service, ip: key.ip, tries: key.tries, context: key.kind == "", addressed: key.addressed, candidate: key.candidate,
		sessions: analysis.SessionsOf(key.host),
	}
	if key.ip.IsValid() {
		f.Target.IP = t.keep(key.ip.String())
	}
	place := uint32(len(t.facts))
	t.facts = append(t.facts, f)
	t.placeOfFacts.add(hash, place)
	if n := len(t.recent); 4*len(t.facts) > n && n < mostRecent {
		t.recent = make([]uint32, 4*n)
	}
	return place
}

func (f *facts) key() factKey {
	return factKey{f.Format, f.Host, f.Program, f.Proto, f.service, f.Signature, f.Kind, f.Claim, f.Target.Host, f.ip, f.Action, f.tries, f.Handshake, f.addressed, int32(f.Count), f.candidate}
}

// saidOf is what a record says of who acted, and the size that its message tells. was is the place of what the record of the
// same source before it said: most say the same again.
func (t *tables) saidOf(e *analysis.Event, message string, was uint32) (place uint32, size int64) {
	key := toldKey{ident: e.Ident}
	key.message, size, key.tail = parts(message)
	before := t.said[was]
	name := before.name
	if t.texts[name] != e.Source.Name {
		name = t.text(e.Source.Name)
	}
	if len(e.Lines) != 1 || e.Lines[0].Len() != 1 {
		return t.saying(name, t.addTold(key, slices.Clone(e.Lines))), size
	}
	told := before.told
	if !t.told[told].is(key) {
		told = t.findTold(key)
	} else if name == before.name {
		return was, size
	}
	return t.saying(name, told), size
}

// saying is the place of what says a name and something told.
func (t *tables) saying(name, told uint32) uint32 {
	if name == 0 {
		of := &t.told[told]
		if told != 0 && of.unnamed == 0 {
			of.unnamed = t.addSaid(name, told)
		}
		return of.unnamed
	}
	s := said{name, told}
	hash := uint32(maphash.Comparable(t.seed, s))
	if place, ok := t.placeOfSaid.find(hash, func(place uint32) bool { return t.said[place] == s }); ok {
		return place
	}
	place := t.addSaid(name, told)
	t.placeOfSaid.add(hash, place)
	return place
}

func (t *tables) addSaid(name, told uint32) uint32 {
	t.said = append(t.said, said{name, told})
	return uint32(len(t.said) - 1)
}

// findTold is the place of what records of single lines tell.
func (t *tables) findTold(key toldKey) uint32 {
	if key == (toldKey{}) {
		return 0
	}
	if len(key.message) < longText {
		if place, ok := t.placeOfTold.find(t.hashTold(&key), func(place uint32) bool { return t.told[place].key() == key }); ok {
			return place
		}
	}
	return t.addTold(key, nil)
}

func (t *tables) hashTold(key *toldKey) uint32 {
	h := uint64(0)
	for _, s := range [...]string{key.ident, key.message, key.tail} {
		if h *= 31; s != "" {
			h += maphash.String(t.seed, s)
		}
	}
	return uint32(spread(h))
}

// parts parts the message of a request at the size of the answer, of which whole is made again; others are one part.
func parts(message string) (before string, size int64, after string) {
	if !isRequest(message) {
		return message, 0, ""
	}
	before, after = request.WithoutSize(message)
	digits := message[len(before) : len(message)-len(after)]
	if digits == "" {
		return before, 0, after
	}
	v, ok := wholeNumber(digits)
	if !ok {
		return message, 0, ""
	}
	return before, int64(v) + 1, after
}

// whole is the message of a record that told s with a size, in memory of w.
func (s *told) whole(size int64, w *words) string {
	if size == 0 && s.tail == "" {
		return s.message
	}
	out := append(w.room(len(s.message)+len(s.tail)+20), s.message...)
	if size > 0 {
		out = strconv.AppendInt(out, size-1, 10)
	}
	return w.take(append(out, s.tail...))
}

// words is memory for texts that are valid as long as it is not used again.
type words struct{ free []byte }

// room is where the next text of up to n bytes goes.
func (w *words) room(n int) []byte {
	if cap(w.free)-len(w.free) < n {
		w.free = make([]byte, 0, max(n, 4<<10))
	}
	return w.free[len(w.free):]
}

// take is a text that was put into room.
func (w *words) take(text []byte) string {
	w.free = w.free[:len(w.free)+len(text)]
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// again lets what was taken be written over.
func (w *words) again() { w.free = w.free[:0] }

// wordsOf is as much of the message of an event as statements read.
func wordsOf(e *analysis.Event, kind string) string {
	switch {
	case !e.Source.IP.IsValid() && e.Source.Name == "", isRequest(e.Message), kind == "web-injection", e.User == "???":
		return e.Message
	case e.Format == "tcpwrappers" && strings.Contains(e.Message, "host"), e.Program == "sshd" && strings.Contains(e.Message, "BREAK-IN"):
		return e.Message // a warning about the client's name
	case e.Format == "postfix" && strings.HasPrefix(e.Message, "warning: ") && strings.Contains(e.Message, "hostname "):
		return e.Message // likewise
	case e.Format == "postfix" && strings.HasPrefix(e.Message, connects):
		return connects
	}
	return ""
}

// connects is what a process of Postfix says of a client that is new.
const connects = "connect from "

// sessionBits are kept of the number of a session: it tells the sessions of one source, or of a minute, from each other.
const sessionBits = 40

// shortened is as much as is kept of a session; 0 stays 0.
func shortened(session uint64) uint64 {
	if session == 0 {
		return 0
	}
	return max(spread(session)>>(64-sessionBits), 1)
}

func (t *tables) addTold(key toldKey, lines []analysis.LineRange) uint32 {
	s := told{ident: t.keep(key.ident), tail: t.keep(key.tail), lines: lines}
	if len(key.message) < longText {
		s.message = t.keep(key.message)
	} else {
		s.message = t.copied(key.message)
	}
	place := uint32(len(t.told))
	t.told = append(t.told, s)
	if !s.isLong() {
		t.placeOfTold.add(t.hashTold(&key), place)
	}
	return place
}

// moved is where records of one set of tables stand in another one.
type moved struct {
	from, to                 *tables
	facts, said, told, texts []uint32 // the place, one up; 0 where it is not known yet

	wholes map[sizedTold]uint32 // where messages shall be whole: the places of those that have sizes
}

type sizedTold struct {
	told uint32
	size int64
}

func newMoved(from, to *tables) *moved {
	return &moved{
		from: from, to: to, facts: make([]uint32, len(from.facts)), said: make([]uint32, len(from.said)), told: make([]uint32, len(from.told)),
		texts: make([]uint32, len(from.texts)),
	}
}

// move makes a record of the one set of tables one of the other.
func (m *moved) move(k *kept) {
	if m.facts[k.facts] == 0 {
		m.facts[k.facts] = m.to.factsWith(m.from.facts[k.facts].key()) + 1
	}
	m.moveSaid(k)
	k.facts, k.user = m.facts[k.facts]-1, m.text(k.user)
}

func (m *moved) text(place uint32) uint32 {
	if m.texts[place] == 0 {
		m.texts[place] = m.to.text(m.from.texts[place]) + 1
	}
	return m.texts[place] - 1
}

func (m *moved) moveSaid(k *kept) {
	s := m.from.said[k.said]
	of := &m.from.told[s.told]
	if m.wholes != nil && (k.size != 0 || of.tail != "") {
		name, at := m.text(s.name), sizedTold{s.told, k.size}
		place, known := m.wholes[at]
		if !known {
			place = m.to.sameTold(toldKey{ident: of.ident, message: of.whole(k.size, &words{})}, of.lines)
			m.wholes[at] = place
		}
		k.said, k.size = m.to.saying(name, place), 0
		return
	}
	if m.said[k.said] == 0 {
		name := m.text(s.name)
		if m.told[s.told] == 0 {
			m.told[s.told] = m.to.sameTold(of.key(), of.lines) + 1
		}
		m.said[k.said] = m.to.saying(name, m.told[s.told]-1) + 1
	}
	k.said = m.said[k.said] - 1
}

// sameTold is the place of what records tell whose lines are given where they are several.
func (t *tables) sameTold(key toldKey, lines []analysis.LineRange) uint32 {
	if lines == nil {
		return t.findTold(key)
	}
	return t.addTold(key, lines)
}

// record is a kept record with what the tables have of it.
type record struct {
	*kept
	*facts
	told    *told
	name    string // of the source
	user    string
	service string
	tries   analysis.Tries
	context bool
}

// of is a kept record with what it shares with others.
func (t *tables) of(k *kept) record {
	f, s := &t.facts[k.facts], t.said[k.said]
	r := record{k, f, &t.told[s.told], t.texts[s.name], t.texts[k.user], f.service, f.tries, f.context}
	switch {
	case k.marks&aftermath != 0:
		r.service, r.tries, r.context = "", analysis.TriesNone, true
	case k.marks&counted != 0:
		r.context = false
	}
	return r
}

// candidate is which thresholds a record counts towards.
func (t *tables) candidate(k *kept) uint64 { return t.facts[k.facts].candidate }

// isContext reports whether a record only adds to an incident.
func (t *tables) isContext(k *kept) bool {
	return k.marks&aftermath != 0 || k.marks&counted == 0 && t.facts[k.facts].context
}

func (k *kept) time() time.Time { return instant(k.at) }

func instant(at int64) time.Time { return time.Unix(0, at).UTC() }

// linesOf are the lines of a record; nil where it has a single one.
func (t *tables) linesOf(k *kept) []analysis.LineRange { return t.told[t.said[k.said].told].lines }

// nameOf is the name of its source that a record gives.
func (t *tables) nameOf(k *kept) string { return t.texts[t.said[k.said].name] }

// lines is how many lines a record has.
func (t *tables) lines(k *kept) int {
	lines := t.linesOf(k)
	if lines == nil {
		return 1
	}
	n := 0
	for _, r := range lines {
		n += r.Len()
	}
	return n
}

// source is who acted by the record's own word, when the address of its source is ip.
func (r *record) source(ip string) analysis.Source {
	s := analysis.Source{Name: r.name}
	if r.addressed {
		s.IP = ip
	}
	return s
}

// ref is the record as an incident tells it, with its lines given; ip is the address of its source, w is where its message may stand.
func (r *record) ref(ip string, lines []analysis.LineRange, w *words) analysis.EventRef {
	return analysis.EventRef{
		Facts: &r.Facts, Time: r.time(), Input: int(r.input), Line: int(r.line), Lines: lines, PID: int(r.pid), Session: r.session, Source: r.source(ip),
		Port: int(r.port), SrcPort: int(r.srcPort), Service: r.service, User: r.user, Ident: r.told.ident, Message: r.told.whole(r.size, w),
		Tries: r.tries, Context: r.context,
	}
}

func compareKept(a, b *kept) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return cmp.Or(cmp.Compare(a.input, b.input), cmp.Compare(a.line, b.line))
}

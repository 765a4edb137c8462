package observation

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Index finds the incidents that have something in common: those that are told and those of the
// background alike. Of each it keeps a few numbers, and nothing of the incident itself: there may be
// hundreds of thousands.
type Index struct {
	seed     maphash.Seed
	peers    []peer
	marks    []uint64 // hashes of what the peers can share with others
	periods  []timed
	last     map[int]time.Time // of the records of an input
	order    map[int]running   // of the records of an input
	uses     map[daemon][]use  // of which daemons are made, once all incidents are there
	room     []mark
	readings []reading
	within   periods
	zone     *time.Location
	parts    []*Index // that were merged

	told    []*analysis.ScoredIncident            // in order of time
	from    map[string][]*analysis.ScoredIncident // those that are told, by the addresses of their sources, in the order of their ends
	numbers map[uint64]int32                      // of the marks of those that are told, by their hashes
	shared  []sharing                             // by the number of a mark that several incidents have
	marked  map[int][]mark                        // the marks of those that are told, by their places
	cited   cited
	daemons map[daemon][]instance
}

// peer is what an Index keeps of an incident.
type peer struct {
	first    int64  // nanoseconds since 1970
	place    int32  // analysis.Incident.Place
	end      uint32 // of its marks, which begin where those of the peer before end
	nameless bool
}

// other is what others are told of a peer.
func (p *peer) other() other { return other{place: p.place, first: p.first, nameless: p.nameless} }

// other is an incident that another one has something in common with. There may be very many.
type other struct {
	first         int64 // nanoseconds since 1970
	place, number int32 // the number is 0 where it is of the background
	nameless      bool
}

// mark is something that two incidents can share.
type mark struct {
	what     string
	text, on string // a name, and the machine that it is of
	from, to int    // ports
	network  netip.Prefix
}

// value is the mark in words.
func (m mark) value() string {
	switch m.what {
	case markNetwork:
		return m.network.String()
	case markPair:
		return fmt.Sprintf("%d to %d/%s", m.from, m.to, m.text)
	case markFixed:
		return fmt.Sprint(m.from)
	case markService:
		return m.text + " of " + m.on
	}
	return m.text
}

// What incidents are compared by. The order is that of the report.
const (
	markSource  = "source"
	markName    = "name"
	markNetwork = "network"
	markLogin   = "login"
	markPair    = "port-pair"
	markFixed   = "source-port"
	markTool    = "tool"
	markService = "service"
	markWorm    = "worm"
)

type timed struct {
	other
	period period
}

// running counts how often the records of one input stand in the order of their times, how often in the reverse one,
// and how often some stand so and some so.
type running struct{ forward, back, mixed int }

// stretch is where the records of one time stand in an input: from the first to the last of their offsets.
type stretch struct {
	time        time.Time
	first, last int // lines
}

// orderOf says for each input how the records of an incident, which are given in the order of their times, stand in it. Records of
// one time are taken together: two logs of the same minute, one behind the other, run neither way.
func orderOf(events []analysis.EventRef) map[int]running {
	order := map[int]running{}
	for _, r := range readings(nil, events) {
		order[r.input] = r.running
	}
	return order
}

// readings appends those of each input to an empty list.
func readings(list []reading, events []analysis.EventRef) []reading {
	at := 0 // there is one input, nearly always
	for i := range events {
		e := &events[i]
		if at == len(list) || list[at].input != e.Input {
			if at = slices.IndexFunc(list, func(r reading) bool { return r.input == e.Input }); at < 0 {
				at = len(list)
				list = append(list, reading{input: e.Input})
			}
		}
		list[at].read(e)
	}
	for i := range list {
		list[i].compare()
	}
	return list
}

// reading is how the records of an incident stand in one input.
type reading struct {
	input int
	running
	before, now stretch
	times       int // how many there were, up to now's
}

func (r *reading) read(e *analysis.EventRef) {
	if r.times > 0 && r.now.time.Equal(e.Time) {
		r.now.first, r.now.last = min(r.now.first, e.Line), max(r.now.last, e.Line)
		return
	}
	r.compare()
	r.before, r.now = r.now, stretch{e.Time, e.Line, e.Line}
	r.times++
}

func (r *reading) compare() {
	switch {
	case r.times < 2:
	case r.before.first > r.now.last:
		r.back++
	case r.before.last < r.now.first:
		r.forward++
	default:
		r.mixed++
	}
}

// daemon is a program that runs all the time; instance is one process of it.
type daemon struct{ host, program, proto string }

type instance struct {
	pid         int
	first, last place
	in          int // the Place of the incident of last
	begins      int // the Place of the incident of first
}

// place is where and when a record was written.
type place struct {
	at    time.Time
	input int
	line  int
	lines []analysis.LineRange
}

// use is a record of a process of a daemon. There may be hundreds of thousands.
type use struct {
	at               int64 // nanoseconds since 1970
	input, line, pid int32
	in               int32                // the incident's Place
	lines            []analysis.LineRange // nil where it has a single one
}

// place is that of the record, in a zone.
func (u *use) place(zone *time.Location) place {
	p := place{time.Unix(0, u.at).In(zone), int(u.input), int(u.line), u.lines}
	if p.lines == nil {
		p.lines = []analysis.LineRange{{First: p.line, Last: p.line}}
	}
	return p
}

// longRunning are programs whose process id stays while they run. Children of inetd get another
// one each time.
var longRunning = [...]string{"portsentry", "abacus_sentry"}

// NewIndex returns an empty Index.
func NewIndex() *Index {
	return newIndex(maphash.MakeSeed())
}

func newIndex(seed maphash.Seed) *Index {
	return &Index{seed: seed, last: map[int]time.Time{}, order: map[int]running{}, uses: map[daemon][]use{}}
}

// Part returns an empty Index whose contents can be merged into x. It is made for so many incidents, and may get more.
func (x *Index) Part(incidents int) *Index {
	const marks = 4 // of an incident, about
	part := newIndex(x.seed)
	part.peers, part.marks = make([]peer, 0, incidents), make([]uint64, 0, marks*incidents)
	return part
}

// Add takes up an incident, with its Events, which may be let go of afterwards. The order of adding does not matter.
func (x *Index) Add(in *analysis.Incident) {
	p := peer{first: in.First.UnixNano(), place: int32(in.Place), nameless: nameless(in)}
	x.zone = in.First.Location()
	x.room = appendMarks(x.room[:0], in)
	for _, m := range x.room {
		x.marks = append(x.marks, maphash.Comparable(x.seed, m))
	}
	p.end = uint32(len(x.marks))
	x.peers = append(x.peers, p)
	if period, ok := x.within.of(in.AttemptList); ok {
		x.periods = append(x.periods, timed{p.other(), period})
	}
	x.read(in)
}

// read takes up the order and the last time of an incident's records, and the processes that wrote them.
func (x *Index) read(in *analysis.Incident) {
	x.readings = readings(x.readings[:0], in.Events)
	for _, r := range x.readings {
		if r.now.time.After(x.last[r.input]) {
			x.last[r.input] = r.now.time
		}
		x.run(r.input, r.running)
	}
	for i := range in.Events {
		// PortSentry runs one process for each protocol, so records that name none do not count.
		if e := &in.Events[i]; e.PID != 0 && e.Proto != "" && slices.Contains(longRunning[:], e.Program) {
			d := daemon{e.Host, e.Program, e.Proto}
			u := use{at: e.Time.UnixNano(), input: int32(e.Input), line: int32(e.Line), pid: int32(e.PID), in: int32(in.Place)}
			if len(e.Lines) != 1 || e.Lines[0] != (analysis.LineRange{First: e.Line, Last: e.Line}) {
				u.lines = slices.Clone(e.Lines)
			}
			list := x.uses[d]
			if len(list) == cap(list) {
				list = slices.Grow(list, len(list)+1) // append makes room for a quarter more at a time, and leaves as much memory behind
			}
			x.uses[d] = append(list, u)
		}
	}
}

// runs adds how the records of inputs stand.
func (x *Index) runs(order map[int]running) {
	for input, r := range order {
		x.run(input, r)
	}
}

func (x *Index) run(input int, r running) {
	all := x.order[input]
	x.order[input] = running{all.forward + r.forward, all.back + r.back, all.mixed + r.mixed}
}

// Merge adds what a part of the Index has taken up. The order of merging does not matter.
func (x *Index) Merge(part *Index) {
	x.parts = append(x.parts, part)
	x.zone = cmp.Or(x.zone, part.zone)
	x.periods = append(x.periods, part.periods...)
	for input, t := range part.last {
		if t.After(x.last[input]) {
			x.last[input] = t
		}
	}
	x.runs(part.order)
	for d, list := range part.uses {
		x.uses[d] = append(x.uses[d], list...)
	}
}

// close finds what the incidents that are told share with all others, and puts everything into the order of time.
func (x *Index) close(told []*analysis.ScoredIncident) {
	x.told = slices.Clone(told)
	slices.SortFunc(x.told, func(a, b *analysis.ScoredIncident) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	x.from = map[string][]*analysis.ScoredIncident{}
	for _, in := range x.told {
		for _, s := range in.Sources {
			if s.IP != "" {
				x.from[s.IP] = append(x.from[s.IP], in)
			}
		}
	}
	for _, list := range x.from {
		slices.SortStableFunc(list, func(a, b *analysis.ScoredIncident) int { return a.Last.Compare(b.Last) })
	}
	numbers := map[int32]int32{}
	x.numbers, x.marked, x.cited.refs = map[uint64]int32{}, map[int][]mark{}, map[citedFor][]*analysis.EventRef{}
	for _, in := range x.told {
		numbers[int32(in.Place)] = int32(in.Number)
		marks := marksOf(&in.Incident)
		x.marked[in.Place] = marks
		for _, m := range marks {
			h := maphash.Comparable(x.seed, m)
			if _, known := x.numbers[h]; !known {
				x.numbers[h] = int32(len(x.numbers))
			}
		}
	}
	// Nearly all marks are of one incident alone: who has the others is listed in one piece of memory.
	each := func(do func(p *peer, number int32)) {
		for _, part := range append(x.parts, x) {
			begin := uint32(0)
			for i := range part.peers {
				p := &part.peers[i]
				for _, h := range part.marks[begin:p.end] {
					if n, ok := x.numbers[h]; ok {
						do(p, n)
					}
				}
				begin = p.end
			}
		}
	}
	count, all := make([]int32, len(x.numbers)), 0
	each(func(_ *peer, number int32) { count[number]++ })
	for _, n := range count {
		if n > 1 {
			all += int(n)
		}
	}
	x.shared = make([]sharing, len(count))
	room := make([]other, all)
	for number, n := range count {
		if n > 1 {
			x.shared[number].all, room = room[:0:n], room[n:]
		}
	}
	each(func(p *peer, number int32) {
		if count[number] > 1 {
			o := p.other()
			o.number = numbers[o.place]
			x.shared[number].add(o)
		}
	})
	for _, s := range x.shared {
		// Places are in the order of time.
		slices.SortFunc(s.all, func(a, b other) int { return cmp.Compare(a.place, b.place) })
	}
	for i := range x.periods {
		x.periods[i].number = numbers[x.periods[i].place]
	}
	slices.SortFunc(x.periods, func(a, b timed) int { return cmp.Compare(a.place, b.place) })
	x.daemons = map[daemon][]instance{}
	for d, list := range x.uses {
		slices.SortFunc(list, func(a, b use) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.input, b.input), cmp.Compare(a.line, b.line))
		})
		var found []instance
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].pid == list[0].pid {
				n++
			}
			first, last := &list[0], &list[n-1]
			found = append(found, instance{int(first.pid), first.place(x.zone), last.place(x.zone), int(last.in), int(first.in)})
			list = list[n:]
		}
		x.daemons[d] = found
	}
	x.uses = nil
}

// count is the number of all incidents.
func (x *Index) count() int {
	n := len(x.peers)
	for _, part := range x.parts {
		n += len(part.peers)
	}
	return n
}

// number is that of the incident at a place, 0 if it is not told.
func (x *Index) number(place int) int {
	for _, in := range x.told {
		if in.Place == place {
			return in.Number
		}
	}
	return 0
}

// reversed reports whether an input runs newest first.
func (x *Index) reversed(input int) bool {
	r := x.order[input]
	return r.back > 0 && r.back >= 9*(r.forward+r.mixed)
}

// goesOn reports whether the log of an incident's packets has records at or after a time, so that it
// would have shown another packet.
func (x *Index) goesOn(in *analysis.ScoredIncident, t time.Time) bool {
	for i := range in.Events {
		if isPacket(&in.Events[i]) {
			return !x.last[in.Events[i].Input].Before(t)
		}
	}
	return false
}

// marksOf lists what an incident can share with another, each once.
func marksOf(in *analysis.Incident) []mark { return appendMarks(nil, in) }

// appendMarks is marksOf in the memory of an empty list.
func appendMarks(list []mark, in *analysis.Incident) []mark {
	var seen map[mark]bool
	first := 0 // of the marks that m may be among
	add := func(m mark) {
		const few = 16
		if len(list)-first < few {
			if slices.Contains(list[first:], m) {
				return
			}
		} else {
			if seen == nil {
				seen = map[mark]bool{}
				for _, o := range list[first:] {
					seen[o] = true
				}
			}
			if seen[m] {
				return
			}
			seen[m] = true
		}
		list = append(list, m)
	}
	named := slices.ContainsFunc(in.Sources, func(s analysis.Source) bool { return s.Name != "" })
	var networks map[netip.Prefix]bool // of many sources
	if len(in.Sources) > manySources {
		networks, list = map[netip.Prefix]bool{}, slices.Grow(list, 2*len(in.Sources))
	}
	for _, s := range in.Sources {
		if s == analysis.Unnamed {
			continue
		}
		switch m := (mark{what: markSource, text: s.IP}); {
		case s.IP == "":
		case named:
			add(m)
		default: // no two sources have the same address
			list = append(list, m)
		}
		if s.Name != "" {
			add(mark{what: markName, text: strings.ToLower(s.Name)})
		}
		switch p, ok := networkOf(s.IP); {
		case !ok:
		case networks == nil:
			add(mark{what: markNetwork, network: p})
		case !networks[p]:
			networks[p] = true
			list = append(list, mark{what: markNetwork, network: p})
		}
	}
	first, seen = len(list), nil // what follows is of other kinds
	last := ""
	for i := range in.Events {
		if e := &in.Events[i]; e.User != "" && e.User != last && e.Format != "tcpwrappers" && !knowledge.DefaultLogin(e.User) {
			add(mark{what: markLogin, text: e.User})
			last = e.User
		}
	}
	// Two sources that come from the same port at a common service are chance; a program that never
	// changes its source port, or an uncommon port as well, is not.
	var few [1]sourcePort
	ports := appendSourcePorts(few[:0], in.AttemptList)
	var of *sourcePort
	for i := range in.AttemptList {
		a := &in.AttemptList[i]
		if a.Port == 0 || usualSourcePort(a.SourcePort) {
			continue
		}
		if of == nil || of.source != a.Source {
			at, _ := slices.BinarySearchFunc(ports, a.Source, func(p sourcePort, source string) int { return cmp.Compare(p.source, source) })
			of = &ports[at]
		}
		if of.port != 0 && of.attempts > 1 {
			add(mark{what: markFixed, from: a.SourcePort})
		} else if len(in.Services) <= 3 && !knowledge.Common(a.Proto, a.Port) {
			add(mark{what: markPair, from: a.SourcePort, to: a.Port, text: a.Proto})
		}
	}
	for _, k := range in.Kinds {
		if knowledge.Family(k) == "worm" {
			add(mark{what: markWorm, text: k})
		}
	}
	for _, s := range in.Services {
		if s.Port == 0 || len(in.Services) > 3 || knowledge.Common(s.Proto, s.Port) {
			continue // who tries every port tries those of every trojan
		}
		for _, t := range knowledge.TrojansOf(s.Proto, s.Port) {
			if t.Lineages >= 2 {
				add(mark{what: markTool, text: t.Name})
			}
		}
	}
	if len(in.Services) <= 3 { // who tries many services tries each of them by the way
		var last *analysis.EventRef
		on := ""
		for i := range in.Events {
			e := &in.Events[i]
			h := cmp.Or(e.Target.Host, e.Target.IP, e.Host)
			if h == "" || e.Port == 0 || !isTry(e) || last != nil && last.Port == e.Port && last.Proto == e.Proto && on == h {
				continue
			}
			add(mark{what: markService, text: serviceName(e), on: h})
			last, on = e, h
		}
	}
	return list
}

// sourcePort is the one port of a source, 0 where it has several, and how many attempts it made.
type sourcePort struct {
	source         string
	port, attempts int
}

// appendSourcePorts appends those of each source of attempts to an empty list, in the order of the sources.
func appendSourcePorts(list []sourcePort, attempts []analysis.Attempt) []sourcePort {
	for i := range attempts {
		a := &attempts[i]
		at := len(list) - 1
		if at < 0 || list[at].source != a.Source {
			var known bool
			at, known = slices.BinarySearchFunc(list, a.Source, func(p sourcePort, source string) int { return cmp.Compare(p.source, source) })
			if !known {
				list = slices.Insert(list, at, sourcePort{source: a.Source, port: a.SourcePort})
			}
		}
		if p := &list[at]; p.port != a.SourcePort {
			p.port = 0
		}
		list[at].attempts++
	}
	return list
}

// nameless reports whether an incident has a source that no record names.
func nameless(in *analysis.Incident) bool {
	return slices.Contains(in.Sources, analysis.Unnamed)
}

// sharers are the other incidents that share something with one that is told: as much of them as is told, since there may be
// hundreds of thousands.
type sharers struct {
	n, told int     // told are those that are not of the background
	named   []other // the first that are told, earliest first
	first   []other // earliest first
	last    other
}

// citedSharers is how many of the first sharers are cited, namedSharers how many of those that are told are named.
const citedSharers, namedSharers = 5, 5

func (s *sharers) add(o *other) {
	s.n++
	if s.last = *o; len(s.first) < citedSharers {
		s.first = append(s.first, *o)
	}
	if o.number != 0 {
		if s.told++; len(s.named) < namedSharers {
			s.named = append(s.named, *o)
		}
	}
}

// sharing are the incidents that have a mark, earliest first, and how many of them there are of which sort, so that nobody has to go
// through all of them for each.
type sharing struct {
	all       []other
	told      int // those that are told
	named     int // those without a nameless source
	toldNamed int // those that are both
}

func (s *sharing) add(o other) {
	s.all = append(s.all, o)
	if o.number != 0 {
		s.told++
	}
	if !o.nameless {
		s.named++
		if o.number != 0 {
			s.toldNamed++
		}
	}
}

// find is the incident at a place among those that share something; nil where it does not.
func (s *sharing) find(place int32) *other {
	if i, known := slices.BinarySearchFunc(s.all, place, func(o other, place int32) int { return cmp.Compare(o.place, place) }); known {
		return &s.all[i]
	}
	return nil
}

// sharing are the incidents that have a mark of one that is told; none where it is the only one.
func (x *Index) sharing(m mark) *sharing {
	if number, known := x.numbers[maphash.Comparable(x.seed, m)]; known {
		return &x.shared[number]
	}
	return &sharing{}
}

// except are the others that share a mark with one that is told but for those of a list and, where named is set, those with a nameless
// source. It takes time for the list and not for all.
func (x *Index) except(in *analysis.ScoredIncident, m mark, left map[int32]bool, named bool) sharers {
	all := x.sharing(m)
	s := sharers{n: len(all.all), told: all.told}
	if named {
		s.n, s.told = all.named, all.toldNamed
	}
	out := func(o *other) bool { return int(o.place) == in.Place || left[o.place] || named && o.nameless }
	without := func(place int32) {
		if o := all.find(place); o != nil && !(named && o.nameless) {
			s.n--
			if o.number != 0 {
				s.told--
			}
		}
	}
	for place := range left {
		without(place)
	}
	if !left[int32(in.Place)] {
		without(int32(in.Place))
	}
	for i := 0; i < len(all.all) && (len(s.first) < min(citedSharers, s.n) || len(s.named) < min(namedSharers, s.told)); i++ {
		o := &all.all[i]
		if out(o) {
			continue
		}
		if len(s.first) < citedSharers {
			s.first = append(s.first, *o)
		}
		if o.number != 0 && len(s.named) < namedSharers {
			s.named = append(s.named, *o)
		}
	}
	for i := len(all.all) - 1; i >= 0 && s.n > 0; i-- {
		if o := &all.all[i]; !out(o) {
			s.last = *o
			break
		}
	}
	return s
}

// others are the other incidents that share a mark with one that is told, but for those that are left out.
func (x *Index) others(in *analysis.ScoredIncident, m mark, without func(*other) bool) sharers {
	var s sharers
	list := x.sharing(m).all
	for i := range list {
		if o := &list[i]; int(o.place) != in.Place && !without(o) {
			s.add(o)
		}
	}
	return s
}

// day is that of the first record of an incident.
func (x *Index) day(o other) string { return time.Unix(0, o.first).In(x.zone).Format(time.DateOnly) }

// in names incidents with their time; those of the background have no number and are counted.
func (x *Index) in(s *sharers) string {
	var words []string
	for _, o := range s.named {
		words = append(words, fmt.Sprintf("%d (%s)", o.number, x.day(o)))
	}
	if more := s.told - len(words); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	background := s.n - s.told
	text := ""
	switch n := len(words); {
	case n == 1:
		text = "incident " + words[0]
	case n > 1:
		text = "incidents " + series(words)
	}
	if background == 0 {
		return text
	}
	more := Count(background, "incident", "incidents") + " of the background"
	if text == "" {
		return more
	}
	return text + ", and in " + more
}

// ownCited is how many records of an incident are cited for what it has in common with others, otherCited how many of each of those.
const ownCited, otherCited = 20, 5

// evidenceOf cites the records of this incident that are meant, and refs of the first others.
func (w Writer) evidenceOf(in *analysis.ScoredIncident, others *sharers, meant func(*analysis.EventRef) bool, refs func(place int32) []*analysis.EventRef) []analysis.Citation {
	all := firstRefs(eventsOf(&in.Incident), ownCited, meant)
	for _, o := range others.first {
		all = append(all, refs(o.place)...)
	}
	return w.lines(all)
}

// firstOf gives the first records of an incident that are meant.
func (w Writer) firstOf(meant func(*analysis.EventRef) bool) func(place int32) []*analysis.EventRef {
	return func(place int32) []*analysis.EventRef { return firstRefs(w.events(int(place)), otherCited, meant) }
}

// cited are the records of incidents that are cited for their marks. Many incidents that are told share a mark with the same others.
type cited struct {
	lock sync.Mutex
	refs map[citedFor][]*analysis.EventRef
}

type citedFor struct {
	place int32
	mark  mark
}

// citedOf is firstOf, remembered; meant holds for the records that bear the mark out, whichever incident is told.
func (w Writer) citedOf(m mark, meant func(*analysis.EventRef) bool) func(place int32) []*analysis.EventRef {
	c, first := &w.index.cited, w.firstOf(meant)
	return func(place int32) []*analysis.EventRef {
		key := citedFor{place, m}
		c.lock.Lock()
		found, known := c.refs[key]
		c.lock.Unlock()
		if !known {
			found = first(place)
			c.lock.Lock()
			c.refs[key] = found
			c.lock.Unlock()
		}
		return found
	}
}

// eventsOf goes through the records of an incident that has them.
func eventsOf(in *analysis.Incident) iter.Seq[*analysis.EventRef] {
	return func(yield func(*analysis.EventRef) bool) {
		for i := range in.Events {
			if !yield(&in.Events[i]) {
				return
			}
		}
	}
}

// firstRefs lists the first records that are meant, without their messages, which are written over: an incident may have thousands.
func firstRefs(events iter.Seq[*analysis.EventRef], limit int, meant func(*analysis.EventRef) bool) []*analysis.EventRef {
	var refs []*analysis.EventRef
	for e := range events {
		if meant(e) {
			found := *e
			found.Lines, found.Message = slices.Clone(e.Lines), ""
			if refs = append(refs, &found); len(refs) == limit {
				break
			}
		}
	}
	return refs
}

// manySources is from how many sources on that one of them has a neighbour in another incident is chance.
const manySources = 20

// correlations tells what other incidents of the report have in common with this one, or that none has.
func (w Writer) correlations(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	marks := w.index.marked[in.Place]
	own := map[string]bool{}
	for _, s := range in.Sources {
		own[s.IP] = true
	}
	sharing := sync.OnceValue(func() map[int32]bool { // those that have one of its addresses as a source
		sharing := map[int32]bool{}
		for _, s := range in.Sources {
			if s.IP != "" {
				for _, o := range w.index.sharing(mark{what: markSource, text: s.IP}).all {
					sharing[o.place] = true
				}
			}
		}
		return sharing
	})
	for _, m := range marks {
		if len(list) == 8 {
			break
		}
		if len(w.index.sharing(m).all) == 0 {
			continue
		}
		value := m.value()
		var without func(*other) bool // nil where all count, or all but the list
		var left map[int32]bool
		switch m.what {
		case markNetwork:
			if len(in.Sources) > manySources {
				continue
			}
			without = func(o *other) bool {
				return !slices.ContainsFunc(w.sources(int(o.place)), func(s analysis.Source) bool {
					if own[s.IP] {
						return false
					}
					p, ok := networkOf(s.IP)
					return ok && p == m.network
				})
			}
		case markName:
			without = func(o *other) bool {
				return slices.ContainsFunc(w.sources(int(o.place)), func(s analysis.Source) bool {
					return s.IP != "" && strings.EqualFold(s.Name, value) && own[s.IP]
				})
			}
		case markWorm:
			left = sharing()
		case markService:
			if nameless(&in.Incident) {
				continue // who knows whether others are other sources
			}
			left = sharing()
		}
		var others sharers
		if without != nil {
			others = w.index.others(in, m, without)
		} else {
			others = w.index.except(in, m, left, m.what == markService)
		}
		if others.n == 0 {
			continue
		}
		where := w.index.in(&others)
		var text string
		meant := isTry
		switch m.what {
		case markSource:
			text = fmt.Sprintf("The same source, %s, is in %s.", value, where)
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && e.Source.IP == value
			}
		case markName:
			text = fmt.Sprintf("A source of the same name, %s, is in %s.", value, where)
			meant = func(e *analysis.EventRef) bool { return isTry(e) && strings.EqualFold(e.Source.Name, value) }
		case markNetwork:
			text = fmt.Sprintf("Another address of the network %s is in %s.", value, where)
			if others.n > 1 {
				text = fmt.Sprintf("Other addresses of the network %s are in %s.", value, where)
			}
			meant = func(e *analysis.EventRef) bool {
				p, ok := networkOf(e.Source.IP)
				return isTry(e) && ok && p == m.network
			}
		case markLogin:
			text = fmt.Sprintf("The same log-in string, %s, is in %s.", analysis.Quoted(value), where)
			meant = func(e *analysis.EventRef) bool { return e.User == value }
		case markPair:
			text = fmt.Sprintf("The same pair of source and target port, %s, is in %s.", value, where)
			meant = func(e *analysis.EventRef) bool {
				return e.SrcPort == m.from && e.Port == m.to && e.Proto == m.text
			}
		case markFixed:
			text = fmt.Sprintf("A source that keeps to source port %s is in %s too.", value, where)
			meant = func(e *analysis.EventRef) bool { return isTry(e) && e.SrcPort == m.from }
		case markTool:
			text = fmt.Sprintf("A port that lists give %s as a default was tried in %s too.", value, where)
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && e.Port != 0 && slices.ContainsFunc(knowledge.TrojansOf(e.Proto, e.Port), func(t knowledge.Trojan) bool { return t.Name == value })
			}
		case markWorm:
			meant = func(e *analysis.EventRef) bool { return e.Kind == value }
			text = fmt.Sprintf("The same kind of worm, %s, came from other sources in %s.", value, where)
			if others.n > 5 {
				text = fmt.Sprintf("The same kind of worm, %s, came from other sources in %d other incidents, from %s to %s.", value, others.n, w.index.day(others.first[0]), w.index.day(others.last))
			}
		case markService:
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && serviceName(e) == m.text && cmp.Or(e.Target.Host, e.Target.IP, e.Host) == m.on
			}
			text = fmt.Sprintf("The same service, %s, was tried in %s too, from other sources.", value, where)
			if others.n > 5 { // weather rather than a correlation
				text = fmt.Sprintf("The same service, %s, was tried in %d other incidents too, from other sources.", value, others.n)
			}
		}
		list = append(list, observed(numbered("same-"+m.what, len(list)), text, w.evidenceOf(in, &others, meant, w.citedOf(m, meant))))
	}
	list = append(list, w.samePeriod(in)...)
	linked := slices.ContainsFunc(list, func(o analysis.Observation) bool { return !strings.HasPrefix(o.ID, "same-"+markService) })
	switch {
	case w.index.count() == 1:
		list = append(list, observed("only-one", "It is the only incident of this report: there is no other to compare it with.", in.Evidence))
	case !linked:
		list = append(list, w.nothingShared(in, marks)...)
	}
	for i, user := range in.Users {
		if m, ok := knowledge.LoginMark(user); ok {
			list = append(list, known(numbered("login-mark", i), m.Text, strings.Join(m.Sources, "; ")))
		}
	}
	return list
}

// samePeriod tells of another incident whose attempts follow a timer of the same period.
func (w Writer) samePeriod(in *analysis.ScoredIncident) []analysis.Observation {
	p, ok := periodOf(in.AttemptList)
	if !ok {
		return nil
	}
	var others sharers
	for i := range w.index.periods {
		if t := &w.index.periods[i]; int(t.place) != in.Place && math.Abs(t.period.mean()-p.mean()) <= max(2, 0.02*p.mean()) {
			others.add(&t.other)
		}
	}
	if others.n == 0 {
		return nil
	}
	return []analysis.Observation{observed("same-timer", fmt.Sprintf("Attempts that start about %s apart are in %s too.", p.length(), w.index.in(&others)),
		w.evidenceOf(in, &others, isTry, w.firstOf(isTry)))}
}

func (w Writer) nothingShared(in *analysis.ScoredIncident, marks []mark) []analysis.Observation {
	names := map[string][2]string{
		markSource:  {"its source", "one of its sources"},
		markName:    {"a source of its name", "a source of one of their names"},
		markNetwork: {"another address of its source's network", "another address of their networks"},
		markLogin:   {"its uncommon log-in string", "one of its uncommon log-in strings"},
		markPair:    {"its pair of source and target port", "one of its pairs of source and target port"},
		markFixed:   {"a source that keeps to its source port", "a source that keeps to one of their source ports"},
		markTool:    {"a port of the same trojan", "a port of the same trojans"},
	}
	var words []string
	for _, what := range [...]string{markSource, markName, markNetwork, markLogin, markPair, markFixed, markTool} {
		if in.EvidenceCapped && (what == markLogin || what == markPair || what == markFixed) {
			continue // not all of them are kept
		}
		n := 0
		for _, m := range marks {
			if m.what == what {
				n++
			}
		}
		if n > 0 {
			words = append(words, names[what][min(n, 2)-1])
		}
	}
	if _, ok := periodOf(in.AttemptList); ok {
		words = append(words, "a timer of the same period")
	}
	if len(words) == 0 || nameless(&in.Incident) {
		return nil // nothing to compare by: no record names the source
	}
	list := series(words)
	if n := len(words); n > 1 {
		list = strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return []analysis.Observation{observed("nothing-shared", fmt.Sprintf("No other incident of this report has %s.", list), w.cite(in, isTry))}
}

// restart tells of a daemon that was restarted since an earlier incident on the same host.
func (w Writer) restart(in *analysis.ScoredIncident) []analysis.Observation {
	var keys []daemon
	for d := range w.index.daemons {
		keys = append(keys, d)
	}
	slices.SortFunc(keys, func(a, b daemon) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.program, b.program), cmp.Compare(a.proto, b.proto))
	})
	for _, d := range keys {
		list := w.index.daemons[d]
		for i := 1; i < len(list); i++ {
			was, is := list[i-1], list[i]
			if is.begins != in.Place {
				continue
			}
			// Two processes that take turns run side by side; neither was restarted.
			turns := slices.ContainsFunc(list[:i-1], func(o instance) bool { return o.pid == is.pid || o.pid == was.pid }) ||
				slices.ContainsFunc(list[i+1:], func(o instance) bool { return o.pid == is.pid || o.pid == was.pid })
			if turns {
				continue
			}
			since := "its last record here"
			if n := w.index.number(was.in); was.in != in.Place && n != 0 {
				since = fmt.Sprintf("incident %d", n)
			}
			return []analysis.Observation{observed("restart", fmt.Sprintf("The process id of %s on %s is %d, and was %d in %s at %s: it was restarted in between.",
				d.program, cmp.Or(d.host, "the host"), is.pid, was.pid, since, stamp(was.last.at)),
				w.lines([]*analysis.EventRef{{Input: was.last.input, Lines: was.last.lines}, {Input: is.first.input, Lines: is.first.lines}}))}
		}
	}
	return nil
}

package incident

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"math"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"practicum/analysis"
	"practicum/analysis/request"
	"practicum/analysis/uniq"
	"practicum/analysis/workers"
)

const (
	maxAttemptList = 1000          // attempts that an incident lists one by one
	maxEvidence    = 2000          // ranges of lines that an incident cites
	sessionReuse   = 1 * time.Hour // a process id that is silent for so long may be another process
)

// nobody is what UW imapd prints for the user when nobody has logged in.
const nobody = "???"

// distinct lists the different values of a field, ascending, empty ones left out.
func (t *tables) distinct(s *span, f field) []string {
	var values uniq.List[string]
	t.eachValue(s, f, &values)
	slices.Sort(values.All)
	return values.All
}

func (t *tables) eachValue(s *span, f field, values *uniq.List[string]) {
	if d := s.beyond(); d != nil {
		for v := range d.values[f] {
			values.Add(v)
		}
	}
	last, was, refs := "", kept{}, s.refs()
	for i := range refs {
		k := &refs[i]
		if k.facts == was.facts && k.user == was.user && k.marks == was.marks {
			continue // nothing else decides it
		}
		was.facts, was.user, was.marks = k.facts, k.user, k.marks
		r := t.of(k)
		if v := r.value(f); v != last && v != "" {
			values.Add(v)
			last = v
		}
	}
}

// servicesRoom is memory for a list of services.
type servicesRoom struct {
	list  []analysis.Service
	seen  uniq.List[analysis.Service]
	last  analysis.Service
	ports [2]portSet // of TCP and UDP
}

// portSet is a set of ports that is emptied port by port.
type portSet struct {
	bits *[1 << 10]uint64
	list []uint16
}

// add adds a port and reports whether it was not there.
func (s *portSet) add(port int) bool {
	if s.bits == nil {
		s.bits = new([1 << 10]uint64)
	}
	word, bit := &s.bits[uint16(port)>>6], uint64(1)<<(port&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	s.list = append(s.list, uint16(port))
	return true
}

func (s *portSet) reset() {
	for _, port := range s.list {
		s.bits[port>>6] = 0
	}
	s.list = s.list[:0]
}

// portsOf is the set of a protocol's ports; nil for one that has none.
func (r *servicesRoom) portsOf(proto string) *portSet {
	switch proto {
	case "tcp":
		return &r.ports[0]
	case "udp":
		return &r.ports[1]
	}
	return nil
}

// reset empties the room and keeps its memory.
func (r *servicesRoom) reset() {
	r.list, r.last = r.list[:0], analysis.Service{}
	r.seen.Reset()
	for i := range r.ports {
		r.ports[i].reset()
	}
}

func (r *servicesRoom) add(v analysis.Service) {
	if v == r.last {
		return
	}
	r.last = v
	if ports := r.portsOf(v.Proto); ports != nil && v.Port != 0 {
		if ports.add(v.Port) {
			r.list = append(r.list, v)
		}
		return
	}
	key := analysis.Service{Port: v.Port, Proto: v.Proto}
	if v.Port == 0 {
		if key.Name = v.Name; v.Name == "" {
			return
		}
	}
	if _, isNew := r.seen.Add(key); isNew {
		r.list = append(r.list, v)
	}
}

// servicesIn lists what was tried, in the order in which the records first tell of it. The list is valid until room is used for another.
func (t *tables) servicesIn(s *span, room *servicesRoom) []analysis.Service {
	room.reset()
	was, refs := kept{}, s.refs()
	for i := range refs {
		k := &refs[i]
		if k.facts == was.facts && k.port == was.port && k.marks == was.marks {
			continue
		}
		was.facts, was.port, was.marks = k.facts, k.port, k.marks
		r := t.of(k)
		room.add(analysis.Service{Port: int(r.port), Proto: r.Proto, Name: r.service})
	}
	if d := s.beyond(); d != nil {
		var rest []analysis.Service
		for v := range d.services {
			rest = append(rest, v)
		}
		slices.SortFunc(rest, compareServices)
		for _, v := range rest {
			room.add(v)
		}
	}
	if len(room.list) == 0 {
		return nil
	}
	return room.list
}

func compareServices(a, b analysis.Service) int {
	return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Name, b.Name))
}

// Maker makes incidents one after the other in the same memory.
type Maker struct {
	memory
	result    *Result
	open      []span     // copies of the groups' spans
	more      []spanMore // of these
	in        analysis.Incident
	refs      []recordOf
	events    []analysis.EventRef
	lines     []analysis.LineRange // of events
	words     words                // likewise
	attempts  []analysis.Attempt
	latest    int64            // attempts that begin later are not listed, in nanoseconds since 1970
	beyond    analysis.Attempt // one of them
	cited     []inputLines
	evidence  []analysis.Citation
	flows     flows
	packets   []packets   // of each flow, in the order of their first ones
	at, first record      // of attemptsOf: the record that it is at, and the first one of a flow
	next      []int32     // by the place of a packet among the records of a span: that of the flow's next one; 0 for none
	times     []time.Time // of a flow
	sorted    []analysis.Attempt
	places    []int32 // of the packets of a flow
	starts    []beginning
	sessions  uniq.Numbers
	known     []session         // of sessions, by their places
	last      []analysis.Action // likewise

	seen uint64 // by Ready

	inputLines    map[int]int
	sourceRecords map[analysis.Source]int
	services      servicesRoom

	kinds, joined, users, formats, hosts uniq.List[string]
	tried                                uniq.List[analysis.Service]
	targets                              uniq.List[analysis.Target]
}

// packets are those of a flow: the places of the first and the last among the records of a span, and how many there are.
type packets struct{ first, last, n int32 }

// beginning is when an attempt begins, in nanoseconds since 1970, and its place among them.
type beginning struct {
	at    int64
	place int32
}

// recordOf is a record and the address of its source.
type recordOf struct {
	*kept
	ip    string
	time  int64 // of the record, at hand for sorting
	place int32 // of the record among those of its incident, by their groups
}

func compareRecords(a, b recordOf) int {
	if a.time != b.time {
		return cmp.Compare(a.time, b.time)
	}
	// No two records of one input begin at one line, but for those that have their place by that of their groups.
	return cmp.Or(compareKept(a.kept, b.kept), cmp.Compare(a.place, b.place))
}

// sortRecords sorts records. Those of a huge incident are sorted in parts side by side; room is memory for as many, and may be nil.
func sortRecords(list, room []recordOf) {
	if len(list) < shared {
		slices.SortFunc(list, compareRecords)
		return
	}
	if room == nil {
		room = make([]recordOf, len(list))
	}
	half := len(list) / 2
	var wait sync.WaitGroup
	wait.Go(func() { sortRecords(list[:half], room[:half]) })
	sortRecords(list[half:], room[half:])
	wait.Wait()
	a, b, out := list[:half], list[half:], room[:0]
	for len(a) > 0 && len(b) > 0 {
		from := &b
		if compareRecords(a[0], b[0]) <= 0 {
			from = &a
		}
		out = append(out, (*from)[0])
		*from = (*from)[1:]
	}
	copy(list, append(append(out, a...), b...))
}

// session is what is known of a session while its records are counted.
type session struct {
	last      int64 // as kept.at
	connected bool
}

// inputLines are lines of one input.
type inputLines struct {
	input  int
	ranges []analysis.LineRange
}

// Maker returns a Maker of the incidents of a Result, for one goroutine.
func (r *Result) Maker() *Maker { return &Maker{memory: newMemory(r.tables, r.chunks), result: r} }

// Incident is Result.Incident, but the incident is valid only until the next one is made.
func (m *Maker) Incident(i int) *analysis.Incident {
	c := &m.result.clusters[i]
	m.make(c.groups, m.result.file)
	m.in.ID, m.in.Place = c.id, i
	m.in.JoinedBy = append(m.in.JoinedBy, c.why...)
	return &m.in
}

// Own makes an incident that stays valid: m lets go of all memory that it is in. It is Result.Incident with the rest of the memory at hand.
func (m *Maker) Own(i int) analysis.Incident {
	in := *m.Incident(i)
	in.AttemptList = slices.Clone(in.AttemptList) // of a list that may be many times as long
	in.Sources = slices.Clone(in.Sources)
	m.in, m.events, m.lines, m.words, m.evidence = analysis.Incident{}, nil, nil, words{}, nil
	m.inputLines, m.sourceRecords, m.services, m.targets = nil, nil, servicesRoom{}, uniq.List[analysis.Target]{}
	for _, s := range [...]*uniq.List[string]{&m.kinds, &m.joined, &m.users, &m.formats, &m.hosts} {
		*s = uniq.List[string]{}
	}
	return in
}

// Events goes through the records of the i-th incident, as Result.Incident has them. Each is valid until the next one.
func (r *Result) Events(i int) iter.Seq[*analysis.EventRef] {
	return func(yield func(*analysis.EventRef) bool) {
		m := r.unpacked(i) // which others may use as well
		var e analysis.EventRef
		var w words
		var line [1]analysis.LineRange
		for _, k := range m.refs {
			of := m.of(k.kept)
			lines := of.told.lines
			if lines == nil {
				line[0] = analysis.LineRange{First: int(k.line), Last: int(k.line)}
				lines = line[:]
			}
			w.again()
			if e = of.ref(k.ip, lines, &w); !yield(&e) {
				return
			}
		}
	}
}

// mostUnpacked is how many incidents of several sources are kept unpacked for Events.
const mostUnpacked = 256

// unpacked is a Maker with the records of the i-th incident, which must not be used for another one. Those of many sources,
// which take time to put in order, are asked for again and again.
func (r *Result) unpacked(i int) *Maker {
	groups := r.clusters[i].groups
	if len(groups) == 1 {
		m := r.Maker()
		m.unpackAll(groups)
		return m
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	m := r.known[i]
	if m == nil {
		m = r.Maker()
		m.unpackAll(groups)
		if r.known == nil || len(r.known) == mostUnpacked {
			r.known = map[int]*Maker{}
		}
		r.known[i] = m
	}
	return m
}

// recordsOf is how many records are kept of groups.
func recordsOf(groups []*group) int {
	n := 0
	for _, g := range groups {
		n += int(g.span.packed.n)
	}
	return n
}

// unpackAll puts the records of groups into the order of time; lines is how many have a single line.
func (m *Maker) unpackAll(groups []*group) (lines int) {
	m.refs = m.refs[:0]
	sorted, n := true, recordsOf(groups)
	m.refs = slices.Grow(m.refs, n)
	m.room, m.open, m.more = slices.Grow(m.room[:0], n), slices.Grow(m.open[:0], len(groups)), slices.Grow(m.more[:0], len(groups))
	for _, g := range groups {
		m.more = append(m.more, spanMore{})
		m.open = append(m.open, m.openCopy(g.span, &m.more[len(m.more)-1]))
		refs := m.open[len(m.open)-1].refs()
		for i := range refs {
			k := &refs[i]
			if n := len(m.refs); n > 0 && sorted {
				sorted = compareKept(m.refs[n-1].kept, k) <= 0
			}
			if m.linesOf(k) == nil {
				lines++
			}
			m.refs = append(m.refs, recordOf{k, g.from[0].IP, k.at, int32(len(m.refs))})
		}
	}
	if !sorted {
		sortRecords(m.refs, nil)
	}
	return lines
}

// collect makes events of the records of groups, in the order of time.
func (m *Maker) collect(groups []*group) {
	n := recordsOf(groups)
	if n < shared {
		m.roomFor(n, m.unpackAll(groups))
		m.words.again()
		m.collectFrom(m.refs, m.events, m.lines, &m.words)
		return
	}
	workers.Undisturbed(func() {
		m.roomFor(n, m.unpackAll(groups))
		var wait sync.WaitGroup
		list := m.lines
		for begin := 0; begin < n; begin += shared {
			refs, events := m.refs[begin:min(begin+shared, n)], m.events[begin:min(begin+shared, n)]
			single := 0
			for i := range refs {
				if m.linesOf(refs[i].kept) == nil {
					single++
				}
			}
			of := list[:single:single]
			list = list[single:]
			wait.Go(func() { m.collectFrom(refs, events, of, &words{}) })
		}
		wait.Wait()
	})
}

// roomFor makes room for so many events, of which some have a single line.
func (m *Maker) roomFor(events, lines int) {
	m.events, m.lines = slices.Grow(m.events[:0], events)[:events], slices.Grow(m.lines[:0], lines)[:lines]
}

// shared is from how many records on several goroutines make the events of an incident, each of so many.
const shared = 1 << 16

// collectFrom makes events of records; lines has room for those of the records that have a single one.
func (m *Maker) collectFrom(refs []recordOf, events []analysis.EventRef, lines []analysis.LineRange, w *words) {
	for i := range refs {
		r := m.of(refs[i].kept)
		of := r.told.lines
		if of == nil {
			lines[0] = analysis.LineRange{First: int(r.line), Last: int(r.line)}
			of, lines = lines[:1:1], lines[1:]
		}
		events[i] = r.ref(refs[i].ip, of, w)
	}
}

// cite notes lines of an input.
func (m *Maker) cite(k *kept) {
	n := len(m.cited)
	i := n - 1
	if i < 0 || m.cited[i].input != int(k.input) {
		i = slices.IndexFunc(m.cited, func(c inputLines) bool { return c.input == int(k.input) })
	}
	if i < 0 {
		if i = n; n < cap(m.cited) {
			m.cited = m.cited[:n+1]
			m.cited[n].input, m.cited[n].ranges = int(k.input), m.cited[n].ranges[:0]
		} else {
			m.cited = append(m.cited, inputLines{input: int(k.input)})
		}
	}
	c := &m.cited[i]
	if lines := m.linesOf(k); lines != nil {
		c.ranges = append(c.ranges, lines...)
	} else {
		c.ranges = append(c.ranges, analysis.LineRange{First: int(k.line), Last: int(k.line)})
	}
}

// makeIncident makes one incident of groups that were joined. It changes nothing of them.
func (b *memory) makeIncident(groups []*group, file func(int) string) analysis.Incident {
	m := Maker{memory: newMemory(b.tables, b.chunks)}
	m.make(groups, file)
	return m.in
}

func (m *Maker) make(groups []*group, file func(int) string) {
	in := &m.in
	m.inputLines, m.sourceRecords = uniq.Emptied(m.inputLines), uniq.Emptied(m.sourceRecords)
	*in = analysis.Incident{InputLines: m.inputLines, SourceRecords: m.sourceRecords}
	for _, s := range [...]*uniq.List[string]{&m.kinds, &m.joined, &m.users, &m.formats, &m.hosts} {
		s.Reset()
	}
	m.tried.Reset()
	m.targets.Reset()
	from, to := period(groups)
	in.First, in.Last = instant(from), instant(to)
	m.collect(groups)
	in.Events = m.events
	m.cited, m.attempts, m.latest = m.cited[:0], m.attempts[:0], math.MaxInt64
	for i := range m.refs { // in the order of time, which most lines are in
		m.cite(m.refs[i].kept)
	}
	for i, g := range groups {
		s := &m.open[i]
		in.Records += int(s.records)
		in.Lines += int(s.lines)
		for _, c := range s.inputs() {
			if c.records > 0 { // lines of copies are quoted where their originals stand
				in.InputLines[int(c.input)] += int(c.lines)
			}
		}
		source := g.source()
		in.SourceRecords[source] += int(s.records)
		if d := s.beyond(); d != nil {
			for q, n := range d.quarters {
				if in.Beyond == nil {
					in.Beyond = map[int64]int{}
				}
				in.Beyond[q] += n
			}
		}
		tried := m.servicesIn(s, &m.services)
		if len(groups) == 1 {
			in.Services, tried = tried, nil
		}
		for _, v := range tried {
			if v.Port != 0 {
				if _, isNew := m.tried.Add(analysis.Service{Port: v.Port, Proto: v.Proto}); !isNew {
					continue
				}
			}
			in.Services = append(in.Services, v)
		}
		m.eachValue(s, fieldHost, &m.hosts)
		m.eachValue(s, fieldUser, &m.users)
		m.eachValue(s, fieldFormat, &m.formats)
		was, refs := uint32(0), s.refs()
		for i := range refs {
			k := &refs[i]
			if k.facts == was {
				continue
			}
			was = k.facts
			f := &m.facts[k.facts]
			t := f.Target
			if t.Host == "" && t.IP == "" {
				t.Host = f.Host
			}
			if t != (analysis.Target{}) {
				m.targets.Add(t)
			}
			if f.Kind != "" {
				m.kinds.Add(f.Kind)
			}
		}
		if s.beyond() != nil {
			for _, k := range m.distinct(s, fieldKind) {
				m.kinds.Add(k)
			}
		}
		for _, k := range g.has().kinds {
			m.kinds.Add(k)
		}
		for _, why := range g.has().joined {
			m.joined.Add(why)
		}
		if s.pruned {
			in.EvidenceCapped = true
		}
		n, atLeast := m.attemptsOf(s, source)
		in.Attempts += n
		in.AttemptsAtLeast = in.AttemptsAtLeast || atLeast
	}
	in.Sources = sourcesOf(groups)
	m.users.All = slices.DeleteFunc(m.users.All, func(u string) bool { return u == nobody })
	for _, s := range [...]*uniq.List[string]{&m.users, &m.formats, &m.hosts} {
		slices.Sort(s.All)
	}
	in.Kinds, in.JoinedBy, in.Targets = orNil(m.kinds.All), orNil(m.joined.All), orNil(m.targets.All)
	in.Users, in.Formats, in.Hosts = listed(m.users.All), listed(m.formats.All), listed(m.hosts.All)
	if len(in.Targets) > 1 {
		// The name of a machine alone adds nothing where other records give its address beside it.
		addressed := map[string]bool{}
		for _, t := range in.Targets {
			addressed[t.Host] = addressed[t.Host] || t.IP != ""
		}
		in.Targets = slices.DeleteFunc(in.Targets, func(t analysis.Target) bool { return t.IP == "" && addressed[t.Host] })
		slices.SortStableFunc(in.Targets, func(a, b analysis.Target) int {
			return cmp.Or(compareHosts(a.Host, b.Host), compareHosts(a.IP, b.IP))
		})
	}
	in.Incomplete = m.incomplete(groups)
	m.sortAttempts()
	if len(m.attempts) > 0 {
		in.AttemptList = m.attempts[:min(len(m.attempts), maxAttemptList)]
	}
	in.Outcome, in.Done = m.outcome(groups, in.Events)
	in.Users, in.Accounts = parted(in.Users, in.Events)
	m.evidence, in.EvidenceCapped = citations(m.evidence[:0], m.cited, file, in.EvidenceCapped)
	if len(m.evidence) > 0 {
		in.Evidence = m.evidence
	}
}

// parted parts the login strings of an incident from the accounts that its events only tell something else of. What no kept event
// has is taken for a login string.
func parted(users []string, events []analysis.EventRef) (sent, accounts []string) {
	acts := false
	for i := range events {
		acts = acts || events[i].ActsUpon()
	}
	if !acts {
		return users, nil
	}
	done, others := map[string]bool{}, map[string]bool{}
	for i := range events {
		if e := &events[i]; e.ActsUpon() {
			done[e.User] = true
		} else {
			others[e.User] = true
		}
	}
	for _, u := range users {
		if done[u] && !others[u] {
			accounts = append(accounts, u)
		} else {
			sent = append(sent, u)
		}
	}
	return sent, accounts
}

// incomplete names the lists of the incident that may lack something: those of which a span had more than it keeps, and the
// targets, of which only those are listed that kept records have.
func (m *Maker) incomplete(groups []*group) (list []string) {
	capped := false
	for _, g := range groups {
		capped = capped || g.span.beyond() != nil
	}
	if !capped {
		return nil
	}
	listed := map[string]bool{}
	for _, t := range m.in.Targets {
		listed[t.Host], listed[t.IP] = true, true
	}
	unnamed := false // there are records whose target is the machine that logged them
	for i := range m.events {
		unnamed = unnamed || m.events[i].Target == (analysis.Target{})
	}
	lacking := map[string]bool{}
	for _, g := range groups {
		d := g.span.beyond()
		if d == nil {
			continue
		}
		many := func(f field) bool { return d.full && len(d.values[f]) >= maxDistinct }
		lacking[analysis.ListServices] = lacking[analysis.ListServices] || d.full && len(d.services) >= maxDistinct
		lacking[analysis.ListUsers] = lacking[analysis.ListUsers] || many(fieldUser)
		lacking[analysis.ListHosts] = lacking[analysis.ListHosts] || many(fieldHost)
		for _, f := range [...]field{fieldTarget, fieldTargetIP, fieldHost} {
			if f == fieldHost && !unnamed {
				continue
			}
			for v := range d.values[f] {
				lacking[analysis.ListTargets] = lacking[analysis.ListTargets] || !listed[v]
			}
		}
	}
	for _, name := range [...]string{analysis.ListTargets, analysis.ListServices, analysis.ListUsers, analysis.ListHosts} {
		if lacking[name] {
			list = append(list, name)
		}
	}
	return list
}

func compareAttempts(a, b *analysis.Attempt) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.SourcePort, b.SourcePort), cmp.Compare(a.Port, b.Port))
}

// sortAttempts puts the attempts into the order of their beginnings. An Attempt is large, so what is sorted is their beginnings.
func (m *Maker) sortAttempts() {
	sorted := true
	for i := 1; i < len(m.attempts) && sorted; i++ {
		sorted = compareAttempts(&m.attempts[i-1], &m.attempts[i]) <= 0
	}
	if sorted {
		return
	}
	m.starts = m.starts[:0]
	for i := range m.attempts {
		m.starts = append(m.starts, beginning{m.attempts[i].Start.UnixNano(), int32(i)})
	}
	slices.SortFunc(m.starts, func(a, b beginning) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		return cmp.Or(compareAttempts(&m.attempts[a.place], &m.attempts[b.place]), cmp.Compare(a.place, b.place))
	})
	m.sorted = m.sorted[:0]
	for _, s := range m.starts {
		m.sorted = append(m.sorted, m.attempts[s.place])
	}
	m.attempts, m.sorted = m.sorted, m.attempts
}

// list lists an attempt, unless it is none of the maxAttemptList earliest ones.
func (m *Maker) list(r *record, source string) *analysis.Attempt {
	if r.at > m.latest {
		m.beyond = analysis.Attempt{}
		return &m.beyond
	}
	if len(m.attempts) == 8*maxAttemptList {
		m.sortAttempts()
		m.attempts = m.attempts[:maxAttemptList]
		m.latest = m.attempts[maxAttemptList-1].Start.UnixNano()
	}
	m.attempts = append(m.attempts, r.attempt(source))
	return &m.attempts[len(m.attempts)-1]
}

// orNil is a list, nil where nothing is in it.
func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// listed is a list that is written as one in JSON also when it is empty.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// sourcesOf lists the different sources of groups, in their order. Of a single group it is the group's own.
func sourcesOf(set []*group) []analysis.Source {
	if len(set) == 1 {
		return set[0].from[:]
	}
	list, seen := make([]analysis.Source, 0, len(set)), make(map[analysis.Source]bool, len(set))
	for _, g := range set {
		if s := g.source(); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	if len(list) > 1 { // records that name no source have none to count
		list = slices.DeleteFunc(list, func(s analysis.Source) bool { return s == analysis.Unnamed })
	}
	return list
}

func (g *group) source() analysis.Source { return g.from[0] }

// source is the source without a name that its records state.
func (k *sourceKey) source() *[1]analysis.Source {
	switch {
	case k.ip.IsValid():
		return &[...]analysis.Source{{IP: k.ip.String()}}
	case k.name != "":
		return &[1]analysis.Source{}
	}
	return &[...]analysis.Source{analysis.Unnamed}
}

// named reports whether a source can have a name.
func (k *sourceKey) named() bool { return k.ip.IsValid() || k.name != "" }

// incidentID is made of the first detect: it stays when later logs extend the incident, when sources join
// it, and when incidents are numbered anew.
func (b *Builder) incidentID(set []*group) (shown, original string) {
	first := set[0]
	for _, g := range set[1:] {
		if c := cmp.Compare(g.detect, first.detect); c < 0 || (c == 0 && compareKeys(*g.key, *first.key) < 0) {
			first = g
		}
	}
	key, p := first.from[0].IP, b.o.Pseudonyms
	if !first.key.ip.IsValid() {
		key = first.key.String()
	}
	if p != nil {
		words := strings.Split(key, " ")
		for i, w := range words {
			words[i] = p.Real(w)
		}
		key = strings.Join(words, " ")
		if !first.key.ip.IsValid() {
			key = strings.ToLower(key)
		}
	}
	var room [64]byte
	sum := sha256.Sum256(instant(first.detect).AppendFormat(append(append(room[:0], key...), '\n'), time.RFC3339))
	id := b.o.Prefix + hex.EncodeToString(sum[:6])
	if p != nil {
		return p.ID(id), id
	}
	return id, id
}

func (b *Builder) cluster(set []*group) cluster {
	c := cluster{groups: set}
	c.id, c.order = b.incidentID(set)
	return c
}

// citations joins the lines of the evidence to ranges, by file, and appends them to list.
func citations(list []analysis.Citation, cited []inputLines, file func(int) string, capped bool) ([]analysis.Citation, bool) {
	if len(cited) > 1 {
		slices.SortFunc(cited, func(a, b inputLines) int { return cmp.Compare(a.input, b.input) })
	}
	for _, c := range cited {
		for _, r := range analysis.JoinRanges(c.ranges) {
			if len(list) == maxEvidence {
				return list, true
			}
			list = append(list, analysis.Citation{File: file(c.input), Lines: r})
		}
	}
	return list, capped
}

// outcome is what the last word of the evidence says of the whole. Of a session, the last record that
// says anything counts: a connection that was let in and a log-in that then failed has failed. Of Postfix, which may refuse one
// recipient and take the mail for another, each record behind the connection's begin counts. A block
// that a program claims speaks for all that came before it; a connection that completed after such a
// claim contradicts it. Where a packet filter or a sensor stopped some packets and let others through, tries got through and
// others did not. So they did where a web server answered an adverse request with a success and something was refused;
// successes alone leave open what they mean. What was done on a machine itself is no connection that was let in.
func (m *Maker) outcome(set []*group, events []analysis.EventRef) (what analysis.Outcome, onMachine bool) {
	return m.outcomeOf(set, events, sessionsAlike(events))
}

// outcomeOf is outcome; alike is whether it does not matter which record of a session is its last.
func (m *Maker) outcomeOf(set []*group, events []analysis.EventRef, alike bool) (what analysis.Outcome, onMachine bool) {
	const didIt analysis.Action = "done" // of a session, in the place of allowed
	var allowed, blocked, failed, claimed, afterClaim, filtered, passed, done, tried bool
	var stopped, alerted analysis.Watchers
	note := func(a analysis.Action) {
		switch a {
		case analysis.ActionAllowed:
			allowed = true
		case analysis.ActionBlocked:
			blocked = true
		case analysis.ActionFailed:
			failed = true
		case didIt:
			done = true
		}
	}
	if !alike {
		m.sessions.Reset(len(events))
	}
	m.last = m.last[:0]
	last := func(session uint64, a analysis.Action) {
		place, isNew := m.sessions.Place(session)
		if isNew {
			m.last = append(m.last, a)
		}
		m.last[place] = a
	}
	for i := range events {
		e := &events[i]
		if e.Action == analysis.ActionBlocked && !e.Context && e.Claim == "" {
			stopped |= analysis.Watcher(e.Format)
			filtered = filtered || slices.Contains(analysis.PacketFilters[:], e.Format)
		}
		tried = tried || !e.Deed() && !e.Context
		switch {
		case e.Deed() && e.Tries == analysis.TriesSession && e.Session != 0 && !alike:
			last(e.Session, didIt)
		case e.Deed():
			done = done || !e.Context || e.Tries == analysis.TriesSession
		case e.Claim != "":
			claimed = claimed || e.Action == analysis.ActionBlocked
		case e.Action == analysis.ActionInfo:
			alerted |= e.Alerts()
		case e.Tries == analysis.TriesSession && e.Session != 0:
			switch {
			case alike:
				note(e.Action)
			case e.Format == "postfix" && !begins(e.Message):
				note(e.Action) // each recipient, mail and log-in is a try, and the process serves many clients in turn
				last(e.Session, "")
			default:
				last(e.Session, e.Action)
			}
		case e.Tries == analysis.TriesSession || !e.Context:
			note(e.Action)
			afterClaim = afterClaim || claimed && e.Action == analysis.ActionAllowed
		default:
			passed = passed || e.Passed()
		}
	}
	for _, a := range m.last {
		note(a)
	}
	for _, g := range set {
		d := g.span.beyond()
		if d == nil {
			continue
		}
		actions := d.values[fieldAction]
		allowed = allowed || tried && actions[string(analysis.ActionAllowed)] // else it is what the others are
		blocked = blocked || actions[string(analysis.ActionBlocked)]
		failed = failed || actions[string(analysis.ActionFailed)]
	}
	switch {
	case afterClaim, (blocked || failed) && (allowed || done || served(events)), passed && (filtered || stopped != 0), alerted&stopped != 0:
		return analysis.OutcomeMixed, false
	case claimed, blocked && !failed:
		return analysis.OutcomeBlocked, false
	case failed && !blocked:
		return analysis.OutcomeFailed, false
	case allowed, done:
		return analysis.OutcomeAllowed, !allowed
	case blocked && failed:
		return analysis.OutcomeBlocked, false
	}
	return analysis.OutcomeUnknown, false
}

// sessionsAlike reports whether all records that sessions have their outcome from say the same, so that it does not matter which is the last
// one of each.
func sessionsAlike(events []analysis.EventRef) bool {
	if len(events) == 1 {
		return true
	}
	var what analysis.Action
	for i := range events {
		e := &events[i]
		if e.Tries != analysis.TriesSession || e.Session == 0 || e.Action == analysis.ActionInfo {
			continue
		}
		if what == "" {
			what = e.Action
		}
		if e.Action != what || e.Deed() {
			return false
		}
	}
	return true
}

// served reports whether a web server answered one of the requests that are no context with a success (2xx).
func served(events []analysis.EventRef) bool {
	for i := range events {
		e := &events[i]
		if e.Context || e.Action != analysis.ActionInfo || !request.IsServer(e.Format) {
			continue
		}
		if r, ok := request.Parse(e.Message); ok && r.Status/100 == 2 {
			return true
		}
	}
	return false
}

// begins reports whether a message of Postfix tells of a client that is new: smtpd's and postscreen's.
func begins(message string) bool {
	return strings.HasPrefix(message, connects) || strings.HasPrefix(message, "CONNECT from ")
}

// attempt is the try that a record tells of, made by the source of that name.
func (k *record) attempt(source string) analysis.Attempt {
	a := analysis.Attempt{Source: source, SourcePort: int(k.srcPort), Target: k.Target.IP, Port: int(k.port), Proto: k.Proto, Start: k.time(),
		Dropped: k.Action == analysis.ActionBlocked && k.Handshake == analysis.HandshakeNone}
	if k.Count > 1 && k.tries != analysis.TriesSession { // the log-ins of a session are one attempt
		a.Count = k.Count
	}
	return a
}

// attemptsOf reconstructs the attempts of one source: sessions by their process, completed
// connections one by one, unanswered packets by the schedules of retransmission. atLeast is set
// when records were pruned that could tell of more. They are appended to m.attempts.
func (m *Maker) attemptsOf(s *span, source analysis.Source) (n int, atLeast bool) {
	name := cmp.Or(source.IP, source.Name)
	refs := s.refs()
	m.packets, m.known = m.packets[:0], m.known[:0]
	m.sessions.Reset(len(refs))
	if len(m.next) < len(refs) {
		m.next = make([]int32, max(len(refs), 2*len(m.next)))
	}
	echo, repeated := m.echo(s), 0
	add := func(r *record) *analysis.Attempt { return m.list(r, name) }
	k, first := &m.at, &m.first
	for i := range refs {
		*k = m.of(&refs[i])
		switch k.tries {
		case analysis.TriesSession:
			if k.session == 0 {
				if k.context {
					continue
				}
			} else if len(refs) > 1 || s.pruned {
				place, isNew := m.sessions.Place(k.session)
				if isNew {
					m.known = append(m.known, session{})
				}
				was := m.known[place]
				begin := k.Format == "postfix" && strings.HasPrefix(k.told.message, connects)
				again := begin && was.connected // a process of Postfix serves many clients in turn
				m.known[place] = session{k.at, begin || was.connected}
				if !isNew && time.Duration(k.at-was.last) <= sessionReuse && !again {
					continue
				}
			}
			n++
			add(k)
		case analysis.TriesConnection:
			if k.context {
				continue
			}
			if echo(k) {
				repeated += k.facts.Count
				continue
			}
			add(k)
		case analysis.TriesPacket:
			if len(refs) == 1 {
				add(k).Packets = 1
				return datagrams(k), s.pruned
			}
			if len(m.packets) == 0 {
				m.flows.Reset(len(refs))
			}
			f := m.flowOf(k.kept)
			if k.Count > 1 && retransmitted(k) && m.flows.Has(uint64(f)) {
				continue // it was stamped when the log gave up to repeat it, and is of an attempt that is known
			}
			m.packet(f, int32(i))
		}
	}
	n += int(s.connections) - repeated
	for _, p := range m.packets {
		*first = m.of(&refs[p.first])
		if p.n == 1 { // nothing to fold
			n += datagrams(first)
			add(first).Packets = 1
			continue
		}
		m.times, m.places = m.times[:0], m.places[:0]
		for i := p.first; len(m.times) < int(p.n); i = m.next[i] {
			m.times, m.places = append(m.times, refs[i].time()), append(m.places, i)
		}
		folds := foldPackets
		if !retransmitted(first) {
			folds = singly
		}
		for _, fold := range folds(m.times) {
			*k = m.of(&refs[m.places[fold.packets[0]]])
			n += datagrams(k)
			a := add(k)
			if times := 0; len(fold.packets) > 1 {
				for _, i := range fold.packets {
					packet := m.of(&refs[m.places[i]])
					times += packet.Times()
				}
				if a.Count = 0; times > len(fold.packets) {
					a.Count = times
				}
			}
			a.Packets, a.Schedule, a.Deviation, a.Ambiguous = len(fold.packets), fold.schedule, fold.deviation, fold.ambiguous
			for i := 1; i < len(fold.packets); i++ {
				a.Gaps = append(a.Gaps, m.times[fold.packets[i]].Sub(m.times[fold.packets[i-1]]).Seconds())
			}
		}
	}
	return n, s.pruned && (m.sessions.Len() > 0 || len(m.packets) > 0)
}

// echoTime is how far apart a web server's two logs stamp one request: the error log when it went wrong, the access log
// when it was over.
const echoTime = 2 * time.Second

// echo tells of a record in a web server's error log that it is about a request which the access log has too, so that
// both are one attempt.
func (t *tables) echo(s *span) func(*record) bool {
	errors, last, refs := false, uint32(0), s.refs()
	for i := range refs {
		if f := refs[i].facts; f != last {
			last, errors = f, errors || t.facts[f].Format == "weberror"
		}
	}
	if !errors {
		return func(*record) bool { return false }
	}
	var requests []int64
	for i := range refs {
		if k := t.of(&refs[i]); k.Format == "webaccess" && k.tries == analysis.TriesConnection {
			requests = append(requests, k.at)
		}
	}
	slices.Sort(requests)
	return func(k *record) bool {
		if k.Format != "weberror" || len(requests) == 0 {
			return false
		}
		i, _ := slices.BinarySearch(requests, k.at-int64(echoTime))
		return i < len(requests) && requests[i] <= k.at+int64(echoTime)
	}
}

// retransmitted reports whether the schedules of TCP can hold for the packets of a flow: they are those
// of an opening packet. Datagrams have none, and a packet with odd flags is sent by a tool, not by a stack.
func retransmitted(k *record) bool {
	return k.Proto != "udp" && k.Proto != "icmp" && !strings.HasPrefix(k.Signature, "TCP flags ")
}

// datagrams is how many attempts the record of a packet stands for. Of a repeated one each datagram is an attempt; opening packets
// that are alike in all that a filter logs are of one.
func datagrams(k *record) int {
	if retransmitted(k) {
		return 1
	}
	return k.Times()
}

// singly takes each packet for an attempt.
func singly(times []time.Time) []fold {
	list := make([]fold, len(times))
	for i := range list {
		list[i] = fold{packets: []int{i}}
	}
	return list
}

// compareHosts orders addresses by their numbers, so that .9 stands before .10, and after them names.
func compareHosts(a, b string) int {
	if mayBeAddress(a) && mayBeAddress(b) {
		x, errX := netip.ParseAddr(a)
		y, errY := netip.ParseAddr(b)
		if errX == nil && errY == nil {
			return x.Compare(y)
		}
	}
	return cmp.Compare(a, b)
}

// mayBeAddress is false for what is written as no address is.
func mayBeAddress(s string) bool {
	return s != "" && (s[0] >= '0' && s[0] <= '9' || strings.IndexByte(s, ':') >= 0)
}

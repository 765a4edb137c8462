package incident

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

const (
	maxAttemptList = 1000          // attempts that an incident lists one by one
	maxEvidence    = 2000          // ranges of lines that an incident cites
	sessionReuse   = 1 * time.Hour // a process id that is silent for so long may be another process
)

// nobody is what UW imapd prints for the user when nobody has logged in.
const nobody = "???"

// set is a set that keeps the order in which things were added. Most sets of an incident are small.
type set[T comparable] struct {
	list []T
	in   map[T]bool // nil while there are few
}

func (s *set[T]) add(v T) {
	const few = 12
	switch {
	case s.in != nil:
		if s.in[v] {
			return
		}
		s.in[v] = true
	case slices.Contains(s.list, v):
		return
	case len(s.list) == few:
		s.in = make(map[T]bool, 2*few)
		for _, o := range s.list {
			s.in[o] = true
		}
		s.in[v] = true
	}
	s.list = append(s.list, v)
}

// distinct lists the different values of a field, ascending, empty ones left out.
func (t *tables) distinct(s *span, f field) []string {
	var values set[string]
	t.eachValue(s, f, &values)
	slices.Sort(values.list)
	return values.list
}

func (t *tables) eachValue(s *span, f field, values *set[string]) {
	if s.beyond != nil {
		for v := range s.beyond.values[f] {
			values.add(v)
		}
	}
	last, was := "", kept{}
	for i := range s.refs {
		k := &s.refs[i]
		if k.facts == was.facts && k.user == was.user && k.marks == was.marks {
			continue // nothing else decides it
		}
		was = *k
		r := t.of(k)
		if v := r.value(f); v != last && v != "" {
			values.add(v)
			last = v
		}
	}
}

// services lists what was tried, in the order in which the records first tell of it.
func (t *tables) services(s *span) []analysis.Service {
	var list []analysis.Service
	var seen set[analysis.Service]
	var last analysis.Service
	add := func(v analysis.Service) {
		if v == last {
			return
		}
		last = v
		key := analysis.Service{Port: v.Port, Proto: v.Proto}
		if v.Port == 0 {
			key.Name = v.Name
		}
		if v.Port == 0 && v.Name == "" {
			return
		}
		if seen.add(key); len(seen.list) > len(list) {
			list = append(list, v)
		}
	}
	was := kept{}
	for i := range s.refs {
		k := &s.refs[i]
		if k.facts == was.facts && k.port == was.port && k.marks == was.marks {
			continue
		}
		was = *k
		r := t.of(k)
		add(analysis.Service{Port: int(r.port), Proto: r.proto, Name: r.service})
	}
	if s.beyond != nil {
		var rest []analysis.Service
		for v := range s.beyond.services {
			rest = append(rest, v)
		}
		slices.SortFunc(rest, compareServices)
		for _, v := range rest {
			add(v)
		}
	}
	return list
}

func compareServices(a, b analysis.Service) int {
	return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Name, b.Name))
}

// Maker makes incidents one after the other in the same memory.
type Maker struct {
	memory
	result   *Result
	open     []span // copies of the groups' spans
	in       analysis.Incident
	refs     []recordOf
	events   []analysis.EventRef
	lines    []analysis.LineRange // of events
	attempts []analysis.Attempt
	cited    []inputLines
	flows    map[flow][]int32 // the packets' places among the records of a span
	order    []flow           // of flows
	sessions map[uint64]session
	last     map[uint64]analysis.Action // of sessions
}

// recordOf is a record and the address of its source.
type recordOf struct {
	*kept
	ip string
}

// flow is what packets of one attempt have in common.
type flow struct {
	target       analysis.Target
	host         string
	port, source int
	proto        string
}

// session is what is known of a session while its records are counted.
type session struct {
	last      time.Time
	connected bool
}

// emptied is an empty map: the same one, unless it has grown so large that emptying it takes longer than making one.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	const few = 64
	if m == nil || len(m) > few {
		return map[K]V{}
	}
	clear(m)
	return m
}

// inputLines are lines of one input.
type inputLines struct {
	input  int
	ranges []analysis.LineRange
}

// Maker returns a Maker of the incidents of a Result, for one goroutine.
func (r *Result) Maker() *Maker { return &Maker{memory: memory{tables: r.tables}, result: r} }

// Incident is Result.Incident, but the incident is valid only until the next one is made.
func (m *Maker) Incident(i int) *analysis.Incident {
	c := &m.result.clusters[i]
	m.make(c.groups, m.result.file)
	m.in.ID, m.in.Place = c.id, i
	m.in.JoinedBy = append(m.in.JoinedBy, c.why...)
	return &m.in
}

// Events goes through the records of the i-th incident, as Result.Incident has them. Each is valid until the next one.
func (r *Result) Events(i int) iter.Seq[*analysis.EventRef] {
	return func(yield func(*analysis.EventRef) bool) {
		m := r.unpacked(i)
		var e analysis.EventRef
		var line [1]analysis.LineRange
		for _, k := range m.refs {
			of := m.of(k.kept)
			lines := of.told.lines
			if lines == nil {
				line[0] = analysis.LineRange{First: int(k.line), Last: int(k.line)}
				lines = line[:]
			}
			if e = of.ref(k.ip, lines); !yield(&e) {
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

// unpackAll puts the records of groups into the order of time; lines is how many have a single line.
func (m *Maker) unpackAll(groups []*group) (lines int) {
	m.refs = m.refs[:0]
	sorted := true
	m.room, m.open = m.room[:0], m.open[:0]
	for _, g := range groups {
		m.open = append(m.open, *g.span)
		s := &m.open[len(m.open)-1]
		m.memory.open(s)
		for i := range s.refs {
			k := &s.refs[i]
			if n := len(m.refs); n > 0 && sorted {
				sorted = compareKept(m.refs[n-1].kept, k) <= 0
			}
			if m.said[k.said].lines == nil {
				lines++
			}
			m.refs = append(m.refs, recordOf{k, g.from.IP})
		}
	}
	if !sorted {
		// No two records of one input begin at one line, but for those that have their place by that of their groups.
		slices.SortStableFunc(m.refs, func(a, b recordOf) int { return compareKept(a.kept, b.kept) })
	}
	return lines
}

// collect makes events of the records of groups, in the order of time.
func (m *Maker) collect(groups []*group) {
	lines := m.unpackAll(groups)
	m.events = slices.Grow(m.events[:0], len(m.refs))
	m.lines = slices.Grow(m.lines[:0], lines)
	for _, k := range m.refs {
		r := m.of(k.kept)
		of := r.told.lines
		if of == nil {
			n := len(m.lines)
			m.lines = append(m.lines, analysis.LineRange{First: int(k.line), Last: int(k.line)})
			of = m.lines[n : n+1 : n+1]
		}
		m.events = append(m.events, r.ref(k.ip, of))
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
	if lines := m.said[k.said].lines; lines != nil {
		c.ranges = append(c.ranges, lines...)
	} else {
		c.ranges = append(c.ranges, analysis.LineRange{First: int(k.line), Last: int(k.line)})
	}
}

// makeIncident makes one incident of groups that were joined. It changes nothing of them.
func (t *tables) makeIncident(groups []*group, file func(int) string) analysis.Incident {
	m := Maker{memory: memory{tables: t}}
	m.make(groups, file)
	return m.in
}

func (m *Maker) make(groups []*group, file func(int) string) {
	in := &m.in
	*in = analysis.Incident{InputLines: map[int]int{}, SourceRecords: map[analysis.Source]int{}}
	var kinds, joined, users, formats, hosts set[string]
	var services set[analysis.Service]
	var targets set[analysis.Target]
	from, to := period(groups)
	in.First, in.Last = instant(from), instant(to)
	m.collect(groups)
	in.Events = m.events
	m.cited, m.attempts = m.cited[:0], m.attempts[:0]
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
		if s.beyond != nil {
			for q, n := range s.beyond.quarters {
				if in.Beyond == nil {
					in.Beyond = map[int64]int{}
				}
				in.Beyond[q] += n
			}
		}
		tried := m.services(s)
		if len(groups) == 1 {
			in.Services, tried = tried, nil
		}
		for _, v := range tried {
			if key := (analysis.Service{Port: v.Port, Proto: v.Proto}); v.Port != 0 {
				n := len(services.list)
				if services.add(key); len(services.list) == n {
					continue
				}
			}
			in.Services = append(in.Services, v)
		}
		m.eachValue(s, fieldHost, &hosts)
		m.eachValue(s, fieldUser, &users)
		m.eachValue(s, fieldFormat, &formats)
		was := uint32(0)
		for i := range s.refs {
			k := &s.refs[i]
			m.cite(k)
			if k.facts == was {
				continue
			}
			was = k.facts
			f := &m.facts[k.facts]
			t := f.target
			if t.Host == "" && t.IP == "" {
				t.Host = f.host
			}
			if t != (analysis.Target{}) {
				targets.add(t)
			}
			if f.kind != "" {
				kinds.add(f.kind)
			}
		}
		if s.beyond != nil {
			for _, k := range m.distinct(s, fieldKind) {
				kinds.add(k)
			}
		}
		for _, k := range g.kinds {
			kinds.add(k)
		}
		for _, why := range g.joined {
			joined.add(why)
		}
		if s.pruned {
			in.EvidenceCapped = true
		}
		var n int
		var atLeast bool
		n, m.attempts, atLeast = m.attemptsOf(s, source, m.attempts)
		in.Attempts += n
		in.AttemptsAtLeast = in.AttemptsAtLeast || atLeast
	}
	if len(m.attempts) > 0 {
		in.AttemptList = m.attempts
	}
	in.Sources = sourcesOf(groups)
	in.Kinds, in.JoinedBy, in.Targets = kinds.list, joined.list, targets.list
	users.list = slices.DeleteFunc(users.list, func(u string) bool { return u == nobody })
	for _, s := range [...]*set[string]{&users, &formats, &hosts} {
		slices.Sort(s.list)
	}
	in.Users, in.Formats, in.Hosts = listed(users.list), listed(formats.list), listed(hosts.list)
	// The name of a machine alone adds nothing where other records give its address beside it.
	in.Targets = slices.DeleteFunc(in.Targets, func(t analysis.Target) bool {
		return t.IP == "" && slices.ContainsFunc(in.Targets, func(o analysis.Target) bool { return o.Host == t.Host && o.IP != "" })
	})
	slices.SortStableFunc(in.Targets, func(a, b analysis.Target) int {
		return cmp.Or(compareHosts(a.Host, b.Host), compareHosts(a.IP, b.IP))
	})
	byStart := func(a, b *analysis.Attempt) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.SourcePort, b.SourcePort), cmp.Compare(a.Port, b.Port))
	}
	for i := 1; i < len(in.AttemptList); i++ {
		if byStart(&in.AttemptList[i-1], &in.AttemptList[i]) > 0 {
			slices.SortStableFunc(in.AttemptList, func(a, b analysis.Attempt) int { return byStart(&a, &b) })
			break
		}
	}
	if len(in.AttemptList) > maxAttemptList {
		in.AttemptList = in.AttemptList[:maxAttemptList]
	}
	in.Outcome = m.outcome(groups, in.Events)
	in.Evidence, in.EvidenceCapped = citations(m.cited, file, in.EvidenceCapped)
}

// listed is a list that is written as one in JSON also when it is empty.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// sourcesOf lists the different sources of groups, in their order.
func sourcesOf(set []*group) []analysis.Source {
	if len(set) == 1 {
		return []analysis.Source{set[0].source()}
	}
	var list []analysis.Source
	seen := map[analysis.Source]bool{}
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

func (g *group) source() analysis.Source { return g.from }

// nameOf is what is known of a source of which the span tells.
func (t *tables) nameOf(k sourceKey, s *span) analysis.Source {
	switch {
	case k.ip.IsValid():
		return analysis.Source{IP: k.ip.String(), Name: t.sourceName(s)}
	case k.name != "":
		return analysis.Source{Name: t.sourceName(s)}
	}
	return analysis.Unnamed
}

// incidentID is made of the first detect: it stays when later logs extend the incident, when sources join
// it, and when incidents are numbered anew.
func (b *Builder) incidentID(set []*group) (shown, original string) {
	first := set[0]
	for _, g := range set[1:] {
		if c := cmp.Compare(g.detect, first.detect); c < 0 || (c == 0 && compareKeys(g.key, first.key) < 0) {
			first = g
		}
	}
	key, p := first.from.IP, b.o.Pseudonyms
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

// citations joins the lines of the evidence to ranges, by file.
func citations(cited []inputLines, file func(int) string, capped bool) ([]analysis.Citation, bool) {
	slices.SortFunc(cited, func(a, b inputLines) int { return cmp.Compare(a.input, b.input) })
	var list []analysis.Citation
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
// says anything counts: a connection that was let in and a log-in that then failed has failed. A block
// that a program claims speaks for all that came before it; a connection that completed after such a
// claim contradicts it.
func (m *Maker) outcome(set []*group, events []analysis.EventRef) analysis.Outcome {
	var allowed, blocked, failed, claimed, afterClaim bool
	note := func(a analysis.Action) {
		switch a {
		case analysis.ActionAllowed:
			allowed = true
		case analysis.ActionBlocked:
			blocked = true
		case analysis.ActionFailed:
			failed = true
		}
	}
	m.last = emptied(m.last)
	for i := range events {
		e := &events[i]
		switch {
		case e.Claim != "":
			claimed = claimed || e.Action == analysis.ActionBlocked
		case e.Action == analysis.ActionInfo:
		case e.Tries == analysis.TriesSession && e.Session != 0:
			m.last[e.Session] = e.Action
		case e.Tries == analysis.TriesSession || !e.Context:
			note(e.Action)
			afterClaim = afterClaim || claimed && e.Action == analysis.ActionAllowed
		}
	}
	for _, a := range m.last {
		note(a)
	}
	for _, g := range set {
		if g.span.beyond == nil {
			continue
		}
		actions := g.span.beyond.values[fieldAction]
		allowed = allowed || actions[string(analysis.ActionAllowed)]
		blocked = blocked || actions[string(analysis.ActionBlocked)]
		failed = failed || actions[string(analysis.ActionFailed)]
	}
	switch {
	case afterClaim, allowed && (blocked || failed):
		return analysis.OutcomeMixed
	case claimed, blocked && !failed:
		return analysis.OutcomeBlocked
	case failed && !blocked:
		return analysis.OutcomeFailed
	case allowed:
		return analysis.OutcomeAllowed
	case blocked && failed:
		return analysis.OutcomeBlocked
	}
	return analysis.OutcomeUnknown
}

// attempt is the try that a record tells of, made by the source of that name.
func (k *record) attempt(source string) analysis.Attempt {
	return analysis.Attempt{Source: source, SourcePort: int(k.srcPort), Target: k.target.IP, Port: int(k.port), Proto: k.proto, Start: k.time(),
		Dropped: k.action == analysis.ActionBlocked && k.handshake == analysis.HandshakeNone}
}

// attemptsOf reconstructs the attempts of one source: sessions by their process, completed
// connections one by one, unanswered packets by the schedules of retransmission. atLeast is set
// when records were pruned that could tell of more. They are appended to list.
func (m *Maker) attemptsOf(s *span, source analysis.Source, list []analysis.Attempt) (n int, _ []analysis.Attempt, atLeast bool) {
	name := cmp.Or(source.IP, source.Name)
	m.flows, m.order, m.sessions = emptied(m.flows), m.order[:0], emptied(m.sessions)
	echo, repeated := m.echo(s), 0
	for i := range s.refs {
		r := m.of(&s.refs[i])
		k := &r
		switch k.tries {
		case analysis.TriesSession:
			if k.session == 0 {
				if k.context {
					continue
				}
			} else {
				was, seen := m.sessions[k.session]
				connects := k.format == "postfix" && strings.HasPrefix(k.told.message, connects)
				again := connects && was.connected // a process of Postfix serves many clients in turn
				m.sessions[k.session] = session{k.time(), connects || was.connected}
				if seen && k.time().Sub(was.last) <= sessionReuse && !again {
					continue
				}
			}
			n++
			list = append(list, k.attempt(name))
		case analysis.TriesConnection:
			if k.context {
				continue
			}
			if echo(k) {
				repeated += int(k.facts.count)
				continue
			}
			list = append(list, k.attempt(name))
		case analysis.TriesPacket:
			f := flow{k.target, k.host, int(k.port), int(k.srcPort), k.proto}
			if len(s.refs) == 1 {
				a := k.attempt(name)
				a.Packets = 1
				return 1, append(list, a), s.pruned
			}
			if m.flows[f] == nil {
				m.order = append(m.order, f)
			}
			m.flows[f] = append(m.flows[f], int32(i))
		}
	}
	n += int(s.connections) - repeated
	for _, f := range m.order {
		packets := m.flows[f]
		if len(packets) == 1 { // nothing to fold
			n++
			r := m.of(&s.refs[packets[0]])
			a := r.attempt(name)
			a.Packets = 1
			list = append(list, a)
			continue
		}
		times := make([]time.Time, len(packets))
		for i, p := range packets {
			times[i] = s.refs[p].time()
		}
		folds := foldPackets
		if first := m.of(&s.refs[packets[0]]); !retransmitted(&first) {
			folds = singly
		}
		for _, fold := range folds(times) {
			n++
			r := m.of(&s.refs[packets[fold.packets[0]]])
			a := r.attempt(name)
			a.Packets, a.Schedule, a.Deviation, a.Ambiguous = len(fold.packets), fold.schedule, fold.deviation, fold.ambiguous
			for i := 1; i < len(fold.packets); i++ {
				a.Gaps = append(a.Gaps, times[fold.packets[i]].Sub(times[fold.packets[i-1]]).Seconds())
			}
			list = append(list, a)
		}
	}
	return n, list, s.pruned && (len(m.sessions) > 0 || len(m.flows) > 0)
}

// echoTime is how far apart a web server's two logs stamp one request: the error log when it went wrong, the access log
// when it was over.
const echoTime = 2 * time.Second

// echo tells of a record in a web server's error log that it is about a request which the access log has too, so that
// both are one attempt.
func (t *tables) echo(s *span) func(*record) bool {
	var requests []int64
	for i := range s.refs {
		if k := t.of(&s.refs[i]); k.format == "webaccess" && k.tries == analysis.TriesConnection {
			requests = append(requests, k.at)
		}
	}
	slices.Sort(requests)
	return func(k *record) bool {
		if k.format != "weberror" || len(requests) == 0 {
			return false
		}
		i, _ := slices.BinarySearch(requests, k.at-int64(echoTime))
		return i < len(requests) && requests[i] <= k.at+int64(echoTime)
	}
}

// retransmitted reports whether the schedules of TCP can hold for the packets of a flow: they are those
// of an opening packet. Datagrams have none, and a packet with odd flags is sent by a tool, not by a stack.
func retransmitted(k *record) bool {
	return k.proto != "udp" && k.proto != "icmp" && !strings.HasPrefix(k.signature, "TCP flags ")
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

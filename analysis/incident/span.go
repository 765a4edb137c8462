package incident

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"practicum/analysis"
)

const (
	// maxRefs is how many records of one span are kept with all that they say; the first and the
	// last in time stay. Counts are exact all the same.
	maxRefs  = 4096
	lastRefs = 256
	// maxDistinct caps each set of distinct values of a span that outgrew maxRefs.
	maxDistinct = 4096
)

// kept is one record of a span. Logs hold millions of them, so what many records share stands once,
// in facts and in said.
type kept struct {
	*facts
	*said
	at      int64 // nanoseconds since 1970, UTC
	offset  int64
	session uint64
	input   int32
	line    int32
	pid     int32
	count   int32
	port    uint16
	srcPort uint16
}

// facts is what records of one kind and place have in common.
type facts struct {
	format, host, program, proto, service, signature, kind, claim, user string
	target                                                              analysis.Target
	ip                                                                  netip.Addr // of target
	action                                                              analysis.Action
	tries                                                               analysis.Tries
	handshake                                                           analysis.Handshake
	context                                                             bool
	candidate                                                           uint64
}

// said is what records say of who acted, and what else of their words statements read. What is empty takes no room.
type said struct {
	source  analysis.Source
	ident   string
	message string               // of context, of what says nothing of success, and of requests to web servers
	lines   []analysis.LineRange // nil for a single line, whose number is line
}

func (k *kept) time() time.Time { return time.Unix(0, k.at).UTC() }

func (k *kept) ranges() []analysis.LineRange {
	if k.lines != nil {
		return k.lines
	}
	return []analysis.LineRange{{First: int(k.line), Last: int(k.line)}}
}

func (k *kept) size() int {
	if k.lines == nil {
		return 1
	}
	n := 0
	for _, r := range k.lines {
		n += r.Len()
	}
	return n
}

// ref is the record as an incident tells it.
func (k *kept) ref() analysis.EventRef { return k.refOn(k.ranges()) }

// refOn is ref with the record's lines given.
func (k *kept) refOn(lines []analysis.LineRange) analysis.EventRef {
	return analysis.EventRef{
		Time: k.time(), Input: int(k.input), Offset: k.offset, Lines: lines, Format: k.format, Host: k.host, Program: k.program,
		PID: int(k.pid), Session: k.session, Source: k.source, Target: k.target, Port: int(k.port), SrcPort: int(k.srcPort),
		Proto: k.proto, Service: k.service, User: k.user, Ident: k.ident, Action: k.action, Signature: k.signature, Kind: k.kind, Claim: k.claim,
		Message: k.message, Tries: k.tries, Handshake: k.handshake, Context: k.context,
	}
}

func compareKept(a, b *kept) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.input, b.input), cmp.Compare(a.offset, b.offset))
}

// span is an unbroken time of one source: its records lie at most a gap apart.
type span struct {
	first, last time.Time
	records     int
	lines       int
	connections int // exact number of completed connections, repeats counted
	perInput    []inputCount
	input       [1]inputCount // of which perInput is made at first: most spans are of one input
	refs        []kept
	pruned      bool // refs is a sample
	beyond      *distinct
}

// inputCount counts the lines of a span in one input.
type inputCount struct{ input, records, lines int }

// distinct holds what the records that were pruned told, each once.
type distinct struct {
	services map[analysis.Service]bool
	values   map[field]map[string]bool
	quarters map[int64]int // records, by analysis.Quarter since 1970
	full     bool
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

func newSpan(k kept, lines int) *span {
	s := &span{first: k.time(), last: k.time()}
	s.add(k, lines)
	return s
}

func (s *span) add(k kept, lines int) {
	t := k.time()
	if t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
	s.records++
	s.lines += lines
	if k.tries == analysis.TriesConnection && !k.context {
		s.connections += int(k.count)
	}
	s.countInput(inputCount{int(k.input), 1, lines})
	s.refs = append(s.refs, k)
	if len(s.refs) >= 2*maxRefs {
		s.prune()
	}
}

// change gives the records that are meant other facts. Records that shared theirs share the new ones.
func (s *span) change(meant func(*kept) bool, with func(*facts)) {
	changed := map[*facts]*facts{}
	for i := range s.refs {
		k := &s.refs[i]
		if !meant(k) {
			continue
		}
		other := changed[k.facts]
		if other == nil {
			f := *k.facts
			with(&f)
			other = &f
			changed[k.facts] = other
		}
		k.facts = other
	}
}

func (s *span) countInput(c inputCount) {
	for i := range s.perInput {
		if s.perInput[i].input == c.input {
			s.perInput[i].records += c.records
			s.perInput[i].lines += c.lines
			return
		}
	}
	if s.perInput == nil {
		s.perInput = s.input[:0]
	}
	s.perInput = append(s.perInput, c)
}

// absorb adds all of o to s.
func (s *span) absorb(o *span) {
	if o.first.Before(s.first) {
		s.first = o.first
	}
	if o.last.After(s.last) {
		s.last = o.last
	}
	s.records += o.records
	s.lines += o.lines
	s.connections += o.connections
	for _, c := range o.perInput {
		s.countInput(c)
	}
	s.pruned = s.pruned || o.pruned
	if o.beyond != nil {
		s.beyond = s.beyond.union(o.beyond)
	}
	s.refs = append(s.refs, o.refs...)
	if len(s.refs) >= 2*maxRefs {
		s.prune()
	}
}

// prune keeps the first and the last records in time. Pruning again after more records were added
// gives what pruning once would have given, so the order of adding does not matter.
func (s *span) prune() {
	if len(s.refs) <= maxRefs {
		return
	}
	s.sort()
	cut := s.refs[maxRefs-lastRefs : len(s.refs)-lastRefs]
	for i := range cut {
		if s.beyond == nil {
			s.beyond = &distinct{services: map[analysis.Service]bool{}, values: map[field]map[string]bool{}, quarters: map[int64]int{}}
		}
		s.beyond.add(&cut[i])
	}
	s.refs = slices.Delete(s.refs, maxRefs-lastRefs, len(s.refs)-lastRefs)
	s.pruned = true
}

func (s *span) sort() {
	for i := 1; ; i++ {
		if i >= len(s.refs) {
			return // nearly always
		}
		if compareKept(&s.refs[i-1], &s.refs[i]) > 0 {
			break
		}
	}
	slices.SortFunc(s.refs, func(a, b kept) int { return compareKept(&a, &b) })
}

func (d *distinct) add(k *kept) {
	d.quarters[k.time().Unix()/analysis.Quarter]++
	if k.port != 0 || k.service != "" {
		if len(d.services) < maxDistinct {
			d.services[analysis.Service{Port: int(k.port), Proto: k.proto, Name: k.service}] = true
		} else {
			d.full = true
		}
	}
	for _, v := range fields(k) {
		if v.text == "" {
			continue
		}
		if d.values[v.field] == nil {
			d.values[v.field] = map[string]bool{}
		}
		if len(d.values[v.field]) < maxDistinct {
			d.values[v.field][v.text] = true
		} else {
			d.full = true
		}
	}
}

type value struct {
	field field
	text  string
}

// value is what a record says in a field.
func (k *kept) value(f field) string {
	switch f {
	case fieldUser:
		return k.user
	case fieldHost:
		return k.host
	case fieldTarget:
		return k.target.Host
	case fieldTargetIP:
		return k.target.IP
	case fieldKind:
		return k.kind
	case fieldSignature:
		return k.signature
	case fieldFormat:
		return k.format
	}
	if k.context {
		return ""
	}
	return string(k.action)
}

func fields(k *kept) [8]value {
	action := ""
	if !k.context {
		action = string(k.action)
	}
	return [8]value{
		{fieldUser, k.user}, {fieldHost, k.host}, {fieldTarget, k.target.Host}, {fieldTargetIP, k.target.IP},
		{fieldKind, k.kind}, {fieldSignature, k.signature}, {fieldFormat, k.format}, {fieldAction, action},
	}
}

func (d *distinct) union(o *distinct) *distinct {
	if d == nil {
		return o
	}
	for s := range o.services {
		d.services[s] = true
	}
	for f, values := range o.values {
		if d.values[f] == nil {
			d.values[f] = map[string]bool{}
		}
		for v := range values {
			d.values[f][v] = true
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

// add puts a record into the span that it is within gap of, joins spans that it bridges, or opens
// a new one.
func (list *spans) add(gap time.Duration, k kept, lines int) {
	t := k.time()
	i := list.find(gap, t)
	if i == len(*list) || (*list)[i].first.Sub(t) > gap {
		*list = slices.Insert(*list, i, newSpan(k, lines))
		return
	}
	(*list)[i].add(k, lines)
	list.close(gap, i)
}

// merge adds a whole span.
func (list *spans) merge(gap time.Duration, s *span) {
	i := list.find(gap, s.first)
	if i == len(*list) || (*list)[i].first.Sub(s.last) > gap {
		*list = slices.Insert(*list, i, s)
		return
	}
	(*list)[i].absorb(s)
	list.close(gap, i)
}

// find returns the first span that does not end more than gap before t.
func (list *spans) find(gap time.Duration, t time.Time) int {
	// Logs run forward or backward, so it is nearly always the last span or the first.
	if n := len(*list); n > 0 && t.Sub((*list)[n-1].last) > gap {
		return n
	}
	i, _ := slices.BinarySearchFunc(*list, t, func(s *span, t time.Time) int {
		if t.Sub(s.last) > gap {
			return -1
		}
		return 1
	})
	return i
}

// close joins the span i with those behind it that are within the gap now.
func (list *spans) close(gap time.Duration, i int) {
	s := (*list)[i]
	for i+1 < len(*list) && (*list)[i+1].first.Sub(s.last) <= gap {
		s.absorb((*list)[i+1])
		*list = slices.Delete(*list, i+1, i+2)
	}
}

// distance is the time between a span and the time from first to last; 0 when they overlap.
func (s *span) distance(first, last time.Time) time.Duration {
	switch {
	case first.After(s.last):
		return first.Sub(s.last)
	case s.first.After(last):
		return s.first.Sub(last)
	}
	return 0
}

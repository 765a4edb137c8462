package detect

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/uniq"
)

// Verdict is what the rules say of one event.
type Verdict struct {
	Kind string // the kind of the first rule without a threshold that matches; empty when none does
	// Candidate holds one bit for each rule with a threshold that the event counts towards, in the
	// order of those rules.
	Candidate uint64
	Rule      *Rule // the rule that Kind is of
}

// Identify completes what a record leaves to common knowledge: the port and protocol of the service
// that it names or that its daemon offers, and the name of a service that it gives as a number.
func Identify(e *analysis.Event) {
	identifyService(e)
	if e.Proto == "udp" && e.Handshake == analysis.HandshakeCompleted {
		e.Handshake = analysis.HandshakeUnknown // a wrapped UDP service has none
	}
	if e.Target.Port != 0 && (e.Service == "" || isNumber(e.Service)) {
		e.Service = knowledge.ServiceName(e.Proto, int(e.Target.Port))
	}
}

// identifyService finds the port of a service that is named, by itself or by its daemon.
func identifyService(e *analysis.Event) {
	if e.Target.Port == 0 && e.Service != "" {
		if port, proto, name, ok := knowledge.ServiceByName(e.Service); ok {
			e.Target.Port, e.Service = uint16(port), name
			if e.Proto == "" {
				e.Proto = proto
			}
		}
	}
	if e.Target.Port == 0 && e.Service == "" && e.Program != "" {
		if port, proto, name, ok := knowledge.DaemonService(e.Program); ok {
			e.Target.Port, e.Service = uint16(port), name
			if e.Proto == "" {
				e.Proto = proto
			}
		}
	}
}

func isNumber(s string) bool {
	if s[0] > '9' { // a letter
		return false
	}
	_, err := strconv.Atoi(s)
	return err == nil
}

// Judge applies the rules to one event that Identify has completed.
func Judge(e *analysis.Event) Verdict {
	var v Verdict
	var web request
	isWeb := isRequest(e)
	if isWeb {
		web = readRequest(e)
	}
	bit := uint64(1)
	for i := range Rules {
		r := &Rules[i]
		switch {
		case r.Threshold == nil && v.Kind != "":
			continue
		case r.Request != nil && (!isWeb || !r.Request(&web)), r.Request == nil && !r.Match(e):
		case r.Threshold != nil:
			v.Candidate |= bit
		default:
			v.Kind, v.Rule = r.Kind, r
		}
		if r.Threshold != nil {
			bit <<= 1
		}
	}
	return v
}

// Reached returns the kinds of the rules with a threshold that the events of one source, in order of
// time, reach. candidates[i] is the Candidate of refs[i].
func Reached(refs []analysis.EventRef, candidates []uint64) []string {
	var kinds []string
	bit, set := uint64(1), union(candidates)
	for i := range Rules {
		t := Rules[i].Threshold
		if t == nil {
			continue
		}
		if set&bit != 0 && t.reached(refs, candidates, bit) {
			kinds = append(kinds, Rules[i].Kind)
		}
		bit <<= 1
	}
	return kinds
}

// union has the bits that any candidate has.
func union(candidates []uint64) (set uint64) {
	for _, c := range candidates {
		set |= c
	}
	return set
}

// reached slides a window of t.Within over the events, parted as t.Per says, and counts the different values
// in it.
func (t *Threshold) reached(refs []analysis.EventRef, candidates []uint64, bit uint64) bool {
	n := 0
	for i, c := range candidates {
		if c&bit != 0 {
			n += refs[i].Times()
		}
	}
	if n < t.Count {
		return false // whatever they say, there are too few
	}
	if t.Distinct == nil {
		return t.reachedByRecords(refs, candidates, bit)
	}
	if t.Per != nil && !t.crowded(refs, candidates, bit) {
		return false
	}
	var parts uniq.List[value]
	var pairs uniq.List[pair]
	of := windows{atMost: int32(t.AtMost)}
	before := following{Threshold: t, refs: refs}
	for i := range refs {
		if candidates[i]&bit == 0 || !before.follows(i) {
			continue
		}
		v := t.Distinct(&refs[i])
		if v == (value{}) {
			continue
		}
		part := int32(0)
		if t.Per != nil {
			part, _ = parts.Add(t.Per(&refs[i]))
		}
		number, _ := pairs.Add(pair{part, v})
		w := of.add(part, occurrence{at: refs[i].Time, pair: number, times: int32(min(refs[i].Times(), t.AtMost+1))}, t.Within)
		if w.values >= t.Count && w.over == 0 {
			return true
		}
	}
	return false
}

// crowded reports whether some part may have as many records within the time as it needs values. Parts are told apart by a few bits, so of
// many records in many parts it says so for next to nothing, and it may take several parts for one.
func (t *Threshold) crowded(refs []analysis.EventRef, candidates []uint64, bit uint64) bool {
	var count [1 << 10]int32
	slot := func(i int) *int32 { return &count[t.Per(&refs[i]).glance()%uint(len(count))] }
	first := 0
	for i, c := range candidates {
		if c&bit == 0 {
			continue
		}
		for ; refs[i].Time.Sub(refs[first].Time) > t.Within; first++ {
			if candidates[first]&bit != 0 {
				*slot(first)--
			}
		}
		n := slot(i)
		if *n++; int(*n) >= t.Count {
			return true
		}
	}
	return false
}

// value is what a threshold tells records apart by: a text, and a number one up or 0.
type value struct {
	text   string
	number int
}

// glance tells most values apart by their number and a few bytes of the text.
func (v value) glance() uint {
	h := uint(v.number)*31 + uint(len(v.text))
	for i := max(len(v.text)-6, 0); i < len(v.text); i++ {
		h = h*31 + uint(v.text[i])
	}
	h *= 0x9E3779B97F4A7C15 // the golden ratio of 64 bits, as Knuth hashes
	return h >> 40
}

// pair is a value in the part of the records that it counts in.
type pair struct {
	part int32
	value
}

// occurrence is a record that counts towards a threshold: the number of its pair, and how often it was, as far as that matters.
type occurrence struct {
	at          time.Time
	pair, times int32
	next        int32 // the place of the next one of its part; 0 for none
}

// windows are the windows of the parts that a threshold counts in.
type windows struct {
	atMost int32        // how often a value may be there; 0 for no limit
	found  []occurrence // of all parts, from place 1 on
	count  []int32      // by pair
	parts  []window
}

// window is the occurrences of one part within a threshold's time: how many pairs there are, and how many are there more often
// than they may.
type window struct {
	first, last  int32 // places among those found
	values, over int
}

// add puts an occurrence into the window of its part and takes out those that are further before it than within.
func (w *windows) add(part int32, o occurrence, within time.Duration) window {
	if len(w.found) == 0 {
		w.found = append(w.found, occurrence{})
	}
	for int(part) >= len(w.parts) {
		w.parts = append(w.parts, window{})
	}
	for int(o.pair) >= len(w.count) {
		w.count = append(w.count, 0)
	}
	p, place := &w.parts[part], int32(len(w.found))
	w.found = append(w.found, o)
	if p.last != 0 {
		w.found[p.last].next = place
	}
	if p.last = place; p.first == 0 {
		p.first = place
	}
	w.change(p, o.pair, o.times)
	for first := &w.found[p.first]; o.at.Sub(first.at) > within; first = &w.found[p.first] {
		w.change(p, first.pair, -first.times)
		p.first = first.next
	}
	return *p
}

// change counts a pair of a part so many times more often.
func (w *windows) change(p *window, pair, times int32) {
	was := w.count[pair]
	is := was + times
	switch w.count[pair] = is; {
	case was == 0 && is != 0:
		p.values++
	case was != 0 && is == 0:
		p.values--
	}
	switch {
	case w.atMost == 0:
	case was <= w.atMost && is > w.atMost:
		p.over++
	case was > w.atMost && is <= w.atMost:
		p.over--
	}
}

// reachedByRecords is reached where each record counts, a repeated one as often as it was.
func (t *Threshold) reachedByRecords(refs []analysis.EventRef, candidates []uint64, bit uint64) bool {
	type part struct {
		name   value
		events []int // within the time, oldest first
		times  int   // that they were
	}
	var few [4]part // of log formats, of which a source has one or two
	parts := few[:0]
	before := following{Threshold: t, refs: refs}
	for i := range refs {
		if candidates[i]&bit == 0 || !before.follows(i) {
			continue
		}
		name := value{}
		if t.Per != nil {
			name = t.Per(&refs[i])
		}
		at := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if at < 0 {
			at = len(parts)
			parts = append(parts, part{name: name})
		}
		p := &parts[at]
		p.events = append(p.events, i)
		p.times += refs[i].Times()
		for refs[i].Time.Sub(refs[p.events[0]].Time) > t.Within {
			p.times -= refs[p.events[0]].Times()
			p.events = p.events[1:]
		}
		if p.times >= t.Count {
			return true
		}
	}
	return false
}

// following goes through records in order of time, for a threshold with an After.
type following struct {
	*Threshold
	refs    []analysis.EventRef
	next    int   // the record up to which it went
	matched []int // places of the records that After holds for, within the time
	formats uniq.List[string]
	count   []int // of those, by log format
	enough  int   // how many formats have enough of them
}

// follows reports whether enough events that t.After holds for came before the event i. i must not be less than the last one.
func (f *following) follows(i int) bool {
	if f.After == nil {
		return true
	}
	for ; f.next < i; f.next++ {
		if f.After(&f.refs[f.next]) {
			f.matched = append(f.matched, f.next)
			f.add(f.next, 1)
		}
	}
	for len(f.matched) > 0 && f.refs[i].Time.Sub(f.refs[f.matched[0]].Time) > f.Within {
		f.add(f.matched[0], -1)
		f.matched = f.matched[1:]
	}
	return f.enough > 0
}

// add counts a record that After holds for, or lets go of one.
func (f *following) add(i, n int) {
	format, _ := f.formats.Add(f.refs[i].Format)
	if int(format) == len(f.count) {
		f.count = append(f.count, 0)
	}
	c := &f.count[format]
	was := *c >= f.AfterCount
	*c += n * f.refs[i].Times()
	switch is := *c >= f.AfterCount; {
	case is && !was:
		f.enough++
	case was && !is:
		f.enough--
	}
}

// Candidates are the rules with a threshold that the event counts towards.
func (v Verdict) Candidates() []*Rule {
	var rules []*Rule
	bit := uint64(1)
	for i := range Rules {
		if Rules[i].Threshold == nil {
			continue
		}
		if v.Candidate&bit != 0 {
			rules = append(rules, &Rules[i])
		}
		bit <<= 1
	}
	return rules
}

// Login returns the login string of an event when it is distinctive: not a default name.
func Login(user string) (string, bool) {
	user = strings.TrimSpace(user)
	return user, user != "" && !knowledge.DefaultLogin(user)
}

// Possible has the bits of the thresholds that any part of some records could reach. candidates[i] is the Candidate of
// record(i), times[i] when it was, in nanoseconds; without times, in whatever order the records are. counts[i] is how often it
// was; without counts, each was once.
func Possible(candidates []uint64, times []int64, counts []int32, record func(int) analysis.EventRef) uint64 {
	return possible(Rules, 0, candidates, times, counts, record)
}

// possible is Possible for rules whose first threshold has the given bit.
func possible(rules []Rule, bit int, candidates []uint64, times []int64, counts []int32, record func(int) analysis.EventRef) (which uint64) {
	var count [maxThresholds]int
	for i, c := range candidates {
		n := 1
		if counts != nil {
			n = int(counts[i])
		}
		for ; c != 0; c &= c - 1 {
			count[bits.TrailingZeros64(c)] += n
		}
	}
	for i := range rules {
		t := rules[i].Threshold
		if t == nil {
			continue
		}
		if count[bit] >= t.Count && (times == nil || t.within(candidates, times, counts, 1<<bit)) && (t.After == nil || t.mayFollow(len(candidates), record)) {
			which |= 1 << bit
		}
		bit++
	}
	return which
}

// within reports whether enough records with a bit, of which some may be of one value, lie within the threshold's time.
func (t *Threshold) within(candidates []uint64, times []int64, counts []int32, bit uint64) bool {
	often := func(i int) int {
		if counts == nil {
			return 1
		}
		return int(counts[i])
	}
	first, n := 0, 0 // of the records from first on
	for i, c := range candidates {
		if c&bit == 0 {
			continue
		}
		for n += often(i); times[i]-times[first] > int64(t.Within); first++ {
			if candidates[first]&bit != 0 {
				n -= often(first)
			}
		}
		if n >= t.Count {
			return true
		}
	}
	return false
}

// mayFollow reports whether there are enough records that t.After holds for.
func (t *Threshold) mayFollow(records int, record func(int) analysis.EventRef) bool {
	n := 0
	var r analysis.EventRef
	for i := range records {
		if r = record(i); t.After(&r) {
			if n += r.Times(); n >= t.AfterCount {
				return true
			}
		}
	}
	return false
}

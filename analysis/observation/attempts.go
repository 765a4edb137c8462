package observation

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/uniq"
)

func (w Writer) count(in *analysis.ScoredIncident) []analysis.Observation {
	text := fmt.Sprintf("%s on %s", Count(in.Records, "record", "records"), Count(in.Lines, "line", "lines"))
	if in.Attempts > 0 {
		attempts := Count(in.Attempts, "attempt to connect", "attempts to connect")
		switch {
		case onlyRequests(in):
			attempts = Count(in.Attempts, "request", "requests")
			if others := len(othersOf(in)); others > 0 {
				attempts = Count(in.Attempts, "adverse request", "adverse requests") + " and of " + Count(others, "other", "others")
				if in.EvidenceCapped {
					attempts = Count(in.Attempts, "adverse request", "adverse requests") + " and of others"
				}
			}
		case !some(in, func(e *analysis.EventRef) bool { return !isLocal(e) }):
			attempts = Count(in.Attempts, "try", "tries")
		case !some(in, func(e *analysis.EventRef) bool { return isTry(e) && !isDatagram(e) }):
			attempts = Count(in.Attempts, "attempt", "attempts") // nothing connects over UDP or ICMP
		}
		if in.AttemptsAtLeast {
			attempts = "at least " + attempts
		}
		verb := "tell"
		if in.Records == 1 {
			verb = "tells"
		}
		text += fmt.Sprintf(" %s of %s", verb, attempts)
	}
	if in.First.Equal(in.Last) {
		text += ", at " + stamp(in.First) + "."
	} else {
		text += fmt.Sprintf(", from %s to %s (%s).", stamp(in.First), stamp(in.Last), Duration(in.Last.Sub(in.First)))
	}
	if len(in.Sources) != 1 || in.AttemptsAtLeast { // else the pace is told
		text += rate(in.Records, in.Last.Sub(in.First))
	}
	if w.newestFirst(in) {
		text += " The log lists them newest first; times here run forward."
	}
	if in.AttemptsAtLeast {
		text += " The number is a lower bound: of so many records only a part is kept for counting attempts."
	}
	return []analysis.Observation{observed("count", text, in.Evidence)}
}

// repeats tells of records that stand for several because the log repeats them by a number. PAM sums up at the end of a session what the
// program has logged one by one.
func (w Writer) repeats(in *analysis.ScoredIncident) []analysis.Observation {
	repeated := func(e *analysis.EventRef) bool {
		return e.Times() > 1 && e.Format != "pam"
	}
	records, more := 0, 0
	for i := range in.Events {
		if e := &in.Events[i]; repeated(e) {
			records++
			more += e.Times() - 1
		}
	}
	if records == 0 {
		return nil
	}
	all := grouped(in.Records + more)
	if in.EvidenceCapped {
		all = "at least " + all
	}
	text := fmt.Sprintf("%s stand for more than one each: what came again is told by its number. Written out, the records of this incident would be %s.", Count(records, "record", "records"), all)
	if records == 1 {
		text = fmt.Sprintf("1 record stands for %s: what came again is told by its number. Written out, the records of this incident would be %s.", grouped(more+1), all)
	}
	return []analysis.Observation{observed("repeats", text, w.cite(in, repeated))}
}

// rate says how many records come in a second, minute, hour or day on average, the largest unit that gives
// less than a hundred.
func rate(records int, span time.Duration) string {
	if records < 20 || span < time.Second {
		return ""
	}
	text := ""
	for _, u := range [...]struct {
		of   time.Duration
		name string
	}{{time.Second, "second"}, {time.Minute, "minute"}, {time.Hour, "hour"}, {24 * time.Hour, "day"}} {
		if n := float64(records) / (float64(span) / float64(u.of)); text == "" || n < 100 {
			text = fmt.Sprintf(" That is %s records a %s on average.", decimal(n), u.name)
		}
	}
	return text
}

func isDatagram(e *analysis.EventRef) bool {
	return e.Proto == "udp" || e.Proto == "icmp" || e.Proto == "icmp6"
}

// newestFirst reports whether the records stand in the reverse order of their times, in a log that
// does so as a whole.
func (w Writer) newestFirst(in *analysis.ScoredIncident) bool {
	order := orderOf(in.Events)
	for input, r := range order {
		if len(order) > 1 || r.forward+r.mixed > 0 || r.back == 0 || !w.index.reversed(input) {
			return false
		}
	}
	return len(order) == 1
}

// pace tells when the attempts of a single source start, where no table of packets does.
func (w Writer) pace(in *analysis.ScoredIncident) []analysis.Observation {
	list := in.AttemptList
	if len(in.Sources) != 1 || len(list) < 2 || in.AttemptsAtLeast || in.Attempts != len(list) || in.First.Equal(in.Last) {
		return nil
	}
	if p, ok := periodOf(list); ok && len(p.starts) == len(list) {
		return nil // the timer tells of them
	}
	var gaps []time.Duration
	for i := range list {
		if list[i].Packets > 1 {
			return nil
		}
		if i > 0 {
			gaps = append(gaps, list[i].Start.Sub(list[i-1].Start))
		}
	}
	low, high := slices.Min(gaps), slices.Max(gaps)
	total := list[len(list)-1].Start.Sub(list[0].Start)
	var text string
	switch {
	case total < time.Second:
		return nil // the stamps of most logs are whole seconds
	case len(gaps) == 1:
		text = fmt.Sprintf("The second attempt starts %s after the first.", exact(low))
	case low == high:
		text = fmt.Sprintf("The attempts start every %s.", exact(low))
	case len(gaps) <= 8:
		var words []string
		for _, g := range gaps {
			words = append(words, exact(g))
		}
		text = fmt.Sprintf("The attempts start %s after one another.", series(words))
	case total < time.Duration(len(gaps))*time.Second:
		text = fmt.Sprintf("The attempts come at %s a second on average; the longest pause is %s.", decimal(float64(len(gaps))/total.Seconds()), exact(high))
	default:
		text = fmt.Sprintf("The attempts start %s after one another on average; the shortest gap is %s, the longest %s.",
			exact(total/time.Duration(len(gaps))), exact(low), exact(high))
	}
	return []analysis.Observation{observed("pace", text, w.cite(in, func(e *analysis.EventRef) bool {
		return e.Tries != analysis.TriesNone && !(e.Context && e.Tries == analysis.TriesConnection) // which is no attempt
	}))}
}

// retransmission tells which records are packets of one attempt, how well they fit, and what the
// doubling gaps mean.
func (w Writer) retransmission(in *analysis.ScoredIncident) []analysis.Observation {
	packets, attempts, folded, ambiguous := 0, 0, 0, false
	deviation := 0.0
	names := map[string]bool{}
	longest := 0
	for _, a := range in.AttemptList {
		if a.Packets == 0 {
			continue
		}
		packets += a.Packets
		attempts++
		ambiguous = ambiguous || a.Ambiguous
		longest = max(longest, a.Packets)
		if a.Packets > 1 {
			folded++
			names[a.Schedule] = true
			deviation = max(deviation, a.Deviation)
		}
	}
	if folded == 0 {
		return nil
	}
	var schedule []string
	for _, s := range analysis.Schedules {
		if names[s.Name] {
			schedule = append(schedule, s.Name)
		}
	}
	text := fmt.Sprintf("The %s packets are %s, not %s: their gaps fit the retransmission schedule %s (offsets from the best shift at most %s s, tolerance %s s).",
		grouped(packets), Count(attempts, "attempt", "attempts"), grouped(packets), strings.Join(schedule, " and "), decimal(deviation), decimal(analysis.Tolerance))
	if ambiguous {
		text += " Some attempts overlap: which packet belongs to which cannot be decided, but fewer attempts would not fit."
	}
	list := []analysis.Observation{observed("retransmission", ofListed(in, text), w.cite(in, isPacket))}
	source := "RFC 1122 (1989) section 4.2.3.1 and RFC 2988 (2000): first timeout 3 s, doubled with every packet"
	if names["1-2-4-8 s"] && !names["3-6-12 s"] {
		source = "RFC 6298 (2011): first timeout 1 s, doubled with every packet"
	}
	if longest >= 3 {
		list = append(list, known("silent", "A stack sends the opening packet again, after gaps that double, only while neither an acceptance nor a reset comes back. So neither reached the sender: the packets were dropped, not refused with a reset.", source))
	}
	return list
}

func isPacket(e *analysis.EventRef) bool { return e.Tries == analysis.TriesPacket }

// packetsOf cites the packets of one attempt that was put together from several.
func (w Writer) packetsOf(in *analysis.ScoredIncident, a *analysis.Attempt) []analysis.Citation {
	last := a.Start
	for _, g := range a.Gaps {
		last = last.Add(time.Duration(g * float64(time.Second)))
	}
	return w.cite(in, func(e *analysis.EventRef) bool {
		return isPacket(e) && (e.Source.IP == a.Source || (e.Source.IP == "" && e.Source.Name == a.Source)) &&
			e.SrcPort == a.SourcePort && e.Port == a.Port && !e.Time.Before(a.Start) && !e.Time.After(last)
	})
}

// missed says how many packets of the schedule an attempt may lack at its start, and how long before
// its first logged packet it then began.
func missed(a *analysis.Attempt) (counts []int, before []float64) {
	for _, s := range analysis.Schedules {
		if s.Name != a.Schedule {
			continue
		}
		for m := 0; m <= 2 && m+len(a.Gaps) < len(s.Offsets); m++ {
			at, low, high := 0.0, math.Inf(1), math.Inf(-1)
			for i := 0; i <= len(a.Gaps); i++ {
				if i > 0 {
					at += a.Gaps[i-1]
				}
				shift := at - s.Offsets[m+i]
				low, high = min(low, shift), max(high, shift)
			}
			if (high-low)/2 <= analysis.Tolerance {
				counts, before = append(counts, m), append(before, s.Offsets[m])
			}
		}
	}
	return counts, before
}

// incomplete lists the attempts that lack their first packets, by the schedule: those of which another
// gap, or another attempt of the same source, shows that the schedule holds. One gap alone fits by chance.
func (w Writer) incomplete(in *analysis.ScoredIncident) []*analysis.Attempt {
	if in.AttemptsAtLeast {
		return nil // what they lack may be logged, and not kept
	}
	var list []*analysis.Attempt
	for i := range in.AttemptList {
		a := &in.AttemptList[i]
		if a.Ambiguous || len(a.Gaps) == 0 {
			continue
		}
		if counts, _ := missed(a); len(counts) != 1 || counts[0] == 0 {
			continue
		}
		if len(a.Gaps) >= 2 || w.keepsSchedule(in, a) {
			list = append(list, a)
		}
	}
	return list
}

// missing tells of attempts whose first packets the log does not have.
func (w Writer) missing(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	for i, a := range w.incomplete(in) {
		if i == 3 {
			break
		}
		counts, before := missed(a)
		began := a.Start.Add(-time.Duration(before[0] * float64(time.Second)))
		sent, ordinal := "one packet was sent before these, at", "second"
		if counts[0] == 2 {
			sent, ordinal = "two packets were sent before these, the first at", "third"
		}
		list = append(list,
			observed(numbered("missing", i), fmt.Sprintf("The attempt of %s at %s begins in the log with a gap of %s s, where the schedule %s has its %s.",
				a.Source, clock(a.Start), decimal(a.Gaps[0]), a.Schedule, ordinal), w.packetsOf(in, a)),
			known(numbered("missing", i)+"-known", fmt.Sprintf("If the sender kept to the schedule, %s about %s, and the log lacks them: the line or the sensor was not up yet.", sent, clock(began)),
				"RFC 1122 (1989) section 4.2.3.1 and RFC 2988 (2000); RFC 6298 (2011)"))
	}
	return list
}

// keepsSchedule reports whether another attempt of the same source shows three packets or more of the schedule.
func (w Writer) keepsSchedule(in *analysis.ScoredIncident, a *analysis.Attempt) bool {
	return slices.ContainsFunc(in.AttemptList, func(o analysis.Attempt) bool {
		return o.Source == a.Source && o.Schedule == a.Schedule && len(o.Gaps) >= 2 && !o.Start.Equal(a.Start)
	})
}

// numbered gives ids that are unique within an incident.
func numbered(id string, n int) string { return fmt.Sprintf("%s-%d", id, n+1) }

// gaveUp tells of attempts that ended sooner than a stack that is left to itself ends them.
func (w Writer) gaveUp(in *analysis.ScoredIncident) []analysis.Observation {
	const schedule, next = "3-6-12 s", 6 * time.Second // the wait after the second packet
	if in.AttemptsAtLeast {
		return nil // a third packet may be logged, and not kept
	}
	var starts []time.Time
	var evidence []analysis.Citation
	for i := range in.AttemptList {
		a := &in.AttemptList[i]
		if a.Ambiguous || a.Schedule != schedule || len(a.Gaps) != 1 || a.Start.Year() > 2009 {
			continue
		}
		if a.Gaps[0] > 4 { // nearer to the schedule's second gap than to its first
			continue
		}
		if len(starts) > 5 {
			return nil // a list of them would tell less than the table does
		}
		last := a.Start.Add(time.Duration(a.Gaps[0] * float64(time.Second)))
		cited := w.packetsOf(in, a)
		if len(cited) == 0 || !w.index.goesOn(in, last.Add(next+2*time.Second)) {
			continue // the log ends too soon to tell
		}
		starts = append(starts, a.Start)
		evidence = append(evidence, cited...)
	}
	if len(starts) == 0 || len(starts) > 5 {
		return nil
	}
	subject := "The attempt of " + clocks(starts) + " ends"
	if len(starts) > 1 {
		subject = "The attempts of " + clocks(starts) + " end"
	}
	return []analysis.Observation{
		observed("gave-up", subject+" after two packets: no third one follows six seconds later, though the log goes on.", evidence),
		known("gave-up-known", "Left to itself a Windows stack of the time sends the opening packet three or four times. A program with a shorter time-out of its own, as scanners have, ends sooner; so does a line that goes down.",
			"Microsoft Knowledge Base Q175523 (Windows NT 4: three retries); Microsoft, TcpMaxConnectRetransmissions (Windows 2000: two retries)"),
	}
}

// evenGaps tells of packets of one source port at equal gaps, where a stack that hears nothing doubles them.
func (w Writer) evenGaps(in *analysis.ScoredIncident) []analysis.Observation {
	type flow struct {
		source  string
		srcPort int
		target  analysis.Target
		port    int
	}
	each := func(do func(flow, *analysis.EventRef)) {
		for i := range in.Events {
			if e := &in.Events[i]; isPacket(e) && e.SrcPort != 0 && e.Proto == "tcp" {
				do(flow{cmp.Or(e.Source.IP, e.Source.Name), e.SrcPort, e.Target, e.Port}, e)
			}
		}
	}
	const few = 4 // packets of a flow, whose gaps say nothing
	count := map[flow]int{}
	each(func(f flow, _ *analysis.EventRef) { count[f]++ })
	flows := map[flow][]*analysis.EventRef{}
	var order []flow
	each(func(f flow, e *analysis.EventRef) {
		if count[f] < few {
			return
		}
		if flows[f] == nil {
			order = append(order, f)
		}
		flows[f] = append(flows[f], e)
	})
	for _, f := range order {
		refs := flows[f]
		low, high := math.Inf(1), 0.0
		for i := 1; i < len(refs); i++ {
			g := refs[i].Time.Sub(refs[i-1].Time).Seconds()
			low, high = min(low, g), max(high, g)
		}
		// Stamps are whole seconds: shorter gaps say nothing about their ratio.
		if low < 3 || high > 1.3*low || high > 60 {
			continue
		}
		return []analysis.Observation{
			observed("even-gaps", ofKept(in, fmt.Sprintf("%d packets from source port %d come at even gaps of %s s.", len(refs), f.srcPort, between(low, high))), w.lines(refs)),
			known("even-gaps-known", "A stack that hears nothing doubles its gaps. Even gaps mean that something else repeats the packets: a Windows stack that tries again after each reset, or a program.", "RFC 1122 (1989) section 4.2.3.1; Microsoft Knowledge Base Q175523"),
		}
	}
	return nil
}

func between(low, high float64) string {
	if low == high {
		return decimal(low)
	}
	return decimal(low) + " to " + decimal(high)
}

// A period is a run of attempts of one source that start at equal distances.
type period struct {
	source string
	proto  string
	port   int // 0 where the records tell none
	gaps   []float64
	starts []time.Time
}

func (p period) mean() float64 {
	sum := 0.0
	for _, g := range p.gaps {
		sum += g
	}
	return sum / float64(len(p.gaps))
}

// length is the period in words.
func (p period) length() string {
	mean := time.Duration(math.Round(p.mean())) * time.Second
	switch {
	case mean <= 10*time.Minute:
		return fmt.Sprintf("%d s", mean/time.Second)
	case mean >= time.Hour:
		mean = mean.Round(time.Minute)
	}
	return exact(mean)
}

// tried names the service that the attempts are at; empty where that is not clear.
func (p period) tried(in *analysis.ScoredIncident) string {
	var list []analysis.Service
	for _, s := range in.Services {
		if s.Port == p.port && (p.port == 0 || s.Proto == p.proto) {
			list = append(list, s)
		}
	}
	if len(list) != 1 {
		return ""
	}
	return serviceList(list)
}

// threeAlike is false where no source tried any port three times. It looks at short lists only.
func threeAlike(attempts []analysis.Attempt) bool {
	const short = 24
	if len(attempts) > short {
		return true
	}
	for i := range attempts {
		a, n := &attempts[i], 1
		for j := i + 1; j < len(attempts); j++ {
			if o := &attempts[j]; o.Port == a.Port && o.Source == a.Source && o.Proto == a.Proto {
				if n++; n == 3 {
					return true
				}
			}
		}
	}
	return false
}

// periodOf finds the longest run of attempts that start at equal distances. Attempts are compared by
// their beginnings, never by their packets: retransmission has a schedule of its own. Short
// distances say nothing when stamps are whole seconds, and two that agree say less than three.
func periodOf(attempts []analysis.Attempt) (period, bool) { return new(periods).of(attempts) }

// periods is memory to look for the periods of incidents in, one after the other.
type periods struct {
	sources, protos uniq.List[string]
	lines           uniq.List[uint64] // what was tried: the places of the source and the protocol, and the port
	line            []int32           // by attempt
	runs            []run             // by line
	total           []int             // by source: attempts, whatever it tried
	starts          []time.Time       // of all runs
}

// run is the attempts of one source at one port.
type run struct {
	starts   []time.Time
	n        int
	source   int32
	doubtful bool
}

// of is periodOf in memory that may have been used before.
func (p *periods) of(attempts []analysis.Attempt) (best period, ok bool) {
	if len(attempts) < 3 || !threeAlike(attempts) || !p.part(attempts) {
		return best, false
	}
	const shortest = 30.0
	for at := range p.runs {
		r, line := &p.runs[at], p.lines.All[at]
		starts := r.starts
		if r.doubtful || len(starts) < 3 {
			continue
		}
		if !slices.IsSortedFunc(starts, time.Time.Compare) {
			slices.SortFunc(starts, time.Time.Compare)
		}
		for i := 0; i+2 < len(starts); i++ {
			low, high, sum := math.Inf(1), 0.0, 0.0
			for j := i + 1; j < len(starts); j++ {
				g := starts[j].Sub(starts[j-1]).Seconds()
				low, high, sum = min(low, g), max(high, g), sum+g
				n := j - i
				limit := max(3, 0.03*sum/float64(n))
				if n == 2 { // chance does that too, the more the longer the gaps
					limit = max(1, 0.002*sum/2)
				}
				if low < shortest || (n >= 2 && high-low > max(3, 0.03*sum/float64(n))) {
					break
				}
				// In a long list a few equal gaps are chance; five in a row that agree to the second are none.
				most := 10*(n+1) >= 8*len(starts) || n+1 >= 8 || n+1 >= 6 && high-low <= 1
				alone := n > 2 || p.total[r.source] == len(starts)
				if n >= 2 && most && alone && high-low <= limit && n > len(best.gaps) {
					best = period{source: p.sources.All[r.source], proto: p.protos.All[line>>16&0xffff], port: int(line & 0xffff), starts: starts[i : j+1]}
					for k := i + 1; k <= j; k++ {
						best.gaps = append(best.gaps, starts[k].Sub(starts[k-1]).Seconds())
					}
				}
			}
		}
	}
	best.starts = slices.Clone(best.starts) // the memory is used again
	return best, len(best.gaps) > 0
}

// part parts attempts into runs and reports whether one has three.
func (p *periods) part(attempts []analysis.Attempt) bool {
	p.sources.Reset()
	p.protos.Reset()
	p.lines.Reset()
	p.line, p.runs, p.total = p.line[:0], p.runs[:0], p.total[:0]
	most := 0
	for i := range attempts {
		a := &attempts[i]
		source, isNew := p.sources.Add(a.Source)
		if isNew {
			p.total = append(p.total, 0)
		}
		p.total[source]++
		proto, _ := p.protos.Add(a.Proto)
		at, isNew := p.lines.Add(uint64(source)<<32 | uint64(proto)<<16 | uint64(uint16(a.Port)))
		if isNew {
			p.runs = append(p.runs, run{source: source})
		}
		r := &p.runs[at]
		r.n++
		r.doubtful = r.doubtful || a.Ambiguous
		if p.line = append(p.line, at); !r.doubtful {
			most = max(most, r.n)
		}
	}
	if most < 3 {
		return false
	}
	p.starts = slices.Grow(p.starts[:0], len(attempts))
	room := p.starts[:len(attempts)]
	for i := range p.runs {
		r := &p.runs[i]
		r.starts, room = room[:0:r.n], room[r.n:]
	}
	for i := range attempts {
		a, r := &attempts[i], &p.runs[p.line[i]]
		start := a.Start
		if len(a.Gaps) > 0 {
			if counts, before := missed(a); len(counts) == 1 {
				start = start.Add(-time.Duration(before[0] * float64(time.Second)))
			}
		}
		r.starts = append(r.starts, start)
	}
	return true
}

// timer tells of attempts that a program repeats.
func (w Writer) timer(in *analysis.ScoredIncident) []analysis.Observation {
	p, ok := periodOf(in.AttemptList)
	if !ok {
		return nil
	}
	low, high := time.Duration(slices.Min(p.gaps)*float64(time.Second)), time.Duration(slices.Max(p.gaps)*float64(time.Second))
	var text string
	switch {
	case low == high:
		text = fmt.Sprintf("%s attempts of %s start %s apart, at %s.", grouped(len(p.starts)), p.source, exact(low), fewClocks(p.starts))
	case len(p.gaps) <= 8 && high <= 10*time.Minute:
		var gaps []string
		for _, g := range p.gaps {
			gaps = append(gaps, decimal(g))
		}
		text = fmt.Sprintf("%s attempts of %s start %s s apart, at %s.", grouped(len(p.starts)), p.source, series(gaps), fewClocks(p.starts))
	default:
		text = fmt.Sprintf("%s attempts of %s start %s to %s apart, at %s.", grouped(len(p.starts)), p.source, exact(low), exact(high), fewClocks(p.starts))
	}
	first, last := p.starts[0], p.starts[len(p.starts)-1]
	evidence := w.cite(in, func(e *analysis.EventRef) bool {
		return (e.Source.IP == p.source || e.Source.Name == p.source) && isTry(e) && !e.Time.Before(first) && !e.Time.After(last.Add(time.Minute))
	})
	return []analysis.Observation{
		observed("timer", ofListed(in, text), evidence),
		known("timer-known", fmt.Sprintf("Starts that are equally spaced, here by %s, point to a program's timer rather than to a person. The packets within an attempt do not count for that; they follow the schedule of retransmission.", p.length()),
			"RFC 1122 (1989) section 4.2.3.1 on retransmission; the catalogue's behaviour timer-retry"),
	}
}

// usualSourcePort reports whether services send from a port, whoever runs them: a packet from there may
// be a late answer.
func usualSourcePort(port int) bool {
	return port < 1024 || knowledge.Common("tcp", port) || knowledge.Common("udp", port)
}

// sourcePorts tells what the source ports of separate attempts show. Those of one attempt's packets
// are always the same and show nothing.
func (w Writer) sourcePorts(in *analysis.ScoredIncident) []analysis.Observation {
	bySource := map[string][]*analysis.Attempt{}
	var order []string
	for i := range in.AttemptList {
		a := &in.AttemptList[i]
		if usualSourcePort(a.SourcePort) || (a.Proto != "" && a.Proto != "tcp") {
			continue
		}
		if bySource[a.Source] == nil {
			order = append(order, a.Source)
		}
		bySource[a.Source] = append(bySource[a.Source], a)
	}
	var list []analysis.Observation
	for _, source := range order {
		attempts := bySource[source]
		if len(attempts) < 2 {
			continue
		}
		first, last := attempts[0], attempts[len(attempts)-1]
		from, to := first.Start, last.Start.Add(time.Minute)
		whole := true
		evidence := func() []analysis.Citation {
			return w.cite(in, func(e *analysis.EventRef) bool {
				return isTry(e) && e.SrcPort != 0 && (e.Source.IP == source || e.Source.Name == source) && (whole || !e.Time.Before(from) && !e.Time.After(to))
			})
		}
		if n, ok := samePort(attempts); ok {
			text := fmt.Sprintf("Source port %d of %s is the same in %d separate attempts, the first at %s, the last at %s.", first.SourcePort, source, n, stamp(first.Start), stamp(last.Start))
			if stamp(first.Start) == stamp(last.Start) {
				text = fmt.Sprintf("Source port %d of %s is the same in %d attempts at different ports, at %s.", first.SourcePort, source, n, stamp(first.Start))
			}
			return append(list, observed("fixed-source-port", ofListed(in, text), evidence()),
				known("fixed-source-port-known", "A client that leaves the choice to its system gets another source port for each new connection. One that stays was set by the program.", "RFC 6056 (2011) sections 2 and 3"))
		}
		if !portsAdvance(attempts) {
			// What comes hours before or after it makes no rise untrue that the others show.
			attempts, whole = longestStretch(attempts), false
			if len(attempts) < 5 || !portsAdvance(attempts) {
				continue
			}
			first, last = attempts[0], attempts[len(attempts)-1]
			from, to = first.Start, last.Start.Add(time.Minute)
		}
		elapsed := last.Start.Sub(first.Start).Seconds()
		steps := last.SourcePort - first.SourcePort
		if len(attempts) == 2 && steps < 20 {
			continue // two connections that follow each other look the same
		}
		// Later systems choose at random, and two random ports rise every other time.
		if first.Start.Year() >= 2008 && len(attempts) < 5 {
			continue
		}
		others := steps - 1 - portsBetween(in, first, last)
		rate := elapsed / float64(others+1)
		each := fmt.Sprintf("one every %s s", decimal(rate))
		if rate < 1 {
			each = fmt.Sprintf("%s a second", decimal(1/rate))
		}
		list = append(list, observed("source-port-advance", ofListed(in, fmt.Sprintf("The source port of %s advances by %d in %s s, from %d (%s) to %d (%s).",
			source, steps, decimal(elapsed), first.SourcePort, clock(first.Start), last.SourcePort, clock(last.Start))), evidence()))
		if others <= 0 || in.EvidenceCapped { // which records are not kept, nobody knows
			return list
		}
		return append(list, known("source-port-advance-known", fmt.Sprintf("If ports are handed out in sequence, as most systems did before about 2008, the source opened about %d other connections in between, %s. A sweep seen by one of its targets looks like this. Ports chosen at random or by address translation would show nothing.", others, each),
			"RFC 6056 (2011) sections 2.2 and 3; the catalogue's behaviour source-port-advance"))
	}
	return list
}

// portsAdvance reports whether the source ports of attempts rise from one to the next, at a pace at which connections are opened.
func portsAdvance(attempts []*analysis.Attempt) bool {
	for i := 1; i < len(attempts); i++ {
		if attempts[i].SourcePort <= attempts[i-1].SourcePort {
			return false
		}
	}
	first, last := attempts[0], attempts[len(attempts)-1]
	elapsed, steps := last.Start.Sub(first.Start).Seconds(), float64(last.SourcePort-first.SourcePort)
	return elapsed >= 10 && steps >= 0.2*elapsed && steps <= 50*elapsed
}

// longestStretch gives the most attempts that follow each other without a pause of more than an hour.
func longestStretch(attempts []*analysis.Attempt) (longest []*analysis.Attempt) {
	begin := 0
	for i := range attempts {
		if i > 0 && attempts[i].Start.Sub(attempts[i-1].Start) > time.Hour {
			begin = i
		}
		if i+1-begin > len(longest) {
			longest = attempts[begin : i+1]
		}
	}
	return longest
}

// portsBetween counts the source ports between those of two attempts of one source that its records show: what is in the
// log is none of the connections that are not.
func portsBetween(in *analysis.ScoredIncident, first, last *analysis.Attempt) int {
	seen := map[int]bool{}
	for i := range in.Events {
		if e := &in.Events[i]; e.SrcPort > first.SourcePort && e.SrcPort < last.SourcePort && !e.Time.Before(first.Start) && !e.Time.After(last.Start) && cmp.Or(e.Source.IP, e.Source.Name) == first.Source {
			seen[e.SrcPort] = true
		}
	}
	return len(seen)
}

// samePort reports whether all attempts have one source port although they are separate: a minute
// apart, or at three ports of the target or more. A sensor may alert twice on one connection.
func samePort(attempts []*analysis.Attempt) (n int, ok bool) {
	separate := false
	ports := map[int]bool{}
	for i, a := range attempts {
		if a.SourcePort != attempts[0].SourcePort {
			return 0, false
		}
		ports[a.Port] = true
		separate = separate || len(ports) >= 3 || (i > 0 && a.Start.Sub(attempts[i-1].Start) > time.Minute)
	}
	return len(attempts), separate
}

package detect

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"

	"practicum/analysis"
	web "practicum/analysis/request"
)

// shape is what rules part records by before they read what a record says. A log has few of them.
type shape struct {
	format  string
	action  analysis.Action
	tries   analysis.Tries
	context bool
	signed  bool // it has a signature
}

func shapeOf(e *analysis.Event) shape {
	return shape{e.Format, e.Action, e.Tries, e.Context, e.Signature != ""}
}

// What a rule's May asks of a shape.

func of(formats ...string) func(shape) bool {
	return func(s shape) bool { return slices.Contains(formats, s.format) }
}

func isOfMailOr(formats ...string) func(shape) bool {
	return func(s shape) bool {
		return slices.Contains(formats, s.format) || isMailServer(&analysis.Event{Format: s.format})
	}
}

func isTried(s shape) bool       { return !s.context && s.tries != analysis.TriesNone }
func isTriedSigned(s shape) bool { return isTried(s) && s.signed }
func isPacket(s shape) bool      { return s.tries == analysis.TriesPacket }

// isPacketRecord holds for the formats of packetNumber, and isSizedRecord for those of datagramSize too.
func isPacketRecord(s shape) bool {
	return isTried(s) && (s.format == "netfilter" || s.format == "proxmox" || s.format == "ipchains")
}

func isSizedRecord(s shape) bool {
	return isPacketRecord(s) || isTried(s) && (s.format == "pf" || s.format == "tcpdump" || s.format == "ipfilter" || s.format == "filterlog")
}

func isWeb(s shape) bool { return web.IsServer(s.format) && !s.context }

func isTriedOr(formats ...string) func(shape) bool {
	return func(s shape) bool { return isTried(s) || slices.Contains(formats, s.format) }
}

func isTriedAnd(a analysis.Action) func(shape) bool {
	return func(s shape) bool { return isTried(s) && s.action == a }
}

func isPlainAnd(a analysis.Action) func(shape) bool {
	return func(s shape) bool { return !s.context && s.action == a }
}

func isAny(a analysis.Action) func(shape) bool {
	return func(s shape) bool { return s.action == a }
}

func isSignedOr(formats ...string) func(shape) bool {
	return func(s shape) bool { return s.signed || slices.Contains(formats, s.format) }
}

// A Judging applies rules to many records. It remembers which rules to ask about which shape, so it is for one goroutine.
type Judging struct {
	own    *Ruleset
	shapes []asked
	recent [64]int // by a few bytes of a shape: its place in shapes, where it was asked for last
	web    request
	asks   *[asksKept]answers  // by a hash of their requests: what the rules answered that ask for requests
	longs  *[longsKept]answers // likewise, of those that are longer than longAsk
	looked []byte
	seed   maphash.Seed
	named  [256]named // by a few bytes: services whose ports were asked for last
}

// named is what identifyService makes of a service, a program and a protocol.
type named struct {
	service, program, proto string
	port                    uint16
	newService, newProto    string
	known                   bool
}

// Identify is the function Identify, for many records.
func (j *Judging) Identify(e *analysis.Event) {
	if e.Target.Port == 0 && (e.Service != "" || e.Program != "") {
		slot := len(e.Service) + 3*len(e.Program)
		for _, s := range [...]string{e.Service, e.Program} {
			if s != "" {
				slot += 5*int(s[0]) + 11*int(s[len(s)-1])
			}
		}
		n := &j.named[slot%len(j.named)]
		if !n.known || n.service != e.Service || n.program != e.Program || n.proto != e.Proto {
			*n = named{service: strings.Clone(e.Service), program: strings.Clone(e.Program), proto: strings.Clone(e.Proto), known: true}
			found := analysis.Event{Service: n.service, Program: n.program, Proto: n.proto}
			identifyService(&found)
			n.port, n.newService, n.newProto = found.Target.Port, found.Service, found.Proto
		}
		if n.port != 0 {
			e.Target.Port, e.Service, e.Proto = n.port, n.newService, n.newProto
		}
	}
	if e.Target.Port != 0 || e.Proto == "udp" {
		Identify(e)
	}
}

// asked are the rules that may know a shape, in their order.
type asked struct {
	shape
	rules []numbered
}

// numbered is a rule with the bit of its threshold, 0 without one, and that of its answer in answers.
type numbered struct {
	*Rule
	bit    uint64
	answer uint64
}

// answers are what the rules with a Request say of requests that are the same but for the size of the answer. Clients ask for
// the same again and again, and so do worms, whose requests are long.
type answers struct {
	format      string
	text        []byte // what stands before and behind the size; of a long request, what is looked at
	before      int    // the length of what stands before the size
	known, hold uint64 // for which rules the answer is known, and which of them hold
}

// asksKept and longsKept are how many requests are kept with what the rules said of them: those up to longAsk, and longer ones.
const (
	asksKept  = 1 << 12
	longAsk   = 1 << 10
	longsKept = 1 << 8
)

// answersOf finds what is known of an event's request; what is there is another's otherwise and is emptied.
func (j *Judging) answersOf(e *analysis.Event) *answers {
	if j.asks == nil {
		j.asks, j.longs, j.seed = new([asksKept]answers), new([longsKept]answers), maphash.MakeSeed()
	}
	before, after := withoutSize(e.Format, e.Message)
	if len(e.Message) > longAsk {
		j.looked = looked(j.looked[:0], before, after)
		a := &j.longs[maphash.Bytes(j.seed, j.looked)%longsKept]
		if !bytes.Equal(a.text, j.looked) || a.format != e.Format {
			*a = answers{format: strings.Clone(e.Format), text: append(a.text[:0], j.looked...)}
		}
		return a
	}
	a := &j.asks[(maphash.String(j.seed, before)^maphash.String(j.seed, after)<<1)%asksKept]
	if a.before != len(before) || string(a.text[:a.before]) != before || string(a.text[a.before:]) != after || a.format != e.Format {
		*a = answers{format: strings.Clone(e.Format), text: append(append(a.text[:0], before...), after...), before: len(before)}
	}
	return a
}

// maxJudged is how many shapes are remembered. There are fewer, unless formats sign records in ways of their own.
const maxJudged = 1024

// NewJudging returns a Judging with a site's own rules; own may be nil.
func NewJudging(own *Ruleset) *Judging { return &Judging{own: own} }

// Of says what the rules say of an event that Identify has completed: the same as Ruleset.Judge.
func (j *Judging) Of(e *analysis.Event) Verdict {
	var v Verdict
	read := false
	var a *answers
	for _, r := range j.asked(shapeOf(e)) {
		switch {
		case r.bit == 0 && v.Kind != "":
			continue
		case r.Request != nil:
			if a == nil {
				a = j.answersOf(e)
			}
			if a.known&r.answer == 0 {
				if !read {
					j.web, read = readRequest(e), true
				}
				if a.known |= r.answer; r.Request(&j.web) {
					a.hold |= r.answer
				}
			}
			if a.hold&r.answer == 0 {
				continue
			}
		case !r.Match(e):
			continue
		}
		if r.bit != 0 {
			v.Candidate |= r.bit
		} else {
			v.Kind, v.Rule = r.Kind, r.Rule
		}
	}
	j.own.judge(e, &v)
	return v
}

// slot tells most shapes of a log apart by a few bytes of them.
func (s *shape) slot() uint {
	n := uint(len(s.format))*5 + uint(len(s.action)) + uint(s.tries)*3
	if len(s.format) > 0 {
		n += uint(s.format[0])
	}
	if len(s.action) > 0 {
		n += uint(s.action[0]) * 3
	}
	if s.context {
		n += 17
	}
	if s.signed {
		n += 33
	}
	return n
}

func (j *Judging) asked(s shape) []numbered {
	at := &j.recent[s.slot()%uint(len(j.recent))]
	if *at < len(j.shapes) && j.shapes[*at].shape == s {
		return j.shapes[*at].rules
	}
	for i := range j.shapes {
		if j.shapes[i].shape == s {
			*at = i
			return j.shapes[i].rules
		}
	}
	if len(j.shapes) == maxJudged {
		j.shapes = j.shapes[:0]
	}
	s.format, s.action = strings.Clone(s.format), analysis.Action(strings.Clone(string(s.action)))
	a := asked{shape: s}
	bit, answer := uint64(1), uint64(1)
	for i := range Rules {
		r := numbered{Rule: &Rules[i]}
		if r.Request != nil {
			r.answer = answer
			answer <<= 1
		}
		if r.Threshold != nil {
			r.bit = bit
			bit <<= 1
		}
		if r.May == nil || r.May(s) {
			a.rules = append(a.rules, r)
		}
	}
	*at = len(j.shapes)
	j.shapes = append(j.shapes, a)
	return a.rules
}

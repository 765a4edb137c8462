package analysis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// LineRange is an inclusive range of line numbers; the first line of a file is 1.
// In JSON it is the pair [first, last].
type LineRange struct{ First, Last int }

// Len is the number of lines in r.
func (r LineRange) Len() int { return r.Last - r.First + 1 }

// JoinRanges sorts ranges and joins those that touch or overlap. It uses its argument up.
func JoinRanges(ranges []LineRange) []LineRange {
	slices.SortFunc(ranges, func(a, b LineRange) int {
		if a.First != b.First {
			return cmp.Compare(a.First, b.First)
		}
		return cmp.Compare(a.Last, b.Last)
	})
	out := ranges[:0]
	for _, r := range ranges {
		out = AppendRange(out, r)
	}
	return out
}

// AppendRange appends r to ranges, or joins it with the last of them where it begins in that one or right behind it.
func AppendRange(ranges []LineRange, r LineRange) []LineRange {
	if n := len(ranges); n > 0 && ranges[n-1].First <= r.First && r.First <= ranges[n-1].Last+1 {
		ranges[n-1].Last = max(ranges[n-1].Last, r.Last)
		return ranges
	}
	return append(ranges, r)
}

// MarshalJSON writes r as [first, last].
func (r LineRange) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d]", r.First, r.Last), nil
}

// UnmarshalJSON reads [first, last].
func (r *LineRange) UnmarshalJSON(b []byte) error {
	var pair [2]int
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	r.First, r.Last = pair[0], pair[1]
	return nil
}

// Citation names the lines of a file that prove something.
type Citation struct {
	File  string    `json:"file"`
	Lines LineRange `json:"lines"`
}

// Action is what the logging program says became of the try that it logs.
type Action string

const (
	ActionAllowed Action = "allowed" // let in, or logged after the connection was accepted
	ActionBlocked Action = "blocked" // refused, dropped or rejected
	ActionFailed  Action = "failed"  // a log-in or request that did not succeed
	ActionInfo    Action = "info"    // says nothing of success: a warning, a session's end
)

// Tries says how a record tells of tries to connect, and so how attempts are counted.
type Tries uint8

const (
	// TriesNone is a record that tells of no try of its own: a block action, a note.
	TriesNone Tries = iota
	// TriesSession is one of several records of one session; records of the same host and
	// Session are one attempt.
	TriesSession
	// TriesConnection is a connection that completed; each record is an attempt.
	TriesConnection
	// TriesPacket is an opening packet that stayed unanswered; retransmitted ones fold
	// into one attempt.
	TriesPacket
)

// Handshake says whether the transport's handshake completed, as far as the log format proves it.
type Handshake uint8

const (
	HandshakeUnknown   Handshake = iota // the log format does not tell
	HandshakeCompleted                  // both sides exchanged packets: the source address is real
	HandshakeNone                       // no answer was sent: the source address could be forged
)

// Endpoint is one side of a connection, as far as a record names it.
type Endpoint struct {
	IP   netip.Addr // the zero Addr when the record has none; IPv4-mapped IPv6 is stored as IPv4
	Port uint16     // 0 when the record has none
	Name string     // a host name as logged; never resolved, and a source's name is the source's own word
}

// Event is one observable occurrence, as one record tells it.
//
// Its strings may be views of the reader's buffer: they are valid until the next record is
// read, and a stage that keeps one clones it.
type Event struct {
	Input  int         // rank of the input among all inputs of the run
	Offset int64       // byte offset of the record's first line in the (decompressed) input
	Lines  []LineRange // the record's physical lines, ascending; more than one range when other text stood between
	Format string      // name of the log format

	Time      time.Time
	Host      string // the machine that logged
	Program   string
	PID       int // 0 when unknown
	Source    Endpoint
	Target    Endpoint
	Proto     string // "tcp", "udp", "icmp", … in lower case; empty when unknown
	Service   string // the service as the record or its program names it
	User      string // the login string as sent
	Other     string // the other account that the record names: the one that su changes to, or that asks at the source
	Ident     string // the user that an ident server at the source names: the source's own word
	Action    Action
	Signature string // the name that a sensor gives to what it matched
	Count     int    // more than 1 for a repeated message
	Message   string // the record's text without its envelope

	Tries     Tries
	Session   uint64 // joins the records of one session on one host; 0 when there is none
	Handshake Handshake
	// Claim is set when the record says what a defence did: "blocked via wrappers".
	Claim string
	// Context marks a record that only adds to an incident and never makes one.
	Context bool
}

// PhysicalLines is the number of lines of the log that the event's record takes.
func (e *Event) PhysicalLines() int {
	n := 0
	for _, r := range e.Lines {
		n += r.Len()
	}
	return n
}

// Line is the number of the record's first line.
func (e *Event) Line() int {
	if len(e.Lines) == 0 {
		return 0
	}
	return e.Lines[0].First
}

// Detect is an event that a rule judged adverse, or the context of one.
type Detect struct {
	*Event
	Kind string // the id of the rule's kind; empty for context
}

// SessionOf joins the records that one process of one host wrote: it is never 0. The program's name is left out on
// purpose: tcpd logs under the name of the daemon that it then becomes by exec, which logs the same process id under a
// name of its own ("in.ftpd", then "ftpd").
func SessionOf(host string, pid int) uint64 { return SessionsOf(host).Of(pid) }

// Sessions is what the sessions of one host have in common.
type Sessions uint64

const fnvPrime = 1099511628211 // FNV-1a, 64 bits

// SessionsOf is for the sessions of many processes of a host.
func SessionsOf(host string) Sessions {
	h := uint64(14695981039346656037)
	for i := 0; i < len(host); i++ {
		h = (h ^ uint64(host[i])) * fnvPrime
	}
	return Sessions(h)
}

// Of is SessionOf the host and a process.
func (s Sessions) Of(pid int) uint64 {
	h := uint64(s)
	for ; pid > 0; pid >>= 8 {
		h = (h ^ uint64(pid&0xff)) * fnvPrime
	}
	return max(h, 1)
}

package analysis

import "time"

// Outcome is what the last word of the evidence says of the whole incident.
type Outcome string

const (
	OutcomeAllowed Outcome = "allowed"
	OutcomeBlocked Outcome = "blocked"
	OutcomeFailed  Outcome = "failed"
	OutcomeMixed   Outcome = "mixed" // some tries got through and some did not
	OutcomeUnknown Outcome = "unknown"
)

// Source is who acted: an address, a name, or both where one record states them together.
type Source struct {
	IP   string `json:"ip"`
	Name string `json:"name"`
}

// Target is what was acted on.
type Target struct {
	Host string `json:"host"`
	IP   string `json:"ip"`
}

// Service is what was tried. Services compare by Port and Proto; Name is for the reader.
type Service struct {
	Port  int    `json:"port"`
	Proto string `json:"proto"`
	Name  string `json:"name"`
}

// Tolerance is how far, in seconds, a packet may lie from a retransmission schedule after the best
// shift of the whole attempt; the limit itself still fits. Stamps are whole seconds, and modems queue.
const Tolerance = 1.5

// Attempt is one try to connect, however many records tell of it.
type Attempt struct {
	Source     string    `json:"source"` // address, or name where there is no address
	SourcePort int       `json:"source_port,omitempty"`
	Port       int       `json:"port,omitempty"`
	Proto      string    `json:"proto,omitempty"`
	Start      time.Time `json:"start"`
	Packets    int       `json:"packets,omitempty"` // of the opening; 0 when the log does not show packets
	Gaps       []float64 `json:"gaps,omitempty"`    // seconds between the packets of a retransmitted opening
	// Schedule names the retransmission schedule that the gaps fit, such as "3-6-12 s";
	// empty when the attempt has a single packet or no packets at all.
	Schedule string `json:"schedule,omitempty"`
	// Deviation is the largest distance, in seconds, of a packet from the schedule after the best shift.
	Deviation float64 `json:"deviation,omitempty"`
	// Ambiguous is set when packets of overlapping attempts could be dealt otherwise; the
	// number of attempts is the same however they are dealt.
	Ambiguous bool `json:"ambiguous,omitempty"`
}

// Incident is a numbered set of detects that belong together.
type Incident struct {
	Number   int       `json:"number"`
	ID       string    `json:"id"` // made from content; outlives renumbering
	Title    string    `json:"title"`
	Kinds    []string  `json:"kinds"`
	Sources  []Source  `json:"sources"`
	Targets  []Target  `json:"targets"`
	Services []Service `json:"services"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Records  int       `json:"records"`
	Lines    int       `json:"lines"`

	Attempts int `json:"attempts"`
	// AttemptsAtLeast is set when Attempts is a lower bound, because a cap on kept stamps was reached.
	AttemptsAtLeast bool      `json:"attempts_at_least,omitempty"`
	AttemptList     []Attempt `json:"attempt_list,omitempty"` // the first of them, when there are very many

	Outcome  Outcome    `json:"outcome"`
	Users    []string   `json:"users,omitempty"` // login strings as sent
	Formats  []string   `json:"formats"`
	Hosts    []string   `json:"hosts"`               // the machines that logged
	JoinedBy []string   `json:"joined_by,omitempty"` // why sources are in one incident
	Evidence []Citation `json:"evidence"`
	// EvidenceCapped is set when Evidence is a sample; Records and Lines are exact all the same.
	EvidenceCapped bool `json:"evidence_capped,omitempty"`

	Events []EventRef `json:"-"` // the records in order of time, up to a cap
}

// EventRef is what an incident keeps of one of its events: enough to reason about order and
// outcome, and to find the record's text again.
type EventRef struct {
	Time      time.Time
	Input     int
	Offset    int64
	Lines     []LineRange
	Format    string
	Host      string
	Program   string
	PID       int
	Session   uint64
	Source    Source
	Target    Target
	Port      int // target port
	SrcPort   int
	Proto     string
	Service   string
	User      string
	Action    Action
	Signature string
	Kind      string
	Claim     string
	Message   string
	Tries     Tries
	Handshake Handshake
	Context   bool
}

// Class tells what kind of statement an observation is.
type Class string

const (
	ClassObserved Class = "observed" // read off the log; cites its lines
	ClassKnown    Class = "known"    // embedded knowledge; cites its source and date
	ClassQuestion Class = "question" // left to the analyst
)

// Observation is one statement about an incident, with what it rests on.
type Observation struct {
	ID       string     `json:"id"`
	Class    Class      `json:"class"`
	Text     string     `json:"text"`
	Source   string     `json:"source"`   // for ClassKnown: where the fact is from, with its date
	Evidence []Citation `json:"evidence"` // for ClassObserved: the lines that show it
}

// Prompt is a question that the analyst has to answer.
type Prompt struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Answered bool   `json:"answered"`
}

// ScoredIncident is an incident with its severity and what can be said of it.
type ScoredIncident struct {
	Incident
	Prompts      []Prompt      `json:"prompts"`
	Severity     Severity      `json:"severity"`
	Observations []Observation `json:"observations"`
	Excerpt      []Excerpt     `json:"-"`
}

// Excerpt is a verbatim run of lines of one input.
type Excerpt struct {
	File   string
	Blocks []ExcerptLine
	// Left is the number of lines of this incident in this file that the excerpt leaves out.
	Left int
}

// ExcerptLine is one physical line, or the mark of lines left out.
type ExcerptLine struct {
	Number  int    // 1-based; 0 for a mark of omission
	Text    string // the line without its line end, byte for byte
	Omitted int    // for a mark: how many of the incident's lines are left out here
}

package analysis

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

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

// Unnamed stands for the source of records that name none.
var Unnamed = Source{Name: "unknown"}

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

// Words names the service by its port, as people say it: "22/tcp ssh"; by its name where there is no port.
func (s Service) Words() string {
	if s.Port == 0 {
		return cmp.Or(s.Name, s.Proto)
	}
	name := strconv.Itoa(s.Port)
	if s.Proto != "" {
		name += "/" + s.Proto
	}
	if s.Name != "" {
		name += " " + s.Name
	}
	return name
}

// Tolerance is how far, in seconds, a packet may lie from a retransmission schedule after the best
// shift of the whole attempt; the limit itself still fits. Stamps are whole seconds, and modems queue.
const Tolerance = 1.5

// Schedule is how a TCP stack spaces the packets of one unanswered attempt to connect: at which
// seconds after the first they are sent.
type Schedule struct {
	Name    string
	Offsets []float64
}

// Schedules are those of the two initial retransmission timeouts that were ever standard. RFC 1122
// section 4.2.3.1 (1989) and RFC 2988 (2000) set 3 s, RFC 6298 (2011) sets 1 s; each doubles the
// wait with every packet. How many packets are sent differs: Windows before 2000 sent four, Windows
// 2000 three, Linux up to seven.
var Schedules = [...]Schedule{
	{"3-6-12 s", []float64{0, 3, 9, 21, 45, 93}},
	{"1-2-4-8 s", []float64{0, 1, 3, 7, 15, 31, 63}},
}

// Attempt is one try to connect, however many records tell of it.
type Attempt struct {
	Source     string    `json:"source"` // address, or name where there is no address
	SourcePort int       `json:"source_port,omitempty"`
	Target     string    `json:"target,omitempty"` // address, where the record states it
	Port       int       `json:"port,omitempty"`
	Proto      string    `json:"proto,omitempty"`
	Start      time.Time `json:"start"`
	Dropped    bool      `json:"dropped,omitempty"` // the record says that packets were blocked before anybody answered
	Packets    int       `json:"packets,omitempty"` // of the opening; 0 when the log does not show packets
	// Count is how many packets or connections the records of the attempt tell of, where one stands for several; else 0.
	Count int       `json:"count,omitempty"`
	Gaps  []float64 `json:"gaps,omitempty"` // seconds between the packets of a retransmitted opening
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
	Number int    `json:"number"`
	ID     string `json:"id"` // made from content; outlives renumbering
	// Site is where a report on several sites has it from.
	Site string `json:"site,omitempty"`
	// Zone is the one that its times are given in, where a report has several.
	Zone  string   `json:"zone,omitempty"`
	Title string   `json:"title"`
	Kinds []string `json:"kinds"`
	// Aspects says what the records of a wide kind are about, such as which injections a web attack tried; by kind,
	// the most frequent first. It is read off the records that are kept.
	Aspects  map[string][]string `json:"-"`
	Sources  []Source            `json:"sources"`
	Targets  []Target            `json:"targets"`
	Services []Service           `json:"services"`
	First    time.Time           `json:"first"`
	Last     time.Time           `json:"last"`
	Records  int                 `json:"records"`
	Lines    int                 `json:"lines"`

	Attempts int `json:"attempts"`
	// AttemptsAtLeast is set when Attempts is a lower bound, because a cap on kept stamps was reached.
	AttemptsAtLeast bool      `json:"attempts_at_least,omitempty"`
	AttemptList     []Attempt `json:"attempt_list,omitempty"` // the first of them, when there are very many

	Outcome Outcome `json:"outcome"`
	// Done is set of an incident with the outcome allowed whose records tell of what was done on a machine itself, and of no connection.
	Done  bool     `json:"done,omitempty"`
	Users []string `json:"users,omitempty"` // login strings as sent
	// Accounts are those that something was done with on a machine, such as a new one, and of which no record tells a log-in.
	Accounts []string   `json:"accounts,omitempty"`
	Formats  []string   `json:"formats"`
	Hosts    []string   `json:"hosts"`               // the machines that logged
	JoinedBy []string   `json:"joined_by,omitempty"` // why sources are in one incident
	Evidence []Citation `json:"evidence"`
	// ByHand is set when the analyst added the incident: no record of these logs tells of it.
	ByHand bool `json:"by_hand,omitempty"`
	// EvidenceCapped is set when Evidence is a sample; Records and Lines are exact all the same.
	EvidenceCapped bool `json:"evidence_capped,omitempty"`
	// Incomplete names the lists that do not have all that the records told, because there was too much of it:
	// targets, services, users or hosts. How long such a list is, is a lower bound.
	Incomplete []string `json:"incomplete,omitempty"`

	// InputLines counts the incident's lines in each input, by its rank; exact also where Events is a part.
	InputLines map[int]int `json:"-"`

	Events []EventRef `json:"-"` // the records in order of time, up to a cap
	// Beyond counts the records that are not in Events, by the Quarter since 1970 that they are of.
	Beyond map[int64]int `json:"-"`
	// SourceRecords counts the records of each source.
	SourceRecords map[Source]int `json:"-"`

	Place int `json:"-"` // among all incidents of the run in order of time, those of the background included
}

// Lists of an incident that may be Incomplete.
const (
	ListTargets  = "targets"
	ListServices = "services"
	ListUsers    = "users"
	ListHosts    = "hosts"
)

// Lacks reports whether a list is Incomplete.
func (in *Incident) Lacks(list string) bool { return slices.Contains(in.Incomplete, list) }

// Quarter is a quarter of an hour, in seconds: no zone's hours begin at any other time.
const Quarter = 15 * 60

// EventRef is what an incident keeps of one of its events: enough to reason about order and
// outcome, and to find the record's text again.
type EventRef struct {
	*Facts  // which many events have in common: they are not to be changed
	Time    time.Time
	Input   int
	Line    int // its first
	Lines   []LineRange
	PID     int
	Session uint64
	Source  Source
	Port    int // target port
	SrcPort int
	Service string
	User    string
	Ident   string
	Message string // of context, of records that say nothing of success, of what was done on a machine, and of requests to web servers
	Tries   Tries
	Context bool
}

// Facts are what events of one kind and place have in common.
type Facts struct {
	Format    string
	Host      string
	Program   string
	Target    Target
	Proto     string
	Action    Action
	Signature string
	Kind      string
	Claim     string
	Handshake Handshake
	Count     int // more than 1 for a repeated message
}

// Times is how often what the event tells of was: a repeated message is one record of several times.
func (f *Facts) Times() int { return max(f.Count, 1) }

// Deed reports whether an event tells of what was done on a machine, such as a new account, and not of a connection: no record
// says from where.
func (e *EventRef) Deed() bool {
	return e.Action == ActionAllowed && e.Source == (Source{}) && e.Port == 0 && e.Handshake == HandshakeUnknown && e.Claim == ""
}

// The words that sshd's records begin with of which all that is known is that a connection ended before anybody had logged in.
var endings = [...]string{"Connection closed by ", "Connection reset by ", "Disconnected from "}

// ActsUpon reports whether an event names an account that something was done with, or that did something, on the machine itself; it
// is no login string that a client sent.
func (e *EventRef) ActsUpon() bool {
	switch {
	case e.User == "":
		return false
	case e.Format == "su", e.Format == "sudo", e.Format == "shadow":
		return true
	}
	return e.Source == (Source{}) && e.Tries == TriesNone
}

// Ending is what of sshd's message on the end of a connection matters; empty for other messages.
func Ending(message string) string {
	for _, words := range endings {
		if strings.HasPrefix(message, words) {
			return words
		}
	}
	return ""
}

// Ended reports whether an event that failed tells only that a connection ended before a log-in succeeded, and not that one
// was rejected.
func (e *EventRef) Ended() bool {
	return e.Format == "sshd" && e.Action == ActionFailed && Ending(e.Message) != ""
}

// Class tells what kind of statement an observation is.
type Class string

const (
	ClassObserved Class = "observed" // read off the log; cites its lines
	ClassKnown    Class = "known"    // embedded knowledge; cites its source and date
	ClassQuestion Class = "question" // left to the analyst
)

// Topic is the part of a write-up that a statement or a question belongs to.
type Topic string

const (
	TopicTrace        Topic = "trace"        // where and when the records were written
	TopicSpoofing     Topic = "spoofing"     // whether the source is who it seems to be
	TopicDescription  Topic = "description"  // what was sought, and how often
	TopicMechanism    Topic = "mechanism"    // how it was done: timing, ports, tools
	TopicCorrelations Topic = "correlations" // what else belongs to it
	TopicTargeting    Topic = "targeting"    // for and against active targeting
	TopicSeverity     Topic = "severity"     // what the defence did, and how it was rated
	TopicDefence      Topic = "defence"      // what to do
)

// Observation is one statement about an incident, with what it rests on.
type Observation struct {
	ID       string     `json:"id"`
	Topic    Topic      `json:"topic,omitempty"`
	Class    Class      `json:"class"`
	Text     string     `json:"text"`
	Source   string     `json:"source"`   // for ClassKnown: where the fact is from, with its date
	Evidence []Citation `json:"evidence"` // for ClassObserved: the lines that show it
	// EvidenceLeft counts the ranges of lines that show it too and are not listed.
	EvidenceLeft int `json:"evidence_left,omitempty"`
}

// Prompt is a question that the analyst has to answer.
type Prompt struct {
	ID       string `json:"id"`
	Topic    Topic  `json:"topic,omitempty"`
	Text     string `json:"text"`
	Answered bool   `json:"answered"`
}

// ScoredIncident is an incident with its severity and what can be said of it.
type ScoredIncident struct {
	Incident
	Prompts      []Prompt      `json:"prompts"`
	Severity     Severity      `json:"severity"`
	Observations []Observation `json:"observations"`
	// About is what the site's own databases and lists have about the sources, those left out that are in none.
	About   []About   `json:"about_sources,omitempty"`
	Excerpt []Excerpt `json:"-"`
	// Sensors says, line by line, which programs wrote the records, and where.
	Sensors []string `json:"-"`
	// Clock says what the stamps lack, and how it was completed.
	Clock []string `json:"-"`
	// Catalogue is what is known of the incident's kinds in general, the most lethal first.
	Catalogue []CatalogueEntry `json:"-"`
}

// CatalogueEntry is what the catalogue of kinds says about one kind, filled in for an incident.
type CatalogueEntry struct {
	Kind            string // its id
	Title           string
	Description     string
	Mechanism       string
	Spoofing        string // how likely the source address is forged, and why
	Targeting       string
	Techniques      []string
	Attack          string   // the catalogue of techniques and its version
	Benign          []string // harmless explanations to try
	Recommendations []string
	Question        string
	Options         []string // A to D
	Answer          string   // a letter
	Why             string
	Sources         []string
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

package logformat

import (
	"encoding/json"
	"strings"

	"practicum/analysis"
)

// cowrie is the honeypot's log of events, an object a line (Cowrie's page "Output event code reference"). A
// honeypot has no users: whoever logs in is a stranger, and what it lets in is bait.
var cowrie = Format{
	Name:       "cowrie",
	Title:      "Cowrie (SSH and Telnet honeypot)",
	Recognised: `an object with "eventid" that begins with cowrie.`,
	Carrier:    CarrierNone,
	Leads:      "{",
	Quotes:     []string{"eventid"},
	Starts: func(text string) bool {
		return strings.HasPrefix(text, "{") && strings.Contains(text, `"eventid"`) && strings.Contains(text, "cowrie.")
	},
	New: func(clock *Clock) Parser {
		s := cowrieState{}
		return func(c *Cursor, ev *analysis.Event) error { return s.parse(c, ev, clock) }
	},
}

// cowrieState remembers the protocol of sessions, which their first event tells.
type cowrieState map[string]string

// cowrieRecord is what is read of an event.
type cowrieRecord struct {
	EventID   string `json:"eventid"`
	Timestamp string `json:"timestamp"`
	Sensor    string `json:"sensor"`
	Session   string `json:"session"`
	Protocol  string `json:"protocol"`
	SrcIP     string `json:"src_ip"`
	SrcPort   uint16 `json:"src_port"`
	DstIP     string `json:"dst_ip"`
	DstPort   uint16 `json:"dst_port"`
	Username  string `json:"username"`
}

var cowrieKeys = keysOf("eventid", "timestamp", "sensor", "session", "protocol", "src_ip", "dst_ip", "username", "src_port", "dst_port")

// quick reads an object as json.Unmarshal does, without its cost. Of anything unusual it knows nothing.
func (r *cowrieRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	texts := [...]*string{&r.EventID, &r.Timestamp, &r.Sensor, &r.Session, &r.Protocol, &r.SrcIP, &r.DstIP, &r.Username}
	ports := [...]*uint16{&r.SrcPort, &r.DstPort}
	return s.whole(cowrieKeys, func(key int) (ok bool) {
		if key < len(texts) {
			*texts[key], ok = s.plainString()
			return ok
		}
		n, ok := s.plainNumber(65535)
		*ports[key-len(texts)] = uint16(n)
		return ok
	})
}

// maxCowrie is how many sessions are remembered.
const maxCowrie = 10000

func (s cowrieState) parse(c *Cursor, ev *analysis.Event, clock *Clock) error {
	var r cowrieRecord
	text := c.Rest()
	if typesetObject(text) {
		return ErrNotMine // to be read as it was before
	}
	if !r.quick(text) {
		r = cowrieRecord{}
		if json.Unmarshal([]byte(text), &r) != nil {
			return brokenUnless("cowrie", text, "the object cannot be read as JSON")
		}
	}
	kind, ok := strings.CutPrefix(r.EventID, "cowrie.")
	if !ok {
		return ErrNotMine
	}
	t, n, ok := isoTime(r.Timestamp+" ", clock)
	if n == 0 || !ok {
		return &SyntaxError{"cowrie", "the timestamp cannot be read"}
	}
	ev.Time, ev.Host, ev.Message, ev.Proto = t, r.Sensor, text, "tcp"
	if ev.Source.IP, ok = parseAddr(r.SrcIP); !ok {
		return &SyntaxError{"cowrie", "src_ip is no address"}
	}
	ev.Source.Port, ev.Target.Port = r.SrcPort, 0
	ev.Target.IP, _ = parseAddr(r.DstIP)
	if kind == "session.connect" && r.Protocol != "" {
		if len(s) >= maxCowrie {
			clear(s)
		}
		s[strings.Clone(r.Session)] = strings.Clone(r.Protocol)
	}
	if ev.Service = s[r.Session]; ev.Service == "" {
		ev.Service = "ssh"
	}
	ev.User, ev.Session, ev.Action = foldBlanks(r.Username), namedSession(r.Session), analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	switch kind {
	case "login.failed":
		ev.Action = analysis.ActionFailed
	case "login.success":
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case "session.connect":
		// Whoever calls a honeypot is looking for something.
	case "command.input", "command.failed", "command.success", "session.file_download", "session.file_download.failed", "session.file_upload",
		"direct-tcpip.request", "direct-tcpip.data", "virustotal.scanfile":
		ev.Context = true
	case "session.closed", "client.version", "client.kex", "client.size", "client.var", "client.fingerprint", "session.params", "log.closed", "log.open":
		return ErrNotEvent
	default:
		return ErrUnknown
	}
	return nil
}

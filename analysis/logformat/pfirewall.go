package logformat

import (
	"strings"

	"practicum/analysis"
)

// pfirewall is pfirewall.log, the log of the Windows Firewall (XP SP2 to today): columns divided by
// blanks, named by a "#Fields:" line that is repeated when the service starts. Times are local unless the
// header says UTC. DROP is what it blocked; OPEN, CLOSE and ALLOW are connections.
var pfirewall = Format{
	Name:       "pfirewall",
	Title:      "Windows Firewall (pfirewall.log)",
	Recognised: `"date time DROP protocol source target …" under a "#Fields:" line`,
	Carrier:    CarrierNone,
	Leads:      "#" + decimals,
	Starts:     startsPFirewall,
	New: func(clock *Clock) Parser {
		s := &pfirewallState{fields: strings.Fields(pfirewallFields)}
		return func(c *Cursor, ev *analysis.Event) error { return s.parse(c, ev, clock) }
	},
}

// pfirewallFields is the order since XP SP2, for a file whose header was lost.
const pfirewallFields = "date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path"

type pfirewallState struct {
	fields []string
	utc    bool
	iis    bool // the header named IIS, whose version stands behind it
}

func startsPFirewall(text string) bool {
	if strings.HasPrefix(text, "#") {
		return pfirewallHeader(text)
	}
	if len(text) < len("2006-09-20 10:38:21 DROP") || text[4] != '-' || text[7] != '-' || !isDigit(text[0]) {
		return false
	}
	c := Cursor{text: text}
	if c.Token(""); !c.Lit(" ") {
		return false
	}
	if _, _, _, ok := c.timeOfDay(); !ok || !c.Lit(" ") {
		return false
	}
	return pfirewallAction(c.Token("")) != ""
}

func pfirewallHeader(text string) bool {
	key, value, _ := strings.Cut(text, ":")
	value = foldBlanks(strings.TrimSpace(value))
	switch key {
	case "#Version":
		return true
	case "#Software":
		return isPFirewall(value) || isIIS(value)
	case "#Time Format":
		return true
	case "#Fields":
		return strings.HasPrefix(value, "date time action protocol src-ip ")
	}
	return false
}

func isPFirewall(software string) bool {
	return strings.Contains(software, "Windows Firewall") || strings.Contains(software, "Internet Connection Firewall")
}

func pfirewallAction(word string) analysis.Action {
	switch word {
	case "DROP":
		return analysis.ActionBlocked
	case "ALLOW", "OPEN", "OPEN-INBOUND", "CLOSE":
		return analysis.ActionAllowed
	case "INFO-EVENTS-LOST":
		return analysis.ActionInfo
	}
	return ""
}

func (s *pfirewallState) parse(c *Cursor, ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if strings.HasPrefix(text, "#") {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		key, value, _ := strings.Cut(text, ":")
		switch key {
		case "#Fields":
			s.fields = strings.Fields(value)
		case "#Time Format":
			s.utc = strings.Contains(value, "UTC")
		case "#Software":
			if s.iis = !isPFirewall(value); s.iis {
				return ErrNotMine
			}
		case "#Version":
			if s.iis {
				return ErrNotMine
			}
		}
		return ErrNotEvent
	}
	var room [32]string
	f := appendFields(room[:0], text)
	if len(f) < len(s.fields)-1 || len(f) > len(s.fields)+1 {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		return &SyntaxError{"pfirewall", "the number of columns differs from the header's"}
	}
	get := func(name string) string {
		for i, field := range s.fields {
			if field == name && i < len(f) && f[i] != "-" {
				return f[i]
			}
		}
		return ""
	}
	var t Cursor
	t.text = f[0] + "T" + f[1]
	if s.utc {
		t.text += "Z"
	}
	when, n, ok := isoTime(t.text+" ", clock)
	if n == 0 || !ok {
		return &SyntaxError{"pfirewall", "the date does not exist"}
	}
	ev.Time, ev.Message = when, text
	ev.Action = pfirewallAction(get("action"))
	if get("action") == "INFO-EVENTS-LOST" {
		return ErrNotEvent
	}
	var p packet
	p.icmpType = -1
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(get("src-ip"))
	p.dst.IP, ok2 = parseAddr(get("dst-ip"))
	if !ok1 || !ok2 {
		return &SyntaxError{"pfirewall", "the addresses cannot be read"}
	}
	setPort(&p.src, get("src-port"))
	setPort(&p.dst, get("dst-port"))
	switch p.proto = protocol(get("protocol")); p.proto {
	case "tcp":
		p.setFlags(get("tcpflags"))
		if get("tcpflags") == "" && ev.Action != analysis.ActionBlocked {
			p.syn = true
		}
	case "icmp", "icmp6":
		n := Cursor{text: get("icmptype")}
		if v, ok := n.Number(255); ok {
			p.icmpType = v
		}
	}
	switch path := get("path"); path {
	case "SEND", "RECEIVE", "FORWARD", "UNKNOWN", "":
		p.filtered(ev, path == "SEND")
	default:
		return ErrNotMine
	}
	return nil
}

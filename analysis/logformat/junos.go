package logformat

import (
	"strings"

	"practicum/analysis"
)

// junos is what Juniper's SRX firewalls log of traffic (RT_FLOW), screens (RT_IDS) and intrusions (RT_IDP), as
// structured data of RFC 5424 (set security log format sd-syslog), and what Junos says of log-ins that failed.
// The names are those of Juniper's System Log Explorer.
//
//	<14>1 2014-05-01T08:26:51.179Z fw RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.39 source-address="A" … protocol-id="6" …]
//	fw RT_FLOW: RT_FLOW_SESSION_DENY: session denied A/1->B/161 None 17(0) policy trust untrust …
var junos = Format{
	Name:       "junos",
	Title:      "Juniper Junos (SRX)",
	Recognised: `programs RT_FLOW, RT_IDS and RT_IDP in syslog; "SSHD_LOGIN_FAILED: "`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		logins := patternsOf(junosMessages)
		var m fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "RT_FLOW", "RT_IDS", "RT_IDP":
				return parseJunos(c, ev, &m)
			case "sshd", "login", "mgd":
				ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
				return hear(c, logins, ev)
			}
			return ErrOtherProgram
		}
	},
}

var junosMessages = []message{
	{text: "SSHD_LOGIN_FAILED: Login failed for user '{user}' from host '{ip}'", action: analysis.ActionFailed, service: "ssh"},
	{text: "LOGIN_FAILED: Login failed for user {user} from host {ip}", action: analysis.ActionFailed},
	{text: "UI_AUTH_EVENT: Authenticated user '{user}' {rest}"},
	{text: "UI_LOGIN_EVENT: User '{user}' login{rest}"},
	{text: "UI_LOGOUT_EVENT: User '{user}' logout"},
}

func parseJunos(c *Cursor, ev *analysis.Event, m *fieldTable) error {
	head := c.text[:c.pos]
	i := strings.Index(head, "[junos@")
	if i < 0 {
		return c.junosText(ev)
	}
	// The name of the message stands before the structured data.
	before := strings.TrimRight(head[:i], " \t")
	name := strings.TrimSuffix(before[strings.LastIndexAny(before, " \t")+1:], "_LS")
	m.read(strings.TrimRight(head[i:], "] "))
	if ev.Message == "" {
		ev.Message = head[i:]
	}
	p := packet{icmpType: -1, proto: protocol(m.of("protocol-id"))}
	src, dst := m.of("source-address"), m.of("destination-address")
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(src)
	p.dst.IP, ok2 = parseAddr(dst)
	if src == "" && dst == "" {
		return ErrUnknown
	}
	if !ok1 && src != "" || !ok2 && dst != "" {
		return &SyntaxError{"junos", "the addresses cannot be read"}
	}
	setPort(&p.src, m.of("source-port"))
	setPort(&p.dst, m.of("destination-port"))
	signature := m.of("attack-name")
	switch {
	case name == "RT_FLOW_SESSION_DENY":
		return p.junosDenied(ev, m.of("icmp-type"))
	case strings.HasPrefix(name, "RT_FLOW_SESSION_"), strings.HasPrefix(name, "APPTRACK_"):
		ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case strings.HasPrefix(name, "RT_SCREEN_"), strings.HasPrefix(name, "IDP_ATTACK_LOG_EVENT"):
		ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
		ev.Signature, ev.Action, ev.Tries = foldBlanks(strings.TrimSuffix(signature, "!")), analysis.ActionInfo, analysis.TriesConnection
		if action := strings.ToLower(m.of("action")); action == "drop" || action == "reject" || action == "close" {
			ev.Action = analysis.ActionBlocked
		}
		ev.Context = ev.Signature == "" || !p.src.IP.IsValid()
	default:
		return ErrUnknown
	}
	return nil
}

func (p *packet) junosDenied(ev *analysis.Event, icmpType string) error {
	ev.Action = analysis.ActionBlocked
	if p.syn = p.proto == "tcp"; p.proto == "icmp" || p.proto == "icmp6" {
		p.src.Port, p.dst.Port = 0, 0
		c := Cursor{text: icmpType}
		if n, ok := c.Number(255); ok {
			p.icmpType = n
		}
	}
	p.filtered(ev, outgoing(p.src.IP, p.dst.IP))
	return nil
}

// junosText reads the form without structured data.
func (c *Cursor) junosText(ev *analysis.Event) error {
	denied := c.Lit("RT_FLOW_SESSION_DENY: session denied ") || c.Lit("RT_FLOW_SESSION_DENY_LS: session denied ")
	if !denied && !c.Lit("RT_FLOW_SESSION_CREATE: session created ") && !c.Lit("RT_FLOW_SESSION_CLOSE: session closed ") {
		return ErrNotMine
	}
	c.Mine()
	if !denied {
		if _, ok := c.Until("->"); !ok {
			return c.unfinished()
		}
		c.pos = len(c.text)
		return ErrNotEvent
	}
	p := packet{icmpType: -1}
	src, dst, ok := strings.Cut(c.Word(), "->")
	if !ok {
		return c.unfinished()
	}
	if !addrPort(src, '/', true, &p.src) || !addrPort(dst, '/', true, &p.dst) {
		return &SyntaxError{"junos", "the addresses cannot be read"}
	}
	c.Blanks()
	c.Word() // the application
	c.Blanks()
	number, kind, ok := strings.Cut(c.Word(), "(")
	if !ok {
		return c.unfinished()
	}
	p.proto = protocol(number)
	return p.junosDenied(ev, strings.TrimSuffix(kind, ")"))
}

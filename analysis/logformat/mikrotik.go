package logformat

import (
	"strings"

	"practicum/analysis"
)

// mikroTik is the log of RouterOS (MikroTik's pages "Log" and "Firewall"): the topics stand where syslog has the
// program, "firewall,info", without a colon. A rule's prefix is the site's own word, and the verdict is read
// from it as with netfilter.
//
//	firewall,info drop-in input: in:ether1 out:(unknown 0), connection-state:new src-mac M, proto TCP (SYN), A:p->B:q, len 40
//	system,error,critical login failure for user admin from A via winbox
var mikroTik = Format{
	Name:       "mikrotik",
	Title:      "MikroTik RouterOS",
	Recognised: `topics such as "firewall,info" or "system,error,critical" in the program's place of syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		accounts := patternsOf(mikroTikMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			topic, _, ok := strings.Cut(ev.Program, ",")
			switch {
			case !ok:
				return ErrOtherProgram
			case topic == "firewall":
				return parseMikroTik(c, ev)
			case topic == "system", topic == "dhcp", topic == "interface", topic == "wireless":
				ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
				return hear(c, accounts, ev)
			}
			return ErrNotMine
		}
	},
}

var mikroTikMessages = []message{
	{text: "login failure for user {user} from {ip} via {svc}", action: analysis.ActionFailed},
	{text: "login failure for user {user} via {w}", action: analysis.ActionFailed},
	{text: "user {user} logged in from {ip} via {svc}", action: analysis.ActionAllowed, context: true},
	{text: "user {user} logged in via {w}", action: analysis.ActionAllowed, context: true},
	{text: "user {user} logged out from {ip} via {w}"},
	{text: "user {user} logged out via {w}"},
	{text: "{w} link up{rest}"},
	{text: "{w} link down"},
	{text: "{w} assigned {w} to {rest}"},
	{text: "{w} deassigned {w} from {rest}"},
}

func parseMikroTik(c *Cursor, ev *analysis.Event) error {
	text := c.Rest()
	in := strings.Index(text, " in:")
	if in < 0 {
		return c.unfinished()
	}
	proto := strings.Index(text[in:], "proto ")
	if proto < 0 {
		return c.unfinished()
	}
	p := packet{icmpType: -1}
	at := Cursor{text: text, pos: in + proto + len("proto ")}
	p.proto = strings.ToLower(at.Token(",("))
	at.Blanks()
	if strings.HasPrefix(at.Rest(), "(") {
		at.pos++
		detail, ok := at.Until(")")
		if !ok {
			return c.unfinished()
		}
		p.mikroTikDetail(detail)
	}
	if !at.Lit(", ") {
		return c.unfinished()
	}
	src, dst, ok := strings.Cut(at.Token(","), "->")
	if !ok || !strings.Contains(at.Rest(), "len ") || strings.HasSuffix(strings.TrimRight(at.Rest(), " "), "len") {
		return c.unfinished()
	}
	if !addrPort(src, ':', true, &p.src) || !addrPort(dst, ':', true, &p.dst) {
		return &SyntaxError{"mikrotik", "the addresses cannot be read"}
	}
	if strings.HasPrefix(p.proto, "icmp") {
		p.src.Port, p.dst.Port = 0, 0
	}
	c.pos = len(c.text)
	prefix := text[:in]
	ev.Action = netfilterAction(prefix)
	p.filtered(ev, strings.Contains(prefix, "output:") || outgoing(p.src.IP, p.dst.IP))
	return nil
}

// mikroTikDetail reads "SYN,ACK" or "type 8, code 0".
func (p *packet) mikroTikDetail(detail string) {
	if n, ok := strings.CutPrefix(detail, "type "); ok {
		c := Cursor{text: n}
		if v, ok := c.Number(255); ok {
			p.icmpType = v
		}
		return
	}
	p.whole = true
	for _, flag := range strings.Split(detail, ",") {
		p.setFlag(flag)
	}
}

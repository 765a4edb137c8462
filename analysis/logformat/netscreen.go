package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// netScreen is ScreenOS on Juniper's NetScreen and SSG firewalls (ScreenOS Message Log Reference Guide), in
// syslog:
//
//	ns5gt: NetScreen device_id=ns5gt  [Root]system-notification-00257(traffic): … proto=6 src zone=Untrust … action=Deny … src=A dst=B src_port=1 dst_port=2
//	ns5gt: NetScreen device_id=ns5gt  [Root]system-alert-00016: Port scan! From A:1 to B:2, proto TCP (zone Untrust, int untrust). Occurred 1 times. (2004-06-01 22:09:03)
var netScreen = Format{
	Name:       "netscreen",
	Title:      "Juniper ScreenOS (NetScreen, SSG)",
	Recognised: `"NetScreen device_id=" in syslog, and "[Root]system-level-number"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Hears:      func(string) hearing { return hearing{opens: "N"} },
	New: func(clock *Clock) Parser {
		admins := patternsOf(netScreenMessages)
		var m fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			if !c.Lit("NetScreen device_id=") {
				return ErrNotMine
			}
			if _, typeset := untypeset(c.Rest()); typeset {
				return ErrNotMine // to be read as it was before
			}
			c.Mine()
			c.Token("")
			c.Blanks()
			if _, ok := c.Until("]system-"); !ok {
				return c.unfinished()
			}
			id := c.Token(":")
			if !c.Lit(": ") || c.Done() {
				return c.unfinished()
			}
			ev.Message = c.Rest()
			ev.PID, ev.Session = 0, 0
			c.netScreenYear(ev, clock)
			switch {
			case strings.HasSuffix(id, "(traffic)"):
				return c.netScreenTraffic(ev, &m)
			case strings.Contains(c.Rest(), "! From "):
				return c.netScreenAlert(ev)
			}
			ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
			if err := hear(c, admins, ev); err != ErrNotMine || c.short {
				return err
			}
			if len(ev.Message) < 40 {
				return c.perhapsUnfinished() // the name of an alert goes before all else
			}
			return ErrUnknown
		}
	},
}

// netScreenYear takes the year from the device's own stamp: "(2006-06-02 11:24:16)" at the end, or where traffic began.
func (c *Cursor) netScreenYear(ev *analysis.Event, clock *Clock) {
	text := strings.TrimRight(c.Rest(), " \t")
	if rest, ok := strings.CutPrefix(text, "start_time="); ok {
		text = strings.TrimLeft(rest, `\"`)
	} else if i := strings.LastIndexByte(text, '('); i >= 0 && strings.HasSuffix(text, ")") {
		text = text[i+1:]
	} else {
		return
	}
	if wall, err := time.Parse(time.DateTime, text[:min(len(text), len(time.DateTime))]); err == nil {
		ev.Time = clock.Stated(ev.Time, wall)
	}
}

var netScreenMessages = []message{
	{text: `Admin user "{user}" logged in for {any} management (port {n}) from {ip}:{port}{( ({any})}`, action: analysis.ActionAllowed, context: true},
	{text: `Admin user "{user}" logged out for {any} from {ip}:{port}{( ({any})}`},
	{text: `Admin user "{user}" login attempt for {any} management (port {n}) from {ip}:{port} failed{rest}`, action: analysis.ActionFailed},
	{text: `Login attempt to system by admin "{user}" via {any} from {ip} has failed{rest}`, action: analysis.ActionFailed},
	{text: `VPN '{any}' from {any} is {w}{rest}`},
}

func (c *Cursor) netScreenTraffic(ev *analysis.Event, m *fieldTable) error {
	text := strings.ReplaceAll(c.Rest(), `\"`, `"`) // some relays escape
	m.read(text)
	if m.of("dst") == "" || m.of("action") == "" || m.of("proto") == "" {
		return c.unfinished()
	}
	p := packet{icmpType: -1, proto: protocol(m.of("proto"))}
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(m.of("src"))
	p.dst.IP, ok2 = parseAddr(m.of("dst"))
	if !ok1 || !ok2 {
		return &SyntaxError{"netscreen", "the addresses cannot be read"}
	}
	c.pos = len(c.text)
	setPort(&p.src, m.of("src_port"))
	setPort(&p.dst, m.of("dst_port"))
	if ev.Action = analysis.ActionAllowed; m.of("action") == "Deny" || m.of("action") == "Reject" {
		ev.Action = analysis.ActionBlocked
	}
	p.syn = p.proto == "tcp" // a session begins with it
	kind := Cursor{text: m.of("icmp")}
	if n, ok := kind.Number(255); ok && kind.Done() && p.proto == "icmp" {
		p.icmpType = n
	}
	// Of "src zone=Trust dst zone=Untrust" the first is the source's.
	p.filtered(ev, m.of("zone") == "Trust" || outgoing(p.src.IP, p.dst.IP))
	return nil
}

// netScreenAlert reads what a screen of ScreenOS says. Whether it dropped the packet depends on a setting
// that the message does not tell.
func (c *Cursor) netScreenAlert(ev *analysis.Event) error {
	name, rest, _ := strings.Cut(c.Rest(), "! From ")
	ends, rest, ok := strings.Cut(rest, ", proto ")
	if !ok {
		return c.unfinished()
	}
	src, dst, ok := strings.Cut(ends, " to ")
	if !ok {
		return c.unfinished()
	}
	_, times, ok := strings.Cut(rest, "Occurred ")
	if !ok || !strings.Contains(times, " times") {
		return c.unfinished()
	}
	if !addrPort(src, ':', true, &ev.Source) || !addrPort(strings.TrimSpace(dst), ':', true, &ev.Target) {
		return &SyntaxError{"netscreen", "the addresses cannot be read"}
	}
	c.pos = len(c.text)
	proto, _, _ := strings.Cut(rest, " ")
	if ev.Proto = protocol(strings.TrimSuffix(strings.ToLower(proto), ",")); ev.Proto == "1" {
		ev.Proto = "icmp"
	}
	times, _, _ = strings.Cut(strings.TrimLeft(times, " \t"), " ")
	if n := stated(times); n > 1 {
		ev.Count = n
	}
	ev.Signature, ev.Action, ev.Tries = foldBlanks(name), analysis.ActionInfo, analysis.TriesConnection
	return nil
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// pf is the packet log of OpenBSD's pf, which tcpdump prints:
//
//	Apr 28 11:27:57.262651 rule 5/0(match): block in on tun0: A.p > B.q: S 1:1(0) win 0
//
// as it is or inside a syslog line, and the short form that old versions of pfSense show in their pages:
//
//	Jul 11 06:32:13 block em0 TCP:FPA A:p B:q
//
// Its stamp is that of syslog, so "rule" or "block" stands where a host's name would.
var pf = Format{
	Name:       "pf",
	Title:      "pf (pflog as tcpdump prints it, and old pfSense)",
	Recognised: `"rule n/reason(match): block in on interface: A.p > B.q"`,
	Carrier:    CarrierSyslog,
	FreeText:   true, // tcpdump decodes what follows the ports, in words of many protocols
	Hears:      func(program string) hearing { return hearing{deaf: !strings.HasPrefix(program, "pf")} },
	New:        func(*Clock) Parser { return parsePF },
}

func parsePF(c *Cursor, ev *analysis.Event) error {
	switch {
	case ev.Host == "rule" && strings.Contains(ev.Program, "/"):
		i := strings.Index(c.text, "rule")
		c.pos = i
		ev.Host, ev.Program, ev.Message = "", "", c.text[i:]
	case ev.Program == "pf" || strings.HasPrefix(ev.Program, "pflog"):
		if !strings.HasPrefix(c.Rest(), "rule ") { // the packet's own stamp, "Mmm dd hh:mm:ss.ffffff"
			c.Mine()
			for range 3 {
				if c.Token("") == "" || !c.Lit(" ") {
					return ErrNotMine
				}
			}
		}
	case ev.Host == "block" || ev.Host == "pass" || ev.Host == "reject":
		return parsePFShort(c, ev)
	default:
		return ErrNotMine
	}
	if !c.Lit("rule ") {
		return ErrNotMine
	}
	rule := c.Token("")
	if !strings.Contains(rule, "/") || !strings.Contains(rule, "(") {
		return ErrNotMine
	}
	c.Mine()
	ev.Session = 0
	c.Blanks()
	if strings.HasPrefix(c.Rest(), "[") {
		if _, ok := c.Until("]"); !ok {
			return ErrNotMine
		}
		c.Blanks()
	}
	c.Lit(": ")
	switch c.Token("") {
	case "block":
		ev.Action = analysis.ActionBlocked
	case "pass":
		ev.Action = analysis.ActionAllowed
	case "match", "rdr", "nat", "binat", "scrub":
		ev.Action = analysis.ActionInfo
	default:
		return ErrNotMine
	}
	out := false
	switch {
	case c.Lit(" in on "):
	case c.Lit(" out on "):
		out = true
	default:
		return ErrNotMine
	}
	if device := c.Token(""); !strings.HasSuffix(device, ":") || !c.Lit(" ") {
		return ErrNotMine
	}
	var p packet
	if err := c.tcpdumpPacket(&p, ev); err != nil {
		return err
	}
	p.filtered(ev, out)
	return nil
}

func parsePFShort(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	if !strings.HasPrefix(rest, "TCP:") && !strings.HasPrefix(rest, "TCP ") && !strings.HasPrefix(rest, "UDP ") && !strings.HasPrefix(rest, "ICMP ") {
		return ErrNotMine
	}
	c.Mine()
	ev.Action = analysis.ActionBlocked
	if ev.Host == "pass" {
		ev.Action = analysis.ActionAllowed
	}
	ev.Host, ev.Program, ev.Session = "", "", 0
	var p packet
	p.icmpType = -1
	proto, flags, _ := strings.Cut(c.Token(""), ":")
	if p.proto = protocol(proto); p.proto == "tcp" {
		p.setFlags(flags)
	}
	if !c.Lit(" ") {
		return ErrNotMine
	}
	src := c.Token("")
	if src == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	dst := c.Token("")
	if dst == "" {
		return ErrNotMine
	}
	if !addrPort(src, ':', p.proto != "icmp", &p.src) || !addrPort(dst, ':', p.proto != "icmp", &p.dst) || !c.Done() {
		return ErrNotMine
	}
	p.filtered(ev, false)
	return nil
}

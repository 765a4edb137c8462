package logformat

import (
	"strings"

	"practicum/analysis"
)

// ipfw is the packet log of FreeBSD's and Mac OS X' ipfw (ipfw(8), ip_fw_log.c):
//
//	kernel: ipfw: 12190 Deny TCP A:p B:q in via en1
//
// TCP flags are not logged, so that a packet to a high port can be an answer that came late.
var ipfw = Format{
	Name:       "ipfw",
	Title:      "ipfw (FreeBSD, Mac OS X)",
	Recognised: `syslog message "ipfw: rule Deny protocol A:p B:q in via interface"`,
	Carrier:    CarrierSyslog,
	New:        func(*Clock) Parser { return parseIPFW },
}

func parseIPFW(c *Cursor, ev *analysis.Event) error {
	if ev.Program != "ipfw" && !c.Lit("ipfw: ") {
		return ErrNotMine
	}
	c.Mine()
	ev.Session = 0
	if c.Lit("limit ") {
		return ErrNotEvent // the log stops here for this rule
	}
	if _, ok := c.Number(1 << 20); !ok || !c.Lit(" ") {
		return ErrNotMine
	}
	switch c.Token("") {
	case "Deny", "Unreach", "Reset", "Reject":
		ev.Action = analysis.ActionBlocked
	case "Accept":
		ev.Action = analysis.ActionAllowed
	case "Count", "Divert":
		ev.Action = analysis.ActionInfo
	default:
		return ErrNotMine
	}
	if !c.Lit(" ") {
		return ErrNotMine
	}
	var p packet
	p.icmpType = -1
	name, types, _ := strings.Cut(c.Token(""), ":")
	p.proto = strings.TrimPrefix(protocol(name), "p:")
	if n := (Cursor{text: types}); p.proto == "icmp" {
		p.icmpType, _ = n.Number(255)
	}
	if p.proto == "" || !c.Lit(" ") {
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
	if !addrPort(src, ':', true, &p.src) || !addrPort(dst, ':', true, &p.dst) {
		return &SyntaxError{"ipfw", "the addresses cannot be read"}
	}
	out := false
	switch {
	case c.Lit(" in via "):
	case c.Lit(" out via "):
		out = true
	default:
		return ErrNotMine
	}
	if c.Token("") == "" {
		return ErrNotMine
	}
	if p.syn = true; p.src.Port != 0 && p.src.Port < 1024 && p.dst.Port >= 1024 {
		p.syn, p.ack = false, true
	}
	p.filtered(ev, out)
	return nil
}

package logformat

import (
	"strings"
	"time"

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
	Leads:      decimals,
	After:      " \t",
	Starts: func(text string) bool {
		_, _, _, ok := wipfwHeader(text, nil)
		return ok
	},
	Hears: func(program string) hearing {
		if program == "ipfw" {
			return hearing{}
		}
		return hearing{opens: "i"}
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos == 0 {
				t, n, dated, ok := wipfwHeader(c.text, clock)
				if !ok {
					return ErrNotMine
				}
				if !dated {
					return &SyntaxError{"ipfw", "the date does not exist"}
				}
				c.pos, ev.Time, ev.Message = n, t, c.text[n:]
			}
			return parseIPFW(c, ev)
		}
	},
}

// wipfwHeader reads the header of wipfw, ipfw's port to Windows: "0000000060 2006.12.07 08:49:58.002  " before "ipfw:". n is
// its length.
func wipfwHeader(text string, clock *Clock) (t time.Time, n int, dated, ok bool) {
	if len(text) < 40 || !isDigit(text[0]) || !isDigit(text[9]) || !isBlank(text[10]) {
		return t, 0, false, false
	}
	c := Cursor{text: text}
	if _, ok = c.Number(1 << 40); !ok || !c.Lit(" ") {
		return t, 0, false, false
	}
	year, ok1 := c.Number(9999)
	ok1 = ok1 && c.Lit(".")
	month, ok2 := c.Number(12)
	ok2 = ok2 && c.Lit(".")
	day, ok3 := c.Number(31)
	if !ok1 || !ok2 || !ok3 || month == 0 || day == 0 || !c.Lit(" ") {
		return t, 0, false, false
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return t, 0, false, false
	}
	nanos := c.fraction()
	if !c.Lit(" ") || !strings.HasPrefix(c.Rest(), "ipfw: ") {
		return t, 0, false, false
	}
	if clock != nil {
		t, dated = clock.Dated(year, month, day, hour, minute, second)
		t = t.Add(time.Duration(nanos))
	}
	return t, c.pos, dated, true
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

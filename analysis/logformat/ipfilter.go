package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// ipfilter is what ipmon writes of IP Filter (Solaris, BSD) to a file of its own, the day first:
//
//	24/06/2001 23:41:01.084778 2x ep0 @0:11 b A,p -> B,q PR tcp len 20 48 -S IN
//
// "2x" counts packets that are alike. The letter is what was done: p and P passed, b and B blocked, S
// short, n no rule, L a rule that only logs (ipmon(8)).
// Through syslog the day is in syslog's stamp.
var ipfilter = Format{
	Name:       "ipfilter",
	Title:      "IP Filter (ipmon)",
	Recognised: `"dd/mm/yyyy hh:mm:ss.ffffff" or syslog program ipmon, and "interface @group:rule letter A,p -> B,q PR …"`,
	Carrier:    CarrierSyslog,
	Leads:      decimals,
	After:      "/",
	Starts: func(text string) bool {
		c := Cursor{text: text}
		_, _, _, ok := c.ipmonDate()
		return ok
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			if err := ipmonHeader(c, ev, clock); err != nil {
				return err
			}
			return parseIPMon(c, ev)
		}
	},
}

// ipmonHeader reads what stands before the interface.
func ipmonHeader(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if c.pos > 0 {
		if ev.Program != "ipmon" {
			return ErrOtherProgram
		}
		c.Mine()
		ev.Session = 0
		// The packet's own time of day, which can lie a second before syslog's.
		if _, _, _, ok := c.timeOfDay(); ok {
			c.fraction()
			if !c.Lit(" ") {
				return ErrNotMine
			}
		}
		return nil
	}
	day, month, year, ok := c.ipmonDate()
	if !ok {
		return ErrNotMine
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return ErrNotMine
	}
	if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
		return &SyntaxError{"ipfilter", "the date does not exist"}
	}
	ev.Time = ev.Time.Add(time.Duration(c.fraction()))
	c.Blanks()
	ev.Message = c.Rest()
	return nil
}

// ipmonDate reads "dd/mm/yyyy " and leaves the cursor at the time of day, which has a fraction.
func (c *Cursor) ipmonDate() (day, month, year int, ok bool) {
	if day, ok = c.Number(31); !ok || day == 0 || !c.Lit("/") {
		return 0, 0, 0, false
	}
	if month, ok = c.Number(12); !ok || month == 0 || !c.Lit("/") {
		return 0, 0, 0, false
	}
	if year, ok = c.Number(9999); !ok || year < 1990 || !c.Lit(" ") {
		return 0, 0, 0, false
	}
	at := *c
	_, _, _, ok = at.timeOfDay()
	return day, month, year, ok && at.pos < len(at.text) && at.text[at.pos] == '.'
}

func parseIPMon(c *Cursor, ev *analysis.Event) error {
	at := c.pos
	if n, ok := c.Number(1 << 20); ok && c.Lit("x ") {
		ev.Count = n
	} else {
		c.pos = at
	}
	if c.Lit("STATE:") || c.Lit("NAT:") {
		return ErrNotEvent
	}
	if c.Token("") == "" || !c.Lit(" @") {
		return ErrNotMine
	}
	c.Mine()
	if c.Token("") == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	letter := c.Token("")
	if letter == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	switch letter {
	case "b", "B", "S":
		ev.Action = analysis.ActionBlocked
	case "p", "P":
		ev.Action = analysis.ActionAllowed
	case "n", "L", "?":
		ev.Action = analysis.ActionInfo
	default:
		return ErrNotMine
	}
	var p packet
	p.icmpType = -1
	src := c.Token("")
	if src == "" || !c.Lit(" -> ") {
		return ErrNotMine
	}
	dst := c.Token("")
	if dst == "" || !c.Lit(" PR ") {
		return ErrNotMine
	}
	if p.proto = protocol(c.Token("")); p.proto == "" || !c.Lit(" len ") {
		return ErrNotMine
	}
	if !ipmonSide(src, &p.src) || !ipmonSide(dst, &p.dst) {
		return &SyntaxError{"ipfilter", "the addresses cannot be read"}
	}
	if p.proto == "ipv6-icmp" {
		p.proto = "icmp6"
	}
	if _, ok := c.Number(65535); !ok || !c.Lit(" ") {
		return ErrNotMine
	}
	if _, ok := c.Number(65535); !ok {
		return ErrNotMine
	}
	out, direction := false, false
	for !c.Done() && !direction {
		switch word := c.Token(""); {
		case strings.HasPrefix(word, "-"):
			p.setFlags(word[1:])
		case word == "IN", word == "OUT":
			out, direction = word == "OUT", true
		case word == "icmp" || word == "icmpv6":
			c.Blanks()
			n := c.Token("/")
			p.icmpType = ipmonICMP(n)
			c.Token("")
		default:
			// State, fragments, the packet that an ICMP error quotes.
		}
	}
	if !direction {
		c.ended(c.pos)
		return ErrNotMine
	}
	p.filtered(ev, out)
	return nil
}

func ipmonICMP(s string) int {
	switch s {
	case "echo":
		return 8
	case "echorep":
		return 0
	}
	n := Cursor{text: s}
	if t, ok := n.Number(255); ok {
		return t
	}
	return -1
}

// ipmonSide reads "address,port"; with option -n the address is a name and the port a service's.
func ipmonSide(s string, e *analysis.Endpoint) bool {
	host, port, hasPort := strings.Cut(s, ",")
	if ip, ok := parseAddr(host); ok {
		e.IP = ip
	} else if e.Name = host; !isHostName(host) {
		return false
	}
	if hasPort {
		setPort(e, port)
	}
	return true
}

package logformat

import (
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
)

// tcpdump is tcpdump's text with a date (options -tttt, or -tt for seconds since 1970), in which nothing
// is judged: a line is a packet. The address and the port are divided by a dot.
//
//	2015-02-24 02:23:00.757048 IP A.p > B.q: Flags [S], seq …       since tcpdump 4.0
//	2003-01-01 02:23:00.757048 A.p > B.q: S 115:115(0) win 43690    before
//
// Without those options the date is missing, and a record that nobody can date is no evidence.
var tcpdump = Format{
	Name:       "tcpdump",
	Title:      "tcpdump text with dates (-tttt or -tt); captures of packets (pcap, pcapng, snoop)",
	Recognised: `a stamp and "IP A.p > B.q: …"; a capture by its first bytes`,
	Carrier:    CarrierNone,
	FreeText:   true,
	Leads:      "t" + decimals,
	After:      " \t:-.",
	Starts: func(text string) bool {
		if strings.HasPrefix(text, "tcpdump: ") {
			return true
		}
		if beginsAddress(text) {
			return false // the usual case where lines of other logs begin with a number
		}
		c := Cursor{text: text}
		c.tcpdumpNumber()
		_, _, ok := c.tcpdumpStamp(nil)
		return ok && c.tcpdumpStarts()
	},
	New: func(clock *Clock) Parser {
		open := handshakes{}
		return func(c *Cursor, ev *analysis.Event) error { return parseTCPDump(c, ev, clock, open) }
	},
}

// tcpdumpNote reads what tcpdump says of itself.
func (c *Cursor) tcpdumpNote() error {
	text := strings.TrimRight(c.Rest(), " \t")
	if strings.HasPrefix(text, truncatedCapture) {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		return &SyntaxError{"tcpdump", "the capture is cut short or damaged: " + text[len(truncatedCapture):]}
	}
	if c.Lit("tcpdump: listening on ") || c.Lit("tcpdump: verbose output suppressed, use -v") {
		return ErrNotEvent
	}
	return ErrNotMine
}

// tcpdumpNumber moves past the number of the packet, which option -# puts in front.
func (c *Cursor) tcpdumpNumber() {
	at := c.pos
	if _, ok := c.Number(1 << 30); !ok || !c.Lit(" ") || c.Done() || !isDigit(c.text[c.pos]) {
		c.pos = at
	}
}

// tcpdumpStamp reads the stamp of a line; dated is false when it is only a time of day.
func (c *Cursor) tcpdumpStamp(clock *Clock) (t time.Time, dated, ok bool) {
	at := c.pos
	year, ok := c.Number(1 << 33)
	if !ok {
		return t, false, false
	}
	if year > 9999 && c.pos < len(c.text) && c.text[c.pos] == '.' && c.pos-at >= 9 {
		nanos := c.fraction()
		if !c.Lit(" ") {
			return t, false, false
		}
		if clock == nil {
			return t, true, true
		}
		u := time.Unix(int64(year), 0).UTC()
		t, ok = clock.Zoned(u.Year(), int(u.Month()), u.Day(), u.Hour(), u.Minute(), u.Second(), 0)
		return t.Add(time.Duration(nanos)), true, ok
	}
	if c.pos-at == 4 && c.Lit("-") {
		month, ok1 := c.Number(12)
		if !ok1 || month == 0 || !c.Lit("-") {
			return t, false, false
		}
		day, ok2 := c.Number(31)
		if !ok2 || day == 0 || !c.Lit(" ") {
			return t, false, false
		}
		hour, minute, second, ok3 := c.timeOfDay()
		if !ok3 || c.pos == len(c.text) || c.text[c.pos] != '.' {
			return t, false, false
		}
		nanos := c.fraction()
		utc := c.Lit("Z") // of a capture
		if !c.Lit(" ") {
			return t, false, false
		}
		if clock == nil {
			return t, true, true
		}
		if utc {
			t, ok = clock.Zoned(year, month, day, hour, minute, second, 0)
			return t.Add(time.Duration(nanos)), true, ok
		}
		t, ok = clock.Dated(year, month, day, hour, minute, second)
		return t.Add(time.Duration(nanos)), true, ok
	}
	c.pos = at
	if _, _, _, ok := c.timeOfDay(); !ok || c.pos == len(c.text) || c.text[c.pos] != '.' {
		return t, false, false
	}
	c.fraction()
	return t, false, c.Lit(" ")
}

// tcpdumpStarts reports whether a packet follows.
func (c *Cursor) tcpdumpStarts() bool {
	rest := c.Rest()
	if strings.HasPrefix(rest, "IP ") || strings.HasPrefix(rest, "IP6 ") || strings.HasPrefix(rest, "ARP, ") || strings.HasPrefix(rest, "frame without IP, ") {
		return true
	}
	at := *c
	var e analysis.Endpoint
	return addrPort(at.Token(""), '.', true, &e) && at.Lit(" > ")
}

func parseTCPDump(c *Cursor, ev *analysis.Event, clock *Clock, open handshakes) error {
	if strings.HasPrefix(c.Rest(), "tcpdump: ") {
		return c.tcpdumpNote()
	}
	c.tcpdumpNumber()
	var dated, ok bool
	if ev.Time, dated, ok = c.tcpdumpStamp(clock); !ok {
		return &SyntaxError{"tcpdump", "the date does not exist"}
	}
	if !dated {
		return &SyntaxError{"tcpdump", "the record has a time and no date; tcpdump writes dates with its option -tttt"}
	}
	ev.Message = c.Rest()
	if c.Lit("ARP, ") || c.Lit("frame without IP, ") {
		return ErrNotEvent
	}
	c.Mine()
	var p packet
	if err := c.tcpdumpPacket(&p, ev); err != nil {
		return err
	}
	ev.Action = analysis.ActionInfo
	// What goes from a private network to the world is the site's own, and a datagram from a service's
	// port to a client's is an answer.
	answer := p.proto == "udp" && p.src.Port != 0 && p.src.Port < 1024 && p.dst.Port >= 1024
	out := outgoing(p.src.IP, p.dst.IP)
	p.filtered(ev, answer || out)
	if open.see(&p) && !out {
		// The client's last packet proves that the server let it in, and that its address is real. The
		// attempt has been counted with its first.
		ev.Action, ev.Tries, ev.Handshake = analysis.ActionAllowed, analysis.TriesSession, analysis.HandshakeCompleted
	}
	return nil
}

// outgoing reports whether a packet goes from a private network (RFC 1918, RFC 4193) to a public address.
func outgoing(src, dst netip.Addr) bool {
	return src.IsPrivate() && dst.IsValid() && !dst.IsPrivate() && !dst.IsLoopback() && !dst.IsLinkLocalUnicast()
}

// tcpdumpPacket reads "[IP [(…)]] A.p > B.q: …" as tcpdump prints a packet. What follows the flags is
// passed over.
func (c *Cursor) tcpdumpPacket(p *packet, ev *analysis.Event) error {
	p.icmpType = -1
	if !c.Lit("IP6 ") {
		c.Lit("IP ")
	}
	if c.pos < len(c.text) && c.text[c.pos] == '(' && !c.parentheses() {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	c.Blanks()
	src := c.Token("")
	// Where a line was broken before the arrow, it looks like a mark of quotation and is gone.
	if src == "" || !c.Lit(" > ") && !c.Lit(" ") {
		return ErrNotMine
	}
	dst := c.Token("")
	if !strings.HasSuffix(dst, ":") {
		return ErrNotMine
	}
	if !tcpdumpSide(src, &p.src, nil) || !tcpdumpSide(strings.TrimSuffix(dst, ":"), &p.dst, ev) {
		return ErrNotMine
	}
	if c.Done() {
		c.ended(c.pos)
		return ErrNotMine
	}
	c.Lit("[icmp6 sum ok] ")
	switch {
	case c.Lit("fragment of "): // of a capture: one that is not the first, which tells no port
		p.proto, ev.Context = "ip", true
	case c.Lit("Flags ["):
		flags, ok := c.Until("]")
		if !ok {
			return ErrNotMine
		}
		p.proto = "tcp"
		p.setFlags(strings.TrimPrefix(flags, "none"))
	case c.LitFold("udp"), strings.Contains(c.Rest(), "[udp sum"):
		p.proto = "udp"
	case c.LitFold("icmp: echo request"), c.LitFold("icmp echo request"):
		p.proto, p.icmpType = "icmp", 8
	case c.LitFold("icmp6: echo request"), c.LitFold("icmp6, echo request"):
		p.proto, p.icmpType = "icmp6", 128
	case c.LitFold("icmp6"):
		p.proto = "icmp6"
	case c.LitFold("icmp"):
		p.proto = "icmp"
	case c.Lit("tcp "):
		p.proto, p.ack = "tcp", true // the flags are not shown
	default:
		if word := c.Token(""); word != "" && strings.Trim(word, "SFRPWEU.") == "" {
			p.proto = "tcp"
			p.setFlags(word)
			if strings.Contains(c.Rest(), " ack ") {
				p.ack = true
			}
		} else if p.dst.Port != 0 {
			p.proto = "udp" // a decoded datagram
		} else {
			p.proto = "ip"
		}
	}
	return nil
}

// parentheses moves past "(…)", which may nest; ok is false when they do not close.
func (c *Cursor) parentheses() bool {
	depth := 0
	for p := c.pos; p < len(c.text); p++ {
		switch c.text[p] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				c.pos = p + 1
				return true
			}
		}
	}
	return false
}

// tcpdumpSide reads "address.port", where the port can be a service's name.
func tcpdumpSide(s string, e *analysis.Endpoint, ev *analysis.Event) bool {
	if addrPort(s, '.', true, e) {
		return true
	}
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return false
	}
	ip, ok := parseAddr(s[:i])
	if !ok || !isHostName(s[i+1:]) {
		return false
	}
	e.IP = ip
	if ev != nil {
		ev.Service = s[i+1:]
	}
	return true
}

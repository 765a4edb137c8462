package logformat

import (
	"strings"

	"practicum/analysis"
)

// norton is the firewall log of Norton Internet Security 2000 and of AtGuard, from which it came:
// records of several lines, newest first. In a record of an inbound connection "Local" is the
// protected machine, and "Remote address,local service is (address,port)" pairs the remote
// address with a local port. The packets are dropped without an answer.
var norton = Format{
	Name:       "norton",
	Title:      "Norton Internet Security and AtGuard firewall records",
	Recognised: `a stamp mm/dd/yyyy and 'Rule "…" blocked' or "Unused port blocking", with "Inbound …" and "Remote address" lines`,
	Carrier:    CarrierNone,
	Leads:      decimals,
	After:      "/",
	Starts:     startsNorton,
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseNorton(c, ev, clock) }
	},
}

// startsNorton tells a stamp such as "3/4/2000 0:21:35 ".
func startsNorton(text string) bool {
	c := Cursor{text: text}
	_, _, _, ok := nortonDate(&c)
	if !ok || !c.Lit(" ") {
		return false
	}
	_, _, _, ok = c.timeOfDay()
	return ok
}

// nortonDate reads "mm/dd/yyyy", the order of the United States' edition.
func nortonDate(c *Cursor) (month, day, year int, ok bool) {
	if month, ok = c.Number(12); !ok || month == 0 || !c.Lit("/") {
		return 0, 0, 0, false
	}
	if day, ok = c.Number(31); !ok || day == 0 || !c.Lit("/") {
		return 0, 0, 0, false
	}
	year, ok = c.Number(9999)
	return month, day, year, ok && year >= 1990
}

func parseNorton(c *Cursor, ev *analysis.Event, clock *Clock) error {
	month, day, year, ok := nortonDate(c)
	if !ok || !c.Lit(" ") {
		return ErrNotMine
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok || !c.Lit(" ") {
		return ErrNotMine
	}
	start := c.pos
	unused := false
	switch {
	case c.Lit("Unused port blocking has "):
		unused = true
	case c.Lit(`Rule "`):
		// A rule's name may hold blanks and slashes; it ends at its closing quote.
		name, ok := c.nortonRule()
		if !ok {
			return ErrNotMine
		}
		ev.Signature = name
	default:
		return ErrNotMine
	}
	switch {
	case c.Lit("blocked "), c.Lit("stealthed "):
		ev.Action = analysis.ActionBlocked
	case c.Lit("permitted "):
		ev.Action = analysis.ActionAllowed
	default:
		return ErrNotMine
	}
	if unused {
		if !c.Lit("communications. Details:") {
			return ErrNotMine
		}
	} else {
		if _, _, err := c.nortonPair(); err != nil || !c.Lit(". Details:") {
			return ErrNotMine
		}
	}
	c.Mine()
	ev.Message = c.text[start:]
	if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
		return &SyntaxError{"norton", "the date does not exist"}
	}
	return parseNortonDetails(c, ev)
}

func parseNortonDetails(c *Cursor, ev *analysis.Event) error {
	c.Blanks()
	inbound := false
	switch {
	case c.Lit("Inbound "):
		inbound = true
	case c.Lit("Outbound "):
	default:
		return ErrNotMine
	}
	switch {
	case c.Lit("TCP connection"):
		ev.Proto, ev.Tries = "tcp", analysis.TriesPacket
	case c.Lit("UDP packet"):
		ev.Proto, ev.Tries = "udp", analysis.TriesConnection
	case c.Lit("ICMP request"):
		ev.Proto, ev.Tries = "icmp", analysis.TriesConnection
	default:
		return ErrNotMine
	}
	if ev.Action == analysis.ActionBlocked {
		ev.Handshake = analysis.HandshakeNone
	} else {
		ev.Tries = analysis.TriesConnection // what was let through is not sent again
	}
	var local, remote analysis.Endpoint
	remoteService := ""
	for seen, complete := false, false; !complete; {
		if c.Done() {
			if !seen {
				c.ended(c.pos)
				return ErrNotMine
			}
			// "Process name" is the last line, and posters lose it.
			c.Open()
			complete = true
			continue
		}
		switch {
		case c.Lit("Local address,service is "):
			host, service, err := c.nortonPair()
			if err != nil {
				return err
			}
			nortonHost(&local, host)
			ev.Service = service
		case c.Lit("Remote address,local service is "):
			host, service, err := c.nortonPair()
			if err != nil {
				return err
			}
			nortonHost(&remote, host)
			ev.Service, seen = service, true
		case c.Lit("Remote address,service is "):
			host, service, err := c.nortonPair()
			if err != nil {
				return err
			}
			nortonHost(&remote, host)
			nortonPort(&remote, service)
			remoteService, seen = service, true
		case c.Lit(`Process name is "`):
			if _, ok := c.Until(`"`); !ok || !c.Done() || !seen {
				return ErrNotMine
			}
			complete = true
		default:
			return ErrNotMine
		}
	}
	if inbound {
		ev.Source, ev.Target = remote, local
	} else {
		ev.Source, ev.Target, ev.Service = local, remote, remoteService
		ev.Context = true
	}
	nortonPort(&ev.Target, ev.Service)
	if inbound && !ev.Source.IP.IsValid() && ev.Source.Name == "" {
		return &SyntaxError{"norton", "the record names no remote address"}
	}
	return nil
}

// nortonRule reads a rule's name up to the quote that a verb follows; the name may hold quotes itself.
func (c *Cursor) nortonRule() (name string, ok bool) {
	start := c.pos
	for {
		if _, ok := c.Until(`"`); !ok {
			return "", false
		}
		end := c.pos - 1
		at := *c
		at.Blanks()
		if at.pos == len(at.text) {
			c.ended(at.pos)
			return "", false
		}
		for _, verb := range [...]string{"blocked", "stealthed", "permitted"} {
			if strings.HasPrefix(at.Rest(), verb) {
				c.pos = at.pos
				return foldBlanks(c.text[start:end]), true
			}
		}
	}
}

// nortonPair reads "(host,service)". Parentheses nest, as in "(mypc,http(80))", and the host ends
// at the first comma.
func (c *Cursor) nortonPair() (host, service string, err error) {
	if !c.Lit("(") {
		return "", "", ErrNotMine
	}
	depth, comma := 1, -1
	for p := c.pos; p < len(c.text); p++ {
		switch c.text[p] {
		case '(':
			depth++
		case ',':
			if comma < 0 {
				comma = p
			}
		case ')':
			if depth--; depth == 0 {
				if comma < 0 {
					return "", "", ErrNotMine
				}
				host, service = c.text[c.pos:comma], c.text[comma+1:p]
				c.pos = p + 1
				return strings.TrimSpace(host), strings.TrimSpace(service), nil
			}
		}
	}
	c.ended(c.pos)
	return "", "", ErrNotMine
}

func nortonHost(e *analysis.Endpoint, host string) {
	if ip, ok := parseAddr(host); ok {
		e.IP = ip
	} else {
		e.Name = host
	}
}

// nortonPort takes the number out of "13223" or "http(80)"; a name alone ("telnet", "NetBus") is
// left to those who know names.
func nortonPort(e *analysis.Endpoint, service string) {
	if i := strings.LastIndexByte(service, '('); i >= 0 {
		service = strings.TrimSuffix(service[i+1:], ")")
	}
	c := Cursor{text: service}
	if n, ok := c.Number(65535); ok && c.Done() {
		e.Port = uint16(n)
	}
}

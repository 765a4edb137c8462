package logformat

import (
	"strings"

	"practicum/analysis"
)

// netfilter is what the LOG target of iptables, ip6tables and nftables writes, and with it ufw and
// firewalld: key=value words behind a prefix that the administrator chose. A logged packet is not a
// blocked one: only a prefix that says so makes it blocked (Linux, nf_log_syslog.c).
var netfilter = Format{
	Name:       "netfilter",
	Title:      "iptables, ip6tables, nftables, ufw and firewalld (netfilter LOG)",
	Recognised: `syslog message with "IN=… OUT=… SRC=… DST=… PROTO=…"`,
	Carrier:    CarrierSyslog,
	Hears:      func(string) hearing { return hearing{holds: '='} },
	New: func(*Clock) Parser {
		var last verdict
		return func(c *Cursor, ev *analysis.Event) error { return parseNetfilter(c, ev, &last) }
	},
}

// verdict is what a rule's prefix says. Most records of a log have the prefix of the one before.
type verdict struct {
	prefix, signature string
	action            analysis.Action
}

func (v *verdict) of(prefix string) *verdict {
	if v.action == "" || v.prefix != prefix {
		prefix = strings.Clone(prefix)
		*v = verdict{prefix, foldBlanks(strings.Trim(prefix, " :[]-")), netfilterAction(prefix)}
	}
	return v
}

func parseNetfilter(c *Cursor, ev *analysis.Event, last *verdict) error {
	if strings.HasPrefix(ev.Program, "IN=") {
		// No host and no program stand before the prefix, which is taken for the host's name.
		c.pos = strings.Index(c.text, ev.Host)
		ev.Host, ev.Program, ev.Message = "", "", c.Rest()
	}
	rest := c.Rest()
	at := strings.Index(rest, "IN=")
	if at < 0 || (at > 0 && isWordByte(rest[at-1])) {
		return ErrNotMine
	}
	// The prefix may end without a blank: "DROP:IN=eth0".
	if !strings.Contains(rest[at:], " OUT=") {
		return ErrNotMine
	}
	says := last.of(strings.TrimSpace(rest[:at]))
	ev.Session = 0
	var p packet
	if err := p.parse(c, at, ev); err != nil {
		return err
	}
	ev.Action, ev.Signature = says.action, says.signature
	allowed := ev.Action == analysis.ActionAllowed
	p.filtered(ev, p.in == "" && p.out != "") // without IN the machine sent it itself
	if allowed && p.in != "" {
		ev.Context = false
		p.event(ev) // one that a rule let through and logged is no less a try than one that only was logged
	}
	return nil
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || isDigit(b) || b == '_' || b == '='
}

// netfilterAction reads the verdict out of a rule's prefix. A prefix without one says nothing.
func netfilterAction(prefix string) analysis.Action {
	p := strings.ToUpper(prefix)
	for _, word := range [...]string{"DROP", "BLOCK", "DENY", "DENIED", "REJECT"} {
		if strings.Contains(p, word) {
			return analysis.ActionBlocked
		}
	}
	for _, word := range [...]string{"ACCEPT", "ALLOW", "PASS"} {
		if strings.Contains(p, word) {
			return analysis.ActionAllowed
		}
	}
	// Ubiquiti names the rules "[chain-number-D]" and ends with what they do.
	switch {
	case strings.HasSuffix(p, "-D]"), strings.HasSuffix(p, "-R]"):
		return analysis.ActionBlocked
	case strings.HasSuffix(p, "-A]"):
		return analysis.ActionAllowed
	}
	return analysis.ActionInfo
}

// packet is what a packet filter's record says of one packet.
type packet struct {
	in, out            string
	src, dst           analysis.Endpoint
	proto              string
	icmpType           int
	syn, ack, fin, rst bool
	psh, urg           bool
	toAll              bool // the hardware address says that the packet went to everybody
	whole              bool // the record was logged to its end, flags and all
}

// parse reads the words of netfilter's record from at on. What stands in brackets is the packet that
// an ICMP error quotes, and is passed over.
func (p *packet) parse(c *Cursor, at int, ev *analysis.Event) error {
	p.icmpType = -1
	c.pos += at
	for !c.Done() {
		start, equals, end, text := c.pos, -1, c.pos, c.text
		for ; end < len(text) && !isBlank(text[end]); end++ {
			if text[end] == '=' {
				equals = end
				break
			}
		}
		for end < len(text) && !isBlank(text[end]) {
			end++
		}
		word := text[start:end]
		c.pos = end
		if word[0] == '[' {
			if _, ok := c.Until("]"); !ok {
				c.pos = len(c.text)
			}
			continue
		}
		if word == "(" { // options of IPv4 or IPv6: "OPT ( … )"
			c.Until(")")
			continue
		}
		if equals < 0 {
			if p.setFlag(word) {
				continue
			}
			switch word {
			case "CE", "DF", "MF", "CWR", "ECE", "INCOMPLETE", "OPT":
			default:
				if !strings.HasPrefix(word, "FRAG:") && !strings.HasPrefix(word, "ID:") && !strings.HasPrefix(word, "(") {
					return ErrNotMine
				}
			}
			continue
		}
		key, value, ok := text[start:equals], text[equals+1:end], true
		switch key {
		case "IN":
			p.in = value
		case "OUT":
			p.out = value
		case "MAC":
			p.toAll = strings.HasPrefix(value, "ff:ff:ff:ff:ff:ff")
		case "SRC":
			p.src.IP, ok = parseAddr(value)
		case "DST":
			p.dst.IP, ok = parseAddr(value)
		case "PROTO":
			p.proto = protocol(value)
			ok = isHostName(value)
		case "SPT":
			ok = setPort(&p.src, value)
		case "DPT":
			ok = setPort(&p.dst, value)
		case "URGP":
			p.whole = true
			n := Cursor{text: value}
			_, ok = n.Number(65535)
			ok = ok && n.Done()
		case "TYPE":
			n := Cursor{text: value}
			p.icmpType, ok = n.Number(255)
		}
		if !ok {
			if _, decorated := undecorateEnd(word); decorated {
				return ErrNotMine
			}
			return &SyntaxError{"netfilter", "the value of " + key + " cannot be read"}
		}
	}
	if !p.src.IP.IsValid() || !p.dst.IP.IsValid() || p.proto == "" {
		c.ended(c.pos)
		return ErrNotMine
	}
	return nil
}

func setPort(e *analysis.Endpoint, value string) bool {
	c := Cursor{text: value}
	n, ok := c.Number(65535)
	e.Port = uint16(n)
	return ok && c.Done()
}

// protocol names a protocol of IP in lower case; numbers are IANA's.
func protocol(s string) string {
	switch s {
	case "1", "ICMP":
		return "icmp"
	case "2":
		return "igmp"
	case "6", "TCP":
		return "tcp"
	case "17", "UDP":
		return "udp"
	case "58", "ICMPv6":
		return "icmp6"
	}
	return strings.ToLower(s)
}

// event makes the packet an event: who tried what.
func (p *packet) event(ev *analysis.Event) {
	ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
	if ev.Action == analysis.ActionBlocked {
		ev.Handshake = analysis.HandshakeNone
	}
	switch p.proto {
	case "tcp":
		switch {
		case p.syn && !p.ack && !p.fin && !p.rst:
			ev.Tries = analysis.TriesPacket
		case p.fin && !p.ack, p.syn && p.fin, p.whole && p.bare() && !p.ack && !p.rst:
			// No flag, FIN alone, FIN with PSH and URG, SYN with FIN: no stack opens a connection so.
			ev.Tries = analysis.TriesPacket
			ev.Signature = "TCP flags " + p.flags()
		case !p.ack && !p.rst && p.bare():
			ev.Tries = analysis.TriesPacket // the record was cut before its flags
		default:
			ev.Context = true // an answer, or a packet of a connection that is under way
		}
	case "udp", "sctp", "udplite":
		if ev.Tries = analysis.TriesConnection; p.answers() {
			ev.Context = true
		}
	case "icmp":
		switch ev.Tries = analysis.TriesConnection; p.icmpType {
		case 8, 13, 15, 17: // echo, and the requests for the time, the network and its mask
		default:
			ev.Tries, ev.Context = analysis.TriesNone, true
		}
	case "icmp6":
		if ev.Tries = analysis.TriesConnection; p.icmpType != 128 {
			ev.Tries, ev.Context = analysis.TriesNone, true
		}
	default:
		ev.Tries = analysis.TriesConnection
	}
}

// answers reports whether a datagram looks like the answer of a service that the site's machines ask all
// day: names, the time, addresses, pages over QUIC. A filter that has forgotten the question drops it.
func (p *packet) answers() bool {
	switch p.src.Port {
	case 53, 123, 443:
		return p.dst.Port >= 1024
	case 67:
		return p.dst.Port == 68
	}
	return false
}

// bare reports whether none of the flags is set that flags lists.
func (p *packet) bare() bool { return !p.syn && !p.fin && !p.psh && !p.urg }

func (p *packet) flags() string {
	var list []string
	for _, f := range [...]struct {
		set  bool
		name string
	}{{p.syn, "SYN"}, {p.fin, "FIN"}, {p.psh, "PSH"}, {p.urg, "URG"}} {
		if f.set {
			list = append(list, f.name)
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}

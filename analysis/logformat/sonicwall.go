package logformat

import (
	"strings"

	"practicum/analysis"
)

// sonicWall is the log of SonicWall firewalls (SonicOS Log Events Reference Guide): key=value, msg in words, and
// src and dst as address:port:interface. time is the device's clock, with " UTC" where it was set so.
//
//	id=firewall sn=S time="2007-01-03 14:48:07" fw=B pri=1 c=32 m=30 msg="Administrator login denied due to bad credentials" n=7 src=A:1:WAN dst=B:80:WAN
var sonicWall = Format{
	Name:       "sonicwall",
	Title:      "SonicWall",
	Recognised: `"id=… sn=… time=" and key=value fields with fw and msg, also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "i<",
	Starts: func(text string) bool {
		text = afterPriority(text)
		return strings.HasPrefix(text, "id=") && strings.Contains(text, " fw=") && strings.Contains(text, " msg=")
	},
	Hears: nothing,
	New: func(clock *Clock) Parser {
		var m fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			text, err := c.deviceText(ev, "id=")
			if err != nil {
				return err
			}
			return parseSonicWall(m.read(text), text, ev, clock)
		}
	},
}

func parseSonicWall(m *fieldTable, text string, ev *analysis.Event, clock *Clock) error {
	if m.of("fw") == "" || m.of("msg") == "" {
		return ErrNotMine
	}
	stamp := m.of("time")
	if utc, ok := strings.CutSuffix(stamp, " UTC"); ok {
		stamp = utc + "Z"
	}
	t, n, ok := deviceTime(stamp, clock)
	if n == 0 || !ok {
		return brokenUnless("sonicwall", text, "the time cannot be read")
	}
	ev.Time, ev.Message, ev.Action = t, text, analysis.ActionInfo
	if ev.Host == "" {
		ev.Host = m.of("fw")
	}
	ev.User = foldBlanks(m.of("usr"))
	p := packet{icmpType: -1}
	zone := sonicSide(m.of("src"), &p.src)
	sonicSide(m.of("dst"), &p.dst)
	sonicSix(m.of("srcV6"), m.of("src"), &p.src)
	sonicSix(m.of("dstV6"), m.of("dst"), &p.dst)
	if _, sides, ok := strings.Cut(m.of("msg"), " - src: "); ok && !p.src.IP.IsValid() { // "Possible SYN Flood on IF X0 - src: A:1 dst: B:481"
		src, dst, _ := strings.Cut(sides, " dst: ")
		sonicSide(src, &p.src)
		sonicSide(dst, &p.dst)
	}
	p.proto, _, _ = strings.Cut(m.of("proto"), "/")
	if !p.src.IP.IsValid() {
		return ErrNotEvent // the device's own state
	}
	if m.of("srcZone") != "" {
		zone = m.of("srcZone")
	}
	out := zone != "" && !strings.HasPrefix(zone, "WAN") && !strings.HasPrefix(zone, "X1") && p.src.IP.IsPrivate() || outgoing(p.src.IP, p.dst.IP)
	var room [128]byte
	msg := view(appendLower(room[:0], m.of("msg")))
	switch {
	case strings.Contains(msg, "login denied"), strings.Contains(msg, "login failed"), strings.Contains(msg, "login failure"):
		ev.Source, ev.Target = p.src, p.dst
		ev.Action, ev.Tries, ev.Handshake, ev.Proto = analysis.ActionFailed, analysis.TriesSession, analysis.HandshakeCompleted, "tcp"
	case strings.Contains(msg, "login allowed"):
		ev.Source, ev.Target = p.src, p.dst
		ev.Action, ev.Tries, ev.Handshake, ev.Proto, ev.Context = analysis.ActionAllowed, analysis.TriesSession, analysis.HandshakeCompleted, "tcp", true
	case strings.Contains(msg, "port scan"), strings.Contains(msg, "spoof"), strings.Contains(msg, "attack"), strings.Contains(msg, "flood"), strings.Contains(msg, "ips "):
		ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
		name, _, _ := strings.Cut(m.of("msg"), " - src: ")
		ev.Signature, ev.Tries = foldBlanks(name), analysis.TriesConnection
		if strings.Contains(msg, "dropped") || strings.Contains(msg, "blocked") || strings.Contains(msg, "prevention") {
			ev.Action = analysis.ActionBlocked
		}
	case strings.Contains(msg, "dropped"), strings.Contains(msg, "denied"), strings.Contains(msg, "blocked"):
		ev.Action = analysis.ActionBlocked
		first, _, _ := strings.Cut(msg, " ")
		for _, proto := range [...]string{"tcp", "udp", "icmp"} {
			if p.proto == "" && first == proto {
				p.proto = proto
			}
		}
		if p.syn = p.proto == "tcp"; p.proto == "icmp" {
			p.src.Port, p.dst.Port = 0, 0
			if m.of("type") == "8" {
				p.icmpType = 8
			}
		}
		p.filtered(ev, out)
	case strings.HasPrefix(msg, "connection opened"), strings.HasPrefix(msg, "connection closed"), strings.HasPrefix(msg, "ike "), strings.HasPrefix(msg, "received notify"),
		strings.HasPrefix(msg, "nat mapping"):
		ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case strings.HasPrefix(msg, "ipsec vpn decryption failed"):
		ev.Source, ev.Target, ev.Context = p.src, p.dst, true
	default:
		return ErrUnknown
	}
	return nil
}

// sonicSix takes the address of version 6, which stands in a field of its own beside ":port:interface".
func sonicSix(address, side string, e *analysis.Endpoint) {
	ip, ok := parseAddr(address)
	if !ok {
		return
	}
	e.IP = ip
	if _, rest, ok := strings.Cut(side, ":"); ok {
		port, _, _ := strings.Cut(rest, ":")
		setPort(e, port)
	}
}

// sonicSide reads "address:port:interface", of which the last two may be missing.
func sonicSide(s string, e *analysis.Endpoint) (zone string) {
	address, rest, hasPort := strings.Cut(s, ":")
	ip, ok := parseAddr(address)
	if !ok {
		return ""
	}
	if e.IP = ip; !hasPort {
		return ""
	}
	port, rest, _ := strings.Cut(rest, ":")
	setPort(e, port)
	zone, _, _ = strings.Cut(rest, ":")
	return zone
}

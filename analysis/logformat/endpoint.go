package logformat

import (
	"strings"

	"practicum/analysis"
)

// addrPort reads "address" or "address<sep>port" into e, and "[address]<sep>port". Where an IPv6 address
// and its port are both divided by colons, nobody can tell the last group from a port; with port set,
// the record's protocol has ports and the last group is taken for one.
func addrPort(s string, sep byte, port bool, e *analysis.Endpoint) bool {
	if strings.HasPrefix(s, "[") {
		i := strings.IndexByte(s, ']')
		if i < 0 {
			return false
		}
		ip, ok := parseAddr(s[1:i])
		if !ok {
			return false
		}
		e.IP = ip
		rest := s[i+1:]
		return rest == "" || rest[0] == sep && setPort(e, rest[1:])
	}
	ip, ok := parseAddr(s)
	if ok && (ip.Is4() || sep != ':' || !port) {
		e.IP = ip
		return true
	}
	if i := strings.LastIndexByte(s, sep); i > 0 {
		if host, hasHost := parseAddr(s[:i]); hasHost && setPort(e, s[i+1:]) {
			e.IP = host
			return true
		}
	}
	if ok {
		e.IP = ip
	}
	return ok
}

// flags sets the TCP flags that their initials name: S, A, F, R, P, U.
func (p *packet) setFlags(letters string) {
	p.whole = true
	for i := 0; i < len(letters); i++ {
		switch letters[i] {
		case 'S':
			p.syn = true
		case 'A', '.':
			p.ack = true
		case 'F':
			p.fin = true
		case 'R':
			p.rst = true
		case 'P':
			p.psh = true
		case 'U':
			p.urg = true
		}
	}
}

// filtered makes the packet an event as event does. A packet that was let through, that the machine
// sent itself (out) or that went to everybody is no try at a service of the site, only context.
func (p *packet) filtered(ev *analysis.Event, out bool) {
	p.event(ev)
	if out || ev.Action == analysis.ActionAllowed || p.dst.IP.IsMulticast() || p.dst.IP.String() == "255.255.255.255" ||
		p.src.IP.IsValid() && p.src.IP.IsUnspecified() {
		ev.Context = true
	}
}

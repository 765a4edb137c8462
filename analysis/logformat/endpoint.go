package logformat

import (
	"net/netip"
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

// everybody is the address of the limited broadcast (RFC 919).
var everybody = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// toNeighbours reports whether a packet went to a group of the network that it came from: by the group's scope
// (RFC 5771 section 4, RFC 2365, RFC 4291 section 2.7), or because the sender is one of the site's.
func toNeighbours(src, dst netip.Addr) bool {
	if !dst.IsMulticast() {
		return false
	}
	return dst.IsLinkLocalMulticast() || dst.IsInterfaceLocalMulticast() || dst.Is4() && dst.As4()[0] == 239 || src.IsPrivate() || src.IsLinkLocalUnicast()
}

// setFlag sets the TCP flag of a name, and reports whether it is one.
func (p *packet) setFlag(name string) bool {
	switch name {
	case "SYN":
		p.syn = true
	case "ACK":
		p.ack = true
	case "FIN":
		p.fin = true
	case "RST":
		p.rst = true
	case "PSH":
		p.psh = true
	case "URG":
		p.urg = true
	default:
		return false
	}
	return true
}

// filtered makes the packet an event as event does. A packet that was let through, that the machine
// sent itself (out) or that went to everybody is no try at a service of the site, only context.
func (p *packet) filtered(ev *analysis.Event, out bool) {
	p.event(ev)
	if out || ev.Action == analysis.ActionAllowed || p.toAll || toNeighbours(p.src.IP, p.dst.IP) || p.dst.IP == everybody || p.proto != "tcp" && p.src.IP.IsValid() && p.src.IP.IsUnspecified() ||
		p.proto == "udp" && p.dst.IP.Is4() && p.dst.IP.IsPrivate() && p.dst.IP.As4()[3] == 255 {
		ev.Context = true
	}
}

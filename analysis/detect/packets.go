package detect

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// packetRules judge packets by what no ordinary packet has: before the port is looked at.
var packetRules = []Rule{
	{Kind: "land", Seeks: "a packet from an address and port to the same address and port", May: isTriedOr("cisco"), Match: isLand},
	{Kind: "bogon-source", Seeks: "a packet whose source cannot be where it came from", May: isTriedOr("kernel", "cisco"), Match: isBogonSource},
	{Kind: "fragment-anomaly", Seeks: "a fragment that a firewall calls malformed", May: of("cisco"), Match: isFragmentAnomaly},
	{Kind: "syn-flood", Seeks: "the kernel's word that a queue of half-open connections ran full", May: of("kernel"), Match: isSYNFlood},
	{Kind: "worm-propagation", Seeks: "a packet that one worm alone sends, by its size or its numbers", May: isSizedRecord, Match: isWormPacket},
	{Kind: "ddos-agent", Seeks: "a packet to the port of a flood tool, or a sensor's name of one", May: isTried, Match: isFloodTool},
	{Kind: "outbound-suspicious", Seeks: "a dropped packet from inside that would have opened a connection to a trojan's port outside", May: isTriedAnd(analysis.ActionBlocked), Match: isOutwardTrojan},
	{Kind: "os-fingerprint", Seeks: "a packet with SYN, FIN, PSH and URG at once", May: isTriedSigned, Match: isFingerprint},
	{Kind: "traceroute", Seeks: "a datagram to traceroute's ports that has nearly used up its time to live", May: isTried, Match: isTracedroute},
}

// knockRules tell kinds by the port that was knocked at: a filter dropped the packet, or a trap took it.
var knockRules = []Rule{
	{Kind: "rpc-portmap-probe", Seeks: "a packet to port 111 that a filter dropped or a trap took, or a call that the portmapper refused", May: isTriedOr("tcpwrappers"), Match: isPortmapProbe},
	{Kind: "netbios-smb-probe", Seeks: "a packet to 137/udp, 139/tcp or 445/tcp of one address that a filter dropped or a trap took", May: isTried, Match: isNetBIOSProbe},
}

// number reads the number behind a word of the record, such as " TTL="; ok is false when it is not there.
func number(e *analysis.Event, before string) (n int, ok bool) {
	_, rest, ok := strings.Cut(e.Message, before)
	if !ok {
		return 0, false
	}
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(rest[:end])
	return n, err == nil
}

// packetNumber is a field of a packet as the formats that keep it write it.
func packetNumber(e *analysis.Event, netfilter, ipchains string) (n int, ok bool) {
	switch e.Format {
	case "netfilter", "proxmox":
		return number(e, netfilter)
	case "ipchains":
		return number(e, ipchains)
	}
	return 0, false
}

// datagramSize is how many bytes a datagram has with the header of IPv4, as the formats that keep it write it; 0 where none is told.
func datagramSize(e *analysis.Event) int {
	const headers = 20 + 8 // of IPv4 without options and of UDP (RFC 791, RFC 768)
	before, more := "", 0
	switch e.Format {
	case "pf", "tcpdump":
		// Of the datagram's content; in capital letters since tcpdump 3.9.
		if before, more = " udp ", headers; strings.Contains(e.Message, "UDP, length ") {
			before = "UDP, length "
		}
	case "ipfilter":
		before = " len 20 "
	case "filterlog":
		before = ",udp,"
	default:
		n, _ := packetNumber(e, " LEN=", " L=")
		return n
	}
	if n, ok := number(e, before); ok {
		return n + more
	}
	return 0
}

// isLand tells a packet whose two ends are one. A host that talks to itself does so over its loopback, where
// filters see it as well.
func isLand(e *analysis.Event) bool {
	if e.Format == "cisco" {
		return strings.HasPrefix(e.Message, "Deny IP due to Land Attack")
	}
	return tries(e) && e.Source.IP.IsValid() && e.Source.IP == e.Target.IP && !e.Source.IP.IsLoopback() &&
		e.Source.Port != 0 && e.Source.Port == e.Target.Port && !strings.Contains(e.Message, "IN=lo ")
}

// isBogonSource tells a source that cannot be where the packet came from: a loopback address off the loopback,
// an address of a group or of class E, or what a kernel or firewall calls spoofed, knowing its routes. A private
// address is none: whether it may come in there only the site knows. 0.0.0.0 is a host that asks for an address.
func isBogonSource(e *analysis.Event) bool {
	switch e.Format {
	case "kernel":
		return e.Signature == "martian source"
	case "cisco":
		return strings.HasPrefix(e.Message, "Deny IP spoof from") || e.Action == analysis.ActionBlocked && e.Source.IP.IsValid() &&
			strings.HasPrefix(e.Message, "Deny ") && (strings.Contains(e.Message, " reverse path check from ") || strings.Contains(e.Message, " connection spoof from "))
	}
	if !tries(e) || e.Handshake == analysis.HandshakeCompleted || isSensorAlert(e) {
		return false
	}
	ip := e.Source.IP
	switch {
	case !ip.IsValid():
		return false
	case ip.IsLoopback():
		return !e.Target.IP.IsLoopback() && e.Target.IP.IsValid() && !strings.Contains(e.Message, "IN=lo ")
	case ip.IsMulticast():
		return true
	}
	return ip.Is4() && ip.As4()[0] >= 240
}

// isFragmentAnomaly tells fragments that a firewall calls malformed. That a packet is a fragment is no anomaly.
func isFragmentAnomaly(e *analysis.Event) bool {
	return e.Format == "cisco" && strings.HasPrefix(e.Message, "Deny IP teardrop fragment")
}

// isSYNFlood tells the kernel's own word that a queue of half-open connections ran full.
func isSYNFlood(e *analysis.Event) bool {
	return e.Format == "kernel" && e.Signature == "SYN flooding"
}

// wormPackets are packets that one worm alone sends, by their size or numbers, and since when.
var wormPackets = []struct {
	since time.Time
	match func(*analysis.Event) bool
}{
	// SQL Slammer: one datagram of 376 bytes, 404 with its headers (CERT CA-2003-04, RFC 791, RFC 768).
	{time.Date(2003, time.January, 25, 0, 0, 0, 0, time.UTC), func(e *analysis.Event) bool {
		return e.Proto == "udp" && e.Target.Port == 1434 && datagramSize(e) == 404
	}},
	// Mirai and what was made of its source: the sequence number of the opening packet is the target's address
	// (bot/scanner.c as published in 2016). Filters write it when they are told to.
	{time.Date(2016, time.August, 1, 0, 0, 0, 0, time.UTC), func(e *analysis.Event) bool {
		if e.Proto != "tcp" || !e.Target.IP.Is4() || e.Tries != analysis.TriesPacket {
			return false
		}
		if strings.IndexByte(e.Message, 'Q') < 0 {
			return false // nearly every packet: looking for " SEQ=" would stop at each blank
		}
		n, ok := packetNumber(e, " SEQ=", " SEQ=")
		a := e.Target.IP.As4()
		return ok && n == int(a[0])<<24|int(a[1])<<16|int(a[2])<<8|int(a[3])
	}},
}

func isWormPacket(e *analysis.Event) bool {
	if !tries(e) {
		return false
	}
	for i := range wormPackets {
		if w := &wormPackets[i]; !e.Time.Before(w.since) && w.match(e) {
			return true
		}
	}
	return false
}

// isFloodTool tells the control traffic of flood tools by a sensor's signature or by a port that lists of two
// families or more give to one. Their ports take commands of everybody, so direction does not matter.
func isFloodTool(e *analysis.Event) bool {
	if !tries(e) {
		return false
	}
	if e.Signature != "" {
		if name, ok := knowledge.NamesTool(e.Signature); ok {
			return knowledge.FloodTool(name)
		}
	}
	return !isSensorAlert(e) && knocks(e) && trojanPort(e, knowledge.FloodTool)
}

// outward reports whether a packet goes from a private network (RFC 1918, RFC 4193) to a public address.
func outward(source, target netip.Addr) bool {
	return source.IsPrivate() && target.IsGlobalUnicast() && !target.IsPrivate()
}

// isOutwardTrojan tells a machine of the site that wanted to reach a trojan's port elsewhere and was not let. Only
// the packet that opens a connection shows who wanted to.
func isOutwardTrojan(e *analysis.Event) bool {
	return isDropped(e) && e.Proto == "tcp" && e.Tries == analysis.TriesPacket && outward(e.Source.IP, e.Target.IP) &&
		trojanPort(e, func(string) bool { return true })
}

// isFingerprint tells the packet with SYN, FIN, PSH and URG at once that nmap sends to see how a stack answers it;
// no scan of ports needs it (nmap's documentation of its OS detection, probe T3).
func isFingerprint(e *analysis.Event) bool {
	return tries(e) && e.Signature == "TCP flags SYN FIN PSH URG"
}

// Ports of Unix' traceroute: 33434 and one more for each of three probes to each of 30 hops. What arrives has
// lived through fewer hops than that.
const (
	traceroutePort  = 33434
	tracerouteProbe = 3 * 30
	tracerouteTTL   = 30
)

// toTraceroute reports whether a datagram goes to where traceroute sends them; that alone can be anything.
func toTraceroute(e *analysis.Event) bool {
	return tries(e) && e.Proto == "udp" && e.Target.Port >= traceroutePort && e.Target.Port < traceroutePort+tracerouteProbe
}

// isTracedroute tells a datagram that has too short a life left to come from anything else: systems begin with 64,
// 128 or 255. Windows 95 began with 32; what it sent to such ports were answers, from a service's port.
func isTracedroute(e *analysis.Event) bool {
	if !toTraceroute(e) || e.Source.Port < 1024 {
		return false
	}
	ttl, ok := packetNumber(e, " TTL=", " T=")
	return ok && ttl < tracerouteTTL
}

// knocks reports whether the event is a packet to a port: not a datagram that answers one, from a service's port
// to the client's that had asked.
func knocks(e *analysis.Event) bool {
	return tries(e) && !(e.Proto == "udp" && e.Source.Port != 0 && e.Source.Port < 1024 && e.Target.Port >= 1024)
}

// isKnock tells a packet that a filter dropped, or a connection to a trap.
func isKnock(e *analysis.Event) bool {
	return knocks(e) && (isDropped(e) && !isSensorAlert(e) || e.Format == "portsentry")
}

// isPortmapProbe tells contact with the portmapper, which a filter or the portmapper's own list turned away.
func isPortmapProbe(e *analysis.Event) bool {
	if e.Target.Port != 111 {
		return false
	}
	return isKnock(e) || e.Format == "tcpwrappers" && e.Action == analysis.ActionBlocked && !e.Context
}

// isNetBIOSProbe tells contact with NetBIOS' name and session service or with SMB. What goes to a whole network is
// how Windows looks for its neighbours.
func isNetBIOSProbe(e *analysis.Event) bool {
	switch {
	case e.Proto == "udp" && e.Target.Port == 137, e.Proto == "tcp" && (e.Target.Port == 139 || e.Target.Port == 445):
	default:
		return false
	}
	return isKnock(e) && !toAll(e.Target.IP)
}

// toAll guesses whether an address is a network's broadcast address: the last of 256.
func toAll(ip netip.Addr) bool { return ip.Is4() && ip.As4()[3] == 255 }

// wormPorts are services that worms spread over and that no machine of a site calls on many strangers for.
var wormPorts = [...]uint16{23, 135, 139, 445, 1433, 2323, 2745, 3127, 5000, 5554, 5555, 7547, 9898, 37215, 52869}

// isOutwardWorm tells a packet from inside to such a service of a stranger; one alone is nothing.
func isOutwardWorm(e *analysis.Event) bool {
	if e.Tries != analysis.TriesPacket || e.Proto != "tcp" || !outward(e.Source.IP, e.Target.IP) {
		return false
	}
	for _, p := range wormPorts {
		if e.Target.Port == p {
			return true
		}
	}
	return false
}

// isBackscatter tells an answer from a service's port to a packet that the filter knows nothing of. One is late, or
// came another way; many, to many addresses, answer a flood that was forged in their names.
func isBackscatter(e *analysis.Event) bool {
	if e.Proto != "tcp" || e.Tries == analysis.TriesPacket || e.Action == analysis.ActionAllowed || e.Source.Port == 0 || e.Source.Port >= 1024 ||
		e.Target.Port < 1024 || !e.Target.IP.IsValid() || outward(e.Source.IP, e.Target.IP) {
		return false
	}
	switch e.Format {
	case "netfilter", "proxmox":
		return strings.Contains(e.Message, " ACK SYN ") || strings.Contains(e.Message, " SYN ACK ") || strings.Contains(e.Message, " RST ")
	case "tcpdump":
		return strings.Contains(e.Message, "Flags [S.]") || strings.Contains(e.Message, "Flags [R")
	}
	return false
}

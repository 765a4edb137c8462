package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// openVPN is the log of OpenVPN servers, in syslog or with a stamp of its own (ISO since 2.5, that of the C
// library before). Behind it stands whom the message is about, "A:p" or "name/A:p" (ssl.c, socket.c and
// multi.c of OpenVPN 2.6). Over UDP the address can be forged until the handshake is complete.
var openVPN = Format{
	Name:       "openvpn",
	Title:      "OpenVPN server",
	Recognised: `program openvpn or ovpn-…, or a stamp and "client:port" before a message of OpenVPN's`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "MTWFS" + decimals,
	After:      "-",
	Starts: func(text string) bool {
		if rest, ok := behindDateTime(text); ok {
			return openVPNMay(rest) // many other programs write such a stamp
		}
		return startsCtime(text)
	},
	New: func(clock *Clock) Parser {
		list := patternsOf(openVPNMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 {
				if !strings.HasPrefix(ev.Program, "openvpn") && !strings.HasPrefix(ev.Program, "ovpn-") {
					return ErrOtherProgram
				}
			} else {
				err := c.dateTime(clock, ev)
				if err == ErrNotMine {
					c.pos = 0
					err = c.ctime(clock, ev)
				}
				if err != nil {
					return err
				}
				if c.Lit("us=") {
					micros, _ := c.Number(999999)
					ev.Time = ev.Time.Add(time.Duration(micros) * time.Microsecond)
					c.Blanks()
				}
				ev.Message = c.Rest()
			}
			// One process serves all clients.
			ev.Program, ev.Session = "openvpn", 0
			ev.Service, ev.Tries = "openvpn", analysis.TriesSession
			return hear(c, list, ev)
		}
	},
}

// openVPNMay reports whether a text may be one of OpenVPN's messages, or the beginning of one: it begins with the client, or as those do that
// name none.
func openVPNMay(text string) bool {
	if strings.HasPrefix(text, "[") {
		end := strings.LastIndexByte(text, ']')
		return strings.Contains(text, "] Peer") || end < 0 || strings.TrimRight(text[end:], " \t") == "]"
	}
	for _, begins := range [...]string{"us=", "TLS ", "TCP ", "OpenVPN ", "Initialization "} {
		if n := min(len(begins), len(text)); text[:n] == begins[:n] {
			return true
		}
	}
	end := strings.IndexByte(text, ' ')
	return end < 0 || strings.IndexByte(text[:end], ':') >= 0
}

const openVPNPeer = "{({who}/)}{ip}:{port}{(/{who})} "

var openVPNMessages = []message{
	{text: openVPNPeer + "TLS Error: incoming packet authentication failed from {rest}", action: analysis.ActionFailed},
	{text: openVPNPeer + "TLS Error: tls-crypt unwrapping failed from {rest}", action: analysis.ActionFailed},
	{text: openVPNPeer + "TLS Error: cannot locate HMAC in incoming packet from {rest}", action: analysis.ActionFailed},
	{text: openVPNPeer + "TLS Auth Error: Auth Username/Password verification failed for peer", action: analysis.ActionFailed},
	{text: openVPNPeer + "TLS Auth Error: Auth Certificate verification failed for peer", action: analysis.ActionFailed},
	{text: "TLS Error: incoming packet authentication failed from [AF_INET]{ip}:{port}", action: analysis.ActionFailed},
	{text: "TLS Error: cannot locate HMAC in incoming packet from [AF_INET]{ip}:{port}", action: analysis.ActionFailed},
	{text: "TLS Error: tls-crypt unwrapping failed from [AF_INET]{ip}:{port}", action: analysis.ActionFailed},
	{text: openVPNPeer + "TLS Error: {rest}", action: analysis.ActionInfo, context: true},
	{text: openVPNPeer + "VERIFY ERROR: {rest}", action: analysis.ActionInfo, context: true},
	{text: openVPNPeer + "OpenSSL: error:{rest}", action: analysis.ActionInfo, context: true},
	{text: openVPNPeer + "[{any}] Peer Connection Initiated with {rest}", action: analysis.ActionAllowed, context: true},
	{text: openVPNPeer + "Peer Connection Initiated with {rest}", action: analysis.ActionAllowed, context: true},
	{text: "[{any}] Peer Connection Initiated with [AF_INET]{ip}:{port}", action: analysis.ActionAllowed, context: true},
	{text: openVPNPeer + "TCP connection established with {rest}", action: analysis.ActionInfo, context: true},
	{text: "TCP connection established with [AF_INET]{ip}:{port}", action: analysis.ActionInfo, context: true},
	{text: openVPNPeer + "WARNING: Bad encapsulated packet length from peer {rest}", action: analysis.ActionInfo, context: true},
	{text: openVPNPeer + "VERIFY OK: {rest}"}, {text: openVPNPeer + "TLS: Initial packet from {rest}"}, {text: openVPNPeer + "Connection reset, restarting {rest}"},
	{text: openVPNPeer + "SIGUSR1[{rest}"}, {text: openVPNPeer + "MULTI: {rest}"}, {text: openVPNPeer + "PUSH: {rest}"}, {text: openVPNPeer + "SENT CONTROL {rest}"},
	{text: openVPNPeer + "Control Channel: {rest}"}, {text: openVPNPeer + "Data Channel{rest}"}, {text: openVPNPeer + "peer info: {rest}"},
	{text: openVPNPeer + "TLS: {rest}"},
	{text: "OpenVPN {w} {rest}"}, {text: "Initialization Sequence Completed"},
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// courier is the Courier mail server's IMAP, POP3 and SMTP daemons. The address stands in brackets
// behind the name that the client gave.
var courier = Format{
	Name:       "courier",
	Title:      "Courier IMAP, POP3 and SMTP",
	Recognised: `syslog program imapd, pop3d, imaplogin, courierpop3login and the like with "LOGIN FAILED, … ip=[…]", or courieresmtpd with "error,relay="`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		boxes, smtp := patternsOf(courierMessages), patternsOf(courierSMTP)
		return func(c *Cursor, ev *analysis.Event) error {
			list := boxes
			switch ev.Program {
			case "imapd", "imapd-ssl", "imaplogin", "courierimaplogin", "imaps":
				ev.Service = "imap"
			case "pop3d", "pop3d-ssl", "pop3login", "courierpop3login", "courierpop3d":
				ev.Service = "pop3"
			case "courieresmtpd", "esmtpd":
				ev.Service, list = "smtp", smtp
			default:
				return ErrOtherProgram
			}
			if strings.HasSuffix(ev.Program, "-ssl") {
				ev.Service += "s"
			}
			ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var courierMessages = []message{
	{text: "LOGIN FAILED, {(user={user}, )}{(method={w}, )}ip=[{ip}]{(, port=[{port}])}", action: analysis.ActionFailed},
	{text: "LOGIN, user={user}, ip=[{ip}]{(, port=[{port}])}{(, protocol={w})}{(, stls={w})}", action: analysis.ActionAllowed, context: true},
	{text: "Connection, ip=[{ip}]{(, port=[{port}])}", action: analysis.ActionInfo, context: true},
	{text: "LOGOUT, {(user={user}, )}ip=[{ip}]{rest}", action: analysis.ActionInfo, context: true},
	{text: "DISCONNECTED, {(user={user}, )}ip=[{ip}]{rest}", action: analysis.ActionInfo, context: true},
	{text: "Disconnected, ip=[{ip}]{rest}", action: analysis.ActionInfo, context: true},
	{text: "TIMEOUT, {(user={user}, )}ip=[{ip}]{rest}", action: analysis.ActionInfo, context: true},
	{text: "Maximum connection limit reached for {ip}", action: analysis.ActionBlocked, context: true},
}

var courierSMTP = []message{
	{text: "error,relay={ip},{(ident={w},)}{(port={port},)}msg=\"535 Authentication failed.\",cmd: {rest}", action: analysis.ActionFailed},
	{text: "error,relay={ip},{(ident={w},)}{(port={port},)}from={any}: 513 Relaying denied.{rest}", action: analysis.ActionBlocked, signature: relayDenied},
	{text: "error,relay={ip},{(ident={w},)}{(port={port},)}from={any}: 550 User unknown.{rest}", action: analysis.ActionBlocked, signature: userUnknown},
	{text: "error,relay={ip},{(ident={w},)}{(port={port},)}from={any}: 550 User <{any}> unknown{(.)}", action: analysis.ActionBlocked, signature: userUnknown},
	{text: "error,relay={ip},{(ident={w},)}{(port={port},)}from={any}: 5{rest}", action: analysis.ActionBlocked},
	{text: "started,ip=[{ip}]{rest}", action: analysis.ActionAllowed, context: true},
}

// What mail servers say of a recipient, in words that are the same for all of them.
const (
	relayDenied = "relay access denied"
	userUnknown = "user unknown"
	userProbe   = "VRFY or EXPN"
)

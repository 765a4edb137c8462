package logformat

import (
	"strings"

	"practicum/analysis"
)

// cyrus is the Cyrus IMAP server. It writes the client's name and address in front of the log-in
// name (imapd.c, pop3d.c).
var cyrus = Format{
	Name:       "cyrus",
	Title:      "Cyrus IMAP and POP3",
	Recognised: `syslog program cyrus/imap, imapd, pop3d and the like with "badlogin:" or "login:"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(cyrusMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			switch strings.TrimPrefix(ev.Program, "cyrus/") {
			case "imap", "imapd", "imaps":
				ev.Service = "imap"
			case "pop3", "pop3d", "pop3s":
				ev.Service = "pop3"
			case "sieve", "timsieved":
				ev.Service = "sieve"
			case "lmtp", "lmtpd", "lmtpunix", "master", "ctl_cyrusdb", "tls_prune", "cyr_expire", "deliver":
			default:
				return ErrOtherProgram
			}
			ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var cyrusMessages = []message{
	{text: "badlogin: {name}{( )}[{ip}] {w} ({user}) [SASL({rest}", action: analysis.ActionFailed}, // since 3.0
	{text: "badlogin: {name}{( )}[{ip}] {w} [{rest}", action: analysis.ActionFailed},
	{text: "badlogin: {name}{( )}[{ip}] {w} {user} SASL({rest}", action: analysis.ActionFailed},
	{text: "badlogin: {name}{( )}[{ip}] {w} {user} invalid {any}", action: analysis.ActionFailed},
	{text: "badlogin: {name}{( )}[{ip}] {w} {user} authentication failure", action: analysis.ActionFailed},
	{text: "badlogin: {name}{( )}[{ip}] {w} authentication failure", action: analysis.ActionFailed},
	{text: "login: {name}{( )}[{ip}] {user} {w} User logged in{rest}", action: analysis.ActionAllowed, context: true},
	{text: "STARTTLS negotiation failed: {name}{( )}[{ip}]{rest}", action: analysis.ActionInfo, context: true},
	{text: "accepted connection"}, {text: "open: user {rest}"}, {text: "seen_db: {rest}"}, {text: "Delivered: {rest}"},
	{text: "executed"}, {text: "process {n} exited, {rest}"}, {text: "about to exec {rest}"}, {text: "ready for work"},
	{text: "starttls: {rest}"}, {text: "duplicate_check: {rest}"}, {text: "USAGE {rest}"}, {text: "checkpointing {rest}"}, {text: "done checkpointing {rest}"},
}

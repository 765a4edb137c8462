package logformat

import (
	"practicum/analysis"
)

// popa3d is Openwall's POP3 server. The address is in the line that begins a session; a failure has
// the name of the account, or says that there is none.
var popa3d = Format{
	Name:       "popa3d",
	Title:      "popa3d",
	Recognised: `syslog program popa3d with "Session from" or "Authentication failed for"`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patterns(popa3dMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "popa3d" {
				return ErrNotMine
			}
			ev.Service, ev.Proto = "pop3", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var popa3dMessages = []message{
	{text: "Session from {peer}", action: analysis.ActionAllowed, context: true},
	{text: "Authentication failed for UNKNOWN USER", action: analysis.ActionFailed},
	{text: "Authentication failed for {who}", action: analysis.ActionFailed},
	{text: "Authentication passed for {who}", action: analysis.ActionAllowed, context: true},
	{text: "Premature disconnect", action: analysis.ActionInfo, context: true},
	{text: "Didn't attempt authentication", action: analysis.ActionInfo},
	{text: "Session timed out"}, {text: "Connection closed"}, {text: "Server started{rest}"},
	{text: "{n} message{(s)} ({n} bytes) loaded"}, {text: "{n} ({n}) deleted, {n} ({n}) left"}, {text: "POP3 session {rest}"},
	{text: "Per source limit reached{rest}"}, {text: "Sessions limit reached, {rest}"},
}

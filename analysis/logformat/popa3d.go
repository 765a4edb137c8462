package logformat

import (
	"strings"

	"practicum/analysis"
)

// popa3d is Openwall's POP3 server. The address is in the line that begins a session and is the
// source of what the same process logs after it; a failure has the name of the account, or says that
// there is none.
var popa3d = Format{
	Name:       "popa3d",
	Title:      "popa3d",
	Recognised: `syslog program popa3d with "Session from" or "Authentication failed for"`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patternsOf(popa3dMessages)
		peers := map[uint64]analysis.Endpoint{} // by session
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "popa3d" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "pop3", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			if err := hear(c, list, ev); err != nil || ev.Session == 0 {
				return err
			}
			if ev.Source == (analysis.Endpoint{}) {
				ev.Source = peers[ev.Session]
				return nil
			}
			if len(peers) >= 1000 {
				clear(peers) // sessions are short: what matters is among the last
			}
			peers[ev.Session] = analysis.Endpoint{IP: ev.Source.IP, Name: strings.Clone(ev.Source.Name)}
			return nil
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

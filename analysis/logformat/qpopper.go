package logformat

import (
	"practicum/analysis"
)

// qpopper writes "user at name (address): " in front of its answer to the client.
var qpopper = Format{
	Name:       "qpopper",
	Title:      "Qpopper",
	Recognised: `syslog program popper, qpopper or in.qpopper with "-ERR" or "Failed attempted login"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(qpopperMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "popper", "qpopper", "in.qpopper":
			default:
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "pop3", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var qpopperMessages = []message{
	{text: `{who} at {name} ({ip}): -ERR [AUTH] Password supplied for "{any}" is incorrect.`, action: analysis.ActionFailed},
	{text: `{who} at {name} ({ip}): -ERR Password supplied for "{any}" is incorrect.`, action: analysis.ActionFailed},
	{text: `{who} at {name} ({ip}): -ERR [AUTH] PAM authentication failed for user "{rest}`, action: analysis.ActionFailed},
	{text: `{who} at {name} ({ip}): -ERR POP EOF or I/O Error{rest}`, action: analysis.ActionInfo, context: true},
	{text: "[AUTH] Failed attempted login to {user} from host ({name}) {ip}", action: analysis.ActionFailed},
	{text: "Failed attempted login to {user} from host ({name}) {ip}", action: analysis.ActionFailed},
	{text: `({w}) POP login by user "{who}" at ({name}) {ip}`, action: analysis.ActionAllowed, context: true},
	{text: "Stats: {rest}"},
}

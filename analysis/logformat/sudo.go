package logformat

import (
	"practicum/analysis"
)

// sudo writes the account that asked first; no account's name has blanks. Everything from TTY= on may
// hold words of the user's, so what sudo says is read from the left (logging.c of sudo).
var sudo = Format{
	Name:       "sudo",
	Title:      "sudo",
	Recognised: `syslog program sudo with "USER : … ; TTY=…"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(sudoMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "sudo" {
				return ErrOtherProgram
			}
			ev.Service, ev.Tries = "sudo", analysis.TriesSession
			return hear(c, list, ev)
		}
	},
}

var sudoMessages = []message{
	{text: "{who} : TTY={rest}", action: analysis.ActionAllowed, context: true},
	{text: "{who} : HOST={rest}", action: analysis.ActionAllowed, context: true},
	{text: "{who} : PWD={rest}", action: analysis.ActionAllowed, context: true},
	{text: "{who} : (command continued) {rest}"},
	{text: "{who} : {count} incorrect password attempt{(s)} ; {rest}", action: analysis.ActionFailed},
	{text: "{who} : {count} incorrect password attempt{(s)}", action: analysis.ActionFailed},
	{text: "{who} : user NOT in sudoers{rest}", action: analysis.ActionFailed},
	{text: "{who} : user NOT authorized on host{rest}", action: analysis.ActionFailed},
	{text: "{who} : command not allowed{rest}", action: analysis.ActionFailed},
	{text: "{who} : no passwd entry for {rest}", action: analysis.ActionFailed},
	{text: "{who} : unknown user{rest}", action: analysis.ActionFailed},
	// "sudo -n" in a script says this of a user who may need no password elsewhere.
	{text: "{who} : a password is required{rest}", action: analysis.ActionFailed, context: true},
	{text: "{who} : sorry, you must have a tty to run sudo{rest}", action: analysis.ActionFailed, context: true},
	{text: "unable to resolve host {rest}"}, {text: "unable to execute {rest}"}, {text: "unable to stat {rest}"},
}

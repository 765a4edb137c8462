package logformat

import (
	"time"

	"practicum/analysis"
)

// endlessh is the log of the SSH tarpit of that name, with a stamp of its own or in syslog (endlessh.c). Nobody
// can log in to it, so whoever calls is looking for a server.
var endlessh = Format{
	Name:       "endlessh",
	Title:      "Endlessh (SSH tarpit)",
	Recognised: `"ACCEPT host=… port=…" and "CLOSE host=…" behind a stamp; program endlessh`,
	Carrier:    CarrierSyslog,
	Leads:      decimals,
	After:      "-",
	Starts: func(text string) bool {
		_, n, ok := isoTime(text, &Clock{zone: time.UTC})
		c := Cursor{text: text, pos: n}
		return ok && n > 0 && c.endlesshWord()
	},
	New: func(clock *Clock) Parser {
		list := patternsOf(endlesshMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos == 0 {
				t, n, ok := isoTime(c.text, clock)
				if !ok || n == 0 {
					return ErrNotMine
				}
				ev.Time = t
				c.pos = n
				c.Blanks()
				ev.Message, ev.Program = c.Rest(), "endlessh"
			} else if ev.Program != "endlessh" {
				return ErrOtherProgram
			}
			ev.Session = 0 // one process serves all clients
			ev.Service, ev.Proto = "ssh", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

func (c *Cursor) endlesshWord() bool {
	c.Blanks()
	for _, word := range [...]string{"ACCEPT host=", "CLOSE host=", "Port ", "Delay ", "MaxLineLength ", "MaxClients ", "BindFamily "} {
		if c.Lit(word) {
			return true
		}
	}
	return false
}

var endlesshMessages = []message{
	{text: "ACCEPT host={ip} port={port} fd={n} n={n}/{n}", action: analysis.ActionInfo},
	{text: "CLOSE host={ip} port={port} fd={n} time={w} bytes={n}", action: analysis.ActionInfo, context: true},
	{text: "Port {n}"}, {text: "Delay {n}"}, {text: "MaxLineLength {n}"}, {text: "MaxClients {n}"}, {text: "BindFamily {rest}"},
}

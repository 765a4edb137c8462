package logformat

import (
	"strings"

	"practicum/analysis"
)

// su logs a change of identity in as many words as there are versions of it: those of the BSDs, of
// util-linux and coreutils, of the shadow suite, of HP-UX and IRIX, and the file sulog of System V,
// "SU 02/12 19:27 + pts/2 joe-root". The user is the one who asked; there is no remote source.
var su = Format{
	Name:       "su",
	Title:      "su",
	Recognised: `syslog program su with "BAD SU", "FAILED SU", "+" or "-" and names; lines "SU mm/dd hh:mm + tty from-to"`,
	Carrier:    CarrierSyslog,
	Leads:      "S",
	Starts:     startsSulog,
	New: func(clock *Clock) Parser {
		list := patternsOf(suMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if err := c.sulogStamp(clock, ev); err != nil {
					return err
				}
				ev.Program, ev.Message = "su", c.Rest()
			} else if ev.Program != "su" {
				return ErrOtherProgram
			}
			ev.Service, ev.Tries = "su", analysis.TriesSession
			return hear(c, list, ev)
		}
	},
}

var suMessages = []message{
	{text: "BAD SU from {peer} to {who} at {w}", action: analysis.ActionFailed}, // HP-UX
	{text: "BAD SU {who} to {other}{( on {w})}", action: analysis.ActionFailed},
	{text: "FAILED SU (to {other}) {who} on {w}", action: analysis.ActionFailed},
	{text: "FAILED su for {other} by {who}", action: analysis.ActionFailed},
	{text: "FAILED SU {who} to {other} on {w}", action: analysis.ActionFailed},
	{text: "failed: {w} changing from {who} to {other}", action: analysis.ActionFailed},
	{text: "'su {other}' failed for {who} on {w}", action: analysis.ActionFailed},
	{text: "- {w} {who}:{other}", action: analysis.ActionFailed},
	{text: "- {w} {who}-{other}", action: analysis.ActionFailed},
	// The line before or after it of the same process has the names.
	{text: "pam_authenticate: {rest}", action: analysis.ActionFailed, context: true},
	{text: "Authentication failed for {who}", action: analysis.ActionFailed},
	{text: "(to {other}) {who} on {w}", action: analysis.ActionAllowed, context: true},
	{text: "Successful su for {other} by {who}", action: analysis.ActionAllowed, context: true},
	{text: "{who} to {other} on {w}", action: analysis.ActionAllowed, context: true},
	{text: "'su {other}' succeeded for {who} on {w}", action: analysis.ActionAllowed, context: true},
	{text: "+ {w} {who}:{other}", action: analysis.ActionAllowed, context: true},
	{text: "+ {w} {who}-{other}", action: analysis.ActionAllowed, context: true},
}

func startsSulog(text string) bool {
	if !strings.HasPrefix(text, "SU ") {
		return false
	}
	c := Cursor{text: text}
	return c.sulogStamp(&Clock{base: 2000}, &analysis.Event{}) == nil
}

// sulogStamp reads "SU mm/dd hh:mm ", which has neither year nor seconds.
func (c *Cursor) sulogStamp(clock *Clock, ev *analysis.Event) error {
	if !c.Lit("SU ") {
		return ErrNotMine
	}
	month, ok1 := c.Number(12)
	ok2 := c.Lit("/")
	day, ok3 := c.Number(31)
	if !ok1 || !ok2 || !ok3 || month == 0 || day == 0 || day > daysIn[month-1] || !c.Lit(" ") {
		return ErrNotMine
	}
	hour, ok := c.Number(23)
	if !ok {
		return ErrNotMine
	}
	minute, ok := c.twoDigits(59)
	if !ok || !c.Lit(" ") {
		return ErrNotMine
	}
	if clock.zone == nil {
		return nil // only asked whether it is one
	}
	if ev.Time, ok = clock.Yearless(month, day, hour, minute, 0); !ok {
		return &SyntaxError{"su", "the date does not exist in the year that was decided for this input"}
	}
	return nil
}

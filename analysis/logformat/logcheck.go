package logformat

import (
	"strings"

	"practicum/analysis"
)

// logcheck is the frame that logcheck and its forerunner put round the lines that they mail: a
// heading and a rule of "=-=-" below it. The lines in between are of other formats. A heading is
// a hint, not a verdict, so nothing is made of it.
var logcheck = Format{
	Name:       "logcheck",
	Title:      "logcheck mail headings",
	Recognised: `a known heading with a rule of "=-=-" below it`,
	Carrier:    CarrierNone,
	Leads:      "ASU",
	Starts:     startsLogcheck,
	New:        func(*Clock) Parser { return parseLogcheck },
}

var logcheckHeadings = [...]string{
	"Active System Attack Alerts", // Psionic logcheck 1.1.1
	"Security Violations",
	"Unusual System Events",
	"Security Alerts", // Debian logcheck 1.2 and later
	"Security Events",
	"System Events",
	"Attack Alerts",
}

func startsLogcheck(text string) bool {
	for _, h := range logcheckHeadings {
		if rest, ok := strings.CutPrefix(text, h); ok {
			rest = strings.TrimLeft(rest, " \t")
			return rest == "" || strings.HasPrefix(rest, "for ") || isLogcheckRule(rest)
		}
	}
	return false
}

func isLogcheckRule(text string) bool {
	text = strings.TrimRight(text, " \t")
	if len(text) < 7 || !strings.HasPrefix(text, "=-=") {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] != "=-"[i%2] {
			return false
		}
	}
	return true
}

func parseLogcheck(c *Cursor, _ *analysis.Event) error {
	for _, h := range logcheckHeadings {
		if !strings.HasPrefix(c.Rest(), h) {
			continue
		}
		c.pos += len(h)
		if c.Lit(" for ") && !isLogcheckRule(c.Rest()) {
			c.Token("")
		}
		c.Blanks()
		if c.pos == len(c.text) {
			c.ended(c.pos)
			return ErrNotMine
		}
		break
	}
	if !isLogcheckRule(c.Rest()) {
		return ErrNotMine
	}
	return ErrNotEvent
}

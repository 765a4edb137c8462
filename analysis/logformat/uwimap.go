package logformat

import (
	"slices"
	"strings"

	"practicum/analysis"
)

// uwIMAP is the University of Washington's imapd, ipop3d and ipop2d. A session that ends with the
// user "???" ended before anybody had logged in (imapd.c prints "???" when there is no user).
var uwIMAP = Format{
	Name:       "uwimap",
	Title:      "UW imapd, ipop3d and ipop2d",
	Recognised: `syslog program imapd, ipop3d or ipop2d with "service init from" or "user=… host=…"`,
	Carrier:    CarrierSyslog,
	New:        func(*Clock) Parser { return parseUWIMAP },
}

func parseUWIMAP(c *Cursor, ev *analysis.Event) error {
	switch ev.Program {
	case "imapd", "ipop3d", "ipop2d", "imapsd", "ipop3sd":
	default:
		return ErrOtherProgram
	}
	c.Mine()
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	switch {
	case c.Lit("imap service init from "), c.Lit("imaps SSL service init from "),
		c.Lit("pop3 service init from "), c.Lit("pop3s SSL service init from "), c.Lit("pop2 service init from "):
		ip, ok := parseAddr(c.Token(""))
		if !ok {
			return ErrNotMine
		}
		ev.Source.IP, ev.Action, ev.Context = ip, analysis.ActionAllowed, true
		return nil
	case c.LitFold("login failed "), c.LitFold("login failure "), c.LitFold("login excessive failures "), c.LitFold("login excessive login failures "),
		c.LitFold("login disabled "), c.Lit("Failed ") && c.Token("") != "" && c.Lit(" override of "), authenticateFailure(c):
		ev.Action = analysis.ActionFailed
	case c.Lit("Authenticated "), c.Lit("Login "), c.Lit("Preauthenticated "), c.Lit("Auth "):
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case c.Lit("Line too long before authentication "), c.Lit("Null command before authentication "):
		ev.Action = analysis.ActionInfo
	case c.Lit("Logout "), c.Lit("Autologout "), c.Lit("Auto-logout "):
		ev.Action = analysis.ActionInfo
	default:
		if err := parseUWLost(c); err != nil {
			return err
		}
		ev.Action = analysis.ActionInfo
	}
	if err := parseUWPeer(c, ev); err != nil {
		return err
	}
	// A session's end belongs to somebody who had logged in, unless nobody had.
	if ev.Action == analysis.ActionInfo && ev.User != "???" && ev.User != "" {
		ev.Context = true
	}
	return nil
}

// authenticateFailure reads "AUTHENTICATE LOGIN failure ", with any mechanism.
func authenticateFailure(c *Cursor) bool {
	at := *c
	if at.LitFold("authenticate ") && at.Token("") != "" && at.LitFold(" failure ") {
		*c = at
		return true
	}
	c.short = c.short || at.short
	return false
}

// parseUWLost reads "<reason>, while reading line " and its likes: the connection ended under the
// server's hands. The reason is "Command stream end of file" or an error text of the C library.
func parseUWLost(c *Cursor) error {
	if i := strings.Index(c.Rest(), "while "); i > 0 && !strings.Contains(c.Rest()[:i], "=") {
		c.pos += i
	} else if !slices.ContainsFunc(uwReasons[:], c.LitFold) {
		return ErrNotMine
	}
	c.Lit(",")
	c.Blanks()
	if !slices.ContainsFunc(uwDoing[:], c.Lit) {
		return ErrNotMine
	}
	return nil
}

var (
	uwReasons = [...]string{"command stream end of file", "connection reset by peer", "connection timed out", "broken pipe",
		"no such file or directory", "unexpected client disconnect", "connection broken", "no route to host"}
	uwDoing = [...]string{"while reading line ", "while reading literal ", "while reading char ", "while reading authentication ",
		"while writing text "}
)

// parseUWPeer reads "user=U [auth=A] … host=NAME [ADDRESS]". The keys come in this order; a user
// name may hold anything but a blank.
func parseUWPeer(c *Cursor, ev *analysis.Event) error {
	for {
		switch {
		case c.Lit("user="):
			ev.User = c.Token("")
		case c.Lit("host="):
			if c.pos == len(c.text) {
				c.ended(c.pos)
				return ErrNotMine
			}
			if c.Lit("UNKNOWN") || c.hostInBrackets(&ev.Source) {
				return nil
			}
			return ErrNotMine
		default:
			if c.short {
				return ErrNotMine
			}
			// auth=…, domain=…, nmsgs=… and what other patches add.
			if word := c.Token(""); !strings.Contains(word, "=") {
				return ErrNotMine
			}
		}
		if !c.Lit(" ") {
			return ErrNotMine
		}
	}
}

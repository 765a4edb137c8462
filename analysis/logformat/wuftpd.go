package logformat

import (
	"practicum/analysis"
)

// wuFTPD is wu-ftpd and the BSD ftpd that it came from. "failed login from host [address], user"
// is wu-ftpd's own (ftpd.c); the upper-case forms are older.
var wuFTPD = Format{
	Name:       "wuftpd",
	Title:      "wu-ftpd and BSD ftpd",
	Recognised: `syslog program ftpd, in.ftpd or wu-ftpd with a log-in, refusal or "connection from"`,
	Carrier:    CarrierSyslog,
	New:        func(*Clock) Parser { return parseWUFTPD },
}

func parseWUFTPD(c *Cursor, ev *analysis.Event) error {
	switch ev.Program {
	case "ftpd", "in.ftpd", "wu-ftpd", "wu.ftpd", "wuftpd":
	default:
		return ErrNotMine
	}
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	c.Mine()
	switch {
	case c.Lit("failed login from "), c.Lit("repeated login failures from "):
		ev.Action = analysis.ActionFailed
		if !c.hostInBrackets(&ev.Source) {
			return ErrNotMine
		}
		return optionalUser(c, ev)
	case c.Lit("FTP LOGIN FAILED FROM "):
		ev.Action = analysis.ActionFailed
	case c.Lit("FTP LOGIN FROM "), c.Lit("ANONYMOUS FTP LOGIN FROM "), c.Lit("GUEST FTP LOGIN FROM "):
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case c.Lit("FTP LOGIN REFUSED "), c.Lit("ACCESS DENIED "), c.Lit("FTP ACCESS REFUSED "):
		ev.Action = analysis.ActionBlocked
		if _, ok := c.Until(")"); !ok || !c.Lit(" ") {
			return ErrNotMine
		}
		if !c.Lit("FROM ") && !c.Lit("TO ") {
			return ErrNotMine
		}
	case c.Lit("connection from "):
		return parseFTPConnection(c, ev)
	case c.Lit("lost connection to "), c.Lit("timed out waiting for input from "), c.Lit("FTP session closed"):
		ev.Action, ev.Context = analysis.ActionInfo, true
		if !c.Done() && !c.hostInBrackets(&ev.Source) {
			return ErrNotMine
		}
		return nil
	default:
		return ErrNotMine
	}
	if !c.hostInBrackets(&ev.Source) {
		return ErrNotMine
	}
	return optionalUser(c, ev)
}

// optionalUser reads ", user" up to the end, if it is there. The user is what the client sent.
func optionalUser(c *Cursor, ev *analysis.Event) error {
	if c.Done() {
		return nil
	}
	if !c.Lit(",") {
		return ErrNotMine
	}
	if c.Done() {
		c.ended(c.pos)
		return ErrNotMine
	}
	ev.User = c.Token("")
	if !c.Done() {
		return ErrNotMine
	}
	return nil
}

// parseFTPConnection reads "connection from NAME [ADDRESS]" and Red Hat's "connection from ADDRESS
// (NAME) at DATE".
func parseFTPConnection(c *Cursor, ev *analysis.Event) error {
	ev.Action, ev.Context = analysis.ActionAllowed, true
	at := c.pos
	word := c.Token("")
	ip, ok := parseAddr(word)
	if !ok {
		c.pos = at
		if !c.hostInBrackets(&ev.Source) {
			return ErrNotMine
		}
		return nil
	}
	ev.Source.IP = ip
	if c.Done() {
		return nil
	}
	if !c.Lit("(") {
		return ErrNotMine
	}
	name, ok := c.Until(")")
	if !ok {
		return ErrNotMine
	}
	ev.Source.Name = hostName(name, word)
	if c.Done() {
		return nil
	}
	if !c.Lit("at ") {
		return ErrNotMine
	}
	return nil
}

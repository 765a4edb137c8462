package logformat

import (
	"strings"

	"practicum/analysis"
)

// wuFTPD is wu-ftpd and the BSD ftpd that it came from. "failed login from host [address], user"
// is wu-ftpd's own (ftpd.c); the upper-case forms are older.
var wuFTPD = Format{
	Name:       "wuftpd",
	Title:      "wu-ftpd and BSD ftpd",
	Recognised: `syslog program ftpd, in.ftpd or wu-ftpd with a log-in, refusal or "connection from"`,
	Carrier:    CarrierSyslog,
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseWUFTPD(c, ev, clock) }
	},
}

func parseWUFTPD(c *Cursor, ev *analysis.Event, clock *Clock) error {
	switch ev.Program {
	case "ftpd", "in.ftpd", "wu-ftpd", "wu.ftpd", "wuftpd":
	default:
		return ErrOtherProgram
	}
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	c.Mine()
	switch {
	case c.Lit("failed login from "), c.Lit("repeated login failures from "):
		ev.Action = analysis.ActionFailed
		at := *c
		if word := at.Token(""); at.Lit(" (") { // Kerberos' ftpd: the address, and the name behind it
			ip, isAddr := parseAddr(word)
			if name := at.Token(")"); isAddr && at.Lit(")") {
				*c = at
				ev.Source.IP, ev.Source.Name = ip, hostName(name, word)
				return optionalUser(c, ev)
			}
		}
		at = *c
		if word := at.Token(""); at.Done() && isHostName(word) && strings.Contains(word, ".") { // Solaris: the name alone
			*c = at
			ev.Source.Name = word
			c.Open()
			return nil
		}
		if !c.hostInBrackets(&ev.Source) {
			return ErrNotMine
		}
		return optionalUser(c, ev)
	case c.Lit("Failed authentication from: "):
		// What the client sent may stand before the name; the address is last.
		ev.Action = analysis.ActionFailed
		c.pos += max(strings.LastIndexByte(c.Rest(), '['), 0)
		if !c.hostInBrackets(&ev.Source) || !c.Done() {
			c.pos = len(c.text)
			c.ended(c.pos)
			return ErrNotMine
		}
		return nil
	case c.Lit("FTP LOGIN FAILED FROM "):
		ev.Action = analysis.ActionFailed
	case c.Lit("FTP LOGIN FROM "), c.Lit("ANONYMOUS FTP LOGIN FROM "), c.Lit("GUEST FTP LOGIN FROM "):
		ev.Action, ev.Context = analysis.ActionAllowed, true
		at := *c
		if ip, ok := parseAddr(at.Token(",")); ok && at.Lit(",") {
			// Without a reverse name, Red Hat's ftpd writes the address without brackets.
			*c = at
			ev.Source.IP = ip
			c.pos--
			return optionalUser(c, ev)
		}
		at = *c
		if word := at.Token(","); isHostName(word) && at.Lit(",") { // Solaris: the name alone
			*c = at
			ev.Source.Name = word
			c.pos--
			return optionalUser(c, ev)
		}
	case c.Lit("FTP LOGIN FAILED ("):
		ev.Action = analysis.ActionFailed
		if _, ok := c.Until(")"); !ok || !c.Lit(" for ") && !c.Lit("  for ") {
			return ErrNotMine
		}
	case c.Lit("FTP LOGIN REFUSED "), c.Lit("ACCESS DENIED "), c.Lit("FTP ACCESS REFUSED "):
		ev.Action = analysis.ActionBlocked
		if _, ok := c.Until(")"); !ok || !c.Lit(" ") {
			return ErrNotMine
		}
		if !c.Lit("FROM ") && !c.Lit("TO ") {
			return ErrNotMine
		}
	case c.Lit("connection from "):
		return parseFTPConnection(c, ev, clock)
	case c.Lit("getpeername (ftpd): "), c.Lit("User unknown timed out after "):
		// The client had gone, or never said who it is; the line that names it is another.
		ev.Action, ev.Context = analysis.ActionInfo, true
		if c.Done() {
			c.ended(c.pos)
			return ErrNotMine
		}
		c.pos = len(c.text)
		return nil
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
	if !c.Done() || c.far && !strings.ContainsAny(ev.User, "@.") {
		return ErrNotMine // past other lines, a single word is rather a heading than a name
	}
	return nil
}

// parseFTPConnection reads "connection from NAME [ADDRESS]" and Red Hat's "connection from ADDRESS
// (NAME) at Www Mmm dd hh:mm:ss yyyy", whose date has the year that the stamp in front lacks.
func parseFTPConnection(c *Cursor, ev *analysis.Event, clock *Clock) error {
	ev.Action, ev.Context = analysis.ActionAllowed, true
	at := c.pos
	word := c.Token("")
	ip, ok := parseAddr(word)
	if !ok && isHostName(word) && c.Lit(" at ") {
		ev.Source.Name = word // Solaris: the name alone
		return parseFTPDate(c, ev, clock)
	}
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
	return parseFTPDate(c, ev, clock)
}

// parseFTPDate reads the date with the year, and takes it for the time.
func parseFTPDate(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if c.Word() == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	month, day, hour, minute, second, n, ok := syslogStamp(c.Rest() + " ")
	if !ok {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	c.pos = min(c.pos+n, len(c.text))
	if year, ok := c.Number(9999); ok && year >= 1970 {
		if t, ok := clock.Dated(year, month, day, hour, minute, second); ok {
			ev.Time = t
		}
	}
	return nil
}

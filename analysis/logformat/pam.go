package logformat

import (
	"strings"

	"practicum/analysis"
)

// pam is what Linux' PAM modules log about authentication, under the name of whichever program asked:
// "pam_unix(sshd:auth): authentication failure; … rhost=A user=U", and before 2006
// "sshd(pam_unix)[1]: authentication failure; …". Without a remote host somebody was at the machine.
// The program that asked often logs the same failure in its own words: records of one process are one
// attempt.
var pam = Format{
	Name:       "pam",
	Title:      "PAM (Linux authentication modules)",
	Recognised: `syslog message "pam_…(service:type):" or "authentication failure; logname="`,
	Carrier:    CarrierSyslog,
	New:        func(*Clock) Parser { return parsePAM },
}

func parsePAM(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	switch {
	case strings.HasPrefix(rest, "pam_"):
		i := strings.Index(rest, "):")
		j := strings.IndexByte(rest, '(')
		if i < 0 || j < 0 || j > i || strings.ContainsAny(rest[:i], " \t") {
			return ErrNotMine
		}
		kind := rest[j+1 : i]
		if strings.HasSuffix(kind, ":session") && strings.HasPrefix(ev.Program, "sshd") {
			return ErrNotMine // sshd's own notes
		}
		c.pos += i + len("):")
		c.Blanks()
		if k := strings.IndexByte(kind, ':'); k >= 0 {
			kind = kind[:k]
		}
		ev.Service = pamService(kind)
	case strings.HasPrefix(rest, "(pam_unix) "):
		c.pos += len("(pam_unix) ")
		ev.Service = pamService(ev.Program)
	case strings.HasSuffix(ev.Program, "(pam_unix)"):
		ev.Service = pamService(strings.TrimSuffix(ev.Program, "(pam_unix)"))
		if strings.HasPrefix(rest, "session ") && strings.HasPrefix(ev.Program, "sshd") {
			return ErrNotMine
		}
	case c.Lit("gkr-pam: "):
		// GNOME's keyring looks up the account that somebody named, and there is none.
		if !c.Lit("error looking up user information for: ") {
			return ErrNotMine
		}
		ev.Action, ev.User, ev.Service = analysis.ActionFailed, c.Token(""), pamService(ev.Program)
		ev.Tries = analysis.TriesSession
		if ev.User == "" {
			return ErrNotMine
		}
		return nil
	case rest == "PAM", strings.HasPrefix(rest, "PAM "):
		return parsePAMMore(c, ev)
	default:
		return ErrNotMine
	}
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeUnknown
	switch {
	case c.Lit("authentication failure;"):
		ev.Action = analysis.ActionFailed
		return pamFields(c, ev)
	case c.Lit("Refused user "):
		// pam_listfile: the account may not use the service.
		ev.Action, ev.User = analysis.ActionFailed, c.Token("")
		if !c.Lit(" for service ") || c.Token("") == "" {
			return ErrNotMine
		}
		return nil
	case c.Lit("user "):
		// pam_tally2: "user joe (4001) tally 6, deny 5": one more try at an account that is locked by now.
		ev.Action, ev.User = analysis.ActionFailed, c.Token("")
		if !c.Lit(" (") {
			return ErrNotMine
		}
		if _, ok := c.Until(")"); !ok || !c.Lit(" tally ") {
			return ErrNotMine
		}
		if _, ok := c.Number(1 << 20); !ok || !c.Lit(", deny ") {
			return ErrNotMine
		}
		if _, ok := c.Number(1 << 20); !ok {
			return ErrNotMine
		}
		return nil
	case c.Lit("check pass; user unknown"), c.Lit("session opened for user "), c.Lit("session closed for user "),
		c.Lit("auth could not identify password for "), c.Lit("account "), c.Lit("password changed for "), c.Lit("conversation failed"),
		c.Lit("unknown option "), c.Lit("unrecognized option "):
		return ErrNotEvent
	}
	return ErrNotMine
}

// parsePAMMore reads "PAM 4 more authentication failures; … rhost=A", which stands for four, and
// "PAM service(sshd) ignoring max retries; 5 > 3".
func parsePAMMore(c *Cursor, ev *analysis.Event) error {
	if c.Lit("PAM service(") {
		return ErrNotEvent
	}
	if !c.Lit("PAM ") {
		return ErrNotMine
	}
	n, ok := c.Number(1 << 20)
	if !ok || !(c.Lit(" more authentication failures;") || c.Lit(" more authentication failure;")) {
		return ErrNotMine
	}
	ev.Count, ev.Action, ev.Tries = n, analysis.ActionFailed, analysis.TriesSession
	ev.Service = pamService(ev.Program)
	return pamFields(c, ev)
}

// pamFields reads "logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U". Values have no blanks, and
// the user, which comes last, may be missing.
func pamFields(c *Cursor, ev *analysis.Event) error {
	for remote := false; ; {
		if c.Done() {
			if !remote {
				c.ended(c.pos)
				return ErrNotMine
			}
			c.Open()
			return nil
		}
		key, value, ok := strings.Cut(c.Token(""), "=")
		switch {
		case !ok:
			return ErrNotMine
		case key == "rhost":
			remote = true
			if ip, ok := parseAddr(value); ok {
				ev.Source.IP = ip
			} else if isHostName(value) {
				ev.Source.Name = value
			}
		case key == "user":
			ev.User = value
			if !remote || !c.Done() {
				return ErrNotMine
			}
			return nil
		}
	}
}

func pamService(name string) string {
	switch name {
	case "sshd", "sshd-session":
		return "ssh"
	case "vsftpd", "proftpd", "ftpd", "pure-ftpd":
		return "ftp"
	}
	return name
}

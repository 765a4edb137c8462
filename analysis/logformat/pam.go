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
	FreeText:   true,
	Hears: func(program string) hearing {
		if program == "unix_chkpwd" || strings.HasSuffix(program, ")") {
			return hearing{}
		}
		return hearing{opens: "p(Pg"}
	},
	New: func(*Clock) Parser {
		list := patternsOf(pamMessages)
		return func(c *Cursor, ev *analysis.Event) error { return parsePAM(c, ev, list) }
	},
}

func parsePAM(c *Cursor, ev *analysis.Event, list *patterns) error {
	rest := c.Rest()
	switch {
	case strings.HasPrefix(rest, "pam_unix:"), strings.HasPrefix(rest, "pam_ldap:"), strings.HasPrefix(rest, "pam_krb5:"):
		c.pos += len("pam_unix:")
		c.Blanks()
		ev.Service = pamService(ev.Program)
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
		} else if kind == "auth" || kind == "account" || kind == "session" {
			kind = ev.Program
		}
		ev.Service = pamService(kind)
	case strings.HasPrefix(rest, "(pam_"):
		i := strings.IndexByte(rest, ')')
		if i < 0 || strings.ContainsAny(rest[:i], " \t") {
			return ErrNotMine
		}
		c.pos += i + 1
		c.Blanks()
		ev.Service = pamService(ev.Program)
	case strings.HasSuffix(ev.Program, ")") && strings.Contains(ev.Program, "(pam_"):
		ev.Service = pamService(ev.Program[:strings.IndexByte(ev.Program, '(')])
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
	case ev.Program == "unix_chkpwd": // pam_unix' helper, for programs that may not read the passwords
		ev.Service = ""
	default:
		return ErrNotMine
	}
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeUnknown
	at := c.pos
	if c.Lit("authentication failure;") {
		ev.Action = analysis.ActionFailed
		return pamFields(c, ev)
	}
	if n, ok := c.Number(1 << 20); ok && (c.Lit(" more authentication failures;") || c.Lit(" more authentication failure;")) {
		ev.Count, ev.Action = n, analysis.ActionFailed
		return pamFields(c, ev)
	}
	c.pos = at
	service := ev.Service
	err := hear(c, list, ev)
	if ev.Service = service; err == nil && ev.Action == analysis.ActionFailed && isNobody(ev.Source) && ev.Service == "telnet" {
		ev.Service = "login"
	}
	return err
}

// pamMessages are those of single modules. What says nothing of the client accompanies a record of the
// program that asked, or of pam_unix.
var pamMessages = []message{
	{text: "check pass; user unknown", action: analysis.ActionFailed, context: true},
	{text: "password check failed for user ({who})", action: analysis.ActionFailed, context: true},
	{text: "bad username [{user}]", action: analysis.ActionFailed, context: true},
	{text: "auth could not identify password for {rest}"}, {text: "conversation failed{rest}"},
	{text: "session opened for user {rest}"}, {text: "session closed for user {rest}"},
	{text: "account {rest}"}, {text: "password changed for {rest}"}, {text: "expired password for user {rest}"},
	{text: "unknown option {rest}"}, {text: "unrecognized option {rest}"},
	// pam_listfile, pam_tally and pam_tally2: one more try at an account that may not, or is locked by now
	{text: "Refused user {who} for service {w}", action: analysis.ActionFailed},
	{text: "user {who} ({n}) tally {n}, deny {n}", action: analysis.ActionFailed},
	{text: "user {who} ({n}) has time limit {rest}", action: analysis.ActionFailed, context: true},
	{text: "Tally overflowed for user {rest}"},
	// pam_faillock
	{text: "Consecutive login failures for user {who} account temporarily locked", action: analysis.ActionFailed, context: true},
	{text: "User unknown", action: analysis.ActionFailed, context: true},
	// pam_access
	{text: "access denied for user `{user}' from `{peer}'", action: analysis.ActionFailed},
	{text: "access denied for user {user} from {peer}", action: analysis.ActionFailed},
	// pam_sss, pam_winbind, pam_ldap, pam_krb5
	{text: "received for user {user}: {n} ({any})", action: analysis.ActionFailed, context: true},
	{text: "Access denied for user {user}: {n} ({any})", action: analysis.ActionFailed, context: true},
	{text: "authentication success; {rest}"}, {text: "Authentication failed for user {user}: {n}", action: analysis.ActionFailed, context: true},
	{text: "user '{user}' denied access (incorrect password or invalid membership)", action: analysis.ActionFailed, context: true},
	{text: "user '{user}' granted access"}, {text: "getting password ({rest}"}, {text: "pam_get_item returned a password"},
	{text: "request wbcLogonUser failed: {rest}", action: analysis.ActionFailed, context: true},
	{text: "internal module error {rest}"},
	{text: "error trying to bind as user \"{any}\" (Invalid credentials)", action: analysis.ActionFailed, context: true},
	{text: "ldap_simple_bind {rest}"}, {text: "authentication fails for '{user}' ({rest}", action: analysis.ActionFailed, context: true},
	{text: "authentication succeeds for {rest}"}, {text: "user {who} authenticated as {rest}"},
	// others
	{text: `requirement "{any}" not met by user "{user}"`, action: analysis.ActionFailed, context: true},
	{text: `requirement "{any}" was met by user "{rest}`},
	{text: "access denied: tty '{w}' is not secure !", action: analysis.ActionFailed, context: true},
	{text: "User has an invalid shell '{rest}", action: analysis.ActionFailed, context: true},
	{text: "Blocking access from {peer} to service {w}, user {user}", action: analysis.ActionFailed},
	{text: "Invalid verification code for {user}", action: analysis.ActionFailed, context: true},
	{text: "Invalid verification code", action: analysis.ActionFailed, context: true},
	{text: "Accepted google_authenticator for {rest}"},
	{text: "authentication succeeded"}, {text: "authentication failed", action: analysis.ActionFailed, context: true},
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

// pamFields reads "logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U"; the user is there only if the
// account exists. Some programs put the name that the client gave into ruser, blanks and all, so that it
// can look like what follows it.
func pamFields(c *Cursor, ev *analysis.Event) error {
	short := func() error {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	i := strings.Index(c.Rest(), "ruser=")
	if i < 0 {
		for c.Blanks(); c.pos < len(c.text); c.Blanks() {
			if word := c.Token(""); !strings.Contains(word, "=") {
				return ErrNotMine
			}
		}
		return short()
	}
	fields := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(c.Rest()[i+len("ruser="):], " \t"), "[preauth]"), " \t")
	at, found := 0, false
	for {
		j := strings.Index(fields[at:], "rhost=")
		if j < 0 {
			break
		}
		if at += j; at > 0 && !isBlank(fields[at-1]) {
			at += len("rhost=")
			continue
		}
		ruser := strings.TrimRight(fields[:at], " \t")
		host, user, ok := pamHostUser(fields[at+len("rhost="):])
		at += len("rhost=")
		if !ok {
			continue
		}
		found = true
		ev.User = user
		ev.Source = analysis.Endpoint{}
		if ip, ok := parseAddr(host); ok {
			ev.Source.IP = ip
		} else if isHostName(host) {
			ev.Source.Name = host
		}
		if ruser == "" || ruser == user {
			break // the first is the module's own
		}
	}
	if !found {
		return short()
	}
	c.pos = len(c.text)
	if ev.User == "" {
		c.Open()
	}
	return nil
}

// pamHostUser reads what follows "rhost=": a host, and a user if the account exists.
func pamHostUser(s string) (host, user string, ok bool) {
	host, rest, _ := strings.Cut(s, " ")
	if rest = strings.TrimLeft(rest, " \t"); rest == "" {
		return host, "", true
	}
	user, ok = strings.CutPrefix(rest, "user=")
	return host, user, ok
}

func pamService(name string) string {
	switch name {
	case "sshd", "sshd-session", "sshd-auth", "ssh", "dropbear":
		return "ssh"
	case "vsftpd", "proftpd", "ftpd", "pure-ftpd", "wu-ftpd", "wuftpd", "ftp", "in.ftpd", "gssftp":
		return "ftp"
	case "imap", "imapd", "imap4", "imaps", "dovecot", "dovecot-auth", "cyrus", "courier-imap", "authdaemond", "authdaemon":
		return "imap"
	case "pop", "pop3", "pop3d", "pop3s", "ipop3d", "popa3d", "popper", "qpopper", "in.qpopper":
		return "pop3"
	case "smtp", "smtpd", "postfix", "sendmail", "exim", "exim4", "esmtp", "saslauthd":
		return "smtp"
	case "remote", "telnetd", "in.telnetd":
		return "telnet"
	}
	return name
}

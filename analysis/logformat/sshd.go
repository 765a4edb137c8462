package logformat

import (
	"strings"

	"practicum/analysis"
)

// sshd is OpenSSH's server, whose sessions log as sshd or, since 9.8, as sshd-session. The user name
// in its messages is what the client sent: it may be empty, hold blanks, or look like the rest of the
// message. The address is therefore read from the end, behind the last " from " (auth.c, auth2.c,
// packet.c of OpenSSH).
var sshd = Format{
	Name:       "sshd",
	Title:      "OpenSSH server",
	Recognised: "syslog program sshd or sshd-session with a log-in, a failure, a disconnect or a scan",
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New:        func(*Clock) Parser { return parseSSHD },
}

func parseSSHD(c *Cursor, ev *analysis.Event) error {
	switch ev.Program {
	case "sshd", "sshd-session", "sshd(pam_unix)":
	default:
		return ErrNotMine
	}
	c.Mine()
	ev.Service, ev.Proto = "ssh", "tcp"
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	if strings.HasPrefix(c.Rest(), "error:") {
		c.pos += len("error:")
		c.Blanks()
	}
	start := c.pos
	err := parseSSHDMessage(c, ev)
	if err == ErrNotMine && c.pos > start {
		// It opens like a message that is known, and the rest of it is not there.
		c.pos = len(c.text)
		c.ended(c.pos)
	}
	return err
}

func parseSSHDMessage(c *Cursor, ev *analysis.Event) error {
	switch {
	case c.Lit("Failed "):
		return parseSSHDFailed(c, ev)
	case c.Lit("Accepted "):
		return parseSSHDAccepted(c, ev)
	case c.Lit("Invalid user"), c.Lit("Illegal user"), c.Lit("input_userauth_request: invalid user"):
		ev.Action = analysis.ActionFailed
		return sshdUserFrom(c, ev)
	case c.Lit("maximum authentication attempts exceeded for "):
		ev.Action = analysis.ActionFailed
		c.Lit("invalid user ")
		return sshdUserFrom(c, ev)
	case c.Lit("PAM: "):
		return parseSSHDPAM(c, ev)
	case c.Lit("Did not receive identification string from "), c.Lit("scanned from "):
		ev.Action = analysis.ActionInfo
		return sshdAddress(c, ev)
	case c.Lit("banner exchange: Connection from "):
		ev.Action = analysis.ActionInfo
		return sshdAddress(c, ev)
	case c.Lit("Bad protocol version identification "), c.Lit("Protocol major versions differ for "),
		c.Lit("Magic value check failed "), c.Lit("Bad remote protocol version identification: "):
		ev.Action = analysis.ActionInfo
		return sshdLast(c, ev)
	case c.Lit("Unable to negotiate with "):
		ev.Action = analysis.ActionFailed
		return sshdAddress(c, ev)
	case c.Lit("User "):
		return parseSSHDRefusedUser(c, ev)
	case c.Lit("Connection closed by "), c.Lit("Connection reset by "), c.Lit("Disconnected from "), c.Lit("Disconnecting "):
		return parseSSHDEnd(c, ev)
	case c.Lit("Received disconnect from "):
		ev.Action, ev.Context = analysis.ActionInfo, true
		return sshdAddress(c, ev)
	case c.Lit("fatal: Timeout before authentication for "), c.Lit("Timeout before authentication for "),
		c.Lit("ssh_dispatch_run_fatal: Connection from "):
		ev.Action = analysis.ActionInfo
		return sshdAddress(c, ev)
	case c.Lit("Connection from "):
		ev.Action, ev.Context = analysis.ActionInfo, true
		return sshdAddress(c, ev)
	case c.Lit("Address "), c.Lit("reverse mapping checking getaddrinfo for "), c.Lit("Nasty PTR record "):
		// The name in the reverse lookup is the source's own word, and DNS trouble is no attack.
		ev.Action, ev.Context = analysis.ActionInfo, true
		return sshdLast(c, ev)
	}
	return parseSSHDNote(c)
}

// sshdAddress reads an address, or a name, at the cursor, and the port behind it.
func sshdAddress(c *Cursor, ev *analysis.Event) error {
	word := strings.TrimRight(c.Token(""), ":,")
	if !sshdPeer(word, ev) {
		return ErrNotMine
	}
	if c.Lit(" port ") {
		if port, ok := c.Number(65535); ok {
			ev.Source.Port = uint16(port)
		}
	}
	return nil
}

// sshdPeer takes an address or a host name; "UNKNOWN" names nobody.
func sshdPeer(word string, ev *analysis.Event) bool {
	if ip, ok := parseAddr(strings.Trim(word, "[]()")); ok {
		ev.Source.IP = ip
		return true
	}
	if word == "UNKNOWN" {
		return true
	}
	if isHostName(word) {
		ev.Source.Name = strings.TrimSuffix(word, ".")
		return true
	}
	return false
}

// sshdUserFrom reads "USER from ADDRESS[ port N][ …]" with the last " from " that an address follows.
func sshdUserFrom(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	if strings.HasPrefix(rest, "from ") {
		rest = " " + rest // the user name is empty
	}
	for end := len(rest); ; {
		i := strings.LastIndex(rest[:end], " from ")
		if i < 0 {
			break
		}
		at := Cursor{text: rest, pos: i + len(" from ")}
		var peer analysis.Event
		if sshdAddress(&at, &peer) == nil && sshdTail(at.Rest()) {
			ev.Source.IP, ev.Source.Name, ev.Source.Port = peer.Source.IP, peer.Source.Name, peer.Source.Port
			ev.User = strings.TrimPrefix(rest[:i], " ")
			c.pos = len(c.text)
			return nil
		}
		end = i
	}
	if strings.HasSuffix(rest, "[preauth]") || !strings.Contains(rest, " from ") {
		// "input_userauth_request: invalid user X [preauth]": the same pid names the address elsewhere.
		if user, ok := strings.CutSuffix(rest, " [preauth]"); ok {
			ev.User, ev.Context = strings.TrimPrefix(user, " "), true
			return nil
		}
	}
	return ErrNotMine
}

// sshdTail reports whether what follows an address can end a message.
func sshdTail(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || s == "[preauth]" || s == "ssh1" || s == "ssh2" || s == "ssh" ||
		strings.HasPrefix(s, "ssh2: ") || strings.HasPrefix(s, "ssh2 [") || strings.HasPrefix(s, "ssh [") || strings.HasPrefix(s, "ssh1 [")
}

// sshdLast finds the last address in a message that holds text of the peer's: behind " from ",
// "[", "with" or at the start.
func sshdLast(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	for _, before := range [...]string{"Connection from ", " from ", "["} {
		if i := strings.LastIndex(rest, before); i >= 0 {
			at := Cursor{text: rest, pos: i + len(before)}
			word := strings.TrimRight(at.Token("]"), ":,.")
			if sshdPeer(word, ev) {
				at = Cursor{text: rest, pos: i + len(before)}
				at.Token("")
				if at.Lit(" port ") {
					if port, ok := at.Number(65535); ok {
						ev.Source.Port = uint16(port)
					}
				}
				return nil
			}
		}
	}
	at := Cursor{text: rest}
	word := strings.TrimRight(at.Token(""), ":,.")
	if sshdPeer(word, ev) {
		return nil
	}
	return ErrNotMine
}

func parseSSHDFailed(c *Cursor, ev *analysis.Event) error {
	ev.Action = analysis.ActionFailed
	method := c.Token("")
	if method == "" || !c.Lit(" for ") {
		return ErrNotMine
	}
	if method == "none" || method == "publickey" {
		// The client's first question which methods there are, or a key that is not the right one:
		// an ordinary log-in has both.
		ev.Context = true
	}
	if !c.Lit("invalid user ") {
		c.Lit("illegal user ")
	}
	return sshdUserFrom(c, ev)
}

func parseSSHDAccepted(c *Cursor, ev *analysis.Event) error {
	ev.Action, ev.Context = analysis.ActionAllowed, true
	if c.Token("") == "" || !c.Lit(" for ") {
		return ErrNotMine
	}
	return sshdUserFrom(c, ev)
}

// parseSSHDPAM reads "PAM: Authentication failure for [illegal user ]U from ADDRESS".
func parseSSHDPAM(c *Cursor, ev *analysis.Event) error {
	ev.Action = analysis.ActionFailed
	reason, ok := c.Until(" for ")
	if !ok {
		return ErrNotMine
	}
	if !strings.Contains(reason, "ailure") && !strings.Contains(reason, "rror") && !strings.Contains(reason, "nknown") && !strings.Contains(reason, "denied") {
		return ErrNotMine
	}
	if !c.Lit("illegal user ") {
		c.Lit("invalid user ")
	}
	return sshdUserFrom(c, ev)
}

// parseSSHDRefusedUser reads "User U from HOST not allowed because …".
func parseSSHDRefusedUser(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	i := strings.LastIndex(rest, " not allowed because ")
	if i < 0 {
		return ErrNotMine
	}
	j := strings.LastIndex(rest[:i], " from ")
	if j < 0 || !sshdPeer(rest[j+len(" from "):i], ev) {
		return ErrNotMine
	}
	ev.Action, ev.User = analysis.ActionBlocked, rest[:j]
	return nil
}

// parseSSHDEnd reads the end of a connection: "Connection closed by [invalid user U |authenticating
// user U ]ADDRESS[ port N][ [preauth]]". Before authentication it is a try that came to nothing;
// after it, the end of somebody's session.
func parseSSHDEnd(c *Cursor, ev *analysis.Event) error {
	ev.Action = analysis.ActionInfo
	rest := c.Rest()
	preauth := strings.HasSuffix(rest, "[preauth]")
	known := false
	for _, before := range [...]string{"invalid user ", "authenticating user ", "user "} {
		if strings.HasPrefix(rest, before) {
			rest, known = rest[len(before):], true
			break
		}
	}
	body := strings.TrimSpace(strings.TrimSuffix(rest, "[preauth]"))
	if i := strings.IndexByte(body, ':'); i > 0 && strings.HasPrefix(c.Rest(), "authenticating") {
		if k := strings.Index(body, ": "); k > 0 {
			body = body[:k]
		}
	}
	words := strings.Fields(body)
	if n := len(words); n >= 3 && words[n-2] == "port" {
		port := Cursor{text: words[n-1]}
		if p, ok := port.Number(65535); ok {
			ev.Source.Port = uint16(p)
		}
		words = words[:n-2]
	}
	if len(words) == 0 || !sshdPeer(words[len(words)-1], ev) {
		return ErrNotMine
	}
	if known {
		ev.User = strings.Join(words[:len(words)-1], " ")
	}
	if !ev.Source.IP.IsValid() && !preauth && len(words) > 1 && !known {
		return ErrNotMine
	}
	ev.Context = !preauth
	if known && preauth {
		ev.Action = analysis.ActionFailed // a name was given, and nobody was let in
	}
	return nil
}

// sshdNotes are what sshd says of itself and of sessions, without a peer to blame.
var sshdNotes = [...]string{
	"Server listening on ", "Received SIGHUP; restarting.", "Received signal ", "Exiting on signal ", "Starting session: ", "Postponed ", "Partial ",
	"pam_unix(sshd:session): session ", "session opened for user ", "session closed for user ", "subsystem request for sftp ",
	"Disconnecting: ", "fatal: Write failed: ", "fatal: no matching ", "pam_systemd(sshd:session): ", "syslogin_perform_logout: ", "Authorized to ",
	"Close session: ", "Transferred: ", "Exiting ", "Closing connection to ", "lastlog_", "rexec line ", "Set /proc/self/oom_score_adj ", "Child connection from ",
	"Found matching ", "Server: ", "channel ",
}

func parseSSHDNote(c *Cursor) error {
	for _, note := range sshdNotes {
		if strings.HasPrefix(c.Rest(), note) {
			return ErrNotEvent
		}
	}
	return ErrNotMine
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// exim writes the client as "name (HELO) [address]:port" in front of everything else that the client
// said, in files of its own and in syslog, there with or without its stamp. HELO stands in parentheses
// and may look like an address in brackets; the address is the first word that begins with one.
var exim = Format{
	Name:       "exim",
	Title:      "Exim",
	Recognised: `a stamp yyyy-mm-dd hh:mm:ss, or syslog program exim, with "authenticator failed for", "H=… rejected", or a message id`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      "-",
	Starts:     startsDateTime,
	New: func(clock *Clock) Parser {
		client, notes := patternsOf(eximClient), patternsOf(eximNotes)
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "":
				if c.dateTime(clock, ev) != nil {
					return ErrNotMine
				}
				ev.Program, ev.Message = "exim", c.Rest()
				c.eximTag(ev)
			case "exim", "exim4":
				if startsDateTime(c.Rest()) && c.dateTime(clock, ev) != nil || c.halfStamp() {
					return ErrNotMine
				}
			default:
				return ErrOtherProgram
			}
			if c.pos < len(c.text) && c.text[c.pos] == '[' {
				at := c.pos
				c.pos++
				if pid, ok := c.Number(1 << 30); ok && c.Lit("] ") {
					ev.PID, ev.Session = pid, analysis.SessionOf(ev.Host, pid)
				} else {
					c.pos = at
				}
			}
			ev.Service, ev.Proto = "smtp", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			hasID := c.eximID()
			for _, m := range eximClients {
				at := c.pos
				if m.word && c.Token("") == "" || !c.Lit(m.text) {
					c.pos = at
					continue
				}
				if err := c.eximPeer(&ev.Source); err != nil {
					return err
				}
				return parseEximClient(c, ev, m.text, client)
			}
			if c.Lit("SMTP protocol synchronization error (") {
				// The client spoke before its turn: "… (REASON): rejected WHAT H=…" or "… connection from H=…".
				if _, ok := c.Until("): rejected "); !ok {
					return ErrNotMine
				}
				ev.Action = analysis.ActionInfo
				if strings.HasPrefix(c.Rest(), "connection from ") {
					ev.Action = analysis.ActionBlocked
				}
				if i := strings.Index(c.Rest(), " H="); i >= 0 {
					c.pos += i + 1
				}
				if err := c.eximPeer(&ev.Source); err != nil {
					return err
				}
				c.pos = len(c.text)
				return nil
			}
			if c.Lit("SMTP protocol error in ") || c.Lit("SMTP syntax error in ") {
				return c.eximProtocolError(ev)
			}
			if hasID {
				if c.Lit("<= ") {
					return parseEximArrival(c, ev)
				}
				if err := parseEximFiltered(c, ev); err != ErrNotMine {
					return err
				}
				if hear(c, notes, ev) == ErrNotEvent {
					return ErrNotEvent
				}
				return ErrNotMine
			}
			return hear(c, notes, ev)
		}
	},
}

// eximClients are the beginnings behind which a client stands; word is set when a word is in front.
var eximClients = [...]struct {
	word bool
	text string
}{
	{true, " authenticator failed for "}, {false, "H="}, {false, "no MAIL in SMTP connection from "},
	{false, "SMTP call from "}, {false, "Connection from "}, {false, "refused connection from "},
	{false, "unexpected disconnection while reading SMTP command from "},
	{false, "SMTP command timeout on connection from "}, {false, "SMTP command timeout on TLS connection from "},
	{false, "SMTP connection from "}, {false, "TLS error on connection from "}, {false, "SMTP data timeout (message abandoned) on connection from "},
}

// eximTag moves past "host exim[pid]: ", which stands behind the stamp where syslog writes stamps of this
// form.
func (c *Cursor) eximTag(ev *analysis.Event) {
	at := *c
	host := at.Token("")
	if !at.Lit(" exim") {
		return
	}
	at.Lit("4")
	if at.Lit("[") {
		pid, ok := at.Number(1 << 30)
		if !ok || !at.Lit("]") {
			return
		}
		ev.PID, ev.Session = pid, analysis.SessionOf(host, pid)
	}
	if at.Lit(": ") {
		*c = at
		ev.Host, ev.Message = host, c.Rest()
	}
}

// eximProtocolError reads `"COMMAND" H=client reason`. The command is the client's; the client's name for
// itself has no blanks, so the last " H=" is the server's.
func (c *Cursor) eximProtocolError(ev *analysis.Event) error {
	i := strings.LastIndex(c.Rest(), `" H=`)
	if i < 0 {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	command := c.Rest()[:i]
	c.pos += i + len(`" `)
	if err := c.eximPeer(&ev.Source); err != nil {
		return err
	}
	if ev.Action = analysis.ActionInfo; len(command) > 5 && strings.EqualFold(command[1:5], "auth") {
		ev.Action = analysis.ActionFailed
	}
	c.pos = len(c.text)
	return nil
}

// eximPeer reads "name (HELO) [address]:port" with any part but the address missing, "H=" in front of it
// too, and the words I=, P=, X=, CV=, U= behind.
func (c *Cursor) eximPeer(e *analysis.Endpoint) error {
	c.Lit("H=")
	name := ""
	for range 8 {
		c.Blanks()
		if c.pos == len(c.text) {
			c.ended(c.pos)
			return ErrNotMine
		}
		if c.text[c.pos] == '(' {
			if _, ok := c.Until(") "); !ok {
				return ErrNotMine
			}
			continue
		}
		if c.text[c.pos] == '[' {
			c.pos++
			addr, ok := c.Until("]")
			if !ok {
				return ErrNotMine
			}
			if isBrokenAddress(addr) {
				return &SyntaxError{"exim", "the client's address cannot be read"}
			}
			if e.IP, ok = parseAddr(addr); !ok {
				return ErrNotMine
			}
			e.Name = hostName(name, addr)
			if c.pos+1 < len(c.text) && c.text[c.pos] == ':' && isDigit(c.text[c.pos+1]) {
				c.pos++
				if port, ok := c.Number(65535); ok {
					e.Port = uint16(port)
				}
			}
			return nil
		}
		if word := c.Token(""); isHostName(word) {
			name = word
		}
	}
	return ErrNotMine
}

func parseEximClient(c *Cursor, ev *analysis.Event, opening string, list *patterns) error {
	switch opening {
	case " authenticator failed for ":
		ev.Action = analysis.ActionFailed
	case "H=":
		return parseEximRefusal(c, ev)
	case "no MAIL in SMTP connection from ":
		ev.Action = analysis.ActionInfo
		c.pos = len(c.text)
		return nil
	case "refused connection from ":
		ev.Action = analysis.ActionBlocked
		c.pos = len(c.text)
		return nil
	case "SMTP call from ", "Connection from ":
		ev.Action = analysis.ActionBlocked
	default:
		ev.Action, ev.Context = analysis.ActionInfo, true
		if strings.HasSuffix(strings.TrimRight(c.Rest(), " "), " closed by DROP in ACL") {
			ev.Action, ev.Context, ev.Signature = analysis.ActionBlocked, false, "refused"
		}
		c.pos = len(c.text)
		return nil
	}
	for range 4 { // I=[…]:25, P=…, U=…
		c.Blanks()
		at := c.pos
		if word := c.Token(""); len(word) < 3 || word[1] != '=' || strings.HasSuffix(word, ":") && !strings.HasPrefix(word, "I=") {
			c.pos = at
			break
		}
	}
	return hear(c, list, ev)
}

var eximClient = []message{
	{text: ": 535 {any} (set_id={user})", action: analysis.ActionFailed},
	{text: ": 535 {rest}", action: analysis.ActionFailed},
	{text: ": 435 {rest}", action: analysis.ActionInfo, context: true},
	{text: "535 {any} (set_id={user})", action: analysis.ActionFailed},
	{text: "535 {rest}", action: analysis.ActionFailed},
	{text: "dropped: too many {rest}", action: analysis.ActionBlocked},
	{text: "refused: {rest}", action: analysis.ActionBlocked},
}

// parseEximRefusal reads what follows the client in "H=…": words such as X=, CV=, F=<…>, then what
// was refused.
func parseEximRefusal(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	ev.Action = analysis.ActionBlocked
	c.pos = len(c.text)
	if i := strings.Index(rest, "rejected "); i >= 0 && (i == 0 || isBlank(rest[i-1])) {
		answer := rest[i+len("rejected "):]
		command, _, _ := strings.Cut(answer, " ")
		ev.Signature, ev.Context = refusal(550, command, answer)
		return nil
	}
	switch {
	case strings.Contains(rest, " sender verify fail for "):
		ev.Signature = "refused"
	case strings.Contains(rest, " sender verify defer for "), strings.Contains(rest, " Warning: "):
		ev.Action, ev.Context = analysis.ActionInfo, true
	case strings.Contains(rest, " incomplete transaction "), strings.Contains(rest, " closed connection "):
		ev.Action, ev.Context = analysis.ActionInfo, true
	default:
		c.ended(c.pos)
		return ErrNotMine
	}
	return nil
}

// parseEximFiltered reads what a content filter says of a mail that is here: "F=<…> H=client … rejected by
// local_scan(): …" and SA-Exim's "SA: Action: … (host=NAME [ADDRESS]) for …". The mail's headers stand
// between, so the host is the last.
func parseEximFiltered(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	ev.Action, ev.Signature = analysis.ActionBlocked, "refused"
	if strings.HasPrefix(rest, "F=") || strings.HasPrefix(rest, "H=") {
		i := strings.Index(rest, " rejected by local_scan()")
		j := 0
		if rest[0] == 'F' {
			j = strings.LastIndex(rest[:max(i, 0)], " H=")
		}
		if i < 0 || j < 0 {
			return ErrNotMine
		}
		at := Cursor{text: rest[:i], pos: j}
		at.Blanks()
		if err := at.eximPeer(&ev.Source); err != nil {
			return err
		}
		c.pos = len(c.text)
		return nil
	}
	if !strings.HasPrefix(rest, "SA: Action: ") {
		return ErrNotMine
	}
	if strings.HasPrefix(rest, "SA: Action: scanned but message isn't spam") {
		return ErrNotEvent
	}
	if strings.HasPrefix(rest, "SA: Action: flagged as Spam but accepted") {
		ev.Action, ev.Context, ev.Signature = analysis.ActionAllowed, true, ""
	}
	i := strings.LastIndex(rest, " (host=")
	if i < 0 {
		return ErrNotMine
	}
	at := Cursor{text: rest, pos: i + len(" (host=")}
	if !at.hostInBrackets(&ev.Source) {
		return ErrNotMine
	}
	if ev.Source.Name == "NULL" {
		ev.Source.Name = ""
	}
	c.pos = len(c.text)
	return nil
}

// parseEximArrival reads of a mail that was taken, "SENDER R=… U=… H=client I=… P=protocol X=… DN="…" SNI="…"
// A=authenticator:user S=…", who had logged in to send it. The sender's local part may be quoted and hold
// anything; "a" at the end of the protocol is the server's word for a client that has logged in, and stands in
// front of what else the client says.
func parseEximArrival(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	c.pos = len(c.text)
	at := Cursor{text: rest}
	at.eximQuoted()
	at.Token("")
	for i := 0; ; i++ {
		at.Blanks()
		if strings.HasPrefix(at.Rest(), "H=") {
			break
		}
		if word := at.Token(""); i == 4 || len(word) < 2 || word[1] != '=' {
			return ErrNotEvent
		}
	}
	if at.eximPeer(&ev.Source) != nil {
		return ErrNotEvent
	}
	for loggedIn := false; ; {
		at.Token("") // the client's port, or what is left of a quoted value
		at.Blanks()
		key, ok := at.Until("=")
		if i := strings.LastIndexAny(key, " \t"); i >= 0 {
			key = key[i+1:] // "L-" and "K" have no values
		}
		switch {
		case !ok || key == "S":
			return ErrNotEvent
		case key == "P":
			if loggedIn = strings.HasSuffix(at.Token(""), "a"); !loggedIn {
				return ErrNotEvent
			}
		case key == "A":
			_, user, ok := strings.Cut(at.Token(""), ":")
			if ev.User, _, _ = strings.Cut(user, ","); !ok || !loggedIn {
				return ErrNotEvent
			}
			ev.Action, ev.Context = analysis.ActionAllowed, true
			return nil
		default:
			at.eximQuoted()
		}
	}
}

// eximQuoted moves past a text in quotation marks, if one is there.
func (c *Cursor) eximQuoted() {
	if !c.Lit(`"`) {
		return
	}
	for c.pos < len(c.text) && c.text[c.pos] != '"' {
		if c.text[c.pos] == '\\' {
			c.pos++
		}
		c.pos++
	}
	c.pos = min(c.pos+1, len(c.text))
}

// eximID moves past a message id, "1Glsgv-0002wv-00 " or since 4.97 "1pG4Xd-00000000abc-0aBc ", if it is
// there.
func (c *Cursor) eximID() bool {
	at := c.pos
	first, rest, _ := strings.Cut(c.Token(""), "-")
	second, third, _ := strings.Cut(rest, "-")
	if len(first) != 6 || len(second) != 6 && len(second) != 11 || len(third) != 2 && len(third) != 4 || strings.IndexByte(third, '-') >= 0 || !c.Lit(" ") {
		c.pos = at
		return false
	}
	return true
}

var eximNotes = []message{
	{text: "=> {rest}"}, {text: "-> {rest}"}, {text: "== {rest}"}, {text: "** {rest}"}, {text: ">> {rest}"}, {text: "Completed{rest}"},
	{text: "Frozen{rest}"}, {text: "Message is frozen"}, {text: "Unfrozen by {rest}"}, {text: "SMTP error from remote {rest}"}, {text: "{w} R={w} T={w} defer {rest}"},
	{text: "Start queue run: {rest}"}, {text: "End queue run: {rest}"}, {text: "exim {w} daemon started: {rest}"}, {text: "pid {n}: SIGHUP received: re-exec daemon"},
	{text: "daemon started: {rest}"},
	{text: "no host name found for IP address {ip}", action: analysis.ActionInfo, context: true},
	{text: "no IP address found for host {w} (during SMTP connection from {(H=)}{(({any}) )}[{ip}]{(:{port})}{any})", action: analysis.ActionInfo, context: true},
	{text: "no IP address found for host {rest}"},
}

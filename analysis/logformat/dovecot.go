package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// dovecot's log-in processes write one line when a client that is not logged in goes away, with how
// often it failed; its authentication worker writes each failure by itself, if it is told to. Both
// name the session since Dovecot 2.1. The client's name stands before the address: of two places that
// look like one, the last is the server's.
var dovecot = Format{
	Name:       "dovecot",
	Title:      "Dovecot (IMAP, POP3, ManageSieve)",
	Recognised: `syslog program dovecot, or its own file, with "imap-login:", "pop3-login:" and "rip=", or "auth-worker: driver(user,address)"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "JFMASOND" + decimals,
	After:      "- \t",
	Starts:     startsDovecot,
	New: func(clock *Clock) Parser {
		notes, auth := patternsOf(dovecotNotes), patternsOf(dovecotAuthMessages)
		told := map[uint64]dovecotFailure{} // by client and account: the failure that an authentication worker told last
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if month, day, hour, minute, second, n, ok := syslogStamp(c.text); ok {
					if ev.Time, ok = clock.Yearless(month, day, hour, minute, second); !ok {
						return &SyntaxError{"dovecot", "the date does not exist in the year that was decided for this input"}
					}
					c.pos = n
				} else if c.dateTime(clock, ev) != nil {
					return ErrNotMine
				}
				ev.Program, ev.Message = "dovecot", c.Rest()
			} else if dovecotTag(ev.Program) {
				c.pos -= len(ev.Program) + len(": ") // multilog's lines have no tag but this
				ev.Program, ev.Message = "dovecot", c.Rest()
			} else if ev.Program != "dovecot" {
				return ErrOtherProgram
			}
			c.Lit("dovecot: ")
			// The process id is that of the master, which writes for all.
			ev.Session, ev.Proto = 0, "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			for _, p := range dovecotProcesses {
				if !c.Lit(p.prefix) {
					continue
				}
				dovecotLevel(c)
				ev.Service = p.service
				err := parseDovecotLogin(c, ev)
				if err == nil && ev.Action == analysis.ActionFailed && len(told) > 0 {
					client := dovecotClient(ev)
					if last, ok := told[client]; ok {
						delete(told, client)
						if d := ev.Time.Sub(last.at); d >= 0 && d <= dovecotConnection {
							ev.Session = last.session
						}
					}
				}
				return err
			}
			if strings.HasPrefix(c.Rest(), "auth") {
				err := parseDovecotAuth(c, ev, auth, notes)
				if err == nil && ev.Session == 0 {
					if len(told) >= 1000 {
						clear(told)
					}
					client := dovecotClient(ev)
					ev.Session = analysis.Sessions(client).Of(int(ev.Time.UnixNano()&(1<<62-1)) + told[client].n)
					told[client] = dovecotFailure{ev.Time, ev.Session, told[client].n + 1}
				}
				return err
			}
			return hear(c, notes, ev)
		}
	},
}

// dovecotFailure is a failed log-in that an authentication worker told without the name of its session. The log-in
// process tells of the same connection when it ends: both are one session.
type dovecotFailure struct {
	at      time.Time
	session uint64
	n       int // how many went before since the log-in process told of some
}

// dovecotConnection is how long a client that does not log in is served: Dovecot's log-in processes end after three
// minutes.
const dovecotConnection = 3 * time.Minute

// dovecotClient is the same for records of one account and address.
func dovecotClient(ev *analysis.Event) uint64 {
	h, ip := analysis.SessionsOf(ev.User), ev.Source.IP.As16()
	for i := 0; i < len(ip); i += 4 {
		h = analysis.Sessions(h.Of(1<<32 | int(ip[i])<<24 | int(ip[i+1])<<16 | int(ip[i+2])<<8 | int(ip[i+3])))
	}
	return uint64(h)
}

var dovecotProcesses = [...]struct{ prefix, service string }{
	{"imap-login: ", "imap"}, {"pop3-login: ", "pop3"}, {"managesieve-login: ", "sieve"}, {"submission-login: ", "submission"},
}

// dovecotTag reports whether a program is a log-in process of Dovecot under its own name.
func dovecotTag(program string) bool {
	switch program {
	case "imap-login", "pop3-login", "managesieve-login", "submission-login":
		return true
	}
	return false
}

func startsDovecot(text string) bool {
	if head := text[:min(len(text), 40)]; !strings.Contains(head, "-login: ") && !strings.Contains(head, " auth") {
		return false
	}
	_, _, _, _, _, n, ok := syslogStamp(text)
	if !ok {
		c := Cursor{text: text}
		if !startsDateTime(text) || c.dateTime(&Clock{zone: time.UTC}, &analysis.Event{}) != nil {
			return false
		}
		n = c.pos
	}
	rest := strings.TrimPrefix(text[n:], "dovecot: ")
	for _, p := range dovecotProcesses {
		if strings.HasPrefix(rest, p.prefix) {
			return true
		}
	}
	return strings.HasPrefix(rest, "auth: ") || strings.HasPrefix(rest, "auth-worker(")
}

// dovecotLevel moves past the level that Dovecot's own files print.
func dovecotLevel(c *Cursor) {
	for _, level := range [...]string{"Info: ", "Error: ", "Warning: ", "Debug: "} {
		if c.Lit(level) {
			return
		}
	}
}

// parseDovecotLogin reads "REASON: user=<U>, method=M, rip=A, lip=B, …". The reason holds no word of the
// client's, and nothing behind the last "rip=" does.
func parseDovecotLogin(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	if strings.HasPrefix(rest, "Time just moved ") {
		return ErrNotEvent
	}
	i := strings.LastIndex(rest, "rip=")
	if i < 2 || !strings.HasPrefix(rest[i-2:], ", ") && !strings.HasPrefix(rest[i-2:], ": ") {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	at := Cursor{text: rest, pos: i + len("rip=")}
	word := at.Token(",")
	if isBrokenAddress(word) {
		return &SyntaxError{"dovecot", "the client's address cannot be read"}
	}
	ip, ok := parseAddr(word)
	if !ok || !at.Lit(",") && at.pos < len(rest) {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	ev.Source.IP = ip
	if at.Lit(" lip=") {
		// The address is one of the machine that wrote the line: both name one target.
		if ev.Target.IP, ok = parseAddr(at.Token(",")); ok {
			ev.Target.Name = ev.Host
		}
	}
	if _, id, ok := strings.Cut(at.Rest(), "session=<"); ok {
		id, _, _ = strings.Cut(id, ">")
		ev.Session = namedSession(id)
	}
	reason := rest[:i]
	if j := strings.Index(reason, "user=<"); j >= 0 {
		user := reason[j+len("user=<"):]
		if k := strings.LastIndex(user, ">, "); k >= 0 {
			ev.User = user[:k]
		}
		reason = reason[:j]
	}
	if strings.HasPrefix(reason, "Login: ") {
		ev.Action, ev.Context = analysis.ActionAllowed, true
		return nil
	}
	c.pos = len(c.text)
	ev.Action, ev.Context = dovecotOutcome(reason, ev)
	return nil
}

// dovecotOutcome reads what became of the log-in, in parentheses behind the reason: "(auth failed, N
// attempts in S secs)", "(no auth attempts in S secs)", before 1.2 "(N authentication attempts)". A client
// that comes and goes may be a monitor; one that does not speak the protocol, or breaks it off, is none.
func dovecotOutcome(reason string, ev *analysis.Event) (action analysis.Action, context bool) {
	has := func(text string) (Cursor, bool) {
		_, detail, ok := strings.Cut(reason, "("+text)
		return Cursor{text: detail}, ok
	}
	if c, ok := has("auth failed"); ok {
		ev.Count = 1
		if c.Lit(", ") {
			if n, ok := c.Number(1 << 20); ok && c.Lit(" attempt") {
				ev.Count = max(n, 1)
			}
		}
		return analysis.ActionFailed, false
	}
	if i := strings.Index(reason, " authentication attempt"); i > 0 {
		c := Cursor{text: reason, pos: strings.LastIndexByte(reason[:i], '(') + 1}
		if n, ok := c.Number(1 << 20); ok && n > 0 {
			ev.Count = n
			return analysis.ActionFailed, false
		}
	}
	for _, refused := range [...]string{"tried to use dis", "proxy dest auth failed", "auth service reported temporary failure"} {
		if _, ok := has(refused); ok {
			return analysis.ActionFailed, strings.HasPrefix(refused, "auth service")
		}
	}
	if strings.HasPrefix(reason, "Aborted login") && ev.User != "" && !strings.Contains(reason, "(") {
		return analysis.ActionFailed, false // before 1.0 it did not count
	}
	if strings.HasPrefix(reason, "Maximum number of connections") {
		return analysis.ActionBlocked, true
	}
	_, unfinished := has("client did") // "client didn't finish SASL auth"
	_, early := has("disconnected before auth was ready")
	strange := unfinished || early || strings.Contains(reason, "Too many bad commands") || strings.Contains(reason, "Too many invalid commands") ||
		strings.Contains(reason, ": Connection closed: ")
	return analysis.ActionInfo, !strange || ev.User != ""
}

// parseDovecotAuth reads "auth-worker(PID): [Info: ][conn unix:…: auth-worker<N>: ]driver(user,address
// [,<session>]): text".
func parseDovecotAuth(c *Cursor, ev *analysis.Event, auth, notes *patterns) error {
	at := c.pos
	if _, ok := c.Until(": "); !ok {
		return ErrNotMine
	}
	dovecotLevel(c)
	c.Lit("dovecot: ")
	if c.Lit("conn unix:") {
		if _, ok := c.Until("): "); !ok {
			return ErrNotMine
		}
		if c.Lit("auth-worker<") {
			if _, ok := c.Until(": "); !ok {
				return ErrNotMine
			}
		}
	}
	for _, driver := range [...]string{"pam(", "sql(", "passwd-file(", "ldap(", "passwd(", "shadow(", "checkpassword(", "lua(", "static(", "bsdauth("} {
		if !c.Lit(driver) {
			continue
		}
		err := hear(c, auth, ev)
		if err == ErrNotMine {
			break
		}
		if err != nil {
			return err
		}
		return nil // which of its services the client asked, the worker does not say
	}
	if c.pos != len(c.text) {
		c.pos = at
	}
	return hear(c, notes, ev)
}

// dovecotAuth is how the authentication of a client failed, behind the ways to write whose.
var dovecotAuthMessages = dovecotAuth()

func dovecotAuth() (list []message) {
	for _, client := range [...]string{"{user},{ip}){w}: ", "{user},{ip},<{sid}>){w}: ", "{user},{ip},{w}){w}: "} {
		for _, failure := range [...]string{
			"unknown user", "unknown user (given password: {any})", "unknown user (SHA1 of given password: {w})",
			"Password mismatch{rest}", "pam_authenticate() failed: {rest}", "invalid credentials{rest}",
		} {
			list = append(list, message{text: client + failure, action: analysis.ActionFailed})
		}
	}
	return list
}

var dovecotNotes = []message{
	{text: "{w}: Time just moved {rest}"}, {text: "Time just moved {rest}"}, {text: "Killed with signal {rest}"},
	{text: "Dovecot v{rest}"}, {text: "master: Dovecot v{rest}"}, {text: "master: Warning: Killed with signal {rest}"},
	{text: "{w}: LDAP: {rest}"}, {text: "{w}: io_loop_handle_remove: {rest}"}, {text: "{w}: {w}({any}): ldap_search({rest}"},
	{text: "ssl-build-param: SSL parameters regeneration completed"}, {text: "ssl-params: {rest}"},
	{text: "IMAP({any}): {rest}"}, {text: "POP3({any}): {rest}"}, {text: "imap({any}): {rest}"}, {text: "pop3({any}): {rest}"},
	{text: "imap({any})<{rest}"}, {text: "pop3({any})<{rest}"}, {text: "lda({any}): {rest}"}, {text: "lmtp({any}): {rest}"},
}

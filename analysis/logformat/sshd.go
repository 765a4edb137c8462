package logformat

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"practicum/analysis"
)

// sshd is OpenSSH's server, whose sessions log as sshd or, since 9.8, as sshd-session and, since 10.0,
// as sshd-auth. The name in its messages is what the client sent: it may be empty, hold blanks, or look
// like the rest of the message. The address is therefore read from the end, behind the last " from ",
// except behind the name of an account that exists, which is one word (auth.c, auth2.c, packet.c,
// srclimit.c of OpenSSH). The servers of ssh.com are read as far as their words are known (sshd 1.2,
// sshd2 of 2.x and 3.x).
//
// Some messages name no client. The same process named it before, or will when the connection ends, so
// what processes said is remembered.
var sshd = Format{
	Name:       "sshd",
	Title:      "OpenSSH server",
	Recognised: "syslog program sshd, sshd-session or sshd-auth with a log-in, a failure, a disconnect or a scan",
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		p := &sshdParser{list: patternsOf(sshdMessages), sessions: map[uint64]sshdSession{}}
		return p.parse
	},
}

type sshdParser struct {
	list     *patterns
	sessions map[uint64]sshdSession
	// of the record at hand
	ends bool // it tells of the end of a connection
}

// sshdSession is what one process said of its client.
type sshdSession struct {
	peer   analysis.Endpoint
	last   time.Time
	failed bool            // a log-in failed
	owed   analysis.Action // a record that names no client told of this; it waits for one that does
	user   string          // of that record
	paid   string          // the record that named somebody then; it may be read more than once
}

// sshdOwnWords begin messages that no other daemon writes.
var sshdOwnWords = [...]string{"Failed password for ", "Failed none for ", "Failed publickey for ", "Failed keyboard-interactive", "Accepted p", "Accepted keyboard-interactive",
	"Postponed p", "Invalid user ", "Disconnecting: Too many authentication failures", "Received disconnect from ", "Did not receive identification string"}

// sshdMemory is how long the words of a process are remembered. A process id is used again, and a
// client has less time to log in (LoginGraceTime: 600 seconds in the first releases).
const sshdMemory = 15 * time.Minute

func (p *sshdParser) parse(c *Cursor, ev *analysis.Event) error {
	switch ev.Program {
	case "sshd", "sshd-session", "sshd-auth", "sshd(pam_unix)", "sshd1", "sshd2":
		c.Mine()
	case "syslog":
		// AIX' own word on what sshd tells as well.
		if at := *c; !at.Lit("ssh: failed login attempt for ") {
			c.short = at.short
			return ErrNotMine
		}
	case "":
		if c.text[0] != '@' || !slices.ContainsFunc(sshdOwnWords[:], func(words string) bool { return strings.HasPrefix(c.Rest(), words) }) {
			return ErrNotMine // only multilog's files have neither host nor tag
		}
		ev.Program = "sshd"
	default:
		return ErrOtherProgram
	}
	ev.Service, ev.Proto = "ssh", "tcp"
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	for _, level := range [...]string{"error:", "fatal:", "log:", "WARNING:"} {
		if strings.HasPrefix(c.Rest(), level) {
			c.pos += len(level)
			c.Blanks()
			break
		}
	}
	start := c.pos
	p.ends = false
	err := p.message(c, ev)
	if err == ErrNotMine {
		known := c.pos > start
		c.pos = start
		if err = hear(c, p.list, ev); err == ErrNotMine && known {
			// It opens like a message that is known, and the rest of it is not there.
			c.pos = len(c.text)
			c.ended(c.pos)
		}
	}
	if err == nil {
		if ev.Target.IP.IsValid() {
			ev.Target.Name = ev.Host // the address that it listens on is the machine's own
		}
		p.join(ev)
	}
	return err
}

// join completes an event by what the same process said before, and remembers what it says now.
func (p *sshdParser) join(ev *analysis.Event) {
	s, known := p.sessions[ev.Session]
	if ev.Session == 0 || known && ev.Time.Sub(s.last).Abs() > sshdMemory {
		s = sshdSession{}
	}
	failed := ev.Action == analysis.ActionFailed || ev.Action == analysis.ActionBlocked
	if isNobody(ev.Source) && !strings.Contains(ev.Message, " UNKNOWN") {
		ev.Source.IP, ev.Source.Name = s.peer.IP, s.peer.Name
	}
	switch {
	case isNobody(ev.Source):
		if !ev.Context {
			ev.Context, s.owed, s.user = true, ev.Action, strings.Clone(ev.User) // a detect needs somebody who did it
		}
	case p.ends && s.owed != "" && (s.paid == "" || s.paid == ev.Message):
		ev.Action, ev.Context, ev.User = s.owed, false, s.user
		s.failed = s.failed || s.owed != analysis.ActionInfo
		s.paid = strings.Clone(ev.Message)
	case s.failed && ev.User == "" && ev.Action == analysis.ActionInfo:
		ev.Context = true // how it failed has been told
	case !ev.Context:
		s.failed, s.owed = s.failed || failed, ""
	}
	if ev.Session == 0 {
		return
	}
	if !isNobody(ev.Source) && (ev.Source.IP != s.peer.IP || ev.Source.Name != s.peer.Name) {
		s.peer = analysis.Endpoint{IP: ev.Source.IP, Name: strings.Clone(ev.Source.Name)}
	}
	s.last = ev.Time
	if len(p.sessions) >= 1000 && !known {
		clear(p.sessions) // sessions are short: what matters is among the last
	}
	p.sessions[ev.Session] = s
}

func isNobody(e analysis.Endpoint) bool { return !e.IP.IsValid() && e.Name == "" }

func (p *sshdParser) message(c *Cursor, ev *analysis.Event) error {
	start := c.pos
	switch {
	case c.Lit("Failed "):
		return parseSSHDFailed(c, ev)
	case c.Lit("Accepted "):
		ev.Action, ev.Context = analysis.ActionAllowed, true
		return sshdMethodUser(c, ev)
	case c.Lit("Postponed "), c.Lit("Partial "):
		// The log-in goes on. Of an account that does not exist it is as good as failed.
		ev.Action, ev.Context = analysis.ActionInfo, true
		if strings.Contains(c.Rest(), " for invalid user ") || strings.Contains(c.Rest(), " for illegal user ") {
			ev.Action, ev.Context = analysis.ActionFailed, false
		}
		return sshdMethodUser(c, ev)
	case c.Lit("Invalid user"), c.Lit("Illegal user"):
		ev.Action = analysis.ActionFailed
		return sshdUserFrom(c, ev, false)
	case c.Lit("input_userauth_request: invalid user"), c.Lit("input_userauth_request: illegal user"):
		// The same process names the address elsewhere.
		ev.Action = analysis.ActionFailed
		if err := sshdUserFrom(c, ev, false); err == nil {
			return nil
		}
		ev.Context = true
		ev.User = strings.TrimPrefix(strings.TrimSuffix(c.Rest(), " [preauth]"), " ")
		c.pos = len(c.text)
		return nil
	case c.Lit("maximum authentication attempts exceeded for "):
		ev.Action = analysis.ActionFailed
		return sshdUserFrom(c, ev, !sshdInvalid(c))
	case c.Lit("PAM: ") && !strings.HasPrefix(c.Rest(), "pam_"):
		// The reason is PAM's own text for an error.
		ev.Action = analysis.ActionFailed
		if _, ok := c.Until(" for "); !ok {
			return ErrNotMine
		}
		return sshdUserFrom(c, ev, !sshdInvalid(c))
	case c.Lit("Did not receive identification string from "), c.Lit("scanned from "), c.Lit("probed from "),
		c.Lit("banner exchange: Connection from "), c.Lit("Unable to negotiate with "), c.Lit("Timeout before authentication for connection from "),
		c.Lit("Timeout before authentication for "):
		ev.Action = analysis.ActionInfo
		return sshdNamed(c, ev)
	case c.Lit("ssh_dispatch_run_fatal: Connection from "):
		ev.Action = analysis.ActionInfo
		ev.Context = strings.HasPrefix(c.Rest(), "user ")
		return sshdNamed(c, ev)
	case c.Lit("Bad protocol version identification "), c.Lit("Protocol major versions differ for "),
		c.Lit("Magic value check failed "), c.Lit("Bad remote protocol version identification: "):
		ev.Action = analysis.ActionInfo
		return sshdLast(c, ev)
	case c.Lit("User "):
		return parseSSHDRefusedUser(c, ev)
	case c.Lit("ROOT LOGIN REFUSED FROM "):
		ev.Action, ev.User = analysis.ActionBlocked, "root"
		return sshdAddress(c, ev)
	case c.Lit("Connection closed by "), c.Lit("Connection reset by "), c.Lit("Disconnected from "):
		p.ends = true
		return parseSSHDEnd(c, ev, false)
	case c.Lit("Disconnecting "):
		p.ends = true
		return parseSSHDEnd(c, ev, true)
	case c.Lit("Received disconnect from "):
		p.ends = true
		return parseSSHDDisconnect(c, ev)
	case c.Lit("Connection from "), c.Lit("Closing connection to "):
		ev.Action, ev.Context = analysis.ActionInfo, true
		return sshdAddress(c, ev)
	case c.Lit("Address "), c.Lit("reverse mapping checking getaddrinfo for "), c.Lit("Nasty PTR record "):
		// The name in the reverse lookup is the source's own word, and DNS trouble is no attack.
		ev.Action, ev.Context = analysis.ActionInfo, true
		return sshdLast(c, ev)
	}
	for _, note := range sshdNotes {
		if strings.HasPrefix(c.text[start:], note) {
			return ErrNotEvent
		}
	}
	return ErrNotMine
}

// sshdAddress reads an address, or a name, at the cursor, and the port behind it.
func sshdAddress(c *Cursor, ev *analysis.Event) error {
	word := strings.TrimRight(c.Token(""), ":,")
	if err := sshdPeer(word, ev); err != nil {
		return err
	}
	if c.Lit(" port ") {
		if port, ok := c.Number(65535); ok {
			ev.Source.Port = uint16(port)
		}
	}
	return nil
}

// sshdNamed is sshdAddress where the server puts the user in front, if one was named before: "invalid
// user U ADDRESS port N". The user can look like an address; of two places the last is the server's.
func sshdNamed(c *Cursor, ev *analysis.Event) error {
	if !sshdPreamble(c) {
		return sshdAddress(c, ev)
	}
	user := c.pos
	for end := len(c.text); ; {
		i := strings.LastIndex(c.text[user:end], " port ")
		if i < 0 {
			return ErrNotMine
		}
		end = user + i
		j := strings.LastIndexByte(c.text[:end], ' ')
		if j < user-1 {
			return ErrNotMine
		}
		at := Cursor{text: c.text, pos: j + 1}
		if sshdAddress(&at, ev) == nil && ev.Source.Port != 0 {
			ev.User = c.text[user:max(user, j)]
			c.pos = at.pos
			return nil
		}
	}
}

func sshdPreamble(c *Cursor) bool {
	return c.Lit("invalid user ") || c.Lit("authenticating user ") || c.Lit("user ")
}

// sshdInvalid moves past the words that stand before a name that no account has.
func sshdInvalid(c *Cursor) bool { return c.Lit("invalid user ") || c.Lit("illegal user ") }

// sshdPeer takes an address or a host name; "UNKNOWN" names nobody.
func sshdPeer(word string, ev *analysis.Event) error {
	if ip, ok := parseAddr(strings.Trim(word, "[]()")); ok {
		ev.Source.IP = ip
		return nil
	}
	switch {
	case word == "UNKNOWN":
		return nil
	case isBrokenAddress(word) && !hasLeadingZero(word):
		return &SyntaxError{"sshd", "the client's address cannot be read"}
	case isHostName(word):
		ev.Source.Name = strings.TrimSuffix(word, ".")
		return nil
	}
	return ErrNotMine
}

// hasLeadingZero reports whether a part of an address begins with a needless zero, "192.030.0.6": nobody can
// tell whether it is meant in octal, so it stays a name.
func hasLeadingZero(word string) bool {
	for i := 0; i+1 < len(word); i++ {
		if word[i] == '0' && isDigit(word[i+1]) && (i == 0 || word[i-1] == '.') {
			return true
		}
	}
	return false
}

// sshdUserFrom reads "USER from ADDRESS[ port N][ …]". The user of an account that exists is a word;
// behind any other, the last " from " is taken that an address follows.
func sshdUserFrom(c *Cursor, ev *analysis.Event, exists bool) error {
	rest := c.Rest()
	if strings.HasPrefix(rest, "from ") { // the user name is empty
		if rest = " " + rest; c.pos > 0 && c.text[c.pos-1] == ' ' {
			rest = c.text[c.pos-1:] // a view, so that the name can be found in the record
		}
	}
	if i := strings.IndexByte(rest, ' '); exists && i > 0 && sshdFromAt(rest, i, ev) {
		ev.User, c.pos = rest[:i], len(c.text)
		return nil
	}
	for end := len(rest); ; {
		i := strings.LastIndex(rest[:end], " from ")
		if i < 0 {
			break
		}
		if sshdFromAt(rest, i, ev) {
			ev.User, c.pos = strings.TrimPrefix(rest[:i], " "), len(c.text)
			return nil
		}
		end = i
	}
	if i := strings.LastIndex(rest, " from "); i >= 0 {
		at := Cursor{text: rest, pos: i + len(" from ")}
		var peer analysis.Event
		if err := sshdAddress(&at, &peer); err != nil && err != ErrNotMine {
			return err
		}
	}
	return ErrNotMine
}

// sshdFromAt takes the client from " from ADDRESS[ port N]" at text[i:], if nothing follows but what can
// end a message.
func sshdFromAt(text string, i int, ev *analysis.Event) bool {
	at := Cursor{text: text, pos: i}
	var peer analysis.Event
	if !at.Lit(" from ") || sshdAddress(&at, &peer) != nil || !sshdTail(&at) {
		return false
	}
	ev.Source.IP, ev.Source.Name, ev.Source.Port = peer.Source.IP, peer.Source.Name, peer.Source.Port
	return true
}

// sshdTail reports whether what follows an address can end a message: the address of the server, the
// protocol, and what the method adds behind a colon.
func sshdTail(c *Cursor) bool {
	if c.Lit(" via ") && c.Token("") == "" {
		return false
	}
	if c.Lit(" on ") {
		c.Token("")
		if c.Lit(" port ") {
			c.Number(65535)
		}
		if c.Lit(" rdomain ") {
			c.Token("")
		}
	}
	protocol := c.Lit(" ssh1") || c.Lit(" ssh2") || c.Lit(" ssh")
	rest := strings.TrimSpace(c.Rest())
	return rest == "" || rest == "[preauth]" || protocol && strings.HasPrefix(rest, ":")
}

// sshdLast finds the last address in a message that holds text of the peer's: behind " from ",
// "[", "with" or at the start.
func sshdLast(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	for _, before := range [...]string{"Connection from ", " from ", "["} {
		if i := strings.LastIndex(rest, before); i >= 0 {
			at := Cursor{text: rest, pos: i + len(before)}
			word := strings.TrimRight(at.Token("]"), ":,.")
			if sshdPeer(word, ev) == nil {
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
	return sshdPeer(strings.TrimRight(at.Token(""), ":,."), ev)
}

// sshdMethodUser reads "METHOD for [invalid user ]USER from …".
func sshdMethodUser(c *Cursor, ev *analysis.Event) error {
	if c.Token("") == "" || !c.Lit(" for ") {
		return ErrNotMine
	}
	return sshdUserFrom(c, ev, !sshdInvalid(c))
}

func parseSSHDFailed(c *Cursor, ev *analysis.Event) error {
	ev.Action = analysis.ActionFailed
	at := *c
	method := at.Token("")
	if (method == "none" || method == "publickey") && at.Lit(" for ") && !sshdInvalid(&at) {
		// The client's first question which methods there are, or a key that is not the right one:
		// an ordinary log-in has both.
		ev.Context = true
	}
	return sshdMethodUser(c, ev)
}

// parseSSHDRefusedUser reads "User U [from HOST ]not allowed because …". The reason is the server's, but
// for the shell of an account that exists.
func parseSSHDRefusedUser(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	i := strings.LastIndex(rest, " not allowed because ")
	if i < 0 {
		return ErrNotMine
	}
	ev.Action = analysis.ActionBlocked
	c.pos = len(c.text)
	if j := strings.LastIndex(rest[:i], " from "); j >= 0 && !strings.Contains(rest[j+len(" from "):i], " ") {
		ev.User = rest[:j]
		return sshdPeer(rest[j+len(" from "):i], ev)
	}
	ev.User = rest[:i]
	return nil
}

// parseSSHDDisconnect reads "ADDRESS[ port N]:CODE: TEXT[ [preauth]]". The client says why it goes: code
// 3 with "Auth fail" is a library whose log-in failed, 14 a client that has no method left.
func parseSSHDDisconnect(c *Cursor, ev *analysis.Event) error {
	ev.Action, ev.Context = analysis.ActionInfo, true
	if err := sshdAddress(c, ev); err != nil {
		return err
	}
	c.Lit(":")
	c.Blanks()
	code, ok := c.Number(1 << 20)
	if !ok || !c.Lit(":") {
		return nil
	}
	text := strings.TrimSpace(strings.TrimSuffix(c.Rest(), "[preauth]"))
	if code == 3 && strings.HasSuffix(text, ": Auth fail") || code == 14 {
		ev.Action, ev.Context = analysis.ActionFailed, false
	}
	return nil
}

// lastWord takes the last word off a text, and the white space around it.
func lastWord(s string) (word, before string) {
	s = strings.TrimSpace(s)
	i := strings.LastIndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return strings.TrimSpace(s[i:]), strings.TrimSpace(s[:i])
}

// singleBlanks makes one blank of each run of white space.
func singleBlanks(s string) string {
	if strings.Contains(s, "  ") || strings.IndexFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) >= 0 {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// parseSSHDEnd reads the end of a connection: "Connection closed by [invalid user U |authenticating
// user U ]ADDRESS[ port N][ [preauth]]", and behind "Disconnecting" the reason after a colon. Before
// authentication it is a try that came to nothing; after it, the end of somebody's session.
func parseSSHDEnd(c *Cursor, ev *analysis.Event, reason bool) error {
	ev.Action = analysis.ActionInfo
	at := *c
	preauth := strings.HasSuffix(strings.TrimRight(c.text, " "), "[preauth]")
	let := at.Lit("user ")
	known := let || sshdPreamble(&at)
	body := strings.TrimSpace(strings.TrimSuffix(strings.TrimRight(at.Rest(), " "), "[preauth]"))
	if reason {
		body = withoutReason(body)
	}
	word, before := lastWord(body)
	if w, b := lastWord(before); w == "port" && b != "" {
		port := Cursor{text: word}
		if p, ok := port.Number(65535); ok {
			ev.Source.Port = uint16(p)
		}
		word, before = lastWord(b)
	}
	if word == "" {
		return ErrNotMine
	}
	if err := sshdPeer(word, ev); err != nil {
		return err
	}
	if !ev.Source.IP.IsValid() && !preauth && before != "" && !known {
		return ErrNotMine
	}
	if known {
		ev.User = singleBlanks(before)
	}
	c.pos = len(c.text)
	ev.Context = let || !preauth && !known
	if known && !let {
		ev.Action = analysis.ActionFailed // a name was given, and nobody was let in
	}
	return nil
}

// withoutReason cuts the reason off what follows "Disconnecting": the text behind "ADDRESS port N:". The
// reason may repeat the name that stands before the address, and a second one.
func withoutReason(body string) string {
	const changed = ": Change of username or service not allowed: ("
	for i := 0; ; {
		j := strings.Index(body[i:], changed)
		if j < 0 {
			break
		}
		i += j
		if name, ok := nameBeforeClient(body[:i]); ok && strings.HasPrefix(body[i+len(changed):], name+",") {
			return body[:i]
		}
		i += len(changed)
	}
	for end := len(body); ; {
		i := strings.LastIndex(body[:end], ": ")
		if i < 0 {
			return body
		}
		if _, ok := nameBeforeClient(body[:i]); ok {
			return body[:i]
		}
		end = i
	}
}

// nameBeforeClient gives what stands before "ADDRESS port N" at the end of s.
func nameBeforeClient(s string) (name string, ok bool) {
	i := strings.LastIndex(s, " port ")
	if i < 0 || !isDigits(s[i+len(" port "):]) {
		return "", false
	}
	j := strings.LastIndexByte(s[:i], ' ') + 1
	_, ok = parseAddr(s[j:i])
	return strings.TrimSuffix(s[:j], " "), ok
}

// sshdMessages are the rarer ones. Where none names a client, the process did or will.
var sshdMessages = []message{
	// sshd.c of 8.x and 9.x; the limits can be used up by others than the client.
	{text: "drop connection #{n} from [{ip}]:{port} on [{tip}]:{tport} penalty: {rest}", action: analysis.ActionBlocked},
	{text: "drop connection #{n} from [{ip}]:{port} on [{tip}]:{tport} {rest}", action: analysis.ActionBlocked, context: true},
	{text: "drop connection #{n} from [{ip}]:{port} {rest}", action: analysis.ActionBlocked, context: true},
	{text: "refused connect from {ip}:{port} {rest}", action: analysis.ActionBlocked, context: true},
	// srclimit.c since 9.8; what the penalty is for has a line of its own.
	{text: "srclimit_penalise: {any} {ip}/{n} {rest}", action: analysis.ActionInfo, context: true},
	{text: "beginning MaxStartups throttling"}, {text: "exited MaxStartups throttling {rest}"},
	{text: "Session process {n} unpriv child crash for connection from {ip} to {rest}", action: analysis.ActionInfo},
	// A client that does not speak the protocol, or not the same.
	{text: "kex_exchange_identification: {rest}", action: analysis.ActionInfo},
	{text: "ssh_exchange_identification: {rest}", action: analysis.ActionInfo},
	{text: "kex protocol error: {rest}", action: analysis.ActionInfo},
	{text: "banner exchange: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Bad packet length {rest}", action: analysis.ActionInfo},
	{text: "padding error: {rest}", action: analysis.ActionInfo},
	{text: "Corrupted MAC on input.{rest}", action: analysis.ActionInfo},
	{text: "Did not receive ident{rest}", action: analysis.ActionInfo},
	{text: "Unable to negotiate a {any}", action: analysis.ActionInfo},
	{text: "no matching {any} found: client {rest}", action: analysis.ActionInfo},
	{text: "no hostkey alg{rest}", action: analysis.ActionInfo},
	{text: "Local: Corrupted check bytes on input.", action: analysis.ActionInfo},
	{text: "Local: crc32 compensation attack: network attack detected", action: analysis.ActionInfo},
	{text: "Disconnecting: crc32 compensation attack: network attack detected", action: analysis.ActionInfo},
	{text: "Disconnecting: Corrupted check bytes on input.{rest}", action: analysis.ActionInfo},
	{text: "Disconnecting: bad client public DH value{rest}", action: analysis.ActionInfo},
	{text: "Disconnecting: Too many authentication failures for {user} [preauth]", action: analysis.ActionFailed},
	{text: "Disconnecting: Too many authentication failures [preauth]", action: analysis.ActionFailed},
	{text: "Disconnecting: Too many authentication failures for {user}", action: analysis.ActionFailed},
	{text: "Disconnecting: Too many authentication failures", action: analysis.ActionFailed},
	{text: "Disconnecting: Change of username or service not allowed: {rest}", action: analysis.ActionFailed},
	{text: "Disconnecting: {any} [preauth]", action: analysis.ActionInfo},
	{text: "Disconnecting: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Read from socket failed: {any} [preauth]", action: analysis.ActionInfo},
	{text: "Read from socket failed: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Write failed: {any} [preauth]", action: analysis.ActionInfo},
	{text: "Write failed: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Read error from remote host {peer}: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Read error from remote host {peer} port {port}: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Read error from remote host: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Connection closed by remote host.", action: analysis.ActionInfo, context: true},
	// HPN-SSH and the patches that log a session in one form
	{text: "SSH: Server;Ltype: {any};Remote: {ip}-{port};{rest}", action: analysis.ActionInfo, context: true},
	// The account, the key or the address is the wrong one.
	{text: "Authentication tried for {user} with correct key but not from a permitted host (host={w} ip={ip}){rest}", action: analysis.ActionFailed},
	{text: "Authentication tried for {user} with correct key but not from a permitted host (host={w} ip={ip}, required={any}){rest}", action: analysis.ActionFailed},
	{text: "Access denied for user {user} by PAM account configuration{rest}", action: analysis.ActionFailed},
	{text: "PAM: User account has expired for {user} from {peer}", action: analysis.ActionFailed},
	{text: "Account {who} has expired", action: analysis.ActionFailed}, {text: "Password of {who} has expired{rest}"},
	{text: "Login restricted for {who}: {rest}", action: analysis.ActionFailed},
	{text: "ssh: failed login attempt for {user} from {peer}", action: analysis.ActionFailed, context: true},
	{text: "userauth_pubkey: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Protocol error: expected packet type {rest}", action: analysis.ActionInfo},
	{text: "dispatch_protocol_error: {rest}", action: analysis.ActionInfo},
	{text: "Could not get shadow information for {rest}", action: analysis.ActionInfo, context: true},
	{text: "Attempt to write login records by non-root user{rest}"},
	{text: "reverse mapping checking gethostbyname for {name} failed - POSSIBLE BREAKIN ATTEMPT!", action: analysis.ActionInfo, context: true},
	{text: "Could not reverse map address {ip}.", action: analysis.ActionInfo, context: true},
	{text: "warning: can't get client address: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Certificate invalid: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Authentication key {any} revoked by {rest}", action: analysis.ActionFailed},
	{text: "Refusing {rest}", action: analysis.ActionInfo, context: true},
	// ssh.com
	{text: "Password authentication for {user} accepted.", action: analysis.ActionAllowed, context: true},
	{text: "RSA authentication for {user} accepted.", action: analysis.ActionAllowed, context: true},
	{text: `connection from "{ip}"{rest}`, action: analysis.ActionAllowed, context: true},
	{text: "User {user}, coming from {peer}, authenticated.", action: analysis.ActionAllowed, context: true},
	{text: "password authentication failed. Login to account {user} not allowed or account non-existent.", action: analysis.ActionFailed},
	{text: "Wrong password given for user '{user}'.", action: analysis.ActionFailed},
	{text: "root login denied for user '{user}'.", action: analysis.ActionFailed},
	{text: `DNS lookup failed for "{ip}".`, action: analysis.ActionInfo, context: true},
	{text: "Remote host disconnected: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Local disconnected: {rest}", action: analysis.ActionInfo, context: true},
}

// sshdNotes are what sshd says of itself and of sessions, without a peer to blame.
var sshdNotes = [...]string{
	"Server listening on ", "Received SIGHUP; restarting.", "Received signal ", "Exiting on signal ", "Starting session: ",
	"pam_unix(sshd:session): session ", "session opened for user ", "session closed for user ", "subsystem request for ",
	"pam_systemd(sshd:session): ", "syslogin_perform_logout: ", "Authorized to ",
	"Close session: ", "Transferred: ", "Exiting ", "lastlog_", "rexec line ", "Set /proc/self/oom_score_adj ", "Child connection from ",
	"Found matching ", "Server: ", "channel ", "debug1: ", "debug2: ", "debug3: ", "User child is on pid ", "Could not stat AuthorizedKeysCommand ",
	"Could not load host key", "Missing privilege separation directory", "Bind to port ", "Cannot bind any address", "Could not get peer name",
	"Authentication refused: bad ownership or modes for ", "getpeername failed: ", "server_input_channel_open: ", "session_", "chan_", "connect_to ",
	"Generating new ", "RSA key generation complete.", "sshd version ", "Unsafe AuthorizedKeys", "Deprecated option ", "/etc/ssh/sshd_config", "Disabling protocol version ",
	"executing remote command as ", "Wrote ", "Accepted connection from agent", "AuthorizedKeysCommand ", "mux_", "Protocol exchange ", "Attempting ",
	"ssh_packet_", "mm_", "monitor_", "PAM: pam_", "buffer_get_", "sshbuf", "ssh_signal",
}

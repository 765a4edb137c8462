package logformat

import (
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
)

// webAccess is the access log of web servers in the common and the combined form of NCSA httpd, which
// Apache, nginx and many others write:
//
//	A - user [26/Dec/2016:16:16:28 +0200] "GET /path HTTP/1.1" 200 45 "referer" "agent"
//
// A virtual host's name may stand in front, as may a list of addresses behind proxies, and more fields
// may follow. A request is no attack until a rule says so. The user is what the client sent, and the
// connection was complete before the server could log it.
var webAccess = Format{
	Name:       "webaccess",
	Title:      "web access log, common and combined (Apache, nginx and others)",
	Leads:      "[" + `"` + ",:-_.\v\f\n\r\xc2\xe1\xe2\xe3" + decimals + letters, // Unicode's blanks among them, by their first bytes
	Recognised: `"host ident user [dd/Mon/yyyy:hh:mm:ss ±zzzz] "request" status bytes"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Starts: func(text string) bool {
		if strings.HasPrefix(text, "[") {
			return isProxyManager(text) || isStampFirst(text)
		}
		i := clfBracket(text)
		if i > 0 && isBlank(text[0]) {
			return false
		}
		if i < 0 {
			return false
		}
		_, ok := clfClient(text[:i])
		return ok && !startsSyslog(text)
	},
	Hears: func(string) hearing { return hearing{holds: '['} },
	New: func(clock *Clock) Parser {
		var logins webLogins
		return func(c *Cursor, ev *analysis.Event) error { return parseWebAccess(c, ev, clock, &logins) }
	},
}

// clfBracket finds the bracket that opens the stamp.
func clfBracket(text string) int {
	for at := 0; at < 600; {
		i := strings.IndexByte(text[at:], '[')
		if i < 0 {
			return -1
		}
		at += i
		c := Cursor{text: text, pos: at + 1}
		if c.clfStampAhead() {
			return at
		}
		at++
	}
	return -1
}

// clfStampAhead reports whether "dd/Mon/yyyy:hh" stands at the cursor.
func (c *Cursor) clfStampAhead() bool {
	s := c.Rest()
	at := 0
	if len(s) > 1 && s[1] == '/' { // a day with one digit
		at = 1
	}
	return len(s)+at > len("26/Dec/2016:16:16:28") && s[2-at] == '/' && s[6-at] == '/' && s[11-at] == ':' && s[14-at] == ':' && isDigit(s[0]) && isDigit(s[7-at])
}

// clfStamp reads "dd/Mon/yyyy:hh:mm:ss ±zzzz".
func (c *Cursor) clfStamp(clock *Clock) (t time.Time, ok bool) {
	if t, ok = c.plainCLFStamp(clock); ok {
		return t, true
	}
	return c.anyCLFStamp(clock)
}

// anyCLFStamp is clfStamp for stamps of any length.
func (c *Cursor) anyCLFStamp(clock *Clock) (t time.Time, ok bool) {
	day, ok := c.Number(31)
	if !ok || day == 0 || !c.Lit("/") || len(c.Rest()) < 4 {
		return t, false
	}
	month := strings.Index(months, c.Rest()[:3])
	if month < 0 || month%3 != 0 {
		return t, false
	}
	month = month/3 + 1
	c.pos += 3
	if !c.Lit("/") {
		return t, false
	}
	year, ok := c.Number(9999)
	if !ok || !c.Lit(":") {
		return t, false
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return t, false
	}
	nanos := c.fraction()
	sign := 1
	switch {
	case c.Lit(" -"):
		sign = -1
	case c.Lit(" +"):
	default: // a site's own form, without the zone
		c.Blanks()
		t, ok = clock.Dated(year, month, day, hour, minute, second)
		return t.Add(time.Duration(nanos)), ok
	}
	zone, ok := c.Number(1459)
	if !ok {
		return t, false
	}
	t, ok = clock.Zoned(year, month, day, hour, minute, second, sign*(zone/100*3600+zone%100*60))
	return t.Add(time.Duration(nanos)), ok
}

// clfClient reads what stands before the stamp: the client, which may follow the name of a virtual host
// and be the first of a list of addresses, its identity and its user.
func clfClient(head string) (e analysis.Endpoint, ok bool) {
	if i := strings.IndexByte(head, ' '); i > 0 && head[i:] == noClient { // nearly always
		if e.IP, ok = parseIPv4(head[:i]); ok {
			return e, true
		}
	}
	var room [4]string
	f := appendFields(room[:0], head)
	if len(f) < 2 {
		return e, false
	}
	if f[0] == "unix:" || len(f) > 2 && f[1] == "unix:" && vhost(f[0]) {
		return e, true // a socket of the machine itself: who called is not told
	}
	if e.IP, ok = firstClient(f); ok {
		return e, true
	}
	if len(f) > 2 || strings.Contains(f[0], ":") {
		if e.IP, ok = firstClient(f[1:]); ok {
			return e, vhost(f[0])
		}
	}
	if len(f) > 3 && strings.HasSuffix(f[0], ",") && isHostName(strings.TrimSuffix(f[0], ",")) && isHostName(strings.TrimSuffix(f[1], ",")) {
		e.Name = strings.TrimSuffix(f[0], ",") // a list of names
		return e, true
	}
	if len(f) < 3 || !isHostName(f[0]) {
		return e, false
	}
	e.Name = f[0]
	return e, true
}

// clfUser reads the user that stands last before the stamp.
func clfUser(head string) string {
	if strings.HasSuffix(head, noClient) {
		return ""
	}
	var room [4]string
	f := appendFields(room[:0], head)
	if len(f) < 3 || f[len(f)-1] == "-" || f[len(f)-2] != "-" {
		return ""
	}
	user := f[len(f)-1]
	if _, isAddr := parseAddr(user); isAddr {
		return ""
	}
	return user
}

// clfServer reads the virtual host in front, "www.example.org:443 ", which names the server's port and, where no header of
// syslog names the machine, the server. It returns the service.
func clfServer(head string, ev *analysis.Event) (service string) {
	word, _, _ := strings.Cut(head, " ")
	name, port, ok := strings.Cut(word, ":")
	if !ok || !vhost(word) || !setPort(&ev.Target, port) {
		ev.Target.Port = 0
		return "http"
	}
	if _, isAddr := parseAddr(name); isAddr {
		ev.Target.Port = 0 // a client and its port
		return "http"
	}
	if name != "-" && ev.Host == "" {
		ev.Target.Name = name
	}
	if ev.Target.Port == 443 {
		return "https"
	}
	return "http"
}

// plainCLFStamp is clfStamp for stamps with every part in its place, as nearly all are. Where ok is set, anyCLFStamp reads the same.
func (c *Cursor) plainCLFStamp(clock *Clock) (t time.Time, ok bool) {
	const form = "26/Dec/2016:16:16:28 +0200"
	s := c.Rest()
	if len(s) <= len(form) || s[2] != '/' || s[6] != '/' || s[11] != ':' || s[14] != ':' || s[17] != ':' || s[20] != ' ' || s[21] != '+' && s[21] != '-' || isDigit(s[len(form)]) {
		return t, false
	}
	month, day, century, year := monthOf(s[3], s[4], s[5]), twoDecimals(s[0], s[1]), twoDecimals(s[7], s[8]), twoDecimals(s[9], s[10])
	hour, minute, second := twoDecimals(s[12], s[13]), twoDecimals(s[15], s[16]), twoDecimals(s[18], s[19])
	east, past := twoDecimals(s[22], s[23]), twoDecimals(s[24], s[25])
	if month == 0 || day == 0 || day > 31 || century > 99 || year > 99 || hour > 23 || minute > 59 || second > 60 || east > 14 || past > 59 {
		return t, false
	}
	offset := int(east)*3600 + int(past)*60
	if s[21] == '-' {
		offset = -offset
	}
	t, ok = clock.Zoned(int(century)*100+int(year), month, int(day), int(hour), int(minute), int(min(second, 59)), offset)
	if ok {
		c.pos += len(form)
	}
	return t, ok
}

// noClient is what stands behind the address of a client that says nothing of itself.
const noClient = " - - "

// firstClient reads the address that words begin with. Behind proxies it is a list, in quotes or not, in
// which each proxy put the address that it saw behind those that it was told: the first public one is
// the client's.
func firstClient(words []string) (first netip.Addr, ok bool) {
	for i, word := range words {
		ip, isAddr := parseAddr(strings.Trim(word, `",`))
		if !isAddr {
			return first, ok
		}
		if i == 0 {
			first, ok = ip, true
		}
		if !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsUnspecified() {
			return ip, true
		}
		if !strings.HasSuffix(strings.TrimSuffix(word, `"`), ",") {
			break
		}
	}
	return first, ok
}

func vhost(s string) bool {
	name, port, ok := strings.Cut(s, ":")
	return (isHostName(name) || name == "-") && (!ok || isDigits(port))
}

func parseWebAccess(c *Cursor, ev *analysis.Event, clock *Clock, logins *webLogins) error {
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	text := c.Rest()
	if isProxyManager(text) {
		return parseProxyManager(c, ev, clock)
	}
	if isStampFirst(text) {
		return parseStampFirst(c, ev, clock)
	}
	i := clfBracket(text)
	if i < 0 {
		return ErrNotMine
	}
	var ok bool
	if ev.Source, ok = clfClient(text[:i]); !ok {
		return ErrNotMine
	}
	service := "http"
	if text[max(strings.IndexByte(text[:i], ' '), 0):i] != noClient { // seldom
		ev.User, service = clfUser(text[:i]), clfServer(text[:i], ev)
	}
	c.pos += i + 1
	if ev.Time, ok = c.clfStamp(clock); !ok {
		return &SyntaxError{"webaccess", "the date does not exist"}
	}
	if !c.Lit("]") {
		return ErrNotMine
	}
	c.Blanks()
	ev.Message = c.Rest()
	c.Mine()
	status, ok := c.clfRequest()
	if !ok {
		return ErrNotMine
	}
	ev.Service, ev.Proto, ev.Action = service, "tcp", analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	logins.answered(ev, status)
	return nil
}

// clfRequest reads the request in quotes and the status behind it. Apache before 1.3.25 logs quotes in a
// request as they are, so the request ends where a status follows.
func (c *Cursor) clfRequest() (status int, ok bool) {
	if c.pos == len(c.text) || c.text[c.pos] != '"' {
		return 0, false
	}
	for p := c.pos + 1; p < len(c.text); p++ {
		if c.text[p] == '\\' {
			p++
			continue
		}
		if c.text[p] != '"' {
			continue
		}
		at := Cursor{text: c.text, pos: p + 1}
		if !at.Lit(" ") {
			continue
		}
		if at.Lit("-") {
			c.pos = at.pos
			return 0, true
		}
		start := at.pos
		if n, isNumber := at.Number(999); isNumber && (at.pos-start == 3 || n == 0) && (at.pos == len(at.text) || isBlank(at.text[at.pos])) {
			c.pos = at.pos
			return n, true
		}
	}
	c.pos = len(c.text)
	c.ended(c.pos)
	return 0, false
}

// isStampFirst tells logs that begin with the stamp and name the client behind it, before the request:
//
//	[10/Aug/2018:09:45:56 +0200] A TLSv1.2 CIPHER "GET /path HTTP/1.1" 1375           ssl_request_log of mod_ssl
//	[10/Feb/2024:21:23:40 +0100] www.example.com A 0.002 "GET / HTTP/1.1" 401 77 …    a site's own form
func isStampFirst(text string) bool {
	if !strings.HasPrefix(text, "[") {
		return false
	}
	c := Cursor{text: text, pos: 1}
	if !c.clfStampAhead() {
		return false
	}
	_, rest, _ := strings.Cut(text, "]")
	before, _, ok := strings.Cut(rest, ` "`)
	if !ok {
		return false
	}
	_, _, ok = stampFirstClient(before)
	return ok
}

// stampFirstClient finds the client among the first words; tls is set where the version of TLS follows, and so
// no status does.
func stampFirstClient(words string) (ip netip.Addr, tls, ok bool) {
	f := strings.Fields(words)
	for i, word := range f {
		if ip, ok = parseAddr(word); ok {
			return ip, i+1 < len(f) && (strings.HasPrefix(f[i+1], "TLSv") || strings.HasPrefix(f[i+1], "SSLv")), len(f) <= 5
		}
		if i == 1 || !vhost(word) && word != "_" {
			break
		}
	}
	return ip, false, false
}

func parseStampFirst(c *Cursor, ev *analysis.Event, clock *Clock) error {
	c.pos++
	var ok bool
	if ev.Time, ok = c.clfStamp(clock); !ok {
		return &SyntaxError{"webaccess", "the date does not exist"}
	}
	words, ok := c.Until(` "`)
	if !ok {
		return ErrNotMine
	}
	c.pos--
	var tls bool
	ev.Source.IP, tls, _ = stampFirstClient(strings.TrimPrefix(words, "]"))
	ev.Service, ev.Proto, ev.Action = "http", "tcp", analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	ev.Message = c.Rest()
	if tls {
		ev.Service = "https"
		end := strings.LastIndexByte(c.Rest(), '"')
		ev.Message = c.Rest()[:end+1] + " - -" // only the number of bytes follows
		return nil
	}
	c.Mine()
	status, ok := c.clfRequest()
	if !ok {
		return ErrNotMine
	}
	if status == 403 {
		ev.Action = analysis.ActionBlocked
	}
	return nil
}

// isProxyManager tells the access log of Nginx Proxy Manager, whose stamp comes first:
//
//	[24/Jan/2022:16:51:02 +0000] - 404 404 - GET http host "/path" [Client A] [Length 192] … "agent" "referer"
func isProxyManager(text string) bool {
	c := Cursor{text: text, pos: 1}
	return strings.HasPrefix(text, "[") && c.clfStampAhead() && strings.Contains(text, " [Client ")
}

func parseProxyManager(c *Cursor, ev *analysis.Event, clock *Clock) error {
	c.pos++
	var ok bool
	if ev.Time, ok = c.clfStamp(clock); !ok {
		return &SyntaxError{"webaccess", "the date does not exist"}
	}
	rest := c.Rest()
	before, path, ok := strings.Cut(rest, ` "`)
	if !ok {
		return ErrNotMine
	}
	path, after, ok := strings.Cut(path, `" [Client `)
	if !ok {
		return ErrNotMine
	}
	client, after, _ := strings.Cut(after, "]")
	if ev.Source.IP, ok = parseAddr(client); !ok {
		return &SyntaxError{"webaccess", "the client's address cannot be read"}
	}
	words := strings.Fields(before)
	if len(words) < 5 {
		return ErrNotMine
	}
	n := len(words) // "] - 404 404 - GET http host"
	status, method := "-", words[n-3]
	for _, word := range words[:n-3] {
		if len(word) == 3 && isDigits(word) {
			status = word
		}
	}
	agent := ""
	if i := strings.Index(after, ` "`); i >= 0 {
		agent = after[i:]
	}
	ev.Message = `"` + method + " " + path + `" ` + status + " -" + agent
	ev.Service, ev.Proto, ev.Action = "http", "tcp", analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	if words[n-2] == "https" {
		ev.Service = "https"
	}
	if status == "403" {
		ev.Action = analysis.ActionBlocked
	}
	return nil
}

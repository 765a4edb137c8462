package logformat

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// webError is the error log of Apache and of nginx, as far as it names a client, with ModSecurity's
// verdicts in it:
//
//	[Mon Dec 26 16:22:08 2016] [error] [client A] File does not exist: /path
//	[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 43286] [client A:p] AH00128: …
//	2016/10/25 14:49:34 [error] 54053#0: *1 open() "/path" failed …, client: A, server: …, request: "GET …"
//
//	2018-01-16 14:10:32: (mod_auth.c.525) password doesn't match for /x username: u, IP: A
//
// Times are local. What names no client is the server's own affair.
var webError = Format{
	Name:       "weberror",
	Title:      "error logs of Apache, nginx and lighttpd; ModSecurity, Suhosin",
	Recognised: `"[Www Mmm dd hh:mm:ss yyyy] [level]" or "yyyy/mm/dd hh:mm:ss [level] pid#tid:"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "[" + decimals,
	After:      "/-",
	Starts:     startsWebError,
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseWebError(c, ev, clock) }
	},
}

func startsWebError(text string) bool {
	c := Cursor{text: text}
	if strings.HasPrefix(text, "[") {
		_, ok := c.apacheStamp(nil)
		return ok && c.Lit(" [")
	}
	if _, ok := c.nginxStamp(nil); ok {
		return c.Lit(" [")
	}
	return lighttpdStamp(text) > 0
}

// lighttpdStamp is the length of "yyyy-mm-dd hh:mm:ss: " before the place in lighttpd's source, "(mod_auth.c.525) "; 0
// when a text does not begin so. Version 1.4.60 left the first parenthesis out.
func lighttpdStamp(text string) int {
	const form = "2018-01-16 14:10:32: "
	if len(text) < len(form)+8 || text[4] != '-' || text[10] != ' ' || text[13] != ':' || text[19] != ':' || text[20] != ' ' || !isDigit(text[0]) {
		return 0
	}
	place, _, ok := strings.Cut(strings.TrimPrefix(text[len(form):], "("), ") ")
	if !ok || !strings.Contains(place, ".c.") || len(place) > 40 || strings.ContainsAny(place, " \t") {
		return 0
	}
	return len(form)
}

// apacheStamp reads "[Www Mmm dd hh:mm:ss[.ffffff] yyyy]".
func (c *Cursor) apacheStamp(clock *Clock) (t time.Time, ok bool) {
	if !c.Lit("[") || len(c.Token("")) != 3 || !c.Lit(" ") {
		return t, false
	}
	name := c.Token("")
	month := strings.Index(months, name)
	if len(name) != 3 || month < 0 || month%3 != 0 || !c.Lit(" ") {
		return t, false
	}
	day, ok := c.Number(31)
	if !ok || day == 0 || !c.Lit(" ") {
		return t, false
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return t, false
	}
	nanos := c.fraction()
	if !c.Lit(" ") {
		return t, false
	}
	year, ok := c.Number(9999)
	if !ok || year < 1990 || !c.Lit("]") || clock == nil {
		return t, ok && year >= 1990
	}
	t, ok = clock.Dated(year, month/3+1, day, hour, minute, second)
	return t.Add(time.Duration(nanos)), ok
}

// nginxStamp reads "yyyy/mm/dd hh:mm:ss".
func (c *Cursor) nginxStamp(clock *Clock) (t time.Time, ok bool) {
	year, ok := c.Number(9999)
	if !ok || year < 1990 || !c.Lit("/") {
		return t, false
	}
	month, ok := c.Number(12)
	if !ok || month == 0 || !c.Lit("/") {
		return t, false
	}
	day, ok := c.Number(31)
	if !ok || day == 0 || !c.Lit(" ") {
		return t, false
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok || clock == nil {
		return t, ok
	}
	return clock.Dated(year, month, day, hour, minute, second)
}

// webServers are the programs that log errors through syslog.
var webServers = [...]string{"apache", "apache2", "httpd", "nginx", "lighttpd", "suhosin"}

func parseWebError(c *Cursor, ev *analysis.Event, clock *Clock) error {
	inSyslog := c.pos > 0
	program, _, _ := strings.Cut(ev.Program, "/") // "httpd/site"
	if inSyslog && !slices.Contains(webServers[:], program) {
		return ErrOtherProgram
	}
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	if inSyslog {
		switch program {
		case "suhosin":
			return parseSuhosin(c, ev)
		case "lighttpd":
			if !strings.HasPrefix(c.Rest(), "(") {
				return ErrNotMine
			}
			ev.PID, ev.Session = 0, 0
			return parseLighttpd(c, ev)
		}
		ev.PID, ev.Session = 0, 0
		c.Mine()
	}
	if n := lighttpdStamp(c.Rest()); n > 0 && !inSyslog {
		stamp := c.Rest()[:10] + "T" + c.Rest()[11:19] + " "
		t, _, ok := isoTime(stamp, clock)
		if !ok {
			return &SyntaxError{"weberror", "the date does not exist"}
		}
		ev.Time = t
		c.pos += n
		return parseLighttpd(c, ev)
	}
	apache := strings.HasPrefix(c.Rest(), "[")
	var ok bool
	if inSyslog && apache {
		ok = true // syslog's stamp replaces the log's own
	} else if inSyslog {
		at := *c
		if _, ok = at.nginxStamp(nil); !ok {
			return ErrNotMine
		}
		*c = at
	} else if apache {
		ev.Time, ok = c.apacheStamp(clock)
	} else {
		ev.Time, ok = c.nginxStamp(clock)
	}
	if !ok {
		return &SyntaxError{"weberror", "the date does not exist"}
	}
	c.Blanks()
	ev.Message = c.Rest()
	ev.Service, ev.Proto, ev.Action = "http", "tcp", analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	if apache {
		return parseApacheError(c, ev)
	}
	if !c.Lit("[") {
		return ErrNotMine
	}
	if _, ok := c.Until("] "); !ok {
		return ErrNotMine
	}
	if _, ok := c.Until("#"); !ok {
		return ErrNotMine
	}
	i := strings.LastIndex(c.Rest(), ", client: ")
	if i < 0 {
		// "*1 client A:p connected to B:q" of nginx as a proxy for mail.
		if _, rest, ok := strings.Cut(c.Rest(), " client "); ok {
			client, server, ok := strings.Cut(rest, " connected to ")
			if ok && addrPort(client, ':', true, &ev.Source) {
				addrPort(strings.TrimSpace(server), ':', true, &ev.Target)
				ev.Service, ev.Context, ev.Target.IP = "", true, netip.Addr{}
				return nil
			}
		}
		return ErrNotEvent
	}
	said := c.Rest()[:i] // up to here nginx itself speaks
	c.pos += i + len(", client: ")
	if ev.Source.IP, ok = parseAddr(strings.TrimSuffix(c.Token(","), " using starttls")); !ok {
		return ErrNotEvent // a socket of the machine itself
	}
	_, said, _ = strings.Cut(said, " ")
	if strings.HasPrefix(said, "*") {
		_, said, _ = strings.Cut(said, " ")
	}
	if !strings.Contains(ev.Message, `, request: "`) {
		nginxMail(ev)
	}
	switch {
	case strings.HasPrefix(said, `user "`) && (strings.Contains(said, ` was not found in "`) || strings.HasSuffix(said, `": password mismatch`)):
		ev.Action, ev.User = analysis.ActionFailed, between(said, `user "`, `"`)
	case strings.HasPrefix(said, "access forbidden by rule"):
		ev.Action, ev.Signature = analysis.ActionBlocked, "access forbidden by rule"
	case strings.HasPrefix(said, "limiting requests"), strings.HasPrefix(said, "limiting connections"):
		ev.Action, ev.Signature = analysis.ActionBlocked, "limiting requests"
	case strings.HasPrefix(said, "client login failed: "):
		ev.Action, ev.Tries, ev.User = analysis.ActionFailed, analysis.TriesSession, between(ev.Message, `, login: "`, `"`)
	case said == "client logged in":
		ev.Action, ev.Tries, ev.User = analysis.ActionAllowed, analysis.TriesSession, between(ev.Message, `, login: "`, `"`)
	}
	webModSecurity(ev)
	return nil
}

// nginxMail is for records of nginx as a proxy for mail and the like, which name the port that the client
// called: "server: 0.0.0.0:25". The address is the one that the proxy listens on, often all of them.
func nginxMail(ev *analysis.Event) {
	server := between(ev.Message+",", ", server: ", ",")
	if addrPort(server, ':', true, &ev.Target) {
		ev.Target.IP = netip.Addr{}
		if ev.Target.Port != 80 && ev.Target.Port != 443 {
			ev.Service = ""
		}
	}
}

func parseApacheError(c *Cursor, ev *analysis.Event) error {
	for i := 0; i < 4; i++ {
		c.Blanks()
		if !strings.HasPrefix(c.Rest(), "[") {
			break
		}
		c.pos++
		if c.Lit("client [") { // an IPv6 address with its port
			address, ok := c.Until("]")
			if !ok || !addrPort(address, ':', false, &ev.Source) {
				return &SyntaxError{"weberror", "the client cannot be read"}
			}
			port, ok := c.Until("]")
			if !ok || port != "" && !setPort(&ev.Source, strings.TrimPrefix(port, ":")) {
				return &SyntaxError{"weberror", "the client cannot be read"}
			}
			break
		}
		group, ok := c.Until("]")
		if !ok {
			return ErrNotMine
		}
		if client, isClient := strings.CutPrefix(group, "client "); isClient {
			if !addrPort(client, ':', strings.Count(client, ":") > 1 && !strings.Contains(client, "::"), &ev.Source) {
				if j := strings.LastIndexByte(client, ':'); j < 0 || !addrPort(client[:j], ':', false, &ev.Source) {
					if !isHostName(client) {
						return &SyntaxError{"weberror", "the client cannot be read"}
					}
					ev.Source.Name = client
				}
			}
			break
		}
	}
	if c.Done() {
		c.ended(c.pos)
		return ErrNotMine
	}
	if !ev.Source.IP.IsValid() && ev.Source.Name == "" {
		client := between(c.Rest(), "[client ", "]")
		if client == "" || !addrPort(client, ':', false, &ev.Source) {
			return ErrNotEvent
		}
	}
	if c.Done() {
		c.ended(c.pos)
		return ErrNotMine
	}
	c.Blanks()
	rest := c.Rest()
	if strings.HasPrefix(rest, "AH") { // the number of the message, since 2.4
		if number, text, ok := strings.Cut(rest, ": "); ok && isDigits(number[2:]) {
			rest = text
		}
	}
	switch user, failed := apacheAuth(rest); {
	case failed:
		ev.Action, ev.User = analysis.ActionFailed, user
	case strings.HasPrefix(rest, "client denied by server configuration"):
		ev.Action, ev.Signature = analysis.ActionBlocked, "client denied by server configuration"
	case strings.HasPrefix(rest, "ALERT - "): // Suhosin, which guards PHP
		ev.Signature = suhosinAlert(rest)
	}
	webModSecurity(ev)
	return nil
}

// apacheAuth reads what the modules mod_auth_basic, mod_auth_digest, mod_authz_core, mod_authz_owner,
// mod_authnz_ldap and their forerunners say of a client that may not come in (Apache 1.3 to 2.4). The words
// stand at the start, because what follows can be the client's.
func apacheAuth(s string) (user string, failed bool) {
	s = strings.TrimPrefix(s, "Digest: ")
	until := func(text string, ends ...string) (string, bool) {
		for _, end := range ends {
			if before, _, ok := strings.Cut(text, end); ok {
				return strings.Trim(before, "`' "), true
			}
		}
		return "", false
	}
	if rest, ok := strings.CutPrefix(s, "user "); ok {
		if strings.HasPrefix(rest, "`") {
			return until(rest[1:], "' in realm ", "' not found")
		}
		if user, ok = until(rest, ": authentication failure for ", ": authorization failure for ", ": password mismatch", ": one-time-nonce mismatch", " not found: ", ": not found"); ok {
			return user, true
		}
		name, ok := strings.CutSuffix(rest, " not found")
		return name, ok
	}
	if rest, ok := strings.CutPrefix(s, "Authorization of user "); ok {
		return until(rest, " to access ")
	}
	if rest, ok := strings.CutPrefix(s, "AUDIT: authentication failure for principal \""); ok {
		return until(rest, "\"")
	}
	if rest, ok := strings.CutPrefix(s, "auth_ldap authenticate: user "); ok {
		return until(rest, " authentication failed")
	}
	if rest, ok := strings.CutPrefix(s, "access to "); ok && strings.Contains(rest, " failed, reason: user ") {
		_, rest, _ = strings.Cut(rest, " failed, reason: user ")
		user, _, _ = strings.Cut(rest, " ")
		return user, true
	}
	for _, words := range [...]string{"client used wrong authentication scheme", "invalid qop `", "realm mismatch - got `", "unknown algorithm `", "invalid opaque "} {
		if strings.HasPrefix(s, words) {
			return "", true
		}
	}
	if rest, ok := strings.CutPrefix(s, "invalid nonce "); ok {
		_, rest, _ = strings.Cut(rest, " ")
		return "", strings.HasPrefix(rest, "received - length is not ") || strings.HasPrefix(rest, "received - user attempted time travel")
	}
	return "", false
}

// parseSuhosin reads an alert of Suhosin in syslog, which names the attacker behind what he sent.
func parseSuhosin(c *Cursor, ev *analysis.Event) error {
	rest := c.Rest()
	i := strings.LastIndex(rest, " (attacker '")
	if c.Mine(); !c.Lit("ALERT - ") {
		return ErrNotMine
	}
	address, _, ok := strings.Cut(rest[max(i, 0):], "', file ")
	if i < 0 || !ok {
		c.ended(len(c.text))
		return ErrNotMine
	}
	address = address[len(" (attacker '"):]
	if ev.Source.IP, ok = parseAddr(address); !ok {
		return ErrNotEvent // a script of the machine itself
	}
	c.pos = len(c.text)
	ev.PID, ev.Session, ev.Signature = 0, 0, suhosinAlert(rest)
	ev.Service, ev.Proto, ev.Action, ev.Tries, ev.Handshake = "http", "tcp", analysis.ActionInfo, analysis.TriesConnection, analysis.HandshakeCompleted
	return nil
}

// parseLighttpd reads what mod_auth of lighttpd says of failed log-ins (1.4, mod_auth.c and its forerunner
// http_auth.c); the client's address ends the record.
func parseLighttpd(c *Cursor, ev *analysis.Event) error {
	ev.Message = c.Rest()
	if _, ok := c.Until(") "); !ok {
		return ErrNotMine
	}
	if c.Lit("FastCGI-stderr: ") {
		return parseSuhosin(c, ev)
	}
	rest := c.Rest()
	c.pos = len(c.text)
	if strings.HasPrefix(rest, "server started") || strings.HasPrefix(rest, "server stopped by ") {
		return ErrNotEvent
	}
	known := false
	for _, words := range [...]string{"password doesn't match for ", "digest: auth failed", "get_password failed"} {
		known = known || strings.HasPrefix(rest, words)
	}
	if !known {
		return ErrNotMine
	}
	c.Mine()
	i := strings.LastIndex(rest, " IP: ")
	if i < 0 {
		c.ended(c.pos)
		return ErrNotMine
	}
	address, said := strings.TrimSpace(rest[i+len(" IP: "):]), strings.TrimRight(rest[:i], ", ")
	var ok bool
	if ev.Source.IP, ok = parseAddr(address); !ok {
		return &SyntaxError{"weberror", "the client's address cannot be read"}
	}
	switch {
	case strings.HasPrefix(said, "password doesn't match for "):
		_, ev.User, _ = strings.Cut(said, " username: ")
	case strings.HasPrefix(said, "digest: auth failed for "):
		ev.User, _, _ = strings.Cut(strings.TrimSpace(said[len("digest: auth failed for "):]), ":")
		ev.User = strings.TrimSpace(ev.User)
	}
	ev.Service, ev.Proto, ev.Action, ev.Tries, ev.Handshake = "http", "tcp", analysis.ActionFailed, analysis.TriesConnection, analysis.HandshakeCompleted
	return nil
}

// suhosinAlert is the name of an alert of Suhosin, without what the client sent and where.
func suhosinAlert(s string) string {
	s = strings.TrimPrefix(s, "ALERT - ")
	if i := strings.Index(s, " (attacker '"); i >= 0 {
		s = s[:i]
	}
	if i := strings.Index(s, " - "); i >= 0 {
		s = s[:i]
	}
	return "Suhosin: " + foldBlanks(s)
}

// webModSecurity takes the name of the rule out of a verdict of ModSecurity.
func webModSecurity(ev *analysis.Event) {
	if !strings.Contains(ev.Message, "ModSecurity: ") {
		return
	}
	ev.Signature = foldBlanks(between(ev.Message, `[msg "`, `"]`))
	if ev.Signature == "" {
		ev.Signature = "ModSecurity"
	}
	if strings.Contains(ev.Message, "ModSecurity: Access denied") || strings.Contains(ev.Message, "] Access denied with ") {
		ev.Action = analysis.ActionBlocked
	}
}

// between is what stands in s between the first occurrence of before and the next one of after.
func between(s, before, after string) string {
	_, s, ok := strings.Cut(s, before)
	if !ok {
		return ""
	}
	s, _, ok = strings.Cut(s, after)
	if !ok {
		return ""
	}
	return s
}

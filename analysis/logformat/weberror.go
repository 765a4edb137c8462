package logformat

import (
	"net/netip"
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
// Times are local. What names no client is the server's own affair.
var webError = Format{
	Name:       "weberror",
	Title:      "Apache and nginx error log, ModSecurity",
	Recognised: `"[Www Mmm dd hh:mm:ss yyyy] [level]" or "yyyy/mm/dd hh:mm:ss [level] pid#tid:"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
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
	_, ok := c.nginxStamp(nil)
	return ok && c.Lit(" [")
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

func parseWebError(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	inSyslog := c.pos > 0
	if inSyslog {
		switch ev.Program {
		case "apache", "apache2", "httpd", "nginx":
		default:
			return ErrNotMine
		}
		ev.PID, ev.Session = 0, 0
		c.Mine()
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
		if client := between(c.Rest(), " client ", " connected to "); addrPort(client, ':', true, &ev.Source) {
			ev.Service, ev.Context = "", true
			return nil
		}
		return ErrNotEvent
	}
	c.pos += i + len(", client: ")
	if ev.Source.IP, ok = parseAddr(c.Token(",")); !ok {
		return ErrNotEvent // a socket of the machine itself
	}
	if strings.Contains(ev.Message, ": user \"") && strings.Contains(ev.Message, "was not found") || strings.Contains(ev.Message, ": password mismatch") {
		ev.Action = analysis.ActionFailed
		ev.User = between(ev.Message, `user "`, `"`)
	}
	if strings.Contains(ev.Message, "client login failed: ") {
		ev.Action, ev.Tries, ev.User, ev.Service = analysis.ActionFailed, analysis.TriesSession, between(ev.Message, `, login: "`, `"`), ""
		addrPort(between(ev.Message, ", server: ", ","), ':', true, &ev.Target)
		ev.Target.IP = netip.Addr{} // the address that the proxy listens on: often all of them
	}
	webModSecurity(ev)
	return nil
}

func parseApacheError(c *Cursor, ev *analysis.Event) error {
	for i := 0; i < 4; i++ {
		c.Blanks()
		if !strings.HasPrefix(c.Rest(), "[") {
			break
		}
		c.pos++
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
	rest := c.Rest()
	switch {
	case strings.Contains(rest, "user ") && (strings.Contains(rest, " not found: ") || strings.Contains(rest, "authentication failure") || strings.Contains(rest, "Password Mismatch")):
		ev.Action = analysis.ActionFailed
		_, user, _ := strings.Cut(rest, "user ")
		ev.User, _, _ = strings.Cut(user, " ")
		ev.User = strings.TrimRight(ev.User, ":")
	case strings.Contains(rest, "client denied by server configuration"):
		ev.Action = analysis.ActionBlocked
	}
	webModSecurity(ev)
	return nil
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
	if strings.Contains(ev.Message, "ModSecurity: Access denied") {
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

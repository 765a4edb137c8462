package logformat

import (
	"strconv"
	"strings"

	"practicum/analysis"
)

// postgreSQL is the log of PostgreSQL (auth.c, hba.c and postmaster.c of 9 to 17). What stands before the level
// is the site's choice (log_line_prefix): a stamp first, and anywhere the process in brackets, and the
// client's address with %h or %r. Where the prefix has no address, that of the line "connection received"
// of the same process counts.
//
//	2025-11-06 11:32:42.868 UTC [4711] postgres@db FATAL:  password authentication failed for user "postgres"
var postgreSQL = Format{
	Name:       "postgresql",
	Title:      "PostgreSQL",
	Recognised: `a stamp, the process in brackets and "FATAL:  ", "LOG:  " or "DETAIL:  "; program postgres`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      "-",
	Starts: func(text string) bool {
		if len(text) < 30 || decimalsOf(text) != 4 || text[4] != '-' || text[10] != ' ' {
			return false
		}
		level, _ := postgresLevel(text)
		return level > 0 && strings.IndexByte(text[:level], '[') > 0
	},
	New: func(clock *Clock) Parser {
		s := &postgresState{messages: patternsOf(postgresMessages), clients: map[int]analysis.Endpoint{}}
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 && ev.Program != "postgres" && ev.Program != "postgresql" {
				return ErrOtherProgram
			}
			return s.parse(c, ev, clock)
		}
	},
}

// postgresState remembers whom the processes serve.
type postgresState struct {
	messages *patterns
	clients  map[int]analysis.Endpoint
}

// maxPostgres is how many processes are remembered.
const maxPostgres = 10000

var postgresMessages = []message{
	{text: `password authentication failed for user "{user}"`, action: analysis.ActionFailed},
	{text: `{who} authentication failed for user "{user}"`, action: analysis.ActionFailed},
	{text: `no pg_hba.conf entry for host "{ip}", user "{user}", database "{any}", {rest}`, action: analysis.ActionBlocked},
	{text: `no pg_hba.conf entry for host "{ip}", user "{user}", database "{any}"`, action: analysis.ActionBlocked},
	{text: `pg_hba.conf rejects connection for host "{ip}", user "{user}", database "{any}", {rest}`, action: analysis.ActionBlocked},
	{text: `role "{user}" does not exist`, action: analysis.ActionFailed, context: true},
	{text: `database "{any}" does not exist`, action: analysis.ActionInfo, context: true},
	{text: "connection received: host={ip} port={port}", action: analysis.ActionInfo, context: true},
	{text: "connection received: host=[local]"},
	{text: "connection authenticated: {rest}"},
	{text: "connection authorized: user={who} {rest}", action: analysis.ActionAllowed, context: true},
	{text: "disconnection: session time: {rest}"},
	{text: "invalid length of startup packet", action: analysis.ActionInfo, context: true},
	{text: "unsupported frontend protocol {rest}", action: analysis.ActionInfo, context: true},
	{text: "Connection matched {rest}"}, {text: `Role "{any}" does not exist.{rest}`}, {text: `User "{any}" has no password assigned.{rest}`},
	{text: `Password does not match for user "{any}".{rest}`},
	{text: "checkpoint starting: {rest}"}, {text: "checkpoint complete: {rest}"}, {text: "database system is ready to accept connections"},
	{text: "database system was shut down at {rest}"}, {text: "received fast shutdown request"}, {text: "received SIGHUP, reloading configuration files"},
}

// postgresLevel finds the level that ends the prefix, and the place behind it.
func postgresLevel(text string) (at, end int) {
	for _, level := range [...]string{"FATAL:", "LOG:", "DETAIL:", "ERROR:", "WARNING:", "HINT:", "STATEMENT:"} {
		if i := strings.Index(text[:min(len(text), 300)], level); i > 0 && isBlank(text[i-1]) && (at == 0 || i < at) {
			at, end = i, i+len(level)
		}
	}
	return at, end
}

func (s *postgresState) parse(c *Cursor, ev *analysis.Event, clock *Clock) error {
	start := c.pos
	level, end := postgresLevel(c.text[start:])
	if end == 0 {
		if start > 0 && len(c.Rest()) < 120 {
			return c.perhapsUnfinished()
		}
		return ErrNotMine
	}
	if start == 0 {
		if err := c.dateTime(clock, ev); err != nil {
			return err
		}
		if zone := c.Token("["); zone != "UTC" && zone != "GMT" {
			if strings.Trim(zone, upperCase+"+-0123456789") != "" || zone == "" {
				c.pos -= len(zone)
			}
		} else {
			t := ev.Time
			ev.Time, _ = clock.Zoned(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), 0)
		}
	}
	pid := ev.PID
	for _, word := range strings.Fields(c.text[c.pos : start+level]) {
		if inner, ok := strings.CutPrefix(word, "["); ok {
			number, _, _ := strings.Cut(inner, "]")
			if n, err := strconv.Atoi(number); err == nil && n > 0 {
				pid = n
			}
			continue
		}
		// %r is "address(port)", %h the address.
		host, port, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(word, "client="), ","), "(")
		if ip, ok := parseAddr(host); ok {
			ev.Source = analysis.Endpoint{IP: ip}
			setPort(&ev.Source, strings.TrimSuffix(port, ")"))
		}
	}
	if pid != 0 {
		ev.PID = pid
		ev.Session = analysis.SessionOf(ev.Host, pid)
		if ev.Source == (analysis.Endpoint{}) {
			ev.Source = s.clients[pid]
		}
	}
	ev.Program = "postgres"
	c.pos = start + end
	c.Blanks()
	ev.Message = c.Rest()
	ev.Service, ev.Proto, ev.Tries, ev.Handshake = "postgresql", "tcp", analysis.TriesSession, analysis.HandshakeCompleted
	err := hear(c, s.messages, ev)
	if err == nil && pid != 0 && strings.HasPrefix(ev.Message, "connection received: ") {
		if len(s.clients) >= maxPostgres {
			clear(s.clients)
		}
		s.clients[pid] = ev.Source
	}
	if err == nil && !ev.Source.IP.IsValid() {
		ev.Handshake = analysis.HandshakeUnknown
	}
	return err
}

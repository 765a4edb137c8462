package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// mySQL is the error log of MySQL and MariaDB (sql_authentication.cc and errmsg-utf8.txt of 5.5 to 8.0), in
// syslog or by itself; the stamp's form changed with the versions:
//
//	2025-11-06T11:32:42.868451Z 12 [Note] [MY-010926] [Server] Access denied for user 'root'@'A' (using password: YES)
//	2025-11-06 11:32:42 12 [Warning] Access denied for user 'root'@'A' (using password: YES)
var mySQL = Format{
	Name:       "mysql",
	Title:      "MySQL and MariaDB error log",
	Recognised: `a stamp, a number and "[Note]", "[Warning]", "[System]" or "[ERROR]"; programs mysqld and mariadbd`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      "-",
	Starts: func(text string) bool {
		c := Cursor{text: text}
		return len(text) > 20 && isDigit(text[0]) && text[4] == '-' && c.mySQLHeader(nil, nil) == nil
	},
	New: func(clock *Clock) Parser {
		list := patternsOf(mySQLMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 {
				if !strings.HasPrefix(ev.Program, "mysqld") && !strings.HasPrefix(ev.Program, "mariadbd") {
					return ErrOtherProgram
				}
				at := *c
				if at.mySQLLevel() {
					*c = at
				} else if at = *c; at.mySQLHeader(nil, nil) == nil {
					*c = at
				} else if rest := c.Rest(); rest != "" && len(rest) < 48 && (isDigit(rest[0]) || rest[0] == '[') {
					return c.perhapsUnfinished()
				}
			} else if err := c.mySQLHeader(clock, ev); err != nil {
				return err
			}
			// One process serves all clients.
			ev.Program, ev.Session = "mysqld", 0
			ev.Service, ev.Proto = "mysql", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var mySQLMessages = []message{
	{text: "Access denied for user '{user}'@'{peer}' (using password: {w})", action: analysis.ActionFailed},
	{text: "Access denied for user '{user}'@'{peer}'", action: analysis.ActionFailed},
	{text: "Access denied for user '{user}'@'{peer}' to database '{any}'", action: analysis.ActionFailed},
	{text: "Host '{peer}' is not allowed to connect to this {(MySQL )}{(MariaDB )}server", action: analysis.ActionBlocked},
	{text: "Host '{peer}' is blocked because of many connection errors{rest}", action: analysis.ActionBlocked},
	{text: "Aborted connection {n} to db: '{any}' user: '{user}' host: '{peer}' ({rest}", action: analysis.ActionInfo, context: true},
	{text: "IP address '{ip}' could not be resolved: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Hostname '{any}' does not resolve to '{ip}'.{rest}", action: analysis.ActionInfo, context: true},
}

// mySQLHeader reads the stamp, the thread and the level. Without a clock it only looks.
func (c *Cursor) mySQLHeader(clock *Clock, ev *analysis.Event) error {
	if clock == nil {
		clock, ev = &Clock{zone: time.UTC}, &analysis.Event{}
	}
	if t, n, ok := isoTime(c.Rest(), clock); n > 0 && ok {
		ev.Time = t
		c.pos += n
	} else if err := c.dateTime(clock, ev); err != nil {
		return ErrNotMine
	}
	if _, ok := c.Number(1 << 40); ok && !c.Lit(" ") {
		return ErrNotMine
	}
	if !c.mySQLLevel() {
		return ErrNotMine
	}
	ev.Message = c.Rest()
	return nil
}

// mySQLLevel reads "[Note] [MY-010926] [Server] ", of which the last two came with 8.0.
func (c *Cursor) mySQLLevel() bool {
	if !c.Lit("[Note] ") && !c.Lit("[Warning] ") && !c.Lit("[System] ") && !c.Lit("[ERROR] ") {
		return false
	}
	if c.Lit("[MY-") {
		if _, ok := c.Until("] ["); !ok {
			return false
		}
		if _, ok := c.Until("] "); !ok {
			return false
		}
	}
	return true
}

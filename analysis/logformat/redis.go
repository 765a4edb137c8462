package logformat

import (
	"strings"

	"practicum/analysis"
)

// redis is the log of Redis and Valkey (server.c, networking.c). It says little of its clients: only that one
// spoke another protocol.
//
//	12345:M 06 Nov 2025 11:32:42.868 # Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. … Connection from A:p aborted.
var redis = Format{
	Name:       "redis",
	Title:      "Redis and Valkey",
	Recognised: `"pid:role dd Mon yyyy hh:mm:ss.mmm" and a mark; programs redis-server and valkey-server`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      ":",
	Starts: func(text string) bool {
		if text == "" || !isDigit(text[0]) {
			return false
		}
		c := Cursor{text: text}
		return c.redisStamp(nil, nil)
	},
	New: func(clock *Clock) Parser {
		list := patternsOf(redisMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos == 0 {
				if !c.redisStamp(clock, ev) {
					return ErrNotMine
				}
			} else if !strings.HasPrefix(ev.Program, "redis") && !strings.HasPrefix(ev.Program, "valkey") {
				return ErrOtherProgram
			}
			ev.Program, ev.Session, ev.Message = "redis-server", 0, c.Rest()
			ev.Service, ev.Proto = "redis", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var redisMessages = []message{
	{text: "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to {any}. Connection from {ip}:{port} aborted.", action: analysis.ActionInfo, signature: "HTTP spoken to Redis"},
	// Old versions do not name the client.
	{text: "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to {any}. Connection aborted.", action: analysis.ActionInfo, context: true, signature: "HTTP spoken to Redis"},
	{text: "Background saving started by pid {n}"}, {text: "Background saving terminated with success"}, {text: "DB saved on disk"},
	{text: "{n} changes in {n} seconds. Saving..."}, {text: "Ready to accept connections{rest}"}, {text: "Server initialized"},
	{text: "User requested shutdown..."}, {text: "Saving the final RDB snapshot before exiting."},
}

// redisStamp reads "pid:role dd Mon yyyy hh:mm:ss.mmm # ". Without an event it only looks.
func (c *Cursor) redisStamp(clock *Clock, ev *analysis.Event) bool {
	if _, ok := c.Number(1 << 30); !ok || c.pos+3 > len(c.text) || c.text[c.pos] != ':' || strings.IndexByte("XCSM", c.text[c.pos+1]) < 0 {
		return false
	}
	c.pos += 2
	if !c.Lit(" ") {
		return false
	}
	day, ok := c.Number(31)
	if !ok || day == 0 || !c.Lit(" ") || len(c.Rest()) < 4 {
		return false
	}
	month := strings.Index(months, c.Rest()[:3])
	if month < 0 || month%3 != 0 {
		return false
	}
	c.pos += 3
	if !c.Lit(" ") {
		return false
	}
	year, ok := c.Number(9999)
	if !ok || !c.Lit(" ") {
		return false
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return false
	}
	fraction := c.secondFraction()
	if !c.Lit(" ") || c.pos == len(c.text) || strings.IndexByte(".-*#", c.text[c.pos]) < 0 {
		return false
	}
	c.pos++
	c.Blanks()
	if ev == nil {
		return true
	}
	ev.Time, ok = clock.Dated(year, month/3+1, day, hour, minute, second)
	ev.Time = ev.Time.Add(fraction)
	return ok
}

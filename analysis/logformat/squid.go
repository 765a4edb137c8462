package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// squid is the access log of the Squid proxy in its native form (Squid's "LogFormat", squid):
//
//	1157689312.049   5006 A TCP_MISS/200 19763 CONNECT www.example.com:443 user DIRECT/B -
//
// What Squid denies to a stranger (403) is a probe for an open proxy. What it denies to its own clients,
// and the question for a password (407), is daily work.
var squid = Format{
	Name:       "squid",
	Title:      "Squid access log",
	Recognised: `"seconds.milliseconds elapsed client CODE/status bytes METHOD url user HIERARCHY/peer type"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      ".",
	Starts: func(text string) bool {
		if len(text) < 20 || decimalsOf(text) != 10 || text[10] != '.' {
			return false
		}
		c := Cursor{text: text, pos: 14}
		return c.Lit(" ") && c.squidFields()
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseSquid(c, ev, clock) }
	},
}

// squidFields reports whether "elapsed client CODE/" follows.
func (c *Cursor) squidFields() bool {
	at := *c
	at.Blanks()
	at.Lit("-") // a clock that was set back
	if _, ok := at.Number(1 << 30); !ok || !at.Lit(" ") || at.Token("") == "" || !at.Lit(" ") {
		return false
	}
	code := at.Token("/")
	return code != "" && strings.Trim(code, upperCase+"_") == "" && strings.HasPrefix(at.Rest(), "/")
}

func parseSquid(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if c.pos > 0 && !strings.HasPrefix(ev.Program, "squid") && !strings.HasPrefix(ev.Program, "(squid") {
		return ErrOtherProgram
	}
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	start := c.pos
	if seconds, ok := c.Number(1 << 40); ok && c.pos < len(c.text) && c.text[c.pos] == '.' && c.pos-start >= 9 {
		nanos := c.fraction()
		ev.Time, _ = clock.Instant(time.Unix(int64(seconds), int64(nanos)))
	} else if c.pos = start; start == 0 {
		return ErrNotMine
	}
	if !c.squidFields() {
		return ErrNotMine
	}
	ev.Message = c.Rest()
	var room [16]string
	f := appendFields(room[:0], c.Rest())
	if len(f) < 8 {
		return c.unfinished()
	}
	client, code, method := f[1], f[2], f[4]
	if ip, ok := parseAddr(client); ok {
		ev.Source.IP = ip
	} else if isHostName(client) && !isBrokenAddress(client) {
		ev.Source.Name = client
	} else {
		return brokenUnless("squid", c.text, "the client's address cannot be read")
	}
	if f[6] != "-" {
		ev.User = f[6]
	}
	result, status, _ := strings.Cut(code, "/")
	ev.Service, ev.Proto, ev.Action = "squid", "tcp", analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	if strings.Contains(result, "DENIED") && status != "407" {
		ev.Action = analysis.ActionBlocked
		ev.Signature = "proxy denied: " + method
	}
	ev.Context = ev.Action == analysis.ActionInfo || ev.Source.IP.IsPrivate() || ev.Source.IP.IsLoopback()
	return nil
}

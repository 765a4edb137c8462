package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// haproxy is the log of HAProxy, in syslog or by itself, with option httplog, option tcplog or neither
// (HAProxy's configuration manual, section 8.2):
//
//	A:p [06/Feb/2009:12:14:14.655] frontend backend/server 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {…} {…} "GET / HTTP/1.1"
//	A:p [06/Feb/2009:12:12:51.443] frontend backend/server 0/0/5007 212 -- 0/0/0/0/3 0/0
//	Connect from A:p to B:p (frontend/HTTP)
//	A:p [06/Feb/2009:12:14:14.655] frontend/bind: SSL handshake failure
var haproxy = Format{
	Name:       "haproxy",
	Title:      "HAProxy",
	Recognised: `program haproxy; "client:port [dd/Mon/yyyy:hh:mm:ss.mmm] frontend backend/server …"`,
	Leads:      "abcdefABCDEFu-:[" + decimals, // of addresses, of "unix:" and of "-:"
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Starts: func(text string) bool {
		c := Cursor{text: text}
		return c.haproxyClient(&analysis.Endpoint{})
	},
	New: func(clock *Clock) Parser {
		notes := patternsOf(haproxyNotes)
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 && ev.Program != "haproxy" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "", "tcp"
			if err := parseHAProxy(c, ev, clock); err != ErrNotMine || c.short || c.pos == 0 {
				return err
			}
			return hear(c, notes, ev)
		}
	},
}

var haproxyNotes = []message{
	{text: "Connect from {ip}:{port} to {tip}:{tport} ({w})", action: analysis.ActionInfo, context: true},
	{text: "Proxy {w} started."},
	{text: "Proxy {w} stopped {rest}"},
	{text: "Stopping {w} {w} in {n} ms."},
	{text: "Stopping proxy {w} in {n} ms."},
	{text: "Pausing {w} {w}."},
	{text: "Enabling {w} {w}."},
	{text: "Server {w} is {w}, reason: {rest}"},
	{text: "Server {w} is UP{(.)}"},
	{text: "Server {w} is DOWN{(.)}"},
	{text: "{w} {w} has no server available!"},
	{text: "Health check for {rest}"},
}

// haproxyClient reads "A:p [dd/Mon/yyyy:hh:mm:ss.mmm] " up to the bracket. A client on a socket of the
// machine has no address.
func (c *Cursor) haproxyClient(e *analysis.Endpoint) bool {
	if i := strings.IndexByte(c.Rest(), ' '); i >= 0 && strings.IndexByte(c.Rest()[:i], ':') < 0 {
		return false // the usual case
	}
	at := *c
	word := at.Token("")
	if strings.LastIndexByte(word, ':') < 1 || !at.Lit(" ") || at.pos == len(at.text) || at.text[at.pos] != '[' {
		return false
	}
	at.pos++
	rest := at.Rest()
	if !at.clfStampAhead() || len(rest) < 21 || rest[20] != '.' {
		return false
	}
	if !strings.HasPrefix(word, "-:") && !strings.HasPrefix(word, "unix:") && !addrPort(word, ':', true, e) {
		return false
	}
	c.pos = at.pos
	return true
}

func parseHAProxy(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	if !c.haproxyClient(&ev.Source) {
		return ErrNotMine
	}
	// The stamp has no zone; in syslog the line's own has been read and may have one.
	inner, ok := c.haproxyStamp(clock)
	if !ok {
		return brokenUnless("haproxy", c.text, "the date does not exist")
	}
	// Where the line's own has no year, this one does.
	if d := ev.Time.Sub(inner.Time).Abs(); ev.Time.IsZero() || d > 26*time.Hour {
		ev.Time = inner.Time
	}
	c.Blanks()
	ev.Message, ev.Action = c.Rest(), analysis.ActionInfo
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	frontend := c.Token("")
	if name, ok := strings.CutSuffix(frontend, ":"); ok && name != "" {
		if !c.Lit(" ") || c.Done() {
			return c.unfinished()
		}
		c.pos = len(c.text) // what failed before a request was there: a handshake
		ev.Context = true
		return nil
	}
	var room [40]string
	f := appendFields(room[:0], c.Rest())
	timers := 1 // httplog can be preceded by the host's name and other captures
	for timers < len(f) && (strings.Count(f[timers], "/") < 2 || strings.Trim(f[timers], "0123456789/-+") != "") {
		timers++
	}
	if len(f) < timers+2 {
		return c.unfinished()
	}
	if strings.HasPrefix(f[timers+1], "-") || len(f[timers+1]) == 3 && timers+2 < len(f) && strings.Trim(f[timers+2], "0123456789+") == "" {
		return c.haproxyRequest(ev, strings.TrimPrefix(f[timers+1], "-1"), strings.HasSuffix(frontend, "~"))
	}
	if len(f) < timers+5 {
		return c.unfinished()
	}
	c.pos = len(c.text)
	ev.Context = true // a connection that was passed on
	return nil
}

func (c *Cursor) haproxyStamp(clock *Clock) (analysis.Event, bool) {
	stamp, ok := c.Until("]")
	if !ok {
		return analysis.Event{}, false
	}
	zoned := Cursor{text: stamp + " +0000"}
	utc, ok := zoned.clfStamp(&Clock{zone: time.UTC})
	if !ok || !zoned.Done() {
		return analysis.Event{}, false
	}
	var ev analysis.Event
	if ev.Time, ok = clock.Dated(utc.Year(), int(utc.Month()), utc.Day(), utc.Hour(), utc.Minute(), utc.Second()); ok {
		ev.Time = ev.Time.Truncate(1e9).Add(utc.Sub(utc.Truncate(1e9)))
	}
	return ev, ok
}

// haproxyRequest reads the request at the end, "METHOD target HTTP/1.1", or "<BADREQ>".
func (c *Cursor) haproxyRequest(ev *analysis.Event, status string, tls bool) error {
	rest := strings.TrimRight(c.Rest(), " \t")
	open := strings.Index(rest, ` "`)
	if open < 0 || len(rest) < open+4 || rest[len(rest)-1] != '"' {
		return c.unfinished()
	}
	request := rest[open+2 : len(rest)-1]
	method, target, _ := strings.Cut(request, " ")
	if target == "" && method != "<BADREQ>" {
		return c.unfinished()
	}
	c.pos = len(c.text)
	r := jsonAccessRequest{method: method, target: target, status: status, tls: tls}
	r.event(ev)
	ev.Context = !ev.Source.IP.IsValid()
	return nil
}

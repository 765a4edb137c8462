package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// samba is the record of authentications that smbd and samba write since 4.7 (auth/auth_log.c), by itself or in
// syslog. The time stands in it.
//
//	Auth: [SMB2,(null)] user [D]\[u] at [Fri, 24 Sep 2021 10:04:52.030937 UTC] with [NTLMv2] status [NT_STATUS_X] workstation [w] remote host [ipv4:A:p] mapped to …
var samba = Format{
	Name:       "samba",
	Title:      "Samba",
	Recognised: `"Auth: [service] user [domain]\[name] at [date]", also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "A",
	Starts:     func(text string) bool { return strings.HasPrefix(text, "Auth: [") },
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 && !strings.HasPrefix(ev.Program, "smb") && ev.Program != "samba" {
				return ErrOtherProgram
			}
			if c.Lit("Denied connection from ") { // lib/access.c
				if c.Token("("); !c.Lit("(") && !c.Lit(" (") {
					return ErrNotMine
				}
				var ok bool
				if ev.Source.IP, ok = parseAddr(c.Token(")")); !ok || !c.Lit(")") {
					return ErrNotMine
				}
				ev.Action, ev.Service, ev.Proto, ev.Tries = analysis.ActionBlocked, "microsoft-ds", "tcp", analysis.TriesConnection
				ev.Handshake = analysis.HandshakeCompleted
				return nil
			}
			if !c.Lit("Auth: [") {
				return ErrNotMine
			}
			return c.sambaAuth(ev, clock)
		}
	},
}

func (c *Cursor) sambaAuth(ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if _, typeset := untypeset(text); typeset && strings.Contains(text, "\u00a0") {
		return ErrNotMine // to be read as it was before
	}
	text = foldBlanks(text)
	// The name is the client's text; what stands behind it is read from the last place that it fits.
	remote := strings.LastIndex(text, "] remote host [")
	at := strings.LastIndex(text[:max(remote, 0)], "] at [")
	status := strings.LastIndex(text[:max(remote, 0)], "] status [")
	user := strings.Index(text, " user [")
	if remote < 0 || at < 0 || status < at || user < 0 || user > at {
		return c.unfinished()
	}
	host, _, ok := strings.Cut(text[remote+len("] remote host ["):], "]")
	if !ok {
		return c.unfinished()
	}
	stamp, _, _ := strings.Cut(text[at+len("] at ["):], "]")
	t, err := time.Parse("Mon, 2 Jan 2006 15:04:05.999999 MST", stamp)
	if err != nil {
		return &SyntaxError{"samba", "the time cannot be read"}
	}
	if strings.HasSuffix(stamp, " UTC") || strings.HasSuffix(stamp, " GMT") {
		ev.Time, _ = clock.Instant(t)
	} else if ev.Time, ok = clock.Dated(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()); ok {
		ev.Time = ev.Time.Add(time.Duration(t.Nanosecond()))
	}
	c.pos = len(c.text)
	_, name, _ := strings.Cut(text[user+len(" user ["):at], `]\[`)
	ev.User, ev.Service, ev.Proto = name, "microsoft-ds", "tcp"
	if _, address, ok := strings.Cut(host, ":"); !ok || !addrPort(address, ':', true, &ev.Source) {
		return ErrNotEvent // on a socket of the machine
	}
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	if ev.Action = analysis.ActionFailed; strings.HasPrefix(text[status+len("] status ["):], "NT_STATUS_OK]") {
		ev.Action, ev.Context = analysis.ActionAllowed, true
	}
	return nil
}

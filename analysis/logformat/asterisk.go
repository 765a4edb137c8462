package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// asterisk is the log of the Asterisk telephone exchange (chan_sip.c, res_pjsip and res_security_log.c of 1.8 to
// 20), by itself or in syslog. SIP mostly goes over UDP, so the address can be forged.
//
//	[2025-11-06 11:32:42] NOTICE[1234] chan_sip.c: Registration from '"100" <sip:100@B>' failed for 'A:5060' - Wrong password
//	[Nov  6 11:32:42] SECURITY[1234] res_security_log.c: SecurityEvent="InvalidPassword",…,RemoteAddress="IPV4/UDP/A/5060"
var asterisk = Format{
	Name:       "asterisk",
	Title:      "Asterisk",
	Recognised: `"[stamp] NOTICE[n]", "WARNING[n]", "SECURITY[n]" …; program asterisk`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "[",
	Starts: func(text string) bool {
		c := Cursor{text: text}
		return text != "" && text[0] == '[' && c.asteriskStamp(&Clock{zone: time.UTC, base: 2000}, &analysis.Event{}) && c.asteriskLevel()
	},
	New: func(clock *Clock) Parser {
		list := patternsOf(asteriskMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 && ev.Program != "asterisk" {
				if !strings.HasSuffix(ev.Program, ".c") {
					return ErrOtherProgram
				}
				// Asterisk 1.0 to 1.4 put no brackets round the stamp: "Nov  6 11:32:42 NOTICE[1234] chan_sip.c: ".
				if c.pos = strings.Index(c.text, ev.Host); c.pos <= 0 {
					return ErrNotMine
				}
				ev.Host = ""
			}
			if c.pos == 0 && !c.asteriskStamp(clock, ev) {
				return ErrNotMine
			}
			if !c.asteriskLevel() {
				return ErrNotMine
			}
			ev.Message = c.Rest()
			// One process serves all clients.
			ev.Program, ev.Session = "asterisk", 0
			ev.Service, ev.Tries = "sip", analysis.TriesSession
			if rest := c.Rest(); strings.HasPrefix(rest, "SecurityEvent=") {
				return c.asteriskSecurity(ev)
			}
			return hear(c, list, ev)
		}
	},
}

var asteriskMessages = []message{
	{text: "Registration from '{any}' failed for '{ip}{(:{port})}' - {rest}", action: analysis.ActionFailed},
	{text: "Request '{w}' from '{any}' failed for '{ip}{(:{port})}' (callid: {any}) - {rest}", action: analysis.ActionFailed},
	{text: "Call from '{any}' ({ip}{(:{port})}) to extension '{any}' rejected because extension not found in context '{rest}", action: analysis.ActionBlocked},
	{text: "Failed to authenticate device {any}<{any}@{ip}{(:{port})}>{rest}", action: analysis.ActionFailed},
	{text: "Sending fake auth rejection for device {rest}", action: analysis.ActionInfo, context: true},
	{text: "{ip} failed to authenticate as '{user}'", action: analysis.ActionFailed},
	{text: "Host {ip} failed to authenticate as '{user}'", action: analysis.ActionFailed},
	{text: "No registration for peer '{user}' (from {ip})", action: analysis.ActionFailed},
}

// asteriskStamp reads "[yyyy-mm-dd hh:mm:ss] " or "[Mmm dd hh:mm:ss] ", as dateformat of logger.conf says.
func (c *Cursor) asteriskStamp(clock *Clock, ev *analysis.Event) bool {
	if !c.Lit("[") {
		return false
	}
	stamp, ok := c.Until("] ")
	if !ok || len(stamp) > 32 {
		return false
	}
	at := Cursor{text: stamp + " "}
	if month, day, hour, minute, second, _, ok := syslogStamp(at.text); ok {
		if ev.Time, ok = clock.Yearless(month, day, hour, minute, second); !ok {
			return false
		}
	} else if at.dateTime(clock, ev) != nil {
		return false
	}
	c.Blanks()
	return true
}

// asteriskLevel reads "NOTICE[1234][C-00000001] chan_sip.c: " and "NOTICE[1234]: chan_sip.c:23417 in f: ".
func (c *Cursor) asteriskLevel() bool {
	level := c.Token("[")
	switch level {
	case "NOTICE", "WARNING", "ERROR", "SECURITY", "VERBOSE", "DEBUG":
	default:
		return false
	}
	if _, ok := c.Until("]"); !ok {
		return false
	}
	if c.Lit("[") {
		if _, ok := c.Until("]"); !ok {
			return false
		}
	}
	c.Lit(":")
	c.Blanks()
	file := c.Token(":")
	if !strings.HasSuffix(file, ".c") {
		return false
	}
	c.Lit(":")
	if _, ok := c.Number(1 << 30); ok {
		if !c.Lit(" in ") {
			return false
		}
		c.Token(":")
		c.Lit(":")
	}
	c.Blanks()
	return true
}

// asteriskSecurity reads the fields of a security event, divided by commas.
func (c *Cursor) asteriskSecurity(ev *analysis.Event) error {
	text := c.Rest()
	get := func(key string) (value string, ok bool) {
		i := strings.LastIndex(text, ","+key+`="`)
		if i < 0 {
			return "", false
		}
		value, _, ok = strings.Cut(text[i+len(key)+3:], `"`)
		return value, ok
	}
	remote, ok := get("RemoteAddress")
	if !ok {
		return c.unfinished()
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(text, `SecurityEvent="`), `"`)
	parts := strings.Split(remote, "/") // IPV4/UDP/A/5060
	if len(parts) < 4 {
		return &SyntaxError{"asterisk", "the remote address cannot be read"}
	}
	if ev.Source.IP, ok = parseAddr(parts[2]); !ok {
		return &SyntaxError{"asterisk", "the remote address cannot be read"}
	}
	setPort(&ev.Source, parts[3])
	ev.Proto = strings.ToLower(parts[1])
	ev.User, _ = get("AccountID")
	ev.User = foldBlanks(ev.User)
	c.pos = len(c.text)
	switch kind {
	case "InvalidPassword", "InvalidAccountID", "ChallengeResponseFailed", "FailedACL", "AuthMethodNotAllowed":
		ev.Action = analysis.ActionFailed
	case "SuccessfulAuth":
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case "ChallengeSent":
		return ErrNotEvent
	case "RequestBadFormat", "RequestNotSupported", "RequestNotAllowed", "UnexpectedAddress", "InvalidTransport", "LoadAverageLimit", "MemoryLimit", "SessionLimit":
		ev.Action, ev.Context = analysis.ActionInfo, true
	default:
		return ErrUnknown
	}
	return nil
}

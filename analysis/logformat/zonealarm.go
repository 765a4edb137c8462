package logformat

import (
	"strings"

	"practicum/analysis"
)

// zonealarm is ZALog.txt, the log of ZoneAlarm: fields divided by commas, without quotation. The offset
// behind the time is the clock's from GMT, "-5:00 GMT" being five hours behind it. FWIN is a packet from
// outside that was blocked; PE and ACCESS are programs of the machine that asked for the net.
//
//	FWIN,2006/11/15,14:57:36 -5:00 GMT,A:p,B:q,TCP (flags:S)
var zonealarm = Format{
	Name:       "zonealarm",
	Title:      "ZoneAlarm (ZALog.txt)",
	Recognised: `"FWIN,yyyy/mm/dd,hh:mm:ss ±h:mm GMT,A:p,B:q,transport"`,
	Carrier:    CarrierNone,
	FreeText:   true,
	Starts: func(text string) bool {
		if strings.HasPrefix(text, "type,date,time,") || strings.HasPrefix(text, "ZoneAlarm ") {
			return true
		}
		kind, rest, ok := strings.Cut(text, ",")
		rest = strings.TrimLeft(rest, " ")
		return ok && len(kind) <= 12 && len(rest) > 11 && rest[4] == '/' && rest[7] == '/' && rest[10] == ',' && strings.Trim(kind, upperCase) == ""
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseZoneAlarm(c, ev, clock) }
	},
}

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func parseZoneAlarm(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	if c.Lit("type,date,time,") || c.Lit("ZoneAlarm Logging Client ") || c.Lit("ZoneAlarm Basic Logging Client ") || c.Lit("ZoneAlarm Pro Logging Client ") {
		return ErrNotEvent
	}
	text := c.Rest()
	var room [16]string
	f := appendSplit(room[:0], text, ',')
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	switch f[0] {
	case "PE", "ACCESS", "MS", "AV", "OSFW", "IM", "AS", "LOGIN", "UPDATE", "SPYWARE", "EMAIL":
		return ErrNotEvent
	case "FWIN", "FWOUT", "FWROUTE", "FWLOOP", "LOCK":
	default:
		return ErrNotMine
	}
	if len(f) < 6 {
		c.Mine()
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	bad := func(msg string) error {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		return &SyntaxError{"zonealarm", msg}
	}
	clockText := f[2]
	if strings.HasSuffix(f[3], "GMT") { // version 2.0 has a comma before the offset
		clockText += " " + f[3]
		f = append(f[:3], f[4:]...)
	}
	if len(f) < 6 {
		return bad("the record has too few fields")
	}
	hms := Cursor{text: clockText}
	hour, minute, second, ok := hms.timeOfDay()
	if !ok {
		return bad("the time cannot be read")
	}
	hms.Blanks()
	sign := 1
	if hms.Lit("-") {
		sign = -1
	} else {
		hms.Lit("+")
	}
	hours, ok := hms.Number(14)
	if !ok {
		return bad("the offset from GMT cannot be read")
	}
	minutes, _ := hms.twoDigits(59)
	d := Cursor{text: f[1]}
	year, ok1 := d.Number(9999)
	ok1 = ok1 && d.Lit("/")
	month, ok2 := d.Number(12)
	ok2 = ok2 && d.Lit("/")
	day, ok3 := d.Number(31)
	if !ok1 || !ok2 || !ok3 {
		return bad("the date cannot be read")
	}
	if ev.Time, ok = clock.Zoned(year, month, day, hour, minute, second, sign*(hours*3600+minutes*60)); !ok {
		return bad("the date does not exist")
	}
	ev.Message, ev.Action = text, analysis.ActionBlocked
	var p packet
	p.icmpType = -1
	transport := f[5]
	name, detail, _ := strings.Cut(transport, "(")
	p.proto = strings.ToLower(strings.TrimSpace(name))
	detail, closed := strings.CutSuffix(detail, ")")
	if p.proto == "" || strings.Trim(p.proto, "abcdefghijklmnopqrstuvwxyz") != "" || detail != "" && !closed {
		return bad("the transport cannot be read")
	}
	if !addrPort(f[3], ':', true, &p.src) || !addrPort(f[4], ':', true, &p.dst) {
		return bad("the addresses cannot be read")
	}
	switch p.proto {
	case "tcp":
		p.setFlags(strings.TrimPrefix(strings.TrimSpace(detail), "flags:"))
	case "icmp":
		n := Cursor{text: strings.TrimPrefix(detail, "type:")}
		if v, ok := n.Number(255); ok {
			p.icmpType = v
		}
		p.src.Port, p.dst.Port = 0, 0
	}
	p.filtered(ev, f[0] != "FWIN")
	return nil
}

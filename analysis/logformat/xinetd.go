package logformat

import (
	"time"

	"practicum/analysis"
)

// xinetd logs in up to four lines what becomes of one connection: START and EXIT by itself, the
// refusal and FAIL by the child that it had made for the connection (xinetd 2.3, log.c, access.c,
// child.c). Its own file has a stamp with a two-digit year: "03/6/12@14:05:02: ".
var xinetd = Format{
	Name:       "xinetd",
	Title:      "xinetd",
	Recognised: `syslog program xinetd, or a stamp yy/m/d@hh:mm:ss, with START, FAIL, EXIT or "refused connection"`,
	Carrier:    CarrierSyslog,
	Starts:     startsXinetd,
	New: func(clock *Clock) Parser {
		list := patterns(xinetdMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if err := c.xinetdStamp(clock, ev); err != nil {
					return err
				}
				ev.Program, ev.Message = "xinetd", c.Rest()
			} else if ev.Program != "xinetd" {
				return ErrNotMine
			}
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var xinetdMessages = []message{
	{text: "START: {svc} {(pid={n} )}from={peer}", action: analysis.ActionAllowed},
	{text: "START: {svc} {(pid={n} )}from=<no address>"},
	{text: "EXIT: {svc} {rest}"},
	// A limit may be used up by the site's own clients; the others are decisions about the client.
	{text: "FAIL: {svc} service_limit from={peer}", action: analysis.ActionBlocked, context: true, signature: "service_limit"},
	{text: "FAIL: {svc} process_limit from={peer}", action: analysis.ActionBlocked, context: true, signature: "process_limit"},
	{text: "FAIL: {svc} load from={peer}", action: analysis.ActionBlocked, context: true, signature: "load"},
	{text: "FAIL: {svc} {w} from={peer}", action: analysis.ActionBlocked},
	{text: "FAIL: {svc} {w} from=<no address>"},
	{text: "libwrap refused connection to {svc} {((libwrap={w}) )}from {peer}", action: analysis.ActionBlocked},
	{text: "libwrap refused connection to {svc} {((libwrap={w}) )}from <no address>"},
	{text: "USERID: {rest}"}, {text: "NOID: {rest}"}, {text: "DATA: {rest}"},
	{text: "Exiting..."}, {text: "Starting reconfiguration"}, {text: "Swapping defaults"}, {text: "readjusting service {rest}"},
	{text: "Reconfigured: new={rest}"}, {text: "xinetd Version {rest}"}, {text: "Started working: {n} available service{rest}"},
	{text: "removing {rest}"}, {text: "Reading included configuration file: {rest}"},
	{text: "Server {w} is not executable {rest}"}, {text: "Service {w} failed to start and is deactivated."},
}

func startsXinetd(text string) bool {
	if len(text) < len("03/6/2@14:05:02: ") || !isDigit(text[0]) || text[2] != '/' {
		return false
	}
	c := Cursor{text: text}
	return c.xinetdStamp(&Clock{zone: time.UTC}, &analysis.Event{}) == nil
}

// xinetdStamp reads "yy/m/d@hh:mm:ss: ". xinetd is younger than 1990.
func (c *Cursor) xinetdStamp(clock *Clock, ev *analysis.Event) error {
	year, ok1 := c.Number(99)
	ok2 := c.Lit("/")
	month, ok3 := c.Number(12)
	ok4 := c.Lit("/")
	day, ok5 := c.Number(31)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || month == 0 || day == 0 || !c.Lit("@") {
		return ErrNotMine
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok || !c.Lit(": ") {
		return ErrNotMine
	}
	if year += 1900; year < 1990 {
		year += 100
	}
	if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
		return ErrNotMine
	}
	return nil
}

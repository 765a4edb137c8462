package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// xinetd logs in up to four lines what becomes of one connection: START and EXIT by itself, the
// refusal and FAIL by the child that it had made for the connection (xinetd 2.3, log.c, access.c,
// child.c). The inetd of Solaris and of the BSDs, if told to, logs a line a connection. xinetd's own file has a stamp with a two-digit year: "03/6/12@14:05:02: ".
var xinetd = Format{
	Name:       "xinetd",
	Title:      "xinetd and inetd",
	Recognised: `syslog program xinetd or inetd, or a stamp yy/m/d@hh:mm:ss, with START, FAIL, EXIT or "refused connection"`,
	Carrier:    CarrierSyslog,
	Leads:      decimals,
	After:      "/",
	Starts:     startsXinetd,
	New: func(clock *Clock) Parser {
		list, inetd := patternsOf(xinetdMessages), patternsOf(inetdMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if err := c.xinetdStamp(clock, ev); err != nil {
					return err
				}
				ev.Program, ev.Message = "xinetd", c.Rest()
			}
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			switch ev.Program {
			case "xinetd":
				if strings.HasPrefix(c.Rest(), "START:") {
					ev.Session = 0 // the process id is the daemon's; a START names the one that serves the client, if it is told to
				}
				return hear(c, list, ev)
			case "inetd":
				ev.Session = 0 // the process id is the daemon's, which stays
				return hear(c, inetd, ev)
			}
			return ErrOtherProgram
		}
	},
}

var xinetdMessages = []message{
	{text: "START: {svc} {(pid={pid} )}from={peer}", action: analysis.ActionAllowed},
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

var inetdMessages = []message{
	{text: "{svc}[{n}] from {ip} {port}", action: analysis.ActionAllowed}, // Solaris, inetd -t
	{text: "{svc} from {ip}", action: analysis.ActionAllowed},             // FreeBSD, inetd -l
	{text: "refused connection from {peer}, service {svc} ({w})", action: analysis.ActionBlocked},
	{text: "{w} server failing (looping), service terminated"},
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

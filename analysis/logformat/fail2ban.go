package logformat

import (
	"strings"

	"practicum/analysis"
)

// fail2ban counts the failures that it finds in other logs and bans their source. A ban is the alert;
// what it found stands in those logs in full and is context here.
var fail2ban = Format{
	Name:       "fail2ban",
	Title:      "fail2ban",
	Recognised: `a stamp yyyy-mm-dd hh:mm:ss,mmm or syslog, and "fail2ban.actions", "fail2ban.filter" with "[jail] Ban" or "Found"`,
	Carrier:    CarrierSyslog,
	Leads:      decimals,
	After:      "-",
	Starts:     startsFail2ban,
	New: func(clock *Clock) Parser {
		list := patternsOf(fail2banMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if c.dateTime(clock, ev) != nil {
					return ErrNotMine
				}
				program := c.Token("[:")
				if !strings.HasPrefix(program, "fail2ban") {
					return ErrNotMine
				}
				c.Blanks()
				if c.Lit("[") {
					if _, ok := c.Until("]"); !ok {
						return ErrNotMine
					}
				}
				if !c.Lit(":") {
					return ErrNotMine
				}
				c.Blanks()
				ev.Program, ev.Message = program, c.Rest()
			} else if !strings.HasPrefix(ev.Program, "fail2ban") {
				return ErrOtherProgram
			}
			ev.Session = 0
			if at := *c; strings.HasPrefix(at.Token("[ "), "fail2ban.") {
				// The journal has the logger's name behind the program's: "fail2ban-server[12]: fail2ban.actions [12]: ".
				at.Blanks()
				if at.Lit("[") {
					at.Number(1 << 30)
					at.Lit("]")
				}
				if at.Lit(":") {
					at.Blanks()
					*c = at
				}
			}
			for _, level := range [...]string{"NOTICE ", "WARNING ", "INFO ", "ERROR ", "DEBUG "} {
				if c.Lit(level) {
					break
				}
			}
			if err := hear(c, list, ev); err != nil {
				return err
			}
			// The jail, which the messages give as the service.
			ev.Signature, ev.Service = "fail2ban: "+strings.Trim(ev.Service, "[]"), ""
			if !ev.Context {
				ev.Claim = "banned by fail2ban"
			}
			return nil
		}
	},
}

var fail2banMessages = []message{
	{text: "{svc} Ban {ip}", action: analysis.ActionBlocked},
	{text: "{svc} Restore Ban {ip}", action: analysis.ActionBlocked, context: true},
	{text: "{svc} Increase Ban {ip} {rest}", action: analysis.ActionBlocked},
	{text: "{svc} Found {ip}{( - {rest})}", action: analysis.ActionInfo, context: true},
	{text: "{svc} {ip} already banned", action: analysis.ActionInfo, context: true},
	{text: "{svc} Unban {ip}"}, {text: "{svc} Ignore {rest}"}, {text: "Starting Fail2ban v{rest}"}, {text: "Exiting Fail2ban"}, {text: "Shutdown in progress..."},
	{text: "Jail '{w}' {rest}"}, {text: "Creating new jail '{w}'"}, {text: "Added logfile{rest}"}, {text: "Set maxRetry = {n}"}, {text: "Set findtime = {n}"}, {text: "Set banTime = {n}"},
	{text: "maxRetry: {n}"}, {text: "findtime: {n}"}, {text: "banTime: {n}"}, {text: "encoding: {rest}"}, {text: "Changed logging target to {rest}"}, {text: "Initiated '{w}' backend"},
	{text: "Log rotation detected for {rest}"}, {text: "rollover performed on {rest}"}, {text: "Connected to fail2ban persistent database {rest}"}, {text: "Observer start..."}, {text: "{w} uses {rest}"},
}

func startsFail2ban(text string) bool {
	return startsDateTime(text) && strings.Contains(text, " fail2ban")
}

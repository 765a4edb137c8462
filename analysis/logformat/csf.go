package logformat

import (
	"strings"

	"practicum/analysis"
)

// csf is lfd, the daemon of ConfigServer Firewall that counts failures in other logs and blocks their source,
// as fail2ban does. The block is the alert.
var csf = Format{
	Name:       "csf",
	Title:      "ConfigServer Firewall (lfd)",
	Recognised: `program lfd with "… from A (…): n in the last n secs - *Blocked in csf*"`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patternsOf(csfMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "lfd" {
				return ErrOtherProgram
			}
			ev.Session = 0
			if err := hear(c, list, ev); err != nil {
				return err
			}
			// What lfd read, which the messages give as the service.
			ev.Signature, ev.Service = "csf: "+strings.Trim(ev.Service, "()"), ""
			ev.Claim = "blocked by csf"
			return nil
		}
	},
}

var csfMessages = []message{
	{text: "{svc} Failed {any} login from {ip} ({any}): {n} in the last {n} secs - *Blocked in csf* {rest}", action: analysis.ActionBlocked},
	{text: "{svc} {any} from {ip} ({any}): {n} in the last {n} secs - *Blocked in csf* {rest}", action: analysis.ActionBlocked},
	{text: "Incoming IP {ip} temporary block removed"}, {text: "daemon started on {rest}"}, {text: "daemon stopped"},
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// pfsense is the administration pages of pfSense and OPNsense: who logged in and who failed to.
var pfsense = Format{
	Name:       "pfsense",
	Title:      "pfSense and OPNsense administration pages",
	Recognised: `syslog program php-fpm, php or audit with "/page.php:" and a log-in`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(pfsenseMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "php-fpm", "php", "audit", "configd.py", "opnsense":
			default:
				return ErrOtherProgram
			}
			page, _, _ := strings.Cut(c.Rest(), " ")
			if !strings.HasPrefix(page, "/") || !strings.HasSuffix(page, ".php:") {
				return ErrNotMine
			}
			c.Mine()
			ev.Service, ev.Proto, ev.Session = "https", "tcp", 0
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var pfsenseMessages = []message{
	{text: "{w}: webConfigurator authentication error for user '{user}' from: {ip}", action: analysis.ActionFailed},
	{text: "{w}: webConfigurator authentication error for '{user}' from {ip}", action: analysis.ActionFailed},
	{text: "{w}: Web GUI authentication error for '{user}' from {ip}", action: analysis.ActionFailed},
	{text: "{w}: Successful login for user '{user}' from: {ip}{rest}", action: analysis.ActionAllowed},
	{text: "{w}: Successful login for user '{user}' from {ip}{rest}", action: analysis.ActionAllowed},
	{text: "{w}: User logged out for user '{user}' from: {ip}{rest}"},
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// vpopmail is qmail's vchkpw, which checks passwords of virtual domains for POP3, IMAP and SMTP, and
// vm-pop3d. The address is the last word.
var vpopmail = Format{
	Name:       "vpopmail",
	Title:      "vpopmail (vchkpw) and vm-pop3d",
	Recognised: `syslog program vpopmail with "vchkpw-…: password fail", or vm-pop3d with "failed auth, from="`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(vpopmailMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "vpopmail" && ev.Program != "vm-pop3d" && ev.Program != "vchkpw" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "pop3", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			if err := hear(c, list, ev); err != nil {
				return err
			}
			if strings.HasPrefix(ev.User, "(pass:") || ev.Source.IP.Is6() {
				return ErrNotMine // where a name ends and an IPv6 address begins, nothing tells
			}
			if name, ok := strings.CutPrefix(ev.Service, "vchkpw-"); ok {
				ev.Service = name
			}
			return nil
		}
	},
}

var vpopmailMessages = []message{
	{text: "{svc}: password fail (pass: '{any}') {user}:{ip}", action: analysis.ActionFailed},
	{text: "{svc}: password fail {user}:{ip}", action: analysis.ActionFailed},
	{text: "{svc}: vpopmail user not found {user}:{ip}", action: analysis.ActionFailed},
	{text: "{svc}: null password given {user}:{ip}", action: analysis.ActionFailed},
	{text: "{svc}: ({w}) login success {user}:{ip}", action: analysis.ActionAllowed, context: true},
	{text: "{svc}: login success {user}:{ip}", action: analysis.ActionAllowed, context: true},
	{text: "User '{user}' - failed auth, from={ip}", action: analysis.ActionFailed},
	{text: "Session ended for no user from {ip}", action: analysis.ActionInfo},
	{text: "vm-pop3d startup succeeded"}, {text: "vm-pop3d shutdown {w}"},
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// login is the log-in program that telnetd, rlogind and getty start, in the words of util-linux, of
// the shadow suite and of the BSDs, and what telnetd and Kerberos' klogind say themselves. "(null)"
// as the host is the console. The host stands before the name that the client gave.
var login = Format{
	Name:       "login",
	Title:      "login, telnetd, klogind, rshd and rlogind",
	Recognised: `syslog program login, telnetd, in.telnetd or klogind with "FAILED LOGIN", "LOGIN ON" or "LOGIN FAILURE"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list, remote := patternsOf(loginMessages), patternsOf(rshMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "login", "telnetd", "in.telnetd", "klogind":
			case "rshd", "in.rshd", "rlogind", "in.rlogind":
				ev.Service, ev.Proto = "shell", "tcp"
				if strings.HasSuffix(ev.Program, "rlogind") {
					ev.Service = "login"
				}
				ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
				return hear(c, remote, ev)
			case "--":
				// util-linux' login calls itself " -- root" once somebody has logged in.
				if c.Token("[:") == "" || !c.Lit("[") {
					return ErrNotMine
				}
				if _, ok := c.Number(1 << 30); !ok || !c.Lit("]: ") {
					return ErrNotMine
				}
			default:
				return ErrOtherProgram
			}
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeUnknown
			if err := hear(c, list, ev); err != nil {
				return err
			}
			if ev.Source.IP.IsValid() || ev.Source.Name != "" {
				ev.Handshake = analysis.HandshakeCompleted
				if ev.Service = "telnet"; ev.Program == "klogind" {
					ev.Service = "klogin"
				}
			}
			return nil
		}
	},
}

// rshMessages are those of the Berkeley r-commands' servers, which trust the client's port and name.
var rshMessages = []message{
	{text: "Connection from {peer} on illegal port{rest}", action: analysis.ActionBlocked},
	{text: "{other}@{peer} as {who}: permission denied{rest}", action: analysis.ActionFailed},
	{text: "{other}@{peer} as {who}: cmd='{rest}", action: analysis.ActionAllowed, context: true},
	{text: "usage: {rest}"},
}

var loginMessages = []message{
	// util-linux
	{text: "FAILED LOGIN {n} FROM {peer} FOR {user}, {rest}", action: analysis.ActionFailed},
	{text: "FAILED LOGIN SESSION FROM {peer} FOR {user}, {rest}", action: analysis.ActionFailed},
	{text: "TOO MANY LOGIN TRIES ({n}) FROM {peer} FOR {user}, {rest}", action: analysis.ActionFailed, context: true},
	{text: "ROOT LOGIN {(({who}) )}ON {w}{( FROM {peer})}", action: analysis.ActionAllowed, context: true},
	{text: "LOGIN ON {w} BY {who}{( FROM {peer})}", action: analysis.ActionAllowed, context: true},
	{text: "DIALUP AT {w} BY {who}"},
	// shadow
	{text: "FAILED LOGIN ({n}) on '{w}'{( from '{peer}')} FOR '{user}', {rest}", action: analysis.ActionFailed},
	{text: "TOO MANY LOGIN TRIES ({n}) on '{w}'{( from '{peer}')} FOR '{user}'", action: analysis.ActionFailed, context: true},
	{text: "ROOT LOGIN on '{w}'{( from '{peer}')}", action: analysis.ActionAllowed, context: true},
	{text: "invalid password for '{user}' on '{w}'{( from '{peer}')}", action: analysis.ActionFailed},
	// the BSDs
	{text: "{count} LOGIN FAILURE{(S)} FROM {peer}{(, {user})}", action: analysis.ActionFailed},
	{text: "{count} LOGIN FAILURE{(S)} ON {w}{(, {user})}", action: analysis.ActionFailed},
	{text: "REPEATED LOGIN FAILURES ON {w}{( FROM {peer})}{(, {user})}", action: analysis.ActionFailed},
	{text: "ROOT LOGIN REFUSED ON {w}{( FROM {peer})}", action: analysis.ActionFailed},
	{text: "LOGIN {who} REFUSED{( FROM {peer})} ON TTY {w}", action: analysis.ActionFailed},
	{text: "LOGIN {who} REFUSED FROM {peer}", action: analysis.ActionFailed},
	{text: "login from {peer} as {who}", action: analysis.ActionAllowed, context: true},
	{text: "login on {w} as {who}{( from {peer})}", action: analysis.ActionAllowed, context: true},
	// telnetd: the client went away; tcpd's record of the same process names it.
	{text: "ttloop: peer died: {rest}", action: analysis.ActionInfo, context: true},
	{text: "ttloop: read: {rest}", action: analysis.ActionInfo, context: true},
	{text: "getpid: peer died: {rest}", action: analysis.ActionInfo, context: true},
	// klogind: two lines for one try
	{text: "Authentication failed from {name} ({ip}): {rest}", action: analysis.ActionFailed},
	{text: "Kerberos authentication failed", action: analysis.ActionFailed, context: true},
}

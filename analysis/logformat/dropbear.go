package logformat

import (
	"practicum/analysis"
)

// dropbear is the small SSH server of routers and other devices. It writes the address last, in
// "address:port", behind the name that the client gave (svr-auth.c, svr-session.c of Dropbear).
var dropbear = Format{
	Name:       "dropbear",
	Title:      "Dropbear SSH server",
	Recognised: "syslog program dropbear with a log-in, a failure or an exit",
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(dropbearMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "dropbear" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "ssh", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var dropbearMessages = []message{
	// Before 2011 the messages began with a small letter.
	{text: "bad {(PAM )}password attempt for '{user}' from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "login attempt for nonexistent user{( '{user}')} from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "exit before auth (user '{user}', {n} fails): Max auth tries reached - user '{any}' from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "exit before auth (user '{user}', {n} fails): {any}", action: analysis.ActionInfo, context: true},
	{text: "exit before auth: {rest}", action: analysis.ActionInfo, context: true},
	{text: "exit after auth ({any}"}, {text: "password auth succeeded for '{user}' from {ip}:{port}", action: analysis.ActionAllowed, context: true},
	{text: "Bad {(PAM )}password attempt for '{user}' from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "Login attempt for nonexistent user{( '{user}')} from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "Login attempt with wrong user {user} from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "Max auth tries reached - user '{user}' from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "Password auth succeeded for '{user}' from {([)}{ip}{(])}:{port}", action: analysis.ActionAllowed, context: true},
	{text: "PAM password auth succeeded for '{user}' from {([)}{ip}{(])}:{port}", action: analysis.ActionAllowed, context: true},
	{text: "Auth succeeded with blank password for '{user}' from {([)}{ip}{(])}:{port}", action: analysis.ActionAllowed, context: true},
	{text: "Pubkey auth succeeded for '{user}' with {any} from {([)}{ip}{(])}:{port}", action: analysis.ActionAllowed, context: true},
	{text: "Child connection from {([)}{ip}{(])}:{port}", action: analysis.ActionAllowed, context: true},
	// The address stands before the name in these.
	{text: "Exit before auth from <{([)}{ip}{(])}:{port}>: (user '{user}', {n} fails): {rest}", action: analysis.ActionInfo, context: true},
	{text: "Exit before auth from <{([)}{ip}{(])}:{port}>: Max auth tries reached{rest}", action: analysis.ActionInfo, context: true},
	{text: "Exit before auth from <{([)}{ip}{(])}:{port}>: {rest}", action: analysis.ActionInfo},
	{text: "Exit before auth (user '{user}', {n} fails): Max auth tries reached - user '{any}' from {([)}{ip}{(])}:{port}", action: analysis.ActionFailed},
	{text: "Exit before auth (user '{user}', {n} fails): {any}", action: analysis.ActionInfo, context: true},
	{text: "Exit before auth: {rest}", action: analysis.ActionInfo, context: true},
	{text: "Exit ({any}) from <{any}"}, {text: "Exit ({any}): {any}"},
	{text: "User '{user}' has invalid shell, rejected", action: analysis.ActionFailed, context: true},
	{text: "root login rejected", action: analysis.ActionFailed, context: true},
	// svr-kex.c, packet.c and svr-session.c: what is not SSH
	{text: "Failed assertion {rest}"}, {text: "Failed listening on {rest}"}, {text: "premature exit: {rest}"}, {text: "Exited normally"},
	{text: "Running in background"}, {text: "Not backgrounding"}, {text: "Early exit: Terminated by signal"},
}

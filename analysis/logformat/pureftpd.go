package logformat

import (
	"practicum/analysis"
)

// pureFTPD is Pure-FTPd. "(user@client)" stands in front of each message, with "?" until somebody has
// logged in; the name that a client only claims comes behind it, in brackets.
var pureFTPD = Format{
	Name:       "pureftpd",
	Title:      "Pure-FTPd",
	Recognised: `syslog program pure-ftpd with "(user@client) [LEVEL]"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list := patternsOf(pureFTPDMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "pure-ftpd" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "ftp", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var pureFTPDMessages = []message{
	{text: "({w}@{peer}) [WARNING] Authentication failed for user [{user}]", action: analysis.ActionFailed},
	// the same in other languages that Pure-FTPd can be built for
	{text: "({w}@{peer}) [WARNING] Authentifizierung fehlgeschlagen für Benutzer [{user}]{(.)}", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Erreur d'authentification pour l'utilisateur [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Autenticazione falita per l'utente [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Autorisatie faalde voor gebruiker [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Autentificación fallida para el usuario [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Autenticação falhou para usuário [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Godkendelse mislykkedes for [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Godkjennelse mislyktes for [{user}]", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [WARNING] Can't login as [{user}]: account disabled", action: analysis.ActionFailed},
	{text: "({w}@{peer}) [ERROR] Too many authentication failures", action: analysis.ActionFailed, context: true},
	{text: "(?@{peer}) [INFO] {user} is now logged in", action: analysis.ActionAllowed, context: true},
	{text: "(?@{peer}) [INFO] Anonymous user logged in", action: analysis.ActionAllowed, context: true},
	{text: "(?@{peer}) [INFO] New connection from {any}", action: analysis.ActionAllowed, context: true},
	{text: "(?@{peer}) [INFO] Logout.", action: analysis.ActionInfo, context: true},
	{text: "({who}@{peer}) [INFO] Logout.", action: analysis.ActionInfo, context: true},
	{text: "({w}@{peer}) [INFO] PAM_RHOST enabled. {rest}"}, {text: "({w}@{peer}) [INFO] Timeout - {rest}"},
	{text: "({w}@{peer}) [INFO] Can't change directory to {rest}"}, {text: "({w}@{peer}) [DEBUG] Command [{rest}"},
	{text: "({w}@{peer}) [NOTICE] {any} uploaded {rest}"}, {text: "({w}@{peer}) [NOTICE] {any} downloaded {rest}"},
	{text: "({w}@{peer}) [DEBUG] This is a private system - No anonymous login"},
}

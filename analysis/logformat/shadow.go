package logformat

import "practicum/analysis"

// shadow is what the programs that keep accounts log: those of the shadow suite (useradd.c, usermod.c, gpasswd.c,
// groupadd.c, userdel.c of 4.x) and SuSE's pwdutils. There is no remote source. An account is announced before it
// is made; where that fails the next message says so.
var shadow = Format{
	Name:       "shadow",
	Title:      "useradd, usermod and their kin",
	Recognised: `syslog program useradd, usermod, gpasswd, groupadd, groupmod, userdel or groupdel with "new user: name=…" or "add '…' to group '…'"`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patternsOf(shadowMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "useradd", "usermod", "gpasswd", "groupadd", "groupmod", "userdel", "groupdel", "adduser":
			default:
				return ErrOtherProgram
			}
			ev.Service = "accounts"
			return hear(c, list, ev)
		}
	},
}

// What the messages tell; detect tells kinds by it.
const (
	newAccount = "new account"
	addedTo    = "added to group"
)

var shadowMessages = []message{
	{text: "new user: name={who}, UID={n}, GID={n}, home={w}, shell={w}{(, from={w})}", action: analysis.ActionAllowed, context: true, signature: newAccount},
	{text: "new user: name={who}, uid={n}, gid={n}, home={w}, shell={w}", action: analysis.ActionAllowed, context: true, signature: newAccount},
	{text: "new account added - account={who}, uid={n}, gid={n}, home={w}, shell={w}, by={n}", action: analysis.ActionAllowed, context: true, signature: newAccount},
	{text: "add '{who}' to group '{w}'", action: analysis.ActionAllowed, context: true, signature: addedTo},
	{text: "add `{who}' to group `{w}'", action: analysis.ActionAllowed, context: true, signature: addedTo},
	{text: "user {who} added by {w} to group {w}", action: analysis.ActionAllowed, context: true, signature: addedTo},
	{text: "account added to group - account={who}, group={w}, gid={n}, by={n}", action: analysis.ActionAllowed, context: true, signature: addedTo},
	{text: "add '{who}' to shadow group '{w}'"},
	{text: "add `{who}' to shadow group `{w}'"},
	{text: "failed adding user '{who}', {rest}", action: analysis.ActionFailed, context: true},
	{text: "new group: name={w}, GID={n}"},
	{text: "new group: name={w}, gid={n}"},
	{text: "group added to {w} name={w}{(, GID={n})}"},
	{text: "delete user '{w}'"},
	{text: "delete user `{w}'"},
	{text: "removed group '{w}' owned by '{w}'"},
	{text: "removed shadow group '{w}' owned by '{w}'"},
	{text: "group '{w}' removed{( from {w})}"},
	{text: "home directory created - account={w}, uid={n}, home={w}, by={n}"},
	{text: "running USERADD_CMD command - {rest}"},
}

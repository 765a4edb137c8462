package logformat

import (
	"strings"

	"practicum/analysis"
)

// vsftpd writes the same messages to syslog and, behind a stamp of ctime() and "[pid N]", to a file of
// its own. The user in brackets is what the client sent; the address stands behind it, in quotes
// (logging.c of vsftpd).
var vsftpd = Format{
	Name:       "vsftpd",
	Title:      "vsftpd",
	Recognised: `syslog program vsftpd, or a stamp with the weekday and "[pid n]", with CONNECT, "OK LOGIN" or "FAIL LOGIN"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "MTWFS",
	Starts:     startsVsftpd,
	New: func(clock *Clock) Parser {
		list := patternsOf(vsftpdMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if c.ctime(clock, ev) != nil || !c.Lit("[pid ") {
					return ErrNotMine
				}
				pid, ok := c.Number(1 << 30)
				if !ok || !c.Lit("] ") {
					return ErrNotMine
				}
				ev.Program, ev.PID, ev.Message = "vsftpd", pid, c.Rest()
				if pid != 0 {
					ev.Session = analysis.SessionOf("", pid)
				}
			} else if ev.Program != "vsftpd" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "ftp", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			return hear(c, list, ev)
		}
	},
}

var vsftpdMessages = []message{
	{text: `[{user}] FAIL LOGIN: Client "{ip}"`, action: analysis.ActionFailed},
	{text: `[{user}] FAIL LOGIN: Client "{ip}", "User is not in the allow user list."`, action: analysis.ActionFailed},
	{text: `[{user}] FAIL LOGIN: Client "{ip}", "User is in the deny user list."`, action: analysis.ActionFailed},
	{text: `[{user}] OK LOGIN: Client "{ip}"{(, anon password "{any}")}`, action: analysis.ActionAllowed, context: true},
	{text: `CONNECT: Client "{ip}"`, action: analysis.ActionAllowed, context: true},
	{text: `CONNECT: Client "{ip}", "Connection refused: {any}"`, action: analysis.ActionBlocked},
	{text: `{([{user}] )}FTP response: Client "{ip}", "530 Permission denied.{any}"`, action: analysis.ActionFailed},
	// The failure itself has a line of its own.
	{text: `{([{user}] )}FTP response: Client "{ip}", "530 {any}"`, action: analysis.ActionInfo, context: true},
	{text: `{([{user}] )}FTP response: Client "{rest}`}, {text: `{([{user}] )}FTP command: Client "{rest}`},
	{text: "[{user}] OK UPLOAD: {rest}"}, {text: "[{user}] OK DOWNLOAD: {rest}"}, {text: "[{user}] OK MKDIR: {rest}"},
	{text: "[{user}] OK DELETE: {rest}"}, {text: "[{user}] OK RENAME: {rest}"}, {text: "[{user}] OK RMDIR: {rest}"}, {text: "[{user}] OK CHMOD: {rest}"},
	{text: "[{user}] FAIL UPLOAD: {rest}"}, {text: "[{user}] FAIL DOWNLOAD: {rest}"}, {text: "[{user}] FAIL MKDIR: {rest}"},
	{text: "[{user}] FAIL DELETE: {rest}"}, {text: "[{user}] FAIL RENAME: {rest}"}, {text: "[{user}] FAIL RMDIR: {rest}"}, {text: "[{user}] FAIL CHMOD: {rest}"},
}

func startsVsftpd(text string) bool {
	return startsCtime(text) && strings.Contains(text[:min(len(text), 40)], " [pid ")
}

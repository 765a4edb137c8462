package logformat

import (
	"strings"

	"practicum/analysis"
)

// proftpd writes server and client in front of each message, "server (name[address]): ", in syslog
// and in a file of its own; the address is read there and nowhere else. User names come behind it.
var proftpd = Format{
	Name:       "proftpd",
	Title:      "ProFTPD",
	Recognised: `syslog program proftpd, or a stamp yyyy-mm-dd hh:mm:ss,mmm and "proftpd[pid]", with "server (client[address])"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      "-",
	Starts:     startsProftpd,
	New: func(clock *Clock) Parser {
		list, notes := patternsOf(proftpdMessages), patternsOf(proftpdNotes)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				if c.dateTime(clock, ev) != nil {
					return ErrNotMine
				}
				host := c.Token("")
				if host == "" || !c.Lit(" proftpd[") {
					return ErrNotMine
				}
				pid, ok := c.Number(1 << 30)
				if !ok || !c.Lit("] ") {
					return ErrNotMine
				}
				ev.Host, ev.Program, ev.PID, ev.Message = host, "proftpd", pid, c.Rest()
				if pid != 0 {
					ev.Session = analysis.SessionOf(host, pid)
				}
			} else if ev.Program != "proftpd" && ev.Program != "in.proftpd" {
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "ftp", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			at := c.pos
			if c.Token("") == "" || !c.Lit(" (") || !c.hostInBrackets(&ev.Source) || !c.Lit(")") {
				c.pos = at
				return hear(c, notes, ev)
			}
			c.Lit(":")
			c.Lit(" -")
			c.Blanks()
			return hear(c, list, ev)
		}
	},
}

var proftpdMessages = []message{
	{text: "USER {user}: no such user found from {any}", action: analysis.ActionFailed},
	{text: "USER {user} (Login failed): {rest}", action: analysis.ActionFailed},
	{text: "SECURITY VIOLATION: {user} login attempted{(.)}", action: analysis.ActionFailed},
	{text: "Maximum login attempts ({n}) exceeded{(, connection refused)}", action: analysis.ActionFailed},
	{text: "no such user '{user}'", action: analysis.ActionFailed, context: true}, // the line with USER follows
	{text: "PAM({user}): {rest}", action: analysis.ActionFailed, context: true},
	{text: "USER {user}: Login successful{(.)}", action: analysis.ActionAllowed, context: true},
	{text: "ANON {user}: Login successful{(.)}", action: analysis.ActionAllowed, context: true},
	{text: "FTP session opened.", action: analysis.ActionAllowed, context: true},
	{text: "SSH2 session opened.", action: analysis.ActionAllowed, context: true},
	{text: "FTP session closed.", action: analysis.ActionInfo, context: true},
	{text: "SSH2 session closed.", action: analysis.ActionInfo, context: true},
	{text: "Connection from {name}{( )}[{ip}] denied{(.)}", action: analysis.ActionBlocked},
	{text: "Connection refused {any}", action: analysis.ActionBlocked},
	{text: "connection refused {any}", action: analysis.ActionBlocked},
	{text: "FTP login timed out, disconnected", action: analysis.ActionInfo, context: true},
	{text: "Login timeout exceeded, disconnected", action: analysis.ActionInfo, context: true},
	{text: "FTP no transfer timeout, disconnected"}, {text: "FTP session idle timeout, disconnected{(.)}"}, {text: "Client session idle timeout, disconnected"},
	{text: "mod_delay/{rest}"}, {text: "Preparing to chroot to directory {rest}"}, {text: "Data transfer stall timeout: {rest}"},
}

var proftpdNotes = []message{
	{text: "{w}: Fatal: unable to open incoming connection: {rest}"}, {text: "{w} - Fatal: unable to open incoming connection: {rest}"},
	{text: "{w} ProFTPD {rest}"}, {text: "{w} - ProFTPD {rest}"}, {text: "{w} - received SIGHUP -- master server reparsing configuration file"},
	{text: "{w} received SIGHUP -- master server reparsing configuration file"},
}

func startsProftpd(text string) bool {
	return startsDateTime(text) && strings.Contains(text, " proftpd[")
}

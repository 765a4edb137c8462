package logformat

import (
	"encoding/json"
	"strings"

	"practicum/analysis"
)

// sftpGo is the JSON log of SFTPGo (its page "Logs"): a failure is an object whose sender is connection_failed,
// a log-in one whose message says so. The stamp has no zone and is the server's, or UTC where it was told so.
var sftpGo = Format{
	Name:       "sftpgo",
	Title:      "SFTPGo",
	Recognised: `an object with "sender" and "level", and "connection_id" or "client_ip"`,
	Carrier:    CarrierNone,
	Leads:      "{",
	Starts: func(text string) bool {
		return strings.HasPrefix(text, `{"level":`) && strings.Contains(text, `"sender":`)
	},
	New: func(clock *Clock) Parser {
		logins := patternsOf(sftpGoMessages)
		return func(c *Cursor, ev *analysis.Event) error { return parseSFTPGo(c, ev, clock, logins) }
	},
}

var sftpGoMessages = []message{
	{text: `User "{user}" logged in with "{w}", from ip "{ip}", {rest}`, action: analysis.ActionAllowed, context: true},
	{text: `User "{user}" logged in with "{w}" from ip "{ip}"{rest}`, action: analysis.ActionAllowed, context: true},
}

func parseSFTPGo(c *Cursor, ev *analysis.Event, clock *Clock, logins *patterns) error {
	text := c.Rest()
	if typesetObject(text) {
		return ErrNotMine // to be read as it was before
	}
	var r struct {
		Time     string `json:"time"`
		Sender   string `json:"sender"`
		Message  string `json:"message"`
		ClientIP string `json:"client_ip"`
		Username string `json:"username"`
		Login    string `json:"login_type"`
		Protocol string `json:"protocol"`
	}
	if json.Unmarshal([]byte(text), &r) != nil {
		return brokenUnless("sftpgo", text, "the object cannot be read as JSON")
	}
	t, n, ok := isoTime(r.Time+" ", clock)
	if n == 0 || !ok {
		return &SyntaxError{"sftpgo", "the time cannot be read"}
	}
	ev.Time, ev.Message, ev.Program, ev.Proto = t, text, "sftpgo", "tcp"
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	service := func(protocol string) string {
		switch protocol {
		case "SSH", "SFTP", "SCP":
			return "ssh"
		case "FTP":
			return "ftp"
		}
		return "https"
	}
	if r.Sender != "connection_failed" {
		at := Cursor{text: r.Message, whole: true}
		if hear(&at, logins, ev) != nil {
			return ErrUnknown
		}
		ev.Service = service(r.Sender)
		return nil
	}
	if ev.Source.IP, ok = parseAddr(r.ClientIP); !ok {
		return &SyntaxError{"sftpgo", "client_ip is no address"}
	}
	ev.User, ev.Service = foldBlanks(r.Username), service(r.Protocol)
	if ev.Action = analysis.ActionFailed; r.Login == "no_auth_tried" || r.Login == "" {
		ev.Action, ev.Context = analysis.ActionInfo, true
	}
	return nil
}

package logformat

import (
	"encoding/json"
	"strings"

	"practicum/analysis"
)

// mongoDB is the log of MongoDB since 4.4, an object a line. The numbers of messages stay the same from version
// to version (MongoDB manual, "Log Messages"; sasl_commands.cpp): 20249 and 5286307 are failed
// authentications, 20250 and 5286306 others that succeeded, 22943 and 22944 connections.
var mongoDB = Format{
	Name:       "mongodb",
	Title:      "MongoDB (4.4 and later)",
	Recognised: `an object with "t", "s", "c", "id" and "msg"`,
	Carrier:    CarrierNone,
	Leads:      "{",
	Starts: func(text string) bool {
		return strings.HasPrefix(text, `{"t":{`) || strings.HasPrefix(text, `{ "t"`) || strings.HasPrefix(text, `{"t"`)
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseMongoDB(c, ev, clock) }
	},
}

func parseMongoDB(c *Cursor, ev *analysis.Event, clock *Clock) error {
	var r struct {
		T struct {
			Date string `json:"$date"`
		} `json:"t"`
		C    string         `json:"c"`
		ID   int            `json:"id"`
		Msg  string         `json:"msg"`
		Attr map[string]any `json:"attr"`
	}
	text := c.Rest()
	if typesetObject(text) {
		return ErrNotMine // to be read as it was before
	}
	if json.Unmarshal([]byte(text), &r) != nil {
		return brokenUnless("mongodb", text, "the object cannot be read as JSON")
	}
	t, n, ok := isoTime(r.T.Date+" ", clock)
	if n == 0 || !ok {
		return &SyntaxError{"mongodb", "the time cannot be read"}
	}
	ev.Time, ev.Message, ev.Service, ev.Proto = t, text, "mongodb", "tcp"
	client := jsonText(r.Attr["remote"])
	if client == "" {
		client = jsonText(r.Attr["client"])
	}
	if !addrPort(client, ':', true, &ev.Source) && client != "" {
		return ErrNotEvent // a socket of the machine
	}
	switch ev.User = jsonText(r.Attr["principalName"]); ev.User {
	case "":
		ev.User = jsonText(r.Attr["user"])
	}
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	switch r.ID {
	case 20249, 5286307:
		ev.Action = analysis.ActionFailed
	case 20250, 5286306:
		ev.Action, ev.Context = analysis.ActionAllowed, true
	case 22943:
		ev.Action, ev.Context = analysis.ActionInfo, true
	case 22944, 51800, 6788700: // an end, a client's description, the first command
		return ErrNotEvent
	default:
		return ErrUnknown
	}
	return nil
}

package logformat

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"practicum/analysis"
)

// cloudTrail is the record of log-ins to the console of AWS among the events of CloudTrail (CloudTrail user
// guide, "ConsoleLogin"). What an account's own users and programs did is no event of this log format; such
// records are unrecognised, because nobody can say from one alone whether it was right.
var cloudTrail = Format{
	Name:       "cloudtrail",
	Title:      "AWS CloudTrail (log-ins to the console)",
	Recognised: `an object with "eventVersion", "eventSource" and "eventName"`,
	Carrier:    CarrierNone,
	Leads:      "{]",
	Quotes:     []string{"eventVersion", "Records"},
	Starts: func(text string) bool {
		return strings.HasPrefix(text, "{") && strings.Contains(text, `"eventVersion"`) && strings.Contains(text, `"eventName"`) || text == `{"Records":[` || text == "]}"
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseCloudTrail(c, ev, clock) }
	},
}

func parseCloudTrail(c *Cursor, ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if text == `{"Records":[` || text == "]}" {
		return ErrNotEvent
	}
	if typesetObject(text) {
		return ErrNotMine // to be read as it was before
	}
	text = strings.TrimSuffix(strings.TrimRight(text, " \t"), ",")
	var r struct {
		Time     string `json:"eventTime"`
		Name     string `json:"eventName"`
		Source   string `json:"eventSource"`
		Address  string `json:"sourceIPAddress"`
		Identity struct {
			UserName string `json:"userName"`
			ARN      string `json:"arn"`
			Type     string `json:"type"`
		} `json:"userIdentity"`
		Response map[string]any `json:"responseElements"`
	}
	if json.Unmarshal([]byte(text), &r) != nil {
		return brokenUnless("cloudtrail", text, "the object cannot be read as JSON")
	}
	t, n, ok := isoTime(r.Time+" ", clock)
	if n == 0 || !ok {
		return &SyntaxError{"cloudtrail", "eventTime cannot be read"}
	}
	ev.Time, ev.Message = t, text
	if r.Name != "ConsoleLogin" {
		return ErrUnknown
	}
	if ev.Source.IP, ok = parseAddr(r.Address); !ok {
		return &SyntaxError{"cloudtrail", "sourceIPAddress is no address"}
	}
	if ev.User = foldBlanks(r.Identity.UserName); ev.User == "" && r.Identity.Type == "Root" {
		ev.User = "root"
	}
	ev.Service, ev.Proto = "https", "tcp"
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	if ev.Action = analysis.ActionFailed; jsonText(r.Response["ConsoleLogin"]) == "Success" {
		ev.Action, ev.Context = analysis.ActionAllowed, true
	}
	return nil
}

// isRecordList tells the file that CloudTrail delivers, one line with all records in one object.
func isRecordList(head []byte) bool {
	return bytes.HasPrefix(head, []byte(`{"Records":[{`)) && bytes.Contains(head, []byte(`"eventVersion"`))
}

// splitRecords puts a line end behind the head, behind each record of the list and so before the tail.
func splitRecords(r io.Reader) (io.Reader, error) {
	depth, quoted, escaped := 0, false, false
	next := func(r *bufio.Reader) ([]byte, error) {
		// To a byte that can end a record or the head.
		var out []byte
		for {
			b, err := r.ReadByte()
			if err != nil {
				return out, err
			}
			out = append(out, b)
			switch {
			case escaped:
				escaped = false
			case quoted && b == '\\':
				escaped = true
			case b == '"':
				quoted = !quoted
			case quoted:
			case b == '{', b == '[':
				if depth++; depth == 2 && b == '[' {
					return append(out, '\n'), nil
				}
			case b == '}', b == ']':
				if depth--; depth == 2 && b == '}' {
					if comma, _ := r.Peek(1); len(comma) == 1 && comma[0] == ',' {
						_, _ = r.Discard(1)
						out = append(out, ',')
					}
					if end, _ := r.Peek(1); len(end) == 1 && end[0] != '\n' && end[0] != '\r' {
						out = append(out, '\n')
					}
					return out, nil
				}
			}
			if len(out) >= maxLine {
				return out, nil
			}
		}
	}
	return &splitter{r: bufio.NewReader(r), next: next}, nil
}

package logformat

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// contained gives the line that a program in a container wrote, without what the container's engine puts
// round it, or a collector in front of it; other texts come back as they are. These are read:
//
//	{"log":"…\n","stream":"stdout","time":"…"}         Docker's driver json-file
//	2025-11-06T11:32:42.868451Z stdout F …             containerd, CRI-O and Podman (Kubernetes' CRI); see criParts
//	2025 Nov 06 11:32:42 (web) 192.0.2.7->/var/log/auth.log …    OSSEC's and Wazuh's archives.log
//	Nov  6 11:32:43 192.0.2.5 Nov  6 11:32:42 web sshd[71]: …     a relay's header before the sender's; see relayedLine
//	{"@timestamp":"…","message":"Nov  6 11:32:42 …"}  what Beats, Vector and others ship, and Wazuh's "full_log"
//	- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 …     the published logs of supercomputers; see clusterLine
//
// The line is read as if it stood in a file of its own, by its own stamp: what it says is the program's
// word, and the engine's time that of its arrival, of which a stamp without a year takes the year.
func contained(text string) string {
	line, _ := unwrapped(text)
	return line
}

// unwrapped is contained with the date that stands besides the stamp of the line; it is zero where there is none.
func unwrapped(text string) (line string, date time.Time) {
	if strings.HasPrefix(text, "{") {
		if line, date, ok := shippedLine(text); ok {
			return line, date
		}
		return fromDocker(text)
	}
	if len(text) > 30 && text[4] == ' ' && text[8] == ' ' && isDigit(text[0]) {
		return fromOSSEC(text)
	}
	if line, date, ok := clusterLine(text); ok {
		return line, date
	}
	if line, ok := relayedLine(text); ok {
		return line, date
	}
	return fromCRI(text)
}

// relayedLine is the line that a relay put its own stamp and the sender's address before, "Dec 31 23:59:30 192.0.2.5 Dec 31 23:59:30 gate sshd[71]: ",
// or the octets of a frame (RFC 6587 section 3.4.1), whose number is no more true where somebody changed the line.
func relayedLine(text string) (line string, ok bool) {
	if n := decimalsOf(text[:min(len(text), 6)]); n > 0 {
		line = strings.TrimPrefix(text[n:], " ")
		return line, n < len(text) && plainPriority(line) > 0 && len(line) == len(text)-n-1 && startsSyslog(line)
	}
	p := plainPriority(text)
	_, n, ok := plainStamp(text[p:])
	if !ok {
		return "", false
	}
	_, line, ok = strings.Cut(text[p+n:], " ")
	if _, _, stamped := plainStamp(line); !ok || !stamped {
		return "", false
	}
	h, ok := readPlainHead(line)
	return line, ok && !strings.HasPrefix(h.program, "%") // a Cisco's stamps are its parser's
}

// clusterLine parts "label seconds yyyy.mm.dd node line", as the logs of Thunderbird, Spirit and Liberty are published that Oliner and
// Stearley labelled ("What Supercomputers Say", DSN 2007; USENIX' Computer Failure Data Repository): the label is "-", or the alert that
// the line is of, and what stands behind the node is a line of syslog.
func clusterLine(text string) (line string, date time.Time, ok bool) {
	if len(text) < len("- 1131566461 2005.11.09 n Nov 9 12:01:01 ") || text[0] != '-' && (text[0] < 'A' || text[0] > 'Z') {
		return "", date, false
	}
	c := Cursor{text: text}
	if label := c.Token(""); len(label) > 20 || !c.Lit(" ") {
		return "", date, false
	}
	rest := c.Rest()
	const head = len("1131566461 2005.11.09 ")
	if decimalsOf(rest) != 10 || len(rest) < head || rest[10] != ' ' || rest[15] != '.' || rest[18] != '.' || rest[21] != ' ' {
		return "", date, false
	}
	c.pos += len("1131566461 ") // the same as the date behind it says
	year, ok1 := c.Number(9999)
	c.pos++
	month, ok2 := c.Number(12)
	c.pos++
	day, ok3 := c.Number(31)
	if !ok1 || !ok2 || !ok3 || month == 0 || day == 0 || !c.Lit(" ") || c.Token("") == "" || !c.Lit(" ") {
		return "", date, false
	}
	line = c.Rest()
	if _, _, plain := plainStamp(line); !plain && !startsSyslog(line) {
		return "", date, false
	}
	return strings.TrimRight(line, " \t"), time.Date(year, time.Month(month), day, 12, 0, 0, 0, time.UTC), true
}

// fromOSSEC takes off "yyyy Mmm dd hh:mm:ss (agent) address->location ", where the line has a stamp of its own or
// comes from a file.
func fromOSSEC(text string) (line string, date time.Time) {
	i := strings.Index(text[:min(len(text), 200)], "->")
	if i < 0 {
		return text, date
	}
	year, month, day, hour, minute, second, n, ok := datedStamp(text)
	if !ok || n >= i {
		return text, date
	}
	from := text[n:i]
	if strings.HasPrefix(from, "(") {
		_, from, _ = strings.Cut(from, ") ")
	}
	location, line, ok := strings.Cut(text[i+len("->"):], " ")
	if !ok || !isHostName(from) && !isAddress(from) || location == "" || !strings.HasPrefix(location, "/") && !startsSyslog(line) {
		return text, date
	}
	return strings.TrimRight(line, " \t"), time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
}

// shippedWords are the keys under which collectors put the line that they ship: Elastic's Beats and what follows their schema (ECS, "message"), and
// Wazuh's alerts.json and archives.json.
var shippedWords = [...]string{"message", "full_log"}

// shippedLine is the line that stands in an object as its message, and the day on which it was shipped. What is no record of syslog and of no
// format with a stamp of its own is the object's own affair.
func shippedLine(text string) (line string, date time.Time, ok bool) {
	if !mayShip(text) || strings.Contains(text, `"event_type"`) || strings.Contains(text, `"eventid"`) { // a sensor's own
		return "", date, false
	}
	var r shippedRecord
	if !r.quick(text) {
		r = shippedRecord{}
		if json.Unmarshal([]byte(text), &r) != nil {
			return "", date, false
		}
	}
	for _, said := range [...]string{r.Message, r.FullLog} {
		said = strings.TrimLeft(said, " \t")
		if line == "" && said != "" && (startsSyslog(said) || slices.ContainsFunc(Formats, func(f Format) bool { return f.Starts != nil && f.Starts(said) })) {
			line = strings.TrimRight(oneLine(said), " \t")
		}
	}
	for _, at := range [...]any{r.At, r.Timestamp} {
		if date.IsZero() {
			date = dayOf(jsonText(at))
		}
	}
	return line, date, line != ""
}

// dayOf is noon of the day that a stamp of ISO 8601 begins with; zero where there is none.
func dayOf(stamp string) time.Time {
	day, err := time.Parse(time.DateOnly, stamp[:min(len(stamp), len(time.DateOnly))])
	if err != nil {
		return time.Time{}
	}
	return day.Add(12 * time.Hour)
}

type shippedRecord struct {
	Message   string `json:"message"`
	FullLog   string `json:"full_log"`
	At        any    `json:"@timestamp"`
	Timestamp any    `json:"timestamp"`
}

var shippedKeys = keysOf(shippedWords[0], shippedWords[1], "@timestamp", "timestamp")

// quick reads an object as json.Unmarshal does, without its cost. Of anything unusual it knows nothing.
func (r *shippedRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	return s.whole(shippedKeys, func(key int) (ok bool) {
		switch key {
		case 0:
			r.Message, ok = s.usualString()
		case 1:
			r.FullLog, ok = s.usualString()
		case 2:
			r.At, ok = s.value()
		default:
			r.Timestamp, ok = s.value()
		}
		return ok
	})
}

// mayShip reports whether an object may have a line under one of shippedWords.
func mayShip(text string) bool {
	for _, word := range shippedWords {
		for rest := text; ; {
			_, after, found := strings.Cut(rest, word+`"`)
			if !found {
				break
			}
			if value, ok := strings.CutPrefix(strings.TrimLeft(after, " \t"), ":"); ok && mayBegin(strings.TrimLeft(value, " \t\"")) {
				return true
			}
			rest = after
		}
	}
	return false
}

// mayBegin reports whether a text in an object may begin a record: with a stamp, an address, a tag or a key of one.
func mayBegin(text string) bool {
	if len(text) < plainLength {
		return false
	}
	switch b := text[0]; {
	case isDigit(b), b == '<', b == '[', b == '{', b == '\\': // or the escape of one of these
		return true
	}
	return monthOf(text[0], text[1], text[2]) != 0 || strings.IndexByte(text[:plainLength], '=') > 0
}

// dockerWord is one of the keys of a line of Docker's.
const dockerWord = "log"

func fromDocker(text string) (line string, date time.Time) {
	if !hasText(text, `"`+dockerWord+`"`) || !hasText(text, `"stream"`) || !hasText(text, `"time"`) {
		return text, date
	}
	var r dockerRecord
	if !r.quick(text) {
		r = dockerRecord{}
		if json.Unmarshal([]byte(text), &r) != nil {
			return text, date
		}
	}
	if r.Log == nil || r.Stream != "stdout" && r.Stream != "stderr" || !strings.HasSuffix(text, "}") {
		return text, date
	}
	return strings.TrimRight(oneLine(*r.Log), " \t"), dayOf(r.Time)
}

type dockerRecord struct {
	Log    *string `json:"log"`
	Stream string  `json:"stream"`
	Time   string  `json:"time"`
}

var dockerKeys = keysOf(dockerWord, "stream", "time")

// quick reads an object as json.Unmarshal does, without its cost. Of anything unusual it knows nothing.
func (r *dockerRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	return s.whole(dockerKeys, func(key int) (ok bool) {
		switch dockerKeys.list[key] {
		case dockerWord:
			var line string
			line, ok = s.usualString()
			r.Log = &line
		case "stream":
			r.Stream, ok = s.plainString()
		default:
			r.Time, ok = s.plainString()
		}
		return ok
	})
}

// hasText reports whether an object has a text under a key, which is given in quotes. Docker puts no blanks round the colon, but
// what writes such lines again does.
func hasText(object, key string) bool {
	for {
		_, after, ok := strings.Cut(object, key)
		if !ok {
			return false
		}
		value, ok := strings.CutPrefix(strings.TrimLeft(after, " \t"), ":")
		if ok && strings.HasPrefix(strings.TrimLeft(value, " \t"), `"`) {
			return true
		}
		object = after
	}
}

// fromCRI takes off "TIME STREAM TAG " where the tag says that the line is whole.
func fromCRI(text string) (line string, date time.Time) {
	_, tag, said := criLine(text)
	if tag != 'F' {
		return text, date
	}
	return strings.TrimRight(said, " \t"), dayOf(text)
}

// criLine parts a line of Kubernetes' CRI. The tag is F for a line that is whole or the last part of one, and P for another part; it
// is 0 where the text is no such line.
func criLine(text string) (stream string, tag byte, said string) {
	if len(text) < len("2016-10-06T00:17:09Z stdout F ") || text[10] != 'T' || !isDigit(text[0]) {
		return "", 0, ""
	}
	i := strings.IndexByte(text, ' ')
	if i < len("2016-10-06T00:17:09Z") || i > len("2016-10-06T00:17:09.669794202+00:00") {
		return "", 0, ""
	}
	const head = "stdout F "
	rest := text[i+1:]
	if len(rest) < len(head) || rest[7] != 'F' && rest[7] != 'P' || rest[8] != ' ' || rest[:7] != "stdout " && rest[:7] != "stderr " {
		return "", 0, ""
	}
	if _, err := time.Parse(time.RFC3339Nano, text[:i]); err != nil {
		return "", 0, ""
	}
	return rest[:6], rest[7], rest[len(head):]
}

// maxParts bounds the parts of a line: an engine parts them every 16 KiB, or 8.
const maxParts = 32

// criParts is a line that the engine wrote in parts, because it is long or its end was waited for. Parts of one stream among which
// others of the other stand are not put together.
var criParts = blockForm{
	starts: func(line string) bool {
		_, tag, _ := criLine(line)
		return tag == 'P'
	},
	ends: func(line string, n int) blockEnd {
		_, tag, _ := criLine(line)
		switch {
		case tag == 'F':
			return here
		case tag == 'P' && n <= maxParts:
			return goesOn
		}
		return before
	},
	whole: func(text string) (string, bool) {
		var whole strings.Builder
		first, last := "", byte(0)
		for part := range strings.SplitSeq(text, "\n") {
			stream, tag, said := criLine(part)
			if first == "" {
				first = stream
			}
			if last = tag; stream != first {
				return "", false
			}
			whole.WriteString(said)
		}
		return strings.TrimRight(whole.String(), " \t"), last == 'F'
	},
}

func isAddress(s string) bool {
	_, ok := parseAddr(s)
	return ok
}

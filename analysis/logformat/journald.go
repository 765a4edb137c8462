package logformat

import (
	endian "encoding/binary"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// The journal of systemd is a carrier: what it says of a message is what a syslog header says, with the
// time exact, and the message goes to the log formats inside syslog. These outputs of journalctl are
// read (journalctl(1), "--output="; the fields are those of systemd.journal-fields(7)):
//
//	-o json, -o json-seq          an object a line
//	-o short-full, -o with-unit   Thu 2025-11-06 11:32:42 CET host sshd[1]: …
//	-o short-unix                 1762428762.868451 host sshd[1]: …
//	-o export                     KEY=value lines, a blank line behind each record
//
// -o short, short-precise, short-iso and short-iso-precise look like syslog. The notes that journalctl
// puts between records, and records of the export form, are this log format's own.
var journald = Format{
	Name:       "journald",
	Title:      "systemd's journal (journalctl -o json, json-seq, export, short-full, short-unix, with-unit), round messages of the others",
	Recognised: `an object with "__REALTIME_TIMESTAMP", "__CURSOR=" lines, or "Www yyyy-mm-dd hh:mm:ss zone host program[pid]: "`,
	Carrier:    CarrierNone,
	Leads:      "-",
	Starts:     startsJournalNote,
	New: func(*Clock) Parser {
		return func(c *Cursor, _ *analysis.Event) error {
			if !isJournalNote(strings.TrimRight(c.Rest(), " \t")) {
				return ErrNotMine
			}
			c.pos = len(c.text)
			return ErrNotEvent
		}
	},
}

// journalNotes begin the lines that journalctl writes for its reader, from -- to --. Before version 246
// it said "Logs begin at".
var journalNotes = [...]string{"-- Logs begin at ", "-- Journal begins at ", "-- Boot ", "-- Reboot ", "-- No entries "}

func startsJournalNote(text string) bool {
	if !strings.HasPrefix(text, "-- ") {
		return false
	}
	c := Cursor{text: text}
	for _, note := range journalNotes {
		if c.Lit(note) {
			return true
		}
	}
	return false
}

func isJournalNote(text string) bool {
	return startsJournalNote(text) && strings.HasSuffix(text, "--") && len(text) < 200
}

const (
	journalWord = "__REALTIME_TIMESTAMP"
	journalKey  = `"` + journalWord + `"`
)

// isJournal reports whether a text is an object of the journal, behind the record separator of RFC 7464
// that -o json-seq puts in front.
func isJournal(text string) bool {
	text = strings.TrimPrefix(text, "\x1e")
	return strings.HasPrefix(text, "{") && strings.Contains(text, journalKey)
}

// journalRecord is the fields that are used. A field can be a string, an array of bytes where it is not
// UTF-8, an array of these where it was given several times, and null where it is too long.
type journalRecord struct {
	Realtime   journalField `json:"__REALTIME_TIMESTAMP"`
	Source     journalField `json:"_SOURCE_REALTIME_TIMESTAMP"`
	Hostname   journalField `json:"_HOSTNAME"`
	Identifier journalField `json:"SYSLOG_IDENTIFIER"`
	Comm       journalField `json:"_COMM"`
	PID        journalField `json:"_PID"`
	SyslogPID  journalField `json:"SYSLOG_PID"`
	Transport  journalField `json:"_TRANSPORT"`
	Message    journalField `json:"MESSAGE"`
}

var journalKeys = keysOf(journalWord, "_SOURCE_REALTIME_TIMESTAMP", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_COMM", "_PID", "SYSLOG_PID", "_TRANSPORT", "MESSAGE")

// quick reads an object as json.Unmarshal does, without its cost. Of anything unusual it knows nothing.
func (r *journalRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	fields := [...]*journalField{&r.Realtime, &r.Source, &r.Hostname, &r.Identifier, &r.Comm, &r.PID, &r.SyslogPID, &r.Transport, &r.Message}
	return s.whole(journalKeys, func(key int) bool {
		text, ok := s.usualString()
		*fields[key] = journalField(text)
		return ok
	})
}

type journalField string

func (f *journalField) UnmarshalJSON(b []byte) error {
	if f.one(b) == nil {
		return nil
	}
	// Not by recursion: arrays within arrays would be read as often as they are deep.
	var several []json.RawMessage
	if err := json.Unmarshal(b, &several); err != nil || len(several) == 0 {
		return err
	}
	return f.one(several[0])
}

// one reads a field that was given once.
func (f *journalField) one(b []byte) error {
	var s string
	err := json.Unmarshal(b, &s)
	if err == nil {
		*f = journalField(s) // null leaves it empty
		return nil
	}
	var numbers []uint16
	if len(b) > 1 && b[0] == '[' && b[1] != '[' {
		err = json.Unmarshal(b, &numbers)
	}
	if err != nil {
		return err
	}
	bytes := make([]byte, len(numbers))
	for i, n := range numbers {
		bytes[i] = byte(n)
	}
	*f = journalField(bytes)
	return nil
}

// journalHeader reads an object of the journal as the header of a syslog line. The cursor's text becomes
// the message.
func journalHeader(c *Cursor, clock *Clock, ev *analysis.Event) error {
	text := strings.TrimPrefix(c.Rest(), "\x1e")
	if _, typeset := untypeset(text); typeset && !json.Valid([]byte(text)) {
		return ErrNotMine // to be read as it was before
	}
	var r journalRecord
	if !r.quick(text) {
		r = journalRecord{}
		if json.Unmarshal([]byte(text), &r) != nil {
			if _, decorated := undecorateEnd(text); decorated {
				return ErrNotMine
			}
			return &SyntaxError{"journald", "the object cannot be read as JSON with the fields of the journal"}
		}
	}
	return r.header(c, clock, ev)
}

func (r *journalRecord) header(c *Cursor, clock *Clock, ev *analysis.Event) error {
	micros, err := strconv.ParseInt(string(r.Realtime), 10, 64)
	if err != nil || micros < 0 || micros > 1<<53 {
		return &SyntaxError{"journald", "__REALTIME_TIMESTAMP is no time"}
	}
	ev.Time, _ = clock.Instant(time.UnixMicro(micros))
	program := r.Identifier
	if program == "" {
		program = r.Comm
	}
	if program == "" && r.Transport == "kernel" {
		program = "kernel"
	}
	pid := r.PID
	if pid == "" {
		pid = r.SyslogPID
	}
	if n, err := strconv.Atoi(string(pid)); err == nil && n > 0 && r.Transport != "kernel" {
		ev.PID = n
	}
	// The blank stands for the header: log formats that have files of their own as well tell by the
	// cursor's place that there is one.
	*c = Cursor{text: " " + oneLine(string(r.Message)), pos: 1, whole: true}
	c.syslogMessage(string(r.Hostname), string(program), ev)
	return nil
}

// oneLine makes one line of a message of several, as putting a record together does.
func oneLine(s string) string {
	s = strings.TrimRight(s, "\r\n")
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
}

// journalStamp reads the stamps of -o short-full, with-unit and short-unix. The name of a zone other than
// UTC is that of the machine that printed the record; it is taken for the clock's, since names of zones
// are not unique.
func (c *Cursor) journalStamp(clock *Clock, ev *analysis.Event) bool {
	at := c.pos
	if rest := c.Rest(); len(rest) > 18 && rest[10] == '.' && isDigit(rest[0]) {
		seconds, ok := c.Number(1 << 40)
		micros, ok2 := 0, false
		if ok && c.pos == at+10 {
			c.pos++
			micros, ok2 = c.Number(999999)
		}
		if !ok2 || c.pos != at+17 || rest[17] != ' ' || !c.Lit(" ") { // Zeek's columns have a tab
			c.pos = at
			return false
		}
		ev.Time, ok = clock.Instant(time.Unix(int64(seconds), int64(micros)*1000))
		return ok
	}
	for _, day := range weekdays {
		if !strings.HasPrefix(c.Rest(), day) {
			continue
		}
		c.Lit(day)
		stamp := analysis.Event{}
		// A zone stands behind, and dateTime is to see neither its name nor the blank of "UTC host".
		if c.dateTime(clock, &stamp) != nil {
			break
		}
		zone := c.Token(":[")
		if len(zone) < 3 || len(zone) > 6 || strings.Trim(zone, upperCase+"+-0123456789") != "" || !c.Lit(" ") {
			break
		}
		if ev.Time = stamp.Time; zone == "UTC" || zone == "GMT" {
			t := stamp.Time
			ev.Time, _ = clock.Zoned(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), 0)
			ev.Time = ev.Time.Add(time.Duration(t.Nanosecond()))
		}
		return true
	}
	c.pos = at
	return false
}

// startsJournalStamp is the cheap test for journalStamp.
func startsJournalStamp(text string) bool {
	if len(text) < 25 {
		return false
	}
	if text[10] == '.' && isDigit(text[0]) && isDigit(text[9]) && isDigit(text[16]) && text[17] == ' ' {
		c := Cursor{text: text}
		return c.journalStamp(&Clock{zone: time.UTC}, &analysis.Event{}) && c.programFollows()
	}
	if text[3] != ' ' || text[8] != '-' || text[11] != '-' {
		return false
	}
	c := Cursor{text: text}
	return c.journalStamp(&Clock{zone: time.UTC}, &analysis.Event{}) && c.programFollows()
}

// programFollows reports whether "host program[pid]: " or "host program: " follows, which tells a line
// of the journal from other lines with such a stamp.
func (c *Cursor) programFollows() bool {
	at := *c
	if at.Token("") == "" || !at.Lit(" ") || at.Token("[:") == "" {
		return false
	}
	if at.Lit("[") {
		if _, ok := at.Until("]"); !ok {
			return false
		}
	}
	return strings.HasPrefix(at.Rest(), ":")
}

// unitProgram is the program that a unit of systemd runs, as far as their names tell, for -o with-unit.
func unitProgram(unit string) string {
	name, ok := strings.CutSuffix(unit, ".service")
	if !ok {
		return unit
	}
	name, _, _ = strings.Cut(name, "@")
	if name == "ssh" {
		return "sshd"
	}
	return name
}

// journalExport is a record of -o export (systemd's "Journal Export Format"): a line KEY=value for each
// field, or, for a value that is no single line of text, a line KEY, the length as eight bytes, the
// value and a line end.
var journalExport = blockForm{
	starts: func(line string) bool { return strings.HasPrefix(line, "__CURSOR=") },
	// The next record ends it too, so that a file of first lines costs no more than any other.
	ends: func(line string, n int) blockEnd {
		return endsAt(line == "" || n > 1 && strings.HasPrefix(line, "__CURSOR="), before)
	},
	header: func(text string, c *Cursor, clock *Clock, ev *analysis.Event) error {
		var r journalRecord
		fields := map[string]*journalField{
			"__REALTIME_TIMESTAMP": &r.Realtime, "_HOSTNAME": &r.Hostname, "SYSLOG_IDENTIFIER": &r.Identifier, "_COMM": &r.Comm,
			"_PID": &r.PID, "SYSLOG_PID": &r.SyslogPID, "_TRANSPORT": &r.Transport, "MESSAGE": &r.Message,
		}
		for text != "" {
			line, rest, _ := strings.Cut(text, "\n")
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				if len(rest) < 8 {
					break
				}
				n := endian.LittleEndian.Uint64([]byte(rest[:8]))
				if rest = rest[8:]; n > uint64(len(rest)) {
					break
				}
				value, rest = rest[:n], strings.TrimPrefix(rest[n:], "\n")
			}
			if f := fields[key]; f != nil && *f == "" {
				*f = journalField(value)
			}
			text = rest
		}
		if text != "" {
			return &SyntaxError{"journald", "a field of the record has not the length that it states"}
		}
		if r.Realtime == "" {
			return ErrNotMine
		}
		return r.header(c, clock, ev)
	},
}

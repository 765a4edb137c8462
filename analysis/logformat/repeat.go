package logformat

import (
	"bytes"
	"strings"

	"practicum/analysis"
)

// said is what the record before said on one host.
type said struct {
	host   string
	class  Class
	pid    int
	format string
	event  analysis.Event // of class ClassEvent; its strings are views of what stood in from, and not to be read
	from   string         // where the text of the record stood, likewise
	text   []byte         // the text
}

// maxHosts is how many hosts' last records are remembered; a log of more is a relay's, whose
// "repeated" lines are rare.
const maxHosts = 1000

// remember keeps what a syslog record said, because the next line of the host may say that it was
// repeated.
func (d *driver) remember(r *Record) {
	if d.header.Host == "" || r.Class == ClassBlank || d.isRepeat && d.repeat.quote == "" {
		return
	}
	at := &d.recent[nameSlot(d.header.Host)]
	if *at == nil || (*at).host != d.header.Host {
		s := d.last[d.header.Host]
		if s == nil {
			if len(d.last) == maxHosts {
				return
			}
			s = &said{host: strings.Clone(d.header.Host)}
			d.last[s.host] = s
		}
		*at = s
	}
	s := *at
	s.class, s.format, s.pid = r.Class, r.Format, d.header.PID
	if r.Class != ClassEvent {
		return
	}
	// Hardly any record is repeated: the views of its text, which will be written over, are made views of a copy when one is.
	s.event, s.from, s.text = *r.Event, r.Text, append(s.text[:0], r.Text...)
}

// A quotedRepeat is rsyslog's "message repeated N times: [ … ]", which quotes what was repeated. That need not be what the host
// said last.
type quotedRepeat struct {
	times   int    // 0 for none
	message string // under the header, in whole
	quote   string // perhaps not to its end
	short   bool   // the text ends before the quote begins
}

// unquote looks for a repeated message that is quoted under the header that was read. The text that is returned has the quote in its
// place, as the host would have said it.
func (d *driver) unquote(text string) string {
	c := Cursor{text: d.header.Message}
	if !strings.HasPrefix(c.text, "message") || d.at.pos == 0 {
		return text
	}
	n, ok := 0, c.Lit("message repeated ")
	if ok {
		n, ok = c.Number(1 << 30)
	}
	if !ok || n == 0 || !c.Lit(" times: [") && !c.Lit(" time: [") {
		d.repeat.short = c.short
		return text
	}
	quote := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(c.Rest()), "]"))
	d.repeat = quotedRepeat{times: n, message: d.header.Message, quote: quote}
	d.at.text = d.at.text[:d.at.pos] + quote
	d.header.Message = d.at.text[d.at.pos:]
	return d.at.text
}

// askRepeated is ask about a text that may be a repeated message.
func (d *driver) askRepeated(text string, syslog bool) (format *Format, open bool, err error) {
	format, open, err = d.ask(d.unquote(text), syslog)
	if err == ErrNotMine && d.repeat.short {
		d.certain = false
		return &repeats, false, ErrShort
	}
	return format, open, err
}

// repeats is the log format of a repeated message that breaks off.
var repeats = Format{FreeText: true}

// repeated reads "last message repeated N times", which syslogd writes instead of N further copies of
// the host's last record, with a tag or without. The record becomes N of what was said before. The result is
// false where it stands for nothing that is known.
func (d *driver) repeated(r *Record) bool {
	h := &d.header
	if h.Host == "" && h.PID == 0 {
		return false
	}
	n := d.repeat.times
	if n == 0 {
		c := Cursor{text: h.Message}
		if h.Program == "last" {
			if !c.Lit("message repeated ") {
				return false
			}
		} else if !c.Lit("last message repeated ") && !c.Lit("message repeated ") {
			return false
		}
		var ok bool
		if n, ok = c.Number(1 << 30); !ok || !(c.Lit(" times") || c.Lit(" time")) {
			return false
		}
	}
	d.isRepeat = true
	s := d.last[h.Host]
	if h.Host == "" {
		s = d.lastOf(h.PID)
	}
	if quote := d.repeat.quote; quote != "" && (s == nil || s.class != ClassEvent || !bytes.Contains(s.text, []byte(quote))) {
		return false // what is quoted is something else, and no format knows it
	}
	if s == nil {
		r.Warning = "a repeated message, but the message itself is not in this file: it is not counted"
		return true
	}
	r.Class, r.Format = s.class, s.format
	if s.class == ClassEvent {
		d.event = s.event
		// What the host says next is written over s.text, perhaps before this record has been looked at.
		moveEvent(&d.event, s.from, bytes.Clone(s.text))
		d.event.Time, d.event.Count = h.Time, n
		r.Event = &d.event
	}
	return true
}

// lastOf is what the record before said on the host where a process with this id wrote it, if there is one
// such host: rsyslog once left the host out of "sshd[8317]: last message repeated 2 times".
func (d *driver) lastOf(pid int) *said {
	var found *said
	for _, s := range d.last {
		if s.pid == pid {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	return found
}

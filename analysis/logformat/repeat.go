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
	if d.header.Host == "" || r.Class == ClassBlank || d.isRepeat {
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

// repeated reads "last message repeated N times", which syslogd writes instead of N further copies of
// the host's last record, with a tag or without, and rsyslog's "message repeated N times: [ … ]",
// which quotes it. The record becomes N of what was said before.
func (d *driver) repeated(r *Record) {
	h := &d.header
	if h.Host == "" && h.PID == 0 {
		return
	}
	c := Cursor{text: h.Message}
	if h.Program == "last" {
		if !c.Lit("message repeated ") {
			return
		}
	} else if !c.Lit("last message repeated ") && !c.Lit("message repeated ") {
		return
	}
	n, ok := c.Number(1 << 30)
	if !ok || !(c.Lit(" times") || c.Lit(" time")) {
		return
	}
	d.isRepeat = true
	s := d.last[h.Host]
	if h.Host == "" {
		s = d.lastOf(h.PID)
	}
	if s == nil {
		r.Warning = "a repeated message, but the message itself is not in this file: it is not counted"
		return
	}
	r.Class, r.Format = s.class, s.format
	if s.class == ClassEvent {
		d.event = s.event
		// What the host says next is written over s.text, perhaps before this record has been looked at.
		moveEvent(&d.event, s.from, bytes.Clone(s.text))
		d.event.Time, d.event.Count = h.Time, n
		r.Event = &d.event
	}
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

package logformat

import (
	"practicum/analysis"
)

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// syslogStamp reads the stamp of a BSD syslog line, "Mmm [d]d [h]h:mm:ss " (RFC 3164 section
// 4.1.2 pads the day with a blank; files that were edited or mailed often do not), and returns the
// length it takes. ok is false when text does not begin with one.
func syslogStamp(text string) (month, day, hour, minute, second, length int, ok bool) {
	if len(text) < len("Jan 1 0:00:00 ") {
		return
	}
	for m := 0; m < 12; m++ {
		if text[:3] == months[3*m:3*m+3] {
			month = m + 1
			break
		}
	}
	if month == 0 || text[3] != ' ' {
		return
	}
	c := Cursor{text: text, pos: 3}
	c.Blanks()
	if day, ok = c.Number(31); !ok || day == 0 || !c.Lit(" ") {
		return 0, 0, 0, 0, 0, 0, false
	}
	if hour, minute, second, ok = c.timeOfDay(); !ok || !c.Lit(" ") {
		return 0, 0, 0, 0, 0, 0, false
	}
	if day > daysIn[month-1] {
		return 0, 0, 0, 0, 0, 0, false
	}
	return month, day, hour, minute, second, c.pos, true
}

var daysIn = [12]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// timeOfDay reads "hh:mm:ss", with one or two digits for the hour. A leap second counts as the
// second before it.
func (c *Cursor) timeOfDay() (hour, minute, second int, ok bool) {
	if hour, ok = c.Number(23); !ok {
		return
	}
	if minute, ok = c.twoDigits(59); !ok {
		return
	}
	if second, ok = c.twoDigits(60); !ok {
		return
	}
	return hour, minute, min(second, 59), true
}

// twoDigits reads a colon and exactly two digits.
func (c *Cursor) twoDigits(max int) (int, bool) {
	p := c.pos
	if p+3 > len(c.text) || c.text[p] != ':' || !isDigit(c.text[p+1]) || !isDigit(c.text[p+2]) {
		return 0, false
	}
	n := int(c.text[p+1]-'0')*10 + int(c.text[p+2]-'0')
	if n > max || (p+3 < len(c.text) && isDigit(c.text[p+3])) {
		return 0, false
	}
	c.pos += 3
	return n, true
}

// syslogHeader reads the header of a syslog line (stamp, host, tag with or without a process id)
// into ev and leaves the cursor at the message. It answers ErrNotMine when text has no such header.
func syslogHeader(c *Cursor, clock *Clock, ev *analysis.Event) error {
	month, day, hour, minute, second, n, ok := syslogStamp(c.text[c.pos:])
	if !ok {
		return ErrNotMine
	}
	c.pos += n
	if ev.Time, ok = clock.Yearless(month, day, hour, minute, second); !ok {
		return &SyntaxError{"syslog", "the date does not exist in the year that was decided for this input"}
	}
	host := c.Token("")
	if host == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	program := c.Token("[:")
	if program == "" {
		return ErrNotMine
	}
	if c.pos < len(c.text) && c.text[c.pos] == '[' {
		c.pos++
		if pid, ok := c.Number(1 << 30); ok {
			ev.PID = pid
		}
		if _, ok := c.Until("]"); !ok {
			return ErrNotMine
		}
	}
	if c.pos < len(c.text) && c.text[c.pos] == ':' {
		c.pos++
	}
	c.Blanks()
	ev.Host, ev.Program = host, program
	ev.Message = c.Rest()
	if ev.PID != 0 {
		ev.Session = sessionID(host, ev.PID)
	}
	return nil
}

// sessionID joins the records that one process of one host wrote. The program's name is left out
// on purpose: tcpd logs under the name of the daemon that it then becomes by exec, which logs the
// same process id under a name of its own ("in.ftpd", then "ftpd").
func sessionID(host string, pid int) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a, 64 bits
	h := uint64(offset)
	for i := 0; i < len(host); i++ {
		h = (h ^ uint64(host[i])) * prime
	}
	for ; pid > 0; pid >>= 8 {
		h = (h ^ uint64(pid&0xff)) * prime
	}
	if h == 0 {
		h = 1
	}
	return h
}

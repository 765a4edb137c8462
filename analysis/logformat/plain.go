package logformat

import (
	"time"

	"practicum/analysis"
)

// plain is the stamp that most lines of most logs begin with, every part in its place: "Jan  2 15:04:05 ".
type plain struct{ month, day, hour, minute, second int }

// plainLength is the length of a plain stamp.
const plainLength = len("Jan  2 15:04:05 ")

// plainStamp reads a stamp as RFC 3164 section 4.1.2 has it, and one whose blanks were made single, without the variants that datedStamp
// knows besides. Where ok is set, datedStamp reads the same.
func plainStamp(text string) (s plain, length int, ok bool) {
	if len(text) <= plainLength || text[3] != ' ' {
		return s, 0, false
	}
	tens, ones, clock := text[4]-'0', text[5]-'0', text[6:]
	switch {
	case text[4] == ' ':
		tens = 0
	case text[5] == ' ':
		tens, ones, clock = 0, tens, text[5:]
	}
	if clock[0] != ' ' || clock[3] != ':' || clock[6] != ':' || clock[9] != ' ' || isBlank(clock[10]) {
		return s, 0, false
	}
	if s.month = monthOf(text[0], text[1], text[2]); s.month == 0 {
		return s, 0, false
	}
	day, hour, minute, second := tens*10+ones, twoDecimals(clock[1], clock[2]), twoDecimals(clock[4], clock[5]), twoDecimals(clock[7], clock[8])
	if tens > 3 || ones > 9 || day == 0 || int(day) > daysIn[s.month-1] || hour > 23 || minute > 59 || second > 60 {
		return s, 0, false
	}
	s.day, s.hour, s.minute, s.second = int(day), int(hour), int(minute), int(min(second, 59)) // a leap second counts as the one before it
	return s, len(text) - len(clock) + len(" 15:04:05 "), true
}

// plainPriority is the length of the priority that a relay puts in front of a stamp, "<38>"; 0 where there is none.
func plainPriority(text string) int {
	c := Cursor{text: text}
	if text == "" || text[0] != '<' || !c.priority() {
		return 0
	}
	return c.pos
}

// twoDecimals is the number of two digits, 255 if they are none.
func twoDecimals(a, b byte) byte {
	if a, b = a-'0', b-'0'; a <= 9 && b <= 9 {
		return a*10 + b
	}
	return 255
}

// monthOf is the number of the month with these three letters, 0 for none.
func monthOf(a, b, c byte) int {
	switch uint32(a)<<16 | uint32(b)<<8 | uint32(c) {
	case 'J'<<16 | 'a'<<8 | 'n':
		return 1
	case 'F'<<16 | 'e'<<8 | 'b':
		return 2
	case 'M'<<16 | 'a'<<8 | 'r':
		return 3
	case 'A'<<16 | 'p'<<8 | 'r':
		return 4
	case 'M'<<16 | 'a'<<8 | 'y':
		return 5
	case 'J'<<16 | 'u'<<8 | 'n':
		return 6
	case 'J'<<16 | 'u'<<8 | 'l':
		return 7
	case 'A'<<16 | 'u'<<8 | 'g':
		return 8
	case 'S'<<16 | 'e'<<8 | 'p':
		return 9
	case 'O'<<16 | 'c'<<8 | 't':
		return 10
	case 'N'<<16 | 'o'<<8 | 'v':
		return 11
	case 'D'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}

// plainWord says which bytes a host's or a program's name has in a plain header, but for dots, and the marks that readPlainHead knows.
var plainWord = func() (set [256]bool) {
	for _, b := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/") {
		set[b] = true
	}
	return set
}()

// isoStamp is a stamp as rsyslog and systemd write it since they have years, "2025-11-06T11:32:42.868451+00:00 " (RFC 3339 section 5.6).
type isoStamp struct {
	plain
	year, nanos, offset int  // the offset is in seconds east of UTC
	zoned               bool // there is an offset
	length              int  // with the blank behind it
}

// plainISOStamp reads a stamp with every part in its place and its zone as "Z" or "+hh:mm", or without one. Where ok is set, isoTime reads the same,
// unless the date does not exist.
func plainISOStamp(text string) (s isoStamp, ok bool) {
	const form = "2006-01-02T15:04:05"
	if len(text) < len(form)+len(" h p:") || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return s, false
	}
	century, year, month, day := twoDecimals(text[0], text[1]), twoDecimals(text[2], text[3]), twoDecimals(text[5], text[6]), twoDecimals(text[8], text[9])
	hour, minute, second := twoDecimals(text[11], text[12]), twoDecimals(text[14], text[15]), twoDecimals(text[17], text[18])
	if century > 99 || year > 99 || month == 0 || month > 12 || day == 0 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return s, false
	}
	if s.year = int(century)*100 + int(year); s.year < 1970 {
		return s, false
	}
	n := len(form)
	if text[n] == '.' {
		unit := 100_000_000
		for n++; n < len(text) && isDigit(text[n]); n++ {
			s.nanos += int(text[n]-'0') * unit
			unit /= 10
		}
	}
	switch {
	case n == len(text), text[n] == ' ':
	case n+1 < len(text) && text[n] == 'Z':
		s.zoned = true
		n++
	case n+len("+00:00") < len(text) && (text[n] == '+' || text[n] == '-') && text[n+3] == ':':
		hours, minutes := twoDecimals(text[n+1], text[n+2]), twoDecimals(text[n+4], text[n+5])
		if hours > 99 || minutes > 99 {
			return s, false
		}
		if s.offset = int(hours)*3600 + int(minutes)*60; text[n] == '-' {
			s.offset = -s.offset
		}
		s.zoned = true
		n += len("+00:00")
	default:
		return s, false
	}
	if n == len(text) || text[n] != ' ' {
		return s, false
	}
	s.plain = plain{month: int(month), day: int(day), hour: int(hour), minute: int(minute), second: int(min(second, 59))}
	s.length = n + 1
	return s, true
}

// plainHead is a header in which every part is in its place and has nothing unusual: a stamp, "host program[pid]: "; or, behind a priority,
// "1 ", a stamp, "host program pid id - " (RFC 5424).
type plainHead struct {
	stamp         isoStamp
	dated         bool // the stamp has its year
	host, program string
	pid           int
	length        int
}

// readPlainHead reads a plain header. A text with one begins no block, and no container wrote it.
func readPlainHead(text string) (h plainHead, ok bool) {
	p := plainPriority(text)
	if n := len("1 "); p > 0 && p+n < len(text) && text[p:p+n] == "1 " {
		if h.stamp, h.dated = plainISOStamp(text[p+n:]); !h.dated {
			return h, false
		}
		return h, h.read5424(text, p+n+h.stamp.length)
	}
	var n int
	if h.stamp.plain, n, ok = plainStamp(text[p:]); !ok {
		if h.stamp, ok = plainISOStamp(text[p:]); !ok {
			return h, false
		}
		h.dated, n = true, h.stamp.length
	}
	p += n
	start, dot := p, 0
	for ; p < len(text) && (plainWord[text[p]] || (text[p] == '.' || text[p] == '@') && p > start); p++ {
		if text[p] == '.' && dot == 0 {
			dot = p
		}
	}
	h.host = text[start:p]
	if dot != 0 && isFacility(text[start:dot]) && isSeverity(text[dot+1:p]) {
		return h, false
	}
	switch h.host {
	case "", "rule", "block", "pass", "reject": // pf's files have no host
		return h, false
	case "Scan", "stdout", "stderr": // of PortSentry's history, and of Kubernetes
		if h.dated {
			return h, false
		}
	}
	if len(h.host) == 4 && isDigit(h.host[0]) {
		return h, false // perhaps the year, which some daemons put behind the time
	}
	if p+1 >= len(text) || text[p] != ' ' {
		return h, false
	}
	p++
	start = p
	if p < len(text) && text[p] == '%' { // Cisco's
		p++
	}
	for p < len(text) && (plainWord[text[p]] || text[p] == '.') {
		p++
	}
	if p < len(text) && text[p] == '(' { // "sshd(pam_unix)", as Red Hat's PAM once named itself
		for p++; p < len(text) && (plainWord[text[p]] || text[p] == ')'); p++ {
		}
	}
	h.program = text[start:p]
	if h.program == "" || p == len(text) || !plainWord[h.program[0]] && h.program[0] != '%' {
		return h, false
	}
	if text[p] == '[' {
		for p++; p < len(text) && isDigit(text[p]); p++ {
			if h.pid = h.pid*10 + int(text[p]-'0'); h.pid > 1<<30 {
				return h, false
			}
		}
		if p == len(text) || text[p] != ']' {
			return h, false
		}
		p++
	}
	if p == len(text) || text[p] != ':' {
		return h, false // a facility, "auth.info", has none
	}
	h.length = p + 1
	return h, true
}

// read5424 reads what follows the stamp at p in a header of RFC 5424 section 6 without structured data.
func (h *plainHead) read5424(text string, p int) bool {
	word := func() (word string) {
		start := p
		for p < len(text) && (plainWord[text[p]] || text[p] == '.') {
			p++
		}
		if word = text[start:p]; p+1 >= len(text) || text[p] != ' ' || isBlank(text[p+1]) {
			return ""
		}
		p++
		return word
	}
	var fields [4]string
	for i := range fields {
		if fields[i] = word(); fields[i] == "" {
			return false
		}
	}
	if text[p] != '-' || p+2 >= len(text) || text[p+1] != ' ' || isBlank(text[p+2]) || text[p+2] == '\xef' { // the mark of UTF-8
		return false
	}
	if pid := fields[2]; pid != "-" {
		c := Cursor{text: pid}
		n, ok := c.Number(1 << 30)
		if !ok || c.pos < len(pid) {
			return false
		}
		h.pid = n
	}
	if h.host = fields[0]; h.host == "-" {
		h.host = ""
	}
	h.program, h.length = fields[1], p+1
	return h.program != "-"
}

// isPlain reports whether a line begins like one of syslog with a plain stamp.
func isPlain(raw string) bool {
	if _, _, ok := plainStamp(raw); ok {
		return true
	}
	if len(raw) < plainLength || raw[0] != '<' && raw[10] != 'T' {
		return false
	}
	_, ok := readPlainHead(trimEnd(raw)) // other lines have such stamps, too
	return ok
}

// plainHeader reads a plain header and reports whether there was one. Where there was none, nothing has changed and syslogHeader has to
// be asked; where there was, syslogHeader reads the same.
func (c *Cursor) plainHeader(clock *Clock, ev *analysis.Event) bool {
	h, ok := readPlainHead(c.text)
	if !ok {
		return false
	}
	s, t := &h.stamp, time.Time{}
	switch {
	case s.zoned:
		t, ok = clock.Zoned(s.year, s.month, s.day, s.hour, s.minute, s.second, s.offset)
	case h.dated:
		t, ok = clock.Dated(s.year, s.month, s.day, s.hour, s.minute, s.second)
	default:
		t, ok = clock.Yearless(s.month, s.day, s.hour, s.minute, s.second)
	}
	t = t.Add(time.Duration(s.nanos))
	if !ok {
		return false // syslogHeader says so, in words
	}
	ev.Time, ev.PID = t, h.pid
	c.pos = h.length
	c.syslogMessage(h.host, h.program, ev)
	return true
}

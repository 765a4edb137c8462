package logformat

import "practicum/analysis"

// plain is the stamp that most lines of most logs begin with, every part in its place: "Jan  2 15:04:05 ".
type plain struct{ month, day, hour, minute, second int }

// plainLength is the length of a plain stamp.
const plainLength = len("Jan  2 15:04:05 ")

// plainStamp reads a stamp as RFC 3164 section 4.1.2 has it, without the variants that datedStamp knows.
// Where ok is set, datedStamp reads the same.
func plainStamp(text string) (s plain, ok bool) {
	if len(text) <= plainLength || text[3] != ' ' || text[6] != ' ' || text[9] != ':' || text[12] != ':' || text[15] != ' ' || isBlank(text[16]) {
		return s, false
	}
	if s.month = monthOf(text[0], text[1], text[2]); s.month == 0 {
		return s, false
	}
	tens, ok := text[4]-'0', true
	if text[4] == ' ' {
		tens = 0
	}
	day, hour, minute, second := tens*10+text[5]-'0', twoDecimals(text[7], text[8]), twoDecimals(text[10], text[11]), twoDecimals(text[13], text[14])
	if tens > 3 || text[5]-'0' > 9 || day == 0 || int(day) > daysIn[s.month-1] || hour > 23 || minute > 59 || second > 60 {
		return s, false
	}
	s.day, s.hour, s.minute, s.second = int(day), int(hour), int(minute), int(min(second, 59)) // a leap second counts as the one before it
	return s, ok
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

// plainWord says which bytes a host's or a program's name has in a plain header.
var plainWord = func() (set [256]bool) {
	for _, b := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/") {
		set[b] = true
	}
	return set
}()

// plainHeader reads the header "Jan  2 15:04:05 host program[pid]: " where every part of it is in its place
// and of plain letters, and reports whether it was. Where it is not, nothing has changed and syslogHeader
// has to be asked; where it is, syslogHeader reads the same.
func (c *Cursor) plainHeader(clock *Clock, ev *analysis.Event) bool {
	text := c.text
	stamp, ok := plainStamp(text)
	if !ok {
		return false
	}
	p := plainLength
	for p < len(text) && plainWord[text[p]] {
		p++
	}
	host := text[plainLength:p]
	switch host {
	case "", "rule", "block", "pass", "reject": // pf's files have no host
		return false
	}
	if len(host) == 4 && isDigit(host[0]) {
		return false // perhaps the year, which some daemons put behind the time
	}
	if p+1 >= len(text) || text[p] != ' ' {
		return false
	}
	p++
	start := p
	for p < len(text) && (plainWord[text[p]] || text[p] == '.') {
		p++
	}
	program := text[start:p]
	if program == "" || p == len(text) || !plainWord[program[0]] {
		return false
	}
	pid := 0
	if text[p] == '[' {
		for p++; p < len(text) && isDigit(text[p]); p++ {
			if pid = pid*10 + int(text[p]-'0'); pid > 1<<30 {
				return false
			}
		}
		if p == len(text) || text[p] != ']' {
			return false
		}
		p++
	}
	if p == len(text) || text[p] != ':' {
		return false // a facility, "auth.info", has none
	}
	t, ok := clock.Yearless(stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
	if !ok {
		return false // syslogHeader says so, in words
	}
	ev.Time, ev.PID = t, pid
	c.pos = p + 1
	c.syslogMessage(host, program, ev)
	return true
}

package logformat

import (
	"strings"
	"time"

	"practicum/analysis"
)

// dateTime reads "yyyy-mm-dd hh:mm:ss" with an optional fraction behind a dot or a comma and an
// optional zone "±hhmm", with or without a blank before it, and the blank behind it. Without a zone it is the clock's.
func (c *Cursor) dateTime(clock *Clock, ev *analysis.Event) error {
	at := c.pos
	year, ok1 := c.Number(9999)
	ok2 := c.pos == at+4 && c.Lit("-")
	month, ok3 := c.Number(12)
	ok4 := c.Lit("-")
	day, ok5 := c.Number(31)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || year < 1970 || month == 0 || day == 0 || !c.Lit(" ") {
		return ErrNotMine
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return ErrNotMine
	}
	nanos := c.secondFraction()
	offset, zoned := c.zoneOffset() // macOS puts it there without a blank
	if !zoned {
		if !c.Lit(" ") {
			return ErrNotMine
		}
		offset, zoned = c.zoneOffset()
	}
	if zoned {
		ev.Time, ok = clock.Zoned(year, month, day, hour, minute, second, offset)
		if !ok {
			return ErrNotMine
		}
	} else if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
		return ErrNotMine
	}
	ev.Time = ev.Time.Add(nanos)
	return nil
}

// secondFraction reads the fraction of a second behind a dot or a comma, if there is one.
func (c *Cursor) secondFraction() time.Duration {
	if c.pos+1 >= len(c.text) || c.text[c.pos] != '.' && c.text[c.pos] != ',' || !isDigit(c.text[c.pos+1]) {
		return 0
	}
	c.pos++
	var d, unit time.Duration = 0, 100 * time.Millisecond
	for ; c.pos < len(c.text) && isDigit(c.text[c.pos]); c.pos++ {
		d += time.Duration(c.text[c.pos]-'0') * unit
		unit /= 10
	}
	return d
}

// zoneOffset reads "+hhmm " or "-hhmm " and gives it in seconds.
func (c *Cursor) zoneOffset() (int, bool) {
	rest := c.Rest()
	if len(rest) < 6 || rest[0] != '+' && rest[0] != '-' || !isBlank(rest[5]) {
		return 0, false
	}
	n := 0
	for _, b := range []byte(rest[1:5]) {
		if !isDigit(b) {
			return 0, false
		}
		n = n*10 + int(b-'0')
	}
	offset := n/100*3600 + n%100*60
	if rest[0] == '-' {
		offset = -offset
	}
	c.pos += 5
	c.Blanks()
	return offset, true
}

// startsDateTime reports whether a text begins as dateTime reads.
func startsDateTime(text string) bool {
	_, ok := behindDateTime(text)
	return ok
}

// behindDateTime is what stands behind a stamp as dateTime reads it. Several formats ask about each line that has one.
func behindDateTime(text string) (rest string, ok bool) {
	if len(text) < len("2006-01-02 15:04:05 ") || !isDigit(text[0]) || text[4] != '-' {
		return "", false
	}
	if rest, ok = behindPlainDateTime(text); ok {
		return rest, true // nearly always
	}
	c := Cursor{text: text}
	if c.dateTime(&Clock{zone: time.UTC}, &analysis.Event{}) != nil {
		return "", false
	}
	return c.Rest(), true
}

// behindPlainDateTime is behindDateTime of a stamp with two digits for each number and no zone, on a day that every month has, and
// single blanks.
func behindPlainDateTime(text string) (rest string, ok bool) {
	const form = "2006-01-02 15:04:05"
	if len(text) < len(form)+2 {
		return "", false
	}
	for i := range len(form) {
		if b := text[i]; isDigit(form[i]) && !isDigit(b) || !isDigit(form[i]) && b != form[i] {
			return "", false
		}
	}
	two := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	month, day := two(len("2006-")), two(len("2006-01-"))
	if text[:4] < "1970" || text[:4] > "9998" || month < 1 || month > 12 || day < 1 || day > 28 || two(len("2006-01-02 ")) > 23 || two(len("2006-01-02 15:")) > 59 || two(len("2006-01-02 15:04:")) > 60 {
		return "", false
	}
	rest = text[len(form):]
	if (rest[0] == '.' || rest[0] == ',') && isDigit(rest[1]) {
		rest = rest[1+decimalsOf(rest[1:]):]
	}
	if len(rest) < 2 || rest[0] != ' ' || isBlank(rest[1]) || rest[1] == '+' || rest[1] == '-' { // a zone can follow
		return "", false
	}
	return rest[1:], true
}

var weekdays = [...]string{"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "}

// ctime reads the stamp of the C library's ctime(), "Mon Jun  8 12:08:53 2020 ".
func (c *Cursor) ctime(clock *Clock, ev *analysis.Event) error {
	for _, day := range weekdays {
		if !c.Lit(day) {
			continue
		}
		month, day, hour, minute, second, n, ok := syslogStamp(c.Rest())
		if !ok {
			return ErrNotMine
		}
		c.pos += n
		year, ok := c.Number(9999)
		if !ok || year < 1970 || !c.Lit(" ") {
			return ErrNotMine
		}
		if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
			return ErrNotMine
		}
		return nil
	}
	return ErrNotMine
}

// startsCtime reports whether a text begins as ctime reads.
func startsCtime(text string) bool {
	if len(text) < len("Mon Jun 8 12:08:53 2020 ") || text[3] != ' ' {
		return false
	}
	c := Cursor{text: text}
	return c.ctime(&Clock{zone: time.UTC}, &analysis.Event{}) == nil
}

// halfStamp notes a text that ends within a stamp, or right behind it.
func (c *Cursor) halfStamp() bool {
	rest := c.Rest()
	if len(rest) > len("19-Oct-2022 05:34:02.425000") || rest == "" || !isDigit(rest[0]) || !strings.Contains(rest, "-") {
		return false
	}
	c.pos = len(c.text)
	c.ended(c.pos)
	return true
}

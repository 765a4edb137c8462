package logformat

import (
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// syslogStamp reads the stamp of a BSD syslog line, "Mmm [d]d [h]h:mm:ss " (RFC 3164 section
// 4.1.2 pads the day with a blank; files that were edited or mailed often do not), and returns the
// length it takes. ok is false when text does not begin with one.
func syslogStamp(text string) (month, day, hour, minute, second, length int, ok bool) {
	year, month, day, hour, minute, second, length, ok := datedStamp(text)
	return month, day, hour, minute, second, length, ok && year == 0
}

// datedStamp is syslogStamp for stamps that may have the year behind the day, as Cisco's do; it is 0
// where there is none.
func datedStamp(text string) (year, month, day, hour, minute, second, length int, ok bool) {
	if len(text) < len("Jan 1 0:00:00 ") {
		return
	}
	// syslog-ng can put the year in front: "2015 Nov 13 13:40:01"
	if isDigit(text[0]) {
		c := Cursor{text: text}
		before, isYear := c.Number(9999)
		if !isYear || c.pos != 4 || before < 1970 || text[4] != ' ' {
			return
		}
		_, month, day, hour, minute, second, length, ok = datedStamp(text[5:])
		return before, month, day, hour, minute, second, length + 5, ok
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
		return 0, 0, 0, 0, 0, 0, 0, false
	}
	at := c.pos
	if year, ok = c.Number(9999); !ok || year < 1970 || c.pos != at+4 || !c.Lit(" ") {
		year, c.pos = 0, at
	}
	if hour, minute, second, ok = c.timeOfDay(); !ok {
		return 0, 0, 0, 0, 0, 0, 0, false
	}
	if c.pos < len(text) && text[c.pos] == '.' { // a fraction of the second
		for c.pos++; c.pos < len(text) && isDigit(text[c.pos]); c.pos++ {
		}
	}
	if c.pos < len(text) && text[c.pos] == ':' { // Cisco
		c.pos++
	}
	if !c.Lit(" ") {
		return 0, 0, 0, 0, 0, 0, 0, false
	}
	if day > daysIn[month-1] {
		return 0, 0, 0, 0, 0, 0, 0, false
	}
	return year, month, day, hour, minute, second, c.pos, true
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

// syslogHeader reads the header of a syslog line into ev and leaves the cursor at the message. It
// answers ErrNotMine when text has no such header. These headers are read:
//
//	Jan 20 08:58:10 host tag[pid]: message                BSD syslog (RFC 3164), also with a fraction, or a year behind the time
//	2025-11-06T11:32:42.868451+00:00 host tag[pid]: …     rsyslog and systemd
//	2025-11-06 11:32:42.868451-0700 host tag[pid]: …      macOS, and templates of one's own
//	<34>1 2025-11-06T11:32:42Z host app pid msgid - …     RFC 5424
//	@400000004c91b044077a9e94 tag: …                      TAI64N, as multilog writes it
//
// each with or without the priority that a relay puts in front; and what the journal of systemd says. A tag
// with a process id, or one in brackets, may stand where the host is missing.
func syslogHeader(c *Cursor, clock *Clock, ev *analysis.Event) error {
	if isJournal(c.Rest()) {
		return journalHeader(c, clock, ev)
	}
	journal := c.journalStamp(clock, ev)
	priority := c.priority()
	if rest := c.Rest(); strings.HasPrefix(rest, "1 ") && (priority || starts5424(rest)) {
		c.pos += 2
		return syslog5424(c, clock, ev)
	}
	if !journal {
		if err := c.syslogTime(clock, ev); err != nil {
			return err
		}
	}
	c.severity()
	host := ""
	bare, ok := c.bareTag()
	if ok {
		c.syslogMessage("", bare, ev)
		return nil
	}
	if !strings.HasPrefix(c.Rest(), "%") && c.text[0] != '@' && !c.hostMissing() { // Cisco's firewalls need not name themselves
		if host = c.Token(""); host == "" || !c.Lit(" ") {
			return ErrNotMine
		}
		c.Lit(": ")
	}
	c.severity()
	at := c.pos
	if c.text[0] == '@' && !strings.HasSuffix(c.Token(""), ":") {
		c.pos = at // multilog keeps the lines of one daemon, which has no need to name itself
		c.syslogMessage("", "", ev)
		return nil
	}
	c.pos = at
	stops := "[:"
	if journal && strings.IndexByte(c.Token("["), '@') > 0 {
		stops = "[" // the name of a unit can hold addresses
	}
	c.pos = at
	program := c.Token(stops)
	if program == "" {
		// Ubiquiti's gateways put the name of a rule, "[WAN_LOCAL-default-D]IN=…", where a program's name would stand.
		rule, rest, ok := strings.Cut(c.Rest(), "]")
		if !ok || !strings.HasPrefix(rule, "[") || !strings.HasPrefix(strings.TrimLeft(rest, " \t"), "IN=") {
			return ErrNotMine
		}
		c.syslogMessage(host, "", ev)
		return nil
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
	if journal {
		program = unitProgram(strings.TrimSuffix(program, ":"))
	}
	c.syslogMessage(host, program, ev)
	return nil
}

// hostMissing reports whether the program stands where the host does, "sshd[4711]: ", as small systems and
// containers log.
func (c *Cursor) hostMissing() bool {
	at := *c
	word := at.Token("")
	switch word {
	case "filterlog:", "kernel:", "WinEvtLog:":
		return true // firewalls and agents that leave the host to whoever receives the line
	}
	return strings.HasSuffix(word, "]:") && strings.IndexByte(word, '[') > 0 && strings.Trim(word[strings.LastIndexByte(word, '['):], "[0123456789]:") == ""
}

// starts5424 reports whether a text has the version and the stamp of RFC 5424, whose priority a relay took away.
func starts5424(text string) bool {
	return len(text) > len("1 2006-01-02T15:04:05 ") && text[0] == '1' && text[1] == ' ' && text[6] == '-' && text[12] == 'T'
}

// severity moves past the facility and severity in words, "<auth.info>" as syslogd of BSD writes it with
// its option -v, or "auth.info" as busybox does.
func (c *Cursor) severity() {
	at := *c
	bracket := at.Lit("<")
	facility, severity, ok := strings.Cut(at.Token(">"), ".")
	if !ok || bracket && !at.Lit(">") || !at.Lit(" ") {
		return
	}
	if isFacility(facility) && isSeverity(severity) {
		c.pos = at.pos
	}
}

// isFacility and isSeverity report whether a word is the name of one (RFC 5424 section 6.2.1), as syslogd writes it.
func isFacility(word string) bool {
	switch word {
	case "kern", "user", "mail", "daemon", "auth", "security", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "console",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7":
		return true
	}
	return false
}

func isSeverity(word string) bool {
	switch word {
	case "emerg", "panic", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug":
		return true
	}
	return false
}

// bareTag moves past "[sshd]: " or "[sshd] ", which stands for host and tag on small systems, and gives the
// program's name. No host is called by letters alone in brackets.
func (c *Cursor) bareTag() (program string, ok bool) {
	at := *c
	if !at.Lit("[") {
		return "", false
	}
	program = at.Token("]")
	for _, b := range []byte(program) {
		if (b < 'a' || b > 'z') && b != '-' {
			return "", false
		}
	}
	if program == "" || !at.Lit("]: ") && !at.Lit("] ") {
		return "", false
	}
	*c = at
	return program, true
}

// syslogMessage takes the header's fields and leaves the cursor at the message.
func (c *Cursor) syslogMessage(host, program string, ev *analysis.Event) {
	c.Blanks()
	if program == "kernel" && c.pos < len(c.text) && c.text[c.pos] == '[' {
		// The time since the start of the kernel, "[ 1234.567890] ".
		i := c.pos + 1
		for i < len(c.text) && (isDigit(c.text[i]) || c.text[i] == ' ' || c.text[i] == '.') {
			i++
		}
		if i < len(c.text) && c.text[i] == ']' {
			c.pos = i + 1
			c.Blanks()
		}
	}
	c.solarisID()
	host = firstInChain(host)
	ev.Host, ev.Program = host, program
	ev.Message = c.Rest()
	if ev.PID != 0 {
		ev.Session = analysis.SessionOf(host, ev.PID)
	}
}

// firstInChain is the host that a message comes from where syslog-ng wrote down the relay, too, "mail/relay" or "src@mail/relay" (its
// option chain-hostnames). A node of IOS XR, "RP/0/RSP0/CPU0", is no such chain.
func firstInChain(host string) string {
	first, relay, chained := strings.Cut(host, "/")
	if i := strings.IndexByte(first, '@'); i >= 0 {
		first = first[i+1:]
	}
	if len(first) == len(host) || !isHostName(first) || chained && !isHostName(relay) && !isAddress(relay) {
		return host
	}
	return first
}

// solarisID moves past "[ID 702911 auth.info] ", which syslogd of Solaris puts in front of a message.
func (c *Cursor) solarisID() {
	if !strings.HasPrefix(c.Rest(), "[ID ") {
		return
	}
	at := Cursor{text: c.text, pos: c.pos + len("[ID ")}
	at.Blanks()
	if _, ok := at.Number(999999); !ok || !at.Lit(" ") || at.Token("]") == "" || !at.Lit("] ") {
		return
	}
	c.pos = at.pos
}

// priority moves past "<n>", with n up to 191, and reports whether it was there.
func (c *Cursor) priority() bool {
	if c.pos == len(c.text) || c.text[c.pos] != '<' {
		return false
	}
	at := c.pos
	c.pos++
	if _, ok := c.Number(191); ok && c.pos < len(c.text) && c.text[c.pos] == '>' {
		c.pos++
		return true
	}
	c.pos = at
	return false
}

// syslogTime reads the stamp at the start of a line.
func (c *Cursor) syslogTime(clock *Clock, ev *analysis.Event) error {
	if t, n, ok := isoTime(c.Rest(), clock); n > 0 {
		c.pos += n
		if ev.Time = t; !ok {
			return errNoDate
		}
		return nil
	}
	if startsPlainStamp(c.Rest()) {
		return c.dateTime(clock, ev)
	}
	if t, ok := tai64n(c.Rest()); ok {
		ev.Time = clock.dated(t.In(clock.zone))
		c.pos += taiLength
		return nil
	}
	year, month, day, hour, minute, second, n, ok := datedStamp(c.text[c.pos:])
	if !ok {
		return ErrNotMine
	}
	c.pos += n
	if year != 0 {
		if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
			return errNoDate
		}
		return nil
	}
	// Some daemons put the year behind the time.
	at := c.pos
	if year, isYear := c.Number(9999); isYear && year >= 1970 && c.pos == at+4 && c.Lit(" ") {
		if ev.Time, ok = clock.Dated(year, month, day, hour, minute, second); !ok {
			return errNoDate
		}
		return nil
	}
	c.pos = at
	if ev.Time, ok = clock.Yearless(month, day, hour, minute, second); !ok {
		return &SyntaxError{"syslog", "the date does not exist in the year that was decided for this input"}
	}
	return nil
}

// errNoDate is one for all lines: it says nothing of the line.
var errNoDate = &SyntaxError{"syslog", "the date does not exist"}

// startsPlainStamp reports whether a text begins with "yyyy-mm-dd hh:mm:ss host program[pid]: ". Many logs have
// such a stamp; the process shows that it is syslog's, or the name of a program that tells none, or the tag of a Cisco.
func startsPlainStamp(text string) bool {
	if len(text) < len("2006-01-02 15:04:05 a b[1]: ") || text[4] != '-' || text[10] != ' ' || text[13] != ':' || !isDigit(text[0]) {
		return false
	}
	rest, ok := behindDateTime(text)
	if !ok {
		return false
	}
	c := Cursor{text: rest}
	if c.Token("[:") == "" || !c.Lit(" ") {
		return false
	}
	c.Lit(": ")
	program := c.Token("[:")
	if strings.HasPrefix(program, "%") {
		return c.Lit(": ")
	}
	switch program {
	case "":
		return false
	case "kernel", "sudo", "su", "dovecot":
		if c.Lit(": ") {
			return true
		}
	}
	if !c.Lit("[") {
		return false
	}
	_, ok = c.Number(1 << 30)
	return ok && c.Lit("]: ")
}

// taiLength is the length of a TAI64N stamp and the blank behind it.
const taiLength = len("@400000004c91b044077a9e94 ")

// tai64n reads the stamp that daemontools' multilog puts in front of lines: "@", the seconds since 1970
// TAI plus 2^62 and the nanoseconds, all hexadecimal. TAI was 10 seconds ahead of UTC in 1972 and has
// gained one with each leap second; programs that do not know of them, as multilog's own readers, take
// the 10 alone, and so is it done here: stamps are made the same way.
func tai64n(text string) (time.Time, bool) {
	if len(text) < taiLength || text[0] != '@' || text[1] != '4' || !isBlank(text[taiLength-1]) {
		return time.Time{}, false
	}
	seconds, err1 := strconv.ParseUint(text[1:17], 16, 64)
	nanos, err2 := strconv.ParseUint(text[17:25], 16, 32)
	if err1 != nil || err2 != nil || seconds < 1<<62+10 || seconds >= 1<<62+1<<36 || nanos > 999_999_999 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds-1<<62-10), int64(nanos)), true
}

// deviceTime reads a text that is a time as isoTime reads it, also with a blank between date and time and with slashes in the date. n is 0
// where it is none.
func deviceTime(s string, clock *Clock) (t time.Time, n int, ok bool) {
	var room [64]byte
	if len(s) <= len("2006-01-02T") {
		return time.Time{}, 0, false
	}
	text := append(append(room[:0], s...), ' ')
	if text[10] == ' ' {
		text[10] = 'T'
	}
	if text[4] == '/' && text[7] == '/' {
		text[4], text[7] = '-', '-'
	}
	return isoTime(view(text), clock)
}

// isoTime reads an ISO 8601 time with "T" between date and time, as RFC 3339 profiles it, and the
// blank behind it. n is the length; 0 when there is none. A time without a zone is the clock's.
func isoTime(text string, clock *Clock) (t time.Time, n int, ok bool) {
	const form = "2006-01-02T15:04:05"
	if len(text) < len(form)+1 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return time.Time{}, 0, false
	}
	digits := func(from, to int) (n int) {
		for _, b := range []byte(text[from:to]) {
			if !isDigit(b) {
				return -1
			}
			n = n*10 + int(b-'0')
		}
		return n
	}
	year, month, day, hour, minute, second := digits(0, 4), digits(5, 7), digits(8, 10), digits(11, 13), digits(14, 16), digits(17, 19)
	if year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return time.Time{}, 0, false
	}
	n = len(form)
	nanos := 0
	if text[n] == '.' {
		unit := 100_000_000
		for n++; n < len(text) && isDigit(text[n]); n++ {
			nanos += int(text[n]-'0') * unit
			unit /= 10
		}
	}
	offset, zoned := 0, false
	switch {
	case n < len(text) && text[n] == 'Z':
		n, zoned = n+1, true
	case n+3 <= len(text) && (text[n] == '+' || text[n] == '-'):
		sign, hours := 1, digits(n+1, n+3)
		if text[n] == '-' {
			sign = -1
		}
		n += 3
		if n < len(text) && text[n] == ':' {
			n++
		}
		minutes := 0
		if n+2 <= len(text) && isDigit(text[n]) {
			minutes = digits(n, n+2)
			n += 2
		}
		if hours < 0 || minutes < 0 {
			return time.Time{}, 0, false
		}
		offset, zoned = sign*(hours*3600+minutes*60), true
	}
	if n == len(text) || !isBlank(text[n]) {
		return time.Time{}, 0, false
	}
	second = min(second, 59)
	if zoned {
		t, ok = clock.Zoned(year, month, day, hour, minute, second, offset)
	} else {
		t, ok = clock.Dated(year, month, day, hour, minute, second)
	}
	return t.Add(time.Duration(nanos)), n + 1, ok
}

// syslog5424 reads the rest of a header of RFC 5424 section 6, behind the version. Any field may be
// "-" for none.
func syslog5424(c *Cursor, clock *Clock, ev *analysis.Event) error {
	t, n, ok := isoTime(c.Rest(), clock)
	if n == 0 {
		return ErrNotMine
	}
	if !ok {
		return &SyntaxError{"syslog", "the date does not exist"}
	}
	c.pos += n
	ev.Time = t
	var fields [4]string // host, application, process, message id
	for i := range fields {
		if fields[i] = c.Token(""); fields[i] == "" || !c.Lit(" ") {
			return ErrNotMine
		}
		if fields[i] == "-" {
			fields[i] = ""
		}
	}
	pid := Cursor{text: fields[2]}
	if n, ok := pid.Number(1 << 30); ok && pid.Done() {
		ev.PID = n
	}
	if c.pos < len(c.text) && c.text[c.pos] == '-' {
		c.pos++
	} else if !c.structuredData() {
		return ErrNotMine
	} else {
		c.whole = strings.TrimLeft(c.Rest(), " \t") == "" // the structured data is all there is to say
	}
	c.Blanks()
	if strings.HasPrefix(c.Rest(), "\ufeff") {
		c.pos += len("\ufeff")
	}
	c.syslogMessage(fields[0], fields[1], ev)
	return nil
}

// structuredData moves past the elements [id key="value" …]; in a value, a backslash escapes the
// quote, the backslash and the closing bracket (RFC 5424 section 6.3.3).
func (c *Cursor) structuredData() bool {
	start := c.pos
	quoted := false
	depth := 0
	for c.pos < len(c.text) {
		b := c.text[c.pos]
		switch {
		case b == '\\' && quoted:
			c.pos++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '[':
			depth++
		case b == ']':
			depth--
		case depth == 0:
			return c.pos > start
		}
		c.pos++
	}
	c.pos = min(c.pos, len(c.text))
	return depth == 0 && !quoted && c.pos > start
}

// startsSyslog reports whether a text begins with a stamp that a syslog header begins with.
func startsSyslog(text string) bool {
	if beginsAddress(text) {
		return false
	}
	if isJournal(text) || startsJournalStamp(text) {
		return true
	}
	c := Cursor{text: text}
	if c.priority() {
		text = strings.TrimPrefix(c.Rest(), "1 ")
	} else if starts5424(text) {
		text = text[2:]
	}
	if len(text) < 15 {
		return false
	}
	if text[0] == '@' {
		_, ok := tai64n(text)
		return ok
	}
	if isDigit(text[0]) && text[4] != ' ' {
		if startsPlainStamp(text) {
			return true
		}
		_, n, _ := isoTime(text, &Clock{zone: time.UTC})
		return n > 0
	}
	_, _, _, _, _, _, _, ok := datedStamp(text)
	return ok
}

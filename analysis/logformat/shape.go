package logformat

import (
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
)

// Mark is what stands in a shape for the parts of a text that differ from line to line. It is named
// as the field of a pattern that reads such a part.
type Mark string

const (
	MarkNumber Mark = "{n}"
	MarkAddr   Mark = "{ip}"
	MarkHex    Mark = "{hex}"  // hexadecimal digits, with or without 0x; a MAC address
	MarkID     Mark = "{id}"   // letters and digits mixed, as a mail queue names its mails; a UUID
	MarkPath   Mark = "{path}" // from a slash at the start of a word to its end
	MarkName   Mark = "{name}" // a host name of three labels or more
	MarkMail   Mark = "{mail}" // a word with an @ within
	MarkQuoted Mark = "{any}"  // between quotes
)

// ShapeLength is how much of a text its shape is made of.
const ShapeLength = 400

// maxProgram is how much of a program's name counts.
const maxProgram = 64

// Shape is what a line that no log format knows looks like: its program, when it has a syslog
// header, and its text with all that differs from line to line replaced by marks. Lines of one
// message have one shape.
func Shape(text string) (program, shape string) {
	var room [ShapeLength * 2]byte
	program, b := AppendShape(room[:0], text)
	return program, string(b)
}

// AppendShape is Shape that appends the shape to b.
func AppendShape(b []byte, text string) (program string, _ []byte) {
	program, message := Envelope(text)
	if len(program) > maxProgram {
		program = strings.ToValidUTF8(program[:maxProgram], "")
	}
	return program, appendParts(b, message)
}

// AppendShape is the function AppendShape for the text of a record, whose header was read.
func (r *Record) AppendShape(b []byte) (program string, _ []byte) {
	if end := len(r.Text) - 1; end < 0 || r.program == "" || len(r.program) > maxProgram || strings.IndexByte("\f\v>", r.Text[end]) >= 0 {
		return AppendShape(b, r.Text)
	}
	return r.program, appendParts(b, r.message)
}

func appendParts(b []byte, message string) []byte {
	Parts(message, func(m Mark, literal string) {
		b = append(append(b, m...), literal...)
	})
	return b
}

// Envelope parts a line into the program that its syslog header names and the message behind it.
// Without such a header the program is empty and the message the whole line.
func Envelope(text string) (program, message string) {
	_, program, message = Header(text)
	return program, message
}

// Header is Envelope with the host that the header names.
func Header(text string) (host, program, message string) {
	text = strings.Trim(text, " \t\r\f\v>")
	c := Cursor{text: text}
	var ev analysis.Event
	// A clock of its own, because a line that nobody knows says nothing of the input's period.
	clock := Clock{zone: time.UTC, base: 2000}
	if c.plainHeader(&clock, &ev) {
		return ev.Host, ev.Program, ev.Message
	}
	if inner := contained(text); inner != text && inner != "" {
		return Header(inner)
	}
	if startsSyslog(text) && syslogHeader(&c, NewClock(time.UTC, 2000), &ev) == nil {
		return ev.Host, ev.Program, ev.Message
	}
	return "", "", text
}

// Parts gives the parts of a text in order: each either a mark, with the literal empty, or literal
// text. Only the first bytes of a long text are looked at.
func Parts(text string, emit func(m Mark, literal string)) {
	if len(text) > ShapeLength {
		text = strings.ToValidUTF8(text[:ShapeLength], "")
	}
	for p := 0; p < len(text); {
		if isBlank(text[p]) {
			for p < len(text) && isBlank(text[p]) {
				p++
			}
			emit("", " ")
			continue
		}
		if q := text[p]; q == '"' || q == '\'' && (p == 0 || !isShapeByte(text[p-1])) {
			if end := closingQuote(text, p); end > 0 {
				emit("", text[p:p+1])
				emit(MarkQuoted, "")
				emit("", text[p:p+1])
				p = end
				continue
			}
		}
		start, has := p, uint8(0)
		for p < len(text) && shapeBytes[text[p]] != 0 {
			has |= shapeBytes[text[p]]
			p++
		}
		switch has {
		case 0:
			for p < len(text) && !isShapeByte(text[p]) && !isBlank(text[p]) && (p == start || text[p] != '"' && text[p] != '\'') {
				p++
			}
			emit("", text[start:p])
		case isLetter: // as most words are
			emit("", text[start:p])
		case isDecimal:
			emit(MarkNumber, "")
		default:
			wordParts(text[start:p], has, emit)
		}
	}
}

// closingQuote is the end of the quoted text that begins at p; 0 when its quote is not closed.
func closingQuote(text string, p int) int {
	for i := p + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == text[p] && (text[p] == '"' || i+1 == len(text) || !isAlnum(text[i+1])):
			return i + 1
		}
	}
	return 0
}

// isShapeByte reports whether b may stand in an address, a name, a path or a number.
func isShapeByte(b byte) bool { return shapeBytes[b] != 0 }

// What a byte of isShapeByte is.
const (
	isLetter uint8 = 1 << iota
	isDecimal
	isDot
	isColon
	isDash
	isAt
	isOther
)

// shapeBytes are those of isShapeByte, with what each is.
var shapeBytes = func() (table [256]uint8) {
	for b := range 256 {
		switch b := byte(b); {
		case isDigit(b):
			table[b] = isDecimal
		case isAlnum(b):
			table[b] = isLetter
		case b == '.':
			table[b] = isDot
		case b == ':':
			table[b] = isColon
		case b == '-':
			table[b] = isDash
		case b == '@':
			table[b] = isAt
		case b >= 0x80 || strings.IndexByte("/_+%~", b) >= 0:
			table[b] = isOther
		}
	}
	return table
}()

// wordParts marks a word: as a whole where it can be, else the numbers in it. has is what its bytes are, and may have more.
func wordParts(w string, has uint8, emit func(m Mark, literal string)) {
	end := len(w)
	for end > 0 && shapeBytes[w[end-1]]&(isDot|isColon|isDash) != 0 {
		end--
	}
	trimmed, tail := w[:end], w[end:]
	if whole := markOf(trimmed, has); whole != "" {
		emit(whole, "")
		if tail != "" {
			emit("", tail)
		}
		return
	}
	// An address with its port: the parts on both sides of the last colon.
	if has&isColon != 0 {
		if i := strings.LastIndexByte(trimmed, ':'); i > 0 {
			if m := markOf(trimmed[:i], has); m == MarkAddr || m == MarkName {
				emit(m, "")
				emit("", ":")
				wordParts(w[i+1:], has, emit)
				return
			}
		}
	}
	for p := 0; p < len(w); {
		start := p
		for p < len(w) && isAlnum(w[p]) {
			p++
		}
		if p == start {
			for p < len(w) && !isAlnum(w[p]) {
				p++
			}
			emit("", w[start:p])
			continue
		}
		if m := runMark(w[start:p]); m != "" {
			emit(m, "")
			continue
		}
		numbersIn(w[start:p], emit)
	}
}

// numbersIn marks the numbers in a run of letters and digits such as "eth0".
func numbersIn(run string, emit func(m Mark, literal string)) {
	for p := 0; p < len(run); {
		start := p
		for p < len(run) && isDigit(run[p]) == isDigit(run[start]) {
			p++
		}
		if isDigit(run[start]) {
			emit(MarkNumber, "")
		} else {
			emit("", run[start:p])
		}
	}
}

// markOf is the mark of a word as a whole; empty when it has none. has is what its bytes are, and may have more.
func markOf(w string, has uint8) Mark {
	switch {
	case w == "":
		return ""
	case has&isAt != 0 && strings.IndexByte(w, '@') > 0:
		return MarkMail
	case w[0] == '/' && len(w) > 1:
		return MarkPath
	case has&isColon != 0 && len(w) == 17 && strings.Count(w, ":") == 5 && isHexRun(strings.ReplaceAll(w, ":", "")):
		return MarkHex
	case has&isDash != 0 && len(w) == 36 && strings.Count(w, "-") == 4 && isHexRun(strings.ReplaceAll(w, "-", "")):
		return MarkID
	case has&(isDot|isColon) == 0:
		return ""
	}
	if len(w) < 64 && looksLikeAddress(w) {
		if _, err := netip.ParseAddr(w); err == nil {
			return MarkAddr
		}
	}
	labels, letters, run := 1, false, 0
	for i := 0; i < len(w); i++ {
		switch b := w[i]; {
		case b == '.':
			if run == 0 {
				return ""
			}
			labels, run, letters = labels+1, 0, false
		case isAlnum(b), b == '-', b == '_':
			run++
			letters = letters || !isDigit(b)
		default:
			return ""
		}
	}
	if labels >= 3 && run >= 2 && letters {
		return MarkName
	}
	return ""
}

// looksLikeAddress is false for most of what is no address: one of four numbers has nothing but digits and dots, and one of IPv6 has
// hexadecimal digits up to the first colon.
func looksLikeAddress(w string) bool {
	for i := 0; i < len(w); i++ {
		switch {
		case w[i] == ':':
			return true
		case w[i] == '.':
			return isDigit(w[0])
		case !isHexRun(w[i : i+1]):
			return false
		}
	}
	return false
}

// runMark is the mark of a run of letters and digits; empty when it is a word.
func runMark(run string) Mark {
	digits, changes := 0, 0
	for i := 0; i < len(run); i++ {
		if isDigit(run[i]) {
			digits++
		}
		if i > 0 && isDigit(run[i]) != isDigit(run[i-1]) {
			changes++
		}
	}
	switch {
	case digits == len(run):
		return MarkNumber
	case digits == 0:
		return ""
	case strings.HasPrefix(run, "0x") && isHexRun(run[2:]), len(run) >= 6 && isHexRun(run):
		return MarkHex
	case changes >= 3 && len(run) >= 8:
		return MarkID
	}
	return ""
}

func isHexRun(s string) bool {
	for i := 0; i < len(s); i++ {
		if b := s[i] | 0x20; !isDigit(s[i]) && (b < 'a' || b > 'f') {
			return false
		}
	}
	return s != ""
}

func isAlnum(b byte) bool {
	return isDigit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

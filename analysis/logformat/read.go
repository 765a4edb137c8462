package logformat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unsafe"

	"practicum/analysis"
)

// Class says what became of the lines of a record.
type Class uint8

const (
	ClassEvent        Class = iota // the record tells of an event
	ClassBenign                    // a known message that tells of none
	ClassUnrecognised              // no log format knows it, or it is broken
	ClassBlank
)

// Record is one unit of a log. It and its strings are valid until the next one is read.
type Record struct {
	Class  Class
	Lines  []analysis.LineRange
	Offset int64
	Text   string    // the record's lines, put together with single blanks
	Host   string    // that a syslog header names
	Time   time.Time // that a syslog header states; zero without one
	Format string    // empty when unrecognised
	Event  *analysis.Event
	// Warning says what is wrong with a broken record or a line that was cut.
	Warning string

	program, message string // where a plain header named them
}

// Stats is what there is to say about an input as a whole.
type Stats struct {
	Bytes      int64
	SHA256     string
	Lines      int
	Compressed string
	Cut        string // why the rest was not read, in words; empty where all was
	// Marks says for ReadLines where some of the lines begin; nil where the text is not the bytes of the file. A partial leaves them out.
	Marks []int64 `json:"-"`
}

const (
	lookAhead = 64 // how many lines past its first one a record may reach, page footers included
	maxJoin   = 10 // how many lines a record that is put together may have
	// maxTries bounds how many ways to put one record together are tried, because whoever writes
	// into a log could offer the same continuation again and again.
	maxTries = 1000
	// maxDecoration is how many marks and blanks are taken off the front of a line; the log formats are
	// asked behind each.
	maxDecoration = 100
)

// Read reads one input from its first byte to its last and gives each record to emit, in the order
// of their first lines. It stops at the first error of emit. Every line is in exactly one record.
func Read(ctx context.Context, in Input, rank int, clock *Clock, formats []Format, emit func(*Record) error) (Stats, error) {
	return read(ctx, in, rank, clock, formats, false, emit)
}

// read is Read. With exhaustive, every format is asked about every text, whatever it looks like: the tests compare
// that with what is read otherwise.
func read(ctx context.Context, in Input, rank int, clock *Clock, formats []Format, exhaustive bool, emit func(*Record) error) (Stats, error) {
	src, err := open(in)
	if err != nil {
		return Stats{}, err
	}
	defer src.Close()
	d := &driver{exhaustive: exhaustive, lines: newLines(src.text, src.size), clock: clock, last: map[string]*said{}}
	for i := range formats {
		f := reader{Format: &formats[i], parse: formats[i].New(clock), place: i}
		if !exhaustive {
			f.quotes, f.keys = d.quoted.of(f.Quotes), d.quoted.of(f.Keys)
		}
		d.formats = append(d.formats, f)
	}
	d.quoted.lines, d.quoted.envelopes = d.lines, d.quoted.of(append(shippedWords[:], dockerWord, journalWord))
	d.dispatch = newDispatch(d.formats, exhaustive)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return Stats{}, context.Cause(ctx)
		}
		first, ok := d.lines.peek(0)
		if !ok {
			break
		}
		if first.used {
			d.lines.take()
			continue
		}
		r := d.tryRecord(first)
		d.remember(r)
		if r.Event != nil {
			r.Event.Input, r.Event.Offset, r.Event.Lines, r.Event.Format = rank, r.Offset, r.Lines, r.Format
			r.Event.Count = max(r.Event.Count, 1)
		}
		if err := emit(r); err != nil {
			return Stats{}, err
		}
		d.lines.take()
		d.quoted.text = "" // the next record may stand in the same place
	}
	if d.lines.err != nil {
		return Stats{}, src.broken(d.lines.err)
	}
	stats := Stats{Lines: d.lines.number, Compressed: src.compressed}
	if src.unpacked != nil {
		stats.Cut = src.unpacked.cut
	}
	if src.raw {
		stats.Marks = d.lines.marks
	}
	stats.Bytes, stats.SHA256, err = src.finish()
	return stats, err
}

type reader struct {
	*Format
	parse  Parser
	place  int   // among the formats
	quotes words // of Format.Quotes
	keys   words // of Format.Keys
}

type driver struct {
	lines   *lines
	clock   *Clock
	formats []reader
	event   analysis.Event
	rec     Record
	ranges  []analysis.LineRange

	header   analysis.Event     // what the syslog header of the record said; its Host is empty without one
	isRepeat bool               // the record stands for repetitions of another
	repeat   quotedRepeat       // that the text under the header is
	last     map[string]*said   // by host: the record before, for "last message repeated"
	recent   [recentNames]*said // by nameSlot of their hosts: those of last that were asked for last

	at, cursor Cursor // of parse

	outer      string    // the text that was asked last for what it contains, a view of the lines
	inner      string    // what it contains
	stated     time.Time // the date that stands round it
	outerFills int       // of the lines, at that time

	began      *reader // the format whose Starts knew a line last
	begun      string  // the text that it knew, a view of the lines
	begunFills int     // of the lines, at that time
	quoted     quoted  // of the text that was looked at last
	dispatch   *dispatch
	exhaustive bool
	plain      bool // the header was read by plainHeader

	own     bool // the record was read from its first byte, whatever looked like a header
	certain bool // of the last answer ErrShort: the text is the format's beyond doubt

	far    bool   // the text that is being read skips lines before its last
	tries  int    // ways to put the record together that were tried
	joined []int  // lines that the record was put together from, counted from its first
	text   string // of the record that was put together
	broken error  // the first syntax error met while putting it together
	format *Format
	err    error

	brokenBy SyntaxError // the one that a record was broken by last, and what it says
	said     string
}

// fault is what the Warning of a record begins with that a parser failed on.
const fault = "reading this line failed, which is a fault of practicum's and not of the log; please report it with the line"

// tryRecord is record, but a line on which a parser panics is one that no format knows: whoever writes into a log must not be able to
// keep the rest of it from being read.
func (d *driver) tryRecord(first *line) (r *Record) {
	defer func() {
		if p := recover(); p != nil {
			if d.exhaustive {
				panic(p)
			}
			d.clear()
			first, _ := d.lines.peek(0) // the buffer may have moved
			d.rec = Record{Class: ClassUnrecognised, Lines: d.single(first), Offset: first.offset, Text: view(d.lines.text(first)), Warning: fmt.Sprintf("%s (%v)", fault, p)}
			r = &d.rec
		}
	}()
	return d.record(first)
}

// clear forgets what the record before said.
func (d *driver) clear() {
	d.repeat = quotedRepeat{}
	d.header.Host, d.isRepeat, d.far, d.begun, d.outer = "", false, false, "", ""
}

func (d *driver) single(l *line) []analysis.LineRange {
	d.ranges = append(d.ranges[:0], analysis.LineRange{First: l.number, Last: l.number})
	return d.ranges
}

// record reads the record that begins with first, or the one line that begins none. It does not
// take the line.
func (d *driver) record(first *line) *Record {
	d.clear()
	r := &d.rec
	r.Class, r.Lines, r.Offset, r.Time, r.Event = ClassUnrecognised, d.single(first), first.offset, time.Time{}, nil
	r.Text, r.Host, r.Format, r.Warning, r.program, r.message = "", "", "", "", "", ""
	if first.cut {
		r.Warning = fmt.Sprintf("the line is longer than %d KiB and was cut", maxLine>>10)
	}
	raw := view(d.lines.text(first))
	if isBlankLine(raw) {
		r.Class = ClassBlank
		return r
	}
	text := raw
	if !d.exhaustive && isPlain(raw) { // no block and no container's line begins so
		text = trimEnd(raw)
	} else {
		if r := d.block(raw); r != nil {
			return r
		}
		if first, ok := d.lines.peek(0); ok {
			raw = view(d.lines.text(first)) // looking for a block may have moved the buffer
		}
		var starts bool
		if text, starts = d.start(raw); !starts {
			r.Text = raw
			return r
		}
		if d.quoted.enveloped(text) && d.contained(text) == "" {
			r.Class = ClassBlank // of a container's output
			return r
		}
	}
	format, open, err := d.parse(text)
	if err == ErrNotMine || err == ErrShort {
		var room [mostVariants]string
		if others := d.variants(&room, text); len(others) > 0 {
			for _, other := range others {
				// A variant that is complete is better than a text that must go on.
				_, _, answer := d.parse(other)
				if answer == nil || answer == ErrNotEvent || (err == ErrNotMine && answer != ErrNotMine) {
					text = other
					break
				}
			}
			format, open, err = d.parse(text)
		}
	}
	if err == ErrShort || open {
		// Looking ahead moves the buffer that raw is a view of.
		text = strings.Clone(text)
		d.joined, d.broken, d.tries = d.joined[:0], nil, 0
		if d.extend(text, 1, 0, format.FreeText) {
			return d.put()
		}
		d.far = false
		format, _, err = d.parse(text)
		if err == ErrShort && d.broken != nil {
			err = d.broken
		}
	}
	d.joined, d.format, d.text, d.err = d.joined[:0], format, text, err
	return d.put()
}

// isBlankLine reports whether a line has nothing but blanks and marks of quotation.
func isBlankLine(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\t', '\f', '\v', '\r', '>':
		default:
			return false
		}
	}
	return true
}

// trimEnd takes the blanks and carriage returns off the end of a line.
func trimEnd(s string) string {
	n := len(s)
	for n > 0 && (isBlank(s[n-1]) || s[n-1] == '\r') {
		n--
	}
	return s[:n]
}

// put makes the record of what was found: d.text, read as d.format with the answer d.err from its
// first line and the lines d.joined.
func (d *driver) put() *Record {
	r, format, err := &d.rec, d.format, d.err
	if len(d.joined) > 0 {
		d.markJoined()
		r.Lines = d.ranges
	}
	r.Text = d.text
	if !d.own {
		r.Host, r.Time = d.header.Host, d.header.Time
	}
	if d.plain {
		r.program, r.message = d.header.Program, d.header.Message
	}
	if d.repeat.times > 0 {
		if d.isRepeat = true; d.plain {
			r.message = d.repeat.message
		}
	}
	cut := r.Warning // perhaps the reason for what is wrong
	switch {
	case err == nil:
		r.Class, r.Format, r.Event = ClassEvent, format.Name, &d.event
		if n := d.repeat.times; n > 0 {
			d.event.Count = max(d.event.Count, 1) * n
		}
	case err == ErrNotEvent:
		r.Class, r.Format = ClassBenign, format.Name
	case err == ErrShort && (d.repeat.short || d.repeat.times > 0) && d.repeated(r):
	case err == ErrShort && cut != "": // what must follow may have been there
	case err == ErrShort && d.certain:
		r.Warning = (&SyntaxError{format.Name, "the record is incomplete: it ends where more must follow"}).Error()
	case err == ErrUnknown:
	case err != ErrNotMine && err != ErrShort:
		r.Warning = d.saying(err)
	case err == ErrNotMine:
		d.repeated(r)
	}
	if cut != "" && r.Warning != cut {
		r.Warning = cut + "; " + r.Warning
	}
	return r
}

// saying is what a parser's error says. Of a log that is damaged, line after line says the same.
func (d *driver) saying(err error) string {
	broken, ok := err.(*SyntaxError)
	if !ok {
		return err.Error()
	}
	if *broken != d.brokenBy {
		d.brokenBy, d.said = SyntaxError{strings.Clone(broken.Format), strings.Clone(broken.Msg)}, broken.Error() // what it names may be a view of the line
	}
	return d.said
}

// markJoined marks the lines that the record takes besides its first and makes ranges of them.
func (d *driver) markJoined() {
	for _, i := range d.joined {
		l, _ := d.lines.peek(i)
		l.used = true
		if last := &d.ranges[len(d.ranges)-1]; last.Last+1 == l.number {
			last.Last = l.number
		} else {
			d.ranges = append(d.ranges, analysis.LineRange{First: l.number, Last: l.number})
		}
	}
}

// start finds where a record may start in a line: at its first byte, or behind what mail programs,
// wikis and lists put in front of quoted lines.
func (d *driver) start(raw string) (text string, ok bool) {
	if text, ok = d.startOf(raw); ok {
		return text, true
	}
	if plain, typeset := untypeset(raw); typeset {
		return d.startOf(plain)
	}
	return raw, false
}

func (d *driver) startOf(raw string) (text string, ok bool) {
	text = trimEnd(raw)
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "},") {
		text = text[:len(text)-1] // of a list, which has an object a line
	}
	if d.starts(text) {
		return text, true
	}
	for range maxDecoration {
		rest := undecorate(text)
		if rest == text {
			break
		}
		if text = rest; d.starts(text) {
			return text, true
		}
	}
	return raw, false
}

func (d *driver) starts(text string) bool {
	if d.began != nil && text != "" && d.began.leads(text[0]) && d.quoted.begins(d.began, text) {
		d.begun, d.begunFills = text, d.lines.fills
		return true // as the line before
	}
	if _, _, ok := plainStamp(text); ok || startsSyslog(text) || d.contained(text) != text {
		return true
	}
	if text == "" {
		return false
	}
	for _, f := range d.dispatch.begins(text) {
		if d.quoted.begins(f, text) {
			d.began, d.begun, d.begunFills = f, text, d.lines.fills
			return true
		}
	}
	return false
}

// contained is the function contained, which is asked several times about a record's text. d.stated is the date that stands round it then.
func (d *driver) contained(text string) string {
	if text == "" {
		return ""
	}
	if len(text) != len(d.outer) || unsafe.StringData(text) != unsafe.StringData(d.outer) || d.outerFills != d.lines.fills {
		d.outer, d.outerFills = text, d.lines.fills
		d.inner, d.stated = unwrapped(text)
	}
	return d.inner
}

// isBegun reports whether d.began.Starts is known to be true of a text.
func (d *driver) isBegun(text string) bool {
	return len(text) > 0 && len(text) == len(d.begun) && unsafe.StringData(text) == unsafe.StringData(d.begun) && d.begunFills == d.lines.fills
}

// leads reports whether a record of the format may begin with a byte.
func (f *reader) leads(b byte) bool { return f.Leads == "" || strings.IndexByte(f.Leads, b) >= 0 }

// undecorate takes one layer off the front of a quoted line: blanks, a mark of quotation or of a
// list, a number in front, the opening of preformatted text.
func undecorate(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case ' ', '\t', '>', '|', '*', '-', '+', '`', '\f':
		return s[1:]
	}
	for _, p := range [...]string{"\ufeff", "•", "<pre>", "<code>", "{{{"} {
		if strings.HasPrefix(s, p) {
			return s[len(p):]
		}
	}
	c := Cursor{text: s}
	if _, ok := c.Number(99999); ok && c.pos < len(s) && strings.IndexByte(".):]", s[c.pos]) >= 0 &&
		c.pos+1 < len(s) && isBlank(s[c.pos+1]) {
		return s[c.pos+1:]
	}
	return s
}

// undecorateEnd takes off what may follow a quoted line; ok is false when there is nothing.
func undecorateEnd(s string) (string, bool) {
	for _, p := range [...]string{"</pre>", "</code>", "<br>", "<br/>", "<br />", "}}}", "`", "|"} {
		if strings.HasSuffix(s, p) && (p != "}}}" || !balanced(s)) {
			return strings.TrimRight(s[:len(s)-len(p)], " \t"), true
		}
	}
	return s, false
}

// balanced reports whether as many braces close as open, so that those at the end are an object's own.
func balanced(s string) bool {
	return s[0] == '{' && !strings.HasPrefix(s, "{{{") && strings.Count(s, "{") == strings.Count(s, "}")
}

// mostVariants is how many ways there are to read a line, or more.
const mostVariants = 4

// variants lists, in the room that is given, the ways to read a line: as it is, and without what typesetting, mail, wikis and
// lists put into and around it.
func variants(room *[mostVariants]string, s string) []string {
	list := append(room[:0], s)
	add := func(v string) {
		if v != "" && v != list[len(list)-1] {
			list = append(list, v)
		}
	}
	if plain, ok := untypeset(s); ok {
		s = plain
		add(s)
	}
	for rest, ok := undecorateEnd(s); ok; rest, ok = undecorateEnd(s) {
		s = rest
	}
	add(s)
	for rest := undecorate(s); rest != s; rest = undecorate(s) {
		s = rest
	}
	add(s)
	return list
}

// variants lists, in the room that is given, the ways to read a record's text besides as it is.
func (d *driver) variants(room *[mostVariants]string, text string) []string {
	if end := text[len(text)-1]; d.plain && end != '>' && end != '}' && end != '`' && end != '|' && !typesetByte(text) {
		return nil // the usual case
	}
	return variants(room, text)[1:]
}

// typesetByte reports whether a text has a byte that is no ASCII.
func typesetByte(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		eight := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if eight&0x8080808080808080 != 0 {
			return true
		}
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return true
		}
	}
	return false
}

// untypeset undoes what word processors make of plain text: no-break spaces and curly quotes. ok is
// false when there is nothing to undo.
func untypeset(s string) (plain string, ok bool) {
	if !typesetByte(s) || !isTypeset(s) {
		return s, false
	}
	return typeset.Replace(s), true
}

// isTypeset reports whether a text has anything that typeset replaces: names and addresses of pages have other characters.
func isTypeset(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == '\xc2' && s[i+1] == '\xa0':
			return true
		case s[i] == '\xe2' && s[i+1] == '\x80' && i+2 < len(s):
			switch s[i+2] {
			case '\x87', '\x98', '\x99', '\x9c', '\x9d', '\x9e', '\xaf':
				return true
			}
		}
	}
	return false
}

var typeset = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2007", " ",
	"\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u2018", "'", "\u2019", "'")

// parse asks the formats about a text that starts like a record. A format that accepts it wins;
// open is set when more lines may belong to it. ErrShort comes with the first format that the text
// is too short for.
func (d *driver) parse(text string) (format *Format, open bool, err error) {
	d.header, d.repeat = analysis.Event{}, quotedRepeat{}
	// The cursors are the driver's own: a parser is a function value, and what it is given a pointer
	// to would otherwise be allocated for each format and line.
	at := &d.at
	*at = Cursor{text: text}
	d.plain = false
	if !d.exhaustive {
		if beginsAddress(text) {
			return d.askRepeated(text, false)
		}
		if d.plain = at.plainHeader(d.clock, &d.header); d.plain {
			return d.askRepeated(text, true)
		}
		if !d.quoted.enveloped(text) {
			return d.ask(text, false)
		}
	}
	outer := text
	text = d.contained(text)
	at.text = text
	d.plain = !d.exhaustive && len(text) != len(outer) && at.plainHeader(d.clock, &d.header)
	syslog := true
	if !d.plain {
		if err := syslogHeader(at, d.clock, &d.header); err == ErrNotMine {
			syslog = false
			d.header.Host, d.header.Time = "", time.Time{}
		} else if err != nil {
			return nil, false, err
		}
	}
	if syslog && len(text) != len(outer) && !d.stated.IsZero() {
		d.header.Time = d.clock.Stated(d.header.Time, d.stated)
	}
	return d.askRepeated(text, syslog)
}

// ask asks the formats about a text whose syslog header, if it has one, was read.
func (d *driver) ask(text string, syslog bool) (format *Format, open bool, err error) {
	a := answers{err: ErrNotMine}
	var h *hearers
	if syslog && d.at.pos > 0 { // a header in the text itself named the program
		h = d.dispatch.of(d.header.Program)
	}
	switch {
	case d.plain && h != nil:
		for _, l := range d.dispatch.listeners(h, d.header.Message) {
			if l.holds != 0 && strings.IndexByte(d.header.Message, l.holds) < 0 {
				continue
			}
			own := l.Stamped && l.Starts(text)
			if (own || l.Carrier == CarrierSyslog) && d.askOne(l.reader, text, own, h, &a) {
				break
			}
		}
	case text == "":
	case syslog:
		_, carried := d.dispatch.leading(text[0])
		for _, f := range carried {
			own := f.Starts != nil && f.Starts(text)
			if !own && (f.Carrier != CarrierSyslog || h != nil && h.deaf[f.place]) {
				continue
			}
			if d.askOne(f, text, own, h, &a) {
				break
			}
		}
	default:
		for _, f := range d.dispatch.begins(text) {
			if (f == d.began && d.isBegun(text) || d.quoted.begins(f, text)) && d.askOne(f, text, true, h, &a) {
				break
			}
		}
	}
	d.own = a.own
	return a.format, a.open, a.err
}

// answers are what the formats said so far.
type answers struct {
	format *Format
	open   bool
	err    error
	own    bool
}

// askOne asks one format, from the text's beginning or from behind the header, and reports whether the record is its own.
func (d *driver) askOne(f *reader, text string, own bool, h *hearers, a *answers) bool {
	c := &d.cursor
	if own {
		*c, d.event = Cursor{text: text}, analysis.Event{}
	} else {
		*c, d.event = d.at, d.header
	}
	c.short, c.far = false, d.far
	switch answer := f.parse(c, &d.event); {
	case answer == nil, answer == ErrNotEvent:
		*a = answers{f.Format, c.open, answer, own}
		return true
	case answer == ErrOtherProgram:
		if h != nil && c.text == d.at.text {
			h.deafen(f)
		}
	case answer == ErrNotMine && c.short:
		a.format, a.err, d.certain = f.Format, ErrShort, c.mine
	case answer != ErrNotMine && a.err == ErrNotMine:
		a.format, a.err = f.Format, answer
	}
	return false
}

// extend looks for the lines that complete a record whose text so far is text. It tries the lines
// from the from-th one after the record's first, in order: one that the grammar cannot use is left
// alone (it is a page footer or other prose between), and the next record's start ends the search;
// with nextOnly, so does any line that cannot be used.
// On success d.joined, d.text, d.format, d.err and d.event tell the result.
func (d *driver) extend(text string, from, depth int, nextOnly bool) bool {
	if depth == maxJoin {
		return false
	}
	for i := from; i < lookAhead && (i == from || !nextOnly); i++ {
		l, ok := d.lines.peek(i)
		if !ok {
			return false
		}
		if l.used || l.cut {
			continue
		}
		raw := view(d.lines.text(l))
		if _, starts := d.start(raw); starts {
			return false
		}
		next := strings.TrimRight(strings.TrimLeft(raw, " \t\f>|"), " \t\r\f")
		if next == "" {
			continue
		}
		next = strings.Clone(next) // trying it looks further ahead, which moves the buffer
		far := i > from && !strings.Contains(next, " ")
		var room [mostVariants]string
		for _, next := range variants(&room, next) {
			if d.extendWith(text+" "+next, i, depth, far) {
				return true
			}
			// A break behind a hyphen or a slash may stand inside a word.
			if end := text[len(text)-1]; (end == '-' || end == '/') && d.extendWith(text+next, i, depth, far) {
				return true
			}
		}
	}
	return false
}

// extendWith tries one way to put the record together: joined, with the i-th line as its last. far is
// set when other lines stand before that line and it is a single word.
func (d *driver) extendWith(joined string, i, depth int, far bool) bool {
	if d.tries++; d.tries > maxTries {
		return false
	}
	d.far = far
	format, open, err := d.parse(joined)
	complete := err == nil || err == ErrNotEvent
	if !complete && err != ErrShort {
		if err != ErrNotMine && d.broken == nil {
			d.broken = err
		}
		return false
	}
	mark := len(d.joined)
	d.joined = append(d.joined, i)
	if !complete || open {
		if d.extend(joined, i+1, depth+1, format.FreeText) {
			return true
		}
		d.joined = d.joined[:mark+1]
		if complete {
			d.far = far
			format, _, err = d.parse(joined) // fills in the event again
		}
	}
	if !complete {
		d.joined = d.joined[:mark]
		return false
	}
	d.format, d.text, d.err = format, joined, err
	return true
}

// view is b as a string that is valid only as long as b is not written to.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// ReadLines reads the lines with the given numbers, which ascend, from an input. The texts are the
// lines byte for byte, without their line ends; what is longer than the reader keeps is cut. marks are those of
// Stats: with them, only what lies around the lines is read. Without any, all of the input is.
func ReadLines(ctx context.Context, in Input, numbers []int, marks []int64) (map[int]string, error) {
	texts := make(map[int]string, len(numbers))
	if len(marks) > 0 {
		if done, err := readMarked(ctx, in, numbers, marks, texts); done || err != nil {
			return texts, err
		}
	}
	src, err := open(in)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	l := newLines(src.text, src.size)
	if _, err := l.pick(ctx, numbers, math.MaxInt, texts); err != nil {
		if l.err != nil {
			err = src.broken(l.err)
		}
		return nil, pickError(in, err)
	}
	return texts, nil
}

// errShorter is the error of a line that is there no more.
var errShorter = errors.New("the file became shorter while it was read")

// pick puts the texts of lines up to the one with the number last into texts, and returns the numbers behind it.
func (l *lines) pick(ctx context.Context, numbers []int, last int, texts map[int]string) (rest []int, err error) {
	for n := 0; len(numbers) > 0 && numbers[0] <= last; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		next, ok := l.peek(0)
		if !ok {
			return nil, cmp.Or(l.err, errShorter)
		}
		if next.number == numbers[0] {
			texts[next.number] = string(l.text(next))
			numbers = numbers[1:]
		}
		l.take()
	}
	return numbers, nil
}

// pickError is an error of picking lines that names the input and the way out.
func pickError(in Input, err error) error {
	if err == errShorter {
		return &InputError{Path: in.Path, Err: err, Hint: "run again on a copy that does not change"}
	}
	return err
}

// readMarked is ReadLines of a file that can be read at any place; done is false of another.
func readMarked(ctx context.Context, in Input, numbers []int, marks []int64, texts map[int]string) (done bool, err error) {
	file, err := in.Open()
	if err != nil {
		return false, &InputError{Path: in.Path, Err: unwrapPath(err)}
	}
	defer file.Close()
	at, ok := file.(io.ReaderAt)
	if !ok {
		return false, nil
	}
	l := newLines(nil, 0)
	for len(numbers) > 0 {
		k := (numbers[0] - 1) / markLines
		if k >= len(marks) {
			return false, pickError(in, errShorter)
		}
		size := int64(math.MaxInt64) - marks[k]
		if k+1 < len(marks) {
			size = marks[k+1] - marks[k]
		}
		l.again(io.NewSectionReader(at, marks[k], size), k*markLines)
		switch numbers, err = l.pick(ctx, numbers, (k+1)*markLines, texts); {
		case errors.Is(l.err, errors.ErrUnsupported):
			return false, nil
		case l.err != nil:
			return false, &InputError{Path: in.Path, Err: unwrapPath(l.err)}
		case err != nil:
			return false, pickError(in, err)
		}
	}
	return true, nil
}

// EachLine gives the lines of an input to do, without their line ends; what is longer than the reader keeps is cut. The
// text is valid until do returns.
func EachLine(ctx context.Context, in Input, do func(number int, text []byte) error) error {
	src, err := open(in)
	if err != nil {
		return err
	}
	defer src.Close()
	l := newLines(src.text, src.size)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		next, ok := l.peek(0)
		if !ok {
			break
		}
		if err := do(next.number, l.text(next)); err != nil {
			return err
		}
		l.take()
	}
	if l.err != nil {
		return src.broken(l.err)
	}
	return nil
}

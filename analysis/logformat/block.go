package logformat

import (
	"strings"

	"practicum/analysis"
)

// A blockForm is a kind of record of many lines, a block, whose first and last line can be told: where the lines of a syslog
// record are put together by what its grammar can still use, those of a block are taken as they stand.
// Its text is the lines with line feeds between, byte for byte but for a carriage return before one.
type blockForm struct {
	// starts reports whether a line could be the first one. It is asked about every line and must be cheap.
	starts func(line string) bool
	// ends says where the block ends, given the line that is the n-th of it, counted from 1.
	ends func(line string, n int) blockEnd
	// header, for a carrier, reads the block as a syslog header: the cursor's text becomes the message.
	// Without it the log formats are asked about the whole text.
	header func(text string, c *Cursor, clock *Clock, ev *analysis.Event) error
	// whole, for a line that was written in parts, makes the line of the block; ok is false where they are of no one line.
	whole func(text string) (line string, ok bool)
}

type blockEnd uint8

const (
	goesOn blockEnd = iota
	before          // the block ended with the line before
	here            // the line is its last
)

// endsAt is end if it is true.
func endsAt(is bool, end blockEnd) blockEnd {
	if is {
		return end
	}
	return goesOn
}

// blocks lists the blocks that log formats and carriers have.
var blocks = [...]*blockForm{&journalExport, &winXMLBlock, &winTextBlock, &winRowBlock, &criParts}

const byteOrderMark = "\ufeff"

const (
	maxBlockLines = 500
	maxBlockBytes = 256 << 10
)

// block reads the record that begins with first as a block; nil when it is none, or no log format knows
// it, and then the lines are read one by one.
func (d *driver) block(raw string) *Record {
	raw = strings.TrimPrefix(raw, byteOrderMark)
	for _, b := range blocks {
		if !b.starts(raw) {
			continue
		}
		text, n := d.blockText(b)
		if n < 2 || b.header == nil && b.whole == nil && holdsOthers(text) {
			continue
		}
		if b.whole != nil {
			var ok bool
			if text, ok = b.whole(text); !ok {
				continue
			}
		}
		format, known, err := d.parseBlock(b, text)
		if !known {
			continue
		}
		d.joined = d.joined[:0]
		for i := 1; i < n; i++ {
			d.joined = append(d.joined, i)
		}
		d.format, d.text, d.err = format, oneLine(text), err
		return d.put()
	}
	return nil
}

// holdsOthers reports whether a line inside a block begins a record of its own. Who can write line ends into a
// log could else open a block in it and hide the lines of others up to the end that he writes.
func holdsOthers(text string) bool {
	_, text, _ = strings.Cut(text, "\n")
	for line := range strings.SplitSeq(text, "\n") {
		if startsSyslog(line) || webAccess.Starts(line) {
			return true
		}
	}
	return false
}

// blockText puts the lines of a block together and counts them; 0 when it has no end within the bounds.
func (d *driver) blockText(b *blockForm) (string, int) {
	var text strings.Builder
	for i := 0; i < maxBlockLines && text.Len() < maxBlockBytes; i++ {
		l, ok := d.lines.peek(i)
		if ok && (l.used || l.cut) {
			return "", 0
		}
		raw, end := "", before
		if ok {
			raw = string(d.lines.text(l))
			if i == 0 {
				raw = strings.TrimPrefix(raw, byteOrderMark)
			}
			end = b.ends(raw, i+1)
		}
		if end == before {
			whole := strings.TrimRight(text.String(), " \t\n") // blank lines at the end are blank lines
			return whole, strings.Count(whole, "\n") + 1
		}
		if i > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(raw)
		if end == here {
			return text.String(), i + 1
		}
	}
	return "", 0
}

// parseBlock asks the log formats about the text of a block; known is false when it is none after all.
func (d *driver) parseBlock(b *blockForm, text string) (format *Format, known bool, err error) {
	if b.header == nil {
		format, _, err = d.parse(text)
		return format, err != ErrNotMine && err != ErrShort, err
	}
	d.header, d.repeat = analysis.Event{}, quotedRepeat{}
	d.at, d.plain = Cursor{text: text}, false
	if err := b.header(text, &d.at, d.clock, &d.header); err != nil {
		return nil, err != ErrNotMine, err
	}
	// Where the carrier is known and its message is not, the record is one all the same.
	format, _, err = d.ask(d.unquote(text), true)
	return format, true, err
}

package logformat

import (
	"errors"
	"hash/maphash"
	"strings"

	"practicum/analysis"
)

// fields reads a text of words of the form key=value, where a value can stand in double or single quotes
// with a backslash before a quote of its own, and calls each with them. Words without an equals sign are
// passed over. Where a key comes again, it is called again.
func fields(text string, each func(key, value string)) {
	for p := 0; p < len(text); {
		if isBlank(text[p]) {
			p++
			continue
		}
		start := p
		for p < len(text) && text[p] != '=' && !isBlank(text[p]) {
			p++
		}
		if p == len(text) || text[p] != '=' {
			continue
		}
		key := text[start:p]
		p++
		if p < len(text) && (text[p] == '"' || text[p] == '\'') {
			quote := text[p]
			p++
			from := p
			for p < len(text) && text[p] != quote {
				if text[p] == '\\' {
					p++
				}
				p++
			}
			p = min(p, len(text))
			each(key, text[from:p])
			p = min(p+1, len(text))
			continue
		}
		from := p
		for p < len(text) && !isBlank(text[p]) {
			p++
		}
		each(key, text[from:p])
	}
}

// fieldTable finds the fields of a text by their keys; of one that comes again the first counts. It is read into again and again, since a
// firewall's line has dozens of fields.
type fieldTable struct {
	list []tableField
	last []int32 // by a part of the key's hash: the place of the last field, one up
	seed maphash.Seed
}

type tableField struct {
	key, value string
	before     int32 // the place of the field before it that has the same part of the hash, one up
}

// fewFields is how many fields most lines have, or more.
const fewFields = 64

// read is the table with the fields of a text.
func (t *fieldTable) read(text string) *fieldTable {
	t.clear()
	fields(text, t.add)
	return t
}

func (t *fieldTable) clear() {
	clear(t.list) // what they point to is not theirs any more
	t.list = t.list[:0]
	if len(t.last) != fewFields {
		t.last, t.seed = make([]int32, fewFields), maphash.MakeSeed()
	}
	clear(t.last)
}

func (t *fieldTable) slot(key string) *int32 {
	return &t.last[maphash.String(t.seed, key)%uint64(len(t.last))]
}

func (t *fieldTable) add(key, value string) {
	if len(t.list) >= 2*len(t.last) { // somebody made the line up
		t.last = make([]int32, 8*len(t.last))
		for i := range t.list {
			f := &t.list[i]
			to := t.slot(f.key)
			f.before, *to = *to, int32(i+1)
		}
	}
	if to := t.slot(key); t.find(key, *to) == nil {
		t.list = append(t.list, tableField{key, value, *to})
		*to = int32(len(t.list))
	}
}

func (t *fieldTable) find(key string, last int32) *tableField {
	for last != 0 {
		f := &t.list[last-1]
		if f.key == key {
			return f
		}
		last = f.before
	}
	return nil
}

// of is the value of a key; empty where there is none.
func (t *fieldTable) of(key string) string {
	if len(t.list) == 0 {
		return ""
	}
	if f := t.find(key, *t.slot(key)); f != nil {
		return f.value
	}
	return ""
}

// first is the value of the first of the keys that has one.
func (t *fieldTable) first(keys ...string) string {
	for _, key := range keys {
		if value := t.of(key); value != "" {
			return value
		}
	}
	return ""
}

// unfinished answers that the record must go on in the next line.
func (c *Cursor) unfinished() error {
	c.Mine()
	return c.perhapsUnfinished()
}

// perhapsUnfinished is unfinished for a text that may just as well be another message.
func (c *Cursor) perhapsUnfinished() error {
	c.pos = len(c.text)
	c.ended(c.pos)
	return ErrNotMine
}

// errTime is what a record with a stamp that is none is broken by.
var errTime = errors.New("the time cannot be read")

// brokenUnless is a syntax error, unless the text is decorated and will be read again without that.
func brokenUnless(format, text, msg string) error {
	if _, decorated := undecorateEnd(text); decorated {
		return ErrNotMine
	}
	return &SyntaxError{format, msg}
}

// deviceText is the whole of a record of key=value fields, which syslog takes the first of for the program.
func (c *Cursor) deviceText(ev *analysis.Event, first string) (string, error) {
	text := afterPriority(c.Rest())
	if c.pos > 0 {
		if at := strings.Index(c.text, ev.Host); at > 0 && strings.HasPrefix(ev.Host, first) { // the relay named no host
			text, ev.Host = c.text[at:], ""
		} else if strings.HasPrefix(ev.Program, first) {
			text = ev.Program + " " + text
		} else {
			return "", ErrNotMine
		}
		ev.Program, ev.PID, ev.Session = "", 0, 0
	}
	if _, typeset := untypeset(text); typeset && !strings.Contains(text, `="`) {
		return "", ErrNotMine // to be read as it was before
	}
	return text, nil
}

// afterPriority is a text without the priority that a relay or a device put in front.
func afterPriority(text string) string {
	if !strings.HasPrefix(text, "<") {
		return text
	}
	c := Cursor{text: text}
	if c.priority() {
		return c.Rest()
	}
	return text
}

// stated is how often something was, as a field tells it; 0 where it does not.
func stated(times string) int {
	c := Cursor{text: times}
	n, ok := c.Number(1 << 30)
	if !ok || !c.Done() {
		return 0
	}
	return n
}

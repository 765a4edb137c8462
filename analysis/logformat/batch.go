package logformat

import (
	"strings"
	"unsafe"

	"practicum/analysis"
)

// A Batch holds records that another goroutine will read: those that tell of events as these, the others as they are. It has copies of all
// that a record's strings are views of, in memory that is used again after Reset.
type Batch struct {
	records []Record
	events  []analysis.Event
	lines   []analysis.LineRange
	text    []byte
	most    int // events and records; 0 is batchRecords
}

// NewBatch returns a Batch for records of inputs of which the largest has so many bytes, as far as that is known, or 0.
func NewBatch(size int64) Batch {
	const shortest = 40 // bytes of most lines, or more
	if size <= 0 || size/shortest >= batchRecords {
		return Batch{}
	}
	return Batch{most: int(size/shortest) + 1}
}

// batchRecords and batchText say when a Batch is full.
const (
	batchRecords = 512
	batchText    = 128 << 10
)

// Reset makes the Batch empty. The strings of its records are then no longer valid.
func (b *Batch) Reset() {
	b.records, b.events, b.lines, b.text = b.records[:0], b.events[:0], b.lines[:0], b.text[:0]
}

func (b *Batch) capacity() int {
	if b.most == 0 {
		return batchRecords
	}
	return b.most
}

// Full reports whether it is time to hand the Batch on.
func (b *Batch) Full() bool {
	return len(b.events)+len(b.records) >= b.capacity() || len(b.text) >= batchText
}

// Add appends a copy of a record, or of its event.
func (b *Batch) Add(r *Record) {
	at := len(b.lines)
	b.lines = append(b.lines, r.Lines...)
	lines := b.lines[at:len(b.lines):len(b.lines)]
	at = len(b.text)
	b.text = append(b.text, r.Text...)
	text := b.text[at:]
	if r.Event != nil {
		b.events = append(b.events, *r.Event)
		e := &b.events[len(b.events)-1]
		moveEvent(e, r.Text, text)
		e.Lines = lines
		return
	}
	b.records = append(b.records, *r)
	copied := &b.records[len(b.records)-1]
	copied.Lines, copied.Text = lines, view(text)
	for _, s := range [...]*string{&copied.Host, &copied.program, &copied.message} {
		move(s, r.Text, text)
	}
}

// Events are those of the records that were added, in their order.
func (b *Batch) Events() []analysis.Event { return b.events }

// Records are those that were added and tell of no event, in their order.
func (b *Batch) Records() []Record { return b.records }

// moveEvent makes the strings of an event, which are views of the text from or of nothing that will change, views of its copy to.
func moveEvent(e *analysis.Event, from string, to []byte) {
	for _, s := range [...]*string{&e.Host, &e.Program, &e.Service, &e.User, &e.Other, &e.Ident, &e.Signature, &e.Message, &e.Claim, &e.Proto, &e.Source.Name, &e.Target.Name} {
		move(s, from, to)
	}
}

// move makes s a view of to, a copy of from, where it is a view of from; else s is no view of what changes.
func move(s *string, from string, to []byte) {
	at := uintptr(unsafe.Pointer(unsafe.StringData(*s))) - uintptr(unsafe.Pointer(unsafe.StringData(from)))
	if at >= uintptr(len(from)) {
		return
	}
	if end := int(at) + len(*s); end <= len(from) {
		*s = view(to[at:end])
	} else {
		*s = strings.Clone(*s)
	}
}

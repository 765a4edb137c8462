package logformat

import (
	"bytes"
	"io"
)

const (
	// maxLine is how many bytes of a line are kept; what is longer is cut, and the reader says so.
	maxLine = 64 << 10
	block   = 256 << 10
)

// line is one physical line without its line end.
type line struct {
	number int
	offset int64 // of its first byte in the decompressed input
	pos    int   // of its first byte in the buffer, when copied is nil
	length int
	copied []byte // the kept part of a line that was cut
	cut    bool
	used   bool // already part of a record that began before it
}

// lines reads physical lines and lets the driver look ahead. A line ends at LF; a CR before it
// belongs to the line end.
type lines struct {
	r      io.Reader
	buf    []byte
	room   int   // how many bytes there must be behind end to read more
	scan   int   // in buf: where the search for the next line end goes on
	end    int   // in buf: end of the bytes read
	offset int64 // in the input: of buf[start of the line being searched]
	start  int   // in buf: start of the line being searched
	number int
	ahead  []line // lines found and not yet taken
	first  int    // index in ahead of the next line
	fills  int    // how often bytes were read, and views of others perhaps overwritten
	eof    bool
	err    error
	marks  []int64 // where every markLines-th line begins in the input, from the first one on
}

// markLines is how many lines lie between two of Stats.Marks.
const markLines = 256

// newLines reads lines of r. size is how many bytes there are, as far as that is known, or 0.
func newLines(r io.Reader, size int64) *lines {
	n := blockFor(size)
	return &lines{r: r, buf: make([]byte, 2*n), room: n / 2}
}

// again begins with another reader, whose first line has the number behind before, in the same memory.
func (l *lines) again(r io.Reader, before int) {
	*l = lines{r: r, buf: l.buf, room: l.room, ahead: l.ahead[:0], marks: l.marks[:0], number: before}
}

// peek returns the i-th line that has not been taken; ok is false when there is none.
func (l *lines) peek(i int) (*line, bool) {
	for len(l.ahead)-l.first <= i {
		if !l.more() {
			return nil, false
		}
	}
	return &l.ahead[l.first+i], true
}

// text returns the bytes of a line. They are valid until the next call of peek.
func (l *lines) text(n *line) []byte {
	if n.copied != nil {
		return n.copied
	}
	return l.buf[n.pos : n.pos+n.length]
}

// take drops the next line.
func (l *lines) take() {
	l.first++
	switch {
	case l.first == len(l.ahead):
		l.ahead, l.first = l.ahead[:0], 0
	case l.first >= 4*lookAhead:
		l.ahead, l.first = l.ahead[:copy(l.ahead, l.ahead[l.first:])], 0
	}
}

// more finds one more line end and appends the line; it reports whether there was one.
func (l *lines) more() bool {
	for {
		if i := bytes.IndexByte(l.buf[l.scan:l.end], '\n'); i >= 0 {
			l.add(l.scan+i, l.scan+i+1)
			return true
		}
		l.scan = l.end
		if l.eof {
			if l.start == l.end {
				return false
			}
			l.add(l.end, l.end)
			return true
		}
		if l.end-l.start > maxLine+1 { // one may be the CR of a line end
			return l.addCut()
		}
		l.fill()
	}
}

// add appends the line from l.start to end; the next one begins at next.
func (l *lines) add(end, next int) {
	n := line{offset: l.offset, pos: l.start, length: end - l.start}
	if n.length > 0 && l.buf[end-1] == '\r' {
		n.length--
	}
	if n.length > maxLine { // it is in the buffer as a whole, by chance
		n.length, n.cut = maxLine, true
	}
	l.appendLine(n, int64(next-l.start))
	l.start, l.scan = next, next
}

func (l *lines) appendLine(n line, taken int64) {
	if l.number%markLines == 0 {
		l.marks = append(l.marks, n.offset)
	}
	l.number++
	n.number = l.number
	l.ahead = append(l.ahead, n)
	l.offset += taken
}

// addCut keeps the first maxLine bytes of the line from l.start on and skips the rest of it.
func (l *lines) addCut() bool {
	n := line{offset: l.offset, cut: true, copied: bytes.Clone(l.buf[l.start : l.start+maxLine])}
	skipped := int64(l.end - l.start)
	l.end, l.scan = l.start, l.start
	for !l.eof {
		l.fill()
		if i := bytes.IndexByte(l.buf[l.start:l.end], '\n'); i >= 0 {
			l.appendLine(n, skipped+int64(i)+1)
			l.start += i + 1
			l.scan = l.start
			return true
		}
		skipped += int64(l.end - l.start)
		l.end, l.scan = l.start, l.start
	}
	l.appendLine(n, skipped)
	return true
}

// fill reads more bytes behind l.end. Lines that have not been taken stay in the buffer.
func (l *lines) fill() {
	l.fills++
	if len(l.buf)-l.end < l.room {
		keep := l.start
		for _, n := range l.ahead[l.first:] {
			if n.copied == nil {
				keep = min(keep, n.pos)
				break
			}
		}
		if keep > 0 {
			copy(l.buf, l.buf[keep:l.end])
			for i := l.first; i < len(l.ahead); i++ {
				l.ahead[i].pos -= keep
			}
			l.start, l.scan, l.end = l.start-keep, l.scan-keep, l.end-keep
		}
		if len(l.buf)-l.end < l.room {
			l.buf = append(l.buf, make([]byte, len(l.buf))...)
		}
	}
	for tries := 0; tries < 100; tries++ {
		n, err := l.r.Read(l.buf[l.end:])
		l.end += n
		if err != nil {
			l.eof = true
			if err != io.EOF {
				l.err = err
			}
			return
		}
		if n > 0 {
			return
		}
	}
	l.eof, l.err = true, io.ErrNoProgress
}

package logformat

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// A conversion makes lines of text of an input that has none. It stands where compression is undone, so
// that whatever comes behind it (records, line numbers, excerpts, the ledger) sees lines and needs to know
// nothing of it: a line is then what the conversion makes one of, such as a packet, and line numbers
// count these.
//
// A conversion gives the same lines each time. What cannot be converted becomes a line too, that a log
// format reads as broken or none recognises, so that the ledger has it.
type conversion struct {
	name string
	// of reports by the first bytes of an input whether it is of the kind.
	of func(head []byte) bool
	// open gives the text. It fails only when nothing can be read.
	open func(io.Reader) (io.Reader, error)
}

// conversions are undone one after the other: a capture of packets holds no UTF-16, but UTF-16 text can
// hold several events a line.
var conversions = [...]conversion{
	{"UTF-16", isUTF16, fromUTF16},
	{"CR", endsInCR, fromCR},
	{"capture of packets", isCapture, fromCapture},
	{"events", isEventXML, splitEvents},
	{"records", isRecordList, splitRecords},
	{"octet counting", isOctetCounted, splitFrames},
}

// convert undoes the conversions that an input needs.
func (s *source) convert(head []byte) ([]byte, error) {
	for _, c := range conversions {
		if !c.of(head) {
			continue
		}
		text, err := c.open(s.text)
		if err != nil && s.disk.failure != nil {
			return nil, s.broken(err)
		}
		if err != nil {
			return nil, &InputError{Path: s.name, Err: err, Hint: "see what `file` says of it, and leave it out if it is no " + c.name, Binary: true}
		}
		if head, err = peek(text); err != nil {
			return nil, s.broken(err)
		}
		s.text = io.MultiReader(bytes.NewReader(head), text)
	}
	return head, nil
}

// isUTF16 tells UTF-16 by its byte order mark, with which PowerShell's redirection and Event Viewer begin
// a file.
func isUTF16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

func fromUTF16(r io.Reader) (io.Reader, error) {
	return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
}

// endsInCR tells the text files of Mac OS before X, whose lines end in CR alone. One CR could be a client's.
func endsInCR(head []byte) bool {
	return bytes.IndexByte(head, '\n') < 0 && bytes.Count(head, []byte("\r")) >= 2
}

func fromCR(r io.Reader) (io.Reader, error) { return &crReader{r: r}, nil }

// crReader makes each CR, and each CR with the LF behind it, an LF.
type crReader struct {
	r     io.Reader
	after bool // the byte before was a CR
}

func (c *crReader) Read(p []byte) (int, error) {
	for {
		n, err := c.r.Read(p)
		kept := p[:0]
		for _, b := range p[:n] {
			switch {
			case b == '\r':
				kept = append(kept, '\n')
			case b != '\n' || !c.after:
				kept = append(kept, b)
			}
			c.after = b == '\r'
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// splitter gives the bytes of an input piece by piece, as next returns them; next ends with an error.
type splitter struct {
	r    *bufio.Reader
	next func(*bufio.Reader) ([]byte, error)
	rest []byte
	err  error
}

func (s *splitter) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.rest, s.err = s.next(s.r)
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

package logformat

import (
	"bufio"
	"bytes"
	"io"
)

// isEventXML tells Windows events as XML, as Event Viewer and "wevtutil qe /f:xml" write them, with an
// element <Events> around all of them or without.
func isEventXML(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(head, []byte("<?xml")) {
		_, head, _ = bytes.Cut(head, []byte("?>"))
	}
	head = bytes.TrimLeft(head, " \t\r\n")
	return bytes.HasPrefix(head, []byte("<Events>")) || bytes.HasPrefix(head, []byte("<Event ")) || bytes.HasPrefix(head, []byte("<Event>"))
}

const eventEnd = "</Event>"

// splitEvents puts a line end behind each event that has none, because both programs write many events
// into one line. A file that has each in lines of its own keeps its line numbers.
func splitEvents(r io.Reader) (io.Reader, error) {
	next := func(r *bufio.Reader) ([]byte, error) {
		// To the end of an element, of which an event's is one.
		b, err := r.ReadSlice('>')
		if err == bufio.ErrBufferFull {
			err = nil
		}
		if !bytes.HasSuffix(b, []byte(eventEnd)) {
			return b, err
		}
		after, _ := r.Peek(2)
		if len(after) == 0 || after[0] == '\n' || after[0] == '\r' {
			return b, err
		}
		return append(bytes.Clone(b), '\n'), err
	}
	return &splitter{r: bufio.NewReaderSize(r, maxLine), next: next}, nil
}

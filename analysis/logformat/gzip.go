package logformat

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// members undoes gzip, one member after another (RFC 1952 section 2.2). What is no member behind the last one, such as what a
// broken copy or a tape left there, is not read, as gzip(1) does, and counted.
type members struct {
	in    *bufio.Reader // gzip reads no byte of it beyond a member, because it is an io.ByteReader
	z     *gzip.Reader
	extra int64 // bytes behind the last member
}

func newMembers(r io.Reader) (*members, error) {
	m := &members{in: bufio.NewReader(r)}
	z, err := gzip.NewReader(m.in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	m.z = z
	return m, nil
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		if err != io.EOF || n > 0 {
			if err == io.EOF {
				err = nil // the next call tells again
			}
			return n, err
		}
		// The method of all members is the same, and the upper bits of their flags are 0 (RFC 1952 section 2.3.1).
		if head, err := m.in.Peek(4); len(head) < 4 || !bytes.HasPrefix(head, []byte("\x1f\x8b\x08")) || head[3]&0xe0 != 0 {
			if err != nil && err != io.EOF {
				return 0, err
			}
			if m.extra, err = io.Copy(io.Discard, m.in); err != nil {
				return 0, err
			}
			return 0, io.EOF
		}
		if err := m.z.Reset(m.in); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		m.z.Multistream(false)
	}
}

// unread says what of the input is no compressed data; empty where all was.
func (m *members) unread() string {
	if m.extra == 0 {
		return ""
	}
	if m.extra == 1 {
		return "1 byte behind the compressed data is no gzip data and was not read"
	}
	return fmt.Sprintf("%d bytes behind the compressed data are no gzip data and were not read", m.extra)
}

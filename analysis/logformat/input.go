package logformat

import (
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Input is one log. It is read more than once, so Open must give the same bytes each time.
type Input struct {
	Path    string // as given, with "/"; the name that the report uses
	ModTime time.Time
	Size    int64 // in bytes on disk, as far as it is known
	Open    func() (io.ReadCloser, error)
	// Expand is how many times its size on disk a compressed input may unpack to; what lies beyond is left out, and
	// Stats.Cut says so. 0 is DefaultExpand. The first 64 MB are always read.
	Expand int
}

// DefaultExpand is far beyond what logs reach: lines that say the same again and again unpack to some hundred times their size.
const DefaultExpand = 1000

// freeExpand is what is read of a compressed input whatever it was packed into.
const freeExpand = 64 << 20

// unpacked reads what a decompressor gives and ends where that is a bomb.
type unpacked struct {
	r      io.Reader
	disk   *ahead
	expand int64
	n      int64
	cut    string // why it ended, in words
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.cut != "" {
		return 0, io.EOF
	}
	n, err := u.r.Read(p)
	u.n += int64(n)
	if u.n > freeExpand && u.n > u.expand*max(u.disk.given, 1) {
		u.cut = fmt.Sprintf("the rest was left out after %d MB: it unpacks to more than %d times its size (limits.expand)", u.n>>20, u.expand)
		err = io.EOF
	}
	if m, ok := u.r.(*members); ok && err == io.EOF && u.cut == "" {
		u.cut = m.unread()
	}
	return n, err
}

// InputError is an input that cannot be read. Its text names the input and the way out.
type InputError struct {
	Path   string
	Err    error
	Hint   string
	Binary bool // the input is no text
}

func (e *InputError) Error() string {
	s := e.Path + ": " + e.Err.Error()
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *InputError) Unwrap() error { return e.Err }

// source is an opened input.
type source struct {
	name       string
	file       io.ReadCloser
	disk       *ahead // counts and hashes the bytes on disk while they pass
	text       io.Reader
	compressed string
	raw        bool  // the text is the bytes of the file
	size       int64 // of the text, as far as it is known, or 0
	done       func()
	unpacked   *unpacked // nil where the input is not compressed
	ahead      *ahead    // reads ahead of unpacked, once that has begun
}

// probeSize is how much of an input is looked at to tell compression and binary files.
const probeSize = 8192

// compressions are recognised by the first bytes, never by the name.
var compressions = []struct {
	name  string
	magic string
	open  func(io.Reader) (io.Reader, func(), error)
}{
	{"gzip", "\x1f\x8b", func(r io.Reader) (io.Reader, func(), error) {
		z, err := newMembers(r)
		return z, func() {}, err
	}},
	{"zstd", "\x28\xb5\x2f\xfd", func(r io.Reader) (io.Reader, func(), error) {
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}},
	{"bzip2", "BZh", func(r io.Reader) (io.Reader, func(), error) { return bzip2.NewReader(r), func() {}, nil }},
	{"xz", "\xfd7zXZ\x00", func(r io.Reader) (io.Reader, func(), error) {
		z, err := xz.NewReader(r)
		return z, func() {}, err
	}},
}

// open opens an input, undoes its compression, converts what has no lines and refuses what is no text.
func open(in Input) (*source, error) {
	file, err := in.Open()
	if err != nil {
		return nil, &InputError{Path: in.Path, Err: unwrapPath(err)}
	}
	s := &source{name: in.Path, file: file, disk: readAhead(file, sha256.New(), in.Size), done: func() {}}
	head, err := peek(s.disk)
	if err != nil {
		s.Close()
		return nil, &InputError{Path: in.Path, Err: unwrapPath(err)}
	}
	s.text = io.MultiReader(bytes.NewReader(head), s.disk)
	for _, c := range compressions {
		if !bytes.HasPrefix(head, []byte(c.magic)) {
			continue
		}
		s.compressed = c.name
		text, done, err := c.open(s.text)
		if err != nil {
			s.Close()
			return nil, s.broken(err)
		}
		s.done = done
		expand := in.Expand
		if expand <= 0 {
			expand = DefaultExpand
		}
		s.unpacked = &unpacked{r: text, disk: s.disk, expand: int64(expand)}
		if head, err = peek(s.unpacked); err != nil {
			s.Close()
			return nil, s.broken(err)
		}
		s.ahead = readAhead(s.unpacked, nil, 0)
		s.text = io.MultiReader(bytes.NewReader(head), s.ahead)
		break
	}
	text := s.text
	if head, err = s.convert(head); err != nil {
		s.Close()
		return nil, err
	}
	if s.raw = s.compressed == "" && s.text == text; s.raw {
		s.size = in.Size
	}
	if what, hint := binary(head); what != "" {
		s.Close()
		return nil, &InputError{Path: in.Path, Err: errors.New(what), Hint: hint, Binary: true}
	}
	return s, nil
}

func peek(r io.Reader) ([]byte, error) {
	head := make([]byte, probeSize)
	n, err := io.ReadFull(r, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		// Whether the end came too early is for the reads that follow to say; a decompressor
		// repeats its error.
		err = nil
	}
	return head[:n], err
}

// broken turns an error of reading into one that names the input and the way out.
func (s *source) broken(err error) error {
	if s.disk.failure != nil {
		return &InputError{Path: s.name, Err: unwrapPath(s.disk.failure)}
	}
	if s.compressed == "" {
		return &InputError{Path: s.name, Err: unwrapPath(err)}
	}
	e := fmt.Errorf("the %s data is damaged (%w)", s.compressed, err)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		e = fmt.Errorf("the %s data ends too early: the file is cut short", s.compressed)
	}
	return &InputError{Path: s.name, Err: e, Hint: "fetch the whole file again, or unpack by hand what can be saved and give that"}
}

// finish reads what is left of the input, which a conversion need not have read to its end, and returns the number of the bytes on disk
// and their SHA-256.
func (s *source) finish() (n int64, sum string, err error) {
	if s.ahead != nil {
		// What undoes the compression reads from the disk until it has met its end.
		if _, err := io.Copy(io.Discard, s.ahead); err != nil {
			return 0, "", s.broken(err)
		}
	}
	if _, err := io.Copy(io.Discard, s.disk); err != nil {
		return 0, "", s.broken(err)
	}
	return s.disk.n, hex.EncodeToString(s.disk.sum.Sum(nil)), nil
}

// Close lets go of the input. What undoes a compression may be at work still and is let go of when it has done what it was asked for.
func (s *source) Close() error {
	if s.ahead != nil {
		s.ahead.closeThen(func() { s.release() })
		return nil
	}
	return s.release()
}

func (s *source) release() error {
	s.done()
	s.disk.close()
	return s.file.Close()
}

// unwrapPath takes the path out of an error of package os, because InputError names it.
func unwrapPath(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// binary says what head is when it is no text, and what can be done about it; empty for text.
func binary(head []byte) (what, hint string) {
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "this is a PDF file, not a log", "give the log that it was made from"
	}
	odd, first := 0, len(head)
	for i, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b {
			odd++
			first = min(first, i)
		}
	}
	// Logs may hold control characters that an attacker sent; a twentieth is no text. Web servers log
	// overflows byte for byte, for kilobytes, but behind an address and a stamp and without zero bytes.
	if odd*20 > len(head) && (first < 40 || bytes.IndexByte(head, 0) >= 0) {
		return "this is a binary file, not a log", "give text logs; `practicum formats` lists what is read"
	}
	return "", ""
}

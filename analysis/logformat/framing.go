package logformat

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// isOctetCounted tells what a syslog receiver kept of RFC 6587 section 3.4.1 as it came over the wire:
// each frame is the number of its bytes, a blank, and a message that begins with its priority. At least
// the first frame must be what it says it is.
func isOctetCounted(head []byte) bool {
	n, size := frameLength(head)
	if n == 0 || len(head) < size+4 {
		return false
	}
	rest := head[size:]
	if rest[0] != '<' || !isDigit(rest[1]) {
		return false
	}
	if len(rest) <= n {
		return len(rest) == n || len(head) == probeSize
	}
	rest = bytes.TrimLeft(rest[n:], "\r\n")
	next, size := frameLength(rest)
	return len(rest) == 0 || next > 0 && (len(rest) <= size || rest[size] == '<')
}

// frameLength reads "n "; size is the length of that, and n is 0 when it is not there.
func frameLength(b []byte) (n, size int) {
	for size < len(b) && size < 6 && isDigit(b[size]) {
		n = n*10 + int(b[size]-'0')
		size++
	}
	if size == 0 || size == len(b) || b[size] != ' ' || b[0] == '0' {
		return 0, 0
	}
	return n, size + 1
}

// splitFrames makes a line of each frame, the count left out. A message of several lines becomes one. Where
// the frames are broken, what follows is passed on as it is.
func splitFrames(r io.Reader) (io.Reader, error) {
	broken := false
	next := func(r *bufio.Reader) ([]byte, error) {
		if broken {
			b := make([]byte, probeSize)
			n, err := r.Read(b)
			return b[:n], err
		}
		for {
			b, err := r.Peek(1)
			if err != nil {
				return nil, err
			}
			if b[0] != '\n' && b[0] != '\r' { // some senders put a line end behind each frame all the same
				break
			}
			if _, err := r.Discard(1); err != nil {
				return nil, err
			}
		}
		head, err := r.Peek(8)
		if err != nil && err != io.EOF {
			return nil, err
		}
		n, size := frameLength(head)
		if n == 0 || size < len(head) && head[size] != '<' {
			broken = true
			return nil, nil
		}
		if _, err := r.Discard(size); err != nil {
			return nil, err
		}
		frame := make([]byte, n)
		got, err := io.ReadFull(r, frame)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF // the last frame is cut short: what there is of it is its line
		}
		frame = bytes.TrimRight(frame[:got], "\r\n\x00")
		for i, c := range frame {
			if c == '\n' || c == '\r' {
				frame[i] = ' '
			}
		}
		return append(frame, '\n'), err
	}
	return &splitter{r: bufio.NewReader(r), next: next}, nil
}

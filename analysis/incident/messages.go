package incident

import (
	"strconv"
	"strings"
)

// messageCoder codes long messages, most of which are requests to web servers: piece by piece, from quote to quote. Most pieces came up
// before, but for the numbers in them.
type messageCoder struct {
	*coder
	pieces []string // by their places
	places places
	known  [pieceCount]chances // of the first piece of a message, the second, ...
	count  sizes
	number [pieceCount][2]sizes
	left   int64 // how many bytes may be read yet

	placeOf map[string]int // of a writer; one up
	room    []byte
	numbers []uint64
}

const (
	pieceCount = 8 // how many pieces of a message are told apart
	// mostMessages is how many bytes of messages are read: a piece that is told once may come up many times.
	mostMessages = 1 << 32
	numberMark   = "\x00" // stands in a piece for a number
	plainPiece   = "="    // begins one that has no numbers
	markedPiece  = "#"    // begins one that has
)

// newMessageWriter returns a coder for messages, with all their pieces.
func newMessageWriter(c *coder, messages func(yield func(string) bool)) *messageCoder {
	m := &messageCoder{coder: c, placeOf: map[string]int{}}
	for s := range messages {
		for piece := range strings.SplitAfterSeq(s, `"`) {
			if marked := m.marked(piece); m.placeOf[string(marked)] == 0 {
				m.pieces = append(m.pieces, string(marked))
				m.placeOf[m.pieces[len(m.pieces)-1]] = len(m.pieces)
			}
		}
	}
	m.places.most = len(m.pieces)
	return m
}

func newMessageReader(c *coder, pieces []string) *messageCoder {
	return &messageCoder{coder: c, pieces: pieces, places: places{most: len(pieces)}, left: mostMessages}
}

// writeMessages codes the long messages of tables, and returns their pieces.
func writeMessages(c *coder, t *tables) []string {
	messages := func(yield func(string) bool) {
		for _, s := range t.said {
			if of := &t.told[s.told]; of.isLong() && !yield(of.message) {
				return
			}
		}
	}
	m := newMessageWriter(c, messages)
	for s := range messages {
		m.write(s)
	}
	return m.pieces
}

// write codes a message.
func (m *messageCoder) write(s string) {
	m.coder.number(&m.count, uint64(strings.Count(s, `"`)+1))
	i := 0
	for piece := range strings.SplitAfterSeq(s, `"`) {
		place := m.placeOf[string(m.marked(piece))] - 1
		m.place(&m.places, &m.known[i], place)
		for n, v := range m.numbers {
			m.coder.number(&m.number[i][min(n, 1)], v)
		}
		i = min(i+1, pieceCount-1)
	}
}

// read decodes a message.
func (m *messageCoder) read() string {
	var out []byte
	i := 0
	for range m.coder.number(&m.count, 0) {
		place, _ := m.place(&m.places, &m.known[i], 0)
		if m.failed {
			return ""
		}
		rest := m.pieces[place]
		if m.left -= int64(16 + len(rest)); m.left < 0 || rest == "" {
			m.failed = true
			return ""
		}
		marked := rest[:1] == markedPiece
		for n, rest := 0, rest[1:]; ; n++ {
			before, after, more := rest, "", false
			if marked {
				before, after, more = strings.Cut(rest, numberMark)
			}
			out = append(out, before...)
			if !more {
				break
			}
			out = strconv.AppendUint(out, m.coder.number(&m.number[i][min(n, 1)], 0), 10)
			rest = after
		}
		i = min(i+1, pieceCount-1)
	}
	return string(out)
}

// marked is a piece without its numbers, which are in m.numbers then: those that are words by themselves. It holds until the next call.
func (m *messageCoder) marked(piece string) []byte {
	m.numbers = m.numbers[:0]
	if strings.Contains(piece, numberMark) {
		m.room = append(append(m.room[:0], plainPiece...), piece...)
		return m.room
	}
	out := append(m.room[:0], markedPiece...)
	for more := true; more; {
		var word string
		word, piece, more = strings.Cut(piece, " ")
		if v, ok := wholeNumber(word); ok {
			m.numbers = append(m.numbers, v)
			word = numberMark
		}
		if out = append(out, word...); more {
			out = append(out, ' ')
		}
	}
	m.room = out
	return out
}

// wholeNumber reads a number that is written as it would be written again.
func wholeNumber(s string) (v uint64, ok bool) {
	if s == "" || len(s) > 18 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		v = v*10 + uint64(s[i]-'0')
	}
	return v, true
}

package logformat

import "strings"

// wordBits has a bit set for each of some words. Other words may have the same bit.
type wordBits [16]uint64

func (b *wordBits) add(word string) {
	h := uint32(len(word))
	if n := len(word); n > 0 {
		h = h<<24 | uint32(word[0])<<16 | uint32(word[n/2])<<8 | uint32(word[n-1])
	}
	h *= 0x9E3779B1 // Knuth's multiplicative hash: the golden ratio of 32 bits
	h >>= 22
	b[h>>6] |= 1 << (h & 63)
}

// bitsOf is for Format.Quotes; none where every text is to be looked at.
func bitsOf(words []string, none bool) (b wordBits) {
	for _, w := range words {
		if !none {
			b.add(w)
		}
	}
	return b
}

// quoted knows the words between the quotes of a text: between any two that follow each other, since it does not
// know which of them opens.
type quoted struct {
	lines     *lines
	envelopes wordBits // of dockerWord and journalWord
	fills     int      // of lines, when text was a view of them
	text      string
	bits      wordBits
}

// may is false where a text has none of the words in quotes that a format's records have one of.
func (q *quoted) may(f *reader, text string) bool {
	return !f.quoting || text[0] != '{' || q.has(&f.quotes, text)
}

// has is false where a text has none of some words in quotes.
func (q *quoted) has(words *wordBits, text string) bool {
	if q.text == "" || q.text != text || q.fills != q.lines.fills {
		q.read(text)
	}
	for i, b := range words {
		if q.bits[i]&b != 0 {
			return true
		}
	}
	return false
}

// enveloped is false where a text is no object that holds another record, as the engines of containers and the journal of systemd
// write them.
func (q *quoted) enveloped(text string) bool {
	return text == "" || text[0] != '{' || q.has(&q.envelopes, text)
}

func (q *quoted) read(text string) {
	q.text, q.fills, q.bits = text, q.lines.fills, wordBits{}
	rest := text
	_, rest, ok := strings.Cut(rest, `"`)
	for ok {
		var word string
		if word, rest, ok = strings.Cut(rest, `"`); ok {
			q.bits.add(word)
		}
	}
}

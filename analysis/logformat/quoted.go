package logformat

import (
	"math/bits"
	"slices"
	"strings"
)

// words has a bit set for each of some words of a glossary.
type words uint64

// glossary is the words in quotes that JSON records are told by, at most 64.
type glossary struct {
	list  []string
	first [256]words // by the first byte of a word
	long  [32]words  // by the length of a word, of which the lowest bits count
}

// of is the bits of some words, which it takes up where it has not yet.
func (g *glossary) of(list []string) (all words) {
	for _, w := range list {
		i := slices.Index(g.list, w)
		if i < 0 {
			if i = len(g.list); i == 64 {
				panic("logformat: more than 64 words in Format.Quotes and Format.Keys")
			}
			g.list = append(g.list, w)
			g.first[w[0]] |= 1 << i
			g.long[len(w)%len(g.long)] |= 1 << i
		}
		all |= 1 << i
	}
	return all
}

// quoted knows the words between the quotes of a text: between any two that follow each other, since it does not
// know which of them opens.
type quoted struct {
	glossary
	lines     *lines
	envelopes words // of shippedWords, dockerWord and journalWord
	fills     int   // of lines, when text was a view of them
	text      string
	found     words
}

// begins reports whether a record of a format with a stamp of its own may begin a text, which is not empty. Of a JSON object the words
// decide it.
func (q *quoted) begins(f *reader, text string) bool {
	if text[0] == '{' {
		switch {
		case f.keys != 0:
			return q.in(text)&f.keys == f.keys
		case f.quotes != 0 && q.in(text)&f.quotes == 0:
			return false
		}
	}
	return f.Starts(text)
}

// in is the words that a text has in quotes.
func (q *quoted) in(text string) words {
	if q.text == "" || q.text != text || q.fills != q.lines.fills {
		q.read(text)
	}
	return q.found
}

// enveloped is false where a text is no object that holds another record, as the engines of containers and the journal of systemd
// write them.
func (q *quoted) enveloped(text string) bool {
	return text == "" || text[0] != '{' || q.in(text)&q.envelopes != 0
}

func (q *quoted) read(text string) {
	q.text, q.fills, q.found = text, q.lines.fills, 0
	begin := strings.IndexByte(text, '"') + 1
	if begin == 0 {
		return
	}
	next := func(quote int) {
		if quote > begin {
			q.look(text[begin:quote])
		}
		begin = quote + 1
	}
	i := begin
	for ; i+8 <= len(text); i += 8 {
		for at := ^otherThan('"', eightBytes(text, i)) & highBits; at != 0; at &= at - 1 {
			next(i + bits.TrailingZeros64(at)/8)
		}
	}
	for ; i < len(text); i++ {
		if text[i] == '"' {
			next(i)
		}
	}
}

// look notes a word that is of the glossary.
func (q *quoted) look(word string) {
	for may := q.first[word[0]] & q.long[len(word)%len(q.long)]; may != 0; may &= may - 1 {
		if i := bits.TrailingZeros64(uint64(may)); q.list[i] == word {
			q.found |= 1 << i
		}
	}
}

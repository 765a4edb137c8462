package safe

import (
	"strconv"
	"strings"
)

// bands are the words that, alone in a code span with single backticks, are drawn as the mark
// of a severity. Code fences them with two backticks when they come from anywhere else.
var bands = [...]string{"LOW", "GUARDED", "ELEVATED", "HIGH", "SEVERE"}

// Code returns s as a code span of one line. An empty s gives the span ‹empty›, because
// Markdown has no empty one.
func Code(s string) string { return span(inline(s)) }

// Cell is Code for the cell of a table, where parsers look for pipes even inside code spans.
func Cell(s string) string {
	s = inline(s)
	if strings.Contains(s, "|") {
		// Parsers disagree on what a backslash before a pipe is worth, so no backslash stands there.
		s = strings.ReplaceAll(s, `\|`, "‹U+005C›|")
		s = strings.ReplaceAll(s, "|", `\|`)
	}
	return span(s)
}

// inline makes s fit for a code span: no tab, because spans are drawn in running text.
func inline(s string) string {
	s = shortRuns(Line(s))
	if s == "" {
		return "‹empty›"
	}
	return strings.ReplaceAll(s, "\t", "‹U+0009›")
}

func span(s string) string {
	n := longestRun(s) + 1
	for _, band := range bands {
		if s == band {
			n = 2
		}
	}
	fence := strings.Repeat("`", n)
	// A blank on both sides is dropped by the parser, unless there is nothing but blanks.
	pad := strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") ||
		strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") && strings.Trim(s, " ") != ""
	if pad {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// Text returns s as prose of one line that means nothing in Markdown, for running text,
// headings and cells of tables. White space is folded into single blanks.
func Text(s string) string {
	s = Line(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r'
	}), " "))
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i == 0 || s[i-1] == ' ' {
			if code, length := linkless(s[i:]); length > 0 {
				b.WriteString(code)
				i += length - 1
				continue
			}
		}
		switch {
		case c == '|':
			// Not a backslash: how many of them a table's row swallows differs between parsers.
			b.WriteString("&#124;")
			continue
		case active(s, i):
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// linkless gives the word that s begins with as a code span when it looks like a mail address: GitHub
// makes links of those after escapes are undone, so no backslash stops it. Quotes and brackets around
// the word stay outside. length is 0 when the word is no such word.
func linkless(s string) (code string, length int) {
	word := s
	if i := strings.IndexByte(s, ' '); i >= 0 {
		word = s[:i]
	}
	core := strings.Trim(word, "\"'(),.;:!?")
	if at := strings.IndexByte(core, '@'); at <= 0 || !strings.Contains(core[at:], ".") {
		return "", 0
	}
	if strings.ContainsAny(word, "|\\`") {
		return "", 0 // a table's row and a code span disagree about these
	}
	start := strings.Index(word, core)
	before, after := word[:start], word[start+len(core):]
	if before == "" && after == "" {
		return Code(core), len(word)
	}
	return Text(before) + Code(core) + Text(after), len(word)
}

// active reports whether the byte at i could start, end or be part of markup. It is generous
// with rare characters and exact with those that prose is full of.
func active(s string, i int) bool {
	next := func(n int) byte {
		if i+n < 0 || i+n >= len(s) {
			return 0
		}
		return s[i+n]
	}
	switch s[i] {
	case '\\', '`', '*', '[', ']', '<', '>', '~', '#', '{', '}', '$', '@':
		return true
	case '_':
		// Inside a word an underscore is a letter.
		return !alphanumeric(next(-1)) || !alphanumeric(next(1))
	case '&':
		return entity(s[i+1:])
	case ':':
		// A definition at the start of a line; an address that some parsers turn into a link.
		return i == 0 || next(1) == '/'
	case '-', '+', '=':
		return i == 0
	case '.':
		return numbered(s, i) || i >= 3 && strings.EqualFold(s[i-3:i], "www")
	case ')':
		return numbered(s, i)
	}
	return false
}

// numbered reports whether s up to i is the mark of a numbered item, which a blank follows.
func numbered(s string, i int) bool {
	return i > 0 && (i+1 == len(s) || s[i+1] == ' ') && strings.Trim(s[:i], "0123456789") == ""
}

// entity reports whether an ampersand before s begins a character reference.
func entity(s string) bool {
	s = strings.TrimPrefix(s, "#")
	n := 0
	for n < len(s) && alphanumeric(s[n]) {
		n++
	}
	return n > 0 && n < len(s) && s[n] == ';'
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Block returns lines as a fenced code block that ends with a line end. A line end inside a
// line is shown as a stand-in, so that the block has as many lines as were given. The info
// string must be a constant of the program.
func Block(info string, lines []string) string {
	shown := make([]string, len(lines))
	longest := 2
	for i, l := range lines {
		shown[i] = shortRuns(Line(l))
		longest = max(longest, longestRun(shown[i]))
	}
	fence := strings.Repeat("`", longest+1)
	var b strings.Builder
	b.WriteString(fence + info + "\n")
	for _, l := range shown {
		b.WriteString(l + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String()
}

// longestRun is the length of the longest run of backticks in s.
func longestRun(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// shortRuns writes runs of backticks that some parser could not count as a stand-in.
func shortRuns(s string) string {
	if longestRun(s) < longRun {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		switch {
		case n == 0:
			b.WriteByte(s[i])
			n = 1
		case n < longRun:
			b.WriteString(s[i : i+n])
		default:
			b.WriteString("‹U+0060*" + strconv.Itoa(n) + "›")
		}
		i += n
	}
	return b.String()
}

// Package safe turns text that an attacker may have written into text that is only ever text.
//
// Whoever attacks a machine writes part of its logs. Line makes every character of such text
// visible; Code, Text and Block also keep it from being read as Markdown. They serve whoever
// writes Markdown. Show serves whoever prints text that was already Markdown once, or that an
// analyst typed.
//
// A character that cannot be shown as it is becomes a stand-in between single angle quotation
// marks: ‹U+202E› for a character, ‹xE2› for a byte that is not UTF-8, ‹U+0060*3000› for a
// very long run of backticks. The opening mark itself is written ‹U+2039›, so two different
// texts never look alike and a log cannot forge a stand-in.
//
// To treat a further character, add it to hidden; nothing else in the repository knows the list.
package safe

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	left  = '‹'
	right = '›'

	// longRun is the length from which a run of backticks is written as a count. cmark keeps the
	// length of a fence in eight bits, so that 3,000 backticks close a fence of 3,001.
	longRun = 100
)

// Line returns s with every byte that is not UTF-8 and every character that draws nothing,
// moves the cursor or reorders its neighbours replaced by a visible stand-in. A tab stays.
// Different texts give different results.
func Line(s string) string { return visible(s, true) }

// Show is Line for text that may hold stand-ins already: it leaves their opening mark alone,
// so that Show(Line(s)) is Line(s), and it leaves no-break spaces, which people type.
func Show(s string) string { return visible(s, false) }

func visible(s string, strict bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "%cx%02X%c", left, s[i], right)
		case r == left && strict, hidden(r) && (strict || !noBreak(r)):
			writeStandIn(&b, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// JSON writes the characters that Line would show as stand-ins, which in JSON can only stand
// inside strings, as \u escapes: the value that a reader of JSON gets is the same.
func JSON(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c != '\n' && (c < ' ' || c >= 0x7F) }) {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		n := 0
		for n < len(b) && (b[n] == '\n' || b[n] >= ' ' && b[n] < 0x7F) {
			n++
		}
		if out, b = append(out, b[:n]...), b[n:]; len(b) == 0 {
			break
		}
		r, n := utf8.DecodeRune(b)
		c := string(b[:n])
		switch {
		case r == '‹' || Line(c) == c:
			out = append(out, c...)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}

// plain reports whether s is printable ASCII and tabs only, as nearly all lines of logs are.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

func writeStandIn(b *strings.Builder, r rune) { fmt.Fprintf(b, "%cU+%04X%c", left, r, right) }

func noBreak(r rune) bool { return r == 0x00A0 || r == 0x202F || r == 0x2007 }

// hidden reports whether r has no honest picture of its own: controls, format characters (among
// them the bidirectional ones, joiners, soft hyphen, byte order mark and tags), spaces other
// than the blank, variation selectors and fillers, private use, surrogates, non-characters
// and everything that Unicode has not assigned.
func hidden(r rune) bool {
	switch {
	case r == '\t':
		return false
	case r < 0x7F:
		return r < ' '
	case unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return true
	case r == 0x2800: // the braille pattern without dots looks like a blank
		return true
	}
	// IsGraphic holds for letters, marks, numbers, punctuation, symbols and the spaces of
	// category Zs; IsPrint leaves out all those spaces but the blank.
	return !unicode.IsPrint(r)
}

package check

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"practicum/analysis/lazily"
)

// page is a document's text without the furniture of its pages, folded so that the many ways to
// write the same thing look alike, with the way back to the line numbers.
type page struct {
	lines  []string // the document's lines as they are, without line ends
	text   string   // the folded lines, joined by LF
	starts []int    // offset in text of each folded line
	number []int    // its line number in the document, from 1
}

// line returns the number of the document's line that holds the offset of text.
func (p *page) line(offset int) int {
	i := sort.SearchInts(p.starts, offset+1) - 1
	if i < 0 {
		return 1
	}
	return p.number[i]
}

// splitLines parts a document at LF, CRLF and CR.
func splitLines(src []byte) []string {
	s := strings.TrimPrefix(string(src), "\uFEFF")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// newPage reads a document. What page breaks leave behind in a text is dropped, because it stands
// in the middle of sentences: page numbers, notices of copyright, fingerprints of keys, and
// a watermark that ran down the margin and comes out as lines of two or three letters.
func newPage(src []byte) *page {
	p := &page{lines: splitLines(src)}
	folded := make([]string, len(p.lines))
	drop := make([]bool, len(p.lines))
	for i, l := range p.lines {
		folded[i] = fold(l)
		if rest := glued().ReplaceAllString(folded[i], ""); rest != folded[i] {
			folded[i] = strings.TrimRight(rest, " ")
			drop[i] = folded[i] == ""
		}
		drop[i] = drop[i] || furniture(folded[i])
	}
	for i, l := range folded {
		// A page's number stands before the feed, or is too large for points.
		if onlyDigits(l) && (feeds(p.lines[i:]) || len(strings.TrimSpace(l)) > 1 && strings.TrimSpace(l) != "10") {
			drop[i] = true
		}
	}
	watermark(folded, drop)
	var b strings.Builder
	for i, l := range folded {
		if drop[i] {
			continue
		}
		p.starts = append(p.starts, b.Len())
		p.number = append(p.number, i+1)
		b.WriteString(l)
		b.WriteByte('\n')
	}
	p.text = b.String()
	return p
}

// folds are characters that stand for a plain one. The single bytes from 0x91 to 0x97 are
// quotation marks and dashes of Windows, in which many old texts were written.
var folds = strings.NewReplacer(
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2015", "-", "\u2212", "-", "\u00ad", "", "\ufe63", "-", "\uff0d", "-",
	"\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`, "\u00a0", " ", "\u2009", " ", "\u202f", " ", "\u3000", " ", "\u200b", "",
	"\u00d7", "x", "\u2192", "=", "\u21d2", "=", "\u2248", "= about ", "\u00bd", ".5", "\u2026", "...", "\uff0b", "+", "\uff1d", "=", "\u2022", " ", "\u00b7", " ",
	"\t", " ", "\f", " ", "\v", " ", "*", "", "`", "", "_", " ", "&amp;", "&", "&ndash;", "-", "&minus;", "-",
	"\u00e2\u20ac\u201c", "-", "\u00e2\u20ac\u201d", "-", "\u00e2\u02c6\u2019", "-",
)

// fold writes a line in small letters with one kind of dash and without emphasis.
func fold(l string) string {
	if !utf8.ValidString(l) {
		var b strings.Builder
		for i := 0; i < len(l); {
			r, n := utf8.DecodeRuneInString(l[i:])
			switch c := l[i]; {
			case r != utf8.RuneError || n != 1:
				b.WriteRune(r)
			case c == 0x96 || c == 0x97 || c == 0xad:
				b.WriteByte('-')
			case c == 0x91 || c == 0x92:
				b.WriteByte('\'')
			case c == 0xa9:
				b.WriteRune('©')
			case c == 0xbd:
				b.WriteString(".5")
			default:
				b.WriteRune(utf8.RuneError)
			}
			i += n
		}
		l = b.String()
	}
	l = strings.ToLower(folds.Replace(l))
	if strings.Contains(l, "<t") || strings.Contains(l, "</t") {
		l = tableTags().ReplaceAllString(cellEnds().ReplaceAllString(l, "|"), "")
	}
	return strings.TrimRight(l, " ")
}

// Tables that Markdown has as HTML are read as if they were its own.
var (
	cellEnds  = lazily.Regexp(`</t[dh]>`)
	tableTags = lazily.Regexp(`</?t(?:able|head|body|foot|r|d|h)(?: [^<>]*)?>`)
)

// rights matches what a notice of copyright says, in the words of the many practicals that were printed with one.
var (
	rights = lazily.Regexp(`^\W*(?:©|\(c\)|copyright)\s.*(?:\d{4}|rights|institute)|^\W*key fingerprint\b|^\W*as part of (?:the )?giac practical`)
	// glued is the same where it shares a line with the text beside it.
	glued       = lazily.Regexp(`(?:(?:©|\(c\))\s*)?(?:sans institute\s*)?(?:\d{4}\s*-?\s*(?:\d{4})?,?\s*)?(?:as part of (?:the )?giac practical repository\.?\s*)?author retains full rights\.?|key fingerprint\s*=\s*(?:[0-9a-f]{4}\s*){5,10}`)
	pageNumber  = lazily.Regexp(`^[\s\-\[(]*(?:page|seite|p\.)\s*\d+(?:\s*(?:of|/|-)\s*\d+)?[\s\-\])]*$|^\s*-\s+\d{1,3}\s+-\s*$|^\s*\d{1,3}\s+(?:of|/)\s+\d{1,3}\s*$`)
	fingerprint = lazily.Regexp(`^\s*(?:[0-9a-f]{4}\s+){5,}[0-9a-f]{2,4}\s*$`)
)

func furniture(l string) bool {
	return pageNumber().MatchString(l) || rights().MatchString(l) || fingerprint().MatchString(l)
}

func onlyDigits(l string) bool {
	l = strings.TrimSpace(l)
	return l != "" && len(l) <= 3 && strings.Trim(l, "0123456789") == ""
}

// feeds reports whether a page ends with the first of the lines.
func feeds(lines []string) bool {
	for i, l := range lines {
		if strings.Contains(l, "\f") {
			return true
		}
		if i > 0 && strings.TrimSpace(l) != "" {
			break
		}
	}
	return false
}

// watermarkWords are those of the marks that ran down the pages, without blanks. A # stands for a digit.
var watermarkWords = []string{
	"©sansinstitute####-####,authorretainsfullrights.",
	"©sansinstitute####,aspartofgiacpracticalrepository.authorretainsfullrights.",
	"©sansinstitute####-####,aspartofgiacpracticalrepository.authorretainsfullrights.",
}

// watermark marks the lines of a text that ran down the margin: at least three lines of at most
// four characters, in a row but for blank and dropped lines, that together spell a part of a known
// mark; or at least six such lines of letters alone, which no prose has.
func watermark(lines []string, drop []bool) {
	for i := 0; i < len(lines); {
		var run []int
		j := i
		for ; j < len(lines); j++ {
			t := strings.TrimSpace(lines[j])
			if t == "" || drop[j] {
				continue
			}
			if utf8.RuneCountInString(t) > 4 || strings.ContainsAny(t, "=+:|()") {
				break
			}
			run = append(run, j)
		}
		for from := 0; from < len(run); {
			n := max(spelled(lines, run[from:]), pieces(lines, run[from:]))
			if n < 3 {
				if n = letters(lines, run[from:]); n < 6 {
					from++
					continue
				}
			}
			for _, k := range run[from : from+n] {
				drop[k] = true
			}
			from += n
		}
		i = j + 1
	}
}

// spelled returns how many of the lines, from the first on, spell a part of a known mark.
func spelled(lines []string, run []int) int {
	best := 0
	for _, mark := range watermarkWords {
		for at := 0; at < len(mark); at++ {
			rest, n, words := mark[at:], 0, 0
			for _, k := range run {
				t := strings.ReplaceAll(strings.TrimSpace(lines[k]), " ", "")
				m := marks(rest, t)
				if m < 0 || n == 0 && len(t) == 1 && unicode.IsDigit(rune(t[0])) {
					break
				}
				rest = rest[m:]
				n++
				if strings.ContainsFunc(t, unicode.IsLetter) {
					words++
				}
				if rest == "" {
					rest = mark
				}
			}
			// Digits alone spell nothing: they may be points.
			if words >= 2 && n > best {
				best = n
			}
		}
	}
	return best
}

// pieces returns how many of the lines, from the first on, are pieces of a known mark in whatever order: a
// converter may list them from the foot of the page upwards. At least three have letters; one digit alone is none,
// since it may be points.
func pieces(lines []string, run []int) int {
	n, words := 0, 0
	for i, k := range run {
		t := strings.Trim(strings.ReplaceAll(strings.TrimSpace(lines[k]), " ", ""), ",.-©")
		if len(t) == 1 && unicode.IsDigit(rune(t[0])) {
			break
		}
		mask := digit().ReplaceAllString(t, "#")
		if !slices.ContainsFunc(watermarkWords, func(mark string) bool { return strings.Contains(mark, mask) }) {
			break
		}
		if strings.ContainsFunc(t, unicode.IsLetter) {
			words++
		}
		n = i + 1
	}
	if words < 3 {
		return 0
	}
	return n
}

var digit = lazily.Regexp(`[0-9]`)

// marks returns how many bytes of mark the text t spells, −1 when it spells something else.
// Punctuation of the mark may be missing from the text.
func marks(mark, t string) int {
	at := 0
	for _, r := range t {
		for at < len(mark) && strings.ContainsRune("-,.", rune(mark[at])) && rune(mark[at]) != r {
			at++
		}
		if at >= len(mark) {
			return -1
		}
		m, n := utf8.DecodeRuneInString(mark[at:])
		if m != r && !(m == '#' && unicode.IsDigit(r)) {
			return -1
		}
		at += n
	}
	return at
}

// letters returns how many of the lines, from the first on, hold one to three letters and nothing else.
func letters(lines []string, run []int) int {
	for n, k := range run {
		t := strings.TrimSpace(lines[k])
		if utf8.RuneCountInString(t) > 3 || strings.ContainsFunc(t, func(r rune) bool { return !unicode.IsLetter(r) }) {
			return n
		}
	}
	return len(run)
}

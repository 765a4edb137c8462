package document

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
)

// goldmark needs quadratic time for quotes and numbered lists nested on one line and for link
// destinations that are never closed. The limits below are far above what a person writes and
// keep the worst case of a large report under a second.
const (
	maxSource  = 256 << 20
	maxMarkers = 100  // marks of quotes and lists at the start of one line
	maxOpen    = 1000 // "](" in one paragraph that no ")" closes
	maxDepth   = 250  // levels of the tree
)

// checkLimits looks for what would keep the parser busy, outside fenced code and code spans,
// where nothing is parsed.
func checkLimits(src []byte) error {
	if len(src) > maxSource {
		return &Error{Reason: fmt.Sprintf("the document is larger than %d MiB", maxSource>>20)}
	}
	var fence []byte // the marks that opened a code block, nil outside
	var block []byte // the lines of the paragraph so far
	blockLine := 1
	line := 0
	for len(src) > 0 {
		line++
		l := src
		if i := bytes.IndexByte(src, '\n'); i >= 0 {
			l = src[:i+1]
		}
		src = src[len(l):]

		if fence != nil {
			if m := fenceMark(l); m != nil && m[0] == fence[0] && len(m) >= len(fence) &&
				len(bytes.TrimSpace(l)) == len(m) {
				fence, blockLine = nil, line+1
			}
			continue
		}
		m := fenceMark(l)
		// The info string of a backtick fence has no backtick; such a line is a code span.
		if m != nil && m[0] == '`' && bytes.IndexByte(bytes.TrimLeft(bytes.TrimSpace(l), "`"), '`') >= 0 {
			m = nil
		}
		blank := len(bytes.TrimSpace(l)) == 0
		if m != nil || blank || len(src) == 0 {
			if m == nil {
				block = append(block, l...)
			}
			if openLinks(block) > maxOpen {
				return &Error{Line: blockLine, Reason: fmt.Sprintf("more than %d links are begun here and not ended", maxOpen)}
			}
			block = block[:0]
			blockLine = line + 1
			fence = m
			if m != nil || blank {
				continue
			}
		} else {
			block = append(block, l...)
		}
		if markers(l) > maxMarkers {
			return &Error{Line: line, Reason: fmt.Sprintf("more than %d quotes or lists are nested here", maxMarkers)}
		}
	}
	return nil
}

// fenceMark returns the marks at the start of a line that opens or closes fenced code, or nil.
func fenceMark(l []byte) []byte {
	t := bytes.TrimLeft(l, " ")
	if len(l)-len(t) > 3 || len(t) == 0 || t[0] != '`' && t[0] != '~' {
		return nil
	}
	n := len(t) - len(bytes.TrimLeft(t, string(t[:1])))
	if n < 3 {
		return nil
	}
	return t[:n]
}

// markers counts the marks of quotes and list items that l begins with.
func markers(l []byte) int {
	n := 0
	for i := 0; i < len(l); i++ {
		switch c := l[i]; {
		case c == '>' || c == '-' || c == '*' || c == '+':
			n++
		case c == '.' || c == ')':
			if i == 0 || l[i-1] < '0' || l[i-1] > '9' {
				return n
			}
			n++
		case c == ' ' || c == '\t' || '0' <= c && c <= '9':
		default:
			return n
		}
		// A rule of dashes or stars is no nesting.
		if n == maxMarkers && len(bytes.Trim(l, " \t\n"+string(l[i:i+1]))) == 0 && l[i] != '>' {
			return 0
		}
	}
	return n
}

// openLinks is the largest number of link destinations open at once in a paragraph.
func openLinks(block []byte) int {
	if bytes.Count(block, []byte("](")) <= maxOpen {
		return 0
	}
	open, most := 0, 0
	unclosed := map[int]bool{} // lengths of backtick runs known to have no partner further on
	for i := 0; i < len(block); {
		switch block[i] {
		case '\\':
			i++
		case ')':
			open = max(0, open-1)
		case ']':
			if i+1 < len(block) && block[i+1] == '(' {
				open++
				most = max(most, open)
				i++
			}
		case '`':
			n := len(block[i:]) - len(bytes.TrimLeft(block[i:], "`"))
			i += n
			if unclosed[n] {
				continue
			}
			if end := runOf(block[i:], n); end >= 0 {
				i += end
			} else {
				unclosed[n] = true
			}
			continue
		}
		i++
	}
	return most
}

// runOf returns the position after the first run of exactly n backticks in b, or −1.
func runOf(b []byte, n int) int {
	for i := 0; i < len(b); {
		next := bytes.IndexByte(b[i:], '`')
		if next < 0 {
			return -1
		}
		i += next
		run := len(b[i:]) - len(bytes.TrimLeft(b[i:], "`"))
		i += run
		if run == n {
			return i
		}
	}
	return -1
}

// depth is the number of levels of the tree below n, counted without recursion.
func depth(n ast.Node) int {
	root, level, deepest := n, 0, 0
	for {
		if c := n.FirstChild(); c != nil {
			n = c
			level++
			deepest = max(deepest, level)
			continue
		}
		for n != root && n.NextSibling() == nil {
			n = n.Parent()
			level--
		}
		if n == root {
			return deepest
		}
		n = n.NextSibling()
	}
}

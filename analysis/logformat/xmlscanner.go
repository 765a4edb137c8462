package logformat

import (
	"strings"
	"unicode/utf8"
)

// xmlScanner goes through an element of XML 1.0 with its character data and tags, and nothing else. Its methods report false where the text
// has anything else, or is not well-formed.
type xmlScanner struct {
	text  string
	pos   int
	names [maxXMLDepth]string // of the elements that are open
	depth int
	tag   xmlTag
}

// maxXMLDepth is how deep elements may lie in each other for an xmlScanner.
const maxXMLDepth = 16

// xmlTag is a tag: that an element begins or ends with, or, where it is empty, both.
type xmlTag struct {
	name       string
	ends       bool
	empty      bool
	attributes []xmlAttribute // valid until the next tag
}

type xmlAttribute struct{ name, value string }

// plainXML reports whether a text has no character that XML does not allow, no line end but LF, and no section's end.
func plainXML(text string) bool {
	ascii := true
	for i := range len(text) {
		switch b := text[i]; {
		case b < ' ' && b != '\t' && b != '\n':
			return false
		case b >= utf8.RuneSelf:
			ascii = false
		}
	}
	return (ascii || utf8.ValidString(text) && !strings.Contains(text, "\ufffe") && !strings.Contains(text, "\uffff")) && !strings.Contains(text, "]]>")
}

// next moves past character data, which it gives, and past the tag that follows.
func (s *xmlScanner) next() (words string, ok bool) {
	i := strings.IndexByte(s.text[s.pos:], '<')
	if i < 0 {
		return "", false
	}
	if words, ok = unescapeXML(s.text[s.pos : s.pos+i]); !ok {
		return "", false
	}
	s.pos += i + 1
	t := &s.tag
	*t = xmlTag{ends: s.byte('/'), attributes: t.attributes[:0]}
	if t.name = s.name(); t.name == "" {
		return "", false
	}
	for !t.ends {
		blank := s.blanks()
		if s.byte('/') {
			t.empty = true
			break
		}
		if !blank || s.pos < len(s.text) && s.text[s.pos] == '>' {
			break
		}
		name := s.name()
		s.blanks()
		if name == "" || !s.byte('=') {
			return "", false
		}
		s.blanks()
		value, ok := s.quoted()
		if !ok {
			return "", false
		}
		t.attributes = append(t.attributes, xmlAttribute{name, value})
	}
	if t.ends {
		s.blanks()
	}
	if !s.byte('>') {
		return "", false
	}
	switch {
	case t.ends:
		if s.depth == 0 || s.names[s.depth-1] != t.name {
			return "", false
		}
		s.depth--
	case !t.empty:
		if s.depth == len(s.names) {
			return "", false
		}
		s.names[s.depth] = t.name
		s.depth++
	}
	return words, true
}

func (s *xmlScanner) byte(b byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == b {
		s.pos++
		return true
	}
	return false
}

func (s *xmlScanner) blanks() (some bool) {
	from := s.pos
	for s.pos < len(s.text) && (isBlank(s.text[s.pos]) || s.text[s.pos] == '\n') {
		s.pos++
	}
	return s.pos > from
}

// name moves past a name of ASCII without a prefix.
func (s *xmlScanner) name() string {
	from := s.pos
	for s.pos < len(s.text) {
		b := s.text[s.pos]
		letter := b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_'
		if !letter && (s.pos == from || !isDigit(b) && b != '-' && b != '.') {
			break
		}
		s.pos++
	}
	return s.text[from:s.pos]
}

// quoted moves past the value of an attribute.
func (s *xmlScanner) quoted() (value string, ok bool) {
	quote := byte('\'')
	if !s.byte(quote) {
		if quote = '"'; !s.byte(quote) {
			return "", false
		}
	}
	n := strings.IndexByte(s.text[s.pos:], quote)
	if n < 0 || strings.IndexByte(s.text[s.pos:s.pos+n], '<') >= 0 {
		return "", false
	}
	value, ok = unescapeXML(s.text[s.pos : s.pos+n])
	s.pos += n + 1
	return value, ok
}

// unescapeXML is a text with the entities that XML itself has; ok is false where it has others.
func unescapeXML(s string) (text string, ok bool) {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s, true
	}
	var out strings.Builder
	for ; i >= 0; i = strings.IndexByte(s, '&') {
		out.WriteString(s[:i])
		entity, rest, ended := strings.Cut(s[i+1:], ";")
		if !ended {
			return "", false
		}
		switch entity {
		case "lt":
			out.WriteByte('<')
		case "gt":
			out.WriteByte('>')
		case "amp":
			out.WriteByte('&')
		case "quot":
			out.WriteByte('"')
		case "apos":
			out.WriteByte('\'')
		default:
			return "", false
		}
		s = rest
	}
	out.WriteString(s)
	return out.String(), true
}

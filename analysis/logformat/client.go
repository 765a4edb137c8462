package logformat

import (
	"strings"

	"practicum/analysis"
)

// hostInBrackets reads "name [address]", "[address]" or "name[address]" into e, as UW imapd, the
// BSD ftpd family and many others write their peer. The name is kept as the peer's own word. ok is
// false when there is no address in brackets.
func (c *Cursor) hostInBrackets(e *analysis.Endpoint) bool {
	name := c.Token("[")
	c.Blanks()
	if c.pos == len(c.text) {
		c.ended(c.pos)
		return false
	}
	if c.text[c.pos] != '[' {
		return false
	}
	c.pos++
	addr, ok := c.Until("]")
	if !ok {
		return false
	}
	ip, ok := parseAddr(strings.TrimPrefix(addr, "IPv6:")) // RFC 5321 section 4.1.3
	if !ok {
		return false
	}
	e.IP, e.Name = ip, hostName(name, addr)
	return true
}

// hostName is name unless it is only the address again or a word for "none".
func hostName(name, addr string) string {
	name = strings.TrimSuffix(name, ".")
	switch {
	case name == addr, name == "", strings.EqualFold(name, "unknown"), name == "(null)":
		return ""
	}
	return name
}

// isHostName reports whether s is written like a host name: letters, digits, dots, hyphens and
// underscores, at most 255 bytes (RFC 1123 section 2.1, and the underscore that real names have).
func isHostName(s string) bool {
	if s == "" || len(s) > 255 || s[0] == '.' || s[0] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', isDigit(b), b == '.', b == '-', b == '_':
		default:
			return false
		}
	}
	return true
}

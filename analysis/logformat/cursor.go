package logformat

import (
	"net/netip"
	"strings"

	"practicum/analysis/request"
)

// Cursor reads the text of a record from left to right. Any run of blanks in the text matches a
// single blank of the grammar, because mailers and editors change them.
//
// A method that fails because the text is used up, rather than because it differs, marks the
// cursor as short: the text could go on in the next line. Lines are broken at blanks, so only an
// end at a word boundary counts.
type Cursor struct {
	text  string
	pos   int
	short bool
	// mine is set once the format is certain enough of the text that even an empty rest may go on.
	mine bool
	// open is set when the record is complete but may take further lines.
	open bool
	// far is set when the last line of the text is a single word behind other lines: as likely a
	// heading of the prose around as a part of the record.
	far bool
	// whole is set when the envelope says where the text ends, so that no further line can belong to it.
	whole bool
}

// Mine notes that the text before the cursor already tells that the record is of the format.
func (c *Cursor) Mine() { c.mine = true }

// Open notes that the record is complete as it is but that further lines may belong to it.
func (c *Cursor) Open() { c.open = true }

// Rest is the text from the cursor on.
func (c *Cursor) Rest() string { return c.text[c.pos:] }

// Done reports whether the text is used up but for blanks.
func (c *Cursor) Done() bool {
	c.Blanks()
	return c.pos == len(c.text)
}

// decimalsOf is how many decimals a text begins with.
func decimalsOf(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// beginsAddress reports whether a text begins as an IPv4 address does. No stamp of syslog does, and nothing that holds another line.
func beginsAddress(text string) bool {
	n := decimalsOf(text[:min(len(text), 4)])
	return 1 <= n && n <= 3 && n < len(text) && text[n] == '.'
}

// Blanks skips blanks, if there are any.
func (c *Cursor) Blanks() {
	for c.pos < len(c.text) && isBlank(c.text[c.pos]) {
		c.pos++
	}
}

func (c *Cursor) ended(p int) {
	if (p > 0 || c.mine) && !c.whole {
		c.short = true
	}
}

// Lit moves past lit and reports whether it was there.
func (c *Cursor) Lit(lit string) bool {
	if lit != "" && c.pos < len(c.text) && c.text[c.pos] != lit[0] && lit[0] != ' ' {
		return false // nearly always
	}
	return c.literal(lit, false)
}

// LitFold is Lit without regard to the case of ASCII letters; lit is in lower case.
func (c *Cursor) LitFold(lit string) bool { return c.literal(lit, true) }

func (c *Cursor) literal(lit string, fold bool) bool {
	p := c.pos
	if strings.HasPrefix(c.text[p:], lit) { // blanks are mostly single
		if p += len(lit); lit != "" && lit[len(lit)-1] == ' ' {
			for p < len(c.text) && isBlank(c.text[p]) {
				p++
			}
		}
		c.pos = p
		return true
	}
	for i := 0; i < len(lit); i++ {
		if p == len(c.text) {
			if i == 0 || lit[i] == ' ' || lit[i-1] == ' ' {
				c.ended(p)
			}
			return false
		}
		if lit[i] == ' ' {
			if !isBlank(c.text[p]) {
				return false
			}
			for p < len(c.text) && isBlank(c.text[p]) {
				p++
			}
			continue
		}
		b := c.text[p]
		if fold && b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != lit[i] {
			return false
		}
		p++
	}
	c.pos = p
	return true
}

// Word moves past everything up to the next blank or the end and returns it; empty at the end.
func (c *Cursor) Word() string {
	start := c.pos
	for c.pos < len(c.text) && !isBlank(c.text[c.pos]) {
		c.pos++
	}
	if start == c.pos && c.pos == len(c.text) {
		c.ended(c.pos)
	}
	return c.text[start:c.pos]
}

// Until returns the text before the next occurrence of stop and moves behind it. When there is
// none, the cursor stays and ok is false.
func (c *Cursor) Until(stop string) (before string, ok bool) {
	i := strings.Index(c.text[c.pos:], stop)
	if i < 0 {
		c.ended(c.pos)
		return "", false
	}
	before = c.text[c.pos : c.pos+i]
	c.pos += i + len(stop)
	return before, true
}

// Token moves past a run of bytes that are neither blanks nor in stops, and returns it.
func (c *Cursor) Token(stops string) string {
	start, p := c.pos, c.pos
	if stops == "" { // the usual case, and every line has some
		for p < len(c.text) && !isBlank(c.text[p]) {
			p++
		}
	} else {
		for p < len(c.text) && !isBlank(c.text[p]) && c.text[p] != stops[0] && (len(stops) == 1 || strings.IndexByte(stops[1:], c.text[p]) < 0) {
			p++
		}
	}
	c.pos = p
	if start == p && p == len(c.text) {
		c.ended(p)
	}
	return c.text[start:p]
}

// Number moves past decimal digits and returns their value, at most max; ok is false, and the
// cursor stays, when there are none or the value is larger.
func (c *Cursor) Number(max int) (n int, ok bool) {
	p := c.pos
	for p < len(c.text) && c.text[p] >= '0' && c.text[p] <= '9' {
		n = n*10 + int(c.text[p]-'0')
		if n > max {
			return 0, false
		}
		p++
	}
	if p == c.pos {
		if p == len(c.text) {
			c.ended(p)
		}
		return 0, false
	}
	c.pos = p
	return n, true
}

// parseAddr reads an address as logs write them. An IPv4 address inside IPv6 is given as IPv4, so
// that one host has one address.
func parseAddr(s string) (netip.Addr, bool) {
	if a, ok := parseIPv4(s); ok {
		return a, true
	}
	if a, ok := parseIPv6(s); ok {
		return a, true
	}
	if strings.IndexByte(s, '%') < 0 || len(s) > 64 { // only a zone is left to netip, whose errors are made on the heap
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

// parseIPv4 reads four decimal numbers up to 255 without zeros in front, as netip does.
func parseIPv4(s string) (netip.Addr, bool) {
	var a [4]byte
	field, digits, n := 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case isDigit(b):
			if digits > 0 && n == 0 {
				return netip.Addr{}, false
			}
			if n = n*10 + int(b-'0'); n > 255 {
				return netip.Addr{}, false
			}
			digits++
		case b == '.' && digits > 0 && field < 3:
			a[field] = byte(n)
			field, digits, n = field+1, 0, 0
		default:
			return netip.Addr{}, false
		}
	}
	if field != 3 || digits == 0 {
		return netip.Addr{}, false
	}
	a[3] = byte(n)
	return netip.AddrFrom4(a), true
}

// parseIPv6 reads an IPv6 address without a zone (RFC 4291 section 2.2), as netip does.
func parseIPv6(s string) (netip.Addr, bool) {
	if len(s) < len("::") || len(s) > len("0000:0000:0000:0000:0000:ffff:255.255.255.255") {
		return netip.Addr{}, false // most texts that are asked about are names, and shorter ones have a byte that none has
	}
	var a [16]byte
	n, zeros := 0, -1 // bytes that were read, and where those stand that "::" leaves out
	if s[0] == ':' {
		if s[1] != ':' {
			return netip.Addr{}, false
		}
		if zeros, s = 0, s[2:]; s == "" {
			return netip.IPv6Unspecified(), true
		}
	}
	for {
		group, digits := 0, 0
		for digits < len(s) {
			d := request.Hex(s[digits])
			if d < 0 {
				break
			}
			if group = group<<4 | d; digits == 4 {
				return netip.Addr{}, false
			}
			digits++
		}
		if digits == 0 || n == len(a) {
			return netip.Addr{}, false
		}
		if digits < len(s) && s[digits] == '.' {
			four, ok := parseIPv4(s)
			if !ok || n+4 > len(a) || zeros < 0 && n != 12 {
				return netip.Addr{}, false
			}
			ip := four.As4()
			n += copy(a[n:], ip[:])
			break
		}
		a[n], a[n+1] = byte(group>>8), byte(group)
		n += 2
		if s = s[digits:]; s == "" {
			break
		}
		if s[0] != ':' || len(s) == 1 {
			return netip.Addr{}, false
		}
		if s = s[1:]; s[0] == ':' {
			if zeros >= 0 {
				return netip.Addr{}, false
			}
			if zeros, s = n, s[1:]; s == "" {
				break
			}
		}
	}
	switch {
	case zeros < 0 && n < len(a), zeros >= 0 && n == len(a):
		return netip.Addr{}, false
	case zeros >= 0:
		left := len(a) - n
		copy(a[zeros+left:], a[zeros:n])
		clear(a[zeros : zeros+left])
	}
	return netip.AddrFrom16(a).Unmap(), true
}

// appendFields appends the fields of a text, as strings.Fields has them, to an empty list that has room for a few.
func appendFields(list []string, s string) []string {
	start := -1
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b >= 0x80:
			return strings.Fields(s)
		case b == ' ', b >= '\t' && b <= '\r':
			if start >= 0 {
				list, start = append(list, s[start:i]), -1
			}
		case start < 0:
			start = i
		}
	}
	if start >= 0 {
		list = append(list, s[start:])
	}
	return list
}

// appendSplit appends the parts of a text that a byte divides, as strings.Split has them, to a list that has room for a few.
func appendSplit(list []string, s string, by byte) []string {
	for {
		i := strings.IndexByte(s, by)
		if i < 0 {
			return append(list, s)
		}
		list, s = append(list, s[:i]), s[i+1:]
	}
}

// appendLower appends a text with the letters of ASCII in lower case.
func appendLower(to []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// foldBlanks makes each run of blanks one, so that a name is the same however its line was broken.
func foldBlanks(s string) string {
	if !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// isDigits reports whether a text has no byte but digits.
func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

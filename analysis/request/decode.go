package request

import "strings"

// rounds is how many layers of encoding Decode takes off; each costs a pass over the text.
const rounds = 4

// Decode undoes what a client may do to a text, again and again, because filters decode once and attackers
// encode twice: percent encoding, also the %u form of IIS; UTF-8 with too many bytes, in which old servers
// found slashes and dots; and the escapes in which servers log what does not print. A plus sign stands for
// a blank in queries alone, and stays.
func Decode(s string) string {
	for range rounds {
		if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '\\') < 0 && !hasOverlong(s) {
			break
		}
		d := decodeOnce(s)
		if d == s {
			break
		}
		s = d
	}
	return s
}

func decodeOnce(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%' && i+2 < len(s) && Hex(s[i+1]) >= 0 && Hex(s[i+2]) >= 0:
			b = append(b, byte(Hex(s[i+1])<<4|Hex(s[i+2])))
			i += 2
		case s[i] == '%' && i+5 < len(s) && (s[i+1] == 'u' || s[i+1] == 'U') && Hex(s[i+2]) >= 0 && Hex(s[i+3]) >= 0 && Hex(s[i+4]) >= 0 && Hex(s[i+5]) >= 0:
			b = append(b, narrow(Hex(s[i+2])<<12|Hex(s[i+3])<<8|Hex(s[i+4])<<4|Hex(s[i+5])))
			i += 5
		case s[i] == '\\' && i+3 < len(s) && (s[i+1] == 'x' || s[i+1] == 'X') && Hex(s[i+2]) >= 0 && Hex(s[i+3]) >= 0:
			b = append(b, byte(Hex(s[i+2])<<4|Hex(s[i+3])))
			i += 3
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '"':
		default:
			b = append(b, s[i])
		}
	}
	return string(shorten(b))
}

// narrow gives the ASCII letter for its full-width form (U+FF01 to U+FF5E), and "?" for what is no letter
// of ASCII at all.
func narrow(r int) byte {
	switch {
	case r >= 0xff01 && r <= 0xff5e:
		return byte(r - 0xfee0)
	case r < 0x100:
		return byte(r)
	case r == 0x2215 || r == 0x2044: // the slashes of mathematics
		return '/'
	case r == 0x2216:
		return '\\'
	}
	return '?'
}

func hasOverlong(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == 0xc0 || s[i] == 0xc1 || s[i] == 0xe0 || s[i] == 0xef {
			return true
		}
	}
	return false
}

// shorten makes ASCII of UTF-8 that took more bytes than it needs (RFC 3629 section 3 forbids it), and of
// full-width letters.
func shorten(b []byte) []byte {
	cont := func(i int) bool { return i < len(b) && b[i]&0xc0 == 0x80 }
	out := b[:0]
	for i := 0; i < len(b); i++ {
		switch {
		case (b[i] == 0xc0 || b[i] == 0xc1) && cont(i+1):
			out = append(out, b[i]&0x1f<<6|b[i+1]&0x3f)
			i++
		case b[i] == 0xe0 && i+2 < len(b) && (b[i+1] == 0x80 || b[i+1] == 0x81) && cont(i+2):
			out = append(out, b[i+1]&0x3f<<6|b[i+2]&0x3f)
			i += 2
		case b[i] == 0xf0 && i+3 < len(b) && b[i+1] == 0x80 && (b[i+2] == 0x80 || b[i+2] == 0x81) && cont(i+3):
			out = append(out, b[i+2]&0x3f<<6|b[i+3]&0x3f)
			i += 3
		case b[i] == 0xef && i+2 < len(b) && (b[i+1] == 0xbc || b[i+1] == 0xbd) && cont(i+2):
			out = append(out, narrow(0xf000|int(b[i+1]&0x3f)<<6|int(b[i+2]&0x3f)))
			i += 2
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// Hex is the value of a hexadecimal digit; -1 when it is none.
func Hex(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b >= 'a' && b <= 'f':
		return int(b-'a') + 10
	case b >= 'A' && b <= 'F':
		return int(b-'A') + 10
	}
	return -1
}

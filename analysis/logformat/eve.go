package logformat

import (
	"math/bits"
	"strings"
)

// quick reads the object of a line as json.Unmarshal would, without its cost. It reads what Suricata writes and reports
// whether it did: of anything unusual it knows nothing, and json.Unmarshal has to be asked. Unusual are escapes in a field
// that is kept, a key twice or in other case, null in place of a value, and what is no JSON.
func (r *eveRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	if !s.object(eveKeys[:], func(key int) bool {
		ok := false
		switch eveKeys[key] {
		case "timestamp":
			r.Timestamp, ok = s.plainString()
		case "event_type":
			r.EventType, ok = s.plainString()
		case "host":
			r.Host, ok = s.plainString()
		case "src_ip":
			r.SrcIP, ok = s.plainString()
		case "dest_ip":
			r.DestIP, ok = s.plainString()
		case "proto":
			r.Proto, ok = s.plainString()
		case "app_proto":
			r.AppProto, ok = s.plainString()
		case "flow_id":
			r.FlowID, ok = s.plainNumber(1<<64 - 1)
		case "src_port":
			r.SrcPort, ok = s.plainNumber(65535)
		case "dest_port":
			r.DestPort, ok = s.plainNumber(65535)
		case "alert":
			r.Alert = true
			return s.object(eveAlertKeys[:], func(key int) bool {
				if eveAlertKeys[key] == "action" {
					r.AlertAction, ok = s.plainString()
				} else {
					r.AlertSignature, ok = s.plainString()
				}
				return ok
			})
		}
		return ok
	}) {
		return false
	}
	s.blanks()
	return s.pos == len(text)
}

var (
	eveKeys      = [...]string{"timestamp", "event_type", "flow_id", "host", "src_ip", "src_port", "dest_ip", "dest_port", "proto", "app_proto", "alert"}
	eveAlertKeys = [...]string{"action", "signature"}
)

// jsonScanner goes through a JSON text (RFC 8259). Its methods report false where the text is not what they read, or not
// plain.
type jsonScanner struct {
	text  string
	pos   int
	depth int
}

// maxJSONDepth is how deep values may lie in each other for a jsonScanner.
const maxJSONDepth = 50

func (s *jsonScanner) blanks() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// byte moves past blanks and one byte.
func (s *jsonScanner) byte(b byte) bool {
	s.blanks()
	if s.pos < len(s.text) && s.text[s.pos] == b {
		s.pos++
		return true
	}
	return false
}

// object goes through an object. It calls value for each of the keys, of which there are at most 64, with the cursor at
// the value, and moves past the values of other keys.
func (s *jsonScanner) object(keys []string, value func(key int) bool) bool {
	if s.depth++; s.depth > maxJSONDepth || !s.byte('{') {
		return false
	}
	defer func() { s.depth-- }()
	if s.byte('}') {
		return true
	}
	seen := uint64(0)
	for {
		s.blanks()
		key, ok := s.plainString()
		if !ok || !s.byte(':') {
			return false
		}
		s.blanks()
		at := -1
		for i, k := range keys {
			if len(k) == len(key) && (k == key || k[0]|' ' == key[0]|' ' && strings.EqualFold(k, key)) { // as json.Unmarshal does, of ASCII
				if k != key || seen&(1<<i) != 0 {
					return false
				}
				seen |= 1 << i
				at = i
				break
			}
		}
		if at >= 0 && !value(at) || at < 0 && !s.skip() {
			return false
		}
		if s.byte(',') {
			continue
		}
		return s.byte('}')
	}
}

// plainString reads a string of printable ASCII without escapes.
func (s *jsonScanner) plainString() (string, bool) {
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return "", false
	}
	for i := s.pos + 1; i < len(s.text); i++ {
		switch b := s.text[i]; {
		case b == '"':
			text := s.text[s.pos+1 : i]
			s.pos = i + 1
			return text, true
		case b == '\\', b < ' ', b >= 0x7f:
			return "", false
		}
	}
	return "", false
}

// plainNumber reads a number of digits alone, up to most.
func (s *jsonScanner) plainNumber(most uint64) (uint64, bool) {
	start, n := s.pos, uint64(0)
	for s.pos < len(s.text) && isDigit(s.text[s.pos]) {
		high, low := bits.Mul64(n, 10)
		n = low + uint64(s.text[s.pos]-'0')
		if high != 0 || n < low || n > most {
			return 0, false
		}
		s.pos++
	}
	if s.pos == start || s.text[start] == '0' && s.pos > start+1 || s.pos == len(s.text) {
		return 0, false
	}
	switch s.text[s.pos] {
	case ',', '}', ']', ' ', '\t', '\n', '\r':
		return n, true
	}
	return 0, false
}

// skip moves past a value.
func (s *jsonScanner) skip() bool {
	if s.pos >= len(s.text) {
		return false
	}
	switch b := s.text[s.pos]; {
	case b == '"':
		return s.skipString()
	case b == '{':
		return s.skipObject()
	case b == '[':
		return s.skipArray()
	case b == '-', isDigit(b):
		return s.skipNumber()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(s.text[s.pos:], word) {
			s.pos += len(word)
			return true
		}
	}
	return false
}

func (s *jsonScanner) skipString() bool {
	for i := s.pos + 1; i < len(s.text); i++ {
		switch b := s.text[i]; {
		case b == '"':
			s.pos = i + 1
			return true
		case b < ' ':
			return false
		case b == '\\':
			if i++; i == len(s.text) {
				return false
			}
			switch s.text[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if i+4 >= len(s.text) || strings.Trim(s.text[i+1:i+5], "0123456789abcdefABCDEF") != "" {
					return false
				}
				i += 4
			default:
				return false
			}
		}
	}
	return false
}

func (s *jsonScanner) skipObject() bool {
	if s.depth++; s.depth > maxJSONDepth {
		return false
	}
	defer func() { s.depth-- }()
	s.pos++
	if s.byte('}') {
		return true
	}
	for {
		s.blanks()
		if s.pos >= len(s.text) || s.text[s.pos] != '"' || !s.skipString() || !s.byte(':') {
			return false
		}
		if s.blanks(); !s.skip() {
			return false
		}
		if s.byte(',') {
			continue
		}
		return s.byte('}')
	}
}

func (s *jsonScanner) skipArray() bool {
	if s.depth++; s.depth > maxJSONDepth {
		return false
	}
	defer func() { s.depth-- }()
	s.pos++
	if s.byte(']') {
		return true
	}
	for {
		if s.blanks(); !s.skip() {
			return false
		}
		if s.byte(',') {
			continue
		}
		return s.byte(']')
	}
}

func (s *jsonScanner) skipNumber() bool {
	digits := func() bool {
		start := s.pos
		for s.pos < len(s.text) && isDigit(s.text[s.pos]) {
			s.pos++
		}
		return s.pos > start
	}
	is := func(any string) bool {
		if s.pos < len(s.text) && strings.IndexByte(any, s.text[s.pos]) >= 0 {
			s.pos++
			return true
		}
		return false
	}
	is("-")
	if zero := is("0"); !zero && !digits() {
		return false
	}
	if is(".") && !digits() {
		return false
	}
	if is("eE") {
		is("+-")
		if !digits() {
			return false
		}
	}
	return true
}

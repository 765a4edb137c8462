package logformat

import (
	"math/bits"
	"strconv"
	"strings"
)

// jsonScanner goes through a JSON text (RFC 8259). Its methods report false where the text is not what they read, or not
// plain.
type jsonScanner struct {
	text  string
	pos   int
	depth int
	key   string // that object was at last
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
	if s.pos < len(s.text) && s.text[s.pos] == b { // the usual case
		s.pos++
		return true
	}
	s.blanks()
	if s.pos < len(s.text) && s.text[s.pos] == b {
		s.pos++
		return true
	}
	return false
}

// jsonKeys are keys of an object, at most 64.
type jsonKeys struct {
	list  []string
	sized [16]uint64 // by length: a bit for each of that length; the last ones are that long or longer
}

func keysOf(list ...string) *jsonKeys {
	k := &jsonKeys{list: list}
	for i, key := range list {
		k.sized[min(len(key), len(k.sized)-1)] |= 1 << i
	}
	return k
}

// object goes through an object. It calls value for each of the keys, with the cursor at the value, and moves past the values of
// other keys. Without keys, it calls value for each key that there is, with -1.
func (s *jsonScanner) object(keys *jsonKeys, value func(key int) bool) bool {
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
		if keys == nil {
			if s.key = key; !value(-1) {
				return false
			}
			if s.byte(',') {
				continue
			}
			return s.byte('}')
		}
		at := -1
		for may := keys.sized[min(len(key), len(keys.sized)-1)]; may != 0; may &= may - 1 {
			i := bits.TrailingZeros64(may)
			if k := keys.list[i]; k == key || strings.EqualFold(k, key) { // as json.Unmarshal does, of ASCII
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

// whole is object of a text that is one object and nothing else.
func (s *jsonScanner) whole(keys *jsonKeys, value func(key int) bool) bool {
	if !s.object(keys, value) {
		return false
	}
	s.blanks()
	return s.pos == len(s.text)
}

// plainString reads a string of printable ASCII without escapes.
func (s *jsonScanner) plainString() (string, bool) {
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return "", false
	}
	i := plainUntil(s.text, s.pos+1)
	if i == len(s.text) || s.text[i] != '"' {
		return "", false
	}
	text := s.text[s.pos+1 : i]
	s.pos = i + 1
	return text, true
}

// usualString reads a string of printable ASCII with the escapes of two letters.
func (s *jsonScanner) usualString() (string, bool) {
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return "", false
	}
	begin := s.pos + 1
	end := begin
	for escaped := false; ; end++ {
		end = plainUntil(s.text, end)
		switch {
		case end == len(s.text):
			return "", false
		case s.text[end] == '"':
			s.pos = end + 1
			if !escaped {
				return s.text[begin:end], true
			}
			return unescaped(s.text[begin:end]), true
		case s.text[end] != '\\' || end+1 == len(s.text) || escapes[s.text[end+1]] == 0:
			return "", false
		}
		escaped = true
		end++
	}
}

// escapes are what the letters behind a backslash stand for (RFC 8259 section 7).
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func unescaped(raw string) string {
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' {
			i++
			b = append(b, escapes[raw[i]])
		} else {
			b = append(b, raw[i])
		}
	}
	return view(b)
}

// plainUntil is the place of the first byte from a place on that is not of plainInJSON; the length of the text where there is none.
func plainUntil(text string, i int) int {
	for ; i+8 <= len(text); i += 8 {
		// The highest bit of a byte is set where it is above 0x7f, is 0x7f, is below the blank, or is one of the two.
		x := eightBytes(text, i)
		low := x &^ highBits
		if odd := (x | (low + eachByte) | ^(low + (0x80-' ')*eachByte) | ^otherThan('"', x) | ^otherThan('\\', x)) & highBits; odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for i < len(text) && plainInJSON[text[i]] {
		i++
	}
	return i
}

// plainInJSON are the bytes of printable ASCII that stand for themselves in a string.
var plainInJSON = func() (set [256]bool) {
	for b := ' '; b < 0x7f; b++ {
		set[b] = b != '"' && b != '\\'
	}
	return set
}()

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
	for i := plainUntil(s.text, s.pos+1); i < len(s.text); i = plainUntil(s.text, i+1) {
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
	if n := decimalsOf(s.text[s.pos:]); n > 0 && (n == 1 || s.text[s.pos] != '0') && s.pos+n < len(s.text) {
		switch s.text[s.pos+n] {
		case ',', '}', ']': // the usual case
			s.pos += n
			return true
		}
	}
	digits := func() bool {
		n := decimalsOf(s.text[s.pos:])
		s.pos += n
		return n > 0
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

// value reads a value as json.Unmarshal does into an any.
func (s *jsonScanner) value() (v any, ok bool) {
	at := s.pos
	if at >= len(s.text) {
		return nil, false
	}
	switch b := s.text[at]; {
	case b == '"':
		return s.usualString()
	case b == '{':
		object := map[string]any{}
		ok = s.object(nil, func(int) bool {
			key := s.key
			v, ok := s.value()
			object[key] = v // of several, the last one
			return ok
		})
		return object, ok
	case b == '[':
		return s.values()
	case b == '-', isDigit(b):
		if !s.skip() {
			return nil, false
		}
		f, err := strconv.ParseFloat(s.text[at:s.pos], 64)
		return f, err == nil
	case b == 'n':
		return nil, s.skip()
	}
	return s.text[at] == 't', s.skip()
}

// values reads an array as json.Unmarshal does into an any.
func (s *jsonScanner) values() (list []any, ok bool) {
	if s.depth++; s.depth > maxJSONDepth {
		return nil, false
	}
	defer func() { s.depth-- }()
	s.pos++
	list = []any{}
	if s.byte(']') {
		return list, true
	}
	for {
		s.blanks()
		v, ok := s.value()
		if !ok {
			return nil, false
		}
		if list = append(list, v); s.byte(',') {
			continue
		}
		return list, s.byte(']')
	}
}

// quickObject reads the values of some keys of an object, in whole, as json.Unmarshal does into a map, without its cost. Of anything unusual
// it knows nothing, and json.Unmarshal has to be asked.
func quickObject(text string, keys *jsonKeys) (map[string]any, bool) {
	s := jsonScanner{text: text}
	o := make(map[string]any, 16)
	ok := s.whole(keys, func(key int) bool {
		v, ok := s.value()
		o[keys.list[key]] = v
		return ok
	})
	return o, ok
}

// quickMap is quickObject of all keys.
func quickMap(text string) (map[string]any, bool) {
	s := jsonScanner{text: text}
	s.blanks()
	v, ok := s.value()
	s.blanks()
	o, isObject := v.(map[string]any)
	return o, ok && isObject && s.pos == len(text)
}

package obscure

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"practicum/analysis/lazily"
)

// Leak is an original that a finished file still has.
type Leak struct {
	Original string
	Form     string // how it stands there
}

// Search looks for originals in texts that were to have none: addresses in all their forms, also inside of words and across line
// breaks, names with a domain, mail addresses and free words. It does not read texts as Text does, but looks for what was
// replaced.
type Search struct {
	given   map[string]bool   // pseudonyms of addresses
	forms   map[string]string // of addresses, in lower case, by form: the original
	lengths [maxForm + 1]bool // of forms
	names   map[string]bool   // of machines and mailboxes, in lower case
	words   []string          // free words, in lower case
	whole   map[string]bool   // names without a dot, which must not stand as a word
}

// maxForm is the length of the longest form of an address.
const maxForm = 63

// Search prepares a search for all that the Map has replaced by now. Names without a dot are sought as words where plain is
// set: in logs and in what people wrote. Such a name can be a word of the report's own, "mail" or "files".
func (m *Map) Search(plain bool) *Search {
	s := &Search{given: map[string]bool{}, forms: map[string]string{}, names: map[string]bool{}, whole: map[string]bool{}}
	given := map[netip.Addr]bool{}
	for _, b := range m.addrs {
		given[b] = true
		s.given[b.String()] = true
	}
	for a := range m.addrs {
		if given[a] {
			continue // it is another one's pseudonym, or its own
		}
		for _, form := range forms(a) {
			s.forms[form] = a.String()
			s.lengths[len(form)] = true
		}
	}
	for _, n := range m.names {
		lower := strings.ToLower(n.original)
		switch {
		case n.original == n.pseudonym:
		case n.guessed:
			// Whoever named it may have had a word of the report's own in mind, or the digits of an address.
			if plain && !isAllHex(strings.ToLower(n.original)) {
				s.whole[n.original] = true
			}
		case n.kind == kindWord:
			s.words = append(s.words, lower)
		case n.kind == kindMail, strings.Contains(n.original, "."):
			s.names[lower] = true
			if n.kind == kindHost && strings.Count(lower, ".") > 1 {
				s.names[strings.ReplaceAll(lower, ".", "-")], s.names[strings.ReplaceAll(lower, ".", "_")] = true, true
			}
		case plain:
			s.whole[n.original] = true
		}
	}
	slices.Sort(s.words)
	return s
}

// forms are the ways in which an address is written, in lower case.
func forms(a netip.Addr) []string {
	if a.Is6() {
		b := a.As16()
		nibbles := hex.EncodeToString(b[:])
		var reverse []string
		for i := len(nibbles) - 1; i >= 0; i-- {
			reverse = append(reverse, nibbles[i:i+1])
		}
		return []string{a.String(), a.StringExpanded(), strings.Join(reverse, "."), nibbles, strings.ReplaceAll(a.StringExpanded(), ":", "-")}
	}
	q := a.As4()
	n := binary.BigEndian.Uint32(q[:])
	list := []string{fmt.Sprintf("%03d%03d%03d%03d", q[0], q[1], q[2], q[3]), fmt.Sprintf("%03d.%03d.%03d.%03d", q[0], q[1], q[2], q[3]), hex.EncodeToString(q[:])}
	if n >= 1e7 {
		list = append(list, fmt.Sprint(n))
	}
	list = append(list, fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", q[0], q[1], q[2], q[3]), fmt.Sprintf("0%o.0%o.0%o.0%o", q[0], q[1], q[2], q[3]),
		fmt.Sprintf("%02x:%02x:%02x:%02x", q[0], q[1], q[2], q[3]))
	for _, sep := range []string{".", "-", "_", "x", "%2e"} {
		list = append(list, fmt.Sprintf("%d%s%d%s%d%s%d", q[0], sep, q[1], sep, q[2], sep, q[3]), fmt.Sprintf("%d%s%d%s%d%s%d", q[3], sep, q[2], sep, q[1], sep, q[0]))
	}
	return list
}

// In finds what a text still has, each original once.
func (s *Search) In(text string) []Leak {
	found := map[string]string{}
	lower := strings.ToLower(text)
	s.addresses(lower, found)
	// A break may stand inside of what was once one word.
	if strings.Contains(lower, "\n") {
		s.addresses(joinedLines.Replace(strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return '\n'
			}
			return r
		}, lower)), found)
	}
	views := []string{lower}
	for range 2 { // what URLs encode, and what was encoded twice
		if !strings.Contains(views[len(views)-1], "%") {
			break
		}
		decoded := encoded().ReplaceAllStringFunc(views[len(views)-1], func(e string) string {
			b, _ := hex.DecodeString(e[1:])
			return strings.ToLower(string(b))
		})
		if decoded == views[len(views)-1] {
			break
		}
		views = append(views, decoded)
		s.addresses(decoded, found)
	}
	if strings.Contains(lower, `\u`) { // what JSON escapes
		plain := escaped().ReplaceAllStringFunc(lower, func(e string) string {
			b, _ := hex.DecodeString(e[4:])
			return strings.ToLower(string(b))
		})
		views = append(views, plain)
		s.addresses(plain, found)
	}
	var lists []string
	if strings.Contains(text, "[") {
		lists = byteList().FindAllString(text, -1)
	}
	for _, list := range lists { // what the journal of systemd makes of a message that is no UTF-8
		var b []byte
		for n := range strings.FieldsFuncSeq(list, func(r rune) bool { return r < '0' || r > '9' }) {
			v, _ := strconv.ParseUint(n, 10, 8)
			b = append(b, byte(v))
		}
		plain := strings.ToLower(string(b))
		s.addresses(plain, found)
		views = append(views, plain)
	}
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	}) {
		if plain, ok := decoded(w); ok {
			plain = strings.ToLower(plain)
			s.addresses(plain, found)
			s.hosts(plain, found)
		}
	}
	for _, view := range views {
		s.hosts(view, found)
		for _, w := range s.words {
			if strings.Contains(view, w) {
				found[w] = w
			}
		}
	}
	if len(s.whole) > 0 {
		var lists []string
		if strings.Contains(text, "[") {
			lists = byteList().FindAllString(text, -1)
		}
		for _, list := range lists { // what the journal of systemd makes of a message that is no UTF-8
			var b []byte
			for n := range strings.FieldsFuncSeq(list, func(r rune) bool { return r < '0' || r > '9' }) {
				v, _ := strconv.ParseUint(n, 10, 8)
				b = append(b, byte(v))
			}
			plain := strings.ToLower(string(b))
			s.addresses(plain, found)
			views = append(views, plain)
		}
		for w := range strings.FieldsFuncSeq(text, func(r rune) bool {
			return !(r == '_' || r == '-' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r))
		}) {
			if w = strings.Trim(w, ".-"); s.whole[w] {
				found[w] = w
			}
		}
	}
	var list []Leak
	for _, original := range slices.Sorted(maps.Keys(found)) {
		list = append(list, Leak{original, found[original]})
	}
	return list
}

var joinedLines = strings.NewReplacer("-\n", "-", ".\n", ".", ":\n", ":", "_\n", "_")

var byteList = lazily.Regexp(`\[ ?\d{1,3}(?: ?, ?\d{1,3}){6,} ?\]`)

var escaped = lazily.Regexp(`\\u00[0-7][0-9a-f]`)

var encoded = lazily.Regexp(`%[0-9a-f]{2}`)

// hosts looks for names of machines and mailboxes between bytes that no name goes on with: of notexample.org, example.org is
// no part.
func (s *Search) hosts(lower string, found map[string]string) {
	inName := func(b byte) bool {
		return isNameByte(b) || b == '.' || b == '-' || b == '_' || b == '@' || b == '+'
	}
	for at := 0; at < len(lower); {
		if !inName(lower[at]) {
			at++
			continue
		}
		end, marks := at, 0
		for end < len(lower) && inName(lower[end]) {
			if !isNameByte(lower[end]) {
				marks++
			}
			end++
		}
		run := lower[at:end]
		at = end
		if marks == 0 {
			continue
		}
		for i := range run {
			if !isNameByte(run[i]) || i > 0 && isNameByte(run[i-1]) {
				continue
			}
			for j := i + 1; j <= min(len(run), i+320); j++ {
				if (j == len(run) || !isNameByte(run[j])) && isNameByte(run[j-1]) && s.names[run[i:j]] {
					found[run[i:j]] = run[i:j]
				}
			}
		}
	}
}

func isNameByte(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

// addresses looks at every run of the bytes that forms are made of, and at all that can be an address inside of it.
func (s *Search) addresses(lower string, found map[string]string) {
	inForm := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b == '.' || b == '-' || b == '_' || b == ':' || b == '%' || b == 'x'
	}
	for at := 0; at < len(lower); {
		if !inForm(lower[at]) {
			at++
			continue
		}
		end := at
		for end < len(lower) && inForm(lower[end]) {
			end++
		}
		run, begin := lower[at:end], at
		at = end
		if len(run) < 7 {
			continue
		}
		hexadecimal := isAllHex(run)
		for i := range run {
			if i > 0 && !hexadecimal && isDigitByte(run[i-1]) && isDigitByte(run[i]) {
				continue // inside of a number
			}
			for n := min(len(run)-i, maxForm); n >= 3; n-- {
				if !s.lengths[n] || !hexadecimal && i+n < len(run) && isDigitByte(run[i+n]) && isDigitByte(run[i+n-1]) {
					continue
				}
				if original, ok := s.forms[run[i:i+n]]; ok {
					if isDigits(run[i:i+n]) && (i > 0 || n < len(run)) {
						continue // a part of a longer number
					}
					if s.isCut(lower, begin+i, begin+i+n) {
						continue
					}
					found[original] = run[i : i+n]
				}
			}
		}
	}
}

// isCut reports whether what stands in a text between two places is a part of a pseudonym that was shortened, or broken across
// two lines.
func (s *Search) isCut(lower string, from, to int) bool {
	if strings.HasPrefix(lower[to:], "…") {
		return true
	}
	begin, end := from, to
	if from > 1 && lower[from-1] == '\n' {
		for begin = from - 1; begin > 0 && isFormByte(lower[begin-1]); begin-- {
		}
	}
	if to < len(lower) && lower[to] == '\n' {
		for end = to + 1; end < len(lower) && isFormByte(lower[end]); end++ {
		}
	}
	if begin == from && end == to {
		return false
	}
	whole := strings.ReplaceAll(lower[begin:end], "\n", "")
	for i := range whole {
		for j := i + to - from + 1; j <= len(whole); j++ {
			if s.given[whole[i:j]] && strings.Contains(whole[i:j], lower[from:to]) {
				return true
			}
		}
	}
	return false
}

func isFormByte(b byte) bool { return isDigitByte(b) || b == '.' || b == ':' || b >= 'a' && b <= 'f' }

func isDigitByte(b byte) bool { return b >= '0' && b <= '9' }

func isAllHex(s string) bool {
	for i := range len(s) {
		if !isHexByte(s[i]) {
			return false
		}
	}
	return true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Entry is a pseudonym and what it stands for.
type Entry struct {
	Pseudonym string `json:"pseudonym"`
	Original  string `json:"original"`
}

// Entries lists all pseudonyms that were given, for the owner's eyes.
func (m *Map) Entries() []Entry {
	var list []Entry
	for _, a := range slices.SortedFunc(maps.Keys(m.addrs), netip.Addr.Compare) {
		if b := m.addrs[a]; a != b {
			list = append(list, Entry{b.String(), a.String()})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.names)) {
		n := m.names[key]
		list = append(list, Entry{n.pseudonym, n.original})
	}
	for _, name := range slices.Sorted(maps.Keys(m.ordinary)) {
		list = append(list, Entry{m.ordinary[name], name})
	}
	return list
}

// Alias notes what stands for the name of a file.
func (m *Map) Alias(alias, file string) { m.real[alias] = file }

// Classic writes the site's own addresses as practicals do: the first half of the pseudonym as MY.NET.
func (m *Map) Classic(text string) string {
	return dots().ReplaceAllStringFunc(text, func(form string) string {
		b, n, _ := dotted(form)
		if n != len(form) {
			return form
		}
		a, err := netip.ParseAddr(m.Real(b.String()))
		if err != nil || !m.isOwn(a) {
			return form
		}
		q := b.As4()
		return fmt.Sprintf("MY.NET.%d.%d", q[2], q[3])
	})
}

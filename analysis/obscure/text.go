package obscure

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"practicum/analysis/lazily"

	"golang.org/x/net/publicsuffix"
)

// Text replaces all that a text holds: addresses in all the ways in which they are written, mail addresses, hardware addresses,
// names of machines with a domain, and the names and words that the Map knows by now.
//
// A person's account is found with a capital too: people write to people.
func (m *Map) Text(s string) string {
	m.prose = true
	defer func() { m.prose = false }()
	return m.replace(s, nil)
}

// Ours notes what in a text of the tool's own looks like an address or the name of a machine and is none that is known: the
// number of a section, a private range, the home of a standard. It is not replaced.
func (m *Map) Ours(text string) {
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !(r < 0x80 && (isWordByte(byte(r)) || r == '.' || r == '-')) }) {
		w = strings.ToLower(strings.Trim(w, ".-"))
		if !strings.Contains(w, ".") {
			continue
		}
		if a, err := netip.ParseAddr(w); err == nil {
			if _, known := m.addrs[a]; !known {
				m.ours[w] = true
			}
		} else if _, known := m.names[w]; !known {
			m.ours[w] = true
		}
	}
}

// Line is Text for a line of a log, where what stands in the place of an account's name is one.
func (m *Map) Line(s string) string {
	var users [][2]int
	for _, form := range accountForms {
		if !form.mayHold(s) {
			continue
		}
		for _, at := range form.form().FindAllStringSubmatchIndex(s, -1) {
			end := at[3]
			for end < len(s) && s[end] >= 0x80 { // letters that the expressions do without
				r, n := utf8.DecodeRuneInString(s[end:])
				if !unicode.IsLetter(r) {
					break
				}
				for end += n; end < len(s) && (s[end] < 0x80 && isWordByte(s[end]) || s[end] == '.' || s[end] == '-'); end++ {
				}
			}
			if name := s[at[2]:end]; !noAccounts[strings.ToLower(name)] {
				users = append(users, [2]int{at[2], end})
				m.note(name, form.exists)
			}
		}
	}
	for _, form := range machineForms {
		if !form.mayHold(s) {
			continue
		}
		for _, at := range form.form().FindAllStringSubmatchIndex(s, -1) {
			m.noteHost(s[at[2]:at[3]])
		}
	}
	return m.replace(s, users)
}

// accountForm is a place where logs have the name of an account: the group of the expression. One of the words of holds
// stands in every text that it matches.
type accountForm struct {
	holds  []string
	form   func() *regexp.Regexp
	exists bool // the account does: elsewhere anybody can name any, and what strangers guess is replaced where it stands only
}

func (f *accountForm) mayHold(s string) bool {
	for _, w := range f.holds {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

const account = `([A-Za-z0-9][A-Za-z0-9._-]{1,63})`

var accountForms = []accountForm{
	{[]string{" user "}, lazily.Regexp(`(?:[Ii]nvalid|[Ii]llegal|unknown|authenticating|existent|for) user '?"?<?` + account), false},
	{[]string{" for "}, lazily.Regexp(`(?:[Pp]assword|publickey|none|interactive(?:/pam)?|hostbased|failure|gssapi-with-mic) for ` + account), false},
	{[]string{"ruser=", "logname=", "sasl_username="}, lazily.Regexp(`\b(?:ruser|logname|sasl_username)="?'?<?` + account), true},
	{[]string{"ser=", "USER=", "acct=", "account=", "login="}, lazily.Regexp(`\b(?:[Uu]ser|USER|acct|account|login)="?'?<?` + account), false},
	{[]string{"ser: ", "USER: ", "ccount: "}, lazily.Regexp(`\b(?:[Uu]ser|USER|[Aa]ccount): "?'?<?` + account), false},
	{[]string{"of user "}, lazily.Regexp(`\bof user ` + account), true},
	{[]string{") CMD", ") RELOAD", ") LIST", ") REPLACE", ") MAIL", ") BEGIN EDIT", ") END EDIT"}, lazily.Regexp(`^[^(]*\(([a-z_][a-z0-9._-]{1,31})\) (?:CMD|RELOAD|LIST|REPLACE|MAIL|BEGIN EDIT|END EDIT)\b`), true},
	{[]string{"/home/", "/Users/"}, lazily.Regexp(`/(?:home|Users|export/home)/` + account), true},
	{[]string{`ser":`, `username":`, `user_name":`, `login":`, `account":`, `UserName":`}, lazily.Regexp(`"(?:user|username|user_name|login|account|TargetUserName|SubjectUserName|userName)": ?"` + account + `"`), false},
	{[]string{"UserName"}, lazily.Regexp(`Name=['"](?:Target|Subject)UserName['"]>` + account + `<`), false},
	{[]string{"Account Name:"}, lazily.Regexp(`Account Name:\s+` + account), false},
	{[]string{"sudo"}, lazily.Regexp(`\bsudo(?:\[\d+\])?: +` + account + ` :`), true},
}

// machineForms are places where logs have the name of a client's machine or domain that the log formats do not read.
var machineForms = []accountForm{
	{holds: []string{"workstation ["}, form: lazily.Regexp(`\bworkstation \[` + account + `\]`)},
	{holds: []string{" user ["}, form: lazily.Regexp(` user \[` + account + `\]\\\[`)},
}

// noAccounts are words that follow where an account's name is missing.
var noAccounts = map[string]bool{
	"from": true, "user": true, "invalid": true, "illegal": true, "unknown": true, "port": true, "by": true, "at": true, "on": true, "in": true, "to": true, "the": true,
	"session": true, "authentication": true, "not": true, "is": true, "was": true, "has": true, "with": true, "and": true, "or": true, "this": true, "uid": true,
	"service": true, "rhost": true, "method": true, "host": true, "no": true, "failed": true, "password": true, "ssh2": true, "name": true, "tty": true, "via": true,
}

var encodedMail = lazily.Regexp(`((?:[A-Za-z0-9._+-]|%2[BbEe])+)%40([A-Za-z0-9.-]*[A-Za-z0-9])`)

// replace goes over a text once, so that no pseudonym is replaced again. users are where names of accounts stand.
func (m *Map) replace(s string, users [][2]int) string {
	var out strings.Builder
	done := 0 // up to here s has been written
	put := func(from, to int, text string) {
		if s[from:to] != text {
			out.WriteString(s[done:from])
			out.WriteString(text)
			done = to
		}
	}
	var mails [][]int
	if strings.Contains(s, "%40") {
		mails = encodedMail().FindAllStringSubmatchIndex(s, -1)
	}
	for at := 0; at < len(s); {
		if len(mails) > 0 && at >= mails[0][0] {
			at = mails[0][0]
			if domain := s[mails[0][4]:mails[0][5]]; strings.Contains(domain, ".") && isHostName(domain) && (!m.o.OwnOnly || m.ofOwnDomain(domain)) {
				local, err := url.QueryUnescape(strings.ReplaceAll(s[mails[0][2]:mails[0][3]], "+", "%2B"))
				if err == nil {
					put(at, mails[0][1], strings.Replace(m.mail(local, domain), "@", "%40", 1))
					at = mails[0][1]
				}
			}
			mails = mails[1:]
			continue
		}
		if s[at] == '%' && !isEncodedDot(s[at:]) && at+2 < len(s) && isHexByte(s[at+1]) && isHexByte(s[at+2]) {
			at += 3 // a byte as URLs encode it; what follows begins a word
			continue
		}
		if b := s[at]; !isWordByte(b) && b != ':' {
			at++
			continue
		}
		end := at
		if text, n := m.address(s, at); n > 0 {
			put(at, at+n, text)
			at += n
			continue
		}
		for end < len(s) && (isWordByte(s[end]) || (s[end] == '.' || s[end] == '-' || s[end] == '+' || isEncodedDot(s[end:])) && end > at) {
			end++
		}
		if end == at {
			at++ // a colon
			continue
		}
		// Mail: user@machine.
		if end < len(s)-1 && s[end] == '@' {
			stop := end + 1
			for stop < len(s) && (isWordByte(s[stop]) || s[stop] == '.' || s[stop] == '-') {
				stop++
			}
			domain := strings.TrimRight(s[end+1:stop], ".-")
			if isHostName(domain) && (!m.o.OwnOnly || m.ofOwnDomain(domain)) && (strings.Contains(domain, ".") || m.names[domain].pseudonym != "") {
				stop = end + 1 + len(domain)
				pseudonym := m.mail(s[at:end], domain)
				put(at, stop, m.add(kindMail, s[at:stop], pseudonym))
				at = stop
				continue
			}
		}
		for end > at && strings.IndexByte(".-+", s[end-1]) >= 0 {
			end--
		}
		isUser := false
		for _, u := range users {
			if u[0] >= at && u[1] <= end {
				put(u[0], u[1], m.account(s[u[0]:u[1]]))
				isUser = true
			}
		}
		if !isUser {
			text, ok := "", false
			if len(m.places) > 0 && !m.prose {
				text, ok = m.placed(s, at, end)
			}
			if !ok {
				text = m.word(s, at, end)
			}
			put(at, end, text)
		}
		at = end
	}
	if done > 0 {
		out.WriteString(s[done:])
		s = out.String()
	}
	for _, free := range m.o.Words { // also inside of others, and with blanks in them
		s = replaceFold(s, free, m.names[strings.ToLower(strings.TrimSpace(free))].pseudonym)
	}
	return s
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b >= 0x80
}

// isEncodedDot reports whether a text begins with a dot as URLs encode it (RFC 3986 section 2.1).
func isEncodedDot(s string) bool {
	return len(s) > 2 && s[0] == '%' && s[1] == '2' && (s[2] == 'E' || s[2] == 'e') || len(s) > 4 && strings.EqualFold(s[:5], "%252e")
}

func isHexByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// address reads an address at a place of a text, where none is being read, and gives its pseudonym and the length of
// what it replaces; 0 for none.
func (m *Map) address(s string, at int) (text string, n int) {
	if at > 0 && isWordByte(s[at-1]) && s[at-1] < 0x80 || at > 1 && s[at-1] == '.' && s[at-2] >= '0' && s[at-2] <= '9' {
		return "", 0
	}
	end, colons, pairs := at, 0, true
	for end < len(s) && (isHexByte(s[end]) || s[end] == ':' || s[end] == '.') {
		if s[end] == ':' {
			colons++
			pairs = pairs && (end-at)%3 == 2
		}
		end++
	}
	if colons >= 2 {
		run := s[at:end]
		if pairs && (len(run) == 17 || len(run) == 41) && (end == len(s) || !isWordByte(s[end])) {
			return m.hardware(run), len(run)
		}
		if end == len(s) || !isWordByte(s[end]) || s[end] >= 0x80 {
			for try := strings.TrimRight(run, ":."); strings.Count(try, ":") >= 2; {
				if a, err := netip.ParseAddr(try); err == nil {
					return m.Show6(a), len(try)
				}
				cut := strings.LastIndexAny(try, ".:") // perhaps a port
				if cut <= 0 || len(run)-cut > 7 {
					break
				}
				try = try[:cut]
			}
		}
		if s[at] == ':' {
			return "", 0
		}
	}
	if s[at] < '0' || s[at] > '9' {
		return "", 0
	}
	a, n, padded := dotted(s[at:])
	if n == 0 {
		return "", 0
	}
	after := at + n
	if rest := s[after:]; len(rest) >= len(arpa) && strings.EqualFold(rest[:len(arpa)], arpa) {
		return "", 0 // read from the other end
	}
	if m.ours[a.String()] {
		return s[at : at+n], n
	}
	// A network has no bits behind its prefix.
	if after < len(s) && s[after] == '/' {
		digits := after + 1
		for digits < len(s) && digits < after+3 && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if bits, err := strconv.Atoi(s[after+1 : digits]); err == nil && bits <= 24 && (digits == len(s) || !isWordByte(s[digits]) && s[digits] != '.') {
			if p := netip.PrefixFrom(a, bits); p.Masked() == p {
				return m.Prefix(p)[0].Addr().String(), n
			}
		}
	}
	m.known(a)
	b := m.Addr(a)
	if padded {
		q := b.As4()
		return fmt.Sprintf("%03d.%03d.%03d.%03d", q[0], q[1], q[2], q[3]), n
	}
	return b.String(), n
}

const arpa = ".in-addr.arpa"

// known notes an address that was met, so that its other forms are known too.
func (m *Map) known(a netip.Addr) { m.Addr(a) }

// dotted reads an IPv4 address, also one whose numbers have leading zeros.
func dotted(s string) (a netip.Addr, n int, padded bool) {
	var b [4]byte
	for i := range b {
		if i > 0 {
			if n >= len(s) || s[n] != '.' {
				return a, 0, false
			}
			n++
		}
		start, v := n, 0
		for n < len(s) && n-start < 3 && s[n] >= '0' && s[n] <= '9' {
			v = v*10 + int(s[n]-'0')
			n++
		}
		if n == start || v > 255 || n < len(s) && s[n] >= '0' && s[n] <= '9' {
			return a, 0, false
		}
		padded = padded || n-start > 1 && s[start] == '0'
		b[i] = byte(v)
	}
	return netip.AddrFrom4(b), n, padded
}

// Show is how an address is written.
func (m *Map) Show(a netip.Addr) string { return m.Addr(a).String() }

// Show6 is how an address with colons is written.
func (m *Map) Show6(a netip.Addr) string {
	if a.Is4In6() {
		return "::ffff:" + m.Addr(a).String()
	}
	// The address of IPv4 in one of a translator (RFC 6052 section 2.1).
	if b := a.As16(); netip.MustParsePrefix("64:ff9b::/96").Contains(a) {
		v4 := m.Addr(netip.AddrFrom4([4]byte(b[12:]))).As4()
		copy(b[12:], v4[:])
		return netip.AddrFrom16(b).String()
	}
	return m.Addr(a).String()
}

// hardware replaces the hardware addresses of a run of pairs: one, or the two and the type that Linux' packet filter logs.
func (m *Map) hardware(run string) string {
	mac := func(s string) string {
		lower := strings.ToLower(s)
		if first, err := strconv.ParseUint(lower[:2], 16, 8); err != nil || first&1 == 1 || lower == "00:00:00:00:00:00" {
			return s // to a group
		}
		h := m.mac("hardware", lower)
		return fmt.Sprintf("02:%02x:%02x:%02x:%02x:%02x", h[0], h[1], h[2], h[3], h[4])
	}
	if len(run) == 17 {
		return mac(run)
	}
	return mac(run[:17]) + ":" + mac(run[18:35]) + run[35:]
}

var dots = lazily.Regexp(`\d{1,3}(?:\.\d{1,3}){3}`)

var dashes = lazily.Regexp(`\d{1,3}(?:[-_x]\d{1,3}){3}|\d{1,3}(?:%(?:25)?2[eE]\d{1,3}){3}`)

// word gives what stands for a word: the name of a machine, an account, a word of the configuration, or an address in another
// form.
func (m *Map) word(s string, from, to int) string {
	w := s[from:to]
	if n, ok := m.named(w); ok {
		return n
	}
	if zone, ok := m.reverse(w); ok {
		return zone
	}
	if i := strings.IndexByte(w, '+'); i >= 0 { // which stands for a blank in URLs
		return m.word(s, from, from+i) + "+" + m.word(s, from+i+1, to)
	}
	if text, ok := decoded(w); ok {
		if other := m.replace(text, nil); other != text {
			return base64.RawStdEncoding.EncodeToString([]byte(other))
		}
		return w
	}
	if strings.Contains(w, ".") && m.looksLikeHost(s, from, w) {
		return m.Host(w)
	}
	w = m.formed(w)
	if strings.Contains(w, ".") {
		w = m.within(w)
	}
	for _, sep := range [...]string{"-", "_"} {
		if strings.Count(w, sep) > 0 {
			w = m.joined(w, sep)
		}
	}
	if strings.ContainsAny(w, ".-") {
		parts := strings.FieldsFunc(w, func(r rune) bool { return r == '.' || r == '-' })
		for _, p := range parts {
			if n, ok := m.named(p); ok && (strings.ContainsAny(p, "0123456789") && len(p) > 2 || len(p) > 3 && m.names[p].kind == kindUser) {
				w = replaceWhole(w, p, n)
			}
		}
	}
	if strings.Contains(w, "%") {
		w = encodedParts().ReplaceAllStringFunc(w, func(p string) string {
			if n, ok := m.named(p); ok {
				return n
			}
			return p
		})
	}
	return w
}

// encodedParts are the words between dots that URLs encode.
var encodedParts = lazily.Regexp(`%(?:25)?2[eE]|[^%]+`)

// within replaces the names of machines with a domain that are a part of a longer word.
func (m *Map) within(w string) string {
	edge := func(i int) bool {
		return i == 0 || i == len(w) || !isNameByte(w[i-1]|0x20) || !isNameByte(w[i]|0x20)
	}
	var out strings.Builder
	for i := 0; i < len(w); {
		end := i
		if edge(i) && isWordByte(w[i]) {
			for j := min(len(w), i+255); j > i+3; j-- {
				if !edge(j) || !strings.Contains(w[i:j], ".") {
					continue
				}
				if n, ok := m.names[strings.ToLower(w[i:j])]; ok && n.kind == kindHost {
					out.WriteString(n.pseudonym)
					end = j
					break
				}
			}
		}
		if end == i {
			out.WriteByte(w[i])
			end++
		}
		i = end
	}
	return out.String()
}

// reverse replaces the numbers of a name in the trees that lead from addresses to names (RFC 1035 section 3.5, RFC 3596
// section 2.5), of an address or of a network.
func (m *Map) reverse(w string) (string, bool) {
	lower := strings.ToLower(w)
	base, size := 10, 8
	digits, ok := strings.CutSuffix(lower, arpa)
	if !ok {
		if digits, ok = strings.CutSuffix(lower, ".ip6.arpa"); !ok {
			return w, lower == "in-addr.arpa" || lower == "ip6.arpa"
		}
		base, size = 16, 4
	}
	labels := strings.Split(digits, ".")
	var address []byte
	if size == 8 {
		address = make([]byte, 4)
	} else {
		address = make([]byte, 16)
	}
	n := 0 // labels that are numbers, from the right
	for ; n < len(labels) && n*size < 8*len(address); n++ {
		v, err := strconv.ParseUint(labels[len(labels)-1-n], base, size)
		if err != nil {
			break
		}
		address[n*size/8] |= byte(v) << (8 - size - n*size%8)
	}
	if n == 0 {
		return w, true
	}
	a, _ := netip.AddrFromSlice(address)
	b := m.Addr
	image := netip.PrefixFrom(a, n*size)
	if n*size == a.BitLen() {
		a = b(a)
	} else {
		a = m.Prefix(image)[0].Addr()
	}
	if a.BitLen() != 8*len(address) {
		return w, true
	}
	q := a.AsSlice()
	for i := range n {
		v := uint64(q[i*size/8]) >> (8 - size - i*size%8) & (1<<size - 1)
		labels[len(labels)-1-i] = strconv.FormatUint(v, base)
	}
	return strings.Join(labels, ".") + w[len(digits):], true
}

// decoded is the text that a word is the base64 of (RFC 4648 section 4), without its padding. ok is false where it is none, as
// nearly always.
func decoded(w string) (text string, ok bool) {
	const shortest = 10 // of an address of seven bytes
	if len(w) < shortest {
		return "", false
	}
	upper, lower := false, false
	for i := range len(w) {
		switch b := w[i]; {
		case b >= 'a' && b <= 'z':
			lower = true
		case b >= 'A' && b <= 'Z':
			upper = true
		case b < '0' || b > '9':
			return "", false
		}
	}
	if !upper || !lower {
		return "", false
	}
	b, err := base64.RawStdEncoding.DecodeString(w)
	if err != nil {
		return "", false
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return "", false
		}
	}
	return string(b), true
}

// joined replaces the names of machines in whose place of dots something else stands: www-example-com.
func (m *Map) joined(w, sep string) string {
	parts := strings.Split(w, sep)
	const most = 6
	for i := 0; i < len(parts); i++ {
		for n := min(most, len(parts)-i); n > 1; n-- {
			if name, ok := m.names[strings.ToLower(strings.Join(parts[i:i+n], "."))]; ok && name.kind == kindHost {
				parts = slices.Replace(parts, i, i+n, strings.ReplaceAll(name.pseudonym, ".", sep))
				break
			}
		}
	}
	return strings.Join(parts, sep)
}

// named finds the pseudonym of a name that is known.
func (m *Map) named(w string) (string, bool) {
	if n, ok := m.names[w]; ok {
		return n.pseudonym, true
	}
	if m.prose && len(w) > 2 && w[0] >= 'A' && w[0] <= 'Z' && w[1:] == strings.ToLower(w[1:]) {
		if n, ok := m.names[strings.ToLower(w)]; ok && n.kind == kindUser {
			return n.pseudonym, true
		}
	}
	if n, ok := m.names[strings.ToLower(w)]; ok && (strings.Contains(w, ".") || n.kind == kindWord) {
		return n.pseudonym, true
	}
	return "", false
}

// files are endings of files that are countries too; of two parts, such a word is a file.
var files = map[string]bool{"sh": true, "py": true, "pl": true, "md": true, "rs": true, "so": true, "zip": true, "mov": true, "cc": true, "ps": true, "pm": true, "app": true, "st": true, "bat": true, "com": false}

// domains are top-level domains that a word of two parts may be of; with others it may as well be a file.
var domains = map[string]bool{"com": true, "net": true, "org": true, "edu": true, "gov": true, "mil": true, "int": true, "info": true, "biz": true, "name": true, "arpa": true,
	"local": true, "lan": true, "internal": true, "corp": true, "home": true, "intranet": true, "localdomain": true, "example": true, "test": true, "invalid": true, "cloud": true, "online": true, "site": true, "tech": true, "xyz": true}

// looksLikeHost reports whether a word is the name of a machine in the domain name system.
func (m *Map) looksLikeHost(s string, from int, w string) bool {
	if !isHostName(w) || strings.Contains(w, "..") || m.o.OwnOnly && !m.ofOwnDomain(w) {
		return false
	}
	lower := strings.ToLower(w)
	if m.ours[lower] {
		return false
	}
	suffix, listed := publicsuffix.PublicSuffix(lower)
	if !listed && strings.IndexByte(suffix, '.') < 0 || lower == suffix {
		switch suffix {
		case "local", "lan", "internal", "corp", "home", "intranet", "localdomain", "arpa", "example", "test", "invalid":
		default:
			return false
		}
	}
	if strings.Count(w, ".") == 1 && files[suffix] {
		return false
	}
	if from > 0 && s[from-1] == '/' && (from < 2 || s[from-2] != '/') {
		return false // the name of a file in a path
	}
	tld := suffix[strings.LastIndexByte(suffix, '.')+1:]
	return strings.Count(w, ".") > 1 || len(tld) == 2 || domains[tld]
}

// formed replaces addresses that stand in a word in another form than with dots: with hyphens, as one number, in hexadecimals,
// with the dots encoded, forward or backward. Only addresses that are known are sought.
func (m *Map) formed(w string) string {
	if a, ok := m.number(w); ok {
		return a
	}
	if !strings.ContainsAny(w, "-_x%.") {
		return w
	}
	if strings.HasPrefix(w, "0") {
		if text, ok := m.based(w); ok {
			return text
		}
	}
	w = dots().ReplaceAllStringFunc(w, func(form string) string {
		a, n, padded := dotted(form)
		if n != len(form) || padded {
			return form
		}
		return m.Show(a)
	})
	if parts := strings.Split(w, "."); len(parts) > 4 { // among more numbers, as in an object identifier
		for i := 0; i+4 <= len(parts); i++ {
			if a, n, _ := dotted(strings.Join(parts[i:i+4], ".")); n > 0 && n == len(strings.Join(parts[i:i+4], ".")) {
				if b, ok := m.addrs[a]; ok {
					copy(parts[i:], strings.Split(b.String(), "."))
					i += 3
				}
			}
		}
		w = strings.Join(parts, ".")
	}
	return dashes().ReplaceAllStringFunc(w, func(form string) string {
		form = strings.ReplaceAll(form, "2e", "2E")
		sep := "-"
		for _, s := range []string{"-", "_", "x", "%2E", "%252E"} {
			if strings.Contains(form, s) {
				sep = s
				break
			}
		}
		a, n, _ := dotted(strings.ReplaceAll(form, sep, "."))
		if n == 0 {
			return form
		}
		if b, ok := m.addrs[a]; ok {
			return strings.ReplaceAll(b.String(), ".", sep)
		}
		q := a.As4()
		if b, ok := m.addrs[netip.AddrFrom4([4]byte{q[3], q[2], q[1], q[0]})]; ok {
			q = b.As4()
			return fmt.Sprintf("%d%s%d%s%d%s%d", q[3], sep, q[2], sep, q[1], sep, q[0])
		}
		return form
	})
}

// based replaces an address whose numbers are hexadecimals or octals, as inet_aton reads them.
func (m *Map) based(w string) (string, bool) {
	parts := strings.Split(w, ".")
	if len(parts) != 4 {
		return "", false
	}
	var b [4]byte
	form := "0%o.0%o.0%o.0%o"
	for i, p := range parts {
		if len(p) < 2 || p[0] != '0' {
			return "", false
		}
		if p[1]|0x20 == 'x' {
			form = "0x%x.0x%x.0x%x.0x%x"
		}
		v, err := strconv.ParseUint(p, 0, 8)
		if err != nil {
			return "", false
		}
		b[i] = byte(v)
	}
	a, ok := m.addrs[netip.AddrFrom4(b)]
	if !ok {
		return "", false
	}
	q := a.As4()
	return fmt.Sprintf(form, q[0], q[1], q[2], q[3]), true
}

// number replaces a word that is an address as one number.
func (m *Map) number(w string) (string, bool) {
	prefix := ""
	digits := w
	if strings.HasPrefix(strings.ToLower(w), "0x") {
		prefix, digits = w[:2], w[2:]
	}
	find := func(b []byte) ([4]byte, bool) {
		a, ok := m.addrs[netip.AddrFrom4([4]byte(b))]
		if !ok {
			return [4]byte{}, false
		}
		return a.As4(), true
	}
	switch {
	case len(digits) == 8:
		if b, err := hex.DecodeString(digits); err == nil {
			if q, ok := find(b); ok {
				text := hex.EncodeToString(q[:])
				if strings.ToUpper(digits) == digits {
					text = strings.ToUpper(text)
				}
				return prefix + text, true
			}
		}
	case len(digits) == 12:
		if n, err := strconv.ParseUint(digits, 10, 64); err == nil {
			b := []byte{byte(n / 1e9), byte(n / 1e6 % 1e3), byte(n / 1e3 % 1e3), byte(n % 1e3)}
			if n/1e9 > 255 || n/1e6%1e3 > 255 || n/1e3%1e3 > 255 || n%1e3 > 255 {
				return "", false
			}
			if q, ok := find(b); ok {
				return fmt.Sprintf("%03d%03d%03d%03d", q[0], q[1], q[2], q[3]), true
			}
		}
	}
	if prefix == "" && len(digits) >= 8 && len(digits) <= 10 {
		if n, err := strconv.ParseUint(digits, 10, 32); err == nil {
			if q, ok := find(binary.BigEndian.AppendUint32(nil, uint32(n))); ok {
				return strconv.FormatUint(uint64(binary.BigEndian.Uint32(q[:])), 10), true
			}
		}
	}
	return "", false
}

func replaceFold(s, old, with string) string {
	if old = strings.TrimSpace(old); old == "" {
		return s
	}
	lower, want := strings.ToLower(s), strings.ToLower(old)
	if len(lower) != len(s) {
		return s
	}
	var out strings.Builder
	for {
		i := strings.Index(lower, want)
		if i < 0 {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:i])
		out.WriteString(with)
		s, lower = s[i+len(want):], lower[i+len(want):]
	}
}

// replaceWhole replaces a part between dots and hyphens.
func replaceWhole(s, old, with string) string {
	var out strings.Builder
	for len(s) > 0 {
		i := strings.IndexAny(s, ".-")
		part := s
		if i >= 0 {
			part = s[:i]
		}
		if part == old {
			out.WriteString(with)
		} else {
			out.WriteString(part)
		}
		if i < 0 {
			break
		}
		out.WriteByte(s[i])
		s = s[i+1:]
	}
	return out.String()
}

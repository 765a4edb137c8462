package logformat

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"practicum/analysis"
)

// A message is one text that a daemon writes, and what it tells. Daemons with many fixed texts are
// read by a list of these rather than by code for each.
//
// In the text, a blank stands for any run of blanks, and these stand for fields:
//
//	{ip}     the source's address
//	{peer}   the source's address or host name; "unknown" and "(null)" name nobody
//	{name}   the source's host name, which may be missing
//	{port}   the source's port
//	{tip}    the target's address
//	{tport}  the target's port
//	{who}    the name of an account that exists, a word
//	{other}  the name of another account: that the user becomes, or that asks at the source; a word, which may be empty
//	{user}   the log-in name, any text: it ends at the last place where the rest still fits
//	{count}  how many tries the message stands for
//	{svc}    the service, a word
//	{sid}    what the daemon calls the session, a word
//	{pid}    the number of the process that serves the session, and logs the rest of it
//	{n}      a number
//	{w}      a word without blanks, which may be empty
//	{any}    any text, ended like {user}
//	{rest}   whatever follows, to the end
//	{(…)}    what stands between may be missing
//
// Text of the client's is never searched for an address: a field stands where the daemon puts it,
// and because {user} and {any} are as long as they can be, an address behind them is the last one
// that the rest of the message allows.
type message struct {
	text    string
	action  analysis.Action // empty: a known message that tells of no event
	context bool
	// signature names what a daemon of many refusals refused; detect tells kinds by it.
	signature string
	service   string // where it is not the format's own
}

// messagesOf is the New of a format that is a list of messages of some programs and knows nothing else.
func messagesOf(list []message, mine func(program string) bool) func(*Clock) Parser {
	return func(*Clock) Parser {
		list := patternsOf(list)
		return func(c *Cursor, ev *analysis.Event) error {
			if !mine(ev.Program) {
				return ErrOtherProgram
			}
			return hear(c, list, ev)
		}
	}
}

type fieldKind uint8

const (
	fieldLiteral fieldKind = iota
	fieldIP
	fieldPeer
	fieldName
	fieldPort
	fieldTargetIP
	fieldTargetPort
	fieldUser
	fieldCount
	fieldService
	fieldWho
	fieldOther
	fieldSession
	fieldProcess
	fieldNumber
	fieldWord
	fieldAny
	fieldRest
)

var fieldNames = [...]string{"", "ip", "peer", "name", "port", "tip", "tport", "user", "count", "svc", "who", "other", "sid", "pid", "n", "w", "any", "rest"}

type field struct {
	kind    fieldKind
	literal string
}

type pattern struct {
	*message
	fields []field
	first  byte   // that the text begins with; 0 when the first field may be many things
	second string // that stands behind first, whatever follows: at most one byte
	inWord byte   // that the first word of the text holds; 0 for none
	holds  pairs  // that any text of it has
}

// pairs is a set of neighbouring bytes, with some chance that one is held to be there which is not (a Bloom filter with one hash; B. H.
// Bloom, Space/Time Trade-offs in Hash Coding with Allowable Errors, 1970). A message whose fixed words a text does not have need not be
// matched with it.
type pairs [4]uint64

// add adds the pairs of a text.
func (s *pairs) add(text string) {
	for i := 1; i < len(text); i++ {
		h := uint32(text[i-1])*67 + uint32(text[i])
		s[h>>6&3] |= 1 << (h & 63)
	}
}

// has reports whether all of o may be there.
func (s *pairs) has(o *pairs) bool {
	return o[0]&^s[0]|o[1]&^s[1]|o[2]&^s[2]|o[3]&^s[3] == 0
}

// misfits is how many messages of a list are tried before the pairs of a text are looked for.
const misfits = 2

// patterns are those of a list of messages, in its order.
type patterns struct {
	inWord byte           // that the first word of many messages holds; 0 for none
	by     [256]*eligible // by the first byte of the text
	every  []*pattern
}

// eligible are the patterns that a text which begins with some byte may be of: all of them, and those that are left where its first word
// does not hold inWord.
type eligible struct{ all, others []*pattern }

// compiled keeps the patterns of each list, which never change: they are made once, when an input is
// read for the first time, and not when the program starts.
var compiled sync.Map // of the list's first message to *patterns

// patternsOf makes the patterns of a list of messages: one for each way to leave out what may be missing.
// The list must be a variable of the package.
func patternsOf(list []message) *patterns {
	if made, ok := compiled.Load(&list[0]); ok {
		return made.(*patterns)
	}
	made := newPatterns(compile(list))
	compiled.Store(&list[0], made)
	return made
}

func newPatterns(all []pattern) *patterns {
	made := &patterns{}
	for i := range all {
		made.every = append(made.every, &all[i])
		if made.inWord == 0 && all[i].first == 0 {
			made.inWord = all[i].inWord
		}
	}
	of := func(first byte) *eligible {
		e := &eligible{}
		for i := range all {
			if p := &all[i]; p.first == 0 || p.first == first {
				if e.all = append(e.all, p); p.inWord == 0 || p.inWord != made.inWord {
					e.others = append(e.others, p)
				}
			}
		}
		return e
	}
	any := of(0) // no message begins with this byte
	for b := range made.by {
		made.by[b] = any
	}
	for i := range all {
		if b := all[i].first; made.by[b] == any && b != 0 {
			made.by[b] = of(b)
		}
	}
	return made
}

// candidates are the patterns that a text may be of. Of an empty one it is everything, since the text may go on.
func (l *patterns) candidates(text string) []*pattern {
	if text == "" {
		return l.every
	}
	e := l.by[text[0]]
	if word := firstWord(text); l.inWord != 0 && word != "" && strings.IndexByte(word, l.inWord) < 0 {
		return e.others
	}
	return e.all
}

func compile(list []message) []pattern {
	var all []pattern
	for i := range list {
		for _, text := range optionals(list[i].text) {
			p := pattern{message: &list[i], fields: fieldsOf(text)}
			if f := p.fields; len(f) > 0 && f[0].kind == fieldLiteral && f[0].literal[0] != ' ' {
				p.first = f[0].literal[0]
				if lit := f[0].literal; len(lit) > 2 && lit[1] != ' ' {
					p.second = lit[1:2]
				}
			}
			p.inWord = inFirstWord(p.fields)
			for _, f := range p.fields {
				for _, word := range strings.Fields(f.literal) { // a blank stands for any run of them
					p.holds.add(word)
				}
			}
			all = append(all, p)
		}
	}
	return all
}

// inFirstWord finds a byte that the first word of a message holds whose fields there are words themselves.
func inFirstWord(fields []field) byte {
	for _, f := range fields {
		switch f.kind {
		case fieldUser, fieldAny, fieldRest:
			return 0
		case fieldLiteral:
			if f.literal[0] == ' ' {
				return 0
			}
			return f.literal[0]
		}
	}
	return 0
}

func optionals(text string) []string {
	before, rest, ok := strings.Cut(text, "{(")
	if !ok {
		return []string{text}
	}
	inner, after, _ := strings.Cut(rest, ")}")
	var all []string
	for _, tail := range optionals(after) {
		all = append(all, before+inner+tail)
	}
	for _, tail := range optionals(after) {
		all = append(all, before+tail)
	}
	return all
}

func fieldsOf(text string) []field {
	var all []field
	for text != "" {
		before, rest, ok := strings.Cut(text, "{")
		if before != "" {
			all = append(all, field{literal: before})
		}
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		kind := slices.Index(fieldNames[:], name)
		if kind <= 0 {
			panic("logformat: a message with the unknown field {" + name + "}")
		}
		all = append(all, field{kind: fieldKind(kind)})
		text = after
	}
	return all
}

// heard is what the fields of a message hold.
type heard struct {
	source, target analysis.Endpoint
	user, other    string
	service        string
	session        string
	process        int
	count          int
}

// maxSteps bounds the work on one text: whoever writes into a log could repeat the words that a
// pattern is divided by.
const maxSteps = 20000

// bytesPerStep is how many bytes of a word take about as long as one step.
const bytesPerStep = 64

// hear reads the rest of a cursor's text as one of the messages of a list. The first that fits in
// whole is taken. It fills in ev and answers as a Parser does.
func hear(c *Cursor, list *patterns, ev *analysis.Event) error {
	if rest := c.Rest(); strings.HasPrefix(rest, "pam_") && !strings.HasPrefix(rest, "pam_authenticate:") || strings.HasPrefix(rest, "(pam_") {
		return ErrNotMine // PAM speaks under the name of any program
	}
	end := len(c.text)
	for end > c.pos && (c.text[end-1] == ' ' || c.text[end-1] == '\t') {
		end--
	}
	m := matcher{cursor: c, text: c.text[:end], steps: maxSteps}
	p := m.first(list, c.pos)
	switch {
	case p == nil && m.broken:
		return &SyntaxError{ev.Program, "the client's address cannot be read"}
	case p == nil:
		return ErrNotMine
	}
	c.pos = len(c.text)
	if p.action == "" {
		return ErrNotEvent
	}
	ev.Action, ev.Context, ev.Signature = p.action, p.context, p.signature
	if p.service != "" {
		ev.Service = p.service
	}
	h := &m.heard
	if h.source != (analysis.Endpoint{}) {
		ev.Source = h.source
	}
	ev.Target, ev.User, ev.Other = h.target, h.user, h.other
	if h.service != "" {
		ev.Service = h.service
	}
	if h.session != "" {
		ev.Session = namedSession(h.session)
	}
	if h.process != 0 {
		ev.Session = analysis.SessionOf(ev.Host, h.process)
	}
	ev.Count = h.count
	return nil
}

type matcher struct {
	cursor *Cursor
	text   string
	steps  int
	heard  heard
	broken bool // where an address must stand is one that cannot be

	runs [2]addressRun
	ran  int
}

// first is the first message of a list that the text from pos on fits in whole; nil when there is none.
func (m *matcher) first(list *patterns, pos int) *pattern {
	var held pairs
	candidates := list.candidates(m.text[pos:])
	tried, skipped := 0, 0
	for _, p := range candidates {
		if !p.follows(m.text, pos) {
			continue // most messages differ in their first bytes
		}
		if tried == misfits {
			held.add(m.text[pos:])
		}
		if tried++; tried > misfits && !held.has(&p.holds) {
			skipped++
			continue
		}
		if m.heard = (heard{}); m.match(p.fields, pos) {
			return p
		}
	}
	if skipped == 0 {
		return nil
	}
	// None fits. Whether the text breaks off, or has an address that is none, is seen by trying the others, too.
	for _, p := range candidates {
		if p.follows(m.text, pos) && !held.has(&p.holds) {
			m.match(p.fields, pos)
		}
	}
	return nil
}

// follows reports whether what stands behind the first byte of a text may be what the pattern has there.
func (p *pattern) follows(text string, pos int) bool {
	return p.second == "" || pos >= len(text) || strings.HasPrefix(text[pos+1:], p.second)
}

// firstWord is the first word of a text where it can be told which messages it is not of: it ends before the text does, and no address
// that is none is in it.
func firstWord(text string) string {
	end, dots := 0, 0
	for end < len(text) && !isBlank(text[end]) {
		if text[end] == '.' {
			dots++
		}
		end++
	}
	if end == len(text) || dots >= 3 {
		return ""
	}
	return text[:end]
}

// ended notes that the text ended at p where the message goes on.
func (m *matcher) ended(p int) {
	if p >= len(m.text) {
		m.cursor.ended(p)
	}
}

func (m *matcher) match(fields []field, p int) bool {
	if m.steps--; m.steps < 0 {
		return false
	}
	if len(fields) == 0 {
		return p >= len(m.text)
	}
	rest := fields[1:]
	switch fields[0].kind {
	case fieldLiteral:
		end, ok := m.literal(fields[0].literal, p)
		return ok && m.match(rest, end)
	case fieldRest:
		return true
	case fieldIP, fieldTargetIP:
		return m.address(fields[0].kind, rest, p)
	case fieldPeer, fieldName, fieldWord, fieldService, fieldWho, fieldOther, fieldSession:
		return m.word(fields[0].kind, rest, p)
	case fieldPort, fieldTargetPort, fieldProcess, fieldNumber, fieldCount:
		return m.number(fields[0].kind, rest, p)
	default:
		return m.free(fields[0].kind, rest, p)
	}
}

// literal matches as Cursor.Lit does.
func (m *matcher) literal(lit string, p int) (end int, ok bool) {
	for i := 0; i < len(lit); i++ {
		if p >= len(m.text) {
			if i == 0 || lit[i] == ' ' || lit[i-1] == ' ' {
				m.ended(p)
			}
			return 0, false
		}
		if lit[i] == ' ' {
			if !isBlank(m.text[p]) {
				return 0, false
			}
			for p < len(m.text) && isBlank(m.text[p]) {
				p++
			}
			continue
		}
		if m.text[p] != lit[i] {
			return 0, false
		}
		p++
	}
	return p, true
}

// addressEnd is where an address may end that begins in a certain place. It is not valid where what stands there is written like
// one and is none.
type addressEnd struct {
	ip  netip.Addr
	end int
}

// addressRun is where an address may end, the longest one first. Mostly the first is the one, and the others are not looked for.
type addressRun struct {
	at   int // where it begins, one up
	n    int // how many of the ends were looked for
	from int // from where on the next one is looked for; where it begins, when there is none
	list [4]addressEnd
}

// nextAddress is the end of an address that lies at most at the given one. end is at where there is none.
func nextAddress(text string, at, end int) addressEnd {
	for ; end > at; end-- {
		if ip, ok := parseAddr(text[at:end]); ok || isBrokenAddress(text[at:end]) {
			return addressEnd{ip, end}
		}
	}
	return addressEnd{end: at}
}

// run is what is known of where an address may end. Most messages of a list have one in the same place, so of two places it is kept.
func (m *matcher) run(p int) addressRun {
	for i := range m.runs {
		if m.runs[i].at == p+1 {
			return m.runs[i]
		}
	}
	end := p
	for end < len(m.text) && end-p < 64 && isAddressByte(m.text[end]) {
		end++
	}
	r := addressRun{at: p + 1, from: end}
	m.runs[m.ran%len(m.runs)] = r
	m.ran++
	return r
}

// end is the i-th end of a run, and whether there is one; of the i-th it must have been asked for all before.
func (m *matcher) end(r *addressRun, i int) (addressEnd, bool) {
	if i < min(r.n, len(r.list)) {
		return r.list[i], true
	}
	at := r.at - 1
	e := nextAddress(m.text, at, r.from)
	if r.from = max(e.end-1, at); i < len(r.list) {
		if e.end > at {
			r.list[i], r.n = e, i+1
		}
		for k := range m.runs {
			if m.runs[k].at == r.at {
				m.runs[k] = *r
			}
		}
	}
	return e, e.end > at
}

// address takes the longest run that is an address and leaves a rest that fits: an IPv6 address with
// a port behind a colon is divided where the message says so.
func (m *matcher) address(kind fieldKind, rest []field, p int) bool {
	if strings.HasPrefix(m.text[p:], "IPv6:") { // as SMTP writes address literals (RFC 5321 section 4.1.3)
		p += len("IPv6:")
	}
	if p == len(m.text) || !isAddressByte(m.text[p]) {
		m.ended(p)
		return false
	}
	run := m.run(p) // which the rest may want for other places
	for i := 0; ; i++ {
		e, ok := m.end(&run, i)
		if !ok {
			return false
		}
		if m.endsAddress(kind, rest, e) {
			return true
		}
	}
}

// endsAddress tries to end an address.
func (m *matcher) endsAddress(kind fieldKind, rest []field, e addressEnd) bool {
	switch {
	case !e.ip.IsValid():
		m.broken = true
		return false
	case !m.match(rest, e.end):
		return false
	case kind == fieldIP:
		m.heard.source.IP = e.ip
	default:
		m.heard.target.IP = e.ip
	}
	return true
}

func isAddressByte(b byte) bool {
	return isDigit(b) || b == '.' || b == ':' || b == '%' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'F'
}

func (m *matcher) word(kind fieldKind, rest []field, p int) bool {
	end := p
	for end < len(m.text) && !isBlank(m.text[end]) {
		end++
	}
	if end == p && p == len(m.text) && kind != fieldName && kind != fieldWord && kind != fieldOther {
		m.ended(p)
		return false
	}
	var next byte // that the text behind the word begins with; 0 for many
	if len(rest) > 0 && rest[0].kind == fieldLiteral {
		next = rest[0].literal[0]
	}
	for ; end >= p && m.steps >= 0; end-- {
		if next != 0 && end < len(m.text) && m.text[end] != next && !(next == ' ' && isBlank(m.text[end])) {
			continue
		}
		m.steps -= (end - p) / bytesPerStep // looking at it takes that long
		if !m.take(kind, m.text[p:end]) || !m.match(rest, end) {
			continue
		}
		m.take(kind, m.text[p:end]) // the matches that were tried may have taken others
		return true
	}
	return false
}

// take keeps a word as a field, if it can be one.
func (m *matcher) take(kind fieldKind, word string) bool {
	h := &m.heard
	switch kind {
	case fieldPeer:
		ip, ok := parseAddr(strings.Trim(word, "[]"))
		switch {
		case ok:
			h.source.IP = ip
		case word == "unknown", word == "UNKNOWN", word == "(null)":
		case isBrokenAddress(word):
			m.broken = true
			return false
		case isHostName(word):
			h.source.IP, h.source.Name = netip.Addr{}, strings.TrimSuffix(word, ".")
		default:
			return false
		}
	case fieldName:
		if h.source.Name = ""; isHostName(word) {
			h.source.Name = hostName(word, "")
			if _, isAddr := parseAddr(word); isAddr {
				h.source.Name = ""
			}
		}
	case fieldService:
		if word == "" {
			return false
		}
		h.service = word
	case fieldWho:
		if !isAccount(word) {
			return false
		}
		h.user = word
	case fieldOther:
		h.other = word
	case fieldSession:
		h.session = word
	}
	return true
}

func (m *matcher) number(kind fieldKind, rest []field, p int) bool {
	n, end := 0, p
	for end < len(m.text) && isDigit(m.text[end]) && n < 1<<30/10 {
		n = n*10 + int(m.text[end]-'0')
		end++
	}
	if end == p {
		m.ended(p)
		return false
	}
	if (kind == fieldPort || kind == fieldTargetPort) && n > 65535 || !m.match(rest, end) {
		return false
	}
	switch kind {
	case fieldPort:
		m.heard.source.Port = uint16(n)
	case fieldTargetPort:
		m.heard.target.Port = uint16(n)
	case fieldCount:
		m.heard.count = n
	case fieldProcess:
		m.heard.process = n
	}
	return true
}

// free tries the ends of a text of the client's, from the last one.
func (m *matcher) free(kind fieldKind, rest []field, p int) bool {
	if len(rest) == 0 {
		m.keepFree(kind, m.text[p:])
		return true
	}
	last := len(m.text)
	for end := last; end >= p && m.steps >= 0; end-- {
		if rest[0].kind == fieldLiteral && end < len(m.text) {
			if !couldStart(rest[0].literal[0], m.text[end]) {
				continue
			}
			if isBlank(m.text[end]) && end+1 < len(m.text) && isBlank(m.text[end+1]) {
				continue // the literal took the same run of blanks from its next one on
			}
		}
		m.steps -= (last - end) / bytesPerStep // going there took that long
		if last = end; m.match(rest, end) {
			m.keepFree(kind, m.text[p:end])
			return true
		}
	}
	m.steps -= (last - p) / bytesPerStep
	return false
}

func (m *matcher) keepFree(kind fieldKind, text string) {
	if kind == fieldUser {
		m.heard.user = text
	}
}

func couldStart(lit, b byte) bool { return lit == b || lit == ' ' && b == '\t' }

// namedSession is the session that a daemon names by a word of its own.
func namedSession(id string) uint64 {
	if id == "" {
		return 0
	}
	return analysis.SessionOf(id, 0)
}

// isAccount reports whether a word can be the name of an account: POSIX' portable names, and what
// domains, virtual users and other systems add to them.
func isAccount(s string) bool {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', isDigit(b), b >= 0x80, strings.IndexByte("._-$@+\\?#", b) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// isBrokenAddress reports whether a word is written like an IPv4 address and is none, as "203.0.113.300".
func isBrokenAddress(s string) bool {
	dots, digits := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '.' && digits > 0:
			dots, digits = dots+1, 0
		case isDigit(s[i]):
			digits++
		default:
			return false
		}
	}
	if dots != 3 || digits == 0 {
		return false
	}
	_, ok := parseAddr(s)
	return !ok
}

package document

import (
	"net/netip"
	"slices"
	"strings"

	"practicum/analysis/lazily"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// Span is a part of a LogLine.
type Span struct {
	Text string
	// Mark says what the part is, where a reader of the incident looks for it.
	Mark Mark
}

// Mark is why a part of a line is emphasised.
type Mark uint8

const (
	Plain Mark = iota
	Party      // an address or a name of the incident's sources and targets
	Port       // a port of the incident's services
	Act        // what was done: refused, DROP, Failed password
)

// subject is what an incident's table of facts says: who, whom, and which ports.
type subject struct {
	parties []string // the longest first, so that no part of one is taken for another
	ports   []string
}

var anyAddress = lazily.Regexp(`\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4})+\b|\b(?:[0-9A-Fa-f]{1,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|:)`)

// acts are the words by which programs say what became of a try, as they stand in their logs, with what may follow them; an empty
// text is for the word alone.
var acts = map[string][]string{
	"DROP": {""}, "DROPPED": {""}, "dropped": {""}, "Dropped": {""}, "REJECT": {""}, "REJECTED": {""}, "rejected": {""}, "Rejected": {""},
	"DENY": {""}, "Deny": {""}, "deny": {""}, "DENIED": {""}, "denied": {""}, "Denied": {""}, "BLOCK": {""}, "BLOCKED": {""}, "blocked": {""}, "Blocked": {""}, "blocking": {""}, "Blocking": {""},
	"ACCEPT": {""}, "ACCEPTED": {""}, "ALLOW": {""}, "ALLOWED": {""}, "Accepted": {" password", " publickey", ""}, "accepted": {""},
	"refused": {" connect", ""}, "Refused": {""}, "Failed": {" password", " publickey", " none", " keyboard-interactive/pam", ""}, "failed": {""}, "FAILED": {""},
	"failure": {""}, "Failure": {""}, "authentication": {" failure"}, "Invalid": {" user"}, "invalid": {" user"}, "attackalert": {""}, "connect": {" from"},
}

// Spans parts the line's text. Put together, they are the text.
func (l LogLine) Spans() []Span {
	marks := l.subject.emphasise(l.Text)
	if l.Omission || len(marks) == 0 {
		return []Span{{Text: l.Text}}
	}
	var list []Span
	at := 0
	for _, m := range marks {
		if m.from > at {
			list = append(list, Span{Text: l.Text[at:m.from]})
		}
		list = append(list, Span{l.Text[m.from:m.to], m.mark})
		at = m.to
	}
	if at < len(l.Text) {
		list = append(list, Span{Text: l.Text[at:]})
	}
	return list
}

type place struct {
	from, to int
	mark     Mark
}

// maxEmphasis is the length of lines that are looked through: nobody reads along longer ones.
const maxEmphasis = 4096

// emphasise finds what of a line a reader of the incident looks for. Without a subject every address counts, and no port.
func (s *subject) emphasise(text string) []place {
	if len(text) > maxEmphasis {
		return nil
	}
	var list []place
	put := func(from, to int, mark Mark) {
		if to > from && !slices.ContainsFunc(list, func(p place) bool { return from < p.to && p.from < to }) {
			list = append(list, place{from, to, mark})
		}
	}
	if s == nil || len(s.parties) == 0 {
		for _, m := range anyAddress().FindAllStringIndex(text, -1) {
			if _, err := netip.ParseAddr(text[m[0]:m[1]]); err == nil { // a time of day looks like one
				put(m[0], m[1], Party)
			}
		}
	} else {
		for _, party := range s.parties {
			for at := 0; ; {
				i := strings.Index(text[at:], party)
				if i < 0 {
					break
				}
				from, to := at+i, at+i+len(party)
				if (from == 0 || !inName(text[from-1])) && (to == len(text) || !inName(text[to]) || text[to] == '.' && (to+1 == len(text) || !isDigit(text[to+1]) || isDigit(party[len(party)-1]))) {
					put(from, to, Party)
				}
				at = to
			}
		}
	}
	for at := 0; at < len(text); {
		from := at
		switch {
		case isDigit(text[at]):
			for at < len(text) && isDigit(text[at]) {
				at++
			}
			if s != nil && at-from <= 5 && slices.Contains(s.ports, text[from:at]) && (at == len(text) || !isLetter(text[at])) && portStands(text, from, list) {
				put(from, at, Port)
			}
		case isLetter(text[at]):
			for at < len(text) && (isLetter(text[at]) || isDigit(text[at]) || text[at] == '_') {
				at++
			}
			for _, more := range acts[text[from:at]] {
				if strings.HasPrefix(text[at:], more) && (from == 0 || !strings.ContainsRune("._-/\\0123456789", rune(text[from-1]))) {
					put(from, at+len(more), Act)
					break
				}
			}
		default:
			at++
		}
	}
	slices.SortFunc(list, func(a, b place) int { return a.from - b.from })
	return list
}

// beforePort are what stands in front of a port's number, in lower case.
var beforePort = []string{"port ", "ports ", "port: ", "dpt=", "spt=", "port=", "port=\"", "port\":", "port\": ", "(", "unit ", "to "}

// portStands tells whether a number stands where a port does. Behind a mark alone it is a port only where an address stands before the
// mark, and not in a time.
func portStands(text string, from int, found []place) bool {
	before := text[max(0, from-12):from]
	if slices.ContainsFunc(beforePort, func(p string) bool { return strings.HasSuffix(strings.ToLower(before), p) }) {
		return true
	}
	if from < 2 || !strings.ContainsRune(".:,/", rune(text[from-1])) {
		return false
	}
	end := from - 1
	if text[end-1] == ']' {
		end--
	}
	if slices.ContainsFunc(found, func(p place) bool { return p.to == end && p.mark == Party }) {
		return true
	}
	start := end
	for start > 0 && (isDigit(text[start-1]) || text[start-1] == '.') {
		start--
	}
	address, err := netip.ParseAddr(text[start:end])
	return err == nil && address.Is4()
}

func isLetter(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' }

// inName tells whether a byte can stand in a name or an address next to what was found, so that 10.0.0.1 is not found in 10.0.0.12.
func inName(b byte) bool {
	return isDigit(b) || isLetter(b) || b == '.' || b == '-' || b == '_'
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// readFacts takes the subject from a table of facts; nil if the table is none.
func (t *transformation) readFacts(n *east.Table) *subject {
	var s *subject
	var hosts []string // the machines that logged: their names stand in every line and tell nothing
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		first, last := row.FirstChild(), row.LastChild()
		if first == nil || first.NextSibling() != last {
			return nil
		}
		fact := strings.TrimSuffix(t.doc.Text(first), "s")
		if fact == "Logged by" {
			_ = ast.Walk(last, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
				if code, ok := n.(*ast.CodeSpan); ok && entering {
					hosts = append(hosts, t.doc.Text(code))
				}
				return ast.WalkContinue, nil
			})
		}
		if fact != "Source" && fact != "Target" && fact != "Service" {
			continue
		}
		if s == nil {
			s = &subject{}
		}
		_ = ast.Walk(last, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if code, ok := n.(*ast.CodeSpan); ok && entering {
				word := t.doc.Text(code)
				if fact == "Service" {
					port, _, _ := strings.Cut(word, "/")
					s.ports = append(s.ports, port)
				} else if len(word) > 2 && len(s.parties) < 64 {
					s.parties = append(s.parties, word)
				}
			}
			return ast.WalkContinue, nil
		})
	}
	if s != nil {
		s.parties = slices.DeleteFunc(s.parties, func(p string) bool {
			return slices.Contains(hosts, p) && !strings.Contains(p, ":") && !anyAddress().MatchString(p)
		})
		slices.SortStableFunc(s.parties, func(a, b string) int { return len(b) - len(a) })
	}
	return s
}

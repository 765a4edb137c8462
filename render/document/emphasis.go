package document

import (
	"regexp"
	"slices"
	"strings"

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

var (
	anyAddress = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9A-Fa-f]{1,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|:)|\b(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4})+\b`)
	portNumber = regexp.MustCompile(`(?i)(?:\bports?:? |\b[ds]pt=|\b(?:src|dst|dest|source|destination)_?port[=":]+ ?|[.:,/]|unit |to |\()(\d{1,5})\b`)
	// The words by which programs say what became of a try, as they stand in their logs.
	act = regexp.MustCompile(`\b(?:DROP(?:PED)?|REJECT(?:ED)?|DENY|DENIED|BLOCK(?:ED)?|ACCEPT(?:ED)?|ALLOW(?:ED)?|[Dd]ropped|[Rr]ejected|[Dd]enied|[Bb]locked|[Bb]locking|refused connect|[Rr]efused|[Dd]eny|` +
		`Failed (?:password|publickey|none|keyboard-interactive/pam)|[Ff]ailed|FAILED|[Ff]ailure|[Ii]nvalid user|Accepted (?:password|publickey)|[Aa]ccepted|attackalert|connect from|authentication failure)\b`)
)

// Spans parts the line's text. Put together, they are the text.
func (l LogLine) Spans() []Span {
	if len(l.marks) == 0 {
		return []Span{{Text: l.Text}}
	}
	var list []Span
	at := 0
	for _, m := range l.marks {
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
		for _, m := range anyAddress.FindAllStringIndex(text, -1) {
			put(m[0], m[1], Party)
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
	if s != nil && len(s.ports) > 0 {
		for at := 0; at < len(text); {
			m := portNumber.FindStringSubmatchIndex(text[at:])
			if m == nil {
				break
			}
			from := at + m[2]
			// Behind a mark alone it is a port only where an address stands before the mark, and not in a time.
			behind := !strings.ContainsRune(".:,/", rune(text[from-1])) || slices.ContainsFunc(list, func(p place) bool { return p.to == from-1 || p.to == from-2 && text[from-2] == ']' }) ||
				slices.ContainsFunc(anyAddress.FindAllStringIndex(text[:from-1], -1), func(a []int) bool { return a[1] == from-1 })
			if behind && slices.Contains(s.ports, text[from:at+m[3]]) {
				put(from, at+m[3], Port)
			}
			at += m[3]
		}
	}
	for _, m := range act.FindAllStringIndex(text, -1) {
		put(m[0], m[1], Act)
	}
	slices.SortFunc(list, func(a, b place) int { return a.from - b.from })
	return list
}

// inName tells whether a byte can stand in a name or an address next to what was found, so that 10.0.0.1 is not found in 10.0.0.12.
func inName(b byte) bool {
	return isDigit(b) || b == '.' || b == '-' || b == '_' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
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
			return slices.Contains(hosts, p) && !strings.Contains(p, ":") && !anyAddress.MatchString(p)
		})
		slices.SortStableFunc(s.parties, func(a, b string) int { return len(b) - len(a) })
	}
	return s
}

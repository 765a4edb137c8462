package detect

import (
	"strings"

	"practicum/analysis"
	web "practicum/analysis/request"
)

// request is what a log keeps of a request to a web server, in lower case and made ready for the rules.
type request struct {
	all     string   // the whole record: request, referer, agent, as logged
	method  string   // empty for a record of an error log that quotes no request
	version string   // behind "http/"; empty when the request names none
	raw     string   // the target of the request, as logged
	path    string   // decoded until nothing more is encoded
	query   string   // likewise
	folded  string   // the path with "/" for "\" and for "//", in which probes are looked for
	plain   bool     // nothing in the target is encoded or more than a name, so that no attack hides in it
	status  string   // of an access log; of an error log, "404" where a file was not found
	texts   []string // what else is quoted: the referer, the agent, and what a site added
	note    string   // an error log's own words
}

// longRequest is how much of a record is looked at: of what is longer, the begin, where an attack shows, and
// the end, where the status and the agent stand. Overflows fill up tens of kilobytes.
const longRequest = 4096

// withoutSize parts the record of a web server at the size of the answer. Error logs tell none.
func withoutSize(format, message string) (before, after string) {
	if format == "weberror" {
		return message, ""
	}
	return web.WithoutSize(message)
}

// looked appends what is looked at of a record whose size of the answer was taken out.
func looked(to []byte, before, after string) []byte {
	if len(before)+len(after) <= longRequest {
		return append(append(to, before...), after...)
	}
	const head, tail = longRequest * 3 / 4, longRequest / 4
	if to = append(to, before[:min(head, len(before))]...); len(before) < head {
		to = append(to, after[:head-len(before)]...)
	}
	if n := tail - len(after); n > 0 {
		to = append(to, before[len(before)-n:]...)
	}
	return append(to, after[max(len(after)-tail, 0):]...)
}

// isRequest reports whether an event is a record of a web server.
func isRequest(e *analysis.Event) bool {
	return web.IsServer(e.Format) && !e.Context
}

// readRequest takes a record of a web server apart.
func readRequest(e *analysis.Event) request {
	before, after := withoutSize(e.Format, e.Message)
	all := before
	if after != "" || len(before) > longRequest {
		all = string(looked(nil, before, after))
	}
	r := request{all: strings.ToLower(all)}
	if e.Format == "weberror" {
		r.readError()
	} else {
		text := strings.TrimPrefix(r.all, `"`)
		end := web.End(text)
		rest := strings.TrimLeft(text[end:], `" `)
		if len(rest) >= 3 {
			r.status = rest[:3]
		}
		r.readTexts(rest)
		r.readTarget(text[:end])
	}
	return r
}

// readTexts takes the quoted fields behind the status. The log escapes a quote within one by a backslash.
func (r *request) readTexts(s string) {
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return
		}
		s = s[i+1:]
		end := 0
		for end < len(s) && s[end] != '"' {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(s))
		if text := s[:end]; text != "" && text != "-" {
			r.texts = append(r.texts, text)
		}
		s = s[min(end+1, len(s)):]
	}
}

// readTarget takes "method target HTTP/version" apart.
func (r *request) readTarget(text string) {
	r.method, r.raw, _ = strings.Cut(text, " ")
	if i := web.Last(r.raw, " http/"); i >= 0 {
		r.raw, r.version = r.raw[:i], strings.TrimRight(r.raw[i+len(" http/"):], " ")
	}
	path, query, _ := strings.Cut(r.raw, "?")
	if r.plain = isPlain(r.raw); r.plain {
		r.path, r.query = path, query
	} else {
		r.path, r.query = decode(path), squeeze(decode(query))
	}
	r.folded = foldPath(r.path)
}

// readError reads what an error log says of a request. nginx quotes it. Apache names the file that it looked
// for, or the part of the request that it could not read.
func (r *request) readError() {
	r.note = r.all
	if _, quoted, ok := strings.Cut(r.all, `request: "`); ok {
		end := strings.Index(quoted, `", `)
		if end < 0 {
			end = len(strings.TrimRight(quoted, `" `))
		}
		r.readTarget(quoted[:end])
		if containsAny(r.note, "(2: no such file or directory)", "primary script unknown") {
			r.status = "404"
		}
		if _, referrer, ok := strings.Cut(quoted[end:], `referrer: "`); ok {
			r.texts = append(r.texts, strings.TrimRight(referrer, `" `))
		}
		return
	}
	if i := strings.LastIndex(r.note, ", referer: "); i >= 0 {
		r.texts = append(r.texts, r.note[i+len(", referer: "):])
		r.note = r.note[:i]
	}
	for _, words := range [...]string{"file does not exist: ", "script not found or unable to stat: ", "invalid uri path (", "invalid uri in request "} {
		_, file, ok := strings.Cut(r.note, words)
		if !ok {
			continue
		}
		if strings.HasPrefix(words, "invalid") {
			r.readTarget("get " + strings.TrimPrefix(strings.TrimSuffix(file, ")"), "get "))
			return
		}
		r.status = "404"
		r.readTarget("get " + file)
		return
	}
	if _, file, ok := strings.Cut(r.note, "script '"); ok {
		if file, _, ok = strings.Cut(file, "' not found or unable to stat"); ok {
			r.status = "404"
			r.readTarget("get " + file)
			return
		}
	}
	// Whatever a program behind the server says can repeat what the client sent.
	r.raw = r.note
	r.path = decode(r.note)
	r.folded = foldPath(r.path)
}

// isPlain reports whether a target is made of names alone: letters, digits and the marks that stand in the
// addresses of ordinary pages.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b == '/', b == '-', b == '_', b == '=', b == '&', b == '?', b == ',':
		case b == '.':
			if i > 0 && s[i-1] == '.' {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// decode undoes what a client may do to a text. The plus sign stands for a blank, and letters come back in
// lower case; bytes that are no text stay as they are.
func decode(s string) string {
	if strings.IndexByte(s, '+') >= 0 {
		s = strings.ReplaceAll(s, "+", " ")
	}
	plain := web.Decode(s)
	if plain == s {
		return s
	}
	b := []byte(plain)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// squeeze makes one blank of comments of SQL and PHP and of any run of blanks and line ends, which stand
// between words to hide them.
func squeeze(s string) string {
	if strings.IndexByte(s, 0xa0) < 0 && !strings.ContainsAny(s, "\t\n\r\v\f") && !strings.Contains(s, "  ") && !strings.Contains(s, "/*") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if strings.HasPrefix(s[i:], "/*") && !strings.HasPrefix(s[i:], "/*!") {
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				end = len(s) - i - 4
			}
			i += max(end+3, 1)
			c = ' '
		}
		switch {
		case c == '\t', c == '\v', c == '\f', c == 0xa0 && (i == 0 || s[i-1] < 0x80): // a no-break space of Latin-1, no part of UTF-8
			c = ' '
		}
		if c == ' ' && len(b) > 0 && b[len(b)-1] == ' ' {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// foldPath writes a path as a file system reads it: "/" for "\", one slash for several, and no "/./".
func foldPath(s string) string {
	if strings.IndexByte(s, '\\') < 0 && !strings.Contains(s, "//") && !strings.Contains(s, "/./") {
		return s
	}
	s = strings.ReplaceAll(s, `\`, "/")
	s = strings.ReplaceAll(s, "/./", "/")
	for strings.Contains(s, "//") {
		s = strings.ReplaceAll(s, "//", "/")
	}
	return s
}

func containsAny(s string, list ...string) bool {
	for _, sub := range list {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

// phrases looks for many texts in one pass: it takes three bytes at a time and compares only the texts that
// begin with them. A text has three bytes at least.
type phrases struct {
	list []string
	head [1 << 12]uint16 // by three bytes: the first text, counted from 1
	next []uint16        // likewise the one behind each text
}

func newPhrases(list ...string) *phrases {
	p := &phrases{list: list, next: make([]uint16, len(list))}
	for i, text := range list {
		h := three(text)
		p.next[i], p.head[h] = p.head[h], uint16(i+1)
	}
	return p
}

func three(s string) uint { return (uint(s[0])*961 + uint(s[1])*31 + uint(s[2])) % (1 << 12) }

func (p *phrases) in(s string) bool {
	for i := 0; i+3 <= len(s); i++ {
		for n := p.head[three(s[i:i+3])]; n != 0; n = p.next[n-1] {
			if strings.HasPrefix(s[i:], p.list[n-1]) {
				return true
			}
		}
	}
	return false
}

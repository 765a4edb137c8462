// Package request reads what web servers log of a request. Log formats put it into an event's Message in
// one layout, that of the combined log of NCSA httpd, whatever their own is:
//
//	"GET /path HTTP/1.1" 200 45 "referer" "agent"
//
// Everything but the status and the size is the client's own word.
package request

import (
	"strconv"
	"strings"
)

// Request is one request and its answer, as logged.
type Request struct {
	Method  string // as sent; empty when the request is not of the form "METHOD TARGET PROTOCOL"
	Target  string // path and query as sent, or the whole request when Method is empty
	Status  int    // of the answer (RFC 9110 section 15); 0 when it is not logged
	Bytes   int64  // of the answer's body; −1 when it is not logged
	Referer string // empty for "-"
	Agent   string // how the client calls itself; empty for "-"
}

// IsServer reports whether a log format is one that web servers write about requests.
func IsServer(format string) bool {
	switch format {
	case "webaccess", "weberror", "iis", "haproxy", "jsonaccess":
		return true
	}
	return false
}

// Parse reads the Message of an event; ok is false when it does not begin with a request in quotes.
func Parse(message string) (r Request, ok bool) {
	if !strings.HasPrefix(message, `"`) {
		return r, false
	}
	text := message[1:]
	end := End(text)
	rest := strings.TrimLeft(text[end:], `"`)
	text = text[:end]
	r = Request{Target: text, Bytes: -1}
	if method, target, found := strings.Cut(text, " "); found && isMethod(method) {
		r.Method, r.Target = method, target
		if i := Last(target, " HTTP/"); i >= 0 {
			r.Target = target[:i]
		}
	}
	word, rest := cutWord(rest)
	r.Status, _ = strconv.Atoi(word)
	word, rest = cutWord(rest)
	if n, err := strconv.ParseInt(word, 10, 64); err == nil && n >= 0 {
		r.Bytes = n
	}
	r.Referer, rest = quoted(rest)
	r.Agent, _ = quoted(rest)
	return r, true
}

// End is where a request ends that a quote opens: at the first quote that is not escaped and that a blank
// and a status follow. Apache before 1.3.25 logs quotes in a request as they are.
func End(s string) int {
	quote := -1
	for i := 0; i < len(s); {
		if quote < i {
			n := strings.IndexByte(s[i:], '"')
			if n < 0 {
				return len(s)
			}
			quote = i + n
		}
		if n := strings.IndexByte(s[i:quote], '\\'); n >= 0 {
			i += n + 2 // what is escaped may be the quote
			continue
		}
		if rest := s[quote:]; len(rest) > 2 && rest[1] == ' ' && (rest[2] == '-' || rest[2] >= '0' && rest[2] <= '9') {
			return quote
		}
		i = quote + 1
	}
	return len(s)
}

// Last is strings.LastIndex for words that stand near the end and begin with a blank: overflows fill up tens of kilobytes before them.
func Last(s, words string) int {
	for i := strings.LastIndexByte(s, words[0]); i >= 0; i = strings.LastIndexByte(s[:i], words[0]) {
		if strings.HasPrefix(s[i:], words) {
			return i
		}
	}
	return -1
}

// isMethod reports whether a word is written as methods are: capitals, and a few marks (RFC 9110 section 9).
func isMethod(s string) bool {
	for i := 0; i < len(s); i++ {
		if b := s[i]; (b < 'A' || b > 'Z') && b != '-' && b != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// quoted cuts a text in quotes off the front; what is not quoted, or only "-", is empty.
func quoted(s string) (text, rest string) {
	s = strings.TrimLeft(s, " ")
	if !strings.HasPrefix(s, `"`) {
		_, rest = cutWord(s)
		return "", rest
	}
	s = s[1:]
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if text = s[:i]; text == "-" {
				text = ""
			}
			return text, s[i+1:]
		}
	}
	return s, ""
}

// WithoutSize parts a message of an access log at the size of the answer, which differs from answer to answer and
// shows no attack. Where none is told, after is empty or begins with what stands in its place.
func WithoutSize(message string) (before, after string) {
	if !strings.HasPrefix(message, `"`) {
		return message, ""
	}
	at := 1 + End(message[1:]) + len(`" 200 `)
	if at > len(message) || message[at-1] != ' ' || message[at-len(` 200 `)] != ' ' {
		return message, ""
	}
	end := at
	for end < len(message) && message[end] >= '0' && message[end] <= '9' {
		end++
	}
	return message[:at], message[end:]
}

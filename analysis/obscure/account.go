package obscure

import (
	_ "embed"
	"strings"
	"sync"
	"unsafe"

	"practicum/analysis"
)

//go:embed words.txt
var wordsText string

// words are those that the log formats, the rules and the reports are made of: whatever they look for in a record is among
// them.
var words = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for w := range strings.Lines(wordsText) {
		all[strings.TrimSuffix(w, "\n")] = true
	}
	return all
})

// isOrdinary reports whether a name is a word of the logs. Replaced wherever it stands, such a name would change what the records
// say, and an attacker who logs in as "failed" or "GET" could keep them from being read.
func isOrdinary(name string) bool {
	lower := strings.ToLower(name)
	return words()[lower] || noNames[lower] || noAccounts[lower]
}

// User notes the name of an account and gives its pseudonym. What is no plain name may be an attack and stays.
func (m *Map) User(user string) string { return m.note(user, true) }

// note notes the name of an account, one that exists or one that somebody named. A name that is a word of the logs is replaced
// in its places only; of a name with a domain, both are noted.
func (m *Map) note(user string, exists bool) string {
	if domain, name, ok := cutLast(user, `\`); ok {
		if domain = strings.TrimRight(domain, `\`); !m.o.OwnOnly {
			m.noteHost(domain)
		}
		return domain + `\` + m.note(name, exists)
	}
	if local, _, ok := cutLast(user, "@"); ok {
		m.note(local, false)
		return m.Text(user)
	}
	if len(user) > 64 || len(user) < 2 || !isUserName(user) || m.o.Keep != nil && m.o.Keep(user) {
		return user
	}
	if !exists && m.o.Guessed != nil && m.o.Guessed(user) {
		return user
	}
	if n, ok := m.names[user]; ok {
		if exists && n.guessed {
			n.guessed = false
			m.names[n.original] = n
		}
		return n.pseudonym
	}
	user = strings.Clone(user) // a map takes up the key that it is given last, which must be no part of a line
	pseudonym := "user-" + m.tag("user", user)
	const shortest = 3 // of a name of which anybody can tell that it is one
	if isOrdinary(user) || !exists && len(user) < shortest {
		m.ordinary[user], m.real[pseudonym] = pseudonym, user
		return pseudonym
	}
	if lower := strings.ToLower(user); exists && lower != user && strings.Contains(user, ".") {
		m.add(kindUser, lower, pseudonym) // which names with a dot are sought by
	}
	m.add(kindUser, user, pseudonym)
	if !exists {
		n := m.names[user]
		n.guessed = true
		m.names[user] = n
	}
	return m.names[user].pseudonym
}

// noteHost notes a machine or a domain that only a client names.
func (m *Map) noteHost(name string) {
	name = strings.TrimSuffix(name, "$")
	if len(name) > 2 && isHostName(name) && !isOrdinary(name) && (m.o.Keep == nil || !m.o.Keep(name)) {
		m.Host(name)
	}
}

// noteRead notes an account that a log format read from a record, and where it stands in a text of it. line is the record's text, in which
// that text may be quoted.
func (m *Map) noteRead(line, text, user string, exists bool) {
	if user == "" {
		return
	}
	m.note(user, exists)
	if _, name, ok := cutLast(user, `\`); ok {
		user = name
	}
	if local, _, ok := strings.Cut(user, "@"); ok {
		user = local
	}
	if m.ordinary[user] == "" {
		return
	}
	at := uintptr(unsafe.Pointer(unsafe.StringData(user))) - uintptr(unsafe.Pointer(unsafe.StringData(text)))
	if at < uintptr(len(text)) && int(at)+len(user) <= len(text) { // the name is a view of the text
		m.notePlace(text, int(at), user)
		if i := strings.Index(line, text); i > 0 {
			m.notePlace(line, i+int(at), user)
		}
	}
}

func (m *Map) notePlace(text string, at int, user string) {
	p := placeOf(text, at, at+len(user))
	p.text = strings.Clone(p.text)
	m.places[p] = true
}

// place is where the name of an account stands that is a word of the logs: the words around it tell.
type place struct {
	text string // some bytes before the name without a digit, and the name
	name int    // how many bytes of it are the name's
	next byte   // behind it; blank at the end
}

func placeOf(s string, from, to int) place {
	const most = 16
	begin := from
	for begin > 0 && from-begin < most && !isDigitByte(s[begin-1]) {
		begin--
	}
	p := place{text: s[begin:to], name: to - from, next: ' '}
	if to < len(s) && s[to] > ' ' {
		p.next = s[to]
	}
	return p
}

// placed gives what stands for a word in which an account was read whose name is a word of the logs.
func (m *Map) placed(s string, from, to int) (text string, ok bool) {
	var out []byte
	done := from // up to here s has been written, if anything has
	put := func(at, end int, text string) {
		out = append(append(out, s[done:at]...), text...)
		done = end
	}
	for at := from; at < to; {
		end := at
		for end < to && strings.IndexByte(".-+", s[end]) < 0 {
			end++
		}
		for _, until := range [...]int{to, end} {
			if pseudonym := m.ordinary[s[at:until]]; pseudonym != "" && m.places[placeOf(s, at, until)] {
				put(at, until, pseudonym)
				end, ok = until, true
				break
			}
		}
		if done < end {
			if pseudonym, known := m.named(s[at:end]); known {
				put(at, end, pseudonym)
			}
		}
		at = end + 1
	}
	if !ok {
		return "", false
	}
	return string(append(out, s[done:to]...)), true
}

// isLocal reports whether nobody from elsewhere named the account of an event.
func isLocal(e *analysis.Event) bool { return !e.Source.IP.IsValid() && e.Source.Name == "" }

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

package knowledge

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// spelling is one way to write the name of a tool, word by word.
type spelling struct {
	words    []string
	name     string
	ordinary bool // counts only beside a word that says what is meant
}

// spellings is by first word; longer spellings come first, so that "back orifice 2000" is not
// taken for "back orifice".
var spellings = sync.OnceValue(func() map[string][]spelling {
	t := make(map[string][]spelling)
	seen := make(map[string]bool)
	add := func(s, name string, ordinary bool) {
		w := words(s)
		key := strings.Join(w, " ")
		if len(w) == 0 || seen[key] {
			return
		}
		seen[key] = true
		t[w[0]] = append(t[w[0]], spelling{w, name, ordinary})
	}
	for _, row := range mustCSV("tools.csv", "name,class,spellings") {
		for _, s := range splitList(row[2]) {
			add(s, row[0], false)
		}
	}
	ordinary := make(map[string]bool)
	for _, name := range mustLines("ordinary_words.txt") {
		ordinary[name] = true
	}
	for _, name := range trojans().names {
		add(name, name, ordinary[name])
	}
	for first := range t {
		slices.SortStableFunc(t[first], func(a, b spelling) int { return len(b.words) - len(a.words) })
	}
	return t
})

// words splits a signature into its words, in lower case: "SubSeven/BackDoor-G" is three words.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// The words that tell that a name right beside them is a trojan's, even when the name is an
// ordinary word.
var malwareWords = [...]string{"trojan", "trojans", "backdoor", "worm", "virus", "rat", "rootkit", "malware", "botnet"}

// NamesTool reports whether a sensor's signature names a trojan, a worm or an attack tool, and which,
// under one name however the sensor spells it. The kind of traffic alone ("ICMP", "portscan", "Unused
// port blocking") is no name, and neither is an ordinary word that some trojan is called by, unless
// a word such as "trojan" stands right beside it.
func NamesTool(signature string) (name string, ok bool) {
	w := words(signature)
	table := spellings()
	about := func(i int) bool { return 0 <= i && i < len(w) && slices.Contains(malwareWords[:], w[i]) }
	best := spelling{}
	for i := range w {
		for _, s := range table[w[i]] {
			end := i + len(s.words)
			if end > len(w) || !slices.Equal(s.words, w[i:end]) || s.ordinary && !about(i-1) && !about(end) {
				continue
			}
			// A name that is nobody's ordinary word says more than one that is; then the longer says more.
			switch {
			case best.words == nil,
				best.ordinary && !s.ordinary,
				best.ordinary == s.ordinary && len(s.words) > len(best.words):
				best = s
			}
		}
	}
	return best.name, best.words != nil
}

// floodTools are the tools of class ddos that take orders from a handler, by name.
var floodTools = sync.OnceValue(func() map[string]bool {
	t := make(map[string]bool)
	for _, row := range mustCSV("tools.csv", "name,class,spellings") {
		if row[1] == "agent" {
			t[row[0]] = true
		}
	}
	return t
})

// FloodTool reports whether a name, as NamesTool and the lists of ports give it, is that of a flood tool whose agents
// take orders: "Trinoo", "Trinoo (for Windows)".
func FloodTool(name string) bool {
	name, _, _ = strings.Cut(name, " (")
	return floodTools()[name]
}

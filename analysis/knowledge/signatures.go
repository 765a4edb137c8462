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
	table := spellings()
	if !anyFirst(table, signature) {
		return "", false
	}
	w := words(signature)
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

// anyFirst reports whether a word of a text may be the first of a spelling. Where a text is not of ASCII alone, one may.
func anyFirst(table map[string][]spelling, text string) bool {
	var word [64]byte
	n := 0
	for i := 0; i <= len(text); i++ {
		b := byte(' ')
		if i < len(text) {
			b = text[i]
		}
		switch {
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9':
		case b >= 0x80:
			return true
		default:
			if _, ok := table[string(word[:n])]; ok && n > 0 {
				return true
			}
			n = 0
			continue
		}
		if n == len(word) {
			return true
		}
		word[n] = b
		n++
	}
	return false
}

// ToolClass is what a name that NamesTool gives belongs to.
type ToolClass string

const (
	ClassTool   ToolClass = "tool" // an attacker's or an administrator's: a scanner, a collection of exploits
	ClassWorm   ToolClass = "worm"
	ClassTrojan ToolClass = "trojan"
	ClassFlood  ToolClass = "ddos"
	ClassAgent  ToolClass = "agent" // a flood tool whose agents take orders from a handler
)

var toolClasses = sync.OnceValue(func() map[string]ToolClass {
	t := make(map[string]ToolClass)
	for _, row := range mustCSV("tools.csv", "name,class,spellings") {
		t[row[0]] = ToolClass(row[1])
	}
	return t
})

// ClassOf gives the class of a name, as NamesTool and the lists of ports give it. What stands only on the lists of
// trojans' ports is a trojan.
func ClassOf(name string) ToolClass {
	name, _, _ = strings.Cut(name, " (")
	if class, ok := toolClasses()[name]; ok {
		return class
	}
	return ClassTrojan
}

// FloodTool reports whether a name, as NamesTool and the lists of ports give it, is that of a flood tool whose agents
// take orders: "Trinoo", "Trinoo (for Windows)".
func FloodTool(name string) bool { return ClassOf(name) == ClassAgent }

// categories are those of published rules for sensors of the network that are about what a break-in leaves: the answer
// that a successful attack brings, and the traffic of a program that an attacker has installed. Snort's rules of 1999 to
// 2012, of Talos since, and of Emerging Threats begin their messages with them.
var categories = [...]string{"attack-responses", "attack_response", "attack response", "indicator-compromise", "malware-cnc", "malware", "trojan", "cnc", "botcc", "mobile_malware"}

// SignOfCompromise reports whether a sensor's signature is of such a category.
func SignOfCompromise(signature string) bool {
	for _, publisher := range [...]string{"etpro ", "et ", "gpl "} {
		if rest, ok := cutPrefixFold(signature, publisher); ok {
			signature = rest
			break
		}
	}
	for _, c := range categories {
		if rest, ok := cutPrefixFold(signature, c); ok && (rest == "" || rest[0] == ' ' || rest[0] == ':') {
			return true
		}
	}
	return false
}

// cutPrefixFold is strings.CutPrefix, in whatever case the text is.
func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

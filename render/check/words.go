package check

import (
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
)

// factor is one of the four parts of a severity.
type factor int

const (
	criticality factor = iota
	lethality
	system
	network
)

// factorNames are their names, in the order of the formula.
var factorNames = [4]string{"criticality", "lethality", "system countermeasures", "network countermeasures"}

func (f factor) String() string { return factorNames[f] }

// token is a word, a number or a sign of a folded text.
type token struct {
	kind  byte // w word, n number, p sign, o something with digits that is no points: 21:06:12, 161/tcp
	text  string
	at    int // offset in the text
	first bool
	blank bool // a blank line stands before it
	value float64
}

var tokenPattern = lazily.Regexp(`[0-9]+(?:[.:][0-9]+)+[a-z0-9]*|[0-9]+/(?:tcp|udp|[0-9]+/[0-9]+)|[0-9]*\.5\b|[0-9]+[a-z]+[a-z0-9]*|[0-9]+|[a-z]+(?:'[a-z]+)?|\n|[^\sa-z0-9]`)

func tokenise(text string) []token {
	var out []token
	first, newlines := true, 1
	for _, m := range tokenPattern().FindAllStringIndex(text, -1) {
		t := token{text: text[m[0]:m[1]], at: m[0], first: first, blank: newlines > 1}
		c := t.text[0]
		switch {
		case c == '\n':
			newlines++
			first = true
			continue
		case c >= 'a' && c <= 'z':
			t.kind = 'w'
		case c >= '0' && c <= '9' || c == '.' && len(t.text) > 1:
			t.kind = 'o'
			if v, err := strconv.ParseFloat(t.text, 64); err == nil && len(t.text) <= 4 && (len(t.text) == 1 || c != '0') {
				t.kind, t.value = 'n', v
			}
		default:
			t.kind = 'p'
		}
		first, newlines = false, 0
		out = append(out, t)
	}
	return out
}

// numerals are the numbers that analysts write as words.
var numerals = map[string]float64{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}

// set makes a set of the words in a text.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// fillers stand between a name and its points and say nothing.
	fillers = set(`a an the is was are were be been being would will should could can may might must has have had i i'd i'll i'm we we'd
		it it's its this that's that these there so thus hence therefore then only just at as to by in on of about around approximately approx roughly
		perhaps maybe probably possibly likely say somewhere something like close near nearly almost under over between from for rate rated rates rating
		ratings value valued values score scored scores level give given gives gave get gets got assign assigned assigns set put place placed consider considered estimate estimated
		estimates judge judged call called think believe feel guess assume assumed make makes made deserves earns warrants merits low high medium moderate
		very quite fairly rather pretty extremely solid strong weak good decent equals equal points point also again still me us my our here ca circa
		therefore counts count stands ranks ranked comes out result results resulting total totals number figure part overall
		yields yielding giving leaving leaves which and/or all not too
		real simply also either best no any none nil nothing minimal`)
	// hedges make a total an approximate one.
	hedges = set(`about around approximately approx roughly perhaps maybe probably possibly somewhere something close near nearly almost say circa ca ~`)
	// cues stand directly before points, where other words part them from the name.
	cues = set(`a an rate rated rating value valued score scored is was be at as so about around approximately roughly give given gives gave get gets assign assigned say
		level to between from maybe perhaps probably possibly or of set made deserves earns warrants merits equals it this only just therefore thus hence with than`)
	// counted things follow a number that is not points.
	counted = set(`second seconds sec secs minute minutes min mins hour hours day days week weeks month months year years source sources host hosts
		machine machines server servers service services port ports time times attempt attempts packet packets connection connections line lines byte
		bytes address addresses different separate other others more record records event events alert alerts system systems computer computers
		user users process processes people probe probes scan scans try tries incident incidents detect detects tcp udp percent point-scale of bit bits
		syn syns firewall firewalls layers layer network networks factor factors`)
	// named things stand before a number that is not points.
	named = set(`port ports windows win version ver v linux redhat hat nt line lines page pages detect incident trace section figure table rfc step chapter
		kernel solaris ios sp pack service bind sendmail line jan feb mar apr may jun jul aug sep oct nov dec january february march april june july
		august september october november december last first top than least appendix question number no event attack case scan bulletin patch mac os`)
	// names are words of the names of factors, which a formula may repeat between its numbers.
	names = set(`criticality target lethality attack system systems sys host network net counter measures measure countermeasures countermeasure c l s n sc nc cm cms of the`)
)

// span is an interval of points.
type span struct{ low, high float64 }

func (s span) contains(o span) bool { return o.low >= s.low && o.high <= s.high }

// one reads a number at i: digits or a word. next is the index after it.
func one(ts []token, i int) (v float64, next int, ok bool) {
	if i >= len(ts) {
		return 0, i, false
	}
	switch t := ts[i]; t.kind {
	case 'n':
		if t.text[0] == '.' {
			return 0, i, false
		}
		return t.value, i + 1, true
	case 'o': // 3.5
		if v, err := strconv.ParseFloat(t.text, 64); err == nil && strings.HasSuffix(t.text, ".5") || err == nil && strings.HasSuffix(t.text, ".0") {
			return v, i + 1, true
		}
	case 'w':
		if v, ok := numerals[t.text]; ok {
			return v, i + 1, true
		}
	}
	return 0, i, false
}

// points reads one number or an interval at i: "3", "3 to 4", "3-4", "3 or a 4", "between 3 and 4".
// It returns the index after it, and the index after its first number, where a reader that fails
// behind the interval may try again.
func points(ts []token, i int) (s span, next, single int, ok bool) {
	between := i > 0 && ts[i-1].text == "between" || i > 1 && ts[i-2].text == "between"
	low, next, ok := one(ts, i)
	if !ok {
		return span{}, i, i, false
	}
	s, single = span{low, low}, next
	if next+1 >= len(ts) {
		return s, next, single, true
	}
	j := next
	if ts[j].text == "-" && ts[j+1].at == ts[j].at+1 && ts[j].at > ts[j-1].at+len(ts[j-1].text) {
		return s, next, single, true // "0 -1" is two numbers
	}
	switch t := ts[j].text; {
	case t == "-" || t == "/" || t == "to" || t == "or" || t == "through" || t == "thru" || t == "~":
		j++
	case t == "and" && between:
		j++
	case (t == "," || t == "(") && slices.Contains([]string{"maybe", "perhaps", "possibly"}, ts[j+1].text):
		j += 2
	default:
		return s, next, single, true
	}
	for j < len(ts) && (ts[j].text == "a" || ts[j].text == "an" || ts[j].text == "even" || ts[j].text == "maybe" || ts[j].text == "possibly" || ts[j].text == "perhaps") {
		j++
	}
	if high, after, ok := one(ts, j); ok && high > low && high <= 9 && !countedAt(ts, after) {
		if after < len(ts) && ts[after].text == ")" && ts[next].text == "(" {
			after++
		}
		return span{low, high}, after, single, true
	}
	return s, next, single, true
}

// countedAt reports whether the word at i names what a number before it counts.
func countedAt(ts []token, i int) bool {
	if i < len(ts) && ts[i].text == "-" { // 4-port, 5-point
		i++
	}
	if i >= len(ts) || ts[i].kind != 'w' || !counted[ts[i].text] || ts[i].first {
		return false
	}
	l, ok := labelAt(ts, i) // "3 System countermeasures" are no systems
	return !ok || l.bare && !bareAt(ts, l)
}

// label is the name of one or two factors in the text.
type label struct {
	factors []factor
	from    int // index of its first token
	to      int // index after its last
	bare    bool
}

// labelAt reads the name of a factor at i.
func labelAt(ts []token, i int) (label, bool) {
	t := ts[i]
	if t.kind != 'w' {
		return label{}, false
	}
	word := func(j int) string {
		if j < len(ts) {
			return ts[j].text
		}
		return ""
	}
	one := func(f factor, to int) (label, bool) { return label{factors: []factor{f}, from: i, to: to}, true }
	j := i
	switch t.text {
	case "target", "asset", "attack", "system", "host", "resource", "how", "service":
		j++
	}
	switch w := word(j); {
	case strings.HasPrefix(w, "critical") && strings.HasSuffix(w, "ity"), w == "criticalness", w == "critcality", w == "critically" && word(j+1) == ":", w == "crit" && slices.Contains([]string{".", ":", "="}, word(j+1)),
		w == "critical" && (word(i) == "how" || slices.Contains([]string{":", "="}, word(j+1))), w == "criticallity":
		if w == "crit" && word(j+1) == "." {
			j++
		}
		return one(criticality, j+1)
	case strings.HasPrefix(w, "lethal") && (strings.HasSuffix(w, "ity") || strings.HasSuffix(w, "ness")), w == "lethalty", w == "lethal" && (word(i) == "how" || slices.Contains([]string{":", "="}, word(j+1))),
		w == "leth" && slices.Contains([]string{".", ":", "="}, word(j+1)):
		if w == "leth" && word(j+1) == "." {
			j++
		}
		return one(lethality, j+1)
	}
	// Countermeasures: by their owner before or behind the word.
	if to, ok := counterAt(ts, i); ok {
		k := to
		if word(k) == "(" || word(k) == "," || word(k) == "-" || word(k) == "of" || word(k) == "on" || word(k) == "for" || word(k) == "at" {
			k++
			if word(k) == "the" {
				k++
			}
			if f, ok := owner(word(k)); ok && word(k+1) != "and" {
				if c, ok := counterAt(ts, k+1); ok { // "countermeasures, system countermeasures": the next one's name
					_ = c
					return label{}, false
				}
				k++
				if word(k) == "level" || word(k) == "side" {
					k++
				}
				if word(k) == ")" {
					k++
				}
				return one(f, k)
			}
		}
		return label{}, false
	}
	f, ok := owner(t.text)
	if !ok {
		return label{}, false
	}
	j = i + 1
	var second []factor
	if (word(j) == "and" || word(j) == "/" || word(j) == "&" || word(j) == "+") && j+1 < len(ts) {
		if g, ok := owner(word(j + 1)); ok && g != f {
			if to, ok := counterAt(ts, j+2); ok {
				return label{factors: []factor{f, g}, from: i, to: to}, true
			}
		}
	}
	_ = second
	for range 2 {
		switch word(j) {
		case "-", "/", "'", "s", "level", "based", "side", "security", "defensive", "perimeter", "wide", "host", "specific", ".":
			j++
		}
	}
	if to, ok := counterAt(ts, j); ok {
		return one(f, to)
	}
	if t.text == "firewall" || t.text == "perimeter" || t.text == "local" || t.text == "os" {
		return label{}, false
	}
	return label{factors: []factor{f}, from: i, to: i + 1, bare: true}, true
}

func owner(w string) (factor, bool) {
	switch w {
	case "system", "systems", "system's", "sys", "host", "host's", "server", "local", "os":
		return system, true
	case "network", "networks", "network's", "net", "perimeter", "firewall":
		return network, true
	}
	return 0, false
}

// counterAt reads the word countermeasures at i, in one piece, hyphenated or cut short.
func counterAt(ts []token, i int) (to int, ok bool) {
	if i >= len(ts) {
		return i, false
	}
	switch w := ts[i].text; {
	case strings.HasPrefix(w, "countermeas"), w == "countermeasures", w == "cm", w == "cms", w == "contermeasures", w == "defenses", w == "defences", w == "defense", w == "defence":
		return i + 1, true
	case w == "counter":
		j := i + 1
		if j < len(ts) && ts[j].text == "-" {
			j++
		}
		if j < len(ts) && strings.HasPrefix(ts[j].text, "measure") {
			return j + 1, true
		}
	}
	return i, false
}

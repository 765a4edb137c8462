package check

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"practicum/analysis/lazily"
)

// part is one factor as a document states it.
type part struct {
	span
	line  int
	score int    // how sure the reading is; 0 when the factor is not stated
	tok   int    // index of its number
	from  int    // index of the first token of its name
	end   int    // index after the last token that belongs to it
	quote string // the words it was read from
	text  string // what the document says behind the name, up to the next one
}

// direct is the score of points that stand beside their factor's name.
const direct = 90

// reading is the severity of one incident as a document states it.
type reading struct {
	number   int
	title    string
	line     int // of the heading, or of the first part
	parts    [4]part
	formula  *formula
	totals   []*total
	at       int // index of the first token
	end      int // index of the last token
	fromForm [4]bool
}

// heading is a line that names an incident by its number.
type heading struct {
	number int
	line   int
	title  string
}

// readForeign finds the severities in a document that has none of our marks.
func readForeign(p *page) []*reading {
	ts := outOfFive(tokenise(p.text))
	if len(ts) == 0 {
		return nil
	}
	labels := labelsIn(ts)
	formulas := formulasIn(ts)
	totals := totalsIn(ts, formulas)
	found, more := partsIn(p, ts, labels, formulas, totals)
	totals = append(totals, more...)
	heads := headings(p, ts, found, formulas)
	rs := group(p, ts, found, formulas, totals, heads)
	if len(heads) > 0 {
		// Sentences that look like headings must not swallow incidents: then these are counted.
		under := map[int]bool{}
		for _, r := range rs {
			under[r.line] = true
		}
		all := group(p, ts, found, formulas, totals, nil)
		if complete(all) >= complete(rs)+2 || 2*len(under) < len(rs) {
			rs = all
		}
	}
	if len(rs) == 0 {
		rs = summaryTable(p)
	}
	return rs
}

// complete counts the readings with all four parts and a total.
func complete(rs []*reading) int {
	n := 0
	for _, r := range rs {
		if _, ok := r.sum(); ok && len(r.totals) > 0 {
			n++
		}
	}
	return n
}

func labelsIn(ts []token) []label {
	var out []label
	for i := 0; i < len(ts); i++ {
		if l, ok := labelAt(ts, i); ok {
			out = append(out, l)
			i = l.to - 1
			continue
		}
		if run := lettersAt(ts, i); run != nil {
			out = append(out, run...)
			i = run[3].to - 1
		}
	}
	return out
}

// initials are the names of the factors where a document has them as letters: "C = 4, L = 3, S = 4, N = 2".
var initials = [4][]string{{"c"}, {"l"}, {"s", "sc", "sys"}, {"n", "nc", "net"}}

// lettersAt reads four letters that begin at i, each with points: fewer may mean anything.
func lettersAt(ts []token, i int) []label {
	var out []label
	for end := i + 1; i < end && i+2 < len(ts); i++ {
		if !slices.Contains(initials[len(out)], ts[i].text) || ts[i+1].text != "=" && ts[i+1].text != ":" {
			continue
		}
		if _, _, ok := one(ts, i+2); !ok {
			continue
		}
		out = append(out, label{factors: []factor{factor(len(out))}, from: i, to: i + 1})
		if len(out) == 4 {
			return out
		}
		end = i + 40
	}
	return nil
}

func formulasIn(ts []token) []*formula {
	var out []*formula
	for i := 0; i < len(ts); i++ {
		t := ts[i]
		if t.kind != 'n' && t.text != "(" && t.text != "[" && t.text != "{" && !(t.kind == 'w' && (isNumeral(t.text) || names[t.text] && t.text != "of" && t.text != "the")) {
			continue
		}
		if f, ok := formulaAt(ts, i); ok {
			out = append(out, &f)
			i = max(i, f.to-1)
			if f.total != nil {
				i = max(i, f.total.to-1)
			}
		}
	}
	return out
}

func totalsIn(ts []token, formulas []*formula) []*total {
	var out []*total
	for i := range ts {
		if inFormula(formulas, i) {
			continue
		}
		if t, ok := symbolicAt(ts, i); ok && !inFormula(formulas, t.tok) {
			out = append(out, t)
			continue
		}
		if t, ok := closingAt(ts, i); ok && !inFormula(formulas, t.tok) {
			out = append(out, t)
			continue
		}
		if ts[i].kind != 'w' {
			continue
		}
		if t, ok := statedAt(ts, i); ok && !inFormula(formulas, t.tok) {
			out = append(out, t)
			continue
		}
		// "a 2 for the severity"
		if ts[i].text == "severity" {
			j := i - 1
			for j >= 0 && (ts[j].text == "the" || ts[j].text == "total" || ts[j].text == "overall" || ts[j].text == "its") {
				j--
			}
			if j >= 2 && (ts[j].text == "for" || ts[j].text == "as" || ts[j].text == "in") {
				if v, _, ok := one(ts, j-1); ok && !inFormula(formulas, j-1) && (ts[j-2].text == "a" || ts[j-2].text == "-" || hedges[ts[j-2].text]) {
					if ts[j-2].text == "-" {
						v = -v
					}
					out = append(out, &total{span: span{v, v}, about: hedges[ts[j-2].text], tok: j - 1, to: j, at: ts[j-1].at})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *total) int { return a.tok - b.tok })
	return out
}

func inFormula(formulas []*formula, i int) bool {
	_, ok := slices.BinarySearchFunc(formulas, i, func(f *formula, i int) int {
		to := f.to
		if f.total != nil {
			to = max(to, f.total.to)
		}
		switch {
		case to <= i:
			return -1
		case f.from > i:
			return 1
		}
		return 0
	})
	return ok
}

// stated is a part with the factor it is of.
type stated struct {
	factor
	part
}

// partsIn reads the points of each name. What stands before a name ("a 4 for criticality") is read
// first, so that it is not taken for the points of the name before it.
func partsIn(p *page, ts []token, labels []label, formulas []*formula, totals []*total) ([]stated, []*total) {
	var more []*total
	taken := map[int]bool{}
	for _, t := range totals {
		taken[t.tok] = true
	}
	var out []stated
	add := func(l label, k int, s span, score, tok, end int) {
		out = append(out, stated{l.factors[k], part{span: s, score: score, tok: tok, from: min(l.from, tok), end: end,
			line: p.line(ts[tok].at), quote: quote(p, ts, min(l.from, tok), max(end, l.to))}})
	}
	enumerators(ts, labels, taken)
	before := make([]bool, len(labels))
	heads := columnHeads(p, ts, labels)
	for n, at := range heads {
		if at < 0 {
			continue
		}
		before[n] = true
		s, t := columns(p, ts, labels[n], n, heads, labels, taken)
		out = append(out, s...)
		if t != nil {
			more = append(more, t)
		}
	}
	for n, l := range labels {
		if before[n] || inFormula(formulas, l.from) || len(l.factors) != 1 || l.bare {
			continue
		}
		if s, tok, ok := pointsBefore(ts, l.from); ok && !taken[tok] && !inFormula(formulas, tok) {
			// "Criticality: 4 for lethality" cannot be: the number stands beside its own name.
			if n > 0 && tok-labels[n-1].to <= 1 && ts[tok-1].text != "a" {
				continue
			}
			add(l, 0, s, direct+5, tok, l.to)
			taken[tok] = true
			before[n] = true
		}
	}
	for n, l := range labels {
		if before[n] || inFormula(formulas, l.from) {
			continue
		}
		end := min(len(ts), l.to+160)
		for _, next := range labels[n+1:] {
			if next.from >= end {
				break
			}
			if !next.bare || next.from < len(ts) && bareAt(ts, next) {
				end = min(end, next.from)
				break
			}
		}
		if i, _ := slices.BinarySearchFunc(formulas, l.to, func(f *formula, at int) int { return f.from - at }); i < len(formulas) {
			end = min(end, formulas[i].from)
		}
		if i, _ := slices.BinarySearchFunc(totals, l.to, func(t *total, at int) int { return t.tok - at }); i < len(totals) {
			end = min(end, totals[i].tok)
		}
		if len(l.factors) == 2 {
			if a, b, tok, ok := pair(ts, l.to, end); ok {
				add(l, 0, a, direct, tok, tok+1)
				add(l, 1, b, direct, tok, tok+1)
			}
			continue
		}
		if l.bare {
			if bareAt(ts, l) {
				if s, tok, to, score, ok := best(ts, l.to, min(end, l.to+6), taken); ok && score >= direct {
					add(l, 0, s, score-1, tok, to)
					taken[tok] = true
				}
			}
			continue
		}
		// "Criticality and lethality are 4 and 1": two names with one verb.
		if n+1 < len(labels) && labels[n+1].from == l.to+1 && ts[l.to].text == "and" && len(labels[n+1].factors) == 1 && !before[n+1] {
			after := labels[n+1].to
			if a, b, tok, ok := pair(ts, after, min(len(ts), after+12)); ok {
				add(l, 0, a, direct, tok, tok+1)
				out = append(out, stated{labels[n+1].factors[0], part{span: b, score: direct, tok: tok, from: labels[n+1].from, end: tok + 1,
					line: p.line(ts[tok].at), quote: quote(p, ts, l.from, tok+3)}})
				before[n+1] = true
				continue
			}
		}
		if s, tok, to, score, ok := best(ts, l.to, end, taken); ok {
			add(l, 0, s, score, tok, to)
			taken[tok] = true
			out[len(out)-1].text = behind(p, ts, l.to, max(end, to))
		}
	}
	slices.SortStableFunc(out, func(a, b stated) int { return a.from - b.from })
	return out, more
}

// enumerators marks numbers that count the factors: "1. Criticality 2. Lethality 3. ...".
func enumerators(ts []token, labels []label, taken map[int]bool) {
	before := func(l label) int {
		for i := l.from - 1; i >= 0 && i >= l.from-3; i-- {
			if ts[i].kind == 'n' {
				return i
			}
			if ts[i].kind != 'p' {
				break
			}
		}
		return -1
	}
	for n := 0; n+3 < len(labels); n++ {
		first := before(labels[n])
		if first < 0 {
			continue
		}
		run := []int{first}
		for k := 1; k < 4; k++ {
			if i := before(labels[n+k]); i >= 0 && ts[i].value == ts[first].value+float64(k) {
				run = append(run, i)
			}
		}
		if len(run) == 4 {
			for _, i := range run {
				taken[i] = true
			}
		}
	}
}

// outOfFive reads "2/5" as 2 points out of 5 in a document that has such a score below 3, where it can be
// no interval.
func outOfFive(ts []token) []token {
	fraction := func(i int) bool {
		return i+2 < len(ts) && ts[i].kind == 'n' && ts[i+1].text == "/" && ts[i+2].text == "5"
	}
	if !slices.ContainsFunc(ts, func(t token) bool { return t.text == "/" }) {
		return ts
	}
	low := false
	for i := range ts {
		low = low || fraction(i) && ts[i].value < 3 && i > 0 && ts[i-1].kind != 'o'
	}
	if !low {
		return ts
	}
	var out []token
	for i := 0; i < len(ts); i++ {
		out = append(out, ts[i])
		if fraction(i) {
			i += 2
		}
	}
	return out
}

// columnHeads finds lines that name all four factors and state no points: heads of tables. For each
// label it returns the index of the first label of its line, −1 where it stands in no such line.
func columnHeads(p *page, ts []token, labels []label) []int {
	out := make([]int, len(labels))
	for i := range out {
		out[i] = -1
	}
	for i := 0; i < len(labels); {
		line, j, seen, digits := p.line(ts[labels[i].from].at), i, [4]bool{}, false
		for ; j < len(labels) && p.line(ts[labels[j].from].at) == line; j++ {
			for _, f := range labels[j].factors {
				seen[f] = true
			}
		}
		for k := labels[i].from; k < len(ts) && p.line(ts[k].at) == line; k++ {
			digits = digits || ts[k].kind == 'n' || ts[k].kind == 'o' || ts[k].text == "+" || isNumeral(ts[k].text) || ts[k].text == "none"
		}
		if seen == [4]bool{true, true, true, true} && j-i == 4 && !digits {
			for k := i; k < j; k++ {
				out[k] = i
			}
		}
		i = j
	}
	return out
}

// columns reads the part of one column from the row below a head, if the head stands above a
// single row: four points, and perhaps a total behind them.
func columns(p *page, ts []token, l label, n int, heads []int, labels []label, taken map[int]bool) ([]stated, *total) {
	first := labels[heads[n]]
	if !ts[first.from].first && ts[first.from-1].text != "|" {
		return nil, nil // a column before the factors
	}
	last := labels[heads[n]+3]
	line := p.line(ts[last.from].at)
	i := last.to
	for i < len(ts) && (p.line(ts[i].at) == line || strings.Contains("|-:+=", ts[i].text)) {
		i++
	}
	if i >= len(ts) {
		return nil, nil
	}
	row := p.line(ts[i].at)
	var values []*total
	for i < len(ts) && p.line(ts[i].at) == row {
		if t, next, ok := totalAt(ts, i, 1); ok {
			values = append(values, t)
			i = next
			continue
		}
		i++
	}
	if len(values) != 4 && len(values) != 5 || len(l.factors) != 1 {
		return nil, nil
	}
	k := n - heads[n]
	v := values[k]
	taken[v.tok] = true
	s := []stated{{l.factors[0], part{span: span{abs(v.low), abs(v.high)}, score: direct + 5, tok: v.tok, from: v.tok, end: v.to, line: row, quote: quote(p, ts, values[0].tok, values[len(values)-1].to)}}}
	if k < 3 || len(values) < 5 {
		return s, nil
	}
	taken[values[4].tok] = true
	values[4].either = false
	return s, values[4]
}

// bareAt reports whether a lone "system" or "network" names a factor here: points follow at once, and
// it stands where a name would.
func bareAt(ts []token, l label) bool {
	if l.to >= len(ts) {
		return false
	}
	next := ts[l.to].text
	if ellipsisAt(ts, l) {
		return true
	}
	before := l.from == 0 || ts[l.from].first || slices.Contains([]string{"(", "+", ",", ";", "|", "-", "[", ".", ":"}, ts[l.from-1].text) ||
		ts[l.from-1].kind == 'n' || ts[l.from-1].text == "and" || isNumeral(ts[l.from-1].text)
	if !before {
		return false
	}
	if next == ":" || next == "=" || next == "|" {
		return true
	}
	if next == "(" || next == "-" {
		_, _, ok := one(ts, l.to+1)
		return ok
	}
	_, _, ok := one(ts, l.to)
	return ok
}

// ellipsisAt reads "and those of the network a 2" behind the countermeasures of the system.
func ellipsisAt(ts []token, l label) bool {
	if l.from < 2 || ts[l.from-1].text != "the" || ts[l.to].text != "a" && ts[l.to].text != "an" && ts[l.to].text != "at" {
		return false
	}
	if before := ts[l.from-2].text; before != "of" && before != "for" && before != "and" {
		return false
	}
	if _, next, ok := one(ts, l.to+1); !ok || countedAt(ts, next) {
		return false
	}
	for i := l.from - 1; i >= 0 && i > l.from-40; i-- {
		if _, ok := counterAt(ts, i); ok {
			return true
		}
	}
	return false
}

// pointsBefore reads points in front of a name: "a 4 for criticality", "(4 criticality".
func pointsBefore(ts []token, at int) (span, int, bool) {
	j := at - 1
	for j > 0 && (ts[j].text == "the" || ts[j].text == "its" || ts[j].text == "target" || ts[j].text == "a" || ts[j].text == "terms" || ts[j].text == "of" && j > 1 && ts[j-1].text == "terms" || ts[j].text == "in" && ts[j+1].text == "terms") {
		j--
	}
	if j <= 0 {
		return span{}, 0, false
	}
	switch ts[j].text {
	case "for", "on", "in":
		j--
		if ts[j].text == "points" || ts[j].text == "point" {
			j--
		}
	case "(":
		j--
	default:
		return span{}, 0, false
	}
	// "a 4 on the scale of 1 to 5 for criticality"
	for k := j; k > 3 && k > j-8; k-- {
		if ts[k].text == "scale" {
			for k > 0 && (ts[k].text == "scale" || ts[k].text == "point" || ts[k].text == "the" || ts[k].text == "a" || ts[k].text == "our" || ts[k].text == "on" || ts[k].text == "in") {
				k--
			}
			j = k
			break
		}
	}
	// Back to the start of an interval.
	for back := 4; back >= 0; back-- {
		if j-back < 0 {
			continue
		}
		s, next, _, ok := points(ts, j-back)
		if ok && next == j+1 && s.high <= 9 && (j-back == 0 || cueBefore(ts, j-back) || ts[j+1].text == "(") {
			return s, j - back, true
		}
	}
	return span{}, 0, false
}

func cueBefore(ts []token, i int) bool {
	t := ts[i-1]
	return t.kind == 'w' && cues[t.text] || slices.Contains([]string{",", ":", "=", "(", "+", ";", "-"}, t.text) || t.text == "and"
}

// pair reads two points for two names: "4 and 1", "4/1 respectively".
func pair(ts []token, from, end int) (a, b span, tok int, ok bool) {
	for i := from; i < end; i++ {
		t := ts[i]
		if v, next, ok := one(ts, i); ok {
			if next+1 < len(ts) && (ts[next].text == "and" || ts[next].text == "/" || ts[next].text == ",") {
				if w, _, ok := one(ts, next+1); ok {
					return span{v, v}, span{w, w}, i, true
				}
			}
			return a, b, 0, false
		}
		if !(t.kind == 'w' && fillers[t.text]) && t.text != ":" && t.text != "=" && t.text != "-" && t.text != "both" {
			return a, b, 0, false
		}
	}
	return a, b, 0, false
}

// best finds the points that a name's text most likely states.
func best(ts []token, from, end int, taken map[int]bool) (s span, tok, to, score int, ok bool) {
	onlyFill, blanks, depth, none := true, 0, 0, -1
	for i := from; i < end; i++ {
		t := ts[i]
		if t.blank && i > from {
			blanks++
			if blanks > 2 {
				break
			}
		}
		if onlyFill && none < 0 && (t.text == "none" || t.text == "nil" || t.text == "nonexistent") {
			none = i
		}
		isNumber := t.kind == 'n' || t.kind == 'o' || t.kind == 'w' && isNumeral(t.text)
		switch {
		case isNumber:
		case t.text == "(":
			depth++
		case t.text == ")":
			depth = max(depth-1, 0)
			if depth == 0 && i > 0 && onlyFill && i == from {
				onlyFill = false // the end of a formula in words
			}
		case t.kind == 'w' && fillers[t.text]:
		case t.kind == 'p' && strings.Contains(":=-,.~>|\"';/", t.text):
		default:
			if depth == 0 || i == from {
				onlyFill = false
			}
		}
		if !isNumber || taken[i] {
			continue
		}
		v, next, _, good := points(ts, i)
		if !good || v.high > 99 {
			continue
		}
		if c := candidate(ts, i, next, from, onlyFill); c > 0 {
			c -= 8 * blanks
			if depth > 0 && !onlyFill {
				c -= 10
			}
			if v.low < v.high {
				c += 20 // who gives an interval has weighed two numbers
			}
			if c > score {
				s, tok, to, score, ok = v, i, next, c, true
			}
		}
		if next > i+1 {
			i = next - 1
		}
		onlyFill = false
	}
	if !ok && none >= 0 {
		return span{}, none, none + 1, 40, true
	}
	return s, tok, to, score, ok && score >= 20
}

// candidate says how likely it is that the number at i states points; 0 is not at all.
func candidate(ts []token, i, next, from int, onlyFill bool) int {
	left, right := "", ""
	if i > 0 {
		left = ts[i-1].text
	}
	if next < len(ts) {
		right = ts[next].text
	}
	word := ts[i].kind == 'w'
	s, _, _, _ := points(ts, i)
	switch {
	case countedAt(ts, next):
		return 0
	case ts[i].first && i <= from+6 && left == ":" && enumerates(ts, i) && !namesAt(ts, i+2): // "Criticality:" and "4. The mail server." below
		return 90
	case ts[i].first && i > from && enumerates(ts, i) && !slices.Contains([]string{",", "-", "=", "a", "as", "is", "about", "at", "of"}, left):
		return 0
	case i > from && named[left] && !(left == "at" || left == "level"):
		return 0
	case left == "#" || left == "$" || right == "%" || left == "/" && !onlyFill:
		return 0
	case left == "+" || right == "+" && next+1 < len(ts) && (ts[next+1].kind == 'n' || ts[next+1].text == "("):
		return 0
	case right == "." && next+1 < len(ts) && (ts[next+1].kind == 'n') && ts[next+1].at == ts[next].at+1:
		return 0
	case right == "of" && !(next+1 < len(ts) && ts[next+1].text == "5"), right == "to" || right == "through":
		return 0
	case right == "being" || right == "is" || right == "was" || right == "were" || right == "are" && !onlyFill || right == "means":
		return 0
	case s.low <= 1 && s.high >= 5: // "from 1 to 5" is the scale
		return 0
	case near(ts, i-4, i, "scale") || near(ts, next, next+3, "scale") || near(ts, i-2, i, "maximum") || near(ts, i-2, i, "max"):
		return 0
	case left == "of" && i > 1 && ts[i-2].text == "out":
		return 0
	case s.high > 9: // no points; 7 may be a slip that somebody should see
		return 0
	}
	// "5 (firewall), 4 (mail relay)": who lists the scale states nothing.
	if onlyFill {
		score := 100
		if word && i > from && ts[i-1].kind == 'w' && !cues[left] {
			return 0
		}
		if next < len(ts) && ts[next].kind == 'w' && !ts[next].first && right != "because" && i > from && !cues[left] && ts[i-1].kind == 'w' {
			score = 60
		}
		return score
	}
	if s.high > 5 {
		return 0
	}
	end := next >= len(ts) || ts[next].first || strings.Contains(".;,)]", right) || right == "-" || right == "(" || right == "|"
	because := slices.Contains([]string{"because", "since", "as", "for", "due", "given", "but", "on", "here", "if", "when", "considering", "although", "though", "while", "however", "at", "point", "points", "rating", "out", "and", "with", "/", "=", `"`, "'", ":", "in"}, right)
	switch {
	case !end && !because:
		return 0
	case left == "=" || left == ":":
		return 55
	case cues[left] && !(left == "of" && word) && !(left == "or") && !(word && left == "the"):
		if left == "a" || left == "an" || left == "as" || left == "at" || left == "about" {
			return 50
		}
		if left == "to" || left == "between" || left == "of" || left == "was" || left == "be" || left == "it" || left == "this" {
			return 32
		}
		return 45
	case (left == "," || left == "-" || left == "(" || left == ")" || ts[i].first) && end && !word:
		return 30
	}
	return 0
}

func namesAt(ts []token, i int) bool {
	if i >= len(ts) {
		return false
	}
	_, ok := labelAt(ts, i)
	return ok
}

func near(ts []token, from, to int, word string) bool {
	for i := max(from, 0); i < min(to, len(ts)); i++ {
		if ts[i].text == word {
			return true
		}
	}
	return false
}

// behind returns the words from one token to another, up to the first blank line.
func behind(p *page, ts []token, from, to int) string {
	for i := from + 1; i < to; i++ {
		if ts[i].blank {
			to = i
		}
	}
	if from >= to {
		return ""
	}
	last := ts[to-1]
	return strings.Join(strings.Fields(p.text[ts[from].at:last.at+len(last.text)]), " ")
}

// quote returns the words of the document from one token to another, on one line.
func quote(p *page, ts []token, from, to int) string {
	if from >= to || to > len(ts) {
		return ""
	}
	last := ts[to-1]
	s := strings.Join(strings.Fields(p.text[ts[from].at:last.at+len(last.text)]), " ")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:60]) + " ... " + string(r[len(r)-50:])
	}
	return s
}

var (
	headingPattern = lazily.Regexp(`^[\s#=\->|]*(?:(?:network|security|intrusion|sample|assignment)\s+)?(?:detect|incident|trace|attack|event|exploit|case|analysis|scan|detection|alert|practical|example|log|intrusion|probe|sample|item|exercise|violation|entry|trace log)s?\s*(?:#|no\.?|number|nr\.?|:|-)?\s*(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(.*)$`)
	markdownHead   = lazily.Regexp(`^\s*#{1,4}\s*(?:no\.?\s*)?(\d{1,3})[.):\s-]\s*(\S.*)?$`)
	leader         = lazily.Regexp(`(?:\.\s?){3,}\s*\d+\s*$|\s{3,}\d{1,3}\s*$`)
	headNumerals   = []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
)

// headingAt reads a line that names an incident. A sentence that begins like one is none.
func headingAt(raw string) (heading, bool) {
	l := strings.TrimSpace(fold(raw))
	if len(l) > 140 || leader().MatchString(l) {
		return heading{}, false
	}
	m := headingPattern().FindStringSubmatch(l)
	if m == nil {
		if m = markdownHead().FindStringSubmatch(l); m == nil {
			return heading{}, false
		}
		n, err := strconv.Atoi(m[1])
		return heading{number: n, title: strings.TrimSpace(raw)}, err == nil
	}
	n := slices.Index(headNumerals, m[1]) + 1
	if n == 0 {
		n, _ = strconv.Atoi(m[1])
	}
	rest := m[2]
	if rest != "" && !strings.HasPrefix(l, "#") {
		trimmed := strings.TrimLeft(rest, " ")
		switch c := trimmed; {
		case c == "", strings.ContainsAny(c[:1], ":.)-(#\"'|,;[="):
			if strings.HasPrefix(c, ",") || strings.HasPrefix(c, ".") && len(c) > 1 && unicode.IsDigit(rune(c[1])) || strings.HasPrefix(c, "'s") {
				return heading{}, false
			}
		default:
			// A title has a capital; a sentence goes on in small letters.
			at := strings.LastIndex(strings.ToLower(raw), strings.Fields(trimmed)[0])
			if at < 0 || at >= len(raw) || !unicode.IsUpper(rune(raw[at])) && !unicode.IsDigit(rune(raw[at])) {
				return heading{}, false
			}
			if strings.HasSuffix(trimmed, ".") && len(strings.Fields(trimmed)) > 9 {
				return heading{}, false
			}
		}
	}
	return heading{number: n, title: strings.TrimSpace(raw)}, true
}

// headings returns the chain of headings with rising numbers that have most severities below them, so
// that neither a table of contents nor a sentence that looks back is taken for one.
func headings(p *page, ts []token, found []stated, formulas []*formula) []heading {
	var all []heading
	for i, number := range p.number {
		_ = i
		if h, ok := headingAt(p.lines[number-1]); ok {
			h.line = number
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if len(all) > 2000 {
		all = all[:2000]
	}
	weight := make([]int, len(all))
	mark := func(line int) {
		i, ok := slices.BinarySearchFunc(all, line, func(h heading, l int) int { return h.line - l })
		if !ok {
			i--
		}
		if i >= 0 {
			weight[i] += 100
		}
	}
	for _, s := range found {
		mark(s.line)
	}
	for _, f := range formulas {
		mark(p.line(ts[f.from].at))
	}
	bestSum := make([]int, len(all))
	prev := make([]int, len(all))
	top := 0
	for i := range all {
		bestSum[i], prev[i] = min(weight[i], 400)+1, -1
		for j := range i {
			if all[j].number < all[i].number && bestSum[j]+min(weight[i], 400)+1 >= bestSum[i] {
				bestSum[i], prev[i] = bestSum[j]+min(weight[i], 400)+1, j
			}
		}
		if bestSum[i] >= bestSum[top] {
			top = i
		}
	}
	var chain []heading
	for i := top; i >= 0; i = prev[i] {
		chain = append(chain, all[i])
	}
	slices.Reverse(chain)
	return chain
}

// group joins parts, formulas and totals into one reading an incident.
func group(p *page, ts []token, found []stated, formulas []*formula, totals []*total, heads []heading) []*reading {
	type item struct {
		at      int
		stated  *stated
		formula *formula
		total   *total
	}
	var items []item
	for i := range found {
		items = append(items, item{at: found[i].from, stated: &found[i]})
	}
	for _, f := range formulas {
		items = append(items, item{at: f.from, formula: f})
	}
	for _, t := range totals {
		items = append(items, item{at: t.tok, total: t})
	}
	slices.SortStableFunc(items, func(a, b item) int { return a.at - b.at })
	headOf := func(tok int) int {
		line := p.line(ts[tok].at)
		i, ok := slices.BinarySearchFunc(heads, line, func(h heading, l int) int { return h.line - l })
		if !ok {
			i--
		}
		return i
	}
	var out []*reading
	var of []int // the heading of each reading
	var cur *reading
	count := func(r *reading) int {
		n := 0
		for _, p := range r.parts {
			if p.score > 0 {
				n++
			}
		}
		return n
	}
	begin := func(tok, head int) {
		cur = &reading{at: tok, end: tok}
		out = append(out, cur)
		of = append(of, head)
	}
	for _, it := range items {
		head := headOf(it.at)
		if len(heads) > 0 && head < 0 {
			continue // an introduction
		}
		if cur == nil || of[len(of)-1] != head {
			begin(it.at, head)
		}
		switch {
		case it.stated != nil:
			old := &cur.parts[it.stated.factor]
			full := count(cur) >= 3
			sure := it.stated.score >= direct-1
			switch {
			case cur.formula != nil && cur.formula.total != nil && sure && (full || it.stated.from > cur.end+60) && it.stated.factor == criticality,
				old.score >= direct-1 && sure && full && it.stated.factor == criticality:
				begin(it.at, head)
				cur.parts[it.stated.factor] = it.stated.part
			case it.stated.score > old.score:
				*old = it.stated.part
			}
			cur.end = max(cur.end, it.stated.end)
		case it.formula != nil:
			if cur.formula != nil {
				switch {
				case cur.formula.total == nil && it.formula.total != nil && cur.formula.parts == it.formula.parts:
					cur.formula = it.formula
					cur.end = max(cur.end, it.formula.to)
					continue
				case cur.formula.parts == it.formula.parts && it.formula.total == nil:
					continue
				case len(heads) > 0 && cur.formula.total != nil && it.formula.from > cur.end+200 && it.formula.total == nil:
					continue
				}
				begin(it.at, head)
			}
			cur.formula = it.formula
			cur.end = max(cur.end, it.formula.to)
		case it.total != nil:
			if len(heads) == 0 && count(cur) >= 3 && (len(cur.totals) > 0 || cur.formula != nil && cur.formula.total != nil) {
				begin(it.at, head)
			}
			cur.totals = append(cur.totals, it.total)
			cur.end = max(cur.end, min(it.total.to, cur.end+40))
		}
	}
	var kept []*reading
	var keptOf []int
	for i, r := range out {
		n := count(r)
		if r.formula == nil && n < 3 {
			continue
		}
		r.merge()
		r.settle(p, ts)
		kept, keptOf = append(kept, r), append(keptOf, of[i])
	}
	for i, r := range kept {
		r.number = i + 1
		if len(heads) > 0 {
			h := heads[keptOf[i]]
			r.number, r.title, r.line = h.number, h.title, h.line
			// A second severity below one heading belongs to an incident whose heading was not seen.
			if i > 0 && keptOf[i] == keptOf[i-1] {
				n := kept[i-1].number + 1
				if !slices.ContainsFunc(heads, func(h heading) bool { return h.number == n }) {
					r.number, r.title = n, ""
				}
			}
		}
		if r.line == 0 {
			r.line = p.line(ts[r.at].at)
		}
	}
	return kept
}

// merge brings the parts of the names and those of the formula together. A formula states each part
// once more, often at one end of an interval; then the interval counts.
func (r *reading) merge() {
	if r.formula == nil {
		return
	}
	for i := range r.parts {
		f, p := r.formula.parts[i], &r.parts[i]
		switch {
		case p.score == 0 || p.score < direct && !p.contains(f) && !f.contains(p.span):
			r.parts[i] = part{span: f, score: direct, tok: r.formula.from, from: r.formula.from, end: r.formula.to}
			r.fromForm[i] = true
		case f.contains(p.span):
			p.span = f
		}
	}
}

// settle chooses among the totals and finds the lines.
func (r *reading) settle(p *page, ts []token) {
	var kept []*total
	if r.formula != nil && r.formula.total != nil {
		kept = append(kept, r.formula.total)
	}
	for _, t := range r.totals {
		// What is said of a severity far from its parts may be said of another.
		if len(kept) > 0 && (t.tok > r.end+80 || t.tok < r.at-80) {
			continue
		}
		if slices.ContainsFunc(kept, func(k *total) bool { return k.span == t.span }) {
			continue
		}
		kept = append(kept, t)
	}
	r.totals = kept
	for i := range r.parts {
		if r.fromForm[i] {
			r.parts[i].line = p.line(ts[r.formula.from].at)
			r.parts[i].quote = quote(p, ts, r.formula.from, r.formula.to)
		}
	}
}

// sum is the severity by interval arithmetic.
func (r *reading) sum() (span, bool) {
	var s [4]span
	for i, p := range r.parts {
		if p.score == 0 {
			return span{}, false
		}
		s[i] = p.span
	}
	return sumOf(s), true
}

// agrees reports whether a total follows from the parts, or from the formula it ends: where the two
// contradict each other, that is another slip than a wrong sum.
func (r *reading) agrees(t *total) bool {
	sum, ok := r.sum()
	if ok && t.agrees(sum) {
		return true
	}
	if r.formula == nil {
		return false
	}
	f := r.formula.parts
	return t.agrees(sumOf(f))
}

func sumOf(p [4]span) span {
	return span{p[0].low + p[1].low - p[2].high - p[3].high, p[0].high + p[1].high - p[2].low - p[3].low}
}

// agrees reports whether a stated total lies within the sum.
func (t *total) agrees(sum span) bool {
	const slack = 1e-9
	in := func(s span) bool { return s.low >= sum.low-slack && s.high <= sum.high+slack }
	return in(t.span) || t.either && in(span{-t.high, -t.low})
}

// summaryTable reads a table of severities, one incident a row: the head names the factors, the rows
// hold a number and the points.
func summaryTable(p *page) []*reading {
	var out []*reading
	for i := 0; i < len(p.number); i++ {
		head := tokenise(fold(p.lines[p.number[i]-1]))
		labels := labelsIn(head)
		var order []factor
		for _, l := range labels {
			order = append(order, l.factors...)
		}
		if len(order) != 4 || slices.Contains(order[1:], order[0]) {
			continue
		}
		for k := i + 1; k < len(p.number); k++ {
			raw := p.lines[p.number[k]-1]
			ts := tokenise(fold(raw))
			if len(ts) == 0 || strings.Trim(fold(raw), " |-:=+") == "" {
				continue
			}
			var values []*total
			for j := 0; j < len(ts); {
				t, next, ok := totalAt(ts, j, 1)
				if !ok {
					j++
					continue
				}
				values = append(values, t)
				j = next
			}
			if len(values) < 5 {
				break
			}
			// The number of the incident stands first, the total last.
			r := &reading{number: int(values[0].low), line: p.number[k]}
			from := 1
			if len(values) == 5 {
				r.number, from = len(out)+1, 0
			}
			for n, f := range order {
				v := values[from+n]
				r.parts[f] = part{span: span{abs(v.low), abs(v.high)}, line: p.number[k], score: direct, quote: strings.TrimSpace(raw)}
				if v.low < 0 {
					r.parts[f].span = span{-v.high, -v.low}
				}
			}
			t := values[from+4]
			t.either, t.at = false, -1
			r.totals = []*total{t}
			out = append(out, r)
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

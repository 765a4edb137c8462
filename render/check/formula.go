package check

import "slices"

// formula is a sum written out with numbers: (4 + 3) - (4 + 2) = 1.
type formula struct {
	parts [4]span
	from  int // index of its first token
	to    int // index after its last
	total *total
}

// total is a sum that somebody wrote down.
type total struct {
	span
	about bool
	// either is set where a dash may be a sign or a minus: "Severity - 1".
	either bool
	tok    int // index of its number
	to     int // index after it
	at     int // offset in the text; −1 when its line is the reading's
}

// formulaAt reads a formula that begins at i.
func formulaAt(ts []token, i int) (formula, bool) {
	if i > 0 && ts[i-1].kind == 'n' && ts[i].kind == 'n' {
		return formula{}, false
	}
	f := formula{from: i}
	if !f.read(ts, i, 0) {
		return formula{}, false
	}
	f.total = f.tail(ts)
	// Four numbers in a row of others are no formula: one has brackets, names or a total.
	bare := f.total == nil && !slices.ContainsFunc(ts[f.from:f.to], func(t token) bool {
		return t.text == "(" || t.text == "[" || t.text == "{" || t.kind == 'w' && names[t.text]
	})
	return f, !bare
}

// read reads the parts from the n-th on. An interval may be written with a dash, which is a minus
// as well, so both readings are tried.
func (f *formula) read(ts []token, i, n int) bool {
	i = skipNames(ts, i)
	s, next, single, ok := points(ts, i)
	if !ok || s.high > 9 {
		return false
	}
	for _, to := range []int{next, single} {
		f.parts[n] = s
		if to == single {
			f.parts[n] = span{s.low, s.low}
		}
		j := skipNames(ts, to)
		if n == 3 {
			f.to = j
			// "(4 + 2" and no more is a formula that begins somewhere else.
			return true
		}
		if j < len(ts) && operator(ts, j, n) && f.read(ts, j+1, n+1) {
			return true
		}
		// The minus may have been lost on the way, as long as the brackets show where it stood.
		if n == 1 && j < len(ts) && closes(ts, to, j) && f.read(ts, j, n+1) {
			return true
		}
		if next == single {
			break
		}
	}
	return false
}

func operator(ts []token, j, n int) bool {
	switch t := ts[j].text; n {
	case 0:
		return t == "+" || t == "plus"
	case 1:
		return t == "-" || t == "minus" || t == "\ufffd" || t == "?" || t == "~" || t == "less"
	default:
		return t == "+" || t == "plus" || t == "-" || t == "minus"
	}
}

// closes reports whether a bracket was closed and another opened between two indices.
func closes(ts []token, from, to int) bool {
	closed := false
	for _, t := range ts[from:to] {
		if t.text == ")" || t.text == "]" {
			closed = true
		}
		if closed && (t.text == "(" || t.text == "[") {
			return true
		}
	}
	return false
}

// skipNames skips brackets and the names of factors, which may stand beside their numbers.
func skipNames(ts []token, i int) int {
	for end := i + 16; i < len(ts) && i < end; {
		switch t := ts[i]; {
		case t.text == "(" || t.text == ")" || t.text == "[" || t.text == "]" || t.text == "{" || t.text == "}":
		case t.kind == 'w' && names[t.text]:
		case (t.text == "=" || t.text == ":") && i > 0 && ts[i-1].kind == 'w' && names[ts[i-1].text]:
		default:
			return i
		}
		i++
	}
	return i
}

// tail reads what a formula is said to make: "= 1", "= 7 - 6 = 1", "is about 2", "or somewhere about a 2".
func (f *formula) tail(ts []token) *total {
	i := f.to
	// The names skipped behind the last part may belong to the next statement.
	if i < len(ts) && ts[i].text != "=" && i > 0 && ts[i-1].kind == 'w' {
		for i > f.from && ts[i-1].kind != 'p' {
			i--
		}
	}
	for range 3 {
		equals := i < len(ts) && ts[i].text == "="
		t, next, ok := totalAt(ts, i, 12)
		if !ok {
			return nil
		}
		// An intermediate step: A - B =, or A = after which the difference follows.
		if j := next; j+1 < len(ts) && (ts[j].text == "-" || ts[j].text == "minus") {
			k := skipBrackets(ts, j+1)
			if _, after, ok := one(ts, k); ok {
				after = skipBrackets(ts, after)
				if after < len(ts) && ts[after].text == "=" {
					i = after
					continue
				}
				if equals && after < len(ts) && (ts[after].text == "," || ts[after].text == "or" || ts[after].text == "which") {
					i = after
					continue
				}
			}
		}
		if next < len(ts) && ts[next].text == "=" {
			if _, _, ok := totalAt(ts, next, 3); ok {
				i = next
				continue
			}
		}
		return t
	}
	return nil
}

func skipBrackets(ts []token, i int) int {
	for i < len(ts) && (ts[i].text == "(" || ts[i].text == ")" || ts[i].text == "[" || ts[i].text == "]") {
		i++
	}
	return i
}

// totalAt reads a signed number or interval behind at most limit words that say nothing.
func totalAt(ts []token, i, limit int) (*total, int, bool) {
	about, dash, equals := false, false, false
	for n := 0; n <= limit && i < len(ts); n++ {
		t := ts[i]
		if i > 0 && t.first && enumerates(ts, i) && !leadsOn(ts[i-1]) {
			return nil, i, false
		}
		switch {
		case t.kind == 'w' && hedges[t.text] || t.text == "~":
			about = true
		case t.text == "=" || t.text == ":":
			equals, dash = true, false
		case t.text == "-":
			dash = true
		case t.text == "minus" || t.text == "negative":
			dash, equals = true, true
		case t.text == "plus" || t.text == "positive" || t.text == "+":
		case t.text == "," || t.text == "(" || t.text == "[" || t.text == ">" || t.text == "|" || t.text == `"` || t.text == "/" && n == 0:
		case t.text == "." && i+1 < len(ts) && (ts[i+1].kind == 'w' && fillers[ts[i+1].text] || ts[i+1].text == "=") && n < 3:
		case t.text == "or" || t.text == "." && i > 0 && (ts[i-1].text == "approx" || ts[i-1].text == "ca" || ts[i-1].text == "appr"):
		case t.text == "severity" || t.text == "sum" || t.text == "score":
		case t.kind == 'n' || t.kind == 'o' || t.kind == 'w' && isNumeral(t.text):
			s, next, _, ok := points(ts, i)
			if !ok || s.high > 20 || countedAt(ts, next) {
				return nil, i, false
			}
			if dash {
				s = span{-s.high, -s.low}
				if next+2 < len(ts) && ts[next].text == "to" && (ts[next+1].text == "-" || ts[next+1].text == "minus") {
					if v, after, ok := one(ts, next+2); ok {
						s, next = span{min(s.low, -v), max(s.low, -v)}, after
					}
				} else if next+1 < len(ts) && ts[next].text == "to" {
					if v, after, ok := one(ts, next+1); ok {
						s, next = span{s.low, v}, after
					}
				}
			}
			tok := i
			if next+1 < len(ts) && ts[next].text == "or" && ts[next+1].text == "so" {
				about = true
				next += 2
			}
			for next < len(ts) && (ts[next].text == ")" || ts[next].text == "]") {
				next++
			}
			return &total{span: s, about: about, either: dash && !equals, tok: tok, to: next, at: ts[tok].at}, next, true
		case t.kind == 'w' && fillers[t.text]:
		default:
			return nil, i, false
		}
		i++
	}
	return nil, i, false
}

func isNumeral(w string) bool { _, ok := numerals[w]; return ok }

// enumerates reports whether the number at i, first on its line, counts the points of a list: "5. Severity".
func enumerates(ts []token, i int) bool {
	return ts[i].kind == 'n' && i+2 < len(ts) && (ts[i+1].text == "." || ts[i+1].text == ")") && !ts[i+2].first &&
		!slices.Contains([]string{"=", "-", "("}, ts[i+2].text)
}

// leadsOn reports whether what stands at the end of a line asks for a number on the next: "about a".
func leadsOn(t token) bool {
	return hedges[t.text] || slices.Contains([]string{"a", "an", "is", "was", "of", "=", "as"}, t.text)
}

// statedAt reads a total in words at i, which is the word severity, total, score or sum: "Severity: -1",
// "the severity of this attack is about 2".
func statedAt(ts []token, i int) (*total, bool) {
	j := i + 1
	switch ts[i].text {
	case "severity":
		for j < len(ts) && slices.Contains([]string{"level", "rating", "score", "value", "total", "number", "factor", "index"}, ts[j].text) && ts[j].text != "factor" {
			j++
		}
		if j < len(ts) && ts[j].text == "of" {
			// Of what: at most five words up to the verb.
			for k := j + 1; k < len(ts) && k < j+8 && ts[k].kind == 'w'; k++ {
				if w := ts[k].text; w == "is" || w == "was" || w == "would" || w == "comes" || w == "equals" || w == "should" || w == "be" {
					j = k
					break
				}
			}
			if k := j + 1; j < len(ts) && ts[j].text == "of" {
				for k < len(ts) && k < j+8 && ts[k].kind == 'w' && !hedges[ts[k].text] && !isNumeral(ts[k].text) {
					k++
				}
				if k < len(ts) && (ts[k].text == "=" || ts[k].text == ":") {
					j = k
				}
			}
		}
	case "total", "overall", "score", "sum":
		if j < len(ts) && (ts[j].text == "severity" || ts[j].text == "score") {
			j++
		}
		if j >= len(ts) || !slices.Contains([]string{":", "=", "of", "is", "-"}, ts[j].text) {
			return nil, false
		}
	default:
		return nil, false
	}
	t, next, ok := totalAt(ts, j, 9)
	if !ok {
		return nil, false
	}
	if starts(ts, next) {
		return nil, false
	}
	return t, true
}

// starts reports whether what stands before next is not a total but the start of a sum, of a scale or of
// a row of numbers.
func starts(ts []token, next int) bool {
	if next < len(ts) {
		switch w := ts[next].text; {
		case ts[next].kind == 'n' && !ts[next].first: // a row of numbers
			return true
		case w == "+" || w == "plus" || w == "=":
			return true
		case w == "-" && next+1 < len(ts) && (ts[next+1].text == "(" || ts[next+1].kind == 'n'):
			return true
		case w == "out" || w == "point" || w == "points" && next+1 < len(ts) && ts[next+1].text == "scale" || w == "to" || w == "%" || w == "or":
			return true
		case w == "." && next+1 < len(ts) && ts[next+1].kind == 'n' && ts[next+1].at == ts[next].at+1:
			return true
		}
	}
	return false
}

// closingAt reads the total that ends a list of parts: "= 1" on a line of its own below their names, or
// "Severity (critical = 4, ...): 1".
func closingAt(ts []token, i int) (*total, bool) {
	switch {
	case i == 0 || ts[i].text != "=" && ts[i].text != ":":
		return nil, false
	case ts[i].text == "=" && ts[i].first && ts[i-1].kind == 'n':
		// The last line names a part.
		k := i - 1
		for k > 0 && !ts[k].first {
			k--
		}
		for ; k < i; k++ {
			if l, ok := labelAt(ts, k); ok && !l.bare {
				t, next, ok := totalAt(ts, i, 6)
				return t, ok && !starts(ts, next)
			}
		}
	case ts[i-1].text == ")":
		k := i - 1
		for k > 0 && k > i-60 && ts[k].text != "(" {
			k--
		}
		if k > 0 && ts[k].text == "(" && ts[k-1].text == "severity" {
			t, next, ok := totalAt(ts, i, 6)
			return t, ok && !starts(ts, next)
		}
	}
	return nil, false
}

// symbolicAt reads the total behind a formula in names: (C + L) - (SC + NC) = -1.
func symbolicAt(ts []token, i int) (*total, bool) {
	if ts[i].text != "=" || i < 2 || ts[i-1].text != ")" || ts[i-2].kind != 'w' {
		return nil, false
	}
	if _, counter := counterAt(ts, i-2); !counter && !names[ts[i-2].text] {
		return nil, false
	}
	// The bracket holds a sum; "Criticality (C) = 4" has none.
	for k := i - 2; k > 0 && ts[k].text != "("; k-- {
		if ts[k].text == "+" {
			t, next, ok := totalAt(ts, i, 9)
			return t, ok && !starts(ts, next)
		}
	}
	return nil, false
}

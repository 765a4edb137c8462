package merge

import (
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/draft"
)

// items merges a table by its rows and their cells, a list by its items, code by its lines. What the
// person changed too is suggested below the whole.
func (m *merger) items(b, u, n *draft.Block) {
	same := u.Kind != draft.Table || slices.Equal(u.Header, n.Header)
	if b != nil && b.Norm == u.Norm && !same {
		m.replace(u, m.source(n), false) // the tool's table has other columns now
		return
	}
	var bi []*draft.Item
	if b != nil {
		bi = b.Items
	}
	var text strings.Builder // the block without what follows it
	var suggestions []string
	eol := m.v.Current.EOL()
	end := u.End
	if len(u.Items) > 0 {
		end = u.Items[0].Line - 1
	} else if u.Kind == draft.Code {
		end = u.Line
	}
	text.WriteString(m.v.Current.Source(u.Line, end))
	add := func(s string) {
		if t := text.String(); t != "" && !strings.HasSuffix(t, "\n") {
			text.WriteString(eol)
		}
		text.WriteString(s)
	}
	adopt := func(it *draft.Item) string {
		s := m.ends(m.v.Fresh.Source(it.Line, it.End))
		switch {
		case u.Kind == draft.List && len(u.Items) > 0:
			s = m.withMark(s, u)
		case u.Kind == draft.Table && !same:
			s = row(u, n, it)
		}
		return s
	}
	picks := plan(keyed(bi, m.itemUnit(m.v.Base, b)), keyed(u.Items, m.itemUnit(m.v.Current, u)), keyed(n.Items, m.itemUnit(m.v.Fresh, n)))
	for _, p := range picks {
		var x, y, z *draft.Item
		if p.b >= 0 {
			x = bi[p.b]
		}
		if p.u >= 0 {
			y = u.Items[p.u]
		}
		if p.n >= 0 {
			z = n.Items[p.n]
		}
		mine := func() { add(m.v.Current.Source(y.Line, y.End)) }
		switch {
		case y == nil && z == nil:
		case y == nil && x == nil:
			add(adopt(z))
		case y == nil && isFactors(n):
			add(adopt(z)) // a sum needs its four parts: whoever deletes a row takes the tool's
		case y == nil:
			if u.Kind != draft.Table && (x.Norm != z.Norm || m.was(z.Plain)) {
				suggestions = append(suggestions, adopt(z))
			}
		case z == nil:
			if x == nil || x.Norm != y.Norm {
				mine()
			}
		case y.Norm == z.Norm:
			mine()
		case u.Kind == draft.List && y.Prompt == "" && z.Prompt != "" && y.Plain == z.Plain && y.Line == y.End:
			// A word processor dropped the marker.
			add(strings.TrimRight(m.v.Current.Source(y.Line, y.End), " \r\n") + " <!-- prompt:" + z.Prompt + " -->" + eol)
		case x != nil && x.Norm == y.Norm && same:
			add(adopt(z))
		case u.Kind == draft.Table:
			line, conflict := m.cells(b, u, n, x, y, z)
			add(line)
			if conflict && (x == nil || x.Norm != z.Norm || m.was(z.Plain)) {
				suggestions = append(suggestions, m.ends(m.v.Fresh.Source(z.Line, z.End)))
			}
		case x != nil && x.Norm == z.Norm:
			mine()
			if m.was(z.Plain) {
				suggestions = append(suggestions, adopt(z))
			}
		case y.Plain == z.Plain:
			mine()
		default:
			mine()
			suggestions = append(suggestions, adopt(z))
		}
	}
	if len(u.Items) > 0 {
		if last := u.Items[len(u.Items)-1].End; last < u.End {
			add(m.v.Current.Source(last+1, u.End)) // the fence
		}
	} else if u.Kind == draft.Code && u.End > u.Line {
		add(m.v.Current.Source(u.Line+1, u.End))
	}
	whole := strings.TrimRight(text.String(), "\r\n")
	if strings.TrimSpace(whole) == "" {
		m.replace(u, m.source(n), false)
		return
	}
	m.replace(u, whole, false)
	if len(suggestions) == 0 {
		return
	}
	joined := strings.Join(suggestions, "\n")
	switch u.Kind {
	case draft.Table:
		joined = m.ends(m.v.Fresh.Source(n.Line, n.Line+1)) + "\n" + joined
	case draft.Code:
		fence := strings.Repeat("`", max(3, longestRun(joined)+1))
		joined = fence + "log\n" + joined + "\n" + fence
	}
	m.suggest(u.Kind, joined)
}

func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range s {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// withMark gives an item the mark of the list that it goes into, because another mark begins another
// list.
func (m *merger) withMark(s string, u *draft.Block) string {
	first := strings.TrimLeft(m.v.Current.Source(u.Line, u.Line), " ")
	if first == "" || s == "" || !strings.ContainsRune("-*+", rune(first[0])) || !strings.ContainsRune("-*+", rune(s[0])) {
		return s
	}
	return first[:1] + s[1:]
}

var lineNumber = lazily.Regexp(`^ *[0-9]+  `)

// itemUnit says what an item is known by.
func (m *merger) itemUnit(d *draft.Draft, b *draft.Block) func(*draft.Item) unit {
	return func(it *draft.Item) unit {
		u := unit{norm: it.Norm, plain: it.Plain}
		switch {
		case b.Kind == draft.Code:
			u.same = lineNumber().ReplaceAllString(it.Norm, "")
		case b.Kind == draft.List && it.Prompt != "":
			u.key = "prompt " + it.Prompt
		case b.Kind == draft.Table && len(it.Cells) > 0 && len(b.Header) > 0:
			u.key = m.rowKey(d, b, it)
		}
		return u
	}
}

func (m *merger) rowKey(d *draft.Draft, b *draft.Block, it *draft.Item) string {
	first := it.Cells[0].Plain
	switch b.Header[0] {
	case "Fact":
		return "fact " + strings.TrimSuffix(first, "s")
	case "Factor":
		if i := draft.FactorIndex(first); i >= 0 {
			return draft.FactorNames[i]
		}
	case "#":
		if len(b.Header) < 2 || len(it.Cells) < 2 {
			break
		}
		if b.Header[1] != "Incident" {
			return "row " + it.Cells[1].Plain // numbered by its place, known by what follows
		}
		// By the incident that the number means in this version.
		if n, err := strconv.Atoi(first); err == nil {
			if s := d.Numbered(n); s != nil && s.ID != "" {
				id := s.ID
				if to := m.target(s); to != "" {
					id = to
				}
				return "incident " + id
			}
		}
		return ""
	}
	if first == "" || first == "–" {
		return ""
	}
	return "row " + first
}

var number = lazily.Regexp(`^[0-9]+$`)

// origins are the words for who gave a factor its points; another word there is a person's own.
var origins = [...]string{"asset", "kind", "evidence", "site", "analyst"}

func isFactors(b *draft.Block) bool {
	return b.Kind == draft.Table && len(b.Header) > 0 && b.Header[0] == "Factor"
}

func column(b *draft.Block, name string) int {
	if b == nil {
		return -1
	}
	return slices.Index(b.Header, name)
}

func cell(it *draft.Item, i int) (draft.Cell, bool) {
	if it == nil || i < 0 || i >= len(it.Cells) {
		return draft.Cell{}, false
	}
	return it.Cells[i], true
}

// cells merges a row cell by cell. conflict is set when the person changed a cell that is another now.
func (m *merger) cells(b, u, n *draft.Block, x, y, z *draft.Item) (line string, conflict bool) {
	var out []string
	changed := false
	if y.Overlong {
		return m.v.Current.Source(y.Line, y.End), x == nil || x.Norm != z.Norm
	}
	for i, name := range u.Header {
		mine, ok := cell(y, i)
		if !ok {
			continue
		}
		theirs, inFresh := cell(z, column(n, name))
		was, inBase := cell(x, column(b, name))
		take := mine.Source
		switch {
		case !inFresh || mine.Norm == theirs.Norm:
		case name == "#" && number().MatchString(mine.Plain):
			// Whatever a person wrote in the row, its number is the incident's of today.
			take, changed = theirs.Source, true
		case inBase && mine.Norm == was.Norm:
			take, changed = theirs.Source, true
		case inBase && theirs.Norm == was.Norm:
			conflict = conflict || m.was(z.Plain)
		case mine.Plain == theirs.Plain, name == "Points" && samePoints(mine.Plain, theirs.Plain):
		case name == "Origin" && isFactors(u) && slices.Contains(origins[:], strings.ToLower(mine.Plain)):
			take, changed = theirs.Source, true
		default:
			conflict = true
		}
		out = append(out, take)
	}
	if !changed {
		return m.v.Current.Source(y.Line, y.End), conflict
	}
	return "| " + strings.Join(out, " | ") + " |" + m.v.Current.EOL(), conflict
}

func samePoints(a, b string) bool {
	l1, h1, err1 := draft.ParsePoints(a)
	l2, h2, err2 := draft.ParsePoints(b)
	return err1 == nil && err2 == nil && l1 == l2 && h1 == h2
}

// row writes a fresh row in the columns that the person's table has.
func row(u, n *draft.Block, it *draft.Item) string {
	out := make([]string, len(u.Header))
	for i, name := range u.Header {
		if c, ok := cell(it, column(n, name)); ok {
			out[i] = c.Source
		}
	}
	return "| " + strings.Join(out, " | ") + " |"
}

// words are what a person wrote in a section, byte for byte: blocks that the base has not, and those
// that differ from it.
func (m *merger) words(b, u *draft.Section) []string {
	if b == nil {
		b = &draft.Section{}
	}
	m.suggested = nil
	bs := b.Blocks()
	var us []*draft.Block
	for _, p := range m.withoutSuggestions(u.Parts) {
		us = append(us, p.Blocks...)
	}
	of := func(x *draft.Block) unit { return unit{norm: x.Norm, plain: x.Plain, kind: int(x.Kind)} }
	_, ofUser := match(unitsPlain(bs, of), unitsPlain(us, of))
	var list []string
	for i, x := range us {
		if j := ofUser[i]; j >= 0 && bs[j].Norm == x.Norm {
			continue
		}
		switch x.Kind {
		case draft.Marker:
		case draft.Analyst:
			if !x.Written() {
				continue
			}
			for k, c := range x.Inner {
				// Blocks that stand together stay together.
				text := strings.TrimRight(m.v.Current.Source(c.Line, c.End), "\r\n")
				if k > 0 && x.Inner[k-1].Gap == 0 {
					list[len(list)-1] += m.v.Current.EOL() + text
					continue
				}
				list = append(list, text)
			}
		default:
			if x.Kind == draft.Heading && x.Line == u.Line {
				continue // it heads the text where it goes
			}
			list = append(list, strings.TrimRight(m.v.Current.Source(x.Line, x.End), "\r\n"))
		}
	}
	return list
}

func unitsPlain[T any](list []*T, of func(*T) unit) []unit {
	out := make([]unit, len(list))
	for i, x := range list {
		out[i] = of(x)
	}
	return out
}

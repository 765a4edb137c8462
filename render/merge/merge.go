package merge

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/draft"
)

// Versions are what a merge takes.
type Versions struct {
	Base    *draft.Draft // nil when it is lost: then everything that differs is the person's
	Current *draft.Draft
	Fresh   *draft.Draft
	// Successor names, for an incident of the base or the current version that the fresh one has not,
	// the incident of the fresh version that it is part of now; empty when it is gone.
	Successor map[string]string
}

// Result is what a merge makes.
type Result struct {
	Report      []byte
	Suggestions int      // places where the person's words stand beside fresh ones
	Gone        []string // headings of incidents whose text moved to the end
}

type merger struct {
	v      Versions
	out    strings.Builder
	last   int // index of the block of the current version that was written last; −1 otherwise
	index  map[*draft.Block]int
	result Result

	suggested []string // what suggestions of earlier runs, untouched since, say in this section
	forSpare  map[string][]spare
	renamed   map[*draft.Section]string // keys of the sections whose heading the person changed
	back      map[string]returning      // by id: the text of an incident that was gone, or part of another, and is there again
	leaves    map[*draft.Part]bool
	outlives  *draft.Section // the section is the tool's no more, but words of a person stand in it
}

// spare is a person's text whose incident is part of another now.
type spare struct {
	section *draft.Section
	blocks  []string
}

// Merge merges the versions. None of them may have problems with its markers.
func Merge(v Versions) Result {
	if v.Base == nil {
		v.Base = &draft.Draft{}
	}
	m := &merger{v: v, last: -1, index: map[*draft.Block]int{}, forSpare: map[string][]spare{}}
	m.back, m.leaves = returned(v)
	i := 0
	for _, s := range v.Current.Sections {
		for _, b := range s.Blocks() {
			m.index[b] = i
			i++
		}
	}
	m.out.WriteString(v.Current.Source(1, v.Current.Lead()))

	base, current, fresh := m.homes(v.Base, false), m.homes(v.Current, true), v.Fresh.Sections
	m.renamed = renamedSections(base, current, fresh)
	picks := plan(units(base, m.sectionUnit(v.Base)), units(current, m.sectionUnit(v.Current)), units(fresh, m.sectionUnit(v.Fresh)))
	lost := func(u, n *draft.Section) bool {
		return n == nil && u != nil && u.Kind == draft.Incident && u.ID != ""
	}
	var gone *draft.Section
	for _, p := range picks {
		if u := at(current, p.u); lost(u, at(fresh, p.n)) {
			m.spareGone(at(base, p.b), u)
		}
	}
	for _, p := range picks {
		b, u, n := at(base, p.b), at(current, p.u), at(fresh, p.n)
		switch {
		case u != nil && u.Kind == draft.Gone:
			gone = u
			m.gone(u)
		case lost(u, n):
		case u == nil && b != nil:
			// Whoever deletes a section wants it gone. Of an incident the analysis knows already.
			if n != nil && (n.Kind == draft.Incident || n.Kind == draft.Decisions) {
				m.section(nil, nil, n)
			}
		default:
			m.section(b, u, n)
		}
	}
	if gone == nil {
		m.gone(nil)
	}
	m.result.Report = []byte(m.out.String())
	return m.result
}

// homes lists the sections that are merged with one of the fresh version. Where several incidents
// became one, the one that kept its id goes there, else the first; what a person wrote in the others
// is spared.
func (m *merger) homes(d *draft.Draft, spareText bool) []*draft.Section {
	taken := map[string]*draft.Section{}
	for _, s := range d.Sections {
		if s.Kind == draft.Incident && s.ID != "" && m.v.Fresh.Incident(s.ID) != nil {
			taken[s.ID] = s
		}
	}
	// The current version decides who is first, so that base and current agree.
	for _, s := range m.v.Current.Sections {
		if to := m.v.Successor[s.ID]; s.Kind == draft.Incident && to != "" && taken[to] == nil && d.Incident(s.ID) != nil && m.v.Current.Incident(to) == nil {
			taken[to] = d.Incident(s.ID)
		}
	}
	var list []*draft.Section
	for _, s := range d.Sections {
		to := m.target(s)
		if s.Kind == draft.Incident && to != "" && taken[to] != nil && taken[to] != s {
			if spareText {
				m.forSpare[to] = append(m.forSpare[to], spare{s, m.words(m.v.Base.Incident(s.ID), s)})
			}
			continue
		}
		list = append(list, s)
	}
	return list
}

// target is the incident of the fresh version that a section belongs to, or "".
func (m *merger) target(s *draft.Section) string {
	if s.Kind != draft.Incident || s.ID == "" {
		return ""
	}
	if m.v.Fresh.Incident(s.ID) != nil {
		return s.ID
	}
	return m.v.Successor[s.ID]
}

func at[T any](list []*T, i int) *T {
	if i < 0 {
		return nil
	}
	return list[i]
}

func units[T any](list []*T, of func(*T) unit) []unit {
	out := make([]unit, len(list))
	seen := map[string]bool{}
	for i, x := range list {
		out[i] = of(x)
		if k := out[i].key; k != "" && seen[k] {
			out[i].key = ""
		}
		seen[out[i].key] = true
	}
	return out
}

func (m *merger) sectionUnit(d *draft.Draft) func(*draft.Section) unit {
	return func(s *draft.Section) unit {
		key := s.Key
		if to := m.target(s); to != "" {
			key = "incident " + to
		}
		if was, ok := m.renamed[s]; ok {
			key = was
		} else if s.Kind == draft.Other && m.v.Fresh != nil && !hasKey(m.v.Fresh, key) {
			key = "" // perhaps renamed by the person
		}
		var plain strings.Builder
		for _, b := range s.Blocks() {
			plain.WriteString(b.Plain + " ")
		}
		return unit{key: key, norm: key, plain: plain.String(), kind: int(s.Kind)}
	}
}

func hasKey(d *draft.Draft, key string) bool {
	return slices.ContainsFunc(d.Sections, func(s *draft.Section) bool { return s.Key == key })
}

// section writes one section of up to three versions.
func (m *merger) section(b, u, n *draft.Section) {
	m.suggested = nil
	var parts [3][]*draft.Part
	for i, s := range []*draft.Section{b, u, n} {
		if s != nil {
			parts[i] = s.Parts
		}
	}
	if u != nil {
		parts[1] = m.withoutSuggestions(u.Parts)
	}
	if m.outlives = nil; n == nil && u != nil && u.Kind != draft.Top && outlives(b, parts[1]) {
		m.outlives = u
	}
	renamed := renamedParts(parts, false)
	partUnit := func(p *draft.Part) unit {
		var plain strings.Builder
		for _, b := range p.Blocks {
			if b.Kind != draft.Analyst { // of which the other versions know nothing
				plain.WriteString(b.Plain + " ")
			}
		}
		key := p.Key
		if was, ok := renamed[p]; ok {
			key = was
		}
		key = "part " + key
		return unit{key: key, norm: key, plain: plain.String()}
	}
	for _, p := range plan(units(parts[0], partUnit), units(parts[1], partUnit), units(parts[2], partUnit)) {
		if p.u < 0 && p.b >= 0 && u != nil {
			// Whoever deletes a part wants it gone, but not the analyst's block in it.
			for _, x := range blocks(at(parts[2], p.n)) {
				if x.Kind == draft.Analyst && written(u, x) == nil {
					m.fresh(x)
				}
			}
			continue
		}
		m.part(blocks(at(parts[0], p.b)), blocks(at(parts[1], p.u)), blocks(at(parts[2], p.n)), b, u, n)
	}
	if n != nil && n.ID != "" {
		m.takeOver(n.ID)
	}
}

// renamedParts finds the parts whose heading a person changed or translated: they hold what a part
// holds that the person's version has not, or mostly what it holds. It returns their key in the base, or
// in the fresh version.
func renamedParts(parts [3][]*draft.Part, mostly bool) map[*draft.Part]string {
	known := func(list []*draft.Part, key string) bool {
		return slices.ContainsFunc(list, func(p *draft.Part) bool { return p.Key == key })
	}
	type pair struct {
		p      *draft.Part
		key    string
		shared int
	}
	var pairs []pair
	for _, p := range parts[1] {
		if known(parts[0], p.Key) || known(parts[2], p.Key) {
			continue
		}
		for _, list := range [...][]*draft.Part{parts[0], parts[2]} {
			for _, q := range list {
				if n, of := holdsSame(p, q); n > 0 && (!mostly || 2*n >= of) && !known(parts[1], q.Key) {
					pairs = append(pairs, pair{p, q.Key, n})
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return b.shared - a.shared })
	renamed := map[*draft.Part]string{}
	taken := map[string]bool{}
	for _, x := range pairs {
		if _, done := renamed[x.p]; !done && !taken[x.key] {
			renamed[x.p], taken[x.key] = x.key, true
		}
	}
	return renamed
}

// renamedSections does the same for sections that are of no incident, such as the summary: a table in them
// says which they are, even when few of its rows are left.
func renamedSections(base, current, fresh []*draft.Section) map[*draft.Section]string {
	var parts [3][]*draft.Part
	of := map[*draft.Part]*draft.Section{}
	for i, list := range [...][]*draft.Section{base, current, fresh} {
		for _, s := range list {
			if s.Kind == draft.Other {
				p := &draft.Part{Key: s.Key, Blocks: s.Blocks()}
				of[p] = s
				parts[i] = append(parts[i], p)
			}
		}
	}
	out := map[*draft.Section]string{}
	for p, key := range renamedParts(parts, true) {
		out[of[p]] = key
	}
	return out
}

// holdsSame counts what two parts both hold, of what the second holds: the blocks that have a name, and those
// that are equal.
func holdsSame(p, q *draft.Part) (n, of int) {
	marks := func(p *draft.Part) map[string]bool {
		has := map[string]bool{}
		for i, b := range p.Blocks {
			switch {
			case i == 0 && b.Kind == draft.Heading:
			case b.Kind == draft.Analyst:
				_, name, _ := strings.Cut(b.ID, ".")
				has["analyst "+name] = true
			case b.Kind == draft.Table && len(b.Header) > 0:
				has["table "+b.Header[0]] = true
			default:
				has[b.Norm] = true
			}
			for _, it := range b.Items {
				if b.Kind != draft.Table && it.Norm != "" {
					has[it.Norm] = true
				}
			}
		}
		return has
	}
	other := marks(q)
	for m := range marks(p) {
		if other[m] {
			n++
		}
	}
	return n, len(other)
}

func blocks(p *draft.Part) []*draft.Block {
	if p == nil {
		return nil
	}
	return p.Blocks
}

// takeOver writes what a person wrote in the sections of incidents that are part of this one now.
func (m *merger) takeOver(id string) {
	list := m.forSpare[id]
	delete(m.forSpare, id)
	for _, s := range list {
		mark := m.ownHeading(m.v.Base.Incident(s.section.ID), s.section)
		if len(s.blocks) == 0 && mark == "" {
			continue
		}
		// The analyst's block stands earlier in the section; a heading of its own keeps the text apart. It has the id, so that the
		// text finds back when the incident stands by itself again.
		number := ""
		if s.section.Number > 0 {
			number = strconv.Itoa(s.section.Number) + " "
		}
		m.write("### " + draft.FromIncident + number + "(`" + s.section.ID + "`)" + partOfThis)
		if mark != "" {
			m.write("#### " + m.headingWords(s.section) + " " + mark)
		}
		for _, t := range s.blocks {
			m.write(t)
		}
	}
}

var suggestedMark = lazily.Regexp(` *<!-- suggested:([0-9a-f]{8}) -->`)

// withoutSuggestions leaves out the suggestions that nobody touched, and the parts that go back to their incident.
func (m *merger) withoutSuggestions(parts []*draft.Part) []*draft.Part {
	var out []*draft.Part
	for _, p := range parts {
		if m.leaves[p] {
			continue
		}
		q := &draft.Part{Key: p.Key}
		for _, b := range p.Blocks {
			if untouched(m.v.Current, b) {
				m.suggested = append(m.suggested, b.Plain)
				continue
			}
			q.Blocks = append(q.Blocks, b)
		}
		out = append(out, q)
	}
	return out
}

func untouched(d *draft.Draft, b *draft.Block) bool {
	if b.Kind != draft.Quote {
		return false
	}
	source := d.Source(b.Line, b.End)
	mark := suggestedMark().FindStringSubmatch(source)
	return mark != nil && mark[1] == sum(source)
}

var suggestedWord = lazily.Regexp(`[\pL\pN]+`)

// sum is made of the words alone, since a formatter may write the rest otherwise, and of all of them,
// also of those that no reader sees.
func sum(source string) string {
	words := suggestedWord().FindAllString(suggestedMark().ReplaceAllString(source, " "), -1)
	h := sha256.Sum256([]byte(strings.Join(words, " ")))
	return hex.EncodeToString(h[:4])
}

// part writes the blocks of one part.
func (m *merger) part(b, u, n []*draft.Block, sb, su, sn *draft.Section) {
	heads := map[*draft.Block]bool{}
	for _, s := range []*draft.Section{sb, su, sn} {
		switch {
		case s == nil || len(s.Parts[0].Blocks) == 0:
		case s.Kind == draft.Incident, s.Kind == draft.Top && s.Parts[0].Blocks[0].Kind == draft.Heading:
			heads[s.Parts[0].Blocks[0]] = true // the report's own title is its first heading, whatever it says
		}
	}
	above := "" // what stands before a block
	of := func(x *draft.Block) unit {
		key := ""
		before := above
		above = x.Plain
		switch {
		case x.Kind == draft.Analyst:
			_, name, _ := strings.Cut(x.ID, ".")
			key = "analyst " + name
		case x.Kind == draft.Marker:
			key = "marker"
		case x.Kind == draft.Table && len(x.Header) > 0:
			// By the first column alone, since a person may add others or rename them.
			key = "table " + x.Header[0]
			if strings.HasPrefix(before, draft.SuggestsAlone) {
				key = "suggested " + key
			}
		case draft.SumOf(x) != nil:
			key = "sum"
			if draft.SumOf(x).Band == "" {
				key = "suggested sum"
			}
		case heads[x]:
			key = "heading"
		}
		return unit{key: key, norm: x.Norm, plain: x.Plain, kind: int(x.Kind)}
	}
	picks := plan(keyed(b, of), keyed(u, of), keyed(n, of))
	// A marker that the person's version lacks stands below the heading, before the person's text.
	for i := 2; i < len(picks); i++ {
		if p := picks[i]; p.u < 0 && p.n == 1 && n[1].Kind == draft.Marker && picks[0].n == 0 {
			picks = slices.Insert(slices.Delete(picks, i, i+1), 1, p)
		}
	}
	for _, p := range picks {
		m.block(at(b, p.b), at(u, p.u), at(n, p.n), sb, su, sn)
	}
}

// keyed numbers keys that come up again, so that the second table is the second table.
func keyed[T any](list []*T, of func(*T) unit) []unit {
	out := make([]unit, len(list))
	seen := map[string]int{}
	for i, x := range list {
		out[i] = of(x)
		if k := out[i].key; k != "" {
			seen[k]++
			out[i].key = fmt.Sprintf("%s %d", k, seen[k])
		}
	}
	return out
}

// block writes one block of up to three versions.
func (m *merger) block(b, u, n *draft.Block, sb, su, sn *draft.Section) {
	switch {
	case u == nil && n == nil:
	case u == nil && n.Kind == draft.Analyst && su != nil:
		// The document cannot do without, but one is enough: another template has it elsewhere.
		if written(su, n) == nil {
			m.fresh(n)
		}
	case u == nil && n.Kind == draft.Marker && su != nil:
		if !slices.ContainsFunc(su.Blocks(), func(x *draft.Block) bool { return x.Kind == draft.Marker }) {
			m.fresh(n)
		}
	case su == nil && sn.Kind == draft.Incident && n.Kind == draft.Heading && n.Line == sn.Line && m.back[sn.ID].heading != "":
		m.write(numbered(m.back[sn.ID], m.source(n), sn))
	case u == nil && b == nil, su == nil:
		m.fresh(n)
	case n == nil && u.Kind == draft.Marker && sn != nil && sn.ID != "":
		m.marked(u, &draft.Block{Kind: draft.Marker, ID: sn.ID})
	case n == nil && u.Kind == draft.Analyst && sn != nil:
		if u.Written() {
			m.marked(u, &draft.Block{Kind: draft.Analyst, ID: sn.ID + strings.TrimPrefix(u.ID, su.ID)})
		}
	case u == nil:
		if n.Norm != b.Norm || m.was(n.Plain) {
			m.suggest(n.Kind, m.source(n))
		}
	case n == nil:
		if b == nil && !emptied(u) || b != nil && !leftOver(b, u) || m.outlives != nil && u.Kind == draft.Heading && u.Line == m.outlives.Line {
			m.keep(u)
		}
	case u.Kind == draft.Analyst && !u.Written() && m.back[owner(n.ID)].text != "":
		m.fresh(n)
	case u.Kind == draft.Analyst || u.Kind == draft.Marker:
		m.marked(u, n)
	case u.Kind == draft.Heading && su.Kind == draft.Incident && sn != nil && sn.Kind == draft.Incident && u.Line == su.Line:
		m.heading(b, u, n, sb, su, sn)
	case u.Norm == n.Norm:
		m.keep(u)
	case u.Kind == n.Kind && (u.Kind == draft.Table || u.Kind == draft.List || u.Kind == draft.Code):
		if b != nil && b.Kind != u.Kind {
			b = nil
		}
		m.items(b, u, n)
	case b != nil && b.Norm == u.Norm:
		m.replace(u, m.source(n), n.Kind != u.Kind)
	case b != nil && b.Norm == n.Norm:
		m.keep(u)
		if m.was(n.Plain) {
			m.suggest(n.Kind, m.source(n))
		}
	case u.Plain == n.Plain:
		m.keep(u)
	default:
		m.keep(u)
		m.suggest(n.Kind, m.source(n))
	}
}

// outlives reports whether words of a person stand in the parts of a section that the tool writes no more. Then its heading stays too.
func outlives(b *draft.Section, parts []*draft.Part) bool {
	var was []*draft.Block
	if b != nil {
		was = b.Blocks()
	}
	for _, p := range parts {
		for _, x := range p.Blocks {
			if !emptied(x) && !slices.ContainsFunc(was, func(y *draft.Block) bool { return leftOver(y, x) }) {
				return true
			}
		}
	}
	return false
}

// leftOver reports whether a block is the tool's, or what is left of the tool's table of decisions when rows were deleted, which takes the
// decisions back.
func leftOver(b, u *draft.Block) bool {
	if b.Norm == u.Norm || emptied(u) {
		return true
	}
	return decided(b) && decided(u) && slices.Equal(b.Header, u.Header) && !slices.ContainsFunc(u.Items, func(x *draft.Item) bool {
		return !slices.ContainsFunc(b.Items, func(y *draft.Item) bool { return x.Norm == y.Norm })
	})
}

// emptied is a table of decisions without a row.
func emptied(x *draft.Block) bool { return decided(x) && len(x.Items) == 0 }

func decided(x *draft.Block) bool {
	return x.Kind == draft.Table && len(x.Header) > 2 && x.Header[0] == "Id" && x.Header[1] == "Decision" && slices.Contains(x.Header, "Reason")
}

// written returns the analyst's block of a section that a person wrote in and that n is a version of.
func written(s *draft.Section, n *draft.Block) *draft.Block {
	_, name, _ := strings.Cut(n.ID, ".")
	for _, b := range s.Blocks() {
		if _, other, _ := strings.Cut(b.ID, "."); b.Kind == draft.Analyst && b.Written() && other == name {
			return b
		}
	}
	return nil
}

// was reports whether an earlier run suggested these words already.
func (m *merger) was(plain string) bool {
	plain = strings.Join(strings.Fields(plain), " ")
	return plain != "" && slices.ContainsFunc(m.suggested, func(s string) bool { return strings.Contains(s, plain) })
}

// marked writes the analyst's block, whose words are sacred, with the markers of today.
func (m *merger) marked(u, n *draft.Block) {
	if u.ID == n.ID {
		m.keep(u)
		return
	}
	if u.Kind == draft.Marker {
		m.replace(u, "<!-- incident "+n.ID+" -->", false)
		return
	}
	lines := draftLines(m.v.Current.Source(u.Line, u.End))
	lines[0] = strings.Replace(lines[0], u.ID, n.ID, 1)
	k := len(lines) - 1
	lines[k] = strings.Replace(lines[k], u.ID, n.ID, 1)
	m.replace(u, strings.Join(lines, ""), false)
}

func draftLines(s string) []string { return strings.SplitAfter(strings.TrimRight(s, "\r\n"), "\n") }

var headingNumber = lazily.Regexp(`(?:Incident |^#+ *\pL+ )[0-9]+`)

// heading writes the heading of an incident: the number is today's, the title the person's if the
// person gave it one.
func (m *merger) heading(b, u, n *draft.Block, sb, su, sn *draft.Section) {
	if su.Title == sn.Title && su.Number == sn.Number {
		m.keep(u)
		return
	}
	if b != nil && sb != nil && sb.Title == su.Title && strings.HasPrefix(su.Heading, "Incident") {
		m.replace(u, m.source(n), false)
		return
	}
	line := strings.TrimRight(m.v.Current.Source(u.Line, u.End), "\r\n")
	title := su.Title
	switch {
	case su.Number > 0:
		at := headingNumber().FindStringIndex(line)
		if at != nil {
			line = strings.TrimRight(line[:at[1]], "0123456789") + strconv.Itoa(sn.Number) + line[at[1]:]
		}
		if sb != nil && sb.Title == su.Title { // in another language, but the title is the tool's
			if at := strings.Index(line, ": "); at >= 0 {
				line, title = line[:at+2]+sourceTitle(m.source(n)), sn.Title
			}
		}
	case su.Heading == su.Title: // in words of the person alone
	default:
		line = strings.Replace(line, "Incident", "Incident "+strconv.Itoa(sn.Number), 1)
	}
	m.replace(u, line, false)
	if title != sn.Title && (sb == nil || sb.Title != sn.Title || m.was(sn.Title)) {
		m.suggest(draft.Paragraph, sourceTitle(m.source(n)))
	}
}

func sourceTitle(line string) string {
	_, title, ok := strings.Cut(line, ": ")
	if !ok {
		return line
	}
	return title
}

// source is a block of the fresh version with the line ends of the current one, without the last.
func (m *merger) source(n *draft.Block) string { return m.ends(m.v.Fresh.Source(n.Line, n.End)) }

func (m *merger) ends(s string) string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	return strings.ReplaceAll(s, "\n", m.v.Current.EOL())
}

// keep writes a block of the current version as it is, with the blank lines that follow it.
func (m *merger) keep(u *draft.Block) {
	m.between(u, false)
	m.out.WriteString(m.v.Current.Source(u.Line, u.End+u.Gap))
	m.last = m.index[u]
}

// replace writes something else in the place of a block of the current version.
func (m *merger) replace(u *draft.Block, text string, apart bool) {
	m.between(u, apart)
	m.out.WriteString(text)
	tail := m.v.Current.Source(u.End, u.End+u.Gap)
	m.out.WriteString(strings.TrimLeft(tail[len(strings.TrimRight(tail, "\r\n \t")):], " \t"))
	m.last = m.index[u]
	if apart {
		m.last = -1
	}
}

// between parts a block of the current version from what stands before it, unless that stood there.
func (m *merger) between(u *draft.Block, apart bool) {
	if i := m.index[u]; m.last >= 0 && i == m.last+1 && !apart {
		return
	}
	m.blank()
}

// fresh writes a block of the fresh version. An analyst's takes the text in that was written for its
// incident before that was gone for a while.
func (m *merger) fresh(n *draft.Block) {
	back := m.back[owner(n.ID)]
	if n.Kind != draft.Analyst || back.text == "" {
		m.write(m.source(n))
		return
	}
	delete(m.back, owner(n.ID))
	m.write(m.ends(m.v.Fresh.Source(n.Line, n.Line)))
	m.write(back.text)
	m.write(m.ends(m.v.Fresh.Source(n.End, n.End)))
}

// owner is the incident that an analyst's block belongs to.
func owner(id string) string {
	id, _, _ = strings.Cut(id, ".")
	return id
}

// write writes text that stands at no place of the current version.
func (m *merger) write(text string) {
	m.blank()
	m.out.WriteString(text)
	m.out.WriteString(m.v.Current.EOL())
	m.last = -1
}

// blank ends the line and leaves one line blank, except at the start.
func (m *merger) blank() {
	s := m.out.String()
	if strings.TrimSpace(strings.TrimPrefix(s, "\uFEFF")) == "" {
		return
	}
	eol := m.v.Current.EOL()
	if !strings.HasSuffix(s, "\n") {
		m.out.WriteString(eol)
		s = m.out.String()
	}
	rest := strings.TrimSuffix(s[:len(s)-1], "\r")
	if i := strings.LastIndexByte(rest, '\n'); strings.TrimSpace(rest[i+1:]) != "" {
		m.out.WriteString(eol)
	}
}

// suggest shows beside the person's words what the tool would write now.
func (m *merger) suggest(kind draft.BlockKind, text string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	build := func(mark string) string {
		if kind == draft.Paragraph {
			return "> [!NOTE]\n>\n> Suggested now: " + strings.ReplaceAll(text, "\n", "\n> ") + mark
		}
		return "> [!NOTE]\n>\n> Suggested now:" + mark + "\n>\n> " + strings.ReplaceAll(text, "\n", "\n> ")
	}
	d, err := draft.Parse([]byte(build("") + "\n"))
	if err != nil || len(d.Sections) == 0 || len(d.Sections[0].Blocks()) != 1 {
		return // what cannot be quoted cannot be suggested; it stands in the fresh report
	}
	mark := " <!-- suggested:" + sum(build("")) + " -->"
	m.write(m.ends(build(mark)))
	m.result.Suggestions++
}

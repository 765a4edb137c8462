package merge

import (
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/draft"
)

// This file keeps what a person wrote about incidents that have no section any more, and gives it back when they have one.

// spareGone keeps what a person wrote in the section of an incident that is in the report no more.
func (m *merger) spareGone(b, u *draft.Section) {
	words := m.words(b, u)
	if len(words) == 0 && m.ownHeading(b, u) == "" {
		return
	}
	m.forSpare[""] = append(m.forSpare[""], spare{u, words})
	m.result.Gone = append(m.result.Gone, u.Heading)
}

// The marks of a heading that a person reworded, and of one that a person translated, so that the title is the tool's. Without them nobody
// could say later whose words it has.
const (
	rewordedMark   = "<!-- heading:reworded -->"
	translatedMark = "<!-- heading:translated -->"
)

// ownHeading is the mark of an incident's heading that a person changed, or "".
func (m *merger) ownHeading(b, u *draft.Section) string {
	switch {
	case b == nil:
		return ""
	case b.Title != u.Title:
		return rewordedMark
	case !strings.HasPrefix(u.Heading, "Incident"):
		return translatedMark
	}
	return ""
}

// headingWords is the heading of a section byte for byte, without its level.
func (m *merger) headingWords(s *draft.Section) string {
	line := strings.TrimRight(m.v.Current.Source(s.Line, s.Line), "\r\n")
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(line), "#"))
}

// returning is what goes back to an incident that has a section again.
type returning struct {
	text       string
	heading    string // the person's, without its level; empty where it is the tool's
	translated bool   // its title is the tool's
}

// numbered is the heading of an incident that is there again, in the person's words and with the number of today.
func numbered(r returning, fresh string, n *draft.Section) string {
	line := "## " + r.heading
	if at := headingNumber().FindStringIndex(line); at != nil && draft.IncidentNumber(r.heading) > 0 {
		line = strings.TrimRight(line[:at[1]], "0123456789") + strconv.Itoa(n.Number) + line[at[1]:]
	}
	if at := strings.Index(line, ": "); r.translated && at >= 0 {
		line = line[:at+2] + sourceTitle(fresh)
	}
	return line
}

const partOfThis = ", which is part of this one now"

var (
	goneID         = lazily.Regexp(` \(([A-Za-z0-9_-]+)\)$`)
	madeID         = lazily.Regexp(`(?:^|-)[0-9a-f]{12}$`)                                                            // as the ids of incidents are
	fromID         = lazily.Regexp(`^From incident (?:[0-9]+ )?\(([A-Za-z0-9_-]+)\), which is part of this one now$`) // begins with draft.FromIncident and ends with partOfThis
	incidentNumber = lazily.Regexp(`^Incident [0-9]+: `)
	headingMark    = lazily.Regexp(` *<!-- heading:(reworded|translated) -->`)
	sourceID       = lazily.Regexp(" \\(`?[A-Za-z0-9_-]+`?\\)$")
	decisionWord   = lazily.Regexp(`(?i)decision`)
)

// returned finds the text that waits for an incident which has a section in the fresh version: under the closing heading, and in the
// sections of incidents that it was part of. Where somebody has begun to write about the incident anew, it stays. The result is the text by
// id, and the parts that it stands in.
func returned(v Versions) (back map[string]returning, parts map[*draft.Part]bool) {
	back, parts = map[string]returning{}, map[*draft.Part]bool{}
	var tools map[string]bool // what the tool's parts in sections of incidents are called
	for _, u := range v.Current.Sections {
		if u.Kind != draft.Gone && u.Kind != draft.Incident {
			continue
		}
		idOf := func(p *draft.Part) string { return waits(v, u, p) }
		for i, p := range u.Parts {
			id := idOf(p)
			if id == "" || i == 0 {
				continue
			}
			if tools == nil {
				tools = partsOf(v.Base, v.Fresh)
			}
			k := i + 1
			for k < len(u.Parts) && idOf(u.Parts[k]) == "" && (u.Kind == draft.Gone || !tools[u.Parts[k].Key]) {
				k++ // headings of the person's own
			}
			if _, twice := back[id]; twice {
				continue
			}
			if r, ok := returns(v, u, id, u.Parts[i:k]); ok {
				back[id] = r
				for _, x := range u.Parts[i:k] {
					parts[x] = true
				}
			}
		}
	}
	return back, parts
}

// waits is the incident whose text begins with a part, or "". A person's own heading may end in a word in brackets, too.
func waits(v Versions, u *draft.Section, p *draft.Part) string {
	if u.Kind == draft.Incident {
		if m := fromID().FindStringSubmatch(p.Key); m != nil {
			return m[1]
		}
		return ""
	}
	m := goneID().FindStringSubmatch(p.Key)
	if m == nil || !incidentNumber().MatchString(p.Key) && !madeID().MatchString(m[1]) && v.Fresh.Incident(m[1]) == nil && (v.Base == nil || v.Base.Incident(m[1]) == nil) {
		return ""
	}
	return m[1]
}

func partsOf(drafts ...*draft.Draft) map[string]bool {
	keys := map[string]bool{}
	for _, d := range drafts {
		for _, s := range d.Sections {
			if s.Kind == draft.Incident && !strings.HasPrefix(s.ID, draft.ByHand) {
				for _, p := range s.Parts {
					keys[p.Key] = true
				}
			}
		}
	}
	return keys
}

// returns is what goes back to an incident of what stands in parts of a section.
func returns(v Versions, u *draft.Section, id string, parts []*draft.Part) (r returning, ok bool) {
	n, now := v.Fresh.Incident(id), v.Current.Incident(id)
	if n == nil || n.Analyst() == nil || now == u || now != nil && (now.Analyst() == nil || slices.ContainsFunc(now.Blocks(), (*draft.Block).Written)) {
		return r, false
	}
	var blocks []*draft.Block
	for _, p := range parts {
		blocks = append(blocks, p.Blocks...)
	}
	title := ""
	eol := v.Current.EOL()
	first := blocks[0]
	line := strings.TrimRight(v.Current.Source(first.Line, first.Line), "\r\n")
	words := ""
	if u.Kind == draft.Gone {
		words = line
		title = goneID().ReplaceAllString(incidentNumber().ReplaceAllString(first.Plain, ""), "")
	} else if len(blocks) > 1 && blocks[1].Kind == draft.Heading && blocks[1].Line == blocks[1].End {
		words = strings.TrimRight(v.Current.Source(blocks[1].Line, blocks[1].Line), "\r\n")
	}
	mark := headingMark().FindStringSubmatch(words)
	if mark != nil && now == nil {
		words = strings.TrimSpace(strings.Trim(strings.TrimSpace(headingMark().ReplaceAllString(words, "")), "#"))
		r.heading, r.translated = sourceID().ReplaceAllString(words, ""), mark[1] == "translated"
		title = n.Title
		if u.Kind != draft.Gone {
			first, blocks = blocks[1], blocks[1:]
		}
	}
	r.text = strings.Trim(withdrawn(v, id, first.End+1, blocks[1:]), "\r\n")
	if title != "" && title != n.Title { // perhaps the person's
		r.text = strings.TrimRight("### "+title+eol+eol+r.text, "\r\n")
	}
	if r.text == "" {
		return r, r.heading != "" || u.Kind != draft.Gone
	}
	d, err := draft.Parse([]byte("## Incident 1: X\n\n<!-- analyst:begin x -->\n\n" + r.text + "\n\n<!-- analyst:end x -->\n"))
	if err != nil || len(d.Problems) > 0 {
		return r, false // such as a block of code that is not closed
	}
	// A decision that nobody took back holds, and any other would be taken again.
	return r, !slices.ContainsFunc(d.Decisions(), func(x draft.Decision) bool { return !holds(v.Fresh, id, x) })
}

// holds reports whether the appendix of a version has a decision about an incident.
func holds(d *draft.Draft, id string, x draft.Decision) bool {
	return slices.ContainsFunc(d.Decided(), func(row draft.Decided) bool {
		return row.ID == id && row.Verb == x.Verb && row.Reason == x.Reason
	})
}

// withdrawn is the text of blocks, from a line on, in which decisions that hold no longer say so, because the incident would not be there
// again if they did.
func withdrawn(v Versions, id string, from int, blocks []*draft.Block) string {
	if len(blocks) == 0 {
		return ""
	}
	var b strings.Builder
	for _, x := range draft.DecisionsIn(blocks) {
		if holds(v.Fresh, id, x) {
			continue
		}
		b.WriteString(v.Current.Source(from, x.Line-1))
		line := v.Current.Source(x.Line, x.Line)
		if at := decisionWord().FindStringIndex(line); at != nil {
			line = line[:at[1]] + " taken back" + line[at[1]:]
		}
		b.WriteString(line)
		from = x.Line + 1
	}
	b.WriteString(v.Current.Source(from, blocks[len(blocks)-1].End))
	return b.String()
}

// gone writes the closing heading and what stands under it.
func (m *merger) gone(u *draft.Section) {
	list := m.forSpare[""]
	if u != nil {
		var stay []*draft.Block
		for _, p := range u.Parts {
			if !m.leaves[p] {
				stay = append(stay, p.Blocks...)
			}
		}
		if len(stay) > 1 || len(list) > 0 {
			for _, b := range stay {
				m.keep(b)
			}
		}
	}
	if len(list) == 0 {
		return
	}
	if u == nil {
		m.write("## " + draft.GoneHeading)
	}
	for _, s := range list {
		// Byte for byte, but as a heading of the third level.
		line := m.headingWords(s.section)
		if s.section.ID != "" && !strings.Contains(line, s.section.ID) {
			line += " (`" + s.section.ID + "`)"
		}
		if mark := m.ownHeading(m.v.Base.Incident(s.section.ID), s.section); mark != "" {
			line += " " + mark
		}
		m.write("### " + line)
		for _, t := range s.blocks {
			m.write(t)
		}
	}
}

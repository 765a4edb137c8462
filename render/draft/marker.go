package draft

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"practicum/analysis/lazily"

	"github.com/yuin/goldmark/ast"
)

var (
	marker = lazily.Regexp(`^<!--\s*(analyst:begin|analyst:end|incident)\s+([A-Za-z0-9_.-]+)\s*-->$`)
	ours   = lazily.Regexp(`<!--\s*(analyst\b|incident\s)`)
)

func (d *Draft) problem(line int, format string, args ...any) {
	d.Problems = append(d.Problems, Problem{line, fmt.Sprintf(format, args...)})
}

// markerOf reads a block that is a marker. damaged is set for one that was meant to be.
func (d *Draft) markerOf(b *Block) (verb, id string, damaged bool) {
	if b.Kind != HTML {
		return "", "", false
	}
	whole := strings.TrimSpace(d.Source(b.Line, b.End))
	if m := marker().FindStringSubmatch(whole); m != nil && strings.HasPrefix(d.Source(b.Line, b.Line), "<!--") {
		return m[1], m[2], false
	}
	return "", "", ours().MatchString(whole)
}

// regions makes one block of each pair of analyst's markers and what stands between.
func (d *Draft) regions(blocks []*Block) []*Block {
	var out []*Block
	var open *Block
	begun, named := map[string]int{}, map[string]int{}
	for _, b := range blocks {
		verb, id, damaged := d.markerOf(b)
		switch {
		case damaged:
			d.problem(b.Line, "this marker is damaged; it has to stand alone on its line, as in <!-- analyst:end ID -->")
		case verb == "analyst:begin" && open != nil:
			d.problem(b.Line, "<!-- analyst:begin %s --> stands inside the analyst's block that begins at line %d and is not ended", id, open.Line)
			out = append(out, open)
			out = append(out, open.Inner...)
			open = nil
		case verb == "analyst:end" && open == nil:
			d.problem(b.Line, "<!-- analyst:end %s --> ends no analyst's block; its begin is missing", id)
		case verb == "analyst:end" && id != open.ID:
			d.problem(b.Line, "<!-- analyst:end %s --> stands in the analyst's block of %s that begins at line %d", id, open.ID, open.Line)
		}
		switch {
		case verb == "analyst:begin":
			if line := begun[id]; line > 0 {
				d.problem(b.Line, "<!-- analyst:begin %s --> stands at line %d already", id, line)
			}
			begun[id] = b.Line
			open = &Block{Kind: Analyst, Line: b.Line, End: b.End, Gap: b.Gap, ID: id, Norm: "analyst"}
			continue
		case verb == "analyst:end" && open != nil && open.ID == id:
			open.End, open.Gap = b.End, b.Gap
			norm, plain := []string{open.Norm}, []string{}
			for _, c := range open.Inner {
				norm = append(norm, c.Norm)
				if words := strings.TrimSpace(c.Plain); words != "" {
					plain = append(plain, words)
				}
			}
			open.Norm, open.Plain = strings.Join(norm, "\n"), strings.Join(plain, " ")
			out = append(out, open)
			open = nil
			continue
		case verb == "incident":
			if line := named[id]; line > 0 {
				d.problem(b.Line, "<!-- incident %s --> stands at line %d already", id, line)
			}
			named[id] = b.Line
			if open != nil {
				d.problem(b.Line, "<!-- incident %s --> stands inside the analyst's block that begins at line %d", id, open.Line)
			}
			b.Kind, b.ID = Marker, id
		}
		if open != nil {
			open.Inner = append(open.Inner, b)
			open.End, open.Gap = b.End, b.Gap
			continue
		}
		out = append(out, b)
	}
	if open != nil {
		d.problem(open.Line, "<!-- analyst:begin %s --> is never ended; put <!-- analyst:end %s --> on a line of its own behind the text, outside of any code block", open.ID, open.ID)
		inner := open.Inner
		open.Inner = nil
		out = append(append(out, open), inner...)
	}
	return out
}

// checkConflicts finds what git leaves where two people changed the same and nobody has chosen yet. The line
// between the two would be read as the underline of a heading.
func (d *Draft) checkConflicts() {
	begun, parted := 0, false
	for i, l := range d.lines {
		l = strings.TrimRight(l, "\r\n")
		switch {
		case strings.HasPrefix(l, "<<<<<<< "):
			begun, parted = i+1, false
		case l == "=======" && begun > 0:
			parted = true
		case strings.HasPrefix(l, ">>>>>>> ") && parted:
			d.problem(begun, "an unresolved conflict of git, down to line %d; choose what shall stand and remove these lines", i+1)
			begun, parted = 0, false
		}
	}
}

// checkHidden finds markers that slipped into a list, a quote or a paragraph, where they mark nothing.
func (d *Draft) checkHidden(root ast.Node) {
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			if n.Parent() != root && ours().MatchString(d.raw(n)) {
				d.problem(d.lineOf(position(n)), "this marker stands inside a list or a quote; it has to begin its line")
			}
		case *ast.RawHTML:
			if n.Segments.Len() == 0 {
				break
			}
			first := n.Segments.At(0)
			if ours().Match(first.Value(d.src)) {
				d.problem(d.lineOf(first.Start), "this marker stands inside a paragraph; it has to stand alone on its line")
			}
		}
		return ast.WalkContinue, nil
	})
}

// checkSections compares markers with the sections that they stand in.
func (d *Draft) checkSections() {
	home := map[string]*Section{}
	for _, s := range d.Sections {
		if s.Kind != Incident || s.ID == "" {
			continue
		}
		if other := home[s.ID]; other != nil {
			d.problem(s.Line, "incident %s has a section at line %d already; give a part that you split off a heading of its own without the markers and the row \"Id\"", s.ID, other.Line)
			continue
		}
		home[s.ID] = s
	}
	for _, s := range d.Sections {
		marked, pairs := false, 0
		for _, b := range s.Blocks() {
			switch b.Kind {
			case Marker:
				if s.Kind != Incident || b.ID != s.ID {
					d.problem(b.Line, "<!-- incident %s --> stands in the section \"%s\" of line %d; its own heading is missing", b.ID, s.Heading, s.Line)
				}
				marked = true
			case Analyst:
				pairs++
				if s.Kind != Incident || owner(b.ID) != s.ID {
					d.problem(b.Line, "the analyst's block of %s stands in the section \"%s\" of line %d; move it, with its markers, to where it belongs", b.ID, s.Heading, s.Line)
				}
			}
		}
		if marked && pairs == 0 && s.Kind == Incident && len(d.Problems) == 0 && !strings.HasPrefix(s.ID, ByHand) {
			d.problem(s.Line, "the markers <!-- analyst:begin %s --> and <!-- analyst:end %s --> of this section are missing; put them back, each on a line of its own, round the analyst's text", s.ID, s.ID)
		}
	}
}

// owner is the incident that an analyst's block belongs to. An incident may have several, of which
// each has a name behind a dot, as in d19474ae5e88.targeting.
func owner(id string) string {
	id, _, _ = strings.Cut(id, ".")
	return id
}

// ByHand begins the ids of incidents that the analyst added.
const ByHand = "by-hand-"

// HandID is the id that an incident gets which the analyst added. Its marker keeps it when the title
// changes later.
func HandID(title string) string {
	h := sha256.Sum256([]byte(title))
	return ByHand + hex.EncodeToString(h[:4])
}

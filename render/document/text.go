package document

import (
	"bufio"
	"bytes"
	stdhtml "html"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer/html"

	"practicum/render/safe"
)

// Text returns what a reader sees of n and everything below it, on one line: escapes and
// entities are undone, hidden characters are visible, a soft or hard line break is a blank.
//
// Renderers call it for the leaves *ast.Text, *ast.String, *ast.CodeSpan (with its children)
// and *ast.AutoLink; the line break after an *ast.Text is theirs to draw.
func (d *Document) Text(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Text:
		return d.segment(n)
	case *ast.String:
		return safe.Show(string(n.Value))
	case *ast.CodeSpan:
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				b.Write(t.Value(d.Source))
			}
		}
		return safe.Show(strings.ReplaceAll(b.String(), "\n", " "))
	case *ast.AutoLink:
		return safe.Show(string(n.Label(d.Source)))
	case *Chip:
		return n.Band
	case *Claim:
		return n.Label() + "."
	}
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Type() == ast.TypeBlock && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(d.Text(c))
		if t, ok := c.(*ast.Text); ok && (t.SoftLineBreak() || t.HardLineBreak()) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (d *Document) segment(n *ast.Text) string {
	raw := n.Value(d.Source)
	if n.IsRaw() || !bytes.ContainsAny(raw, "\\&\x00") {
		return safe.Show(string(raw))
	}
	// goldmark undoes escapes and entities only while it writes HTML; that has to be undone in turn.
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	html.DefaultWriter.Write(w, raw)
	_ = w.Flush() // a bytes.Buffer does not fail
	return safe.Show(stdhtml.UnescapeString(b.String()))
}

// CodeLines returns the lines of a code block, fenced or indented, ready to draw like the text
// of a LogLine.
func (d *Document) CodeLines(n ast.Node) []string {
	lines := n.Lines()
	out := make([]string, 0, lines.Len())
	for i := range lines.Len() {
		l := lines.At(i)
		out = append(out, safe.Show(strings.TrimSuffix(string(l.Value(d.Source)), "\n")))
	}
	return out
}

// ID returns the id of a heading, or "" for any other node.
func (d *Document) ID(n ast.Node) string {
	v, ok := n.AttributeString("id")
	if !ok {
		return ""
	}
	id, _ := v.([]byte)
	return string(id)
}

// Link returns where a link leads: an http, https or mailto address or #id, ready to be used as
// an attribute's value. Links that lead elsewhere are not in the tree.
func (d *Document) Link(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Link:
		to, _ := destination(n.Destination, true)
		return to
	case *ast.AutoLink:
		to, _ := autoDestination(n, d.Source)
		return to
	}
	return ""
}

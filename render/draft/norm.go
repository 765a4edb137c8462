package draft

import (
	"bufio"
	"bytes"
	"fmt"
	stdhtml "html"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
)

// norm is the normal form of a block: what it says and not how it is written. Two blocks that a
// formatter turns into each other have the same. STX and ETX bracket inline markup, because no text
// that a person types holds them.
func (d *Draft) norm(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return "p " + d.inner(n)
	case *ast.Heading:
		return fmt.Sprintf("h%d %s", n.Level, d.inner(n))
	case *ast.ThematicBreak:
		return "rule"
	case *ast.FencedCodeBlock:
		info := ""
		if n.Info != nil {
			info = strings.TrimSpace(string(n.Info.Value(d.src)))
		}
		return "code " + info + "\n" + d.raw(n)
	case *ast.CodeBlock:
		return "code \n" + d.raw(n)
	case *ast.HTMLBlock:
		s := d.raw(n)
		if n.HasClosure() {
			s += string(n.ClosureLine.Value(d.src))
		}
		return "html " + strings.TrimSpace(s)
	case *ast.List:
		kind := "list"
		if n.IsOrdered() {
			kind = "numbers"
		}
		return kind + d.children(n)
	case *ast.ListItem:
		return "item" + taskMark(n) + d.children(n)
	case *ast.Blockquote:
		return "quote" + d.children(n)
	case *extast.Table:
		return "table" + d.children(n)
	case *extast.TableHeader, *extast.TableRow:
		var b strings.Builder
		b.WriteString("row")
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			b.WriteString("|" + d.inner(c))
		}
		return b.String()
	}
	if n.Type() == ast.TypeBlock && n.FirstChild() == nil && n.Lines() != nil {
		return n.Kind().String() + " " + d.raw(n)
	}
	return n.Kind().String() + d.children(n)
}

func (d *Draft) children(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		b.WriteString("\n" + strings.ReplaceAll(d.norm(c), "\n", "\n "))
	}
	return b.String()
}

// taskMark is "[x]" or "[ ]" for an item with a box.
func taskMark(n ast.Node) string {
	first := n.FirstChild()
	if first == nil {
		return ""
	}
	if box, ok := first.FirstChild().(*extast.TaskCheckBox); ok {
		if box.IsChecked {
			return "[x]"
		}
		return "[ ]"
	}
	return ""
}

// inner is the normal form of what stands in a paragraph, a heading or a cell.
func (d *Draft) inner(n ast.Node) string {
	var b strings.Builder
	d.inline(&b, n, marked)
	return fold(b.String())
}

// plain is the words of n alone.
func (d *Draft) plain(n ast.Node) string {
	var b strings.Builder
	d.inline(&b, n, words)
	return fold(b.String())
}

// decision is the words of a decision: as somebody typed them, with tags, which are words where they stand in a reason.
func (d *Draft) decision(n ast.Node, plain string) string {
	if !decides().MatchString(plain) {
		return ""
	}
	var b strings.Builder
	d.inline(&b, n, tagged)
	return fold(b.String())
}

// How inline writes what it walks over.
type spelling uint8

const (
	words  spelling = iota // the words alone
	tagged                 // with tags of HTML
	marked                 // with all that is markup
)

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

func (d *Draft) inline(b *strings.Builder, n ast.Node, as spelling) {
	marks := as == marked
	open := func(s string) {
		if marks {
			b.WriteString("\x02" + s + " ")
		}
	}
	shut := func() {
		if marks {
			b.WriteString("\x03")
		}
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.WriteString(d.text(c))
			switch {
			case c.HardLineBreak() && marks:
				b.WriteString(" \x02br\x03 ")
			case c.HardLineBreak() || c.SoftLineBreak():
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.CodeSpan:
			open("code")
			for t := c.FirstChild(); t != nil; t = t.NextSibling() {
				if t, ok := t.(*ast.Text); ok {
					b.WriteString(strings.ReplaceAll(string(t.Value(d.src)), "\n", " "))
				}
			}
			shut()
		case *ast.Emphasis:
			open(fmt.Sprintf("em%d", c.Level))
			d.inline(b, c, as)
			shut()
		case *ast.Link:
			open("link " + string(c.Destination) + " " + string(c.Title))
			d.inline(b, c, as)
			shut()
		case *ast.Image:
			open("image " + string(c.Destination) + " " + string(c.Title))
			d.inline(b, c, as)
			shut()
		case *ast.AutoLink:
			open("auto")
			b.Write(c.Label(d.src))
			shut()
		case *ast.RawHTML:
			if as == words || as == tagged && bytes.HasPrefix(c.Segments.Value(d.src), []byte("<!--")) {
				continue
			}
			b.Write(c.Segments.Value(d.src))
		case *extast.TaskCheckBox: // in the item's own mark
		default:
			if c.Type() == ast.TypeBlock {
				b.WriteByte(' ')
				switch c.(type) {
				case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
					b.WriteString(d.raw(c))
					continue
				}
			} else {
				open(c.Kind().String())
			}
			d.inline(b, c, as)
			if c.Type() != ast.TypeBlock {
				shut()
			}
		}
	}
	switch n.(type) {
	case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
		b.WriteString(d.raw(n))
	}
}

// text undoes escapes and entities, which goldmark does only while it writes HTML.
func (d *Draft) text(n *ast.Text) string {
	raw := n.Value(d.src)
	if n.IsRaw() || !bytes.ContainsAny(raw, "\\&\x00") {
		return string(raw)
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	html.DefaultWriter.Write(w, raw)
	_ = w.Flush() // a bytes.Buffer does not fail
	return stdhtml.UnescapeString(b.String())
}

func (d *Draft) raw(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		b.WriteString(strings.TrimRight(string(s.Value(d.src)), " \t\n") + "\n")
	}
	return b.String()
}

package pdf

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
)

// inline adds the inline children of a block to the words.
func (l *layout) inline(w *words, parent ast.Node, st style) {
	l.inlineFrom(w, parent.FirstChild(), st)
}

// inlineFrom adds an inline node and those after it.
func (l *layout) inlineFrom(w *words, n ast.Node, st style) {
	own := &st
	for ; n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			w.text(own, l.d.Text(n))
			if n.HardLineBreak() {
				w.hard()
			} else if n.SoftLineBreak() {
				w.blank(own)
			}
		case *ast.CodeSpan:
			code := st
			code.mono, code.tint = true, !st.plain
			code.size = st.size * 0.93
			if code.tint {
				w.object(codeSide, nil)
			}
			w.text(&code, l.d.Text(n))
			if code.tint {
				w.object(codeSide, nil)
			}
		case *ast.Emphasis:
			em := st
			if n.Level == 1 {
				em.italic = !st.italic
			} else {
				em.bold = true
			}
			l.inline(w, n, em)
		case *east.Strikethrough:
			gone := st
			gone.strike = true
			l.inline(w, n, gone)
		case *ast.Link:
			l.inline(w, n, l.linkStyle(st, l.d.Link(n)))
		case *ast.AutoLink:
			to := l.linkStyle(st, l.d.Link(n))
			w.text(&to, l.d.Text(n))
		case *east.FootnoteLink:
			mark := noteMark(l.linkStyle(st, "#"+noteID(n.Index)), st)
			mark.origin = noteRefID(n.Index, n.RefIndex)
			w.text(&mark, strconv.Itoa(n.Index))
		case *east.FootnoteBacklink:
			back := l.linkStyle(st, "#"+noteRefID(n.Index, n.RefIndex))
			back.bare = true
			w.blank(own)
			w.text(&back, document.Back)
		case *east.TaskCheckBox:
			done := n.IsChecked
			w.object(st.size+3, func(c *canvas.Canvas, x, base float64) { drawBox(c, x, base, st.size, done) })
		case *document.Chip:
			l.chip(w, n, st)
		case *document.Claim:
			l.claim(w, n, st)
			w.object(2, nil)
			w.blank(own)
		default:
			if n.FirstChild() != nil {
				l.inline(w, n, st)
			} else {
				w.text(own, l.d.Text(n))
			}
		}
	}
}

// codeSide is the space at either side of inline code, and codeGround how far its ground reaches. More space would
// be taken for a blank by programs that read the text.
const (
	codeSide   = 0.8
	codeGround = 1.4
)

// linkStyle is the look of a link, if it leads anywhere.
func (l *layout) linkStyle(st style, to string) style {
	if to == "" {
		return st
	}
	if id, ok := strings.CutPrefix(to, "#"); ok {
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		if !l.ids[id] {
			return st
		}
		to = "#" + id
	}
	st.link, st.color = to, l.link
	return st
}

// The ids of footnotes cannot be those of headings, which hold no blank.
func noteID(index int) string         { return "note " + strconv.Itoa(index) }
func noteRefID(index, ref int) string { return noteID(index) + " " + strconv.Itoa(ref) }
func noteMark(st, around style) style {
	st.size, st.rise = around.size*0.7, around.size*0.34
	return st
}

// bars and word of a chip.
const (
	chipBar   = 1.7
	chipStep  = 2.5
	chipRatio = 0.76 // size of its letters to those around
)

// chip draws a severity's band: five bars, as many of them full as the band's rank, and its word.
func (l *layout) chip(w *words, n *document.Chip, st style) {
	size := st.size * chipRatio
	const bars = 5*chipStep + 3
	word := l.c.Width(fonts.SansBold, size, n.Band)
	const aside = 1 // space at its sides
	width := 4 + bars + word + 4.5
	look, level := chipStyles(n.Level()), n.Level()
	w.object(width+2*aside, func(c *canvas.Canvas, x, base float64) {
		x += aside
		height := size + 4.4
		top := base - size*0.349 - height/2
		// The letters are centred on those around them.
		text := top + height/2 + size*0.349
		c.RoundRect(x, top, width, height, 1.6, look.ground)
		for i := range 5 {
			h := 1.9 + float64(i)*0.85
			color := look.text
			if i >= level {
				color = look.faint
			}
			c.Rect(x+4+float64(i)*chipStep, text-h, chipBar, h, color)
		}
		c.Text(x+4+bars, text, fonts.SansBold, size, look.text, n.Band)
	})
}

// claimWidth is the width of the column of labels in a list of claims.
func (l *layout) claimWidth(size float64) float64 {
	return l.c.Width(fonts.SansBold, size*chipRatio, "Observed") + 9
}

// claim draws the label of a statement: dark for what the log shows, light for what is known from elsewhere,
// outlined for a question.
func (l *layout) claim(w *words, n *document.Claim, st style) {
	width := l.c.Width(fonts.SansBold, st.size*chipRatio, n.Label()) + 9
	w.object(width, func(c *canvas.Canvas, x, base float64) { drawClaim(c, n, x, base, width, st.size*chipRatio) })
}

func drawClaim(c *canvas.Canvas, n *document.Claim, x, base, width, size float64) {
	height := size + 4.4
	top := base - size*0.349 - height/2
	color := ink
	switch n.Class {
	case "observed":
		c.RoundRect(x, top, width, height, 1.6, 0x3d4854)
		color = white
	case "known":
		c.RoundRect(x, top, width, height, 1.6, 0xdfe4e9)
	default:
		c.RoundFrame(x+0.3, top+0.3, width-0.6, height-0.6, 1.6, 0.6, 0x7d8791)
	}
	// The full stop of the Markdown is read and not seen.
	text := n.Label()
	c.TextFor(text+".", x+(width-c.Width(fonts.SansBold, size, text))/2, top+height/2+size*0.349, fonts.SansBold, size, color, text)
}

// drawBox draws the box of a task.
func drawBox(c *canvas.Canvas, x, base, size float64, done bool) {
	side := size * 0.78
	top := base - side + size*0.06
	c.RoundFrame(x, top, side, side, 1.2, 0.7, muted)
	if done {
		c.Line(1.1, accent,
			canvas.Point{X: x + side*0.22, Y: top + side*0.54},
			canvas.Point{X: x + side*0.42, Y: top + side*0.74},
			canvas.Point{X: x + side*0.80, Y: top + side*0.26})
	}
}

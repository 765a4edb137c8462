package pdf

import (
	"strings"
	"unicode/utf8"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
)

// codeSeparators are where a long line of a log is best cut.
const codeSeparators = " " + separators

// codeLine is a line of code or of a log before it is cut to the panel's width.
type codeLine struct {
	number   string
	spans    []document.Span
	omission bool
}

func (l *layout) logBlock(f frame, n *document.LogBlock) {
	lines := make([]codeLine, len(n.Rows))
	for i, r := range n.Rows {
		lines[i] = codeLine{r.Number, r.Spans(), r.Omission}
	}
	l.panel(f, lines, true)
}

func (l *layout) codeBlock(f frame, text []string) {
	lines := make([]codeLine, len(text))
	for i, s := range text {
		lines[i].spans = []document.Span{{Text: s}}
	}
	l.panel(f, lines, false)
}

// panel lays out lines in a monospaced face on a tinted ground. A line that is too long goes on below, indented
// and marked with an arrow that is drawn and not written, so that copied text does not hold it.
func (l *layout) panel(f frame, lines []codeLine, numbered bool) {
	if len(lines) == 0 {
		return
	}
	f = f.inside(l, "Sect")
	code := style{size: codeSize, color: ink, mono: true}
	aside := style{size: codeSize + 0.2, color: muted, italic: true}
	left, inner := 7.0, f.x+7
	if numbered {
		digits := 3
		for _, ln := range lines {
			digits = max(digits, len(ln.number))
		}
		// Numbers come from the text of the report: a forged one must not push the log off the page.
		digits = min(digits, 12)
		left = l.c.Width(fonts.Mono, numberSize, strings.Repeat("0", digits)) + 8
		inner = f.x + left + 6
	}
	room := f.x + f.width - 5 - inner
	hook := l.c.Width(fonts.Mono, codeSize, "  ")

	ground := &decor{top: 5, bottom: 5, paint: func(c *canvas.Canvas, y, h float64) {
		c.Rect(f.x, y, f.width, h, panel)
		if numbered {
			c.Rect(f.x, y, left, h, gutter)
		}
	}}
	f.decor = append(f.decor[:len(f.decor):len(f.decor)], ground)
	base := baseline(codeLeading, codeSize)

	var rows []row
	for _, ln := range lines {
		st := &code
		if ln.omission {
			st = &aside
		}
		// Each line is a paragraph, so that programs that read text out do not join them.
		text := l.c.Element(l.c.Element(f.element, "P"), "Code")
		var rest word
		column := 0
		for _, s := range ln.spans {
			part := *st
			part.mark = s.Mark
			rest.runs = append(rest.runs, l.runs(&part, expandTabs(s.Text, &column))...)
		}
		for _, r := range rest.runs {
			rest.width += r.width
		}
		for first := true; first || len(rest.runs) > 0; first = false {
			head, at := rest, inner
			if !first {
				at += hook
			}
			if fits := inner + room - at; rest.width > fits+0.01 {
				head, rest = l.cut(rest, fits, true, codeSeparators, 0.75)
			} else {
				rest = word{}
			}
			drawn := line{runs: head.runs, width: head.width}
			rows = append(rows, row{height: codeLeading, element: text, paint: paintFunc(func(c *canvas.Canvas, y float64) {
				c.Tag(canvas.Unread)
				switch {
				case first && ln.number != "":
					number := l.number(ln.number, left-6)
					c.Text(f.x+left-4-c.Width(fonts.Mono, numberSize, number), y+base-0.3, fonts.Mono, numberSize, muted, number)
				case first && ln.omission && numbered:
					c.Text(f.x+left-4-c.Width(fonts.Mono, numberSize, "…"), y+base-0.3, fonts.Mono, numberSize, muted, "…")
				case !first:
					drawHook(c, inner+1, y+base, l.link)
				}
				c.Tag(text)
				l.drawLine(c, drawn, at, y+base)
			})})
		}
	}
	for i := range rows {
		// A page break leaves three lines on either side of it.
		rows[i].keep = i < min(2, len(rows)-1) || i >= len(rows)-3 && i < len(rows)-1
	}
	rows[len(rows)-1].keep = f.keep
	l.pager.gap(7)
	for _, r := range rows {
		l.emit(&f, r, base)
	}
	l.pager.gap(9)
}

// number cuts a line's number to the width of the gutter, from its left.
func (l *layout) number(s string, room float64) string {
	for len(s) > 1 && l.c.Width(fonts.Mono, numberSize, s) > room+0.01 {
		s = s[1:]
	}
	return s
}

// drawHook draws the arrow before a line that goes on.
func drawHook(c *canvas.Canvas, x, base float64, color canvas.Color) {
	const size = 4.6
	y := base - 1.9
	c.Line(0.6, color, canvas.Point{X: x, Y: y - size*0.75}, canvas.Point{X: x, Y: y}, canvas.Point{X: x + size*0.95, Y: y})
	c.Line(0.6, color,
		canvas.Point{X: x + size*0.55, Y: y - size*0.36},
		canvas.Point{X: x + size*0.98, Y: y},
		canvas.Point{X: x + size*0.55, Y: y + size*0.36})
}

// expandTabs puts blanks for tabs, up to the next column that is a multiple of eight. column is where s begins, and then where
// it ends.
func expandTabs(s string, at *int) string {
	column := *at
	defer func() { *at = column }()
	if !strings.Contains(s, "\t") {
		column += utf8.RuneCountInString(s)
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexByte(s, '\t')
		if i < 0 {
			b.WriteString(s)
			column += utf8.RuneCountInString(s)
			break
		}
		b.WriteString(s[:i])
		column += utf8.RuneCountInString(s[:i])
		n := 8 - column%8
		b.WriteString("        "[:n])
		column += n
		s = s[i+1:]
	}
	return b.String()
}

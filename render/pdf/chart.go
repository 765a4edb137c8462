package pdf

import (
	"strings"

	"practicum/render/chart"
	"practicum/render/document"
	"practicum/render/pdf/canvas"
)

// roleColor is the colour of a chart's role on paper. The four factors fall in lightness from the inside out on either
// side, so that they stay apart in grey print.
func roleColor(r chart.Role) canvas.Color {
	switch r {
	case chart.Ink:
		return ink
	case chart.Muted:
		return muted
	case chart.Rule:
		return rule
	case chart.Paper:
		return white
	case chart.Accent:
		return 0x2b5c94
	case chart.Tint:
		return 0x9fc0e2
	case chart.Criticality:
		return 0xb5460a
	case chart.Lethality:
		return 0xe8a33d
	case chart.System:
		return 0x2b5c94
	case chart.Network:
		return 0x9fc0e2
	case chart.Low, chart.Guarded, chart.Elevated, chart.High, chart.Severe:
		return chipStyles(int(r-chart.Low) + 1).ground
	}
	return [...]canvas.Color{0xe3edf7, 0xb9d3ec, 0x7fadd8, 0x3f7ab5, 0x1f3a5f}[r-chart.Step1]
}

// chart lays out a figure: its title, and below it the drawing on one page.
func (l *layout) chart(f frame, n *document.Chart) {
	d := chart.Draw(n.Chart, func(s string, size float64, bold bool) float64 {
		return l.plainLine(s, size, bold, ink).width
	})
	// A narrow frame, such as an alert's, makes the whole drawing smaller.
	scale := min(1, f.width/chart.Width)
	f = f.inside(l, "Sect")
	title := prose{style: style{size: 8.8, color: ink, bold: true}, leading: 12.5}
	head := f.inside(l, "P")
	w := &words{l: l}
	w.text(&title.style, n.Rows[0])
	for i, ln := range l.breakLines(w.list, f.width) {
		r := row{height: title.leading, keep: true, after: 3}
		if i == 0 {
			r.before = 10
		}
		base := baseline(title.leading, title.size)
		r.paint = paintFunc(func(c *canvas.Canvas, y float64) { l.drawLine(c, ln, f.x, y+base) })
		l.emit(&head, r, base)
	}
	// What is read out of the drawing are the lines that it was made from.
	f.element = l.c.Element(f.element, "Figure").Drawn(n.Rows[0], strings.Join(n.Rows[1:], "\n"))
	l.emit(&f, row{height: d.Height * scale, after: 12, keep: f.keep, paint: paintFunc(func(c *canvas.Canvas, y float64) {
		l.drawShapes(c, d, f.x, y, scale)
	})}, 0)
}

// plainLine is text in the faces that have its runes, as one line.
func (l *layout) plainLine(s string, size float64, bold bool, color canvas.Color) line {
	var ln line
	for _, r := range l.runs(&style{size: size, bold: bold, color: color}, s) {
		ln.runs = append(ln.runs, r)
		ln.width += r.width
	}
	return ln
}

func (l *layout) drawShapes(c *canvas.Canvas, d *chart.Drawing, x, y, scale float64) {
	for _, shape := range d.Shapes {
		switch s := shape.(type) {
		case chart.Rect:
			if s.Outline {
				c.Rect(x+s.X*scale, y+s.Y*scale, s.W*scale, s.H*scale, roleColor(s.Fill))
				if s.W > 1.6 && s.H > 1.6 {
					c.Rect(x+(s.X+.8)*scale, y+(s.Y+.8)*scale, (s.W-1.6)*scale, (s.H-1.6)*scale, white)
				}
			} else {
				c.Rect(x+s.X*scale, y+s.Y*scale, s.W*scale, s.H*scale, roleColor(s.Fill))
			}
		case chart.Disc:
			c.RoundRect(x+(s.X-s.R)*scale, y+(s.Y-s.R)*scale, 2*s.R*scale, 2*s.R*scale, s.R*scale, roleColor(s.Fill))
		case chart.Line:
			if s.Dots && len(s.Points) == 2 {
				c.Dashes(x+s.Points[0].X*scale, y+s.Points[0].Y*scale, x+s.Points[1].X*scale, y+s.Points[1].Y*scale, s.Width*scale, roleColor(s.Color))
				continue
			}
			points := make([]canvas.Point, len(s.Points))
			for i, p := range s.Points {
				points[i] = canvas.Point{X: x + p.X*scale, Y: y + p.Y*scale}
			}
			c.Line(s.Width*scale, roleColor(s.Color), points...)
		case chart.Text:
			ln := l.plainLine(s.Text, s.Size*scale, s.Bold, roleColor(s.Color))
			at := x + s.X*scale
			switch s.Anchor {
			case chart.Middle:
				at -= ln.width / 2
			case chart.End:
				at -= ln.width
			}
			for _, r := range ln.runs {
				c.Text(at, y+s.Y*scale, r.face, r.style.size, r.style.color, r.text)
				at += r.width
			}
		}
	}
}

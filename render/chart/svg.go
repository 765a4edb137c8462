package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// SVG writes a drawing for a page. Colours are classes that the page's style sheet knows, since its policy allows no
// style attributes: f-ROLE fills and s-ROLE strokes. Every text is escaped. The drawing is hidden from screen readers:
// beside it stand the lines that it was made from.
func (d *Drawing) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="drawing" viewBox="0 0 %s %s" aria-hidden="true" focusable="false">`, num(Width), num(d.Height))
	for _, shape := range d.Shapes {
		switch s := shape.(type) {
		case Rect:
			if s.Outline {
				fmt.Fprintf(&b, `<rect class="f-paper s-%s" x="%s" y="%s" width="%s" height="%s" stroke-width="0.8"></rect>`, Roles[s.Fill], num(s.X+.4), num(s.Y+.4), num(max(0, s.W-.8)), num(s.H-.8))
			} else {
				fmt.Fprintf(&b, `<rect class="f-%s" x="%s" y="%s" width="%s" height="%s"></rect>`, Roles[s.Fill], num(s.X), num(s.Y), num(s.W), num(s.H))
			}
		case Disc:
			fmt.Fprintf(&b, `<circle class="f-%s" cx="%s" cy="%s" r="%s"></circle>`, Roles[s.Fill], num(s.X), num(s.Y), num(s.R))
		case Line:
			fmt.Fprintf(&b, `<polyline class="s-%s" fill="none" stroke-width="%s"`, Roles[s.Color], num(s.Width))
			if s.Dots {
				b.WriteString(` stroke-dasharray="1.2 2"`)
			}
			b.WriteString(` points="`)
			for i, p := range s.Points {
				if i > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(num(p.X) + "," + num(p.Y))
			}
			b.WriteString(`"></polyline>`)
		case Text:
			fmt.Fprintf(&b, `<text class="f-%s" x="%s" y="%s" font-size="%s"`, Roles[s.Color], num(s.X), num(s.Y), num(s.Size))
			if s.Bold {
				b.WriteString(` font-weight="600"`)
			}
			if s.Anchor != Start {
				b.WriteString(` text-anchor="` + [...]string{"start", "middle", "end"}[s.Anchor] + `"`)
			}
			b.WriteString(">" + html.EscapeString(s.Text) + "</text>")
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// num writes a length with as few digits as it needs.
func num(v float64) string {
	s := strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0")
	s = strings.TrimSuffix(s, ".")
	if s == "-0" {
		return "0"
	}
	return s
}

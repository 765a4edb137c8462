package pdf

import (
	"fmt"
	"slices"
	"strings"

	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
)

// label is a label of the Traffic Light Protocol.
type label struct {
	text  string
	color canvas.Color
}

// labels are those of TLP 2.0: coloured letters on black, at least 12 points high, at the right of the head and foot of
// every page.
func labels() []label {
	return []label{
		{"TLP:CLEAR", white},
		{"TLP:GREEN", 0x33ff00},
		{"TLP:AMBER", 0xffc000},
		{"TLP:AMBER+STRICT", 0xffc000},
		{"TLP:RED", 0xff2b2b},
	}
}

// findLabel returns the label named, with or without "TLP:"; nil for none.
func findLabel(name string) (*label, error) {
	if name == "" {
		return nil, nil
	}
	want := "TLP:" + strings.TrimPrefix(strings.ToUpper(name), "TLP:")
	all := labels()
	if i := slices.IndexFunc(all, func(l label) bool { return l.text == want }); i >= 0 {
		return &all[i], nil
	}
	names := make([]string, len(all))
	for i, l := range all {
		names[i] = strings.TrimPrefix(l.text, "TLP:")
	}
	return nil, fmt.Errorf("no TLP label %q: want %s", name, strings.Join(names, ", "))
}

// drawMargins draws the head and the foot of every page, once their number is known.
func (l *layout) drawMargins(title string, label *label) {
	const (
		size   = marginSize
		headAt = 36.0
	)
	left, right := l.side, l.width-l.side
	footAt := l.height - 32
	st := &style{size: size, color: muted}
	for page := 1; page <= l.c.Pages(); page++ {
		l.c.GoTo(page)
		section := ""
		if page <= len(l.pager.sections) {
			section = l.pager.sections[page-1]
		}
		if section == title {
			section = ""
		}
		room := right - left
		if label != nil {
			l.drawLabel(label, right, headAt-2.7)
			l.drawLabel(label, right, footAt-2.7)
			room -= l.labelWidth(label) + 12
		}
		if page > 1 {
			name := title
			if label != nil && section != "" {
				name = section
			}
			if label == nil && section != "" {
				// Each may have half of the line, and the section what the title leaves.
				own := l.oneLine(st, name, room/2-8)
				l.drawLine(l.c, own, left, headAt)
				other := l.oneLine(st, section, room-own.width-16)
				l.drawLine(l.c, other, right-other.width, headAt)
			} else {
				l.drawLine(l.c, l.oneLine(st, name, room), left, headAt)
			}
			l.c.Rect(left, headAt+8, right-left, 0.4, rule)
		}
		number := fmt.Sprintf("page %d of %d", page, l.c.Pages())
		width := l.c.Width(fonts.Sans, size, number)
		if label == nil {
			l.c.Text(right-width, footAt, fonts.Sans, size, muted, number)
		} else {
			l.c.Text(left, footAt, fonts.Sans, size, muted, number)
		}
	}
}

const labelSize = 12.0

func (l *layout) labelWidth(label *label) float64 {
	return l.c.Width(fonts.SansBold, labelSize, label.text) + 10
}

func (l *layout) drawLabel(label *label, right, middle float64) {
	width := l.labelWidth(label)
	l.c.Rect(right-width, middle-labelSize*0.72, width, labelSize*1.44, 0x000000)
	l.c.Text(right-width+5, middle+labelSize*0.349, fonts.SansBold, labelSize, label.color, label.text)
}

// oneLine cuts text to one line, with an ellipsis if something is lost.
func (l *layout) oneLine(st *style, text string, room float64) line {
	w := &words{l: l}
	w.text(st, text)
	if len(w.list) == 0 {
		return line{}
	}
	broken := l.breakLines(w.list, room)
	if len(broken) == 1 {
		return broken[0]
	}
	dots := run{text: "…", face: st.face(), style: st, width: l.c.Width(st.face(), st.size, "…")}
	first := l.breakLines(w.list, room-dots.width)[0]
	for n := len(first.runs); n > 0 && first.runs[n-1].text == " "; n-- {
		first.width -= first.runs[n-1].width
		first.runs = first.runs[:n-1]
	}
	first.runs = append(first.runs, dots)
	first.width += dots.width
	return first
}

package chart

import (
	"fmt"

	"practicum/analysis/lazily"
)

// Bars compares amounts by name.
type Bars struct {
	Title string
	Rows  []Bar
}

// Bar is an amount of a Bars. Rest is set for what many names count together: that is nothing to compare, and its length is not
// drawn.
type Bar struct {
	Count int
	Name  string
	Rest  bool
}

// amount is the count as a line begins with it: with a plus for what is added to the others.
func (b Bar) amount() string {
	if b.Rest {
		return "+" + commas(b.Count)
	}
	return commas(b.Count)
}

// Kind implements Chart.
func (*Bars) Kind() string    { return "bars" }
func (c *Bars) title() string { return c.Title }

// Lines implements Chart.
func (c *Bars) Lines() []string {
	width := 0
	for _, r := range c.Rows {
		width = max(width, len(r.amount()))
	}
	lines := []string{label(c.Title)}
	for _, r := range c.Rows {
		lines = append(lines, fmt.Sprintf("%*s  %s", width, r.amount(), label(r.Name)))
	}
	return lines
}

var barLine = lazily.Regexp(`^(\+?)([\d,]+)\s+(.+)$`)

func parseBars(title string, lines []string) (Chart, error) {
	c := &Bars{Title: title}
	for i, l := range lines {
		m := barLine().FindStringSubmatch(l)
		if m == nil {
			return nil, &LineError{i + 1, `want an amount and a name, such as "39  209.67.78.202"`}
		}
		n, ok := number(m[2])
		if !ok {
			return nil, &LineError{i + 1, m[2] + " is no amount"}
		}
		c.Rows = append(c.Rows, Bar{n, m[3], m[1] != ""})
	}
	return c, nil
}

func (c *Bars) draw(m Measure) *Drawing {
	d := &Drawing{}
	const row = 13.0
	var names []string
	most := 1
	for _, r := range c.Rows {
		names = append(names, r.Name)
		if !r.Rest {
			most = max(most, r.Count)
		}
	}
	left := m.widest(Width*0.45, names...) + 6
	room := Width - left - m.widest(Width, commas(most)) - 8
	y := 2.0
	for _, r := range c.Rows {
		base := y + row/2 + middle
		color := Ink
		if r.Rest {
			color = Muted
		}
		d.text(left-6, base, End, color, m.fit(r.Name, left-6))
		if r.Rest {
			d.text(left+4, base, Start, Muted, commas(r.Count))
		} else {
			w := room * float64(r.Count) / float64(most)
			if r.Count > 0 {
				w = max(w, 1)
			}
			d.rect(left, y+2, w, row-4, Accent)
			d.text(left+w+4, base, Start, Ink, commas(r.Count))
		}
		y += row
	}
	d.line(0.8, Muted, Point{left, 2}, Point{left, y})
	d.Height = y + 2
	return d
}

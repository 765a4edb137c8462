package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"practicum/analysis/lazily"
)

// Links shows who did something to whom, and how much.
type Links struct {
	Title string
	Rows  []Edge
}

// Edge is an amount from a source to a target.
type Edge struct {
	Count          int
	Source, Target string
}

const arrow = " → "

// Kind implements Chart.
func (*Links) Kind() string    { return "links" }
func (c *Links) title() string { return c.Title }

// Lines implements Chart.
func (c *Links) Lines() []string {
	width := 0
	for _, r := range c.Rows {
		width = max(width, len(commas(r.Count)))
	}
	lines := []string{label(c.Title)}
	name := func(s string) string { return strings.ReplaceAll(label(s), "→", "->") }
	for _, r := range c.Rows {
		lines = append(lines, fmt.Sprintf("%*s  %s%s%s", width, commas(r.Count), name(r.Source), arrow, name(r.Target)))
	}
	return lines
}

var linkLine = lazily.Regexp(`^([\d,]+)\s+(\S.*?) → (.+)$`)

func parseLinks(title string, lines []string) (Chart, error) {
	c := &Links{Title: title}
	for i, l := range lines {
		m := linkLine().FindStringSubmatch(l)
		if m == nil {
			return nil, &LineError{i + 1, `want an amount, a source and a target, such as "39  209.67.78.202 → nis"`}
		}
		n, ok := number(m[1])
		if !ok {
			return nil, &LineError{i + 1, m[1] + " is no amount"}
		}
		c.Rows = append(c.Rows, Edge{n, strings.TrimSpace(m[2]), strings.TrimSpace(m[3])})
	}
	return c, nil
}

// end is a name at one side of the graph.
type end struct {
	name  string
	count int
	y     float64 // of its middle
	rank  float64
}

func (c *Links) draw(m Measure) *Drawing {
	d := &Drawing{}
	const row, top = 14.0, 14.0
	sources, targets := c.ends(func(e Edge) string { return e.Source }), c.ends(func(e Edge) string { return e.Target })
	// Targets stand by the middle of their sources, so that few lines cross.
	index := map[string]int{}
	for i, s := range sources {
		index[s.name] = i
	}
	for i := range targets {
		sum, n := 0.0, 0.0
		for _, e := range c.Rows {
			if e.Target == targets[i].name {
				w := math.Log2(float64(e.Count) + 1)
				sum += w * float64(index[e.Source])
				n += w
			}
		}
		targets[i].rank = sum / max(n, 1e-9)
	}
	slices.SortStableFunc(targets, func(a, b end) int { return cmp.Compare(a.rank, b.rank) })
	height := row * float64(max(len(sources), len(targets)))
	place := func(list []end) {
		for i := range list {
			list[i].y = top + height*(float64(i)+0.5)/float64(len(list))
		}
	}
	place(sources)
	place(targets)
	var names, others []string
	most := 1
	for _, e := range sources {
		names = append(names, e.name)
		most = max(most, e.count)
	}
	for _, e := range targets {
		others = append(others, e.name)
		most = max(most, e.count)
	}
	figures := m.widest(Width, commas(most)) + 6
	left := m.widest(Width*0.3, names...) + 5
	right := Width - m.widest(Width*0.3, others...) - 5
	from, to := left+figures+3, right-figures-3
	at := func(list []end, name string) float64 {
		return list[slices.IndexFunc(list, func(e end) bool { return e.name == name })].y
	}
	largest := 1
	for _, e := range c.Rows {
		largest = max(largest, e.Count)
	}
	// The small ones lie over the large ones.
	order := slices.Clone(c.Rows)
	slices.SortStableFunc(order, func(a, b Edge) int { return cmp.Compare(b.Count, a.Count) })
	for _, e := range order {
		y0, y1 := at(sources, e.Source), at(targets, e.Target)
		share := math.Log2(float64(e.Count)+1) / math.Log2(float64(largest)+1)
		role := Tint
		if share > 0.6 {
			role = Accent
		}
		points := make([]Point, 0, 25)
		for i := range 25 {
			t := float64(i) / 24
			s := t * t * (3 - 2*t)
			points = append(points, Point{from + (to-from)*t, y0 + (y1-y0)*s})
		}
		d.line(0.7+3.3*share*share, role, points...)
	}
	d.text(left, top-5, End, Muted, "source")
	d.text(right, top-5, Start, Muted, "target")
	for _, e := range sources {
		d.text(left, e.y+middle, End, Ink, m.fit(e.name, left-1))
		d.text(from-4, e.y+middle, End, Muted, commas(e.count))
		d.disc(from, e.y, 2, Ink)
	}
	for _, e := range targets {
		d.text(right, e.y+middle, Start, Ink, m.fit(e.name, Width-right-1))
		d.text(to+4, e.y+middle, Start, Muted, commas(e.count))
		d.disc(to, e.y, 2, Ink)
	}
	d.Height = top + height + 3
	return d
}

// ends sums the amounts by a name, the largest first.
func (c *Links) ends(name func(Edge) string) []end {
	var list []end
	for _, e := range c.Rows {
		i := slices.IndexFunc(list, func(o end) bool { return o.name == name(e) })
		if i < 0 {
			list = append(list, end{name: name(e)})
			i = len(list) - 1
		}
		list[i].count += e.Count
	}
	slices.SortStableFunc(list, func(a, b end) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.name, b.name)) })
	return list
}

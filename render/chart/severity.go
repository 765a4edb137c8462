package chart

import (
	"fmt"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
)

// Severity shows for each incident the four factors of its severity and what they come to.
type Severity struct {
	Title string
	Rows  []Sum
}

// Sum is the severity of an incident: (criticality + lethality) − (system + network countermeasures).
type Sum struct {
	Criticality, Lethality, System, Network Interval
	Name                                    string
}

// Interval is a number of points, or from Low to High.
type Interval struct{ Low, High int }

// Total is what the factors come to.
func (s Sum) Total() Interval {
	return Interval{
		s.Criticality.Low + s.Lethality.Low - s.System.High - s.Network.High,
		s.Criticality.High + s.Lethality.High - s.System.Low - s.Network.Low,
	}
}

// band is the band of the high end, by the limits in DESIGN and in package analysis.
func (i Interval) band() Role {
	switch {
	case i.High >= 6:
		return Severe
	case i.High >= 3:
		return High
	case i.High >= -1:
		return Elevated
	case i.High >= -4:
		return Guarded
	}
	return Low
}

// Kind implements Chart.
func (*Severity) Kind() string    { return "severity" }
func (c *Severity) title() string { return c.Title }

// Lines implements Chart.
func (c *Severity) Lines() []string {
	lines := []string{label(c.Title)}
	for _, r := range c.Rows {
		p := func(i Interval) string { return span(i.Low, i.High) }
		lines = append(lines, fmt.Sprintf("(%s + %s) − (%s + %s) = %s  %s", p(r.Criticality), p(r.Lethality), p(r.System), p(r.Network), p(r.Total()), label(r.Name)))
	}
	return lines
}

var sumLine = lazily.Regexp(`^\((\d(?: to \d)?) \+ (\d(?: to \d)?)\) [−-] \((\d(?: to \d)?) \+ (\d(?: to \d)?)\) = ([−-]?\d+(?: to [−-]?\d+)?)\s+(.+)$`)

func parseSeverity(title string, lines []string) (Chart, error) {
	c := &Severity{Title: title}
	for i, l := range lines {
		m := sumLine().FindStringSubmatch(l)
		if m == nil {
			return nil, &LineError{i + 1, `want the sum and a name, such as "(4 + 3 to 4) − (4 + 2) = 1 to 2  1: telnet"`}
		}
		s := Sum{interval(m[1]), interval(m[2]), interval(m[3]), interval(m[4]), m[6]}
		if want := s.Total(); interval(m[5]) != want {
			return nil, &LineError{i + 1, fmt.Sprintf("the parts give %s, not %s", span(want.Low, want.High), m[5])}
		}
		c.Rows = append(c.Rows, s)
	}
	return c, nil
}

// interval reads what span wrote.
func interval(s string) Interval {
	at := func(s string) int {
		n, _ := strconv.Atoi(strings.ReplaceAll(s, "−", "-"))
		return n
	}
	low, high, ok := strings.Cut(s, " to ")
	if !ok {
		return Interval{at(low), at(low)}
	}
	return Interval{at(low), at(high)}
}

func (c *Severity) draw(m Measure) *Drawing {
	d := &Drawing{}
	const row, top, points = 15.0, 26.0, 84.0
	var names []string
	for _, r := range c.Rows {
		names = append(names, r.Name)
	}
	left := m.widest(Width*0.34, names...) + 8
	right := Width - points
	unit := (right - left) / 20
	at := func(p float64) float64 { return left + (p+10)*unit }
	bottom := top + row*float64(len(c.Rows))

	// The legend says which part is which; their order is the same in every row.
	x := left
	for _, l := range []struct {
		role Role
		name string
	}{{Network, "network"}, {System, "system"}, {Criticality, "criticality"}, {Lethality, "lethality"}} {
		d.rect(x, 1.5, 7, 7, l.role)
		d.text(x+9.5, 8, Start, Muted, l.name)
		x += 9.5 + m(l.name, size, false) + 10
	}
	d.line(1.6, Ink, Point{x + 1, 1.5}, Point{x + 1, 8.5})
	d.text(x+5, 8, Start, Muted, "severity")
	for p := -10; p <= 10; p += 5 {
		px := at(float64(p))
		d.text(px, top-5, Middle, Muted, signed(p))
		d.line(0.5, Rule, Point{px, top - 2}, Point{px, bottom})
	}
	for i, r := range c.Rows {
		y := top + row*float64(i)
		base := y + row/2 + middle
		d.text(0, base, Start, Ink, m.fit(r.Name, left-8))
		h := row - 6.5
		bar := func(from float64, v Interval, direction float64, role Role) float64 {
			sure, whole := float64(v.Low), float64(v.High)
			x0, x1 := at(from), at(from+direction*sure)
			if sure > 0 {
				d.rect(min(x0, x1), y+3.2, max(x0, x1)-min(x0, x1)-0.6, h, role)
			}
			if whole > sure {
				x2 := at(from + direction*whole)
				d.frame(min(x1, x2), y+3.2, max(x1, x2)-min(x1, x2)-0.6, h, role)
			}
			return from + direction*whole
		}
		bar(bar(0, r.Criticality, 1, Criticality), r.Lethality, 1, Lethality)
		bar(bar(0, r.System, -1, System), r.Network, -1, Network)
		t := r.Total()
		low, high := at(float64(t.Low)), at(float64(t.High))
		if t.High > t.Low {
			d.line(1.6, Ink, Point{low, y + row/2}, Point{high, y + row/2})
		}
		for _, px := range []float64{low, high} {
			d.line(3.4, Paper, Point{px, y + 1.2}, Point{px, y + row - 1.2})
			d.line(1.6, Ink, Point{px, y + 1.2}, Point{px, y + row - 1.2})
		}
		d.rect(right+5, y+3.2, 4, h, t.band())
		d.text(right+13, base, Start, Muted, Roles[t.band()])
		d.bold(Width, base, End, Ink, compact(t))
	}
	d.line(0.8, Muted, Point{at(0), top - 2}, Point{at(0), bottom})
	d.Height = bottom + 2
	return d
}

// compact is an interval in little room: "1…2".
func compact(i Interval) string {
	if i.Low == i.High {
		return signed(i.Low)
	}
	return signed(i.Low) + "…" + signed(i.High)
}

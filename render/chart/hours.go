package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Hours shows when something happens: amounts by day of the week, Monday first, and hour.
type Hours struct {
	Title string
	Count [7][24]int
}

var days = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// Kind implements Chart.
func (*Hours) Kind() string    { return "hours" }
func (c *Hours) title() string { return c.Title }

// Lines implements Chart.
func (c *Hours) Lines() []string {
	width := 1
	for _, day := range c.Count {
		for _, n := range day {
			width = max(width, len(strconv.Itoa(n)))
		}
	}
	lines := []string{label(c.Title)}
	for i, day := range c.Count {
		l := days[i]
		for _, n := range day {
			l += fmt.Sprintf(" %*d", width, n)
		}
		lines = append(lines, l)
	}
	return lines
}

func parseHours(title string, lines []string) (Chart, error) {
	c := &Hours{Title: title}
	seen := map[int]bool{}
	for i, l := range lines {
		words := strings.Fields(l)
		day := slices.Index(days, words[0])
		if day < 0 || seen[day] || len(words) != 25 {
			return nil, &LineError{i + 1, "want a day from Mon to Sun, each once, and 24 amounts"}
		}
		seen[day] = true
		for h, w := range words[1:] {
			n, ok := number(w)
			if !ok {
				return nil, &LineError{i + 1, w + " is no amount"}
			}
			c.Count[day][h] = n
		}
	}
	return c, nil
}

// step places an amount on a scale of five steps, by its order of size: the hours of an attack hold a thousand times as much
// as others.
func step(n, most int) Role {
	if most <= 1 {
		return Step3
	}
	share := math.Log2(float64(n)) / math.Log2(float64(most))
	return Step1 + Role(min(4, int(share*5)))
}

func (c *Hours) draw(m Measure) *Drawing {
	d := &Drawing{}
	const left, cell, top, sums = 26.0, 16.2, 12.0, 34.0
	most, all := 0, 0
	for _, day := range c.Count {
		for _, n := range day {
			most = max(most, n)
			all += n
		}
	}
	w := (Width - left - sums - 6) / 24
	for h := 0; h < 24; h += 3 {
		d.text(left+float64(h)*w+w/2, top-4, Middle, Muted, fmt.Sprintf("%02d", h))
	}
	d.text(Width, top-4, End, Muted, "all")
	for i, day := range c.Count {
		y := top + float64(i)*cell
		base := y + cell/2 + middle
		d.text(left-6, base, End, Muted, days[i])
		sum := 0
		for h, n := range day {
			x := left + float64(h)*w
			sum += n
			d.amount(m, x, y, w, cell, n, most)
		}
		d.text(Width, base, End, Ink, short(sum))
	}
	y := top + 7*cell
	d.text(left-6, y+leading, End, Muted, "all")
	for h := range 24 {
		sum := 0
		for i := range c.Count {
			sum += c.Count[i][h]
		}
		if t := short(sum); sum > 0 && m(t, size, false) <= w+2 {
			d.text(left+float64(h)*w+w/2, y+leading, Middle, Ink, t)
		}
	}
	d.text(Width, y+leading, End, Ink, short(all))
	d.Height = y + leading + 4
	return d
}

// amount draws a cell for an amount, darker the nearer it is to the most of all; nothing is a dot.
func (d *Drawing) amount(m Measure, x, y, w, h float64, n, most int) {
	if n == 0 {
		d.rect(x+w/2-.6, y+h/2-.6, 1.2, 1.2, Rule)
		return
	}
	s := step(n, most)
	d.rect(x+.5, y+.5, w-1, h-1, s)
	color := Ink
	if s >= Step4 {
		color = Paper
	}
	if t := short(n); m(t, size, false) <= w-1.5 {
		d.text(x+w/2, y+h/2+middle, Middle, color, t)
	}
}

// short writes an amount in at most four characters.
func short(n int) string {
	for _, unit := range []string{"", "k", "M", "G", "T"} {
		if n < 1000 {
			return strconv.Itoa(n) + unit
		}
		n /= 1000
	}
	return "…"
}

package chart

import (
	"fmt"
	"time"

	"practicum/analysis/lazily"
)

// Timeline shows when each incident was.
type Timeline struct {
	Title string
	Rows  []Stretch
}

// Stretch is the time of one incident. Band is the name of its severity's band, in lower case, or empty.
type Stretch struct {
	First, Last time.Time
	Band        string
	Name        string
}

// Kind implements Chart.
func (*Timeline) Kind() string    { return "timeline" }
func (c *Timeline) title() string { return c.Title }

// Lines implements Chart.
func (c *Timeline) Lines() []string {
	lines := []string{label(c.Title)}
	for _, r := range c.Rows {
		band := r.Band
		if _, ok := bands[band]; !ok {
			band = "unrated"
		}
		lines = append(lines, fmt.Sprintf("%s to %s  %-8s  %s", r.First.Format(stampLayout), r.Last.Format(stampLayout), band, label(r.Name)))
	}
	return lines
}

var stretchLine = lazily.Regexp(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) to (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s+(low|guarded|elevated|high|severe|unrated)\s+(.+)$`)

func parseTimeline(title string, lines []string) (Chart, error) {
	c := &Timeline{Title: title}
	for i, l := range lines {
		m := stretchLine().FindStringSubmatch(l)
		if m == nil {
			return nil, &LineError{i + 1, `want two times, a band or "unrated", and a name, such as "2000-01-20 08:58:10 to 2000-01-20 08:58:21  elevated  1: telnet"`}
		}
		first, err := time.Parse(stampLayout, m[1])
		last, err2 := time.Parse(stampLayout, m[2])
		if err != nil || err2 != nil || last.Before(first) {
			return nil, &LineError{i + 1, m[1] + " to " + m[2] + " is no time"}
		}
		band := m[3]
		if band == "unrated" {
			band = ""
		}
		c.Rows = append(c.Rows, Stretch{first, last, band, m[4]})
	}
	return c, nil
}

func (c *Timeline) draw(m Measure) *Drawing {
	d := &Drawing{}
	const row, top = 13.0, 16.0
	first, last := c.Rows[0].First, c.Rows[0].Last
	var names []string
	for _, r := range c.Rows {
		names = append(names, r.Name)
		if r.First.Before(first) {
			first = r.First
		}
		if r.Last.After(last) {
			last = r.Last
		}
	}
	left := m.widest(Width*0.34, names...) + 8
	// Some air at both ends, so that what is there is not cut.
	whole := max(last.Sub(first), time.Second)
	x := func(t time.Time) float64 {
		return left + 6 + (Width-left-14)*float64(t.Sub(first))/float64(whole)
	}
	bottom := top + row*float64(len(c.Rows))
	end := -1e9
	for _, t := range ticks(first.Add(-whole/50), last.Add(whole/50), 9) {
		px := x(t.at)
		w := m(t.name, size, false)
		if px < left || px > Width {
			continue
		}
		d.line(0.5, Rule, Point{px, top - 2}, Point{px, bottom})
		if middle := min(max(px, left+w/2), Width-w/2); middle-w/2 > end+4 {
			d.text(middle, top-5, Middle, Muted, t.name)
			end = middle + w/2
		}
	}
	for i, r := range c.Rows {
		y := top + row*float64(i)
		d.text(0, y+row/2+middle, Start, Ink, m.fit(r.Name, left-8))
		d.line(0.4, Rule, Point{left, y + row/2}, Point{Width, y + row/2})
		role, ok := bands[r.Band]
		if !ok {
			role = Accent
		}
		x0, x1 := x(r.First), x(r.Last)
		// What is short is a disc, so that it is seen at all.
		if x1-x0 < 6 {
			d.disc((x0+x1)/2, y+row/2, 4, Ink)
			d.disc((x0+x1)/2, y+row/2, 3.3, role)
			continue
		}
		d.rect(x0, y+2.6, x1-x0, row-5.2, Ink)
		d.rect(x0+.7, y+3.3, x1-x0-1.4, row-6.6, role)
	}
	d.Height = bottom + 3
	return d
}

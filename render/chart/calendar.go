package chart

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Calendar shows amounts by day, a row a week.
type Calendar struct {
	Title string
	Weeks []Week
}

// Week is the seven days from Monday on.
type Week struct {
	Monday time.Time
	Count  [7]int // NoDay where the day is not a part of what is counted
}

// NoDay is the amount of a day that nobody counted.
const NoDay = -1

// Kind implements Chart.
func (*Calendar) Kind() string    { return "calendar" }
func (c *Calendar) title() string { return c.Title }

// Lines implements Chart.
func (c *Calendar) Lines() []string {
	width := 1
	for _, w := range c.Weeks {
		for _, n := range w.Count {
			width = max(width, len(strconv.Itoa(max(n, 0))))
		}
	}
	lines := []string{label(c.Title)}
	for _, w := range c.Weeks {
		l := w.Monday.Format(time.DateOnly)
		for _, n := range w.Count {
			if n == NoDay {
				l += fmt.Sprintf(" %*s", width, "-")
			} else {
				l += fmt.Sprintf(" %*d", width, n)
			}
		}
		lines = append(lines, l)
	}
	return lines
}

func parseCalendar(title string, lines []string) (Chart, error) {
	c := &Calendar{Title: title}
	for i, l := range lines {
		words := strings.Fields(l)
		monday, err := time.Parse(time.DateOnly, words[0])
		if err != nil || monday.Weekday() != time.Monday || len(words) != 8 {
			return nil, &LineError{i + 1, "want the date of a Monday and 7 amounts"}
		}
		if n := len(c.Weeks); n > 0 && !c.Weeks[n-1].Monday.Before(monday) {
			return nil, &LineError{i + 1, "weeks want to stand in their order, each once"}
		}
		w := Week{Monday: monday}
		for d, word := range words[1:] {
			n, ok := number(word)
			switch {
			case word == "-":
				n = NoDay
			case !ok:
				return nil, &LineError{i + 1, word + " is no amount"}
			}
			w.Count[d] = n
		}
		c.Weeks = append(c.Weeks, w)
	}
	return c, nil
}

func (c *Calendar) draw(m Measure) *Drawing {
	d := &Drawing{}
	const left, cell, top, sums = 64.0, 16.2, 12.0, 40.0
	most, all := 0, 0
	for _, w := range c.Weeks {
		for _, n := range w.Count {
			most = max(most, n)
			all += max(n, 0)
		}
	}
	width := (Width - left - sums - 6) / 7
	for i, day := range days {
		d.text(left+float64(i)*width+width/2, top-4, Middle, Muted, day)
	}
	d.text(Width, top-4, End, Muted, "all")
	for i, w := range c.Weeks {
		y := top + float64(i)*cell
		base := y + cell/2 + middle
		d.text(left-6, base, End, Muted, w.Monday.Format(time.DateOnly))
		sum := 0
		for day, n := range w.Count {
			if n != NoDay {
				sum += n
				d.amount(m, left+float64(day)*width, y, width, cell, n, most)
			}
		}
		d.text(Width, base, End, Ink, short(sum))
	}
	y := top + float64(len(c.Weeks))*cell
	d.text(left-6, y+leading, End, Muted, "all")
	d.text(Width, y+leading, End, Ink, short(all))
	d.Height = y + leading + 4
	return d
}

package chart

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"practicum/analysis/lazily"
)

// Attempts shows the packets of attempts to connect on one scale of seconds, so that the schedule of retransmission is
// seen: packets of 3-6-12 s stand in columns at 0, 3, 9 and 21.
type Attempts struct {
	Title string
	Rows  []Attempt
}

// Attempt is one attempt: when its first packet was sent, and all of them in seconds after it.
type Attempt struct {
	Start    time.Time
	Packets  []float64 // ascending, the first is 0
	Schedule string    // the name of a schedule such as "3-6-12 s", or empty
	Name     string
}

// Kind implements Chart.
func (*Attempts) Kind() string    { return "attempts" }
func (c *Attempts) title() string { return c.Title }

// Lines implements Chart.
func (c *Attempts) Lines() []string {
	var packets []string
	width := 0
	for _, r := range c.Rows {
		var list []string
		for _, p := range r.Packets {
			list = append(list, "+"+strconv.FormatFloat(p, 'f', -1, 64))
		}
		packets = append(packets, strings.Join(list, " "))
		width = max(width, len(packets[len(packets)-1]))
	}
	lines := []string{label(c.Title)}
	for i, r := range c.Rows {
		schedule := r.Schedule
		if !scheduleName().MatchString(schedule) {
			schedule = "no schedule"
		}
		lines = append(lines, fmt.Sprintf("%s  %-*s  %s  %s", r.Start.Format(stampLayout), width, packets[i], schedule, label(r.Name)))
	}
	return lines
}

var scheduleName = lazily.Regexp(`^\d+(?:-\d+)+ s$`)

var attemptLine = lazily.Regexp(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s+(\+\d[\d.]*(?: \+\d[\d.]*)*)\s+(no schedule|\d+(?:-\d+)+ s)\s+(.+)$`)

func parseAttempts(title string, lines []string) (Chart, error) {
	c := &Attempts{Title: title}
	for i, l := range lines {
		m := attemptLine().FindStringSubmatch(l)
		if m == nil {
			return nil, &LineError{i + 1, `want a time, the packets' seconds after it, a schedule or "no schedule", and a name, such as "2000-01-20 09:12:03  +0 +3 +9  3-6-12 s  port 1234"`}
		}
		start, err := time.Parse(stampLayout, m[1])
		if err != nil {
			return nil, &LineError{i + 1, m[1] + " is no time"}
		}
		a := Attempt{Start: start, Name: m[4]}
		if m[3] != "no schedule" {
			a.Schedule = m[3]
		}
		for _, p := range strings.Fields(m[2]) {
			v, err := strconv.ParseFloat(p[1:], 64)
			if n := len(a.Packets); err != nil || v > 1e6 || n == 0 && v != 0 || n > 0 && v < a.Packets[n-1] {
				return nil, &LineError{i + 1, "the packets' seconds begin with +0 and do not fall"}
			}
			a.Packets = append(a.Packets, v)
		}
		c.Rows = append(c.Rows, a)
	}
	return c, nil
}

// waits are the steps that the name of a schedule tells, as the seconds of its packets: 0, 3, 9, 21 of 3-6-12 s.
func waits(schedule string) []float64 {
	at := 0.0
	list := []float64{0}
	for _, w := range strings.Split(strings.TrimSuffix(schedule, " s"), "-") {
		n, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return nil
		}
		at += n
		list = append(list, at)
	}
	return list
}

func (c *Attempts) draw(m Measure) *Drawing {
	d := &Drawing{}
	const row, top = 13.0, 16.0
	last := 1.0
	schedules := map[string]bool{}
	one := ""
	var stamps, names []string
	for _, r := range c.Rows {
		last = max(last, r.Packets[len(r.Packets)-1])
		if r.Schedule != "" {
			schedules[r.Schedule], one = true, r.Schedule
		}
		stamps = append(stamps, r.Start.Format("Jan 2 15:04:05"))
		names = append(names, r.Name)
	}
	left := m.widest(Width*0.3, stamps...) + 8
	right := Width - m.widest(Width*0.3, names...) - 12
	x := func(s float64) float64 { return left + 5 + (right-left-12)*s/last }
	bottom := top + row*float64(len(c.Rows))
	d.text(left-8, top-5, End, Muted, "first packet")
	if len(schedules) == 1 {
		// One schedule for all: its steps are the axis.
		end := -1e9
		for i, at := range waits(one) {
			if px := x(at); at <= last+1 && px <= right {
				d.dots(Muted, Point{px, top - 2}, Point{px, bottom})
				name := strconv.FormatFloat(at, 'f', -1, 64)
				if i > 0 {
					name += " s"
				}
				if w := m(name, size, false); px-w/2 > end+3 {
					d.text(px, top-5, Middle, Muted, name)
					end = px + w/2
				}
			}
		}
	} else {
		n := 0.0
		for _, unit := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000, 100000, 500000} {
			if n = unit; last/unit <= 8 {
				break
			}
		}
		for at := 0.0; at <= last; at += n {
			d.line(0.5, Rule, Point{x(at), top - 2}, Point{x(at), bottom})
			d.text(x(at), top-5, Middle, Muted, strconv.FormatFloat(at, 'f', -1, 64)+" s")
		}
	}
	for i, r := range c.Rows {
		y := top + row*float64(i)
		mid := y + row/2
		d.text(left-8, mid+middle, End, Ink, stamps[i])
		d.line(1, Tint, Point{x(0), mid}, Point{x(r.Packets[len(r.Packets)-1]), mid})
		for j, p := range r.Packets {
			d.disc(x(p), mid, 2.6, Accent)
			if j == 0 {
				continue
			}
			// The wait stands over the line where there is room.
			wait := strconv.FormatFloat(round(p-r.Packets[j-1]), 'f', -1, 64)
			if room := x(p) - x(r.Packets[j-1]) - 7; m(wait, size, false)+3 < room {
				cx := (x(p) + x(r.Packets[j-1])) / 2
				w := m(wait, size, false) + 3
				d.rect(cx-w/2, mid-size/2, w, size, Paper)
				d.text(cx, mid+middle, Middle, Ink, wait)
			}
		}
		d.text(right+6, mid+middle, Start, Muted, m.fit(r.Name, Width-right-6))
	}
	d.Height = bottom + 3
	return d
}

func round(v float64) float64 { return float64(int(v*10+0.5)) / 10 }

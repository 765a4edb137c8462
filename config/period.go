package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// The months that are named by the time of the run.
const (
	lastMonth = "last"
	thisMonth = "this"
)

// Window is the time that a report is about in a zone: days and months begin at midnight there. now is when the run is, and
// matters only for what is said of it: the last month, the last 30 days.
func (p Period) Window(zone *time.Location, now time.Time) (w analysis.Window, err error) {
	now = now.In(zone)
	switch {
	case p.Month != "":
		y, m := now.Year(), now.Month()
		switch month := strings.TrimSpace(p.Month); month {
		case thisMonth:
		case lastMonth:
			m--
		default:
			t, err := time.Parse("2006-01", month)
			if err != nil {
				return w, fmt.Errorf("%q is not a month; write 2026-10, last or this", p.Month)
			}
			y, m = t.Year(), t.Month()
		}
		w.From, w.To = time.Date(y, m, 1, 0, 0, 0, 0, zone), time.Date(y, m+1, 1, 0, 0, 0, 0, zone)
		w.Month = w.From.Format("2006-01")
	case p.Last != "":
		d, err := duration(p.Last)
		if err != nil {
			return w, err
		}
		days := 0 // counted on the calendar, because not all have 24 hours
		if m := daysForm().FindStringSubmatch(strings.TrimSpace(p.Last)); m != nil {
			days, _ = strconv.Atoi(m[1])
			d -= time.Duration(days) * 24 * time.Hour
		}
		w.From, w.To = now.AddDate(0, 0, -days).Add(-d), now
	default:
		if p.Since != "" {
			if w.From, _, err = moment(p.Since, zone); err != nil {
				return w, err
			}
			w.From = w.From.In(zone)
		}
		if p.Until != "" {
			if w.To, _, err = moment(p.Until, zone); err != nil {
				return w, err
			}
			w.To = w.To.In(zone)
		}
		if p.Since != "" && p.Until != "" && !w.From.Before(w.To) {
			return w, fmt.Errorf("%q is not after %q", p.Until, p.Since)
		}
	}
	return w, nil
}

// period judges what is said of the time that the report is about. It may be said in one way only, but a stronger layer
// replaces what a weaker one says.
func (r *resolver) period(zone *time.Location) Period {
	p := r.s.Period
	ways := []struct {
		keys   []string
		values []*string
	}{
		{[]string{"period.month"}, []*string{&p.Month}},
		{[]string{"period.last"}, []*string{&p.Last}},
		{[]string{"period.since", "period.until"}, []*string{&p.Since, &p.Until}},
	}
	strongest := byDefault
	for _, w := range ways {
		for i, key := range w.keys {
			if *w.values[i] != "" {
				strongest = max(strongest, r.s.said[key].layer)
			}
		}
	}
	said := ""
	for _, w := range ways {
		strong := false
		for i, key := range w.keys {
			strong = strong || *w.values[i] != "" && r.s.said[key].layer == strongest
		}
		for i, key := range w.keys {
			switch {
			case *w.values[i] == "":
			case !strong:
				*w.values[i] = ""
			case said != "" && said != w.keys[0]:
				r.wrongf(key, "stands beside %s; say in one way what time the report is about", said[len("period."):])
			}
		}
		if strong {
			said = cmp.Or(said, w.keys[0])
		}
	}
	if _, err := p.Window(zone, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		key := "period.until"
		switch {
		case p.Month != "":
			key = "period.month"
		case p.Last != "":
			key = "period.last"
		default:
			if _, _, e := moment(p.Since, zone); p.Since != "" && e != nil {
				key = "period.since"
			}
		}
		r.wrong(key, err)
	}
	return p
}

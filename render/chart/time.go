package chart

import "time"

// stampLayout is how stamps stand in the lines of charts.
const stampLayout = "2006-01-02 15:04:05"

// tick is a place on an axis of time with its name.
type tick struct {
	at   time.Time
	name string
}

// ticks divides the time from first to last at round places, at most n of them.
func ticks(first, last time.Time, n int) []tick {
	for _, s := range []struct {
		step   time.Duration
		layout string
	}{
		{time.Second, "15:04:05"}, {5 * time.Second, "15:04:05"}, {15 * time.Second, "15:04:05"}, {time.Minute, "15:04"}, {5 * time.Minute, "15:04"},
		{15 * time.Minute, "15:04"}, {time.Hour, "15:04"}, {3 * time.Hour, "Jan 2 15:04"}, {12 * time.Hour, "Jan 2 15:04"}, {24 * time.Hour, "Jan 2"}, {2 * 24 * time.Hour, "Jan 2"},
		{7 * 24 * time.Hour, "Jan 2"}, {14 * 24 * time.Hour, "Jan 2"},
	} {
		if last.Sub(first)/s.step >= time.Duration(n) {
			continue
		}
		var list []tick
		t := first.Truncate(s.step)
		if s.step >= 24*time.Hour {
			t = time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, first.Location())
		}
		for ; !t.After(last); t = t.Add(s.step) {
			if !t.Before(first) {
				list = append(list, tick{t, t.Format(s.layout)})
			}
		}
		return list
	}
	// Months, quarters, years, tens of years.
	for _, months := range []int{1, 3, 12, 60, 120, 1200} {
		layout := "Jan 2006"
		if months >= 12 {
			layout = "2006"
		}
		var list []tick
		t := time.Date(first.Year(), 1, 1, 0, 0, 0, 0, first.Location())
		for ; !t.After(last) && len(list) <= n; t = t.AddDate(0, months, 0) {
			if !t.Before(first) {
				list = append(list, tick{t, t.Format(layout)})
			}
		}
		if len(list) <= n {
			return list
		}
	}
	return nil
}

package logformat

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones below, wherever the tests run
)

// TestWallClock holds how stamps are read where a zone sets its clocks: in order where an hour is shown
// twice, and never as a date that does not exist.
func TestWallClock(t *testing.T) {
	for _, test := range []struct {
		zone   string
		year   int
		stamps []string
		want   []string
	}{
		{"Europe/Berlin", 2023, // clocks go back at 03:00 on October 29; the hour from 02:00 comes twice
			[]string{"Oct 29 01:59:59", "Oct 29 02:30:00", "Oct 29 02:59:58", "Oct 29 02:00:01", "Oct 29 02:00:00", "Oct 29 02:40:00", "Oct 29 03:00:00"},
			[]string{"2023-10-28T23:59:59Z", "2023-10-29T00:30:00Z", "2023-10-29T00:59:58Z", "2023-10-29T01:00:01Z", "2023-10-29T01:00:00Z", "2023-10-29T01:40:00Z", "2023-10-29T02:00:00Z"}},
		{"Europe/Berlin", 2023, // the same, newest first
			[]string{"Oct 29 04:00:00", "Oct 29 03:10:00", "Oct 29 02:50:00", "Oct 29 02:05:00", "Oct 29 02:55:00", "Oct 29 01:00:00"},
			[]string{"2023-10-29T03:00:00Z", "2023-10-29T02:10:00Z", "2023-10-29T01:50:00Z", "2023-10-29T01:05:00Z", "2023-10-29T00:55:00Z", "2023-10-28T23:00:00Z"}},
		{"America/New_York", 2023, // nothing before it: the first of the two
			[]string{"Nov  5 01:30:00"}, []string{"2023-11-05T05:30:00Z"}},
		{"Europe/Berlin", 2023, // clocks go forward at 02:00 on March 26
			[]string{"Mar 26 01:59:59", "Mar 26 02:30:00", "Mar 26 03:00:00"},
			[]string{"2023-03-26T00:59:59Z", "2023-03-26T01:30:00Z", "2023-03-26T01:00:00Z"}},
		{"America/Sao_Paulo", 2018, // the hour that is left out begins the day
			[]string{"Nov  3 23:59:59", "Nov  4 00:30:00", "Nov  4 01:00:00"},
			[]string{"2018-11-04T02:59:59Z", "2018-11-04T03:30:00Z", "2018-11-04T03:00:00Z"}},
		{"Asia/Kolkata", 2024, []string{"Feb 29 00:00:00"}, []string{"2024-02-28T18:30:00Z"}},
		{"Asia/Kolkata", 2023, []string{"Feb 29 00:00:00"}, []string{"does not exist"}},
		{"Europe/Berlin", 2023, []string{"Dec 31 23:59:59", "Jan  1 00:00:01"}, []string{"2023-12-31T22:59:59Z", "2023-12-31T23:00:01Z"}},
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		clock := NewClock(zone, test.year)
		for i, stamp := range test.stamps {
			month, day, hour, minute, second, _, ok := syslogStamp(stamp + " ")
			if !ok {
				t.Fatalf("%q is no stamp", stamp)
			}
			for range 2 { // a record may be read more than once
				got := "does not exist"
				if when, ok := clock.Yearless(month, day, hour, minute, second); ok {
					got = when.UTC().Format(time.RFC3339)
				}
				if got != test.want[i] {
					t.Errorf("%s, %s: %s, want %s", test.zone, stamp, got, test.want[i])
				}
			}
		}
	}
}

// TestNoOrder has stamps in no order, of which each pair looks like a new year: the year stays one that a time
// can have in every report.
func TestNoOrder(t *testing.T) {
	c := NewClock(nil, 2000)
	for i := range 20_000 {
		at, ok := c.Yearless(3+7*(i%2), 1, 12, 0, 0) // October, then March
		if !ok || at.Year() < 2000-mostYears || at.Year() > 2000+mostYears {
			t.Fatalf("stamp %d: %v, %v", i, at, ok)
		}
	}
	if s := c.Survey(); s.Last.Epoch != mostYears {
		t.Errorf("the last year is %d", s.Last.Epoch)
	}
}

// TestEndOfTime has stamps beyond the years that RFC 3339 can name; no report could be written of them.
func TestEndOfTime(t *testing.T) {
	c := NewClock(nil, 2000)
	if at, ok := c.Zoned(9999, 12, 31, 23, 59, 59, -12*3600); ok {
		t.Errorf("zoned: %v", at)
	}
	if at, ok := c.Dated(9999, 12, 31, 23, 59, 59); ok {
		t.Errorf("dated: %v", at)
	}
	for _, seconds := range []int64{1 << 50, -1 << 50} {
		if at, ok := c.Instant(time.Unix(seconds, 0)); ok || !at.IsZero() {
			t.Errorf("%d seconds: %v", seconds, at)
		}
	}
	if s := c.Survey(); s.Dated {
		t.Error("a time that is none was noted")
	}
}

// TestStatedYear holds when the year that a message states is that of its record: when both name one day.
func TestStatedYear(t *testing.T) {
	for _, test := range []struct {
		month, day, hour int
		stated           string
		want             string
	}{
		{10, 12, 10, "2014-10-12 10:00:16", "2014-10-12 10:00"},
		{10, 12, 10, "2014-10-11 23:00:16", "2014-10-12 10:00"}, // another zone
		{12, 31, 23, "2015-01-01 01:00:00", "2014-12-31 23:00"},
		{1, 1, 1, "2014-12-31 23:00:00", "2015-01-01 01:00"},
		{10, 12, 10, "2014-10-09 10:00:16", "2000-10-12 10:00"}, // what happened earlier
		{10, 12, 10, "9999-10-12 10:00:16", "2000-10-12 10:00"},
		{2, 29, 10, "2015-03-01 10:00:00", "2015-03-01 10:00"},
	} {
		clock := NewClock(time.UTC, 2000)
		at, _ := clock.Yearless(test.month, test.day, test.hour, 0, 0)
		wall, err := time.Parse(time.DateTime, test.stated)
		if err != nil {
			t.Fatal(err)
		}
		if got := clock.Stated(at, wall).Format("2006-01-02 15:04"); got != test.want {
			t.Errorf("%d-%d, stated %s: %s, want %s", test.month, test.day, test.stated, got, test.want)
		}
	}
	clock := NewClock(time.UTC, 2000)
	at, _ := clock.Dated(2013, 10, 12, 10, 0, 0)
	if got := clock.Stated(at, at.AddDate(1, 0, 0)); !got.Equal(at) {
		t.Errorf("a stamp with a year got another: %s", got)
	}
}

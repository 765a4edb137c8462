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

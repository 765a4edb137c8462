package incident

import (
	"testing"
	"time"

	"practicum/analysis"
)

// TestSuccessor finds what became of an incident: by its id, else by its sources and its time.
func TestSuccessor(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2000, time.March, day, 12, 0, 0, 0, time.UTC) }
	source := func(ips ...string) (list []analysis.Source) {
		for _, ip := range ips {
			list = append(list, analysis.Source{IP: ip, Name: "host-" + ip})
		}
		return list
	}
	now := []analysis.Incident{
		{ID: "a", Sources: source("192.0.2.1"), First: at(1), Last: at(2)},
		{ID: "b", Sources: source("192.0.2.1", "192.0.2.2"), First: at(5), Last: at(9)},
		{ID: "c", Sources: source("192.0.2.3"), First: at(1), Last: at(20)},
	}
	for _, c := range []struct {
		name string
		ref  Ref
		want int
	}{
		{"the same id", Ref{ID: "c", Sources: []string{"192.0.2.1"}, First: at(1), Last: at(2)}, 2},
		{"extended: the first detect is earlier now", Ref{ID: "x", Sources: []string{"192.0.2.1"}, First: at(2), Last: at(3)}, 0},
		{"joined: more sources, a longer time", Ref{ID: "x", Sources: []string{"192.0.2.2"}, First: at(7), Last: at(8)}, 1},
		{"the one that shares more sources", Ref{ID: "x", Sources: []string{"192.0.2.1", "192.0.2.2"}, First: at(1), Last: at(8)}, 1},
		{"known by name", Ref{ID: "x", Sources: []string{"HOST-192.0.2.3"}, First: at(3), Last: at(3)}, 2},
		{"the same source at another time", Ref{ID: "x", Sources: []string{"192.0.2.1"}, First: at(3), Last: at(4)}, -1},
		{"the same but for the year, which is not in the log", Ref{ID: "x", Sources: []string{"192.0.2.2"}, First: at(5).AddDate(26, 0, 0), Last: at(9).AddDate(26, 0, 0)}, 1},
		{"another year and another day", Ref{ID: "x", Sources: []string{"192.0.2.2"}, First: at(6).AddDate(26, 0, 0), Last: at(9).AddDate(26, 0, 0)}, -1},
		{"another year and elsewhere", Ref{ID: "x", Sources: []string{"192.0.2.9"}, First: at(5).AddDate(26, 0, 0), Last: at(9).AddDate(26, 0, 0)}, -1},
		{"the same time from elsewhere", Ref{ID: "x", Sources: []string{"192.0.2.9"}, First: at(1), Last: at(9)}, -1},
		{"nothing is known of it", Ref{ID: "x"}, -1},
	} {
		if got := Successor(c.ref, len(now), func(i int) *analysis.Incident { return &now[i] }); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

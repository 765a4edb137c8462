package observation

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"practicum/analysis"
)

// TestPeriods holds that a period does not depend on the order in which attempts are listed or on what was looked for before in the same
// memory, and stays as it was when the memory is used again.
func TestPeriods(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	begin := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	type result struct {
		period
		ok bool
	}
	var p periods
	var got, want []result
	found := 0
	for range 300 {
		var list []analysis.Attempt
		gap := time.Duration(30+r.IntN(900)) * time.Second
		for i := range 3 + r.IntN(8) { // what a program repeats
			list = append(list, analysis.Attempt{Source: "192.0.2.1", Proto: "tcp", Port: 12345, Start: begin.Add(time.Duration(i) * gap)})
		}
		for range r.IntN(30) { // and what it does not
			list = append(list, analysis.Attempt{Source: "192.0.2.2", Proto: "udp", Port: 1 + r.IntN(60_000), Start: begin.Add(time.Duration(r.IntN(1e6)) * time.Second)})
		}
		best, ok := periodOf(list)
		want = append(want, result{best, ok})
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		best, ok = p.of(list)
		got = append(got, result{best, ok})
		if ok {
			found++
		}
	}
	if found < 100 {
		t.Errorf("only %d periods are found", found)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("found %+v, want %+v", got[i], want[i])
		}
	}
}

// TestDaemonsLines holds that the first and the last record of a daemon's process keep their lines, of which there may be several.
func TestDaemonsLines(t *testing.T) {
	x := NewIndex()
	begin := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	facts := &analysis.Facts{Host: "gate", Program: "portsentry", Proto: "tcp"}
	single, several := []analysis.LineRange{{First: 9, Last: 9}}, []analysis.LineRange{{First: 3, Last: 3}, {First: 5, Last: 6}}
	for i, e := range []analysis.EventRef{
		{Facts: facts, Time: begin.Add(time.Hour), Line: 9, Lines: single, PID: 322},
		{Facts: facts, Time: begin, Line: 3, Lines: several, PID: 322},
		{Facts: facts, Time: begin.Add(2 * time.Hour), Line: 12, Lines: []analysis.LineRange{{First: 12, Last: 12}}, PID: 325},
	} {
		x.Add(&analysis.Incident{Place: i, First: e.Time, Last: e.Time, Events: []analysis.EventRef{e}})
	}
	x.close(nil)
	want := []instance{
		{322, place{begin, 0, 3, several}, place{begin.Add(time.Hour), 0, 9, single}, 0, 1},
		{325, place{begin.Add(2 * time.Hour), 0, 12, []analysis.LineRange{{First: 12, Last: 12}}}, place{begin.Add(2 * time.Hour), 0, 12, []analysis.LineRange{{First: 12, Last: 12}}}, 2, 2},
	}
	if got := x.daemons[daemon{"gate", "portsentry", "tcp"}]; !reflect.DeepEqual(got, want) {
		t.Errorf("the processes are %+v, want %+v", got, want)
	}
}

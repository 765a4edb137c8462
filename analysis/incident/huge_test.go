package incident

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"practicum/analysis"
)

// TestHuge makes a campaign of so many records that several goroutines make its events: they are those that Result.Events goes
// through, its attempts are the earliest ones of all, and it is the same from a Maker that made others before and after.
func TestHuge(t *testing.T) {
	const sources, each = 20, 4000
	b := NewBuilder(uncommon)
	n := int64(0)
	for i := range each {
		for s := range sources {
			// Every other source tells of what it did backwards.
			after := time.Duration(i*sources+s) * time.Second
			if s%2 == 1 {
				after = time.Duration((each-i)*sources+s) * time.Second
			}
			e := packet(fmt.Sprintf("192.0.2.%d", s), 31337, after, n)
			e.Source.Port = uint16(1024 + i)
			if n++; n%1000 == 0 { // a record of two lines
				e.Lines = []analysis.LineRange{{First: int(n), Last: int(n)}, {First: int(n) + 1_000_000, Last: int(n) + 1_000_000}}
			}
			b.Add(e, "trojan-port", 0)
		}
	}
	for i := range 3 {
		e := packet("198.51.100.1", 80, time.Duration(i)*48*time.Hour, n)
		n++
		b.Add(e, "probe", 0)
	}
	r := b.Finish(rules(func([]analysis.EventRef, []uint64) []string { return nil }), func(int) string { return "log" }, nil)
	huge := 0
	for i := range r.Len() {
		if r.Kept(i) > r.Kept(huge) {
			huge = i
		}
	}
	if r.Kept(huge) != sources*each || r.Kept(huge) < shared {
		t.Fatalf("%d records are kept of the largest incident, want all %d, and %d or more", r.Kept(huge), sources*each, shared)
	}
	in := r.Incident(huge)
	at := 0
	for e := range r.Events(huge) {
		if got := in.Events[at]; !reflect.DeepEqual(&got, e) {
			t.Fatalf("event %d is %+v, want %+v", at, got, *e)
		}
		at++
	}
	if at != len(in.Events) || in.Attempts != at {
		t.Errorf("%d events and %d attempts, want %d", len(in.Events), in.Attempts, at)
	}
	var starts []time.Time
	for i := range in.Events {
		starts = append(starts, in.Events[i].Time)
	}
	slices.SortFunc(starts, time.Time.Compare)
	if len(in.AttemptList) != maxAttemptList {
		t.Fatalf("%d attempts are listed, want %d", len(in.AttemptList), maxAttemptList)
	}
	for i, a := range in.AttemptList {
		if !a.Start.Equal(starts[i]) || a.SourcePort == 0 || a.Packets != 1 {
			t.Fatalf("attempt %d is %+v, want one that begins at %v", i, a, starts[i])
		}
	}
	m := r.Maker()
	for i := range r.Len() {
		m.Incident(i)
		if own := m.Own(huge); !reflect.DeepEqual(own, in) {
			t.Fatalf("after incident %d the largest one is another", i)
		}
	}
}

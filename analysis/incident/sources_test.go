package incident

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

// TestSources gives a Builder more sources than it may tell apart, in several orders: the same ones stay, what they did is
// whole, and the others are counted.
func TestSources(t *testing.T) {
	const sources, each = 1000, 3
	var events []*analysis.Event
	for i := range sources * each {
		source := i % sources
		events = append(events, packet(fmt.Sprintf("198.18.%d.%d", source/250, source%250), 23, time.Duration(i)*time.Second, int64(i)))
	}
	want := ""
	for order := range uint64(4) {
		r := rand.New(rand.NewPCG(order, 1))
		if order > 0 {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		}
		b := NewBuilder(Options{Sources: 100})
		for _, e := range events {
			b.Add(e, "unused-port-probe", 0)
		}
		kept, records := b.sources.len(), b.beyond.records
		if kept > 100 || kept < 25 {
			t.Errorf("%d sources were kept", kept)
		}
		if records != (sources-kept)*each || b.beyond.lines != records {
			t.Errorf("%d records on %d lines of %d other sources", records, b.beyond.lines, sources-kept)
		}
		result := b.Finish(rules(func([]analysis.EventRef, []uint64) []string { return nil }), func(int) string { return "log" }, nil)
		var ids []string
		for i := range result.Len() {
			in := result.Incident(i)
			if in.Records != each {
				t.Errorf("an incident of %d records", in.Records)
			}
			ids = append(ids, in.ID)
		}
		slices.Sort(ids)
		got := strings.Join(ids, " ") + strings.Join(result.Limits, "; ")
		if want == "" {
			want = got
		}
		if got != want || len(result.Limits) != 1 {
			t.Errorf("order %d: got\n%s\nwant\n%s", order, got, want)
		}
	}
}

package incident

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
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

// TestSourceTable holds that a sourceTable finds what a map finds, whatever was put in and taken out.
func TestSourceTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	table, want := newSourceTable(), map[sourceKey]*sourceSpans{}
	key := func() sourceKey {
		switch n := r.IntN(3000); n % 8 {
		case 0:
			return sourceKey{ip: netip.AddrFrom16([16]byte{0x20, 1, 14: byte(n >> 8), 15: byte(n)})}
		case 1:
			return sourceKey{name: string(rune('a' + n%26)), host: "web"}
		default:
			return sourceKey{ip: address(uint32(n) << 20)} // many differ in their high bits alone
		}
	}
	for range 200_000 {
		k := key()
		switch got := table.of(k); {
		case got != want[k]:
			t.Fatalf("%v is found as %p, want %p", k, got, want[k])
		case got == nil:
			src := &sourceSpans{}
			table.put(k, src)
			want[k] = src
		case r.IntN(3) == 0:
			table.remove(k)
			delete(want, k)
		}
		if table.len() != len(want) {
			t.Fatalf("%d sources, want %d", table.len(), len(want))
		}
	}
	for k, src := range table.all {
		if want[k] != src {
			t.Fatalf("%v is given with %p, want %p", k, src, want[k])
		}
		delete(want, k)
		table.remove(k)
	}
	if len(want) > 0 || table.len() > 0 {
		t.Errorf("%d sources were not given, and %d are left", len(want), table.len())
	}
}

// TestPlaceTable holds that a placeTable finds what a map finds, and asks about nothing else where hashes differ.
func TestPlaceTable(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var table placeTable
	var list []int
	want := map[int]uint32{}
	hash := func(v int) uint32 { return uint32(spread(uint64(v/3)) >> 32) } // of three things, the same
	for range 100_000 {
		v := r.IntN(30_000)
		got, known := table.find(hash(v), func(place uint32) bool {
			if hash(list[place]) != hash(v) {
				t.Fatalf("%d is compared with %d", v, list[place])
			}
			return list[place] == v
		})
		if place, is := want[v]; known != is || got != place {
			t.Fatalf("%d is found at %d (%v), want %d (%v)", v, got, known, place, is)
		}
		if !known {
			want[v] = uint32(len(list))
			table.add(hash(v), want[v])
			list = append(list, v)
		}
	}
}

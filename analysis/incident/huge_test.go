package incident

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
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

// TestPrunedSideBySide makes incidents of several sources with more records each than are kept, on one and on several goroutines. The race
// detector tells whether these share what they count.
func TestPrunedSideBySide(t *testing.T) {
	incidents := func(workers int) []analysis.Incident {
		b := NewBuilder(Options{Workers: workers})
		for i := range 1200 { // workers take 256 sources at a time
			n := 1
			if i%300 == 0 {
				n = firstPruned + 1000
			}
			for j := range n {
				b.Add(packet(fmt.Sprintf("198.18.%d.%d", i/250, i%250), 23, time.Duration(j)*time.Second, int64(i*10000+j)), "unused-port-probe", 0)
			}
		}
		return finish(b)
	}
	if one, four := incidents(1), incidents(4); len(one) == 0 || !reflect.DeepEqual(one, four) {
		t.Errorf("%d incidents on one goroutine, %d on four, or others", len(one), len(four))
	}
}

// TestUnorderedContext adds what a source did that was no detect in the order of time and in another one.
func TestUnorderedContext(t *testing.T) {
	const records = 3*maxLoose + 100
	incidents := func(order []int) []analysis.Incident {
		b := NewBuilder(Options{})
		for _, i := range order {
			kind := ""
			if i%1000 == 0 {
				kind = "probe"
			}
			// Some stand alone, some bridge others.
			b.Add(packet("192.0.2.1", 80, time.Duration(i)*nearby*2/3+time.Duration(i%7)*nearby, int64(i)), kind, 0)
		}
		return finish(b)
	}
	order := make([]int, records)
	for i := range order {
		order[i] = i
	}
	want := incidents(order)
	rand.New(rand.NewPCG(9, 9)).Shuffle(records, func(i, j int) { order[i], order[j] = order[j], order[i] })
	if got := incidents(order); len(want) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d incidents in another order, want the %d in order", len(got), len(want))
	}
}

// TestRoomIsKept holds that joining spans uses the memory again that they had and that it unpacks into.
func TestRoomIsKept(t *testing.T) {
	b := NewBuilder(Options{})
	record := func(i int) *kept { return &kept{at: int64(i) * second, line: int32(i)} }
	join := func() {
		one, other := b.span(record(1), 1), b.span(record(2), 1)
		for i := range 100 {
			b.add(other, record(3+i), 1)
		}
		b.absorb(one, other)
		b.drop(one)
	}
	join()
	if n := testing.AllocsPerRun(1000, join); n > 0 {
		t.Errorf("joining two spans takes new memory %v times", n)
	}
}

// TestManyConnections adds records that stand for so many connections each that their number takes more than 32 bits.
func TestManyConnections(t *testing.T) {
	b := NewBuilder(Options{})
	for i := range 3 {
		e := packet("192.0.2.1", 1080, time.Duration(i)*time.Second, int64(i))
		e.Tries, e.Count = analysis.TriesConnection, 1<<30-1
		b.Add(e, "probe", 0)
	}
	description, records := b.State()
	if in := finish(b); len(in) != 1 || in[0].Attempts != 3*(1<<30-1) {
		t.Errorf("%+v: want one incident of 3,221,225,469 attempts", in)
	}
	again, err := DecodeState(description, records, 1, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in := finish(again); len(in) != 1 || in[0].Attempts != 3*(1<<30-1) {
		t.Errorf("read back: %+v: want one incident of 3,221,225,469 attempts", in)
	}
}

// TestDistinct holds that of many values those stay whose hashes are the smallest, in whatever order they come, once or more often, in one
// set or in two that are put together.
func TestDistinct(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	const n = 5*maxDistinct + 77
	var names []string
	var ports []analysis.Service
	for i := range n {
		names = append(names, fmt.Sprint("name", i))
		ports = append(ports, analysis.Service{Port: i % 30_000, Proto: []string{"tcp", "udp"}[i/30_000%2], Name: fmt.Sprint("s", i%7)})
	}
	smallest := slices.SortedFunc(slices.Values(names), func(a, b string) int { return cmp.Compare(hashText(a), hashText(b)) })[:maxDistinct]
	slices.Sort(smallest)
	var lists [][]analysis.Service
	for range 4 {
		sets := [2]*distinct{newDistinct(), newDistinct()}
		for range 2 {
			for _, i := range r.Perm(n) {
				d := sets[r.IntN(2)]
				d.value(fieldUser, names[i])
				d.service(ports[i])
			}
		}
		all := sets[0].union(sets[1])
		all.trim()
		if got := slices.Sorted(maps.Keys(all.values[fieldUser])); !all.full || !slices.Equal(got, smallest) {
			t.Fatalf("%d names are kept, full: %v; want the %d with the smallest hashes", len(got), all.full, len(smallest))
		}
		lists = append(lists, slices.SortedFunc(maps.Keys(all.services), compareServices))
		if len(lists[0]) != maxDistinct || !slices.Equal(lists[0], lists[len(lists)-1]) {
			t.Fatalf("%d services are kept, and not always the same ones", len(lists[len(lists)-1]))
		}
	}
}

// TestSortRecords compares the order of records that are sorted in parts with that of records which are sorted at once.
func TestSortRecords(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, n := range []int{shared - 1, shared, 3*shared + 1} {
		room, list := make([]kept, n), make([]recordOf, n)
		for i := range list {
			room[i] = kept{at: r.Int64N(int64(n / 8)), input: int32(r.IntN(2)), line: int32(r.IntN(4))}
			list[i] = recordOf{kept: &room[i], time: room[i].at, place: int32(i)}
		}
		want := slices.Clone(list)
		slices.SortFunc(want, compareRecords)
		if sortRecords(list, nil); !slices.Equal(list, want) {
			t.Errorf("%d records are in another order", n)
		}
	}
}

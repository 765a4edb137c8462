package incident

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"practicum/analysis"
)

// logged is a log of one host: detects, context, names and accounts without an address, some records of several lines, and one
// source with more records than are kept.
func logged(n int) []*analysis.Event {
	r := rand.New(rand.NewPCG(7, 7))
	var events []*analysis.Event
	line := 0
	add := func(e *analysis.Event) {
		line++
		e.Lines = []analysis.LineRange{{First: line, Last: line}}
		if r.IntN(20) == 0 {
			line += 2
			e.Lines[0].Last = line
		}
		e.Source.Port = uint16(line) // no two are alike: such would be copies
		events = append(events, e)
	}
	for i := range n {
		at := time.Duration(r.IntN(40*24)) * time.Hour
		e := packet(fmt.Sprintf("192.0.2.%d", r.IntN(60)), 1+r.IntN(80), at, 0)
		switch r.IntN(8) {
		case 0: // a log-in that says nothing adverse
			e.Format, e.Program, e.PID, e.User, e.Context = "sshd", "sshd", 1+r.IntN(9000), fmt.Sprintf("user%d", r.IntN(30)), true
			e.Session, e.Action, e.Tries = analysis.SessionOf(e.Host, e.PID), analysis.ActionAllowed, analysis.TriesSession
		case 1:
			e.Source.Name = fmt.Sprintf("host%d.example.net", r.IntN(20))
		case 2:
			e.Source = analysis.Endpoint{Name: fmt.Sprintf("host%d.example.net", r.IntN(20))}
		case 3:
			e.Source, e.User, e.Session = analysis.Endpoint{}, "anna", uint64(r.IntN(5))
		case 4:
			e.Source.IP, e.Time = netip.MustParseAddr("198.51.100.9"), start.Add(time.Duration(i)*time.Millisecond)
		}
		add(e)
	}
	for i := range 3 * maxRefs {
		e := packet("198.51.100.1", 1+i%(3*maxDistinct), time.Duration(i)*time.Second, 0)
		e.User = fmt.Sprint("u", i%7000)
		add(e)
	}
	return events
}

func addTo(b *Builder, events []*analysis.Event) *Builder {
	for _, e := range events {
		kind := "firewall-deny"
		if e.Context {
			kind = ""
		}
		b.Add(e, kind, 0)
	}
	return b
}

// saved is a Builder that was written and read again.
func saved(t *testing.T, b *Builder, inputs int, o Options) *Builder {
	t.Helper()
	description, records := b.State()
	back, err := DecodeState(description, records, inputs, o)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestMerge holds that records that were dealt to several Builders, and those merged in any order and grouping, saved in between or not, make
// the same incidents as all of them at once.
func TestMerge(t *testing.T) {
	for _, o := range []Options{{}, {Sources: 20}} {
		events := logged(1500)
		whole := finish(addTo(NewBuilder(o), events))
		for seed := range uint64(2) {
			r := rand.New(rand.NewPCG(seed, 1))
			dealt := make([][]*analysis.Event, 3)
			for _, e := range events {
				i := r.IntN(3)
				dealt[i] = append(dealt[i], e)
			}
			part := func(i int) *Builder { return saved(t, addTo(NewBuilder(o), dealt[i]), 1, o) }
			merged := func(list ...*Builder) *Builder {
				all := NewBuilder(o)
				for _, b := range list {
					all.Merge(b, []int{0}, func(int) {})
				}
				return all
			}
			for name, b := range map[string]*Builder{
				"(0 1) 2":       merged(merged(part(0), part(1)), part(2)),
				"0 (1 2)":       merged(part(0), merged(part(1), part(2))),
				"2 1 0":         merged(part(2), part(1), part(0)),
				"saved (2 0) 1": merged(saved(t, merged(part(2), part(0)), 1, o), part(1)),
				"nothing":       merged(NewBuilder(o), part(0), NewBuilder(o), part(1), part(2)),
			} {
				if got := finish(b); !reflect.DeepEqual(got, whole) {
					for i := range min(len(got), len(whole)) {
						if !reflect.DeepEqual(got[i], whole[i]) {
							t.Errorf("incident %d of %v: %d records, %d attempts, %d services\nat once, of %v: %d, %d, %d", i, got[i].Sources, got[i].Records, got[i].Attempts, len(got[i].Services), whole[i].Sources, whole[i].Records, whole[i].Attempts, len(whole[i].Services))
							break
						}
					}
					t.Fatalf("%d sources at most, seed %d: %s makes other incidents than all at once (%d and %d)", o.Sources, seed, name, len(got), len(whole))
				}
			}
		}
	}
}

// TestMergeInputs holds that the inputs of a merged Builder get the ranks that they are given.
func TestMergeInputs(t *testing.T) {
	one, other := packet("192.0.2.1", 23, 0, 1), packet("192.0.2.1", 23, time.Second, 1)
	other.Input = 1
	all := NewBuilder(Options{})
	all.Merge(addTo(NewBuilder(Options{}), []*analysis.Event{one, other}), []int{3, 5}, func(int) {})
	in := finish(all)[0]
	if want := map[int]int{3: 1, 5: 1}; !reflect.DeepEqual(in.InputLines, want) || in.Evidence[0].File != "log-3" || in.Evidence[1].File != "log-5" {
		t.Errorf("lines %v, evidence %v, want lines %v", in.InputLines, in.Evidence, want)
	}
}

// TestTidy holds that texts which no record shares any more are let go of, and that what is kept stays what it was.
func TestTidy(t *testing.T) {
	b := NewBuilder(Options{})
	const n = 3 * maxShared
	for i := range n {
		e := packet("192.0.2.1", 22, time.Duration(i)*time.Second, int64(i))
		e.PID, e.User = 1+i%30_000, fmt.Sprint("user", i)
		e.Session = analysis.SessionOf(e.Host, e.PID)
		b.Add(e, "ssh-guessing", 0)
	}
	if size := b.size(); size > 2*maxShared {
		t.Errorf("%d texts of %d are kept, and %d records", size, n, maxRefs)
	}
	in := finish(b)[0]
	for _, e := range in.Events {
		i := e.Line - 1
		if e.User != fmt.Sprint("user", i) || e.PID != 1+i%30_000 || e.Session != shortened(analysis.SessionOf(e.Host, e.PID)) {
			t.Fatalf("line %d is of %s, process %d, session %d", e.Line, e.User, e.PID, e.Session)
		}
	}
}

// FuzzDecodeState holds that damaged bytes are an error or a state that incidents can be made of, and never a panic.
func FuzzDecodeState(f *testing.F) {
	f.Add([]byte{}, []byte{}, 0, byte(0))
	description, records := addTo(NewBuilder(Options{}), logged(60)[:60]).State()
	f.Add(description, records, 0, byte(0))
	for at := 0; at < len(description)+len(records); at += 97 {
		f.Add(description, records, at, byte(0xff))
		f.Add(description[:min(at, len(description))], records[:max(at-len(description), 0)], 0, byte(0))
	}
	f.Fuzz(func(t *testing.T, description, records []byte, at int, flip byte) {
		data := slices.Concat(description, records)
		if len(data) > 0 {
			data[max(at, -at-1, 0)%len(data)] ^= flip
		}
		b, err := DecodeState(data[:len(description)], data[len(description):], 1, Options{})
		if err != nil {
			return
		}
		finish(b)
	})
}

// TestDecodeTwice holds that a state is refused in which one text or one combination of facts has two places.
func TestDecodeTwice(t *testing.T) {
	for _, test := range []struct {
		name  string
		twice func(*tables)
	}{
		{"once", func(*tables) {}},
		{"text", func(t *tables) { t.texts = append(t.texts, t.texts[len(t.texts)-1]) }},
		{"facts", func(t *tables) { t.facts = append(t.facts, t.facts[len(t.facts)-1]) }},
	} {
		shared := newTables()
		shared.factsOf(packet("192.0.2.1", 31337, 0, 0), "probe", 0)
		test.twice(shared)
		var e encoder
		e.tables(shared, nil)
		d := decoder{data: e.out}
		d.tables(newTables(), newReader(newWriter().finish()))
		if refused := d.err != nil; refused != (test.name != "once") {
			t.Errorf("%s: error %v", test.name, d.err)
		}
	}
}

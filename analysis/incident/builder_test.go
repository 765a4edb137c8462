package incident

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// packet is a blocked packet; every test event has an offset of its own, so that order is decided.
// rules are rules that a function makes up.
type rules func([]analysis.EventRef, []uint64) []string

func (r rules) Reached(records []analysis.EventRef, candidates []uint64) []string {
	return r(records, candidates)
}

func (r rules) Possible([]uint64, []int64, []int32, func(int) analysis.EventRef) uint64 {
	return ^uint64(0)
}

func packet(source string, port int, after time.Duration, offset int64) *analysis.Event {
	return &analysis.Event{
		Offset: offset, Lines: []analysis.LineRange{{First: int(offset) + 1, Last: int(offset) + 1}}, Format: "norton",
		Time: start.Add(after), Host: "gate", Proto: "tcp", Action: analysis.ActionBlocked,
		Source: analysis.Endpoint{IP: netip.MustParseAddr(source)}, Target: analysis.Endpoint{Port: uint16(port)},
		Service: fmt.Sprint(port), Tries: analysis.TriesPacket, Handshake: analysis.HandshakeNone,
	}
}

func finish(b *Builder) []analysis.Incident {
	none := func([]analysis.EventRef, []uint64) []string { return nil }
	r := b.Finish(rules(none), func(i int) string { return fmt.Sprintf("log-%d", i) }, nil)
	var list []analysis.Incident
	for i := range r.Len() {
		list = append(list, r.Incident(i))
	}
	return list
}

// sources lists the incidents by their sources, which is how incidents are compared.
func sources(list []analysis.Incident) string {
	var all []string
	for _, in := range list {
		var one []string
		for _, s := range in.Sources {
			one = append(one, strings.TrimSpace(s.Name+" "+s.IP))
		}
		all = append(all, strings.TrimSpace(strings.Join(one, ",")))
	}
	return strings.Join(all, " | ")
}

var uncommon = Options{Signatures: Signatures{Port: func(_ string, port int) bool { return port > 1024 }}}

const (
	hour = time.Hour
	days = 24 * time.Hour
)

func TestGrouping(t *testing.T) {
	const a, b = "192.0.2.1", "192.0.2.2"
	tests := []struct {
		name   string
		events []*analysis.Event
		want   string
	}{
		{"silence of exactly the gap joins", []*analysis.Event{packet(a, 23, 0, 1), packet(a, 21, 24*hour, 2)}, a},
		{"a second more parts", []*analysis.Event{packet(a, 23, 0, 1), packet(a, 21, 24*hour+time.Second, 2)}, a + " | " + a},
		{"a record in the middle bridges", []*analysis.Event{packet(a, 23, 0, 1), packet(a, 21, 40*hour, 2), packet(a, 21, 20*hour, 3)}, a},
		{"a common port does not join sources", []*analysis.Event{packet(a, 23, 0, 1), packet(b, 23, hour, 2)}, a + " | " + b},
		{"an uncommon port does", []*analysis.Event{packet(a, 13223, 0, 1), packet(b, 13223, hour, 2)}, a + "," + b},
		{"thirty days apart still", []*analysis.Event{packet(a, 13223, 0, 1), packet(b, 13223, 30*days, 2)}, a + "," + b},
		{"a second more no longer", []*analysis.Event{packet(a, 13223, 0, 1), packet(b, 13223, 30*days+time.Second, 2)}, a + " | " + b},
		{"the same source alone is not a campaign", []*analysis.Event{packet(a, 13223, 0, 1), packet(a, 13223, 5*days, 2)}, a + " | " + a},
		{"but another source joins both of its groups", []*analysis.Event{packet(a, 13223, 0, 1), packet(a, 13223, 5*days, 2), packet(b, 13223, 6*days, 3)}, a + "," + b},
		{"a sweep carries no port signature", []*analysis.Event{packet(a, 5001, 0, 1), packet(a, 5002, 1, 2), packet(a, 5003, 2, 3), packet(a, 5004, 3, 4), packet(b, 5001, hour, 5)}, a + " | " + b},
		{"three ports still do", []*analysis.Event{packet(a, 5001, 0, 1), packet(a, 5002, 1, 2), packet(a, 5003, 2, 3), packet(b, 5001, hour, 4)}, a + "," + b},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := NewBuilder(uncommon)
			for _, e := range test.events {
				b.Add(e, "unused-port-probe", 0)
			}
			if got := sources(finish(b)); got != test.want {
				t.Errorf("incidents of %s, want %s", got, test.want)
			}
		})
	}
}

func TestNameJoinsAddress(t *testing.T) {
	byName := packet("192.0.2.1", 21, 0, 1)
	byName.Source = analysis.Endpoint{Name: "Scanner.example.net"}
	stated := packet("192.0.2.1", 143, hour, 2)
	stated.Source.Name = "scanner.example.net"
	for _, test := range []struct {
		name  string
		after time.Duration
		host  string
		want  string
	}{
		{"stated within the gap by the same host", 24 * hour, "gate", "scanner.example.net 192.0.2.1"},
		{"stated too late", 24*hour + time.Second, "gate", "Scanner.example.net | scanner.example.net 192.0.2.1"},
		{"stated by another host", hour, "other", "Scanner.example.net | scanner.example.net 192.0.2.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stated.Time, stated.Host = start.Add(test.after), test.host
			b := NewBuilder(Options{})
			b.Add(byName, "ftp-login-failed", 0)
			b.Add(stated, "banner-grab", 0)
			if got := sources(finish(b)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestContext holds that context makes no incident, belongs to the one of its source that is near,
// and is counted only there.
func TestContext(t *testing.T) {
	b := NewBuilder(Options{})
	b.Add(packet("192.0.2.1", 23, 0, 1), "firewall-deny", 0)
	b.Add(packet("192.0.2.1", 23, 10*time.Minute, 2), "", 0)
	b.Add(packet("192.0.2.1", 23, 3*hour, 3), "", 0)
	b.Add(packet("192.0.2.9", 23, 0, 4), "", 0)
	list := finish(b)
	if len(list) != 1 || list[0].Records != 2 || list[0].Lines != 2 {
		t.Errorf("incidents %s with %d records, want one of 192.0.2.1 with the record ten minutes off as context", sources(list), list[0].Records)
	}
}

func TestIDOutlivesNewRecords(t *testing.T) {
	build := func(events ...*analysis.Event) analysis.Incident {
		b := NewBuilder(uncommon)
		for _, e := range events {
			b.Add(e, "unused-port-probe", 0)
		}
		return finish(b)[0]
	}
	first := packet("192.0.2.1", 13223, 0, 1)
	id := build(first).ID
	if later := build(first, packet("192.0.2.1", 13223, hour, 2), packet("192.0.2.2", 13223, 2*hour, 3)).ID; later != id {
		t.Errorf("id %s became %s when records followed and a source joined", id, later)
	}
}

// TestOrderDoesNotMatter adds the same events in many orders.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var events []*analysis.Event
	var kinds []string
	for i := range 400 {
		e := packet(fmt.Sprintf("192.0.2.%d", r.IntN(6)), 4000+r.IntN(5), time.Duration(r.IntN(90*86400))*time.Second, int64(i))
		kind := "unused-port-probe"
		switch r.IntN(5) {
		case 0:
			e.Source = analysis.Endpoint{Name: fmt.Sprintf("n%d.example.net", r.IntN(4))}
		case 1:
			e.Source.Name = fmt.Sprintf("n%d.example.net", r.IntN(4))
		case 2:
			kind = ""
		}
		events, kinds = append(events, e), append(kinds, kind)
	}
	var want []analysis.Incident
	for try := range 20 {
		b := NewBuilder(uncommon)
		for _, i := range r.Perm(len(events)) {
			b.Add(events[i], kinds[i], 0)
		}
		got := finish(b)
		if try == 0 {
			want = got
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("order %d gives other incidents:\n%s\n%s", try, sources(got), sources(want))
		}
	}
}

// TestManyRecords goes past what a span keeps: counts stay exact, and what is a lower bound says so.
func TestManyRecords(t *testing.T) {
	const n = 3 * maxRefs
	b := NewBuilder(Options{})
	for i := range n {
		b.Add(packet("192.0.2.1", 1+i%50, time.Duration(i)*time.Second, int64(2*i)), "firewall-deny", 0)
	}
	in := finish(b)[0]
	if in.Records != n || in.Lines != n {
		t.Errorf("%d records on %d lines, want %d", in.Records, in.Lines, n)
	}
	if !in.AttemptsAtLeast || !in.EvidenceCapped {
		t.Errorf("AttemptsAtLeast %v, EvidenceCapped %v: a sample must say that it is one", in.AttemptsAtLeast, in.EvidenceCapped)
	}
	if len(in.Services) != 50 {
		t.Errorf("%d services, want all 50", len(in.Services))
	}
	if len(in.Evidence) > maxEvidence {
		t.Errorf("%d ranges of evidence", len(in.Evidence))
	}
}

// TestManyInAnyOrder holds that which records stand for a span that keeps not all of them, and which ports for one that
// has too many, does not depend on the order in which they came.
func TestManyInAnyOrder(t *testing.T) {
	const n = 5 * maxRefs
	made := func(order []int) analysis.Incident {
		b := NewBuilder(Options{})
		for _, i := range order {
			b.Add(packet("192.0.2.1", 1+i%(2*maxDistinct), time.Duration(i)*time.Second, int64(2*i)), "firewall-deny", 0)
		}
		return finish(b)[0]
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	want := made(order)
	r := rand.New(rand.NewPCG(1, 1))
	for range 3 {
		r.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		if got := made(order); !reflect.DeepEqual(got, want) {
			t.Fatalf("shuffled, %d services, %d ranges of evidence, %d attempts; in order, %d, %d and %d", len(got.Services), len(got.Evidence), got.Attempts, len(want.Services), len(want.Evidence), want.Attempts)
		}
	}
}

package incident

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"practicum/analysis"
)

// TestFlows holds that the packets of one span are told apart by target, host, protocol, port and source port, and by nothing else, in the
// order in which they came, also where a span of more or fewer packets used the memory before.
func TestFlows(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	b := NewBuilder(Options{})
	var places []uint32
	for i := range 12 {
		places = append(places, b.factsWith(factKey{
			format: "netfilter", kind: fmt.Sprint("kind", i/4), host: fmt.Sprint("host", i%2), proto: []string{"tcp", "udp"}[i/2%2],
			ip: netip.AddrFrom4([4]byte{192, 0, 2, byte(i % 3)}), count: 1,
		}))
	}
	m := Maker{memory: newMemory(b.tables, b.chunks), next: make([]int32, 3000)}
	for range 60 {
		type key struct {
			target       analysis.Target
			host, proto  string
			port, source uint16
		}
		list, of := make([]kept, 2+r.IntN(1+r.IntN(2998))), map[key][]int32{}
		var order []key
		m.flows.Reset(len(list))
		m.packets = m.packets[:0]
		different := 1 + r.IntN(400)
		for i := range list {
			k := &list[i]
			k.facts, k.port, k.srcPort = places[r.IntN(len(places))], uint16(r.IntN(different)), uint16(r.IntN(different))
			facts := &m.facts[k.facts]
			at := key{facts.Target, facts.Host, facts.Proto, k.port, k.srcPort}
			f := m.flowOf(k)
			known := m.flows.Has(uint64(f))
			if _, want := of[at]; known != want {
				t.Fatalf("%+v is held to be known: %v", at, known)
			} else if !want {
				order = append(order, at)
			}
			of[at] = append(of[at], int32(i))
			m.packet(f, int32(i))
		}
		if len(m.packets) != len(order) {
			t.Fatalf("%d flows of %d packets, want %d", len(m.packets), len(list), len(order))
		}
		for i, p := range m.packets {
			got := []int32{p.first}
			for len(got) < int(p.n) {
				got = append(got, m.next[got[len(got)-1]])
			}
			if want := of[order[i]]; !slices.Equal(got, want) || p.last != want[len(want)-1] {
				t.Fatalf("the packets of %+v are %v up to %d, want %v", order[i], got, p.last, want)
			}
		}
	}
}

package incident

import (
	"hash/maphash"
	"math/bits"

	"practicum/analysis"
)

// flow is what packets of one attempt have in common: the number of what their facts say of it, the port and the source port.
type flow uint64

// flowFacts is what the facts of a packet say of its flow.
type flowFacts struct {
	target      analysis.Target
	host, proto string
}

// flows finds the packets of flows. A span has up to thousands of them, so the table has no pointers, and room for as many flows as there
// are packets from the begin.
type flows struct {
	slots   []int32 // open addressing: places in a list of packets, one up; 0 where the slot is free
	shift   int     // 64 - the binary logarithm of how many there are
	odd     uint64  // a random number that flows are multiplied by, as sourceTable does with addresses
	numbers map[flowFacts]uint32
	of      []uint32 // by the place of facts: the number, one up; 0 while it is not known
}

// reset empties the table and makes room for so many flows.
func (t *flows) reset(most int) {
	n := 1 << max(bits.Len(uint(2*most-1)), 4)
	if n > cap(t.slots) {
		t.slots = make([]int32, n)
	} else {
		t.slots = t.slots[:n]
		clear(t.slots)
	}
	t.shift = 64 - bits.Len(uint(n-1))
}

// find is the slot of a flow, and whether one of the packets is of it.
func (t *flows) find(f flow, list []packets) (slot int, known bool) {
	for i := int(uint64(f) * t.odd >> t.shift); ; i = (i + 1) & (len(t.slots) - 1) {
		switch place := t.slots[i]; {
		case place == 0:
			return i, false
		case list[place-1].flow == f:
			return i, true
		}
	}
}

// flowOf is the flow of a packet.
func (m *Maker) flowOf(k *kept) flow {
	t := &m.flows
	if t.numbers == nil {
		t.numbers, t.of = map[flowFacts]uint32{}, make([]uint32, len(m.facts))
		t.odd = maphash.Comparable(m.seed, 0) | 1
	}
	number := t.of[k.facts]
	if number == 0 {
		f := &m.facts[k.facts]
		what := flowFacts{f.Target, f.Host, f.Proto}
		if number = t.numbers[what]; number == 0 {
			number = uint32(len(t.numbers) + 1)
			t.numbers[what] = number
		}
		t.of[k.facts] = number
	}
	return flow(number)<<32 | flow(k.port)<<16 | flow(k.srcPort)
}

// packet notes the place of a packet of a flow, which has the slot, among the records of a span.
func (m *Maker) packet(f flow, slot int, at int32) {
	place := m.flows.slots[slot]
	if place == 0 {
		m.packets = append(m.packets, packets{f, at, at, 1})
		m.flows.slots[slot] = int32(len(m.packets))
		return
	}
	p := &m.packets[place-1]
	m.next[p.last] = at
	p.last, p.n = at, p.n+1
}

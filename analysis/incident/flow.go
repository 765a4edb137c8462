package incident

import (
	"practicum/analysis"
	"practicum/analysis/uniq"
)

// flow is what packets of one attempt have in common: the number of what their facts say of it, the port and the source port.
type flow uint64

// flowFacts is what the facts of a packet say of its flow.
type flowFacts struct {
	target      analysis.Target
	host, proto string
}

// flows are the flows of a span's packets, which may be thousands.
type flows struct {
	uniq.Numbers
	numbers map[flowFacts]uint32
	of      []uint32 // by the place of facts: the number, one up; 0 while it is not known
}

// flowOf is the flow of a packet.
func (m *Maker) flowOf(k *kept) flow {
	t := &m.flows
	if t.numbers == nil {
		t.numbers, t.of = map[flowFacts]uint32{}, make([]uint32, len(m.facts))
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

// packet notes the place of a packet of a flow among the records of a span.
func (m *Maker) packet(f flow, at int32) {
	place, isNew := m.flows.Place(uint64(f))
	if isNew {
		m.packets = append(m.packets, packets{at, at, 1})
		return
	}
	p := &m.packets[place]
	m.next[p.last] = at
	p.last, p.n = at, p.n+1
}

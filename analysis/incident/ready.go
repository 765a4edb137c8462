package incident

import "practicum/analysis"

// readyRecords is how many events are made ready together: what they need must not push itself out of the cache again.
const readyRecords = 128

// readyRoom is memory for making ready.
type readyRoom struct {
	sources [readyRecords]*sourceSpans
	spans   [readyRecords]*span
	seen    uint64 // of what was looked at, so that looking is not taken to be of no use
}

// Ready looks at what Add will need for some events, and changes nothing. A log has tens of thousands of sources and incidents, and what
// is kept of them lies far apart in memory: the processor waits for one after the other when events are added, and for many of them at
// once when nothing but looking is done.
func (b *Builder) Ready(events []analysis.Event) {
	for len(events) > 0 {
		n := min(len(events), readyRecords)
		b.readyFor(events[:n])
		events = events[n:]
	}
}

func (b *Builder) readyFor(events []analysis.Event) {
	r := &b.ready
	seen := r.seen
	for i := range events {
		if ip := events[i].Source.IP; ip.Is4() {
			seen += uint64(b.sources.look(number(ip)))
		}
		seen += uint64(len(events[i].Lines))
	}
	n := 0
	for i := range events {
		if ip := events[i].Source.IP; ip.Is4() {
			if src := b.sources.of(sourceKey{ip: ip}); src != nil {
				r.sources[n] = src
				n++
			}
		}
	}
	spans := 0
	for _, src := range r.sources[:n] {
		seen += uint64(src.said) + uint64(src.loose.n)
		if last := len(src.detects) - 1; last >= 0 {
			r.spans[spans] = src.detects[last]
			spans++
		}
		if len(src.names) > 0 {
			seen += uint64(len(src.names[src.latest].list))
		}
	}
	for _, s := range r.spans[:spans] {
		seen += uint64(s.last) + uint64(s.records) + uint64(s.packed.n)
	}
	for _, s := range r.spans[:spans] {
		seen += b.lookAtEnd(s.packed.data)
	}
	for _, src := range r.sources[:n] {
		seen += b.lookAtEnd(src.loose.data)
		if len(src.names) > 0 {
			if list := src.names[src.latest].list; len(list) > 0 {
				seen += uint64(list[len(list)-1].last)
			}
		}
	}
	r.seen = seen
}

// readyTogether is how many sources or incidents are made ready together where each takes some time. It divides how many of them a worker
// takes at a time, so that it looks at none of another's.
const readyTogether = 16

// readyKeys looks at what making groups of some sources will need, as Ready does for Add. What it returns is of no use but to have looked.
func (b *Builder) readyKeys(keys []sourceKey) (seen uint64) {
	var sources [readyTogether]*sourceSpans
	for i := range keys {
		sources[i] = b.sources.of(keys[i])
	}
	for _, src := range sources[:len(keys)] {
		for _, s := range src.detects[:min(len(src.detects), readyTogether)] {
			seen += uint64(s.packed.n)
		}
		seen += uint64(src.loose.n)
	}
	for _, src := range sources[:len(keys)] {
		for _, s := range src.detects[:min(len(src.detects), readyTogether)] {
			seen += b.lookAtEnd(s.packed.data)
		}
		seen += b.lookAtEnd(src.loose.data)
	}
	return seen
}

// Ready looks at what Incident will need for the i-th incident and some that follow it: it is to be called for each, and mostly has nothing
// to do.
func (m *Maker) Ready(i int) {
	if i%readyTogether != 0 {
		return
	}
	clusters := m.result.clusters[i:min(i+readyTogether, len(m.result.clusters))]
	for k := range clusters {
		m.seen += uint64(clusters[k].groups[0].detect)
	}
	for k := range clusters {
		m.seen += uint64(clusters[k].groups[0].span.packed.n)
	}
	for k := range clusters {
		m.seen += m.lookAtEnd(clusters[k].groups[0].span.packed.data)
	}
}

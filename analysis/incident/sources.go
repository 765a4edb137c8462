package incident

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"net/netip"
)

// sourceTable finds sources by their keys. Nearly all are IPv4 addresses, and every record asks for one.
type sourceTable struct {
	four   addressTable
	six    map[netip.Addr]*sourceSpans
	others map[sourceKey]*sourceSpans
}

func newSourceTable() *sourceTable {
	return &sourceTable{newAddressTable(), map[netip.Addr]*sourceSpans{}, map[sourceKey]*sourceSpans{}}
}

// of is the source with a key; nil when there is none.
func (t *sourceTable) of(key sourceKey) *sourceSpans {
	switch {
	case key.ip.Is4():
		return t.four.of(number(key.ip))
	case key.ip.IsValid():
		return t.six[key.ip]
	}
	return t.others[key]
}

// put adds a source whose key has none.
func (t *sourceTable) put(key sourceKey, src *sourceSpans) {
	switch {
	case key.ip.Is4():
		t.four.put(number(key.ip), src)
	case key.ip.IsValid():
		t.six[key.ip] = src
	default:
		t.others[key] = src
	}
}

func (t *sourceTable) remove(key sourceKey) {
	switch {
	case key.ip.Is4():
		t.four.remove(number(key.ip))
	case key.ip.IsValid():
		delete(t.six, key.ip)
	default:
		delete(t.others, key)
	}
}

func (t *sourceTable) len() int { return t.four.n + len(t.six) + len(t.others) }

// all goes through the sources in no order; the one at hand may be removed.
func (t *sourceTable) all(yield func(sourceKey, *sourceSpans) bool) {
	for i := range t.four.slots {
		if s := t.four.slots[i]; s.src != nil && s.src != &removed && !yield(sourceKey{ip: address(s.ip)}, s.src) {
			return
		}
	}
	for ip, src := range t.six {
		if !yield(sourceKey{ip: ip}, src) {
			return
		}
	}
	for key, src := range t.others {
		if !yield(key, src) {
			return
		}
	}
}

// number is an IPv4 address as a number, and address the other way round.
func number(ip netip.Addr) uint32 {
	four := ip.As4()
	return binary.BigEndian.Uint32(four[:])
}

func address(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n)))
}

// addressTable finds sources by IPv4 addresses: a table with open addressing, in which an address stands in the place that its hash
// says or in one of the next ones. Half of the places are free.
type addressTable struct {
	slots []addressSlot
	shift int    // 64 - the binary logarithm of how many slots there are
	odd   uint64 // a random number, so that nobody can choose addresses that have one place
	n     int
	taken int // slots that are or were in use
}

type addressSlot struct {
	ip  uint32
	src *sourceSpans // nil where the slot is free
}

// removed stands for a source that was taken out.
var removed sourceSpans

func newAddressTable() addressTable {
	t := addressTable{odd: maphash.Comparable(maphash.MakeSeed(), 0) | 1}
	t.resize(1 << 10)
	return t
}

// place is where an address stands or would stand: multiply-shift hashing (Dietzfelbinger and others, 1997), which is universal.
func (t *addressTable) place(ip uint32) int { return int(uint64(ip) * t.odd >> t.shift) }

func (t *addressTable) of(ip uint32) *sourceSpans {
	for i := t.place(ip); ; i = (i + 1) & (len(t.slots) - 1) {
		if s := &t.slots[i]; s.src == nil || s.ip == ip && s.src != &removed {
			return s.src
		}
	}
}

// put adds an address that is not there.
func (t *addressTable) put(ip uint32, src *sourceSpans) {
	if 2*(t.taken+1) > len(t.slots) {
		t.resize(4 << bits.Len(uint(t.n)))
	}
	i := t.place(ip)
	for t.slots[i].src != nil {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = addressSlot{ip, src}
	t.n++
	t.taken++
}

func (t *addressTable) remove(ip uint32) {
	for i := t.place(ip); t.slots[i].src != nil; i = (i + 1) & (len(t.slots) - 1) {
		if s := &t.slots[i]; s.ip == ip && s.src != &removed {
			s.src = &removed
			t.n--
			return
		}
	}
}

// resize makes the table anew with so many slots, a power of two.
func (t *addressTable) resize(size int) {
	was := t.slots
	t.slots, t.shift, t.n, t.taken = make([]addressSlot, size), 64-bits.Len(uint(size-1)), 0, 0
	for _, s := range was {
		if s.src != nil && s.src != &removed {
			t.put(s.ip, s.src)
		}
	}
}

package incident

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
)

// sourceTable finds sources by their keys. Nearly all are IPv4 addresses, and every record asks for one.
type sourceTable struct {
	four   []addressed
	places placeTable // in four
	live   int        // how many of four were not taken out
	odd    uint32     // a random number, so that nobody can choose addresses whose hashes begin alike

	six    map[netip.Addr]*sourceSpans
	others map[sourceKey]*sourceSpans
}

// addressed is a source with an IPv4 address.
type addressed struct {
	ip  uint32
	src *sourceSpans // nil once it was taken out
}

func newSourceTable() *sourceTable {
	return &sourceTable{odd: uint32(maphash.Comparable(maphash.MakeSeed(), 0)) | 1, six: map[netip.Addr]*sourceSpans{}, others: map[sourceKey]*sourceSpans{}}
}

// hash tells addresses apart by itself: a product with an odd number is a different one for each (multiply-shift hashing, Dietzfelbinger
// and others, 1997).
func (t *sourceTable) hash(ip uint32) uint32 { return ip * t.odd }

func (t *sourceTable) find(ip uint32) (place uint32, ok bool) {
	return t.places.find(t.hash(ip), func(uint32) bool { return true })
}

// look looks at where the search for an address begins.
func (t *sourceTable) look(ip uint32) uint32 { return t.places.look(t.hash(ip)) }

// of is the source with a key; nil when there is none.
func (t *sourceTable) of(key sourceKey) *sourceSpans {
	switch {
	case key.ip.Is4():
		if place, ok := t.find(number(key.ip)); ok {
			return t.four[place].src
		}
		return nil
	case key.ip.IsValid():
		return t.six[key.ip]
	}
	return t.others[key]
}

// put adds a source whose key has none.
func (t *sourceTable) put(key sourceKey, src *sourceSpans) {
	switch {
	case key.ip.Is4():
		t.putAddress(addressed{number(key.ip), src})
	case key.ip.IsValid():
		t.six[key.ip] = src
	default:
		t.others[key] = src
	}
}

func (t *sourceTable) putAddress(a addressed) {
	if place, ok := t.find(a.ip); ok {
		t.four[place] = a // which was taken out
		t.live++
		return
	}
	if len(t.four) > 2*t.live+1<<10 { // most were taken out
		was := t.four
		t.four, t.places, t.live = nil, placeTable{}, 0
		for _, a := range was {
			if a.src != nil {
				t.putAddress(a)
			}
		}
	}
	t.places.add(t.hash(a.ip), uint32(len(t.four)))
	t.four = append(t.four, a)
	t.live++
}

// remove takes a source out.
func (t *sourceTable) remove(key sourceKey) {
	switch {
	case key.ip.Is4():
		if place, ok := t.find(number(key.ip)); ok && t.four[place].src != nil {
			t.four[place].src = nil
			t.live--
		}
	case key.ip.IsValid():
		delete(t.six, key.ip)
	default:
		delete(t.others, key)
	}
}

func (t *sourceTable) len() int { return t.live + len(t.six) + len(t.others) }

// all goes through the sources in no order; the one at hand may be removed.
func (t *sourceTable) all(yield func(sourceKey, *sourceSpans) bool) {
	for i := range t.four {
		if s := t.four[i]; s.src != nil && !yield(sourceKey{ip: address(s.ip)}, s.src) {
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

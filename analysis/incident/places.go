package incident

import "math/bits"

// placeTable finds the places of things in a list by their hashes, which must not be foreseeable. It has no pointers, and nothing of the
// things: a log may have millions of texts.
type placeTable struct {
	slots []placeSlot // open addressing: a thing has the slot that its hash says or one of the next; at most half are taken
	shift int         // 32 - the binary logarithm of how many there are
	n     int
}

type placeSlot struct {
	place uint32 // one up; 0 where the slot is free
	hash  uint32
}

// find is the place of a thing with a hash for which same is true.
func (t *placeTable) find(hash uint32, same func(place uint32) bool) (place uint32, ok bool) {
	if t.n == 0 {
		return 0, false
	}
	for i := int(hash >> t.shift); ; i = (i + 1) & (len(t.slots) - 1) {
		switch s := t.slots[i]; {
		case s.place == 0:
			return 0, false
		case s.hash == hash && same(s.place-1):
			return s.place - 1, true
		}
	}
}

// look looks at where the search for a hash begins.
func (t *placeTable) look(hash uint32) uint32 {
	if t.n == 0 {
		return 0
	}
	return t.slots[hash>>t.shift].place
}

// add adds the place of a thing that is not there.
func (t *placeTable) add(hash, place uint32) {
	if 2*(t.n+1) > len(t.slots) {
		was := t.slots
		t.slots = make([]placeSlot, max(64, 2*len(was)))
		t.shift = 32 - bits.Len(uint(len(t.slots)-1))
		for _, s := range was {
			if s.place != 0 {
				t.put(s)
			}
		}
	}
	t.put(placeSlot{place + 1, hash})
	t.n++
}

func (t *placeTable) put(s placeSlot) {
	i := int(s.hash >> t.shift)
	for t.slots[i].place != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = s
}

package uniq

import (
	"hash/maphash"
	"math/bits"
)

// Numbers gives different numbers places, from 0 on, in the order in which they come up. It has no pointers, and is used again and again
// without new memory. Reset comes before everything else.
type Numbers struct {
	odd   uint64  // random, so that nobody can make up numbers that fall on each other
	slots []int32 // open addressing: places, one up; 0 where the slot is free
	all   []uint64
	shift int // 64 - the binary logarithm of how many slots there are
}

// NewNumbers returns Numbers that Reset was called for.
func NewNumbers(most int) (t Numbers) {
	t.Reset(most)
	return t
}

// Reset forgets all numbers and makes room for so many different ones; there must not be more.
func (t *Numbers) Reset(most int) {
	if t.odd == 0 {
		t.odd = maphash.Comparable(maphash.MakeSeed(), 0) | 1
	}
	n := 1 << max(bits.Len(uint(2*most)), 4)
	if n > cap(t.slots) {
		t.slots = make([]int32, n)
	} else {
		t.slots = t.slots[:n]
		clear(t.slots)
	}
	t.all, t.shift = t.all[:0], 64-bits.Len(uint(n-1))
}

// Len is how many different numbers there were.
func (t *Numbers) Len() int { return len(t.all) }

// Place is that of a number, which gets one if it has none.
func (t *Numbers) Place(v uint64) (place int, isNew bool) {
	slot := t.find(v)
	if at := t.slots[slot]; at != 0 {
		return int(at - 1), false
	}
	t.all = append(t.all, v)
	t.slots[slot] = int32(len(t.all))
	return len(t.all) - 1, true
}

// Has reports whether a number has a place.
func (t *Numbers) Has(v uint64) bool { return t.slots[t.find(v)] != 0 }

// find is the slot of a number, or the one for it.
func (t *Numbers) find(v uint64) int {
	i := int(v * t.odd >> t.shift)
	for t.slots[i] != 0 && t.all[t.slots[i]-1] != v {
		i = (i + 1) & (len(t.slots) - 1)
	}
	return i
}

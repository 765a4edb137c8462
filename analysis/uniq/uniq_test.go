package uniq

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestList holds that a List has each thing once, in the order of adding, however many there are and however often it is used again.
func TestList(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var l List[int]
	for range 500 {
		var want []int
		for range r.IntN(300) {
			v := r.IntN(1 + r.IntN(200))
			at := slices.Index(want, v)
			isNew := at < 0
			if l.Has(v) == isNew {
				t.Fatalf("%d is held to be there: %v, in %v", v, !isNew, want)
			}
			if isNew {
				at = len(want)
				want = append(want, v)
			}
			if place, added := l.Add(v); int(place) != at || added != isNew {
				t.Fatalf("%d is at %d (new: %v), want %d (%v) in %v", v, place, added, at, isNew, want)
			}
		}
		if !slices.Equal(l.All, want) {
			t.Fatalf("%v, want %v", l.All, want)
		}
		l.Reset()
	}
}

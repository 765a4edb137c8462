package uniq

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNumbers holds that Numbers has each number once, in the order of adding, also where it had more or fewer before.
func TestNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var numbers Numbers
	for range 500 {
		most := r.IntN(1 + r.IntN(3000))
		if numbers.Reset(most); numbers.Has(1) || numbers.Len() != 0 {
			t.Fatal("there is something in what was just emptied")
		}
		var want []uint64
		different := 1 + r.Uint64N(4000)
		for range most {
			v := r.Uint64N(different) << (32 * r.IntN(2))
			at := slices.Index(want, v)
			isNew := at < 0
			if isNew {
				at = len(want)
				want = append(want, v)
			}
			if numbers.Has(v) == isNew {
				t.Fatalf("%d is held to be there: %v", v, !isNew)
			}
			if place, added := numbers.Place(v); place != at || added != isNew {
				t.Fatalf("%d is at %d (new: %v), want %d (%v)", v, place, added, at, isNew)
			}
		}
		if numbers.Len() != len(want) {
			t.Fatalf("%d numbers, want %d", numbers.Len(), len(want))
		}
	}
}

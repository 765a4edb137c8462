package pipeline

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestLead holds that the first of a list are those of the list in order, and that none is lost.
func TestLead(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		list := r.Perm(r.IntN(300))
		n := r.IntN(150)
		lead(list, n, cmp.Compare)
		for i := range list[:min(n, len(list))] {
			if list[i] != i {
				t.Fatalf("the first %d are %v", n, list[:n])
			}
		}
		if slices.Sort(list); len(list) > 0 && (list[0] != 0 || list[len(list)-1] != len(list)-1) || len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Fatalf("not all are there: %v", list)
		}
	}
}

package workers

import (
	"runtime/debug"
	"sync/atomic"
	"testing"
)

// TestEach holds that each number is done once, by one of the workers, and that nothing more is begun once it is stopped.
func TestEach(t *testing.T) {
	for _, count := range []int{0, 1, 3} {
		for _, n := range []int{0, 1, 7, 1000} {
			for _, atATime := range []int{1, 4, 256} {
				done := make([]atomic.Int32, n)
				Each(count, n, atATime, nil, func(worker, i int) {
					if worker < 0 || worker >= max(count, 1) {
						t.Errorf("worker %d of %d", worker, count)
					}
					done[i].Add(1)
				})
				for i := range done {
					if times := done[i].Load(); times != 1 {
						t.Errorf("%d workers, %d at a time: %d of %d is done %d times", count, atATime, i, n, times)
					}
				}
			}
		}
	}
	var did atomic.Int32
	Each(2, 1000, 10, func() bool { return did.Load() >= 5 }, func(int, int) { did.Add(1) })
	if n := did.Load(); n < 5 || n > 6 {
		t.Errorf("%d were done, want 5, and one that was under way", n)
	}
}

// TestUndisturbed holds that the collector waits meanwhile and then goes on as it did, however many have it wait at a time.
func TestUndisturbed(t *testing.T) {
	before := debug.SetGCPercent(73)
	defer debug.SetGCPercent(before)
	during := 0
	Undisturbed(func() {
		Undisturbed(func() { during = debug.SetGCPercent(-1) })
	})
	Each(8, 100, 1, nil, func(int, int) { Undisturbed(func() {}) })
	if after := debug.SetGCPercent(-1); during != -1 || after != 73 {
		t.Errorf("the percentage was %d meanwhile and is %d then, want -1 and 73", during, after)
	}
}

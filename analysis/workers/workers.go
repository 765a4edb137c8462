// Package workers shares work among goroutines.
package workers

import (
	"sync"
	"sync/atomic"
)

// Each calls do for 0 to n-1 in several goroutines, each of which takes atATime of them at a time; worker says in which, from 0 on. It
// returns when all have been done, or soon after stopped, which may be nil, says that nobody waits for them any more.
func Each(count, n, atATime int, stopped func() bool, do func(worker, i int)) {
	goOn := func() bool { return stopped == nil || !stopped() }
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range min(max(count, 1), (n+atATime-1)/atATime) {
		wait.Go(func() {
			for goOn() {
				end := int(next.Add(int64(atATime)))
				for i := end - atATime; i < min(end, n) && goOn(); i++ {
					do(w, i)
				}
				if end >= n {
					return
				}
			}
		})
	}
	wait.Wait()
}

package workers

import (
	"runtime/debug"
	"sync"
)

// undisturbed counts those that are not to be disturbed, and percent is what SetGCPercent said before the first of them.
var undisturbed struct {
	lock    sync.Mutex
	n       int
	percent int
}

// Undisturbed has the collector wait while do runs. It is for filling very much new memory with pointers. The collector looks through such
// memory before anything is there, which has the system give out its pages one by one, and twice; and each pointer that is written while it
// looks takes ten times as long. What else is allocated meanwhile should be little.
func Undisturbed(do func()) {
	u := &undisturbed
	u.lock.Lock()
	if u.n++; u.n == 1 {
		u.percent = debug.SetGCPercent(-1) // once the collector is done with what it does
	}
	u.lock.Unlock()
	defer func() {
		u.lock.Lock()
		if u.n--; u.n == 0 {
			debug.SetGCPercent(u.percent)
		}
		u.lock.Unlock()
	}()
	do()
}

package workers

import (
	"runtime/debug"
	"sync"
)

var undisturbed sync.Mutex

// Undisturbed has the collector wait while do runs. It is for filling very much new memory with pointers. The collector looks through such
// memory before anything is there, which has the system give out its pages one by one, and twice; and each pointer that is written while it
// looks takes ten times as long. What else is allocated meanwhile should be little. Where somebody else has the collector wait already, do just
// runs, so that there is an end to it however many come one after the other.
func Undisturbed(do func()) {
	if !undisturbed.TryLock() {
		do()
		return
	}
	defer undisturbed.Unlock()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // -1 as soon as the collector is done with what it does
	do()
}

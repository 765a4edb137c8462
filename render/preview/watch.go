package preview

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	headerTimeout = 5 * time.Second

	// settle is how long a change is let come to rest: editors write a file in several steps.
	settle = 20 * time.Millisecond
	// poll is how often the file is looked at where the system tells of no changes, as on some network
	// drives; without any word from the system it is the shorter one.
	poll      = 2 * time.Second
	pollAlone = 250 * time.Millisecond
)

// watch reads the file again whenever it may have changed. The folder is watched and not the file,
// because editors save by moving a new file into the place of the old one.
func (s *Server) watch(ctx context.Context) {
	every := poll
	var events chan fsnotify.Event
	var failures chan error
	name := filepath.Base(s.o.File)
	if w, err := fsnotify.NewWatcher(); err != nil {
		every = pollAlone
	} else {
		defer w.Close()
		if err := w.Add(filepath.Dir(s.o.File)); err != nil {
			every = pollAlone
		} else {
			events, failures = w.Events, w.Errors
		}
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	rest := time.NewTimer(settle) // what changed before the watch began is found at once
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-events:
			if !ok {
				events = nil
				ticker.Reset(pollAlone)
				continue
			}
			if filepath.Base(e.Name) == name && e.Op != fsnotify.Chmod {
				rest.Reset(settle)
			}
		case _, ok := <-failures:
			if !ok {
				failures = nil
				continue
			}
			rest.Reset(settle) // events were lost
		case <-rest.C:
			s.Refresh()
		case <-ticker.C:
			s.Refresh()
		}
	}
}

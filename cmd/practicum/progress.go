package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"practicum/analysis/logformat"
)

// isTerminal reports whether a stream is a terminal, where a person watches.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress tells on a terminal how far the reading of the logs is: bytes, share, rate and time left.
// It says nothing before a second has passed.
type progress struct {
	w     io.Writer
	total int64 // bytes on disk
	read  atomic.Int64
	stop  chan struct{}
	done  sync.WaitGroup
}

// toRead gives the logs to read in place of logs that will be read now, and what to do then. Of large logs memory is spared, and where a
// person watches and tell is set it is told how far they are read.
func (p *program) toRead(logs []logformat.Input, tell bool) (read []logformat.Input, done func()) {
	p.spareMemory(logs)
	if !tell || !isTerminal(p.stderr) {
		return logs, func() {}
	}
	shown, read := watch(p.stderr, logs)
	return read, shown.end
}

// spareMemory has the collector run twice as often where logs are large: a fifth to a third less memory for a twentieth more time.
// GOGC in the environment says otherwise.
func (p *program) spareMemory(logs []logformat.Input) {
	const (
		large  = 256 << 20
		packed = 7 // times its size is a compressed log, or more
	)
	size := sizeOf(logs)
	for _, log := range logs {
		switch filepath.Ext(log.Path) {
		case ".gz", ".zst", ".xz", ".bz2":
			size += (packed - 1) * max(log.Size, 0)
		}
	}
	if !slices.ContainsFunc(p.env, func(e string) bool { return strings.HasPrefix(e, "GOGC=") }) && size >= large {
		debug.SetGCPercent(50)
	}
}

// watch begins to tell how far the logs are read, and returns the logs to read instead.
func watch(w io.Writer, logs []logformat.Input) (*progress, []logformat.Input) {
	p := &progress{w: w, total: sizeOf(logs), stop: make(chan struct{})}
	watched := make([]logformat.Input, len(logs))
	for i, log := range logs {
		watched[i] = log
		watched[i].Open = func() (io.ReadCloser, error) {
			r, err := log.Open()
			if err != nil {
				return nil, err
			}
			return &counting{r, &p.read}, nil
		}
	}
	p.done.Go(p.tell)
	return p, watched
}

// sizeOf is how many bytes on disk logs have, as far as that is known.
func sizeOf(logs []logformat.Input) (n int64) {
	for _, log := range logs {
		n += log.Size
	}
	return n
}

type counting struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// ReadAt reads at any place, as logformat.ReadLines does of a file.
func (c *counting) ReadAt(b []byte, at int64) (int, error) {
	r, ok := c.ReadCloser.(io.ReaderAt)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	return r.ReadAt(b, at)
}

func (p *progress) tell() {
	start := time.Now()
	ticks := time.NewTicker(250 * time.Millisecond)
	defer ticks.Stop()
	shown := false
	for {
		select {
		case <-p.stop:
			if shown {
				fmt.Fprint(p.w, "\r\x1b[K")
			}
			return
		case now := <-ticks.C:
			if elapsed := now.Sub(start); elapsed >= time.Second {
				shown = true
				fmt.Fprint(p.w, "\r\x1b[K", progressLine(p.read.Load(), p.total, elapsed))
			}
		}
	}
}

// end stops telling and clears the line.
func (p *progress) end() {
	close(p.stop)
	p.done.Wait()
}

// progressLine is what is shown after read bytes of total in the time elapsed. Logs are read more than
// once where years have to be completed and where excerpts are quoted.
func progressLine(read, total int64, elapsed time.Duration) string {
	rate := float64(read) / elapsed.Seconds()
	again := ""
	if total > 0 && read > total {
		read, again = read%total, ", again"
	}
	line := fmt.Sprintf("reading%s: %s", again, bytesText(read))
	if total > 0 {
		line += fmt.Sprintf(" of %s, %d %%", bytesText(total), read*100/total)
	}
	if rate > 0 {
		line += fmt.Sprintf(", %s/s", bytesText(int64(rate)))
		if total > read {
			left := time.Duration(float64(total-read) / rate * float64(time.Second))
			line += fmt.Sprintf(", %s left", left.Round(time.Second))
		}
	}
	return line
}

// bytesText writes a number of bytes with three digits and a decimal unit.
func bytesText(n int64) string {
	units := [...]string{"B", "kB", "MB", "GB", "TB"}
	f, u := float64(n), 0
	for f >= 1000 && u < len(units)-1 {
		f /= 1000
		u++
	}
	if u == 0 || f >= 100 {
		return fmt.Sprintf("%.0f %s", f, units[u])
	}
	return fmt.Sprintf("%.1f %s", f, units[u])
}

package logformat

import (
	"hash"
	"io"
)

// ahead reads in a goroutine of its own, a few blocks before they are needed, so that the parser does not wait for the disk and the
// hash, or for what undoes a compression.
type ahead struct {
	full  chan filled
	empty chan []byte
	stop  chan struct{}
	ended chan struct{} // closed when the goroutine ends
	size  int           // of a block

	// Of the reading side.
	rest    []byte // of the block that is being read
	block   []byte
	err     error
	given   int64 // bytes that Read gave
	failure error // the first error other than io.EOF

	// Of the goroutine, and valid once Read has returned an error.
	sum hash.Hash // nil where the bytes are not hashed
	n   int64
}

type filled struct {
	block []byte
	n     int
	err   error
}

// aheadBlocks is how many blocks are under way; together they are 1 MiB of a large input.
const aheadBlocks = 4

// readAhead reads ahead of r, and hashes it where sum is given. size is how many bytes there are, as far as that is known, or 0.
func readAhead(r io.Reader, sum hash.Hash, size int64) *ahead {
	a := &ahead{
		size: blockFor(size), full: make(chan filled, aheadBlocks), empty: make(chan []byte, aheadBlocks), stop: make(chan struct{}), ended: make(chan struct{}), sum: sum,
	}
	for range aheadBlocks {
		a.empty <- nil
	}
	go a.run(r)
	return a
}

// blockFor is how many bytes of an input to read at a time. A folder may have thousands of small logs.
func blockFor(size int64) int {
	if size <= 0 || size >= block {
		return block
	}
	return int(size) + 512 // so that the end is found as well
}

func (a *ahead) run(r io.Reader) {
	defer close(a.ended)
	for {
		var b []byte
		select {
		case b = <-a.empty:
		case <-a.stop:
			return
		}
		if b == nil {
			b = make([]byte, a.size)
		}
		n, err := r.Read(b)
		if a.sum != nil {
			a.sum.Write(b[:n])
		}
		a.n += int64(n)
		select {
		case a.full <- filled{b, n, err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.block != nil {
			a.empty <- a.block
			a.block = nil
		}
		f := <-a.full
		a.block, a.rest, a.err = f.block, f.block[:f.n], f.err
		if f.err != nil && f.err != io.EOF {
			a.failure = f.err
		}
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	a.given += int64(n)
	return n, nil
}

// close ends the goroutine. Nothing may be read afterwards.
func (a *ahead) close() { close(a.stop) }

// closeThen ends the goroutine and then does what must not be done while it reads: at once, unless it is reading still.
func (a *ahead) closeThen(do func()) {
	a.close()
	select {
	case <-a.ended:
		do()
	default:
		go func() {
			<-a.ended
			do()
		}()
	}
}

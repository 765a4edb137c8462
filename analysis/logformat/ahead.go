package logformat

import (
	"crypto/sha256"
	"hash"
	"io"
)

// ahead reads and hashes an input in a goroutine of its own, a few blocks before they are needed,
// so that the parser does not wait for the disk or the hash.
type ahead struct {
	full  chan filled
	empty chan []byte
	stop  chan struct{}

	// Of the reading side.
	rest    []byte // of the block that is being read
	block   []byte
	err     error
	given   int64 // bytes that Read gave
	failure error // the first error other than io.EOF

	// Of the goroutine, and valid once Read has returned an error.
	sum hash.Hash
	n   int64
}

type filled struct {
	block []byte
	n     int
	err   error
}

// aheadBlocks is how many blocks are under way; together they are 1 MiB.
const aheadBlocks = 4

func readAhead(r io.Reader) *ahead {
	a := &ahead{
		full: make(chan filled, aheadBlocks), empty: make(chan []byte, aheadBlocks), stop: make(chan struct{}), sum: sha256.New(),
	}
	for range aheadBlocks {
		a.empty <- nil
	}
	go a.run(r)
	return a
}

func (a *ahead) run(r io.Reader) {
	for {
		var b []byte
		select {
		case b = <-a.empty:
		case <-a.stop:
			return
		}
		if b == nil {
			b = make([]byte, block)
		}
		n, err := r.Read(b)
		a.sum.Write(b[:n])
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

package incident

import (
	"bytes"
	"slices"
	"testing"
)

// TestBlocks holds that a list in memory that is used again is nobody else's, however long it grows.
func TestBlocks(t *testing.T) {
	b := blocks{chunks: newChunks()}
	lists := make([]block, 50)
	for i := range 20_000 {
		n := i % len(lists)
		if int(lists[n].n) > 40*n {
			b.release(lists[n])
			lists[n] = block{}
		}
		more := []byte{byte(n), byte(n), byte(n)}[:1+i%3]
		if n == 7 {
			more = bytes.Repeat(more, 1000) // up to a list that has a chunk to itself
		}
		lists[n] = b.extend(lists[n], more)
		if i%97 != 0 {
			continue
		}
		for n, list := range lists {
			if data := b.contents(list); slices.ContainsFunc(data, func(b byte) bool { return b != byte(n) }) {
				t.Fatalf("after %d steps, list %d holds %v", i, n, data)
			}
		}
	}
}

// TestChunksAreUsedAgain holds that lists which come and go take no new memory, those that have a chunk to themselves included.
func TestChunksAreUsedAgain(t *testing.T) {
	b := blocks{chunks: newChunks()}
	more := make([]byte, 50)
	grow := func() {
		var list block
		for range 2 * mostShared / len(more) {
			list = b.extend(list, more)
		}
		b.release(list)
	}
	grow()
	chunks := len(*b.list.Load())
	for range 100 {
		grow()
	}
	if n := len(*b.list.Load()); n != chunks {
		t.Errorf("%d chunks, %d before", n, chunks)
	}
}

// TestApart holds that what was put apart stays when all else is let go of, and that what is let go of is used again.
func TestApart(t *testing.T) {
	b := blocks{chunks: newChunks()}
	var apart apart
	var gone, kept []block
	for i := range 1000 {
		list := b.extend(block{}, bytes.Repeat([]byte{byte(i)}, 10*(i%200)))
		if gone = append(gone, list); i%10 == 3 {
			kept = append(kept, apart.take(b.chunks, list))
		}
	}
	large := b.extend(block{}, make([]byte, 2*mostShared))
	one := b.extend(block{}, bytes.Repeat([]byte{'x'}, 2*mostShared))
	whole := apart.take(b.chunks, one)
	before := len(*b.list.Load())
	b.forget()
	for range before {
		b.extend(block{}, make([]byte, mostShared)) // over all that there was
	}
	for i, list := range kept {
		want := bytes.Repeat([]byte{byte(10*i + 3)}, 10*((10*i+3)%200))
		if !bytes.Equal(b.contents(list), want) {
			t.Errorf("list %d is not what it was", i)
		}
	}
	if data := b.contents(whole); !bytes.Equal(data, bytes.Repeat([]byte{'x'}, 2*mostShared)) {
		t.Error("a list with a chunk to itself is not what it was")
	}
	for _, list := range append(gone, large) {
		for _, stays := range kept {
			if list.n > 0 && stays.n > 0 && list.chunk == stays.chunk {
				t.Fatalf("chunk %d was let go of and is in use", list.chunk)
			}
		}
	}
}

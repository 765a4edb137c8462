package incident

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// block is where a list of bytes stands in the chunks of a memory. It is no slice, because the collector would follow that of each of
// millions of lists, to memory that has nothing for it.
type block struct {
	chunk, at uint32
	n, size   uint32 // bytes that are used, and that there are
}

const (
	firstChunk = 4 << 10
	chunkBytes = 256 << 10
	mostShared = chunkBytes / 4 // bytes of the largest block that shares a chunk with others
	minPower   = 4
	maxPower   = 16 // of mostShared
)

// chunks are what blocks stand in, by number. Several memories share them: a chunk is filled by one of them, and read by all.
type chunks struct {
	list atomic.Pointer[[][]byte]
	lock sync.Mutex // for all but reading
	free []uint32   // numbers that are not used any more
	stay []bool     // by number: clear leaves the chunk
}

func newChunks() *chunks {
	c := &chunks{stay: make([]bool, 1)}
	c.list.Store(&[][]byte{{}}) // the block that is none stands in the first one
	return c
}

// newChunk makes a chunk. With stay, clear leaves it.
func (c *chunks) newChunk(size int, stay bool) (number uint32) {
	c.lock.Lock()
	defer c.lock.Unlock()
	chunk, list := make([]byte, size), *c.list.Load()
	if n := len(c.free); n > 0 {
		number, c.free = c.free[n-1], c.free[:n-1]
		list[number], c.stay[number] = chunk, stay
		return number
	}
	number = uint32(len(list))
	list, c.stay = append(list, chunk), append(c.stay, stay)
	c.list.Store(&list)
	return number
}

// contents is what stands in a block; it is valid until the block is released.
func (c *chunks) contents(b block) []byte {
	return (*c.list.Load())[b.chunk][b.at : b.at+b.n : b.at+b.size]
}

// lookAtEnd looks at where the next record of a list goes.
func (c *chunks) lookAtEnd(b block) uint64 {
	if b.n == 0 {
		return 0
	}
	return uint64((*c.list.Load())[b.chunk][b.at+b.n-1])
}

// dropChunk lets go of the chunk of a block that shares it with no other.
func (c *chunks) dropChunk(b block) {
	c.lock.Lock()
	defer c.lock.Unlock()
	(*c.list.Load())[b.chunk], c.stay[b.chunk] = nil, false
	c.free = append(c.free, b.chunk)
}

// keep has the chunk of a block stay.
func (c *chunks) keep(b block) {
	c.lock.Lock()
	c.stay[b.chunk] = true
	c.lock.Unlock()
}

// clear lets go of all chunks that are not to stay.
func (c *chunks) clear() {
	c.lock.Lock()
	defer c.lock.Unlock()
	list := *c.list.Load()
	c.free = c.free[:0]
	for number := 1; number < len(list); number++ {
		if !c.stay[number] {
			list[number], c.free = nil, append(c.free, uint32(number))
		}
	}
}

// class is the smallest size of a block that holds n bytes: a power of two, or one and a half of it.
func class(n int) (class, size int) {
	power := max(bits.Len(uint(n-1)), minPower)
	if size = 3 << (power - 2); n <= size && power > minPower {
		return 2*power - 1, size
	}
	return 2 * power, 1 << power
}

// filling is the chunk that blocks are cut off.
type filling struct {
	rest  block // what is left of it
	bytes int   // that it had
}

// cut cuts a block off, of a new chunk where the last one has too little left.
func (f *filling) cut(c *chunks, size int, stay bool) block {
	if int(f.rest.size) < size {
		f.bytes = max(min(max(2*f.bytes, firstChunk), chunkBytes), size)
		f.rest = block{chunk: c.newChunk(f.bytes, stay), size: uint32(f.bytes)}
	}
	front := block{chunk: f.rest.chunk, at: f.rest.at, size: uint32(size)}
	f.rest.at += uint32(size)
	f.rest.size -= uint32(size)
	return front
}

// blocks hands out the blocks of a memory, and those again that were released.
type blocks struct {
	*chunks
	filling
	free [2*maxPower + 1][]block
}

// extend is append for a list in a block.
func (b *blocks) extend(list block, more []byte) block {
	n := int(list.n) + len(more)
	if n > int(list.size) {
		old := list
		list = b.blank(n)
		list.n = old.n
		copy(b.contents(list), b.contents(old))
		b.release(old)
	}
	list.n = uint32(n)
	copy(b.contents(list)[n-len(more):], more)
	return list
}

// blank is an empty block for n bytes.
func (b *blocks) blank(n int) block {
	class, size := class(n)
	if size > mostShared {
		return block{chunk: b.newChunk(size, false), size: uint32(size)}
	}
	if last := len(b.free[class]) - 1; last >= 0 {
		list := b.free[class][last]
		b.free[class] = b.free[class][:last]
		return list
	}
	return b.cut(b.chunks, size, false)
}

// release takes back the memory of a list.
func (b *blocks) release(list block) {
	if list.size == 0 {
		return
	}
	switch class, size := class(int(list.size)); {
	case size != int(list.size): // of those that are apart
	case size > mostShared:
		b.dropChunk(list)
	default:
		list.n = 0
		b.free[class] = append(b.free[class], list)
	}
}

// forget lets go of all blocks but those in chunks that are to stay.
func (b *blocks) forget() {
	b.clear()
	b.rest, b.free = block{}, [2*maxPower + 1][]block{}
}

// apart is memory for the records of groups, away from those of all others: most of a log's sources never do anything adverse, and theirs is
// let go of.
type apart struct{ filling }

// take puts a list into the memory. One that has a chunk to itself is apart already.
func (a *apart) take(from *chunks, list block) block {
	if list.size > mostShared {
		from.keep(list)
		return list
	}
	to := a.cut(from, int(list.n), true)
	to.n = list.n
	copy(from.contents(to), from.contents(list))
	return to
}

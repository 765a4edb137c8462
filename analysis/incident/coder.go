package incident

import (
	"encoding/binary"
	"math/bits"
)

// coder packs numbers into the bits that they are worth: a bit that was to be expected takes next to none. It is the arithmetic coder
// with adaptive bits of the PAQ family (Mahoney 2002; the carryless form of lpaq). What is told to a coder that writes, one that
// reads answers: so there is one function for both ways, and they cannot differ.
type coder struct {
	data      []byte
	reads     bool
	at        int // where the next byte is read
	low, high uint32
	window    uint32 // that is read
	failed    bool   // more was read than there is
}

func newWriter() *coder { return &coder{high: 1<<32 - 1} }

func newReader(data []byte) *coder {
	c := &coder{data: data, reads: true, high: 1<<32 - 1}
	for range 4 {
		c.window = c.window<<8 | uint32(c.next())
	}
	return c
}

// next is the byte that is read next.
func (c *coder) next() byte {
	if c.at == len(c.data) {
		c.failed = true
		return 0
	}
	c.at++
	return c.data[c.at-1]
}

// finish is what was written.
func (c *coder) finish() []byte { return binary.BigEndian.AppendUint32(c.data, c.high) }

// chance is how likely a bit is to be set: 22 bits, and 10 bits that count how often it was met.
type chance uint32

const (
	evens      chance = 1 << 31
	maxChances        = 1023 // after so many bits, the last ones weigh no less than the ones before
)

// rates are how much a bit weighs after so many others, of 65,536.
var rates = func() (list [maxChances + 1]int64) {
	for n := range list {
		list[n] = 2 << 16 / int64(2*n+3)
	}
	return list
}()

func (p *chance) learn(bit uint32) {
	n := *p & 1023 // maxChances at most
	was := int64(*p >> 10)
	was += (int64(bit<<22-bit) - was) * rates[n] >> 16
	if n < maxChances {
		n++
	}
	*p = chance(was)<<10 | n
}

// bit codes one bit.
func (c *coder) bit(p *chance, bit uint32) uint32 {
	if *p == 0 {
		*p = evens
	}
	bit = c.split(min(max(uint64(*p>>16), 1<<2), 1<<16-1<<2), bit)
	p.learn(bit)
	return bit
}

// split codes a bit that is set as often as chance says, of 65,536 times.
func (c *coder) split(chance uint64, bit uint32) uint32 {
	middle := c.low + uint32(uint64(c.high-c.low)*chance>>16)
	if c.reads {
		if bit = 0; c.window <= middle {
			bit = 1
		}
	}
	if bit != 0 {
		c.high = middle
	} else {
		c.low = middle + 1
	}
	for (c.low^c.high)>>24 == 0 {
		if c.reads {
			c.window = c.window<<8 | uint32(c.next())
		} else {
			c.data = append(c.data, byte(c.high>>24))
		}
		c.low, c.high = c.low<<8, c.high<<8|255
	}
	return bit
}

func (c *coder) flag(p *chance, is bool) bool {
	bit := uint32(0)
	if is {
		bit = 1
	}
	return c.bit(p, bit) == 1
}

// plain codes the last n bits of v, of which nothing is to be expected.
func (c *coder) plain(v uint64, n int) uint64 {
	got := uint64(0)
	for n--; n >= 0; n-- {
		got = got<<1 | uint64(c.split(1<<15, uint32(v>>n)&1))
	}
	return got
}

// tree codes n bits, each expected by those before it; it has 1<<n chances.
func (c *coder) tree(chances []chance, v uint32, n int) uint32 {
	node := uint32(1)
	for n--; n >= 0; n-- {
		node = node<<1 | c.bit(&chances[node], v>>n&1)
	}
	return node - uint32(len(chances))
}

// A sizes codes numbers of which the small ones are more likely, or those of some length.
type sizes struct {
	length [128]chance
	first  [65][1 << knownBits]chance
}

// knownBits is how many bits behind the first one of a number are expected by those before them.
const knownBits = 5

func (c *coder) number(s *sizes, v uint64) uint64 {
	n := int(c.tree(s.length[:], uint32(bits.Len64(v)), 7))
	if n < 2 || n > 64 {
		return uint64(min(n, 1)) // of a length that no number has, the reader makes 1
	}
	known := min(n-1, knownBits)
	rest := n - 1 - known
	got := 1<<known | uint64(c.tree(s.first[n][:1<<known], uint32(v>>rest)&(1<<known-1), known))
	return got<<rest | c.plain(v, rest)
}

func (c *coder) signed(s *sizes, v int64) int64 { return unzigzag(c.number(s, zigzag(v))) }

// octets codes single bytes.
type octets [256]chance

func (c *coder) octet(o *octets, v byte) byte { return byte(c.tree(o[:], uint32(v), 8)) }

package logformat

import (
	endian "encoding/binary"
	"unsafe"
)

// Times a number of seven bits, eachByte has that number in each of eight bytes. highBits are the highest bits of each.
const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// eightBytes are those of a text from a place on, the first one lowest.
func eightBytes(text string, at int) uint64 {
	return endian.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(text), len(text))[at:])
}

// otherThan has the highest bit of each of eight bytes that is other than b, of ASCII: such a byte differs in a bit, which the sum carries
// into the highest one, or it is that bit. The other bits of the result mean nothing.
func otherThan(b byte, bytes uint64) uint64 {
	other := bytes ^ uint64(b)*eachByte
	return other&^highBits + (highBits - eachByte) | other
}

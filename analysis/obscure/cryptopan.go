package obscure

import (
	"crypto/aes"
	"crypto/cipher"
	"net/netip"
)

// pan is Crypto-PAn, the one-to-one map of addresses that keeps common prefixes: J. Xu, J. Fan, M. Ammar and S. Moon,
// Prefix-Preserving IP Address Anonymization, ICNP 2002, with AES as in the authors' program of that name, and the same over
// 128 bits for IPv6. Two addresses have their first n bits in common if and only if their images do.
type pan struct {
	block cipher.Block
	pad   [16]byte
}

// newPan takes a key of 32 bytes: the key of AES, and what is enciphered to give the pad.
func newPan(key [32]byte) *pan {
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		panic(err) // the length is right
	}
	p := &pan{block: block}
	block.Encrypt(p.pad[:], key[16:])
	return p
}

// image is the image of an address; its first keep bits stay as they are.
func (p *pan) image(a netip.Addr, keep int) netip.Addr {
	original := a.AsSlice()
	result := make([]byte, len(original))
	copy(result, original)
	var in, out [16]byte
	for bit := keep; bit < 8*len(original); bit++ {
		// The first bits are the address's, the others the pad's.
		in = p.pad
		copy(in[:bit/8], original)
		if rest := bit % 8; rest > 0 {
			mask := byte(0xff) << (8 - rest)
			in[bit/8] = original[bit/8]&mask | p.pad[bit/8]&^mask
		}
		p.block.Encrypt(out[:], in[:])
		result[bit/8] ^= out[0] >> 7 << (7 - bit%8)
	}
	b, _ := netip.AddrFromSlice(result)
	return b
}

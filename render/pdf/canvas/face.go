package canvas

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"practicum/render/pdf/fonts"
)

// face measures a font by its own tables. The library could measure too, but only with the font selected,
// and selecting a font writes an operator to the page.
type face struct {
	name string
	data []byte
	font *sfnt.Font
	buf  sfnt.Buffer
	mono bool

	advances []int16 // by rune, in thousandths of the size; 0 not looked up yet, missing when there is no glyph
	zero     runeSet // runes whose advance is 0
	kerning  map[uint32]int16
	used     runeSet
}

const missing = -1

func newFace(f fonts.Face) (*face, error) {
	data, err := f.TrueType()
	if err != nil {
		return nil, err
	}
	parsed, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", f.Name, err)
	}
	out := &face{name: f.Name, data: data, font: parsed, advances: make([]int16, 1<<16), kerning: map[uint32]int16{}}
	out.mono = out.advance('i') == out.advance('W')
	return out, nil
}

// thousandth makes the font report its advances in thousandths of the size, rounded as in the file's table
// of widths, so that what is measured here is what a reader draws.
const thousandth = 1000 << 6

func (f *face) has(r rune) bool { return f.advance(r) >= 0 }

// advance returns a rune's width in thousandths of the size, or missing.
func (f *face) advance(r rune) int {
	if r < 0 || r > 0xffff {
		return missing
	}
	if a := f.advances[r]; a != 0 {
		return int(a)
	}
	if f.zero.has(r) {
		return 0
	}
	g, err := f.font.GlyphIndex(&f.buf, r)
	// Some fonts have empty glyphs for controls and format characters, which would hide them.
	if err != nil || g == 0 || unicode.In(r, unicode.Cc, unicode.Cf) {
		f.advances[r] = missing
		return missing
	}
	a, err := f.font.GlyphAdvance(&f.buf, g, thousandth, font.HintingNone)
	if err != nil {
		f.advances[r] = missing
		return missing
	}
	f.advances[r] = int16(a.Round())
	if f.advances[r] == 0 {
		f.zero.set(r)
	}
	return int(f.advances[r])
}

// kern returns what the font adds between two runes, in thousandths of the size.
func (f *face) kern(a, b rune) int {
	// Letters and marks of Latin text only: the pairs that matter, and a small table.
	if f.mono || a <= ' ' || b <= ' ' || a > 0x17f || b > 0x17f {
		return 0
	}
	key := uint32(a)<<16 | uint32(b)
	if k, ok := f.kerning[key]; ok {
		return int(k)
	}
	var k fixed.Int26_6
	ga, errA := f.font.GlyphIndex(&f.buf, a)
	gb, errB := f.font.GlyphIndex(&f.buf, b)
	if errA == nil && errB == nil && ga != 0 && gb != 0 {
		if v, err := f.font.Kern(&f.buf, ga, gb, thousandth, font.HintingNone); err == nil {
			k = v
		}
	}
	f.kerning[key] = int16(k.Round())
	return k.Round()
}

// Faces is the number of faces.
func (c *Canvas) Faces() int { return len(c.faces) }

// Has tells whether a face has a glyph for a rune.
func (c *Canvas) Has(face int, r rune) bool { return c.faces[face].has(r) }

// Width returns the width of s, which must have all its runes in the face.
func (c *Canvas) Width(face int, size float64, s string) float64 {
	f := c.faces[face]
	sum, last := 0, rune(-1)
	for _, r := range s {
		sum += max(f.advance(r), 0) + f.kern(last, r)
		last = r
	}
	return float64(sum) * size / 1000
}

// Advance returns the width of one rune by itself.
func (c *Canvas) Advance(face int, size float64, r rune) float64 {
	return float64(max(c.faces[face].advance(r), 0)) * size / 1000
}

// runeSet is a set of runes up to U+FFFF.
type runeSet [1 << 10]uint64

func (s *runeSet) set(r rune)      { s[r>>6] |= 1 << (r & 63) }
func (s *runeSet) has(r rune) bool { return s[r>>6]&(1<<(r&63)) != 0 }

// String returns the runes in order.
func (s *runeSet) String() string {
	var b strings.Builder
	for i, bits := range s {
		for j := 0; bits != 0; j, bits = j+1, bits>>1 {
			if bits&1 != 0 {
				b.WriteRune(rune(i<<6 + j))
			}
		}
	}
	return b.String()
}

package fonts

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/image/font/sfnt"
)

// Load makes a TrueType file of a font file that a site gives: of a collection (.ttc) its first font. An error says what is wrong
// with the file and what would be right. Fonts with PostScript outlines (OpenType CFF) cannot be embedded.
func Load(file []byte) ([]byte, error) {
	if len(file) > 64<<20 {
		return nil, errors.New("is larger than 64 MB")
	}
	if len(file) < 12 {
		return nil, errors.New("is no font")
	}
	font := file
	switch string(file[:4]) {
	case "ttcf":
		var err error
		if font, err = first(file); err != nil {
			return nil, err
		}
	case "wOFF", "wOF2":
		return nil, errors.New("is a font for web pages (WOFF); a TrueType file (.ttf) is needed")
	}
	if string(font[:4]) == "OTTO" {
		return nil, errors.New("has PostScript outlines (OpenType CFF), which cannot be embedded; a font with TrueType outlines (.ttf) is needed")
	}
	parsed, err := sfnt.Parse(font)
	if err != nil {
		return nil, fmt.Errorf("is no TrueType font: %v", err)
	}
	if parsed.NumGlyphs() == 0 {
		return nil, errors.New("is a font without letters")
	}
	return font, embeddable(font)
}

// embeddable tells what keeps a TrueType font from being embedded, which the PDF library would say on the standard output only.
func embeddable(font []byte) error {
	u16 := func(b []byte, at int) int {
		if at < 0 || at+2 > len(b) {
			return -1
		}
		return int(binary.BigEndian.Uint16(b[at:]))
	}
	// OpenType specification, "OS/2", fsType: 2 is no embedding, 0x100 no subsets, 0x200 bitmaps only.
	if rights := u16(table(font, "OS/2"), 8); rights >= 0 && (rights&0xf == 2 || rights&0x300 != 0) {
		return errors.New("may not be embedded, or only whole or as bitmaps, by its maker's licence (fsType); another font is needed")
	}
	cmap := table(font, "cmap")
	for i := range max(0, u16(cmap, 2)) {
		entry := 4 + 8*i
		unicode := u16(cmap, entry) == 0 || u16(cmap, entry) == 3 && u16(cmap, entry+2) == 1
		if unicode && u16(cmap, u16(cmap, entry+4)<<16|u16(cmap, entry+6)) == 4 {
			return nil
		}
	}
	return errors.New("has no table of Unicode letters that can be embedded (cmap of format 4); another font is needed")
}

// table is a table of a TrueType font, nil where there is none.
func table(font []byte, name string) []byte {
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		entry := 12 + 16*i
		if entry+16 > len(font) {
			break
		}
		at, size := int(binary.BigEndian.Uint32(font[entry+8:])), int(binary.BigEndian.Uint32(font[entry+12:]))
		if string(font[entry:entry+4]) == name && at+size <= len(font) {
			return font[at : at+size]
		}
	}
	return nil
}

// first copies the first font of a collection into a file of its own: its table directory, and the tables that are shared
// with the other fonts (OpenType specification, "Font Collections").
func first(file []byte) ([]byte, error) {
	broken := errors.New("is a damaged collection of fonts")
	u32 := func(at int) int {
		if at < 0 || at+4 > len(file) {
			return -1
		}
		return int(binary.BigEndian.Uint32(file[at:]))
	}
	start := u32(12)
	if start < 0 || start+12 > len(file) {
		return nil, broken
	}
	tables := int(binary.BigEndian.Uint16(file[start+4:]))
	head := 12 + 16*tables
	if start+head > len(file) {
		return nil, broken
	}
	out := append([]byte(nil), file[start:start+head]...)
	for i := range tables {
		entry := 12 + 16*i
		at, size := u32(start+entry+8), u32(start+entry+12)
		if at < 0 || size < 0 || at+size > len(file) || len(out)+size > len(file)+head {
			return nil, broken
		}
		binary.BigEndian.PutUint32(out[entry+8:], uint32(len(out)))
		out = append(out, file[at:at+size]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out, nil
}

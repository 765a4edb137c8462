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
	return font, nil
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

package fonts

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
)

// Every face parses, is TrueType, and is the file that README.md vouches for.
func TestFaces(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	total, names := 0, map[string]bool{}
	for _, face := range Faces() {
		b, err := face.TrueType()
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
		if _, err := sfnt.Parse(b); err != nil {
			t.Errorf("%s: %v", face.Name, err)
		}
		if string(b[:4]) != "\x00\x01\x00\x00" {
			t.Errorf("%s is not a TrueType file", face.Name)
		}
		if names[face.Name] {
			t.Errorf("%s stands twice in the list", face.Name)
		}
		names[face.Name] = true
		line := fmt.Sprintf("| %s |", face.file)
		sum := fmt.Sprintf("%x", sha256.Sum256(b))
		if !strings.Contains(string(readme), line) || !strings.Contains(string(readme), sum) {
			t.Errorf("README.md lacks %s with SHA-256 %s", face.file, sum)
		}
	}
	if files, err := files.ReadDir("."); err != nil || len(files) != len(names) {
		t.Errorf("%d font files for %d faces (%v)", len(files), len(names), err)
	}
	if total >= 2<<20 {
		t.Errorf("the faces take %d bytes, more than two megabytes", total)
	}
}

// TestLoad refuses what the PDF library would embed badly, each with its reason.
func TestLoad(t *testing.T) {
	good, err := Faces()[Fallback].TrueType()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(good); err != nil {
		t.Errorf("a good font: %v", err)
	}
	at := func(tag string) int { // of the table
		for i := 12; ; i += 16 {
			if string(good[i:i+4]) == tag {
				return int(binary.BigEndian.Uint32(good[i+8:]))
			}
		}
	}
	changed := func(change func(font []byte)) []byte {
		font := bytes.Clone(good)
		change(font)
		return font
	}
	rights := func(n uint16) []byte {
		return changed(func(font []byte) { binary.BigEndian.PutUint16(font[at("OS/2")+8:], n) })
	}
	for name, c := range map[string]struct {
		font []byte
		want string // in the error; nothing is wrong without it
	}{
		"editable":   {rights(8), ""},
		"preview":    {rights(4), ""},
		"restricted": {rights(2), "licence"},
		"whole":      {rights(0x104), "licence"},
		"bitmaps":    {rights(0x200), "licence"},
		"no letters": {changed(func(font []byte) { // each table of letters is for another system
			cmap := font[at("cmap"):]
			for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
				binary.BigEndian.PutUint16(cmap[4+8*i:], 1)
			}
		}), "cmap"},
		"cut":    {good[:len(good)/2], ""},
		"header": {good[:40], "is no TrueType font"},
		"CFF":    {append([]byte("OTTO"), good[4:]...), "PostScript outlines"},
		"text":   {[]byte("a text of some length"), "is no TrueType font"},
		"short":  {[]byte("x"), "is no font"},
		"TTC":    {append([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10"), bytes.Repeat([]byte{0xff}, 20)...), "damaged collection"},
		"web":    {append([]byte("wOF2"), good[4:]...), "WOFF"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(c.font)
			if name == "cut" {
				if err == nil {
					t.Error("half a font is taken for a whole one")
				}
				return
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// FuzzLoad never panics, and what it lets through can be looked into.
func FuzzLoad(f *testing.F) {
	good, err := Faces()[Mono].TrueType()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:400])
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10\x00\x01\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if font, err := Load(file); err == nil && table(font, "cmap") == nil {
			t.Error("a font without a table of letters")
		}
	})
}

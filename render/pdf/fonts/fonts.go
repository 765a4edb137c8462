// Package fonts holds the typefaces that the PDF renderer embeds: IBM Plex Sans in four styles, IBM Plex
// Mono, and DejaVu Sans Mono for the runes that Plex lacks.
//
// To add a face, put its TrueType file beside this one, name its source, licence and checksum in README.md,
// and add a line to Faces. All files together stay below two megabytes, since every binary carries them.
package fonts

import (
	"embed"
	"fmt"
)

//go:embed *.ttf
var files embed.FS

// Face is one typeface.
type Face struct {
	// Name is the font's PostScript name.
	Name string
	file string
	data []byte // of a site's own
}

// Own is a face of a site's own, from the data of a TrueType file. The name is letters and digits.
func Own(name string, data []byte) Face { return Face{Name: name, data: data} }

// The faces, in the order of Faces.
const (
	Sans = iota
	SansBold
	SansItalic
	SansBoldItalic
	Mono
	Fallback
)

// Faces lists the typefaces; the constants Sans to Fallback are its indexes.
func Faces() []Face {
	return []Face{
		Sans:           {Name: "IBMPlexSans", file: "IBMPlexSans-Regular.ttf"},
		SansBold:       {Name: "IBMPlexSans-SemiBold", file: "IBMPlexSans-SemiBold.ttf"},
		SansItalic:     {Name: "IBMPlexSans-Italic", file: "IBMPlexSans-Italic.ttf"},
		SansBoldItalic: {Name: "IBMPlexSans-SemiBoldItalic", file: "IBMPlexSans-SemiBoldItalic.ttf"},
		Mono:           {Name: "IBMPlexMono", file: "IBMPlexMono-Regular.ttf"},
		Fallback:       {Name: "DejaVuSansMono", file: "DejaVuSansMono.ttf"},
	}
}

// TrueType returns the face's TrueType file.
func (f Face) TrueType() ([]byte, error) {
	if f.data != nil {
		return f.data, nil
	}
	b, err := files.ReadFile(f.file)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", f.Name, err)
	}
	return b, nil
}

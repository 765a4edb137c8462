package pdf

import (
	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
)

// The page, in points.
const (
	marginTop    = 68.0
	marginBottom = 62.0
)

// The colours. Grey is for what is secondary; strong colour is for severity. The contrast of muted on the
// gutter is 4.9 to 1, of the link colour on white 7.2 to 1.
const (
	ink    = canvas.Color(0x1b1f24)
	muted  = canvas.Color(0x5c6670)
	rule   = canvas.Color(0xd5dadf)
	panel  = canvas.Color(0xf5f6f8)
	gutter = canvas.Color(0xe9ecf0)
	link   = canvas.Color(0x0b57a4)
	accent = canvas.Color(0x1f3a5f)
	// underline is lighter than the link that it underlines, so that a column of links stays readable.
	underline = canvas.Color(0x9dbbdc)
	white     = canvas.Color(0xffffff)
	marked    = canvas.Color(0xfbe9b7) // behind what a reader of an excerpt looks for
)

// chipStyle is the look of a severity's band. Lightness falls from band to band, so that the order
// survives grey print; the word and the bars say it without any colour.
type chipStyle struct{ ground, text, faint canvas.Color }

func chipStyles(level int) chipStyle {
	switch level {
	case 5:
		return chipStyle{0x6b0f2a, white, 0xa66d7d}
	case 4:
		return chipStyle{0xb5460a, white, 0xdca27f}
	case 3:
		return chipStyle{0xe8a33d, ink, 0xc08a3a}
	case 2:
		return chipStyle{0xa9cdea, ink, 0x7fa3c0}
	default:
		return chipStyle{0xe3e7ec, ink, 0xb4bcc5}
	}
}

// alertStyle is the look of an alert: a bar and a title in one colour, and a tint of it behind.
type alertStyle struct{ bar, ground canvas.Color }

func alertStyles(name string) alertStyle {
	switch name {
	case "tip":
		return alertStyle{0x1c6b45, 0xecf4f0}
	case "important":
		return alertStyle{0x573b8a, 0xf1eef6}
	case "warning":
		return alertStyle{0xa3480c, 0xf9f1ea}
	case "caution":
		return alertStyle{0x8c1d33, 0xf8ecee}
	default:
		return alertStyle{link, 0xebf2f9}
	}
}

// style is the look of a run of text.
type style struct {
	size         float64
	color        canvas.Color
	bold, italic bool
	mono         bool
	plain        bool // inline code has no ground, as in tables, where it would stripe the columns
	tint         bool // ground of inline code
	strike       bool
	mark         document.Mark // of a part of an excerpt
	rise         float64
	link         string // #id or an address
	bare         bool   // the link is not underlined
	origin       string // id of the place that this run is, for links back to it
}

func (s style) face() int {
	switch {
	case s.mono:
		return fonts.Mono
	case s.bold && s.italic:
		return fonts.SansBoldItalic
	case s.bold:
		return fonts.SansBold
	case s.italic:
		return fonts.SansItalic
	}
	return fonts.Sans
}

// prose is the look of a block of lines.
type prose struct {
	style
	leading float64
}

func body() prose { return prose{style: style{size: 9.6, color: ink}, leading: 14} }

// headingLook returns the look of a heading and the space round it.
func (l *layout) headingLook(level int) (p prose, before, after float64) {
	switch level {
	case 1:
		return prose{style: style{size: 20, color: l.accent, bold: true}, leading: 25}, 26, 10
	case 2:
		return prose{style: style{size: 14, color: ink, bold: true}, leading: 18}, 26, 7
	case 3:
		return prose{style: style{size: 10.6, color: ink, bold: true}, leading: 14}, 17, 5
	default:
		return prose{style: style{size: 9.6, color: muted, bold: true}, leading: 14}, 12, 3
	}
}

const (
	tableSize    = 8.4
	tableLeading = 11.6
	headSize     = 7.6
	codeSize     = 7.3
	codeLeading  = 10.1
	numberSize   = 6.2
	marginSize   = 7.8
)

// baseline returns how far below the top of a line its letters stand: capitals are centred in the line.
func baseline(leading, size float64) float64 { return leading/2 + size*0.349 }

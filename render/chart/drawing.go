package chart

import (
	"strings"
	"unicode/utf8"
)

// Width is the width of every drawing, in points: the column of an A4 page.
const Width = 471.0

// Role is what a colour is for. Who draws knows the colours: a page has a light and a dark set.
type Role uint8

const (
	Ink    Role = iota // letters and figures
	Muted              // what explains: axes, legends
	Rule               // lines behind the data
	Paper              // the ground, and letters on dark shapes
	Accent             // data
	Tint               // data of the second rank: lighter, with the same meaning
	// For the sum: what raises a severity, and what lowers it.
	Criticality
	Lethality
	System
	Network
	// The bands of severity, lowest first.
	Low
	Guarded
	Elevated
	High
	Severe
	// Steps of a scale from none to the most.
	Step1
	Step2
	Step3
	Step4
	Step5
)

// Roles names the roles for style sheets.
var Roles = [...]string{"ink", "muted", "rule", "paper", "accent", "tint", "criticality", "lethality", "system", "network",
	"low", "guarded", "elevated", "high", "severe", "step1", "step2", "step3", "step4", "step5"}

// Bands names the roles of the bands.
var bands = map[string]Role{"low": Low, "guarded": Guarded, "elevated": Elevated, "high": High, "severe": Severe}

// Anchor says which end of a text stands at its place.
type Anchor uint8

const (
	Start Anchor = iota
	Middle
	End
)

// Point is a place; the origin is the upper left corner.
type Point struct{ X, Y float64 }

// Rect is a filled rectangle, with an outline where Outline is set.
type Rect struct {
	X, Y, W, H float64
	Fill       Role
	Outline    bool // drawn as an outline in the colour, filled with paper: a part that is uncertain
}

// Line is a line through points.
type Line struct {
	Points []Point
	Width  float64
	Color  Role
	Dots   bool
}

// Disc is a filled circle.
type Disc struct {
	X, Y, R float64
	Fill    Role
}

// Text is one line of text; Y is its baseline.
type Text struct {
	X, Y, Size float64
	Bold       bool
	Anchor     Anchor
	Color      Role
	Text       string
}

// Drawing is a chart as shapes, in the order in which they are drawn. The shapes are Rect, Line, Disc and Text.
type Drawing struct {
	Title  string
	Height float64
	Shapes []any
}

func (d *Drawing) rect(x, y, w, h float64, r Role) {
	d.Shapes = append(d.Shapes, Rect{X: x, Y: y, W: w, H: h, Fill: r})
}

func (d *Drawing) frame(x, y, w, h float64, r Role) {
	d.Shapes = append(d.Shapes, Rect{X: x, Y: y, W: w, H: h, Fill: r, Outline: true})
}

func (d *Drawing) line(width float64, r Role, points ...Point) {
	d.Shapes = append(d.Shapes, Line{Points: points, Width: width, Color: r})
}

func (d *Drawing) dots(r Role, points ...Point) {
	d.Shapes = append(d.Shapes, Line{Points: points, Width: 0.6, Color: r, Dots: true})
}

func (d *Drawing) disc(x, y, radius float64, r Role) {
	d.Shapes = append(d.Shapes, Disc{x, y, radius, r})
}

func (d *Drawing) text(x, y float64, a Anchor, r Role, s string) {
	d.Shapes = append(d.Shapes, Text{X: x, Y: y, Size: size, Anchor: a, Color: r, Text: s})
}

func (d *Drawing) bold(x, y float64, a Anchor, r Role, s string) {
	d.Shapes = append(d.Shapes, Text{X: x, Y: y, Size: size, Bold: true, Anchor: a, Color: r, Text: s})
}

// size of all letters, and the smallest distance of two baselines, in points.
const (
	size    = 7.6
	leading = 10.4
	// middle is how far below the middle of a row its baseline is.
	middle = size * 0.35
)

// Measure gives the width of a text in points.
type Measure func(s string, size float64, bold bool) float64

// Estimate is a Measure for readers with fonts of their own: on the large side of what common faces need.
func Estimate(s string, size float64, bold bool) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x1100 && (r <= 0x11ff || r >= 0x2e80 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60 || r >= 0x1f000):
			w += 1.02
		case strings.ContainsRune("ijl.,:;'|! I[]()/\\t", r):
			w += 0.36
		case r == 'm' || r == 'w' || r == 'M' || r == 'W' || r == '@' || r == '%' || r == '→':
			w += 0.95
		case r >= 'A' && r <= 'Z':
			w += 0.72
		default:
			w += 0.61
		}
	}
	if bold {
		w *= 1.05
	}
	return w * size
}

// fit shortens a text to a width, with an ellipsis for what is gone.
func (m Measure) fit(s string, width float64) string {
	if m(s, size, false) <= width+0.01 {
		return s
	}
	for len(s) > 0 {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
		if short := strings.TrimRight(s, " .,:;-") + "…"; m(short, size, false) <= width+0.01 {
			return short
		}
	}
	return ""
}

// widest is the width that the longest of the texts needs, but no more than limit.
func (m Measure) widest(limit float64, texts ...string) float64 {
	w := 0.0
	for _, s := range texts {
		w = max(w, m(s, size, false))
	}
	return min(w, limit)
}

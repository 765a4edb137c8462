// Package style is what a site may choose of a report's looks: paper, margins, colours, typefaces, a logo, and the label of the
// Traffic Light Protocol. The zero Style is the project's own look.
package style

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/picture"
)

// Style holds for HTML and PDF alike.
type Style struct {
	Paper  string  // one of Papers, in lower case; empty means a4
	Margin float64 // at the left and the right of the paper, in points; 0 means 62
	Lang   string  // of the text, as in RFC 5646; empty means en
	Author string
	TLP    string // one of Labels; empty for none
	Accent Color  // titles and rules; 0 means the project's own
	Link   Color
	Logo   *picture.Picture // above the title; nil for none
	Fonts  Fonts
}

// Fonts are TrueType files that take the place of the project's own; nil leaves one as it is.
type Fonts struct {
	Text, Bold, Italic, BoldItalic, Mono []byte
	// Fallback are asked in turn for what the others have no glyph of.
	Fallback [][]byte
}

// Papers are the sizes of paper.
var Papers = []string{"a4", "letter"}

// Labels are those of TLP 2.0 (FIRST, August 2022).
var Labels = []string{"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"}

// The margins at left and right may be from 1 cm to 5 cm.
const (
	DefaultMargin = 62.0
	MinMargin     = 28.3
	MaxMargin     = 141.8
)

// ParseLabel reads a label, with or without "TLP:" and in any case.
func ParseLabel(s string) (string, error) {
	name := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "TLP:")
	if name != "" && !slices.Contains(Labels, name) {
		return "", fmt.Errorf("%q is no label of TLP 2.0; there are %s", s, strings.ToLower(strings.Join(Labels, ", ")))
	}
	return name, nil
}

var length = lazily.Regexp(`^([0-9]+(?:\.[0-9]+)?) ?(mm|cm|in|pt)$`)

// ParseMargin reads a length such as "22mm", "2.2 cm", "0.9in" or "62pt".
func ParseMargin(s string) (float64, error) {
	m := length().FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return 0, fmt.Errorf("%q is no length; write one such as 22mm, 2.2cm, 0.9in or 62pt", s)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no length", s)
	}
	v *= map[string]float64{"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72, "pt": 1}[m[2]]
	if v < MinMargin || v > MaxMargin {
		return 0, fmt.Errorf("%q is not from 1cm to 5cm", s)
	}
	return v, nil
}

// Color is a colour as 0xRRGGBB.
type Color uint32

var hexColor = lazily.Regexp(`^#[0-9a-fA-F]{6}$`)

// LeastContrast is what WCAG 2.2 (1.4.3) asks of text on its ground.
const LeastContrast = 4.5

// ParseColor reads a colour for text, such as "#1f3a5f". One that could not be read on white paper is an error.
func ParseColor(s string) (Color, error) {
	if !hexColor().MatchString(s) {
		return 0, fmt.Errorf(`%q is no colour; write one such as "#1f3a5f", in quotes`, s)
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is no colour", s)
	}
	c := Color(n)
	if ratio := c.Contrast(0xffffff); ratio < LeastContrast {
		return 0, fmt.Errorf("%q stands out from white paper by %.1f to 1 only; text needs 4.5 to 1 (WCAG 2.2, 1.4.3): choose a darker one", s, math.Floor(ratio*10)/10)
	}
	return max(c, 1), nil // 0 is none chosen; nobody sees the difference to black
}

// String is the colour as style sheets write it.
func (c Color) String() string { return fmt.Sprintf("#%06x", uint32(c)) }

// Contrast is the ratio of the luminances of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio).
func (c Color) Contrast(o Color) float64 {
	a, b := c.luminance(), o.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func (c Color) luminance() float64 {
	part := func(shift uint) float64 {
		v := float64(c>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// Lighter is the colour mixed with white until it stands out from a dark ground: the same hue, for pages at night.
func (c Color) Lighter(ground Color) Color {
	mixed := c
	for share := 0.0; share <= 1; share += 0.05 {
		mix := func(shift uint) Color {
			v := float64(c >> shift & 0xff)
			return Color(v+(255-v)*share) << shift
		}
		mixed = mix(16) | mix(8) | mix(0)
		if mixed.Contrast(ground) >= 7 {
			break
		}
	}
	return mixed
}

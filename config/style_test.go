package config

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"practicum/render/style"
	"practicum/templates"
)

// styleFiles writes a logo, a style sheet and a font.
func styleFiles(t *testing.T) (logo, css, font string) {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 10))); err != nil {
		t.Fatal(err)
	}
	face, err := os.ReadFile("../render/pdf/fonts/IBMPlexMono-Regular.ttf")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"logo.png": picture.Bytes(), "page.css": []byte("h1 { color: red; }\n"), "mono.ttf": face, "own.md.tmpl": []byte("# Own\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "logo.png"), filepath.Join(dir, "page.css"), filepath.Join(dir, "mono.ttf")
}

// Files of the looks are found from the folder of the configuration, wherever the command is run.
func TestStyle(t *testing.T) {
	logo, _, _ := styleFiles(t)
	site := filepath.Join(filepath.Dir(logo), "site.yaml")
	o, err := resolve(site, `
analyst: Ann
template: own.md.tmpl
tlp: TLP:Amber+Strict
style:
  margin: 2.2 cm
  lang: de-AT
  accent: "#7A1F4B"
  logo: logo.png
  css: page.css
  fonts: {mono: mono.ttf, fallback: [mono.ttf, ./mono.ttf]}
`, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := o.Style
	if s.Author != "Ann" || s.TLP != "AMBER+STRICT" || s.Lang != "de-AT" || s.Accent != 0x7a1f4b || s.Link != 0 || s.Margin < 62.3 || s.Margin > 62.4 {
		t.Errorf("style %+v", s)
	}
	if s.Logo == nil || s.Logo.Width != 30 || s.Fonts.Mono == nil || s.Fonts.Text != nil || len(s.Fonts.Fallback) != 2 {
		t.Errorf("logo %v, fonts %d %d", s.Logo, len(s.Fonts.Mono), len(s.Fonts.Fallback))
	}
	if o.Templates.Report != "# Own\n" || o.Templates.Name != "own.md.tmpl" || o.Templates.Parts != templates.Default().Parts || !strings.HasSuffix(o.Templates.Style, "color: red; }\n") {
		t.Errorf("templates %+v", o.Templates.Name)
	}
}

// Each wrong value is named with its key and the way out, all in one go.
func TestStyleProblems(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.css": "</STYLE><script>", "cff.ttf": "OTTO\x00\x01\x00\x00\x00\x00\x00\x00", "web.ttf": "wOFF12345678", "text.png": "no picture", "no.ttf": "0123456789abcdef"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := resolve(filepath.Join(dir, "site.yaml"), `
tlp: yellow
template: none.tmpl
style: {margin: 9, lang: "e n", accent: "#ffee88", link: blue, logo: text.png, css: a.css, fonts: {text: cff.ttf, bold: web.ttf, italic: no.ttf, mono: ., fallback: [gone.ttf]}}
`, nil, nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`tlp: "yellow" is no label of TLP 2.0; there are clear, green,`, "template: ", "none.tmpl: no such file", `style.margin: "9" is no length; write one such as 22mm`,
		`style.lang: "e n" is no language`, `style.accent: "#ffee88" stands out from white paper by 1.1 to 1 only`, `style.link: "blue" is no colour`,
		"style.logo: text.png: is no PNG, JPEG or GIF", "style.css: a.css ends the style sheet", "style.fonts.text: cff.ttf: has PostScript outlines", "style.fonts.bold: web.ttf: is a font for web pages",
		"style.fonts.italic: no.ttf: is no TrueType font", "is no file", "style.fonts.fallback[0]: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
}

// The limits of colours are those of WCAG 2.2.
func TestContrast(t *testing.T) {
	for _, c := range []struct {
		color string
		ok    bool
	}{{"#767676", true}, {"#777777", false}, {"#000000", true}, {"#ffffff", false}, {"#0b57a4", true}, {"767676", false}, {"#76767", false}} {
		if _, err := style.ParseColor(c.color); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.color, err)
		}
	}
	for _, c := range []style.Color{0x1f3a5f, 0x7a1f4b, 1, 0x004400} {
		if ratio := c.Lighter(0x14171b).Contrast(0x14171b); ratio < 7 {
			t.Errorf("%s is %s on a dark page: %.1f to 1", c, c.Lighter(0x14171b), ratio)
		}
	}
}

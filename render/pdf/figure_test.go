package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

	"practicum/render/document"
	"practicum/render/picture"
	look "practicum/render/style"
)

// TestFigure draws a picture with its caption, one that is too large for the page, and a logo.
func TestFigure(t *testing.T) {
	pixels := image.NewRGBA(image.Rect(0, 0, 60, 3000))
	for y := range 3000 {
		pixels.Set(y%60, y, color.RGBA{200, 20, 20, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, pixels); err != nil {
		t.Fatal(err)
	}
	const md = "# Title\n\nText.\n\n![What the *analyst* saw](tall.png)\n\n![Again](tall.png)\n\nIn a line ![small](tall.png) and ![gone](none.png).\n"
	d, err := document.ParseWith([]byte(md), picture.Folder(fstest.MapFS{"tall.png": {Data: b.Bytes()}}))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Warnings) != 2 || d.Warnings[0].Line != 9 || !strings.Contains(d.Warnings[0].Reason, "paragraph of its own") {
		t.Errorf("warnings %v", d.Warnings)
	}
	logo, err := picture.Decode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Render(&out, d, Options{Style: look.Style{Logo: logo, Margin: 100, Accent: 0x7a1f4b}}); err != nil {
		t.Fatal(err)
	}
	if got := tool(t, out.Bytes(), "qpdf", "--check", "FILE"); !strings.Contains(got, "No syntax or stream encoding errors found") {
		t.Error(got)
	}
	// The logo and two figures are one picture in the file.
	if got := tool(t, out.Bytes(), "pdfimages", "-list", "FILE"); strings.Count(got, "\n") != 5 || strings.Count(got, " 30  0 ") != 3 {
		t.Errorf("pictures:\n%s", got)
	}
	text := tool(t, out.Bytes(), "pdftotext", "-layout", "FILE", "-")
	for _, want := range []string{"What the analyst saw", "Again", "In a line small and gone."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

package canvas

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/render/pdf/fonts"
)

func newCanvas(t *testing.T, info Info) *Canvas {
	t.Helper()
	c, err := New(300, 200, fonts.Faces(), info)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, c *Canvas) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tool runs a program on a PDF file and returns what it prints. A missing program fails the test.
func tool(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// drawing draws something of everything.
func drawing(t *testing.T, info Info) *Canvas {
	c := newCanvas(t, info)
	c.AddPage()
	c.Text(20, 30, fonts.Sans, 10, 0, `Plain (\) Tj ET {nb} AV`)
	c.Text(20, 50, fonts.Mono, 10, 0xff0000, "mono ‹U+202E›")
	c.Text(20, 70, fonts.Fallback, 10, 0xff0000, "☐ ⚠")
	for range 60 { // unbalanced q operators would add up
		c.RoundRect(20, 80, 30, 10, 2, 0x00ff00)
		c.RoundFrame(60, 80, 30, 10, 2, 0.5, 0x00ff00)
	}
	c.Rect(100, 80, 30, 10, 0x0000ff)
	c.Line(1, 0, Point{140, 80}, Point{150, 90}, Point{160, 80})
	c.Dots(20, 280, 110, 1, 3, 0)
	d := c.NewDestination()
	c.Link(20, 20, 100, 12, d, "says \xff")
	c.LinkURI(20, 40, 100, 12, "https://example.org/a b)>>/JS(ä", "")
	c.Bookmark(3, "Erster 😀 \xe2\x82", 20)
	c.Bookmark(1, "below", 30)
	c.Bookmark(2, "further below", 30)
	c.AddPage()
	c.Place(d, 20)
	c.Bookmark(0, "獴牥慭\n endobj stream (", 20)
	c.Text(20, 30, fonts.SansBold, 10, 0, "second page")
	c.GoTo(1)
	c.Text(20, 130, fonts.Sans, 10, 0, "back on the first")
	return c
}

func TestDrawing(t *testing.T) {
	info := Info{Title: "Tïtle 😀", Author: "A", Lang: "en", Date: time.Date(2000, 4, 10, 2, 4, 59, 0, time.UTC)}
	pdf := write(t, drawing(t, info))
	if out := tool(t, pdf, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf --check:\n%s", out)
	}
	text := tool(t, pdf, "pdftotext", "-raw", "FILE", "-")
	want := "Plain (\\) Tj ET {nb} AV\nmono ‹U+202E›\n☐ ⚠\nback on the first\n\fsecond page\n\f"
	if text != want {
		t.Errorf("text is %q, want %q", text, want)
	}
	about := tool(t, pdf, "pdfinfo", "-isodates", "FILE")
	for _, want := range []string{"Tïtle 😀", "2000-04-10T02:04:59Z", "Pages:           2", "PDF version:     1.7"} {
		if !strings.Contains(about, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, about)
		}
	}
	fontList := tool(t, pdf, "pdffonts", "FILE")
	if n := strings.Count(fontList, "yes yes yes"); n != 4 {
		t.Errorf("%d embedded fonts with a map to Unicode, want the 4 that are used, as subsets:\n%s", n, fontList)
	}
	plain := tool(t, pdf, "qpdf", "--qdf", "--object-streams=disable", "FILE", "-")
	for _, want := range []string{"/Count -1\n", "/Lang (en)", "/ID [", "/URI (https://example.org/a%20b\\)>>/JS\\(%C3%A4)"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the file lacks %s", want)
		}
	}
}

// A file without a date has none: the library would take the clock's.
func TestNoDate(t *testing.T) {
	pdf := write(t, drawing(t, Info{}))
	if bytes.Contains(pdf, []byte("Date")) {
		t.Error("the file has a date")
	}
}

func TestSameBytes(t *testing.T) {
	first := write(t, drawing(t, Info{Title: "T"}))
	for range 5 {
		if !bytes.Equal(first, write(t, drawing(t, Info{Title: "T"}))) {
			t.Fatal("the same drawing gave different bytes")
		}
	}
}

// A rune without a glyph would be an empty box on the page. It is an error instead.
func TestNoEmptyBoxes(t *testing.T) {
	for _, s := range []string{"\U0001F600", "中", "\u202e", "\ufeff", "\n"} {
		c := newCanvas(t, Info{})
		c.AddPage()
		c.Text(20, 20, fonts.Sans, 10, 0, "before"+s)
		if err := c.Write(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "no glyph") {
			t.Errorf("%q: error %v", s, err)
		}
	}
}

// Whatever a face has can be drawn: the library panics on some runes, none of which may get to it.
func TestEveryRune(t *testing.T) {
	c := newCanvas(t, Info{})
	for face := range fonts.Faces() {
		c.AddPage()
		for r := rune(0); r <= 0x10ffff; r++ {
			if c.Has(face, r) {
				c.Text(20, 20, face, 10, 0, string(r))
			}
		}
	}
	if out := tool(t, write(t, c), "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
		t.Error(out)
	}
}

func TestErrors(t *testing.T) {
	c := newCanvas(t, Info{})
	c.AddPage()
	c.Link(0, 0, 10, 10, c.NewDestination(), "")
	if err := c.Write(&bytes.Buffer{}); err == nil {
		t.Error("a link that leads nowhere was written")
	}
	if _, err := New(10, 10, nil, Info{Lang: "en) /JS ("}); err == nil {
		t.Error("a language that is none was accepted")
	}
	c = newCanvas(t, Info{})
	c.GoTo(3)
	if c.Err() == nil {
		t.Error("page 3 of 0 was gone to")
	}
}

// Widths are those that a reader uses: the sum that is measured is what the file's table of widths says.
func TestWidth(t *testing.T) {
	c := newCanvas(t, Info{})
	if w := c.Width(fonts.Mono, 10, "12345"); w != 30 {
		t.Errorf("five figures of Plex Mono at 10 points are %v wide, want 30", w)
	}
	if pair, apart := c.Width(fonts.Sans, 10, "AV"), c.Advance(fonts.Sans, 10, 'A')+c.Advance(fonts.Sans, 10, 'V'); pair >= apart {
		t.Errorf("AV is not kerned: %v, apart %v", pair, apart)
	}
	if w := c.Width(fonts.Sans, 10, "e\u0301"); w != c.Advance(fonts.Sans, 10, 'e') {
		t.Error("a combining accent has a width")
	}
}

// The PDF library is imported here and nowhere else in the module.
func TestOnlyImport(t *testing.T) {
	root, found := filepath.Join("..", "..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return nil // not this test's matter
		}
		for _, i := range f.Imports {
			if strings.Contains(i.Path.Value, "fpdf") {
				found++
				if filepath.Base(filepath.Dir(path)) != "canvas" {
					t.Errorf("%s imports %s", path, i.Path.Value)
				}
			}
		}
		return nil
	})
	if err != nil || found != 1 {
		t.Errorf("%d files import the library (%v)", found, err)
	}
}

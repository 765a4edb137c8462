// Package pdf draws a report's document tree as a PDF file.
//
// Layout is done here, not by the PDF library. Blocks become rows (block.go, table.go, code.go), inline nodes
// become words that are broken into lines (inline.go, lines.go), and the pager puts rows on pages
// (pager.go): it keeps headings with what follows, leaves no single lines behind, repeats the heads of
// tables and paints panels behind rows. The contents, the running heads and the page numbers are drawn
// last, when all pages are known (contents.go, margin.go).
//
// To draw a new kind of node, add a case to block or to inline; everything a node says must come from the
// methods of document.Document, which make hidden characters visible. Sizes and colours are in style.go.
//
// The file is tagged: each row knows the element of the structure that it belongs to, and what has none is decoration.
package pdf

import (
	"fmt"
	"io"
	"strings"
	"time"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
	"practicum/render/safe"
	look "practicum/render/style"
)

// Options say how a document is drawn. The zero value is A4 without a date or a label.
type Options struct {
	look.Style
	// Date is the date of creation in the file's information. The zero time leaves it out.
	Date time.Time
	// Files are attached to the document.
	Files []canvas.File
	// Title replaces the document's own title in the file's information and in the margins.
	Title string
}

type paper struct {
	name          string
	width, height float64
}

// papers lists the sizes of paper that Options.Paper accepts, the usual one first.
func papers() []paper {
	return []paper{{"A4", 595.28, 841.89}, {"Letter", 612, 792}}
}

// Render draws the document and writes the file. The same document and options give the same bytes.
// Nothing is written before the whole file is made.
func Render(w io.Writer, d *document.Document, o Options) (err error) {
	// The PDF library panics on input that it does not expect. What is known to make it panic is kept from
	// it; for the rest, a report without a PDF is better than no report.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdf: %v", p)
		}
	}()
	if o.Paper == "" {
		o.Paper = papers()[0].name
	}
	if o.Lang == "" {
		o.Lang = "en"
	}
	if o.Title == "" {
		o.Title = d.Title
	}
	label, err := findLabel(o.TLP)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	var names []string
	for _, paper := range papers() {
		if !strings.EqualFold(paper.name, o.Paper) {
			names = append(names, paper.name)
			continue
		}
		c, err := canvas.New(paper.width, paper.height, faces(o.Fonts), canvas.Info{
			Title: safe.Show(o.Title), Author: safe.Show(o.Author), Lang: o.Lang, Date: o.Date, Keywords: keywords(label), Files: o.Files,
		})
		if err != nil {
			return fmt.Errorf("pdf: %w", err)
		}
		if err := draw(c, d, safe.Show(o.Title), label, paper.width, paper.height, o.Style).Write(w); err != nil {
			return fmt.Errorf("pdf: %w", err)
		}
		return nil
	}
	return fmt.Errorf("pdf: no paper %q: want %s", o.Paper, strings.Join(names, " or "))
}

func draw(c *canvas.Canvas, d *document.Document, title string, label *label, width, height float64, st look.Style) *canvas.Canvas {
	l := newLayout(c, d, width, height, st)
	l.document()
	l.pager.finish()
	l.drawOutline()
	l.drawMargins(title, label)
	return c
}

// faces are the project's own with the site's in their places, and the site's fallbacks before the project's last resort.
func faces(f look.Fonts) []fonts.Face {
	list := fonts.Faces()
	for i, data := range [][]byte{fonts.Sans: f.Text, fonts.SansBold: f.Bold, fonts.SansItalic: f.Italic, fonts.SansBoldItalic: f.BoldItalic, fonts.Mono: f.Mono} {
		if data != nil {
			list[i] = fonts.Own(fmt.Sprintf("Own%d", i), data)
		}
	}
	for i, data := range f.Fallback {
		list = append(list, fonts.Own(fmt.Sprintf("OwnFallback%d", i), data))
	}
	return list
}

// keywords say the label to programs that sort files.
func keywords(label *label) string {
	if label == nil {
		return ""
	}
	return label.text
}

// Package canvas draws text, rules, shapes and links on the pages of a PDF file, and measures text.
//
// It is the only package that imports the PDF library, so that a move to another one is made here. The
// library's own text layout, page aliases, attachments, templates and rounded boxes are not used: they
// panic on some input, edit what a page says, or write files that differ from run to run. What is left of it is
// the embedding of fonts and the writing of objects; pages are drawn with plain PDF operators from here.
//
// Units are points; the origin is the page's upper left corner. To draw something new, add a method that
// appends operators through emit. What is
// drawn belongs to the element of the document's structure that Tag selects (structure.go).
package canvas

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/go-pdf/fpdf"

	"practicum/render/pdf/fonts"
	"practicum/render/picture"
)

// Color is a colour as 0xRRGGBB.
type Color uint32

// Point is a place on a page.
type Point struct{ X, Y float64 }

// Destination is a place in the document that links lead to.
type Destination int

// Info is what the file says about itself.
type Info struct {
	Title, Author, Subject, Keywords string
	// Files are attached.
	Files []File
	// Lang is the language of the text, as in RFC 5646. Only letters, digits and hyphens are accepted.
	Lang string
	// Date is the date of creation. The zero time leaves it out; the clock is never read.
	Date time.Time
}

// Canvas is a PDF file that is being drawn. The first error stops it; Write reports that error.
type Canvas struct {
	pdf           *fpdf.Fpdf
	width, height float64
	faces         []*face
	info          Info
	err           error

	page   int
	face   int // selected on the page, -1 if unknown
	size   float64
	fill   int64 // colours selected on the page, -1 if unknown
	stroke int64
	line   float64

	places   []place // by Destination, from 1
	links    []*link
	root     *Element
	tag      *Element           // selected
	within   bool               // the next text stands inside of a span
	says     string             // what the next text stands for, as content of its own
	marking  bool               // marked content is open on the page
	marked   *Element           // whose it is
	contents map[int][]*Element // by page: the elements of its marked content
	outline  []int              // levels of the bookmarks, in order
	ops      []byte
}

// fontResource is the name by which pages select a face. The library uses a hash that it tells nobody; finish puts these
// names in its place.
func fontResource(face int) string { return "P" + strconv.Itoa(face) }

// place is where a destination is; page 0 is nowhere.
type place struct {
	page int
	y    float64
}

// New begins a file whose pages have the width and height given, in points.
func New(width, height float64, faces []fonts.Face, info Info) (*Canvas, error) {
	c := &Canvas{width: width, height: height, info: info, root: &Element{tag: "Document"}, contents: map[int][]*Element{}}
	for _, r := range info.Lang {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return nil, fmt.Errorf("language %q: want a tag such as en or de-AT", info.Lang)
		}
	}
	for _, f := range faces {
		face, err := newFace(f)
		if err != nil {
			return nil, err
		}
		c.faces = append(c.faces, face)
	}
	c.pdf = fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: width, Ht: height}})
	c.pdf.SetMargins(0, 0, 0)
	c.pdf.SetAutoPageBreak(false, 0)
	// Pages are compressed when the file is finished: better, and with one writer for all.
	c.pdf.SetCompression(false)
	// Without these two the library's output depends on the order of its maps and on the clock. The date
	// does not reach the file: finish writes the document information anew.
	c.pdf.SetCatalogSort(true)
	c.pdf.SetCreationDate(time.Unix(0, 0).UTC())
	c.pdf.SetModificationDate(time.Unix(0, 0).UTC())
	return c, nil
}

// Err returns the first error.
func (c *Canvas) Err() error {
	if c.err == nil {
		c.err = c.pdf.Error()
	}
	return c.err
}

func (c *Canvas) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// AddPage adds a page and goes to it.
func (c *Canvas) AddPage() {
	c.endMark()
	c.pdf.AddPage()
	c.page = c.pdf.PageCount()
	c.forget()
}

// Pages returns the number of pages.
func (c *Canvas) Pages() int { return c.pdf.PageCount() }

// GoTo continues the drawing of an earlier page, numbered from 1.
func (c *Canvas) GoTo(page int) {
	if page < 1 || page > c.Pages() {
		c.fail(fmt.Errorf("page %d of %d", page, c.Pages()))
		return
	}
	c.endMark()
	c.pdf.SetPage(page)
	c.page = page
	c.forget()
}

// forget drops what is known of the page's graphics state, which SetPage neither saves nor restores.
func (c *Canvas) forget() {
	c.face, c.fill, c.stroke, c.line = -1, -1, -1, -1
}

// emit writes what was put together. Letters belong to the selected element; shapes only where it says so.
func (c *Canvas) emit(letters bool) {
	if c.page == 0 {
		c.fail(errors.New("drawing before the first page"))
	}
	if c.err == nil {
		if e := c.tag; letters || e != nil && e.drawn {
			c.mark(e)
		} else {
			c.mark(nil)
		}
		c.pdf.RawWriteStr(string(c.ops))
	}
	c.ops = c.ops[:0]
}

func (c *Canvas) num(v float64) {
	n := len(c.ops)
	c.ops = strconv.AppendFloat(c.ops, v, 'f', 2, 64)
	for len(c.ops) > n && c.ops[len(c.ops)-1] == '0' {
		c.ops = c.ops[:len(c.ops)-1]
	}
	if c.ops[len(c.ops)-1] == '.' {
		c.ops = c.ops[:len(c.ops)-1]
	}
	c.ops = append(c.ops, ' ')
}

func (c *Canvas) op(name string) { c.ops = append(append(c.ops, name...), '\n') }

func (c *Canvas) color(col Color, name string) {
	for shift := 16; shift >= 0; shift -= 8 {
		c.ops = strconv.AppendFloat(c.ops, float64(col>>shift&0xff)/255, 'f', 3, 64)
		c.ops = append(c.ops, ' ')
	}
	c.op(name)
}

func (c *Canvas) setFill(col Color) {
	if c.fill != int64(col) {
		c.fill = int64(col)
		c.color(col, "rg")
	}
}

func (c *Canvas) setStroke(col Color, width float64) {
	if c.stroke != int64(col) {
		c.stroke = int64(col)
		c.color(col, "RG")
	}
	if c.line != width {
		c.line = width
		c.num(width)
		c.op("w")
	}
}

// Rect fills a rectangle.
func (c *Canvas) Rect(x, y, w, h float64, col Color) {
	c.setFill(col)
	c.num(x)
	c.num(c.height - y - h)
	c.num(w)
	c.num(h)
	c.op("re f")
	c.emit(false)
}

// RoundRect fills a rectangle with round corners.
func (c *Canvas) RoundRect(x, y, w, h, radius float64, col Color) {
	c.setFill(col)
	c.roundPath(x, y, w, h, radius)
	c.op("f")
	c.emit(false)
}

// RoundFrame draws the outline of a rectangle with round corners.
func (c *Canvas) RoundFrame(x, y, w, h, radius, width float64, col Color) {
	c.setStroke(col, width)
	c.roundPath(x, y, w, h, radius)
	c.op("s")
	c.emit(false)
}

func (c *Canvas) roundPath(x, y, w, h, r float64) {
	const arc = 0.5523 // handle length of the cubic curve nearest to a quarter of a circle
	top, bottom := c.height-y, c.height-y-h
	at := func(op string, v ...float64) {
		for _, n := range v {
			c.num(n)
		}
		c.op(op)
	}
	k := r * (1 - arc)
	at("m", x+r, bottom)
	at("l", x+w-r, bottom)
	at("c", x+w-k, bottom, x+w, bottom+k, x+w, bottom+r)
	at("l", x+w, top-r)
	at("c", x+w, top-k, x+w-k, top, x+w-r, top)
	at("l", x+r, top)
	at("c", x+k, top, x, top-k, x, top-r)
	at("l", x, bottom+r)
	at("c", x, bottom+k, x+k, bottom, x+r, bottom)
}

// Line draws straight lines from point to point.
func (c *Canvas) Line(width float64, col Color, points ...Point) {
	c.setStroke(col, width)
	for i, p := range points {
		c.num(p.X)
		c.num(c.height - p.Y)
		if i == 0 {
			c.op("m")
		} else {
			c.op("l")
		}
	}
	c.op("S")
	c.emit(false)
}

// Dots draws a dotted line from x to end.
func (c *Canvas) Dots(x, end, y, width, gap float64, col Color) {
	if end <= x {
		return
	}
	c.setStroke(col, width)
	c.ops = append(c.ops, "q 1 J [0 "...)
	c.num(gap)
	c.ops = append(c.ops, "] 0 d "...)
	c.num(x)
	c.num(c.height - y)
	c.ops = append(c.ops, "m "...)
	c.num(end)
	c.num(c.height - y)
	c.op("l S Q")
	c.emit(false)
}

// Picture draws a picture in a rectangle.
func (c *Canvas) Picture(x, y, w, h float64, p *picture.Picture) {
	if c.err != nil {
		return
	}
	options := fpdf.ImageOptions{ImageType: p.Type}
	if c.tag != nil && c.tag.drawn {
		c.mark(c.tag)
	} else {
		c.mark(nil)
	}
	if c.pdf.GetImageInfo(p.ID()) == nil {
		c.pdf.RegisterImageOptionsReader(p.ID(), options, bytes.NewReader(p.Data))
	}
	c.pdf.ImageOptions(p.ID(), x, y, w, h, false, options, 0, "")
}

// Dashes draws a dashed line.
func (c *Canvas) Dashes(x0, y0, x1, y1, width float64, col Color) {
	c.setStroke(col, width)
	c.ops = append(c.ops, "q [1.2 2] 0 d "...)
	c.num(x0)
	c.num(c.height - y0)
	c.ops = append(c.ops, "m "...)
	c.num(x1)
	c.num(c.height - y1)
	c.op("l S Q")
	c.emit(false)
}

// TextFor is Text that stands for other words: programs that read the file's text find those.
func (c *Canvas) TextFor(words string, x, y float64, face int, size float64, col Color, s string) {
	if e := c.tag; e != nil && e != Unread && e.actual == "" {
		// Content of its own: programs that read the structure by poppler lose what follows a span inside of other content.
		c.endMark()
		c.says = words
		c.Text(x, y, face, size, col, s)
		c.endMark()
		c.says = ""
		return
	}
	c.ops = fmt.Appendf(c.ops, "/Span <</ActualText <%X>>> BDC\n", utf16Text(words))
	c.within = true
	c.Text(x, y, face, size, col, s)
}

// Text draws s with its baseline at y. Every rune must have a glyph in the face: see Has.
func (c *Canvas) Text(x, y float64, face int, size float64, col Color, s string) {
	if s == "" || c.err != nil {
		return
	}
	f := c.faces[face]
	c.setFill(col)
	c.ops = append(c.ops, "BT "...)
	if c.face != face || c.size != size {
		c.face, c.size = face, size
		c.ops = append(append(append(c.ops, '/'), fontResource(face)...), ' ')
		c.num(size)
		c.ops = append(c.ops, "Tf "...)
	}
	c.num(x)
	c.num(c.height - y)
	c.ops = append(c.ops, "Td [("...)
	last := rune(-1)
	for _, r := range s {
		if f.advance(r) < 0 {
			c.fail(fmt.Errorf("no glyph for %U in %s", r, f.name))
			c.ops = c.ops[:0]
			return
		}
		if k := f.kern(last, r); k != 0 {
			c.ops = append(c.ops, ')')
			c.ops = strconv.AppendInt(c.ops, int64(-k), 10)
			c.ops = append(c.ops, '(')
		}
		f.used.set(r)
		// The encoding is Identity-H: two bytes a rune, its code point.
		c.escaped(byte(r >> 8))
		c.escaped(byte(r))
		last = r
	}
	c.op(")] TJ ET")
	if c.within {
		c.op("EMC")
		c.within = false
	}
	c.emit(true)
}

// escaped appends one byte of a literal string: brackets and the backslash would end or change it, and a
// carriage return would be read as a line feed (ISO 32000-1, 7.3.4.2).
func (c *Canvas) escaped(b byte) {
	switch b {
	case '(', ')', '\\':
		c.ops = append(c.ops, '\\', b)
	case '\r':
		c.ops = append(c.ops, '\\', 'r')
	default:
		c.ops = append(c.ops, b)
	}
}

// NewDestination makes a place that links can name before it is known where it is. It must be placed.
func (c *Canvas) NewDestination() Destination {
	c.places = append(c.places, place{})
	return Destination(len(c.places))
}

// Place says where a destination is: a height on the current page.
func (c *Canvas) Place(d Destination, y float64) { c.places[d-1] = place{c.page, y} }

// Link makes a rectangle lead to a destination. says is what stands in it. The link belongs to the selected element.
func (c *Canvas) Link(x, y, w, h float64, d Destination, says string) {
	c.addLink(&link{x: x, y: y, w: w, h: h, to: d, says: says})
}

func (c *Canvas) addLink(l *link) {
	l.page = c.page
	c.links = append(c.links, l)
	if c.tag != nil && c.tag != Unread {
		l.element = c.tag
		c.tag.kids = append(c.tag.kids, kid{link: l})
	}
}

// LinkURI makes a rectangle lead to an address. The caller decides which addresses are harmless.
func (c *Canvas) LinkURI(x, y, w, h float64, uri, says string) {
	var plain []byte // a URI is ASCII (RFC 3986); anything else is written as octets
	for i := 0; i < len(uri); i++ {
		if b := uri[i]; b > ' ' && b < 0x7f {
			plain = append(plain, b)
		} else {
			plain = fmt.Appendf(plain, "%%%02X", b)
		}
	}
	c.addLink(&link{x: x, y: y, w: w, h: h, uri: string(plain), says: says})
}

// Bookmark adds an item to the outline, leading to a height on the current page. An item's level is at most
// one more than that of the item before it; the first has level 0.
func (c *Canvas) Bookmark(level int, text string, y float64) {
	limit := 0
	if n := len(c.outline); n > 0 {
		limit = c.outline[n-1] + 1
	}
	level = max(0, min(level, limit))
	c.outline = append(c.outline, level)
	// Without a UTF-8 font selected, as here always, the library writes the bytes that it is given.
	c.pdf.Bookmark(string(utf16Text(text)), level, y)
}

// utf16Text is a text string as PDF has it: UTF-16, high byte first, after a mark of that.
func utf16Text(s string) []byte {
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

// Write finishes the file and writes it.
func (c *Canvas) Write(w io.Writer) error {
	if c.Pages() == 0 {
		c.AddPage()
	}
	for _, l := range c.links {
		if l.uri == "" && c.places[l.to-1].page == 0 {
			c.fail(fmt.Errorf("destination %d is nowhere", l.to))
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	c.GoTo(c.Pages()) // the library takes the current page for the last one
	c.endMark()
	c.embed()
	if err := c.Err(); err != nil {
		return err
	}
	var raw bytes.Buffer
	if err := c.pdf.Output(&raw); err != nil {
		return err
	}
	out, err := c.finish(raw.Bytes())
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// embed gives the library the faces that were used and tells it which of their glyphs to embed. It learns that only
// from text that it draws itself, so every used rune is drawn in a template that no page uses and that is therefore not
// in the file.
func (c *Canvas) embed() {
	used := func(yield func(*face) bool) {
		for _, f := range c.faces {
			if f.used != (runeSet{}) && !yield(f) {
				return
			}
		}
	}
	for f := range used {
		c.pdf.AddUTF8FontFromBytes(f.name, "", f.data)
	}
	c.pdf.CreateTemplate(func(t *fpdf.Tpl) {
		for f := range used {
			t.SetFont(f.name, "", 1) // fails if the font could not be read
			t.Text(0, 0, f.used.String())
		}
		if err := t.Error(); err != nil {
			c.fail(err)
		}
	})
}

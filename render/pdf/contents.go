package pdf

import (
	"strconv"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
)

const (
	contentsLeast = 3  // fewer sections need no contents
	contentsFew   = 24 // up to so many entries, the third level is shown too
	contentsMany  = 60 // from so many on, they are set smaller
	contentsLong  = 8  // from so many on, the text begins on a page of its own
)

// contentsEntries are the headings that the contents show: the sections, and what is below them if that makes
// few entries and no two of one name, as the parts of incidents have. The document's title is not among them.
func (l *layout) contentsEntries() []document.Heading {
	for _, deepest := range []int{3, 2} {
		var out []document.Heading
		names, same := map[string]bool{}, false
		for i, h := range l.d.Headings {
			if h.Level <= deepest && !(i == 0 && h.Level == 1) {
				out = append(out, h)
				same = same || names[h.Text]
				names[h.Text] = true
			}
		}
		if deepest == 2 || len(out) <= contentsFew && !same {
			if len(out) < contentsLeast {
				return nil
			}
			return out
		}
	}
	return nil
}

// drawContents lays out the contents. How much room they take is known before the numbers of pages are. It reports
// whether the text should begin on a new page.
func (l *layout) drawContents(f frame) (split bool) {
	entries := l.contentsEntries()
	if len(entries) == 0 {
		return false
	}
	look, _, after := l.headingLook(3)
	look.color = l.accent
	title := baseline(look.leading, look.size)
	head := f.inside(l, "P")
	l.emit(&head, row{before: 24, height: look.leading, after: after, keep: true, need: 80, paint: paintFunc(func(c *canvas.Canvas, y float64) {
		c.Text(f.x, y+title, fonts.SansBold, look.size, look.color, "Contents")
	})}, 0)
	contents := l.c.Element(f.element, "TOC")
	const numbers = 34 // width left for the page numbers and the dots before them
	for i, h := range entries {
		p := prose{style: style{size: 9.4, color: ink}, leading: 14.6}
		if len(entries) > contentsMany {
			p.size, p.leading = 8.2, 11.2
		}
		before := 0.0
		switch {
		case h.Level == 1:
			p.bold, before = true, 4
		case h.Level > 2:
			p.size, p.leading, p.color = 8.8, 13, muted
		}
		w := &words{l: l}
		w.text(&p.style, h.Text)
		at := f
		at.element = l.c.Element(contents, "TOCI")
		at.text = p
		if h.Level > 2 {
			at = at.indent(14)
		}
		at.width -= numbers
		broken := l.breakLines(w.list, at.width)
		base := baseline(p.leading, p.size)
		for j, ln := range broken {
			r := row{height: p.leading, keep: j < len(broken)-1 || i == 0, late: true}
			if j == 0 {
				r.before = before
			}
			r.paint = paintFunc(func(c *canvas.Canvas, y float64) {
				item := c.Tag(c.Element(c.Tagged(), "Link"))
				defer c.Tag(item)
				l.drawLine(c, ln, at.x, y+base)
				if d, ok := l.destination(h.ID); ok {
					c.Link(f.x, y, f.width, p.leading, d, h.Text)
				}
				if j < len(broken)-1 {
					return
				}
				number := strconv.Itoa(l.pages[h.ID])
				width := c.Width(p.face(), p.size, number)
				right := f.x + f.width
				c.Dots(at.x+ln.width+6, right-width-6, y+base-0.6, 0.7, 3.2, 0xb4bcc5)
				c.Text(right-width, y+base, p.face(), p.size, p.color, number)
			})
			l.emit(&at, r, base)
		}
	}
	l.pager.gap(14)
	return len(entries) >= contentsLong
}

// drawOutline writes the outline: the headings again, for the side of the window.
func (l *layout) drawOutline() {
	for _, b := range l.outline {
		l.c.GoTo(b.page)
		l.c.Bookmark(b.level, b.text, b.y)
	}
}

package pdf

import (
	"slices"

	"practicum/render/pdf/canvas"
)

// row is a strip of the page that is never cut: a line of text, a line of a table's row, a heading.
type row struct {
	before, after float64 // wanted distance to the neighbours; the larger of two counts, none at the top of a page
	height        float64
	keep          bool    // not parted from the next row
	need          float64 // space that must be left on the page where the row begins
	fresh         bool    // begins a page
	decor         []*decor
	repeat        *tableHead // printed again above the row when it begins a page
	paint         painter
	placed        func(page int, y float64) // told when the row has its place, before it is painted
	section       string                    // title that the running head shows from here on
	late          bool                      // painted when all pages are known
	element       *canvas.Element           // what its letters belong to; nil for decoration
	again         bool                      // printed once more, which only decorates
}

// painter paints a row whose top is at y.
type painter interface {
	paint(c *canvas.Canvas, y float64)
}

type paintFunc func(c *canvas.Canvas, y float64)

func (f paintFunc) paint(c *canvas.Canvas, y float64) { f(c, y) }

// lineOf is a painter of one line of a block whose parts stand side by side. Lines of one block that follow each
// other on a page are painted together, part by part, so that text comes out of the file in reading order.
type lineOf struct {
	block multiLine
	line  int
}

type multiLine interface {
	// paintLines paints the lines from first on, with their tops at ys; again tells that they only decorate.
	paintLines(c *canvas.Canvas, first int, ys []float64, again bool)
}

func (l lineOf) paint(c *canvas.Canvas, y float64) {
	l.block.paintLines(c, l.line, []float64{y}, false)
}

// decor is what is painted behind rows: the panel of an excerpt, the bar and tint of an alert. It is painted
// once a page over all its rows there, since rectangles side by side show a seam on the screen.
type decor struct {
	top, bottom float64 // space inside, above the first and below the last row of a page
	paint       func(c *canvas.Canvas, y, height float64)
}

// tableHead is what stands above a table, on each of its pages.
type tableHead struct{ rows []row }

type placedRow struct {
	row
	y float64
}

// latePage is a page that is painted when all pages are known.
type latePage struct {
	page int
	rows []placedRow
}

// pager puts rows on pages, in order. Rows that must stay together wait until their group is complete.
type pager struct {
	c           *canvas.Canvas
	top, bottom float64

	page     int // the page being filled, from 1
	cursor   cursor
	space    float64 // wanted above the next row, by what ended before it
	group    []row
	rows     []placedRow // on the page being filled
	late     []latePage
	section  string   // at the end of what is placed so far
	sections []string // by page: what its running head says
}

// cursor is where the next row could go.
type cursor struct {
	y     float64
	after float64
	decor []*decor
	empty bool // nothing on the page yet
}

func newPager(c *canvas.Canvas, top, bottom float64) *pager {
	p := &pager{c: c, top: top, bottom: bottom}
	p.begin()
	return p
}

func (p *pager) begin() {
	p.page++
	p.cursor = cursor{y: p.top, empty: true}
	p.sections = append(p.sections, p.section)
}

// add takes the next row.
func (p *pager) add(r row) {
	r.before, p.space = max(r.before, p.space), 0
	p.group = append(p.group, r)
	if !r.keep {
		p.place()
	}
}

// gap asks for space before the next row.
func (p *pager) gap(space float64) { p.space = max(p.space, space) }

// advance moves the cursor over a row and returns the row's top.
func (c *cursor) advance(r *row) float64 {
	shared := 0
	for shared < len(c.decor) && shared < len(r.decor) && c.decor[shared] == r.decor[shared] {
		shared++
	}
	for _, d := range c.decor[shared:] {
		c.y += d.bottom
	}
	if !c.empty {
		c.y += max(c.after, r.before)
		shared = min(shared, len(r.decor))
	} else {
		shared = 0
	}
	for _, d := range r.decor[shared:] {
		c.y += d.top
	}
	y := c.y
	c.y += r.height
	c.after, c.decor, c.empty = r.after, r.decor, false
	return y
}

// end is the lower edge of what is placed, with the panels round it.
func (c *cursor) end() float64 {
	y := c.y
	for _, d := range c.decor {
		y += d.bottom
	}
	return y
}

// fits tells whether rows fit on the page from the cursor on.
func (p *pager) fits(rows []row) bool {
	c := p.cursor
	for i := range rows {
		top := c.advance(&rows[i])
		// A tolerance far below what can be seen, for sums of fractions.
		if c.end() > p.bottom+0.01 || rows[i].need > 0 && i == 0 && top+rows[i].need > p.bottom {
			return false
		}
	}
	return true
}

func (p *pager) place() {
	rows := p.group
	if len(rows) == 0 {
		return
	}
	if !p.cursor.empty && (rows[0].fresh || !p.fits(rows)) {
		p.flush()
		p.begin()
	}
	for i := range rows {
		// A group longer than a page is parted where the page ends.
		if !p.cursor.empty && !p.fits(rows[i:i+1]) {
			p.flush()
			p.begin()
		}
		if p.cursor.empty && rows[i].repeat != nil {
			for _, h := range rows[i].repeat.rows {
				h.again = true
				p.put(h)
			}
		}
		p.put(rows[i])
	}
	p.group = p.group[:0]
}

func (p *pager) put(r row) {
	if r.section != "" {
		p.section = r.section
		if p.cursor.empty {
			p.sections[p.page-1] = r.section
		}
	}
	y := p.cursor.advance(&r)
	if r.placed != nil {
		r.placed(p.page, y)
	}
	p.rows = append(p.rows, placedRow{r, y})
}

// flush paints the page, or keeps it if it needs to know more.
func (p *pager) flush() {
	p.c.AddPage()
	if slices.ContainsFunc(p.rows, func(r placedRow) bool { return r.late }) {
		p.late = append(p.late, latePage{p.page, p.rows})
		p.rows = nil
		return
	}
	p.paint(p.rows)
	clear(p.rows)
	p.rows = p.rows[:0]
}

// paint paints rows on the canvas's page: panels first, then what stands on them.
func (p *pager) paint(rows []placedRow) {
	type extent struct {
		decor     *decor
		y, bottom float64
	}
	var panels []extent // in the order of their first rows, outer ones before inner ones
	for i := range rows {
		r := &rows[i]
		for k, d := range r.decor {
			top, bottom := r.y, r.y+r.height
			for _, inner := range r.decor[k:] {
				top -= inner.top
				bottom += inner.bottom
			}
			found := false
			for j := len(panels) - 1; j >= 0 && !found; j-- {
				if panels[j].decor == d {
					panels[j].y, panels[j].bottom = min(panels[j].y, top), max(panels[j].bottom, bottom)
					found = true
				}
			}
			if !found {
				panels = append(panels, extent{d, top, bottom})
			}
		}
	}
	p.c.Tag(nil)
	for _, e := range panels {
		e.decor.paint(p.c, e.y, e.bottom-e.y)
	}
	var ys []float64
	for i := 0; i < len(rows); i++ {
		r := &rows[i]
		first, ok := r.paint.(lineOf)
		if !ok {
			if r.paint != nil {
				p.c.Tag(r.element)
				r.paint.paint(p.c, r.y)
				p.c.Tag(nil)
			}
			continue
		}
		ys = append(ys[:0], r.y)
		for i+1 < len(rows) {
			next, ok := rows[i+1].paint.(lineOf)
			if !ok || next.block != first.block || next.line != first.line+len(ys) || rows[i+1].again != r.again {
				break
			}
			i++
			ys = append(ys, rows[i].y)
		}
		first.block.paintLines(p.c, first.line, ys, r.again)
	}
}

// finish paints what is left.
func (p *pager) finish() {
	p.place()
	if len(p.rows) > 0 || p.page == 1 {
		p.flush()
	}
	for _, late := range p.late {
		p.c.GoTo(late.page)
		p.paint(late.rows)
	}
}

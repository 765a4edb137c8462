package pdf

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
	"practicum/render/picture"
	look "practicum/render/style"
)

// layout turns the document's blocks into rows.
type layout struct {
	c             *canvas.Canvas
	d             *document.Document
	pager         *pager
	width, height float64
	side          float64 // the margin at left and right
	accent, link  canvas.Color
	logo          *picture.Picture

	ids     map[string]bool // places that links may lead to
	places  map[string]canvas.Destination
	pages   map[string]int // of headings, by id
	outline []bookmark
	level   int   // of the headings that are the outline's top
	above   []int // levels of the headings that the next block stands below, itself the last
}

// bookmark is an item of the outline.
type bookmark struct {
	level, page int
	text        string
	y           float64
}

// frame is where a block goes: a column, what is behind it, and the look of its text.
type frame struct {
	x, width float64
	decor    []*decor
	text     prose
	tight    bool  // paragraphs stand close, as in a list without blank lines
	first    bool  // nothing in the frame yet
	mark     *mark // what stands beside the first row
	keep     bool  // the block's last row stays with what follows
	element  *canvas.Element
}

// mark is the bullet, number, box or label beside the first line of a list's item.
type mark struct {
	draw    func(c *canvas.Canvas, base float64)
	node    ast.Node // the inline node that the mark shows, if any
	done    bool
	element *canvas.Element
}

func newLayout(c *canvas.Canvas, d *document.Document, width, height float64, st look.Style) *layout {
	l := &layout{
		c: c, d: d, width: width, height: height,
		side: cmp.Or(st.Margin, look.DefaultMargin), accent: cmp.Or(canvas.Color(st.Accent), accent), link: cmp.Or(canvas.Color(st.Link), link), logo: st.Logo,
		pager:  newPager(c, marginTop, height-marginBottom),
		ids:    map[string]bool{},
		places: map[string]canvas.Destination{},
		pages:  map[string]int{},
	}
	_ = ast.Walk(d.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if id := d.ID(n); id != "" {
				l.ids[id] = true
			}
		case *east.Footnote:
			l.ids[noteID(n.Index)] = true
		case *east.FootnoteLink:
			l.ids[noteRefID(n.Index, n.RefIndex)] = true
		}
		return ast.WalkContinue, nil
	})
	l.level = 1
	if len(d.Headings) > 0 && d.Headings[0].Level == 1 {
		ones := 0
		for _, h := range d.Headings {
			if h.Level == 1 {
				ones++
			}
		}
		if ones == 1 {
			l.level = 2
		}
	}
	return l
}

// destination returns the place with an id, which may not be known yet.
func (l *layout) destination(id string) (canvas.Destination, bool) {
	if !l.ids[id] {
		return 0, false
	}
	d, ok := l.places[id]
	if !ok {
		d = l.c.NewDestination()
		l.places[id] = d
	}
	return d, true
}

func (l *layout) placeDestination(id string, y float64) {
	if d, ok := l.destination(id); ok {
		l.c.Place(d, y)
	}
}

// document lays out everything, with the contents between the preface (what stands before the first section) and the
// rest.
func (l *layout) document() {
	f := frame{x: l.side, width: l.width - 2*l.side, text: body(), first: true, element: l.c.Root()}
	n := l.d.Root.FirstChild()
	if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
		l.title(f, h)
		n = n.NextSibling()
		if p, ok := n.(*ast.Paragraph); ok {
			lead := f
			lead.text.color, lead.text.size, lead.text.leading = muted, 10.4, 15
			l.paragraph(lead, p, 0, 10)
			n = n.NextSibling()
		}
	}
	for ; n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level <= 2 {
			break
		}
		f.keep = l.leadsTo(n)
		l.block(f, n)
	}
	f.first = false
	split := l.drawContents(f)
	for ; n != nil; n = n.NextSibling() {
		f.keep = l.leadsTo(n)
		if h, ok := n.(*ast.Heading); ok {
			l.heading(f, h, split)
		} else {
			l.block(f, n)
		}
		split = false
	}
}

// leadsTo tells whether a paragraph introduces the block that follows it: an excerpt, a table, or anything after
// a colon.
func (l *layout) leadsTo(n ast.Node) bool {
	p, ok := n.(*ast.Paragraph)
	if !ok || n.NextSibling() == nil {
		return false
	}
	switch n.NextSibling().(type) {
	case *document.LogBlock, *ast.FencedCodeBlock, *ast.CodeBlock, *east.Table:
		return true
	case *ast.List:
		return strings.HasSuffix(l.d.Text(p), ":")
	}
	return false
}

// emit adds a row of a block in the frame; base is where the letters of its first line stand, for the mark beside it.
func (l *layout) emit(f *frame, r row, base float64) {
	r.decor = f.decor
	if r.element == nil {
		r.element = f.element
	}
	if m := f.mark; m != nil && !m.done {
		m.done = true
		inner := r.paint
		r.paint = paintFunc(func(c *canvas.Canvas, y float64) {
			own := c.Tag(m.element)
			m.draw(c, y+base)
			c.Tag(own)
			if inner != nil {
				inner.paint(c, y)
			}
		})
	}
	l.pager.add(r)
}

// children lays out the blocks inside a block.
func (l *layout) children(f frame, parent ast.Node) {
	f.first = true
	keep := f.keep
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Type() == ast.TypeInline {
			// The way back from a note without a paragraph at its end.
			w := &words{l: l}
			l.inlineFrom(w, n, f.text.style)
			l.lines(f.inside(l, "P"), w.list, 0, 0)
			break
		}
		f.keep = l.leadsTo(n)
		if n.NextSibling() == nil {
			f.keep = keep
		}
		l.block(f, n)
		f.first = false
	}
	if m := f.mark; m != nil && !m.done {
		l.emit(&f, row{height: f.text.leading}, baseline(f.text.leading, f.text.size))
	}
}

func (l *layout) block(f frame, n ast.Node) {
	gap, before := 7.0, 7.0
	if f.tight {
		gap, before = 2, 2
	}
	if f.first {
		before = 0
	}
	switch n := n.(type) {
	case *ast.Heading:
		l.heading(f, n, false)
	case *ast.Paragraph, *ast.TextBlock:
		l.paragraph(f, n, before, gap)
	case *ast.List:
		l.list(f, n)
	case *ast.Blockquote:
		l.quote(f, n)
	case *document.Alert:
		l.alert(f, n)
	case *document.LogBlock:
		l.logBlock(f, n)
	case *document.Chart:
		l.chart(f, n)
	case *document.Figure:
		l.figure(f, n)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		l.codeBlock(f, l.d.CodeLines(n))
	case *ast.ThematicBreak:
		l.emit(&f, row{before: 12, height: 1, after: 12, paint: paintFunc(func(c *canvas.Canvas, y float64) {
			c.Rect(f.x, y, f.width, 0.6, rule)
		})}, 0)
	case *east.Table:
		l.table(f, n)
	case *east.DefinitionList:
		l.children(f, n)
	case *east.DefinitionTerm:
		f.text.bold, f.keep = true, true
		l.paragraph(f, n, 7, 1)
	case *east.DefinitionDescription:
		f.tight = n.IsTight
		l.children(f.indent(16), n)
	case *east.FootnoteList:
		l.notes(f, n)
	default:
		switch {
		case n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock:
			l.children(f, n)
		case n.FirstChild() != nil:
			l.paragraph(f, n, before, gap)
		case n.Lines().Len() > 0:
			l.codeBlock(f, l.d.CodeLines(n))
		}
	}
}

// inside is the frame with an element of its own in the document's structure.
func (f frame) inside(l *layout, tag string) frame {
	f.element = l.c.Element(f.element, tag)
	return f
}

// indent narrows a frame from the left, but never so far that no text fits.
func (f frame) indent(by float64) frame {
	by = min(by, max(0, f.width-120))
	f.x += by
	f.width -= by
	return f
}

// paragraph lays out a block of inline nodes.
func (l *layout) paragraph(f frame, n ast.Node, before, after float64) {
	f = f.inside(l, "P")
	w := &words{l: l}
	first := n.FirstChild()
	if f.mark != nil && f.mark.node != nil && f.mark.node == first {
		first = first.NextSibling()
	}
	l.inlineFrom(w, first, f.text.style)
	if len(w.list) == 0 {
		return
	}
	l.lines(f, w.list, before, after)
}

// lines breaks words into lines and makes rows of them. No page begins or ends with a single line of a paragraph.
func (l *layout) lines(f frame, list []word, before, after float64) {
	broken := l.breakLines(list, f.width)
	base := baseline(f.text.leading, f.text.size)
	for i, ln := range broken {
		r := row{height: f.text.leading, keep: i == 0 || i == len(broken)-2}
		if i == 0 {
			r.before = before
		}
		if i == len(broken)-1 {
			r.after, r.keep = after, f.keep
		}
		r.paint = paintFunc(func(c *canvas.Canvas, y float64) { l.drawLine(c, ln, f.x, y+base) })
		l.emit(&f, r, base)
	}
}

// title lays out the document's title.
func (l *layout) title(f frame, n *ast.Heading) {
	w := &words{l: l}
	f = f.inside(l, "H"+strconv.Itoa(l.structureLevel(n.Level)))
	f.text = prose{style: style{size: 26, color: l.accent, bold: true}, leading: 32}
	l.inline(w, n, f.text.style)
	id := l.d.ID(n)
	if p := l.logo; p != nil {
		const high, wide = 48.0, 200.0
		scale := min(high/float64(p.Height), wide/float64(p.Width))
		l.emit(&f, row{height: float64(p.Height) * scale, after: 18, keep: true, paint: paintFunc(func(c *canvas.Canvas, y float64) {
			c.Picture(f.x, y, float64(p.Width)*scale, float64(p.Height)*scale, p)
		})}, 0)
	}
	l.emit(&f, row{height: 16, keep: true, paint: paintFunc(func(c *canvas.Canvas, y float64) {
		c.Rect(f.x, y, 46, 3, l.accent)
		l.placeDestination(id, y)
	}), placed: func(page int, y float64) {
		l.pages[id] = page
		if l.level == 1 {
			l.outline = append(l.outline, bookmark{0, page, l.d.Text(n), y})
		}
	}}, 0)
	f.keep = true
	if len(w.list) == 0 {
		return
	}
	l.lines(f, w.list, 0, 8)
}

// heading lays out a heading. A section has a rule above it and does not begin at the foot of a page.
func (l *layout) heading(f frame, n *ast.Heading, fresh bool) {
	w := &words{l: l}
	look, before, after := l.headingLook(n.Level)
	l.inline(w, n, look.style)
	if len(w.list) > 0 {
		f = f.inside(l, "H"+strconv.Itoa(l.structureLevel(n.Level)))
	}
	id, text := l.d.ID(n), l.d.Text(n)
	broken := l.breakLines(w.list, f.width)
	base := baseline(look.leading, look.size)
	const ruleGap = 9.0
	ruled := false
	for i, ln := range broken {
		r := row{height: look.leading, keep: true}
		if i == len(broken)-1 {
			r.after = after
		}
		top := 0.0
		if i == 0 {
			r.before, r.need, r.fresh = before, 44, fresh || n.Level == 1
			if n.Level <= 2 {
				r.need, r.section = 110, text
			}
			if n.Level == 2 {
				top = ruleGap
				r.height += top
			}
			r.placed = func(page int, y float64) {
				l.pages[id] = page
				l.outline = append(l.outline, bookmark{n.Level - l.level, page, text, y - 4})
				// At the top of a page the rule of the running head does.
				ruled = n.Level == 2 && y > marginTop+1
			}
		}
		r.paint = paintFunc(func(c *canvas.Canvas, y float64) {
			if i == 0 {
				l.placeDestination(id, y-4)
				if ruled {
					c.Rect(f.x, y, f.width, 0.9, l.accent)
				}
			}
			l.drawLine(c, ln, f.x, y+top+base)
		})
		l.emit(&f, r, base)
	}
}

// structureLevel is a heading's level in the file's structure, which must not leave one out on the way down (PDF/UA-1, 7.4.2) as
// an analyst's Markdown may: one more than how many headings it stands below.
func (l *layout) structureLevel(level int) int {
	for n := len(l.above); n > 0 && l.above[n-1] >= level; n-- {
		l.above = l.above[:n-1]
	}
	l.above = append(l.above, level)
	return len(l.above)
}

// list lays out a list, with bullets, numbers, boxes of tasks, or the labels of claims.
func (l *layout) list(f frame, n *ast.List) {
	size, x := f.text.size, f.x
	f = f.inside(l, "L")
	f.element.Attr("/O /List /ListNumbering /" + numbering(n))
	number, count := n.Start, 0
	for range childrenOf(n) {
		count++
	}
	numbers := l.c.Width(fonts.Sans, size, strconv.Itoa(n.Start+count)+".")
	claims := false
	for item := range childrenOf(n) {
		claims = claims || firstClaim(item) != nil
	}
	i := 0
	for item := range childrenOf(n) {
		var in frame
		m := &mark{}
		claim, box := firstClaim(item), firstBox(item)
		text := strconv.Itoa(number) + "."
		switch {
		case claim != nil:
			width := l.claimWidth(size)
			in, m.node = f.indent(width+8), claim
			m.draw = func(c *canvas.Canvas, base float64) { drawClaim(c, claim, x, base, width, size*chipRatio) }
		case box != nil:
			in, m.node = f.indent(size+5), box
			m.draw = func(c *canvas.Canvas, base float64) { drawBox(c, x, base, size, box.IsChecked) }
		case n.IsOrdered():
			in = f.indent(numbers + 6)
			m.draw = func(c *canvas.Canvas, base float64) {
				c.Text(x+numbers-c.Width(fonts.Sans, size, text), base, fonts.Sans, size, muted, text)
			}
		default:
			in = f.indent(13)
			m.draw = func(c *canvas.Canvas, base float64) { c.Text(x+2, base, fonts.Sans, size, muted, "•") }
		}
		number++
		i++
		li := l.c.Element(f.element, "LI")
		m.element = l.c.Element(li, "Lbl")
		if box != nil {
			m.element.Drawn(map[bool]string{true: "done", false: "open"}[box.IsChecked], "")
		}
		in.element = l.c.Element(li, "LBody")
		in.tight, in.mark = n.IsTight, m
		in.keep = i == count && f.keep
		outer := f.mark
		if outer != nil && !outer.done && i == 1 {
			// A list that begins another list's item stands on the line of that item's mark.
			own := m.draw
			m.draw = func(c *canvas.Canvas, base float64) {
				mine := c.Tag(outer.element)
				outer.draw(c, base)
				c.Tag(mine)
				own(c, base)
			}
			outer.done = true
		}
		switch {
		case i == 1 && f.first:
		case f.tight || i > 1 && n.IsTight && !claims:
			l.pager.gap(2)
		case i > 1:
			l.pager.gap(5)
		default:
			l.pager.gap(7)
		}
		l.children(in, item)
	}
	if !f.tight {
		l.pager.gap(7)
	}
}

// numbering is how the structure names the marks of a list (ISO 32000-1, 14.8.5.5).
func numbering(n *ast.List) string {
	switch {
	case n.IsOrdered():
		return "Decimal"
	case firstBox(n.FirstChild()) != nil, firstClaim(n.FirstChild()) != nil:
		return "None"
	}
	return "Disc"
}

// childrenOf iterates over a node's children. The tree's own count of them is not reliable after tables are
// made.
func childrenOf(n ast.Node) func(yield func(ast.Node) bool) {
	return func(yield func(ast.Node) bool) {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if !yield(c) {
				return
			}
		}
	}
}

// firstInline is the first inline node of an item that begins with text.
func firstInline(item ast.Node) ast.Node {
	switch p := item.FirstChild().(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return p.FirstChild()
	}
	return nil
}

func firstClaim(item ast.Node) *document.Claim {
	c, _ := firstInline(item).(*document.Claim)
	return c
}

func firstBox(item ast.Node) *east.TaskCheckBox {
	b, _ := firstInline(item).(*east.TaskCheckBox)
	return b
}

// quote lays out a quotation.
func (l *layout) quote(f frame, n ast.Node) {
	x := f.x
	in := f.indent(12).inside(l, "BlockQuote")
	in.text.color, in.text.italic = muted, true
	in.tight = false
	in.decor = append(f.decor[:len(f.decor):len(f.decor)], &decor{top: 1, bottom: 1, paint: func(c *canvas.Canvas, y, h float64) {
		c.Rect(x, y, 1.6, h, 0xb9c0c7)
	}})
	l.pager.gap(9)
	l.children(in, n)
	l.pager.gap(9)
}

// alert lays out a note, a warning or their like: a bar, a tint and a title.
func (l *layout) alert(f frame, n *document.Alert) {
	x, width, look := f.x, f.width, alertStyles(n.Name)
	in := f.indent(13).inside(l, "Sect")
	in.width -= min(13, max(0, in.width-120))
	in.tight = false
	in.decor = append(f.decor[:len(f.decor):len(f.decor)], &decor{top: 7, bottom: 8, paint: func(c *canvas.Canvas, y, h float64) {
		c.Rect(x, y, width, h, look.ground)
		c.Rect(x, y, 2.4, h, look.bar)
	}})
	l.pager.gap(9)
	title := prose{style: style{size: 9, color: look.bar, bold: true}, leading: 13}
	base := baseline(title.leading, title.size)
	head := in.inside(l, "P")
	l.emit(&head, row{height: title.leading, keep: true, after: 1, paint: paintFunc(func(c *canvas.Canvas, y float64) {
		c.Text(in.x, y+base, fonts.SansBold, title.size, title.color, n.Title())
	})}, base)
	in.text.size, in.text.leading = min(in.text.size, 9.2), min(in.text.leading, 13.2)
	l.children(in, n)
	l.pager.gap(9)
}

// notes lays out the footnotes, at the end of the document.
func (l *layout) notes(f frame, n ast.Node) {
	f.text.size, f.text.leading = 8.4, 11.6
	l.emit(&f, row{before: 16, height: 1, after: 7, keep: true, paint: paintFunc(func(c *canvas.Canvas, y float64) {
		c.Rect(f.x, y, min(90, f.width), 0.6, muted)
	})}, 0)
	for item := range childrenOf(n) {
		note, ok := item.(*east.Footnote)
		if !ok {
			l.block(f, item)
			continue
		}
		x := f.x
		in := f.indent(16).inside(l, "Note")
		in.tight = true
		text := strconv.Itoa(note.Index) + "."
		in.mark = &mark{element: l.c.Element(in.element, "Lbl"), draw: func(c *canvas.Canvas, base float64) {
			l.placeDestination(noteID(note.Index), base-f.text.size)
			c.Text(x, base, fonts.Sans, f.text.size, muted, text)
		}}
		l.children(in, note)
	}
}

// figure lays out a picture at 96 dots an inch, smaller where the frame or the page is, and its caption.
func (l *layout) figure(f frame, n *document.Figure) {
	p := n.Picture
	width, height := float64(p.Width)*0.75, float64(p.Height)*0.75
	scale := min(1, f.width/width, (l.height-marginTop-marginBottom-80)/height)
	width, height = width*scale, height*scale
	whole := l.c.Element(f.element, "Sect")
	picture := f
	picture.element = l.c.Element(whole, "Figure").Drawn(cmp.Or(l.d.Text(n), "A picture without a description"), "")
	f.element = l.c.Element(whole, "P")
	w := &words{l: l}
	caption := prose{style: style{size: 8.4, color: muted}, leading: 11.6}
	l.inline(w, n, caption.style)
	l.emit(&picture, row{before: 10, height: height, after: 6, keep: len(w.list) > 0 || f.keep, paint: paintFunc(func(c *canvas.Canvas, y float64) {
		c.Picture(f.x, y, width, height, p)
	})}, 0)
	f.text = caption
	l.lines(f, w.list, 0, 12)
}

package canvas

import (
	"bytes"
	"fmt"
	"strings"
)

// Element is a part of the document's logical structure: a heading, a paragraph, a cell (ISO 32000-1, 14.7 and 14.8). What is drawn
// while it is selected by Tag belongs to it, in the order of drawing; elements stand in the order in which they are made.
type Element struct {
	tag    string
	parent *Element
	kids   []kid
	attr   string // value of /A, a constant of the callers
	alt    string
	actual string // what its drawing says, for programs that read text; the drawing's own letters do not count then
	drawn  bool   // shapes belong to it too; else they decorate
	number int    // of its object; 0 until it has one
}

// kid is an element, a stretch of a page's content, or an annotation.
type kid struct {
	element    *Element
	page, mcid int
	link       *link
}

// link is a rectangle that leads somewhere.
type link struct {
	page       int
	x, y, w, h float64
	to         Destination
	uri        string
	says       string
	element    *Element
	number     int // of its object
}

// Root is the element of the whole document.
func (c *Canvas) Root() *Element { return c.root }

// Element makes an element below another one; nil stays nil, so that what decorates has none.
func (c *Canvas) Element(parent *Element, tag string) *Element {
	if parent == nil || parent == Unread {
		return parent
	}
	e := &Element{tag: tag, parent: parent}
	parent.kids = append(parent.kids, kid{element: e})
	return e
}

// Attr gives an element attributes: the inside of a dictionary, such as "/O /Table /Scope /Column".
func (e *Element) Attr(s string) *Element {
	if e != nil && e != Unread {
		e.attr = s
	}
	return e
}

// Drawn says that the shapes drawn for the element mean something. alt tells it in words; actual are the words that stand for the
// drawing where text is read out of the file, or empty when its own letters do.
func (e *Element) Drawn(alt, actual string) *Element {
	if e != nil && e != Unread {
		e.alt, e.actual, e.drawn = alt, actual, true
	}
	return e
}

// Tag selects the element that what is drawn next belongs to, nil for what only decorates, and returns the one before.
func (c *Canvas) Tag(e *Element) *Element {
	before := c.tag
	c.tag = e
	return before
}

// Tagged returns the element that is selected.
func (c *Canvas) Tagged() *Element { return c.tag }

// Unread is what decorates and is not read out either: the head of a table on its further pages, the numbers beside an excerpt.
// Copied text does not hold it.
var Unread = &Element{tag: "Artifact"}

// mark begins the marked content of e on the page, ends the one before, and leaves a mark that is open already.
func (c *Canvas) mark(e *Element) {
	if c.marking && c.marked == e {
		return
	}
	c.endMark()
	c.marking, c.marked = true, e
	switch e {
	case nil:
		c.pdf.RawWriteStr("/Artifact BMC")
		return
	case Unread:
		c.pdf.RawWriteStr("/Artifact BMC\n/Span <</ActualText <FEFF>>> BDC")
		return
	}
	mcid := len(c.contents[c.page])
	if c.contents == nil {
		c.contents = map[int][]*Element{}
	}
	c.contents[c.page] = append(c.contents[c.page], e)
	e.kids = append(e.kids, kid{page: c.page, mcid: mcid})
	if c.says != "" {
		c.pdf.RawWriteStr(fmt.Sprintf("/Span <</MCID %d /ActualText <%X>>> BDC", mcid, utf16Text(c.says)))
		return
	}
	c.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.tag, mcid))
	if e.actual != "" { // programs that read text look for it in spans (ISO 32000-1, 14.9.4)
		c.pdf.RawWriteStr(fmt.Sprintf("/Span <</ActualText <%X>>> BDC", utf16Text(e.actual)))
	}
}

func (c *Canvas) endMark() {
	if c.marking {
		if c.marked != nil && (c.marked == Unread || c.marked.actual != "") {
			c.pdf.RawWriteStr("EMC")
		}
		c.pdf.RawWriteStr("EMC")
	}
	c.marking, c.marked = false, nil
}

// empty tells of an element that nothing was drawn for and that nobody misses. A row keeps its empty cells, or the others would
// stand below the wrong heads.
func (e *Element) empty() bool {
	if e.tag == "TD" || e.tag == "TH" {
		return false
	}
	for _, k := range e.kids {
		if k.element == nil || !k.element.empty() {
			return false
		}
	}
	return true
}

// structure writes the tree into objects and returns the number of its root. The parent tree leads back from the pages' contents
// and from the links to their elements.
func (c *Canvas) structure(add func([]byte) int, reserve func() int, set func(int, []byte)) int {
	root := reserve()
	var number func(e *Element)
	var notes strings.Builder // each by a name of its own, which PDF/UA-1, 7.9 asks for
	number = func(e *Element) {
		e.number = reserve()
		if e.tag == "Note" {
			fmt.Fprintf(&notes, "%s %d 0 R ", e.id(), e.number)
		}
		for _, k := range e.kids {
			if k.element != nil && !k.element.empty() {
				number(k.element)
			}
		}
	}
	number(c.root)
	var write func(e *Element, parent int)
	write = func(e *Element, parent int) {
		var b bytes.Buffer
		fmt.Fprintf(&b, "<</S /%s /P %d 0 R", e.tag, parent)
		page := 0
		for _, k := range e.kids {
			if k.element == nil && k.link == nil {
				page = k.page
				break
			}
		}
		if page > 0 {
			fmt.Fprintf(&b, " /Pg %d 0 R", pageObject(page))
		}
		if e.tag == "Note" {
			b.WriteString(" /ID " + e.id())
		}
		if e.attr != "" {
			fmt.Fprintf(&b, " /A <<%s>>", e.attr)
		}
		if e.alt != "" {
			fmt.Fprintf(&b, " /Alt <%X>", utf16Text(e.alt))
		}
		b.WriteString(" /K [")
		for _, k := range e.kids {
			switch {
			case k.element != nil:
				if k.element.number > 0 {
					fmt.Fprintf(&b, "%d 0 R ", k.element.number)
				}
			case k.link != nil:
				fmt.Fprintf(&b, "<</Type /OBJR /Obj %d 0 R /Pg %d 0 R>> ", k.link.number, pageObject(k.link.page))
			case k.page == page:
				fmt.Fprintf(&b, "%d ", k.mcid)
			default:
				fmt.Fprintf(&b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(k.page), k.mcid)
			}
		}
		b.WriteString("]>>")
		set(e.number, b.Bytes())
		for _, k := range e.kids {
			if k.element != nil && k.element.number > 0 {
				write(k.element, e.number)
			}
		}
	}
	write(c.root, root)

	var nums strings.Builder
	for page := 1; page <= c.Pages(); page++ {
		fmt.Fprintf(&nums, "%d [", page-1)
		for _, e := range c.contents[page] {
			fmt.Fprintf(&nums, "%d 0 R ", e.number)
		}
		nums.WriteString("] ")
	}
	key := c.Pages()
	for _, l := range c.links {
		if l.element != nil {
			fmt.Fprintf(&nums, "%d %d 0 R ", key, l.element.number)
			key++
		}
	}
	tree := add([]byte("<</Nums [" + nums.String() + "]>>"))
	object := fmt.Appendf(nil, "<</Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d", c.root.number, tree, key)
	if notes.Len() > 0 {
		object = fmt.Appendf(object, " /IDTree <</Names [%s]>>", notes.String())
	}
	set(root, append(object, ">>"...))
	return root
}

// id names an element that has its number. Of two elements the later has the greater name, as trees of names want it.
func (e *Element) id() string { return fmt.Sprintf("(%010d)", e.number) }

// pageObject is the number of a page's object: the library writes each page and its content, from 3 on.
func pageObject(page int) int { return 1 + 2*page }

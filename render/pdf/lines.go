package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
)

// run is a stretch of text in one face and style, or a drawn object.
type run struct {
	text  string
	face  int
	style *style
	width float64
	draw  func(c *canvas.Canvas, x, base float64) // an object; without text and this, a space
	says  string                                  // what the text stands for; empty for itself
}

// word is what stands between two places where a line may end: at a blank, or without one after a hyphen.
type word struct {
	runs  []run
	width float64
	space run  // the blank before it, if any
	hard  bool // begins a new line
}

// line is a broken line.
type line struct {
	runs  []run
	width float64
}

// words collects runs into words.
type words struct {
	l    *layout
	list []word // the last one may still grow
}

// text adds text in a style, split at blanks and after hyphens between letters.
func (w *words) text(st *style, s string) {
	start := 0
	var before rune
	for i, r := range s {
		switch {
		case r == ' ' || r == '\t' || r == '\n':
			w.grow(st, s[start:i])
			w.blank(st)
			start = i + 1
		case before == '-' && !st.mono && i-start > 3 && unicode.IsLetter(r) && letters(s[start:i-1]):
			w.grow(st, s[start:i])
			w.end()
			start = i
		}
		before = r
	}
	w.grow(st, s[start:])
}

func letters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) < 0
}

func (w *words) grow(st *style, s string) {
	if s == "" {
		return
	}
	w.add(w.l.runs(st, s)...)
}

func (w *words) add(runs ...run) {
	if len(w.list) == 0 {
		w.list = append(w.list, word{})
	}
	last := &w.list[len(w.list)-1]
	for _, r := range runs {
		last.runs = append(last.runs, r)
		last.width += r.width
	}
}

// object adds something drawn, as a word or a part of one.
func (w *words) object(width float64, draw func(c *canvas.Canvas, x, base float64)) {
	w.add(run{width: width, draw: draw})
}

// blank ends a word. In prose, blanks that follow each other count once; in code they all count. A line never
// begins with one.
func (w *words) blank(st *style) {
	n := len(w.list)
	if n == 0 || len(w.list[n-1].runs) == 0 && !st.mono {
		return
	}
	w.list = append(w.list, word{space: run{text: " ", face: st.face(), style: st, width: w.l.c.Advance(st.face(), st.size, ' ')}})
}

// end lets a line end here without a blank.
func (w *words) end() {
	w.list = append(w.list, word{})
}

// hard ends the line.
func (w *words) hard() {
	w.list = append(w.list, word{hard: true})
}

// runs splits text by the faces that have its runes. A rune that no face has is written as its number.
func (l *layout) runs(st *style, s string) []run {
	face := st.face()
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] < ' ' {
			ascii = false
			break
		}
	}
	if ascii {
		return []run{{text: s, face: face, style: st, width: l.c.Width(face, st.size, s)}}
	}
	s = visual(s)
	var out []run
	start, at := 0, face
	flush := func(end int) {
		if end > start {
			t := s[start:end]
			out = append(out, run{text: t, face: at, style: st, width: l.c.Width(at, st.size, t)})
		}
		start = end
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		use := l.faceFor(face, r)
		if use < 0 {
			flush(i)
			start = i + n
			stand := fmt.Sprintf("‹U+%04X›", r)
			out = append(out, run{text: stand, face: face, style: st, width: l.c.Width(face, st.size, stand), says: string(r)})
			i += n
			continue
		}
		if use != at {
			flush(i)
			at = use
		}
		i += n
	}
	flush(len(s))
	return out
}

// visual is text with the letters of each right-to-left word from the right to the left. Nothing else moves: the words stand in the
// order in which they are said, and digits and other letters are where they were.
func visual(s string) string {
	if strings.IndexFunc(s, fromRight) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexFunc(s, fromRight)
		if i < 0 {
			b.WriteString(s)
			break
		}
		end := strings.IndexFunc(s[i:], func(r rune) bool { return !fromRight(r) && !unicode.Is(unicode.Mn, r) })
		if end < 0 {
			end = len(s) - i
		}
		b.WriteString(s[:i] + turned(s[i:i+end]))
		s = s[i+end:]
	}
	return b.String()
}

// turned is a word with its letters in the opposite order, each with the marks on it.
func turned(s string) string {
	var letters []string
	for len(s) > 0 {
		n := firstRune(s)
		letters = append(letters, s[:n])
		s = s[n:]
	}
	slices.Reverse(letters)
	return strings.Join(letters, "")
}

// fromRight tells whether a letter is of a script that is written from right to left.
func fromRight(r rune) bool { return r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfeff }

// faceFor is the face that draws a rune: the wanted one, else the site's own fallbacks in turn, else the project's; -1 for none.
func (l *layout) faceFor(face int, r rune) int {
	if r == utf8.RuneError {
		return -1
	}
	if l.c.Has(face, r) {
		return face
	}
	for f := fonts.Fallback + 1; f < l.c.Faces(); f++ {
		if l.c.Has(f, r) {
			return f
		}
	}
	if l.c.Has(fonts.Fallback, r) {
		return fonts.Fallback
	}
	return -1
}

// breakLines fills lines of the width given, greedily: ragged text gains little from anything better.
func (l *layout) breakLines(list []word, width float64) []line {
	var out []line
	var cur line
	full := func() {
		out = append(out, cur)
		cur = line{}
	}
	put := func(runs []run, w float64) {
		cur.runs = append(cur.runs, runs...)
		cur.width += w
	}
	for i := 0; i < len(list); i++ {
		wd := list[i]
		if wd.hard {
			full()
		}
		gap := 0.0
		if len(cur.runs) > 0 && wd.space.width > 0 {
			gap = wd.space.width
		}
		if cur.width+gap+wd.width <= width+0.01 {
			if gap > 0 {
				put([]run{wd.space}, gap)
			}
			put(wd.runs, wd.width)
			continue
		}
		if wd.width <= width {
			l.endLine(&cur, wd.space)
			full()
			put(wd.runs, wd.width)
			continue
		}
		// A word longer than a line begins on the rest of this one if that is worth it.
		rest := wd
		if len(cur.runs) > 0 {
			if room := width - cur.width - gap; room > width*0.3 && room > 40 {
				put([]run{wd.space}, gap)
			} else {
				l.endLine(&cur, wd.space)
				full()
			}
		}
		for rest.width > width-cur.width+0.01 {
			head, tail := l.cut(rest, width-cur.width, len(cur.runs) == 0, separators, 0.4)
			if len(head.runs) == 0 {
				full()
				continue
			}
			put(head.runs, head.width)
			full()
			rest = tail
			if len(rest.runs) == 0 {
				rest.width = 0
			}
		}
		put(rest.runs, rest.width)
	}
	if len(cur.runs) > 0 || len(out) == 0 {
		full()
	}
	return out
}

// endLine keeps the blank at which a line ends: it is not seen, but without it whoever copies or hears the
// text gets two words joined.
func (l *layout) endLine(cur *line, space run) {
	if space.width > 0 && len(cur.runs) > 0 {
		space.width = 0
		plain := *space.style
		plain.link, plain.strike, plain.tint = "", false, false
		space.style = &plain
		cur.runs = append(cur.runs, space)
	}
}

const separators = "/\\.,:;=&?_-@|+)]}>"

// cut parts a word so that its head fits the room, after one of the separators if that fills at least the part of the
// room given by least. The head is not empty when force is set.
func (l *layout) cut(wd word, room float64, force bool, separators string, least float64) (head, tail word) {
	used := 0.0
	for i, r := range wd.runs {
		if used+r.width <= room+0.01 {
			head.runs = append(head.runs, r)
			used += r.width
			continue
		}
		at, sep := 0, 0
		if r.style != nil && r.says == "" {
			at, sep = l.fit(r, room-used, room*least-used, separators)
		}
		if sep > 0 {
			at = sep
		}
		if at == 0 && len(head.runs) == 0 && force {
			if r.style == nil || r.says != "" {
				at = -1 // an object wider than the line: it has the line to itself
			} else {
				at = firstRune(r.text)
			}
		}
		switch {
		case at < 0, at >= len(r.text) && at > 0:
			head.runs = append(head.runs, r)
			used += r.width
			tail.runs = append(tail.runs, wd.runs[i+1:]...)
		case at == 0:
			tail.runs = append(tail.runs, wd.runs[i:]...)
		default:
			a, b := r, r
			a.text, b.text = r.text[:at], r.text[at:]
			a.width = l.c.Width(a.face, a.style.size, a.text)
			b.width = r.width - a.width
			head.runs = append(head.runs, a)
			used += a.width
			tail.runs = append(append(tail.runs, b), wd.runs[i+1:]...)
		}
		break
	}
	head.width = used
	tail.width = wd.width - used
	return head, tail
}

// firstRune returns the length of the first rune and of the marks on it.
func firstRune(s string) int {
	for i, r := range s {
		if i > 0 && !unicode.Is(unicode.Mn, r) {
			return i
		}
	}
	return len(s)
}

// fit returns how many bytes of a run fit the room, and how many up to the last separator that leaves at least
// the given part of it filled.
func (l *layout) fit(r run, room, least float64, separators string) (at, sep int) {
	used := 0.0
	var before rune
	for i, c := range r.text {
		if strings.ContainsRune(separators, before) && before != 0 && used >= least {
			sep = i
		}
		if !unicode.Is(unicode.Mn, c) {
			at = i
		}
		used += l.c.Advance(r.face, r.style.size, c)
		if used > room {
			// Blanks at the end of a line are not seen: the next line does not begin with them.
			for sep > 0 && r.text[sep-1] == ' ' && sep < len(r.text) && r.text[sep] == ' ' {
				sep++
			}
			return at, sep
		}
		before = c
	}
	return len(r.text), sep
}

// join merges neighbouring runs of one face and style, so that a line is drawn in few strokes.
func join(runs []run) []run {
	out := runs[:0:0]
	for _, r := range runs {
		if n := len(out); n > 0 && r.style != nil && out[n-1].style != nil && out[n-1].face == r.face && out[n-1].says == "" && r.says == "" && *out[n-1].style == *r.style {
			out[n-1].text += r.text
			out[n-1].width += r.width
			continue
		}
		out = append(out, r)
	}
	return out
}

// drawLine draws a line from x on, with its letters standing at base.
func (l *layout) drawLine(c *canvas.Canvas, ln line, x, base float64) {
	runs := join(ln.runs)
	at := x
	for _, r := range runs {
		if r.style != nil && r.style.tint {
			c.RoundRect(at-codeGround, base-r.style.size*0.86, r.width+2*codeGround, r.style.size*1.16, 1.6, gutter)
		}
		if r.style != nil && (r.style.mark == document.Party || r.style.mark == document.Port) {
			c.Rect(at-0.3, base-r.style.size*0.86, r.width+0.6, r.style.size*1.16, marked)
		}
		at += r.width
	}
	for _, r := range runs {
		if r.style == nil {
			if r.draw != nil {
				r.draw(c, x, base)
			}
			x += r.width
			continue
		}
		st := r.style
		around := c.Tagged()
		if st.link != "" {
			c.Tag(c.Element(around, "Link"))
		}
		if r.says != "" {
			c.TextFor(r.says, x, base-st.rise, r.face, st.size, st.color, r.text)
		} else {
			c.Text(x, base-st.rise, r.face, st.size, st.color, r.text)
		}
		if st.mark == document.Act {
			c.Line(0.5, st.color, canvas.Point{X: x, Y: base + 1.5}, canvas.Point{X: x + r.width, Y: base + 1.5})
		}
		if st.strike {
			y := base - st.size*0.28
			c.Line(0.6, st.color, canvas.Point{X: x, Y: y}, canvas.Point{X: x + r.width, Y: y})
		}
		if st.link != "" {
			l.drawLink(c, st, x, base, r.width, r.text)
			c.Tag(around)
		}
		if st.origin != "" {
			l.placeDestination(st.origin, base-st.size)
		}
		x += r.width
	}
}

func (l *layout) drawLink(c *canvas.Canvas, st *style, x, base, width float64, says string) {
	y, h := base-st.size*0.95, st.size*1.3
	if id, ok := strings.CutPrefix(st.link, "#"); ok {
		if d, ok := l.destination(id); ok {
			c.Link(x, y, width, h, d, says)
		}
	} else {
		c.LinkURI(x, y, width, h, st.link, says)
	}
	if !st.bare {
		y := base + st.size*0.16
		c.Line(0.4, underline, canvas.Point{X: x, Y: y}, canvas.Point{X: x + width, Y: y})
	}
}

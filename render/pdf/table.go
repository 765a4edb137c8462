package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
)

const (
	cellSide   = 4.5 // space at either side of a cell
	cellTop    = 2.4
	cellBottom = 2.6
	tableWhole = 14 // lines of a table that is not parted
)

// leastWidths are the widths to which a column may be narrowed by breaking long words, the best first.
func leastWidths() []float64 { return []float64{130, 84, 34} }

type column struct {
	x, width float64
	align    east.Alignment
}

// tableRow is a table's row with its cells broken into lines.
type tableRow struct {
	l       *layout
	x       float64
	width   float64
	columns []column
	cells   [][]line
	tags    []*canvas.Element // of the cells
	count   int               // lines
	size    float64
	head    bool
}

// table lays out a table: columns as wide as what they hold where there is room, otherwise narrowed where the
// most is to be gained, without vertical rules, with its head on every page.
func (l *layout) table(f frame, n *east.Table) {
	var head []ast.Node
	var body [][]ast.Node
	count := 0
	for r := range childrenOf(n) {
		cells := slices.Collect(childrenOf(r))
		count = max(count, len(cells))
		if _, ok := r.(*east.TableHeader); ok {
			head = cells
		} else {
			body = append(body, cells)
		}
	}
	if count == 0 {
		return
	}
	headText := prose{style: style{size: headSize, color: muted, bold: true, plain: true}, leading: tableLeading}
	cellText := prose{style: style{size: tableSize, color: f.text.color, plain: true}, leading: tableLeading}

	headless := true
	headWords := make([][]word, count)
	for i, cell := range head {
		headWords[i] = l.cellWords(cell, headText.style)
		headless = headless && len(headWords[i]) == 0
	}
	words := make([][][]word, len(body))
	for i, cells := range body {
		words[i] = make([][]word, count)
		for j, cell := range cells {
			st := cellText.style
			if headless && j == 0 {
				st = headText.style
			}
			words[i][j] = l.cellWords(cell, st)
		}
	}
	all := append([][][]word{headWords}, words...)
	columns := make([]column, count)
	for i := range columns {
		if i < len(n.Alignments) {
			columns[i].align = n.Alignments[i]
		}
	}
	f = f.inside(l, "Table")
	l.pager.gap(8)
	if !columnWidths(columns, all, f.x, f.width) {
		l.records(f, headWords, words)
		return
	}

	broken := func(cells [][]word, size float64, isHead bool) *tableRow {
		r := &tableRow{l: l, x: f.x, width: f.width, columns: columns, size: size, head: isHead, count: 1}
		tr := l.c.Element(f.element, "TR")
		for i, list := range cells {
			cell := (*canvas.Element)(nil)
			switch {
			case isHead:
				cell = l.c.Element(tr, "TH").Attr("/O /Table /Scope /Column")
			case headless && i == 0:
				cell = l.c.Element(tr, "TH").Attr("/O /Table /Scope /Row")
			default:
				cell = l.c.Element(tr, "TD")
			}
			r.tags = append(r.tags, cell)
			var lines []line
			if len(list) > 0 {
				lines = l.breakLines(list, columns[i].width)
			}
			r.cells = append(r.cells, lines)
			r.count = max(r.count, len(lines))
		}
		return r
	}
	var repeat *tableHead
	base := cellTop + baseline(tableLeading, tableSize)
	if headless {
		// Without a head the table begins with a rule.
		l.emit(&f, row{height: 0.4, keep: true, paint: paintFunc(func(c *canvas.Canvas, y float64) {
			c.Rect(f.x, y, f.width, 0.4, rule)
		})}, base)
	} else {
		repeat = &tableHead{}
		for _, r := range broken(headWords, headSize, true).rows() {
			r.keep, r.decor = true, f.decor
			repeat.rows = append(repeat.rows, r)
			l.emit(&f, r, base)
		}
		if len(repeat.rows) > 6 {
			repeat = nil // it would leave little room for the table
		}
	}
	parts, total := make([][]row, len(words)), 0
	for i, cells := range words {
		parts[i] = broken(cells, tableSize, false).rows()
		total += len(parts[i])
	}
	for i, rows := range parts {
		for j, r := range rows {
			r.repeat = repeat
			switch last := j == len(rows)-1; {
			case !last:
				// A row is parted only when it is long, and then not near its ends.
				r.keep = len(rows) <= 12 || j < 2 || j >= len(rows)-3
			case i == len(parts)-1:
				r.keep = f.keep
			case total <= tableWhole:
				r.keep = true
			default:
				// The first two rows and the last two stay together.
				r.keep = i == 0 && len(rows) <= 4 || i == len(parts)-2
			}
			l.emit(&f, r, base)
		}
	}
	l.pager.gap(10)
}

func (l *layout) cellWords(cell ast.Node, st style) []word {
	w := &words{l: l}
	l.inline(w, cell, st)
	// A band and its points stay on one line.
	if chip, ok := cell.FirstChild().(*document.Chip); ok && chip.NextSibling() != nil {
		whole := word{}
		for _, part := range w.list {
			if part.space.width > 0 {
				whole.runs = append(whole.runs, part.space)
				whole.width += part.space.width
			}
			whole.runs = append(whole.runs, part.runs...)
			whole.width += part.width
		}
		const short = 120
		if whole.width <= short {
			return []word{whole}
		}
	}
	return w.list
}

// rows makes a row of each line.
func (t *tableRow) rows() []row {
	out := make([]row, t.count)
	for i := range out {
		out[i] = row{height: tableLeading, paint: lineOf{t, i}}
	}
	out[0].height += cellTop
	out[t.count-1].height += cellBottom
	return out
}

func (t *tableRow) paintLines(c *canvas.Canvas, first int, ys []float64, again bool) {
	defer c.Tag(c.Tag(nil))
	base := baseline(tableLeading, t.size)
	for i, lines := range t.cells {
		col := t.columns[i]
		c.Tag(t.tags[i])
		if again {
			c.Tag(canvas.Unread)
		}
		for j, y := range ys {
			if first+j >= len(lines) {
				break
			}
			if first+j == 0 {
				y += cellTop
			}
			ln, x := lines[first+j], col.x
			switch col.align {
			case east.AlignRight:
				x += col.width - ln.width
			case east.AlignCenter:
				x += (col.width - ln.width) / 2
			}
			t.l.drawLine(c, ln, x, y+base)
		}
	}
	if first+len(ys) != t.count {
		return
	}
	c.Tag(nil)
	bottom := ys[len(ys)-1] + tableLeading + cellBottom
	if t.count == 1 {
		bottom += cellTop
	}
	if t.head {
		c.Rect(t.x, bottom-0.8, t.width, 0.8, t.l.accent)
	} else {
		c.Rect(t.x, bottom-0.4, t.width, 0.4, rule)
	}
}

// columnWidths measures the columns and shares the width among them. It reports false when there are too many of them
// to stand side by side.
func columnWidths(columns []column, rows [][][]word, x, width float64) bool {
	n := len(columns)
	room := width - float64(n)*2*cellSide
	natural, least := make([]float64, n), make([]float64, n)
	measure := func(limit float64) (sum float64) {
		clear(natural)
		clear(least)
		for _, cells := range rows {
			for i, list := range cells {
				whole := 0.0
				for j, w := range list {
					if w.hard {
						whole = 0
					}
					if j > 0 {
						whole += w.space.width
					}
					whole += w.width
					natural[i] = max(natural[i], whole)
					need := min(w.width, limit)
					for _, r := range w.runs {
						if r.style == nil {
							need = max(need, w.width) // a chip is never cut, nor parted from its points
						}
					}
					least[i] = max(least[i], need)
				}
			}
		}
		for i := range least {
			least[i] = max(least[i], 8)
			natural[i] = max(natural[i], least[i])
			sum += least[i]
		}
		return sum
	}
	fits := false
	for _, limit := range leastWidths() {
		if fits = measure(limit) <= room; fits {
			break
		}
	}
	if !fits {
		return false
	}

	// Columns that ask for little get it; the others share what is left, none below its least width.
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(natural[a], natural[b]) })
	left, reserved := room, 0.0
	for _, w := range least {
		reserved += w
	}
	for k, i := range order {
		reserved -= least[i]
		share := left / float64(n-k)
		w := min(natural[i], max(share, least[i]), left-reserved)
		columns[i].width = max(w, least[i])
		left -= columns[i].width
	}
	if left > 0.01 { // and not only by a sum of fractions
		spread(columns, natural, left)
	} else {
		trade(columns, rows, least)
	}
	for i := range columns {
		columns[i].x = x + cellSide
		x += columns[i].width + 2*cellSide
	}
	return true
}

// trade moves width from one column to another as long as that makes the table shorter, in ever finer
// steps. Columns that wrap share the width evenly at first, and the one with the longest text is then a
// tower beside columns that are half empty.
func trade(columns []column, rows [][][]word, least []float64) {
	const sample = 60 // rows that are measured; more would not change the picture
	rows = rows[:min(len(rows), sample)]
	best := tableLines(columns, rows)
	for _, step := range [...]float64{24, 10, 4} {
		for better := true; better; {
			better = false
			for from := range columns {
				for to := range columns {
					if from == to || columns[from].width-step < least[from] {
						continue
					}
					columns[from].width -= step
					columns[to].width += step
					if n := tableLines(columns, rows); n < best {
						best, better = n, true
						continue
					}
					columns[from].width += step
					columns[to].width -= step
				}
			}
		}
	}
}

// tableLines is how tall the rows are, in lines of their tallest cells; among equals it is less where the other cells have
// fewer lines too, so that small steps lead somewhere.
func tableLines(columns []column, rows [][][]word) (sum int) {
	const tall = 1 << 16
	for _, cells := range rows {
		tallest := 1
		for i, list := range cells {
			lines, used := 1, 0.0
			for j, w := range list {
				need := w.width
				if j > 0 && !w.hard && used > 0 {
					need += w.space.width
				}
				if used > 0 && (w.hard || used+need > columns[i].width) {
					lines++
					used, need = 0, w.width
				}
				used += need
				for used > columns[i].width && w.width > columns[i].width {
					lines++ // a word that is broken
					used -= columns[i].width
				}
			}
			tallest = max(tallest, lines)
			sum += lines * lines
		}
		sum += tall * tallest
	}
	return sum
}

// spread gives out the width that no column asked for. A column of long text takes it all, and so does the second of
// two; otherwise the columns stay close together, and the last one with text takes the rest.
func spread(columns []column, natural []float64, left float64) {
	var text []int
	widest := -1
	for i, c := range columns {
		if c.align == east.AlignRight || c.align == east.AlignCenter {
			continue
		}
		text = append(text, i)
		if widest < 0 || natural[i] > natural[widest] {
			widest = i
		}
	}
	switch {
	case len(text) == 0:
		for i := range columns {
			columns[i].width += left / float64(len(columns))
		}
	case natural[widest] > 110 && len(columns) > 2:
		columns[widest].width += left
	default:
		last := text[len(text)-1]
		for _, i := range text {
			if i != last && len(columns) > 2 {
				extra := min(18, left/float64(len(text)))
				columns[i].width += extra
				left -= extra
			}
		}
		columns[last].width += left
	}
}

// records lays out a table with too many columns as a list of its cells, each after the head of its column.
func (l *layout) records(f frame, head [][]word, rows [][][]word) {
	f.text = prose{style: style{size: tableSize, color: ink}, leading: tableLeading}
	// The heads are drawn with every cell and read once, before the first.
	var heads []string
	for _, list := range head {
		heads = append(heads, textOf(list))
	}
	var first *canvas.Element
	if strings.Join(heads, "") != "" {
		th := l.c.Element(l.c.Element(f.element, "TR"), "TH").Attr(fmt.Sprintf("/O /Table /Scope /Column /ColSpan %d", len(head)))
		first = l.c.Element(th, "P")
	}
	read := false
	for _, cells := range rows {
		tr := l.c.Element(f.element, "TR")
		l.emit(&f, row{before: 5, height: 0.4, after: 3, keep: true, paint: paintFunc(func(c *canvas.Canvas, y float64) {
			c.Rect(f.x, y, f.width, 0.4, rule)
		})}, 0)
		for i, list := range cells {
			in := f
			in.element = l.c.Element(tr, "TD")
			if len(list) == 0 {
				continue
			}
			if len(head[i]) > 0 {
				label := f
				label.element, label.keep = canvas.Unread, true
				if !read {
					label.element = first.Drawn("", strings.Join(heads, " "))
					read = true
				}
				// Beside the cell where it is short, else above it.
				const beside = 110.0
				if broken := l.breakLines(head[i], beside-10); len(broken) == 1 && f.width > 3*beside {
					in = in.indent(beside)
					in.mark = &mark{element: label.element, draw: func(c *canvas.Canvas, base float64) { l.drawLine(c, broken[0], f.x, base) }}
				} else {
					l.lines(label, head[i], 0, 0)
					in = in.indent(12)
				}
			}
			l.lines(in, list, 0, 2)
		}
	}
	l.pager.gap(10)
}

// textOf is what words say.
func textOf(list []word) string {
	var b strings.Builder
	for i, w := range list {
		if i > 0 && w.space.width > 0 {
			b.WriteByte(' ')
		}
		for _, r := range w.runs {
			b.WriteString(cmp.Or(r.says, r.text))
		}
	}
	return b.String()
}

package render

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"practicum/render/chart"
	"practicum/render/document"
	"practicum/render/picture"
	"practicum/render/style"
	"practicum/templates"
)

// HTMLOptions are what a page depends on besides its document.
type HTMLOptions struct {
	Templates templates.Set
	style.Style
}

// HTML writes d as a page in a single file that loads nothing. Its policy allows the one style sheet and the one script inside
// it, by their hashes, and nothing else, so the page has no style attributes and no handlers either. The script folds, filters
// and sorts what is there; without it the page is whole.
func HTML(w io.Writer, d *document.Document, o HTMLOptions) error {
	p, err := NewPage(d, o)
	if err != nil {
		return err
	}
	_, err = p.WriteTo(w)
	return err
}

// Page is an HTML page in pieces, for a reader that has some of them already.
type Page struct {
	Before string   // with the head and the contents
	Blocks []string // of the report, one or no element each
	After  string
}

// WriteTo writes the whole page.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	b.WriteString(p.Before)
	for _, s := range p.Blocks {
		b.WriteString(s)
	}
	b.WriteString(p.After)
	return b.WriteTo(w)
}

// NewPage makes the page that HTML writes.
func NewPage(d *document.Document, o HTMLOptions) (*Page, error) {
	t, err := template.New("report.html").Parse(o.Templates.Page)
	if err != nil {
		return nil, fmt.Errorf("page template: %w", err)
	}
	p := &Page{}
	body := &htmlWriter{doc: d}
	for n := d.Root.FirstChild(); n != nil; n = n.NextSibling() {
		body.buf.Reset()
		body.node(n)
		p.Blocks = append(p.Blocks, body.buf.String())
	}
	if body.err != nil {
		return nil, body.err
	}
	var contents []document.Heading
	for _, h := range d.Headings {
		if h.Level == 2 {
			contents = append(contents, h)
		}
	}
	title := d.Title
	if title == "" {
		title = "Report"
	}
	css, script := o.Templates.Style+ownStyle(o.Style), strings.TrimSpace(o.Templates.Script)
	// The template's other texts are escaped, so none of them holds a tag.
	const place = "<report>"
	var b bytes.Buffer
	err = t.Execute(&b, pageData{
		Policy: "default-src 'none'; style-src " + hashOf(css) + "; script-src " + hashOf(script) +
			"; img-src data:; base-uri 'none'; form-action 'none'",
		Lang: cmp.Or(o.Lang, "en"), Title: title, Author: o.Author, TLP: newMark(o.TLP),
		Style: template.CSS(css), Script: template.JS(script),
		Contents: contents, Body: place, Logo: logo(o.Logo),
	})
	if err != nil {
		return nil, fmt.Errorf("page template: %w", err)
	}
	var found bool
	if p.Before, p.After, found = strings.Cut(b.String(), place); !found {
		return nil, errors.New("page template: it has no place for the report")
	}
	return p, nil
}

// pageData is what the page's template gets.
type pageData struct {
	Policy, Lang, Title, Author string
	TLP                         *mark // nil for none
	Logo                        template.URL
	Style                       template.CSS
	Script                      template.JS
	Contents                    []document.Heading
	Body                        template.HTML
}

func logo(p *picture.Picture) template.URL {
	if p == nil {
		return ""
	}
	return template.URL(p.URL())
}

// ownStyle is what a site chose, as rules that follow those of the style sheet. Every value is a number, a constant or a colour that was
// parsed. The site's typefaces are the PDF's: in a page they would make the file megabytes larger, and readers choose their own.
func ownStyle(s style.Style) string {
	var b strings.Builder
	colors := func(of func(style.Color) style.Color) string {
		var b strings.Builder
		if s.Accent != 0 {
			b.WriteString(" --accent: " + of(s.Accent).String() + ";")
		}
		if s.Link != 0 {
			b.WriteString(" --link: " + of(s.Link).String() + ";")
		}
		return b.String()
	}
	if light := colors(func(c style.Color) style.Color { return c }); light != "" {
		dark := colors(func(c style.Color) style.Color { return c.Lighter(0x14171b) })
		b.WriteString("\n:root {" + light + " }\n@media (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) {" + dark + " } }\n" +
			":root[data-theme=\"dark\"] {" + dark + " }\n@media print { :root, :root:not([data-theme=\"light\"]), :root[data-theme=\"dark\"] {" + light + " } }\n")
	}
	if strings.EqualFold(s.Paper, "letter") {
		b.WriteString("\n@page { size: letter; }\n")
	}
	if s.Margin != 0 {
		fmt.Fprintf(&b, "\n@page { margin-left: %.1fpt; margin-right: %.1fpt; }\n", s.Margin, s.Margin)
	}
	if s.TLP != "" {
		fmt.Fprintf(&b, "\n@page { @top-right { content: \"TLP:%s\"; font: bold 12pt sans-serif; background: #000000; color: %s; width: %dmm; height: 7mm; text-align: center; vertical-align: middle; } }\n", s.TLP, tlpColor(s.TLP), 26+3*max(0, len(s.TLP)-3))
	}
	return b.String()
}

func tlpColor(label string) string {
	switch label {
	case "RED":
		return "#ff2b2b"
	case "AMBER", "AMBER+STRICT":
		return "#ffc000"
	case "GREEN":
		return "#33ff00"
	}
	return "#ffffff"
}

// mark is a label of the Traffic Light Protocol as the page shows it.
type mark struct{ Text, Class string }

func newMark(label string) *mark {
	name := strings.TrimPrefix(strings.ToUpper(label), "TLP:")
	if name == "" {
		return nil
	}
	color, _, _ := strings.Cut(strings.ToLower(name), "+")
	return &mark{Text: "TLP:" + name, Class: color}
}

// hashOf is how a policy names the one style sheet or script that it allows.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// htmlWriter writes the nodes of a document. Every text goes through text, every attribute's
// value through attr; tags and class names are constants.
type htmlWriter struct {
	doc *document.Document
	buf strings.Builder
	err error
}

func (w *htmlWriter) tag(s string)  { w.buf.WriteString(s) }
func (w *htmlWriter) text(s string) { w.buf.WriteString(html.EscapeString(s)) }

func (w *htmlWriter) attr(name, value string) {
	w.buf.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
}

func (w *htmlWriter) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

// wrap writes the children of n between tags.
func (w *htmlWriter) wrap(start string, n ast.Node, end string) {
	w.tag(start)
	w.children(n)
	w.tag(end)
}

func (w *htmlWriter) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		level := strconv.Itoa(n.Level)
		w.tag("<h" + level)
		if id := w.doc.ID(n); id != "" {
			w.attr("id", id)
		}
		w.wrap(">", n, "")
		if id := w.doc.ID(n); id != "" && n.Level > 1 && n.Parent() == w.doc.Root {
			w.tag(`<a class="anchor"`)
			w.attr("href", "#"+id)
			w.tag(` aria-label="Link to this section"></a>`)
		}
		w.tag("</h" + level + ">\n")
	case *ast.Paragraph:
		w.wrap("<p>", n, "</p>\n")
	case *ast.TextBlock:
		w.children(n)
		if n.NextSibling() != nil {
			w.tag("\n")
		}
	case *ast.ThematicBreak:
		w.tag("<hr>\n")
	case *ast.Blockquote:
		w.wrap("<blockquote>\n", n, "</blockquote>\n")
	case *document.Alert:
		w.tag(`<div class="alert ` + n.Name + `" role="note">` + "\n" + `<p class="alert-title">` + n.Title() + "</p>\n")
		w.wrap("", n, "</div>\n")
	case *ast.List:
		w.list(n)
	case *ast.ListItem:
		w.wrap("<li>", n, "</li>\n")
	case *document.LogBlock:
		w.log(n)
	case *document.Chart:
		w.chart(n)
	case *document.Figure:
		w.tag("<figure>\n<img")
		w.attr("src", n.Picture.URL())
		w.attr("width", strconv.Itoa(n.Picture.Width))
		w.attr("height", strconv.Itoa(n.Picture.Height))
		w.tag(` alt="">` + "\n") // what it shows is in the caption, for everybody
		if n.FirstChild() != nil {
			w.wrap("<figcaption>", n, "</figcaption>\n")
		}
		w.tag("</figure>\n")
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		w.tag("<pre><code>")
		for _, l := range w.doc.CodeLines(n) {
			w.text(l)
			w.tag("\n")
		}
		w.tag("</code></pre>\n")
	case *east.Table:
		w.table(n)
	case *east.DefinitionList:
		w.wrap("<dl>\n", n, "</dl>\n")
	case *east.DefinitionTerm:
		w.wrap("<dt>", n, "</dt>\n")
	case *east.DefinitionDescription:
		w.wrap("<dd>", n, "</dd>\n")
	case *east.FootnoteList:
		w.wrap(`<section class="footnotes" aria-label="Footnotes">`+"\n<ol>\n", n, "</ol>\n</section>\n")
	case *east.Footnote:
		w.wrap(`<li id="_fn-`+strconv.Itoa(n.Index)+`">`, n, "</li>\n")

	case *ast.Text:
		w.text(w.doc.Text(n))
		switch {
		case n.HardLineBreak():
			w.tag("<br>\n")
		case n.SoftLineBreak():
			w.tag("\n")
		}
	case *ast.String:
		w.text(w.doc.Text(n))
	case *ast.CodeSpan:
		w.tag("<code>")
		w.text(w.doc.Text(n))
		w.tag("</code>")
	case *ast.Emphasis:
		if n.Level == 2 {
			w.wrap("<strong>", n, "</strong>")
		} else {
			w.wrap("<em>", n, "</em>")
		}
	case *east.Strikethrough:
		w.wrap("<del>", n, "</del>")
	case *ast.Link:
		w.tag("<a")
		w.attr("href", w.doc.Link(n))
		w.wrap(">", n, "</a>")
	case *ast.AutoLink:
		w.tag("<a")
		w.attr("href", w.doc.Link(n))
		w.tag(">")
		w.text(w.doc.Text(n))
		w.tag("</a>")
	case *document.Chip:
		w.chip(n)
	case *document.Claim:
		// The full stop of the Markdown is heard and not seen.
		w.tag(`<span class="claim ` + n.Class + `">` + n.Label() + `<span class="unseen">.</span></span>`)
	case *east.TaskCheckBox:
		if n.IsChecked {
			w.tag(`<span class="task done" role="img" aria-label="done:"></span>`)
		} else {
			w.tag(`<span class="task" role="img" aria-label="open:"></span>`)
		}
	case *east.FootnoteLink:
		i := strconv.Itoa(n.Index)
		w.tag(`<sup><a href="#_fn-` + i + `" id="_fnref-` + i + "-" + strconv.Itoa(n.RefIndex) + `" role="doc-noteref">` + i + "</a></sup>")
	case *east.FootnoteBacklink:
		w.tag(` <a href="#_fnref-` + strconv.Itoa(n.Index) + "-" + strconv.Itoa(n.RefIndex) + `" role="doc-backlink" aria-label="Back to the text">` + document.Back + `</a>`)
	default:
		if w.err == nil {
			w.err = fmt.Errorf("HTML has no form for the node %s", n.Kind())
		}
	}
}

func (w *htmlWriter) list(n *ast.List) {
	class := ""
	switch {
	case firstLeaf[*east.TaskCheckBox](n):
		class = ` class="tasks"`
	case firstLeaf[*document.Claim](n):
		class = ` class="claims"`
	}
	if !n.IsOrdered() {
		w.wrap("<ul"+class+">\n", n, "</ul>\n")
		return
	}
	w.tag("<ol" + class)
	if n.Start != 1 {
		w.attr("start", strconv.Itoa(n.Start))
	}
	w.wrap(">\n", n, "</ol>\n")
}

// firstLeaf reports whether every item of n begins with a T.
func firstLeaf[T ast.Node](n *ast.List) bool {
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if item.FirstChild() == nil {
			return false
		}
		if _, ok := item.FirstChild().FirstChild().(T); !ok {
			return false
		}
	}
	return true
}

// log writes the line numbers as attributes for the style sheet to draw, so that they are not
// copied with the text.
func (w *htmlWriter) log(n *document.LogBlock) {
	w.tag(`<details class="excerpt" open><summary>` + linesInWords(len(n.Rows)) + `</summary><pre class="log"><code>`)
	for _, l := range n.Rows {
		if l.Omission {
			w.tag(`<span class="row left-out">`)
		} else {
			w.tag(`<span class="row"`)
			w.attr("data-n", l.Number)
			w.tag(">")
		}
		for _, s := range l.Spans() {
			switch s.Mark {
			case document.Plain:
				w.text(s.Text)
			case document.Act:
				w.tag("<b>")
				w.text(s.Text)
				w.tag("</b>")
			default:
				w.tag("<mark>")
				w.text(s.Text)
				w.tag("</mark>")
			}
		}
		w.tag("\n</span>")
	}
	w.tag("</code></pre></details>\n")
}

func linesInWords(n int) string {
	if n == 1 {
		return "Excerpt, 1 line"
	}
	return "Excerpt, " + strconv.Itoa(n) + " lines"
}

// chart writes the drawing and the lines it was made from, which are what screen readers read and what can be copied.
func (w *htmlWriter) chart(n *document.Chart) {
	w.tag(`<figure class="chart ` + n.Chart.Kind() + `">` + "\n<figcaption>")
	w.text(n.Rows[0])
	w.tag("</figcaption>\n" + `<div class="scroll" role="group" aria-label="Drawing" tabindex="0">`)
	w.tag(chart.Draw(n.Chart, chart.Estimate).SVG())
	w.tag("</div>\n<details><summary>Figures</summary>\n<pre><code>")
	for _, l := range n.Rows[1:] {
		w.text(l)
		w.tag("\n")
	}
	w.tag("</code></pre>\n</details>\n</figure>\n")
}

// stackedColumns is how many columns a table needs to be too wide for a phone.
const stackedColumns = 5

func (w *htmlWriter) table(n *east.Table) {
	// It may scroll sideways on a narrow screen, so it has to be reachable by keyboard.
	w.tag(`<div class="table" role="group" aria-label="Table" tabindex="0">` + "\n<table")
	// With many columns a phone shows each row as a list, for which every cell carries the
	// name of its column.
	var labels []string
	if head := n.FirstChild(); head != nil {
		for cell := head.FirstChild(); cell != nil; cell = cell.NextSibling() {
			labels = append(labels, w.doc.Text(cell))
		}
	}
	stack := len(labels) >= stackedColumns
	if stack {
		w.tag(` class="stack"`)
	}
	w.tag(">\n")
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		_, header := row.(*east.TableHeader)
		switch {
		case header:
			w.tag("<thead>\n")
		case row.PreviousSibling() == n.FirstChild():
			w.tag("<tbody>\n")
		}
		w.tag("<tr>")
		column := -1
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			column++
			c, ok := cell.(*east.TableCell)
			if !ok {
				continue
			}
			start, end := "<td", "</td>"
			if header {
				start, end = `<th scope="col"`, "</th>"
			}
			switch c.Alignment {
			case east.AlignRight:
				start += ` class="right"`
			case east.AlignCenter:
				start += ` class="center"`
			}
			w.tag(start)
			if stack && !header && column < len(labels) {
				w.attr("data-label", labels[column])
			}
			w.wrap(">", c, end)
		}
		w.tag("</tr>\n")
		switch {
		case header:
			w.tag("</thead>\n")
		case row.NextSibling() == nil:
			w.tag("</tbody>\n")
		}
	}
	w.tag("</table>\n</div>\n")
}

// chip writes the word of a band with as many bars as its rank: never colour alone.
func (w *htmlWriter) chip(n *document.Chip) {
	class := strings.ToLower(n.Band)
	if !slices.Contains(document.Bands, n.Band) {
		class = "low"
	}
	w.tag(`<span class="chip ` + class + `"><svg width="17" height="11" viewBox="0 0 17 11" aria-hidden="true">`)
	for i := range len(document.Bands) {
		h := 3 + 2*i
		off := ""
		if i >= n.Level() {
			off = ` class="off"`
		}
		w.tag(fmt.Sprintf(`<rect%s x="%.1f" y="%d" width="2.6" height="%d"></rect>`, off, 3.5*float64(i), 11-h, h))
	}
	w.tag("</svg>")
	w.text(n.Band)
	w.tag("</span>")
}

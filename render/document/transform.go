package document

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"practicum/analysis/lazily"
	"practicum/render/chart"
	"practicum/render/safe"
)

// transformer is the only code that changes a tree.
type transformer struct{}

// picturesKey is where a parse finds the Pictures.
var picturesKey = parser.NewContextKey()

// warningsKey is where a parse keeps the document's warnings.
var warningsKey = parser.NewContextKey()

// Transform implements parser.ASTTransformer.
func (transformer) Transform(root *ast.Document, reader text.Reader, context parser.Context) {
	t := &transformation{context: context, doc: &Document{Root: root, Source: reader.Source()}, ids: map[string]bool{}, marked: map[ast.Node]bool{}}
	// Nodes are listed before any is replaced, since a walk does not survive replacements.
	var nodes []ast.Node
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			nodes = append(nodes, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			t.fenced(n)
		case *east.Table:
			if s := t.readFacts(n); s != nil {
				t.subject = s
			}
		case *ast.Heading:
			if n.Level <= 2 {
				t.subject = nil
			}
		case *ast.HTMLBlock:
			t.htmlBlock(n)
		case *ast.LinkReferenceDefinition:
			n.Parent().RemoveChild(n.Parent(), n)
		case *ast.Blockquote:
			t.blockquote(n)
		case *ast.CodeSpan:
			t.codeSpan(n)
		case *ast.Emphasis:
			t.emphasis(n)
		case *ast.RawHTML:
			t.rawHTML(n)
		case *ast.Link:
			if _, ok := destination(n.Destination, true); !ok {
				unwrap(n)
			}
		case *ast.AutoLink:
			if _, ok := autoDestination(n, t.doc.Source); !ok {
				replace(n, ast.NewString(bytes.Clone(n.Label(t.doc.Source))))
			}
		case *ast.Image:
			t.image(n)
		}
	}
	// Now that their words are final.
	for _, n := range nodes {
		if h, ok := n.(*ast.Heading); ok {
			t.heading(h)
		}
	}
}

type transformation struct {
	context  parser.Context
	doc      *Document
	ids      map[string]bool
	marked   map[ast.Node]bool // headings with an incident's marker below
	incident string            // prefix of the ids of an incident's parts
	subject  *subject          // of the incident whose section is being read
}

func (t *transformation) warn(e *Error) {
	list, _ := t.context.Get(warningsKey).([]*Error)
	t.context.Set(warningsKey, append(list, e))
}

func replace(old, by ast.Node) { old.Parent().ReplaceChild(old.Parent(), old, by) }

// unwrap puts the children of n in its place.
func unwrap(n ast.Node) {
	p := n.Parent()
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		n.RemoveChild(n, c)
		p.InsertBefore(p, n, c)
		c = next
	}
	p.RemoveChild(p, n)
}

var (
	incidentHeading = lazily.Regexp(`^Incident ([0-9]{1,9})(:|$)`)
	// In the analyst's own language, which the marker below makes sure of.
	markedHeading  = lazily.Regexp(`^\pL+ ([0-9]{1,9})(:|$)`)
	incidentMarker = lazily.Regexp(`^<!--\s*incident\s`)
)

// heading gives n an id. An incident's is made from its number alone, so that links to it live
// through a change of its title, and the headings below it carry it as a prefix.
func (t *transformation) heading(n *ast.Heading) {
	words := t.doc.Text(n)
	id := slug(words)
	if n.Level <= 2 {
		t.incident = ""
		pattern := incidentHeading()
		if t.marked[n] {
			pattern = markedHeading()
		}
		if m := pattern.FindStringSubmatch(words); m != nil && n.Level == 2 {
			id = "incident-" + m[1]
			t.incident = id + "-"
		}
	} else {
		id = t.incident + id
	}
	unique := id
	for i := 2; t.ids[unique]; i++ {
		unique = fmt.Sprintf("%s-%d", id, i)
	}
	t.ids[unique] = true
	n.SetAttributeString("id", []byte(unique))
}

// slug keeps letters and digits and joins them by single hyphens.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 0 {
		return "section"
	}
	id := []rune(strings.Join(words, "-"))
	return string(id[:min(len(id), 80)])
}

var (
	numberedLine = lazily.Regexp(`^ *([0-9]+)(?:  (.*))?$`)
	omissionLine = lazily.Regexp(`^ *…  (.*)$`)
)

func (t *transformation) fenced(n *ast.FencedCodeBlock) {
	if n.Info == nil {
		return
	}
	info := string(bytes.TrimSpace(n.Info.Value(t.doc.Source)))
	if kind, ok := strings.CutPrefix(info, "chart "); ok {
		t.chart(n, strings.TrimSpace(kind))
		return
	}
	if info != "log" {
		return
	}
	block := &LogBlock{}
	for _, l := range t.doc.CodeLines(n) {
		if m := numberedLine().FindStringSubmatch(l); m != nil {
			block.Rows = append(block.Rows, LogLine{Number: m[1], Text: m[2], subject: t.subject})
		} else if m := omissionLine().FindStringSubmatch(l); m != nil {
			block.Rows = append(block.Rows, LogLine{Text: m[1], Omission: true})
		} else {
			block.Rows = append(block.Rows, LogLine{Text: l, subject: t.subject})
		}
	}
	replace(n, block)
}

// image makes a Figure of a picture in a paragraph of its own. Any other is told by the words that describe it.
func (t *transformation) image(n *ast.Image) {
	address := string(n.Destination)
	parent := n.Parent()
	_, paragraph := parent.(*ast.Paragraph)
	if load, ok := t.context.Get(picturesKey).(Pictures); ok && load != nil {
		line := 0
		if parent.Type() == ast.TypeBlock && parent.Lines().Len() > 0 {
			line = bytes.Count(t.doc.Source[:parent.Lines().At(0).Start], []byte("\n")) + 1
		}
		tell := func(reason string) {
			t.warn(&Error{Line: line, Reason: fmt.Sprintf("the picture %s %s; its description stands in its place", safe.Show(address), reason)})
		}
		switch {
		case !paragraph || n.PreviousSibling() != nil || n.NextSibling() != nil:
			tell("does not stand in a paragraph of its own")
		default:
			p, err := load(address)
			if err != nil {
				tell(err.Error())
				break
			}
			figure := &Figure{Picture: p}
			for c := n.FirstChild(); c != nil; {
				next := c.NextSibling()
				n.RemoveChild(n, c)
				figure.AppendChild(figure, c)
				c = next
			}
			replace(parent, figure)
			return
		}
	}
	unwrap(n)
}

// chart makes a Chart of what can be read as one; else the lines stay code, and nothing is lost.
func (t *transformation) chart(n *ast.FencedCodeBlock, kind string) {
	rows := t.doc.CodeLines(n)
	c, err := chart.Parse(kind, rows)
	if err != nil {
		at := 0
		if e := (*chart.LineError)(nil); errors.As(err, &e) {
			at = e.Line
		}
		line := bytes.Count(t.doc.Source[:n.Info.Segment.Start], []byte("\n")) + 1
		t.warn(&Error{Line: line + at, Reason: fmt.Sprintf("the chart is shown as its lines: %v", err)})
		return
	}
	replace(n, &Chart{Chart: c, Rows: slices.DeleteFunc(rows, func(l string) bool { return strings.TrimSpace(l) == "" })})
}

var comment = lazily.Regexp(`(?s)<!--.*?-->`)

// htmlBlock drops the lines that are nothing but comments and makes code of the others.
func (t *transformation) htmlBlock(n *ast.HTMLBlock) {
	segments := n.Lines().Sliced(0, n.Lines().Len())
	if n.HasClosure() {
		segments = append(slices.Clone(segments), n.ClosureLine)
	}
	var whole []byte
	for _, s := range segments {
		whole = append(whole, s.Value(t.doc.Source)...)
	}
	if incidentMarker().Match(whole) {
		before := n.PreviousSibling()
		for before != nil && (before.Kind() == KindAlert || before.Kind() == ast.KindBlockquote) { // a suggestion
			before = before.PreviousSibling()
		}
		t.marked[before] = true
	}
	rest := comment().ReplaceAllFunc(whole, func(c []byte) []byte { return bytes.Repeat([]byte(" "), len(c)) })
	code := ast.NewCodeBlock()
	at := 0
	for _, s := range segments {
		end := at + len(s.Value(t.doc.Source))
		if len(bytes.TrimSpace(rest[at:end])) > 0 {
			code.Lines().Append(s)
		}
		at = end
	}
	if code.Lines().Len() == 0 {
		n.Parent().RemoveChild(n.Parent(), n)
		return
	}
	replace(n, code)
}

// rawHTML drops a comment and makes anything else the text that it is written as.
func (t *transformation) rawHTML(n *ast.RawHTML) {
	var value []byte
	for i := range n.Segments.Len() {
		s := n.Segments.At(i)
		value = append(value, s.Value(t.doc.Source)...)
	}
	if bytes.HasPrefix(value, []byte("<!--")) {
		n.Parent().RemoveChild(n.Parent(), n)
		return
	}
	replace(n, ast.NewString(bytes.ReplaceAll(value, []byte("\n"), []byte(" "))))
}

// blockquote makes an Alert of a quote whose first line is a mark such as [!NOTE].
func (t *transformation) blockquote(n *ast.Blockquote) {
	first, ok := n.FirstChild().(*ast.Paragraph)
	if !ok || first.Lines().Len() == 0 {
		return
	}
	line := first.Lines().At(0)
	mark := string(bytes.TrimSpace(line.Value(t.doc.Source)))
	if !strings.HasPrefix(mark, "[!") || !strings.HasSuffix(mark, "]") {
		return
	}
	name := strings.ToLower(mark[2 : len(mark)-1])
	if !slices.Contains(AlertNames, name) {
		return
	}
	for c := first.FirstChild(); c != nil; {
		next := c.NextSibling()
		s, ok := c.(*ast.Text)
		if !ok || s.Segment.Start >= line.Stop {
			break
		}
		first.RemoveChild(first, c)
		c = next
	}
	if first.FirstChild() == nil {
		n.RemoveChild(n, first)
	}
	alert := &Alert{Name: name}
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		n.RemoveChild(n, c)
		alert.AppendChild(alert, c)
		c = next
	}
	replace(n, alert)
}

// codeSpan makes a Chip of a band's name between single backticks. The same word from a log
// stands between two, see package safe.
func (t *transformation) codeSpan(n *ast.CodeSpan) {
	only, ok := n.FirstChild().(*ast.Text)
	if !ok || only.NextSibling() != nil {
		return
	}
	word := string(only.Value(t.doc.Source))
	start := only.Segment.Start
	if !slices.Contains(Bands, word) || start < 1 || t.doc.Source[start-1] != '`' ||
		start > 1 && t.doc.Source[start-2] == '`' {
		return
	}
	replace(n, &Chip{Band: word})
}

func (t *transformation) emphasis(n *ast.Emphasis) {
	if n.Level != 2 || n.PreviousSibling() != nil {
		return
	}
	switch n.Parent().(type) {
	case *ast.Paragraph, *ast.TextBlock:
	default:
		return
	}
	only, ok := n.FirstChild().(*ast.Text)
	if !ok || only.NextSibling() != nil {
		return
	}
	class, ok := strings.CutSuffix(strings.ToLower(string(only.Value(t.doc.Source))), ".")
	if ok && slices.Contains(ClaimClasses, class) {
		replace(n, &Claim{Class: class})
	}
}

// destination returns the link to write for to, and whether a report may hold it. resolve
// undoes Markdown's escapes, which autolinks do not have. The list allows and does not forbid:
// operating systems keep adding schemes that start programs.
func destination(to []byte, resolve bool) (string, bool) {
	dest := string(util.URLEscape(to, resolve))
	if safe.Show(dest) != dest || strings.ContainsAny(dest, "\t\\") {
		return "", false
	}
	if id, ok := strings.CutPrefix(dest, "#"); ok {
		return dest, id != ""
	}
	u, err := url.Parse(dest)
	if err != nil {
		return "", false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return dest, u.Host != ""
	case "mailto":
		return dest, u.Opaque != ""
	}
	return "", false
}

func autoDestination(n *ast.AutoLink, source []byte) (string, bool) {
	to := n.URL(source)
	if n.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(to), []byte("mailto:")) {
		to = append([]byte("mailto:"), to...)
	}
	return destination(to, false)
}

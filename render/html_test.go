package render_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"

	"practicum/analysis"
	"practicum/render"
	"practicum/render/document"
	"practicum/render/picture"
	"practicum/render/safe"
	"practicum/render/style"
	"practicum/templates"
)

// allowed are the elements of a page with the attributes that each may have.
var allowed = map[string][]string{
	"html": {"lang"}, "head": nil, "meta": {"http-equiv", "content", "charset", "name"}, "title": nil, "style": nil, "body": nil,
	"div": {"class", "role", "aria-label", "tabindex"}, "nav": {"class", "aria-labelledby"}, "main": {"id"},
	"section": {"class", "aria-label"}, "p": {"id", "class"}, "blockquote": nil, "hr": nil, "br": nil,
	"h1": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
	"ol": {"class", "start"}, "ul": {"class"}, "li": {"id"}, "dl": nil, "dt": nil, "dd": nil,
	"table": {"class"}, "thead": nil, "tbody": nil, "tr": nil, "th": {"scope", "class"}, "td": {"class", "data-label"},
	"a": {"href", "id", "class", "role", "aria-label"}, "span": {"class", "role", "aria-label", "data-n"},
	"em": nil, "b": nil, "mark": nil, "strong": nil, "del": nil, "sup": nil, "code": nil, "pre": {"class"},
	"svg": {"class", "width", "height", "viewBox", "aria-hidden", "focusable"}, "rect": {"class", "x", "y", "width", "height", "stroke-width"},
	"circle": {"class", "cx", "cy", "r"}, "polyline": {"class", "fill", "stroke-width", "stroke-dasharray", "points"},
	"text":   {"class", "x", "y", "font-size", "font-weight", "text-anchor"},
	"figure": {"class"}, "img": {"class", "src", "width", "height", "alt"}, "figcaption": nil, "details": {"class", "open"}, "summary": nil, "footer": {"class"}, "script": nil,
	"form": {"class", "role", "aria-label", "hidden"}, "label": nil, "input": {"type", "name", "autocomplete"}, "select": {"name"},
	"option": {"value"}, "button": {"type", "name", "aria-pressed"}, "output": {"name", "role"},
}

func parseHTML(t testing.TB, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// checkPage asserts what must hold of every page, whatever it was made from.
func checkPage(t testing.TB, page []byte) {
	t.Helper()
	if !utf8.Valid(page) {
		t.Fatal("the page is not UTF-8")
	}
	ids := map[string]bool{}
	var policy, style, script string
	for n := range parseHTML(t, page).Descendants() {
		switch n.Type {
		case html.CommentNode:
			t.Errorf("the page holds the comment %q", n.Data)
		case html.TextNode:
			if flat := strings.ReplaceAll(n.Data, "\n", ""); safe.Show(flat) != flat {
				t.Errorf("the page says %q", n.Data)
			}
		case html.ElementNode:
			attributes, ok := allowed[n.Data]
			if !ok {
				t.Errorf("the page has the element %s", n.Data)
			}
			for _, a := range n.Attr {
				if safe.Show(a.Val) != a.Val {
					t.Errorf("the attribute %s holds %q", a.Key, a.Val)
				}
				switch {
				case !slices.Contains(attributes, a.Key):
					t.Errorf("the element %s has the attribute %s", n.Data, a.Key)
				case a.Key == "id":
					if ids[a.Val] {
						t.Errorf("two elements have the id %q", a.Val)
					}
					ids[a.Val] = true
				case a.Key == "href":
					if !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "http://") &&
						!strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "mailto:") {
						t.Errorf("a link leads to %q", a.Val)
					}
				case a.Key == "http-equiv":
					policy = n.Attr[1].Val
				}
			}
			switch n.Data {
			case "style":
				style += n.FirstChild.Data
			case "script":
				script += n.FirstChild.Data
			}
		}
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	if want := "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; img-src data:; base-uri 'none'; form-action 'none'"; policy != want || script != strings.TrimSpace(templates.Default().Script) {
		t.Errorf("the policy is %q, want %q", policy, want)
	}
	if before, _, ok := bytes.Cut(page, []byte("<meta")); !ok || strings.TrimSpace(string(before)) != "<!DOCTYPE html>\n<html lang=\"en\">\n<head>" ||
		!bytes.HasPrefix(page[len(before):], []byte(`<meta http-equiv="Content-Security-Policy"`)) {
		t.Error("the policy is not the first thing in the head")
	}
}

func TestPages(t *testing.T) {
	kinds, err := os.ReadFile("document/testdata/kinds.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, md := range map[string][]byte{
		"empty": markdown(t, emptyReport()), "practical": markdown(t, practicalReport()),
		"hostile": markdown(t, hostileReport(hostileText)), "every kind of node": kinds, "nothing": nil,
	} {
		t.Run(name, func(t *testing.T) { checkPage(t, page(t, parsed(t, md))) })
	}
}

// TestKinds draws a document that has every kind of node, and reads its words out of the page.
func TestKinds(t *testing.T) {
	kinds, err := os.ReadFile("document/testdata/kinds.md")
	if err != nil {
		t.Fatal(err)
	}
	d := parsed(t, kinds)
	golden(t, "kinds.html", page(t, d))
	checkWords(t, d)
}

// words folds white space, which renderers lay out as they like.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// checkWords compares what the tree says with what the page says.
func checkWords(t testing.TB, d *document.Document) {
	t.Helper()
	var tree strings.Builder
	_ = ast.Walk(d.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeBlock {
			tree.WriteByte(' ')
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *document.LogBlock:
			for _, l := range n.Rows {
				tree.WriteString(l.Text + "\n")
			}
		case *document.Chart:
			tree.WriteString(strings.Join(n.Rows, "\n"))
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			tree.WriteString(strings.Join(d.CodeLines(n), "\n"))
		case *document.Alert:
			tree.WriteString(n.Title())
		case *ast.CodeSpan:
			tree.WriteString(d.Text(n))
			return ast.WalkSkipChildren, nil
		default:
			if n.FirstChild() == nil {
				tree.WriteString(d.Text(n))
			}
			if x, ok := n.(*ast.Text); ok && (x.SoftLineBreak() || x.HardLineBreak()) {
				tree.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})

	var read strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			read.WriteString(n.Data)
		}
		if n.Data == "svg" && attribute(n, "class") == "drawing" || n.Data == "summary" {
			return // what stands beside the words: a drawing of them, and the page's own control
		}
		if n.Data == "sup" || n.Data == "a" && strings.HasPrefix(attribute(n, "href"), "#_fnref") {
			return // a footnote's number and the way back
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
		if n.Type == html.ElementNode && slices.Contains([]string{"td", "th", "li", "p", "dt", "dd", "figcaption"}, n.Data) {
			read.WriteByte(' ')
		}
	}
	for n := range parseHTML(t, page(t, d)).Descendants() {
		if n.Data == "main" {
			walk(n)
		}
	}
	if diff := cmp.Diff(words(tree.String()), words(read.String())); diff != "" {
		t.Errorf("the page says something else (-tree +page):\n%s", diff)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestWords(t *testing.T) {
	for _, r := range []*analysis.Report{emptyReport(), practicalReport(), hostileReport(hostileText)} {
		checkWords(t, parsed(t, markdown(t, r)))
	}
}

// skeleton is the structure of a page without its texts. Ids and what points at them are made
// from the words of headings, and labels are texts, so their values are left out.
func skeleton(t testing.TB, page []byte) string {
	t.Helper()
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		// A code span in running text is no structure: what looks like a mail address is one.
		shown := n.Type == html.ElementNode && n.Data != "code" && n.Data != "mark" && n.Data != "b" // nor what an excerpt emphasises
		if shown {
			fmt.Fprintf(&b, "<%s", n.Data)
			for _, a := range n.Attr {
				if strings.Contains("x y width height cx cy points", a.Key) || n.Data == "svg" && a.Key == "viewbox" {
					a.Val = "" // where things stand depends on the width of names
				}
				if a.Key == "id" || a.Key == "href" && strings.HasPrefix(a.Val, "#") || a.Key == "data-label" {
					a.Val = ""
				}
				fmt.Fprintf(&b, " %s=%s", a.Key, a.Val)
			}
			b.WriteString(">\n")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
		if shown {
			fmt.Fprintf(&b, "</%s>\n", n.Data)
		}
	}
	walk(parseHTML(t, page))
	return b.String()
}

// checkHostile makes a report of nothing but s and compares it with one of a harmless word:
// the structure is the same, and s can be read.
func checkHostile(t testing.TB, s string) {
	t.Helper()
	if strings.Trim(s, " \t\r\n") == "" {
		return // some lines of a report are left out when their text is empty
	}
	md := markdown(t, hostileReport(s))
	d := parsed(t, md)
	got := page(t, d)
	checkPage(t, got)
	want := skeleton(t, page(t, parsed(t, markdown(t, hostileReport("word")))))
	if diff := cmp.Diff(want, skeleton(t, got)); diff != "" {
		t.Fatalf("%q changes the page:\n%s", s, diff)
	}
	// In the title as prose, in the excerpt verbatim.
	line := safe.Line(strings.TrimSuffix(s, "\r"))
	if !strings.Contains(line, strings.Repeat("`", 100)) {
		text := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) })
		if want := safe.Line(strings.Join(text, " ")); words(d.Title) != want {
			t.Fatalf("the title of %q reads %q, want %q", s, d.Title, want)
		}
		found := false
		_ = ast.Walk(d.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if block, ok := n.(*document.LogBlock); ok {
				found = found || block.Rows[0].Text == line
			}
			return ast.WalkContinue, nil
		})
		if !found {
			t.Fatalf("no excerpt says %q", line)
		}
	}
	if bytes.ContainsAny(jsonOf(t, hostileReport(s)), "\x00\x1b\x7f\u009b\u202e\u200b") {
		t.Fatalf("report.json of %q holds a hidden character", s)
	}
}

var hostileSeeds = []string{
	hostileText, "HIGH", "LOW", "**Observed.** x", "[!NOTE]", "[ ] x", "[^1]", "```", "~~~", "|", `\`, `\|`, "`", "``", "- x", "1. x", "# x", "> x", "---", "===", ": x",
	"<b>", "</main>", "<!--", "-->", "]]>", "&#60;", "&lt;", "{{.}}", "http://e.example", "<http://e.example>", "www.e.example", "\u202e", "\xff", "\x1b", "\r", "x\r", "a\nb",
	"…  x", "12  x", "  x", "x  ", "\t", "‹U+202E›", "incident-1", "_report", "Incident 1: x", "Incident 2", "javascript:x", "a\x00b", strings.Repeat("`", 300), strings.Repeat("[a](", 1200), strings.Repeat("> ", 300), strings.Repeat("x", 5000),
}

func TestHostile(t *testing.T) {
	for _, s := range hostileSeeds {
		checkHostile(t, s)
	}
}

// FuzzHostile states the rule for everything that reports say.
func FuzzHostile(f *testing.F) {
	for _, s := range hostileSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 2000 {
			checkHostile(t, s)
		}
	})
}

// FuzzHTML draws anything that an analyst could have typed.
func FuzzHTML(f *testing.F) {
	kinds, err := os.ReadFile("document/testdata/kinds.md")
	if err != nil {
		f.Fatal(err)
	}
	for part := range bytes.SplitSeq(kinds, []byte("\n\n")) {
		f.Add(part)
	}
	f.Fuzz(func(t *testing.T, md []byte) {
		d, err := document.Parse(md)
		if err != nil {
			return
		}
		checkPage(t, page(t, d))
	})
}

// TestOwnStyle draws a page with all that a site can choose, and with values that try to be more than that.
func TestOwnStyle(t *testing.T) {
	d := parsed(t, []byte("# T\n\n## S\n\nx\n"))
	set := templates.Default()
	var b bytes.Buffer
	err := render.HTML(&b, d, render.HTMLOptions{Templates: set, Style: style.Style{
		Paper: "letter", Margin: 72, Lang: `de"><script>`, Author: `Ann"><script>alert(1)</script>`, TLP: "AMBER+STRICT", Accent: 0x7a1f4b, Link: 0x004400,
		Logo: &picture.Picture{Type: "png", Data: []byte("x"), Width: 1, Height: 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		`<p class="tlp amber">TLP:AMBER&#43;STRICT</p>`, "<title>T (TLP:AMBER&#43;STRICT)</title>", "--accent: #7a1f4b;", "--link: #004400;", "size: letter", "margin-left: 72.0pt",
		`content: "TLP:AMBER+STRICT"`, `<img class="logo" src="data:image/png;base64,eA==" alt="">`, `<meta name="author" content="Ann&#34;&gt;&lt;script&gt;`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Count(page, "<script") != 1 {
		t.Error("a setting became markup")
	}
	var css string
	for n := range parseHTML(t, b.Bytes()).Descendants() {
		if n.Data == "style" && n.FirstChild != nil {
			css = n.FirstChild.Data
		}
	}
	sum := sha256.Sum256([]byte(css))
	if hash := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), "style-src &#39;sha256-"+hash) {
		t.Error("the policy forbids the style sheet")
	}
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"

	"practicum/config"
	"practicum/render/document"
	"practicum/render/safe"
)

// The Markdown, the page and the PDF say the same, character by character. What may be set aside is decided once, here:
//
//   - white space, and the running heads and feet of the PDF, which are cut off;
//   - the contents: of the PDF, whose words are then known from the headings, and of the page, which stands outside of its main part;
//   - what the page draws: a chart's drawing, whose lines stand beside it, and the words on its controls (summary);
//   - the numbers beside the lines of an excerpt, which all three show and which are no part of the line;
//   - how Markdown writes a mark that all three draw: a list's bullet or number, a task's box, the kind of an alert.
//
// The Markdown is read by goldmark as it comes, not by the program's own package document.

var (
	gutter    = regexp.MustCompile(`^ *(?:[0-9]+(?:  |\n|$)|…  )`)
	alertMark = regexp.MustCompile(`^\[!([A-Z]+)\] *(?:\n|$)`)
)

// plain writes what goldmark's own renderer leaves out or makes markup of: raw HTML is words, except for comments; of an excerpt the
// numbers are set aside.
type plain struct{}

func (plain) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if text := n.(*ast.RawHTML).Segments.Value(source); entering && !bytes.HasPrefix(text, []byte("<!--")) {
			_, _ = w.WriteString(html.EscapeString(string(text)))
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			b := n.(*ast.HTMLBlock)
			text := b.Lines().Value(source)
			if b.HasClosure() {
				text = append(bytes.Clone(text), b.ClosureLine.Value(source)...)
			}
			text = regexp.MustCompile(`(?s)<!--.*?-->`).ReplaceAll(text, nil)
			_, _ = w.WriteString("<pre>" + html.EscapeString(string(text)) + "</pre>")
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		b := n.(*ast.FencedCodeBlock)
		for i := range b.Lines().Len() {
			l := b.Lines().At(i)
			line := string(l.Value(source))
			if string(b.Language(source)) == "log" {
				line = gutter.ReplaceAllString(line, "")
			}
			_, _ = w.WriteString("<pre>" + html.EscapeString(line) + "</pre>")
		}
		return ast.WalkSkipChildren, nil
	})
}

// markdownWords is what the Markdown says.
func markdownWords(t *testing.T, md []byte) string {
	t.Helper()
	reader := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.DefinitionList,
			extension.NewFootnote(extension.WithFootnoteBacklinkHTML([]byte(document.Back)))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(plain{}, 1))),
	)
	var b bytes.Buffer
	if err := reader.Convert(bytes.ReplaceAll(md, []byte("\r"), nil), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return wordsOf(root, true)
}

// pageWords is what the main part of the page says.
func pageWords(t *testing.T, page []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data == "main" {
			return wordsOf(n, false)
		}
	}
	t.Fatal("the page has no main part")
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// wordsOf reads the text of elements, with the marks that a browser draws in front of a list's items.
func wordsOf(root *html.Node, markdown bool) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			text := n.Data
			if markdown {
				text = safe.Show(strings.ReplaceAll(text, "\n", " "))
			}
			b.WriteString(text)
			return
		case n.Data == "svg" && attr(n, "class") == "drawing", n.Data == "summary":
			return
		case n.Data == "img":
			b.WriteString(attr(n, "alt"))
		case n.Data == "blockquote" && markdown:
			// The first line of an alert.
			if p := firstElement(n); p != nil && p.FirstChild != nil && p.FirstChild.Type == html.TextNode {
				if m := alertMark.FindStringSubmatch(p.FirstChild.Data); m != nil {
					p.FirstChild.Data = m[1][:1] + strings.ToLower(m[1][1:]) + strings.TrimPrefix(p.FirstChild.Data, m[0])
				}
			}
		case n.Data == "li":
			b.WriteString(itemMark(n, markdown))
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(root)
	return b.String()
}

func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// itemMark is the mark in front of an item: none where a box or the label of a statement stands for it.
func itemMark(li *html.Node, markdown bool) string {
	list := li.Parent
	if markdown {
		first := firstElement(li)
		for first != nil && first.Data == "p" {
			first = firstElement(first)
		}
		if first != nil && (first.Data == "input" || first.Data == "strong" && slices.Contains([]string{"Observed.", "Known.", "Question."}, first.FirstChild.Data) && leads(li, first)) {
			return ""
		}
	} else if class := attr(list, "class"); class == "tasks" || class == "claims" {
		return ""
	} else if first := firstElement(li); first != nil {
		for first != nil && first.Data == "p" {
			first = firstElement(first)
		}
		if first != nil && (strings.HasPrefix(attr(first, "class"), "task") || strings.HasPrefix(attr(first, "class"), "claim")) && leads(li, first) {
			return ""
		}
	}
	if list.Data != "ol" {
		return "•"
	}
	n := 1
	if start, err := strconv.Atoi(attr(list, "start")); err == nil {
		n = start
	}
	for before := li.PrevSibling; before != nil; before = before.PrevSibling {
		if before.Data == "li" {
			n++
		}
	}
	return fmt.Sprintf("%d.", n)
}

// leads reports whether nothing is said in an item before an element.
func leads(li, first *html.Node) bool {
	for n := range li.Descendants() {
		if n == first {
			return true
		}
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			return false
		}
	}
	return false
}

// pdfWords is what the PDF says between the heads and the feet.
func pdfWords(t *testing.T, pdf []byte, d *document.Document) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "words.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", "-x", "0", "-y", "50", "-W", "700", "-H", "740", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := squeeze(string(out))
	// The contents, each heading with its page.
	for _, deepest := range []int{3, 2} {
		contents := "Contents"
		for i, h := range d.Headings {
			if h.Level <= deepest && !(i == 0 && h.Level == 1) {
				contents += regexp.QuoteMeta(squeeze(h.Text)) + `\d+`
			}
		}
		if places := regexp.MustCompile(contents).FindAllStringIndex(text, -1); len(places) == 1 && contents != "Contents" {
			return text[:places[0][0]] + text[places[0][1]:]
		}
	}
	return text
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		// pdftotext puts marks of direction round words that are written from the right; the program shows any such mark of
		// a log as its number.
		if unicode.IsSpace(r) || r == '\u00ad' || r == '\u202b' || r == '\u202c' {
			return -1
		}
		return r
	}, s)
}

// checkSame compares what the three say.
func checkSame(t *testing.T, md []byte) {
	t.Helper()
	s, err := config.Load("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := renderMarkdown(md, "none/report.md", []string{"html", "pdf"}, o, nil, func(*document.Error) {})
	if err != nil {
		t.Fatal(err)
	}
	d, err := document.Parse(md)
	if err != nil {
		t.Fatal(err)
	}
	want := squeeze(markdownWords(t, md))
	for what, got := range map[string]string{"page": squeeze(pageWords(t, drawn["html"])), "PDF": pdfWords(t, drawn["pdf"], d)} {
		if got == want {
			continue
		}
		i := 0
		for i < len(got) && i < len(want) && got[i] == want[i] {
			i++
		}
		cut := func(s string) string { return strings.ToValidUTF8(s[max(0, i-60):min(len(s), i+120)], "") }
		t.Errorf("the %s says something else at character %d:\nMarkdown …%s…\n%8s …%s…", what, i, cut(want), what, cut(got))
	}
}

func TestSameWords(t *testing.T) {
	files, err := filepath.Glob("testdata/words/*.md")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../render/testdata/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(append(files, more...), "testdata/founding.report.md", "../../render/document/testdata/kinds.md") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			md, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			checkSame(t, md)
		})
	}
	// All sample logs in one report, and in the other form.
	for _, template := range []string{"practical", "gcia", "monthly"} {
		t.Run("samples as "+template, func(t *testing.T) {
			dir := t.TempDir()
			var out, errs bytes.Buffer
			if status := run([]string{"report", "--quiet", "--to", "md", "--template", template, "-o", dir, "../../testdata/logs"}, nil, &out, &errs, nil, now); status != 0 {
				t.Fatalf("status %d: %s", status, errs.String())
			}
			md, err := os.ReadFile(filepath.Join(dir, reportName))
			if err != nil {
				t.Fatal(err)
			}
			checkSame(t, md)
		})
	}
}

package document_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"practicum/render/document"
)

// dump writes the tree as a person can read it: a line a node, leaves with their text.
func dump(d *document.Document) string {
	var b strings.Builder
	var walk func(n ast.Node, level int)
	walk = func(n ast.Node, level int) {
		fmt.Fprintf(&b, "%s%s", strings.Repeat("  ", level), n.Kind())
		switch n := n.(type) {
		case *ast.Heading:
			fmt.Fprintf(&b, " %d #%s", n.Level, d.ID(n))
		case *document.Alert:
			fmt.Fprintf(&b, " %s", n.Name)
		case *document.Chip:
			fmt.Fprintf(&b, " level %d", n.Level())
		case *east.TaskCheckBox:
			fmt.Fprintf(&b, " %v", n.IsChecked)
		case *east.TableCell:
			fmt.Fprintf(&b, " %s", n.Alignment)
		}
		if to := d.Link(n); to != "" {
			fmt.Fprintf(&b, " → %s", to)
		}
		if n.Type() == ast.TypeInline {
			if n.FirstChild() == nil || n.Kind() == ast.KindCodeSpan {
				fmt.Fprintf(&b, " %q", d.Text(n))
			}
		}
		b.WriteByte('\n')
		switch n := n.(type) {
		case *document.LogBlock:
			for _, l := range n.Rows {
				fmt.Fprintf(&b, "%s%q %q omission=%v\n", strings.Repeat("  ", level+1), l.Number, l.Text, l.Omission)
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for _, l := range d.CodeLines(n) {
				fmt.Fprintf(&b, "%s%q\n", strings.Repeat("  ", level+1), l)
			}
		}
		if n.Kind() == ast.KindCodeSpan {
			return
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			walk(c, level+1)
		}
	}
	walk(d.Root, 0)
	fmt.Fprintf(&b, "title %q\n", d.Title)
	for _, h := range d.Headings {
		fmt.Fprintf(&b, "%d #%s %q\n", h.Level, h.ID, h.Text)
	}
	return b.String()
}

// TestKinds reads a document that has every kind of node. UPDATE=1 rewrites the tree.
func TestKinds(t *testing.T) {
	src, err := os.ReadFile("testdata/kinds.md")
	if err != nil {
		t.Fatal(err)
	}
	d, err := document.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	got := dump(d)
	golden := filepath.Join("testdata", "kinds.tree")
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the tree changed (-want +got):\n%s", diff)
	}

	crlf, err := document.Parse(bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, dump(crlf)); diff != "" {
		t.Errorf("with CRLF (-LF +CRLF):\n%s", diff)
	}
}

// TestNothingForbidden asserts what the renderers rely on.
func TestNothingForbidden(t *testing.T) {
	for _, src := range []string{
		"<script>alert(1)</script>\n\n<!-- x", "a <img src=x> <!-- b --> <?php ?> <![CDATA[x]]> <!A>", "![a](http://e/p.png)", "![](data:image/png;base64,AA)",
		"[a](javascript:x) [a](JAVASCRIPT:x) [a](//e/p) [a](\\\\e\\p) [a](%5C%5Ce) [a](/p) [a](p) [a]() [a](http:) [a](http:\\\\e) [a](data:x) [a](vbscript:x) [a](&#106;avascript:x) [a](java&#10;script:x)",
		"<javascript:x> <search-ms:x> <file:///etc/passwd> <data:x>",
	} {
		d, err := document.Parse([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		_ = ast.Walk(d.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n.(type) {
			case *ast.RawHTML, *ast.HTMLBlock, *ast.Image, *ast.Link, *ast.AutoLink, *ast.LinkReferenceDefinition:
				t.Errorf("%q: the tree holds a %s", src, n.Kind())
			}
			return ast.WalkContinue, nil
		})
	}
}

func TestHiddenCharactersAreShown(t *testing.T) {
	d, err := document.Parse([]byte("a\u202eb `c\x1bd` &#x202E; \xff\n\n```log\n1  e\u200bf\xe2\x82\n```\n\n    g\x9bh\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := dump(d)
	for _, want := range []string{"a‹U+202E›b", "c‹U+001B›d", " ‹U+202E› ‹xFF›", "e‹U+200B›f‹xE2›‹x82›", "g‹x9B›h"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestLimits(t *testing.T) {
	nestedList := ""
	for i := range 200 {
		nestedList += strings.Repeat("  ", i) + "- a\n"
	}
	for _, c := range []struct {
		name, src, want string
	}{
		{"quotes", "a\n\n" + strings.Repeat("> ", 101) + "a", "line 3: more than 100 quotes or lists are nested here"},
		{"quotes without blanks", strings.Repeat(">", 50000), "line 1: more than 100 quotes or lists are nested here"},
		{"numbered lists", strings.Repeat("1. ", 5000), "line 1: more than 100 quotes or lists are nested here"},
		{"links", "a\n\n" + strings.Repeat("[a](", 20000), "line 3: more than 1000 links are begun here and not ended"},
		{"pictures over lines", "```\n```\n" + strings.Repeat("![a](\n", 2000), "line 3: more than 1000 links are begun here and not ended"},
		{"lists", nestedList, "quotes, lists or emphasis are nested deeper than 250"},

		{"a log line of quotes", "```log\n" + strings.Repeat("> ", 5000) + "\n" + strings.Repeat("[a](", 5000) + "\n```\n", ""},
		{"a code span of links", "x `" + strings.Repeat("[a](", 5000) + "`", ""},
		{"many links", strings.Repeat("[a](#b) ", 5000), ""},
		{"a rule", strings.Repeat("-", 500) + "\n\n" + strings.Repeat("* ", 500), ""},
		{"a minus sign", "a\n- b", ""},
	} {
		_, err := document.Parse([]byte(c.src))
		got := ""
		if err != nil {
			got = err.Error()
			var e *document.Error
			if !errors.As(err, &e) {
				t.Errorf("%s: %T is not a *document.Error", c.name, err)
			}
		}
		if got != c.want {
			t.Errorf("%s: got error %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzParse looks for panics, and for text that a renderer would have to make safe again.
func FuzzParse(f *testing.F) {
	src, err := os.ReadFile("testdata/kinds.md")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	for part := range strings.SplitSeq(string(src), "\n\n") {
		f.Add([]byte(part))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := document.Parse(src)
		if err != nil {
			return
		}
		for _, r := range dump(d) {
			if r == 0x1b || r == 0x202e || r == 0 {
				t.Fatalf("%U is not shown", r)
			}
		}
	})
}

// An incident's links live in whatever language its heading is.
func TestMarkedHeadings(t *testing.T) {
	d, err := document.Parse([]byte("## Vorfall 3: Besuch\n\n> [!NOTE]\n>\n> Suggested now: Visit\n\n<!-- incident aa -->\n\n### Zeilen\n\n## Kapitel 4: Ohne Marke\n\n## Incident 5: By the words\n"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range d.Headings {
		ids = append(ids, h.ID)
	}
	if got := strings.Join(ids, " "); got != "incident-3 incident-3-zeilen kapitel-4-ohne-marke incident-5" {
		t.Error(got)
	}
}

package safe

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Jan 20 08:58:10 mail\tin.telnetd", "Jan 20 08:58:10 mail\tin.telnetd"},
		{"grün κόσμος 日本 😀", "grün κόσμος 日本 😀"},
		{"a\x00b\x1b[2J\x7f", "a‹U+0000›b‹U+001B›[2J‹U+007F›"},
		{"\xff\xfe \xed\xa0\x80 \xe2\x82", "‹xFF›‹xFE› ‹xED›‹xA0›‹x80› ‹xE2›‹x82›"},
		{"\u009b31m\u0085", "‹U+009B›31m‹U+0085›"},
		{"a\u202egnp.exe", "a‹U+202E›gnp.exe"},
		{"\u061c\u200b\u200d\u2066\ufeff\u00ad\u034f\u115f\u3164\u2800", "‹U+061C›‹U+200B›‹U+200D›‹U+2066›‹U+FEFF›‹U+00AD›‹U+034F›‹U+115F›‹U+3164›‹U+2800›"},
		{"\u2028\u2029\u00a0\u3000\ufe0f", "‹U+2028›‹U+2029›‹U+00A0›‹U+3000›‹U+FE0F›"},
		{"\U000e0041\ue000\ufdd0\uffff\U0010ffff", "‹U+E0041›‹U+E000›‹U+FDD0›‹U+FFFF›‹U+10FFFF›"},
		{"‹U+202E›", "‹U+2039›U+202E›"},
		{"\ufffd", "\ufffd"},
	} {
		if got := Line(c.in); got != c.want {
			t.Errorf("Line(%q) = %q, want %q", c.in, got, c.want)
		}
		if got, want := Show(c.want), c.want; got != want {
			t.Errorf("Show(%q) = %q, want it unchanged", want, got)
		}
	}
}

func TestCode(t *testing.T) {
	for _, c := range []struct{ in, code, cell string }{
		{"mail.log", "`mail.log`", "`mail.log`"},
		{"", "`‹empty›`", "`‹empty›`"},
		{"a`b", "``a`b``", "``a`b``"},
		{"`", "`` ` ``", "`` ` ``"},
		{" a ", "`  a  `", "`  a  `"},
		{"   ", "`   `", "`   `"},
		{"HIGH", "``HIGH``", "``HIGH``"},
		{"a|b", "`a|b`", "`a\\|b`"},
		{`a\|b\`, "`a\\|b\\`", "`a‹U+005C›\\|b\\`"},
		{"a\tb\n", "`a‹U+0009›b‹U+000A›`", "`a‹U+0009›b‹U+000A›`"},
		{strings.Repeat("`", 3000), "`‹U+0060*3000›`", "`‹U+0060*3000›`"},
	} {
		if got := Code(c.in); got != c.code {
			t.Errorf("Code(%q) = %q, want %q", c.in, got, c.code)
		}
		if got := Cell(c.in); got != c.cell {
			t.Errorf("Cell(%q) = %q, want %q", c.in, got, c.cell)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Contact with telnet, imap and ftp (3 attempts in 11 s).", "Contact with telnet, imap and ftp (3 attempts in 11 s)."},
		{"in.telnetd and rpc_ttdbserverd", "in.telnetd and rpc_ttdbserverd"},
		{"_x_ *y* [z](http://e)", `\_x\_ \*y\* \[z\](http\://e)`},
		{"a|b", "a&#124;b"},
		{"AT&T &amp; &#60;", `AT&T \&amp; \&\#60;`},
		{"<script>-->", `\<script\>--\>`},
		{"# a\n\n- b", `\# a - b`},
		{"- a", `\- a`},
		{"12. a", `12\. a`},
		{"www.evil.example", `www\.evil.example`},
		{": x", `\: x`},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// vectors are texts that broke one Markdown parser or another, or a terminal.
var vectors = []string{
	"```", "````\n# out", "~~~", "  ```", "> ```", "- ```", "```\r# out\r```", "\x0b```", "\x0c```", "\u0085```", "\u2028# out",
	"\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf0\x9f", "\x1b]0;t\x07\x1b]8;;http://e\x1b\\", "\b\b\b",
	"<script>alert(1)</script>", "<!-- analyst:end 1 -->", "-->", "]]>", "&#60;", `\`, `\|`, `a\\|b`, "|", "||", "| a | b |\n|--|--|",
	"`", "``", "` ", " `", "`a", "a`", "`a`", "a``b`c", strings.Repeat("`", 3000), "{{.X}}", "{nb}", "%n", ") Tj ET Q (", "endstream endobj",
	"=cmd|'/C calc'!A0", "[a](http://e)", "![a](http://e)", "[^1]", "[^1]: x", "[a]: http://e", "<http://e>", "www.e.example", "me@e.example", "@user", "#1",
	"---", "+++", ":::", "===", "a\n===", strings.Repeat("[", 5000), strings.Repeat("\n", 500), "1. a", "1) a", "+ a", "* a", ": a", "HIGH", "**Observed.**", "[!NOTE]", "- [ ] a", "~~a~~", "$a$",
	" a ", "  ", "", "\\`a`",
}

// oneText parses md and returns the structure without its texts, and the text.
func oneText(t *testing.T, md string) (structure, content string) {
	t.Helper()
	g := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList, extension.NewLinkify()))
	src := []byte(md)
	root := g.Parser().Parse(text.NewReader(src))
	var s, c strings.Builder
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindText {
			if entering {
				var b bytes.Buffer
				if err := g.Renderer().Render(&b, src, n); err != nil {
					t.Fatal(err)
				}
				c.WriteString(unescape(b.String()))
			}
			return ast.WalkContinue, nil
		}
		if entering {
			s.WriteString("(" + n.Kind().String())
			if n.Kind() == ast.KindFencedCodeBlock {
				c.Write(n.Lines().Value(src))
			}
		} else {
			s.WriteString(")")
		}
		return ast.WalkContinue, nil
	})
	return s.String(), c.String()
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&").Replace(s)
}

func checkMarkdown(t *testing.T, s string) {
	t.Helper()
	fold := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	line := Line(s)
	if !utf8.ValidString(line) {
		t.Fatalf("Line(%q) is not UTF-8", s)
	}
	for _, r := range line {
		if r != '\t' && (unicode.Is(unicode.C, r) || r == 0x2028 || r == 0x2029) {
			t.Fatalf("Line(%q) holds %U", s, r)
		}
	}
	if Show(line) != line {
		t.Fatalf("Show changes Line(%q)", s)
	}
	spanned := strings.ReplaceAll(shortRuns(line), "\t", "‹U+0009›")
	if s == "" {
		spanned = "‹empty›"
	}

	for _, c := range []struct{ name, md, structure, content string }{
		{"Code", "x " + Code(s) + " y", "(Document(Paragraph(CodeSpan)))", "x " + spanned + " y"},
		{"Text", "x " + Text(s) + " y", "(Document(Paragraph))", fold("x " + seen(s) + " y")},
		{"Text at the start", Text(s) + "y", "(Document(Paragraph))", fold(seen(s) + "y")},
		{"Text in a heading", "# " + Text(s) + "y", "(Document(Heading))", fold(seen(s) + "y")},
		{"Text in an item", "- " + Text(s) + "y", "(Document(List(ListItem(TextBlock))))", fold(seen(s) + "y")},
		{"Block", Block("log", strings.Split(s, "\n")), "(Document(FencedCodeBlock))", ""},
		{"cells", "| a | b |\n|--|--|\n| " + Cell(s) + " | x " + Text(s) + " |\n",
			"(Document(Table(TableHeader(TableCell)(TableCell))(TableRow(TableCell(CodeSpan))(TableCell))))", ""},
	} {
		structure, content := oneText(t, c.md)
		if strings.HasPrefix(c.name, "Text") || c.name == "cells" {
			// What looks like a mail address is a code span, and says the same.
			structure = strings.ReplaceAll(structure, "(CodeSpan)", "")
			c.structure = strings.ReplaceAll(c.structure, "(CodeSpan)", "")
		}
		if structure != c.structure {
			t.Fatalf("%s of %q: %q parses as %s", c.name, s, c.md, structure)
		}
		if c.content != "" && fold(content) != fold(c.content) {
			t.Fatalf("%s of %q: %q says %q, want %q", c.name, s, c.md, content, c.content)
		}
	}

	// A block keeps every line, whatever is in it.
	lines := strings.Split(s, "\n")
	_, content := oneText(t, Block("log", lines))
	var want strings.Builder
	for _, l := range lines {
		want.WriteString(shortRuns(Line(l)) + "\n")
	}
	if content != want.String() {
		t.Fatalf("Block(%q) says %q", s, content)
	}
}

// seen is what Text should make a reader see.
func seen(s string) string {
	return Line(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " "))
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		checkMarkdown(t, v)
	}
}

// FuzzMarkdown states the rule of this package: whatever a text says, a parser sees one text.
func FuzzMarkdown(f *testing.F) {
	for _, v := range vectors {
		if len(v) < 1000 {
			f.Add(v)
		}
	}
	f.Fuzz(func(t *testing.T, s string) { checkMarkdown(t, s) })
}

// FuzzInjective decodes stand-ins again: what can be decoded was not lost.
func FuzzInjective(f *testing.F) {
	for _, v := range vectors {
		f.Add(v)
	}
	f.Add("‹x41›‹U+0041›")
	f.Fuzz(func(t *testing.T, s string) {
		if got := decode(Line(s)); got != s {
			t.Fatalf("Line(%q) decodes to %q", s, got)
		}
	})
}

func decode(s string) string {
	var b []byte
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		if r != left {
			b = append(b, s[:n]...)
			s = s[n:]
			continue
		}
		body, rest, _ := strings.Cut(s[n:], string(right))
		s = rest
		v := rune(0)
		for _, d := range strings.TrimLeft(body, "Ux+") {
			v = v*16 + rune(strings.IndexRune("0123456789ABCDEF", d))
		}
		if body[0] == 'x' {
			b = append(b, byte(v))
		} else {
			b = utf8.AppendRune(b, v)
		}
	}
	return string(b)
}

package pdf

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/yuin/goldmark/ast"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	"practicum/render/pdf/fonts"
	look "practicum/render/style"
)

func parse(t testing.TB, md string) *document.Document {
	t.Helper()
	d, err := document.Parse([]byte(md))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func render(t testing.TB, md string, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, parse(t, md), o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tool runs a program on a PDF file, whose name it puts for FILE, and returns what it prints. A missing program
// fails the test.
func tool(t testing.TB, pdf []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = file
		}
	}
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, stderr.Bytes(), out)
	}
	return string(out)
}

// texts returns each page's text in reading order, without head and foot.
func texts(t testing.TB, pdf []byte) []string {
	t.Helper()
	// At the resolution of 72, which is the default for the box, a unit is a point.
	out := tool(t, pdf, "pdftotext", "-raw", "-x", "0", "-y", "50", "-W", "700", "-H", "740", "FILE", "-")
	pages := strings.Split(out, "\f")
	return pages[:len(pages)-1]
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// checkWords fails if a word of the document is not in the file's text, whose words may be parted.
func checkWords(t *testing.T, d *document.Document, pdf []byte) {
	t.Helper()
	text := squeeze(strings.Join(texts(t, pdf), ""))
	look := func(s string) {
		for _, word := range strings.Fields(s) {
			if !strings.Contains(text, squeeze(word)) {
				t.Errorf("%q is not in the PDF's text", word)
			}
		}
	}
	_ = ast.Walk(d.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text, *ast.String, *document.Chip, *document.Claim, *ast.AutoLink:
			look(d.Text(n))
		case *document.Alert:
			look(n.Title())
		case *document.LogBlock:
			for _, l := range n.Rows {
				look(l.Text) // the numbers beside it decorate
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for _, l := range d.CodeLines(n) {
				look(l)
			}
		}
		return ast.WalkContinue, nil
	})
}

type page struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []struct {
		XMin float64 `xml:"xMin,attr"`
		YMin float64 `xml:"yMin,attr"`
		XMax float64 `xml:"xMax,attr"`
		YMax float64 `xml:"yMax,attr"`
		Text string  `xml:",chardata"`
	} `xml:"word"`
}

var invalidXML = regexp.MustCompile(`[\x00-\x08\x0b\x0c\x0e-\x1f]`)

func boxes(t *testing.T, pdf []byte) []page {
	t.Helper()
	out := tool(t, pdf, "pdftotext", "-bbox", "FILE", "-")
	// poppler writes surrogates and controls that XML does not know.
	out = invalidXML.ReplaceAllString(strings.ToValidUTF8(out, "?"), "?")
	var doc struct {
		Pages []page `xml:"body>doc>page"`
	}
	dec := xml.NewDecoder(strings.NewReader(out))
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc.Pages
}

// checkMargins fails if a word stands outside the margins, or in them if it is no part of head or foot.
func checkMargins(t *testing.T, pdf []byte) {
	t.Helper()
	bad := 0
	for i, p := range boxes(t, pdf) {
		for _, w := range p.Words {
			inside := w.XMin >= look.DefaultMargin-1 && w.XMax <= p.Width-look.DefaultMargin+1
			text := w.YMin >= marginTop-6 && w.YMax <= p.Height-marginBottom+6
			head := w.YMin >= 20 && w.YMax <= 50
			foot := w.YMin >= p.Height-50 && w.YMax <= p.Height-18
			if !inside || !text && !head && !foot {
				if bad++; bad < 10 {
					t.Errorf("page %d: %q stands at %.1f–%.1f, %.1f–%.1f", i+1, w.Text, w.XMin, w.XMax, w.YMin, w.YMax)
				}
			}
		}
	}
}

func check(t *testing.T, md string, o Options) []byte {
	t.Helper()
	pdf := render(t, md, o)
	if out := tool(t, pdf, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf --check:\n%s", out)
	}
	checkWords(t, parse(t, md), pdf)
	checkMargins(t, pdf)
	return pdf
}

func readReport(t testing.TB) string {
	t.Helper()
	md, err := os.ReadFile("testdata/report.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(md)
}

// The golden file is the text of the pages, so that it does not depend on how bytes are compressed.
func TestReport(t *testing.T) {
	pdf := check(t, readReport(t), Options{})
	got := strings.Join(texts(t, pdf), "-- page --\n")
	const golden = "testdata/report.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the pages' text differs from %s; UPDATE=1 rewrites it. Got:\n%s", golden, got)
	}
}

func TestSameBytes(t *testing.T) {
	md := readReport(t)
	o := Options{Style: look.Style{TLP: "AMBER"}, Date: time.Date(2000, 4, 11, 0, 0, 0, 0, time.UTC)}
	first := render(t, md, o)
	for range 4 {
		if !bytes.Equal(first, render(t, md, o)) {
			t.Fatal("the same document gave different bytes")
		}
	}
}

func TestOptions(t *testing.T) {
	md := "# Title\n\ntext\n\n## Section\n\ntext\n"
	pdf := check(t, md, Options{
		Title: "Other", Date: time.Date(2000, 4, 11, 1, 2, 3, 0, time.UTC),
		Style: look.Style{Paper: "letter", Author: "Ann Alyst", Lang: "de", TLP: "tlp:amber+strict"},
	})
	about := tool(t, pdf, "pdfinfo", "-isodates", "FILE")
	for _, want := range []string{"Other", "Ann Alyst", "2000-04-11T01:02:03Z", "612 x 792 pts (letter)"} {
		if !strings.Contains(about, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, about)
		}
	}
	if n := strings.Count(tool(t, pdf, "pdftotext", "FILE", "-"), "TLP:AMBER+STRICT"); n != 2 {
		t.Errorf("the label stands %d times on one page, want 2", n)
	}
	for _, o := range []Options{{Style: look.Style{Paper: "A3"}}, {Style: look.Style{TLP: "PINK"}}, {Style: look.Style{Lang: "(x)"}}} {
		var b bytes.Buffer
		if err := Render(&b, parse(t, md), o); err == nil || b.Len() > 0 {
			t.Errorf("%+v: error %v, %d bytes written", o, err, b.Len())
		}
	}
}

// everything has every kind of node that a document can have.
const everything = `# Title of *everything*

Lead paragraph.

> [!NOTE]
> A note with ` + "`code`" + ` and **bold *bold italic*** text.
>
> | a | b |
> |---|--:|
> | 1 | 2 |

> [!TIP]
> tip

> [!IMPORTANT]
> important
> - list in an alert

> [!WARNING]
> warning

> [!CAUTION]
> caution
> ` + "```" + `
> code in caution
> ` + "```" + `

## Section one

Soft
break, hard\
break, ~~struck~~, [inner](#section-two), [outer](https://example.org/x?y=(z)), <https://auto.example/>, <a@b.example>,
[gone](javascript:alert), ![picture's words](pic.png), note[^n] and again[^n], &amp; entity &#x2014; \*escape\*, <b>raw</b>.

<div>
raw block
</div>

- bullet
  - nested
    1. numbered
    2. second

       with a paragraph
- [ ] open task
- [x] done task

1. > quoted in a list
2. ` + "```log" + `
       12  in a list
   ` + "```" + `
3.

* - - lists that begin lists

- **Observed.** what the log shows
- **Known.** what is known
- **Question.** what is asked

**Observed.** in a paragraph.

Term
: Definition

  second paragraph

Other term
: One
: Two

> quote
>> nested quote

***

    indented code	tab
	and more

` + "```log" + `
    1  first line
    2  	tabbed
       …  3 more lines left out
  100  last
not numbered
` + "```" + `

| | |
|---|---|
| no | head |

| left | right | centre | chip |
|:--|--:|:-:|---|
| a | 1 | c | ` + "`LOW` `GUARDED` `ELEVATED` `HIGH` `SEVERE`" + ` |
| | | | |

## Section two

### Third

#### Fourth

##### Fifth

###### Sixth

Text. Greek Ωμέγα, Cyrillic Журнал, accents é́, symbols → ≥ ☐ ⚠, Hebrew שלום, Arabic مرحبا, Chinese 中文, emoji 😀.

# Second title

[^n]: The note,
    in two lines.
`

func TestKinds(t *testing.T) {
	pdf := render(t, everything, Options{})
	checkMargins(t, pdf)
	text := squeeze(strings.Join(texts(t, pdf), ""))
	for _, want := range []string{
		"picture'swords", "gone", "<b>raw</b>", "<div>", "rawblock", "&entity—*escape*", "a@b.example", "Important",
		"3morelinesleftout", "SEVERE", "Observed", "Secondtitle", "Thenote,intwolines.", "中文", "😀", // drawn as their numbers, and read as what they are
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	plain := tool(t, pdf, "qpdf", "--qdf", "--object-streams=disable", "FILE", "-")
	for want, n := range map[string]int{
		"/URI (https://example.org/x?y=\\(z\\))": 1, "/URI (https://auto.example/)": 1, "/URI (mailto:a@b.example)": 1, "javascript": 0,
	} {
		if got := strings.Count(plain, want); got != n {
			t.Errorf("%s stands %d times in the file, want %d", want, got, n)
		}
	}
}

// Every kind that goldmark's extensions and package document define is drawn by its own case or as its children;
// none is lost. The kinds are those that everything's tree holds.
func TestEverythingHasEveryKind(t *testing.T) {
	kinds := map[string]bool{}
	_ = ast.Walk(parse(t, everything).Root, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		kinds[n.Kind().String()] = true
		return ast.WalkContinue, nil
	})
	for _, want := range strings.Fields(`Document Heading Paragraph TextBlock List ListItem Blockquote CodeBlock FencedCodeBlock
		ThematicBreak Text String CodeSpan Emphasis Link AutoLink Strikethrough TaskCheckBox Table TableHeader TableRow TableCell
		FootnoteLink FootnoteBacklink Footnote FootnoteList DefinitionList DefinitionTerm DefinitionDescription
		LogBlock Chip Alert Claim`) {
		if !kinds[want] {
			t.Errorf("the document has no %s", want)
		}
	}
}

// hostile is what an attacker might have written into a log, in every place where text can stand.
func hostile() string {
	long := strings.Repeat("A9f", 1700)
	words := []string{
		"😀𐀀\U0010FFFF", "\xe2\x82", "\xc3", "\xff\xfe", "\xed\xa0\x80", "a\u202egnp.exe", "zero\u200bwidth", "soft\u00adhyphen", "bom\ufeff",
		") Tj ET (", "\\) Tj ET Q (\\", "endstream endobj", "{nb}", "{nb:pages}", "%n %s", "\x1b[2J\x07\x00", "‹U+202E›", "]]>", "<script>alert(1)</script>",
		"מזיק 123", "مرحبا", "中文字", "e\u0301\u0302\u0303\u0304", "\u0301", "獴牥慭", "\ufffd", "\u2028\u2029", "a\u00a0b", "\t\ttabs\t", long,
	}
	var b strings.Builder
	b.WriteString("# Hostile \xff 😀 " + long[:600] + "\n\n" + long + "\n\n")
	for i, w := range words {
		code := "`` " + strings.ReplaceAll(w, "`", "'") + " ``"
		fmt.Fprintf(&b, "## Incident %d: %s\n\n%s and %s in text\n\n", i+1, w, w, code)
		fmt.Fprintf(&b, "```log\n%5d  %s\n%s\n99999999999999999999  %s\n```\n\n", i, w, w, w)
		fmt.Fprintf(&b, "| %s | b |\n|---|--:|\n| %s | %s |\n\n", code, code, code)
		fmt.Fprintf(&b, "- **Observed.** %s\n- [ ] %s\n\n> [!NOTE]\n> %s\n\n", code, code, code)
	}
	b.WriteString("```log\n    1  " + strings.Repeat("0123456789abcde ", 200<<10/16) + "\n```\n")
	b.WriteString("\n| " + strings.Repeat("h | ", 60) + "\n|" + strings.Repeat("---|", 60) + "\n| " + strings.Repeat("cell | ", 60) + "\n")
	b.WriteString("\n" + strings.Repeat("> ", 60) + "deep quote\n")
	for i := range 40 {
		b.WriteString(strings.Repeat("  ", i) + "- deep item " + strconv.Itoa(i) + "\n")
	}
	b.WriteString("\n| a | b |\n|---|---|\n| short | " + strings.Repeat("very long cell ", 2000) + " |\n")
	return b.String()
}

func TestHostile(t *testing.T) {
	md := hostile()
	pdf := render(t, md, Options{Title: "\xff😀\u202e) Tj", Style: look.Style{Author: "\xe2\x82"}})
	if out := tool(t, pdf, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf --check:\n%s", out)
	}
	checkMargins(t, pdf)
	text := squeeze(strings.Join(texts(t, pdf), ""))
	for _, want := range []string{
		"😀", "‹xE2›", "‹xFF›", "a‹U+202E›gnp.exe", ")TjET(", "\\)TjETQ(\\", "{nb}", "{nb:pages}", "‹U+001B›[2J", "<script>alert(1)</script>",
		"deepquote", "deepitem39", strings.Repeat("A9f", 100), "中",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if n := strings.Count(text, "0123456789abcde"); n != 200<<10/16 {
		t.Errorf("the long line has %d of its %d parts", n, 200<<10/16)
	}
}

// contents returns the title and page of each entry of the contents on the first pages.
var contentsEntry = regexp.MustCompile(`(?m)^((?:Incident|Part|Appendix|Summary).*?) ?(\d+)$`)

// longReport has incidents of different lengths, so that breaks fall in different places.
func longReport(incidents int) string {
	var b strings.Builder
	b.WriteString("# Long report\n\nA lead.\n\n## Summary\n\n| # | Incident | Severity |\n|--:|---|---|\n")
	for i := 1; i <= incidents; i++ {
		fmt.Fprintf(&b, "| %d | [Probe number %d of a service](#incident-%d) | `HIGH` 3 |\n", i, i, i)
	}
	for i := 1; i <= incidents; i++ {
		fmt.Fprintf(&b, "\n## Incident %d: Probe number %d of a service\n\nfollows%dA\n", i, i, i)
		fmt.Fprintf(&b, "\n### Log excerpt H%dB\n\nfollows%dB `mail.log`:\n\n```log\n", i, i)
		for j := range 3 + i*7%29 {
			fmt.Fprintf(&b, "%5d  Jan 20 08:58:%02d mail imapd[%d]: connect from 208.213.5.%d %s\n", j+1, j%60, 18000+i, i%250, strings.Repeat("word ", j*3%17))
		}
		fmt.Fprintf(&b, "```\n\n### What the log shows H%dC\n\n- **Observed.** follows%dC\n", i, i)
		for j := range i % 5 {
			fmt.Fprintf(&b, "- **Known.** %s\n", strings.Repeat("known fact ", 4+j*9))
		}
		fmt.Fprintf(&b, "\n### Severity H%dD\n\n| Factor | follows%dD | Reason |\n|---|--:|---|\n", i, i)
		for j := range 4 {
			fmt.Fprintf(&b, "| factor%d | %d | %s |\n", j, j, strings.Repeat("a reason ", 2+(i+j)*5%23))
		}
		fmt.Fprintf(&b, "\n**(4 + 3) − (2 + 2) = 3** `HIGH`\n")
	}
	return b.String()
}

func TestContents(t *testing.T) {
	const incidents = 300
	pdf := render(t, longReport(incidents), Options{})
	pages := texts(t, pdf)
	checkMargins(t, pdf)
	type entry struct {
		title string
		page  int
	}
	var entries []entry
	for _, p := range pages[:12] {
		for _, m := range contentsEntry.FindAllStringSubmatch(p, -1) {
			n, _ := strconv.Atoi(m[2])
			entries = append(entries, entry{strings.TrimSpace(m[1]), n})
		}
		if strings.Contains(p, "Severity\n") {
			break
		}
	}
	if len(entries) < incidents+1 {
		t.Fatalf("%d entries in the contents, want %d", len(entries), incidents+1)
	}
	entries = entries[:incidents+1]
	for _, e := range entries {
		if e.page < 1 || e.page > len(pages) || !strings.Contains(pages[e.page-1], e.title) {
			t.Errorf("%q is not on page %d", e.title, e.page)
		}
	}
	links := linkPages(t, pdf)
	if len(links) < incidents+1 {
		t.Fatalf("%d links, want %d or more", len(links), incidents+1)
	}
	for i, e := range entries {
		if links[i] != e.page {
			t.Errorf("the link of %q leads to page %d, the contents say %d", e.title, links[i], e.page)
		}
	}
	// The running head names the section that the page begins in.
	heads := strings.Split(tool(t, pdf, "pdftotext", "-raw", "-x", "0", "-y", "0", "-W", "700", "-H", "50", "FILE", "-"), "\f")
	last := entries[len(entries)-1]
	if !strings.Contains(heads[last.page], last.title) {
		t.Errorf("the head of page %d is %q, want %q in it", last.page+1, heads[last.page], last.title)
	}
	foots := strings.Split(tool(t, pdf, "pdftotext", "-raw", "-x", "0", "-y", "790", "-W", "700", "-H", "60", "FILE", "-"), "\f")
	if want := fmt.Sprintf("page 7 of %d", len(pages)); strings.TrimSpace(foots[6]) != want {
		t.Errorf("the foot of page 7 is %q, want %q", foots[6], want)
	}
}

// linkPages returns the page that each link within the file leads to, in the order of the file.
func linkPages(t *testing.T, pdf []byte) []int {
	t.Helper()
	var file struct {
		Pages []struct {
			Object string `json:"object"`
		} `json:"pages"`
		Objects map[string]json.RawMessage `json:"objects"`
	}
	if err := json.Unmarshal([]byte(tool(t, pdf, "qpdf", "--json=1", "--json-key=pages", "--json-key=objects", "FILE")), &file); err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int{}
	for i, p := range file.Pages {
		numbers[p.Object] = i + 1
	}
	var out []int
	for _, p := range file.Pages {
		var object struct {
			Annots []string `json:"/Annots"`
		}
		if err := json.Unmarshal(file.Objects[p.Object], &object); err != nil {
			t.Fatal(err)
		}
		for _, reference := range object.Annots {
			var a struct {
				Dest []any `json:"/Dest"`
			}
			if err := json.Unmarshal(file.Objects[reference], &a); err != nil {
				t.Fatal(err)
			}
			if len(a.Dest) > 0 {
				ref, _ := a.Dest[0].(string)
				out = append(out, numbers[ref])
			}
		}
	}
	return out
}

// A heading stands on the page of what it heads, whatever that is.
func TestHeadingsStayWithText(t *testing.T) {
	const incidents = 120
	pages := texts(t, render(t, longReport(incidents), Options{}))
	for i := 1; i <= incidents; i++ {
		for _, pair := range [][2]string{
			{fmt.Sprintf("Incident %d: Probe", i), fmt.Sprintf("follows%dA", i)},
			{fmt.Sprintf("H%dB", i), fmt.Sprintf("follows%dB", i)},
			{fmt.Sprintf("H%dC", i), fmt.Sprintf("follows%dC", i)},
			{fmt.Sprintf("H%dD", i), fmt.Sprintf("follows%dD", i)},
		} {
			found := false
			for _, p := range pages {
				at := strings.Index(p, pair[1])
				found = found || at >= 0 && strings.Contains(p[:at], pair[0])
			}
			if !found {
				t.Errorf("%q is not above %q on one page", pair[0], pair[1])
			}
		}
	}
}

// drawn counts how often each page draws a word, read or not: its letters stand in the page as two bytes each.
func drawn(t *testing.T, pdf []byte, word string) []int {
	t.Helper()
	f := open(t, pdf)
	var code strings.Builder
	for _, r := range word {
		code.WriteString("\x00" + string(r))
	}
	var counts []int
	for _, ref := range f.list(f.dict(f.dict(f.trailer["/Root"])["/Pages"])["/Kids"]) {
		text := regexp.MustCompile(`\)-?[0-9]+\(`).ReplaceAllString(f.stream(t, f.dict(ref)["/Contents"]), "") // kerning
		counts = append(counts, strings.Count(text, code.String()))
	}
	return counts
}

// What no face has is drawn as its number, never as an empty box.
func TestStandIns(t *testing.T) {
	pdf := render(t, "中 and 😀\n", Options{})
	for _, number := range []string{"4E2D", "1F600"} {
		if n := drawn(t, pdf, number); n[0] != 1 {
			t.Errorf("U+%s is drawn %d times", number, n[0])
		}
	}
	if got := squeeze(strings.Join(texts(t, pdf), "")); got != "中and😀" {
		t.Errorf("read as %q", got)
	}
}

// A table that crosses a page has its head on both, and is read with one.
func TestTableHeadRepeats(t *testing.T) {
	var b strings.Builder
	b.WriteString("| Number | Square |\n|--:|---|\n")
	for i := range 200 {
		fmt.Fprintf(&b, "| %d | value %d |\n", i, i*i)
	}
	pdf := check(t, b.String(), Options{})
	pages := drawn(t, pdf, "Square")
	if len(pages) < 3 {
		t.Fatalf("%d pages, want 3 or more", len(pages))
	}
	for i, n := range pages {
		if n != 1 {
			t.Errorf("page %d has the head of the table %d times", i+1, n)
		}
	}
	if n := strings.Count(strings.Join(texts(t, pdf), ""), "Square"); n != 1 {
		t.Errorf("the head is read %d times", n)
	}
}

// No page begins or ends with a single line of a paragraph of four lines or more.
func TestNoLoneLines(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		for j := range 40 + i*13%90 {
			fmt.Fprintf(&b, "p%dw%d ", i, j)
		}
		b.WriteString("\n\n")
	}
	word := regexp.MustCompile(`^p(\d+)w`)
	for i, p := range texts(t, render(t, b.String(), Options{})) {
		lines := strings.Split(strings.TrimSpace(p), "\n")
		at := func(n int) string {
			m := word.FindStringSubmatch(lines[n])
			if m == nil {
				return lines[n]
			}
			return m[1]
		}
		n := len(lines)
		if at(0) != at(1) || at(n-1) != at(n-2) {
			t.Errorf("page %d begins or ends with a lone line:\n%s\n%s\n…\n%s\n%s", i+1, lines[0], lines[1], lines[n-2], lines[n-1])
		}
	}
}

// Documents that have next to nothing are drawn too.
func TestSmall(t *testing.T) {
	for _, md := range []string{"", "#\n", "# \n\n## \n", "text", "- \n", "> ", "```log\n```\n", "```\n\n```", "| |\n|-|\n", "[^1]\n\n[^1]:\n", "<!-- only a comment -->", "***"} {
		pdf := check(t, md, Options{Style: look.Style{TLP: "RED"}})
		if n := len(texts(t, pdf)); n != 1 {
			t.Errorf("%q: %d pages", md, n)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(readReport(f)))
	f.Add([]byte("# \xff\n\n|a|b|\n|-|-:|\n|`😀`|x|\n\n```log\n 1  \xe2\x82\n```\n"))
	f.Add([]byte("> [!NOTE]\n> - **Observed.** x[^1]\n\n[^1]: [y](#x)\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 4096 {
			return
		}
		d, err := document.Parse(src)
		if err != nil {
			return
		}
		// Writing the file is left out: it takes most of the time, and what it depends on, the runes
		// drawn, has its own test with all of them.
		c, err := canvas.New(595.28, 841.89, fonts.Faces(), canvas.Info{})
		if err != nil {
			t.Fatal(err)
		}
		if err := draw(c, d, "title", nil, 595.28, 841.89, look.Style{}).Err(); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	for _, incidents := range []int{1, 10, 300} {
		b.Run(strconv.Itoa(incidents), func(b *testing.B) {
			md := longReport(incidents)
			d := parse(b, md)
			b.ReportAllocs()
			for b.Loop() {
				var out bytes.Buffer
				if err := Render(&out, d, Options{}); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(out.Len()))
			}
		})
	}
}

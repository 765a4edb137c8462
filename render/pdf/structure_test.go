package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/sfnt"

	"practicum/render/document"
	"practicum/render/pdf/canvas"
	look "practicum/render/style"
)

// file is a PDF as qpdf tells its objects.
type file struct {
	objects map[string]any
	trailer map[string]any
	path    string
}

func open(t *testing.T, pdf []byte) *file {
	t.Helper()
	f := &file{path: filepath.Join(t.TempDir(), "test.pdf")}
	if err := os.WriteFile(f.path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("qpdf", "--json=1", "--json-key=objects", f.path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Objects map[string]any }
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	f.objects = all.Objects
	f.trailer = f.dict(all.Objects["trailer"])
	return f
}

var reference = regexp.MustCompile(`^\d+ 0 R$`)

// value follows references.
func (f *file) value(v any) any {
	for {
		s, ok := v.(string)
		if !ok || !reference.MatchString(s) {
			return v
		}
		v = f.objects[s]
	}
}

func (f *file) dict(v any) map[string]any {
	m, _ := f.value(v).(map[string]any)
	return m
}

func (f *file) list(v any) []any {
	l, _ := f.value(v).([]any)
	return l
}

// stream returns the data of a stream, undone.
func (f *file) stream(t *testing.T, ref any) string {
	t.Helper()
	number, _, _ := strings.Cut(ref.(string), " ")
	out, err := exec.Command("qpdf", "--show-object="+number, "--filtered-stream-data", f.path).Output()
	if err != nil {
		t.Fatalf("object %s: %v", number, err)
	}
	return string(out)
}

// standard are the types of structure that ISO 32000-1, 14.8.4 defines and that this program uses.
var standard = []string{"Document", "Sect", "H1", "H2", "H3", "H4", "H5", "H6", "P", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD",
	"Code", "BlockQuote", "Link", "Note", "TOC", "TOCI", "Figure"}

// checkStructure asserts, as far as objects show it, what PDF/UA-1 (ISO 14289-1) and PDF/A-3 (ISO 19005-3) ask for; the numbers are
// their clauses.
func checkStructure(t *testing.T, pdf []byte) {
	t.Helper()
	f := open(t, pdf)
	catalog := f.dict(f.trailer["/Root"])
	if f.dict(catalog["/MarkInfo"])["/Marked"] != true || f.dict(catalog["/ViewerPreferences"])["/DisplayDocTitle"] != true || catalog["/Lang"] == nil {
		t.Errorf("UA 7.1, 7.2: MarkInfo %v, ViewerPreferences %v, Lang %v", catalog["/MarkInfo"], catalog["/ViewerPreferences"], catalog["/Lang"])
	}
	for _, key := range []string{"/OpenAction", "/AA", "/JavaScript", "/AcroForm", "/XFA"} {
		if strings.Contains(fmt.Sprint(f.objects), key+":") {
			t.Errorf("A 6.6: there is a %s", key)
		}
	}
	if id := f.list(f.trailer["/ID"]); len(id) != 2 || f.trailer["/Encrypt"] != nil {
		t.Errorf("A 6.1.3: ID %v, Encrypt %v", id, f.trailer["/Encrypt"])
	}
	intents := f.list(catalog["/OutputIntents"])
	if len(intents) != 1 {
		t.Fatalf("A 6.2.3: %d output intents", len(intents))
	}
	profile := f.stream(t, f.dict(intents[0])["/DestOutputProfile"])
	if len(profile) < 128 || profile[36:40] != "acsp" || profile[16:20] != "RGB " || int(profile[2])<<8+int(profile[3]) != len(profile) {
		t.Errorf("A 6.2.3: the profile of the colours is none: %d bytes", len(profile))
	}

	// The tree: every element leads to its parent, is of a known type, and says what it is instead of.
	elements := map[string]map[string]any{} // by reference
	level := 0
	notes := f.list(f.dict(root(f)["/IDTree"])["/Names"])
	root := root(f)
	content := map[string]string{} // page and MCID to the element
	var walk func(ref, parent any)
	walk = func(ref, parent any) {
		e := f.dict(ref)
		key := ref.(string)
		if elements[key] != nil {
			t.Fatalf("the element %s stands twice in the tree", key)
		}
		elements[key] = e
		tag, _ := e["/S"].(string)
		if !slices.Contains(standard, strings.TrimPrefix(tag, "/")) {
			t.Errorf("UA 7.1: an element of the type %s", tag)
		}
		if e["/P"] != parent {
			t.Errorf("%s %s leads to %v, not to its parent %v", tag, key, e["/P"], parent)
		}
		if tag == "/Figure" && e["/Alt"] == nil {
			t.Errorf("UA 7.3: the figure %s has no alternative text", key)
		}
		if number, ok := strings.CutPrefix(tag, "/H"); ok {
			n, _ := strconv.Atoi(number)
			if n > level+1 {
				t.Errorf("UA 7.4.2: a heading of level %d below one of level %d", n, level)
			}
			level = n
		}
		if i := slices.Index(notes, ref); tag == "/Note" && (i < 1 || e["/ID"] != notes[i-1]) {
			t.Errorf("UA 7.9: the note %s has the name %v, which does not lead to it", key, e["/ID"])
		}
		if tag == "/Table" {
			f.checkTable(t, e)
		}
		if tag == "/TH" && f.dict(e["/A"])["/Scope"] == nil {
			t.Errorf("UA 7.5: the head %s has no scope", key)
		}
		objects := 0
		for _, k := range f.list(e["/K"]) {
			switch k := k.(type) {
			case float64:
				content[fmt.Sprint(e["/Pg"], " ", k)] = key
			case string:
				walk(k, key)
			case map[string]any:
				if k["/Type"] == "/OBJR" {
					objects++
					if f.dict(k["/Obj"])["/Subtype"] != "/Link" {
						t.Errorf("%s holds an object that is no link", key)
					}
				} else {
					content[fmt.Sprint(k["/Pg"], " ", k["/MCID"])] = key
				}
			}
		}
		if tag == "/Link" && objects == 0 {
			t.Errorf("UA 7.18.5: the link %s has no annotation", key)
		}
	}
	rootRef := catalog["/StructTreeRoot"]
	for _, k := range f.list(root["/K"]) {
		walk(k, rootRef)
	}
	parents := map[int]any{}
	nums := f.list(f.dict(root["/ParentTree"])["/Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		parents[int(nums[i].(float64))] = nums[i+1]
	}

	seen, links := 0, 0
	pages := f.list(f.dict(catalog["/Pages"])["/Kids"])
	for _, ref := range pages {
		page := f.dict(ref)
		if page["/Tabs"] != "/S" {
			t.Errorf("UA 7.18.3: the tabs of a page follow %v", page["/Tabs"])
		}
		of := f.list(parents[int(page["/StructParents"].(float64))])
		for mcid, tag := range checkContent(t, f.stream(t, page["/Contents"])) {
			key := content[fmt.Sprint(ref, " ", float64(mcid))]
			if mcid >= len(of) || key == "" || of[mcid] != key {
				t.Fatalf("the content %d of page %v is of %q; the parent tree says %v", mcid, ref, key, of)
			}
			if elements[key]["/S"] != tag && tag != "/Span" {
				t.Errorf("content tagged %s is of an element %v", tag, elements[key]["/S"])
			}
			seen++
		}
		for _, a := range f.list(page["/Annots"]) {
			links++
			link := f.dict(a)
			if link["/F"] != 4.0 || link["/Contents"] == nil {
				t.Errorf("A 6.3.2, UA 7.18.5: link %v has flags %v and says %v", a, link["/F"], link["/Contents"])
			}
			if number, ok := link["/StructParent"].(float64); !ok || elements[fmt.Sprint(parents[int(number)])]["/S"] != "/Link" {
				t.Errorf("UA 7.18.5: link %v belongs to no element", a)
			}
		}
	}
	if seen != len(content) {
		t.Errorf("%d pieces of content on the pages, %d in the tree", seen, len(content))
	}
	for _, at := range []any{f.dict(catalog["/Names"])["/EmbeddedFiles"], root["/IDTree"]} {
		var names []string
		for i, name := range f.list(f.dict(at)["/Names"]) {
			if i%2 == 0 {
				names = append(names, fmt.Sprint(name))
			}
		}
		if !slices.IsSorted(names) {
			t.Errorf("32000-1 7.9.6: names in no order: %q", names)
		}
	}
	f.checkFonts(t)
	checkMetadata(t, f, catalog)
}

// checkFonts reads the embedded fonts as a strict program does: every letter has the width that the file says (A 6.2.11.5), and
// the tables have the lengths that they say (A 6.2.11.4.1).
func (f *file) checkFonts(t *testing.T) {
	t.Helper()
	for _, o := range f.objects {
		o := f.dict(o)
		if o["/Subtype"] != "/CIDFontType2" {
			continue
		}
		name := o["/BaseFont"]
		data := []byte(f.stream(t, f.dict(o["/FontDescriptor"])["/FontFile2"]))
		font, err := sfnt.Parse(data)
		if err != nil {
			t.Errorf("A 6.2.11.4: %v: %v", name, err)
			continue
		}
		widths := map[int]float64{}
		list := f.list(o["/W"])
		for i := 0; i+1 < len(list); {
			first := int(list[i].(float64))
			if each, ok := list[i+1].([]any); ok {
				for j, w := range each {
					widths[first+j] = w.(float64)
				}
				i += 2
				continue
			}
			for code := first; code <= int(list[i+1].(float64)); code++ {
				widths[code] = list[i+2].(float64)
			}
			i += 3
		}
		glyphs := f.stream(t, o["/CIDToGIDMap"])
		var buf sfnt.Buffer
		for code := 0; 2*code+1 < len(glyphs); code++ {
			glyph := sfnt.GlyphIndex(glyphs[2*code])<<8 | sfnt.GlyphIndex(glyphs[2*code+1])
			if glyph == 0 {
				continue
			}
			said, ok := widths[code]
			if !ok {
				said, _ = o["/DW"].(float64)
			}
			has, err := font.GlyphAdvance(&buf, glyph, 1000<<6, 0)
			if err != nil || math.Abs(said-float64(has)/64) > 1 {
				t.Errorf("A 6.2.11.5: %v: %U is %v wide in the font, %v in the file (%v)", name, code, float64(has)/64, said, err)
			}
			if g, err := font.GlyphIndex(&buf, rune(code)); err != nil || g != glyph {
				t.Errorf("%v: %U is glyph %d in the font, %d in the file (%v)", name, code, g, glyph, err)
			}
		}
		for at := 12; at+16 <= len(data) && at < 12+16*int(binary.BigEndian.Uint16(data[4:])); at += 16 {
			if start, size := binary.BigEndian.Uint32(data[at+8:]), binary.BigEndian.Uint32(data[at+12:]); string(data[at:at+4]) == "cmap" {
				table := data[start : start+size]
				first := binary.BigEndian.Uint32(table[8:])
				if said := uint32(binary.BigEndian.Uint16(table[first+2:])); first+said != size {
					t.Errorf("A 6.2.11.4: %v: the table of letters says it has %d bytes of %d", name, said, size-first)
				}
			}
		}
	}
}

func root(f *file) map[string]any {
	return f.dict(f.dict(f.trailer["/Root"])["/StructTreeRoot"])
}

// checkTable asserts that all rows have as many cells, so that each stands below its head (UA 7.5).
func (f *file) checkTable(t *testing.T, table map[string]any) {
	t.Helper()
	want := -1
	for _, row := range f.list(table["/K"]) {
		cells := 0
		for _, cell := range f.list(f.dict(row)["/K"]) {
			span, _ := f.dict(f.dict(cell)["/A"])["/ColSpan"].(float64)
			cells += max(1, int(span))
		}
		if want < 0 {
			want = cells
		}
		if cells != want {
			t.Errorf("UA 7.5: a row of %d cells in a table of %d columns", cells, want)
		}
	}
}

var operator = regexp.MustCompile(`^(?:.* )?([A-Za-z*']+)$`)

// checkContent asserts that all that is drawn is marked, as content or as decoration (UA 7.1), and returns the type of each content.
func checkContent(t *testing.T, content string) map[int]string {
	t.Helper()
	marked := map[int]string{}
	begin := regexp.MustCompile(`^(/\w+) <</MCID (\d+)(?: /ActualText <[0-9A-F]+>)?>> BDC$`)
	depth := 0
	for line := range strings.SplitSeq(content, "\n") {
		if m := begin.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[2])
			if marked[n] != "" || depth != 0 {
				t.Fatalf("content %d is marked twice, or inside of other content", n)
			}
			marked[n] = m[1]
			depth++
			continue
		}
		m := operator.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		switch m[1] {
		case "BMC", "BDC":
			depth++
		case "EMC":
			depth--
		case "ET", "f", "s", "S", "Q", "B", "Do":
			if depth == 0 && strings.TrimSpace(line) != "Q" {
				t.Fatalf("drawn without a mark: %.100s", line)
			}
		}
	}
	if depth != 0 {
		t.Errorf("%d marks are not closed", depth)
	}
	return marked
}

// checkMetadata compares the document information with the XMP (A 6.6.2.3).
func checkMetadata(t *testing.T, f *file, catalog map[string]any) {
	t.Helper()
	text := f.stream(t, catalog["/Metadata"])
	var xmp struct {
		Description struct {
			Title    string `xml:"title>Alt>li"`
			Author   string `xml:"creator>Seq>li"`
			Keywords string `xml:"Keywords"`
			Producer string `xml:"Producer"`
			Created  string `xml:"CreateDate"`
		} `xml:"RDF>Description"`
	}
	if err := xml.Unmarshal([]byte(text), &xmp); err != nil {
		t.Fatalf("the metadata are no XML: %v\n%s", err, text)
	}
	info := f.dict(f.trailer["/Info"])
	said := func(key string) string { s, _ := info[key].(string); return s }
	d := xmp.Description
	for key, want := range map[string]string{"/Title": d.Title, "/Author": d.Author, "/Keywords": d.Keywords, "/Producer": d.Producer} {
		if said(key) != want {
			t.Errorf("A 6.6.2.3: %s is %q, the metadata say %q", key, said(key), want)
		}
	}
	if created := said("/CreationDate"); created != "" {
		at, err := time.Parse("D:20060102150405Z", created)
		if err != nil || at.Format(time.RFC3339) != d.Created {
			t.Errorf("A 6.6.2.3: created %s, the metadata say %s", created, d.Created)
		}
	}
}

// TestStructure checks the structure of a document with every kind of node, of a report, of a long table, and of nothing.
func TestStructure(t *testing.T) {
	kinds, err := os.ReadFile("../document/testdata/kinds.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, md := range map[string]string{
		"kinds": string(kinds), "report": readReport(t), "long": longReport(12), "nothing": "", "hostile": "# </dc:title>\u202e <&\n\n## ) Tj EMC\n\n[a](https://e.example/)>>)\n",
		"table":  "# T\n\n| a | b |\n|---|---|\n" + strings.Repeat("| [x](#t) | y |\n", 150) + "\n| | |\n|---|---|\n| a | b |\n",
		"cells":  "# T\n\n| a | b |\n|---|---|\n| | y |\n| x | |\n\n" + strings.Repeat("| h ", 14) + "|\n" + strings.Repeat("|---", 14) + "|\n" + strings.Repeat("| averylongword ", 12) + "| | |\n",
		"levels": "### a\n\n# T\n\n#### b\n\n#### c\n\n##\n\n###### d\n\n## e\n", "notes": "# T\n\n" + strings.Repeat("a[^1] b[^2]\n\n", 3) + "[^1]: one\n[^2]: two\n",
	} {
		t.Run(name, func(t *testing.T) {
			pdf := render(t, md, Options{Date: time.Date(2000, 4, 11, 0, 0, 0, 0, time.UTC), Style: look.Style{Author: "Ann <A>", TLP: "AMBER"}})
			checkStructure(t, pdf)
			if list := tool(t, pdf, "pdffonts", "FILE"); strings.Contains(list, " no ") {
				t.Errorf("A 6.2.11: a font that is not embedded, no subset, or without a map to Unicode:\n%s", list)
			}
		})
	}
}

// TestReadingOrder reads the document as a screen reader does.
func TestReadingOrder(t *testing.T) {
	const md = "# Title\n\n## One\n\n1. first\n2. second with [a link](#one)\n   - below\n\n| h1 | h2 |\n|---|---|\n| a | b |\n\n- [x] done\n\n```log\n  7  a line\n```\n\n> said\n\n```chart bars\nTop\n3  x\n1  y\n```\n"
	got := tool(t, render(t, md, Options{}), "pdfinfo", "-struct-text", "FILE")
	got = regexp.MustCompile(`(?m)^ +(/\w+ /\w+|Object.*)\n`).ReplaceAllString(got, "")
	got = regexp.MustCompile(` \((block|inline)\):?|:$`).ReplaceAllString(got, "")
	const want = `Document
  H1
    "Title"
  H2
    "One"
  L
    LI
      Lbl
        "1."
      LBody
        P
          "first"
    LI
      Lbl
        "2."
      LBody
        P
          "second with "
          Link
            "a link"
        L
          LI
            Lbl
              "•"
            LBody
              P
                "below"
  Table
    TR
      TH:
        "h1"
      TH:
        "h2"
    TR
      TD
        "a"
      TD
        "b"
  L
    LI
      Lbl
        ""
      LBody
        P
          "done"
  Sect
    P
      Code
        "a line"
  BlockQuote
    P
      "said"
  Sect
    P
      "Top"
    Figure
      "x3y1"
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestAttachments takes files out of the document again.
func TestAttachments(t *testing.T) {
	d, err := document.Parse([]byte("# T\n\n[to T](#t)\n"))
	if err != nil {
		t.Fatal(err)
	}
	files := []canvas.File{
		{Name: "manifest.json", Type: "application/json", Description: "What was read", Relation: "Data", Data: []byte(`{"a": 1}`), Date: time.Date(2000, 4, 11, 0, 0, 0, 0, time.UTC)},
		{Name: "01-mail.log", Type: "application/octet-stream", Relation: "Source", Data: []byte("a line\n")},
		{Name: "ä) >> log.gz", Type: "application/octet-stream", Relation: "Source", Data: []byte("\x00endstream\nendobj\n%%EOF")},
	}
	var out bytes.Buffer
	if err := Render(&out, d, Options{Files: files}); err != nil {
		t.Fatal(err)
	}
	checkStructure(t, out.Bytes())
	for _, f := range files {
		// By name, as readers look for them.
		if got := tool(t, out.Bytes(), "qpdf", "--show-attachment="+f.Name, "FILE"); got != string(f.Data) {
			t.Errorf("%s: %q", f.Name, got)
		}
	}
	f := open(t, out.Bytes())
	if af := f.list(f.dict(f.trailer["/Root"])["/AF"]); len(af) != 3 || f.dict(af[0])["/AFRelationship"] != "/Data" {
		t.Errorf("A 6.8: associated files %v", af)
	}
}

package canvas

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// finish rewrites the library's file: it compresses the pages, gives the fonts their names, writes the document
// information and the catalog anew (a date only when there is one, the language, the title in the window's bar), gives the items of the
// outline the counts that readers expect, adds a file identifier made from the content, and says PDF 1.7.
//
// It relies on what the library writes and checks it: objects numbered in order, a classic cross-reference
// table, streams that say their length first, the information and the catalog as the last two objects. Objects are found
// through the table, never by searching, since text may contain any bytes.
func finish(raw []byte, info Info, outline []int, faces []*face) ([]byte, error) {
	objects, err := split(raw)
	if err != nil {
		return nil, fmt.Errorf("finishing the PDF: %w", err)
	}
	n := len(objects)
	if n < 4 {
		return nil, errors.New("finishing the PDF: it has no pages")
	}
	catalog, err := newCatalog(objects[n-1], info.Lang)
	if err != nil {
		return nil, fmt.Errorf("finishing the PDF: %w", err)
	}
	if root := catalog.outlines; root > 0 {
		if err := countOutline(objects, root, outline); err != nil {
			return nil, fmt.Errorf("finishing the PDF: %w", err)
		}
	}
	if err := nameFonts(objects, faces); err != nil {
		return nil, fmt.Errorf("finishing the PDF: %w", err)
	}
	objects[n-2] = infoDict(info)
	objects[n-1] = catalog.bytes

	var out bytes.Buffer
	out.Grow(len(raw) / 3)
	// Four bytes above 127 tell programs that the file is binary (ISO 32000-1, 7.5.2).
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	pack, err := zlib.NewWriterLevel(&out, 6)
	if err != nil {
		return nil, err
	}
	offsets := make([]int, n)
	for i, object := range objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n", i+1)
		if err := writeObject(&out, pack, object); err != nil {
			return nil, fmt.Errorf("finishing the PDF: object %d: %w", i+1, err)
		}
		out.WriteString("\nendobj\n")
	}
	sum := sha256.Sum256(out.Bytes())
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", n+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		n+1, n, n-1, sum[:16], sum[:16], start)
	return out.Bytes(), nil
}

var (
	endMark     = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	tableHead   = regexp.MustCompile(`^xref\n0 (\d+)\n`)
	plainStream = regexp.MustCompile(`^<</Length (\d+)>>\nstream\n`)
	fontRef     = regexp.MustCompile(`/F[0-9a-f]{40} (\d+) 0 R`)
	outlinesRef = regexp.MustCompile(`/Outlines (\d+) 0 R`)
)

// split returns the objects' contents, in order of their numbers.
func split(raw []byte) ([][]byte, error) {
	m := endMark.FindSubmatch(raw[max(0, len(raw)-64):])
	if m == nil {
		return nil, errors.New("no startxref")
	}
	start, err := strconv.Atoi(string(m[1]))
	if err != nil || start > len(raw) {
		return nil, errors.New("startxref leads nowhere")
	}
	table := raw[start:]
	if m = tableHead.FindSubmatch(table); m == nil {
		return nil, errors.New("no cross-reference table")
	}
	count, err := strconv.Atoi(string(m[1]))
	table = table[len(m[0]):]
	const line = 20
	if err != nil || count < 1 || len(table)/line < count {
		return nil, errors.New("the cross-reference table is cut")
	}
	offsets := make([]int, 0, count)
	for i := 1; i < count; i++ {
		at, err := strconv.Atoi(string(table[i*line : i*line+10]))
		if err != nil || at >= start {
			return nil, fmt.Errorf("object %d is out of the file", i)
		}
		offsets = append(offsets, at)
	}
	ends := append(slices.Clone(offsets), start)
	slices.Sort(ends)
	objects := make([][]byte, len(offsets))
	for i, at := range offsets {
		next, _ := slices.BinarySearch(ends, at+1)
		body := raw[at:ends[next]]
		head := fmt.Appendf(nil, "%d 0 obj\n", i+1)
		if !bytes.HasPrefix(body, head) || !bytes.HasSuffix(body, []byte("endobj\n")) {
			return nil, fmt.Errorf("object %d is not where the table says", i+1)
		}
		objects[i] = bytes.TrimRight(body[len(head):len(body)-len("endobj\n")], "\n")
	}
	return objects, nil
}

// writeObject writes an object's content, compressed if it is a stream that is not compressed yet.
func writeObject(out *bytes.Buffer, pack *zlib.Writer, object []byte) error {
	m := plainStream.FindSubmatch(object)
	if m == nil {
		_, err := out.Write(object)
		return err
	}
	length, err := strconv.Atoi(string(m[1]))
	if err != nil || len(m[0])+length > len(object) {
		return errors.New("a stream is shorter than it says")
	}
	// The length stands before the data: the space for it is filled in afterwards.
	const blanks = "          "
	out.WriteString("<</Filter /FlateDecode /Length ")
	at := out.Len()
	out.WriteString(blanks + ">>\nstream\n")
	begin := out.Len()
	pack.Reset(out)
	if _, err := pack.Write(object[len(m[0]) : len(m[0])+length]); err != nil {
		return err
	}
	if err := pack.Close(); err != nil {
		return err
	}
	copy(out.Bytes()[at:at+len(blanks)], strconv.Itoa(out.Len()-begin))
	out.WriteString("\nendstream")
	return nil
}

type catalog struct {
	outlines int
	bytes    []byte
}

func newCatalog(old []byte, lang string) (catalog, error) {
	if !bytes.Contains(old, []byte("/Type /Catalog")) {
		return catalog{}, errors.New("the last object is not the catalog")
	}
	var c catalog
	var b bytes.Buffer
	b.WriteString("<</Type /Catalog /Pages 1 0 R /ViewerPreferences <</DisplayDocTitle true>>")
	if lang != "" {
		fmt.Fprintf(&b, " /Lang (%s)", lang)
	}
	if m := outlinesRef.FindSubmatch(old); m != nil {
		c.outlines, _ = strconv.Atoi(string(m[1]))
		fmt.Fprintf(&b, " /Outlines %d 0 R /PageMode /UseOutlines", c.outlines)
	}
	b.WriteString(">>")
	c.bytes = b.Bytes()
	return c, nil
}

// nameFonts puts the names by which pages select fonts into the resources, and the fonts' own names, marked as
// subsets (ISO 32000-1, 9.6.4), into the font objects.
func nameFonts(objects [][]byte, faces []*face) error {
	const resources = 1 // the library's object 2
	var failed error
	objects[resources] = fontRef.ReplaceAllFunc(objects[resources], func(ref []byte) []byte {
		first, _ := strconv.Atoi(string(fontRef.FindSubmatch(ref)[1]))
		for i, f := range faces {
			old := "/utf8" + strings.ToLower(f.name)
			if first < 1 || first > len(objects) || !bytes.Contains(objects[first-1], []byte("/BaseFont "+old+"\n")) {
				continue
			}
			name := fmt.Sprintf("/PRACT%c+%s", 'A'+i, f.name)
			// The font, its descendant, the map, the character collection and the descriptor.
			for j := first - 1; j < min(first+4, len(objects)); j++ {
				if !plainStream.Match(objects[j]) {
					objects[j] = bytes.ReplaceAll(objects[j], []byte(old), []byte(name))
				}
			}
			return fmt.Appendf(nil, "/%s %d 0 R", fontResource(i), first)
		}
		failed = fmt.Errorf("font object %d is of no known face", first)
		return ref
	})
	return failed
}

// countOutline gives every item of the outline with items below it the negative number of those (so that it is shown
// closed), and the root the number of items at the top (ISO 32000-1, 12.3.3). The library writes 0 for all.
func countOutline(objects [][]byte, root int, levels []int) error {
	first := root - 1 - len(levels)
	if first < 0 || root > len(objects) {
		return errors.New("the outline is not where it should be")
	}
	old, top := []byte("/Count 0>>"), 0
	for i, level := range levels {
		children := 0
		for _, below := range levels[i+1:] {
			if below <= level {
				break
			}
			if below == level+1 {
				children++
			}
		}
		if level == 0 {
			top++
		}
		item, ok := bytes.CutSuffix(objects[first+i], old)
		if !ok {
			return fmt.Errorf("object %d is not an item of the outline", first+i+1)
		}
		count := ">>"
		if children > 0 {
			count = fmt.Sprintf("/Count -%d>>", children)
		}
		objects[first+i] = append(slices.Clip(item), count...)
	}
	item, ok := bytes.CutSuffix(objects[root-1], []byte(">>"))
	if !ok {
		return errors.New("the outline has no root")
	}
	objects[root-1] = fmt.Appendf(slices.Clip(item), " /Count %d>>", top)
	return nil
}

func infoDict(info Info) []byte {
	var b bytes.Buffer
	b.WriteString("<</Producer (Practicum)")
	for _, f := range []struct{ key, text string }{
		{"Title", info.Title}, {"Author", info.Author}, {"Subject", info.Subject},
	} {
		if f.text != "" {
			fmt.Fprintf(&b, " /%s <%X>", f.key, utf16Text(f.text))
		}
	}
	if !info.Date.IsZero() {
		stamp := info.Date.UTC().Format("20060102150405")
		fmt.Fprintf(&b, " /CreationDate (D:%sZ) /ModDate (D:%sZ)", stamp, stamp)
	}
	b.WriteString(">>")
	return b.Bytes()
}

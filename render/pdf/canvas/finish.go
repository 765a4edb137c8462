package canvas

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"practicum/analysis/lazily"

	"github.com/klauspost/compress/zlib"
)

// finish rewrites the library's file: it compresses what can be, gives the fonts their names and mends them, writes the document information and
// the catalog anew (a date only when there is one, the language, the title in the window's bar), adds the links, the structure, the
// metadata, the meaning of the colours and the attached files, gives the items of the outline the counts that readers expect, adds
// a file identifier made from the content, and says PDF 1.7.
//
// It relies on what the library writes and checks it: objects numbered in order, a classic cross-reference
// table, streams that say their length first, the information and the catalog as the last two objects. Objects are found
// through the table, never by searching, since text may contain any bytes.
func (c *Canvas) finish(raw []byte) ([]byte, error) {
	failed := func(err error) ([]byte, error) { return nil, fmt.Errorf("finishing the PDF: %w", err) }
	objects, err := split(raw)
	if err != nil {
		return failed(err)
	}
	n := len(objects)
	if n < 4 {
		return failed(errors.New("it has no pages"))
	}
	outlines, err := outlineOf(objects[n-1])
	if err != nil {
		return failed(err)
	}
	if outlines > 0 {
		if err := countOutline(objects, outlines, c.outline); err != nil {
			return failed(err)
		}
	}
	if err := nameFonts(objects, c.faces); err != nil {
		return failed(err)
	}
	if err := mendFonts(objects); err != nil {
		return failed(err)
	}
	add := func(o []byte) int {
		objects = append(objects, o)
		return len(objects)
	}
	reserve := func() int { return add(nil) }
	set := func(number int, o []byte) { objects[number-1] = o }

	// The links, each an object of its own, which the structure names.
	annotations := make([][]int, c.Pages()+1)
	key := c.Pages()
	for _, l := range c.links {
		var b bytes.Buffer
		fmt.Fprintf(&b, "<</Type /Annot /Subtype /Link /Rect [%s %s %s %s] /Border [0 0 0] /F 4", short(l.x), short(c.height-l.y-l.h), short(l.x+l.w), short(c.height-l.y))
		if l.says != "" {
			fmt.Fprintf(&b, " /Contents <%X>", utf16Text(l.says))
		}
		if l.element != nil {
			fmt.Fprintf(&b, " /StructParent %d", key)
			key++
		}
		if l.uri != "" {
			b.WriteString(" /A <</S /URI /URI (")
			for i := range len(l.uri) {
				if strings.IndexByte(`()\\`, l.uri[i]) >= 0 {
					b.WriteByte('\\')
				}
				b.WriteByte(l.uri[i])
			}
			b.WriteString(")>>")
		} else {
			at := c.places[l.to-1]
			fmt.Fprintf(&b, " /Dest [%d 0 R /XYZ 0 %s null]", pageObject(at.page), short(c.height-at.y))
		}
		b.WriteString(">>")
		l.number = add(b.Bytes())
		annotations[l.page] = append(annotations[l.page], l.number)
	}
	for page := 1; page <= c.Pages(); page++ {
		object, ok := bytes.CutSuffix(objects[pageObject(page)-1], []byte(">>"))
		if !ok || !bytes.HasPrefix(object, []byte("<</Type /Page\n")) {
			return failed(fmt.Errorf("page %d is not where it should be", page))
		}
		object = fmt.Appendf(slices.Clip(object), " /StructParents %d /Tabs /S", page-1)
		if list := annotations[page]; len(list) > 0 {
			object = append(object, " /Annots ["...)
			for _, number := range list {
				object = fmt.Appendf(object, "%d 0 R ", number)
			}
			object = append(object, ']')
		}
		set(pageObject(page), append(object, ">>"...))
	}

	structure := c.structure(add, reserve, set)
	meta := add(metadata(c.info))
	profile := sRGB()
	icc := add(append(fmt.Appendf(nil, "<</N 3 /Length %d>>\nstream\n", len(profile)), append(profile, "\nendstream"...)...))
	var catalog bytes.Buffer
	catalog.WriteString("<</Type /Catalog /Pages 1 0 R /ViewerPreferences <</DisplayDocTitle true>> /PageLabels <</Nums [0 <</S /D>>]>>")
	if c.info.Lang != "" {
		fmt.Fprintf(&catalog, " /Lang (%s)", c.info.Lang)
	}
	if outlines > 0 {
		fmt.Fprintf(&catalog, " /Outlines %d 0 R /PageMode /UseOutlines", outlines)
	}
	fmt.Fprintf(&catalog, " /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /Metadata %d 0 R", structure, meta)
	fmt.Fprintf(&catalog, " /OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB, IEC 61966-2-1) /DestOutputProfile %d 0 R>>]", icc)
	catalog.WriteString(attach(c.info.Files, add) + ">>")
	objects[n-2] = infoDict(c.info)
	objects[n-1] = catalog.Bytes()
	out, err := writeFile(objects, n, n-1)
	if err != nil {
		return failed(err)
	}
	return out, nil
}

// level of compression: a better one makes the file hardly smaller.
const level = 6

// packAll compresses the objects that are streams, several at once. What comes out does not depend on how many.
func packAll(objects [][]byte) ([][]byte, error) {
	const workers = 4
	packed := make([][]byte, len(objects))
	failed := make([]error, workers)
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			var out bytes.Buffer
			pack, err := zlib.NewWriterLevel(&out, level)
			failed[worker] = err
			for i := worker; i < len(objects) && failed[worker] == nil; i += workers {
				if !bytes.HasSuffix(objects[i], []byte("endstream")) {
					continue
				}
				out.Reset()
				if err := writeObject(&out, pack, objects[i]); err != nil {
					failed[worker] = fmt.Errorf("object %d: %w", i+1, err)
				}
				packed[i], objects[i] = bytes.Clone(out.Bytes()), []byte("endstream")
			}
		})
	}
	all.Wait()
	return packed, errors.Join(failed...)
}

// perStream is how many objects are compressed together.
const perStream = 256

// writeFile writes the objects, those that are no streams together in compressed ones, and the table of where they are, which is a
// stream too (ISO 32000-1, 7.5.7 and 7.5.8).
func writeFile(objects [][]byte, root, info int) ([]byte, error) {
	var out bytes.Buffer
	// Four bytes above 127 tell programs that the file is binary (ISO 32000-1, 7.5.2).
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	packed, err := packAll(objects)
	if err != nil {
		return nil, err
	}
	type entry struct{ kind, a, b int } // as in the table: 1, offset, 0, or 2, the stream's object, the place in it
	entries := make([]entry, len(objects)+1)
	entries[0] = entry{0, 0, 65535}
	var plain []int
	for i, object := range objects {
		if !bytes.HasSuffix(object, []byte("endstream")) {
			plain = append(plain, i)
			continue
		}
		entries[i+1] = entry{1, out.Len(), 0}
		fmt.Fprintf(&out, "%d 0 obj\n", i+1)
		out.Write(packed[i])
		out.WriteString("\nendobj\n")
		packed[i] = nil
	}
	pack, err := zlib.NewWriterLevel(&out, level)
	if err != nil {
		return nil, err
	}
	stream := func(number int, dict string, data []byte) error {
		fmt.Fprintf(&out, "%d 0 obj\n", number)
		if err := writeObject(&out, pack, append(fmt.Appendf(nil, "<<%s /Length %d>>\nstream\n", dict, len(data)), append(data, "\nendstream"...)...)); err != nil {
			return err
		}
		out.WriteString("\nendobj\n")
		return nil
	}
	number := len(objects)
	for len(plain) > 0 {
		some := plain[:min(perStream, len(plain))]
		plain = plain[len(some):]
		number++
		var head, body []byte
		for at, i := range some {
			head = fmt.Appendf(head, "%d %d ", i+1, len(body))
			body = append(append(body, objects[i]...), '\n')
			entries[i+1] = entry{2, number, at}
		}
		entries = append(entries, entry{1, out.Len(), 0})
		if err := stream(number, fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(some), len(head)), append(head, body...)); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(out.Bytes())
	start := out.Len()
	number++
	entries = append(entries, entry{1, start, 0})
	table := make([]byte, 0, 7*len(entries))
	for _, e := range entries {
		table = append(table, byte(e.kind), byte(e.a>>24), byte(e.a>>16), byte(e.a>>8), byte(e.a), byte(e.b>>8), byte(e.b))
	}
	dict := fmt.Sprintf("/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]", len(entries), root, info, sum[:16], sum[:16])
	if err := stream(number, dict, table); err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "startxref\n%d\n%%%%EOF\n", start)
	return out.Bytes(), nil
}

// short writes a length in points with at most two digits behind the point.
func short(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

var (
	endMark     = lazily.Regexp(`startxref\n(\d+)\n%%EOF\n$`)
	tableHead   = lazily.Regexp(`^xref\n0 (\d+)\n`)
	plainStream = lazily.Regexp(`^<<((?:[^<>]|<<[^<>]*>>|<[^<>]*>)*?) ?/Length (\d+)>>\nstream\n`)
	fontRef     = lazily.Regexp(`/F[0-9a-f]{40} (\d+) 0 R`)
	outlinesRef = lazily.Regexp(`/Outlines (\d+) 0 R`)
)

// split returns the objects' contents, in order of their numbers.
func split(raw []byte) ([][]byte, error) {
	m := endMark().FindSubmatch(raw[max(0, len(raw)-64):])
	if m == nil {
		return nil, errors.New("no startxref")
	}
	start, err := strconv.Atoi(string(m[1]))
	if err != nil || start > len(raw) {
		return nil, errors.New("startxref leads nowhere")
	}
	table := raw[start:]
	if m = tableHead().FindSubmatch(table); m == nil {
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

// writeObject writes an object's content, compressed if it is a stream that is not compressed yet. Metadata stay readable for
// programs that know nothing of PDF.
func writeObject(out *bytes.Buffer, pack *zlib.Writer, object []byte) error {
	m := plainStream().FindSubmatch(object[:min(len(object), 1000)])
	if m == nil || bytes.Contains(m[1], []byte("/Filter")) || bytes.Contains(m[1], []byte("/Metadata")) {
		_, err := out.Write(object)
		return err
	}
	length, err := strconv.Atoi(string(m[2]))
	if err != nil || len(m[0])+length > len(object) {
		return errors.New("a stream is shorter than it says")
	}
	// The length stands before the data: the space for it is filled in afterwards.
	const blanks = "          "
	out.WriteString("<<")
	out.Write(m[1])
	out.WriteString(" /Filter /FlateDecode /Length ")
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

// outlineOf finds the outline in the library's catalog; 0 when there is none.
func outlineOf(old []byte) (int, error) {
	if !bytes.Contains(old, []byte("/Type /Catalog")) {
		return 0, errors.New("the last object is not the catalog")
	}
	if m := outlinesRef().FindSubmatch(old); m != nil {
		return strconv.Atoi(string(m[1]))
	}
	return 0, nil
}

// nameFonts puts the names by which pages select fonts into the resources, and the fonts' own names, marked as
// subsets (ISO 32000-1, 9.6.4), into the font objects.
func nameFonts(objects [][]byte, faces []*face) error {
	const resources = 1 // the library's object 2
	var failed error
	objects[resources] = fontRef().ReplaceAllFunc(objects[resources], func(ref []byte) []byte {
		first, _ := strconv.Atoi(string(fontRef().FindSubmatch(ref)[1]))
		for i, f := range faces {
			old := "/utf8" + strings.ToLower(f.name)
			if first < 1 || first > len(objects) || !bytes.Contains(objects[first-1], []byte("/BaseFont "+old+"\n")) {
				continue
			}
			name := fmt.Sprintf("/PRACT%c+%s", 'A'+i, f.name)
			// The font, its descendant, the map, the character collection and the descriptor.
			for j := first - 1; j < min(first+4, len(objects)); j++ {
				if !plainStream().Match(objects[j]) {
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

var fontFile = lazily.Regexp(`^<</Length (\d+)\n/Filter /FlateDecode\n/Length1 \d+\n>>\nstream\n`)

// mendFonts writes the right length into the tables of letters of the embedded fonts, where the library writes a shorter one that
// keeps strict programs from reading the font, and the sums that depend on it (OpenType specification, "cmap" and "Calculating
// Checksums").
func mendFonts(objects [][]byte) error {
	for i, object := range objects {
		m := fontFile().FindSubmatch(object)
		if m == nil {
			continue
		}
		length, err := strconv.Atoi(string(m[1]))
		if err != nil || len(m[0])+length > len(object) {
			return errors.New("a font is shorter than it says")
		}
		unpack, err := zlib.NewReader(bytes.NewReader(object[len(m[0]) : len(m[0])+length]))
		if err != nil {
			return fmt.Errorf("a font: %w", err)
		}
		font, err := io.ReadAll(unpack)
		if err != nil {
			return fmt.Errorf("a font: %w", err)
		}
		if err := mendFont(font); err != nil {
			return err
		}
		objects[i] = append(fmt.Appendf(nil, "<</Length1 %d /Length %d>>\nstream\n", len(font), len(font)), append(font, "\nendstream"...)...)
	}
	return nil
}

func mendFont(font []byte) error {
	u32 := binary.BigEndian.Uint32
	sum := func(b []byte) (s uint32) {
		for ; len(b) >= 4; b = b[4:] {
			s += u32(b)
		}
		return s
	}
	head := -1
	const entry = 16
	for at := 12; len(font) >= 12 && at < 12+entry*int(binary.BigEndian.Uint16(font[4:])); at += entry {
		if at+entry > len(font) {
			return errors.New("a font is cut")
		}
		start, size := int(u32(font[at+8:])), int(u32(font[at+12:]))
		padded := start + (size+3)&^3
		if padded > len(font) || size < 14 && string(font[at:at+4]) == "cmap" {
			return errors.New("a font's table is cut")
		}
		switch string(font[at : at+4]) {
		case "head":
			head = start
		case "cmap": // one table of format 4, which ends where the whole ends
			const first = 12
			if u32(font[start+8:]) != first || font[start+first+1] != 4 || size-first > 0xffff {
				continue
			}
			binary.BigEndian.PutUint16(font[start+first+2:], uint16(size-first))
			binary.BigEndian.PutUint32(font[at+4:], sum(font[start:padded]))
		}
	}
	if head < 0 || head+12 > len(font) {
		return errors.New("a font has no head")
	}
	binary.BigEndian.PutUint32(font[head+8:], 0)
	binary.BigEndian.PutUint32(font[head+8:], 0xb1b0afba-sum(font))
	return nil
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

// producer is the program, as the file names it.
const producer = "Practicum"

func infoDict(info Info) []byte {
	var b bytes.Buffer
	b.WriteString("<</Producer (" + producer + ")")
	for _, f := range []struct{ key, text string }{
		{"Title", info.Title}, {"Author", info.Author}, {"Subject", info.Subject}, {"Keywords", info.Keywords},
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

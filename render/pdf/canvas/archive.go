package canvas

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// What a file says about itself, as far as archives ask for it (ISO 19005-3): metadata, the meaning of its colours, what is
// attached. The file does not claim to conform: that would be for a validator to say.

// File is attached to the document. The name is one without folders.
type File struct {
	Name, Type  string // Type is a media type such as "application/json"
	Description string
	// Relation is Source for what the document was made from, Data for what its figures rest on, Supplement for the rest
	// (ISO 19005-3, 6.8).
	Relation string
	Data     []byte
	Date     time.Time
}

// metadata is the document information once more, as XMP (ISO 16684-1). The two have to agree.
func metadata(info Info) []byte {
	var b bytes.Buffer
	text := func(s string) string {
		var e bytes.Buffer
		_ = xml.EscapeText(&e, []byte(s)) // a bytes.Buffer does not fail
		return e.String()
	}
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n" +
		"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" " +
		"xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n<dc:format>application/pdf</dc:format>\n")
	if info.Title != "" {
		b.WriteString("<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">" + text(info.Title) + "</rdf:li></rdf:Alt></dc:title>\n")
	}
	if info.Author != "" {
		b.WriteString("<dc:creator><rdf:Seq><rdf:li>" + text(info.Author) + "</rdf:li></rdf:Seq></dc:creator>\n")
	}
	if info.Subject != "" {
		b.WriteString("<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">" + text(info.Subject) + "</rdf:li></rdf:Alt></dc:description>\n")
	}
	if info.Lang != "" {
		b.WriteString("<dc:language><rdf:Bag><rdf:li>" + text(info.Lang) + "</rdf:li></rdf:Bag></dc:language>\n")
	}
	if info.Keywords != "" {
		b.WriteString("<pdf:Keywords>" + text(info.Keywords) + "</pdf:Keywords>\n")
	}
	b.WriteString("<pdf:Producer>" + producer + "</pdf:Producer>\n")
	if !info.Date.IsZero() {
		stamp := info.Date.UTC().Format(time.RFC3339)
		b.WriteString("<xmp:CreateDate>" + stamp + "</xmp:CreateDate>\n<xmp:ModifyDate>" + stamp + "</xmp:ModifyDate>\n")
	}
	b.WriteString("</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return fmt.Appendf(nil, "<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream", b.Len(), b.Bytes())
}

// sRGB is the profile of the colours on the pages: the primaries and the curve of IEC 61966-2-1, adapted to D50 by the
// Bradford transform, as a matrix profile of version 2.1 (ICC.1:1998-09).
func sRGB() []byte {
	fixed := func(v float64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(int32(math.Round(v*65536)))) }
	xyz := func(x, y, z float64) []byte {
		return append(append(append([]byte("XYZ \x00\x00\x00\x00"), fixed(x)...), fixed(y)...), fixed(z)...)
	}
	const name = "sRGB"
	desc := append([]byte("desc\x00\x00\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(name)+1))...)
	desc = append(append(desc, name...), 0)
	desc = append(desc, make([]byte, 4+4+2+1+67)...) // no names in Unicode and in Macintosh script
	const steps = 1024
	curve := append([]byte("curv\x00\x00\x00\x00"), binary.BigEndian.AppendUint32(nil, steps)...)
	for i := range steps {
		v := float64(i) / (steps - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		curve = binary.BigEndian.AppendUint16(curve, uint16(math.Round(v*65535)))
	}
	type tag struct {
		names []string
		data  []byte
	}
	tags := []tag{
		{[]string{"desc"}, desc},
		{[]string{"cprt"}, []byte("text\x00\x00\x00\x00No copyright, use freely\x00")},
		{[]string{"wtpt"}, xyz(0.9642, 1, 0.8249)},
		{[]string{"rXYZ"}, xyz(0.4360747, 0.2225045, 0.0139322)},
		{[]string{"gXYZ"}, xyz(0.3850649, 0.7168786, 0.0971045)},
		{[]string{"bXYZ"}, xyz(0.1430804, 0.0606169, 0.7141733)},
		{[]string{"rTRC", "gTRC", "bTRC"}, curve},
	}
	count := 0
	for _, t := range tags {
		count += len(t.names)
	}
	table := binary.BigEndian.AppendUint32(nil, uint32(count))
	var data []byte
	start := 128 + 4 + 12*count
	for _, t := range tags {
		for _, n := range t.names {
			table = append(table, n...)
			table = binary.BigEndian.AppendUint32(table, uint32(start+len(data)))
			table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
		}
		data = append(data, t.data...)
		for len(data)%4 != 0 {
			data = append(data, 0)
		}
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(start+len(data)))
	copy(head[8:], []byte{2, 0x10, 0, 0})
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[24:], []byte{0x07, 0xd0, 0, 1, 0, 1}) // 2000-01-01: a profile needs a date, and this one has none
	copy(head[36:], "acsp")
	for i, v := range []float64{0.9642, 1, 0.8249} { // the illuminant, D50
		copy(head[68+4*i:], fixed(v))
	}
	return append(append(head, table...), data...)
}

// attach writes the files into objects and returns what the catalog says of them.
func attach(files []File, add func([]byte) int) string {
	if len(files) == 0 {
		return ""
	}
	var associated strings.Builder
	var names []string
	for _, f := range files {
		var params strings.Builder
		if !f.Date.IsZero() {
			fmt.Fprintf(&params, " /ModDate (D:%sZ)", f.Date.UTC().Format("20060102150405"))
		}
		sum := md5.Sum(f.Data) // the checksum that ISO 32000-1, 7.11.4 wants; the manifest has a better one
		stream := add(append(fmt.Appendf(nil, "<</Type /EmbeddedFile /Subtype /%s /Params <</Size %d /CheckSum <%x>%s>> /Length %d>>\nstream\n",
			strings.ReplaceAll(f.Type, "/", "#2F"), len(f.Data), sum, params.String(), len(f.Data)), append(bytes.Clone(f.Data), "\nendstream"...)...))
		spec := add(fmt.Appendf(nil, "<</Type /Filespec /F <%X> /UF <%X> /Desc <%X> /AFRelationship /%s /EF <</F %d 0 R /UF %d 0 R>>>>",
			utf16Text(f.Name), utf16Text(f.Name), utf16Text(f.Description), f.Relation, stream, stream))
		names = append(names, fmt.Sprintf("<%X> %d 0 R ", utf16Text(f.Name), spec))
		fmt.Fprintf(&associated, "%d 0 R ", spec)
	}
	slices.Sort(names) // programs look a name up by halves (ISO 32000-1, 7.9.6)
	return " /AF [" + associated.String() + "] /Names <</EmbeddedFiles <</Names [" + strings.Join(names, "") + "]>>>>"
}

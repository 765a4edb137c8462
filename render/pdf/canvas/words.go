package canvas

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf16"

	"practicum/analysis/lazily"
)

var (
	streamStart = lazily.Regexp(`stream\r?\n`)
	hexString   = lazily.Regexp(`<([0-9A-Fa-f\s]{8,})>`)
)

// Words gives all text that a PDF of ours has, wherever it stands: on pages, in the outline, the metadata, the structure and the
// attached files. The text of each page stands in the order in which it was drawn; it is for searching, not for reading.
func Words(file []byte) string {
	var out strings.Builder
	out.Write(file)
	add := func(b []byte) {
		out.WriteByte('\n')
		out.Write(b)
		out.WriteByte('\n')
		out.WriteString(shownText(b))
		for _, m := range hexString().FindAllSubmatch(b, -1) {
			digits := bytes.Map(func(r rune) rune {
				if strings.ContainsRune(" \t\r\n", r) {
					return -1
				}
				return r
			}, m[1])
			if text, err := hex.DecodeString(string(digits[:len(digits)&^1])); err == nil {
				out.WriteByte('\n')
				out.WriteString(fromUTF16(text))
			}
		}
	}
	add(file)
	for rest := file; ; {
		at := streamStart().FindIndex(rest)
		if at == nil {
			return out.String()
		}
		rest = rest[at[1]:]
		z, err := zlib.NewReader(bytes.NewReader(rest))
		if err != nil {
			continue
		}
		if data, err := io.ReadAll(z); err == nil {
			add(data)
		}
	}
}

// shownText is the text of the literal strings of a content stream or of objects (ISO 32000-1, 7.3.4.2). Parts of one TJ
// operator are one word.
func shownText(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case ']', 'E', '\n':
			if b[i] == ']' {
				out.WriteByte('\n')
			}
		case '(':
			var text []byte
			depth := 1
			for i++; i < len(b) && depth > 0; i++ {
				switch c := b[i]; c {
				case '\\':
					if i++; i < len(b) {
						switch b[i] {
						case 'r':
							text = append(text, '\r')
						case 'n':
							text = append(text, '\n')
						default:
							text = append(text, b[i])
						}
					}
				case '(':
					depth++
					text = append(text, c)
				case ')':
					if depth--; depth > 0 {
						text = append(text, c)
					}
				default:
					text = append(text, c)
				}
			}
			i--
			out.WriteString(fromUTF16(text))
		}
	}
	return out.String()
}

// fromUTF16 is the text of big-endian UTF-16, with or without its mark; of anything else the bytes.
func fromUTF16(b []byte) string {
	if len(b)%2 != 0 || len(b) == 0 {
		return string(b)
	}
	b = bytes.TrimPrefix(b, []byte("\xfe\xff"))
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}

package knowledge

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed data/*.csv data/*.txt data/*.yaml data/iana_ports.tsv.gz kinds/*.yaml
var files embed.FS

// The embedded files are part of the program: one that does not decode is a programming error,
// which the tests find, and so a panic.
func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("knowledge: %v", err))
	}
	return b
}

// Digest is the SHA-256 of all embedded knowledge: reports with the same one went by the same facts.
func Digest() string {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b := mustRead(name)
			fmt.Fprintf(h, "%s\n%d\n", name, len(b))
			h.Write(b)
		}
		return err
	})
	if err != nil {
		panic(err) // of embedded files there is none
	}
	return hex.EncodeToString(h.Sum(nil))
}

// mustCSV reads a table, without its heading, which must be header.
func mustCSV(name, header string) [][]string {
	r := csv.NewReader(bytes.NewReader(mustRead("data/" + name)))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("knowledge: %s: %v", name, err))
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != header {
		panic(fmt.Sprintf("knowledge: %s: the heading is not %q", name, header))
	}
	return rows[1:]
}

// mustLines reads a list, one item a line. A comment is a line that begins with "# ": a log-in
// name may begin with a number sign, but not with a number sign and a space.
func mustLines(name string) []string {
	var items []string
	for line := range strings.Lines(string(mustRead("data/" + name))) {
		line = strings.TrimSpace(line)
		if line == "" || line == "#" || strings.HasPrefix(line, "# ") {
			continue
		}
		items = append(items, line)
	}
	return items
}

// decodeYAML decodes one document strictly: a misspelt key is an error, not an empty field.
func decodeYAML(b []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	return d.Decode(into)
}

// splitList splits a cell that holds several names.
func splitList(cell string) []string {
	var items []string
	for item := range strings.SplitSeq(cell, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

package fonts

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
)

// Every face parses, is TrueType, and is the file that README.md vouches for.
func TestFaces(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	total, names := 0, map[string]bool{}
	for _, face := range Faces() {
		b, err := face.TrueType()
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
		if _, err := sfnt.Parse(b); err != nil {
			t.Errorf("%s: %v", face.Name, err)
		}
		if string(b[:4]) != "\x00\x01\x00\x00" {
			t.Errorf("%s is not a TrueType file", face.Name)
		}
		if names[face.Name] {
			t.Errorf("%s stands twice in the list", face.Name)
		}
		names[face.Name] = true
		line := fmt.Sprintf("| %s |", face.file)
		sum := fmt.Sprintf("%x", sha256.Sum256(b))
		if !strings.Contains(string(readme), line) || !strings.Contains(string(readme), sum) {
			t.Errorf("README.md lacks %s with SHA-256 %s", face.file, sum)
		}
	}
	if files, err := files.ReadDir("."); err != nil || len(files) != len(names) {
		t.Errorf("%d font files for %d faces (%v)", len(files), len(names), err)
	}
	if total >= 2<<20 {
		t.Errorf("the faces take %d bytes, more than two megabytes", total)
	}
}

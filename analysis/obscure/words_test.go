package obscure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"practicum/analysis/lazily"
)

// readers are the packages whose texts have the words by which records are read and told apart, and writers those whose texts
// have the words of reports.
var (
	readers = []string{"../logformat", "../detect"}
	writers = []string{"../knowledge", "../observation", "../severity", "../pipeline", "../../render"}
)

var classes = lazily.Regexp(`\\[a-zA-Z]`) // of regular expressions

// moreWords are read, though no text of the program has them as words of their own.
var moreWords = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
	"utc", "gmt", "cet", "cest", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "left", "out", "log"}

// TestWords holds that words.txt has every word of the texts in the program that a record may be read by: of an account
// that is called so, the name is replaced in its places only. UPDATE=1 writes the list, and takes up the words of reports, of which the
// list need not be complete.
func TestWords(t *testing.T) {
	all := map[string]bool{}
	add := func(text string) {
		for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !(r < 0x80 && isWordByte(byte(r))) || r == '_' }) {
			if w = strings.ToLower(w); len(w) > 1 && isUserName(w) {
				all[w] = true
			}
		}
	}
	for _, w := range moreWords {
		add(w)
	}
	dirs := readers
	if os.Getenv("UPDATE") != "" {
		dirs = slices.Concat(readers, writers)
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if s, err := strconv.Unquote(l.Value); err == nil {
						add(s)
						add(classes().ReplaceAllString(s, " "))
					}
				}
				return true
			})
		}
	}
	if os.Getenv("UPDATE") != "" {
		list := strings.Join(slices.Sorted(maps.Keys(all)), "\n") + "\n"
		if err := os.WriteFile("words.txt", []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, w := range slices.Sorted(maps.Keys(all)) {
		if !words()[w] {
			t.Errorf("words.txt lacks %q; write it again with UPDATE=1", w)
		}
	}
}

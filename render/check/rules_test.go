package check

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sampleOptions() Options {
	return Options{
		Open:     func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join("testdata/rules", name)) },
		Obscured: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	}
}

// TestRules wants of every rule a document that it hits, and one that looks like it and that it misses:
// clean.md, and for what documents of other origin have their own shapes for, those named miss. Nothing at
// all is found in these. What is found in the others is in the golden files.
func TestRules(t *testing.T) {
	checked := func(file string) *Report {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Document(filepath.Base(file), src, sampleOptions())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	clean := checked("testdata/rules/clean.md")
	for _, rule := range Rules {
		if rule.Title == "" || rule.Explain == "" {
			t.Errorf("%s has no title or no explanation", rule.ID)
		}
		dir := filepath.Join("testdata/rules", rule.ID)
		hits, _ := filepath.Glob(filepath.Join(dir, "hit*"))
		hits = slices.DeleteFunc(hits, func(f string) bool { return strings.HasSuffix(f, ".golden") })
		misses, _ := filepath.Glob(filepath.Join(dir, "miss*"))
		foreign := false
		for _, file := range hits {
			r := checked(file)
			foreign = foreign || r.Foreign
			if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == rule.ID }) {
				t.Errorf("%s: %s does not hit", file, rule.ID)
			}
			var got bytes.Buffer
			if err := Text(&got, r.Findings); err != nil {
				t.Fatal(err)
			}
			golden(t, file+".golden", got.Bytes())
		}
		if len(hits) == 0 || rule.Foreign && (!foreign || len(misses) == 0) {
			t.Errorf("%s lacks a sample that it should hit or miss", rule.ID)
		}
		missed := []*Report{clean}
		for _, file := range misses {
			missed = append(missed, checked(file))
		}
		for _, r := range missed {
			if len(r.Findings) > 0 {
				t.Errorf("%s: %s is found in %s: %s", rule.ID, r.Findings[0].Rule, r.File, r.Findings[0].Message)
			}
		}
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", file, diff)
	}
}

// TestFix computes sums again, and changes no other byte.
func TestFix(t *testing.T) {
	src, err := os.ReadFile("testdata/rules/severity-sum/hit.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, eol := range []string{"\n", "\r\n"} {
		src := []byte(strings.ReplaceAll(string(src), "\n", eol))
		r, err := Document("report.md", src, sampleOptions())
		if err != nil {
			t.Fatal(err)
		}
		fixed, n := r.Fixed(src)
		if n != 2 {
			t.Errorf("%d lines were changed, want that of the sum and that of the summary", n)
		}
		was, is := strings.Split(string(src), eol), strings.Split(string(fixed), eol)
		if len(was) != len(is) {
			t.Fatalf("%d lines became %d", len(was), len(is))
		}
		var changed []string
		for i := range was {
			if was[i] != is[i] {
				changed = append(changed, is[i])
			}
		}
		want := []string{
			"| [1](#incident-1) | Telnet and imap | 2000-01-20 | `192.0.2.7` | `mail` | `ELEVATED` 1 to 2 |",
			"**(4 + 2) − (4 + 2) = 0** `ELEVATED`",
		}
		if diff := cmp.Diff(want, changed); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		again, err := Document("report.md", fixed, sampleOptions())
		if err != nil {
			t.Fatal(err)
		}
		if _, n := again.Fixed(fixed); n != 0 {
			t.Error("a fixed report is fixed again")
		}
	}
}

// A document that nobody wrote as a report is read without a panic, in bounded time, and findings point into it.
func FuzzDocument(f *testing.F) {
	for _, pattern := range []string{"testdata/practicals/*", "testdata/rules/*/hit*"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if src, err := os.ReadFile(file); err == nil {
				f.Add(src)
			}
		}
	}
	f.Add([]byte("(4 + 3) - (4 + 2) = "))
	f.Add([]byte("criticality - - - 5-6-7/8 lethality (((( system network"))
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := Document("x", src, Options{})
		if err != nil {
			return
		}
		lines := len(splitLines(src))
		for _, x := range append(r.Findings, r.Readings()...) {
			if x.Line < 1 || x.Line > lines {
				t.Errorf("line %d of %d: %s", x.Line, lines, x.Message)
			}
		}
		fixed, n := r.Fixed(src)
		if n == 0 && !bytes.Equal(fixed, src) {
			t.Error("changed without a change")
		}
	})
}

package render_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/render"
	"practicum/render/document"
	"practicum/templates"
)

func markdown(t testing.TB, r *analysis.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.Markdown(&b, r, templates.Default()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parsed(t testing.TB, md []byte) *document.Document {
	t.Helper()
	d, err := document.Parse(md)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func page(t testing.TB, d *document.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.HTML(&b, d, render.HTMLOptions{Templates: templates.Default()}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jsonOf(t testing.TB, r *analysis.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// golden compares got with a file of testdata; UPDATE=1 rewrites the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s changed (-want +got):\n%s", path, diff)
	}
}

func TestGoldens(t *testing.T) {
	for _, c := range []struct {
		name   string
		report *analysis.Report
	}{
		{"empty", emptyReport()},
		{"practical", practicalReport()},
		{"hostile", hostileReport(hostileText)},
	} {
		t.Run(c.name, func(t *testing.T) {
			md := markdown(t, c.report)
			golden(t, c.name+".md", md)
			golden(t, c.name+".json", jsonOf(t, c.report))
			golden(t, c.name+".html", page(t, parsed(t, md)))
			if again := markdown(t, c.report); !bytes.Equal(md, again) {
				t.Error("a second run gives other Markdown")
			}
		})
	}
}

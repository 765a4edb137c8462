package analysis_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed lists, for each package, which packages of ours it may import. A stage knows the types
// and the embedded facts, never another stage; analysis never writes, render never decides, and
// config is read by the command alone.
var allowed = map[string][]string{
	"analysis":             {},
	"analysis/logformat":   {"analysis", "analysis/request"},
	"analysis/uniq":        {},
	"analysis/lazily":      {},
	"analysis/workers":     {},
	"analysis/workload":    {},
	"analysis/obscure":     {"analysis", "analysis/logformat"},
	"analysis/pattern":     {"analysis", "analysis/logformat"},
	"analysis/knowledge":   {"analysis"},
	"analysis/request":     {},
	"analysis/detect":      {"analysis", "analysis/knowledge", "analysis/request"},
	"analysis/incident":    {"analysis", "analysis/request"},
	"analysis/enrich":      {"analysis"},
	"analysis/severity":    {"analysis", "analysis/knowledge", "analysis/request"},
	"analysis/observation": {"analysis", "analysis/knowledge", "analysis/request"},
	"analysis/history":     {"analysis"},
	"analysis/pipeline": {"analysis", "analysis/logformat", "analysis/pattern", "analysis/knowledge", "analysis/detect", "analysis/incident",
		"analysis/severity", "analysis/observation", "analysis/enrich"},
	"scripts/workload":   {"analysis/workload"},
	"templates":          {},
	"render/safe":        {},
	"render/chart":       {},
	"render/browser":     {},
	"render/picture":     {},
	"render/style":       {"render/picture"},
	"render/document":    {"render/chart", "render/picture", "render/safe"},
	"render/draft":       {"render/document"},
	"render/check":       {"analysis/severity", "render/draft", "render/safe"},
	"render/preview":     {"render", "render/check", "render/document", "render/draft", "render/safe"},
	"render/merge":       {"render/draft"},
	"render":             {"analysis", "templates", "render/chart", "render/picture", "render/style", "render/safe", "render/document", "render/pdf"},
	"render/interchange": {"analysis", "render/safe"},
	"render/pdf":         {"render/chart", "render/document", "render/picture", "render/style", "render/safe", "render/pdf/canvas", "render/pdf/fonts"},
	"render/pdf/canvas":  {"render/pdf/fonts", "render/picture"},
	"render/pdf/fonts":   {},
	"config":             {"analysis", "render/interchange", "render/pdf/fonts", "render/picture", "render/style", "analysis/pipeline", "analysis/logformat", "analysis/pattern", "analysis/incident", "analysis/severity", "templates"},
	"cmd/practicum/mail": {"analysis", "render/safe"},
	"cmd/practicum": {"cmd/practicum/mail", "analysis", "analysis/enrich", "analysis/history", "analysis/observation", "analysis/obscure", "analysis/knowledge", "analysis/logformat", "analysis/pattern", "analysis/incident", "analysis/severity", "analysis/pipeline",
		"config", "render", "render/check", "render/document", "render/draft", "render/interchange", "render/merge", "render/pdf", "render/pdf/canvas", "render/picture", "render/preview", "render/safe", "render/style", "templates"},
}

// general is what every package may import: it knows nothing of logs and reports.
var general = []string{"analysis/lazily", "analysis/uniq", "analysis/workers"}

// sole lists dependencies that one package alone may import, so that each can be replaced in one place.
var sole = map[string]string{
	"github.com/spf13/viper":         "config",
	"github.com/go-pdf/fpdf":         "render/pdf/canvas",
	"github.com/spf13/cobra":         "cmd/practicum",
	"github.com/google/renameio/v2":  "cmd/practicum",
	"github.com/fsnotify/fsnotify":   "render/preview",
	"github.com/gofrs/flock":         "cmd/practicum",
	"github.com/ncruces/go-strftime": "analysis/pattern",
	"modernc.org/sqlite":             "analysis/history",

	"github.com/oschwald/maxminddb-golang/v2": "analysis/enrich",
	"github.com/gaissmai/bart":                "analysis/enrich",
	"go4.org/netipx":                          "analysis/enrich",
	"github.com/wneessen/go-mail":             "cmd/practicum/mail",
}

func TestImports(t *testing.T) {
	root := ".."
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || (strings.HasPrefix(name, ".") && file != root)) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		ours, known := allowed[pkg]
		if !known {
			t.Errorf("%s: package %s is not in the list of allowed imports", file, pkg)
			return nil
		}
		seen[pkg] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if inner, ok := strings.CutPrefix(imported, "practicum/"); ok && !slices.Contains(general, inner) && !slices.Contains(ours, inner) {
				t.Errorf("%s imports %s", path.Join(pkg, name), imported)
			}
			if only, ok := sole[imported]; ok && only != pkg {
				t.Errorf("%s imports %s, which only %s may", path.Join(pkg, name), imported, only)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range allowed {
		if !seen[pkg] {
			t.Errorf("package %s is in the list of allowed imports and does not exist", pkg)
		}
	}
}

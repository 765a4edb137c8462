package lazily

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestRegexp(t *testing.T) {
	digits := Regexp(`^[0-9]+$`)
	if !digits().MatchString("113") || digits().MatchString("a") {
		t.Error("^[0-9]+$ is not matched as it stands")
	}
	if first := digits(); first != digits() {
		t.Error("compiled twice")
	}
	none := Regexp(`(`) // nobody wants it yet
	defer func() {
		if recover() == nil {
			t.Error("( is no expression, and nobody says so")
		}
	}()
	none()
}

// TestExpressions compiles every expression that a package of the project gives to Regexp.
func TestExpressions(t *testing.T) {
	files := token.NewFileSet()
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		switch name := filepath.Base(file); {
		case err != nil:
			return err
		case d.IsDir():
			if name == "testdata" || strings.HasPrefix(name, ".") && name != ".." {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(files, file, nil, 0)
		packages[filepath.Dir(file)] = append(packages[filepath.Dir(file)], parsed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for folder, parsed := range packages {
		// Constants are known without what the package imports, so errors about that are of no interest.
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		config := types.Config{Error: func(error) {}}
		config.Check(folder, files, parsed, info)
		for _, file := range parsed {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || types.ExprString(call.Fun) != "lazily.Regexp" {
					return true
				}
				found++
				place, value := files.Position(call.Pos()), info.Types[call.Args[0]].Value
				if value == nil {
					t.Errorf("%s: the expression is no constant", place)
				} else if _, err := regexp.Compile(constant.StringVal(value)); err != nil {
					t.Errorf("%s: %v", place, err)
				}
				return true
			})
		}
	}
	if found == 0 {
		t.Error("no expression is found in the whole project")
	}
	t.Logf("%d expressions", found)
}

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// now is the time of every run here, decades after the logs, so that a year taken from the clock
// would show.
var now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"practicum": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ(), now)) },
	})
}

// TestScript runs the user stories in testdata/script. In them $ROOT is the root of the repository,
// "exits N COMMAND" wants the exit status N, and "edit FILE EXPRESSION TEXT" replaces the first match,
// with \n for a line end in TEXT; "database FILE TYPE DAY RECORDS" writes one in the format of MaxMind.
func TestScript(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "edit": edit, "database": database},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE EXPRESSION TEXT")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	expression := regexp.MustCompile(args[1])
	at := expression.FindSubmatchIndex(data)
	if at == nil {
		ts.Fatalf("%s has no %s", args[0], args[1])
	}
	text := expression.Expand(nil, []byte(strings.ReplaceAll(args[2], `\n`, "\n")), data, at)
	ts.Check(os.WriteFile(path, slices.Concat(data[:at[0]], text, data[at[1]:]), 0o644))
}

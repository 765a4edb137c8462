package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// The examples in the help run as they stand, in a copy of the repository's samples.
func TestExamples(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, now: now}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			walk(c)
		}
		if strings.HasPrefix(cmd.CommandPath(), "practicum completion") {
			return // cobra's own; its examples change the shell's set-up
		}
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if strings.HasPrefix(line, "practicum preview ") {
				continue // it does not end by itself; TestPreview runs it
			}
			shell := exec.Command("sh", "-c", line)
			shell.Dir = dir
			var out bytes.Buffer
			shell.Stdout, shell.Stderr = &out, &out
			err := shell.Run()
			if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && strings.HasPrefix(line, "practicum check ") {
				err = nil // it has found something, as it should
			}
			if err != nil {
				t.Errorf("%s\n%v\n%s", line, err, out.Bytes())
			}
			if strings.Contains(out.String(), "practicum: ") {
				t.Errorf("%s\ncomplains:\n%s", line, out.Bytes())
			}
		}
	}
	walk(newRoot(p))
}

// Every command has a text for people: what it does in a line, more of it, and an example.
func TestHelpIsWhole(t *testing.T) {
	p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, now: now}
	for _, c := range newRoot(p).Commands() {
		if c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		if c.Short == "" || c.Long == "" || c.Example == "" {
			t.Errorf("%s: short %q, long of %d, example of %d letters", c.CommandPath(), c.Short, len(c.Long), len(c.Example))
		}
		for line := range strings.SplitSeq(c.Long, "\n") {
			if len(line) > helpWidth {
				t.Errorf("%s: a line of %d letters does not fit: %s", c.CommandPath(), len(line), line)
			}
		}
	}
}

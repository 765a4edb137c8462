package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"practicum/analysis/logformat"
)

// TestReadme runs the commands whose output README.md shows: each line of it is printed, in this order; "..." stands for lines
// that it leaves out.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	lines := strings.Split(string(readme), "\n")
	ran := 0
	for i := 0; i < len(lines); i++ {
		command, ok := strings.CutPrefix(lines[i], "    $ ")
		if !ok || strings.HasPrefix(command, "practicum preview ") { // it does not end by itself; TestPreview runs it
			continue
		}
		ran++
		shell := exec.Command("sh", "-c", command)
		shell.Dir = dir
		var out bytes.Buffer
		shell.Stdout, shell.Stderr = &out, &out
		if err := shell.Run(); err != nil && !strings.HasPrefix(command, "practicum check ") { // which has found something, as it should
			t.Errorf("%s\n%v\n%s", command, err, out.Bytes())
		}
		printed := strings.Split(out.String(), "\n")
		for j := range printed {
			printed[j] = strings.TrimSpace(printed[j])
		}
		for i++; i < len(lines) && (strings.HasPrefix(lines[i], "    ") || lines[i] == ""); i++ {
			want := strings.TrimSpace(lines[i])
			if want == "" || want == "..." {
				continue
			}
			for len(printed) > 0 && printed[0] != want {
				printed = printed[1:]
			}
			if len(printed) == 0 {
				t.Errorf("README.md:%d: %s does not print this here:\n%s\n%s", i+1, command, want, out.Bytes())
				break
			}
		}
	}
	if ran < 3 {
		t.Errorf("%d commands of README.md ran", ran)
	}
	for _, f := range logformat.Formats {
		if !strings.Contains(string(readme), "`"+f.Name+"`") {
			t.Errorf("README.md does not name the log format %s", f.Name)
		}
	}
}

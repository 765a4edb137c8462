package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLogThatChanges opens a log again after it has changed: what was appended belongs to the next run, and what was replaced
// or cut is an error that says so.
func TestLogThatChanges(t *testing.T) {
	const first, more = "first\n", "more\n"
	for _, c := range []struct {
		name   string
		change func(file string) error
		want   string
	}{
		{"appended", func(file string) error {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteString(more)
			return err
		}, ""},
		{"cut", func(file string) error { return os.Truncate(file, 2) }, "became shorter"},
		{"rotated", func(file string) error {
			if err := os.Rename(file, file+".1"); err != nil {
				return err
			}
			return os.WriteFile(file, []byte(first+more), 0o600)
		}, "was replaced by another file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "a.log")
			if err := os.WriteFile(file, []byte(first), 0o600); err != nil {
				t.Fatal(err)
			}
			// A link that leads nowhere, or to itself, is passed over.
			for link, to := range map[string]string{"gone.log": "nothing", "loop.log": "loop.log"} {
				if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
					t.Fatal(err)
				}
			}
			p := &program{}
			in, err := p.findInputs(context.Background(), []string{dir}, "")
			if err != nil {
				t.Fatal(err)
			}
			defer in.close()
			if len(in.logs) != 1 || len(in.warnings) != 2 {
				t.Fatalf("%d logs, warnings %v", len(in.logs), in.warnings)
			}
			if err := c.change(file); err != nil {
				t.Fatal(err)
			}
			r, err := in.logs[0].Open()
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if data, err := io.ReadAll(r); err != nil || string(data) != first {
				t.Errorf("read %q, %v", data, err)
			}
		})
	}
}

// A log can be read at any place, so that its excerpts do not take reading all of it again, and how long it is is known, so that
// the time left is.
func TestLogsCanBeReadAtAnyPlace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "auth.log")
	if err := os.WriteFile(name, []byte("one\ntwo\nthree\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := (&program{}).findInputs(t.Context(), []string{name}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	shown, watched := watch(io.Discard, in.logs)
	defer shown.end()
	if shown.total != int64(len("one\ntwo\nthree\n")) {
		t.Errorf("%d bytes", shown.total)
	}
	r, err := watched[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	at, ok := r.(io.ReaderAt)
	if !ok {
		t.Fatal("it cannot")
	}
	var b [3]byte
	if n, err := at.ReadAt(b[:], 4); string(b[:n]) != "two" {
		t.Errorf("%q %v", b[:n], err)
	}
}

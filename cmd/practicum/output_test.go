package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestCutOff ends a run between any two of its writes, as a kill would, and wants the next run to find
// the old pair of report and base or the new one, never one of each.
func TestCutOff(t *testing.T) {
	const oldReport, oldBase = "# Old\n\nmine\n", "# Old\n\ntheirs\n"
	const newReport, newBase = "# New\n\nmine\n\nmore\n", "# New\n\ntheirs\n\nmore\n"
	for _, c := range []struct {
		step, report, base string
	}{
		{"next base", oldReport, oldBase},
		{"files", newReport, newBase},
		{"base", newReport, newBase},
		{"", newReport, newBase},
	} {
		for _, edited := range []bool{false, true} {
			dir := t.TempDir()
			report, base := filepath.Join(dir, reportName), filepath.Join(dir, baseName)
			put(t, report, oldReport)
			put(t, base, oldBase)
			f := &outputFolder{path: dir}
			cut := errors.New("cut off")
			err := f.writeReport([]outputFile{{filepath.Join(dir, "report.html"), []byte("page")}, {report, []byte(newReport)}},
				[]byte(oldReport), []byte(newBase), func(step string) error {
					if step == c.step {
						return cut
					}
					return nil
				})
			if (err != nil) != (c.step != "") || err != nil && !errors.Is(err, cut) {
				t.Fatalf("%q: %v", c.step, err)
			}
			want := c.report
			if edited { // before the next run comes
				want += "\nand edited\n"
				put(t, report, want)
			}
			if err := f.recoverBase(); err != nil {
				t.Fatal(err)
			}
			if got := get(t, report); got != want {
				t.Errorf("cut off at %q: the report is %q", c.step, got)
			}
			if got := get(t, base); got != c.base {
				t.Errorf("cut off at %q, edited %v: the base is %q, want %q", c.step, edited, got, c.base)
			}
			if _, err := os.Stat(filepath.Join(dir, nextBaseName)); err == nil {
				t.Errorf("cut off at %q: the next base is left over", c.step)
			}
		}
	}
}

// TestCutOffFirst is a first run that is cut off: no report was there.
func TestCutOffFirst(t *testing.T) {
	for step, wantBase := range map[string]bool{"next base": false, "files": true} {
		dir := t.TempDir()
		f := &outputFolder{path: dir}
		_ = f.writeReport([]outputFile{{filepath.Join(dir, reportName), []byte("new")}}, nil, []byte("base"), func(s string) error {
			if s == step {
				return errors.New("cut off")
			}
			return nil
		})
		if err := f.recoverBase(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, baseName)); (err == nil) != wantBase {
			t.Errorf("cut off at %q: base there: %v", step, err == nil)
		}
	}
}

// TestLock has two runs in one folder: the second waits until the first is done, and no file is left.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	f := &outputFolder{path: dir}
	unlock, err := f.lock(t.Context(), func() { t.Error("nobody else is there") })
	if err != nil {
		t.Fatal(err)
	}
	order := make(chan string, 2) // the lock orders the two, which the race detector cannot know
	waits, done := make(chan bool), make(chan error)
	go func() {
		unlock, err := (&outputFolder{path: dir}).lock(t.Context(), func() { close(waits) })
		if err == nil {
			order <- "second"
			unlock()
		}
		done <- err
	}()
	<-waits
	order <- "first"
	unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if a, b := <-order, <-order; a != "first" || b != "second" {
		t.Errorf("order: %s, %s", a, b)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// TestSavedMeanwhile saves the report in the middle of a run, by rename as editors do: theirs stays, and
// nothing is written.
func TestSavedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	report, page := filepath.Join(dir, reportName), filepath.Join(dir, "report.html")
	put(t, report, "old")
	put(t, page, "old page")
	f := &outputFolder{path: dir}
	err := f.writeReport([]outputFile{{report, []byte("new")}, {page, []byte("new page")}}, []byte("old"), []byte("base"), func(step string) error {
		if step == "next base" {
			put(t, report+"~", "saved")
			return os.Rename(report+"~", report)
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "was saved") {
		t.Errorf("error: %v", err)
	}
	if got := get(t, report) + ", " + get(t, page); got != "saved, old page" {
		t.Error(got)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left over: %v", left)
	}
}

// TestLink writes what a link leads to, and keeps the link.
func TestLink(t *testing.T) {
	dir := t.TempDir()
	far, near := filepath.Join(dir, "far", "mine.md"), filepath.Join(dir, reportName)
	if err := os.Mkdir(filepath.Dir(far), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, far, "old")
	if err := os.Symlink(far, near); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles([]outputFile{{near, []byte("new")}}, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(near); err != nil || info.Mode()&os.ModeSymlink == 0 || get(t, far) != "new" {
		t.Errorf("the link is %v (%v), what it leads to %q", info, err, get(t, far))
	}
	if err := os.Remove(far); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles([]outputFile{{near, []byte("new")}}, nil); err == nil || !strings.Contains(err.Error(), "leads nowhere") {
		t.Errorf("a link that leads nowhere: %v", err)
	}
}

// TestKilled kills runs with SIGKILL after each of the changes that they make in the folder. The report is
// the old one or the new one, and the next run makes of it what one that was not killed does.
func TestKilled(t *testing.T) {
	made := t.TempDir()
	log := filepath.Join(made, "mail.log")
	source, err := os.ReadFile("../../testdata/logs/founding/mail.log")
	if err != nil {
		t.Fatal(err)
	}
	put(t, log, string(source))
	command := func(dir string) *exec.Cmd {
		return exec.Command("practicum", "report", "--quiet", "--to", "md,json", "--year", "2000", "--history", filepath.Join(made, "history.db"), "-o", dir, log)
	}
	first := filepath.Join(made, "first")
	if out, err := command(first).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const mine = "My own words about this incident."
	put(t, filepath.Join(first, reportName), strings.Replace(get(t, filepath.Join(first, reportName)), "_Not yet written._", mine, 1))
	put(t, log, string(source)+"May  5 05:05:05 mail imapd[9]: refused connect from 192.0.2.44\n")
	fresh := func(name string) string {
		dir := filepath.Join(made, name)
		if err := os.CopyFS(dir, os.DirFS(first)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	whole := fresh("whole")
	if out, err := command(whole).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before, after := get(t, filepath.Join(first, reportName)), get(t, filepath.Join(whole, reportName))
	if before == after || !strings.Contains(after, mine) {
		t.Fatal("the logs changed nothing")
	}
	seen := func(dir string) string {
		var b strings.Builder
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				fmt.Fprintln(&b, e.Name(), info.Size(), info.ModTime())
			}
		}
		return b.String()
	}
	killed := 0
	for n := 1; n <= 12; n++ {
		dir := fresh(fmt.Sprint("killed", n))
		cmd := command(dir)
		last := seen(dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		running := true
		for changes := 0; running && changes < n; {
			if now := seen(dir); now != last {
				last = now
				changes++
			}
			select {
			case <-ended:
				running = false
			default:
			}
		}
		if running {
			_ = cmd.Process.Kill()
			<-ended
			killed++
		}
		if got := get(t, filepath.Join(dir, reportName)); got != before && got != after {
			t.Errorf("killed after %d changes: the report is neither the old nor the new one", n)
		}
		if out, err := command(dir).CombinedOutput(); err != nil {
			t.Fatalf("after a kill: %v: %s", err, out)
		}
		for _, name := range []string{reportName, baseName} {
			if get(t, filepath.Join(dir, name)) != get(t, filepath.Join(whole, name)) {
				t.Errorf("killed after %d changes, and run again: %s is another one", n, name)
			}
		}
		if left, _ := os.ReadDir(dir); len(left) != 3 {
			t.Errorf("killed after %d changes, and run again: left over: %v", n, left)
		}
	}
	if killed == 0 {
		t.Error("no run was killed")
	}
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2"
)

const (
	reportName = "report.md"
	// baseName is our copy of the report.md that we wrote last. What differs from it was
	// written by a person.
	baseName = ".report.md.base"
)

// outputFile is a file that is ready to be written.
type outputFile struct {
	path string
	data []byte
}

// outputFolder is a folder that can be written to.
type outputFolder struct {
	path string
	made []string // the folders made on the way, the deepest first
}

// openFolder makes the folder where it does not exist and tries whether files can be made in it,
// so that a long run does not end at its last step.
func openFolder(dir string) (*outputFolder, error) {
	f := &outputFolder{path: dir}
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return nil, fmt.Errorf("%s: is a file, not a folder; give another output folder with -o", dir)
	case errors.Is(err, fs.ErrNotExist):
		for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
			if _, err := os.Lstat(d); err == nil || filepath.Dir(d) == d {
				break
			}
			f.made = append(f.made, d)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			f.undo()
			return nil, fmt.Errorf("%s: the output folder cannot be made (%s); give another one with -o", dir, reason(err))
		}
	case err != nil:
		return nil, fmt.Errorf("%s: the output folder cannot be reached (%s); give another one with -o", dir, reason(err))
	}
	probe, err := os.CreateTemp(dir, ".practicum-*")
	if err != nil {
		f.undo()
		return nil, fmt.Errorf("%s: the output folder cannot be written to (%s); give another one with -o", dir, reason(err))
	}
	probe.Close()
	os.Remove(probe.Name())
	return f, nil
}

// undo removes the folders that were made, as far as they are empty.
func (f *outputFolder) undo() {
	for _, d := range f.made {
		if os.Remove(d) != nil {
			return
		}
	}
}

// protect refuses to replace what an analyst wrote. HTML and PDF are drawn from report.md, so they
// are kept with it; report.json is the tool's own.
func (f *outputFolder) protect(to []string) error {
	if len(to) == 1 && to[0] == "json" {
		return nil
	}
	path := filepath.Join(f.path, reportName)
	report, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be read (%s); give another output folder with -o", path, reason(err))
	}
	base, err := os.ReadFile(filepath.Join(f.path, baseName))
	what := "was edited since it was written"
	if errors.Is(err, fs.ErrNotExist) {
		what = "was not written by practicum, or its copy " + baseName + " is gone"
	} else if err != nil {
		return fmt.Errorf("%s: cannot be read (%s); give another output folder with -o", filepath.Join(f.path, baseName), reason(err))
	} else if bytes.Equal(report, base) {
		return nil
	}
	return fmt.Errorf("%s: %s, and is not replaced; write elsewhere with -o, or render it as it is: practicum render %s", path, what, path)
}

// writeFiles writes all files or none. Each is complete beside its place before the first one is
// moved there, so that what remains to fail is a rename.
func writeFiles(files []outputFile) (err error) {
	var pending []*renameio.PendingFile
	defer func() {
		for _, p := range pending {
			p.Cleanup() // does nothing once it is in its place
		}
	}()
	for _, f := range files {
		if info, err := os.Stat(f.path); err == nil && info.IsDir() {
			return fmt.Errorf("%s: is a folder and cannot be replaced; move it away, or write elsewhere with -o", f.path)
		}
		p, err := renameio.NewPendingFile(f.path, renameio.WithTempDir(filepath.Dir(f.path)),
			renameio.WithPermissions(0o644), renameio.WithExistingPermissions())
		if err != nil {
			return unwritable(f.path, err)
		}
		pending = append(pending, p)
		if _, err := p.Write(f.data); err != nil {
			return unwritable(f.path, err)
		}
		if err := p.Sync(); err != nil {
			return unwritable(f.path, err)
		}
	}
	for i, p := range pending {
		if err := p.CloseAtomicallyReplace(); err != nil {
			return unwritable(files[i].path, err)
		}
	}
	return nil
}

func unwritable(path string, err error) error {
	return fmt.Errorf("%s: cannot be written (%s); write elsewhere with -o", path, reason(err))
}

// reportFiles puts rendered report formats into their files. The copy of report.md is moved into
// its place last: should the run be cut off between the two, the next one asks before it replaces.
func (f *outputFolder) reportFiles(to []string, rendered map[string][]byte) []outputFile {
	var files []outputFile
	for _, name := range to {
		files = append(files, outputFile{filepath.Join(f.path, "report."+name), rendered[name]})
	}
	if slices.Contains(to, "md") {
		files = append(files, outputFile{filepath.Join(f.path, baseName), rendered["md"]})
	}
	return files
}

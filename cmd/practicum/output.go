package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"practicum/analysis"
	"practicum/analysis/lazily"
	"practicum/config"
	"practicum/render/interchange"
)

const (
	reportName = "report.md"
	// baseName is our copy of the report.md that we wrote last. What differs from it was
	// written by a person.
	baseName = ".report.md.base"
	// nextBaseName is the next baseName while a run writes.
	nextBaseName = ".report.md.base.next"
	lockName     = ".report.md.lock"
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

// lock keeps other runs out of the folder until unlock is called or the program ends, however it
// ends: the lock is the operating system's and not the file's. waiting is called when another run has
// it.
func (f *outputFolder) lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	path := filepath.Join(f.path, lockName)
	for {
		l := flock.New(path)
		free, err := l.TryLock()
		if err == nil && !free {
			waiting()
			free, err = l.TryLockContext(ctx, 50*time.Millisecond)
		}
		if ctx.Err() != nil {
			l.Close()
			return nil, ctx.Err()
		}
		if err != nil || !free {
			return nil, fmt.Errorf("%s: cannot be locked (%s); write elsewhere with -o", path, reason(err))
		}
		// The run before this one removed its file when it was done, perhaps after we opened it: then
		// the lock keeps nobody out.
		held, err := l.Stat()
		there, err2 := os.Stat(path)
		if err == nil && err2 == nil && os.SameFile(held, there) {
			return func() {
				os.Remove(path)
				l.Close()
			}, nil
		}
		l.Close()
	}
}

// writeFiles writes all files or none. Each is complete beside its place before the first one is
// moved there, so that what remains to fail is a rename; last is asked before that. Where a file is a
// symbolic link, what it links to is written.
func writeFiles(files []outputFile, last func() error) (err error) {
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
		place := f.path
		if info, err := os.Lstat(place); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			if place, err = filepath.EvalSymlinks(place); err != nil {
				return fmt.Errorf("%s: is a link that leads nowhere; remove it, or write elsewhere with -o", f.path)
			}
		}
		p, err := renameio.NewPendingFile(place, renameio.WithTempDir(filepath.Dir(place)),
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
	if last != nil {
		if err := last(); err != nil {
			return err
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

// reportFiles puts rendered report formats and exports into their files, called name, or what leaves the house as the options
// say.
func (f *outputFolder) reportFiles(name string, o *config.Options, rendered map[string][]byte) []outputFile {
	var files []outputFile
	for _, ext := range o.To {
		files = append(files, outputFile{filepath.Join(f.path, fileName(name, ext, o.Name, o.Style.TLP)), rendered[ext]})
	}
	for _, export := range o.Export {
		format, _ := interchange.ByName(export)
		files = append(files, outputFile{filepath.Join(f.path, fileName(name, format.Ext, o.Name, o.Style.TLP)), rendered[format.Ext]})
	}
	return files
}

// fileName is what a report format or an export of the report called stem is called. named is what those that leave the house are
// called instead, if anything;
// it holds the label already where that was wanted.
func fileName(stem, ext, named, label string) string {
	if named == "" || !leaves(ext) {
		return labelled(stem, ext, label)
	}
	// An obscured report must not take the place of the owner's.
	return named + strings.TrimPrefix(stem, "report") + "." + ext
}

// pageName is what report.json says that HTML and PDF are called; empty for the usual name. Whoever sends a report does not say in
// which folder we write.
func pageName(r *analysis.Report) string {
	if r == nil || r.Made == nil || filepath.Base(r.Made.Name) != r.Made.Name {
		return ""
	}
	return r.Made.Name
}

// A report.md and its base belong together, and no file system renames two files at once. So the new
// base is written under another name first, with the hash of the report that it takes the place of;
// then the report; then the base gets its name. Wherever a run is cut off, recoverBase can tell what
// the report belongs to.

// writeReport writes the files of a run and the base of its report.md, when base is not nil. before is
// the report.md that is replaced; when somebody has saved another one since, nothing is written. step is
// called between any two steps; an error of it ends the run there, as a kill would.
func (f *outputFolder) writeReport(files []outputFile, before, base []byte, step func(string) error) error {
	path := filepath.Join(f.path, reportName)
	unchanged := func() error {
		now, err := os.ReadFile(path)
		if !bytes.Equal(now, before) && (err == nil || before != nil) {
			return fmt.Errorf("%s: was saved while the logs were read, and nothing was written; run the command again", path)
		}
		return nil
	}
	if err := unchanged(); err != nil {
		return err
	}
	if base == nil {
		return writeFiles(files, unchanged)
	}
	files = slices.Clone(files)
	// The report is moved into its place last.
	slices.SortStableFunc(files, func(a, b outputFile) int {
		last := func(f outputFile) int {
			if filepath.Base(f.path) == reportName {
				return 1
			}
			return 0
		}
		return last(a) - last(b)
	})
	next, basePath := filepath.Join(f.path, nextBaseName), filepath.Join(f.path, baseName)
	if err := writeFiles([]outputFile{{next, append([]byte(hashOf(before)+"\n"), base...)}}, nil); err != nil {
		return err
	}
	if err := step("next base"); err != nil {
		return err
	}
	if err := writeFiles(files, unchanged); err != nil {
		os.Remove(next)
		return err
	}
	if err := step("files"); err != nil {
		return err
	}
	if err := writeFiles([]outputFile{{basePath, base}}, nil); err != nil {
		return err
	}
	if err := step("base"); err != nil {
		return err
	}
	return os.Remove(next)
}

func hashOf(b []byte) string {
	if b == nil {
		return "none"
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

// recoverBase finishes or takes back what a run that was cut off began.
func (f *outputFolder) recoverBase() error {
	next, path := filepath.Join(f.path, nextBaseName), filepath.Join(f.path, baseName)
	data, err := os.ReadFile(next)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be read (%s); give another output folder with -o", next, reason(err))
	}
	hash, base, whole := bytes.Cut(data, []byte("\n"))
	report, err := os.ReadFile(filepath.Join(f.path, reportName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: cannot be read (%s); give another output folder with -o", filepath.Join(f.path, reportName), reason(err))
	}
	if err != nil {
		report = nil
	}
	belongs := whole && report != nil && string(hash) != hashOf(report)
	if belongs {
		// The report may have been edited since the run was cut off: then it is the nearer one's.
		old, err := os.ReadFile(path)
		belongs = err != nil || linesIn(report, base) >= linesIn(report, old)
	}
	if belongs {
		if err := writeFiles([]outputFile{{path, base}}, nil); err != nil {
			return err
		}
	}
	return os.Remove(next)
}

// leftOver are the files that a run which was killed had not moved into their place yet. Nobody else
// writes in the folder while it is locked.
var leftOver = lazily.Regexp(`^\.(?:practicum-|report(?:\.obscured)?(?:\.tlp-[a-z+]+)?\.(?:md|html|pdf|json|csv|stix\.json|ocsf\.jsonl|navigator\.json|dshield\.txt)|\.report\.md\.base(?:\.next)?)[0-9]{5,}$`)

// sweep removes what runs that were killed left behind. name is what HTML and PDF are called, if not as usual.
func (f *outputFolder) sweep(name string) {
	named := leftOver()
	if name != "" {
		named = regexp.MustCompile(`^\.` + regexp.QuoteMeta(name) + `(?:\.obscured)?\.(?:html|pdf|csv|stix\.json|ocsf\.jsonl|navigator\.json|dshield\.txt)[0-9]{5,}$`)
	}
	entries, _ := os.ReadDir(f.path)
	for _, e := range entries {
		if e.Type().IsRegular() && (leftOver().MatchString(e.Name()) || named.MatchString(e.Name())) {
			os.Remove(filepath.Join(f.path, e.Name()))
		}
	}
}

// linesIn counts the lines of text that are lines of other too.
func linesIn(text, other []byte) int {
	has := map[string]bool{}
	for l := range bytes.Lines(other) {
		has[string(bytes.TrimSpace(l))] = true
	}
	n := 0
	for l := range bytes.Lines(text) {
		if has[string(bytes.TrimSpace(l))] {
			n++
		}
	}
	return n
}

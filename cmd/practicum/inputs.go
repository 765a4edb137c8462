package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/config"
)

// standardInput is the argument that stands for it.
const standardInput = "-"

// inputs are the logs that a command's arguments name.
type inputs struct {
	logs     []logformat.Input
	found    map[string]bool // paths that nobody named: they were found in a folder
	warnings []warning
	spooled  []string // temporary files to remove
}

type warning struct{ file, text string }

// close removes what was spooled.
func (in *inputs) close() {
	for _, name := range in.spooled {
		os.Remove(name)
	}
}

// search finds inputs.
type search struct {
	ctx   context.Context
	stdin io.Reader
	now   time.Time
	// output is the folder that the report goes to, which is never read as a log; nil when it
	// does not exist yet or nothing is written.
	output fs.FileInfo
	in     *inputs
	seen   map[identity][]fs.FileInfo
	// spooled is set once standard input was read.
	spooled bool
}

// identity narrows down the files that may be the same, so that a folder of very many files is not
// compared pair by pair.
type identity struct{ size, time int64 }

// ours are the files that a report leaves in its folder.
var ours = []string{"report.md", baseName, "report.html", "report.pdf", "report.json",
	obscuredName + ".md", obscuredName + ".html", obscuredName + ".pdf", obscuredName + ".json"}

// findInputs turns arguments into logs: files, folders, globs that the shell left alone, and "-".
// They come back sorted by path, each file once. The caller closes them.
func (p *program) findInputs(ctx context.Context, args []string, outputDir string) (*inputs, error) {
	s := &search{ctx: ctx, stdin: p.stdin, now: p.now, in: &inputs{found: map[string]bool{}}, seen: map[identity][]fs.FileInfo{}}
	if outputDir != "" {
		if info, err := os.Stat(outputDir); err == nil && info.IsDir() {
			s.output = info
		}
	}
	var wrong []error
	for _, arg := range args {
		if err := s.argument(arg); err != nil {
			wrong = append(wrong, err)
		}
	}
	slices.SortFunc(s.in.logs, func(a, b logformat.Input) int { return strings.Compare(a.Path, b.Path) })
	if len(wrong) == 0 && len(s.in.logs) == 0 {
		wrong = append(wrong, fmt.Errorf("%s: is the output folder, which is never read as a log; give another one with -o", args[0]))
	}
	if len(wrong) == 0 {
		wrong = append(wrong, s.in.probe(ctx))
	}
	if err := errors.Join(wrong...); err != nil {
		s.in.close()
		return nil, err
	}
	return s.in, nil
}

func (s *search) argument(arg string) error {
	if arg == standardInput {
		if s.spooled {
			return nil
		}
		s.spooled = true
		return s.spool(arg, s.stdin)
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return s.folder(arg)
	case err == nil:
		return s.file(arg, info, false)
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?[{"):
		return s.glob(arg)
	case errors.Is(err, fs.ErrNotExist) && slices.Contains(config.ObscureModes, arg):
		return fmt.Errorf("%s: no such file or folder; if it is said of --obscure, write --obscure=%[1]s", arg)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file or folder; check the name, or give - to read standard input", arg)
	default:
		return unreadable(arg, err)
	}
}

// glob expands a pattern that was quoted, or that the shell did not expand.
func (s *search) glob(pattern string) error {
	if !doublestar.ValidatePathPattern(pattern) {
		return fmt.Errorf("%s: no such file, and no valid glob: a bracket or a brace is not closed", pattern)
	}
	names, err := doublestar.FilepathGlob(pattern)
	if err != nil {
		return unreadable(pattern, err)
	}
	base, _ := doublestar.SplitPattern(filepath.ToSlash(pattern))
	matched := false
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return unreadable(name, err)
		}
		if info.IsDir() || s.isOurs(name) || s.belowOutput(name, filepath.FromSlash(base)) {
			continue
		}
		matched = true
		if err := s.file(name, info, true); err != nil {
			return err
		}
	}
	if !matched {
		return fmt.Errorf("%s: no file matches; check the pattern, where ** stands for any folders", pattern)
	}
	return nil
}

// folder takes every file below root, apart from hidden ones and from the output folder. A link to
// a file is followed, a link to a folder is not: it may lead back.
func (s *search) folder(root string) error {
	if info, err := os.Stat(root); err == nil && s.isOutput(info) {
		// As in "practicum report *", where the folder of the last report is among the logs.
		s.in.warnings = append(s.in.warnings, warning{filepath.ToSlash(root), "passed over: it is the output folder, which is never read as a log"})
		return nil
	}
	empty := true
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return unreadable(name, err)
		}
		if name == root {
			return nil
		}
		hidden := strings.HasPrefix(entry.Name(), ".")
		if entry.IsDir() {
			info, err := entry.Info()
			if err != nil {
				return unreadable(name, err)
			}
			if hidden || s.isOutput(info) {
				return filepath.SkipDir
			}
			return nil
		}
		if hidden {
			return nil
		}
		info, err := os.Stat(name)
		if err != nil && entry.Type()&fs.ModeSymlink != 0 {
			s.in.warnings = append(s.in.warnings, warning{filepath.ToSlash(name), "passed over: the link leads nowhere (" + reason(err) + ")"})
			return nil
		}
		if err != nil {
			return unreadable(name, err)
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		empty = false
		return s.file(name, info, true)
	})
	if err == nil && empty {
		err = fmt.Errorf("%s: no log in this folder (hidden files are passed over); name another folder, or a file", root)
	}
	return err
}

func (s *search) isOutput(info fs.FileInfo) bool {
	return s.output != nil && os.SameFile(s.output, info)
}

// belowOutput reports whether name lies in the output folder, and that one below base: a glob that
// starts at the output folder itself means the logs in it.
func (s *search) belowOutput(name, base string) bool {
	if s.output == nil {
		return false
	}
	for dir := filepath.Dir(name); dir != filepath.Clean(base) && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && s.isOutput(info) {
			return true
		}
	}
	return false
}

// isOurs reports whether name is one of the report's own files in the output folder.
func (s *search) isOurs(name string) bool {
	if s.output == nil || !slices.Contains(ours, filepath.Base(name)) {
		return false
	}
	parent, err := os.Stat(filepath.Dir(name))
	return err == nil && s.isOutput(parent)
}

// file takes one file, unless it was taken already under this or another name.
func (s *search) file(name string, info fs.FileInfo, found bool) error {
	shown := filepath.ToSlash(name)
	if found {
		shown = path.Clean(shown)
	}
	if s.isOurs(name) {
		return fmt.Errorf("%s: is the report's own file, not a log; give another output folder with -o", name)
	}
	if info.Mode()&fs.ModeNamedPipe != 0 { // practicum report <(zcat old.gz)
		f, err := os.Open(name)
		if err != nil {
			return unreadable(name, err)
		}
		defer f.Close()
		return s.spool(shown, f)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: is a device or a socket, not a log; give a file, a folder or -", name)
	}
	id := identity{info.Size(), info.ModTime().UnixNano()}
	for _, other := range s.seen[id] {
		if os.SameFile(other, info) {
			return nil
		}
	}
	f, err := os.Open(name) // now, so that nobody waits for a report that cannot be made
	if err != nil {
		return unreadable(name, err)
	}
	f.Close()
	s.seen[id] = append(s.seen[id], info)
	s.add(logformat.Input{Path: shown, ModTime: info.ModTime(), Size: info.Size(), Open: func() (io.ReadCloser, error) { return openSame(name, info) }}, found)
	return nil
}

// openSame opens a log that is read more than once, as long as it was when it was found: what is written behind that
// belongs to the next run. A log that became shorter, or another file, in the meantime is an error.
func openSame(name string, was fs.FileInfo) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !os.SameFile(was, info):
		err = errors.New("was replaced by another file while it was read; run again when it is rotated, or give a copy")
	case info.Size() < was.Size():
		err = errors.New("became shorter while it was read; run again, or give a copy")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	if was.Size() == 0 { // as the files of /proc
		return f, nil
	}
	return struct {
		*io.SectionReader
		io.Closer
	}{io.NewSectionReader(f, 0, was.Size()), f}, nil
}

// spool copies what can be read only once to a temporary file, because logs are read twice. Its
// time is that of the run.
func (s *search) spool(shown string, r io.Reader) error {
	f, err := os.CreateTemp("", "practicum-*.log")
	if err != nil {
		return fmt.Errorf("%s: cannot be kept in a temporary file (%s); set TMPDIR to a folder with room", shown, reason(err))
	}
	name := f.Name()
	s.in.spooled = append(s.in.spooled, name)
	copied := make(chan error, 1)
	var size int64
	go func() {
		var err error
		size, err = io.Copy(f, r)
		if e := f.Close(); err == nil {
			err = e
		}
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-s.ctx.Done(): // a read from a terminal cannot be ended otherwise
		return s.ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be read to its end (%s); save it to a file and give that", shown, reason(err))
	}
	s.add(logformat.Input{Path: shown, ModTime: s.now, Size: size, Open: func() (io.ReadCloser, error) { return os.Open(name) }}, false)
	return nil
}

func (s *search) add(log logformat.Input, found bool) {
	s.in.logs = append(s.in.logs, log)
	if found {
		s.in.found[log.Path] = true
	}
}

// probe looks at the beginning of each log, so that what cannot be read is known before the long
// work begins. A binary file that lay in a folder is passed over; one that was named is an error.
func (in *inputs) probe(ctx context.Context) error {
	var wrong []error
	var last error
	logs := in.logs[:0:0]
	for _, log := range in.logs {
		err := probe(ctx, log)
		bad, ok := errors.AsType[*logformat.InputError](err)
		if ok && bad.Binary && isPartial(log) {
			bad.Err, bad.Hint = errors.New("this is what logs said (--partial-out), and no log"), "make a report of such files with practicum merge"
		}
		switch {
		case err == nil:
			logs = append(logs, log)
		case ok && bad.Binary && in.found[log.Path]:
			in.warnings = append(in.warnings, warning{log.Path, "passed over: " + bad.Err.Error()})
			last = fmt.Errorf("%s: no log among the files; the last one was passed over because %w", log.Path, bad.Err)
		default:
			wrong = append(wrong, err)
		}
	}
	in.logs = logs
	if len(logs) == 0 && len(wrong) == 0 {
		return last
	}
	return errors.Join(wrong...)
}

// isPartial reports whether a file is one for practicum merge.
func isPartial(log logformat.Input) bool {
	r, err := log.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(r, head)
	return pipeline.IsPartial(head[:n])
}

// probe reads a log up to its first record. Without log formats, that is its first line.
func probe(ctx context.Context, log logformat.Input) error {
	enough := errors.New("enough was read")
	_, err := logformat.Read(ctx, log, 0, logformat.NewClock(nil, 1970), nil, func(*logformat.Record) error { return enough })
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

func unreadable(name string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s: cannot be read (%s); check its permissions, or run as a user who may", name, reason(err))
	}
	return fmt.Errorf("%s: cannot be read (%s)", name, reason(err))
}

// reason is the system's word for a failure without the path, which the message names anyway.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"practicum/analysis/enrich"
	"practicum/config"
)

// maxLookup is how large a database or a list may be: a larger file is none.
const maxLookup = 1 << 30

// lookUp opens the site's databases and lists.
func (p *program) lookUp(o *config.Options) error {
	if len(o.Lookups.Files()) == 0 {
		return nil
	}
	if o.Obscure.Mode != "" {
		o.Lookups = config.Lookups{}
		p.warn("--obscure", "sources are not looked up in databases and lists, because pseudonyms stand for their addresses")
		return nil
	}
	var wrong []error
	var databases []*enrich.Database
	var lists []*enrich.List
	for _, name := range o.Lookups.Databases {
		data, _, err := readLookup(name)
		if err == nil {
			var d *enrich.Database
			d, err = enrich.OpenDatabase(filepath.ToSlash(name), data)
			databases = append(databases, d)
		}
		wrong = append(wrong, err)
	}
	for _, l := range o.Lookups.Lists {
		data, modified, err := readLookup(l.File)
		if err == nil {
			var list *enrich.List
			list, err = enrich.ReadList(l.Name, filepath.ToSlash(l.File), l.Meaning, data, modified)
			lists = append(lists, list)
		}
		wrong = append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return &usageError{err}
	}
	o.Analysis.Enrich = enrich.NewSet(databases, lists)
	return nil
}

// missingLookup is the first file that flags name and that is not there; empty for none.
func missingLookup(flags *pflag.FlagSet) string {
	names, _ := flags.GetStringArray("geo")
	lists, _ := flags.GetStringArray("list")
	for _, text := range lists {
		_, file, _ := strings.Cut(text, "=")
		names = append(names, file)
	}
	for _, name := range names {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return name
		}
	}
	return ""
}

// readLookup reads a file with its time.
func readLookup(name string) (data []byte, modified time.Time, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, modified, unreadable(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, modified, unreadable(name, err)
	case !info.Mode().IsRegular():
		return nil, modified, unreadable(name, errors.New("is no file"))
	case info.Size() > maxLookup:
		return nil, modified, unreadable(name, errors.New("is larger than 1 GB"))
	}
	if data, err = io.ReadAll(f); err != nil {
		return nil, modified, unreadable(name, err)
	}
	return data, info.ModTime(), nil
}

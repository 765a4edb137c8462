package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"practicum/analysis"
)

// Lookups are files that sources are looked up in, in the order in which they are asked.
type Lookups struct {
	Databases []string
	Lists     []NamedList
}

// NamedList is a list with what it means to be on it.
type NamedList struct {
	Name    string
	File    string
	Meaning analysis.Meaning
}

// Files are all of them.
func (l Lookups) Files() []string {
	files := slices.Clone(l.Databases)
	for _, x := range l.Lists {
		files = append(files, x.File)
	}
	return files
}

// lookups are the files of the configuration, from its own folder, and then those of flags.
func (r *resolver) lookups() Lookups {
	l := Lookups{Databases: r.files("enrich.databases", r.s.Enrich.Databases, "name a file that ends in .mmdb")}
	for _, name := range r.s.looked {
		if name == "" {
			r.wrongf("--geo", "is empty; name a file that ends in .mmdb")
		}
		l.Databases = append(l.Databases, name)
	}
	for i, x := range r.s.Enrich.Lists {
		key := fmt.Sprintf("enrich.lists[%d]", i)
		n := NamedList{
			Name: r.required(key+".name", x.Name, "reports call the list by it"),
			File: r.required(key+".file", x.File, "name a file with an address or a network a line"),
		}
		if n.File != "" && !filepath.IsAbs(n.File) {
			n.File = filepath.Join(filepath.Dir(r.s.Path), n.File)
		}
		n.Meaning = analysis.MeaningKnown
		if x.Meaning != "" {
			n.Meaning = r.meaning(key+".meaning", x.Meaning)
		}
		l.Lists = append(l.Lists, n)
	}
	for _, text := range r.s.listed {
		const flag = "--list"
		name, file, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(name) == "" || file == "" {
			r.wrongf(flag, "%q is not NAME=FILE; write dshield=block.txt, or with what it means allow:scanners=ours.txt", text)
			continue
		}
		n := NamedList{File: file, Meaning: analysis.MeaningKnown}
		if meaning, rest, ok := strings.Cut(name, ":"); ok {
			name = rest
			n.Meaning = r.meaning(flag, meaning)
		}
		n.Name = r.required(flag, name, "write NAME=FILE")
		l.Lists = append(l.Lists, n)
	}
	return l
}

func (r *resolver) meaning(key, text string) analysis.Meaning {
	var known []string
	for _, m := range analysis.Meanings {
		known = append(known, string(m))
	}
	if !slices.Contains(known, text) {
		r.wrongf(key, "%q is not what a list can mean; there are %s%s", text, strings.Join(known, ", "), meant(text, known))
	}
	return analysis.Meaning(text)
}

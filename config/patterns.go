package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/go-viper/mapstructure/v2"

	"practicum/analysis/pattern"
)

// PatternFile is the shape of a file that teaches messages and log formats.
type PatternFile struct {
	Patterns []Pattern `mapstructure:"patterns"`
}

// Pattern teaches one message: inside syslog, of the programs that it names, or on a line by itself
// with a stamp of its own.
type Pattern struct {
	Name    string   `mapstructure:"name"`    // of the log format, in lower-case words joined by hyphens
	Title   string   `mapstructure:"title"`   // what writes it, in words
	Program []string `mapstructure:"program"` // as syslog headers have it
	// Pattern is the whole message with fields in braces: refused {user} from {source.ip}.
	Pattern string `mapstructure:"pattern"`
	// Regexp is a regular expression (RE2) with groups such as (?P<source_ip>…) in its place.
	Regexp string `mapstructure:"regexp"`
	Stamp  string `mapstructure:"stamp"` // the form of {time}, as strftime has it; iso8601; epoch
	Zone   string `mapstructure:"zone"`  // of stamps that name none, where it is not that of clock.tz
	Is     string `mapstructure:"is"`    // event, context or benign
	Try    string `mapstructure:"try"`   // session, connection, packet or none
	// Set are fields that are always the same: {action: failed, service: ssh}.
	Set map[string]string `mapstructure:"set"`
	// Actions say what the words in the place of {action} mean: {DROP: blocked}.
	Actions map[string]string `mapstructure:"actions"`
	// Kind makes the event a detect of a kind of the catalogue.
	Kind string `mapstructure:"kind"`
	// Threshold is how many records of one source within a time make it one.
	Threshold *Threshold `mapstructure:"threshold"`
	Hits      []Hit      `mapstructure:"hits"`   // lines that the pattern takes
	Misses    []string   `mapstructure:"misses"` // lines that it must not take
}

// Threshold is written as {count: 5, within: 1m}.
type Threshold struct {
	Count  string `mapstructure:"count"`
	Within string `mapstructure:"within"`
}

// Hit is a sample, and what it must give: {line: …, gives: {user: root}}; or the line alone.
type Hit struct {
	Line  string            `mapstructure:"line"`
	Gives map[string]string `mapstructure:"gives"`
}

// PatternFiles are the files with patterns of the site's own, those of the configuration first.
func (s *Settings) PatternFiles() ([]string, error) {
	r := resolver{s: s}
	list := r.files("patterns", s.Patterns, "name a file with patterns")
	for _, name := range s.taught {
		if name == "" {
			r.ps.add("--patterns", "", "is empty; name a file with patterns")
		}
		list = append(list, name)
	}
	return list, r.ps.err()
}

// ReadPatterns reads pattern files and judges them one by one and together.
func ReadPatterns(paths []string) (*pattern.Set, error) {
	var all []*pattern.Pattern
	var wrong []error
	var seen []string
	for _, path := range paths {
		if slices.Contains(seen, filepath.Clean(path)) {
			continue
		}
		seen = append(seen, filepath.Clean(path))
		data, err := readFile(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		list, err := parsePatterns(path, data)
		if err != nil {
			wrong = append(wrong, err)
		}
		all = append(all, list...)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return pattern.NewSet(all)
}

// parsePatterns reads the bytes of a pattern file.
func parsePatterns(path string, data []byte) ([]*pattern.Pattern, error) {
	t, err := parse(path, data)
	if err != nil {
		return nil, &Problem{Place: path, Text: err.Error()}
	}
	var ps problems
	t = fitStruct(&ps, path, "", reflect.TypeFor[PatternFile](), t)
	if err := ps.err(); err != nil {
		return nil, err
	}
	var file PatternFile
	if err := mapstructure.Decode(t, &file); err != nil {
		return nil, &Problem{Place: path, Text: oneLine(err.Error())}
	}
	if len(file.Patterns) == 0 {
		return nil, &Problem{Place: path, Text: "has no patterns; write a list of them below the key patterns, as practicum formats teach LOG does"}
	}
	r := resolver{s: &Settings{Path: path}}
	var list []*pattern.Pattern
	for i, x := range file.Patterns {
		key := fmt.Sprintf("patterns[%d]", i)
		p, err := pattern.New(r.spec(key, x))
		for _, e := range joined(err) {
			if at, ok := errors.AsType[*pattern.FieldError](e); ok {
				r.wrongf(key+"."+at.Key, "%s", at.Text)
			} else {
				r.wrong(key, e)
			}
		}
		if err == nil {
			list = append(list, p)
		}
	}
	return list, r.ps.err()
}

// joined parts an error that errors.Join made.
func joined(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

func (r *resolver) spec(key string, x Pattern) pattern.Spec {
	spec := pattern.Spec{
		Place: r.s.Path + ": " + key, Name: r.text(key+".name", x.Name), Title: r.text(key+".title", x.Title),
		Programs: x.Program, Text: x.Pattern, Regexp: x.Regexp, Stamp: x.Stamp, Is: x.Is, Try: x.Try,
		Set: x.Set, Actions: x.Actions, Kind: x.Kind, Misses: x.Misses,
	}
	if x.Zone != "" {
		var err error
		if spec.Zone, err = zone(x.Zone); err != nil {
			r.wrong(key+".zone", err)
		}
	}
	if x.Threshold != nil {
		spec.Threshold.Count = r.number(key+".threshold.count", x.Threshold.Count, 2, 1_000_000)
		spec.Threshold.Within = time.Minute
		if x.Threshold.Within == "" {
			r.wrongf(key+".threshold.within", "is missing; write in which time, such as 1m or 24h")
		} else {
			spec.Threshold.Within = r.duration(key+".threshold.within", x.Threshold.Within)
		}
	}
	for i, h := range x.Hits {
		at := fmt.Sprintf("%s.hits[%d]", key, i)
		if h.Line == "" {
			r.wrongf(at+".line", "is missing; give a line as the log has it")
		}
		for _, field := range slices.Sorted(maps.Keys(h.Gives)) {
			if !slices.Contains(pattern.Given, field) {
				r.wrongf(at+".gives."+field, "is not what a line can give%s", meant(field, pattern.Given))
			}
		}
		spec.Hits = append(spec.Hits, pattern.Hit{Line: h.Line, Gives: h.Gives})
	}
	return spec
}

// Teach gives the run its patterns, once the catalogue is read that their kinds are looked up in.
func (o *Options) Teach(set *pattern.Set) error {
	var ps problems
	for _, p := range set.Patterns {
		if p.Kind == "" {
			continue
		}
		if _, ok := o.Analysis.Site.Catalogue.Kind(p.Kind); ok {
			continue
		}
		var ids []string
		for _, k := range o.Analysis.Site.Catalogue.Kinds() {
			ids = append(ids, k.ID)
		}
		ps.add(p.Place+".kind", "", "%q is not the id of a kind%s; practicum explain kind lists them, and a catalogue of the site's own adds to them", p.Kind, meant(p.Kind, ids))
	}
	if err := ps.err(); err != nil {
		return err
	}
	o.Patterns = set
	return o.Analysis.Teach(set)
}

package pattern

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// Set are the patterns of a run, in the order in which they are asked. A nil Set has none.
type Set struct{ Patterns []*Pattern }

// NewSet puts patterns together, and says which of them cannot stand together: two of one name,
// and two that take the same sample.
func NewSet(patterns []*Pattern) (*Set, error) {
	var wrong []error
	names := map[string]*Pattern{}
	for _, p := range patterns {
		if first := names[p.Name]; first != nil {
			wrong = append(wrong, fmt.Errorf("%s.name: %q is the name of %s too; each pattern needs its own", p.Place, p.Name, first.Place))
			continue
		}
		names[p.Name] = p
	}
	for i, p := range patterns {
		for j, hit := range p.Hits {
			for k, other := range patterns {
				if k == i || names[other.Name] != other {
					continue
				}
				if r := read(hit.Line, []logformat.Format{other.Format}); r.Format != "" {
					wrong = append(wrong, fmt.Errorf("%s.hits[%d]: both %s and %s (%s) take this line; make one of them say more, or give one a miss of the other's",
						p.Place, j, p.Name, other.Name, other.Place))
				}
			}
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return &Set{patterns}, nil
}

// Formats are the log formats of a run: the built-in ones, then the patterns.
func (s *Set) Formats() []logformat.Format {
	if s == nil || len(s.Patterns) == 0 {
		return logformat.Formats
	}
	all := slices.Clone(logformat.Formats)
	for _, p := range s.Patterns {
		all = append(all, p.Format)
	}
	return all
}

// Result is what a sample gave.
type Result struct {
	Pattern string            `json:"pattern"`
	Place   string            `json:"place"` // the file, the entry and the sample
	Line    string            `json:"line"`
	Hit     bool              `json:"hit"` // the pattern should take the line
	OK      bool              `json:"ok"`
	Problem string            `json:"problem,omitempty"`
	Gave    map[string]string `json:"gave"`
	Wanted  map[string]string `json:"wanted,omitempty"`
}

// Test reads every sample, as a log of the whole run would be read.
func (s *Set) Test() []Result {
	if s == nil {
		return nil
	}
	formats := s.Formats()
	var all []Result
	for _, p := range s.Patterns {
		for i, hit := range p.Hits {
			r := Result{Pattern: p.Name, Place: fmt.Sprintf("%s.hits[%d]", p.Place, i), Line: hit.Line, Hit: true, Wanted: hit.Gives}
			got := read(hit.Line, formats)
			r.Gave, r.Problem = got.values, p.judge(hit, got)
			r.OK = r.Problem == ""
			all = append(all, r)
		}
		for i, line := range p.Misses {
			r := Result{Pattern: p.Name, Place: fmt.Sprintf("%s.misses[%d]", p.Place, i), Line: line}
			got := read(line, []logformat.Format{p.Format})
			r.Gave = got.values
			if got.Format != "" {
				r.Problem = "the pattern takes this line, which it should not"
			}
			r.OK = r.Problem == ""
			all = append(all, r)
		}
	}
	return all
}

// judge says what is wrong with what a hit gave; empty when nothing is.
func (p *Pattern) judge(hit Hit, got reading) string {
	switch {
	case got.lines > 1:
		return "this is more than one line; a pattern is of one line"
	case got.Format == "" && got.Warning != "":
		return "not taken: " + got.Warning
	case got.Format == "":
		return "not taken: " + p.why(hit.Line)
	case got.Format != p.Name:
		return fmt.Sprintf("the log format %s takes this line, and the built-in ones are asked first; --log-format %s=GLOB overrules it for the logs that match", got.Format, p.Name)
	}
	var wrong []string
	for _, field := range slices.Sorted(maps.Keys(hit.Gives)) {
		if want := hit.Gives[field]; got.values[field] != want {
			wrong = append(wrong, fmt.Sprintf("%s is %q, not %q", field, got.values[field], want))
		}
	}
	return strings.Join(wrong, "; ")
}

// why says in which respect a line is not of the pattern.
func (p *Pattern) why(line string) string {
	program, message := logformat.Envelope(line)
	switch {
	case len(p.Programs) > 0 && program == "":
		return "it has no syslog header, which a pattern with program needs"
	case len(p.Programs) > 0 && !slices.Contains(p.Programs, program):
		return fmt.Sprintf("it is of the program %q, not of %s", program, strings.Join(p.Programs, " or "))
	case len(p.Programs) == 0:
		message = strings.TrimSpace(line)
	}
	if !p.re.MatchString(message) {
		return "the pattern does not fit the whole message" + p.fitsAsFar(message)
	}
	return "the stamp cannot be read as " + p.Stamp
}

// fitsAsFar says how far a message fits a pattern that is written as a text.
func (p *Pattern) fitsAsFar(message string) string {
	if p.Text == "" {
		return ""
	}
	words := strings.Fields(p.Text)
	for n := len(words) - 1; n > 0; n-- {
		expr, err := expression(strings.Join(words[:n], " "), max(len(strings.Fields(p.Stamp)), 1))
		if err != nil {
			continue
		}
		if re, err := compilePrefix(expr); err == nil && re.MatchString(message) {
			return fmt.Sprintf(": it does as far as %q", strings.Join(words[:n], " "))
		}
	}
	return fmt.Sprintf(": not even %q does", words[0])
}

// reading is what became of one line.
type reading struct {
	Format, Warning string
	lines           int
	values          map[string]string
}

// sampleYear is the year of stamps in samples that have none.
const sampleYear = 2000

func read(line string, formats []logformat.Format) reading {
	in := logformat.Input{Path: "sample", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(line))), nil }}
	var out reading
	_, err := logformat.Read(context.Background(), in, 0, logformat.NewClock(time.UTC, sampleYear), formats, func(r *logformat.Record) error {
		out.lines++
		if out.lines > 1 {
			return nil
		}
		out.Format, out.Warning, out.values = r.Format, strings.Clone(r.Warning), map[string]string{}
		if r.Format != "" {
			out.values["format"], out.values["is"] = r.Format, "benign"
		}
		if r.Event != nil {
			values(r.Event, out.values)
		}
		return nil
	})
	if err != nil {
		out.Warning = err.Error()
	}
	return out
}

// Given are what a sample can be expected to give, besides the fields.
var Given = slices.Concat(Fields[:len(Fields)-1], []string{"format", "is", "program", "message"})

// values lists what an event says, by the names of Fields.
func values(e *analysis.Event, to map[string]string) {
	put := func(name, value string) {
		if value != "" {
			to[name] = strings.Clone(value)
		}
	}
	if to["is"] = "event"; e.Context {
		to["is"] = "context"
	}
	put("time", e.Time.UTC().Format(time.RFC3339Nano))
	put("host", e.Host)
	put("program", e.Program)
	for _, side := range []struct {
		name string
		of   analysis.Endpoint
	}{{"source", e.Source}, {"target", e.Target}} {
		ip := ""
		if side.of.IP.IsValid() {
			ip = side.of.IP.String()
		}
		put(side.name+".ip", ip)
		put(side.name+".name", side.of.Name)
		put(side.name, cmp.Or(ip, side.of.Name))
		if side.of.Port != 0 {
			put(side.name+".port", strconv.Itoa(int(side.of.Port)))
		}
	}
	put("proto", e.Proto)
	put("service", e.Service)
	put("user", e.User)
	put("action", string(e.Action))
	put("signature", e.Signature)
	put("message", e.Message)
	put("count", strconv.Itoa(max(e.Count, 1)))
}

package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"practicum/analysis"
	"practicum/analysis/workers"
	"practicum/render/safe"
)

// JSON writes r as report.json: indented, lists never null, and every hidden character as an
// escape, so that the file is safe to look at in a terminal.
func JSON(w io.Writer, r *analysis.Report) error {
	whole := withLists(r)
	incidents := whole.Incidents
	whole.Incidents = []analysis.ScoredIncident{}
	frame, err := encoded(whole, 0)
	if err != nil {
		return err
	}
	// Incidents are nearly all of a large report.
	texts, failed := make([][]byte, len(incidents)), make([]error, len(incidents))
	workers.Each(besides, len(incidents), 1, nil, func(_, i int) { texts[i], failed[i] = encoded(&incidents[i], 2) })
	if err := errors.Join(failed...); err != nil {
		return err
	}
	pieces := [][]byte{frame}
	if len(texts) > 0 {
		const none = "\n  \"incidents\": [" // no text of the frame has a line end
		at := bytes.Index(frame, []byte(none+"]")) + len(none)
		pieces = [][]byte{frame[:at]}
		for i, text := range texts {
			if i > 0 {
				pieces = append(pieces, []byte(","))
			}
			pieces = append(pieces, []byte("\n    "), text)
		}
		pieces = append(pieces, []byte("\n  "), frame[at:])
	}
	size := 1
	for _, p := range pieces {
		size += len(p)
	}
	if b, ok := w.(interface{ Grow(int) }); ok {
		b.Grow(size)
	}
	for _, p := range append(pieces, []byte("\n")) {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// besides is how many incidents are made side by side, where there are as many processors.
const besides = 8

// encoded is the JSON of a part of a report that stands so many levels deep.
func encoded(v any, level int) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("report.json: %w", err)
	}
	return safe.JSON(indented(bytes.TrimSuffix(b.Bytes(), []byte("\n")), level)), nil
}

// indented is what json.Indent makes of a text without blanks that stands so many levels deep, with two blanks a level: it need not
// look whether it is JSON. A report of many attempts has tens of megabytes.
func indented(b []byte, level int) []byte {
	const blanks = "                                                                "
	out := make([]byte, 0, len(b)+len(b)/2)
	line := func() {
		out = append(out, '\n')
		for n := 2 * level; n > 0; n -= len(blanks) {
			out = append(out, blanks[:min(n, len(blanks))]...)
		}
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case '"':
			end := i + 1
			for b[end] != '"' {
				if b[end] == '\\' {
					end++
				}
				end++
			}
			out = append(out, b[i:end+1]...)
			i = end
		case '{', '[':
			out = append(out, c)
			if next := b[i+1]; next == '}' || next == ']' {
				out = append(out, next)
				i++
				continue
			}
			level++
			line()
		case '}', ']':
			level--
			line()
			out = append(out, c)
		case ',':
			out = append(out, c)
			line()
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
	}
	return out
}

// list returns s, and an empty list for none: readers of JSON need not tell the two apart.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// withLists is r with empty lists for absent ones. It copies whatever it changes.
func withLists(r *analysis.Report) *analysis.Report {
	out := *r
	out.Incidents = make([]analysis.ScoredIncident, len(r.Incidents))
	for i, in := range r.Incidents {
		in.Kinds = list(in.Kinds)
		in.Sources = list(in.Sources)
		in.Targets = list(in.Targets)
		in.Services = list(in.Services)
		in.Formats = list(in.Formats)
		in.Hosts = list(in.Hosts)
		in.Evidence = list(in.Evidence)
		in.Prompts = list(in.Prompts)
		observations := make([]analysis.Observation, len(in.Observations))
		for j, o := range in.Observations {
			o.Evidence = list(o.Evidence)
			observations[j] = o
		}
		in.Observations = observations
		out.Incidents[i] = in
	}
	out.Inputs = make([]analysis.Input, len(r.Inputs))
	for i, in := range r.Inputs {
		in.Formats = list(in.Formats)
		out.Inputs[i] = in
	}
	out.Background.Tables = make([]analysis.BackgroundTable, len(r.Background.Tables))
	for i, t := range r.Background.Tables {
		t.Rows = list(t.Rows)
		out.Background.Tables[i] = t
	}
	out.Warnings = list(r.Warnings)
	out.Clock = list(r.Clock)
	out.Unrecognised = list(r.Unrecognised)
	out.Ignored = list(r.Ignored)
	coverage := analysis.Coverage{}
	if r.Coverage != nil {
		coverage = *r.Coverage
	}
	coverage.Programs = list(coverage.Programs)
	out.Coverage = &coverage
	return &out
}

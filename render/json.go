package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"practicum/analysis"
	"practicum/render/safe"
)

// JSON writes r as report.json: indented, lists never null, and every hidden character as an
// escape, so that the file is safe to look at in a terminal.
func JSON(w io.Writer, r *analysis.Report) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(withLists(r)); err != nil {
		return fmt.Errorf("report.json: %w", err)
	}
	_, err := w.Write(escapeHidden(b.Bytes()))
	return err
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

// escapeHidden writes characters that package safe would show as stand-ins, which can only
// stand inside strings, as \u escapes: the value that a reader of JSON gets is the same.
func escapeHidden(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		c := string(b[:n])
		switch {
		case r == '\n' || r < utf8.RuneSelf && r >= ' ' && r != 0x7F || r == '‹' || safe.Line(c) == c:
			out = append(out, c...)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}

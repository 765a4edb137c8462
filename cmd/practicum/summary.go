package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/severity"
	"practicum/render/draft"
	"practicum/render/safe"
)

// summary is what a run has written and found, and what is still open.
type summary struct {
	Files      []string        `json:"files"`
	Incidents  int             `json:"incidents"` // the background's included
	Background int             `json:"background"`
	Bands      map[string]int  `json:"bands"` // of the incidents told in full; "" for those not rated
	Worst      *worst          `json:"worst,omitempty"`
	Ledger     analysis.Ledger `json:"ledger"`
	Open       openWork        `json:"open"`

	edit, look string // the files to edit and to look at
}

// worst is the most severe incident.
type worst struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Low    int    `json:"low"`
	High   int    `json:"high"`
	Band   string `json:"band"`
}

// openWork is what a report still waits for.
type openWork struct {
	Prompts     int `json:"prompts"`
	Analyses    int `json:"analyses"`
	Suggestions int `json:"suggestions"`
}

func newSummary(r *analysis.Report, files []outputFile) *summary {
	s := &summary{
		Files: []string{}, Incidents: len(r.Incidents) + r.Background.Incidents, Background: r.Background.Incidents,
		Bands: map[string]int{}, Ledger: r.Ledger,
	}
	for _, f := range files {
		name := safe.Line(filepath.ToSlash(f.path))
		switch filepath.Base(f.path) {
		case baseName: // ours, not the reader's
			continue
		case reportName:
			s.edit = name
			s.Open = openIn(f.data)
		default:
			if s.look == "" {
				s.look = name
			}
		}
		s.Files = append(s.Files, name)
	}
	for i := range r.Incidents {
		in := &r.Incidents[i]
		s.Bands[string(in.Severity.Band)]++
		if in.Severity.Band != "" && (s.Worst == nil || in.Severity.High > s.Worst.High) {
			s.Worst = &worst{in.Number, in.Title, in.Severity.Low, in.Severity.High, string(in.Severity.Band)}
		}
	}
	return s
}

// json prints the summary for scripts.
func (s *summary) json(w io.Writer, _ bool) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

// text prints the summary for a person, with colours where they are wanted.
func (s *summary) text(w io.Writer, colours bool) error {
	var b strings.Builder
	for _, name := range s.Files {
		fmt.Fprintf(&b, "wrote %s\n", name)
	}
	fmt.Fprintf(&b, "\n%s", count(s.Incidents, "incident"))
	var bands []string
	for _, band := range slices.Backward(analysis.Bands[:]) {
		if n := s.Bands[string(band)]; n > 0 {
			bands = append(bands, paint(fmt.Sprintf("%d %s", n, band), band, colours))
		}
	}
	if n := s.Bands[""]; n > 0 {
		bands = append(bands, fmt.Sprintf("%d not rated", n))
	}
	if len(bands) > 0 {
		fmt.Fprintf(&b, ": %s", strings.Join(bands, ", "))
	}
	if s.Background > 0 {
		fmt.Fprintf(&b, "; %d more in the background tables", s.Background)
	}
	b.WriteString("\n")
	if s.Worst != nil {
		fmt.Fprintf(&b, "most severe: incident %d, %s (%s)\n", s.Worst.Number, safe.Line(s.Worst.Title), severity.Interval(s.Worst.Low, s.Worst.High))
	}
	l := s.Ledger
	fmt.Fprintf(&b, "%s: %d in incidents, %d benign, %d unrecognised, %d blank\n", count(l.Lines, "line"), l.Incident, l.Benign, l.Unrecognised, l.Blank)
	if left := s.Open.words(); left != "" {
		fmt.Fprintf(&b, "open: %s\n", left)
	}
	switch {
	case s.edit != "" && s.Open.Prompts+s.Open.Analyses > 0:
		fmt.Fprintf(&b, "\nnext: answer the prompts in %s, then: practicum render %s\n", s.edit, shellWord(s.edit))
	case s.edit != "":
		fmt.Fprintf(&b, "\nnext: read %s\n", s.edit)
	case s.look != "":
		fmt.Fprintf(&b, "\nnext: open %s\n", s.look)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// colours reports whether a stream may be coloured: it is a terminal that can, and NO_COLOR
// (no-color.org) does not forbid it.
func (p *program) colours(w io.Writer) bool {
	if !isTerminal(w) {
		return false
	}
	for _, variable := range p.env {
		name, value, _ := strings.Cut(variable, "=")
		if name == "NO_COLOR" && value != "" || name == "TERM" && value == "dumb" {
			return false
		}
	}
	return true
}

// paint colours words by their band. The words alone say the same.
func paint(words string, band analysis.Band, colours bool) string {
	codes := map[analysis.Band]string{analysis.BandSevere: "1;31", analysis.BandHigh: "31", analysis.BandElevated: "33", analysis.BandGuarded: "36", analysis.BandLow: "2"}
	code := codes[band]
	if !colours || code == "" {
		return words
	}
	return "\x1b[" + code + "m" + words + "\x1b[0m"
}

// openIn counts what a report still waits for.
func openIn(md []byte) (open openWork) {
	d, err := draft.Parse(md)
	if err != nil || md == nil {
		return open
	}
	for _, s := range d.Sections {
		for _, b := range s.Blocks() {
			switch {
			case b.Kind == draft.Analyst && !b.Written():
				open.Analyses++
			case b.Kind == draft.Quote && strings.Contains(b.Norm, "<!-- suggested:"):
				open.Suggestions++
			}
		}
		for _, p := range s.Prompts() {
			if !p.Answered {
				open.Prompts++
			}
		}
	}
	return open
}

func (o openWork) words() string {
	var parts []string
	if o.Prompts > 0 {
		parts = append(parts, count(o.Prompts, "prompt"))
	}
	if o.Analyses == 1 {
		parts = append(parts, "1 analysis")
	} else if o.Analyses > 1 {
		parts = append(parts, fmt.Sprintf("%d analyses", o.Analyses))
	}
	if o.Suggestions > 0 {
		parts = append(parts, count(o.Suggestions, "suggestion")+" beside your text")
	}
	return strings.Join(parts, ", ")
}

// count is "1 incident" or "2 incidents".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// shellWord quotes a path so that a shell takes it as one word.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+,:@%=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/render/draft"
	"practicum/render/safe"
)

// summarise tells what a run has written and found, and what to do next.
func summarise(w io.Writer, r *analysis.Report, files []outputFile) error {
	var b strings.Builder
	var edit, open string
	var document []byte
	for _, f := range files {
		name := safe.Line(filepath.ToSlash(f.path))
		switch filepath.Base(f.path) {
		case baseName: // ours, not the reader's
			continue
		case reportName:
			edit, document = name, f.data
		default:
			if open == "" {
				open = name
			}
		}
		fmt.Fprintf(&b, "wrote %s\n", name)
	}

	told, all := len(r.Incidents), len(r.Incidents)+r.Background.Incidents
	fmt.Fprintf(&b, "\n%s", count(all, "incident"))
	if told > 0 {
		var bands []string
		for _, band := range slices.Backward(analysis.Bands[:]) {
			n := 0
			for i := range r.Incidents {
				if r.Incidents[i].Severity.Band == band {
					n++
				}
			}
			if n > 0 {
				bands = append(bands, fmt.Sprintf("%d %s", n, band))
			}
		}
		unrated := 0
		for i := range r.Incidents {
			if r.Incidents[i].Severity.Band == "" {
				unrated++
			}
		}
		if unrated > 0 {
			bands = append(bands, fmt.Sprintf("%d not rated", unrated))
		}
		fmt.Fprintf(&b, ": %s", strings.Join(bands, ", "))
	}
	if all > told {
		fmt.Fprintf(&b, "; %d more in the background tables", all-told)
	}
	b.WriteString("\n")
	l := r.Ledger
	fmt.Fprintf(&b, "%s: %d in incidents, %d benign, %d unrecognised, %d blank\n", count(l.Lines, "line"), l.Incident, l.Benign, l.Unrecognised, l.Blank)

	if left := unfinished(document); left != "" {
		fmt.Fprintf(&b, "open: %s\n", left)
	}

	switch {
	case edit != "":
		fmt.Fprintf(&b, "\nnext: answer the prompts in %s, then: practicum render %s\n", edit, shellWord(edit))
	case open != "":
		fmt.Fprintf(&b, "\nnext: open %s\n", open)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// unfinished says what a report still waits for.
func unfinished(md []byte) string {
	d, err := draft.Parse(md)
	if err != nil || md == nil {
		return ""
	}
	prompts, unwritten, suggested := 0, 0, 0
	for _, s := range d.Sections {
		for _, b := range s.Blocks() {
			switch {
			case b.Kind == draft.Analyst && !b.Written():
				unwritten++
			case b.Kind == draft.Quote && strings.Contains(b.Norm, "<!-- suggested:"):
				suggested++
			}
		}
		for _, p := range s.Prompts() {
			if !p.Answered {
				prompts++
			}
		}
	}
	var parts []string
	if prompts > 0 {
		parts = append(parts, count(prompts, "prompt"))
	}
	if unwritten == 1 {
		parts = append(parts, "1 analysis")
	} else if unwritten > 1 {
		parts = append(parts, fmt.Sprintf("%d analyses", unwritten))
	}
	if suggested > 0 {
		parts = append(parts, count(suggested, "suggestion")+" beside your text")
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

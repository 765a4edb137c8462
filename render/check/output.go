package check

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"practicum/render/safe"
)

// Text writes findings as compilers do: file:line: message [rule].
func Text(w io.Writer, findings []Finding) error {
	for _, f := range findings {
		incident := ""
		if f.Incident > 0 {
			incident = fmt.Sprintf("incident %d: ", f.Incident)
		}
		if _, err := fmt.Fprintf(w, "%s:%d: %s%s [%s]\n", safe.Line(f.File), f.Line, incident, safe.Line(f.Message), f.Rule); err != nil {
			return err
		}
	}
	return nil
}

// JSON writes findings as an array of objects.
func JSON(w io.Writer, findings []Finding) error {
	if findings == nil {
		findings = []Finding{}
	}
	return encode(w, findings)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Factors writes what was read of each severity, so that a person can compare it with the document.
func Factors(w io.Writer, reports []*Report) error {
	for _, r := range reports {
		fmt.Fprintf(w, "%s: %d of %d factors read in %d incidents\n", safe.Line(r.File), r.factorsRead(), 4*len(r.Severity), len(r.Severity))
		t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
		fmt.Fprintf(t, "incident\tcriticality\tlethality\tsystem\tnetwork\tparts make\tstated\n")
		for _, s := range r.Severity {
			fmt.Fprintf(t, "%d", s.Incident)
			for _, p := range s.Parts {
				if p.Points == "" {
					fmt.Fprint(t, "\t-")
					continue
				}
				fmt.Fprintf(t, "\t%s (line %d)", safe.Line(p.Points), p.Line)
			}
			sum := s.Sum
			if sum == "" {
				sum = "-"
			}
			var totals []string
			for _, x := range s.Totals {
				word := "agrees"
				switch {
				case s.Sum == "" && !x.Agrees:
					word = "not compared"
				case !x.Agrees:
					word = "DISAGREES"
				}
				totals = append(totals, fmt.Sprintf("%s (line %d) %s", safe.Line(x.Points), x.Line, word))
			}
			if totals == nil {
				totals = []string{"-"}
			}
			fmt.Fprintf(t, "\t%s\t%s\n", sum, strings.Join(totals, ", "))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}

func (r *Report) factorsRead() int {
	n := 0
	for _, s := range r.Severity {
		for _, p := range s.Parts {
			if p.Points != "" {
				n++
			}
		}
	}
	return n
}

// Readings are what was read of each severity, in the shape of findings: one of the rule "factor" for each
// stated part, and one of the rule "total" for each stated sum.
func (r *Report) Readings() []Finding {
	var out []Finding
	for _, s := range r.Severity {
		for _, p := range s.Parts {
			if p.Points != "" {
				out = append(out, Finding{r.File, p.Line, "factor", s.Incident, fmt.Sprintf("%s %s, from: %s", p.Name, p.Points, p.Quote)})
			}
		}
		for _, t := range s.Totals {
			text := fmt.Sprintf("stated %s, the parts make %s", t.Points, s.Sum)
			if s.Sum == "" {
				text = fmt.Sprintf("stated %s; not all parts were read", t.Points)
			}
			out = append(out, Finding{r.File, t.Line, "total", s.Incident, text})
		}
	}
	return out
}

// The parts of SARIF 2.1.0 (OASIS, 2020) that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Full  sarifText `json:"fullDescription"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation"`
	}
)

// SARIF writes findings in the Static Analysis Results Interchange Format, which editors and
// continuous integration read.
func SARIF(w io.Writer, findings []Finding, version string) error {
	var run sarifRun
	run.ColumnKind = "unicodeCodePoints"
	run.Tool.Driver = sarifDriver{Name: "practicum", Version: version}
	index := map[string]int{}
	for i, r := range Rules {
		index[r.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{r.ID, sarifText{r.Title}, sarifText{r.Explain}})
	}
	run.Results = []sarifResult{}
	for _, f := range findings {
		i, ok := index[f.Rule]
		if !ok {
			continue
		}
		level := "warning"
		if f.Rule == "severity-sum" || f.Rule == "marker-damaged" || f.Rule == "points-range" {
			level = "error"
		}
		var l sarifLocation
		l.Physical.Artifact.URI = fileURI(f.File)
		l.Physical.Region.StartLine = max(f.Line, 1)
		run.Results = append(run.Results, sarifResult{f.Rule, i, level, sarifText{safe.Line(f.Message)}, []sarifLocation{l}})
	}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// fileURI writes a path as a reference: relative ones stay relative, so that a log from one machine
// fits another.
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}

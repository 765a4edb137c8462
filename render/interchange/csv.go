package interchange

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/render/safe"
)

// csvHead names the columns. New ones are added at the end.
var csvHead = []string{"number", "id", "first", "last", "kinds", "title", "sources", "targets", "ports", "records", "lines", "attempts", "attempts_at_least", "outcome",
	"criticality_low", "criticality_high", "lethality_low", "lethality_high", "system_low", "system_high", "network_low", "network_high",
	"severity_low", "severity_high", "band", "rated_by", "site"}

// writeCSV writes one row an incident, after RFC 4180: a head, CRLF, UTF-8. Lists stand in one cell, parted by blanks and
// semicolons. What nobody rated is empty.
func writeCSV(x *export) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.Write(csvHead); err != nil {
		return nil, err
	}
	for i := range x.Incidents {
		in := &x.Incidents[i]
		row := []string{strconv.Itoa(in.Number), cell(in.ID), csvTime(in.First), csvTime(in.Last), cell(in.Kinds...), cell(in.Title),
			cell(sourceNames(in)...), cell(targetNames(in)...), cell(serviceNames(in)...),
			strconv.Itoa(in.Records), strconv.Itoa(in.Lines), strconv.Itoa(in.Attempts), strconv.FormatBool(in.AttemptsAtLeast), cell(string(in.Outcome))}
		s := &in.Severity
		var by []string
		for _, f := range factors(s) {
			row = append(row, points(s, f.Low), points(s, f.High))
			if o := string(f.Origin); o != "" && !slices.Contains(by, o) {
				by = append(by, o)
			}
		}
		row = append(row, points(s, s.Low), points(s, s.High), cell(string(s.Band)), cell(by...), cell(cmp.Or(in.Site, x.Site)))
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func points(s *analysis.Severity, n int) string {
	if s.Band == "" {
		return ""
	}
	return strconv.Itoa(n)
}

func csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// cell is a list of texts as a spreadsheet may show it: no character is hidden, and nothing is a formula, neither at
// the beginning nor where a spreadsheet that parts cells by semicolons or tabs would begin a new one. An apostrophe before
// it makes it text (OWASP, CSV injection).
func cell(texts ...string) string {
	var b strings.Builder
	begins := true
	for _, r := range safe.Line(strings.Join(texts, "; ")) {
		switch r {
		case '=', '+', '-', '@', '＝', '＋', '－', '＠':
			if begins {
				b.WriteByte('\'')
			}
			begins = false
		case '\t', ';', ',':
			begins = true
		case ' ', '"', '\'':
		default:
			begins = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sourceNames are the sources of an incident: the address, with the name where there is one.
func sourceNames(in *analysis.ScoredIncident) []string {
	var list []string
	for _, s := range in.Sources {
		list = append(list, both(s.IP, s.Name))
	}
	return list
}

func targetNames(in *analysis.ScoredIncident) []string {
	var list []string
	for _, t := range in.Targets {
		list = append(list, both(t.IP, t.Host))
	}
	return list
}

func both(ip, name string) string {
	switch {
	case ip == "" || name == "" || ip == name:
		return ip + strings.TrimPrefix(name, ip)
	}
	return ip + " (" + name + ")"
}

func serviceNames(in *analysis.ScoredIncident) []string {
	var list []string
	for _, s := range in.Services {
		switch {
		case s.Port == 0:
			list = append(list, s.Name+strings.TrimPrefix(s.Proto, s.Name))
		case s.Proto == "":
			list = append(list, strconv.Itoa(s.Port))
		default:
			list = append(list, strconv.Itoa(s.Port)+"/"+s.Proto)
		}
	}
	return list
}

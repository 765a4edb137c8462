package interchange_test

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/render/interchange"
)

func TestCSV(t *testing.T) {
	golden(t, "sample.csv", written(t, "csv", sample(), options()))
	golden(t, "founding.csv", written(t, "csv", analysed(t, "founding"), catalogue()))
	everything(t, func(name string, r *analysis.Report, o interchange.Options) {
		text := written(t, "csv", r, o)
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll() // wants as many fields in each row as in the first
		if err != nil || len(rows) != 1+len(r.Incidents) {
			t.Fatalf("%s: %d rows for %d incidents: %v", name, len(rows), len(r.Incidents), err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines != bytes.Count(text, []byte("\r\n")) || lines != len(rows) {
			t.Errorf("%s: not all lines end as RFC 4180 wants, or a cell has lines", name)
		}
	})
}

// Whatever a spreadsheet parts cells by, none begins with what it would calculate.
func TestCSVFormulas(t *testing.T) {
	text := written(t, "csv", hostile(), options())
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	formula := regexp.MustCompile(`^[\s"]*[=+@-]`)
	number := regexp.MustCompile(`^-?[0-9]+$`)
	title := slices.Index(rows[0], "title")
	for _, row := range rows[1:] {
		for i, cell := range row {
			for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";,\t", r) }) {
				if formula.MatchString(part) && !number.MatchString(cell) {
					t.Errorf("column %s has a cell that begins with %q", rows[0][i], part)
				}
			}
		}
		if !strings.HasPrefix(row[title], "'=cmd|") {
			t.Errorf("the title is %q", row[title])
		}
	}
	if bytes.Contains(text, []byte(";\t+1")) || bytes.Contains(text, []byte(",@SUM")) {
		t.Error("what a spreadsheet would take for a new cell is a formula")
	}
}

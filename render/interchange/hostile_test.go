package interchange_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"practicum/analysis"
	"practicum/render/interchange"
)

// hostileText is what an attacker would write into a log, all of it.
const hostileText = "=cmd|' /C calc'!A1;\t+1,@SUM(A1)\"<script>alert(1)</script>\u202e\x1b[2J\xff\u2028\U000e0041\x00\r\n-2+3']OR[a:b='"

// hostile is the sample with that text in every place that a log, a file's name or a configuration could reach. Times,
// numbers, the schema and a label are the program's own.
func hostile() *analysis.Report {
	r := sample()
	fill(reflect.ValueOf(r).Elem())
	r.Schema = analysis.Schema
	for i := range r.Incidents {
		r.Incidents[i].ID = string(rune('a'+i)) + hostileText
		if r.Incidents[i].Severity.Band != "" {
			r.Incidents[i].Severity.Band = analysis.BandHigh
		}
	}
	r.Incidents[0].Sources = append(r.Incidents[0].Sources, analysis.Source{IP: "203.0.113.9", Name: hostileText})
	r.Incidents[0].AttemptList = append(r.Incidents[0].AttemptList, analysis.Attempt{Source: "203.0.113.9", Target: "198.51.100.25", Proto: hostileText, Start: r.Incidents[0].First, Dropped: true})
	return r
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			v.SetString(hostileText)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				fill(v.Field(i))
			}
		}
	}
}

// No export has a character that moves a cursor, draws nothing or reorders others, whatever a log says.
func TestHostile(t *testing.T) {
	for _, f := range interchange.Formats {
		text := written(t, f.Name, hostile(), options())
		if !utf8.Valid(text) {
			t.Errorf("%s is not UTF-8", f.Name)
		}
		for _, r := range string(text) {
			if r < ' ' && r != '\n' && !(r == '\r' && f.Name == "csv") && r != '\t' || r == 0x7f || strings.ContainsRune("\u202e\u2028\U000e0041\ufeff", r) {
				t.Errorf("%s has %U", f.Name, r)
				break
			}
		}
		if f.Name != "dshield" && !bytes.Contains(text, []byte("SUM(A1)")) {
			t.Errorf("%s does not have the text at all", f.Name)
		}
	}
}

// The same report gives the same bytes, and another order of what has no order does not matter to ids.
func TestSameBytes(t *testing.T) {
	for _, f := range interchange.Formats {
		if !bytes.Equal(written(t, f.Name, sample(), options()), written(t, f.Name, sample(), options())) {
			t.Errorf("%s differs from run to run", f.Name)
		}
	}
}

// What an export has no place for is told.
func TestLeftOut(t *testing.T) {
	obscured := sample()
	obscured.Made = &analysis.Made{Obscured: true}
	for _, c := range []struct {
		name   string
		report *analysis.Report
		want   []string
	}{
		{"csv", sample(), []string{"2 incidents that the report only counts; --detail all tells of each"}},
		{"navigator", sample(), []string{"2 incidents that the report only counts; --detail all tells of each", "incidents whose kinds are no technique of ATT&CK: 3"}},
		{"stix", obscured, []string{"2 incidents that the report only counts; --detail all tells of each", "indicators, because pseudonyms stand for addresses"}},
		{"dshield", sample(), []string{"2 incidents that the report only counts; --detail all tells of each", "2 attempts, because no record of them tells of a dropped packet",
			"1 attempt, because no address of the target is known", "5 attempts, which the report counts and does not list"}},
	} {
		left, err := interchange.Write(&bytes.Buffer{}, c.name, c.report, options())
		if err != nil || !reflect.DeepEqual(left, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.name, left, err, c.want)
		}
	}
	if _, err := interchange.Write(&bytes.Buffer{}, "xml", sample(), options()); err == nil {
		t.Error("an unknown export is written")
	}
}

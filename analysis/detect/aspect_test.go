package detect_test

import (
	"os"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/analysis/detect"
)

// TestAspects holds what requests are called in a title.
func TestAspects(t *testing.T) {
	data, err := os.ReadFile("testdata/aspects.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		want, request, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("no tab in %q", line)
		}
		if got := aspectOf(t, `"`+request+`" 200 12`); got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}

// TestAspectsOfMany holds that each record counts, also of requests that came before with another answer, and in another log format.
func TestAspectsOfMany(t *testing.T) {
	traversal, sql := `"GET /x?f=../../etc/passwd HTTP/1.1" 404 `, `"GET /x?id=1'+union+select+1 HTTP/1.1" 200 `
	in := analysis.Incident{Kinds: []string{"web-injection"}}
	add := func(format, message string) {
		in.Events = append(in.Events, analysis.EventRef{Facts: &analysis.Facts{Format: format, Kind: "web-injection"}, Message: message})
	}
	for range 2 {
		add("webaccess", traversal+"12")
		add("webaccess", sql+"7")
		add("jsonaccess", sql+"99")
	}
	add("weberror", "a program said that ../../etc/passwd is not there")
	got := detect.Aspects(&in)["web-injection"]
	if len(got) != 2 || got[0] != aspectOf(t, sql+"1") || got[1] != aspectOf(t, traversal+"1") {
		t.Errorf("%q", got)
	}
}

// aspectOf is what a single request is about.
func aspectOf(t *testing.T, message string) string {
	in := analysis.Incident{Kinds: []string{"web-injection"}, Events: []analysis.EventRef{{Facts: &analysis.Facts{Format: "webaccess", Kind: "web-injection"}, Message: message}}}
	got := detect.Aspects(&in)["web-injection"]
	if len(got) != 1 {
		t.Fatalf("%s: %q", message, got)
	}
	return got[0]
}

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
		in := analysis.Incident{Kinds: []string{"web-injection"}, Events: []analysis.EventRef{{Facts: &analysis.Facts{Format: "webaccess", Kind: "web-injection"}, Message: `"` + request + `" 200 12`}}}
		if got := detect.Aspects(&in)["web-injection"]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}

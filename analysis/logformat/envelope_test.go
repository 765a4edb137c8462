package logformat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEnvelopes reads logs in the envelopes that carry lines of other log formats, and records of many
// lines, and compares what they say with the goldens beside them. UPDATE=1 writes these anew.
func TestEnvelopes(t *testing.T) {
	files, err := filepath.Glob("testdata/envelopes/*.*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			log, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, file+".golden", readText(t, fromBytes(filepath.Base(file), log), Formats))
		})
	}
}

func compareGolden(t *testing.T, golden, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s (UPDATE=1 rewrites it):\n%s", golden, got)
	}
}

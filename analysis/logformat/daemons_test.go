package logformat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDaemons reads logs of daemons that another project collected (testdata/SOURCES.md says which) and
// compares what they say with the goldens beside them. UPDATE=1 writes these anew.
func TestDaemons(t *testing.T) {
	files, err := filepath.Glob("../../testdata/logs/daemons/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			log, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := readText(t, fromBytes(filepath.Base(file), log), Formats)
			golden := strings.TrimSuffix(file, ".log") + ".golden"
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
		})
	}
}

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
			compareGolden(t, strings.TrimSuffix(file, ".log")+".golden", readText(t, fromBytes(filepath.Base(file), log), Formats))
		})
	}
}

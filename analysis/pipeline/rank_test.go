package pipeline_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/analysis/severity"
)

// TestRank holds that the points by which incidents are ranked are those that a report shows with their reasons, for
// the incidents of all of the project's logs.
func TestRank(t *testing.T) {
	incidents := 0
	for _, root := range []string{"../../testdata/logs", "../logformat/testdata", "../detect/testdata"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".golden") {
				return err
			}
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			in := logOf(filepath.Base(name), string(b))
			rep, err := pipeline.Run(t.Context(), []logformat.Input{in}, pipeline.Options{Clock: logformat.ClockOptions{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, Detail: -1})
			if err != nil {
				return nil // nothing in it is a record
			}
			for i := range rep.Incidents {
				s := &rep.Incidents[i]
				incidents++
				low, high := severity.Rank(&s.Incident, severity.Site{}, nil)
				if low != s.Severity.Low || high != s.Severity.High {
					t.Errorf("%s: incident %d (%s) is ranked %d to %d and rated %d to %d", name, s.Number, s.Title, low, high, s.Severity.Low, s.Severity.High)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if incidents < 300 {
		t.Errorf("only %d incidents were ranked", incidents)
	}
}

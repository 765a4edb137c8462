package pipeline_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

// TestManyTold tells four times as many incidents, which all share their service, with about four times the memory: what each has in
// common with all others is counted and not listed.
func TestManyTold(t *testing.T) {
	allocated := func(incidents int) uint64 {
		var log strings.Builder
		for i := range incidents {
			fmt.Fprintf(&log, "Mar  1 %02d:%02d:%02d h sshd[%d]: Failed password for root from %d.%d.0.7 port 22 ssh2\n", i/3600, i/60%60, i%60, 100+i, 1+i%200, i/200)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		report := run(t, []logformat.Input{input("auth.log", []byte(log.String()))}, pipeline.Options{Detail: -1, Workers: 1})
		runtime.ReadMemStats(&after)
		if len(report.Incidents) != incidents {
			t.Fatalf("%d incidents of %d", len(report.Incidents), incidents)
		}
		want := fmt.Sprintf("The same service, 22/tcp of h, was tried in %d other incidents too, from other sources.", incidents-1)
		for _, in := range report.Incidents {
			if !slices.ContainsFunc(in.Observations, func(o analysis.Observation) bool { return o.Text == want }) {
				t.Fatalf("incident %d: no %q", in.Number, want)
			}
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if short, long := allocated(500), allocated(2000); long > 6*short {
		t.Errorf("2000 incidents take %d bytes, 500 take %d", long, short)
	}
}

package pipeline_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/analysis/workload"
)

// BenchmarkRun makes the whole report of a log of each kind. An operation is 50 MB.
func BenchmarkRun(b *testing.B) {
	end := workload.Start.Add(workload.Days * 24 * time.Hour)
	for _, kind := range workload.Kinds {
		b.Run("format="+kind.Name, func(b *testing.B) {
			var log bytes.Buffer
			if err := kind.Write(&log, 1, 50_000_000); err != nil {
				b.Fatal(err)
			}
			in := logOf(kind.Name, log.String())
			in.ModTime = end
			b.SetBytes(int64(log.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pipeline.Run(context.Background(), []logformat.Input{in}, pipeline.Options{Clock: logformat.ClockOptions{Now: end}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package logformat

import (
	"bytes"
	"context"
	"testing"
	"time"

	"practicum/analysis/workload"
)

// BenchmarkRead reads a log of each kind, without doing anything with its records. An operation is the whole
// log; lines/s and B/op tell the rest.
func BenchmarkRead(b *testing.B) {
	for _, kind := range workload.Kinds {
		b.Run("format="+kind.Name, func(b *testing.B) {
			var log bytes.Buffer
			if err := kind.Write(&log, 1, 10_000_000); err != nil {
				b.Fatal(err)
			}
			lines := bytes.Count(log.Bytes(), []byte("\n"))
			in := fromBytes("bench.log", log.Bytes())
			b.SetBytes(int64(log.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2026), Formats, func(*Record) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

package logformat

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
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

// BenchmarkSamples reads each sample log of the package over and over: what a line costs, and what it allocates, whatever wrote it.
func BenchmarkSamples(b *testing.B) {
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil || len(logs) == 0 {
		b.Fatal("no samples", err)
	}
	for _, path := range logs {
		b.Run("format="+strings.TrimSuffix(filepath.Base(path), ".log"), func(b *testing.B) {
			sample, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			text := bytes.Repeat(sample, 1+1_000_000/len(sample))
			lines := float64(bytes.Count(text, []byte("\n")))
			in := fromBytes("bench.log", text)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2026), Formats, func(*Record) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/lines/float64(b.N), "ns/line")
		})
	}
}

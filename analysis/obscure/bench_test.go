package obscure

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"practicum/analysis/logformat"
	"practicum/analysis/workload"
)

// BenchmarkLog makes the obscured copy of a mixed log of 5 MB and searches it.
func BenchmarkLog(b *testing.B) {
	kind, _ := workload.Named("mixed")
	var log bytes.Buffer
	if err := kind.Write(&log, 1, 5_000_000); err != nil {
		b.Fatal(err)
	}
	in := logformat.Input{Path: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log.Bytes())), nil }}
	b.SetBytes(int64(log.Len()))
	for b.Loop() {
		m := testMap(Options{})
		l, err := m.Collect(context.Background(), in, logformat.NewClock(time.UTC, 2026), logformat.Formats)
		if err != nil {
			b.Fatal(err)
		}
		var out bytes.Buffer
		left := m.Search(true)
		if lost, err := m.Write(context.Background(), l, &out, left); err != nil || lost > 0 {
			b.Fatal(lost, err)
		}
		if leaks := left.In(out.String()); len(leaks) > 0 {
			b.Fatal(leaks)
		}
	}
}

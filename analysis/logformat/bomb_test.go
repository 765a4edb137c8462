package logformat

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// TestBomb reads compressed logs that unpack to much more than any log does: what was read until then counts, and the
// rest is told to be left out.
func TestBomb(t *testing.T) {
	record := "Jan  1 00:00:00 gate in.telnetd[1]: refused connect from 192.0.2.1\n"
	pack := func(w io.WriteCloser) {
		for range 20_000 {
			io.WriteString(w, strings.Repeat(record, 100))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var gz, zst bytes.Buffer
	pack(gzip.NewWriter(&gz))
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	pack(z)
	for name, data := range map[string][]byte{"gzip": gz.Bytes(), "zstd": zst.Bytes()} {
		for _, expand := range []int{20, 1_000_000} {
			in := fromBytes(name, data)
			in.Expand = expand
			records := 0
			stats, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2026), Formats, func(r *Record) error {
				if r.Event != nil {
					records++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			bomb := expand == 20
			if got := stats.Cut != ""; got != bomb || bomb != (records < 2_000_000) {
				t.Errorf("%s, %d times: cut %q after %d records", name, expand, stats.Cut, records)
			}
			if bomb && records*len(record) < freeExpand {
				t.Errorf("%s: only %d bytes were read", name, records*len(record))
			}
			if stats.Bytes != int64(len(data)) {
				t.Errorf("%s: %d of %d bytes on disk were hashed", name, stats.Bytes, len(data))
			}
		}
	}
}

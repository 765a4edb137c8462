package logformat

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Lines that are read where the marks say they are, are those that reading all of the input finds.
func TestReadMarkedLines(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 0))
	var log bytes.Buffer
	for n := range 5000 {
		fmt.Fprintf(&log, "Jan  2 15:04:05 gate sshd[%d]: Failed password for %s from 192.0.2.7 port %d ssh2", n, strings.Repeat("x", random.IntN(40)), n)
		if random.IntN(500) == 0 {
			log.WriteString(strings.Repeat("y", maxLine+random.IntN(3)))
		}
		log.WriteString([]string{"\n", "\n", "\r\n", "\n\n"}[random.IntN(4)])
	}
	log.WriteString("the last line has no end")
	name := filepath.Join(t.TempDir(), "auth.log")
	if err := os.WriteFile(name, log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	file := Input{Path: "auth.log", Open: func() (io.ReadCloser, error) { return os.Open(name) }}
	stats := statsOf(t, file)
	if want := (stats.Lines + markLines - 1) / markLines; len(stats.Marks) != want {
		t.Fatalf("%d marks of %d lines, not %d", len(stats.Marks), stats.Lines, want)
	}
	stream := file
	stream.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log.Bytes())), nil } // which hides ReadAt
	for range 50 {
		var numbers []int
		for range 1 + random.IntN(60) {
			numbers = append(numbers, 1+random.IntN(stats.Lines))
		}
		numbers = slices.Compact(append(slices.Sorted(slices.Values(numbers)), stats.Lines))
		want, err := ReadLines(context.Background(), stream, numbers, nil)
		if err != nil || len(want) != len(numbers) {
			t.Fatal(len(want), err)
		}
		for name, in := range map[string]Input{"a file": file, "a stream": stream} {
			got, err := ReadLines(context.Background(), in, numbers, stats.Marks)
			if err != nil || !maps.Equal(got, want) {
				t.Fatalf("%s: %v: not the same lines %v", name, err, numbers)
			}
		}
	}
	if err := os.Truncate(name, int64(log.Len()/2)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadLines(context.Background(), file, []int{stats.Lines - 10}, stats.Marks); err == nil || !strings.Contains(err.Error(), "auth.log: the file became shorter") {
		t.Error("of a file that became shorter:", err)
	}
}

// What is unpacked or converted has no marks: a line is not where it is in the file.
func TestNoMarks(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("Jan  2 15:04:05 gate sshd[1]: Server listening on 0.0.0.0 port 22.\n"))
	z.Close()
	for name, log := range map[string]string{"gzip": packed.String(), "CR": "one\rtwo\rthree\r", "UTF-16": "\xff\xfeo\x00n\x00e\x00\n\x00"} {
		if marks := statsOf(t, Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log)), nil }}).Marks; marks != nil {
			t.Error(name, "has marks", marks)
		}
	}
}

func statsOf(t *testing.T, in Input) Stats {
	t.Helper()
	stats, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2026), Formats, func(*Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

package pipeline_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/analysis/workload"
)

// lineReader gives one line at a time.
type lineReader struct {
	r    *bufio.Reader
	rest []byte
}

func (l *lineReader) Read(b []byte) (n int, err error) {
	if len(l.rest) == 0 {
		if l.rest, err = l.r.ReadBytes('\n'); len(l.rest) == 0 {
			return 0, err
		}
	}
	n = copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// sizedReader gives so many bytes at a time.
type sizedReader struct {
	r    io.Reader
	size int
}

func (s sizedReader) Read(b []byte) (int, error) { return s.r.Read(b[:min(len(b), s.size)]) }

// TestLayout holds that the bytes of a report do not depend on how many goroutines work, on how many bytes are read at
// a time, on the order in which the logs are named, or on how they are packed.
func TestLayout(t *testing.T) {
	end := workload.Start.Add(workload.Days * 24 * time.Hour)
	logs := map[string][]byte{}
	for i, kind := range workload.Kinds {
		var log bytes.Buffer
		if err := kind.Write(&log, uint64(i), 60_000); err != nil {
			t.Fatal(err)
		}
		logs[kind.Name+".log"] = log.Bytes()
	}
	var names []string
	for name := range logs {
		names = append(names, name)
	}
	slices.Sort(names)
	packed := map[string]func([]byte) []byte{
		"plain": func(b []byte) []byte { return b },
		"gzip": func(b []byte) []byte {
			var out bytes.Buffer
			w := gzip.NewWriter(&out)
			w.Write(b)
			w.Close()
			return out.Bytes()
		},
		"zstd": func(b []byte) []byte {
			w, err := zstd.NewWriter(nil)
			if err != nil {
				t.Fatal(err)
			}
			return w.EncodeAll(b, nil)
		},
	}
	chunks := map[string]func(io.Reader) io.Reader{
		"all":     func(r io.Reader) io.Reader { return r },
		"line":    func(r io.Reader) io.Reader { return &lineReader{r: bufio.NewReader(r)} },
		"7 bytes": func(r io.Reader) io.Reader { return sizedReader{r, 7} },
		"4 KiB":   func(r io.Reader) io.Reader { return sizedReader{r, 4 << 10} },
	}
	report := func(workers int, pack, chunk string, seed uint64) []byte {
		var inputs []logformat.Input
		for _, name := range names {
			data := packed[pack](logs[name])
			inputs = append(inputs, logformat.Input{Path: name, ModTime: end, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(chunks[chunk](bytes.NewReader(data))), nil
			}})
		}
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
		rep, err := pipeline.Run(context.Background(), inputs, pipeline.Options{Clock: logformat.ClockOptions{Now: end}, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rep.Inputs { // these say how a log was packed
			in := &rep.Inputs[i]
			in.Bytes, in.SHA256, in.Compressed = 0, "", ""
		}
		out, err := json.Marshal(struct {
			*analysis.Report
			Counts *analysis.Counts
		}{rep, rep.Counts})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := report(1, "plain", "all", 0)
	seed := uint64(0)
	for _, workers := range []int{1, 2, 7} {
		for pack := range packed {
			for chunk := range chunks {
				seed++
				t.Run(fmt.Sprintf("workers=%d/%s/%s", workers, pack, chunk), func(t *testing.T) {
					if got := report(workers, pack, chunk, seed); !bytes.Equal(got, want) {
						at := 0
						for at < min(len(got), len(want)) && got[at] == want[at] {
							at++
						}
						t.Errorf("differs from byte %d on: got\n…%.300s\nwant\n…%.300s", at, got[max(0, at-100):], want[max(0, at-100):])
					}
				})
			}
		}
	}
}

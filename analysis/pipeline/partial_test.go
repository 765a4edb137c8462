package pipeline_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/analysis/workload"
)

// scanned is a partial of logs.
func scanned(t *testing.T, o pipeline.Options, logs ...logformat.Input) *pipeline.Partial {
	t.Helper()
	p, err := pipeline.Scan(context.Background(), logs, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// appended is the bytes of a partial.
func appended(t *testing.T, p *pipeline.Partial) []byte {
	t.Helper()
	data, err := p.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readBack is the partial that bytes hold.
func readBack(t *testing.T, name string, data []byte, o pipeline.Options) *pipeline.Partial {
	t.Helper()
	p, err := pipeline.ReadPartial(name, data, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// quoted is a partial that has taken up the lines that a report may quote.
func quoted(t *testing.T, p *pipeline.Partial) *pipeline.Partial {
	t.Helper()
	if err := p.Quote(context.Background()); err != nil {
		t.Fatal(err)
	}
	return p
}

// inputOf is a log in memory.
func inputOf(name string, data []byte) logformat.Input {
	return logformat.Input{Path: name, ModTime: workload.Start.Add(workload.Days * 24 * time.Hour), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// wholeReport is a report with all that the JSON of it leaves out.
func wholeReport(t *testing.T, r *analysis.Report, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	excerpts := [][]analysis.Excerpt{}
	for i := range r.Incidents {
		excerpts = append(excerpts, r.Incidents[i].Excerpt)
	}
	out, err := json.MarshalIndent(struct {
		*analysis.Report
		Counts   *analysis.Counts
		Excerpts [][]analysis.Excerpt
	}{r, r.Counts, excerpts}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: got\n%s\nwant\n%s", i+1, strings.Join(g[max(0, i-12):i+1], "\n"), w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// TestPartials holds that a report of merged partials is the report on all of the logs at once, byte for byte: of logs of all kinds that were
// dealt to partials by time, by line or as they are, that overlap, and however the partials are grouped and ordered.
func TestPartials(t *testing.T) {
	ctx := context.Background()
	o := pipeline.Options{Clock: logformat.ClockOptions{Now: workload.Start.Add(40 * 24 * time.Hour)}, Detail: 20}
	var logs []logformat.Input
	deal := func(name string, data []byte, parts int, to func(i, n int) int) {
		lines := bytes.SplitAfter(data, []byte("\n"))
		dealt := make([][]byte, parts)
		for i, line := range lines {
			k := to(i, len(lines))
			dealt[k] = append(dealt[k], line...)
		}
		for i := range dealt {
			logs = append(logs, inputOf(fmt.Sprintf("%s.%d", name, i), dealt[i]))
		}
	}
	r := rand.New(rand.NewPCG(3, 3))
	for i, kind := range workload.Kinds {
		var log bytes.Buffer
		if err := kind.Write(&log, uint64(i), 150_000); err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0: // by time
			deal(kind.Name, log.Bytes(), 3, func(i, n int) int { return 3 * i / n })
		case 1: // by line, so that all overlap
			deal(kind.Name, log.Bytes(), 3, func(int, int) int { return r.IntN(3) })
		case 2: // the second part has the end of the first one again
			lines := bytes.SplitAfter(log.Bytes(), []byte("\n"))
			n := len(lines)
			logs = append(logs, inputOf(kind.Name+".0", bytes.Join(lines[:n*2/3], nil)), inputOf(kind.Name+".1", bytes.Join(lines[n/2:], nil)), inputOf(kind.Name+".2", bytes.Join(lines[n/3:n/2+9], nil)))
		}
	}
	err := filepath.WalkDir("../../testdata/logs", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		logs = append(logs, inputOf(filepath.ToSlash(path), data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.Year = 2004 // the same for all, whatever else they are read with
	whole, err := pipeline.Run(ctx, logs, o)
	want := wholeReport(t, whole, err)
	for _, in := range whole.Inputs {
		if in.Duplicates > 0 {
			goto overlapping
		}
	}
	t.Fatal("no log has a record that another has, too")
overlapping:
	scan := func(logs ...logformat.Input) *pipeline.Partial { return scanned(t, o, logs...) }
	saved := func(p *pipeline.Partial) *pipeline.Partial {
		back := readBack(t, "saved", appended(t, quoted(t, p)), o)
		back.Reopen(func(want analysis.Input) (logformat.Input, bool) {
			for _, in := range logs {
				if in.Path == want.File {
					return in, true
				}
			}
			return logformat.Input{}, false
		})
		return back
	}
	merge := func(parts ...*pipeline.Partial) *pipeline.Partial {
		p, err := pipeline.Merge(ctx, parts, o)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var dealt [3][]logformat.Input
	for i, in := range logs {
		dealt[i%3] = append(dealt[i%3], in)
	}
	part := func(i int) *pipeline.Partial { return saved(scan(dealt[i]...)) }
	for name, p := range map[string]func() *pipeline.Partial{
		"all saved":     func() *pipeline.Partial { return saved(scan(logs...)) },
		"0 1 2":         func() *pipeline.Partial { return merge(part(0), part(1), part(2)) },
		"2 0 1":         func() *pipeline.Partial { return merge(part(2), part(0), part(1)) },
		"(0 1) 2":       func() *pipeline.Partial { return merge(merge(part(0), part(1)), part(2)) },
		"saved (2 1) 0": func() *pipeline.Partial { return merge(saved(merge(part(2), part(1))), part(0)) },
		"each by itself": func() *pipeline.Partial {
			var all []*pipeline.Partial
			for _, in := range logs {
				all = append(all, scan(in))
			}
			return merge(all...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			rep, err := p().Report(ctx)
			if got := wholeReport(t, rep, err); got != want {
				t.Error(firstDifference(got, want))
			}
		})
	}
}

// TestCopiesOfMany holds that copies count once also of a source with more records than are kept, and that partials, of which nobody can
// tell that any more, say so.
func TestCopiesOfMany(t *testing.T) {
	const n = 9000
	var log bytes.Buffer
	for i := range n {
		fmt.Fprintf(&log, "2026-03-%02dT%02d:%02d:%02d+00:00 gate sshd[%d]: Failed password for root from 192.0.2.1 port %d ssh2\n", 1+i/3600/24, i/3600%24, i/60%60, i%60, 100+i, 2000+i)
	}
	one, other := inputOf("auth.log", log.Bytes()), inputOf("copy.log", log.Bytes())
	ctx, o := context.Background(), pipeline.Options{Clock: logformat.ClockOptions{Now: workload.Start}}
	rep, err := pipeline.Run(ctx, []logformat.Input{one, other}, o)
	if err != nil {
		t.Fatal(err)
	}
	if in := rep.Incidents[0]; len(rep.Incidents) != 1 || in.Records != n || rep.Inputs[1].Duplicates != n {
		t.Errorf("%d incidents, %d records, %d duplicates; want 1, %d and %d", len(rep.Incidents), in.Records, rep.Inputs[1].Duplicates, n, n)
	}
	var parts []*pipeline.Partial
	for _, in := range []logformat.Input{one, other} {
		parts = append(parts, scanned(t, o, in))
	}
	parts[0].Name, parts[1].Name = "a", "b"
	merged, err := pipeline.Merge(ctx, parts, o)
	if err != nil {
		t.Fatal(err)
	}
	if rep, err = merged.Report(ctx); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(rep.Limits, "\n"), "records that two partials both have may be counted twice") {
		t.Errorf("%d records of %d, and nothing says that copies may be among them: %q", rep.Incidents[0].Records, n, rep.Limits)
	}
}

// TestRequestsOfOneSecond holds that requests of one second in two logs are copies only where they ask for the same.
func TestRequestsOfOneSecond(t *testing.T) {
	const line = `192.0.2.1 - - [05/Oct/2026:10:00:00 +0000] "GET /%s HTTP/1.1" 404 100 "-" "-"` + "\n"
	log := func(name string, paths ...string) logformat.Input {
		text := ""
		for _, p := range paths {
			text += fmt.Sprintf(line, p)
		}
		return inputOf(name, []byte(text))
	}
	rep, err := pipeline.Run(context.Background(), []logformat.Input{log("a.log", "wp-login.php", "phpmyadmin/"), log("b.log", ".env", "wp-login.php", ".git/config")},
		pipeline.Options{Clock: logformat.ClockOptions{Now: workload.Start}})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := rep.Inputs[0].Duplicates, rep.Inputs[1].Duplicates; a != 0 || b != 1 {
		t.Errorf("%d and %d copies, want 0 and 1", a, b)
	}
}

// TestDamagedRecords holds that a partial whose records cannot be unpacked, though its sum is right, is an error that names it, whichever of
// several it is.
func TestDamagedRecords(t *testing.T) {
	ctx, o := context.Background(), pipeline.Options{Clock: logformat.ClockOptions{Now: workload.Start.Add(40 * 24 * time.Hour)}}
	kind, _ := workload.Named("mixed")
	read := func(name string, seed uint64, cut int) *pipeline.Partial {
		var log bytes.Buffer
		if err := kind.Write(&log, seed, 100_000); err != nil {
			t.Fatal(err)
		}
		data := appended(t, quoted(t, scanned(t, o, inputOf(name+".log", log.Bytes()))))
		data = data[:len(data)-4-cut]
		return readBack(t, name, binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data)), o)
	}
	if _, err := pipeline.Merge(ctx, []*pipeline.Partial{read("one", 1, 0), read("two", 2, 0)}, o); err != nil {
		t.Fatal(err)
	}
	_, err := pipeline.Merge(ctx, []*pipeline.Partial{read("one", 1, 0), read("two", 2, 100), read("three", 3, 0)}, o)
	if err == nil || !strings.HasPrefix(err.Error(), "two: the file is damaged") {
		t.Errorf("merging gives the error %v", err)
	}
	if _, err := read("two", 2, 100).Report(ctx); err == nil || !strings.HasPrefix(err.Error(), "two: the file is damaged") {
		t.Errorf("reporting gives the error %v", err)
	}
}

// TestMergeInTurn holds that partials are taken up in the order in which they are given, however long it takes to unpack them: of a source with more
// records than are kept, whether copies are known depends on it.
func TestMergeInTurn(t *testing.T) {
	ctx, o := context.Background(), pipeline.Options{Clock: logformat.ClockOptions{Now: workload.Start}, Workers: 3}
	begin := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	var many []string
	failed := func(list []string, second, n int, source func(i int) string) []string {
		for i := range n {
			list = append(list, fmt.Sprintf("%s gate sshd[%d]: Failed password for root from %s port %d ssh2\n", begin.Add(time.Duration(second+i)*time.Second).Format(time.RFC3339), 100+i, source(i), 1024+i))
		}
		return list
	}
	busy := func(int) string { return "192.0.2.1" }
	many = failed(many, 0, 20_000, func(i int) string { return fmt.Sprintf("198.18.%d.%d", i/256, i%256) }) // which take their time
	busyLines := failed(nil, 20_000, 6000, busy)
	logs := [][]string{append(many, busyLines...), busyLines[3000:4000], failed(failed(nil, 10_000, 9000, busy), 26_500, 9000, busy)}
	var saved [][]byte
	for i, lines := range logs {
		p := scanned(t, o, inputOf(fmt.Sprint("auth", i, ".log"), []byte(strings.Join(lines, ""))))
		saved = append(saved, appended(t, quoted(t, p)))
	}
	for range 5 {
		var parts []*pipeline.Partial
		for i, data := range saved {
			parts = append(parts, readBack(t, fmt.Sprint("part", i), data, o))
		}
		all, err := pipeline.Merge(ctx, parts, o)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := all.Report(ctx)
		if err != nil {
			t.Fatal(err)
		}
		copies := 0
		for _, in := range rep.Inputs {
			copies += in.Duplicates
		}
		if copies != 1000 {
			t.Fatalf("%d records are held to be copies, want 1000", copies)
		}
	}
}

// TestAppendAgain holds that a partial that was read is written as it was.
func TestAppendAgain(t *testing.T) {
	o := pipeline.Options{Clock: logformat.ClockOptions{Now: workload.Start.Add(40 * 24 * time.Hour)}}
	kind, _ := workload.Named("mixed")
	var log bytes.Buffer
	if err := kind.Write(&log, 5, 50_000); err != nil {
		t.Fatal(err)
	}
	data := appended(t, scanned(t, o, inputOf("mixed.log", log.Bytes())))
	if again := appended(t, readBack(t, "saved", data, o)); !bytes.Equal(again, data) {
		t.Errorf("%d bytes are written again as %d", len(data), len(again))
	}
}

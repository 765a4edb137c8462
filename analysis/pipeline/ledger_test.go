package pipeline_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/analysis/workload"
)

func bytesOf(name string, b []byte) logformat.Input {
	return logformat.Input{
		Path: name, ModTime: time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil },
	}
}

// balance holds for any inputs that what becomes of their lines adds up: in the report, input by input
// and in all; in the coverage; and line by line in what explain says. lines is how many there are; -1 when
// nobody knows. It reports whether the inputs could be read.
func balance(t *testing.T, lines int, inputs ...logformat.Input) bool {
	t.Helper()
	o := pipeline.Options{}
	o.Clock.Now = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	ctx := context.Background()
	cover, err := pipeline.Cover(ctx, inputs, o)
	if inputErr, ok := errors.AsType[*logformat.InputError](err); ok {
		if !strings.HasPrefix(inputErr.Error(), inputErr.Path+": ") {
			t.Errorf("an error that does not name the input: %v", err)
		}
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if sum := cover.Events + cover.Known + cover.Broken + cover.Unrecognised + cover.Blank; sum != cover.Lines {
		t.Errorf("coverage: %d of %d lines", sum, cover.Lines)
	}
	shapes := 0
	for _, s := range cover.Shapes {
		shapes += s.Count
	}
	if shapes != cover.Unrecognised || cover.Missing.Lines != cover.Unrecognised {
		t.Errorf("coverage: %d unrecognised lines, %d by shape, %d by program", cover.Unrecognised, shapes, cover.Missing.Lines)
	}
	if lines >= 0 && cover.Lines != lines {
		t.Errorf("%d lines were read of %d", cover.Lines, lines)
	}
	var ledger analysis.Ledger
	rep, err := pipeline.Run(ctx, inputs, o)
	if nothing, ok := errors.AsType[*pipeline.NothingError](err); ok {
		for _, in := range nothing.Inputs {
			ledger.Add(in.Ledger)
		}
		if ledger.Incident+ledger.Benign > 0 {
			t.Errorf("nothing recognised, but the ledger says %+v", ledger)
		}
	} else if err != nil {
		t.Fatal(err)
	} else {
		for _, in := range rep.Inputs {
			if !in.Ledger.Balances() || in.Ledger.Lines != in.Lines {
				t.Errorf("%s: %d lines, %+v", in.File, in.Lines, in.Ledger)
			}
			ledger.Add(in.Ledger)
		}
		if ledger != rep.Ledger {
			t.Errorf("the inputs' ledgers make %+v, the report says %+v", ledger, rep.Ledger)
		}
		if rep.Coverage.Lines != ledger.Unrecognised {
			t.Errorf("%d unrecognised lines, %d by program", ledger.Unrecognised, rep.Coverage.Lines)
		}
		listed := rep.Coverage.OtherLines
		for _, s := range rep.Unrecognised {
			listed += s.Count
		}
		if listed != ledger.Unrecognised {
			t.Errorf("%d unrecognised lines, %d by shape", ledger.Unrecognised, listed)
		}
	}
	if !ledger.Balances() || ledger.Lines != cover.Lines || ledger.Blank != cover.Blank || ledger.Unrecognised != cover.Unrecognised+cover.Broken {
		t.Errorf("the ledger says %+v, the coverage %+v", ledger, cover.CoverageCount)
	}
	seen := map[string]int{}
	var fates analysis.Ledger
	err = pipeline.Explain(ctx, inputs, o, func(f pipeline.LineFate) error {
		seen[fmt.Sprint(f.File, ":", f.Line)]++
		fates.Lines++
		switch f.Class {
		case "incident":
			fates.Incident++
		case "benign":
			fates.Benign++
		case "unrecognised":
			fates.Unrecognised++
		case "blank":
			fates.Blank++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if fates != ledger || len(seen) != ledger.Lines {
		t.Errorf("explained line by line: %+v, %d different; the ledger says %+v", fates, len(seen), ledger)
	}
	return true
}

// sampleLines are lines of every log format, in their files' order.
func sampleLines(t testing.TB) [][]string {
	names, err := filepath.Glob("../logformat/testdata/*.log")
	if err != nil || len(names) == 0 {
		t.Fatal("no samples", err)
	}
	var all [][]string
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"))
	}
	return all
}

// TestLedgerBalances mixes lines of all log formats at random, cuts and joins them, adds what is no log at
// all, and writes the result in the ways in which text is written.
func TestLedgerBalances(t *testing.T) {
	samples := sampleLines(t)
	read, refused := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		var inputs []logformat.Input
		total := 0
		for i := range 1 + r.IntN(3) {
			lines := mix(r, samples)
			b, ends := encode(r, lines)
			if total >= 0 {
				total += ends
			}
			if ends < 0 {
				total = -1
			}
			inputs = append(inputs, bytesOf(fmt.Sprintf("%d.log", i), b))
		}
		if len(inputs) > 1 && r.IntN(3) == 0 {
			b, _ := encode(rand.New(rand.NewPCG(seed, 9)), mix(rand.New(rand.NewPCG(seed, 8)), samples))
			inputs = append(inputs, bytesOf("copy1.log", b), bytesOf("copy2.log", b))
			total = -1
		}
		if balance(t, total, inputs...) {
			read++
		} else {
			refused++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if read < 20 {
		t.Errorf("%d mixes were read and %d refused: too few to prove anything", read, refused)
	}
}

// mix takes lines of several samples, in runs so that records of several lines stay together.
func mix(r *rand.Rand, samples [][]string) []string {
	lines := []string{"Mar  1 10:00:00 gate doord[1]: a first line that is not converted"}
	for range 1 + r.IntN(12) {
		from := samples[r.IntN(len(samples))]
		start := r.IntN(len(from))
		run := slices.Clone(from[start:min(start+1+r.IntN(20), len(from))])
		for i := range run {
			if len(run[i]) == 0 {
				continue
			}
			switch at := r.IntN(len(run[i])); r.IntN(16) {
			case 0: // cut short
				run[i] = run[i][:at]
			case 1: // joined to the line before
				if i > 0 {
					run[i], run[i-1] = run[i-1]+run[i], ""
				}
			case 2: // wrapped
				run[i] = run[i][:at] + "\n" + run[i][at:]
			case 3:
				run[i] = strings.Repeat(run[i]+" ", 1+r.IntN(4))
			case 4: // longer than is kept
				run[i] += strings.Repeat(" x", r.IntN(40_000))
			case 5:
				run[i] = run[i][:at] + string([]byte{byte(r.IntN(9)), 0xff, 0xfe}) + run[i][at:]
			case 6:
				run[i] = "\t"
			}
		}
		lines = append(lines, run...)
	}
	if r.IntN(4) == 0 {
		r.Shuffle(len(lines)-1, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
	}
	return lines
}

// encode writes lines as a file, and says how many lines that has; -1 where it depends on who reads.
func encode(r *rand.Rand, lines []string) ([]byte, int) {
	text := strings.Join(lines, "\n")
	n := 1 + strings.Count(text, "\n")
	if r.IntN(3) > 0 {
		text += "\n"
	} else if strings.HasSuffix(text, "\n") {
		n--
	}
	utf := strings.ToValidUTF8(text, "?")
	switch r.IntN(9) {
	case 0:
		return []byte(strings.ReplaceAll(text, "\n", "\r\n")), n
	case 1:
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(utf))
		if err != nil {
			panic(err)
		}
		return b, n
	case 2:
		b, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(utf))
		if err != nil {
			panic(err)
		}
		return b, n
	case 3:
		b, err := charmap.ISO8859_1.NewEncoder().Bytes([]byte(strings.Map(func(r rune) rune {
			if r > 0xff {
				return 'ü'
			}
			return r
		}, utf)))
		if err != nil {
			panic(err)
		}
		return b, n
	case 4:
		return []byte(strings.ReplaceAll(text, "\n", "\r")), -1
	case 5:
		return []byte(strings.ReplaceAll(text, " ", " \x00")), -1 // no text, or hardly
	case 6:
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := io.WriteString(z, text); err != nil || z.Close() != nil {
			panic(err)
		}
		return b.Bytes(), n
	case 7: // garbage behind text
		garbage := make([]byte, r.IntN(4000))
		for i := range garbage {
			garbage[i] = byte(r.IntN(256))
		}
		return append([]byte(text+strings.Repeat("\nMar  1 10:00:00 gate doord[1]: a", 300)+"\n"), garbage...), -1
	}
	return []byte(text), n
}

// FuzzLedger holds the balance for any bytes, beside a short log. Long lines are TestLedgerBalances' to try:
// here they would only take the time.
func FuzzLedger(f *testing.F) {
	for _, lines := range sampleLines(f) {
		f.Add([]byte(strings.Join(lines[:min(40, len(lines))], "\n")))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 1<<14 {
			balance(t, -1, bytesOf("a.log", b), logOf("b.log", refused+another+warning))
		}
	})
}

// TestExplainBackground holds that lines of incidents which a report only counts are explained as those of the others are: as many are of
// incidents as the report counts.
func TestExplainBackground(t *testing.T) {
	end := workload.Start.Add(workload.Days * 24 * time.Hour)
	kind, _ := workload.Named("mixed")
	var log bytes.Buffer
	if err := kind.Write(&log, 4, 200_000); err != nil {
		t.Fatal(err)
	}
	in := bytesOf("mixed.log", log.Bytes())
	in.ModTime = end
	o := pipeline.Options{Clock: logformat.ClockOptions{Now: end}, Detail: 3}
	rep, err := pipeline.Run(t.Context(), []logformat.Input{in}, o)
	if err != nil {
		t.Fatal(err)
	}
	told, counted := 0, 0
	err = pipeline.Explain(t.Context(), []logformat.Input{in}, o, func(f pipeline.LineFate) error {
		switch {
		case f.Class != "incident":
		case f.Incident > 0:
			told++
		case strings.HasSuffix(f.Reason, ", in an incident of the background"):
			counted++
		default:
			t.Errorf("line %d is in no incident: %s", f.Line, f.Reason)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if told == 0 || counted < told || told+counted != rep.Ledger.Incident {
		t.Errorf("%d lines of the incidents that are told and %d of others are explained, and the report counts %d", told, counted, rep.Ledger.Incident)
	}
}

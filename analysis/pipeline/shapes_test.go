package pipeline_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/config"
	"practicum/testdata/shapes"
)

// testdata is the folder of samples at the root of the repository.
const testdata = "../../testdata"

// now is the time of every run here: decades after the logs, so that a year taken from the clock
// would show.
var now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// expectation is the compact form of what must come out, as founding.expected.json and
// logs/second/expected.json write it. Stamps are wall clocks, without a zone.
type expectation struct {
	Incidents []expectedIncident
	Inputs    []struct {
		File                                 string
		Lines, Incident, Blank, Unrecognised int
	}
}

type expectedIncident struct {
	Case          string
	Sources       []analysis.Source
	Targets       []string
	Services      []string
	First, Last   string
	Records       int
	Lines         int
	PhysicalLines int `json:"physical_lines"`
	Attempts      int
	Factors       map[string][2]int
	Total         [2]int
	Stated        *int
	Agrees        bool
}

func readExpectation(t *testing.T, name string) expectation {
	t.Helper()
	var e expectation
	if err := json.Unmarshal(readSample(t, name), &e); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e
}

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// input is a log in memory. Its time is that of now: a file that was copied today.
func input(path string, data []byte) logformat.Input {
	return logformat.Input{Path: path, ModTime: now, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// sample is a log of the repository.
func sample(t *testing.T, name string) logformat.Input {
	t.Helper()
	return input(name, readSample(t, name))
}

func founding(t *testing.T) []logformat.Input {
	t.Helper()
	return []logformat.Input{sample(t, "logs/founding/mail.log"), sample(t, "logs/founding/nis.log")}
}

func run(t *testing.T, inputs []logformat.Input, opts pipeline.Options) *analysis.Report {
	t.Helper()
	opts.Clock.Now = now
	report, err := pipeline.Run(t.Context(), inputs, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// configured reads a configuration of the repository as the command does.
func configured(t *testing.T, name string) pipeline.Options {
	t.Helper()
	settings, err := config.Load(filepath.Join(testdata, name), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var formats []string
	for _, f := range logformat.Formats {
		formats = append(formats, f.Name)
	}
	opts, err := settings.Resolve(formats)
	if err != nil {
		t.Fatal(err)
	}
	return opts.Analysis
}

// outcome is what is compared of an incident. Numbers are left out: incidents compare by their sources.
type outcome struct {
	Sources  []string // addresses, or "name:" and the name where there is no address
	Services []string
	First    string
	Last     string
	Records  int
	Lines    int
	Attempts int
}

const wallClock = "2006-01-02T15:04:05"

func (e expectedIncident) outcome(lines int) outcome {
	return outcome{
		Sources: sourceNames(e.Sources), Services: sorted(e.Services), First: e.First, Last: e.Last,
		Records: e.Records, Lines: lines, Attempts: e.Attempts,
	}
}

func outcomeOf(x *analysis.ScoredIncident) outcome {
	var services []string
	for _, s := range x.Services {
		services = append(services, fmt.Sprintf("%d/%s", s.Port, s.Proto))
	}
	return outcome{
		Sources: sourceNames(x.Sources), Services: sorted(services),
		First: x.First.Format(wallClock), Last: x.Last.Format(wallClock),
		Records: x.Records, Lines: x.Lines, Attempts: x.Attempts,
	}
}

func sourceNames(sources []analysis.Source) []string {
	var names []string
	for _, s := range sources {
		if s.IP == "" {
			names = append(names, "name:"+s.Name)
			continue
		}
		names = append(names, s.IP)
	}
	return sorted(names)
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func byFirst(a, b outcome) int {
	if c := strings.Compare(a.First, b.First); c != 0 {
		return c
	}
	return slices.Compare(a.Sources, b.Sources)
}

// compareIncidents holds the report against what must come out.
func compareIncidents(t *testing.T, report *analysis.Report, want []outcome) {
	t.Helper()
	var got []outcome
	for i := range report.Incidents {
		got = append(got, outcomeOf(&report.Incidents[i]))
	}
	want = slices.Clone(want)
	slices.SortFunc(got, byFirst)
	slices.SortFunc(want, byFirst)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("incidents differ (- want, + got):\n%s", diff)
	}
}

// checkLedger proves that every line of every input is in exactly one class.
func checkLedger(t *testing.T, report *analysis.Report, inputs []logformat.Input) {
	t.Helper()
	var all analysis.Ledger
	for _, in := range report.Inputs {
		if !in.Ledger.Balances() {
			t.Errorf("%s: the ledger does not balance: %+v", in.File, in.Ledger)
		}
		if in.Lines != in.Ledger.Lines {
			t.Errorf("%s: %d lines, but %d in its ledger", in.File, in.Lines, in.Ledger.Lines)
		}
		all.Add(in.Ledger)
	}
	if all != report.Ledger {
		t.Errorf("the report's ledger is %+v, the sum of its inputs %+v", report.Ledger, all)
	}
	for _, in := range inputs {
		i := slices.IndexFunc(report.Inputs, func(x analysis.Input) bool { return x.File == in.Path })
		if i < 0 {
			t.Errorf("%s is not among the report's inputs", in.Path)
			continue
		}
		lines, blank := countLines(t, in)
		if got := report.Inputs[i].Ledger; got.Lines != lines || got.Blank != blank {
			t.Errorf("%s: %d lines and %d blank ones in the ledger, want %d and %d", in.Path, got.Lines, got.Blank, lines, blank)
		}
	}
}

// countLines counts an input's lines, compressed or not, and those that hold nothing.
func countLines(t *testing.T, in logformat.Input) (lines, blank int) {
	t.Helper()
	r, err := in.Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		data = unpack(t, data)
	}
	for line := range bytes.Lines(data) {
		lines++
		if len(bytes.Trim(line, "> \t\f\r\n")) == 0 { // a mailer's quotation mark says nothing either
			blank++
		}
	}
	return lines, blank
}

func unpack(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sum(lines [shapes.Incidents]int) (n int) {
	for _, x := range lines {
		n += x
	}
	return n
}

// allShapes are those that are generated and those that a person wrote, with the files' content.
func allShapes(t *testing.T) []shapes.Shape {
	t.Helper()
	mail, nis := readSample(t, "logs/founding/mail.log"), readSample(t, "logs/founding/nis.log")
	list, err := shapes.Generate(mail, nis)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shapes.ByHand() {
		for i := range s.Files {
			s.Files[i].Data = readSample(t, "shapes/"+s.Name+"/"+s.Files[i].Name)
		}
		list = append(list, s)
	}
	return append(list, shapes.Shape{
		Name: "as-written", Lines: shapes.Unwrapped, Plain: true,
		Files: []shapes.File{{Name: "mail.log", Data: mail}, {Name: "nis.log", Data: nis}},
	})
}

func shapeInputs(s shapes.Shape) []logformat.Input {
	var inputs []logformat.Input
	for _, f := range s.Files {
		inputs = append(inputs, input(s.Name+"/"+f.Name, f.Data))
	}
	return inputs
}

// The folders of testdata/shapes hold what the generator makes; UPDATE=1 rewrites them.
func TestShapesOnDisk(t *testing.T) {
	list, err := shapes.Generate(readSample(t, "logs/founding/mail.log"), readSample(t, "logs/founding/nis.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		dir := filepath.Join(testdata, "shapes", s.Name)
		for _, f := range s.Files {
			path := filepath.Join(dir, f.Name)
			if os.Getenv("UPDATE") != "" {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Errorf("%v; UPDATE=1 go test writes it", err)
				continue
			}
			want := f.Data
			if bytes.HasPrefix(want, []byte("\x1f\x8b")) { // compressors may change with the release of Go
				got, want = unpack(t, got), unpack(t, want)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what the generator makes; UPDATE=1 go test rewrites it", path)
			}
		}
	}
}

// In whatever shape the founding logs arrive, the ten incidents are the same.
func TestShapes(t *testing.T) {
	want := readExpectation(t, "founding.expected.json").Incidents
	for _, s := range allShapes(t) {
		t.Run(s.Name, func(t *testing.T) {
			inputs := shapeInputs(s)
			report := run(t, inputs, pipeline.Options{})

			var outcomes []outcome
			for i, w := range want {
				outcomes = append(outcomes, w.outcome(s.Lines[i]))
			}
			compareIncidents(t, report, outcomes)
			checkLedger(t, report, inputs)

			if got, want := report.Ledger.Incident, sum(s.Lines); got != want {
				t.Errorf("%d lines in incidents, want %d", got, want)
			}
			if s.Plain && report.Ledger.Unrecognised != 0 {
				t.Errorf("%d lines are unrecognised: %+v", report.Ledger.Unrecognised, report.Unrecognised)
			}
			for _, w := range report.Warnings {
				t.Errorf("warning at %s:%d: %s", w.File, w.Line, w.Text)
			}
		})
	}
}

// The expectation's own numbers agree with those of package shapes.
func TestExpectedLines(t *testing.T) {
	for i, x := range readExpectation(t, "founding.expected.json").Incidents {
		if x.Lines != shapes.Unwrapped[i] || x.PhysicalLines != shapes.MailerWrapped[i] {
			t.Errorf("incident of %v: %d and %d lines, want %d and %d", x.Sources, x.Lines, x.PhysicalLines, shapes.Unwrapped[i], shapes.MailerWrapped[i])
		}
	}
}

// Prose is nobody's record: all of it is unrecognised, apart from logcheck's headings.
func TestProseIsUnrecognised(t *testing.T) {
	for _, s := range allShapes(t) {
		if s.Plain {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			ledger := run(t, shapeInputs(s), pipeline.Options{}).Ledger
			headings := 0
			for _, f := range s.Files {
				for _, h := range []string{"Active System Attack Alerts", "Security Violations", "Unusual System Events"} {
					for line := range strings.Lines(string(f.Data)) {
						if strings.HasSuffix(strings.TrimSpace(line), h) {
							headings++ // and the rule below it
						}
					}
				}
			}
			if ledger.Benign != 2*headings {
				t.Errorf("%d lines are benign, want %d: the headings of logcheck and the rules below them", ledger.Benign, 2*headings)
			}
		})
	}
}

// The same logs make the same bytes, whatever the order in which they are given.
func TestOrderOfInputs(t *testing.T) {
	opts := configured(t, "founding.yaml")
	for _, s := range allShapes(t) {
		t.Run(s.Name, func(t *testing.T) {
			inputs := shapeInputs(s)
			want := reportJSON(t, run(t, inputs, opts))
			for _, order := range orders(inputs) {
				if got := reportJSON(t, run(t, order, opts)); !bytes.Equal(got, want) {
					t.Fatalf("another order of the inputs makes another report:\n%s", cmp.Diff(string(want), string(got)))
				}
			}
		})
	}
}

func reportJSON(t *testing.T, report *analysis.Report) []byte {
	t.Helper()
	data, err := json.MarshalIndent(report, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// orders are some others than the one given: the last first, and each input once in front.
func orders(inputs []logformat.Input) [][]logformat.Input {
	backward := slices.Clone(inputs)
	slices.Reverse(backward)
	list := [][]logformat.Input{backward}
	for i := 1; i < len(inputs); i++ {
		list = append(list, slices.Concat(inputs[i:], inputs[:i]))
	}
	return list
}

// The year of the mail host's stamps comes from what is known best, and the report says which.
func TestYear(t *testing.T) {
	mail, nis := sample(t, "logs/founding/mail.log"), sample(t, "logs/founding/nis.log")
	modified := mail
	modified.ModTime = time.Date(2000, time.April, 10, 3, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		inputs []logformat.Input
		clock  logformat.ClockOptions
		year   int
	}{
		{"the other input, not the file's time", []logformat.Input{mail, nis}, logformat.ClockOptions{}, 2000},
		{"the file's time", []logformat.Input{modified}, logformat.ClockOptions{}, 2000},
		{"--year", []logformat.Input{mail}, logformat.ClockOptions{Year: 2000}, 2000},
		{"--year before the other input", []logformat.Input{mail, nis}, logformat.ClockOptions{Year: 1999}, 1999},
		{"--as-of", []logformat.Input{mail}, logformat.ClockOptions{AsOf: time.Date(2000, time.December, 31, 0, 0, 0, 0, time.UTC)}, 2000},
		{"--as-of, a day's grace", []logformat.Input{mail}, logformat.ClockOptions{AsOf: time.Date(2000, time.April, 9, 3, 0, 0, 0, time.UTC)}, 2000},
		{"--as-of, over the day's grace", []logformat.Input{mail}, logformat.ClockOptions{AsOf: time.Date(2000, time.April, 9, 1, 0, 0, 0, time.UTC)}, 1999},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := run(t, test.inputs, pipeline.Options{Clock: test.clock})
			found := false
			for _, x := range report.Incidents {
				if slices.Equal(sourceNames(x.Sources), []string{"208.170.70.57"}) {
					found = true
					if got := x.Last.Year(); got != test.year {
						t.Errorf("the last contact of 208.170.70.57 is of %d, want %d", got, test.year)
					}
				}
			}
			if !found {
				t.Error("no incident of 208.170.70.57")
			}
			basis := ""
			for _, d := range report.Clock {
				if d.File == mail.Path {
					basis = d.Basis
				}
			}
			if basis == "" {
				t.Errorf("the report does not say how the year of %s was decided: %+v", mail.Path, report.Clock)
			}
		})
	}
}

// With the analyst's ratings the sums come out as computed, and the report says which of the
// stated totals disagree with their parts.
func TestRatings(t *testing.T) {
	want := readExpectation(t, "founding.expected.json").Incidents
	rated := run(t, founding(t), configured(t, "founding.yaml"))
	for _, w := range want {
		sources := sourceNames(w.Sources)
		t.Run(sources[0], func(t *testing.T) {
			x := incidentOf(t, rated, sources)
			sev := x.Severity
			got := map[string][2]int{}
			for name, f := range map[string]analysis.Factor{
				"criticality": sev.Criticality, "lethality": sev.Lethality, "system": sev.System, "network": sev.Network,
			} {
				got[name] = [2]int{f.Low, f.High}
				if f.Origin != analysis.OriginAnalyst || f.Reason == "" {
					t.Errorf("%s: origin %q, reason %q; want the analyst's", name, f.Origin, f.Reason)
				}
			}
			if diff := cmp.Diff(w.Factors, got); diff != "" {
				t.Errorf("factors differ (- want, + got):\n%s", diff)
			}
			if total := [2]int{sev.Low, sev.High}; total != w.Total {
				t.Errorf("severity is %v, want %v", total, w.Total)
			}
			if sev.Stated == nil {
				t.Fatal("the stated total is missing")
			}
			if sev.Stated.Low != *w.Stated || sev.Stated.High != *w.Stated || sev.Stated.Agrees != w.Agrees {
				t.Errorf("stated: %+v, want %d and agrees %v", *sev.Stated, *w.Stated, w.Agrees)
			}
			if (sev.Stated.Note == "") != w.Agrees {
				t.Errorf("the note on the stated total is %q", sev.Stated.Note)
			}
			for name, f := range map[string]analysis.Factor{
				"criticality": sev.Suggested.Criticality, "lethality": sev.Suggested.Lethality,
				"system": sev.Suggested.System, "network": sev.Suggested.Network,
			} {
				if f.Origin == analysis.OriginAnalyst || f.Reason == "" {
					t.Errorf("suggested %s: origin %q, reason %q; want the tool's own", name, f.Origin, f.Reason)
				}
			}
		})
	}
}

// Names and targets that the logs state are on the incident.
func TestNamesAndTargets(t *testing.T) {
	report := run(t, founding(t), pipeline.Options{})
	for _, w := range readExpectation(t, "founding.expected.json").Incidents {
		x := incidentOf(t, report, sourceNames(w.Sources))
		for _, s := range w.Sources {
			if s.Name != "" && !slices.Contains(x.Sources, s) {
				t.Errorf("%s: no source with the name %s: %+v", s.IP, s.Name, x.Sources)
			}
		}
		for _, target := range w.Targets {
			if !slices.ContainsFunc(x.Targets, func(y analysis.Target) bool { return y.Host == target || y.IP == target }) {
				t.Errorf("%s: no target %s: %+v", w.Sources[0].IP, target, x.Targets)
			}
		}
	}
}

func incidentOf(t *testing.T, report *analysis.Report, sources []string) *analysis.ScoredIncident {
	t.Helper()
	for i := range report.Incidents {
		if slices.Equal(sourceNames(report.Incidents[i].Sources), sources) {
			return &report.Incidents[i]
		}
	}
	t.Fatalf("no incident of %v", sources)
	return nil
}

// Evidence cites every line of an incident once, and only lines that there are.
func TestEvidence(t *testing.T) {
	for _, s := range allShapes(t) {
		t.Run(s.Name, func(t *testing.T) {
			inputs := shapeInputs(s)
			report := run(t, inputs, pipeline.Options{})
			size := map[string]int{}
			for _, in := range inputs {
				size[in.Path], _ = countLines(t, in)
			}
			cited := map[analysis.Citation]bool{}
			for _, x := range report.Incidents {
				n := 0
				for _, c := range x.Evidence {
					for line := c.Lines.First; line <= c.Lines.Last; line++ {
						one := analysis.Citation{File: c.File, Lines: analysis.LineRange{First: line, Last: line}}
						if cited[one] || line < 1 || line > size[c.File] {
							t.Errorf("%v: line %d of %s is cited twice or is none of its %d", x.Sources, line, c.File, size[c.File])
						}
						cited[one] = true
						n++
					}
				}
				if n != x.Lines {
					t.Errorf("%v: %d lines cited, want %d", x.Sources, n, x.Lines)
				}
			}
		})
	}
}

// The rules of grouping and of attempts hold for logs that share nothing with the founding ones.
func TestSecondSite(t *testing.T) {
	want := readExpectation(t, "logs/second/expected.json")
	inputs := secondSite(t)
	report := run(t, inputs, pipeline.Options{})
	checkSecondSite(t, report, want)
	checkLedger(t, report, inputs)
	for _, w := range want.Inputs {
		i := slices.IndexFunc(report.Inputs, func(x analysis.Input) bool { return x.File == "logs/second/"+w.File })
		if i < 0 {
			t.Errorf("%s is not among the inputs", w.File)
			continue
		}
		got := report.Inputs[i].Ledger
		if got.Lines != w.Lines || got.Incident != w.Incident || got.Blank != w.Blank || got.Unrecognised != w.Unrecognised {
			t.Errorf("%s: the ledger is %+v, want %+v", w.File, got, w)
		}
	}

	first := reportJSON(t, report)
	for _, order := range orders(inputs) {
		if got := reportJSON(t, run(t, order, pipeline.Options{})); !bytes.Equal(got, first) {
			t.Errorf("another order of the inputs makes another report:\n%s", cmp.Diff(string(first), string(got)))
		}
	}
}

// Nor does it matter which end of a log comes first: the turn of the year is found backward too.
func TestSecondSiteBackward(t *testing.T) {
	inputs := secondSite(t)
	for i, in := range inputs {
		if strings.HasSuffix(in.Path, "relay.log") {
			records := strings.Split(strings.TrimSuffix(string(readSample(t, in.Path)), "\n"), "\n")
			slices.Reverse(records)
			inputs[i] = input(in.Path, []byte(strings.Join(records, "\n")+"\n"))
		}
	}
	checkSecondSite(t, run(t, inputs, pipeline.Options{}), readExpectation(t, "logs/second/expected.json"))
}

func secondSite(t *testing.T) []logformat.Input {
	t.Helper()
	return []logformat.Input{
		sample(t, "logs/second/desk7.txt"),
		sample(t, "logs/second/ns1-logcheck.txt"),
		sample(t, "logs/second/relay.log"),
	}
}

// checkSecondSite names the case of what differs, so that README.md tells what it is about.
func checkSecondSite(t *testing.T, report *analysis.Report, want expectation) {
	t.Helper()
	got := map[string]outcome{}
	for i := range report.Incidents {
		o := outcomeOf(&report.Incidents[i])
		got[key(o)] = o
	}
	for _, w := range want.Incidents {
		o := w.outcome(w.Lines)
		g, ok := got[key(o)]
		if !ok {
			t.Errorf("%s: no incident of %v beginning at %s", w.Case, o.Sources, o.First)
			continue
		}
		delete(got, key(o))
		if diff := cmp.Diff(o, g); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", w.Case, diff)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		t.Errorf("an incident that is not expected: %+v", got[k])
	}
}

func key(o outcome) string { return o.First + " " + strings.Join(o.Sources, " ") }

package interchange_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/render"
	"practicum/render/interchange"
	"practicum/render/style"
)

// The reports that the tests export. They are made by hand, so that goldens change with the exports alone.

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05 -07:00", s)
	if err != nil {
		panic(err)
	}
	return t
}

func factor(low, high int, reason string, origin analysis.Origin) analysis.Factor {
	return analysis.Factor{Low: low, High: high, Reason: reason, Origin: origin}
}

// sample has an incident of each sort that the exports tell apart: packets that a filter dropped, by IPv4 and by IPv6; log-ins
// of two kinds from two sources, one of which is private; and one that the analyst added.
func sample() *analysis.Report {
	r := &analysis.Report{
		Schema: analysis.Schema, Title: "Incidents at example.net", Site: "example.net", Tool: "Practicum 0.1.0", Zone: "Europe/Berlin",
		Period:     analysis.Period{First: at("2026-10-25 01:00:00 +02:00"), Last: at("2026-10-25 23:30:00 +01:00")},
		Background: analysis.Background{Incidents: 2},
	}
	probe := analysis.ScoredIncident{
		Incident: analysis.Incident{
			Number: 1, ID: "aaaaaaaaaaaa", Title: "Probe of a trojan's default port: port 27374/tcp", Kinds: []string{"probe"},
			Sources:  []analysis.Source{{IP: "203.0.113.9", Name: "dial9.example.org"}, {IP: "2001:db8::9"}},
			Targets:  []analysis.Target{{IP: "198.51.100.25"}, {IP: "2001:db8:1::25", Host: "gate"}},
			Services: []analysis.Service{{Port: 27374, Proto: "tcp", Name: "SubSeven"}, {Proto: "icmp"}},
			First:    at("2026-10-25 01:59:58 +02:00"), Last: at("2026-10-25 02:00:10 +01:00"), Records: 5, Lines: 5, Attempts: 9, AttemptsAtLeast: true,
			Outcome: analysis.OutcomeBlocked, Evidence: []analysis.Citation{{File: "logs/gate.log", Lines: analysis.LineRange{First: 3, Last: 7}}},
			AttemptList: []analysis.Attempt{
				{Source: "203.0.113.9", SourcePort: 4711, Target: "198.51.100.25", Port: 27374, Proto: "tcp", Start: at("2026-10-25 01:59:58 +02:00"), Packets: 3, Dropped: true},
				{Source: "203.0.113.9", Target: "198.51.100.25", Proto: "icmp", Start: at("2026-10-25 02:00:05 +01:00"), Dropped: true},
				{Source: "2001:db8::9", SourcePort: 4712, Target: "2001:db8:1::25", Port: 27374, Proto: "tcp", Start: at("2026-10-25 02:00:08 +01:00"), Packets: 1, Dropped: true},
				{Source: "203.0.113.9", SourcePort: 4713, Port: 27374, Proto: "tcp", Start: at("2026-10-25 02:00:10 +01:00"), Packets: 1, Dropped: true},
			},
		},
		Severity: analysis.Severity{
			Factors: analysis.Factors{Criticality: factor(4, 4, "The mail relay.", analysis.OriginAsset), Lethality: factor(3, 4, "Full control, if it is installed.", analysis.OriginKind),
				System: factor(3, 3, "Patched.", analysis.OriginSite), Network: factor(5, 5, "The filter dropped every packet.", analysis.OriginEvidence)},
			Low: -1, High: 0, Band: analysis.BandElevated,
		},
	}
	logins := analysis.ScoredIncident{
		Incident: analysis.Incident{
			Number: 2, ID: "bbbbbbbbbbbb", Title: "Log-ins failed: ssh", Kinds: []string{"guessing", "own"},
			Sources: []analysis.Source{{IP: "203.0.113.9"}, {IP: "10.1.2.3"}, {Name: "unknown"}}, Targets: []analysis.Target{{Host: "mail"}},
			Services: []analysis.Service{{Port: 22, Proto: "tcp", Name: "ssh"}},
			First:    at("2026-10-25 22:00:00 +01:00"), Last: at("2026-10-25 23:30:00 +01:00"), Records: 40, Lines: 41, Attempts: 2, Outcome: analysis.OutcomeFailed,
			Users: []string{"root", "=cmd|' /C calc'!A1"}, Evidence: []analysis.Citation{{File: "logs/auth.log", Lines: analysis.LineRange{First: 1, Last: 41}}},
			AttemptList: []analysis.Attempt{
				{Source: "203.0.113.9", SourcePort: 50000, Port: 22, Proto: "tcp", Start: at("2026-10-25 22:00:00 +01:00")},
				{Source: "unknown", Port: 22, Proto: "tcp", Start: at("2026-10-25 23:30:00 +01:00")},
			},
		},
		Severity: analysis.Severity{
			Factors: analysis.Factors{Criticality: factor(4, 4, "The mail relay.", analysis.OriginAnalyst), Lethality: factor(4, 5, "A shell.", analysis.OriginAnalyst),
				System: factor(1, 2, "Passwords.", analysis.OriginAnalyst), Network: factor(0, 0, "None.", analysis.OriginAnalyst)},
			Low: 6, High: 8, Band: analysis.BandSevere,
		},
	}
	call := analysis.ScoredIncident{Incident: analysis.Incident{Number: 3, ID: "by-hand-1", Title: "A caller asked for a password", ByHand: true}}
	r.Incidents = []analysis.ScoredIncident{probe, logins, call}
	return r
}

// options are those of the sample: two kinds with techniques, one of which applies only at times, and a kind without any.
func options() interchange.Options {
	kinds := map[string]interchange.Kind{
		"probe":    {Title: "Probe of a port", Techniques: []interchange.Technique{{ID: "T1595", Name: "Active Scanning"}, {ID: "T1595.001", Name: "Active Scanning: Scanning IP Blocks", Note: "where it comes by many targets"}}},
		"guessing": {Title: "Passwords guessed", Techniques: []interchange.Technique{{ID: "T1110.001", Name: "Brute Force: Password Guessing"}, {ID: "T1595", Name: "Active Scanning"}}},
	}
	return interchange.Options{Attack: "18.0", User: 4711, Kind: func(id string) (interchange.Kind, bool) { k, ok := kinds[id]; return k, ok }}
}

// written is an export, which must not fail.
func written(t *testing.T, name string, r *analysis.Report, o interchange.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := interchange.Write(&b, name, r, o); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.Bytes()
}

// golden compares got with a file of testdata; UPDATE=1 rewrites the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// analysed is what report.json says of logs of ours, by the rules as they are.
func analysed(t *testing.T, folder string) *analysis.Report {
	t.Helper()
	var logs []logformat.Input
	root := filepath.Join("..", "..", "testdata", "logs", folder)
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if file := filepath.Join(root, e.Name()); e.Type().IsRegular() && filepath.Ext(file) == ".log" {
			logs = append(logs, logformat.Input{Path: "logs/" + e.Name(), ModTime: at("2000-04-30 00:00:00 +00:00"), Open: func() (io.ReadCloser, error) { return os.Open(file) }})
		}
	}
	if len(logs) == 0 {
		t.Fatalf("%s holds no log", root)
	}
	o := pipeline.Options{Title: "Incidents of " + folder, Tool: "Practicum 0.1.0", Clock: logformat.ClockOptions{AsOf: at("2000-04-30 00:00:00 +00:00")}, Detail: -1}
	report, err := pipeline.Run(t.Context(), logs, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := render.JSON(&b, report); err != nil {
		t.Fatal(err)
	}
	report = new(analysis.Report)
	if err := json.Unmarshal(b.Bytes(), report); err != nil {
		t.Fatal(err)
	}
	return report
}

// catalogue are the options of the command, with the catalogue as it is embedded.
func catalogue() interchange.Options {
	return interchange.Options{Attack: knowledge.AttackNumber, Kind: func(id string) (k interchange.Kind, ok bool) {
		entry, ok := knowledge.KindByID(id)
		k.Title = entry.Title
		for _, t := range entry.Attack {
			k.Techniques = append(k.Techniques, interchange.Technique{ID: t.ID, Name: t.Name, Note: t.Note})
		}
		return k, ok
	}}
}

// everything are reports to hold against the references: the sample, with all labels and with pseudonyms, hostile ones, an empty
// one, and those of the sample logs.
func everything(t *testing.T, each func(name string, r *analysis.Report, o interchange.Options)) {
	t.Helper()
	each("sample", sample(), options())
	for _, label := range style.Labels {
		o := options()
		o.TLP = label
		each("sample "+label, sample(), o)
	}
	r := sample()
	r.Made = &analysis.Made{Obscured: true}
	each("obscured", r, options())
	o := options()
	o.Modified = at("2026-11-01 08:00:00 +00:00")
	each("modified", sample(), o)
	each("hostile", hostile(), options())
	each("empty", &analysis.Report{Schema: analysis.Schema, Tool: "Practicum 0.1.0"}, options())
	for _, folder := range []string{"founding", "second", "daemons"} {
		each(folder, analysed(t, folder), catalogue())
	}
}

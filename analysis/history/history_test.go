package history

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
)

// month is a report on a month: sources with their records, each an incident of its own.
func month(site, month string, records map[string]int, machines ...string) *analysis.Report {
	from, err := time.Parse("2006-01", month)
	if err != nil {
		panic(err)
	}
	to := from.AddDate(0, 1, 0)
	r := &analysis.Report{Site: site, Zone: "UTC", Title: "Security summary", Tool: "Practicum",
		Window: &analysis.Window{From: from, To: to, Month: month}, Period: analysis.Period{First: from.Add(time.Hour), Last: to.Add(-time.Hour)},
		Counts: &analysis.Counts{}}
	for _, m := range machines {
		r.Hosts = append(r.Hosts, analysis.Presence{Host: m})
	}
	for i, source := range slices.Sorted(maps.Keys(records)) {
		n := analysis.Count{Incidents: 1, Records: records[source]}
		r.Counts.Incidents++
		r.Counts.Records += n.Records
		r.Counts.Add(analysis.BySource, source, n)
		r.Counts.Add(analysis.ByKind, "brute-force", n)
		r.Counts.Add(analysis.ByBand, string(analysis.BandHigh), n)
		r.Counts.Add(analysis.ByDay, from.Format(time.DateOnly), n)
		r.Incidents = append(r.Incidents, analysis.ScoredIncident{Incident: analysis.Incident{Number: i + 1, ID: month + source, Title: "Password guessing from " + source,
			Kinds: []string{"brute-force"}, Sources: []analysis.Source{{IP: source}}, Targets: []analysis.Target{{Host: "web"}},
			First: from.Add(time.Duration(i+1) * time.Hour), Last: from.Add(time.Duration(i+2) * time.Hour), Records: n.Records}})
	}
	return r
}

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func keep(t *testing.T, s *Store, r *analysis.Report, want Remembered) {
	t.Helper()
	got, _, err := s.Remember(t.Context(), EntryOf(r, Words{}), 0)
	if err != nil || got != want {
		t.Fatalf("%s, %v; want %s", got, err, want)
	}
}

func exported(t *testing.T, s *Store) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := s.Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sound(t *testing.T, s *Store, reports int) {
	t.Helper()
	wrong, n, err := s.Check(t.Context())
	if err != nil || len(wrong) > 0 || n != reports {
		t.Errorf("%d reports, %q, %v; want %d and nothing wrong", n, wrong, err, reports)
	}
}

func TestSameTwice(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "history.db")
	s := opened(t, file)
	r := month("berlin", "2026-10", map[string]int{"192.0.2.1": 5, "192.0.2.2": 3}, "web")
	keep(t, s, r, Added)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, s, r, Unchanged)
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed, %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	sound(t, s, 1)
}

// TestCovers argues which of two reports stays when the second one comes.
func TestCovers(t *testing.T) {
	some := map[string]int{"192.0.2.1": 5}
	more := map[string]int{"192.0.2.1": 5, "192.0.2.2": 1}
	free := func(days int) *analysis.Report { // nobody asked for a time
		r := month("berlin", "2026-10", some, "web")
		r.Window = nil
		r.Period.Last = r.Period.First.AddDate(0, 0, days)
		return r
	}
	tests := map[string]struct {
		first, second *analysis.Report
		want          Remembered
		reports       int
	}{
		"the same month with more in it is a newer word":  {month("berlin", "2026-10", some, "web"), month("berlin", "2026-10", more, "web"), Replaced, 1},
		"and so is one with less in it":                   {month("berlin", "2026-10", more, "web"), month("berlin", "2026-10", some, "web"), Replaced, 1},
		"a machine more takes the place":                  {month("berlin", "2026-10", some, "web"), month("berlin", "2026-10", some, "web", "db"), Replaced, 1},
		"a machine less is not taken":                     {month("berlin", "2026-10", some, "web", "db"), month("berlin", "2026-10", some, "web"), Covered, 1},
		"other machines are another report":               {month("berlin", "2026-10", some, "web"), month("berlin", "2026-10", some, "db"), Added, 2},
		"another month":                                   {month("berlin", "2026-09", some, "web"), month("berlin", "2026-10", some, "web"), Added, 2},
		"another site":                                    {month("bonn", "2026-10", some, "web"), month("berlin", "2026-10", some, "web"), Added, 2},
		"logs that grew take the place of what they were": {free(3), free(9), Replaced, 1},
		"a part of them is not taken":                     {free(9), free(3), Covered, 1},
		"a month stays beside logs that hold it":          {month("berlin", "2026-10", some, "web"), free(90), Added, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := opened(t, filepath.Join(t.TempDir(), "history.db"))
			keep(t, s, test.first, Added)
			keep(t, s, test.second, test.want)
			sound(t, s, test.reports)
		})
	}
}

func TestNameless(t *testing.T) {
	r := month("", "2026-10", nil)
	r.Hosts = []analysis.Presence{{File: "/var/log/access.log.1"}}
	if e := EntryOf(r, Words{}); !e.Nameless() || e.Machines[0] != "access.log/" {
		t.Errorf("%v of %q", e.Nameless(), e.Machines)
	}
	r.Site = "berlin"
	if EntryOf(r, Words{}).Nameless() {
		t.Error("a site has a name")
	}
}

// TestWordsStay runs the report once more elsewhere, where nobody has written anything.
func TestWordsStay(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "history.db"))
	bare := month("berlin", "2026-10", map[string]int{"192.0.2.1": 5}, "web")
	rated := month("berlin", "2026-10", map[string]int{"192.0.2.1": 5}, "web")
	in := &rated.Incidents[0]
	in.Severity.Criticality = analysis.Factor{Low: 5, High: 5, Reason: "customers", Origin: analysis.OriginAnalyst}
	in.Prompts = []analysis.Prompt{{ID: "owner", Text: "Who?", Answered: true}, {ID: "open", Text: "Why?"}}
	words := Words{Of: map[string]string{in.ID: "It never stopped.\n"}, Advice: []Advice{{"advice-1", "Use keys.", true}, {"advice-2", "Watch.", false}}}
	if _, _, err := s.Remember(t.Context(), EntryOf(rated, words), 0); err != nil {
		t.Fatal(err)
	}
	was := exported(t, s)
	keep(t, s, bare, Unchanged)
	if now := exported(t, s); now != was {
		t.Error(cmp.Diff(was, now))
	}
	// What the document says now holds, where somebody asks for it.
	if changed, err := s.Update(t.Context(), EntryOf(bare, Words{})); err != nil || !changed {
		t.Fatal(changed, err)
	}
	r, err := s.Find(t.Context(), "", "2026-10")
	if err != nil {
		t.Fatal(err)
	}
	if x := r.Told[0]; x.rated() || x.Words != "" || len(x.Answered) != 0 || len(r.Advice) != 2 {
		t.Errorf("%+v, %v", x, r.Advice)
	}
	if _, err := s.Update(t.Context(), EntryOf(month("berlin", "2026-11", nil, "web"), Words{})); err == nil || !strings.Contains(err.Error(), "not in the history") {
		t.Errorf("an unknown report: %v", err)
	}
}

// TestPast compares what the history says of sources with sets, for random months.
func TestPast(t *testing.T) {
	months := []string{"2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 9))
		s := opened(t, filepath.Join(t.TempDir(), "history.db"))
		all := map[string]map[string]int{}
		for _, m := range months {
			all[m] = map[string]int{}
			for range 12 {
				all[m][fmt.Sprintf("192.0.2.%d", random.IntN(30))] = 1 + random.IntN(100)
			}
		}
		order := slices.Clone(months)
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, m := range order { // in whatever order, and the month itself and others are in it, too
			keep(t, s, month("berlin", m, all[m], "web"), Added)
			keep(t, s, month("bonn", m, map[string]int{"198.51.100.1": 1}, "web"), Added)
		}
		for i, m := range months {
			past, of, err := s.Past(t.Context(), EntryOf(month("berlin", m, all[m], "web"), Words{}), 24*time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				if past != nil {
					t.Error("the first month has no past")
				}
				continue
			}
			want := analysis.SourcesSeen{}
			total := func(month string) (n int) {
				for _, k := range all[month] {
					n += k
				}
				return n
			}
			for source := range all[m] {
				var in []string
				for _, earlier := range months[:i] {
					if _, ok := all[earlier][source]; ok {
						in = append(in, earlier)
					}
				}
				switch {
				case len(in) == 0:
					want.New++
				case in[len(in)-1] == months[i-1]:
					want.Staying++
				default:
					want.Returning++
				}
				if seen := of[m+source].Seen; len(in) > 0 && (len(seen) != 1 || seen[0].Reports != len(in)) || len(in) == 0 && len(seen) > 0 {
					t.Errorf("%s in %s: %v, want %v", source, m, seen, in)
				}
			}
			for source := range all[months[i-1]] {
				if _, ok := all[m][source]; !ok {
					want.Gone++
				}
			}
			got := past.Sources
			got.Listed = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, seed %d (-want +got):\n%s", m, seed, diff)
			}
			if past.Compared == nil || past.Compared.Name != months[i-1] || past.Compared.Records != total(months[i-1]) || past.Compared.Sources != len(all[months[i-1]]) || past.Compared.Serious != len(all[months[i-1]]) || len(past.Trend) != i {
				t.Errorf("%s is compared with %+v, trend of %d", m, past.Compared, len(past.Trend))
			}
			for _, c := range past.Changes {
				if c.Dimension != analysis.BySource {
					continue
				}
				if c.Now != all[m][c.Name] || c.Before == nil || *c.Before != all[months[i-1]][c.Name] || (c.Usual != nil) != (i >= 3) {
					t.Errorf("%s %s: %+v", m, c.Name, c)
				}
			}
		}
	}
}

func TestUsual(t *testing.T) {
	for _, test := range []struct {
		counts []int
		want   *analysis.Range
	}{
		{[]int{1, 2}, nil},
		{[]int{9, 1, 5}, &analysis.Range{Low: 1, High: 9, Reports: 3}},
		{[]int{9, 1, 5, 6, 5}, &analysis.Range{Low: 5, High: 6, Reports: 5}}, // without 1 and 9
	} {
		if diff := cmp.Diff(test.want, usual(test.counts)); diff != "" {
			t.Errorf("%v: %s", test.counts, diff)
		}
	}
}

// TestContinuing has one incident that ends with the month and one of the same source that does not.
func TestContinuing(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "history.db"))
	september := month("berlin", "2026-09", map[string]int{"192.0.2.1": 5, "192.0.2.2": 5}, "web")
	september.Incidents[0].Last = september.Window.To.Add(-time.Minute)
	september.Incidents[0].Severity.Lethality = analysis.Factor{Low: 4, High: 4, Reason: "root", Origin: analysis.OriginAnalyst}
	keep(t, s, september, Added)
	october := month("berlin", "2026-10", map[string]int{"192.0.2.1": 5, "192.0.2.2": 5}, "web")
	past, of, err := s.Past(t.Context(), EntryOf(october, Words{}), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if c := past.Continuing; len(c) != 1 || c[0].Number != 1 || c[0].Earlier.ID != "2026-09192.0.2.1" || c[0].Source != "192.0.2.1" {
		t.Errorf("%+v", c)
	}
	// The rating is of the source itself for the one, and of the same target for the other.
	for id, want := range map[string]string{"2026-10192.0.2.1": "the source 192.0.2.1", "2026-10192.0.2.2": "the target web"} {
		if r := of[id].Rated; r == nil || r.Shares != want || r.Number != 1 || len(r.Factors) != 1 || r.Factors[0].Reason != "root" {
			t.Errorf("%s: %+v", id, r)
		}
	}
}

func TestAdvice(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "history.db"))
	for m, advice := range map[string][]Advice{
		"2026-07": {{"advice-a", "Use keys.", false}, {"advice-b", "Close ports.", false}, {"advice-c", "Watch.", true}},
		"2026-08": {{"advice-a", "Use keys.", false}, {"advice-b", "Close ports.", true}},
		"2026-09": {{"advice-d", "Ask.", false}},
	} {
		if _, _, err := s.Remember(t.Context(), EntryOf(month("berlin", m, nil, "web"), Words{Advice: advice}), 0); err != nil {
			t.Fatal(err)
		}
	}
	past, _, err := s.Past(t.Context(), EntryOf(month("berlin", "2026-10", nil, "web"), Words{}), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	want := []analysis.OpenAdvice{{ID: "advice-a", Text: "Use keys.", Since: "July 2026", Reports: 2}, {ID: "advice-d", Text: "Ask.", Since: "September 2026", Reports: 1}}
	if diff := cmp.Diff(want, past.Open); diff != "" {
		t.Error(diff)
	}
}

func TestKeep(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "history.db"))
	for _, m := range []string{"2026-01", "2026-02", "2026-03", "2026-04"} {
		if _, _, err := s.Remember(t.Context(), EntryOf(month("berlin", m, nil, "web"), Words{}), 2); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Reports(t.Context(), "")
	if err != nil || len(all) != 3 || all[0].Name != "2026-02" { // two months before April, and April
		t.Errorf("%+v, %v", all, err)
	}
}

// TestForget looks for the source in the bytes of the file.
func TestForget(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history.db")
	s := opened(t, file)
	r := month("berlin", "2026-10", map[string]int{"192.0.2.77": 5, "192.0.2.2": 3}, "web")
	r.Incidents[0].Title = "Password guessing, as by 192.0.2.77"
	if _, _, err := s.Remember(t.Context(), EntryOf(r, Words{Of: map[string]string{r.Incidents[0].ID: "Like 192.0.2.77."}, Advice: []Advice{{"advice-a", "Block 192.0.2.77.", false}}}), 0); err != nil {
		t.Fatal(err)
	}
	keep(t, s, month("berlin", "2026-09", map[string]int{"192.0.2.2": 3}, "web"), Added)
	n, err := s.Forget(t.Context(), Forget{Source: "192.0.2.77"})
	if err != nil || n != (Forgotten{Changed: 1}) {
		t.Fatal(n, err)
	}
	sound(t, s, 2)
	s.Close()
	data, err := os.ReadFile(file)
	if err != nil || bytes.Contains(data, []byte("192.0.2.77")) {
		t.Errorf("it is in the file still, %v", err)
	}
	if !bytes.Contains(data, []byte(forgotten)) {
		t.Error("its place in the title is not marked")
	}
}

func TestExchange(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, filepath.Join(dir, "history.db"))
	for _, m := range []string{"2026-09", "2026-10"} {
		r := month("berlin", m, map[string]int{"192.0.2.1": 5, "evil\x1b[2J\u202e\xff": 3}, "web")
		r.Incidents[0].Severity.Stated = &analysis.Stated{Low: 1, High: 2, Note: "x"}
		if _, _, err := s.Remember(t.Context(), EntryOf(r, Words{Advice: []Advice{{"advice-a", "Use keys.", m == "2026-10"}}}), 0); err != nil {
			t.Fatal(err)
		}
	}
	text := exported(t, s)
	other := opened(t, filepath.Join(dir, "other.db"))
	for want := range []int{2, 0} {
		want = 2 - 2*want
		taken, all, err := other.Import(t.Context(), strings.NewReader(text))
		if err != nil || taken != want || all != 2 {
			t.Fatalf("took %d of %d, %v; want %d", taken, all, err, want)
		}
	}
	if again := exported(t, other); again != text {
		t.Error(cmp.Diff(text, again))
	}
	sound(t, other, 2)
	lines := strings.SplitAfter(text, "\n")
	for name, test := range map[string]struct{ text, want string }{
		"cut off":       {strings.Join(lines[:len(lines)-2], ""), "the last line is missing"},
		"a line gone":   {strings.Replace(text, lines[1], "", 1), "line 2: belongs to no report"},
		"no export":     {"{}\n", "line 1: is no exported history"},
		"no JSON":       {"{\"history\":1}\nnonsense\n", "line 2: is no line of an exported history"},
		"newer":         {"{\"history\":2}\n", "newer version"},
		"two times one": {strings.Replace(text, lines[2], lines[2]+lines[2], 1), "constraint"},
		"behind":        {text + lines[1], "stands behind the end"},
	} {
		t.Run(name, func(t *testing.T) {
			empty := opened(t, filepath.Join(t.TempDir(), "history.db"))
			if _, _, err := empty.Import(t.Context(), strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
			sound(t, empty, 0)
		})
	}
}

func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	execute := func(file, text string) {
		db, err := sql.Open("sqlite", path(file))
		if err == nil {
			_, err = db.Exec(text)
			db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	execute("other.db", "CREATE TABLE notes (text)")
	opened(t, path("newer.db")).Close()
	execute("newer.db", "PRAGMA user_version = 99")
	if err := os.WriteFile(path("text.db"), bytes.Repeat([]byte("no database at all\n"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	s := opened(t, path("damaged.db"))
	keep(t, s, month("berlin", "2026-10", map[string]int{"192.0.2.1": 5}, "web"), Added)
	s.Close()
	execute("damaged.db", "UPDATE count SET records = 6")
	for file, want := range map[string]string{"other.db": "another program", "newer.db": "newer version", "text.db": "damaged"} {
		s, err := Open(t.Context(), path(file))
		e, ok := err.(*Error)
		if err == nil {
			s.Close()
		}
		if !ok || !e.Damaged || !strings.Contains(e.Error(), want) || e.Path != path(file) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
	wrong, _, err := opened(t, path("damaged.db")).Check(t.Context())
	if err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], "its digest is another") {
		t.Errorf("%q, %v", wrong, err)
	}
	if _, err := OpenExisting(t.Context(), path("none.db")); err == nil || !strings.Contains(err.Error(), "there is no history") {
		t.Error(err)
	}
}

// TestSideBySide has runs that begin the same history at once.
func TestSideBySide(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history.db")
	var wait sync.WaitGroup
	const runs = 12
	for i := range runs {
		wait.Go(func() {
			s, err := Open(context.Background(), file)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for range 3 {
				e := EntryOf(month("berlin", fmt.Sprintf("2025-%02d", i+1), map[string]int{"192.0.2.1": i + 1}, "web"), Words{})
				if _, _, err := s.Remember(context.Background(), e, 0); err != nil {
					t.Error(err)
				}
				if _, _, err := s.Past(context.Background(), e, time.Hour); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	sound(t, opened(t, file), runs)
}

// TestKilled kills runs while they write. Whatever the moment, the file is sound, and what runs had finished is there; the same
// runs once more, not killed, give what they would have given at once.
func TestKilled(t *testing.T) {
	if file := os.Getenv("HISTORY_TEST_FILE"); file != "" {
		s, err := Open(context.Background(), file)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range manyMonths() {
			if _, _, err := s.Remember(context.Background(), EntryOf(r, Words{}), 0); err != nil {
				t.Fatal(err)
			}
			fmt.Print(".") // the next one is being written while this is read
		}
		s.Close()
		return
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "history.db")
	for i := range 12 {
		run := exec.Command(os.Args[0], "-test.run", "^TestKilled$")
		run.Env = append(os.Environ(), "HISTORY_TEST_FILE="+file)
		out, err := run.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 1+i%7)); err != nil {
			t.Fatal(err)
		}
		run.Process.Kill()
		run.Wait()
		s := opened(t, file)
		wrong, _, err := s.Check(t.Context())
		if err != nil || len(wrong) > 0 {
			t.Fatalf("%q, %v", wrong, err)
		}
		s.Close()
	}
	killed, whole := opened(t, file), opened(t, filepath.Join(dir, "whole.db"))
	for _, r := range manyMonths() {
		for _, s := range []*Store{killed, whole} {
			if _, _, err := s.Remember(t.Context(), EntryOf(r, Words{}), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if a, b := exported(t, killed), exported(t, whole); a != b {
		t.Error(cmp.Diff(a, b))
	}
}

// manyMonths are reports that take a moment to write.
func manyMonths() []*analysis.Report {
	var all []*analysis.Report
	for m := range 12 {
		records := map[string]int{}
		for i := range 400 {
			records[fmt.Sprintf("198.18.%d.%d", m, i%250)+strings.Repeat("x", i/250)] = i + 1
		}
		all = append(all, month("berlin", fmt.Sprintf("2025-%02d", m+1), records, "web"))
	}
	return all
}

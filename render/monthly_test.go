package render_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/render"
	"practicum/templates"
)

// monthlyReport is the sample of the ten headings as the report of a month, with the counts of a background.
func monthlyReport() *analysis.Report {
	r := gciaReport()
	r.Title = "Security summary, March 2000"
	day := func(d int, h int) time.Time { return time.Date(2000, 3, d, h, 0, 0, 0, time.UTC) }
	r.Window = &analysis.Window{From: day(1, 0), To: day(32, 0), Month: "2000-03"}
	r.Ledger.Outside = 3
	r.Hosts = []analysis.Presence{
		{Host: "mail", First: day(1, 1), Last: day(30, 23), Lines: 5120, Rhythm: analysis.RhythmHourly,
			Silences: []analysis.Silence{{From: day(9, 3), To: day(9, 9)}, {From: day(20, 0), To: day(23, 12)}}, SilencesLeft: 1},
		{Host: "evil|`host`", First: day(2, 1), Last: day(2, 2), Lines: 4, Rhythm: analysis.RhythmNone},
		{File: "logs/zone.log", First: day(1, 1), Last: day(30, 23), Lines: 2, Rhythm: analysis.RhythmDaily},
	}
	c := &analysis.Counts{}
	add := func(d analysis.Dimension, name string, incidents, records int) {
		c.Add(d, name, analysis.Count{Incidents: incidents, Records: records})
	}
	for i, outcome := range []string{"blocked", "blocked", "failed", "allowed", "mixed", "unknown"} {
		c.Incidents, c.Records = c.Incidents+1, c.Records+10*(i+1)
		add(analysis.ByOutcome, outcome, 1, 10*(i+1))
		add(analysis.ByBand, []string{"guarded", "elevated", "high"}[i%3], 1, 10*(i+1))
		add(analysis.ByKind, "service-probe", 1, 10*(i+1))
		add(analysis.ByDay, day(1+5*i, 0).Format(time.DateOnly), 1, 10*(i+1))
	}
	for port := range 30 {
		add(analysis.ByService, strconv.Itoa(port)+"/tcp", 6, 210)
	}
	for i := range 15 {
		add(analysis.BySource, "192.0.2."+strconv.Itoa(i), 1, 14)
	}
	r.Counts = c
	return r
}

func monthlyMarkdown(t *testing.T, r *analysis.Report) string {
	t.Helper()
	form, ok := templates.ByName("monthly")
	if !ok {
		t.Fatal("no template monthly")
	}
	var b bytes.Buffer
	if err := render.Markdown(&b, r, form.Set()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMonthly(t *testing.T) {
	md := monthlyMarkdown(t, monthlyReport())
	golden(t, "monthly.md", []byte(md))
	golden(t, "monthly.html", page(t, parsed(t, []byte(md))))
}

// What the page for the management says agrees with the tables behind it.
func TestMonthlyAgrees(t *testing.T) {
	md := monthlyMarkdown(t, monthlyReport())
	sum := func(heading string) (incidents, records int) {
		_, section, ok := strings.Cut(md, heading)
		if !ok {
			t.Fatalf("no %q", heading)
		}
		for line := range strings.Lines(section) {
			cells := strings.Split(line, "|")
			if len(cells) < 6 || strings.Contains(line, "---") || strings.Contains(line, "Incidents") {
				if strings.HasPrefix(line, "#") {
					break
				}
				continue
			}
			var n []int
			for _, cell := range cells {
				cell = strings.ReplaceAll(strings.TrimSpace(cell), ",", "")
				if x, err := strconv.Atoi(cell); err == nil || cell == "–" {
					n = append(n, x)
				}
			}
			incidents, records = incidents+n[0], records+n[1]
		}
		return incidents, records
	}
	for _, heading := range []string{"\n## Severity\n", "\n### Outcomes\n"} {
		if i, r := sum(heading); i != 6 || r != 210 {
			t.Errorf("%q: %d incidents and %d records", heading, i, r)
		}
	}
	if _, r := sum("\n### Sources\n"); r != 210 {
		t.Errorf("sources: %d records", r)
	}
	// An incident may have several sources and a record may be of several services, so the rest of these cannot be added up.
	for _, want := range []string{"\n| 3 others | – | 42 | 20 % |\n", "\n| 18 others | – | – | – |\n"} {
		if !strings.Contains(md, want) {
			t.Errorf("no row %q", want)
		}
	}
	for _, want := range []string{
		"In March 2000 there were 6 incidents with 210 records from 15 sources, in 207 lines of log of 2 machines",
		"By severity, the most severe first: 2 high, 2 elevated, 2 guarded.",
		"Of 6 incidents, 3 are stopped as far as the logs tell (2 blocked, 1 failed); in 2 something was let through or answered, which is not to say that it did harm; of 1 the logs do not say.",
		"3 further lines are of another time and not judged.",
		"1 machine or log was silent for 90.0 hours in all, although hardly ever silent otherwise, the longest time mail, 2000-03-20 00:00:00 to 2000-03-23 12:00:00",
		"The logs end at 2000-03-30 23:00:00 already.",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if strings.Contains(md, "The logs begin") {
		t.Error("an hour without a log at the begin is told")
	}
	calendar := regexp.MustCompile("(?s)```chart calendar\n.*?```").FindString(md)
	total := 0
	for _, line := range strings.Split(calendar, "\n")[2:] {
		for _, w := range strings.Fields(line)[min(1, len(strings.Fields(line))):] {
			n, _ := strconv.Atoi(w)
			total += n
		}
	}
	if total != 210 {
		t.Errorf("the calendar has %d records\n%s", total, calendar)
	}
}

// A month without an incident is a sentence and no empty table.
func TestMonthlyQuiet(t *testing.T) {
	r := monthlyReport()
	r.Counts, r.Incidents, r.Background, r.Activity = &analysis.Counts{}, nil, analysis.Background{}, nil
	md := monthlyMarkdown(t, r)
	if !strings.Contains(md, "In March 2000 there was no incident in ") {
		t.Errorf("got %s", md)
	}
	for _, not := range []string{"What mattered", "What was stopped", "What to do", "### Kinds", "## Incidents", "chart calendar"} {
		if strings.Contains(md, not) {
			t.Errorf("%q in a quiet month", not)
		}
	}
}

// TestMonthlyDone holds that what was done on a machine is not said to have been let through.
func TestMonthlyDone(t *testing.T) {
	r := monthlyReport()
	r.Counts.Incidents++
	r.Counts.Add(analysis.ByOutcome, string(analysis.OutcomeAllowed), analysis.Count{Incidents: 1, Records: 1})
	r.Counts.Add(analysis.ByOutcome, analysis.DoneOnMachine, analysis.Count{Incidents: 1, Records: 1})
	const want = "in 2 something was let through or answered, which is not to say that it did harm; in 1 something was done on a machine, and the logs tell of no connection; of 1 the logs do not say."
	if md := monthlyMarkdown(t, r); !strings.Contains(md, want) {
		t.Errorf("%q is not in the summary", want)
	}
}

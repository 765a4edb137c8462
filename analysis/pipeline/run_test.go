package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/analysis/incident"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

func logOf(name, text string) logformat.Input {
	return logformat.Input{
		Path: name, ModTime: time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}
}

func runOf(t *testing.T, o pipeline.Options, inputs ...logformat.Input) *analysis.Report {
	t.Helper()
	o.Clock.Now = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	rep, err := pipeline.Run(context.Background(), inputs, o)
	if err != nil {
		t.Fatal(err)
	}
	if !rep.Ledger.Balances() {
		t.Errorf("the ledger does not balance: %+v", rep.Ledger)
	}
	return rep
}

const (
	refused = "Apr 10 02:04:53 mail in.telnetd[325]: refused connect from 192.0.2.1\n"
	another = "Apr 10 02:05:53 mail in.telnetd[326]: refused connect from 192.0.2.1\n"
	warning = "Apr 10 02:04:52 mail in.telnetd[325]: warning: /etc/hosts.deny, line 2: can't verify hostname: gethostbyname(a.example.net) failed\n"
	mailed  = "Apr 10 02:04:53 mail in.telnetd[325]: refused connect\nfrom 192.0.2.1\n"
)

// TestCopies holds that a record that two inputs have counts once, that within one input each counts,
// and that a copy's lines are of the class of their original.
func TestCopies(t *testing.T) {
	for _, test := range []struct {
		name                string
		a, b                string
		records, duplicates int
		lines               int // of the report's ledger, of class incident
	}{
		{"the same file twice", warning + refused, warning + refused, 2, 2, 4},
		{"overlapping files", refused, refused + another, 2, 1, 3},
		{"twice in one file", refused + refused, "", 2, 0, 2},
		{"twice in one, once in the other", refused + refused, refused, 2, 1, 3},
		{"once in one, twice in the other", refused, refused + refused, 2, 1, 3},
		{"wrapped by a mailer", refused, mailed, 1, 1, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			inputs := []logformat.Input{logOf("a.log", test.a)}
			if test.b != "" {
				inputs = append(inputs, logOf("b.log", test.b))
			}
			rep := runOf(t, pipeline.Options{}, inputs...)
			duplicates := 0
			for _, in := range rep.Inputs {
				duplicates += in.Duplicates
				if !in.Ledger.Balances() {
					t.Errorf("%s: the ledger does not balance: %+v", in.File, in.Ledger)
				}
			}
			if len(rep.Incidents) != 1 || rep.Incidents[0].Records != test.records || duplicates != test.duplicates || rep.Ledger.Incident != test.lines {
				t.Errorf("%d incidents, %d records, %d duplicates, ledger %+v; want %d records, %d duplicates, %d lines in incidents",
					len(rep.Incidents), rep.Incidents[0].Records, duplicates, rep.Ledger, test.records, test.duplicates, test.lines)
			}
		})
	}
}

// TestCopiesOfAnotherDay holds that a copy made years later gets no year of its own.
func TestCopiesOfAnotherDay(t *testing.T) {
	old, young := logOf("a.log", refused), logOf("b.log", refused)
	old.ModTime = time.Date(2003, 5, 1, 0, 0, 0, 0, time.UTC)
	rep := runOf(t, pipeline.Options{}, old, young)
	if len(rep.Incidents) != 1 || rep.Incidents[0].First.Year() != 2003 || rep.Inputs[1].Duplicates != 1 {
		t.Errorf("%d incidents, first in %d, %d duplicates", len(rep.Incidents), rep.Incidents[0].First.Year(), rep.Inputs[1].Duplicates)
	}
}

// TestIgnore holds that the ignore list hides a source under all that it is called, and counts it.
func TestIgnore(t *testing.T) {
	log := warning + refused + "Apr 10 02:04:54 mail in.ftpd[400]: refused connect from 192.0.2.77\n"
	for _, entry := range []incident.Ignore{
		{Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}},
		{Names: []string{"A.example.net"}},
	} {
		rep := runOf(t, pipeline.Options{Grouping: incident.Options{Ignore: []incident.Ignore{entry}}}, logOf("a.log", log))
		if len(rep.Incidents) != 1 || rep.Incidents[0].Sources[0].IP != "192.0.2.77" {
			t.Errorf("%+v: %d incidents", entry, len(rep.Incidents))
		}
		if rep.Ignored[0].Records != 2 || rep.Ignored[0].Lines != 2 || rep.Ledger.Benign != 2 {
			t.Errorf("%+v: %+v, ledger %+v; want 2 records on 2 benign lines", entry, rep.Ignored, rep.Ledger)
		}
	}
}

func TestNothingRecognised(t *testing.T) {
	for text, want := range map[string]string{"": "empty", "\n\n": "only blank lines", "some prose\nand more\n": "none of the 2 lines is in a known log format",
		"Feb 29 05:00:00 gw sshd[1]: Failed password for root from 203.0.113.9 port 21 ssh2\n": "the only line cannot be read, so nothing was written (notes.txt:1: syslog: the date does not exist in the year that was decided for this input)",
	} {
		_, err := pipeline.Run(context.Background(), []logformat.Input{logOf("notes.txt", text)}, pipeline.Options{Clock: logformat.ClockOptions{Year: 2026}})
		var nothing *pipeline.NothingError
		if !errors.As(err, &nothing) || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "notes.txt: ") {
			t.Errorf("%q: %v, want an error that says %q", text, err, want)
		}
	}
}

// TestBackground holds that what is told in tables only adds up with what is told in full.
func TestBackground(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		for range 1 + i%3 {
			b.WriteString("Apr 10 02:04:53 mail in.telnetd[325]: refused connect from 198.51.100." + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "\n")
		}
	}
	text := strings.ReplaceAll(b.String(), "198.51.100.0", "198.51.100.1") // no leading zero
	all := runOf(t, pipeline.Options{Detail: -1}, logOf("a.log", text))
	part := runOf(t, pipeline.Options{Detail: 7}, logOf("a.log", text))
	records := 0
	for _, in := range all.Incidents {
		records += in.Records
	}
	told := 0
	for _, in := range part.Incidents {
		told += in.Records
	}
	if len(part.Incidents) != 7 || part.Background.Incidents != len(all.Incidents)-7 || part.Background.Records != records-told {
		t.Errorf("%d in full, background %d incidents and %d records, of %d and %d", len(part.Incidents), part.Background.Incidents,
			part.Background.Records, len(all.Incidents), records)
	}
	for _, table := range part.Background.Tables {
		if table.Title == "Source" && !slices.IsSortedFunc(table.Rows[:len(table.Rows)-1], func(a, b analysis.BackgroundRow) int { return b.Records - a.Records }) {
			t.Errorf("the loudest sources do not come first: %+v", table.Rows)
		}
		incidents, sum := 0, 0
		for _, row := range table.Rows {
			incidents += row.Incidents
			sum += row.Records
		}
		if incidents != part.Background.Incidents || sum != part.Background.Records {
			t.Errorf("table %s adds up to %d incidents and %d records", table.Title, incidents, sum)
		}
	}
	if all.Background.Incidents != 0 || len(all.Background.Tables) != 0 {
		t.Errorf("background %+v where all is told", all.Background)
	}
}

// TestExcerptOfLongLines holds that an excerpt of long lines has fewer of them, and still the first and the last.
func TestExcerptOfLongLines(t *testing.T) {
	var text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&text, "Mar  5 10:00:%02d web sshd[%d]: Failed password for invalid user %s from 203.0.113.9 port 4711 ssh2\n", i, i+1, strings.Repeat("x", 1000))
	}
	in := runOf(t, pipeline.Options{Excerpt: 20}, logOf("a.log", text.String())).Incidents[0]
	var numbers []int
	for _, l := range in.Excerpt[0].Blocks {
		numbers = append(numbers, l.Number)
	}
	if want := []int{1, 2, 3, 4, 0, 20}; !slices.Equal(numbers, want) || in.Excerpt[0].Left != 15 {
		t.Errorf("lines %v and %d left out, want %v", numbers, in.Excerpt[0].Left, want)
	}
}

// TestExcerptLeavesOut holds that a long excerpt is shortened and says by how much.
func TestExcerptLeavesOut(t *testing.T) {
	text := strings.Repeat(refused, 100)
	in := runOf(t, pipeline.Options{Excerpt: 12}, logOf("a.log", text)).Incidents[0]
	quoted, omitted := 0, 0
	for _, l := range in.Excerpt[0].Blocks {
		if l.Omitted > 0 {
			omitted += l.Omitted
			continue
		}
		quoted++
		if l.Text+"\n" != refused {
			t.Errorf("line %d is quoted as %q", l.Number, l.Text)
		}
	}
	if quoted != 12 || omitted != 88 || in.Excerpt[0].Left != 88 {
		t.Errorf("%d lines quoted, %d marked as left out, %d left", quoted, omitted, in.Excerpt[0].Left)
	}
}

// TestXinetdSession holds that what xinetd and the process that it makes for a client log of one connection is one attempt, and
// that the last word on it counts: START comes before the wrappers refuse.
func TestXinetdSession(t *testing.T) {
	in := logOf("messages", `Feb 14 00:19:04 centos xinetd[5185]: START: tftp pid=6444 from=192.0.2.135
Feb 14 00:19:04 centos xinetd[6444]: libwrap refused connection to tftp (libwrap=in.tftpd) from 192.0.2.135
Feb 14 00:19:04 centos xinetd[6444]: FAIL: tftp libwrap from=192.0.2.135
Feb 14 00:19:04 centos xinetd[5185]: EXIT: tftp status=0 pid=6444 duration=0(sec)
Feb 14 00:20:11 centos xinetd[5185]: START: tftp pid=6451 from=192.0.2.135
Feb 14 00:20:11 centos xinetd[6451]: libwrap refused connection to tftp (libwrap=in.tftpd) from 192.0.2.135
Feb 14 00:20:11 centos xinetd[6451]: FAIL: tftp libwrap from=192.0.2.135
Feb 14 00:20:11 centos xinetd[5185]: EXIT: tftp status=0 pid=6451 duration=0(sec)
`)
	report, err := pipeline.Run(context.Background(), []logformat.Input{in}, pipeline.Options{Clock: logformat.ClockOptions{Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Incidents) != 1 {
		t.Fatalf("%d incidents", len(report.Incidents))
	}
	incident := report.Incidents[0]
	if incident.Attempts != 2 || incident.Outcome != analysis.OutcomeBlocked {
		t.Errorf("%d attempts, %s; want 2, blocked", incident.Attempts, incident.Outcome)
	}
	if why := incident.Severity.System.Reason; !strings.Contains(why, "xinetd refused both tries") {
		t.Errorf("the system's countermeasures: %s", why)
	}
}

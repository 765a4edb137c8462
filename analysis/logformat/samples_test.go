package logformat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"

	"practicum/analysis"
)

func fromBytes(name string, b []byte) Input {
	return Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// read gives all records of an input as text, one a line, the way the goldens show them.
func readText(t testing.TB, in Input, formats []Format) string {
	t.Helper()
	var b strings.Builder
	_, err := Read(context.Background(), in, 0, NewClock(time.UTC, 2000), formats, func(r *Record) error {
		describe(&b, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func describe(b *strings.Builder, r *Record) {
	for i, l := range r.Lines {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(b, l.First)
		if l.Last != l.First {
			fmt.Fprintf(b, "-%d", l.Last)
		}
	}
	switch r.Class {
	case ClassBlank:
		b.WriteString(" blank")
	case ClassBenign:
		fmt.Fprintf(b, " %s: benign", r.Format)
	case ClassUnrecognised:
		fmt.Fprintf(b, " unrecognised: %q", r.Text)
	case ClassEvent:
		e := r.Event
		fmt.Fprintf(b, " %s: %s %s", r.Format, e.Time.Format("2006-01-02 15:04:05"), e.Action)
		for _, f := range []struct {
			name  string
			value any
		}{
			{"host", e.Host}, {"program", e.Program}, {"source", endpointText(e.Source)}, {"target", endpointText(e.Target)}, {"proto", e.Proto},
			{"service", e.Service}, {"user", e.User}, {"signature", e.Signature}, {"claim", e.Claim},
			{"tries", [...]string{"", "session", "connection", "packet"}[e.Tries]},
			{"handshake", [...]string{"", "completed", "none"}[e.Handshake]},
		} {
			if f.value != "" {
				fmt.Fprintf(b, " %s=%v", f.name, f.value)
			}
		}
		if e.Count > 1 {
			fmt.Fprintf(b, " count=%d", e.Count)
		}
		if e.Context {
			b.WriteString(" context")
		}
	}
	if r.Warning != "" {
		fmt.Fprintf(b, " WARNING %s", r.Warning)
	}
	b.WriteByte('\n')
}

func endpointText(e analysis.Endpoint) string {
	var parts []string
	if e.Name != "" {
		parts = append(parts, e.Name)
	}
	if e.IP.IsValid() {
		parts = append(parts, e.IP.String())
	}
	if e.Port != 0 {
		parts = append(parts, fmt.Sprint(e.Port))
	}
	return strings.Join(parts, "/")
}

// TestSamples reads each format's samples and compares what they say with the golden beside them.
// UPDATE=1 writes the goldens anew; the difference is for a person to review.
func TestSamples(t *testing.T) {
	for _, f := range Formats {
		t.Run(f.Name, func(t *testing.T) {
			sample, err := os.ReadFile(filepath.Join("testdata", f.Name+".log"))
			if err != nil {
				t.Fatalf("every log format has samples: %v", err)
			}
			compareGolden(t, filepath.Join("testdata", f.Name+".golden"), readText(t, fromBytes(f.Name+".log", sample), Formats))
		})
	}
}

// TestDisjoint holds that every record of every format's samples is accepted by that format and by
// no other, so that the order of Formats cannot matter.
func TestDisjoint(t *testing.T) {
	for _, f := range Formats {
		sample, err := os.ReadFile(filepath.Join("testdata", f.Name+".log"))
		if err != nil {
			t.Fatal(err)
		}
		accepted := 0
		for _, other := range Formats {
			_, err := Read(context.Background(), fromBytes(f.Name, sample), 0, NewClock(nil, 2000), []Format{other}, func(r *Record) error {
				if r.Format == "" {
					return nil
				}
				if other.Name != f.Name {
					t.Errorf("line %d of %s's samples is accepted by %s too: %s", r.Lines[0].First, f.Name, other.Name, r.Text)
				}
				accepted++
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if accepted == 0 {
			t.Errorf("no record of %s's samples is accepted", f.Name)
		}
		reversed := slices.Clone(Formats)
		slices.Reverse(reversed)
		if a, b := readText(t, fromBytes("", sample), Formats), readText(t, fromBytes("", sample), reversed); a != b {
			t.Errorf("the order of the formats changes how %s's samples are read", f.Name)
		}
	}
}

// TestWrapped wraps each sample at every blank in turn, with and without a page footer between the
// two parts, and expects the same event.
func TestWrapped(t *testing.T) {
	footers := []string{"", "\n\nPage 3 of 22\n(c) 2000, all rights retained.\n\n"}
	for _, f := range Formats {
		sample, err := os.ReadFile(filepath.Join("testdata", f.Name+".log"))
		if err != nil {
			t.Fatal(err)
		}
		if f.Carrier != CarrierSyslog || f.Name == netfilter.Name {
			continue // netfilter's record is a list of optional words: nobody can tell where it ends
		}
		for _, record := range strings.Split(strings.TrimSpace(string(sample)), "\n") {
			whole := firstEvent(t, record, f)
			if whole == "" || f.Starts != nil && f.Starts(record) {
				continue // nothing to compare, or a stamp of its own, which no test here can divide from the message
			}
			const stamp = len("Jan 20 08:58:10 ")
			header := stamp + strings.Index(record[stamp:], ": ") + len(": ")
			words := strings.Fields(record[header:])
			for cut := 1; cut < len(words); cut++ {
				head := strings.Join(words[:cut], " ")
				if firstEvent(t, record[:header]+head, f) != "" {
					continue // complete without the rest: the format's own end of the record
				}
				if startsSyslog(strings.Join(words[cut:], " ") + " ") {
					continue // the rest begins like a record of its own, and is taken for one
				}
				for _, footer := range footers {
					if footer != "" && (f.FreeText || cut == len(words)-1 && !strings.ContainsAny(words[cut], ".@[") && words[cut] != "unknown") {
						continue // a single word behind a footer may be a heading
					}
					wrapped := record[:header] + head + "\n" + strings.TrimPrefix(footer, "\n") + strings.Join(words[cut:], " ") + "\n"
					if got := firstEvent(t, wrapped, f); got != whole {
						t.Errorf("wrapped:\n%s\ngot  %s\nwant %s", wrapped, got, whole)
					}
				}
			}
		}
	}
}

// TestTravelling changes every line of each sample the way that mail programs, wikis and word
// processors do, and expects the same events.
func TestTravelling(t *testing.T) {
	each := func(change func(int, string) string) func(string) string {
		return func(s string) string {
			lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
			for i := range lines {
				lines[i] = change(i, lines[i])
			}
			return strings.Join(lines, "\n") + "\n"
		}
	}
	shapes := []struct {
		name   string
		change func(string) string
		// appends is set when something is put behind each line. Where a record ends in the client's
		// own words, as a log-in name does, nobody can tell it from them.
		appends bool
	}{
		{"CRLF", each(func(_ int, s string) string { return s + "\r" }), false},
		{"no final newline", func(s string) string { return strings.TrimSuffix(s, "\n") }, false},
		{"quoted in mail", each(func(_ int, s string) string { return "> " + s }), false},
		{"quoted twice", each(func(_ int, s string) string { return ">> " + s }), false},
		{"stray blanks", each(func(i int, s string) string { return strings.Repeat(" ", i%4) + s + "  " }), false},
		{"a byte order mark", func(s string) string { return "\ufeff" + s }, false},
		{"no-break spaces", func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }, false},
		{"curly quotes", func(s string) string {
			return strings.NewReplacer(` "`, " \u201c", `"`, "\u201d", "'", "\u2019").Replace(s)
		}, false},
		{"doubled blanks", func(s string) string { return strings.ReplaceAll(s, " ", "  ") }, false},
		{"line breaks of HTML", each(func(_ int, s string) string { return s + "<br>" }), true},
		{"a list", each(func(_ int, s string) string { return "* " + s }), false},
		{"code spans", each(func(_ int, s string) string { return "- `" + s + "`" }), true},
		{"numbered", each(func(i int, s string) string { return fmt.Sprintf("%d: %s", i+1, s) }), false},
	}
	for _, f := range Formats {
		sample, err := os.ReadFile(filepath.Join("testdata", f.Name+".log"))
		if err != nil {
			t.Fatal(err)
		}
		want := events(t, string(sample))
		for _, shape := range shapes {
			if shape.appends && (f.FreeText || f.Name == wuFTPD.Name) || shape.name == "doubled blanks" && f.FreeText {
				continue
			}
			if got := events(t, shape.change(string(sample))); got != want {
				t.Errorf("%s, %s:\ngot\n%s\nwant\n%s", f.Name, shape.name, got, want)
			}
		}
	}
}

// events describes all events in a text without their line numbers.
func events(t testing.TB, text string) string {
	var b strings.Builder
	_, err := Read(context.Background(), fromBytes("", []byte(text)), 0, NewClock(nil, 2000), Formats, func(r *Record) error {
		if r.Class == ClassEvent {
			r.Lines = nil
			describe(&b, r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// firstEvent describes the first event in a text without its line numbers; empty if there is none.
func firstEvent(t testing.TB, text string, f Format) string {
	var b strings.Builder
	_, err := Read(context.Background(), fromBytes("", []byte(text)), 0, NewClock(nil, 2000), Formats, func(r *Record) error {
		if r.Class == ClassEvent && b.Len() == 0 {
			r.Lines = nil
			describe(&b, r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestManyContinuations offers each word of a record many times and never the last one: the search
// for the whole record must end, and every line be counted.
func TestManyContinuations(t *testing.T) {
	var b strings.Builder
	b.WriteString("Apr 10 02:05:01 mail portsentry[325]: attackalert:\n")
	for _, word := range strings.Fields("Unknown Type: TCP Packet Flags: SYN: 1 FIN: 1 ACK:") {
		for range 6 {
			b.WriteString(word + "\n")
		}
	}
	n := 0
	_, err := Read(context.Background(), fromBytes("", []byte(b.String())), 0, NewClock(nil, 2000), Formats, func(r *Record) error {
		n++
		if r.Class != ClassUnrecognised {
			t.Errorf("line %d is of class %d", r.Lines[0].First, r.Class)
		}
		return nil
	})
	if err != nil || n != 61 {
		t.Errorf("%d records, error %v", n, err)
	}
}

// TestFault reads a log with a line on which a parser panics: the others are read, and it is told of.
func TestFault(t *testing.T) {
	broken := Format{Name: "broken", Leads: "b", Starts: func(text string) bool { return strings.HasPrefix(text, "b") }, New: func(*Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			var at []int
			ev.PID = at[len(c.text)-1] // out of range
			return nil
		}
	}}
	var got []string
	_, err := Read(context.Background(), fromBytes("", []byte("Jan  2 15:04:05 h sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2\nbad\n\nJan  2 15:04:06 h sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2\n")), 0,
		NewClock(nil, 2001), append(slices.Clone(Formats), broken), func(r *Record) error {
			got = append(got, fmt.Sprintf("%v %q %s %s", r.Lines, r.Text, r.Format, r.Warning))
			return nil
		})
	if err != nil || len(got) != 4 || !strings.Contains(got[0], " sshd ") || !strings.Contains(got[3], " sshd ") || got[1] != `[{2 2}] "bad"  `+fault+" (runtime error: index out of range [2] with length 0)" {
		t.Errorf("%v, records:\n%s", err, strings.Join(got, "\n"))
	}
}

// FuzzRead holds for any bytes: no fault, every line in exactly one record, line numbers ascending
// within a record, and the same answer when the bytes are read again.
func FuzzRead(f *testing.F) {
	for _, format := range Formats {
		sample, err := os.ReadFile(filepath.Join("testdata", format.Name+".log"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sample)
		f.Add(bytes.ReplaceAll(sample, []byte(" "), []byte("\n")))
	}
	envelopes, err := filepath.Glob("testdata/envelopes/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range envelopes {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(aPcap(f, layers.LinkTypeEthernet, false, someFrames(f)...))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("Feb 29 0:0:0 a b[1]: connect from ::1\nJan  1 00:00:00 a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		read := func() (string, error) {
			var text strings.Builder
			seen := map[int]bool{}
			stats, err := Read(context.Background(), fromBytes("fuzz", b), 0, NewClock(nil, 2001), Formats, func(r *Record) error {
				last := 0
				for _, l := range r.Lines {
					for n := l.First; n <= l.Last; n++ {
						if seen[n] || n <= last {
							t.Fatalf("line %d is there twice or out of order", n)
						}
						seen[n], last = true, n
					}
				}
				if strings.HasPrefix(r.Warning, fault) {
					t.Fatalf("line %d: %s", r.Lines[0].First, r.Warning)
				}
				describe(&text, r)
				return nil
			})
			if err == nil && len(seen) != stats.Lines {
				t.Fatalf("%d lines in records, %d in the input", len(seen), stats.Lines)
			}
			return text.String(), err
		}
		one, err := read()
		var inputErr *InputError
		if err != nil && !errors.As(err, &inputErr) {
			t.Fatalf("an error that does not name the input: %v", err)
		}
		if two, _ := read(); one != two {
			t.Fatal("two readings differ")
		}
	})
}

// TestTruncatedRecordTakesNoProse holds that the headings that follow an excerpt whose last record
// was cut do not complete it.
func TestTruncatedRecordTakesNoProse(t *testing.T) {
	for _, text := range []string{
		"Feb 26 13:48:14 mail ftpd[1]: failed login from a.example.net [203.0.113.1],\n\nDiscussion\n\nThe log shows a try.\n",
		"Jan 20 08:58:10 mail in.telnetd[1]: connect from\n\nSeverity\n",
	} {
		if got := events(t, text); got != "" {
			t.Errorf("%q gives %s", text, got)
		}
	}
}

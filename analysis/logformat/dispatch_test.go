package logformat

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

// everything tells of each record of an input all that was read of it.
func everything(in Input, exhaustive bool) (string, error) {
	var b strings.Builder
	_, err := read(context.Background(), in, 0, NewClock(time.UTC, 2000), Formats, exhaustive, func(r *Record) error {
		fmt.Fprintf(&b, "%v %d %s %q %q", r.Lines, r.Class, r.Format, r.Warning, r.Text)
		if r.Event != nil {
			fmt.Fprintf(&b, " %+v", *r.Event)
		}
		if r.Class == ClassUnrecognised && r.Text != "" {
			program, shape := r.AppendShape(nil)
			fmt.Fprintf(&b, " %q %q", program, shape)
		}
		b.WriteByte('\n')
		return nil
	})
	return b.String(), err
}

// restamped is a text whose lines have other stamps, or others in front of what follows, where they had plain ones.
func restamped(text string, other func(i int, stamp, rest string) string) string {
	var b strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		if _, n, ok := plainStamp(line); ok {
			line = other(i, line[:n], line[n:])
		}
		b.WriteString(line)
	}
	return b.String()
}

// headers are the other ways in which lines of syslog begin.
var headers = []func(i int, stamp, rest string) string{
	func(_ int, stamp, rest string) string { return stamp + rest },
	func(i int, _, rest string) string { // RFC 3339
		return [...]string{"2001-03-01T10:00:00.5+01:00 ", "2001-03-01T10:00:01Z ", "2001-03-01T10:00:02.123456-07:30 ", "2001-03-01T10:00:03+0100 ", "2001-03-01T10:00:04 ", "2001-03-01T10:00:05.25 "}[i%6] + rest
	},
	func(i int, stamp, rest string) string { // a relay's priority, and single blanks
		return [...]string{"<38>", "<0>", "<191>", "<192>", "<6> ", ""}[i%6] + strings.Replace(stamp, "  ", " ", 1) + rest
	},
	func(i int, _, rest string) string { // RFC 5424
		host, rest, _ := strings.Cut(rest, " ")
		program, rest, _ := strings.Cut(rest, ": ")
		program, pid, _ := strings.Cut(strings.TrimSuffix(program, "]"), "[")
		return "<38>1 2001-03-01T10:00:01" + [...]string{"Z", ".25+01:00"}[i%2] + " " + host + " " + program + " " + cmp.Or(pid, "-") + [...]string{" - - ", " ID47 - ", " - [a b=\"c\"] ", " - -  ", " - - \ufeff"}[i%5] + rest
	},
}

// TestDispatch holds that asking only some of the formats about a text changes nothing: it reads all of the
// project's logs in both ways, the same lines under the name of other programs, and both with other headers.
func TestDispatch(t *testing.T) {
	logs := 0
	for _, root := range []string{"../../testdata", "../detect/testdata", "testdata"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".golden") {
				return err
			}
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			// A plain header before every line, so that every format's messages come under every format's eyes.
			var carried strings.Builder
			for i, line := range strings.SplitAfter(string(b), "\n") {
				program := [...]string{"sshd[71]", "kernel", "d", "ipfw", "pf", "in.ftpd[9]", "unix_chkpwd", "12", "3/CPU0", "su(pam_unix)[3]", "%ASA-4-106023"}[i%11]
				fmt.Fprintf(&carried, "Mar  1 10:00:00 %s %s: %s", [...]string{"gate", "rule", "m1", "mail.example.org", "192.0.2.1"}[i%5], program, line)
			}
			for k := range 2 * len(headers) {
				text := restamped([...]string{string(b), carried.String()}[k%2], headers[k/2])
				want, err := everything(fromBytes(name, []byte(text)), true)
				if err != nil {
					continue // no text, or damaged on purpose
				}
				got, err := everything(fromBytes(name, []byte(text)), false)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if got != want {
					g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
					for i := range w {
						if i >= len(g) || g[i] != w[i] {
							t.Errorf("%s: got\n%s\nwant\n%s", name, g[min(i, len(g)-1)], w[i])
							break
						}
					}
				}
			}
			logs++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if logs < 100 {
		t.Errorf("only %d logs were read", logs)
	}
}

// FuzzPlainHeader holds that a plain header is read as every other one is.
func FuzzPlainHeader(f *testing.F) {
	for _, s := range []string{
		"2025-11-06T11:32:42.868451+00:00 gate sshd[71]: Failed", "2025-11-06T11:32:42Z gate kernel: [ 1.5] IN=", "2025-11-06T11:32:60-07:00 h d: x", "2025-02-30T11:32:42Z h d: x",
		"2025-11-06T11:32:42 h d: x", "2025-11-06T11:32:42.5 h d: x", "2025-11-06T11:32:42. h d: x", "2025-02-30T11:32:42 h d: x", "2025-11-06T11:32:42Z Scan from: [192.0.2.1]", "2025-11-06T11:32:42Z stdout F: x", "2025-11-06T11:32:42+0000 h d: x", "2025-11-06T11:32:42.1234567890Z h d: x",
		"Jan  2 15:04:05 gate sshd[71]: Failed", "Feb 29 23:59:60 a kernel: [ 1.5] IN=", "Mar 31 00:00:00 m postfix/smtpd[1]: ",
		"Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure", "Jun 14 15:16:01 192.0.2.1 %ASA-4-106023: Deny", "Jun 14 15:16:01 mail.example.org d: x",
		"Jun 14 15:16:01 mail.info d: x", "Jun 14 15:16:01 auth.info d: x", "Jun 14 15:16:01 a.b %PIX-6-1[3]: x", "Jun 14 15:16:01 a. (b)[3]: x", "Jun 14 15:16:01 a d()): x",
		"Nov 2 10:00:00 h d[1]: x", "Nov 2 1:00:00 h d[1]: x", "<38>Nov 2 10:00:00 h d[1]: x", "<38>Nov  2 10:00:00 h d[1]: x", "<192>Nov  2 10:00:00 h d[1]: x", "<38> Nov  2 10:00:00 h d[1]: x",
		"<38>2025-11-06T11:32:42Z h d: x", "<38>1 2025-11-06T11:32:42Z h d 1 - - x", "<38>1 2025-11-06T11:32:42Z - d - ID47 - x", "<38>1 2025-11-06T11:32:42Z h - 1 - - x", "<38>1 2025-11-06T11:32:42Z h d x1 - - x",
		"<38>1 2025-11-06T11:32:42Z h d 1 - [a b=\"c\"] x", "<38>1 2025-11-06T11:32:42Z h d 1 - -", "<38>1 2025-11-06T11:32:42Z h d 1 - - \ufeffx", "<38>1 2025-11-06T11:32:42Z h d 99999999999 - - x", "<38>1 - h d 1 - - x",
		"<38>1 2025-11-06T11:32:42Z h kernel - - - [ 1.5] IN=", "<38>2 2025-11-06T11:32:42Z h d 1 - - x", "1 2025-11-06T11:32:42Z h d 1 - - x",
		"Nov 02 10:00:00 h d.e.f: x", "Dec  9 01:02:03 auth.info su: x", "Jun 31 01:02:03 h d: x", "May  5 01:02:03 h d[1] x", "Jul 10 24:02:03 h d: x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clock := NewClock(time.UTC, 2000)
		c, ev := Cursor{text: text}, analysis.Event{}
		if !c.plainHeader(clock, &ev) {
			return
		}
		d, want := Cursor{text: text}, analysis.Event{}
		if err := syslogHeader(&d, NewClock(time.UTC, 2000), &want); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got, want := fmt.Sprintf("%d %+v", c.pos, ev), fmt.Sprintf("%d %+v", d.pos, want); got != want {
			t.Errorf("%q: got\n%s\nwant\n%s", text, got, want)
		}
		if contained(text) != text || !startsSyslog(text) {
			t.Errorf("%q: not a line of syslog for others", text)
		}
		for _, f := range Formats {
			if f.Starts != nil && f.Starts(text) {
				t.Errorf("%q: %s takes it for a record of its own", text, f.Name)
			}
		}
		for _, b := range blocks {
			if b.starts(text) {
				t.Errorf("%q: takes it for the start of a block", text)
			}
		}
	})
}

// FuzzBeginsAddress holds that nothing that begins as an address has a header of syslog or holds another line.
func FuzzBeginsAddress(f *testing.F) {
	for _, s := range []string{
		"132.185.32.175 - - [01/Jan/2026:00:00:00 +0000] ", "1.06-11-06T11:32:42Z gate sshd[71]: Failed", "1. Jan  2 15:04:05 gate sshd[71]: x", "1.1 Nov 13 13:40:01 h d: x", "128.653509.128653 h d: x",
		"12.-01-02 15:04:05 a b[1]: x", "1.2 Mmm 02 10:00:00 (agent) 192.0.2.1->/var/log/x Jan  2 15:04:05 gate sshd[71]: x", "1.34>1 2025-11-06T11:32:42Z host app 1 id - x", "255.255.255.255:", "1.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !beginsAddress(text) {
			return
		}
		c, ev := Cursor{text: text}, analysis.Event{}
		if c.plainHeader(NewClock(time.UTC, 2000), &ev) {
			t.Errorf("%q has a plain header", text)
		}
		if err := syslogHeader(&Cursor{text: text}, NewClock(time.UTC, 2000), &analysis.Event{}); err != ErrNotMine {
			t.Errorf("%q has a header of syslog: %v", text, err)
		}
		if contained(text) != text {
			t.Errorf("%q holds %q", text, contained(text))
		}
	})
}

// TestLeads holds that records of a format begin as its Leads and After say, whatever stands there in the samples.
func TestLeads(t *testing.T) {
	lines := map[string]bool{}
	for _, name := range []string{"../../testdata", "../detect/testdata", "testdata"} {
		err := filepath.WalkDir(name, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			for line := range strings.SplitSeq(string(b), "\n") {
				lines[line], lines[strings.TrimLeft(line, " \t")] = true, true
				for _, f := range Formats {
					if line != "" && f.Leads != "" && f.Starts(line) && strings.IndexByte(f.Leads, line[0]) < 0 {
						t.Errorf("%s: %s begins with %q, which is none of its leads", name, f.Name, line[0])
					}
					if rest := strings.TrimLeft(line, decimals); rest != "" && rest != line && f.After != "" && f.Starts(line) && strings.IndexByte(f.After, rest[0]) < 0 {
						t.Errorf("%s: behind the number that %s begins with stands %q, which is none of what may follow it", name, f.Name, rest[0])
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for line := range lines {
		number := len(line) - len(strings.TrimLeft(line, decimals))
		for b := range 256 {
			for _, text := range [...]string{string([]byte{byte(b)}) + line, line[:number] + string([]byte{byte(b)}) + line[min(number+1, len(line)):]} {
				for _, f := range Formats {
					leads := f.Leads == "" || strings.IndexByte(f.Leads, text[0]) >= 0
					rest := strings.TrimLeft(text, decimals)
					if follows := f.After == "" || rest == "" || rest == text || strings.IndexByte(f.After, rest[0]) >= 0; (!leads || !follows) && f.Starts != nil && f.Starts(text) {
						t.Errorf("%s begins %q, which its Leads and After do not say", f.Name, text)
					}
				}
			}
		}
	}
}

// TestOddLines holds that lines which whoever writes into a log can make neither end the run nor are read in another way by fewer formats.
func TestOddLines(t *testing.T) {
	for _, test := range []struct{ line, holds string }{
		{`-:22222 [25/Feb/2019:16:19:54.22* 2] http_in bk/web1 0/0/0/18/18 200 200 - - ---- 2/2/2/0/0 0/0 "OPTIONS / HTTP/1.1"`, ""},
		{"192.168.1.4:50035 [28/Feb/2025:02:43:12.|345] frontend/backend: x", ""},
		{`1,2021/07/12 09:46:24,00"09,THREAT,url,0,2021/07/12 0`, ""},
		{"Jan  2 15:04:05 mail sendmail[7]:   ", ""},
		{"Jan  2 15:04:05 mail sendmail[7]: \t \t", ""},
		{"\v" + `192.0.2.1 - - [10/Oct/2025:13:55:36 -0700] "GET /scripts/root.exe?/c+dir HTTP/1.0" 404 2326`, "webaccess"},
		{"\u2003" + `192.0.2.1 - - [10/Oct/2025:13:55:36 -0700] "GET /scripts/root.exe?/c+dir HTTP/1.0" 404 2326`, "webaccess"},
	} {
		want, err := everything(fromBytes("a.log", []byte(test.line+"\n")), true)
		if err != nil {
			t.Fatal(err)
		}
		got, err := everything(fromBytes("a.log", []byte(test.line+"\n")), false)
		if err != nil || got != want || !strings.Contains(got, test.holds) {
			t.Errorf("%q: got %s %v, want %s", test.line, got, err, want)
		}
	}
}

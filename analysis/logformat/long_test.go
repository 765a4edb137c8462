package logformat

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestLongLines reads lines that are as long as one may be and that are made to be looked at again and again:
// each would take seconds if a parser started over at each of its bytes.
func TestLongLines(t *testing.T) {
	long := func(s string) string { return strings.Repeat(s, (maxLine-300)/len(s)) }
	for _, c := range []struct{ name, before, of, after string }{
		{"word", "2013-04-09 10:30:16,123 ", "1", " fail2ban.actions[1516]: WARNING [ssh] Ban 203.0.113.7"},
		{"blanks", "May 15 05:23:59 web lfd[28641]: (sshd) Failed SSH login from 203.0.113.7 ", "\t", "(PT/Portugal/-): 5 in"},
		{"rule", "", "-", ""},
		{"arrays", `{"__REALTIME_TIMESTAMP":"1762428762868451","MESSAGE":`, "[", ""},
		{"labels", "Audit Failure,2024-01-02 03:04:05,Microsoft-Windows-Security-Auditing,4625,Logon,\"", "by:", "\""},
	} {
		text := c.before + long(c.of) + c.after
		if c.name == "arrays" {
			text = c.before + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + strings.Repeat(" ", 40000) + "}"
		}
		start := time.Now()
		records := 0
		for range 3 {
			_, err := Read(context.Background(), fromBytes(c.name, []byte(text+"\n")), 0, NewClock(time.UTC, 2000), Formats, func(*Record) error { records++; return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d > 2*time.Second || records != 3 {
			t.Errorf("%s: %d records took %s", c.name, records, d)
		} else {
			t.Log(c.name, d)
		}
	}
}

// TestCutLines holds that a line is cut where it is longer than is kept, wherever it lies in the memory that it is read into, and
// that its record's warning says so, whatever else is wrong.
func TestCutLines(t *testing.T) {
	const head = "Oct 12 05:00:00 gw "
	const failed = head + "sshd[1]: Failed password for root from 203.0.113.9 port 21 ssh2"
	const cut = "the line is longer than 64 KiB and was cut"
	web := `203.0.113.44 - - [12/Oct/2026:06:00:10 +0000] "GET / HTTP/1.1" 404 153 "-" "`
	for _, c := range []struct {
		name, line string
		class      Class
		warning    string
	}{
		{"an event", web + strings.Repeat("x", 70_000) + `"`, ClassEvent, cut},
		{"an event and more", failed + " " + strings.Repeat("x", 70_000), ClassUnrecognised, cut},
		{"nothing known", head + "sshd[5]: " + strings.Repeat("A", 70_000), ClassUnrecognised, cut},
		{"a broken one", "Feb 29 05:00:00 gw sshd[1]: " + strings.Repeat("A", 70_000), ClassUnrecognised, cut + "; syslog: the date does not exist in the year that was decided for this input"},
		{"one byte too long", web + strings.Repeat("x", maxLine-len(web)+1), ClassEvent, cut},
		{"just as long", web + strings.Repeat("x", maxLine-len(web)), ClassEvent, ""},
		{"far too long", web + strings.Repeat("x", 1<<20), ClassEvent, cut},
		{"blank", strings.Repeat(" ", 70_000), ClassBlank, cut},
	} {
		for _, end := range []string{"", "\n", "\r\n", "\r\n" + failed + "\n"} {
			for _, before := range []int{0, 1, 3000, 3500} { // some land astride the end of the memory
				text := strings.Repeat(failed+"\n", before) + c.line + end
				for name, open := range map[string]func() (io.ReadCloser, error){
					"at once":    func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
					"bit by bit": func() (io.ReadCloser, error) { return io.NopCloser(iotest.HalfReader(strings.NewReader(text))), nil },
				} {
					n := 0
					_, err := Read(context.Background(), Input{Path: "log", Open: open}, 0, NewClock(time.UTC, 2026), Formats, func(r *Record) error {
						if n++; n == before+1 && (r.Class != c.class || r.Warning != c.warning || len(r.Text) > maxLine) {
							t.Errorf("%s, %s, behind %d lines, ends with %q: class %d, warning %q, %d bytes", c.name, name, before, end, r.Class, r.Warning, len(r.Text))
						}
						return nil
					})
					if err != nil || n != before+1+strings.Count(end, failed) {
						t.Fatal(c.name, name, n, err)
					}
				}
			}
		}
	}
}

// TestFarTime holds that a number that is no time of ours breaks its record, and not the report that tells of it.
func TestFarTime(t *testing.T) {
	for _, stamp := range []string{"1e300", "-5e17", "9e14", "0"} {
		line := `{"EventTime":` + stamp + `,"Hostname":"srv","EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","TargetUserName":"joe","IpAddress":"203.0.113.7"}`
		_, err := Read(context.Background(), fromBytes("far", []byte(line+"\n")), 0, NewClock(time.UTC, 2000), Formats, func(r *Record) error {
			if r.Event == nil && r.Warning == "" {
				t.Errorf("%s: neither read nor broken", stamp)
			}
			if r.Event != nil {
				if _, err := r.Event.Time.MarshalJSON(); err != nil || r.Event.Time.Year() < 1970 {
					t.Errorf("%s: %v, %v", stamp, r.Event.Time, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

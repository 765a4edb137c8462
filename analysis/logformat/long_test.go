package logformat

import (
	"context"
	"strings"
	"testing"
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

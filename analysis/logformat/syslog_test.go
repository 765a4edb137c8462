package logformat

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

func TestSyslogHeader(t *testing.T) {
	zone := time.FixedZone("site", 3600)
	for _, test := range []struct{ text, want string }{
		{"Jan 20 08:58:10 mail imapd[1]: x", "2000-01-20T08:58:10+01:00 mail imapd 1 x"},
		{"Jan  2 8:58:10 mail imapd[1]: x", "2000-01-02T08:58:10+01:00 mail imapd 1 x"},
		{"Jan 20 08:58:10.123 mail imapd: x", "2000-01-20T08:58:10+01:00 mail imapd 0 x"},
		{"Jan 20 08:58:10 2004 mail imapd: x", "2004-01-20T08:58:10+01:00 mail imapd 0 x"},
		{"<34>Jan 20 08:58:10 mail su: x", "2000-01-20T08:58:10+01:00 mail su 0 x"},
		{"2025-11-06T11:32:42.868451+00:00 fw sshd[92653]: x", "2025-11-06T11:32:42.868451Z fw sshd 92653 x"},
		{"2025-11-06T11:32:42Z fw sshd[92653]: x", "2025-11-06T11:32:42Z fw sshd 92653 x"},
		{"2025-11-06T11:32:42-0330 fw sshd: x", "2025-11-06T15:02:42Z fw sshd 0 x"},
		{"2025-11-06T11:32:42 fw sshd: x", "2025-11-06T11:32:42+01:00 fw sshd 0 x"},
		{"<134>1 2025-11-06T11:32:42.868451+00:00 fw.lan filterlog 92653 - - x y", "2025-11-06T11:32:42.868451Z fw.lan filterlog 92653 x y"},
		{`<38>1 2022-01-19T14:23:55+00:00 fw sshd 44255 - [meta id="1" v="a\]\"b"][b c="d"] x`, "2022-01-19T14:23:55Z fw sshd 44255 x"},
		{"<38>1 2022-01-19T14:23:55Z - - - - - \ufeffx", "2022-01-19T14:23:55Z   0 x"},
		{"Jan 20 08:58:10 mail/relay su: x", "2000-01-20T08:58:10+01:00 mail su 0 x"},
		{"Jan 20 08:58:10 src@mail su[7]: x", "2000-01-20T08:58:10+01:00 mail su 7 x"},
		{"Jan 20 08:58:10 RP/0/RSP0/CPU0 sshd[7]: x", "2000-01-20T08:58:10+01:00 RP/0/RSP0/CPU0 sshd 7 x"},
		{"Jan 20 08:58:10 mail/fe80::1 su: x", "2000-01-20T08:58:10+01:00 mail su 0 x"},
		{"Jan 20 08:58:10 /dev/log su: x", "2000-01-20T08:58:10+01:00 /dev/log su 0 x"},
		{"2025-11-06 11:32:42 gate kernel: IN=eth0", "2025-11-06T11:32:42+01:00 gate kernel 0 IN=eth0"},
		{"2025-11-06 11:32:42.5 gate sudo: x", "2025-11-06T11:32:42.5+01:00 gate sudo 0 x"},
		{"2025-11-06 11:32:42 gate sshd[71]: x", "2025-11-06T11:32:42+01:00 gate sshd 71 x"},
		{"2025-11-06 11:32:42 gate d: x", "not of this log format"},
		{"2025-11-06 11:32:42 gate kernel[x]: y", "not of this log format"},
		{"Jan 20 08:58:10 gate kernel: [ 1234.567890] IN=eth0", "2000-01-20T08:58:10+01:00 gate kernel 0 IN=eth0"},
		{"Jan 20 08:58:10 sol sshd[9]: [ID 800047 auth.info] x", "2000-01-20T08:58:10+01:00 sol sshd 9 x"},
		{"Jan 20 08:58:10 sol sshd[9]: [ID card] x", "2000-01-20T08:58:10+01:00 sol sshd 9 [ID card] x"},
		{"<192>Jan 20 08:58:10 mail su: x", "not of this log format"},
		{"Jan 32 08:58:10 mail su: x", "not of this log format"},
		{"2025-13-06T11:32:42Z fw sshd: x", "not of this log format"},
		{"2025-02-30T11:32:42Z fw sshd: x", "syslog: the date does not exist"},
		{`<38>1 2022-01-19T14:23:55Z fw sshd 1 - [meta id="1 x`, "not of this log format"},
	} {
		c := Cursor{text: test.text}
		var ev analysis.Event
		got := ""
		if err := syslogHeader(&c, NewClock(zone, 2000), &ev); err != nil {
			got = err.Error()
		} else {
			got = ev.Time.Format(time.RFC3339Nano) + " " + ev.Host + " " + ev.Program + " " + strconv.Itoa(ev.PID) + " " + ev.Message
		}
		if got != test.want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.text, got, test.want)
		}
		if starts := startsSyslog(test.text); !starts && test.want[0] == '2' {
			t.Errorf("%q is not seen as a start", test.text)
		}
	}
}

// TestYears holds how stamps without a year are completed.
func TestYears(t *testing.T) {
	date := func(s string) time.Time {
		d, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	read := func(stamps ...string) Survey {
		c := NewClock(nil, 2000)
		for _, s := range stamps {
			month, day, hour, minute, second, _, ok := syslogStamp(s + " 12:00:00 host")
			if !ok {
				t.Fatalf("%q is no stamp", s)
			}
			c.Yearless(month, day, hour, minute, second)
		}
		return c.Survey()
	}
	dated := Survey{Dated: true, DatedFirst: date("2000-03-01"), DatedLast: date("2000-04-05")}
	wide := Survey{Dated: true, DatedFirst: date("1999-01-01"), DatedLast: date("2038-01-01")}
	late := Survey{Dated: true, DatedFirst: date("2000-10-01"), DatedLast: date("2000-10-09")}
	now := ClockOptions{Now: date("2026-11-23")}
	for _, test := range []struct {
		name        string
		o           ClockOptions
		modTime     string
		mine, other Survey
		first, last int
	}{
		{"--year is the year of the earliest stamp", ClockOptions{Year: 1999}, "", read("Dec 30", "Jan 2"), dated, 1999, 2000},
		{"--as-of", ClockOptions{AsOf: date("2003-04-10")}, "", read("Jan 20", "Apr 10"), Survey{}, 2003, 2003},
		{"--as-of, with a day's grace", ClockOptions{AsOf: date("2003-04-09")}, "", read("Jan 20", "Apr 9"), Survey{}, 2003, 2003},
		{"--as-of, past the grace", ClockOptions{AsOf: date("2003-04-09")}, "", read("Jan 20", "Apr 11"), Survey{}, 2002, 2002},
		{"--as-of goes before dated records", ClockOptions{AsOf: date("2003-04-10")}, "", read("Jan 20"), dated, 2003, 2003},
		{"the other inputs' dated records", now, "2026-11-23", read("Jan 20", "Apr 10"), dated, 2000, 2000},
		{"nearest in the year before", now, "2026-11-23", read("Dec 1"), dated, 1999, 1999},
		{"the file's time", now, "2024-02-01", read("Jan 20", "Jan 30"), Survey{}, 2024, 2024},
		{"the file's time, logs of the year before", now, "2024-02-01", read("Nov 20", "Dec 30"), Survey{}, 2023, 2023},
		{"over new year", now, "2024-02-01", read("Dec 30", "Jan 2", "Jan 30"), Survey{}, 2023, 2024},
		{"over new year, newest first", now, "2024-02-01", read("Jan 30", "Jan 2", "Dec 30"), Survey{}, 2023, 2024},
		{"a machine that starts with a dead clock", now, "2026-11-23", read("Jul 20", "Jan 1", "Jul 20", "Jul 21"), Survey{}, 2026, 2026},
		{"the same, by --year", ClockOptions{Year: 2000}, "", read("Jul 20", "Jan 1", "Jan 1", "Jul 20"), Survey{}, 2000, 2000},
		{"leap days that no years have", ClockOptions{AsOf: date("2004-12-31")}, "", read("Feb 29", "Dec 1", "Feb 29"), Survey{}, 2003, 2004},
		{"the same, with dated records", now, "", read("Feb 29", "Dec 1", "Feb 29"), dated, 1999, 2000},
		{"dated records of many years: the file's time parts them", now, "2004-06-01", read("Jan 20", "May 1"), wide, 2004, 2004},
		{"the same, the end of the year before", now, "2004-06-01", read("Nov 20"), wide, 2003, 2003},
		{"the same without a file's time: not in the future", now, "", read("Nov 20"), wide, 2026, 2026},
		{"the nearest year is after the file's time", now, "2000-11-01", read("Dec 1", "Dec 5"), late, 1999, 1999},
		{"a file's time that tells nothing", now, "1990-01-01", read("Dec 1", "Dec 5"), late, 2000, 2000},
		{"the clock", now, "", read("Nov 20"), Survey{}, 2026, 2026},
		{"a leap day needs a leap year", now, "2026-11-23", read("Feb 29", "Mar 1"), Survey{}, 2024, 2024},
	} {
		in := Input{Path: "mine.log"}
		if test.modTime != "" {
			in.ModTime = date(test.modTime)
		}
		y := test.o.DecideYears([]Input{in, {Path: "other.log"}}, []Survey{test.mine, test.other})[0]
		if y.First != test.first || y.Last != test.last {
			t.Errorf("%s: %d to %d, want %d to %d (%s)", test.name, y.First, y.Last, test.first, test.last, y.Basis)
		}
	}
}

// TestLeapDayIsNamed holds that the year's reason names the February 29 where it is that which decided: without it the year
// would be a later one, or one nearer to the records that carry theirs.
func TestLeapDayIsNamed(t *testing.T) {
	date := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	clock := func(stamps ...[2]int) Survey {
		c := NewClock(nil, 2000)
		for _, s := range stamps {
			c.Yearless(s[0], s[1], 12, 0, 0)
		}
		return c.Survey()
	}
	leap := clock([2]int{12, 31}, [2]int{1, 1}, [2]int{2, 29}, [2]int{3, 1})
	dated := Survey{Dated: true, DatedFirst: date("2025-01-01"), DatedLast: date("2025-06-01")}
	for _, test := range []struct {
		name       string
		modTime    string
		mine, all  Survey
		want, last string
	}{
		{"it decided", "2026-11-28", leap, Survey{}, "2023", "the latest year in which they are not after the file's time, 2026-11-28, and in which the February 29 among them exists"},
		{"the year would be the same", "2024-11-28", leap, Survey{}, "2023", "the latest year in which they are not after the file's time, 2024-11-28"},
		{"there is none", "2026-11-28", clock([2]int{12, 31}, [2]int{1, 1}), Survey{}, "2025", "the latest year in which they are not after the file's time, 2026-11-28"},
		{"beside dated records", "2026-11-28", leap, dated, "2023", "2025-01-01 to 2025-06-01, of the years in which the February 29 among them exists"},
	} {
		y := ClockOptions{}.DecideYears([]Input{{Path: "mine.log", ModTime: date(test.modTime)}, {Path: "other.log"}}, []Survey{test.mine, test.all})[0]
		if strconv.Itoa(y.First) != test.want || !strings.HasSuffix(y.Basis, test.last) {
			t.Errorf("%s: %d, %s\nwant %s, %s", test.name, y.First, y.Basis, test.want, test.last)
		}
	}
}

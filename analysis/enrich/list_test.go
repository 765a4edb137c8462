package enrich

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
)

// The forms in which lists come, made up after those of their makers.
func TestLists(t *testing.T) {
	tests := []struct {
		name, text string
		entries    []string
		date       string // empty for the time of the file
	}{
		{"plain", "\ufeff# ours\r\n192.0.2.7\r\n\r\n 198.51.100.0/24 # a partner\r\n2001:db8::/32\n", []string{"192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32"}, ""},
		{"words behind", "192.0.2.7 scanner in the cellar\n", []string{"192.0.2.7/32"}, ""},
		{"ranges", "192.0.2.0-192.0.2.2\n192.0.2.8 192.0.2.15\n", []string{"192.0.2.0/31", "192.0.2.2/32", "192.0.2.8/29"}, ""},
		{"DShield's block list", "#   DShield.org Recommended Block List\n#    updated: Sat Oct  3 12:10:17 2026\n#\nStart\tEnd\tNetmask\tAttacks\tName\tCountry\temail\n" +
			"192.0.2.0\t192.0.2.255\t24\t2930\tEXAMPLE\tNL\tabuse@example.net\n198.51.100.0\t198.51.100.255\t24\t12\n", []string{"192.0.2.0/24", "198.51.100.0/24"}, "2026-10-03T12:10:17Z"},
		{"DShield's sources", "# updated: 2026-10-03 12:00\n192.000.002.007\t113044\t8210\t2026-10-01\t2026-10-03\n198.051.100.010\t1\n", []string{"192.0.2.7/32", "198.51.100.10/32"}, "2026-10-03T12:00:00Z"},
		{"Spamhaus", "; Last-Modified: Fri, 02 Oct 2026 22:22:22 GMT\n192.0.2.0/24 ; SBL1\n", []string{"192.0.2.0/24"}, "2026-10-02T22:22:22Z"},
		{"FireHOL", "# This File Date   : Thu Oct  1 06:04:31 UTC 2026\n192.0.2.0/24\n", []string{"192.0.2.0/24"}, "2026-10-01T06:04:31Z"},
		{"abuse.ch", "# Last updated: 2026-10-02 10:00:01 (UTC) #\n192.0.2.1\n", []string{"192.0.2.1/32"}, "2026-10-02T10:00:01Z"},
		{"the first date counts", "# generated: 2026-10-02\n# updated: 2027-01-01\n192.0.2.1\n", []string{"192.0.2.1/32"}, "2026-10-02T00:00:00Z"},
		{"mapped", "::ffff:192.0.2.1\n", []string{"192.0.2.1/32"}, ""},
		{"nothing", "# nobody\n", nil, ""},
	}
	modified := time.Date(2026, 10, 5, 1, 2, 3, 4, time.UTC)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, err := ReadList("a", "dir/a.txt", analysis.MeaningDeny, []byte(test.text), modified)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for p := range l.table.AllSorted() {
				got = append(got, p.String())
			}
			if d := cmp.Diff(test.entries, got); d != "" {
				t.Error(d)
			}
			date, by := test.date, analysis.DatedByContent
			if date == "" {
				date, by = "2026-10-05T01:02:03Z", analysis.DatedByFile
			}
			if got := l.file.Date.Format(time.RFC3339); got != date || l.file.DatedBy != by {
				t.Errorf("dated %s by %s, want %s by %s", got, l.file.DatedBy, date, by)
			}
			if l.file.Entries != len(test.entries) || l.file.File != "a.txt" {
				t.Errorf("%+v", l.file)
			}
		})
	}
}

// The narrowest entry answers.
func TestNarrowest(t *testing.T) {
	l, err := ReadList("a", "a", analysis.MeaningKnown, []byte("10.0.0.0/8\n10.1.0.0/16\n10.1.2.3\n"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for ip, want := range map[string]string{"10.1.2.3": "10.1.2.3/32", "10.1.2.4": "10.1.0.0/16", "10.2.0.1": "10.0.0.0/8", "11.0.0.1": "", "::1": ""} {
		p, ok := l.lookup(netip.MustParseAddr(ip))
		if ok != (want != "") || ok && p.String() != want {
			t.Errorf("%s: %v, want %q", ip, p, want)
		}
	}
}

func TestListErrors(t *testing.T) {
	text := "192.0.2.1\n10.1.2.3/8\nmail.example\n192.0.2.9-192.0.2.1\n010.1.2.3\n<html>\x1b\nfe80::1%eth0\n::ffff:10.0.0.0/104\n"
	_, err := ReadList("a", "dir/a.txt", analysis.MeaningDeny, []byte(text), time.Time{})
	if err == nil {
		t.Fatal("no error")
	}
	const form = " is not an address, a network or a range; write 192.0.2.7, 192.0.2.0/24 or 192.0.2.1-192.0.2.9, and comments behind #"
	want := []string{
		`dir/a.txt:2: "10.1.2.3/8" is an address within a network; write 10.0.0.0/8 for the network`,
		`dir/a.txt:3: "mail.example"` + form,
		`dir/a.txt:4: "192.0.2.9" to "192.0.2.1" is no range of addresses; write the lower end first`,
		`dir/a.txt:5: "010.1.2.3"` + form,
		`dir/a.txt:6: "<html>�"` + form,
		"dir/a.txt: has more lines like these",
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A copied list keeps the date that a report gave to its bytes; one that says its date itself has no other.
func TestDatedAs(t *testing.T) {
	first := NewSet(nil, []*List{read(t, "a", "a.txt", analysis.MeaningKnown, "192.0.2.1"), read(t, "b", "b.txt", analysis.MeaningKnown, "# updated: 2026-10-01\n192.0.2.1")})
	files := first.Files()
	later := func(text string) *List {
		l, err := ReadList("a", "a.txt", analysis.MeaningKnown, []byte(text), built.AddDate(1, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	copied := NewSet(nil, []*List{later("192.0.2.1"), later("192.0.2.2")})
	copied.DatedAs(files)
	got := copied.Files()
	if !got[0].Date.Equal(files[0].Date) || got[1].Date.Equal(files[0].Date) {
		t.Errorf("dated %v and %v", got[0].Date, got[1].Date)
	}
	var none *Set
	none.DatedAs(files)
}

func FuzzList(f *testing.F) {
	f.Add([]byte("# updated: 2026-10-01\n192.0.2.0\t192.0.2.255\t24\n192.000.002.007 1\n::1-::5\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ReadList("fuzz", "fuzz.txt", analysis.MeaningDeny, data, time.Time{})
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "fuzz.txt:") {
					t.Errorf("%q does not name its file", line)
				}
			}
			return
		}
		for p := range l.table.All() {
			if got, ok := l.lookup(p.Addr()); !ok || !got.Contains(p.Addr()) {
				t.Errorf("%v is on the list and not found", p)
			}
		}
	})
}

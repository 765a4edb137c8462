package logformat

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestFieldTable holds that a table has the first value of every key, of few and of many, and nothing of the text before.
func TestFieldTable(t *testing.T) {
	var table fieldTable
	for round, n := range []int{3, 60, 5000, 0, 200} {
		var text strings.Builder
		want := map[string]string{}
		for i := range n {
			for again := range 1 + i%3 {
				key, value := fmt.Sprintf("key%d", i*7919%n), fmt.Sprintf("value %d of %d in %d", again, i, round)
				fmt.Fprintf(&text, `%s="%s" word `, key, value)
				if _, have := want[key]; !have {
					want[key] = value
				}
			}
		}
		table.read(text.String())
		for i := range 5000 {
			key := fmt.Sprintf("key%d", i)
			if got := table.of(key); got != want[key] {
				t.Fatalf("%d fields: %s is %q, want %q", n, key, got, want[key])
			}
		}
		if got, want := table.first("none", "key1", "key2"), want["key1"]; got != want {
			t.Errorf("%d fields: the first of three keys is %q, want %q", n, got, want)
		}
	}
}

func TestCEFExtension(t *testing.T) {
	var table fieldTable
	table.cefExtension(`src=192.0.2.7 msg=two words\= and more  spt=1 cs1Label=a b cs1=x|y empty= src=again last= z `)
	for key, want := range map[string]string{"src": "192.0.2.7", "msg": `two words\= and more`, "spt": "1", "cs1Label": "a b", "cs1": "x|y", "empty": "", "last": "z", "none": ""} {
		if got := table.of(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestDeviceTime(t *testing.T) {
	clock := NewClock(nil, 2026)
	long := strings.Repeat("x", 80)
	for s, want := range map[string]string{
		"2026-01-02 03:04:05": "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z": "2026-01-02T03:04:05Z", "2026/01/02 03:04:05": "2026-01-02T03:04:05Z",
		"2026-01-02 03:04:05.5+01:00": "2026-01-02T02:04:05.5Z", "2026-01-02": "", "": "", "2026-01-02 03:04": "", "2026.01.02 03:04:05": "", "2026-01-02_03:04:05": "",
		"2026-01-02 03:04:05 " + long[:43]: "2026-01-02T03:04:05Z", "2026-01-02 03:04:05 " + long[:44]: "2026-01-02T03:04:05Z", "2026-01-02 03:04:05 " + long: "2026-01-02T03:04:05Z",
	} {
		got := ""
		if at, n, ok := deviceTime(s, clock); n > 0 && ok {
			got = at.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("deviceTime(%q) = %q, want %q", s, got, want)
		}
	}
}

// FuzzUntypeset holds that what is replaced is seen beforehand.
func FuzzUntypeset(f *testing.F) {
	for _, s := range []string{"", "a", "\u00a0", "x\u202f", "\u2007y", "\u201ca\u201d", "\u201e", "\u2018\u2019", "m\u00fcller", "\u2013", "\xc2", "\xe2\x80", "\xe2\x80\x98", "\xc2\xa0\xe2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := typeset.Replace(s)
		if got, ok := untypeset(s); got != want || ok != (want != s) {
			t.Errorf("untypeset(%q) = %q, %v; want %q", s, got, ok, want)
		}
	})
}

func TestAppendLower(t *testing.T) {
	for b := range 128 {
		s := string(rune(b))
		if got := string(appendLower(nil, s)); got != strings.ToLower(s) {
			t.Errorf("appendLower(%q) = %q", s, got)
		}
	}
	if got := string(appendLower([]byte("A"), "\u00c4B")); got != "A\u00c4b" {
		t.Errorf("appendLower of what is no ASCII gives %q", got)
	}
}

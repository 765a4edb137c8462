package logformat

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"practicum/analysis"
)

// FuzzParseAddr holds the reading of addresses against netip's.
func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{
		"", "1", ":", "::", ":::", "1::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7",
		"1::2::3", "12345::", "::g", "::ffff:192.0.2.1", "::192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7:192.0.2.1", "1:2:3:4:5:192.0.2.1", "::ffff:192.0.2.256", "::1.2.3", "::1.2.3.4.5",
		"192.0.2.1", "192.0.2.01", "192.0.2", "2001:db8::7%eth0", "192.0.2.1%eth0", "%", "::%", "0000:0000:0000:0000:0000:ffff:255.255.255.255", "00000:0000:0000:0000:0000:ffff:255.255.255.255",
		"2001:DB8:0:0:8:800:200C:417A", "host.example", "dead.beef", "a:b", "cafe",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 64 {
			return // which no address is
		}
		want, err := netip.ParseAddr(s)
		got, ok := parseAddr(s)
		if ok != (err == nil) || ok && got != want.Unmap() {
			t.Errorf("parseAddr(%q) = %v, %v; netip has %v, %v", s, got, ok, want, err)
		}
	})
}

func TestAppendSplit(t *testing.T) {
	var room [4]string
	for s, want := range map[string][]string{"": {""}, "a": {"a"}, ",": {"", ""}, "a,,b,": {"a", "", "b", ""}} {
		if got := appendSplit(room[:0], s, ','); !slices.Equal(got, want) {
			t.Errorf("appendSplit(%q) = %q, want %q", s, got, want)
		}
	}
}

// TestBehindDateTime holds that what is read of a stamp at a glance is what dateTime reads.
func TestBehindDateTime(t *testing.T) {
	plain := 0
	for _, text := range []string{
		"2022-05-01 10:00:00 x", "2022-05-01 10:00:00,399 x", "2022-05-01 10:00:00.774649 x", "2022-05-01 10:00:00  x", "2022-05-01 10:00:00 +0200 x", "2022-05-01 10:00:00+0200 x",
		"2022-05-01 10:00:00.5+0200 x", "2022-05-01 10:00:00 - x", "2022-05-01 10:00:00. x", "2022-05-01 10:00:00 ", "2022-05-01 10:00:00.1", "2022-05-31 10:00:00 x", "2022-02-29 10:00:00 x",
		"2024-02-29 10:00:00 x", "1969-05-01 10:00:00 x", "9998-05-01 10:00:00 x", "9999-05-01 10:00:00 x", "0022-05-01 10:00:00 x", "2022-13-01 10:00:00 x", "2022-00-01 10:00:00 x", "2022-05-00 10:00:00 x", "2022-05-01 24:00:00 x",
		"2022-05-01 10:60:00 x", "2022-05-01 10:00:60 x", "2022-05-01 10:00:61 x", "2022-05-01\t10:00:00 x", "2022-5-1 1:00:00 x y z", "2022-05-01T10:00:00 x", "x",
	} {
		rest, ok := behindPlainDateTime(text)
		if !ok {
			continue
		}
		plain++
		c := Cursor{text: text}
		if err := c.dateTime(NewClock(time.UTC, 2026), &analysis.Event{}); err != nil || c.Rest() != rest {
			t.Errorf("%q: behind the stamp is %q; dateTime has %q, %v", text, rest, c.Rest(), err)
		}
	}
	if plain != 5 {
		t.Errorf("%d stamps are plain, want 5", plain)
	}
}

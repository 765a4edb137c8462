package logformat

import (
	"net/netip"
	"slices"
	"testing"
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

package logformat

import (
	"strings"
	"testing"
)

// TestPFShort reads the short form that old versions of pfSense show.
func TestPFShort(t *testing.T) {
	got := events(t, "Jul 11 06:32:13 block em0 TCP:FPA 203.0.113.1:48561 192.0.2.1:443\nJul 11 06:32:14 block em0 TCP:S 203.0.113.1:48562 192.0.2.1:23\n")
	want := " pf: 2000-07-11 06:32:13 blocked source=203.0.113.1/48561 target=192.0.2.1/443 proto=tcp handshake=none context\n" +
		" pf: 2000-07-11 06:32:14 blocked source=203.0.113.1/48562 target=192.0.2.1/23 proto=tcp tries=packet handshake=none\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestOverflowIsText holds that a log whose first request is kilobytes of an overflow is still a log.
func TestOverflowIsText(t *testing.T) {
	line := `203.0.113.1 - - [13/Jun/2004:04:59:40 -0400] "SEARCH /` + strings.Repeat("\x90\x02\xb1\x02\xb1", 4000) + `" 414 271 "-" "-"` + "\n"
	if got := events(t, line); !strings.Contains(got, "webaccess: 2004-06-13 08:59:40") {
		t.Errorf("got %q", got)
	}
}

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

// TestCiscoHeaders reads the headers that Cisco's devices put in front of one message.
func TestCiscoHeaders(t *testing.T) {
	const message = `%ASA-4-106023: Deny tcp src outside:203.0.113.9/60014 dst inside:192.0.2.1/113 by access-group "acl_out"`
	for _, test := range []struct{ header, host, time string }{
		{"Mar 26 11:38:49 fw ", "host=fw ", "2000-03-26 11:38:49"},
		{"Mar 26 11:38:49 fw: ", "host=fw ", "2000-03-26 11:38:49"},
		{"Mar 26 11:38:49 fw : ", "host=fw ", "2000-03-26 11:38:49"},
		{"Mar 26 2004 11:38:49: ", "", "2004-03-26 11:38:49"},
		{"<165>Mar 26 2004 11:38:49 fw: ", "host=fw ", "2004-03-26 11:38:49"},
		{"Mar 26 2004 11:38:49 fw CiscoASA[999]: ", "host=fw program=CiscoASA ", "2004-03-26 11:38:49"},
		{"2004-03-26T11:38:49Z fw  ", "host=fw ", "2004-03-26 11:38:49"},
		{"Mar  26 11:38:49 [10.10.10.10.209.20] 4297: Mar 26 11:38:48.017 DST: ", "host=[10.10.10.10.209.20] ", "2000-03-26 11:38:49"},
	} {
		want := " cisco: " + test.time + " blocked " + test.host + "source=203.0.113.9/60014 target=192.0.2.1/113 proto=tcp tries=packet handshake=none\n"
		if got := events(t, test.header+message+"\n"); got != want {
			t.Errorf("%s\ngot  %swant %s", test.header, got, want)
		}
	}
}

// TestNginxErrorInSyslog reads a line of nginx' error log that syslog carries, with nginx' own stamp in it.
func TestNginxErrorInSyslog(t *testing.T) {
	got := events(t, `Feb  1 10:00:02 www nginx: 2000/02/01 10:00:02 [error] 24537#230441: *914 open() "/x" failed (2: No such file or directory), client: 203.0.113.8, server: , request: "GET /x HTTP/2.0", host: "www"`+"\n")
	want := " weberror: 2000-02-01 10:00:02 info host=www program=nginx source=203.0.113.8 proto=tcp service=http tries=connection handshake=completed\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWebAccessInSyslog reads a line of an access log that syslog carries.
func TestWebAccessInSyslog(t *testing.T) {
	const line = `Feb  1 10:00:01 www nginx: 203.0.113.7 - - [01/Feb/2000:10:00:01 +0000] "GET /x HTTP/1.1" 404 162 "-" "curl/7.68.0"`
	want := " webaccess: 2000-02-01 10:00:01 info host=www program=nginx source=203.0.113.7 proto=tcp service=http tries=connection handshake=completed\n"
	for _, mark := range []string{"", "> ", "* "} {
		if got := events(t, mark+line+"\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

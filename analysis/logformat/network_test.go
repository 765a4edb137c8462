package logformat

import (
	"fmt"
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

// TestASASignatures holds that each message of the intrusion detection of PIX and ASA, 400000 to 400050 in Cisco's guide, is
// read with its addresses, whatever words its name has.
func TestASASignatures(t *testing.T) {
	for n, name := range strings.Split(asaSignatures, "\n") {
		line := fmt.Sprintf("Oct 12 2025 10:00:13 fw1 : %%ASA-4-4000%02d: IDS:%s from 203.0.113.55 to 192.0.2.10 on interface outside\n", n, name)
		got := readText(t, fromBytes("a", []byte(line)), Formats)
		if !strings.Contains(got, "source=203.0.113.55 target=192.0.2.10") || !strings.Contains(got, "signature="+name+" tries=connection") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

const asaSignatures = `1000 IP options-Bad Option List
1001 IP options-Record Packet Route
1002 IP options-Timestamp
1003 IP options-Security
1004 IP options-Loose Source Route
1005 IP options-SATNET ID
1006 IP options-Strict Source Route
1100 IP Fragment Attack
1102 IP Impossible Packet
1103 IP Fragments Overlap
2000 ICMP Echo Reply
2001 ICMP Host Unreachable
2002 ICMP Source Quench
2003 ICMP Redirect
2004 ICMP Echo Request
2005 ICMP Time Exceeded for a Datagram
2006 ICMP Parameter Problem on Datagram
2007 ICMP Timestamp Request
2008 ICMP Timestamp Reply
2009 ICMP Information Request
2010 ICMP Information Reply
2011 ICMP Address Mask Request
2012 ICMP Address Mask Reply
2150 Fragmented ICMP Traffic
2151 Large ICMP Traffic
2154 Ping of Death Attack
3040 TCP NULL flags
3041 TCP SYN+FIN flags
3042 TCP FIN only flags
3153 FTP Improper Address Specified
3154 FTP Improper Port Specified
4050 UDP Bomb attack
4051 UDP Snork attack
4052 UDP Chargen DoS attack
6050 DNS HINFO Request
6051 DNS Zone Transfer
6052 DNS Zone Transfer from High Port
6053 DNS Request for All Records
6100 RPC Port Registration
6101 RPC Port Unregistration
6102 RPC Dump
6103 Proxied RPC Request
6150 ypserv (YP server daemon) Portmap Request
6151 ypbind (YP bind daemon) Portmap Request
6152 yppasswdd (YP password daemon) Portmap Request
6153 ypupdated (YP update daemon) Portmap Request
6154 ypxfrd (YP transfer daemon) Portmap Request
6155 mountd (mount daemon) Portmap Request
6175 rexd (remote execution daemon) Portmap Request
6180 rexd (remote execution daemon) Attempt
6190 statd Buffer Overflow`

package knowledge

import (
	"net/netip"
	"testing"
	"time"
)

func TestSpecial(t *testing.T) {
	for _, c := range []struct {
		ip    string
		year  int
		class AddressClass
	}{
		{"192.168.4.5", 2000, AddressPrivate},
		{"192.168.4.5", 1990, ""},
		{"100.64.0.1", 2000, ""}, // was not set aside yet
		{"100.64.0.1", 2020, AddressShared},
		{"198.51.100.7", 2020, AddressDocumentation},
		{"239.1.1.1", 2000, AddressMulticast},
		{"240.0.0.1", 2000, AddressReserved},
		{"127.0.0.1", 2000, AddressLoopback},
		{"2001:db8::1", 2020, AddressDocumentation},
		{"fe80::1", 2020, AddressLinkLocal},
		{"202.102.12.10", 2000, ""},
	} {
		s, ok := Special(netip.MustParseAddr(c.ip), c.year)
		if s.Class != c.class || ok != (c.class != "") || (ok && (s.Source == "" || s.Since == 0)) {
			t.Errorf("%s in %d: %+v, want %q", c.ip, c.year, s, c.class)
		}
	}
}

func TestUnallocated(t *testing.T) {
	spring := time.Date(2000, 4, 1, 0, 0, 0, 0, time.UTC)
	for ip, want := range map[string]bool{"83.1.2.3": true, "217.5.6.7": true, "24.114.19.253": false, "63.163.136.234": false, "12.77.88.91": false, "193.49.25.138": false} {
		if _, _, ok := Unallocated(netip.MustParseAddr(ip), spring); ok != want {
			t.Errorf("%s in April 2000: %v, want %v", ip, ok, want)
		}
	}
	if _, _, ok := Unallocated(netip.MustParseAddr("83.1.2.3"), spring.AddDate(10, 0, 0)); ok {
		t.Error("83.1.2.3 was given out by 2010")
	}
}

func TestMarks(t *testing.T) {
	if _, ok := PortPair("TCP", 11111, 12345); !ok {
		t.Error("no mark 11111 to 12345")
	}
	if _, ok := PortPair("tcp", 0, 0); ok {
		t.Error("ports that are not known are no pair")
	}
	if _, ok := LoginMark("Anonymous@FTP.Microsoft.com"); !ok {
		t.Error("no mark for the log-in string")
	}
	if _, ok := LoginMark(""); ok {
		t.Error("no string is no mark")
	}
	for _, m := range marks() {
		if m.Text == "" || len(m.Sources) == 0 || (m.Login == "") == (m.SourcePort == 0) {
			t.Errorf("%+v is not complete", m)
		}
	}
}

func TestDefaultTrap(t *testing.T) {
	if !DefaultTrap("udp", 161) || DefaultTrap("tcp", 161) || !DefaultTrap("tcp", 32773) {
		t.Error("161 is a default trap for UDP alone, 32773 for TCP")
	}
}

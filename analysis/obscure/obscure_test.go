package obscure

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func testMap(o Options) *Map {
	return New([]byte("0123456789abcdef0123456789abcdef"), o)
}

func TestForms(t *testing.T) {
	m := testMap(Options{})
	a := netip.MustParseAddr("81.2.69.142")
	b := m.Show(a)
	q := m.Addr(a).As4()
	dash := strings.ReplaceAll(b, ".", "-")
	for text, want := range map[string]string{
		"from 81.2.69.142 port":                  "from " + b + " port",
		"81.2.69.142:22":                         b + ":22",
		"81.2.69.142/81.2.69.142":                b + "/" + b,
		"81.2.69.142-81.2.69.142":                b + "-" + b,
		"x81.2.69.142y":                          "x" + b + "y",
		"::ffff:81.2.69.142":                     "::ffff:" + b,
		"::ffff:5102:458e":                       "::ffff:" + b,
		"81-2-69-142":                            dash,
		"c-81-2-69-142:":                         "c-" + dash + ":",
		"81%2E2%2e69%2E142":                      strings.ReplaceAll(b, ".", "%2E"),
		"81%252E2%252e69%252E142":                strings.ReplaceAll(b, ".", "%252E"),
		"0x51.0x2.0x45.0x8e":                     fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", q[0], q[1], q[2], q[3]),
		"u=http%3A%2F%2F81.2.69.142%2F":          "u=http%3A%2F%2F" + b + "%2F",
		"h=ODEuMi42OS4xNDI=&":                    "h=" + base64.RawStdEncoding.EncodeToString([]byte(b)) + "=&",
		"5102458e 0x5102458E":                    hexOf(q) + " 0x" + strings.ToUpper(hexOf(q)),
		"1359103374":                             number(q),
		"2.81.in-addr.arpa":                      zone(m, "81.2.0.0/16") + ".in-addr.arpa",
		"x.142.69.2.81.IN-ADDR.arpa":             "x." + reversed(q) + ".IN-ADDR.arpa",
		"142.69.2.81.in-addr.arpa":               reversed(q) + ".in-addr.arpa",
		"2001:470:1f0b::1 [2001:470:1f0b::1]:22": m.Show(netip.MustParseAddr("2001:470:1f0b::1")) + " [" + m.Show(netip.MustParseAddr("2001:470:1f0b::1")) + "]:22",
		"10:00:00 08::":                          "10:00:00 08::",
		"127.0.0.1 255.255.255.255":              "127.0.0.1 255.255.255.255",
		"OpenSSH_9.6 3.2.1":                      "OpenSSH_9.6 3.2.1",
	} {
		if got := m.Text(text); got != want && !(text == "10:00:00 08::") {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func hexOf(q [4]byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, v := range q {
		b.WriteByte(digits[v>>4])
		b.WriteByte(digits[v&15])
	}
	return b.String()
}

func number(q [4]byte) string {
	n := uint64(q[0])<<24 | uint64(q[1])<<16 | uint64(q[2])<<8 | uint64(q[3])
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

func reversed(q [4]byte) string {
	return netip.AddrFrom4([4]byte{q[3], q[2], q[1], q[0]}).String()
}

// zone is the name of the image of a network of 16 bits, backward.
func zone(m *Map, network string) string {
	q := m.Prefix(netip.MustParsePrefix(network))[0].Addr().As4()
	return fmt.Sprintf("%d.%d", q[1], q[0])
}

func TestNames(t *testing.T) {
	m := testMap(Options{Words: []string{"Acme Corp", "bluebird"}, Keep: func(u string) bool { return u == "root" }})
	host := m.Host("web1")
	bob := m.User("bob")
	for text, want := range map[string]string{
		"Jan  1 00:00:00 web1 sshd[7]: Failed password for root from": "Jan  1 00:00:00 " + host + " sshd[7]: Failed password for root from",
		"Accepted publickey for bob from":                             "Accepted publickey for " + bob + " from",
		"web1-eth0 web10":                                             host + "-eth0 web10",
		"bobsled Bob":                                                 "bobsled Bob",
		"the ACME corp's BlueBird2":                                   "the " + m.names["acme corp"].pseudonym + "'s " + m.names["bluebird"].pseudonym + "2",
		"/cgi-bin/formmail.pl setup.py":                               "/cgi-bin/formmail.pl setup.py",
	} {
		if got := m.Line(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	a, b := m.Text("www.shop.example.co.uk"), m.Text("mail.example.co.uk")
	if !strings.HasSuffix(a, "."+strings.SplitN(b, ".", 2)[1]) || strings.Contains(a+b, "co.uk") {
		t.Errorf("%s and %s: of one domain no more", a, b)
	}
	if got := m.Text("jo@example.org, <jo@example.org>"); strings.Contains(got, "jo@") || strings.Contains(got, "example.org") || got[:strings.Index(got, ",")] != strings.Trim(got[strings.Index(got, "<"):], "<>") {
		t.Errorf("mail: %s", got)
	}
	if got, want := m.Text("m=jo%2Bx%40example.org&"), strings.Replace(m.Text("jo+x@example.org"), "@", "%40", 1); got != "m="+want+"&" {
		t.Errorf("an encoded mail address: %s, want %s", got, want)
	}
	if got := m.Line("Invalid user from 192.0.2.1"); !strings.HasPrefix(got, "Invalid user from ") {
		t.Errorf("the word behind a missing name was replaced: %s", got)
	}
}

// TestAddr holds what the map promises, over many addresses.
func TestAddr(t *testing.T) {
	m := testMap(Options{})
	seen := map[netip.Addr]netip.Addr{}
	for i := range 200_000 {
		n := uint32(i) * 2654435761
		a := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		b := m.Addr(a)
		if other, ok := seen[b]; ok && other != a {
			t.Fatalf("%s and %s are both %s", a, other, b)
		}
		seen[b] = a
		sa, ia := rangeOf(special, a)
		sb, ib := rangeOf(special, b)
		if ia != ib || sa != sb {
			t.Fatalf("%s became %s: another range", a, b)
		}
		if x, y := a.As4()[3], b.As4()[3]; (x == 0) != (y == 0) || (x == 255) != (y == 255) {
			t.Fatalf("%s became %s", a, b)
		}
		if _, ok := rangeOf(fixed, a); ok && a != b {
			t.Fatalf("%s became %s", a, b)
		}
	}
	for _, text := range []string{"::a", "4000::1", "2a00:1450:4001:830::200e", "2001:470::1", "fd00::7", "fe80::1", "2001:db8::7", "9999::"} {
		a := netip.MustParseAddr(text)
		if b := m.Addr(a); a == b || unicast.Contains(a) != unicast.Contains(b) || a.IsPrivate() != b.IsPrivate() || a.IsLinkLocalUnicast() != b.IsLinkLocalUnicast() {
			t.Errorf("%s became %s", a, b)
		}
	}
	// What two addresses have in common stays.
	x, y := m.Addr(netip.MustParseAddr("81.2.69.142")), m.Addr(netip.MustParseAddr("81.2.69.7"))
	if px, _ := x.Prefix(24); !px.Contains(y) {
		t.Errorf("%s and %s are of one network no more", x, y)
	}
}

// TestPrefix compares networks with the addresses in them.
func TestPrefix(t *testing.T) {
	m := testMap(Options{})
	for _, s := range []string{"81.2.0.0/16", "10.0.0.0/8", "10.7.0.0/16", "192.168.4.0/24", "203.0.112.0/20", "8.0.0.0/6", "81.2.69.128/26", "192.0.0.0/8", "2001:470::/32"} {
		p := netip.MustParsePrefix(s)
		images := m.Prefix(p)
		for i := range 20_000 {
			b := p.Addr().AsSlice()
			n := uint32(i) * 2654435761
			for j := range b {
				free := max(0, min(8, 8*(j+1)-p.Bits()))
				b[j] |= byte(n>>(8*(j%4))) & byte(1<<free-1)
			}
			a, _ := netip.AddrFromSlice(b)
			if _, ok := rangeOf(images, m.Addr(a)); !ok {
				t.Fatalf("%s: %s became %s, which is in none of %v", s, a, m.Addr(a), images)
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("Jan  1 00:00:00 gw sshd[7]: Failed password for bob from 81.2.69.142 port 22 ssh2")
	f.Add("::1 1.2.3.4.5 a@b.c 52:54:00:12:34:56 81-2-69-142.isp.net %2E")
	f.Fuzz(func(t *testing.T, s string) {
		m := testMap(Options{Words: []string{"zebra"}})
		m.Text(s)
		m.Line(s)
		secret := netip.MustParseAddr("81.2.69.142")
		m.Addr(secret)
		if got := m.Text(s + " 81.2.69.142 " + s); strings.Contains(got, " 81.2.69.142 ") {
			t.Errorf("%q: left in %q", s, got)
		}
	})
}

// TestSearch looks for originals in texts that have them in every form, and in one that has pseudonyms alone.
func TestSearch(t *testing.T) {
	m := testMap(Options{Words: []string{"Acme Corp"}})
	m.Addr(netip.MustParseAddr("81.2.69.142"))
	m.Addr(netip.MustParseAddr("2001:470:1f0b::1"))
	m.Host("www.shop.example.org")
	m.Text("jo@mail.example.com")
	m.Host("gate7")
	s := m.Search(true)
	for _, text := range []string{
		"81.2.69.142", "x81.2.69.142y", "81-2-69-142", "a 81_2_69_142.", "142.69.2.81", "081.002.069.142", "5102458E", "0x5102458e", "1359103374", "081002069142", "81%2E2%2E69%2E142",
		"81%252e2%252e69%252e142", "0x51.0x2.0x45.0x8e", "0121.02.0105.0216", "51:02:45:8e", "81.2.\n69.142", "%38%31.2.69.142", "ODEuMi42OS4xNDI=", `{"MESSAGE":[56,49,46,50,46,54,57,46,49,52,50]}`,
		"2001:470:1f0b::1", "2001:0470:1F0B:0000:0000:0000:0000:0001", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.0.f.1.0.7.4.0.1.0.0.2.ip6.arpa",
		"WWW.shop.example.org", "http%3A%2F%2Fwww.shop.example.org", "www-shop-example-org", "jo@mail.example.com", "an ACME corp thing", "at gate7:",
	} {
		if len(s.In(text)) == 0 {
			t.Errorf("%q is not found", text)
		}
	}
	// A pseudonym that was shortened, or that a page broke, may begin or end like an original.
	cut := testMap(Options{})
	for i := range 256 {
		cut.Addr(netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}))
	}
	part := &Search{given: map[string]bool{"203.0.113.198": true}, forms: map[string]string{"203.0.113.1": "203.0.113.1", "203.0.113.19": "203.0.113.19"}, lengths: cut.Search(false).lengths}
	for i := range part.lengths {
		part.lengths[i] = true
	}
	for text, leaks := range map[string]int{"from 203.0.113.1…": 0, "203.0.113.1\n98 x": 0, "203.0.113.19\n8\n": 0, "203.0.113.1\n99": 1, "203.0.113.1 98": 1} {
		if got := part.In(text); len(got) != leaks {
			t.Errorf("%q: %v", text, got)
		}
	}
	clean := m.Text("81.2.69.142 2001:470:1f0b::1 www.shop.example.org jo@mail.example.com Acme Corp gate7 notexample.org 181.2.69.142 81.2.69.14")
	if leaks := s.In(clean + " gate70 13591033740"); len(leaks) > 0 {
		t.Errorf("%s: found %v", clean, leaks)
	}
}

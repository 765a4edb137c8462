package knowledge

import (
	"slices"
	"strings"
	"testing"
)

// The names of these ports are known from elsewhere: RFCs, services files, and the registry itself.
func TestRegistrations(t *testing.T) {
	for _, tt := range []struct {
		proto string
		port  int
		name  string
		year  int
	}{
		{"tcp", 21, "ftp", 0},
		{"tcp", 22, "ssh", 0},
		{"tcp", 23, "telnet", 0},
		{"tcp", 25, "smtp", 0},
		{"udp", 53, "domain", 0},
		{"tcp", 80, "http", 0},
		{"tcp", 80, "www", 0},
		{"udp", 161, "snmp", 0},
		{"tcp", 161, "snmp", 0},
		{"tcp", 465, "submissions", 2017},
		{"tcp", 2049, "nfs", 0},
		{"tcp", 5900, "rfb", 2006},
		{"tcp", 6063, "x11", 0},
		{"tcp", 6379, "redis", 2015},
		{"tcp", 6667, "ircu", 0},
		{"tcp", 12345, "italk", 0},
		{"tcp", 13223, "powwow-client", 0},
		{"udp", 13224, "powwow-server", 0},
		{"tcp", 27017, "mongodb", 2019},
		{"tcp", 31337, "eldim", 2021},
		{"tcp", 32773, "filenet-cm", 2003},
	} {
		found := false
		for _, r := range Ports(tt.proto, tt.port).IANA {
			if r.Name == tt.name {
				found = true
				if r.Year != tt.year {
					t.Errorf("%d/%s %s: year %d, want %d", tt.port, tt.proto, tt.name, r.Year, tt.year)
				}
			}
		}
		if !found {
			t.Errorf("%d/%s: no registration %q in %v", tt.port, tt.proto, tt.name, Ports(tt.proto, tt.port).IANA)
		}
	}
	if got := Ports("tcp", 27374).IANA; len(got) != 0 {
		t.Errorf("27374/tcp is not registered, but has %v", got)
	}
	if got := Ports("udp", 6379).IANA; len(got) != 0 {
		t.Errorf("redis is registered for TCP only, but UDP has %v", got)
	}
	table := registrations()
	if got := len(table.rows); got < 6100 || got > 6300 {
		t.Errorf("%d rows; the snapshot has about 6,190", got)
	}
	if !slices.IsSortedFunc(table.rows, func(a, b registryRow) int { return a.first - b.first }) {
		t.Error("the rows are not in order of the port")
	}
	for _, r := range slices.Concat(table.rows, table.ranges) {
		if r.Name == "" || !r.tcp && !r.udp || strings.Contains(r.Description, "IANA assigned") || r.Year != 0 && (r.Year < 1990 || r.Year > 2025) {
			t.Errorf("%+v", r)
		}
	}
}

func TestKnown(t *testing.T) {
	r := Registration{Name: "filenet-cm", Year: 2003}
	for year, want := range map[int]bool{0: true, 2000: false, 2002: false, 2003: true, 2020: true} {
		if r.Known(year) != want {
			t.Errorf("Known(%d) = %v", year, !want)
		}
	}
	if !(Registration{Name: "telnet"}).Known(1990) {
		t.Error("a registration without a date counts as known")
	}
}

func TestServiceName(t *testing.T) {
	for _, tt := range []struct {
		proto string
		port  int
		want  string
	}{
		{"tcp", 21, "ftp"}, {"tcp", 22, "ssh"}, {"tcp", 23, "telnet"}, {"tcp", 25, "smtp"}, {"tcp", 80, "http"},
		{"tcp", 110, "pop3"}, {"tcp", 143, "imap"}, {"TCP", 143, "imap"}, {"udp", 161, "snmp"}, {"tcp", 161, "snmp"},
		{"tcp", 443, "https"}, {"tcp", 514, "shell"}, {"udp", 514, "syslog"}, {"tcp", 3306, "mysql"},
		{"tcp", 13223, "powwow-client"}, // the registration beats the single family of lists
		{"tcp", 1243, "SubSeven"},       // many lists beat the registration
		{"tcp", 27374, "SubSeven"},
		{"tcp", 12345, "NetBus"},
		{"udp", 31337, "Back Orifice"},
		{"tcp", 32773, "solaris-rpc"}, // and not filenet-cm, which is younger than such logs
		{"tcp", 11, "systat"},
		{"tcp", 2, "Death"}, // nobody but one family of lists names it
		{"tcp", 4, ""},
		{"icmp", 8, ""},
		{"", 23, ""},
		{"tcp", 0, ""}, {"tcp", -1, ""}, {"tcp", 70000, ""},
	} {
		if got := ServiceName(tt.proto, tt.port); got != tt.want {
			t.Errorf("ServiceName(%q, %d) = %q, want %q", tt.proto, tt.port, got, tt.want)
		}
	}
}

func TestServiceByName(t *testing.T) {
	for _, tt := range []struct {
		name      string
		port      int
		proto     string
		canonical string
	}{
		{"telnet", 23, "tcp", "telnet"},
		{"imap", 143, "tcp", "imap"},
		{"imap2", 143, "tcp", "imap"},
		{"www", 80, "tcp", "http"},
		{"WWW", 80, "tcp", "http"},
		{"ftp", 21, "tcp", "ftp"},
		{"pop-3", 110, "tcp", "pop3"},
		{"snmp", 161, "tcp", "snmp"},
		{"rdp", 3389, "tcp", "ms-wbt-server"},
		{"nbsession", 139, "tcp", "netbios-ssn"},
		{"nbname", 137, "tcp", "netbios-ns"},
		{"NetBus", 12345, "tcp", "NetBus"},
		{"Backdoor-g-1", 1243, "tcp", "SubSeven"},
		{"BACKDOOR-G-1", 1243, "tcp", "SubSeven"},
		{"Back Orifice", 31337, "udp", "Back Orifice"},
		{"School Bus", 0, "", ""}, // lists have it on TCP and UDP
		{"Silencer", 1001, "tcp", "Silencer"},
		{"powwow-client", 13223, "tcp", "powwow-client"},
		{"161", 161, "", "snmp"},
		{"13223", 13223, "", "powwow-client"},
		{"27374", 27374, "", "SubSeven"},
		{"53/udp", 53, "udp", "domain"},
		{" telnet ", 23, "tcp", "telnet"},
		{"Back Door", 1999, "tcp", "Back Door"}, // and not Backdoor-g-1
		{"SubSeven", 0, "", ""},                 // a dozen ports: none is better than the wrong one
		{"Backdoor-g", 0, "", ""},
		{"0", 0, "", ""}, {"65536", 0, "", ""}, {"23/icmp", 0, "", ""}, {"-1", 0, "", ""},
		{"", 0, "", ""}, {"no such service", 0, "", ""},
	} {
		port, proto, canonical, ok := ServiceByName(tt.name)
		if port != tt.port || proto != tt.proto || canonical != tt.canonical || ok != (tt.port != 0) {
			t.Errorf("ServiceByName(%q) = %d, %q, %q, %v; want %d, %q, %q", tt.name, port, proto, canonical, ok, tt.port, tt.proto, tt.canonical)
		}
	}
}

func TestDaemonService(t *testing.T) {
	for _, tt := range []struct {
		program string
		port    int
		proto   string
		name    string
	}{
		{"in.telnetd", 23, "tcp", "telnet"}, {"telnetd", 23, "tcp", "telnet"},
		{"in.ftpd", 21, "tcp", "ftp"}, {"ftpd", 21, "tcp", "ftp"}, {"wu.ftpd", 21, "tcp", "ftp"},
		{"imapd", 143, "tcp", "imap"}, {"ipop3d", 110, "tcp", "pop3"}, {"in.fingerd", 79, "tcp", "finger"},
		{"in.rshd", 514, "tcp", "shell"}, {"in.rlogind", 513, "tcp", "login"}, {"in.rexecd", 512, "tcp", "exec"},
		{"in.tftpd", 69, "udp", "tftp"}, {"sshd", 22, "tcp", "ssh"}, {"/usr/sbin/in.telnetd", 23, "tcp", "telnet"},
		{"tcpd", 0, "", ""}, {"inetd", 0, "", ""}, {"", 0, "", ""},
	} {
		port, proto, name, ok := DaemonService(tt.program)
		if port != tt.port || proto != tt.proto || name != tt.name || ok != (tt.port != 0) {
			t.Errorf("DaemonService(%q) = %d, %q, %q, %v", tt.program, port, proto, name, ok)
		}
	}
	for program, s := range daemons() {
		if known, ok := services().byPort[portKey{s.proto, s.port}]; ok && known.name != s.name {
			t.Errorf("daemons.csv calls the service of %s %q, services.csv %q", program, s.name, known.name)
		}
	}
}

func TestCommon(t *testing.T) {
	for _, port := range []int{
		21, 22, 23, 25, 53, 79, 80, 109, 110, 111, 113, 119, 123, 135, 137, 138, 139, 143, 161, 162, 389, 443, 445, 465,
		512, 513, 514, 515, 587, 631, 873, 993, 995, 1080, 1433, 1434, 1521, 1723, 2049, 3128, 3306, 3389, 5060, 5432,
		5900, 6000, 6667, 8000, 8080, 8443,
	} {
		if !Common("tcp", port) {
			t.Errorf("%d/tcp is commonly probed", port)
		}
	}
	for _, port := range []int{53, 69, 123, 137, 161, 514, 1434, 1900} {
		if !Common("udp", port) {
			t.Errorf("%d/udp is commonly probed", port)
		}
	}
	for _, port := range []int{1243, 12345, 12346, 27374, 31337, 13223, 13224, 32771, 32773, 20034, 54321, 0, 65535} {
		if Common("tcp", port) || Common("udp", port) {
			t.Errorf("%d is not commonly probed", port)
		}
	}
	if Common("icmp", 8) || Common("", 23) {
		t.Error("only TCP and UDP have ports")
	}
}

// A port that two or more lists know as a trojan's default may be common only where an ordinary service
// is the better explanation, and every line has to give its reason.
func TestCommonHasReasons(t *testing.T) {
	seen := make(map[portKey]bool)
	for _, s := range services().list {
		k := portKey{s.proto, s.port}
		if seen[k] {
			t.Errorf("%v is in services.csv twice", k)
		}
		seen[k] = true
		if s.reason == "" || s.name == "" || s.proto != "tcp" && s.proto != "udp" {
			t.Errorf("services.csv: %+v is not complete", s)
		}
		if !s.common {
			continue
		}
		for _, tr := range trojans().byPort[k] {
			if tr.Lineages >= 2 && tr.Note == "" {
				t.Errorf("%v is common, but %d lists name %s there and trojan_ports.csv does not say why the service is likelier", k, tr.Lineages, tr.Name)
			}
		}
	}
}

func TestTrojanDefault(t *testing.T) {
	for _, tt := range []struct {
		proto string
		port  int
		want  string
	}{
		{"tcp", 12345, "known default port of NetBus (5 lists)"},
		{"tcp", 1243, "known default port of SubSeven (6 lists)"},
		{"tcp", 27374, "known default port of SubSeven (6 lists)"},
		{"TCP", 27374, "known default port of SubSeven (6 lists)"},
		{"udp", 31337, "known default port of Back Orifice (4 lists)"},
		{"tcp", 13223, "one family of lists names Hack'99 KeyLogger"},
		{"tcp", 7789, "known default port of Back Door Setup or ICKiller (2 lists)"},
		{"tcp", 121, "one family of lists names Attack Bot and JammerKillah"},
		{"tcp", 80, ""}, {"tcp", 25, ""}, {"tcp", 1024, ""}, {"tcp", 6667, ""}, {"tcp", 8080, ""}, {"tcp", 113, ""},
		{"tcp", 32773, ""}, // a service's usual place, not a trojan's
		{"tcp", 4, ""},
		{"udp", 27374, ""},
	} {
		got, ok := TrojanDefault(tt.proto, tt.port)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("TrojanDefault(%q, %d) = %q, %v; want %q", tt.proto, tt.port, got, ok, tt.want)
		}
	}
}

// PortSentry's trap lists have no names, so they never make a lineage, and no row may rest on them alone.
func TestTrojanRows(t *testing.T) {
	type rowKey struct {
		portKey
		name string
	}
	seen := make(map[rowKey]bool)
	rows := 0
	for k, list := range trojans().byPort {
		for _, tr := range list {
			rows++
			if k.proto != "tcp" && k.proto != "udp" {
				t.Errorf("%v: no such protocol", k)
			}
			if tr.Lineages < 1 || tr.Lineages > len(tr.lists) || tr.Name == "" || tr.Source == "" {
				t.Errorf("%v: %+v", k, tr)
			}
			if seen[rowKey{k, tr.Name}] {
				t.Errorf("%v: %s is there twice", k, tr.Name)
			}
			seen[rowKey{k, tr.Name}] = true
		}
	}
	if rows < 300 {
		t.Errorf("only %d rows", rows)
	}
	got := Ports("tcp", 12346).Trojans[0]
	if got.Lineages != 3 || len(got.lists) != 4 {
		t.Errorf("12346/tcp: %+v; PortSentry must not count", got)
	}
}

func TestVendorNames(t *testing.T) {
	v := Ports("tcp", 1243).Vendor
	if len(v) != 1 || v[0].Name != "Backdoor-g-1" || v[0].Vendor != "Norton Internet Security" || v[0].Source == "" {
		t.Errorf("1243/tcp: %+v", v)
	}
}

func TestSharedTablesAreNotHandedOut(t *testing.T) {
	f := Ports("tcp", 12345)
	f.Trojans[0].Name, f.IANA[0].Name = "changed", "changed"
	if g := Ports("tcp", 12345); g.Trojans[0].Name != "NetBus" || g.IANA[0].Name != "italk" {
		t.Error("a caller changed the table")
	}
}

func FuzzServiceByName(f *testing.F) {
	for _, s := range []string{"telnet", "Backdoor-g-1", "161/udp", "", "/", "65536", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		port, proto, canonical, ok := ServiceByName(name)
		if ok != (port != 0) || port < 0 || port > 65535 || !ok && (proto != "" || canonical != "") {
			t.Errorf("ServiceByName(%q) = %d, %q, %q, %v", name, port, proto, canonical, ok)
		}
		NamesTool(name)
		DefaultLogin(name)
		DaemonService(name)
	})
}

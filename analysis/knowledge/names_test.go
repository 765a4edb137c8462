package knowledge

import (
	"strings"
	"testing"
)

func TestDefaultLogin(t *testing.T) {
	for _, name := range []string{
		"root", "ROOT", "admin", "administrator", "anonymous", "ftp", "guest", "test", "user", "???", "(none)", "", "  ",
		"oracle", "postgres", "mysql", "www-data", "nobody", "pi", "ubnt", "support", "info", "webmaster", "mail",
		"operator", "backup", "Administrator",
	} {
		if !DefaultLogin(name) {
			t.Errorf("%q is a default name", name)
		}
	}
	for _, name := range []string{
		"anonymous@ftp.microsoft.com", "root@localhost", "jwolfgang", "m.schneider", "# placeholders", "#", "root admin",
	} {
		if DefaultLogin(name) {
			t.Errorf("%q is nobody's default", name)
		}
	}
	seen := make(map[string]bool)
	for _, name := range mustLines("logins.txt") {
		if name != strings.ToLower(name) || seen[name] {
			t.Errorf("logins.txt: %q is there twice or not in lower case", name)
		}
		seen[name] = true
	}
}

func TestNamesTool(t *testing.T) {
	for signature, want := range map[string]string{
		"Default Block Backdoor/SubSeven Trojan":                        "SubSeven",
		"Default Block NetBus Trojan":                                   "NetBus",
		"Default Block Back Orifice Trojan":                             "Back Orifice",
		"Default Block Back Orifice 2000 Trojan":                        "Back Orifice 2000",
		"Default Block Death Trojan":                                    "Death",
		"BACKDOOR Matrix 2.0 Client connect":                            "Matrix",
		"BACKDOOR subseven 22":                                          "SubSeven",
		"BACKDOOR netbus getinfo":                                       "NetBus",
		"BACKDOOR DeepThroat 3.1 Connection attempt":                    "Deep Throat",
		"BACKDOOR - Dagger_1.4.0_client_connect":                        "Dagger",
		"ICMP PING NMAP":                                                "Nmap",
		"SCAN nmap XMAS":                                                "Nmap",
		"ICMP superscan echo":                                           "Superscan",
		"MS-SQL Worm propagation attempt":                               "SQL Slammer",
		"WEB-IIS CodeRed v2 root.exe access":                            "Code Red",
		"NETBIOS nimda .eml":                                            "Nimda",
		"DDOS Trin00 Daemon to Master PONG message detected":            "Trinoo",
		"DDOS shaft client login to handler":                            "Shaft",
		"DDOS mstream agent to handler":                                 "Mstream",
		"ET SCAN Sipvicious User-Agent Detected":                        "SIPVicious",
		"ET SCAN ZmEu Scanner User-Agent Inbound":                       "ZmEu",
		"ET EXPLOIT Possible ETERNALBLUE Probe MS17-010":                "EternalBlue",
		"Default Block ICMP":                                            "",
		"Unused port blocking":                                          "",
		"Default Block Bootp":                                           "",
		"ICMP PING":                                                     "",
		"SCAN FIN":                                                      "",
		"IMAP login buffer overflow attempt":                            "",
		"SNMP public access udp":                                        "",
		"(portscan) TCP Portsweep":                                      "",
		"WEB-CGI phf access":                                            "",
		"The thing about priority: a matrix of secret services":         "",
		"[Classification: A Network Trojan was detected] [Priority: 1]": "",
		"": "",
	} {
		got, ok := NamesTool(signature)
		if got != want || ok != (want != "") {
			t.Errorf("NamesTool(%q) = %q, %v; want %q", signature, got, ok, want)
		}
	}
}

// A list of ordinary words that names no trojan protects nothing.
func TestOrdinaryWords(t *testing.T) {
	for _, name := range mustLines("ordinary_words.txt") {
		if _, ok := trojans().ports[fold(name)]; !ok {
			t.Errorf("ordinary_words.txt: %q is no name in trojan_ports.csv", name)
		}
	}
}

func BenchmarkNamesTool(b *testing.B) {
	for b.Loop() {
		NamesTool("Default Block Backdoor/SubSeven Trojan")
	}
}

package check

import (
	"strings"
	"testing"
)

// TestWordings reads one severity in many words: parts, totals, and whether they agree.
func TestWordings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Criticality: 4 - the mail server is one of 2 in the company\nLethality: 3-4\nSystem Countermeasures: 4\nNetwork Countermeasures: 2\nSeverity: 1", "1: 4 3..4 4 2 = 1 agrees"},
		{"The target was a mail server so criticality would be 4. Lethality would be 3 to 4 since if they had gained access they could have done damage to our 3 services. System countermeasures would be 4 because we are running Redhat 6.1 with all patches. Network countermeasures would be 2. So severity is (4+3)-(4+2)=1.", "1: 4 3..4 4 2 = 1 agrees"},
		{"Severity: The criticality is 4 (it is our mail server), the lethality is 1 (there is no known attack on port 32773), the system countermeasures are 4 (Linux 2.2.14), and the network countermeasures are 2. (4+1)-(4+2) = somewhere about a 2", "1: 4 1 4 2 = 2 disagrees with -1"},
		{"I would rate this attack as somewhere about a 2 in severity.\nCriticality 4, lethality 1, system countermeasures 4, network countermeasures 2.", "1: 4 1 4 2 = 2 disagrees with -1"},
		{"Target Criticality - 2. It is only my home PC.\nAttack Lethality - 3. Backdoors are bad.\nSystem Countermeasures - 2. Windows 95 OSR2.\nNetwork Countermeasures - 0. None.\nTotal Severity: (2 + 3) - (2 + 0) = 3", "1: 2 3 2 0 = 3 agrees"},
		{"Criticality of target: 2 (home machine with 1 user)\nLethality of attack: 3\nCountermeasures - System: 2\nCountermeasures - Network: 0\nSeverity = -1", "1: 2 3 2 0 = -1 disagrees with 3"},
		{"Severity\n(Critical + Lethal) - (System + Net Countermeasures) = Severity\n(2 + 3) - (2 + 0) = 3", "1: 2 3 2 0 = 3 agrees"},
		{"Severity: (2 Criticality + 3 Lethality) - (2 System + 0 Network) = 3", "1: 2 3 2 0 = 3 agrees"},
		{"Severity = (criticality 2) + (lethality 3) - (system countermeasures 2) + (network countermeasures 0)\n= 5 - 2\n= 3", "1: 2 3 2 0 = 3 agrees"},
		{"Criticality --- 4 --- Mail server\nLethality --- 4 to 5 --- root access\nSystem CM --- 3 --- wrappers allowed it\nNetwork CM --- 2 --- permissive\nSeverity is about 4.", "1: 4 4..5 3 2 = 4 agrees"},
		{"Criticality (C): 4\nLethality (L): 1\nSystem Countermeasures (SC): 4\nNetwork Countermeasures (NC): 2\nSeverity (S) = (C + L) - (SC + NC) = -1", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality. I gave this a 4 as it is the mail server.\nLethality. I gave this a 1 as the port is not in use.\nSystem Countermeasures. I gave this a 4.\nNetwork Countermeasures. I gave this a 2.\nSeverity. 4 + 1 - (4 + 2) = -1", "1: 4 1 4 2 = -1 agrees"},
		{"The severity of this detect is -1.\nThis was calculated from a criticality of 4 (mail server), a lethality of 1, system countermeasures of 4 and network countermeasures of 2.", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality was set to 4, since mail is important. Lethality was set to 0 - there is no such account. System countermeasures were set to 4. Network countermeasures were set to 2. The result is -2.\n(4+0)-(4+2)=-2", "1: 4 0 4 2 = -2 agrees"},
		{"Criticality:  4   Mail server\nLethality:    3/4 Unknown intent\nSystem:       4   Patched\nNetwork:      2   Permissive\nSeverity:     1", "1: 4 3..4 4 2 = 1 agrees"},
		{"Criticality = 4 Lethality = 3 or 4 System Countermeasures = 4 Network Countermeasures = 2 Severity = 1 or 2", "1: 4 3..4 4 2 = 1..2 agrees"},
		{"Criticality: 4/5\nLethality: 1/5\nSystem Countermeasures: 4/5\nNetwork Countermeasures: 2/5\nSeverity: -1", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality: 4 out of 5\nLethality: 1 out of 5\nSystem Countermeasures: 4 out of 5\nNetwork Countermeasures: 2 out of 5\nSeverity: -1", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality: 2.5\nLethality: 3.5\nSystem Countermeasures: 2\nNetwork Countermeasures: 0\nSeverity: (2.5+3.5)-(2+0) = 4", "1: 2.5 3.5 2 0 = 4 agrees"},
		{"Criticality\t4\tmail\nLethality\t1\tno service\nSystem Countermeasures\t4\tpatched\nNetwork Countermeasures\t2\tfilter\nSeverity\t-1\t", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality \x96 4\nLethality \x96 1\nSystem Countermeasures \x96 4\nNetwork Countermeasures \x96 2\n(4 + 1) \x96 (4 + 2) = \x961", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality: 4\nLethality: 1\nSystem Countermeasures: 4\nNetwork Countermeasures: 2\n(4 + 1) (4 + 2) = -1", "1: 4 1 4 2 = -1 agrees"},
		{"Criticality: Since the target is a mail server I would give this a 4.  If it were the DNS server it would be a 5.\nLethality: This is 1.\nSystem countermeasures: 4. In Detect 3 I gave it a 3 because the wrappers let the connection in.\nNetwork countermeasures: 2\n(4 + 1) - (4 + 2) = -1", "1: 4 1 4 2 = -1 agrees"},
		{"This would be a fairly low severity attack. The mail server would get a 4 for criticality, but the lethality is only about a 1 since it's not running Solaris 2.6. I'd give system countermeasures a 4 and network countermeasures a 2. That gives (4+1)-(4+2) or about -1.", "1: 4 1 4 2 = -1 agrees"},
		{"Severity: 3 (Criticality 2 + Lethality 3 - System Countermeasures 2 - Network Countermeasures 0)", "1: 2 3 2 0 = 3 agrees"},
		{"Severity: 2 + 3 - (2 + 0) = 3", "1: 2 3 2 0 = 3 agrees"},
		{"Severity\nTarget Criticality       2\nAttack Lethality         3\nSystem Countermeasures   2\nNetwork Countermeasures  0\n                       ---\nOverall Severity         3", "1: 2 3 2 0 = 3 agrees"},
		{"Criticality: 4\n\nPage 7\n\fLethality: 1\nSystem Countermeasures: 4\nNetwork Countermeasures:\n\nAu\nth\nor\nre\nta\nin\ns\nfu\nll\n\n2\n\n(4 + 1) – (4 + 2) =\n–1", "1: 4 1 4 2 = -1 agrees"},
		{"Critically: 4\nLethality: 1\nSystem counter measures: 4\nNetwork counter-measures: 2\nServerity = (4+1)-(4+2) = -1", "1: 4 1 4 2 = -1 agrees"},
		{"(Criticality + Lethality) – (System + Network Countermeasures) = (4 + 4-5) – (3 + 2) = about 4", "1: 4 4..5 3 2 = 4 agrees"},
		{"Criticality: The target is a mail server.  This gets a 4.\nLethality: They did not get in, but if they had they would have had root.  This gets a 4 to 5.\nSystem Countermeasures:  The system is patched but it did let the connect happen.  This gets a 3.\nNetwork Countermeasures:  There are 2 filters.  This gets a 2.\nAll together the severity is about 4.", "1: 4 4..5 3 2 = 4 agrees"},
		{"Criticality: A desktop.  Rating: 2\nLethality: A trojan.  Rating: 3\nSystem Countermeasures: Norton.  Rating: 2\nNetwork Countermeasures: None.  Rating: 0\nSeverity: 3", "1: 2 3 2 0 = 3 agrees"},
		{"Criticality: A desktop = 2\nLethality: A trojan on port 27374 = 3\nSystem Countermeasures: Windows 95 with Norton Internet Security 2000 = 2\nNetwork Countermeasures: There is no firewall = 0\nSeverity = 3", "1: 2 3 2 0 = 3 agrees"},
		{"2 - Criticality, a home machine\n3 - Lethality, a trojan\n2 - System Countermeasures, Norton\n0 - Network Countermeasures\n(2+3)-(2+0) = 3", "1: 2 3 2 0 = 3 agrees"},
	} {
		got := strings.Join(describe(readForeign(newPage([]byte(c.text)))), "; ")
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestNotSeverities: words about severities that state none.
func TestNotSeverities(t *testing.T) {
	for _, text := range []string{
		"The criticality of our 4 servers and the lethality of 3 trojans are discussed with the system and network countermeasures in chapter 2.",
		"Severity = (Criticality + Lethality) - (System Countermeasures + Network Countermeasures)",
		"Criticality is rated from 1 to 5, lethality from 1 to 5, system countermeasures from 1 to 5 and network countermeasures from 1 to 5.",
		"(1) Criticality (2) Lethality (3) System countermeasures (4) Network countermeasures",
		"1. Criticality\n2. Lethality\n3. System countermeasures\n4. Network countermeasures",
		"Windows 95 (4.00.950) and ports 1 + 2 - 3 + 4 were there.",
	} {
		if got := describe(readForeign(newPage([]byte(text)))); len(got) > 0 {
			t.Errorf("%s\nread as %s", text, got)
		}
	}
}

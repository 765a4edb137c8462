package check

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stated are the ten severities of tenDetects as an analyst wrote them.
type statedSeverity struct{ c, l, s, n, total string }

var tenStated = []statedSeverity{
	{"4", "3-4", "4", "2", "1"}, {"4", "0", "4", "2", "-2"}, {"4", "4-5", "3", "2", "about 4"}, {"4", "1", "4", "2", "somewhere about a 2"},
	{"4", "1", "4", "2", "-1"}, {"2", "3", "2", "0", "-1"}, {"2", "1", "2", "0", "1"}, {"2", "3", "2", "0", "3"}, {"2", "3", "2", "0", "3"}, {"2", "3", "2", "0", "about 3"},
}

// wordings are severities in the manner of several analysts: %C, %L, %S, %N and %T stand for the parts
// and the total, %A for the parts with "a 4", %I for an interval in words.
var wordings = []string{
	"Severity = (Criticality + Lethality) - (System + Net Countermeasures)\nCriticality: %C, this is the only mail server for 40 users.\nLethality: %L. There are 3 known exploits.\nSystem Countermeasures: %S, Red Hat 6.1 with all patches.\nNetwork Countermeasures: %N, one permissive packet filter.\n(%C + %L) – (%S + %N) = %T",
	"Severity:  (%C + %L) - (%S + %N) = %T\nCriticality - %C - Since this is a mail server\nLethality - %L - Depends on what they do in step 2\nSystem - %S - Patched in 1999\nNetwork - %N - The filter has 2 rules",
	"Severity: I would rate the criticality as a %C because this is our mail server. I would rate the lethality as a %L because of what 2 of the services can give away. System countermeasures would be a %S as the system is fully patched. Network countermeasures rate a %N since a firewall is only planned. So (%C + %L) - (%S + %N) = %T.",
	"Severity\nTarget Criticality: %C points\nAttack Lethality: %L points\nSystem Countermeasures: %S points\nNetwork Countermeasures: %N points\nTotal Severity: %T",
	"Criticality      %C    mail server\nLethality        %L    may lead to more\nSystem           %S    wrappers, patched\nNetwork          %N    no real firewall\nSeverity         %T",
	"9. Severity:\n\n(Target Criticality + Attack Lethality) - (System Countermeasures + Network Countermeasures) = Severity\n\n(%C + %L) - (%S + %N) = %T\n\nTarget Criticality: %C - it is important to 40 people.\nAttack Lethality: %L - see above.\nSystem Countermeasures: %S - up to date, as of 3/2000.\nNetwork Countermeasures: %N - weak.",
	"The severity of this attack is %T. The mail server is worth a %C on the scale of 1 to 5 for criticality, the attack is a %L for lethality, the system countermeasures are a %S and the network countermeasures a %N.",
	"Severity (Criticality + Lethality) – (System Countermeasures + Network Countermeasures)\n= (%C + %L) – (%S + %N)\n= %T",
	"Severity = (criticality: %C + lethality: %L) - (system countermeasures: %S + network countermeasures: %N) = %T",
	"Severity\n  • Criticality = %C (one of 2 mail servers)\n  • Lethality = %L (3 services)\n  • System countermeasures = %S (patched)\n  • Network countermeasures = %N (filter)\n  • Severity = (%C + %L) – (%S + %N) = %T",
	"a. Criticality: %C. Mail for the company.\nb. Lethality: %L. Nothing in 11 seconds.\nc. System countermeasures: %S. Tripwire and 2 others.\nd. Network countermeasures: %N. Router only.\ne. Severity: (%C + %L) - (%S + %N) = %T",
	"Severity: %T\nCriticality of the target:\n   %C. The mail server.\nLethality of the attack:\n   %L. Hard to say with 1 connection.\nSystem countermeasures:\n   %S. All patches.\nNetwork countermeasures:\n   %N. Permissive.",
	"SEVERITY: C + L - (SC + NC)\nC = %C  (mail server)\nL = %L  (see 4. above)\nSC = %S  (wrappers)\nNC = %N  (router)\nSEVERITY = %C + %L - (%S + %N) = %T",
	"Severity. Criticality of %C (mail), lethality of %L (one probe), system countermeasures of %S (patched 2 weeks ago), network countermeasures of %N (none to speak of). Severity comes to %T.",
	"Critical: %C - mail server\nLethal: %L - 1 try\nSystem: %S - TCP Wrappers\nNetwork: %N - router\nSeverity: (%C + %L) - (%S + %N) = %T",
	"Severity: (Critical + Lethal) – (System + Net) = (%C + %L) – (%S + %N) = %T",
	"Severity: (%C + %L) - (%S + %N) = %T. The criticality is high since mail for 40 people stops, the lethality depends on 1 more step, and the 2 countermeasures are as before.",
	"             Criticality   Lethality   System   Network   Severity\n                 %C            %L         %S        %N        %T",
	"Severity = %C + %L - %S - %N = %T",
	"Criticality (%C) + Lethality (%L) - System (%S) - Network (%N) = %T",
	"Severity: %T (criticality %C, lethality %L, system %S, network %N)",
	"Severity. Target criticality of %C because 40 people read mail there. Attack lethality of %L because nothing was tried after the first 11 seconds. System countermeasures of %S because of TCP Wrappers. Network countermeasures of %N because the filter passes 3 services. This gives us (%C + %L) - (%S + %N), which is %T.",
	"Severity is calculated as (Criticality + Lethality) – (System countermeasures + Network countermeasures). Criticality gets a %C, since it is the mail server. Lethality gets a %L. System countermeasures get a %S, and network countermeasures get a %N, for a total of %T.",
	"Severity:\n  Criticality (mail server) %C\n+ Lethality (a probe) %L\n- System countermeasures (patched) %S\n- Network countermeasures (router) %N\n= %T",
	"Severity:\nCriticality: Mail server (%C)\nLethality: A probe of 3 services (%L)\nSystem Countermeasures: Patched (%S)\nNetwork Countermeasures: Permissive filter (%N)\nTotal = %T",
	"Criticality=%C, Lethality=%L, System=%S, Network=%N, Severity=%T.",
	"Severity (critical = %C, lethal = %L, system counter measures = %S, net counter measures = %N): %T",
	"Severity Formula: (Criticality + Lethality) - (System + Network)\nCriticality (1-5): %C\nLethality (1-5): %L\nSystem countermeasures (1-5): %S\nNetwork countermeasures (1-5): %N\nSeverity: %T",
	"Severity formula: (C + L) - (S + N)\nC = %C, L = %L, S = %S, N = %N\nSeverity = %T",
	"Severity. I would give the criticality a %C, since everybody reads mail there. The lethality I put at %L: at worst it told a version. As for the countermeasures, the system ones deserve a %S because the wrappers were in place, and those of the network a %N. That makes the severity %T.",
	"<table>\n<tr><td>Criticality</td><td>%C</td></tr>\n<tr><td>Lethality</td><td>%L</td></tr>\n<tr><td>System countermeasures</td><td>%S</td></tr>\n<tr><td>Network countermeasures</td><td>%N</td></tr>\n<tr><th>Severity</th><td>%T</td></tr>\n</table>",
}

func fillWording(w string, s statedSeverity, interval string) string {
	l := strings.Replace(s.l, "-", interval, 1)
	total := s.total
	if strings.Contains(w, "–") {
		total = strings.Replace(total, "-", "–", 1)
	}
	return strings.NewReplacer("%C", s.c, "%L", l, "%S", s.s, "%N", s.n, "%T", total).Replace(w)
}

const stamp = "Au\nth\nor\nre\nta\nin\ns\nfu\nll\nri\ngh\nts"

// wrap breaks lines as a converter does that keeps a column's width.
func wrapText(text string, width int) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		for len(line) > width && !strings.Contains(strings.TrimSpace(line), "   ") { // not the rows of tables
			at := strings.LastIndexByte(line[:width], ' ')
			if at <= 0 || strings.TrimSpace(line[:at]) == "" {
				break
			}
			out = append(out, line[:at])
			line = line[at+1:]
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// layout does to a text what pages and converters do.
func layout(r *rand.Rand, text string) string {
	if r.IntN(2) == 0 {
		text = wrapText(text, 50+r.IntN(40))
	}
	lines := strings.Split(text, "\n")
	if r.IntN(3) == 0 { // with -layout everything stands where it stood on the page
		for i, l := range lines {
			if l != "" {
				lines[i] = strings.Repeat(" ", 6) + l
			}
		}
	}
	if r.IntN(4) == 0 { // a blank line after each
		var out []string
		for _, l := range lines {
			out = append(out, l, "")
		}
		lines = out
	}
	// A page ends somewhere in the middle.
	for range 1 + r.IntN(3) {
		at := r.IntN(len(lines) + 1)
		footer := [][]string{
			{"", "Page 12 of 40", "\f"},
			{"© SANS Institute 2000 - 2002, As part of GIAC practical repository.", "Author retains full rights.", "\f"},
			{"Key fingerprint = AF19 FA27 2F94 998D FDB5 DE3D F8B5 06E4 A169 4E46", ""},
			strings.Split(stamp, "\n"),
			append(append([]string{""}, strings.Split(stamp, "\n")...), ",", "00", "20", "te", "tu", "sti", "In", "NS", "SA", "©", "Key fingerprint = AF19 FA27 2F94 998D FDB5 DE3D F8B5 06E4 A169 4E46", "", "© SANS Institute 2000 - 2002, Author retains full rights.", "\f"),
			{"", "                                        17", "\f"},
		}[r.IntN(6)]
		lines = slices.Insert(lines, at, footer...)
	}
	return strings.Join(lines, "\n")
}

// practical writes ten detects.
func practicalText(r *rand.Rand, wording string) string {
	heading := []string{"Detect %d", "Detect #%d: A visitor of 4/8/2000", "Incident %d", "Detect Number %d", "Network Detect %d"}[r.IntN(5)]
	interval := []string{"-", " to ", " - ", "–", " or "}[r.IntN(5)]
	if strings.Contains(wording, "+ %L") && interval == " - " {
		interval = "-"
	}
	var b strings.Builder
	b.WriteString("GIAC practical\n\nTen detects of spring 2000\n\nThe scale goes from 1 to 5.\n\n")
	for i, s := range tenStated {
		fmt.Fprintf(&b, heading+"\n\nApr 10 02:04:53 mail abacus_sentry[325]: attackalert: Connect from host: 192.0.2.7 to TCP port: 161\n\nActive targeting: Yes, 2 hosts.\n\n", i+1)
		b.WriteString(layout(r, fillWording(wording, s, interval)))
		b.WriteString("\n\nDefensive recommendation: close port 161 on 3 hosts.\n\n")
	}
	return b.String()
}

// TestLayouts reads the ten severities in each wording, on pages of several layouts.
func TestLayouts(t *testing.T) {
	for w, wording := range wordings {
		for seed := range 40 {
			r := rand.New(rand.NewPCG(uint64(seed), uint64(w)))
			text := practicalText(r, wording)
			if diff := cmp.Diff(tenDetects, describe(readForeign(newPage([]byte(text))))); diff != "" {
				t.Errorf("wording %d, seed %d: (-want +got)\n%s", w, seed, diff)
			}
		}
	}
}

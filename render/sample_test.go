package render_test

import (
	"fmt"
	"strings"
	"time"

	"practicum/analysis"
)

// The reports that the tests render. They are made by hand: what is in them is up to this file
// alone, so that the goldens change with the renderers and with nothing else.

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

func factor(low, high int, reason string, origin analysis.Origin) analysis.Factor {
	return analysis.Factor{Low: low, High: high, Reason: reason, Origin: origin}
}

func cited(file string, first, last int) []analysis.Citation {
	return []analysis.Citation{{File: file, Lines: analysis.LineRange{First: first, Last: last}}}
}

// emptyReport is the report of logs in which nothing happened.
func emptyReport() *analysis.Report {
	return &analysis.Report{
		Schema: analysis.Schema, Title: "Security incidents", Zone: "UTC", Tool: "Practicum 0.1",
		Inputs: []analysis.Input{{
			File: "quiet.log", Bytes: 90, Lines: 2, Formats: []string{"syslog"},
			SHA256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
			Ledger: analysis.Ledger{Lines: 2, Benign: 1, Blank: 1},
		}},
		Ledger: analysis.Ledger{Lines: 2, Benign: 1, Blank: 1},
	}
}

// practicalReport is a small practical: three incidents as an analyst of the year 2000 met them.
func practicalReport() *analysis.Report {
	asset := analysis.Factors{
		Criticality: factor(2, 2, "A home computer with nothing on it that matters.", analysis.OriginAnalyst),
		Lethality:   factor(3, 3, "A trojan would give full control, if one were installed.", analysis.OriginAnalyst),
		System:      factor(2, 2, "Windows 95; patched, but with little protection of its own.", analysis.OriginAnalyst),
		Network:     factor(0, 0, "There is no firewall on the network.", analysis.OriginAnalyst),
	}
	home := analysis.Factors{
		Criticality: factor(2, 2, "A home computer.", analysis.OriginAsset),
		Lethality:   factor(3, 3, "A known trojan's port: full control if it is installed.", analysis.OriginKind),
		System:      factor(3, 3, "The host's own firewall dropped every packet.", analysis.OriginEvidence),
		Network:     factor(0, 0, "No network firewall is configured.", analysis.OriginSite),
	}

	probe := analysis.ScoredIncident{
		Incident: analysis.Incident{
			Number: 1, ID: "i-5f1c09d2a7", Title: "Contact with telnet, imap and ftp from one source",
			Kinds:    []string{"service-probe"},
			Sources:  []analysis.Source{{IP: "208.213.5.2", Name: "machine2.dtconsulting.com"}},
			Targets:  []analysis.Target{{Host: "mail"}},
			Services: []analysis.Service{{Port: 23, Proto: "tcp", Name: "telnet"}, {Port: 143, Proto: "tcp", Name: "imap"}, {Port: 21, Proto: "tcp", Name: "ftp"}},
			First:    at("2000-01-20 08:58:10"), Last: at("2000-01-20 08:58:21"),
			Records: 7, Lines: 7, Attempts: 3, Outcome: analysis.OutcomeAllowed,
			Users: []string{"???"}, Formats: []string{"syslog"}, Hosts: []string{"mail"},
			Evidence: cited("logs/mail-syslog.log", 1, 7),
			AttemptList: []analysis.Attempt{
				{Source: "208.213.5.2", Port: 23, Proto: "tcp", Start: at("2000-01-20 08:58:10")},
				{Source: "208.213.5.2", Port: 143, Proto: "tcp", Start: at("2000-01-20 08:58:18")},
				{Source: "208.213.5.2", Port: 21, Proto: "tcp", Start: at("2000-01-20 08:58:21")},
			},
		},
		Prompts: []analysis.Prompt{
			{ID: "who-else", Text: "Who else on the network was contacted by this source in the same hour?"},
			{ID: "telnet-session", Text: "What did the telnet session do in its eight seconds? Compare wtmp and the records of telnetd."},
			{ID: "source-owner", Text: "Could the source be a compromised machine, and who is its administrator?", Answered: true},
		},
		Severity: analysis.Severity{
			Factors: analysis.Factors{
				Criticality: factor(4, 4, "The mail relay of the site.", analysis.OriginAnalyst),
				Lethality:   factor(3, 4, "A log-in to any of the three services would give user access.", analysis.OriginAnalyst),
				System:      factor(4, 4, "TCP Wrappers, current patches.", analysis.OriginAnalyst),
				Network:     factor(2, 2, "A permissive packet filter at the provider.", analysis.OriginAnalyst),
			},
			Low: 1, High: 2, Band: analysis.BandElevated,
			Suggested: analysis.Suggestion{Low: 1, High: 2, Factors: analysis.Factors{
				Criticality: factor(4, 4, "mail is an asset: mail relay.", analysis.OriginAsset),
				Lethality:   factor(2, 3, "A probe of services that hand out user access.", analysis.OriginKind),
				System:      factor(3, 3, "The wrapper let the connections in.", analysis.OriginEvidence),
				Network:     factor(2, 2, "Permissive firewall.", analysis.OriginSite),
			}},
			Stated: &analysis.Stated{Low: 1, High: 1, Agrees: true},
		},
		Observations: []analysis.Observation{
			{ID: "services", Class: analysis.ClassObserved, Text: "One source contacted three services (telnet, imap, ftp) within 11 seconds.", Evidence: cited("logs/mail-syslog.log", 1, 7)},
			{ID: "handshake", Class: analysis.ClassObserved, Text: "The connections to telnet and imap completed, so the source address is real.", Evidence: []analysis.Citation{
				{File: "logs/mail-syslog.log", Lines: analysis.LineRange{First: 2, Last: 2}}, {File: "logs/mail-syslog.log", Lines: analysis.LineRange{First: 4, Last: 5}}}},
			{ID: "no-login", Class: analysis.ClassObserved, Text: "The imap session ended without a log-in: user=???", Evidence: cited("logs/mail-syslog.log", 6, 6)},
			{ID: "wrapper-warning", Class: analysis.ClassKnown, Text: "TCP Wrappers writes \"connect from\" after it has said yes; a refusal reads \"refused connect from\". The warning names the rule that was being evaluated, and is not a block.", Source: "tcp_wrappers 7.6, tcpd.c and socket.c"},
			{ID: "ftp", Class: analysis.ClassQuestion, Text: "For ftp only the warning is shown. Was the connection let in?"},
		},
	}
	for i, l := range []string{
		"Jan 20 08:58:10 mail in.telnetd[18701]: warning: /etc/hosts.deny, line 25: can't verify hostname: gethostbyname(machine2.dtconsulting.com) failed",
		"Jan 20 08:58:10 mail in.telnetd[18701]: connect from 208.213.5.2",
		"Jan 20 08:58:18 mail imapd[18705]: warning: /etc/hosts.deny, line 25: can't verify hostname: gethostbyname(machine2.dtconsulting.com) failed",
		"Jan 20 08:58:18 mail imapd[18705]: connect from 208.213.5.2",
		"Jan 20 08:58:18 mail imapd[18705]: imap service init from 208.213.5.2",
		"Jan 20 08:58:19 mail imapd[18705]: Logout user=??? host=machine2.dtconsulting.com [208.213.5.2]",
		"Jan 20 08:58:21 mail in.ftpd[18707]: warning: /etc/hosts.deny, line 25: can't verify hostname: gethostbyname(machine2.dtconsulting.com) failed",
	} {
		if i == 0 {
			probe.Excerpt = []analysis.Excerpt{{File: "logs/mail-syslog.log"}}
		}
		probe.Excerpt[0].Blocks = append(probe.Excerpt[0].Blocks, analysis.ExcerptLine{Number: i + 1, Text: l})
	}

	trojan := analysis.ScoredIncident{
		Incident: analysis.Incident{
			Number: 2, ID: "i-0b77e4c310", Title: "Probe of a trojan's port, 1243/tcp",
			Kinds:    []string{"trojan-probe"},
			Sources:  []analysis.Source{{IP: "63.163.136.234"}},
			Targets:  []analysis.Target{{Host: "vorlon1-i1"}},
			Services: []analysis.Service{{Port: 1243, Proto: "tcp", Name: "Backdoor-g-1"}},
			First:    at("2000-04-05 21:06:12"), Last: at("2000-04-05 21:13:47"),
			Records: 4, Lines: 19, Attempts: 2, Outcome: analysis.OutcomeBlocked,
			Formats: []string{"nis"}, Hosts: nil,
			Evidence: cited("logs/nis.log", 1, 19),
			AttemptList: []analysis.Attempt{
				{Source: "63.163.136.234", SourcePort: 3741, Port: 1243, Proto: "tcp", Start: at("2000-04-05 21:06:12"), Gaps: []float64{3, 6}, Schedule: "3-6-12 s"},
				{Source: "63.163.136.234", SourcePort: 3967, Port: 1243, Proto: "tcp", Start: at("2000-04-05 21:13:47")},
			},
		},
		Prompts: []analysis.Prompt{{ID: "which-trojan", Text: "BackDoor-G and SubSeven share this port. Which is meant?"}},
		Severity: analysis.Severity{
			Factors: asset, Low: 3, High: 3, Band: analysis.BandHigh,
			Suggested: analysis.Suggestion{Low: 2, High: 2, Factors: home},
			Stated:    &analysis.Stated{Low: -1, High: -1, Note: "The parts give 3, which is 4 more."},
		},
		Observations: []analysis.Observation{
			{ID: "attempts", Class: analysis.ClassObserved, Text: "4 records are 2 attempts: the packets of the first follow the retransmission schedule 3-6-12 s.", Evidence: cited("logs/nis.log", 1, 19)},
			{ID: "ports", Class: analysis.ClassObserved, Text: "Between the attempts the source port advanced from 3741 to 3967 in 455 s.", Evidence: cited("logs/nis.log", 1, 19)},
			{ID: "names", Class: analysis.ClassKnown, Text: "1243/tcp is the default port of SubSeven, which McAfee called BackDoor-G.", Source: "trojan port lists, 2000"},
		},
		Excerpt: []analysis.Excerpt{{File: "logs/nis.log"}},
	}
	for i, l := range []string{
		`04/05/2000 21:13:47 Rule "Default Block Backdoor/SubSeven Trojan horse" blocked (63.163.136.234,Backdoor-g-1).  Details:`,
		"Inbound TCP connection", "Local address,service is (vorlon1-i1,Backdoor-g-1)", "Remote address,service is (63.163.136.234,3967)", `Process name is "N/A"`,
	} {
		trojan.Excerpt[0].Blocks = append(trojan.Excerpt[0].Blocks, analysis.ExcerptLine{Number: i + 1, Text: l})
	}
	trojan.Excerpt[0].Blocks = append(trojan.Excerpt[0].Blocks, analysis.ExcerptLine{Omitted: 14})
	trojan.Excerpt[0].Left = 14

	sources := []analysis.Source{{IP: "12.77.88.91"}, {IP: "209.252.88.95"}, {IP: "12.66.34.224"}, {IP: "208.29.104.138"}, {IP: "12.66.34.225"}}
	campaign := analysis.ScoredIncident{
		Incident: analysis.Incident{
			Number: 3, ID: "i-c4410e99fe", Title: "Repeated attempts on 13223/tcp from several sources",
			Kinds: []string{"port-probe"}, Sources: sources,
			Services: []analysis.Service{{Port: 13223, Proto: "tcp", Name: "powwow-client"}},
			First:    at("2000-03-07 21:11:03"), Last: at("2000-03-11 00:21:35"),
			Records: 39, Lines: 117, Attempts: 11, Outcome: analysis.OutcomeBlocked,
			Formats: []string{"nis"}, JoinedBy: []string{"the uncommon port 13223/tcp, within 30 days"},
			Evidence: cited("logs/nis.log", 66, 182),
		},
		Severity: analysis.Severity{
			Factors: asset, Low: 3, High: 3, Band: analysis.BandHigh,
			Suggested: analysis.Suggestion{Low: 3, High: 3, Factors: asset},
			Stated:    &analysis.Stated{Low: 3, High: 3, Agrees: true},
		},
		Observations: []analysis.Observation{
			{ID: "timer", Class: analysis.ClassObserved, Text: "12.77.88.91 began its four attempts 126, 124 and 125 s apart: a timer and not a person.", Evidence: cited("logs/nis.log", 135, 182)},
			{ID: "iana", Class: analysis.ClassKnown, Text: "13223/tcp is registered for powwow-client, a chat program.", Source: "IANA service names, 2025-04"},
			{ID: "lists", Class: analysis.ClassKnown, Text: "Lists of trojan ports from 2001 on name a key logger on this port; an independent list has it on 12223 only.", Source: "trojan port lists, 2001 and 2004"},
		},
		Excerpt: []analysis.Excerpt{{File: "logs/nis.log", Left: 111}},
	}
	add := func(n int, day, t string) {
		campaign.Excerpt[0].Blocks = append(campaign.Excerpt[0].Blocks,
			analysis.ExcerptLine{Number: n, Text: day + " " + t + " Unused port blocking has blocked communications.  Details:"},
			analysis.ExcerptLine{Number: n + 1, Text: "Inbound TCP connection"},
			analysis.ExcerptLine{Number: n + 2, Text: "Remote address,local service is (208.29.104.138,13223)"})
	}
	add(66, "03/11/2000", " 0:21:35")
	campaign.Excerpt[0].Blocks = append(campaign.Excerpt[0].Blocks, analysis.ExcerptLine{Omitted: 111})
	add(180, "03/07/2000", "21:11:03")
	for _, a := range []struct {
		source, start, gaps string
		ambiguous           bool
		deviation           float64
	}{
		{"12.77.88.91", "2000-03-07 21:11:03", "2 6 12", false, 0.5},
		{"12.77.88.91", "2000-03-07 21:13:09", "3 4 12", false, 1},
		{"12.77.88.91", "2000-03-07 21:15:13", "3 6 12", false, 0},
		{"209.252.88.95", "2000-03-07 21:21:44", "3 6", true, 0},
		{"209.252.88.95", "2000-03-07 21:21:54", "2 6 12", true, 0.5},
		{"208.29.104.138", "2000-03-11 00:19:43", "5 5 10", false, 1.5},
	} {
		var gaps []float64
		for g := range strings.FieldsSeq(a.gaps) {
			var f float64
			fmt.Sscan(g, &f)
			gaps = append(gaps, f)
		}
		campaign.AttemptList = append(campaign.AttemptList, analysis.Attempt{Source: a.source, Port: 13223, Proto: "tcp",
			Start: at(a.start), Gaps: gaps, Schedule: "3-6-12 s", Ambiguous: a.ambiguous, Deviation: a.deviation})
	}

	return &analysis.Report{
		Schema: analysis.Schema, Title: "Detects of spring 2000",
		Period:    analysis.Period{First: at("2000-01-20 08:58:10"), Last: at("2000-04-10 02:04:59")},
		Incidents: []analysis.ScoredIncident{probe, trojan, campaign},
		Inputs: []analysis.Input{
			{File: "logs/mail-syslog.log", Bytes: 2750, Lines: 28, Formats: []string{"syslog"}, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
				Ledger: analysis.Ledger{Lines: 28, Incident: 7, Benign: 18, Unrecognised: 3}},
			{File: "logs/nis.log.gz", Bytes: 8936, Lines: 182, Formats: []string{"nis"}, SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Compressed: "gzip",
				Ledger: analysis.Ledger{Lines: 182, Incident: 136, Benign: 42, Unrecognised: 3, Blank: 1}, Duplicates: 4},
		},
		Ledger: analysis.Ledger{Lines: 210, Incident: 143, Benign: 60, Unrecognised: 6, Blank: 1},
		Site:   "Example site", Analyst: "A. Nalyst", Tool: "Practicum 0.1", Zone: "America/New_York",
		Clock: []analysis.Decision{
			{File: "logs/mail-syslog.log", Year: "2000", Basis: "the year nearest to the period of logs/nis.log.gz, whose stamps carry one"},
			{Basis: "stamps without a zone are taken to be in America/New_York (--tz)"},
		},
		Unrecognised: []analysis.Sample{
			{File: "logs/mail-syslog.log", Line: 12, Text: "-- MARK --", Count: 3, Shape: "-- MARK --"},
			{File: "logs/nis.log.gz", Line: 40, Text: "Page 3 of 12", Count: 2, Shape: "Page {n} of {n}"},
			{File: "logs/nis.log.gz", Line: 61, Text: "see above", Count: 1, Shape: "see above"},
		},
		Coverage: &analysis.Coverage{Lines: 9, Shapes: 4, OtherShapes: 1, OtherLines: 3, Programs: []analysis.ProgramCoverage{{Lines: 6, Shapes: 3}, {Program: "door|keeper", Lines: 3, Shapes: 1}}},
		Ignored:  []analysis.IgnoreNote{{Entry: "192.0.2.0/24", Reason: "our own scanner", Records: 12, Lines: 12}},
		Warnings: []analysis.Warning{{File: "logs/nis.log.gz", Line: 19, Text: "the record's last line is missing"}, {Text: "no asset is configured for vorlon1-i1"}},
		Limits:   []string{"Login strings are kept up to 50 an incident; one incident has more."},
		Background: analysis.Background{Incidents: 2, Records: 5, Rule: "The report tells the first 3 incidents by severity, then records.",
			Tables: []analysis.BackgroundTable{{Title: "By kind", Rows: []analysis.BackgroundRow{{Name: "port-probe", Incidents: 2, Records: 5}}}}},
	}
}

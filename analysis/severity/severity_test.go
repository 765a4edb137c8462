package severity

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

func TestSum(t *testing.T) {
	f := func(low, high int) analysis.Factor { return analysis.Factor{Low: low, High: high} }
	for _, test := range []struct {
		f         analysis.Factors
		low, high int
		band      analysis.Band
	}{
		// The ten incidents of the founding practical, by the analyst's own parts.
		{analysis.Factors{Criticality: f(4, 4), Lethality: f(3, 4), System: f(4, 4), Network: f(2, 2)}, 1, 2, analysis.BandElevated},
		{analysis.Factors{Criticality: f(4, 4), Lethality: f(0, 0), System: f(4, 4), Network: f(2, 2)}, -2, -2, analysis.BandGuarded},
		{analysis.Factors{Criticality: f(4, 4), Lethality: f(4, 5), System: f(3, 3), Network: f(2, 2)}, 3, 4, analysis.BandHigh},
		{analysis.Factors{Criticality: f(4, 4), Lethality: f(1, 1), System: f(4, 4), Network: f(2, 2)}, -1, -1, analysis.BandElevated},
		{analysis.Factors{Criticality: f(2, 2), Lethality: f(3, 3), System: f(2, 2), Network: f(0, 0)}, 3, 3, analysis.BandHigh},
		// The ends of the scale.
		{analysis.Factors{Criticality: f(5, 5), Lethality: f(5, 5), System: f(0, 0), Network: f(0, 0)}, 10, 10, analysis.BandSevere},
		{analysis.Factors{Criticality: f(0, 0), Lethality: f(0, 0), System: f(5, 5), Network: f(5, 5)}, -10, -10, analysis.BandLow},
		// An uncertain countermeasure widens the sum the other way.
		{analysis.Factors{Criticality: f(3, 3), Lethality: f(2, 2), System: f(2, 4), Network: f(1, 2)}, -1, 2, analysis.BandElevated},
	} {
		low, high := Sum(test.f)
		if low != test.low || high != test.high || BandOf(high) != test.band {
			t.Errorf("%+v: %d to %d (%s), want %d to %d (%s)", test.f, low, high, BandOf(high), test.low, test.high, test.band)
		}
	}
}

func TestBands(t *testing.T) {
	want := map[int]analysis.Band{-10: "low", -5: "low", -4: "guarded", -2: "guarded", -1: "elevated", 2: "elevated", 3: "high", 5: "high", 6: "severe", 10: "severe"}
	for score, band := range want {
		if got := BandOf(score); got != band {
			t.Errorf("%d is %s, want %s", score, got, band)
		}
	}
}

// done makes an incident one of what was done on a machine itself.
func done(in *analysis.Incident) *analysis.Incident {
	in.Done = true
	return in
}

func incidentOn(host string, outcome analysis.Outcome, events ...analysis.EventRef) *analysis.Incident {
	return &analysis.Incident{
		ID: "0123456789ab", Kinds: []string{"banner-grab"}, Outcome: outcome, Events: events, Hosts: []string{host},
		Targets: []analysis.Target{{Host: host}}, Sources: []analysis.Source{{IP: "192.0.2.1", Name: "Probe.example.net"}},
		First: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

var mailSite = Site{Assets: []Asset{{Hosts: []string{"MAIL"}, Criticality: &Points{4, 4, "the mail server"}, System: &Points{4, 4, "wrapped."}}}}

// TestCountermeasureMustAct holds that a wrapper that let the connection in does not earn the points
// of one that refused it.
func TestCountermeasureMustAct(t *testing.T) {
	allowed := analysis.EventRef{Facts: &analysis.Facts{Action: analysis.ActionAllowed, Format: "tcpwrappers", Handshake: analysis.HandshakeCompleted}}
	trap := analysis.EventRef{Facts: &analysis.Facts{Action: analysis.ActionAllowed, Format: "portsentry"}}
	made := analysis.EventRef{Facts: &analysis.Facts{Action: analysis.ActionAllowed, Format: "shadow", Kind: "account-created"}}
	claim := analysis.EventRef{Facts: &analysis.Facts{Action: analysis.ActionBlocked, Claim: "blocked via wrappers"}}
	served := analysis.EventRef{Facts: &analysis.Facts{Action: analysis.ActionInfo, Format: "webaccess"}, Service: "http", Message: `"GET /a.php?b=../c HTTP/1.0" 200 207`, Tries: analysis.TriesConnection}
	forbidden := analysis.EventRef{Facts: &analysis.Facts{Action: analysis.ActionBlocked, Format: "webaccess"}, Service: "http", Message: `"GET /.htpasswd HTTP/1.0" 403 207`, Tries: analysis.TriesConnection}
	for _, test := range []struct {
		name      string
		in        *analysis.Incident
		low, high int
		origin    analysis.Origin
	}{
		{"refused", incidentOn("mail", analysis.OutcomeBlocked), 4, 4, analysis.OriginAsset},
		{"let in", incidentOn("mail", analysis.OutcomeAllowed, allowed), 3, 3, analysis.OriginEvidence},
		{"some let in", incidentOn("mail", analysis.OutcomeMixed, allowed), 3, 4, analysis.OriginEvidence},
		{"log-in rejected", incidentOn("mail", analysis.OutcomeFailed), 4, 4, analysis.OriginAsset},
		{"only a trap answered", incidentOn("mail", analysis.OutcomeAllowed, trap), 4, 4, analysis.OriginAsset},
		{"blocked afterwards", incidentOn("mail", analysis.OutcomeBlocked, trap, claim), 4, 4, analysis.OriginAsset},
		{"done on the machine, by no connection", done(incidentOn("mail", analysis.OutcomeAllowed, made)), 4, 4, analysis.OriginAsset},
		{"done on the machine, and something failed", incidentOn("mail", analysis.OutcomeMixed, made), 4, 4, analysis.OriginAsset},
		{"one request served, one refused", incidentOn("mail", analysis.OutcomeMixed, served, forbidden), 4, 4, analysis.OriginAsset},
		{"nothing known", incidentOn("other", analysis.OutcomeUnknown), 3, 3, analysis.OriginSite},
		{"nothing known, let in", incidentOn("other", analysis.OutcomeAllowed, allowed), 2, 2, analysis.OriginEvidence},
	} {
		s := Score(test.in, mailSite, nil).System
		if s.Low != test.low || s.High != test.high || s.Origin != test.origin || s.Reason == "" {
			t.Errorf("%s: %+v, want %d to %d from %s", test.name, s, test.low, test.high, test.origin)
		}
	}
}

func TestRatingStandsBesideSuggestion(t *testing.T) {
	in := incidentOn("mail", analysis.OutcomeBlocked)
	plain := Score(in, mailSite, nil)
	rated := Score(in, mailSite, &Rating{Lethality: &Points{4, 5, "seen before"}, Total: &Total{Low: 9, High: 9, About: true}})
	if rated.Lethality != (analysis.Factor{Low: 4, High: 5, Reason: "seen before", Origin: analysis.OriginAnalyst}) {
		t.Errorf("lethality is %+v", rated.Lethality)
	}
	if rated.Suggested.Low != plain.Low || rated.Suggested.High != plain.High || rated.Suggested.Lethality != plain.Lethality {
		t.Errorf("the suggestion %+v is not what the tool scores without the rating", rated.Suggested)
	}
	if rated.Criticality != plain.Criticality {
		t.Errorf("a factor that nobody rated changed to %+v", rated.Criticality)
	}
	if rated.Stated == nil || rated.Stated.Agrees || rated.Stated.Note == "" {
		t.Errorf("stated %+v", rated.Stated)
	}
}

func TestStated(t *testing.T) {
	s := analysis.Severity{Low: 3, High: 4}
	for _, test := range []struct {
		total  Total
		agrees bool
		note   string
	}{
		{Total{Low: 3, High: 3}, true, ""},
		{Total{Low: 4, High: 4, About: true}, true, ""},
		{Total{Low: 3, High: 4}, true, ""},
		{Total{Low: 5, High: 5}, false, "They give 3 to 4, which is 1 less."},
		{Total{Low: -1, High: -1}, false, "They give 3 to 4, which is 4 more."},
		{Total{Low: 2, High: 5}, false, "They give 3 to 4."},
	} {
		got := compare(test.total, s)
		if got.Agrees != test.agrees || got.Note != test.note {
			t.Errorf("%+v: %v %q, want %v %q", test.total, got.Agrees, got.Note, test.agrees, test.note)
		}
	}
}

func TestRatingMatches(t *testing.T) {
	in := incidentOn("mail", analysis.OutcomeBlocked)
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		name string
		r    Rating
		want bool
	}{
		{"by id", Rating{ID: "0123456789ab"}, true},
		{"by another id", Rating{ID: "ffffffffffff", Sources: []string{"192.0.2.1"}}, false},
		{"by address", Rating{Sources: []string{"192.0.2.1"}}, true},
		{"by name, whatever its case", Rating{Sources: []string{"probe.EXAMPLE.net"}}, true},
		{"all sources must be there", Rating{Sources: []string{"192.0.2.1", "192.0.2.2"}}, false},
		{"from its start", Rating{Sources: []string{"192.0.2.1"}, From: day(1), To: day(2)}, true},
		{"the end is exclusive", Rating{Sources: []string{"192.0.2.1"}, To: day(1)}, false},
		{"later", Rating{Sources: []string{"192.0.2.1"}, From: day(2)}, false},
		{"an empty rating rates nothing", Rating{}, false},
	} {
		if got := test.r.matches(in); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRanking(t *testing.T) {
	at := func(n, low, high int, stated *analysis.Stated) analysis.ScoredIncident {
		in := analysis.ScoredIncident{Severity: analysis.Severity{Low: low, High: high, Stated: stated}}
		in.Number = n
		return in
	}
	list := []analysis.ScoredIncident{
		at(1, 1, 2, &analysis.Stated{Low: 1, High: 1, Agrees: true}), // as exact as its parts: no other place
		at(2, 3, 3, &analysis.Stated{Low: -1, High: -1}),
		at(3, -1, -1, &analysis.Stated{Low: 2, High: 2}),
		at(4, 3, 3, nil),
	}
	want := []analysis.Rank{{Number: 1, ByTotals: 3, ByParts: 3}, {Number: 2, ByTotals: 4, ByParts: 1}, {Number: 3, ByTotals: 2, ByParts: 4}, {Number: 4, ByTotals: 1, ByParts: 1}}
	if got := Ranking(list); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Ranking(list[:1]); got != nil {
		t.Errorf("every total agrees, and yet %+v", got)
	}
}

// TestReasons holds that a reason says what the log shows of its factor, each act in one factor only.
func TestReasons(t *testing.T) {
	packet := analysis.EventRef{Facts: &analysis.Facts{Format: "netfilter", Host: "fw1", Action: analysis.ActionBlocked}, Tries: analysis.TriesPacket}
	vendor := analysis.EventRef{Facts: &analysis.Facts{Format: "fortigate", Host: "fw2", Action: analysis.ActionBlocked}, Tries: analysis.TriesConnection}
	sensor := analysis.EventRef{Facts: &analysis.Facts{Format: "snort", Host: "ids", Action: analysis.ActionBlocked}, Tries: analysis.TriesConnection}
	guess := analysis.EventRef{Facts: &analysis.Facts{Format: "sshd", Program: "sshd", Action: analysis.ActionFailed, Handshake: analysis.HandshakeCompleted, Proto: "tcp"}, User: "root", Tries: analysis.TriesSession}
	ended := guess
	ended.Message = "Connection closed by "
	accepted := *guess.Facts
	accepted.Action = analysis.ActionAllowed
	login := guess
	login.Facts = &accepted
	connection := login
	connection.User = ""
	question := func(a analysis.Action) analysis.EventRef {
		return analysis.EventRef{Facts: &analysis.Facts{Format: "named", Program: "named", Action: a, Proto: "udp"}, Tries: analysis.TriesConnection}
	}
	refused := analysis.EventRef{Facts: &analysis.Facts{Format: "postfix", Program: "smtpd", Action: analysis.ActionBlocked}, Tries: analysis.TriesSession}
	taken := analysis.EventRef{Facts: &analysis.Facts{Format: "postfix", Program: "smtpd", Action: analysis.ActionAllowed}, Tries: analysis.TriesSession, Context: true, Source: analysis.Source{IP: "192.0.2.1"}}
	request := func(status string) analysis.EventRef {
		return analysis.EventRef{Facts: &analysis.Facts{Format: "webaccess", Kind: "web-codered", Action: analysis.ActionInfo, Handshake: analysis.HandshakeCompleted, Proto: "tcp"}, Service: "http", Message: `"GET /default.ida?NNN HTTP/1.0" ` + status + ` 207`, Tries: analysis.TriesConnection}
	}
	worm := func(events ...analysis.EventRef) *analysis.Incident {
		in := incidentOn("mail", analysis.OutcomeUnknown, events...)
		in.Kinds = []string{"web-codered"}
		return in
	}
	for _, test := range []struct {
		name                       string
		in                         *analysis.Incident
		lethality, system, network string
		points                     [2]int // of the lethality
	}{
		{"a filter", incidentOn("mail", analysis.OutcomeBlocked, packet, packet, packet), "", "", "The packet filter of fw1 blocked all 3 packets.", [2]int{}},
		{"a firewall of another maker", incidentOn("mail", analysis.OutcomeBlocked, vendor), "", "", "The packet filter of fw2 blocked the packet.", [2]int{}},
		{"a sensor in the way", incidentOn("mail", analysis.OutcomeBlocked, sensor, sensor), "", "", "The sensor dropped both packets that it told of.", [2]int{}},
		{"log-ins", incidentOn("mail", analysis.OutcomeFailed, guess, guess), "", "sshd rejected the log-ins.", "Nothing on the way stopped the connection to mail.", [2]int{}},
		{"a connection that ended before a log-in succeeded", incidentOn("mail", analysis.OutcomeFailed, ended), "", "wrapped.", "Nothing on the way stopped the connection to mail.", [2]int{}},
		{"a log-in that succeeded", incidentOn("mail", analysis.OutcomeMixed, guess, login), "", "sshd rejected log-ins first. One point less, because a log-in succeeded all the same.", "Nothing on the way", [2]int{}},
		{"a connection before log-ins that failed", incidentOn("mail", analysis.OutcomeMixed, guess, connection), "", "sshd rejected the log-in.", "", [2]int{}},
		{"a connection before one that ended", incidentOn("mail", analysis.OutcomeMixed, ended, connection), "", "wrapped.", "", [2]int{}},
		{"refused questions, and one that failed", incidentOn("mail", analysis.OutcomeBlocked, question(analysis.ActionBlocked), question(analysis.ActionFailed), question(analysis.ActionBlocked)), "", "named refused 2 of 3 tries.", "", [2]int{}},
		{"a refused recipient, and a mail that was taken", incidentOn("mail", analysis.OutcomeMixed, refused, taken), "", "smtpd refused one try. Up to one point less", "", [2]int{}},
		{"not found", worm(request("404")), "what was asked for is not there", "", "", [2]int{1, 1}},
		{"served", worm(request("200")), "The server served the request, so the high end cannot be excluded.", "", "", [2]int{1, 5}},
		{"a server's error", worm(request("500")), "", "", "", [2]int{1, 5}},
	} {
		s := Score(test.in, mailSite, nil)
		for _, f := range [...]struct {
			name string
			got  analysis.Factor
			want string
		}{{"lethality", s.Lethality, test.lethality}, {"system", s.System, test.system}, {"network", s.Network, test.network}} {
			if !strings.Contains(f.got.Reason, f.want) {
				t.Errorf("%s: the reason of the %s is %q, want %q in it", test.name, f.name, f.got.Reason, f.want)
			}
			if strings.HasPrefix(test.name, "a connection before ") && strings.Contains(f.got.Reason, "less") {
				t.Errorf("%s: %q", test.name, f.got.Reason)
			}
			if test.name == "a connection that ended before a log-in succeeded" && strings.Contains(f.got.Reason, "rejected") {
				t.Errorf("%s: the %s is credited: %q", test.name, f.name, f.got.Reason)
			}
			if f.want == "" && (strings.Contains(f.got.Reason, "blocked") || strings.Contains(f.got.Reason, "refused")) {
				t.Errorf("%s: the %s is credited too: %q", test.name, f.name, f.got.Reason)
			}
		}
		if test.points != [2]int{} && (s.Lethality.Low != test.points[0] || s.Lethality.High != test.points[1]) {
			t.Errorf("%s: lethality %d to %d", test.name, s.Lethality.Low, s.Lethality.High)
		}
	}
}

// TestRootIsMoreLethal holds that a log-in after failures is scored as the catalogue says: the access of a user is 4 on the classic
// scale, that of root is 5, and so is that of a user whom sudo follows; by the records in order of time.
func TestRootIsMoreLethal(t *testing.T) {
	record := func(user, format string, action analysis.Action, tries analysis.Tries) analysis.EventRef {
		e := analysis.EventRef{Facts: &analysis.Facts{Format: format, Program: format, Host: "mail", Action: action}, User: user, Tries: tries}
		if tries != analysis.TriesNone {
			e.Source.IP = "192.0.2.1"
		}
		return e
	}
	failed := func(user string) analysis.EventRef {
		return record(user, "sshd", analysis.ActionFailed, analysis.TriesSession)
	}
	accepted := func(user string) analysis.EventRef {
		return record(user, "sshd", analysis.ActionAllowed, analysis.TriesSession)
	}
	elsewhere := func(e analysis.EventRef) analysis.EventRef {
		e.Source.IP = "198.51.100.1"
		return e
	}
	sudo := func(user string) analysis.EventRef {
		e := record(user, "sudo", analysis.ActionAllowed, analysis.TriesNone)
		e.Context = true
		return e
	}
	for _, test := range []struct {
		name   string
		events []analysis.EventRef
		want   int
		reason string
	}{
		{"a user", []analysis.EventRef{failed("anna"), accepted("anna")}, 4, ""},
		{"root", []analysis.EventRef{failed("root"), accepted("root")}, 5, "One point more, because the account is that of root or Administrator."},
		{"an administrator of a domain", []analysis.EventRef{failed("anna"), accepted(`SITE\administrator`)}, 5, "the account is that of root or Administrator."},
		{"a user whom sudo follows", []analysis.EventRef{failed("anna"), accepted("anna"), sudo("anna")}, 5, "One point more, because sudo followed."},
		{"sudo of another user", []analysis.EventRef{failed("anna"), accepted("anna"), sudo("carol")}, 4, ""},
		{"sudo before", []analysis.EventRef{failed("anna"), sudo("anna"), accepted("anna")}, 4, ""},
		{"root failed, and a user got in", []analysis.EventRef{failed("root"), accepted("anna")}, 4, ""},
		{"another source's root", []analysis.EventRef{failed("anna"), accepted("anna"), elsewhere(accepted("root"))}, 4, ""},
		{"root before any failure", []analysis.EventRef{accepted("root"), failed("root"), accepted("anna")}, 4, ""},
	} {
		in := incidentOn("mail", analysis.OutcomeMixed, test.events...)
		in.Kinds = []string{"login-success-after-failures", "brute-force"}
		f := Score(in, mailSite, nil).Lethality
		if f.Low != test.want || f.High != test.want || !strings.Contains(f.Reason, test.reason) || (test.reason == "") == strings.Contains(f.Reason, "more") {
			t.Errorf("%s: %+v, want %d", test.name, f, test.want)
		}
	}
}

// TestVictimIsTheSource holds that an alert on what a machine that was broken into sends is worth what that machine is worth, and
// not what its attacker's is, in whichever direction the sensor saw it.
func TestVictimIsTheSource(t *testing.T) {
	beacon := func(source, target string) *analysis.Incident {
		return &analysis.Incident{Kinds: []string{"compromise-alert"}, Sources: []analysis.Source{{IP: source}}, Targets: []analysis.Target{{IP: target}}, Outcome: analysis.OutcomeUnknown}
	}
	finance := Asset{Hosts: []string{"192.0.2.77"}, Criticality: &Points{5, 5, "the finance server"}, System: &Points{1, 1, "none"}}
	network := finance
	network.Hosts, network.Addresses = nil, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	sensor := Asset{Formats: []string{"suricata"}, Criticality: &Points{2, 2, "what the sensor watches"}}
	for _, test := range []struct {
		name   string
		in     *analysis.Incident
		assets []Asset
		points int
		reason string
	}{
		{"by its address among the hosts", beacon("192.0.2.77", "203.0.113.81"), []Asset{finance}, 5, "the finance server"},
		{"by its network", beacon("192.0.2.77", "203.0.113.81"), []Asset{network}, 5, "the finance server"},
		{"the answer of its master", beacon("203.0.113.81", "192.0.2.77"), []Asset{network}, 5, "the finance server"},
		{"another asset", beacon("192.0.2.78", "203.0.113.81"), []Asset{finance}, 3, "not configured: the middle of the scale is assumed for 192.0.2.78."},
		{"no asset", beacon("198.51.100.7", "203.0.113.81"), nil, 3, "not configured: the middle of the scale is assumed for 198.51.100.7."},
		{"a private address", beacon("203.0.113.81", "10.1.1.7"), nil, 3, "not configured: the middle of the scale is assumed for 10.1.1.7."},
		{"both private", beacon("10.1.1.9", "10.1.1.7"), nil, 3, "not configured: the middle of the scale is assumed for 10.1.1.9."},
		{"the sensor's asset", beacon("192.0.2.78", "203.0.113.81"), []Asset{finance, sensor}, 2, "what the sensor watches"},
	} {
		test.in.Formats = []string{"suricata"}
		f := Score(test.in, Site{Assets: test.assets}, nil).Criticality
		if f.Low != test.points || f.High != test.points || f.Reason != test.reason {
			t.Errorf("%s: %d to %d: %s", test.name, f.Low, f.High, f.Reason)
		}
	}

	// Of other kinds the target is what counts, and an address stands among the hosts as well as a name.
	scan := beacon("203.0.113.81", "192.0.2.77")
	scan.Kinds = []string{"port-sweep"}
	if f := Score(scan, Site{Assets: []Asset{finance}}, nil).Criticality; f.Low != 5 {
		t.Errorf("a scan: %+v", f)
	}
	scan = beacon("192.0.2.77", "203.0.113.81")
	scan.Kinds = []string{"port-sweep"}
	if f := Score(scan, Site{Assets: []Asset{finance}}, nil); f.Criticality.Reason != "not configured: the middle of the scale is assumed for 203.0.113.81." {
		t.Errorf("a scan from inside: %+v", f)
	}
}

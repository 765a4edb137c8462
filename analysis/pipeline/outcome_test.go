package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

// onlyIncident is the only incident of a log.
func onlyIncident(t *testing.T, log string) analysis.ScoredIncident {
	t.Helper()
	o := pipeline.Options{Clock: logformat.ClockOptions{Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}}
	report, err := pipeline.Run(t.Context(), []logformat.Input{logOf("log", log)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Incidents) != 1 {
		t.Fatalf("%d incidents", len(report.Incidents))
	}
	return report.Incidents[0]
}

// TestOutcome holds that an incident of which something was refused or failed and something was not is told as mixed.
func TestOutcome(t *testing.T) {
	const (
		served    = `203.0.113.9 - - [31/Oct/2025:11:00:01 +0000] "GET /../../etc/passwd HTTP/1.1" 200 500 "-" "x"` + "\n"
		forbidden = `203.0.113.9 - - [31/Oct/2025:11:00:02 +0000] "GET /.htpasswd HTTP/1.1" 403 500 "-" "x"` + "\n"
		missing   = `203.0.113.9 - - [31/Oct/2025:11:00:03 +0000] "GET /?x=;cat+/etc/shadow HTTP/1.1" 404 500 "-" "x"` + "\n"
		ordinary  = `203.0.113.9 - - [31/Oct/2025:11:00:04 +0000] "GET / HTTP/1.1" 200 500 "-" "x"` + "\n"
	)
	const (
		rejected = `203.0.113.35 - admin [15/Oct/2025:13:00:01 +0000] "GET /private HTTP/1.1" 401 226 "-" "curl"` + "\n"
		accepted = `203.0.113.35 - admin [15/Oct/2025:13:00:11 +0000] "GET /private HTTP/1.1" 200 226 "-" "curl"` + "\n"
		open     = `203.0.113.35 - admin [15/Oct/2025:13:00:12 +0000] "GET /open HTTP/1.1" 200 226 "-" "curl"` + "\n"
	)
	const (
		connected = "Oct 11 09:00:00 mx postfix/smtpd[1]: connect from unknown[203.0.113.77]\n"
		refused   = "Oct 11 09:00:01 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[203.0.113.77]: 550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in local recipient table; from=<a@x.example> to=<bob@example.org> proto=ESMTP helo=<x>\n"
		taken     = "Oct 11 09:00:02 mx postfix/smtpd[1]: ABC124: client=unknown[203.0.113.77]\n"
		again     = "Oct 11 09:00:03 mx postfix/smtpd[1]: ABC124: reject: RCPT from unknown[203.0.113.77]: 550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in local recipient table; from=<a@x.example> to=<bob@example.org> proto=ESMTP helo=<x>\n"
	)
	for _, test := range []struct {
		name, log string
		want      analysis.Outcome
	}{
		{"a web server served one and refused one", served + forbidden, analysis.OutcomeMixed},
		{"it served them", served, analysis.OutcomeUnknown},
		{"it had none of it", missing, analysis.OutcomeUnknown},
		{"it refused one and had not the other", forbidden + missing, analysis.OutcomeBlocked},
		{"what it served besides is no attack", forbidden + ordinary, analysis.OutcomeBlocked},
		{"a web server rejected a log-in and accepted one", rejected + accepted, analysis.OutcomeMixed},
		{"it rejected one and served a page that asked for none", rejected + open, analysis.OutcomeFailed},
		{"Postfix refused a recipient", connected + refused, analysis.OutcomeBlocked},
		{"it refused one and took a mail", refused + taken, analysis.OutcomeMixed},
		{"it took a mail and refused one more", connected + taken + again, analysis.OutcomeMixed},
	} {
		t.Run(test.name, func(t *testing.T) {
			if in := onlyIncident(t, test.log); in.Outcome != test.want {
				t.Errorf("%s, want %s", in.Outcome, test.want)
			}
		})
	}
}

// TestPostfixTellsOneFailureThrice holds that a log-in that failed is counted once, also where Postfix tells of it when it fails, when
// the connection is lost and when it ends; and where it tells of it at the end alone.
func TestPostfixTellsOneFailureThrice(t *testing.T) {
	log := `Oct 11 09:00:00 mx postfix/smtpd[1]: warning: unknown[203.0.113.41]: SASL PLAIN authentication failed: x, sasl_username=a@example.org
Oct 11 09:00:01 mx postfix/smtpd[1]: lost connection after AUTH from unknown[203.0.113.41]
Oct 11 09:00:01 mx postfix/smtpd[1]: disconnect from unknown[203.0.113.41] ehlo=1 auth=0/1 commands=1/2
Oct 11 09:00:10 mx postfix/smtpd[2]: connect from unknown[203.0.113.41]
Oct 11 09:00:11 mx postfix/smtpd[2]: disconnect from unknown[203.0.113.41] ehlo=1 auth=0/1 commands=1/2
Oct 11 09:00:30 mx postfix/smtpd[3]: ABC123: client=unknown[203.0.113.41], sasl_method=PLAIN, sasl_username=a@example.org
`
	in := onlyIncident(t, log)
	if !slices.Equal(in.Kinds, []string{"smtp-auth-failed"}) {
		t.Errorf("two failures are %q", in.Kinds)
	}
	for id, want := range map[string]string{
		"rejected":               "By 2 records the service rejected log-ins.",
		"success-after-failures": "after 2 records of failures of the same source. 1 record was of that name. The last failure was 19 s earlier.",
	} {
		if !slices.ContainsFunc(in.Observations, func(o analysis.Observation) bool { return o.ID == id && strings.HasSuffix(o.Text, want) }) {
			t.Errorf("%s does not end with %q: %+v", id, want, in.Observations)
		}
	}
}

package pipeline_test

import (
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
	} {
		t.Run(test.name, func(t *testing.T) {
			if in := onlyIncident(t, test.log); in.Outcome != test.want {
				t.Errorf("%s, want %s", in.Outcome, test.want)
			}
		})
	}
}

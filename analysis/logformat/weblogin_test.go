package logformat

import (
	"net/netip"
	"testing"

	"practicum/analysis"
)

// TestWebLogins holds that a log-in over HTTP is taken for accepted where the page refused one to the same client before, once.
func TestWebLogins(t *testing.T) {
	var logins webLogins
	for i, step := range []struct {
		client, user, message string
		status                int
		want                  analysis.Action
	}{
		{"203.0.113.9", "anna", `"GET /private HTTP/1.1" 200`, 200, analysis.ActionInfo}, // nothing shows that the page asks for a log-in
		{"203.0.113.9", "", `"GET /private HTTP/1.1" 401`, 401, analysis.ActionInfo},     // how every browser begins
		{"203.0.113.9", "anna", `"GET /private?a=1 HTTP/1.1" 401`, 401, analysis.ActionFailed},
		{"203.0.113.9", "anna", `"GET /open HTTP/1.1" 200`, 200, analysis.ActionInfo},
		{"203.0.113.9", "", `"GET /private HTTP/1.1" 200`, 200, analysis.ActionInfo},
		{"203.0.113.10", "anna", `"GET /private HTTP/1.1" 200`, 200, analysis.ActionInfo},
		{"203.0.113.9", "anna", `"GET /private HTTP/1.1" 404`, 404, analysis.ActionInfo},
		{"203.0.113.9", "anna", `"GET /private HTTP/1.1" 403`, 403, analysis.ActionBlocked},
		{"203.0.113.9", "berta", `"GET /private HTTP/1.1" 304`, 304, analysis.ActionAllowed},
		{"203.0.113.9", "berta", `"GET /private HTTP/1.1" 200`, 200, analysis.ActionInfo}, // of the same log-in
	} {
		ev := analysis.Event{Source: analysis.Endpoint{IP: netip.MustParseAddr(step.client)}, User: step.user, Message: step.message, Action: analysis.ActionInfo}
		if logins.answered(&ev, step.status); ev.Action != step.want {
			t.Errorf("%d: %s for %q: %s, want %s", i, step.message, step.user, ev.Action, step.want)
		}
	}
}

package observation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"practicum/analysis"
)

// watched is how long before and after a suspicious log-in the other incidents of the host that no
// record gives a source for are told of beside it.
const watched = 24 * time.Hour

// aftermath tells what followed a log-in after failures: what the account did on the host, and what
// else was logged there that no address is known of.
func (w Writer) aftermath(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	logins := suspiciousLogins(in)
	type account struct{ user, host string }
	first := map[account]time.Time{} // log-in
	for _, l := range logins {
		if a := (account{l.User, l.Host}); first[a].IsZero() || l.Time.Before(first[a]) {
			first[a] = l.Time
		}
	}
	type used struct {
		refs  []*analysis.EventRef
		words []string
	}
	uses := map[account]*used{}
	var accounts []account // in the order of what they did first
	for i := range in.Events {
		e := &in.Events[i]
		if e.Tries != analysis.TriesNone || e.Source != (analysis.Source{}) || !e.Context || e.User == "" || e.Action != analysis.ActionAllowed {
			continue
		}
		a := account{e.User, e.Host}
		since, known := first[a]
		if !known || e.Time.Before(since) {
			continue
		}
		d := uses[a]
		if d == nil {
			d = &used{}
			uses[a] = d
			accounts = append(accounts, a)
		}
		d.refs = append(d.refs, e)
		d.words = append(d.words, fmt.Sprintf("%s at %s (%s)", e.Program, clock(e.Time), quote(e.Message)))
	}
	for i, a := range accounts[:min(len(accounts), maxAccounts)] {
		id := "after-login"
		if i > 0 {
			id = numbered(id, i)
		}
		d := uses[a]
		list = append(list, observed(id, ofKept(in, fmt.Sprintf("Within an hour of the log-in the account %s used, on %s: %s.", analysis.Quoted(a.user), a.host, few(d.words, 4))), w.lines(d.refs)))
	}
	if len(logins) == 0 {
		return append(list, w.before(in)...)
	}
	l := logins[0] // what the others are measured from
	for _, o := range w.index.told {
		if o == in || o.Number == 0 || !slices.Contains(o.Hosts, l.Host) || o.Last.Before(l.Time) {
			continue
		}
		for e := range w.events(o.Place) {
			if e.Source != (analysis.Source{}) || e.Context || e.Host != l.Host || e.Time.Before(l.Time) || e.Time.Sub(l.Time) > watched {
				continue
			}
			what := fmt.Sprintf("logged what is incident %d (%s)", o.Number, o.Title)
			if !nameless(&o.Incident) {
				what = fmt.Sprintf("logged %s (incident %d)", quote(e.Message), o.Number)
			}
			list = append(list, observed(numbered("followed-by", len(list)), fmt.Sprintf("%s after the log-in, %s %s; no record says from where.",
				Duration(e.Time.Sub(l.Time)), l.Host, what), w.lines([]*analysis.EventRef{l, e})))
			break
		}
	}
	return append(list, w.before(in)...)
}

// done tells what a machine logged that was done on it: to accounts, logs or protections.
func (w Writer) done(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	for i := range in.Events {
		e := &in.Events[i]
		if e.Context || e.Source != (analysis.Source{}) || e.Tries != analysis.TriesNone && !isLocal(e) || e.Message == "" || !slices.Contains(deeds, e.Kind) || len(list) == 5 {
			continue
		}
		list = append(list, observed(numbered("done", len(list)), fmt.Sprintf("At %s, %s logged: %s.", stamp(e.Time), cmp.Or(e.Program, e.Host, "the machine"), quote(e.Message)), w.lines([]*analysis.EventRef{e})))
	}
	return list
}

// deeds are the kinds of what was done on a machine.
var deeds = []string{"account-created", "new-service", "log-tamper", "protection-disabled"}

// before tells, of an incident that no record gives a source for, of a suspicious log-in before it on
// the same host.
func (w Writer) before(in *analysis.ScoredIncident) []analysis.Observation {
	if !nameless(&in.Incident) || len(in.Events) == 0 {
		return nil
	}
	own := map[string]bool{}
	for _, h := range in.Hosts {
		own[h] = true
	}
	for _, o := range w.index.told {
		if o == in || o.Number == 0 || in.First.Before(o.First) || !slices.ContainsFunc(o.Hosts, func(h string) bool { return own[h] }) {
			continue
		}
		for _, l := range suspiciousLogins(o) {
			if since := in.First.Sub(l.Time); since >= 0 && since <= watched && own[l.Host] {
				return []analysis.Observation{observed("preceded-by", fmt.Sprintf("%s earlier, a log-in as %s succeeded on %s after failures (incident %d).", Duration(since), analysis.Quoted(l.User), l.Host, o.Number),
					w.lines([]*analysis.EventRef{l, &in.Events[0]}))}
			}
		}
	}
	return nil
}

// suspiciousLogins lists the accepted log-ins of an incident that is about one after failures.
func suspiciousLogins(in *analysis.ScoredIncident) []*analysis.EventRef {
	if !slices.Contains(in.Kinds, "login-success-after-failures") {
		return nil
	}
	var list []*analysis.EventRef
	failed := false
	for i := range in.Events {
		e := &in.Events[i]
		switch {
		case e.Action == analysis.ActionFailed:
			failed = true
		case failed && e.Action == analysis.ActionAllowed && e.User != "" && e.Host != "" && e.Tries != analysis.TriesNone && e.Source != (analysis.Source{}):
			list = append(list, e)
		}
	}
	return list
}

package incident

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"practicum/analysis"
)

// local is a record of a machine about one of its accounts; no record says from where.
func local(user string, at time.Duration, line int) *analysis.Event {
	return &analysis.Event{
		Offset: int64(line), Lines: []analysis.LineRange{{First: line, Last: line}}, Format: "sudo", Time: start.Add(at), Host: "gate", Program: "sudo",
		User: user, Action: analysis.ActionAllowed, Tries: analysis.TriesSession, Count: 1,
	}
}

// TestNameless holds that records that name no source are one incident for each account, except those of
// a process that another record gives an address for.
func TestNameless(t *testing.T) {
	failed := func(user string, session uint64, at time.Duration, line int) *analysis.Event {
		e := local(user, at, line)
		e.Action, e.Session = analysis.ActionFailed, session
		return e
	}
	fromOutside := packet("192.0.2.1", 22, 0, 9)
	fromOutside.Session = 7
	for _, test := range []struct {
		name   string
		events []*analysis.Event
		want   string
	}{
		{"one account", []*analysis.Event{failed("anna", 1, 0, 1), failed("anna", 2, hour, 2)}, "unknown"},
		{"two accounts", []*analysis.Event{failed("anna", 1, 0, 1), failed("bert", 2, hour, 2)}, "unknown | unknown"},
		{"the same process has an address", []*analysis.Event{fromOutside, failed("", 7, time.Second, 2)}, "192.0.2.1"},
		{"the process id came back later", []*analysis.Event{fromOutside, failed("", 7, hour, 2)}, "192.0.2.1 | unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := NewBuilder(Options{})
			for _, e := range test.events {
				b.Add(e, "priv-esc-failed", 0)
			}
			if got := sources(finish(b)); got != test.want {
				t.Errorf("incidents of %s, want %s", got, test.want)
			}
		})
	}
}

// TestServedBySideBySide holds that records which name no source find the addresses that their processes were served for, however many sources
// and workers there are.
func TestServedBySideBySide(t *testing.T) {
	const many = 700
	for _, workers := range []int{1, 4} {
		b := NewBuilder(Options{Workers: workers})
		for i := range many {
			at := time.Duration(i) * time.Minute
			served := packet(fmt.Sprintf("198.51.%d.%d", i/200, i%200), 22, at, int64(2*i))
			served.Session = uint64(i + 1)
			b.Add(served, "probe", 0)
			nameless := local("", at+time.Second, 2*i+1)
			nameless.Action, nameless.Session = analysis.ActionFailed, uint64(i+1)
			b.Add(nameless, "priv-esc-failed", 0)
		}
		list := finish(b)
		for _, in := range list {
			if in.Records != 2 || len(in.Sources) != 1 || in.Sources[0].IP == "" {
				t.Fatalf("with %d workers, %v has %d records, want 2 of one address", workers, in.Sources, in.Records)
			}
		}
		if len(list) != many {
			t.Errorf("with %d workers there are %d incidents, want %d", workers, len(list), many)
		}
	}
}

// TestAftermath holds that what an account did on a host within an hour of a log-in that was judged
// suspicious belongs to that incident, as context and as no attempt to connect.
func TestAftermath(t *testing.T) {
	const suspicious = 1
	login := func() []*analysis.Event {
		failed, accepted := packet("192.0.2.1", 22, 0, 1), packet("192.0.2.1", 22, time.Second, 2)
		for i, e := range []*analysis.Event{failed, accepted} {
			e.Tries, e.Session, e.User, e.Host = analysis.TriesSession, uint64(i+1), "anna", "gate"
		}
		failed.Action, accepted.Action, accepted.Context = analysis.ActionFailed, analysis.ActionAllowed, true
		return []*analysis.Event{failed, accepted}
	}
	elsewhere := local("anna", time.Minute, 3)
	elsewhere.Host = "other"
	for _, test := range []struct {
		name  string
		then  *analysis.Event
		judge bool
		want  string
	}{
		{"a minute later", local("anna", time.Minute, 3), true, "3 records, 2 attempts, services [22/tcp]"},
		{"by another account", local("bert", time.Minute, 3), true, "2 records, 2 attempts, services [22/tcp]"},
		{"on another host", elsewhere, true, "2 records, 2 attempts, services [22/tcp]"},
		{"before", local("anna", -time.Minute, 3), true, "2 records, 2 attempts, services [22/tcp]"},
		{"more than an hour later", local("anna", hour+2*time.Second, 3), true, "2 records, 2 attempts, services [22/tcp]"},
		{"after a log-in that nobody suspects", local("anna", time.Minute, 3), false, "2 records, 2 attempts, services [22/tcp]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := NewBuilder(Options{})
			events := login()
			b.Add(events[0], "ssh-login-failed", 0)
			b.Add(events[1], "", suspicious)
			b.Add(test.then, "", 0)
			reached := func(_ []analysis.EventRef, candidates []uint64) []string {
				for _, c := range candidates {
					if c == suspicious && test.judge {
						return []string{"login-success-after-failures"}
					}
				}
				return nil
			}
			r := b.Finish(rules(reached), func(int) string { return "log" }, nil)
			if r.Len() != 1 {
				t.Fatalf("%d incidents, want one", r.Len())
			}
			in := r.Incident(0)
			services := []string{}
			for _, s := range in.Services {
				services = append(services, fmt.Sprintf("%d/%s", s.Port, s.Proto))
			}
			if got := fmt.Sprintf("%d records, %d attempts, services %v", in.Records, in.Attempts, services); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestUnnamedSourceIsNotCounted holds that records without a source that share an account with those of one add no
// source: nobody knows that they were anybody else's.
func TestUnnamedSourceIsNotCounted(t *testing.T) {
	b := NewBuilder(Options{Signatures: Signatures{Login: func(user string) (string, bool) { return user, user != "" }}})
	outside := packet("192.0.2.1", 22, time.Minute, 9)
	outside.User, outside.Action, outside.Tries = "zappa", analysis.ActionFailed, analysis.TriesSession
	made := local("zappa", 0, 1)
	made.Tries = analysis.TriesNone
	b.Add(made, "account-created", 0)
	b.Add(outside, "ssh-login-failed", 0)
	if got := sources(finish(b)); got != "192.0.2.1" {
		t.Errorf("incidents of %s, want one of 192.0.2.1", got)
	}
}

// TestServedInTurn holds that each client that a process of Postfix serves is an attempt; the warning about the name
// that stands before the first belongs to it.
func TestServedInTurn(t *testing.T) {
	b := NewBuilder(Options{})
	for i, message := range []string{"warning: hostname a.example.net does not resolve", "connect from a", "SASL LOGIN authentication failed", "disconnect from a", "connect from a", "SASL LOGIN authentication failed"} {
		e := packet("192.0.2.1", 25, time.Duration(i)*time.Second, int64(i))
		e.Format, e.Message, e.Tries, e.Session, e.Action = "postfix", message, analysis.TriesSession, 7, analysis.ActionInfo
		kind := ""
		if message[0] == 'S' {
			e.Action, kind = analysis.ActionFailed, "smtp-auth-failed"
		}
		b.Add(e, kind, 0)
	}
	if got := finish(b); len(got) != 1 || got[0].Attempts != 2 {
		t.Errorf("%d incidents, want one of 2 attempts: %+v", len(got), got)
	}
}

// TestWhatReachesIsNoContext holds that records that reach a threshold together are tries, each of them.
func TestWhatReachesIsNoContext(t *testing.T) {
	b := NewBuilder(Options{})
	for i := range 10 {
		e := packet("192.0.2.1", 80, time.Duration(i)*time.Second, int64(i))
		e.Tries, e.Action = analysis.TriesConnection, analysis.ActionInfo
		b.Add(e, "", 1)
	}
	r := b.Finish(rules(func([]analysis.EventRef, []uint64) []string { return []string{"brute-force"} }), func(int) string { return "log" }, nil)
	if r.Len() != 1 {
		t.Fatalf("%d incidents", r.Len())
	}
	if in := r.Incident(0); in.Attempts != 10 || in.Events[0].Context {
		t.Errorf("%d attempts of 10; context: %v", in.Attempts, in.Events[0].Context)
	}
}

// TestNearestUse holds that of the addresses that a process logged the nearest in time is taken, and of those the smallest.
func TestNearestUse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var list sessionUses
		for range 1 + r.IntN(12) {
			list = append(list, sessionUse{int64(r.IntN(20)), netip.AddrFrom4([4]byte{192, 0, 2, byte(r.IntN(4))})})
		}
		slices.SortFunc(list, compareUses)
		list = slices.Compact(list)
		at := int64(r.IntN(24) - 2)
		want := slices.MinFunc(list, func(a, b sessionUse) int {
			return cmp.Or(cmp.Compare(time.Duration(a.at-at).Abs(), time.Duration(b.at-at).Abs()), a.ip.Compare(b.ip))
		})
		var got sessionUse
		best := time.Duration(-1)
		list.nearest(at, func(ip netip.Addr, d time.Duration) {
			if best < 0 || d < best || d == best && ip.Less(got.ip) {
				got.ip, best = ip, d
			}
		})
		if got.ip != want.ip || best != time.Duration(want.at-at).Abs() {
			t.Fatalf("%v at %d: %v, %v away; want %v", list, at, got.ip, best, want)
		}
	}
}

// TestDoneIsNotLetIn holds that what is done on a machine is no connection that was let in, by one record and by so many that not
// all are kept; with a try that failed it is mixed as before.
func TestDoneIsNotLetIn(t *testing.T) {
	made := func(i int) *analysis.Event {
		e := local("postgresx", time.Duration(i)*time.Second, i)
		e.Tries, e.Session, e.Action, e.Context = analysis.TriesNone, 0, analysis.ActionAllowed, false
		return e
	}
	for _, n := range [...]int{1, 3 * firstPruned} {
		b := NewBuilder(Options{Gap: time.Hour})
		for i := range n {
			b.Add(made(i), "account-created", 0)
		}
		if got := finish(b); len(got) != 1 || got[0].Outcome != analysis.OutcomeAllowed || !got[0].Done {
			t.Errorf("%d records: %d incidents, the first %s, done: %v; want one that was done", n, len(got), got[0].Outcome, got[0].Done)
		}
	}
	b := NewBuilder(Options{Gap: time.Hour})
	failed := made(1)
	failed.Action = analysis.ActionFailed
	b.Add(made(0), "account-created", 0)
	b.Add(failed, "priv-esc-failed", 0)
	if got := finish(b); len(got) != 1 || got[0].Outcome != analysis.OutcomeMixed {
		t.Errorf("with a failure: %d incidents, the first %s", len(got), got[0].Outcome)
	}
}

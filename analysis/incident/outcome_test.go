package incident

import (
	"math/rand/v2"
	"testing"

	"practicum/analysis"
)

// TestSessionsAlike holds that the outcome is the same whether or not sessions are told apart of which it is said that this does not matter.
func TestSessionsAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	b := NewBuilder(Options{})
	actions := []analysis.Action{analysis.ActionAllowed, analysis.ActionBlocked, analysis.ActionFailed, analysis.ActionInfo}
	alike, outcomes := 0, map[analysis.Outcome]int{}
	for range 200_000 {
		usual := actions[r.IntN(len(actions))]
		events := make([]analysis.EventRef, 1+r.IntN(5))
		for i := range events {
			action := usual
			if r.IntN(4) == 0 {
				action = actions[r.IntN(len(actions))]
			}
			e := analysis.EventRef{
				Facts:   &analysis.Facts{Format: []string{"sshd", "sshd", "postfix", "netfilter"}[r.IntN(4)], Action: action, Handshake: analysis.Handshake(r.IntN(2))},
				Session: uint64(r.IntN(3)), Tries: []analysis.Tries{analysis.TriesSession, analysis.TriesSession, analysis.TriesConnection, analysis.TriesNone}[r.IntN(4)],
				Context: r.IntN(3) == 0, Message: []string{"", connects + "a"}[r.IntN(2)],
			}
			if r.IntN(2) == 0 {
				e.Source.IP = "192.0.2.1" // else it may be a deed
			}
			events[i] = e
		}
		if !sessionsAlike(events) {
			continue
		}
		alike++
		m := Maker{memory: newMemory(b.tables, b.chunks)}
		set := []*group{{span: &span{}}}
		got, gotOn := m.outcomeOf(set, events, true)
		want, wantOn := m.outcomeOf(set, events, len(events) == 1)
		if outcomes[want]++; got != want || gotOn != wantOn {
			t.Fatalf("%v %v, and %v %v when sessions are told apart: %+v", got, gotOn, want, wantOn, events)
		}
	}
	if alike < 1000 || len(outcomes) < 4 {
		t.Errorf("only %d were alike, with outcomes %v", alike, outcomes)
	}
}

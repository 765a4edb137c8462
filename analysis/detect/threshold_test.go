package detect

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"practicum/analysis"
)

// reachedSlowly is Threshold.reached by its definition: each stretch of time that ends with a record is counted by itself.
func (t *Threshold) reachedSlowly(refs []analysis.EventRef, candidates []uint64, bit uint64) bool {
	counts := func(i int) bool { return candidates[i]&bit != 0 && (t.After == nil || t.followsSlowly(refs, i)) }
	per := func(i int) (v value) {
		if t.Per != nil {
			v = t.Per(&refs[i])
		}
		return v
	}
	for end := range refs {
		if !counts(end) {
			continue
		}
		values, n, over := map[value]int{}, 0, false
		for i := range refs[:end+1] {
			if !counts(i) || per(i) != per(end) || refs[end].Time.Sub(refs[i].Time) > t.Within {
				continue
			}
			n += refs[i].Times()
			if t.Distinct == nil {
				continue
			}
			if v := t.Distinct(&refs[i]); v != (value{}) {
				values[v] += refs[i].Times()
				over = over || t.AtMost > 0 && values[v] > t.AtMost
			}
		}
		if t.Distinct == nil && n >= t.Count || t.Distinct != nil && t.Distinct(&refs[end]) != (value{}) && len(values) >= t.Count && !over {
			return true
		}
	}
	return false
}

// followsSlowly reports whether AfterCount records of one format that After holds for came within the time before the i-th.
func (t *Threshold) followsSlowly(refs []analysis.EventRef, i int) bool {
	count := map[string]int{}
	for j := range refs[:i] {
		if refs[i].Time.Sub(refs[j].Time) <= t.Within && t.After(&refs[j]) {
			count[refs[j].Format] += refs[j].Times()
		}
	}
	for _, n := range count {
		if n >= t.AfterCount {
			return true
		}
	}
	return false
}

// TestReached compares each threshold of the rules, with smaller numbers so that it is reached now and then, with its definition.
func TestReached(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	const bit = 4
	reached := 0
	for range 20_000 {
		rule := &Rules[r.IntN(len(Rules))]
		if rule.Threshold == nil {
			continue
		}
		th := *rule.Threshold
		th.Count, th.AfterCount = 1+r.IntN(5), 1+r.IntN(3)
		refs, candidates := make([]analysis.EventRef, r.IntN(30)), []uint64{}
		at := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
		for i := range refs {
			at = at.Add(time.Duration(r.Int64N(int64(th.Within) / 4)))
			action := analysis.ActionFailed
			if r.IntN(3) == 0 {
				action = analysis.ActionAllowed
			}
			refs[i] = analysis.EventRef{
				Facts: &analysis.Facts{Format: one("sshd", "pam"), Host: one("a", "b", ""), Proto: one("tcp", "udp"), Target: analysis.Target{IP: one("192.0.2.1", "192.0.2.2", "192.0.2.3", "")}, Action: action, Count: 1 + r.IntN(8)/6},
				Time:  at, Port: r.IntN(4), Service: one("http", "ssh", ""), User: one("root", "Root", "admin", "test", "???", ""), Tries: analysis.TriesSession,
			}
			candidates = append(candidates, uint64(r.IntN(8)))
		}
		got, want := th.reached(refs, candidates, bit), th.reachedSlowly(refs, candidates, bit)
		if got != want {
			text := ""
			for i, e := range refs {
				text += fmt.Sprintf("%v %v %+v port %d service %q user %q, candidate %b\n", e.Time.Format(time.TimeOnly), e.Facts, e.Target, e.Port, e.Service, e.User, candidates[i])
			}
			t.Fatalf("%s (%s): %v, want %v, of\n%s", rule.Kind, &th, got, want, text)
		}
		if got {
			reached++
		}
		times, counts := make([]int64, len(refs)), make([]int32, len(refs))
		for i := range refs {
			times[i], counts[i] = refs[i].Time.UnixNano(), int32(refs[i].Times())
		}
		alone := []Rule{{Threshold: &th}}
		for _, times := range [][]int64{times, nil} {
			if got && possible(alone, bits.TrailingZeros64(bit), candidates, times, counts, func(i int) analysis.EventRef { return refs[i] })&bit == 0 {
				t.Fatalf("%s (%s) is reached and held not to be possible", rule.Kind, &th)
			}
		}
	}
	if reached < 500 {
		t.Errorf("only %d of the trials reached their threshold", reached)
	}
}

// TestPossible holds that the kinds that records reach are the same where what Possible rules out is no candidate any more.
func TestPossible(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	kinds := map[string]bool{}
	for range 3000 {
		refs, candidates := make([]analysis.EventRef, r.IntN(60)), []uint64{}
		times, counts := make([]int64, len(refs)), make([]int32, len(refs))
		at, step := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC), []time.Duration{time.Second, time.Minute, time.Hour}[r.IntN(3)]
		few := uint64(0) // thresholds that count, one or two
		for range 2 {
			few |= 1 << r.IntN(ownBit)
		}
		for i := range refs {
			at = at.Add(time.Duration(r.Int64N(int64(step))))
			action := []analysis.Action{analysis.ActionFailed, analysis.ActionFailed, analysis.ActionAllowed}[r.IntN(3)]
			refs[i] = analysis.EventRef{
				Facts: &analysis.Facts{Format: "sshd", Host: fmt.Sprint("h", r.IntN(9)), Proto: "tcp", Target: analysis.Target{IP: fmt.Sprint("192.0.2.", r.IntN(99))}, Action: action, Count: 1 + r.IntN(8)/6},
				Time:  at, Port: r.IntN(40), Service: fmt.Sprint("s", r.IntN(5)), User: fmt.Sprint("u", r.IntN(20)), Tries: analysis.TriesSession,
			}
			candidates = append(candidates, few&r.Uint64())
			times[i], counts[i] = at.UnixNano(), int32(refs[i].Times())
		}
		want := Reached(refs, candidates)
		which := Possible(candidates, times, counts, func(i int) analysis.EventRef { return refs[i] })
		for i := range candidates {
			candidates[i] &= which
		}
		if got := Reached(refs, candidates); !slices.Equal(got, want) {
			t.Fatalf("%v are reached of what is possible (%b), want %v", got, which, want)
		}
		for _, kind := range want {
			kinds[kind] = true
		}
	}
	if len(kinds) < 8 {
		t.Errorf("only %v were reached", kinds)
	}
}

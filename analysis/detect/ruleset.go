package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"practicum/analysis"
)

// Ruleset is the rules of a run: Rules, and a site's own. A site's own word comes first: it knows
// the message that it taught. A nil Ruleset is Rules alone.
type Ruleset struct {
	own   []Rule
	first uint64 // the bit of the first own rule with a threshold
}

// maxThresholds is how many rules with a threshold a Candidate has bits for.
const maxThresholds = 64

// NewRuleset adds a site's own rules.
func NewRuleset(own []Rule) (*Ruleset, error) {
	bits := 0
	for _, rules := range [][]Rule{Rules, own} {
		for i := range rules {
			if rules[i].Threshold != nil {
				bits++
			}
		}
	}
	if bits > maxThresholds {
		return nil, fmt.Errorf("%d patterns with a threshold are too many; %d are built in, and there is room for %d in all", bits-ownBit, ownBit, maxThresholds)
	}
	return &Ruleset{own: own, first: 1 << ownBit}, nil
}

// ownBit is the number of rules with a threshold in Rules.
var ownBit = func() int {
	n := 0
	for i := range Rules {
		if Rules[i].Threshold != nil {
			n++
		}
	}
	return n
}()

// Judge is the function Judge with the site's own rules.
func (s *Ruleset) Judge(e *analysis.Event) Verdict {
	v := Judge(e)
	s.judge(e, &v)
	return v
}

// judge adds to a verdict what the site's own rules say.
func (s *Ruleset) judge(e *analysis.Event, v *Verdict) {
	if s == nil {
		return
	}
	var own *Rule
	bit := s.first
	for i := range s.own {
		r := &s.own[i]
		if r.Threshold != nil {
			if r.Match(e) {
				v.Candidate |= bit
			}
			bit <<= 1
		} else if own == nil && r.Match(e) {
			own = r
		}
	}
	if own != nil {
		v.Kind, v.Rule = own.Kind, own
	}
}

// Reached is the function Reached with the site's own rules.
func (s *Ruleset) Reached(refs []analysis.EventRef, candidates []uint64) []string {
	kinds := Reached(refs, candidates)
	if s == nil {
		return kinds
	}
	bit, set := s.first, union(candidates)
	for i := range s.own {
		if t := s.own[i].Threshold; t != nil {
			if set&bit != 0 && t.reached(refs, candidates, bit) {
				kinds = append(kinds, s.own[i].Kind)
			}
			bit <<= 1
		}
	}
	return kinds
}

// Possible is the function Possible with the site's own rules.
func (s *Ruleset) Possible(candidates []uint64, times []int64, counts []int32, record func(int) analysis.EventRef) uint64 {
	which := Possible(candidates, times, counts, record)
	if s != nil {
		which |= possible(s.own, ownBit, candidates, times, counts, record)
	}
	return which
}

// Candidates are the rules with a threshold that a verdict counts towards.
func (s *Ruleset) Candidates(v Verdict) []*Rule {
	rules := v.Candidates()
	if s == nil {
		return rules
	}
	bit := s.first
	for i := range s.own {
		if s.own[i].Threshold != nil {
			if v.Candidate&bit != 0 {
				rules = append(rules, &s.own[i])
			}
			bit <<= 1
		}
	}
	return rules
}

// Finds says in words how a kind is found: by which rules and thresholds, and by which pattern of an incident.
func (s *Ruleset) Finds(kind string) []string {
	var list []string
	lists := [][]Rule{Rules}
	if s != nil {
		lists = [][]Rule{s.own, Rules}
	}
	for _, rules := range lists {
		for i := range rules {
			if r := &rules[i]; r.Kind == kind {
				list = append(list, r.String())
			}
		}
	}
	for i := range Patterns {
		if p := &Patterns[i]; p.Kind == kind {
			list = append(list, "an incident as a whole: "+p.Needs)
		}
	}
	return list
}

// Digest is the SHA-256 of what the rules seek, in words and thresholds, the site's own among them: reports with the
// same one went by the same rules.
func (s *Ruleset) Digest() string {
	h := sha256.New()
	lists := [][]Rule{Rules}
	if s != nil {
		lists = append(lists, s.own)
	}
	for _, rules := range lists {
		for i := range rules {
			fmt.Fprintf(h, "%s\n%s\n", rules[i].Kind, rules[i].String())
		}
	}
	for i := range Patterns {
		fmt.Fprintf(h, "%s\n%s\n", Patterns[i].Kind, Patterns[i].Needs)
	}
	return hex.EncodeToString(h.Sum(nil))
}

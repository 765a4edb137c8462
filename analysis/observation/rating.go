package observation

import (
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/lazily"
)

// ratingSource is where the formula says what belongs to which factor.
const ratingSource = "Northcutt and Novak, Network Intrusion Detection, 3rd edition (2002), chapter 16"

// situation is what the log shows of a defence in one incident: on which host, which program, and
// what it did. Incidents with the same situation earn the same countermeasures.
func situation(in *analysis.ScoredIncident) (key, words string, meant func(*analysis.EventRef) bool) {
	place := strings.Join(in.Hosts, ", ")
	if place == "" && len(in.Evidence) > 0 {
		place = "the machine of " + in.Evidence[0].File
	}
	claimed := func(e *analysis.EventRef) bool { return e.Claim != "" && e.Action == analysis.ActionBlocked }
	dropped := func(e *analysis.EventRef) bool {
		return isPacket(e) && isTry(e) && e.Action == analysis.ActionBlocked && !answers(e)
	}
	refused := func(e *analysis.EventRef) bool {
		return e.Format == "tcpwrappers" && isTry(e) && e.Action == analysis.ActionBlocked
	}
	var keys, parts []string
	var all []func(*analysis.EventRef) bool
	add := func(key, words string, meant func(*analysis.EventRef) bool) {
		if some(in, meant) {
			keys, parts, all = append(keys, key), append(parts, words), append(all, meant)
		}
	}
	add("let-in", "TCP Wrappers let the source in", letIn)
	add("refused", "TCP Wrappers refused the source", refused)
	add("claimed", "a sensor says that it blocked the source", claimed)
	add("dropped", "a packet filter blocked the packets", dropped)
	if len(keys) == 0 {
		return "", "", nil
	}
	return place + "|" + strings.Join(keys, "|"), fmt.Sprintf("%s on %s", series(parts), place), func(e *analysis.EventRef) bool {
		return slices.ContainsFunc(all, func(m func(*analysis.EventRef) bool) bool { return m(e) })
	}
}

// unequal tells of countermeasures that an analyst rated differently in two incidents although the
// log shows the same of them.
func (w Writer) unequal(in *analysis.ScoredIncident) []analysis.Observation {
	key, words, meant := situation(in)
	if key == "" {
		return nil
	}
	var list []analysis.Observation
	for _, f := range [...]struct {
		id, name string
		of       func(*analysis.ScoredIncident) analysis.Factor
	}{
		{"system", "system countermeasures", func(s *analysis.ScoredIncident) analysis.Factor { return s.Severity.System }},
		{"network", "network countermeasures", func(s *analysis.ScoredIncident) analysis.Factor { return s.Severity.Network }},
	} {
		mine := f.of(in)
		if mine.Origin != analysis.OriginAnalyst {
			continue
		}
		var others sharers
		var ratings []string
		for _, o := range w.index.told {
			if o == in || o.Number == 0 {
				continue
			}
			theirs := f.of(o)
			if theirs.Origin != analysis.OriginAnalyst || (theirs.Low == mine.Low && theirs.High == mine.High) {
				continue
			}
			if k, _, _ := situation(o); k == key {
				others.add(&other{place: int32(o.Place), number: int32(o.Number), first: o.First.UnixNano()})
				ratings = append(ratings, fmt.Sprintf("%s in incident %d", points(theirs), o.Number))
			}
		}
		if others.n == 0 {
			continue
		}
		list = append(list, observed("unequal-"+f.id, fmt.Sprintf("The %s are rated %s here and %s, although the log shows the same in each: %s.",
			f.name, points(mine), few(ratings, 4), words), w.evidenceOf(in, &others, meant, w.firstOf(meant))))
	}
	return list
}

func points(f analysis.Factor) string {
	if f.Low == f.High {
		return fmt.Sprint(f.Low)
	}
	return fmt.Sprintf("%d to %d", f.Low, f.High)
}

// acted are words for what a defence did with a try. What it would do, and what a fault would do to
// it, is no act: "would be blocked" and "not blocked" do not count.
var acted = lazily.Regexp(`(?i)\b(?:was|were|been|is|are|got)\s+(?:\w+ly\s+)?(blocked|dropped|refused|rejected|denied|filtered|discarded|stopped)\b|\b(?:firewall|filter|wrappers?|portsentry)\s+(blocked|dropped|refused|rejected|denied|discarded|stopped)\b`)

// countedTwice tells of a reason for a low lethality that is a defence's doing.
func (w Writer) countedTwice(in *analysis.ScoredIncident) []analysis.Observation {
	f := in.Severity.Lethality
	if f.Origin != analysis.OriginAnalyst || f.High > 2 {
		return nil
	}
	m := acted().FindString(f.Reason)
	if m == "" {
		return nil
	}
	s := in.Severity
	return []analysis.Observation{known("counted-twice", fmt.Sprintf("The reason for lethality %s cites what a defence did (%q). That belongs to the countermeasures, which are scored %s and %s here; a credit given in both places counts twice. Lethality asks what the attack could do if it arrived.",
		points(f), m, points(s.System), points(s.Network)), ratingSource)}
}

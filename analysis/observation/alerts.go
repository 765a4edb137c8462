package observation

import (
	"cmp"
	"fmt"
	"slices"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/uniq"
)

// sensors are the log formats of programs that give what they match a name of their own.
var sensors = []string{"snort", "suricata", "zeek", "cisco", "weberror", "norton"}

// signatures tells the names that a sensor gave to what it matched. They are the sensor's opinion, and
// often all that is known.
func (w Writer) signatures(in *analysis.ScoredIncident) []analysis.Observation {
	count := map[string]int{}
	var names []string
	named := func(e *analysis.EventRef) bool {
		return e.Signature != "" && !e.Context && slices.Contains(sensors, e.Format)
	}
	firewall := true
	for i := range in.Events {
		e := &in.Events[i]
		if !named(e) {
			continue
		}
		if count[e.Signature] == 0 {
			names = append(names, e.Signature)
		}
		count[e.Signature]++
		firewall = firewall && e.Format == "norton"
	}
	if len(names) == 0 {
		return nil
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	var words []string
	for _, n := range names {
		word := quote(n)
		if len(names) > 1 {
			word += fmt.Sprintf(" (%s)", Count(count[n], "record", "records"))
		}
		words = append(words, word)
	}
	text := fmt.Sprintf("The sensor's name for what it matched is %s.", words[0])
	switch {
	case firewall && len(names) == 1:
		text = fmt.Sprintf("The firewall's rule was %s.", words[0])
	case firewall:
		text = fmt.Sprintf("The firewall's rules were %s.", few(words, 6))
	case len(names) > 1:
		text = fmt.Sprintf("The sensor has %d names for what it matched: %s.", len(names), few(words, 6))
	}
	return []analysis.Observation{observed("signature", ofKept(in, text), w.cite(in, named))}
}

// isAnswer reports whether an alert's packet went from a service's port to a client's: then its source
// is the side that was called.
func isAnswer(e *analysis.EventRef) bool {
	return (e.Format == "snort" || e.Format == "suricata") && e.Proto == "tcp" && e.SrcPort != 0 && e.SrcPort < 1024 && e.Port >= 1024 && !knowledge.Common("tcp", e.Port)
}

// direction tells of alerts on packets that answer: their source was called, and did not call.
func (w Writer) direction(in *analysis.ScoredIncident) []analysis.Observation {
	c := w.cite(in, isAnswer)
	if len(c) == 0 {
		return nil
	}
	var ports uniq.List[string]
	all := !in.EvidenceCapped
	for i := range in.Events {
		e := &in.Events[i]
		if isAnswer(e) {
			ports.Add(fmt.Sprintf("%d/tcp", e.SrcPort))
		}
		all = all && (isAnswer(e) || !isTry(e))
	}
	subject := "These alerts are"
	if !all {
		subject = "Some of the alerts are"
	}
	return []analysis.Observation{
		observed("answer", fmt.Sprintf("%s on packets that went from port %s to a high port.", subject, few(ports.All, 3)), c),
		known("answer-known", "From a service's port to a high one is the way of an answer: then the other side opened the connection, and the address that is called the source here was its server.", "RFC 6335 (2011) section 6, the ranges of ports"),
	}
}

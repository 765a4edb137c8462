package observation

import (
	"fmt"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// abacusRenamed is the day on which PortSentry's version 0.80 took its present name.
var abacusRenamed = time.Date(1999, time.April, 12, 0, 0, 0, 0, time.UTC)

// sensor tells what the records show of the sensor itself: its age, and what it was set up to know.
func (w Writer) sensor(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	old := func(e *analysis.EventRef) bool { return e.Program == "abacus_sentry" && e.Time.After(abacusRenamed) }
	if some(in, old) {
		list = append(list, known("sensor-age", "abacus_sentry is the name that PortSentry had before version 0.80 of April 1999: the sensor that wrote this was older than that.", "PortSentry 1.2 (2003), CHANGES"))
	}
	type port struct {
		proto  string
		number int
	}
	trapped, unnamed := map[port]bool{}, map[port]bool{}
	isUnnamed := func(e *analysis.EventRef) bool {
		return e.Format == "norton" && e.Signature == "" && e.Action == analysis.ActionBlocked && isTry(e)
	}
	for i := range in.Events {
		e := &in.Events[i]
		if e.Format == "portsentry" && e.Tries == analysis.TriesConnection {
			trapped[port{e.Proto, e.Port}] = true
		}
		if isUnnamed(e) {
			unnamed[port{e.Proto, e.Port}] = true
		}
	}
	for _, s := range in.Services {
		if knowledge.DefaultTrap(s.Proto, s.Port) || len(list) == 4 || !trapped[port{s.Proto, s.Port}] {
			continue
		}
		text := fmt.Sprintf("%d/%s is in none of the three default lists of trap ports", s.Port, s.Proto)
		if other := map[string]string{"tcp": "udp", "udp": "tcp"}[s.Proto]; knowledge.DefaultTrap(other, s.Port) {
			text += fmt.Sprintf(", though %d/%s is", s.Port, other)
		}
		list = append(list, known(fmt.Sprintf("trap-list-%d-%s", s.Port, s.Proto), text+": whoever set the sensor up had added it, or its version had other lists.", knowledge.PortSentrySource))
	}
	for _, s := range in.Services {
		if !unnamed[port{s.Proto, s.Port}] {
			continue
		}
		if _, ok := knowledge.TrojanDefault(s.Proto, s.Port); ok {
			c := w.cite(in, func(e *analysis.EventRef) bool { return isUnnamed(e) && e.Port == s.Port && e.Proto == s.Proto })
			list = append(list, observed(fmt.Sprintf("unused-%d-%s", s.Port, s.Proto), fmt.Sprintf("The firewall blocked %d/%s as an unused port, not by a rule of its own for it.", s.Port, s.Proto), c))
		}
	}
	return list
}

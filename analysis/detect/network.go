package detect

import (
	"slices"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// networkRules judge what sensors on the network say.
var networkRules = []Rule{
	{Kind: "ids-alert", Seeks: "a sensor's alert that no more specific rule knows", May: isTriedSigned, Match: isSensorAlert},
}

// isSignOfCompromise tells an alert on the answer that a successful attack brings, or on the traffic of a program that
// an attacker has installed.
func isSignOfCompromise(e *analysis.Event) bool {
	return isSensorAlert(e) && knowledge.SignOfCompromise(e.Signature)
}

func isWormAlert(e *analysis.Event) bool {
	if !isSensorAlert(e) {
		return false
	}
	name, ok := knowledge.NamesTool(e.Signature)
	return ok && knowledge.ClassOf(name) == knowledge.ClassWorm
}

// zeekNotice tells notices of Zeek's own scripts, whose types mean one thing each.
func zeekNotice(types ...string) func(*analysis.Event) bool {
	return func(e *analysis.Event) bool {
		return e.Format == "zeek" && slices.Contains(types, e.Signature) && tries(e)
	}
}

// isSensorAlert tells an alert of a sensor that names what it matched. Which kind it is, its name alone
// does not prove: signatures are written for packets, and hit others.
func isSensorAlert(e *analysis.Event) bool {
	if e.Signature == "" || !tries(e) {
		return false
	}
	switch e.Format {
	case "snort", "suricata", "zeek", "blackice", "cef", "checkpoint", "fortigate", "paloalto", "sophos", "junos", "netscreen", "sonicwall":
		return true
	case "weberror":
		return e.Signature != denied && e.Signature != forbidden && e.Signature != limited
	case "cisco":
		return e.Action == analysis.ActionInfo
	}
	return false
}

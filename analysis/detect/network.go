package detect

import "practicum/analysis"

// networkRules judge what sensors on the network say.
var networkRules = []Rule{
	{Kind: "ids-alert", Seeks: "a sensor's alert that no more specific rule knows", Match: isSensorAlert},
}

// isSensorAlert tells an alert of a sensor that names what it matched. Which kind it is, its name alone
// does not prove: signatures are written for packets, and hit others.
func isSensorAlert(e *analysis.Event) bool {
	if e.Signature == "" || !tries(e) {
		return false
	}
	switch e.Format {
	case "snort", "suricata", "zeek", "blackice", "cef", "fortigate", "junos", "netscreen", "sonicwall":
		return true
	case "weberror":
		return e.Signature != denied && e.Signature != forbidden && e.Signature != limited
	case "cisco":
		return e.Action == analysis.ActionInfo
	}
	return false
}

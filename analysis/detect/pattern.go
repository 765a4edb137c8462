package detect

import (
	"strings"

	"practicum/analysis"
)

// PatternRule tells a kind that an incident as a whole shows and no single event can, or that an event shows which
// makes no incident by itself.
type PatternRule struct {
	Kind  string
	Match func(*analysis.Incident) bool
	// Needs says in words what it takes, for whoever asks why.
	Needs string
}

// Patterns lists them. They are asked of every incident, once it is whole; the kinds join those of its detects.
var Patterns = []PatternRule{
	{Kind: "misdirected-peer", Match: isMisdirectedPeer, Needs: "three sources or more, one unused port and no other, and attempts of an ordinary stack, which keeps trying"},
	{Kind: "wrapper-hostname-mismatch", Match: isNameUnverified, Needs: "a warning about the client's name in an incident of the client's; by itself it makes none"},
}

// Pattern names the kinds of the patterns that an incident shows.
func Pattern(in *analysis.Incident) []string {
	var kinds []string
	for i := range Patterns {
		if Patterns[i].Match(in) {
			kinds = append(kinds, Patterns[i].Kind)
		}
	}
	return kinds
}

// isMisdirectedPeer tells clients that call an address which used to belong to somebody else: three
// or more sources, one port and no other, no trojan's name from the sensor, and attempts that an
// ordinary stack made, which keeps trying where a scanner gives up.
func isMisdirectedPeer(in *analysis.Incident) bool {
	if len(in.Sources) < 3 || len(in.Services) != 1 || in.Attempts == 0 {
		return false
	}
	for _, k := range in.Kinds {
		if k != "unused-port-probe" {
			return false
		}
	}
	patient := 0
	for _, a := range in.AttemptList {
		if a.Packets >= 3 {
			patient++
		}
	}
	return 2*patient > len(in.AttemptList)
}

// isNameUnverified tells a name that the wrappers could not verify. It is daily work of small providers, and so no
// detect; beside others it belongs to what is known of the source.
func isNameUnverified(in *analysis.Incident) bool {
	for i := range in.Events {
		e := &in.Events[i]
		if e.Format == "tcpwrappers" && e.Context && (strings.Contains(e.Message, "can't verify hostname: ") || strings.Contains(e.Message, "host name/")) {
			return true
		}
	}
	return false
}

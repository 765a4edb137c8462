package detect

import (
	"practicum/analysis"
)

// Pattern names the kinds that an incident as a whole shows and no single event can.
func Pattern(in *analysis.Incident) []string {
	if isMisdirectedPeer(in) {
		return []string{"misdirected-peer"}
	}
	return nil
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

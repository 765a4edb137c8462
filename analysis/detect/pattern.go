package detect

import (
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
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
	{Kind: "reflection-flood", Match: isReflectionFlood, Needs: "twenty sources or more, and datagrams nearly all of which come from ports of services that amplify, such as 53, 123 and 11211"},
	{Kind: "wrapper-hostname-mismatch", Match: isNameUnverified, Needs: "a warning about the client's name in an incident of the client's; by itself it makes none"},
}

// Kinds gives the kinds of an incident: those of its detects without the ones that a sweep of ports meets by
// chance, and those of the patterns that it shows.
func Kinds(in *analysis.Incident) []string {
	var kinds []string
	for i := range Patterns {
		if Patterns[i].Match(in) {
			kinds = append(kinds, Patterns[i].Kind)
		}
	}
	met := metBySweep(in)
	for _, k := range in.Kinds {
		if !slices.Contains(met, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// portKinds are kinds that an event has by its port.
var portKinds = [...]string{"trojan-probe", "ddos-agent", "rpc-portmap-probe", "rpc-highport-probe", "netbios-smb-probe", "snmp-probe"}

// A sweep of at least so many ports meets a kind by chance when the kind's ports are less than a share of them.
const (
	sweepPorts = 5 // as many as make a sweep
	sweepShare = 4 // a quarter
)

// metBySweep names the kinds that a sweep of ports has because their ports lie on its way. That the prober wanted one of
// them cannot be said of a scan that tried hundreds; a list of trojans' ports is a sweep as well, and is theirs.
func metBySweep(in *analysis.Incident) []string {
	if !slices.Contains(in.Kinds, "port-sweep") {
		return nil
	}
	type port struct {
		number int
		proto  string
	}
	all, of := map[port]bool{}, map[string]map[port]bool{}
	named := map[string]bool{}
	for i := range in.Events {
		e := &in.Events[i]
		if e.Port == 0 || e.Tries == analysis.TriesNone {
			continue
		}
		p := port{e.Port, e.Proto}
		all[p] = true
		if of[e.Kind] == nil {
			of[e.Kind] = map[port]bool{}
		}
		of[e.Kind][p] = true
		if e.Kind == "trojan-probe" || e.Kind == "ddos-agent" {
			_, tool := knowledge.NamesTool(e.Signature)
			named[e.Kind] = named[e.Kind] || tool
		}
	}
	if len(all) < sweepPorts {
		return nil
	}
	var met []string
	for _, k := range portKinds {
		if !named[k] && len(of[k])*sweepShare < len(all) {
			met = append(met, k)
		}
	}
	return met
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

// reflectors are the UDP ports of services that answer with much more than they were asked with (US-CERT alert TA14-017A
// of 2014, as amended to 2019): a datagram from one of them that nobody asked for is such an answer.
var reflectors = [...]int{17, 19, 53, 69, 111, 123, 137, 161, 389, 427, 520, 1900, 3283, 3702, 5353, 10001, 11211, 27015, 33848}

// isReflectionFlood tells the victim of an amplification: many services answer it although it asked none of them.
func isReflectionFlood(in *analysis.Incident) bool {
	const sources, share = 20, 0.9
	if len(in.Sources) < sources {
		return false
	}
	reflected, all := 0, 0
	for i := range in.Events {
		e := &in.Events[i]
		if e.Context || e.Port == 0 {
			continue
		}
		all++
		if e.Proto == "udp" && slices.Contains(reflectors[:], e.SrcPort) && e.SrcPort != e.Port { // servers ask each other from one port
			reflected++
		}
	}
	return all > 0 && float64(reflected) >= share*float64(all)
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

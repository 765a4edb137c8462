package observation

import (
	"cmp"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

func (w Writer) joined(in *analysis.ScoredIncident) []analysis.Observation {
	if len(in.JoinedBy) == 0 {
		return nil
	}
	if len(in.Sources) < 2 {
		silent := func(e *analysis.EventRef) bool { return e.Source == (analysis.Source{}) }
		if c := w.cite(in, silent); len(c) > 0 && !nameless(&in.Incident) {
			return []analysis.Observation{observed("joined", fmt.Sprintf("Records that name no source are told here because they share %s with the others.", series(in.JoinedBy)), c)}
		}
		return nil
	}
	return []analysis.Observation{observed("joined", fmt.Sprintf("%s sources are told as one incident because they share %s.",
		grouped(len(in.Sources)), series(in.JoinedBy)), in.Evidence)}
}

// targeting tells what speaks for the target having been chosen, and what against it: how many hosts
// and services were tried, in which order, by how many sources.
func (w Writer) targeting(in *analysis.ScoredIncident) []analysis.Observation {
	if in.EvidenceCapped {
		return nil
	}
	var hosts, logs, services []string
	var ports []int
	var at []netip.Addr
	named := namesByInput(in)
	seen := map[string]bool{}
	for i := range in.Events {
		e := &in.Events[i]
		if e.Tries == analysis.TriesNone {
			continue
		}
		if h := hostOf(e, named); h == "" {
			if l := path.Base(analysis.LogName(w.file(e.Input))); !seen["log "+l] {
				seen["log "+l] = true
				logs = append(logs, l)
			}
		} else if !seen["host "+h] {
			seen["host "+h] = true
			hosts = append(hosts, h)
			if ip, err := netip.ParseAddr(cmp.Or(e.Target.IP, e.Target.Host)); err == nil {
				at = append(at, ip)
			}
		}
		if s := serviceName(e); s != "" && !seen["service "+s] {
			seen["service "+s] = true
			services = append(services, s)
			ports = append(ports, e.Port)
		}
	}
	unsure := len(logs) > 1 || len(logs) == 1 && len(hosts) > 0 // whose machines may be one
	if !unsure && len(logs) == 1 {
		hosts = []string{"the machine of " + logs[0]}
	}
	if len(hosts) == 0 && !unsure {
		return nil
	}
	places := placesOf(hosts, logs, unsure)
	where := "one host"
	if !unsure {
		where += " (" + hosts[0] + ")"
	}
	span := "within " + Duration(in.Last.Sub(in.First))
	if in.First.Equal(in.Last) {
		span = "within a second"
	}
	var text string
	switch {
	case len(in.Sources) >= 2:
		return w.manySources(in, services, places)
	case len(services) == 0, nameless(&in.Incident) && len(services) == 1:
		return nil
	case unsure && len(services) == 1:
		text = fmt.Sprintf("The records have the source at one service (%s) %s, and nowhere else.", services[0], places)
	case unsure:
		text = fmt.Sprintf("The source tried %d services (%s) %s.", len(services), few(services, 8), places)
	case len(hosts) >= 3:
		text = fmt.Sprintf("The source was at %s hosts (%s) %s, for %s", grouped(len(hosts)), few(hosts, 8), span, few(services, 4))
		if order := addressOrder(at, len(hosts)); order != "" {
			text += ", " + order
		}
		text += "."
	case len(services) >= 2:
		text = fmt.Sprintf("%d services of %s were tried %s: %s", len(services), where, span, few(services, 8))
		if order := portOrder(ports); order != "" {
			text += ", " + order
		}
		text += "."
		if len(hosts) == 2 {
			text = fmt.Sprintf("The source tried %d services (%s) on two hosts (%s).", len(services), few(services, 8), series(hosts))
		}
	default:
		text = fmt.Sprintf("The records have the source at one service (%s) of %s and nowhere else.", services[0], where)
		if len(hosts) == 2 {
			text = fmt.Sprintf("The records have the source at one service (%s) on two hosts (%s).", services[0], series(hosts))
		}
	}
	return []analysis.Observation{observed("targeting", text, w.cite(in, isTry))}
}

// group tells of packets that went to many machines at once, so that nobody was chosen.
func (w Writer) group(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	for _, t := range in.Targets {
		ip, err := netip.ParseAddr(cmp.Or(t.IP, t.Host))
		if err != nil || len(list) == 2 {
			continue
		}
		switch {
		case ip.IsMulticast():
			list = append(list, known(numbered("group", len(list)), fmt.Sprintf("%s is a multicast address: the packets went to every machine that listens to that group, and chose none.", ip), "RFC 1112 (1989); RFC 4291 (2006) section 2.7"))
		case ip.Is4() && ip.As4() == [4]byte{255, 255, 255, 255}:
			list = append(list, known(numbered("group", len(list)), "255.255.255.255 is every machine of the local network. Routers do not pass such packets on, so the sender stands on the same network.", "RFC 919 (1984) section 7"))
		case ip.Is4() && ip.As4()[3] == 255 && slices.ContainsFunc(in.Sources, func(s analysis.Source) bool {
			a, ok := networkOf(s.IP)
			return ok && a.Contains(ip)
		}):
			list = append(list, known(numbered("group", len(list)), fmt.Sprintf("%s is the broadcast address if the network is a /24, and the source lies in the same /24: a machine of one's own network that calls all its neighbours looks like this.", ip), "RFC 919 (1984) section 7; RFC 922 (1984)"))
		}
	}
	return list
}

// earlier tells when a source of the incident was here before.
func (w Writer) earlier(in *analysis.ScoredIncident) []analysis.Observation {
	// Of those that ended last, the one that shares the first source; of those, the first.
	var before *analysis.ScoredIncident
	at := 0
	ended := func(list []*analysis.ScoredIncident, t time.Time) int { // how many ended before
		n, _ := slices.BinarySearchFunc(list, t, func(o *analysis.ScoredIncident, t time.Time) int { return o.Last.Compare(t) })
		return n
	}
	for i, s := range in.Sources {
		list := w.index.from[s.IP]
		n := ended(list, in.First)
		if n == 0 {
			continue
		}
		if o := list[ended(list[:n], list[n-1].Last)]; before == nil || o.Last.After(before.Last) {
			before, at = o, i
		}
	}
	if before == nil {
		return nil
	}
	who := in.Sources[at].IP
	meant := func(e *analysis.EventRef) bool { return isTry(e) && e.Source.IP == who }
	refs := refsOf(before, meant)
	refs = refs[max(len(refs)-5, 0):]
	mine := refsOf(in, meant)
	return []analysis.Observation{observed("earlier", fmt.Sprintf("%s was here before: incident %d (%s) ended %s earlier.", who, before.Number, w.whatOf(before), Duration(in.First.Sub(before.Last))),
		w.lines(append(refs, mine[:min(len(mine), 5)]...)))}
}

// whatOf names the kind of an incident and what was tried.
func (w Writer) whatOf(in *analysis.ScoredIncident) string {
	what := "adverse events"
	if k, ok := w.kinds.MostLethal(in.Kinds); ok {
		what = lower(k.Title)
	}
	if services := servicesOf(&in.Incident, in.Services); services != "" {
		what += ", " + services
	}
	return what
}

// manySources tells what several sources have in common, and what they have not.
func (w Writer) manySources(in *analysis.ScoredIncident, services []string, places string) []analysis.Observation {
	if len(services) == 0 || len(in.AttemptList) == 0 || in.AttemptsAtLeast {
		return nil
	}
	text := fmt.Sprintf("%s sources tried %s", grouped(len(in.Sources)), few(services, 4))
	if len(services) == 1 {
		text += " and nothing else"
	}
	text += " " + places + "."
	networks := map[netip.Prefix]bool{}
	addressed := 0
	for _, s := range in.Sources {
		if p, ok := networkOf(s.IP); ok {
			networks[p] = true
			addressed++
		}
	}
	if addressed == len(in.Sources) && len(networks) == addressed {
		text += " No two of them are of one /24 network."
	}
	type visit struct {
		source      string
		first, last time.Time
	}
	var visits []visit
	for _, a := range in.AttemptList {
		i := slices.IndexFunc(visits, func(v visit) bool { return v.source == a.Source })
		if i < 0 {
			visits = append(visits, visit{a.Source, a.Start, a.Start})
			i = len(visits) - 1
		}
		end := a.Start
		for _, g := range a.Gaps {
			end = end.Add(time.Duration(g * float64(time.Second)))
		}
		if end.After(visits[i].last) {
			visits[i].last = end
		}
	}
	apart := len(visits) == len(in.Sources) && len(visits) >= 3
	for i := 1; i < len(visits); i++ { // attempts are in the order of their starts
		apart = apart && visits[i].first.After(visits[i-1].last)
	}
	if apart && in.Attempts == len(in.AttemptList) {
		text += " They came one after the other: none began before the one before it had ended."
	}
	return []analysis.Observation{observed("targeting", text, w.cite(in, isTry))}
}

// placesOf says where a source was: on which hosts and, where it is not sure that they are others, in the logs of which
// machines. Rotated logs, or the access log and the error log of one server, name no machine and are of the same one.
func placesOf(hosts, logs []string, unsure bool) string {
	var parts []string
	switch {
	case len(hosts) == 1:
		parts = append(parts, "on "+hosts[0])
	case len(hosts) > 1:
		parts = append(parts, fmt.Sprintf("on %s hosts (%s)", grouped(len(hosts)), few(hosts, 4)))
	}
	if unsure {
		which := ", which does not name its machine"
		if len(logs) > 1 {
			which = ", which do not name their machines"
		}
		parts = append(parts, "in "+few(logs, 4)+which)
	}
	return strings.Join(parts, " and ")
}

// hostOf names the host that a record tells of, if any record does. A personal firewall does not always name the machine
// that it runs on; where another record of the same file does, it is that one.
func hostOf(e *analysis.EventRef, named map[int]string) string {
	return cmp.Or(e.Target.Host, e.Target.IP, e.Host, named[e.Input])
}

// namesByInput gives for each input the first host that its records name.
func namesByInput(in *analysis.ScoredIncident) map[int]string {
	named := map[int]string{}
	for i := range in.Events {
		e := &in.Events[i]
		if named[e.Input] == "" {
			named[e.Input] = cmp.Or(e.Target.Host, e.Target.IP, e.Host)
		}
	}
	return named
}

func serviceName(e *analysis.EventRef) string {
	switch {
	case e.Port != 0 && e.Proto != "":
		return strconv.Itoa(e.Port) + "/" + e.Proto
	case e.Port != 0:
		return "port " + strconv.Itoa(e.Port)
	}
	return e.Service
}

func portOrder(ports []int) string {
	if len(ports) < 3 || slices.Contains(ports, 0) {
		return ""
	}
	if slices.IsSorted(ports) {
		return "in ascending order of their ports"
	}
	if slices.IsSortedFunc(ports, func(a, b int) int { return b - a }) {
		return "in descending order of their ports"
	}
	return ""
}

func addressOrder(list []netip.Addr, hosts int) string {
	if len(list) < 3 || len(list) != hosts {
		return ""
	}
	if slices.IsSortedFunc(list, netip.Addr.Compare) {
		return "in ascending order of their addresses"
	}
	if slices.IsSortedFunc(list, func(a, b netip.Addr) int { return b.Compare(a) }) {
		return "in descending order of their addresses"
	}
	return ""
}

// networkOf is the network that an address is taken to belong to: a /24 of IPv4, a /48 of IPv6.
func networkOf(address string) (netip.Prefix, bool) {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}, false
	}
	ip = ip.Unmap()
	size := 24
	if ip.Is6() {
		size = 48
	}
	p, err := ip.Prefix(size)
	return p, err == nil
}

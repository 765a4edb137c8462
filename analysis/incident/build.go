package incident

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

const (
	maxAttemptList = 1000          // attempts that an incident lists one by one
	maxEvidence    = 2000          // ranges of lines that an incident cites
	sessionReuse   = 1 * time.Hour // a process id that is silent for so long may be another process
)

// nobody is what UW imapd prints for the user when nobody has logged in.
const nobody = "???"

// distinct lists the different values of a field, ascending, empty ones left out.
func (s *span) distinct(f field) []string {
	set := map[string]bool{}
	if s.beyond != nil {
		for v := range s.beyond.values[f] {
			set[v] = true
		}
	}
	for i := range s.refs {
		for _, v := range fields(&s.refs[i]) {
			if v.field == f && v.text != "" {
				set[v.text] = true
			}
		}
	}
	return sortedSet(set)
}

func sortedSet(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for v := range set {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}

// services lists what was tried, in the order in which the records first tell of it.
func (s *span) services() []analysis.Service {
	var list []analysis.Service
	seen := map[analysis.Service]bool{}
	add := func(v analysis.Service) {
		key := analysis.Service{Port: v.Port, Proto: v.Proto}
		if v.Port == 0 {
			key.Name = v.Name
		}
		if (v.Port == 0 && v.Name == "") || seen[key] {
			return
		}
		seen[key] = true
		list = append(list, v)
	}
	for i := range s.refs {
		add(analysis.Service{Port: int(s.refs[i].port), Proto: s.refs[i].proto, Name: s.refs[i].service})
	}
	if s.beyond != nil {
		var rest []analysis.Service
		for v := range s.beyond.services {
			rest = append(rest, v)
		}
		slices.SortFunc(rest, compareServices)
		for _, v := range rest {
			add(v)
		}
	}
	return list
}

func compareServices(a, b analysis.Service) int {
	return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Name, b.Name))
}

// makeIncident makes one incident of groups that were joined. It changes nothing of them.
func makeIncident(set []*group, file func(int) string) analysis.Incident {
	first := set[0]
	in := analysis.Incident{First: first.span.first, Last: first.span.last, InputLines: map[int]int{}, Beyond: map[int64]int{}, SourceRecords: map[analysis.Source]int{}}
	kinds, joined := map[string]bool{}, map[string]bool{}
	users, formats, hosts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	services := map[analysis.Service]bool{}
	targets := map[analysis.Target]bool{}
	var kindOrder []string
	ranges := map[int][]analysis.LineRange{}
	for _, g := range set {
		s := g.span
		if s.first.Before(in.First) {
			in.First = s.first
		}
		if s.last.After(in.Last) {
			in.Last = s.last
		}
		in.Records += s.records
		in.Lines += s.lines
		for _, c := range s.perInput {
			if c.records > 0 { // lines of copies are quoted where their originals stand
				in.InputLines[c.input] += c.lines
			}
		}
		source := g.source()
		in.SourceRecords[source] += s.records
		if s.beyond != nil {
			for q, n := range s.beyond.quarters {
				in.Beyond[q] += n
			}
		}
		for _, v := range s.services() {
			if key := (analysis.Service{Port: v.Port, Proto: v.Proto}); v.Port == 0 || !services[key] {
				services[key] = true
				in.Services = append(in.Services, v)
			}
		}
		for _, v := range s.distinct(fieldHost) {
			hosts[v] = true
		}
		for _, v := range s.distinct(fieldUser) {
			if v != nobody {
				users[v] = true
			}
		}
		for _, v := range s.distinct(fieldFormat) {
			formats[v] = true
		}
		for i := range s.refs {
			k := &s.refs[i]
			t := k.target
			if t.Host == "" && t.IP == "" {
				t.Host = k.host
			}
			if t != (analysis.Target{}) && !targets[t] {
				targets[t] = true
				in.Targets = append(in.Targets, t)
			}
			if k.kind != "" && !kinds[k.kind] {
				kinds[k.kind] = true
				kindOrder = append(kindOrder, k.kind)
			}
			ranges[int(k.input)] = append(ranges[int(k.input)], k.ranges()...)
			in.Events = append(in.Events, k.ref())
		}
		for _, k := range append(s.distinct(fieldKind), g.kinds...) {
			if !kinds[k] {
				kinds[k] = true
				kindOrder = append(kindOrder, k)
			}
		}
		for _, why := range g.joined {
			if !joined[why] {
				joined[why] = true
				in.JoinedBy = append(in.JoinedBy, why)
			}
		}
		if s.pruned {
			in.EvidenceCapped = true
		}
		n, list, atLeast := s.attempts(source)
		in.Attempts += n
		in.AttemptsAtLeast = in.AttemptsAtLeast || atLeast
		in.AttemptList = append(in.AttemptList, list...)
	}
	in.Sources = sourcesOf(set)
	in.Kinds = kindOrder
	in.Users, in.Formats, in.Hosts = sortedSet(users), sortedSet(formats), sortedSet(hosts)
	// The name of a machine alone adds nothing where other records give its address beside it.
	in.Targets = slices.DeleteFunc(in.Targets, func(t analysis.Target) bool {
		return t.IP == "" && slices.ContainsFunc(in.Targets, func(o analysis.Target) bool { return o.Host == t.Host && o.IP != "" })
	})
	slices.SortStableFunc(in.Targets, func(a, b analysis.Target) int {
		return cmp.Or(compareHosts(a.Host, b.Host), compareHosts(a.IP, b.IP))
	})
	slices.SortStableFunc(in.Events, func(a, b analysis.EventRef) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Input, b.Input), cmp.Compare(a.Offset, b.Offset))
	})
	slices.SortStableFunc(in.AttemptList, func(a, b analysis.Attempt) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Source, b.Source), cmp.Compare(a.SourcePort, b.SourcePort), cmp.Compare(a.Port, b.Port))
	})
	if len(in.AttemptList) > maxAttemptList {
		in.AttemptList = in.AttemptList[:maxAttemptList]
	}
	in.Outcome = outcome(set, in.Events)
	in.Evidence, in.EvidenceCapped = citations(ranges, file, in.EvidenceCapped)
	return in
}

// sourcesOf lists the different sources of groups, in their order.
func sourcesOf(set []*group) []analysis.Source {
	if len(set) == 1 {
		return []analysis.Source{set[0].source()}
	}
	var list []analysis.Source
	seen := map[analysis.Source]bool{}
	for _, g := range set {
		if s := g.source(); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	if len(list) > 1 { // records that name no source have none to count
		list = slices.DeleteFunc(list, func(s analysis.Source) bool { return s == analysis.Unnamed })
	}
	return list
}

func (g *group) source() analysis.Source {
	switch {
	case g.key.ip.IsValid():
		return analysis.Source{IP: g.key.ip.String(), Name: g.name}
	case g.key.name != "":
		return analysis.Source{Name: g.name}
	}
	return analysis.Unnamed
}

// incidentID is made of the first detect: it stays when later logs extend the incident, when sources join
// it, and when incidents are numbered anew.
func incidentID(set []*group) string {
	first := set[0]
	for _, g := range set[1:] {
		if c := g.detect.Compare(first.detect); c < 0 || (c == 0 && compareKeys(g.key, first.key) < 0) {
			first = g
		}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", first.key, first.detect.UTC().Format(time.RFC3339)))
	return hex.EncodeToString(sum[:6])
}

// citations joins the lines of the evidence to ranges, by file.
func citations(ranges map[int][]analysis.LineRange, file func(int) string, capped bool) ([]analysis.Citation, bool) {
	inputs := make([]int, 0, len(ranges))
	for i := range ranges {
		inputs = append(inputs, i)
	}
	slices.Sort(inputs)
	var list []analysis.Citation
	for _, i := range inputs {
		for _, r := range analysis.JoinRanges(ranges[i]) {
			if len(list) == maxEvidence {
				return list, true
			}
			list = append(list, analysis.Citation{File: file(i), Lines: r})
		}
	}
	return list, capped
}

// outcome is what the last word of the evidence says of the whole. Of a session, the last record that
// says anything counts: a connection that was let in and a log-in that then failed has failed. A block
// that a program claims speaks for all that came before it; a connection that completed after such a
// claim contradicts it.
func outcome(set []*group, events []analysis.EventRef) analysis.Outcome {
	var allowed, blocked, failed, claimed, afterClaim bool
	note := func(a analysis.Action) {
		switch a {
		case analysis.ActionAllowed:
			allowed = true
		case analysis.ActionBlocked:
			blocked = true
		case analysis.ActionFailed:
			failed = true
		}
	}
	last := map[uint64]analysis.Action{}
	for i := range events {
		e := &events[i]
		switch {
		case e.Claim != "":
			claimed = claimed || e.Action == analysis.ActionBlocked
		case e.Action == analysis.ActionInfo:
		case e.Tries == analysis.TriesSession && e.Session != 0:
			last[e.Session] = e.Action
		case e.Tries == analysis.TriesSession || !e.Context:
			note(e.Action)
			afterClaim = afterClaim || claimed && e.Action == analysis.ActionAllowed
		}
	}
	for _, a := range last {
		note(a)
	}
	for _, g := range set {
		if g.span.beyond == nil {
			continue
		}
		actions := g.span.beyond.values[fieldAction]
		allowed = allowed || actions[string(analysis.ActionAllowed)]
		blocked = blocked || actions[string(analysis.ActionBlocked)]
		failed = failed || actions[string(analysis.ActionFailed)]
	}
	switch {
	case afterClaim, allowed && (blocked || failed):
		return analysis.OutcomeMixed
	case claimed, blocked && !failed:
		return analysis.OutcomeBlocked
	case failed && !blocked:
		return analysis.OutcomeFailed
	case allowed:
		return analysis.OutcomeAllowed
	case blocked && failed:
		return analysis.OutcomeBlocked
	}
	return analysis.OutcomeUnknown
}

// attempts reconstructs the attempts of one source: sessions by their process, completed
// connections one by one, unanswered packets by the schedules of retransmission. atLeast is set
// when records were pruned that could tell of more.
func (s *span) attempts(source analysis.Source) (n int, list []analysis.Attempt, atLeast bool) {
	name := cmp.Or(source.IP, source.Name)
	type flow struct {
		target       analysis.Target
		host         string
		port, source int
		proto        string
	}
	flows := map[flow][]*kept{}
	var order []flow
	type session struct {
		last      time.Time
		connected bool
	}
	sessions := map[uint64]session{}
	echo, repeated := s.echo(), 0
	for i := range s.refs {
		k := &s.refs[i]
		switch k.tries {
		case analysis.TriesSession:
			if k.session == 0 {
				if k.context {
					continue
				}
			} else {
				was, seen := sessions[k.session]
				connects := k.format == "postfix" && strings.HasPrefix(k.message, "connect from ")
				again := connects && was.connected // a process of Postfix serves many clients in turn
				sessions[k.session] = session{k.time(), connects || was.connected}
				if seen && k.time().Sub(was.last) <= sessionReuse && !again {
					continue
				}
			}
			n++
			list = append(list, analysis.Attempt{Source: name, SourcePort: int(k.srcPort), Port: int(k.port), Proto: k.proto, Start: k.time()})
		case analysis.TriesConnection:
			if k.context {
				continue
			}
			if echo(k) {
				repeated += int(k.count)
				continue
			}
			list = append(list, analysis.Attempt{Source: name, SourcePort: int(k.srcPort), Port: int(k.port), Proto: k.proto, Start: k.time()})
		case analysis.TriesPacket:
			f := flow{k.target, k.host, int(k.port), int(k.srcPort), k.proto}
			if flows[f] == nil {
				order = append(order, f)
			}
			flows[f] = append(flows[f], k)
		}
	}
	n += s.connections - repeated
	for _, f := range order {
		packets := flows[f]
		times := make([]time.Time, len(packets))
		for i, k := range packets {
			times[i] = k.time()
		}
		folds := foldPackets
		if !retransmitted(packets) {
			folds = singly
		}
		for _, fold := range folds(times) {
			n++
			a := analysis.Attempt{Source: name, SourcePort: f.source, Port: f.port, Proto: f.proto, Start: times[fold.packets[0]],
				Packets: len(fold.packets), Schedule: fold.schedule, Deviation: fold.deviation, Ambiguous: fold.ambiguous}
			for i := 1; i < len(fold.packets); i++ {
				a.Gaps = append(a.Gaps, times[fold.packets[i]].Sub(times[fold.packets[i-1]]).Seconds())
			}
			list = append(list, a)
		}
	}
	return n, list, s.pruned && (len(sessions) > 0 || len(flows) > 0)
}

// echoTime is how far apart a web server's two logs stamp one request: the error log when it went wrong, the access log
// when it was over.
const echoTime = 2 * time.Second

// echo tells of a record in a web server's error log that it is about a request which the access log has too, so that
// both are one attempt.
func (s *span) echo() func(*kept) bool {
	var requests []int64
	for i := range s.refs {
		if k := &s.refs[i]; k.format == "webaccess" && k.tries == analysis.TriesConnection {
			requests = append(requests, k.at)
		}
	}
	slices.Sort(requests)
	return func(k *kept) bool {
		if k.format != "weberror" || len(requests) == 0 {
			return false
		}
		i, _ := slices.BinarySearch(requests, k.at-int64(echoTime))
		return i < len(requests) && requests[i] <= k.at+int64(echoTime)
	}
}

// retransmitted reports whether the schedules of TCP can hold for the packets of a flow: they are those
// of an opening packet. Datagrams have none, and a packet with odd flags is sent by a tool, not by a stack.
func retransmitted(packets []*kept) bool {
	k := packets[0]
	return k.proto != "udp" && k.proto != "icmp" && !strings.HasPrefix(k.signature, "TCP flags ")
}

// singly takes each packet for an attempt.
func singly(times []time.Time) []fold {
	list := make([]fold, len(times))
	for i := range list {
		list[i] = fold{packets: []int{i}}
	}
	return list
}

// compareHosts orders addresses by their numbers, so that .9 stands before .10, and after them names.
func compareHosts(a, b string) int {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX == nil && errY == nil {
		return x.Compare(y)
	}
	return cmp.Compare(a, b)
}

package observation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/request"
	"practicum/analysis/uniq"
)

func (w Writer) handshake(in *analysis.ScoredIncident) []analysis.Observation {
	evidence := w.cite(in, proven)
	if len(evidence) == 0 {
		return nil
	}
	list := []analysis.Observation{observed("handshake", "Connections were established: these records are written only after the transport's handshake has completed.", evidence)}
	wrapped := func(e *analysis.EventRef) bool { return e.Format == "tcpwrappers" && proven(e) }
	if some(in, wrapped) {
		list = append(list, known("handshake-tcpwrappers", "tcpd runs once the connection has been accepted. \"connect from\" is written after the access list said yes, just before the daemon is started; a refusal says \"refused connect from\".", "tcp_wrappers 7.6 (1997), tcpd.c and refuse.c"))
	}
	trapped := func(e *analysis.EventRef) bool { return e.Format == "portsentry" && proven(e) }
	if some(in, trapped) {
		list = append(list, known("handshake-portsentry", "PortSentry's classic mode logs \"Connect from host\" after accept() has returned.", "PortSentry 1.2 (2003), portsentry.c"))
	}
	return list
}

// process is a process of a host, as far as its id tells.
type process struct {
	host string
	pid  int
}

// processes lists the records of each process, in order of time.
func processes(in *analysis.ScoredIncident) map[process][]*analysis.EventRef {
	list := map[process][]*analysis.EventRef{}
	for i := range in.Events {
		if e := &in.Events[i]; e.PID != 0 {
			p := process{e.Host, e.PID}
			list[p] = append(list[p], e)
		}
	}
	return list
}

// since is the part of a list in order of time from a time on.
func since(list []*analysis.EventRef, from time.Time) []*analysis.EventRef {
	i, _ := slices.BinarySearchFunc(list, from, func(e *analysis.EventRef, from time.Time) int { return e.Time.Compare(from) })
	return list[i:]
}

// handover tells of a wrapper and a daemon that logged under one process id.
func (w Writer) handover(in *analysis.ScoredIncident) []analysis.Observation {
	const life = time.Minute
	var pairs []*analysis.EventRef
	var names []string
	var byProcess map[process][]*analysis.EventRef
	for i := range in.Events {
		a := &in.Events[i]
		if a.Format != "tcpwrappers" || a.Action != analysis.ActionAllowed || a.PID == 0 {
			continue
		}
		if byProcess == nil {
			byProcess = processes(in)
		}
		for _, b := range since(byProcess[process{a.Host, a.PID}], a.Time) {
			if b.Time.Sub(a.Time) > life {
				break
			}
			if b.Format != "tcpwrappers" && later(b, a) {
				pairs = append(pairs, a, b)
				if name := fmt.Sprintf("%s[%d]", b.Program, b.PID); len(names) < 50 && !slices.Contains(names, name) {
					names = append(names, name)
				}
				break
			}
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return []analysis.Observation{observed("handover", fmt.Sprintf("The wrapper's \"connect from\" and the daemon's own records carry one process id (%s): the connection was handed over to the daemon.", few(names, 4)), w.lines(pairs))}
}

// isNameWarning reports whether a record is a wrapper's warning about the client's name.
func isNameWarning(e *analysis.EventRef) bool {
	return e.Format == "tcpwrappers" && e.Context && e.Action == analysis.ActionInfo &&
		(strings.Contains(e.Message, "hostname") || strings.Contains(e.Message, "host name"))
}

// warnings tells what a wrapper's warnings mean, and of connections of which nothing else is logged.
func (w Writer) warnings(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	if c := w.cite(in, isNameWarning); len(c) > 0 {
		text := "The wrapper warned about the client's name."
		if !in.EvidenceCapped && !some(in, func(e *analysis.EventRef) bool { return e.Action == analysis.ActionBlocked && !e.Context }) {
			text = "The wrapper warned about the client's name; no refusal is among the records."
		}
		list = append(list, observed("warning-only", text, c),
			known("warning-known", "Such a warning refuses nothing. The rule that it cites is the one that was being evaluated when the name was looked up; a refusal is a record of its own.", "tcp_wrappers 7.6 (1997), socket.c and refuse.c"))
	}
	gone := func(e *analysis.EventRef) bool {
		return e.Format == "tcpwrappers" && e.Context && strings.Contains(e.Message, "can't get client address")
	}
	if c := w.cite(in, gone); len(c) > 0 {
		list = append(list, observed("no-address", "The wrapper could not get the client's address, so these records name no source.", c),
			known("no-address-known", "The system no longer knows the peer of a connection that was reset before the wrapper asked. A scan that connects and resets at once leaves such records.", "tcp_wrappers 7.6 (1997), socket.c; getpeername(2)"))
	}
	if open, names := undecided(in); len(open) > 0 {
		verb := "was"
		if len(names) > 1 {
			verb = "were each"
		}
		list = append(list, observed("undecided", fmt.Sprintf("Of %s only the warning is logged: whether the client %s let in is not among the records.", few(names, 4), verb), w.lines(open)))
	}
	return list
}

// undecided finds sessions of which nothing but a wrapper's warning is logged.
func undecided(in *analysis.ScoredIncident) (open []*analysis.EventRef, names []string) {
	if in.EvidenceCapped {
		return nil, nil // what else is logged of them may not be kept
	}
	var byProcess map[process][]*analysis.EventRef
	for i := range in.Events {
		e := &in.Events[i]
		if !isNameWarning(e) || e.PID == 0 {
			continue
		}
		if byProcess == nil {
			byProcess = processes(in)
			for p, list := range byProcess {
				byProcess[p] = slices.DeleteFunc(list, isNameWarning)
			}
		}
		if others := since(byProcess[process{e.Host, e.PID}], e.Time.Add(-time.Hour)); len(others) > 0 && others[0].Time.Sub(e.Time) <= time.Hour {
			continue
		}
		open = append(open, e)
		if name := fmt.Sprintf("%s[%d]", e.Program, e.PID); len(names) < 50 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return open, names
}

// defence tells what the defence did with each try.
func (w Writer) defence(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	// counted tells of the records that are meant, each of which stands for a number of times.
	counted := func(times func(*analysis.EventRef) int, id, one, many string, meant func(*analysis.EventRef) bool) {
		n := 0
		for i := range in.Events {
			if e := &in.Events[i]; meant(e) {
				n += times(e)
			}
		}
		if n == 1 {
			list = append(list, observed(id, one, w.cite(in, meant)))
		} else if n > 1 {
			text := fmt.Sprintf(many, grouped(n))
			if in.EvidenceCapped { // "these 9 packets" are then not all of them
				text = strings.Replace(fmt.Sprintf(many, "at least "+grouped(n)), "these at least", "at least", 1)
			}
			list = append(list, observed(id, text, w.cite(in, meant)))
		}
	}
	once := func(*analysis.EventRef) int { return 1 }
	add := func(id, one, many string, meant func(*analysis.EventRef) bool) { counted(once, id, one, many, meant) }
	answered := some(in, proven)
	silence := "; no record shows an answer or a connection."
	letThrough := analysis.LetThrough(in.Events)
	if answered || in.EvidenceCapped || some(in, letThrough) {
		silence = "."
	}
	dropped := func(e *analysis.EventRef) bool {
		return e.Action == analysis.ActionBlocked && !e.Context && !answers(e) && (e.Tries == analysis.TriesPacket || e.Handshake == analysis.HandshakeNone || e.Format == "suricata" || e.Format == "snort")
	}
	packets := once
	if in.Attempts > in.Records { // a record may stand for many
		add("dropped", "By this record packets were blocked"+silence, "By these %s records packets were blocked"+silence, dropped)
	} else {
		packets = (*analysis.EventRef).Times // a repeated record stands for as many packets
		counted(packets, "dropped", "The log says that this packet was blocked"+silence, "The log says that these %s packets were blocked"+silence, dropped)
	}
	onTheWay := func(e *analysis.EventRef) bool {
		return e.Action == analysis.ActionBlocked && !e.Context && e.Claim == "" && analysis.Watcher(e.Format) != 0
	}
	if some(in, dropped) || some(in, onTheWay) { // else nothing on the way stopped anything
		by := "the packet filter"
		if some(in, func(e *analysis.EventRef) bool {
			return letThrough(e) && slices.Contains(analysis.InlineSensors[:], e.Format)
		}) {
			by = "the sensor"
		}
		counted(packets, "let-through", "By this record "+by+" let a packet of the source through.", "By these %s records "+by+" let packets of the source through.", letThrough)
	}
	add("let-in", "The access list let this connection in.", "The access list let these %s connections in.", letIn)
	add("refused", "The access list refused this connection before the service ran.", "The access list refused these %s connections before the service ran.", func(e *analysis.EventRef) bool {
		return e.Format == "tcpwrappers" && e.Tries == analysis.TriesSession && e.Action == analysis.ActionBlocked
	})
	turnedAway := func(e *analysis.EventRef) bool {
		return e.Action == analysis.ActionBlocked && !e.Context && e.Format != "tcpwrappers" && !dropped(e)
	}
	by := programs(in, turnedAway)
	add("turned-away", "By this record "+by+" refused the try.", "By these %s records "+by+" refused tries.", turnedAway)
	add("transfer-served", "By this record the server sent the source a whole zone.", "By these %s records the server sent the source whole zones.", sentZone)
	tail := ""
	if !some(in, entered) && !in.EvidenceCapped {
		tail = " No record of this incident shows one that succeeded."
	}
	rejected := func(e *analysis.EventRef) bool { return failed(e) && !isRequest(e) && !isLocal(e) && !e.Ended() }
	failures := refsOf(in, rejected)
	if n, records := sessionsOf(failures); n > 0 && n < records && !in.EvidenceCapped {
		text := fmt.Sprintf("The service rejected log-ins in %s, which %s records tell of.", Count(n, "session", "sessions"), grouped(records))
		list = append(list, observed("rejected", text+tail, w.lines(failures)))
	} else {
		one := "The service rejected this log-in."
		if len(failures) == 1 && failures[0].Times() > 1 {
			one = fmt.Sprintf("By this record the service rejected %s log-ins.", grouped(failures[0].Times()))
		}
		add("rejected", one+tail, "By %s records the service rejected log-ins."+tail, rejected)
	}
	told := uniq.NewNumbers(len(failures)) // sessions of which it is told that a log-in was rejected
	for _, e := range failures {
		told.Place(e.Session)
	}
	if len(failures) > 0 {
		tail = ""
	}
	add("ended", "By this record the connection ended before a log-in had succeeded."+tail, "By these %s records connections ended before a log-in had succeeded."+tail, func(e *analysis.EventRef) bool {
		return e.Ended() && !(e.Session != 0 && told.Has(e.Session))
	})
	add("denied", "By this record a user of the machine was not let do what he tried.", "By these %s records a user of the machine was not let do what he tried.", func(e *analysis.EventRef) bool { return failed(e) && isLocal(e) })
	add("failed", "By this record a request did not succeed.", "By these %s records requests did not succeed.", func(e *analysis.EventRef) bool { return failed(e) && isRequest(e) })
	return list
}

// sessionsOf counts the sessions that records tell of; 0 when some are of none.
func sessionsOf(refs []*analysis.EventRef) (sessions, records int) {
	seen := uniq.NewNumbers(len(refs))
	for _, e := range refs {
		if e.Session == 0 || e.Format == "postfix" { // whose processes serve many clients in turn
			return 0, len(refs)
		}
		seen.Place(e.Session)
	}
	return seen.Len(), len(refs)
}

// failuresIn is "17 sessions (40 records) of failures", or "3 records of failures".
func failuresIn(refs []*analysis.EventRef) string {
	if n, records := sessionsOf(refs); n > 0 && n < records {
		return fmt.Sprintf("failures in %s (%s records)", Count(n, "session", "sessions"), grouped(records))
	}
	return Count(len(refs), "record", "records") + " of failures"
}

// author is what a record's program is called where the log does not name it.
func author(e *analysis.EventRef) string {
	switch {
	case request.IsServer(e.Format):
		return "the server"
	case e.Format == "snort", e.Format == "suricata", e.Format == "zeek":
		return "the sensor"
	}
	return "the program"
}

// programs names the programs that wrote records.
func programs(in *analysis.ScoredIncident, meant func(*analysis.EventRef) bool) string {
	var names []string
	for i := range in.Events {
		e := &in.Events[i]
		if name := cmp.Or(e.Program, author(e)); meant(e) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return few(names, 3)
}

// answers reports whether a record is of a server that answers what it refuses.
func answers(e *analysis.EventRef) bool { return e.Format == "named" }

// sentZone reports whether a record tells of a zone that a name server sent.
func sentZone(e *analysis.EventRef) bool {
	return e.Format == "named" && e.Action == analysis.ActionAllowed && e.Signature == "zone transfer"
}

// isRequest reports whether what fails in a log format is a request and no log-in.
func isRequest(e *analysis.EventRef) bool {
	return e.Format == "named" || request.IsServer(e.Format)
}

// isLocal reports whether a record is of a program that a user of the machine runs himself.
func isLocal(e *analysis.EventRef) bool {
	return e.Format == "su" || e.Format == "sudo" || e.Format == "shadow"
}

func letIn(e *analysis.EventRef) bool {
	return e.Format == "tcpwrappers" && e.Action == analysis.ActionAllowed
}

func failed(e *analysis.EventRef) bool { return e.Action == analysis.ActionFailed }

// loggedIn reports whether a record tells of a log-in that succeeded.
func loggedIn(e *analysis.EventRef) bool {
	if e.Format == "zeek" && e.Service == "ssh" { // it sees no names, and judges by the traffic
		return e.Action == analysis.ActionAllowed
	}
	return e.Action == analysis.ActionAllowed && e.User != "" && e.User != "???" && e.Format != "tcpwrappers" && !isLocal(e)
}

// entered reports whether a record tells of a log-in or a session that was accepted, also where the record names nobody.
func entered(e *analysis.EventRef) bool {
	switch {
	case loggedIn(e):
		return true
	case e.Action != analysis.ActionAllowed:
		return false
	case e.Format == "pureftpd":
		return strings.Contains(e.Message, "user logged in")
	}
	return e.Format == "openvpn" || e.Format == "login" // "Peer Connection Initiated" and "ROOT LOGIN on"
}

// block tells of blocks that a sensor claims, source by source: what came before, and what came after.
func (w Writer) block(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	told := map[string]bool{}
	claimed := map[string]bool{}
	for i := range in.Events {
		if e := &in.Events[i]; e.Claim != "" {
			claimed[e.Source.IP] = true
		}
	}
	for _, s := range in.Sources {
		if len(list) > 8 || s.IP == "" || !claimed[s.IP] {
			continue
		}
		for _, o := range w.blockOf(in, s.IP) {
			if o.Class == analysis.ClassKnown {
				if told[o.ID] {
					continue
				}
				told[o.ID] = true
			} else if len(in.Sources) > 1 {
				o.ID += "-" + s.IP
			}
			list = append(list, o)
		}
	}
	return list
}

func (w Writer) blockOf(in *analysis.ScoredIncident, source string) []analysis.Observation {
	already := func(e *analysis.EventRef) bool { return e.Source.IP == source && e.Claim == "already blocked" }
	claimed := func(e *analysis.EventRef) bool {
		return e.Source.IP == source && e.Claim != "" && !already(e) && e.Action == analysis.ActionBlocked
	}
	completed := func(e *analysis.EventRef) bool {
		return e.Source.IP == source && e.Tries == analysis.TriesConnection && proven(e)
	}
	claims := refsOf(in, claimed)
	if len(claims) == 0 {
		if len(refsOf(in, already)) == 0 || len(refsOf(in, completed)) == 0 {
			return nil
		}
		return []analysis.Observation{
			observed("already-blocked", fmt.Sprintf("The sensor counted %s as blocked already, and yet it logged a connection that had completed. The block itself is not among the records.", source),
				w.cite(in, func(e *analysis.EventRef) bool { return already(e) || completed(e) })),
			alreadyKnown,
		}
	}
	claim := claims[0]
	var before, after []*analysis.EventRef
	packets := 0
	for i := range in.Events {
		e := &in.Events[i]
		switch {
		case e.Host != claim.Host || e.Source.IP != source:
		case later(e, claim) && isTry(e) && (e.Tries != analysis.TriesSession || e.Format == "tcpwrappers"):
			after = append(after, e)
			if e.Tries == analysis.TriesPacket {
				packets++
			}
		case later(claim, e) && completed(e):
			before = append(before, e)
		}
	}
	text := fmt.Sprintf("The sensor says that it blocked %s, first at %s.", source, stamp(claim.Time))
	switch n := len(before); {
	case n == 1:
		text += " One connection had completed by then."
	case n > 1:
		text += fmt.Sprintf(" %d connections had completed by then.", n)
	}
	list := []analysis.Observation{observed("block-claimed", ofKept(in, text), w.lines(append(before, claims...)))}
	if len(after) == 0 {
		return list
	}
	var delays []string
	for _, e := range after {
		delays = append(delays, exact(e.Time.Sub(claim.Time)))
	}
	noun, nouns := "connection was", "connections were"
	if packets == len(after) {
		noun, nouns = "packet was", "packets were"
	} else if packets > 0 {
		noun, nouns = "try was", "tries were"
	}
	list = append(list, observed("after-block", ofKept(in, fmt.Sprintf("%s logged %s after that. The block is claimed; these lines do not show that it worked.",
		Count(len(after), "further "+noun, "further "+nouns), few(delays, 6))), w.lines(after)))
	if packets == 0 {
		list = append(list, known("after-block-known", "Connections that were queued when a block was set may be logged up to about a second late. What comes later was accepted in spite of it.", "PortSentry 1.2 (2003), portsentry.c: it reads its queue one connection after the other"))
	} else {
		list = append(list, known("after-block-stealth", "A stealth mode reads packets off the wire. Neither a dropped route nor a wrapper's rule keeps them from arriving, so it may go on to log them although the block works.", "PortSentry 1.2 (2003), portsentry.c: a raw socket"))
	}
	if len(refsOf(in, already)) > 0 {
		list = append(list, alreadyKnown)
	}
	return list
}

var alreadyKnown = known("already-blocked-known", "\"is already blocked\" means that the address stands in the sensor's own list of those it has blocked. It does not test whether the route or the wrapper's rule is in force.", "PortSentry 1.2 (2003), portsentry.c: IsBlocked() reads a file")

func refsOf(in *analysis.ScoredIncident, meant func(*analysis.EventRef) bool) []*analysis.EventRef {
	var refs []*analysis.EventRef
	for i := range in.Events {
		if meant(&in.Events[i]) {
			refs = append(refs, &in.Events[i])
		}
	}
	return refs
}

// later reports whether a follows b in time, or in the file when both carry the same second.
func later(a, b *analysis.EventRef) bool {
	if !a.Time.Equal(b.Time) {
		return a.Time.After(b.Time)
	}
	return a.Input == b.Input && a.Line > b.Line
}

// turned tells of a source for which the answer changed: let in after it was refused, or logged in
// after it had failed.
func (w Writer) turned(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	first := func(meant func(*analysis.EventRef) bool) *analysis.EventRef {
		for i := range in.Events {
			if meant(&in.Events[i]) {
				return &in.Events[i]
			}
		}
		return nil
	}
	refused := first(func(e *analysis.EventRef) bool {
		return e.Format == "tcpwrappers" && e.Action == analysis.ActionBlocked && !e.Context
	})
	if refused != nil {
		let := func(e *analysis.EventRef) bool {
			return letIn(e) && e.Source.IP == refused.Source.IP && e.Source.Name == refused.Source.Name
		}
		allowed := refsOf(in, func(e *analysis.EventRef) bool { return let(e) && e.Program == refused.Program && later(e, refused) })
		elsewhere := refsOf(in, func(e *analysis.EventRef) bool { return let(e) && e.Program != refused.Program })
		if len(allowed) > 0 {
			list = append(list, observed("allowed-after-refusal", fmt.Sprintf("The source was let in to %s at %s, after it had been refused there at %s.", refused.Program, stamp(allowed[0].Time), stamp(refused.Time)),
				w.lines(append([]*analysis.EventRef{refused}, allowed...))))
		} else if len(elsewhere) > 0 {
			list = append(list, observed("other-rule", fmt.Sprintf("The source was refused by the rule for %s (%s) and let in by the one for %s (%s).", refused.Program, stamp(refused.Time), elsewhere[0].Program, stamp(elsewhere[0].Time)),
				w.lines(append([]*analysis.EventRef{refused}, elsewhere...))))
		}
	}
	for i, success := range firstSuccesses(in) {
		before := failuresBefore(in, success)
		id := "success-after-failures"
		if i > 0 {
			id = numbered(id, i)
		}
		text := fmt.Sprintf("A log-in%s succeeded at %s, after %s of the same source.", as(success.User), stamp(success.Time), failuresIn(before))
		if success.Format == "zeek" {
			text = fmt.Sprintf("By its traffic, which Zeek judges without reading it, a log-in succeeded at %s, after %s of the same source.", stamp(success.Time), failuresIn(before))
		}
		same := 0
		for _, e := range before {
			if e.User == success.User {
				same++
			}
		}
		switch {
		case success.User == "":
		case same == 0:
			text += " The failures were of other names."
		case same < len(before):
			text += fmt.Sprintf(" %s of that name.", map[bool]string{true: "1 record was", false: grouped(same) + " records were"}[same == 1])
		}
		text += fmt.Sprintf(" The last failure was %s earlier.", exact(success.Time.Sub(before[len(before)-1].Time)))
		list = append(list, observed(id, ofKept(in, text), w.lines(append(before, success))))
	}
	return list
}

// maxAccounts is how many accounts a statement is made for, each.
const maxAccounts = 5

// firstSuccesses lists, of each account of which a log-in succeeded after failures of the same source, the first such
// log-in; at most maxAccounts.
func firstSuccesses(in *analysis.ScoredIncident) []*analysis.EventRef {
	type account struct{ user, source string }
	failures, told := map[string]bool{}, map[account]bool{}
	var list []*analysis.EventRef
	tried := 0
	for i := range in.Events {
		e := &in.Events[i]
		a := account{e.User, e.Source.IP}
		switch {
		case e.Source.IP == "":
		case failed(e) && (!isRequest(e) || e.User != ""):
			failures[e.Source.IP] = true
		case failures[e.Source.IP] && loggedIn(e) && !told[a] && len(list) < maxAccounts && tried < 10*maxAccounts:
			tried++ // failures of the same second, in another log, may have come later
			if told[a] = len(failuresBefore(in, e)) > 0; told[a] {
				list = append(list, e)
			}
		}
	}
	return list
}

// failuresBefore lists the log-ins of the same source that failed before one that succeeded. Requests with a user are some where one of
// them succeeded; a web server's error log tells of them a second time.
func failuresBefore(in *analysis.ScoredIncident, success *analysis.EventRef) []*analysis.EventRef {
	return refsOf(in, func(e *analysis.EventRef) bool {
		return failed(e) && (!isRequest(e) || e.User != "" && e.Format == success.Format) && e.Source.IP != "" && e.Source.IP == success.Source.IP && later(success, e)
	})
}

// as is " as NAME", or nothing where the log has no name.
func as(user string) string {
	if user == "" {
		return ""
	}
	return " as " + analysis.Quoted(user)
}

// sessions tells how long sessions lasted in which nobody logged in, and who ended them.
func (w Writer) sessions(in *analysis.ScoredIncident) []analysis.Observation {
	var ends, refs []*analysis.EventRef
	var lengths []string
	lost, left := false, false
	var byProcess map[process][]*analysis.EventRef
	for i := range in.Events {
		e := &in.Events[i]
		if e.User != "???" || e.Action != analysis.ActionInfo {
			continue
		}
		ends = append(ends, e)
		refs = append(refs, e)
		switch {
		case strings.HasPrefix(e.Message, "Logout"):
			left = true
		case strings.Contains(strings.ToLower(e.Message), "command stream end of file"):
			lost = true
		}
		if byProcess == nil {
			byProcess = processes(in)
		}
		for _, b := range byProcess[process{e.Host, e.PID}] {
			if b != e && later(e, b) && e.Time.Sub(b.Time) <= time.Hour {
				lengths = append(lengths, fmt.Sprintf("%s[%d] %s", e.Program, e.PID, exact(e.Time.Sub(b.Time))))
				refs = append(refs, b)
				break
			}
		}
	}
	if len(ends) == 0 {
		return nil
	}
	text := "The session ended without anybody logged in: the daemon prints the user as \"???\"."
	if len(ends) > 1 {
		text = fmt.Sprintf("%d sessions ended without anybody logged in: the daemon prints the user as \"???\".", len(ends))
	}
	if len(lengths) > 0 {
		text += " From its first record to its last it took: " + few(lengths, 5) + "."
	}
	list := []analysis.Observation{observed("nobody", ofKept(in, text), w.lines(refs))}
	const source = "UW IMAP toolkit, imapd.c; the text of older releases differs slightly"
	if left {
		list = append(list, known("nobody-logout", "\"Logout\" is what the daemon writes when the client says LOGOUT.", source))
	}
	if lost {
		list = append(list, known("nobody-lost", "\"command stream end of file\" is what the daemon writes when the client closes the connection without a LOGOUT.", source))
	}
	return list
}

// sends reports whether a record tells of a log-in string that was sent, and not of an account that something was
// done with.
func sends(e *analysis.EventRef) bool {
	return e.User != "" && e.Tries != analysis.TriesNone && !isLocal(e)
}

func (w Writer) logins(in *analysis.ScoredIncident) []analysis.Observation {
	records, counted := map[string]int{}, false
	for i := range in.Events {
		if e := &in.Events[i]; sends(e) {
			records[e.User]++
			counted = counted || records[e.User] > 1
		}
	}
	// Of the records that were let go of only the users are known, and they count unless some may be accounts of the machine.
	accounts := some(in, isLocal)
	users := slices.DeleteFunc(slices.Clone(in.Users), func(user string) bool { return records[user] == 0 && (accounts || !in.EvidenceCapped) })
	listed := map[string]bool{}
	for _, user := range users {
		listed[user] = true
	}
	sent := w.cite(in, func(e *analysis.EventRef) bool { return sends(e) && listed[e.User] })
	if len(sent) == 0 {
		return w.idents(in)
	}
	if len(users) == 1 {
		return append([]analysis.Observation{observed("login-1", fmt.Sprintf("The login string sent was %s.", analysis.Quoted(users[0])), sent)}, w.idents(in)...)
	}
	counted = counted && len(users) <= 8 && !in.EvidenceCapped
	var words []string
	for _, user := range users {
		text := analysis.Quoted(user)
		switch {
		case counted && len(words) == 0:
			text += fmt.Sprintf(" (%s)", Count(records[user], "record", "records"))
		case counted:
			text += fmt.Sprintf(" (%d)", records[user])
		}
		words = append(words, text)
	}
	many := grouped(len(users))
	if in.Lacks(analysis.ListUsers) || accounts && in.EvidenceCapped {
		many = "At least " + many
	}
	return append([]analysis.Observation{observed("logins", fmt.Sprintf("%s login strings were sent: %s.", many, few(words, 8)), sent)}, w.idents(in)...)
}

// idents tells the users that an ident server at the source named (RFC 1413); tcpd asks for them and
// writes user@host.
func (w Writer) idents(in *analysis.ScoredIncident) []analysis.Observation {
	var names []string
	for i := range in.Events {
		if name := in.Events[i].Ident; name != "" && !slices.Contains(names, name) && len(names) < 5 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var list []analysis.Observation
	for _, name := range names {
		cited := w.cite(in, func(e *analysis.EventRef) bool { return e.Ident == name })
		list = append(list, observed(numbered("ident", len(list)), fmt.Sprintf("An ident server at the source named the user %s; that is the source's own word.", analysis.Quoted(name)), cited))
	}
	return list
}

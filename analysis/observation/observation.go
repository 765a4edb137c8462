package observation

import (
	"fmt"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Writer knows what the statements need besides the incident.
type Writer struct {
	// File names the input of a rank.
	File func(int) string
}

// Statements lists the functions that make observations, in the order in which a report tells them.
var Statements = []func(Writer, *analysis.Incident) []analysis.Observation{
	Writer.count,
	Writer.retransmission,
	Writer.handshake,
	Writer.defence,
	Writer.logins,
	Writer.joined,
	Writer.ports,
	Writer.spoofing,
}

// Observations says what the evidence of one incident proves and what is known about it.
func (w Writer) Observations(in *analysis.Incident) []analysis.Observation {
	var all []analysis.Observation
	for _, statement := range Statements {
		all = append(all, statement(w, in)...)
	}
	return all
}

func observed(id, text string, evidence []analysis.Citation) analysis.Observation {
	return analysis.Observation{ID: id, Class: analysis.ClassObserved, Text: text, Evidence: evidence}
}

func known(id, text, source string) analysis.Observation {
	return analysis.Observation{ID: id, Class: analysis.ClassKnown, Text: text, Source: source, Evidence: []analysis.Citation{}}
}

// cite gives the lines of the records that are meant, joined to ranges, input by input.
func (w Writer) cite(in *analysis.Incident, meant func(*analysis.EventRef) bool) []analysis.Citation {
	ranges := map[int][]analysis.LineRange{}
	last := -1
	for i := range in.Events {
		e := &in.Events[i]
		if meant(e) {
			ranges[e.Input] = append(ranges[e.Input], e.Lines...)
			last = max(last, e.Input)
		}
	}
	var list []analysis.Citation
	for input := 0; input <= last; input++ {
		for _, r := range analysis.JoinRanges(ranges[input]) {
			list = append(list, analysis.Citation{File: w.File(input), Lines: r})
		}
	}
	return list
}

func (w Writer) count(in *analysis.Incident) []analysis.Observation {
	attempts := Count(in.Attempts, "attempt to connect", "attempts to connect")
	if in.AttemptsAtLeast {
		attempts = "at least " + attempts
	}
	verb := "tell"
	if in.Records == 1 {
		verb = "tells"
	}
	text := fmt.Sprintf("%s on %s %s of %s", Count(in.Records, "record", "records"), Count(in.Lines, "line", "lines"), verb, attempts)
	if in.First.Equal(in.Last) {
		text += ", at " + stamp(in.First) + "."
	} else {
		text += fmt.Sprintf(", from %s to %s (%s).", stamp(in.First), stamp(in.Last), Duration(in.Last.Sub(in.First)))
	}
	if in.AttemptsAtLeast {
		text += " The number is a lower bound: of so many records only a part is kept for counting attempts."
	}
	evidence := in.Evidence
	if len(evidence) > 20 {
		evidence = evidence[:20]
	}
	return []analysis.Observation{observed("count", text, evidence)}
}

// retransmission tells which records are packets of one attempt, how well they fit, and what the
// doubling gaps mean.
func (w Writer) retransmission(in *analysis.Incident) []analysis.Observation {
	packets, attempts, folded, ambiguous := 0, 0, 0, false
	deviation := 0.0
	names := map[string]bool{}
	longest := 0
	for _, a := range in.AttemptList {
		if a.Packets == 0 {
			continue
		}
		packets += a.Packets
		attempts++
		ambiguous = ambiguous || a.Ambiguous
		longest = max(longest, a.Packets)
		if a.Packets > 1 {
			folded++
			names[a.Schedule] = true
			deviation = max(deviation, a.Deviation)
		}
	}
	if folded == 0 {
		return nil
	}
	var schedule []string
	for _, s := range [...]string{"3-6-12 s", "1-2-4-8 s"} {
		if names[s] {
			schedule = append(schedule, s)
		}
	}
	isPacket := func(e *analysis.EventRef) bool { return e.Tries == analysis.TriesPacket }
	text := fmt.Sprintf("The %d packets are %s, not %d: their gaps fit the retransmission schedule %s (offsets from the best shift at most %s s, tolerance %s s).",
		packets, Count(attempts, "attempt", "attempts"), packets, strings.Join(schedule, " and "), decimal(deviation), decimal(analysis.Tolerance))
	if ambiguous {
		text += " Some attempts overlap: which packet belongs to which cannot be decided, but fewer attempts would not fit."
	}
	list := []analysis.Observation{observed("retransmission", text, w.cite(in, isPacket))}
	source := "RFC 1122 (1989) section 4.2.3.1 and RFC 2988 (2000): first timeout 3 s, doubled with every packet"
	if names["1-2-4-8 s"] && !names["3-6-12 s"] {
		source = "RFC 6298 (2011): first timeout 1 s, doubled with every packet"
	}
	if longest >= 3 {
		list = append(list, known("silent", "A stack sends the opening packet again, after gaps that double, only while it hears nothing. The sender got no answer: the packets were dropped in silence, not refused.", source))
	}
	return list
}

func (w Writer) handshake(in *analysis.Incident) []analysis.Observation {
	var list []analysis.Observation
	programs := map[string]bool{}
	completed := func(e *analysis.EventRef) bool {
		return e.Handshake == analysis.HandshakeCompleted && (!e.Context || e.Tries == analysis.TriesSession) && e.Action != analysis.ActionInfo
	}
	for i := range in.Events {
		if completed(&in.Events[i]) {
			programs[in.Events[i].Format] = true
		}
	}
	if len(programs) > 0 {
		list = append(list, observed("handshake", "Connections were established: these records are written only after the transport's handshake has completed.", w.cite(in, completed)))
	}
	for _, f := range [...]struct{ format, text, source string }{
		{"tcpwrappers", "tcpd runs once the connection has been accepted. \"connect from\" is written after the access list said yes, just before the daemon is started; a refusal says \"refused connect from\".", "tcp_wrappers 7.6 (1997), tcpd.c and refuse.c"},
		{"portsentry", "PortSentry's classic mode logs \"Connect from host\" after accept() has returned, so the source address is real.", "PortSentry 1.2 (2003), portsentry.c"},
	} {
		if programs[f.format] {
			list = append(list, known("handshake-"+f.format, f.text, f.source))
		}
	}
	return list
}

// defence tells what the defence did: it acted, only warned, or claims a block that later records
// contradict.
func (w Writer) defence(in *analysis.Incident) []analysis.Observation {
	var list []analysis.Observation
	warning := func(e *analysis.EventRef) bool {
		return e.Format == "tcpwrappers" && e.Context && e.Action == analysis.ActionInfo
	}
	if c := w.cite(in, warning); len(c) > 0 {
		list = append(list, observed("warning-only", "The access list's warnings about the host name refuse nothing by themselves: they name the rule that was being evaluated, and no refusal is among the records.", c))
		if in.Outcome == analysis.OutcomeBlocked || in.Outcome == analysis.OutcomeMixed {
			list[len(list)-1].Text = "The access list's warnings about the host name refuse nothing by themselves: they only name the rule that was being evaluated."
		}
	}
	dropped := func(e *analysis.EventRef) bool {
		return e.Tries == analysis.TriesPacket && e.Action == analysis.ActionBlocked
	}
	if c := w.cite(in, dropped); len(c) > 0 {
		list = append(list, observed("dropped", "The packet filter blocked these packets; none of them reached a service.", c))
	}
	refused := func(e *analysis.EventRef) bool {
		return e.Tries == analysis.TriesSession && e.Action == analysis.ActionBlocked
	}
	if c := w.cite(in, refused); len(c) > 0 {
		list = append(list, observed("refused", "The access list refused these connections before the service ran.", c))
	}
	failed := func(e *analysis.EventRef) bool { return e.Action == analysis.ActionFailed }
	if c := w.cite(in, failed); len(c) > 0 {
		list = append(list, observed("rejected", "The service rejected these log-ins.", c))
	}
	var claim *analysis.EventRef
	claimed := func(e *analysis.EventRef) bool { return e.Claim != "" && e.Claim != "already blocked" }
	for i := range in.Events {
		if claimed(&in.Events[i]) {
			claim = &in.Events[i]
			break
		}
	}
	if claim == nil {
		return list
	}
	seen := false
	after := func(e *analysis.EventRef) bool {
		return e.Tries == analysis.TriesConnection && !e.Context && later(e, claim)
	}
	n := 0
	for i := range in.Events {
		if after(&in.Events[i]) {
			n++
			seen = true
		}
	}
	list = append(list, observed("block-claimed", "The sensor says that it blocked the source, first at "+stamp(claim.Time)+". The connection that triggered it had completed by then.", w.cite(in, claimed)))
	if seen {
		list = append(list, observed("after-block", fmt.Sprintf("%s logged after that. The block is claimed, but these lines do not show that it worked.",
			Count(n, "further connection is", "further connections are")), w.cite(in, after)))
	}
	return list
}

// later reports whether a follows b in time, or in the file when both carry the same second.
func later(a, b *analysis.EventRef) bool {
	if !a.Time.Equal(b.Time) {
		return a.Time.After(b.Time)
	}
	return a.Input == b.Input && a.Offset > b.Offset
}

func (w Writer) logins(in *analysis.Incident) []analysis.Observation {
	var list []analysis.Observation
	for i, user := range in.Users {
		if i == 5 {
			break
		}
		if user == "???" {
			nobody := func(e *analysis.EventRef) bool { return e.User == "???" }
			list = append(list, observed("nobody", "The session ended before anybody had logged in: the daemon prints the user as \"???\".", w.cite(in, nobody)))
			continue
		}
		with := func(e *analysis.EventRef) bool { return e.User == user }
		list = append(list, observed(fmt.Sprintf("login-%d", i+1), fmt.Sprintf("The login string sent was %q.", user), w.cite(in, with)))
	}
	return list
}

func (w Writer) joined(in *analysis.Incident) []analysis.Observation {
	if len(in.Sources) < 2 || len(in.JoinedBy) == 0 {
		return nil
	}
	return []analysis.Observation{observed("joined", fmt.Sprintf("%d sources are told as one incident because they share %s.",
		len(in.Sources), strings.Join(in.JoinedBy, ", and ")), in.Evidence[:min(len(in.Evidence), 20)])}
}

// ports tells who owns the ports that were tried: every candidate, dated against the year of the log.
func (w Writer) ports(in *analysis.Incident) []analysis.Observation {
	var list []analysis.Observation
	for i, s := range in.Services {
		if i == 5 {
			break
		}
		if s.Port == 0 {
			continue
		}
		facts := knowledge.Ports(s.Proto, s.Port)
		if facts.Common {
			continue
		}
		for j, text := range portStatements(facts, in.First.Year()) {
			list = append(list, known(fmt.Sprintf("port-%d-%s-%d", s.Port, s.Proto, j+1), text.text, text.source))
		}
	}
	return list
}

type sourced struct{ text, source string }

func portStatements(f knowledge.PortFacts, year int) []sourced {
	var list []sourced
	port := fmt.Sprintf("%d/%s", f.Port, f.Proto)
	for _, r := range f.IANA {
		text := fmt.Sprintf("IANA registers %s as %s", port, r.Name)
		if r.Description != "" {
			text += " (" + r.Description + ")"
		}
		switch {
		case r.Year == 0:
			text += "; the registry gives no date."
		case r.Known(year):
			text += fmt.Sprintf(", since %d.", r.Year)
		default:
			text += fmt.Sprintf(", but only since %d: the name says nothing about a log of %d.", r.Year, year)
		}
		list = append(list, sourced{text, knowledge.IANASource})
	}
	for _, v := range f.Vendor {
		who := v.Vendor
		if who == "" {
			who = "Several products"
		}
		list = append(list, sourced{fmt.Sprintf("%s prints %s as %q, which means %s.", who, port, v.Name, v.Canonical), v.Source})
	}
	if label, ok := knowledge.TrojanDefault(f.Proto, f.Port); ok {
		var sources []string
		for _, t := range f.Trojans {
			if t.Source != "" && !strings.Contains(strings.Join(sources, "; "), t.Source) {
				sources = append(sources, t.Source)
			}
		}
		list = append(list, sourced{fmt.Sprintf("%s: %s. A list tells what once used a port, not what used it here.", port, label), strings.Join(sources, "; ")})
	}
	for _, n := range f.Notes {
		list = append(list, sourced{n.Text, strings.Join(n.Sources, "; ")})
	}
	if len(list) == 0 {
		list = append(list, sourced{fmt.Sprintf("%s has no registered service and is on none of the embedded lists of trojan ports.", port), knowledge.IANASource})
	}
	return list
}

// spoofing says whether the source address could be forged, and why.
func (w Writer) spoofing(in *analysis.Incident) []analysis.Observation {
	none, completed := false, false
	for i := range in.Events {
		none = none || in.Events[i].Handshake == analysis.HandshakeNone
		completed = completed || in.Events[i].Handshake == analysis.HandshakeCompleted
	}
	const source = "RFC 9293 (2022) section 3.5, the three-way handshake; first RFC 793 (1981)"
	switch {
	case completed && !none:
		return []analysis.Observation{known("spoofing", "A completed TCP handshake needs the answers of the target, so the source address is very unlikely to be forged.", source)}
	case none && !completed:
		return []analysis.Observation{known("spoofing", "No handshake completed: by these packets alone the source address could be forged. A scanner that wants the answer has no use for a forged address.", source)}
	}
	return nil
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

// Count writes a number with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Duration writes a time span in the two largest units that it has.
func Duration(d time.Duration) string {
	units := [...]struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	var parts []string
	for i, u := range units {
		if n := d / u.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d -= n * u.size
			if i+1 < len(units) {
				if m := d / units[i+1].size; m > 0 {
					parts = append(parts, fmt.Sprintf("%d %s", m, units[i+1].name))
				}
			}
			break
		}
	}
	if len(parts) == 0 {
		return "less than a second"
	}
	return strings.Join(parts, " ")
}

func decimal(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }

package observation

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Index finds the incidents that have something in common: those that are told and those of the
// background alike; the latter have no number. It keeps the incidents that are added but nothing of
// their Events, which may be let go of afterwards.
type Index struct {
	all     []*analysis.ScoredIncident
	by      map[mark][]*analysis.ScoredIncident
	periods []timed
	last    map[int]time.Time // of the records of an input
	order   map[int]*running  // of the records of an input
	daemons map[daemon][]instance
	uses    map[daemon][]use // of which daemons will be made
}

// mark is something that two incidents can share.
type mark struct{ what, value string }

// What incidents are compared by. The order is that of the report.
const (
	markSource  = "source"
	markName    = "name"
	markNetwork = "network"
	markLogin   = "login"
	markPair    = "port-pair"
	markFixed   = "source-port"
	markTool    = "tool"
	markService = "service"
	markWorm    = "worm"
)

type timed struct {
	incident *analysis.ScoredIncident
	period   period
}

// running counts how often the records of one input stand in the order of their times and how often in
// the reverse one.
type running struct{ forward, back int }

// daemon is a program that runs all the time; instance is one process of it.
type daemon struct{ host, program, proto string }

type instance struct {
	pid         int
	first, last place
	incident    *analysis.ScoredIncident // of last
	begins      *analysis.ScoredIncident // of first
}

// place is where and when a record was written.
type place struct {
	at     time.Time
	input  int
	offset int64
	lines  []analysis.LineRange
}

// use is a record of a process of a daemon.
type use struct {
	place
	pid int
	in  *analysis.ScoredIncident
}

// longRunning are programs whose process id stays while they run. Children of inetd get another
// one each time.
var longRunning = [...]string{"portsentry", "abacus_sentry"}

// NewIndex returns an empty Index.
func NewIndex() *Index {
	return &Index{by: map[mark][]*analysis.ScoredIncident{}, last: map[int]time.Time{}, order: map[int]*running{}, daemons: map[daemon][]instance{}, uses: map[daemon][]use{}}
}

// Add takes up an incident, with its Events. The order of adding does not matter.
func (x *Index) Add(in *analysis.ScoredIncident) {
	x.all = append(x.all, in)
	for _, m := range marksOf(in) {
		x.by[m] = append(x.by[m], in)
	}
	if p, ok := periodOf(in.AttemptList); ok {
		x.periods = append(x.periods, timed{in, p})
	}
	previous := map[int]*analysis.EventRef{}
	for i := range in.Events {
		e := &in.Events[i]
		if e.Time.After(x.last[e.Input]) {
			x.last[e.Input] = e.Time
		}
		if p := previous[e.Input]; p != nil && !p.Time.Equal(e.Time) {
			r := x.order[e.Input]
			if r == nil {
				r = &running{}
				x.order[e.Input] = r
			}
			if e.Offset < p.Offset {
				r.back++
			} else {
				r.forward++
			}
		}
		previous[e.Input] = e
		// PortSentry runs one process for each protocol, so records that name none do not count.
		if e.PID != 0 && e.Proto != "" && slices.Contains(longRunning[:], e.Program) {
			d := daemon{e.Host, e.Program, e.Proto}
			x.uses[d] = append(x.uses[d], use{place{e.Time, e.Input, e.Offset, e.Lines}, e.PID, in})
		}
	}
}

// close puts everything into the order of time, once all incidents are there.
func (x *Index) close() {
	byTime := func(a, b *analysis.ScoredIncident) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(x.all, byTime)
	for _, list := range x.by {
		slices.SortFunc(list, byTime)
	}
	slices.SortFunc(x.periods, func(a, b timed) int { return byTime(a.incident, b.incident) })
	for d, list := range x.uses {
		slices.SortFunc(list, func(a, b use) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.input, b.input), cmp.Compare(a.offset, b.offset))
		})
		var found []instance
		for _, u := range list {
			if n := len(found); n > 0 && found[n-1].pid == u.pid {
				found[n-1].last, found[n-1].incident = u.place, u.in
				continue
			}
			found = append(found, instance{u.pid, u.place, u.place, u.in, u.in})
		}
		x.daemons[d] = found
	}
	x.uses = nil
}

// reversed reports whether an input runs newest first.
func (x *Index) reversed(input int) bool {
	r := x.order[input]
	return r != nil && r.back > 0 && r.back >= 9*r.forward
}

// goesOn reports whether the log of an incident's packets has records at or after a time, so that it
// would have shown another packet.
func (x *Index) goesOn(in *analysis.ScoredIncident, t time.Time) bool {
	for i := range in.Events {
		if isPacket(&in.Events[i]) {
			return !x.last[in.Events[i].Input].Before(t)
		}
	}
	return false
}

// marksOf lists what an incident can share with another, each once.
func marksOf(in *analysis.ScoredIncident) []mark {
	var list []mark
	seen := map[mark]bool{}
	add := func(what, value string) {
		if m := (mark{what, value}); value != "" && !seen[m] {
			seen[m] = true
			list = append(list, m)
		}
	}
	for _, s := range in.Sources {
		if s == analysis.Unnamed {
			continue
		}
		add(markSource, s.IP)
		add(markName, strings.ToLower(s.Name))
		if p, ok := networkOf(s.IP); ok {
			add(markNetwork, p.String())
		}
	}
	for i := range in.Events {
		if e := &in.Events[i]; e.User != "" && e.Format != "tcpwrappers" && !knowledge.DefaultLogin(e.User) {
			add(markLogin, e.User)
		}
	}
	// Two sources that come from the same port at a common service are chance; a program that never
	// changes its source port, or an uncommon port as well, is not.
	fixed := map[string]int{} // the one source port of a source; 0 where it has several
	uses := map[string]int{}
	for _, a := range in.AttemptList {
		if p, seen := fixed[a.Source]; seen && p != a.SourcePort {
			fixed[a.Source] = 0
		} else if !seen {
			fixed[a.Source] = a.SourcePort
		}
		uses[a.Source]++
	}
	for _, a := range in.AttemptList {
		if a.Port == 0 || usualSourcePort(a.SourcePort) {
			continue
		}
		if fixed[a.Source] != 0 && uses[a.Source] > 1 {
			add(markFixed, fmt.Sprint(a.SourcePort))
		} else if len(in.Services) <= 3 && !knowledge.Common(a.Proto, a.Port) {
			add(markPair, fmt.Sprintf("%d to %d/%s", a.SourcePort, a.Port, a.Proto))
		}
	}
	for _, k := range in.Kinds {
		if kind, ok := knowledge.KindByID(k); ok && kind.Family == "worm" {
			add(markWorm, k)
		}
	}
	for _, s := range in.Services {
		if s.Port == 0 || len(in.Services) > 3 {
			continue // who tries every port tries those of every trojan
		}
		for _, t := range knowledge.Ports(s.Proto, s.Port).Trojans {
			if t.Lineages >= 2 && !knowledge.Common(s.Proto, s.Port) {
				add(markTool, t.Name)
			}
		}
	}
	for i := range in.Events {
		e := &in.Events[i]
		// Who tries many services tries each of them by the way.
		if h := cmp.Or(e.Target.Host, e.Target.IP, e.Host); h != "" && e.Port != 0 && len(in.Services) <= 3 && isTry(e) {
			add(markService, serviceName(e)+" of "+h)
		}
	}
	return list
}

// nameless reports whether an incident has a source that no record names.
func nameless(in *analysis.ScoredIncident) bool {
	return slices.Contains(in.Sources, analysis.Unnamed)
}

// others lists the other incidents that share a mark, earliest first.
func (x *Index) others(in *analysis.ScoredIncident, m mark) []*analysis.ScoredIncident {
	var list []*analysis.ScoredIncident
	for _, o := range x.by[m] {
		if o != in {
			list = append(list, o)
		}
	}
	return list
}

// incidentList names incidents with their time; those of the background have no number and are counted.
func incidentList(list []*analysis.ScoredIncident) string {
	var words []string
	background := 0
	for _, o := range list {
		if o.Number == 0 {
			background++
			continue
		}
		words = append(words, fmt.Sprintf("%d (%s)", o.Number, o.First.Format(time.DateOnly)))
	}
	text := ""
	switch n := len(words); {
	case n == 1:
		text = "incident " + words[0]
	case n > 1:
		text = "incidents " + few(words, 5)
	}
	if background == 0 {
		return text
	}
	more := Count(background, "incident", "incidents") + " of the background"
	if text == "" {
		return more
	}
	return text + ", and in " + more
}

// evidenceOf cites this incident and the first others.
func (w Writer) evidenceOf(in *analysis.ScoredIncident, others []*analysis.ScoredIncident, meant func(*analysis.EventRef) bool) []analysis.Citation {
	refs := firstRefs(in.Events, 20, meant)
	for _, o := range others[:min(len(others), 5)] {
		refs = append(refs, firstRefs(w.events(o), 5, meant)...)
	}
	return w.lines(refs)
}

// firstRefs lists the first records that are meant: an incident may have thousands.
func firstRefs(events []analysis.EventRef, limit int, meant func(*analysis.EventRef) bool) []*analysis.EventRef {
	var refs []*analysis.EventRef
	for i := 0; i < len(events) && len(refs) < limit; i++ {
		if meant(&events[i]) {
			refs = append(refs, &events[i])
		}
	}
	return refs
}

// manySources is from how many sources on that one of them has a neighbour in another incident is chance.
const manySources = 20

// correlations tells what other incidents of the report have in common with this one, or that none has.
func (w Writer) correlations(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	marks := marksOf(in)
	own := map[string]bool{}
	sharing := map[*analysis.ScoredIncident]bool{} // those that have one of its addresses as a source
	for _, s := range in.Sources {
		own[s.IP] = true
		if s.IP != "" {
			for _, o := range w.index.others(in, mark{markSource, s.IP}) {
				sharing[o] = true
			}
		}
	}
	for _, m := range marks {
		if len(list) == 8 {
			break
		}
		if m.what == markNetwork && len(in.Sources) > manySources {
			continue
		}
		others := w.index.others(in, m)
		if m.what == markNetwork {
			others = slices.DeleteFunc(others, func(o *analysis.ScoredIncident) bool {
				return !slices.ContainsFunc(o.Sources, func(s analysis.Source) bool {
					p, ok := networkOf(s.IP)
					return ok && p.String() == m.value && !own[s.IP]
				})
			})
		}
		if len(others) == 0 {
			continue
		}
		where := incidentList(others)
		var text string
		meant := isTry
		switch m.what {
		case markSource:
			text = fmt.Sprintf("The same source, %s, is in %s.", m.value, where)
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && e.Source.IP == m.value
			}
		case markName:
			others = slices.DeleteFunc(others, func(o *analysis.ScoredIncident) bool {
				return slices.ContainsFunc(o.Sources, func(s analysis.Source) bool {
					return s.IP != "" && strings.EqualFold(s.Name, m.value) && own[s.IP]
				})
			})
			if len(others) == 0 {
				continue
			}
			text = fmt.Sprintf("A source of the same name, %s, is in %s.", m.value, incidentList(others))
			meant = func(e *analysis.EventRef) bool { return isTry(e) && strings.EqualFold(e.Source.Name, m.value) }
		case markNetwork:
			text = fmt.Sprintf("Another address of the network %s is in %s.", m.value, where)
			if len(others) > 1 {
				text = fmt.Sprintf("Other addresses of the network %s are in %s.", m.value, where)
			}
			meant = func(e *analysis.EventRef) bool {
				p, ok := networkOf(e.Source.IP)
				return isTry(e) && ok && p.String() == m.value
			}
		case markLogin:
			text = fmt.Sprintf("The same log-in string, %q, is in %s.", m.value, where)
			meant = func(e *analysis.EventRef) bool { return e.User == m.value }
		case markPair:
			text = fmt.Sprintf("The same pair of source and target port, %s, is in %s.", m.value, where)
			meant = func(e *analysis.EventRef) bool {
				return fmt.Sprintf("%d to %d/%s", e.SrcPort, e.Port, e.Proto) == m.value
			}
		case markFixed:
			text = fmt.Sprintf("A source that keeps to source port %s is in %s too.", m.value, where)
			meant = func(e *analysis.EventRef) bool { return isTry(e) && fmt.Sprint(e.SrcPort) == m.value }
		case markTool:
			text = fmt.Sprintf("A port that lists give %s as a default was tried in %s too.", m.value, where)
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && e.Port != 0 && slices.ContainsFunc(knowledge.Ports(e.Proto, e.Port).Trojans, func(t knowledge.Trojan) bool { return t.Name == m.value })
			}
		case markWorm:
			others = slices.DeleteFunc(others, func(o *analysis.ScoredIncident) bool { return sharing[o] })
			if len(others) == 0 {
				continue
			}
			meant = func(e *analysis.EventRef) bool { return e.Kind == m.value }
			text = fmt.Sprintf("The same kind of worm, %s, came from other sources in %s.", m.value, incidentList(others))
			if n := len(others); n > 5 {
				text = fmt.Sprintf("The same kind of worm, %s, came from other sources in %d other incidents, from %s to %s.", m.value, n, others[0].First.Format(time.DateOnly), others[n-1].First.Format(time.DateOnly))
			}
		case markService:
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && serviceName(e)+" of "+cmp.Or(e.Target.Host, e.Target.IP, e.Host) == m.value
			}
			others = slices.DeleteFunc(others, func(o *analysis.ScoredIncident) bool { return sharing[o] })
			if len(others) == 0 {
				continue
			}
			others = slices.DeleteFunc(others, nameless)
			if len(others) == 0 || nameless(in) {
				continue // who knows whether they are other sources
			}
			text = fmt.Sprintf("The same service, %s, was tried in %s too, from other sources.", m.value, incidentList(others))
			if len(others) > 5 { // weather rather than a correlation
				text = fmt.Sprintf("The same service, %s, was tried in %d other incidents too, from other sources.", m.value, len(others))
			}
		}
		list = append(list, observed(numbered("same-"+m.what, len(list)), text, w.evidenceOf(in, others, meant)))
	}
	list = append(list, w.samePeriod(in)...)
	linked := slices.ContainsFunc(list, func(o analysis.Observation) bool { return !strings.HasPrefix(o.ID, "same-"+markService) })
	switch {
	case len(w.index.all) == 1:
		list = append(list, observed("only-one", "It is the only incident of this report: there is no other to compare it with.", in.Evidence))
	case !linked:
		list = append(list, w.nothingShared(in, marks)...)
	}
	for i, user := range in.Users {
		if m, ok := knowledge.LoginMark(user); ok {
			list = append(list, known(numbered("login-mark", i), m.Text, strings.Join(m.Sources, "; ")))
		}
	}
	return list
}

// samePeriod tells of another incident whose attempts follow a timer of the same period.
func (w Writer) samePeriod(in *analysis.ScoredIncident) []analysis.Observation {
	p, ok := periodOf(in.AttemptList)
	if !ok {
		return nil
	}
	var others []*analysis.ScoredIncident
	for _, t := range w.index.periods {
		if o := t.incident; o != in && math.Abs(t.period.mean()-p.mean()) <= max(2, 0.02*p.mean()) {
			others = append(others, o)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return []analysis.Observation{observed("same-timer", fmt.Sprintf("Attempts that start about %s apart are in %s too.", p.length(), incidentList(others)),
		w.evidenceOf(in, others, isTry))}
}

func (w Writer) nothingShared(in *analysis.ScoredIncident, marks []mark) []analysis.Observation {
	names := map[string][2]string{
		markSource:  {"its source", "one of its sources"},
		markName:    {"a source of its name", "a source of one of their names"},
		markNetwork: {"another address of its source's network", "another address of their networks"},
		markLogin:   {"its uncommon log-in string", "one of its uncommon log-in strings"},
		markPair:    {"its pair of source and target port", "one of its pairs of source and target port"},
		markFixed:   {"a source that keeps to its source port", "a source that keeps to one of their source ports"},
		markTool:    {"a port of the same trojan", "a port of the same trojans"},
	}
	var words []string
	for _, what := range [...]string{markSource, markName, markNetwork, markLogin, markPair, markFixed, markTool} {
		if in.EvidenceCapped && (what == markLogin || what == markPair || what == markFixed) {
			continue // not all of them are kept
		}
		n := 0
		for _, m := range marks {
			if m.what == what {
				n++
			}
		}
		if n > 0 {
			words = append(words, names[what][min(n, 2)-1])
		}
	}
	if _, ok := periodOf(in.AttemptList); ok {
		words = append(words, "a timer of the same period")
	}
	if len(words) == 0 || nameless(in) {
		return nil // nothing to compare by: no record names the source
	}
	list := series(words)
	if n := len(words); n > 1 {
		list = strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return []analysis.Observation{observed("nothing-shared", fmt.Sprintf("No other incident of this report has %s.", list), w.cite(in, isTry))}
}

// restart tells of a daemon that was restarted since an earlier incident on the same host.
func (w Writer) restart(in *analysis.ScoredIncident) []analysis.Observation {
	var keys []daemon
	for d := range w.index.daemons {
		keys = append(keys, d)
	}
	slices.SortFunc(keys, func(a, b daemon) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.program, b.program), cmp.Compare(a.proto, b.proto))
	})
	for _, d := range keys {
		list := w.index.daemons[d]
		for i := 1; i < len(list); i++ {
			was, is := list[i-1], list[i]
			if is.begins != in {
				continue
			}
			// Two processes that take turns run side by side; neither was restarted.
			turns := slices.ContainsFunc(list[:i-1], func(o instance) bool { return o.pid == is.pid || o.pid == was.pid }) ||
				slices.ContainsFunc(list[i+1:], func(o instance) bool { return o.pid == is.pid || o.pid == was.pid })
			if turns {
				continue
			}
			since := "its last record here"
			if was.incident != in && was.incident.Number != 0 {
				since = fmt.Sprintf("incident %d", was.incident.Number)
			}
			return []analysis.Observation{observed("restart", fmt.Sprintf("The process id of %s on %s is %d, and was %d in %s at %s: it was restarted in between.",
				d.program, cmp.Or(d.host, "the host"), is.pid, was.pid, since, stamp(was.last.at)),
				w.lines([]*analysis.EventRef{{Input: was.last.input, Lines: was.last.lines}, {Input: is.first.input, Lines: is.first.lines}}))}
		}
	}
	return nil
}

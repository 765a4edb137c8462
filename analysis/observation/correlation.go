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

// index finds the incidents that have something in common. It holds the incidents that are told and
// those of the background alike; the latter have no number.
type index struct {
	all      []*analysis.ScoredIncident
	by       map[mark][]int
	periods  []timed
	last     map[int]time.Time // of the records of an input
	reversed map[int]bool      // inputs that run newest first
	daemons  map[daemon][]instance
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
)

type timed struct {
	incident int
	period   period
}

// daemon is a program that runs all the time; instance is one process of it.
type daemon struct{ host, program, proto string }

type instance struct {
	pid         int
	first, last *analysis.EventRef
	incident    *analysis.ScoredIncident // of last
	begins      *analysis.ScoredIncident // of first
}

// longRunning are programs whose process id stays while they run. Children of inetd get another
// one each time.
var longRunning = [...]string{"portsentry", "abacus_sentry"}

func newIndex(told, rest []analysis.ScoredIncident) *index {
	x := &index{by: map[mark][]int{}, last: map[int]time.Time{}, reversed: map[int]bool{}, daemons: map[daemon][]instance{}}
	for _, list := range [...][]analysis.ScoredIncident{told, rest} {
		for i := range list {
			x.all = append(x.all, &list[i])
		}
	}
	forward, back := map[int]int{}, map[int]int{}
	for n, in := range x.all {
		for _, m := range marksOf(in) {
			x.by[m] = append(x.by[m], n)
		}
		if p, ok := periodOf(in.AttemptList); ok {
			x.periods = append(x.periods, timed{n, p})
		}
		previous := map[int]*analysis.EventRef{}
		for i := range in.Events {
			e := &in.Events[i]
			if e.Time.After(x.last[e.Input]) {
				x.last[e.Input] = e.Time
			}
			if p := previous[e.Input]; p != nil && !p.Time.Equal(e.Time) {
				if e.Offset < p.Offset {
					back[e.Input]++
				} else {
					forward[e.Input]++
				}
			}
			previous[e.Input] = e
		}
	}
	for input, n := range back {
		x.reversed[input] = n >= 9*forward[input]
	}
	x.watchDaemons()
	return x
}

// watchDaemons lists the processes of long-running programs in order of time. PortSentry runs one
// process for each protocol, so records that name none do not count.
func (x *index) watchDaemons() {
	type use struct {
		e  *analysis.EventRef
		in *analysis.ScoredIncident
	}
	uses := map[daemon][]use{}
	for _, in := range x.all {
		for i := range in.Events {
			e := &in.Events[i]
			if e.PID != 0 && e.Proto != "" && slices.Contains(longRunning[:], e.Program) {
				d := daemon{e.Host, e.Program, e.Proto}
				uses[d] = append(uses[d], use{e, in})
			}
		}
	}
	for d, list := range uses {
		slices.SortStableFunc(list, func(a, b use) int {
			return cmp.Or(a.e.Time.Compare(b.e.Time), cmp.Compare(a.e.Input, b.e.Input), cmp.Compare(a.e.Offset, b.e.Offset))
		})
		var found []instance
		for _, u := range list {
			if n := len(found); n > 0 && found[n-1].pid == u.e.PID {
				found[n-1].last, found[n-1].incident = u.e, u.in
				continue
			}
			found = append(found, instance{u.e.PID, u.e, u.e, u.in, u.in})
		}
		x.daemons[d] = found
	}
}

// goesOn reports whether the log of an incident's packets has records at or after a time, so that it
// would have shown another packet.
func (x *index) goesOn(in *analysis.ScoredIncident, t time.Time) bool {
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
		if s.Name == "unknown" && s.IP == "" {
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
		if h := cmp.Or(e.Target.Host, e.Target.IP, e.Host); h != "" && e.Port != 0 && isTry(e) {
			add(markService, serviceName(e)+" of "+h)
		}
	}
	return list
}

// nameless reports whether an incident has a source that no record names.
func nameless(in *analysis.ScoredIncident) bool {
	return slices.ContainsFunc(in.Sources, func(s analysis.Source) bool { return s.IP == "" && s.Name == "unknown" })
}

// others lists the other incidents that share a mark, earliest first.
func (x *index) others(in *analysis.ScoredIncident, m mark) []*analysis.ScoredIncident {
	var list []*analysis.ScoredIncident
	for _, n := range x.by[m] {
		if x.all[n] != in {
			list = append(list, x.all[n])
		}
	}
	slices.SortStableFunc(list, func(a, b *analysis.ScoredIncident) int { return a.First.Compare(b.First) })
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
		words = append(words, fmt.Sprintf("incident %d (%s)", o.Number, o.First.Format(time.DateOnly)))
	}
	if len(words) > 5 {
		words = append(words[:5], Count(len(words)-5, "more", "more"))
	}
	if background > 0 {
		words = append(words, fmt.Sprintf("%d of the background", background))
	}
	return series(words)
}

// evidenceOf cites this incident and the first others.
func (w Writer) evidenceOf(in *analysis.ScoredIncident, others []*analysis.ScoredIncident, meant func(*analysis.EventRef) bool) []analysis.Citation {
	refs := refsOf(in, meant)
	refs = refs[:min(len(refs), 20)]
	for i, o := range others {
		if i == 5 {
			break
		}
		r := refsOf(o, meant)
		refs = append(refs, r[:min(len(r), 5)]...)
	}
	return w.lines(refs)
}

// correlations tells what other incidents of the report have in common with this one, or that none has.
func (w Writer) correlations(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	marks := marksOf(in)
	own := map[string]bool{}
	for _, s := range in.Sources {
		own[s.IP] = true
	}
	for _, m := range marks {
		if len(list) == 8 {
			break
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
		case markService:
			meant = func(e *analysis.EventRef) bool {
				return isTry(e) && serviceName(e)+" of "+cmp.Or(e.Target.Host, e.Target.IP, e.Host) == m.value
			}
			others = slices.DeleteFunc(others, func(o *analysis.ScoredIncident) bool {
				return slices.ContainsFunc(o.Sources, func(s analysis.Source) bool { return own[s.IP] && s.IP != "" })
			})
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
		list = append(list, observed("only-one", "It is the only incident of this report: there is no other to compare it with.", some(in.Evidence)))
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
		if o := w.index.all[t.incident]; o != in && math.Abs(t.period.mean()-p.mean()) <= max(2, 0.02*p.mean()) {
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
	if len(words) == 0 {
		return nil // nothing to compare by: no record names the source
	}
	list := series(words)
	if n := len(words); n > 1 {
		list = strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return []analysis.Observation{observed("nothing-shared", fmt.Sprintf("No other incident of this report has %s.", list), some(w.cite(in, isTry)))}
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
				d.program, cmp.Or(d.host, "the host"), is.pid, was.pid, since, stamp(was.last.Time)), w.lines([]*analysis.EventRef{was.last, is.first}))}
		}
	}
	return nil
}

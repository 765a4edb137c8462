package observation

import (
	"cmp"
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// An incident asks at least so many questions, where there are so many, and at most: more are not read.
const (
	minPrompts = 3
	maxPrompts = 6
)

// Prompts lists the questions that the analyst has to answer about each incident: what its severity
// lacks, what its evidence leaves open, and what its kinds ask. A question whose words an earlier
// incident has asked already is asked again only where there would be too few. Observations must
// have been written.
func (w Writer) Prompts(all []*analysis.ScoredIncident) [][]analysis.Prompt {
	asked := map[string]bool{}
	lists := make([][]analysis.Prompt, len(all))
	for i := range all {
		var fresh, again []analysis.Prompt
		for _, p := range w.candidates(all[i]) {
			if slices.ContainsFunc(fresh, func(f analysis.Prompt) bool { return f.Text == p.Text }) {
				continue
			}
			if asked[p.Text] {
				again = append(again, p)
			} else {
				fresh = append(fresh, p)
			}
		}
		fresh = fresh[:min(len(fresh), maxPrompts)]
		for _, p := range slices.Concat(spare(all[i]), again) {
			if len(fresh) < minPrompts && !slices.ContainsFunc(fresh, func(f analysis.Prompt) bool { return f.ID == p.ID }) {
				fresh = append(fresh, p)
			}
		}
		for _, p := range fresh {
			asked[p.Text] = true
		}
		lists[i] = fresh
	}
	return lists
}

// interval writes points with a true minus sign.
func interval(low, high int) string {
	text := fmt.Sprint(low)
	if low != high {
		text = fmt.Sprintf("%d to %d", low, high)
	}
	return strings.ReplaceAll(text, "-", "−")
}

// spare lists questions that hold for every incident, for one that has too few of its own.
func spare(in *analysis.ScoredIncident) []analysis.Prompt {
	if nameless(in) {
		return nil
	}
	source := sourceOf(&in.Incident)
	list := []analysis.Prompt{
		{ID: "more", Topic: analysis.TopicCorrelations, Text: fmt.Sprintf("What else do the logs of the site have of %s in the days around %s?", source, in.First.Format("2006-01-02 15:04"))},
	}
	for _, s := range in.Sources {
		if ip, err := netip.ParseAddr(s.IP); err != nil || special(ip, in) {
			return list // nobody to tell
		}
	}
	return append(list, analysis.Prompt{ID: "told", Topic: analysis.TopicDefence, Text: fmt.Sprintf("Has whoever runs the network of %s been told, and what came back?", source)})
}

// special reports whether an address is nobody's on the Internet.
func special(ip netip.Addr, in *analysis.ScoredIncident) bool {
	_, ok := knowledge.Special(ip.Unmap(), in.First.Year())
	return ok
}

// candidates lists the questions of one incident, the most specific first.
func (w Writer) candidates(in *analysis.ScoredIncident) []analysis.Prompt {
	var list []analysis.Prompt
	add := func(topic analysis.Topic, id, format string, args ...any) {
		list = append(list, analysis.Prompt{ID: id, Topic: topic, Text: fmt.Sprintf(format, args...)})
	}
	source, target := sourceOf(&in.Incident), targetOf(&in.Incident)
	if s := in.Severity.Stated; s != nil && !s.Agrees {
		add(analysis.TopicSeverity, "total", "Which holds: the four factors, which give %s, or the total of %s that was written down?",
			interval(in.Severity.Low, in.Severity.High), interval(s.Low, s.High))
	}
	if in.Severity.Suggested.Criticality.Origin == analysis.OriginSite && in.Severity.Criticality.Origin != analysis.OriginAnalyst {
		add(analysis.TopicSeverity, "asset", "What is %s worth to the site, and how is it protected? The severity assumes the middle of the scale.", firstTarget(&in.Incident))
	}
	for _, o := range in.Observations {
		switch {
		case strings.HasPrefix(o.ID, "after-block") && o.Class == analysis.ClassObserved:
			add(analysis.TopicSeverity, "block", "Was the block of %s in force on %s after the claim: does the routing table or hosts.deny of that time show it?", source, target)
		case strings.HasPrefix(o.ID, "already-blocked") && o.Class == analysis.ClassObserved:
			add(analysis.TopicSeverity, "block", "When did the sensor on %s block %s first, and is that block still in force?", target, source)
		case o.ID == "undecided":
			_, names := undecided(in)
			add(analysis.TopicDescription, "let-in", "Was %s let in to %s on %s? The daemon's own log, wtmp or xferlog may tell.", source, few(names, 3), target)
		case o.ID == "unequal-system" || o.ID == "unequal-network":
			add(analysis.TopicSeverity, "unequal", "Which rating of the %s countermeasures holds for both incidents?", strings.TrimPrefix(o.ID, "unequal-"))
		case o.ID == "counted-twice":
			add(analysis.TopicSeverity, "lethality", "How lethal would the attempt of %s have been, had nothing stopped it?", source)
		case strings.HasPrefix(o.ID, "missing-"):
			add(analysis.TopicTrace, o.ID, "Why does the log lack the beginning of that attempt: did the line or the sensor of %s come up just then?", target)
		case o.ID == "success-after-failures":
			add(analysis.TopicDescription, "owner", "Does the owner of the account confirm the log-in from %s?", source)
		case o.ID == "allowed-after-refusal":
			add(analysis.TopicSeverity, "changed", "What changed between the refusal and the admission of %s: the rule, the name, or the service?", source)
		case strings.HasPrefix(o.ID, "own-"):
			add(analysis.TopicSpoofing, "own", "Which machine of the site had the address %s at %s, and who used it?", source, stamp(in.First))
		case o.ID == "timer":
			p, _ := periodOf(in.AttemptList)
			add(analysis.TopicMechanism, "timer", "Which program tries again every %s?", p.length())
		}
	}
	values := placeholders(&in.Incident)
	for n, id := range in.Kinds {
		k, ok := w.kinds.Kind(id)
		if !ok || (n > 0 && len(list) >= 4) {
			continue
		}
		for i, q := range k.Questions {
			if text, ok := fill(q, values); ok {
				add(analysis.TopicDescription, fmt.Sprintf("%s-%d", id, i+1), "%s", text)
			}
		}
	}
	// What a rule let in is worth a question where the kinds leave room for it.
	if slices.ContainsFunc(in.Events, func(e analysis.EventRef) bool { return letIn(&e) }) {
		add(analysis.TopicDefence, "rule", "Which line of hosts.allow, or the lack of one in hosts.deny, let %s in on %s, and is that what the site wants?", source, target)
	}
	return list
}

var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

// fill puts the incident's values into a text of the catalogue. ok is false when one is missing. It
// replaces in a single pass, because a value comes from a log and may look like a placeholder.
func fill(text string, values map[string]string) (filled string, ok bool) {
	ok = true
	filled = placeholder.ReplaceAllStringFunc(text, func(m string) string {
		v := values[strings.Trim(m, "{}")]
		if v == "" {
			ok = false
		}
		return v
	})
	return filled, ok
}

func placeholders(in *analysis.Incident) map[string]string {
	v := map[string]string{"source": sourceOf(in), "target": targetOf(in), "count": fmt.Sprint(in.Attempts), "time": in.First.Format("2006-01-02 15:04")}
	if len(in.Services) > 0 {
		s := in.Services[0]
		v["service"] = s.Name
		if s.Port != 0 {
			v["port"] = fmt.Sprint(s.Port)
			if s.Proto != "" {
				v["port"] += "/" + s.Proto
			}
			v["service"] = cmp.Or(v["service"], "port "+v["port"])
		}
		if n := len(in.Services); n > 1 {
			delete(v, "port")
			v["service"] = serviceList(in.Services)
		}
	}
	for _, u := range in.Users {
		if u != "???" {
			v["user"] = u
			break
		}
	}
	return v
}

func sourceOf(in *analysis.Incident) string {
	if len(in.Sources) > 1 {
		return fmt.Sprintf("the %d sources", len(in.Sources))
	}
	if len(in.Sources) == 0 || (in.Sources[0].IP == "" && in.Sources[0].Name == "unknown") {
		return "the unnamed source"
	}
	return cmp.Or(in.Sources[0].IP, in.Sources[0].Name)
}

func targetOf(in *analysis.Incident) string {
	if n := len(in.Targets); n > 1 {
		return fmt.Sprintf("the %d targets", n)
	}
	return firstTarget(in)
}

func firstTarget(in *analysis.Incident) string {
	for _, t := range in.Targets {
		if name := cmp.Or(t.Host, t.IP); name != "" {
			return name
		}
	}
	if len(in.Evidence) > 0 {
		return "the machine that wrote " + path.Base(in.Evidence[0].File)
	}
	return "the target"
}

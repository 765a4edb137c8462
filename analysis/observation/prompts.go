package observation

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/lazily"
	"practicum/analysis/uniq"
)

// An incident asks at least so many questions, where there are so many, and at most: more are not read.
const (
	minPrompts = 3
	maxPrompts = 6
)

// often is how many incidents of a report may ask one question of the catalogue, each in its own words,
// before those that have another one leave it out.
const often = 2

// assets is how many machines of the site a report asks the worth of, one by one.
const assets = 5

// question is a prompt that may be asked.
type question struct {
	analysis.Prompt
	// of is what the question is made from. Two incidents whose questions are made from one text read as
	// copies although the addresses differ.
	of string
	// timeless is the text without the time, which alone makes no other question.
	timeless string
	// must is set where the evidence itself asks: no other question takes its place.
	must bool
}

// Prompts lists the questions that the analyst has to answer about each incident: what its evidence
// leaves open, which harmless explanation was tried, what its kinds ask, who acts on it and what its
// severity lacks. Where many incidents are alike, later ones ask what sets them apart, and take turns
// with the questions of their kind. Observations must have been written.
func (w Writer) Prompts(all []*analysis.ScoredIncident) [][]analysis.Prompt {
	asked := map[string]bool{} // texts
	times := map[string]int{}  // of what questions are made from
	like := map[string]*analysis.ScoredIncident{}
	lists := make([][]analysis.Prompt, len(all))
	for i := range all {
		in := all[i]
		var chosen []analysis.Prompt
		take := func(q question) {
			if len(chosen) < maxPrompts && !slices.ContainsFunc(chosen, func(p analysis.Prompt) bool { return p.Text == q.Text || p.ID == q.ID }) {
				chosen = append(chosen, q.Prompt)
				asked[q.Text], asked[q.timeless] = true, true
				times[q.of]++
			}
		}
		var kinds []question
		for _, q := range w.evident(in) {
			if q.must || (!asked[q.Text] && times[q.of] < assets) {
				take(q)
			}
		}
		chosen = chosen[:min(len(chosen), maxPrompts-2)]
		series := seriesOf(in)
		before := like[series]
		like[series] = in
		alike := before != nil
		if alike {
			take(question{Prompt: apart(in, before), of: "apart"})
		}
		for _, q := range w.ofKinds(in) {
			if !asked[q.timeless] {
				kinds = append(kinds, q)
			}
		}
		// What has been asked least comes first; among equals, what the catalogue has first.
		slices.SortStableFunc(kinds, func(a, b question) int { return cmp.Compare(times[a.of]/often, times[b.of]/often) })
		for n, q := range kinds {
			if n < 2 && !alike {
				take(q)
			}
		}
		if q, ok := w.harmless(in, times); ok {
			take(q)
		}
		if !alike {
			if q, ok := w.owner(in, times); ok && !asked[q.Text] {
				take(q)
			}
			for _, q := range kinds {
				if times[q.of] < often {
					take(q)
				}
			}
		}
		rest := spare(in)
		if alike {
			rest, kinds = slices.Concat(kinds, rest), nil
		}
		slices.SortStableFunc(rest, func(a, b question) int { return cmp.Compare(times[a.of], times[b.of]) })
		for _, q := range slices.Concat(kinds, rest) {
			if len(chosen) < minPrompts {
				take(q)
			}
		}
		lists[i] = chosen
	}
	return lists
}

// seriesOf is what incidents have in common that differ by little more than their source and time.
func seriesOf(in *analysis.ScoredIncident) string {
	return strings.Join(in.Kinds, " ") + "|" + servicesOf(&in.Incident, in.Services) + "|" + targetOf(&in.Incident) + "|" + strings.Join(in.Users, " ") + "|" + strings.Join(in.Accounts, " ")
}

// apart asks whether the answer to an earlier incident that is alike holds for this one.
func apart(in, before *analysis.ScoredIncident) analysis.Prompt {
	what := targetOf(&in.Incident)
	if services := servicesOf(&in.Incident, in.Services); services != "" {
		what = services + " of " + what
	}
	when := Duration(in.First.Sub(before.First).Abs())
	side := "before"
	if in.First.Before(before.First) {
		side = "after"
	}
	source, other := sourceOf(&in.Incident), sourceOf(&before.Incident)
	text := fmt.Sprintf("Incident %d is the same try at %s, by %s, %s %s this one: does its answer hold for %s too?", before.Number, what, other, when, side, source)
	mine, ok := networkOf(source)
	if theirs, both := networkOf(other); ok && both && mine == theirs {
		text = fmt.Sprintf("Incident %d is the same try at %s, from %s in the same network %s, %s %s: are both one visitor's?", before.Number, what, other, mine, when, side)
	}
	if source == other {
		text = fmt.Sprintf("Incident %d is the same try at %s by the same source, %s %s: why did %s come back?", before.Number, what, when, side, source)
	}
	return analysis.Prompt{ID: "apart", Topic: analysis.TopicCorrelations, Text: text}
}

// least picks the text of a list that was used least.
func least(list []string, times map[string]int) string {
	best := ""
	for _, text := range list {
		if best == "" || times[text] < times[best] {
			best = text
		}
	}
	return best
}

// harmless asks for one harmless explanation of the kind to be tried; incidents of a kind take turns.
func (w Writer) harmless(in *analysis.ScoredIncident, times map[string]int) (question, bool) {
	k, ok := w.kinds.MostLethal(in.Kinds)
	if !ok {
		return question{}, false
	}
	var explanations []string
	for _, text := range k.Benign {
		if _, ok := fill(text, conditions(in)); ok && !strings.HasPrefix(text, "This kind") && !strings.HasPrefix(text, "None") {
			explanations = append(explanations, text)
		}
	}
	text := least(explanations, times)
	if text == "" {
		return question{}, false
	}
	could, _ := fill(text, conditions(in))
	could = strings.Replace(strings.TrimSuffix(could, "."), "; then ", ", in which case ", 1)
	could, _, _ = strings.Cut(could, "; ")
	return question{of: text, Prompt: analysis.Prompt{ID: "harmless", Topic: analysis.TopicDescription,
		Text: fmt.Sprintf("Could it be harmless: %s? What do the logs of %s have around %s that speaks for or against it?", lower(could), targetOf(&in.Incident), in.First.Format("2006-01-02 15:04"))}}, true
}

// properNames are capital within a sentence as well.
var properNames = []string{"Internet", "Windows", "Linux", "Solaris", "Trend", "Apache", "Samba", "Ident"}

// lower makes of a sentence's beginning a word within one, unless it is a name.
func lower(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if len(word) > 0 && strings.ToLower(word[1:]) == word[1:] && !slices.Contains(properNames, word) {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// owner asks who follows a recommendation of the kind, and by when.
func (w Writer) owner(in *analysis.ScoredIncident, times map[string]int) (question, bool) {
	k, ok := w.kinds.MostLethal(in.Kinds)
	if !ok {
		return question{}, false
	}
	text := least(k.Recommendations, times)
	filled, ok := fill(text, w.values(in))
	if !ok {
		return question{}, false
	}
	return question{of: text, Prompt: analysis.Prompt{ID: "owner", Topic: analysis.TopicDefence,
		Text: fmt.Sprintf("Who acts on this for %s, and by when: %s?", targetOf(&in.Incident), lower(strings.TrimRight(filled, ".?")))}}, true
}

// orAny makes of several machines one that may be any of them, so that a sentence about one holds.
func orAny(name string) string {
	if rest, ok := strings.CutPrefix(name, "the "); ok && rest != "" && (rest[0] >= '0' && rest[0] <= '9' || rest == "targets") {
		return "any of " + name
	}
	return name
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
func spare(in *analysis.ScoredIncident) []question {
	if nameless(&in.Incident) {
		return nil
	}
	source := sourceOf(&in.Incident)
	list := []question{
		{of: "more", Prompt: analysis.Prompt{ID: "more", Topic: analysis.TopicCorrelations, Text: fmt.Sprintf("What else do the logs of the site have of %s in the days around %s?", source, in.First.Format("2006-01-02 15:04"))}},
	}
	for _, s := range in.Sources {
		if ip, err := netip.ParseAddr(s.IP); err != nil || special(ip, in) {
			return list // nobody to tell
		}
	}
	list = append(list, question{of: "listed", Prompt: analysis.Prompt{ID: "listed", Topic: analysis.TopicCorrelations, Text: fmt.Sprintf("Does a block list, a published log or another site's report of those days name %s?", source)}})
	if n, ok := networkOf(source); ok {
		list = append(list, question{of: "holder", Prompt: analysis.Prompt{ID: "holder", Topic: analysis.TopicTrace, Text: fmt.Sprintf("Who held the network of %s (%s) in %s, and is it one of homes, of servers or of a company?", source, n, in.First.Format("January 2006"))}})
	}
	return append(list, question{of: "told", Prompt: analysis.Prompt{ID: "told", Topic: analysis.TopicDefence, Text: fmt.Sprintf("Has whoever runs the network of %s been told, and what came back?", source)}})
}

// special reports whether an address is nobody's on the Internet.
func special(ip netip.Addr, in *analysis.ScoredIncident) bool {
	_, ok := knowledge.Special(ip.Unmap(), in.First.Year())
	return ok
}

// evident lists the questions that the evidence of one incident asks, the weightiest first.
func (w Writer) evident(in *analysis.ScoredIncident) []question {
	var list []question
	add := func(topic analysis.Topic, id, format string, args ...any) {
		list = append(list, question{of: id, must: id != "asset", Prompt: analysis.Prompt{ID: id, Topic: topic, Text: fmt.Sprintf(format, args...)}})
	}
	source, target := sourceOf(&in.Incident), targetOf(&in.Incident)
	if s := in.Severity.Stated; s != nil && !s.Agrees {
		add(analysis.TopicSeverity, "total", "Which holds: the four factors, which give %s, or the total of %s that was written down?",
			interval(in.Severity.Low, in.Severity.High), interval(s.Low, s.High))
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
		case o.ID == "missing-1":
			add(analysis.TopicTrace, "missing", "Did the line or the sensor of %s come up just before %s, so that the log lacks the beginning of that attempt?", target, stamp(w.incomplete(in)[0].Start))
		case o.ID == "answer-success":
			if slices.ContainsFunc(in.Observations, func(o analysis.Observation) bool {
				return o.ID == "served" && !strings.Contains(o.Text, " was answered with")
			}) {
				add(analysis.TopicDescription, "served", "What did %s send for the requests that it answered with a success: do the pages exist, and what do they print when they are asked again?", target)
				break
			}
			add(analysis.TopicDescription, "served", "What did %s send for the request that it answered with a success: does the page exist, and what does it print when it is asked again?", target)
		case o.ID == "answer-wordpress":
			add(analysis.TopicDescription, "wordpress", "Whose account was it that logged in to WordPress, and what did the session change: users, plugins, themes, uploads?")
		case o.ID == "transfer-served":
			add(analysis.TopicDescription, "transfer", "Is %s one of the secondary servers of the zone that was sent, and which names in it were not meant for strangers?", source)
		case strings.HasPrefix(o.ID, "same-timer"):
			add(analysis.TopicCorrelations, "one-timer", "Do the timers of incident %d and of those that keep the same period run in step, as one operator's would?", in.Number)
		case o.ID == "allowed-after-refusal":
			add(analysis.TopicSeverity, "changed", "What changed between the refusal and the admission of %s: the rule, the name, or the service?", source)
		case strings.HasPrefix(o.ID, "own-"):
			add(analysis.TopicSpoofing, "own", "Which machine of the site had the address %s at %s, and who used it?", source, stamp(in.First))
		case o.ID == "timer":
			p, _ := periodOf(in.AttemptList)
			add(analysis.TopicMechanism, "timer", "Which program at %s tries %s again every %s?", p.source, cmp.Or(p.tried(in), "this"), p.length())
		}
	}
	if ips := privateSources(in); len(ips) > 0 {
		add(analysis.TopicSpoofing, "private", "Which machine had the address %s at %s, or whose network lets it out?", few(ips, 2), stamp(in.First))
	}
	// What a rule let in is worth a question where the evidence leaves room for it.
	if some(in, letIn) && len(list) < 2 {
		add(analysis.TopicDefence, "rule", "Which line of hosts.allow, or the lack of one in hosts.deny, let %s in on %s, and is that what the site wants?", source, target)
	}
	if in.Severity.Suggested.Criticality.Origin == analysis.OriginSite && in.Severity.Criticality.Origin != analysis.OriginAnalyst && len(w.group(in)) == 0 {
		add(analysis.TopicSeverity, "asset", "What is %s worth to the site, and how is it protected? The severity assumes the middle of the scale.", firstTarget(&in.Incident))
	}
	return list
}

// enteredAccounts lists the accounts of which a log-in succeeded in an incident that is about one after failures.
func enteredAccounts(in *analysis.ScoredIncident) []string {
	var names uniq.List[string]
	for _, l := range suspiciousLogins(in) {
		names.Add(l.User)
	}
	return names.All
}

// privateSources lists the sources whose addresses the Internet does not route and many networks use.
func privateSources(in *analysis.ScoredIncident) []string {
	var list []string
	for _, s := range in.Sources {
		ip, err := netip.ParseAddr(s.IP)
		if err != nil {
			continue
		}
		if special, ok := knowledge.Special(ip.Unmap(), in.First.Year()); ok {
			switch special.Class {
			case knowledge.AddressPrivate, knowledge.AddressShared, knowledge.AddressLinkLocal:
				list = append(list, s.IP)
			}
		}
	}
	return list
}

// values are the incident's own for the texts of the catalogue. Whose log-in succeeded is meant by the user, not who was
// tried first.
func (w Writer) values(in *analysis.ScoredIncident) map[string]string {
	values := placeholders(&in.Incident)
	for i := range in.Events {
		if e := &in.Events[i]; loggedIn(e) && e.User != "" {
			values["user"] = e.User
			break
		}
	}
	if names := enteredAccounts(in); len(names) > 1 {
		values["user"] = "each of " + few(names, 4)
	}
	return values
}

// ofKinds lists what the catalogue asks of the incident's kinds.
func (w Writer) ofKinds(in *analysis.ScoredIncident) []question {
	values := w.values(in)
	values["target"], values["source"] = orAny(values["target"]), orAny(values["source"])
	maps.Copy(values, conditions(in))
	var list []question
	for n, id := range in.Kinds {
		k, ok := w.kinds.Kind(id)
		if !ok || (n > 0 && len(list) >= 4) {
			continue
		}
		for i, q := range k.Questions {
			if text, ok := fill(q, values); ok {
				timeless, _ := fill(strings.ReplaceAll(q, "{{time}}", ""), values)
				list = append(list, question{of: q, timeless: timeless, Prompt: analysis.Prompt{ID: fmt.Sprintf("%s-%d", id, i+1), Topic: topicOf(q), Text: text}})
			}
		}
	}
	return list
}

// fewFailures is how often somebody may mistype.
const fewFailures = 8

// conditions gives the conditions of the catalogue's texts that hold for an incident.
func conditions(in *analysis.ScoredIncident) map[string]string {
	values := map[string]string{}
	for condition, formats := range answering {
		if !slices.ContainsFunc(in.Formats, func(f string) bool { return slices.Contains(formats, f) }) {
			values[condition] = ""
		}
	}
	// A late answer completes no handshake, and is not sent again on the schedule of an opening packet.
	if slices.ContainsFunc(in.AttemptList, func(a analysis.Attempt) bool { return len(a.Gaps) >= 2 }) ||
		some(in, proven) ||
		!some(in, func(e *analysis.EventRef) bool { return e.Proto == "tcp" || e.Proto == "" }) {
		delete(values, "if_no_flags")
	}
	if some(in, func(e *analysis.EventRef) bool { return e.Proto == "udp" }) {
		values["if_udp"] = ""
	}
	failures := refsOf(in, failed)
	rejected, times := len(failures), 0
	for _, e := range failures {
		times += e.Times()
	}
	if sessions, records := sessionsOf(failures); sessions > 0 && times == records {
		rejected, times = sessions, 0 // one that fails is told by several records
	}
	if !in.EvidenceCapped && max(rejected, times) <= fewFailures {
		values["if_few_failures"] = ""
	}
	if len((Writer{}).group(in)) > 0 {
		values["if_group"] = ""
	}
	return values
}

// cues are words of the catalogue's questions that tell to which part of a write-up the answer belongs.
var cues = [...]struct {
	words string
	topic analysis.Topic
}{
	{"other hosts", analysis.TopicTargeting}, {"another host", analysis.TopicTargeting}, {"other servers", analysis.TopicTargeting},
	{"hosts of the range", analysis.TopicTargeting}, {"eighbours", analysis.TopicTargeting}, {"come back", analysis.TopicTargeting},
	{"Do others", analysis.TopicCorrelations}, {"usual week", analysis.TopicCorrelations}, {"known tool", analysis.TopicMechanism},
	{"block list", analysis.TopicCorrelations}, {"other sites", analysis.TopicCorrelations}, {"length of the session", analysis.TopicMechanism},
	{"packet trace", analysis.TopicMechanism}, {"Was the account closed", analysis.TopicDefence}, {"automatic block", analysis.TopicDefence},
	{"on purpose", analysis.TopicDefence}, {"been told", analysis.TopicDefence},
}

func topicOf(question string) analysis.Topic {
	for _, c := range cues {
		if strings.Contains(question, c.words) {
			return c.topic
		}
	}
	return analysis.TopicDescription
}

// answering lists the log formats that answer what a question's condition is about.
var answering = map[string][]string{
	"if_no_flags":     {"netfilter", "ipfilter", "filterlog", "pf", "pfirewall", "tcpdump", "proxmox", "norton", "zonealarm"},
	"if_no_ttl":       {"netfilter", "filterlog", "proxmox", "snort"},
	"if_no_interface": {"netfilter", "ipchains", "ipfilter", "filterlog", "pf", "ipfw", "proxmox", "cisco"},
}

var placeholder = lazily.Regexp(`\{\{(\w+)\}\}`)

// fill puts the incident's values into a text of the catalogue. ok is false when one is missing. It
// replaces in a single pass, because a value comes from a log and may look like a placeholder.
func fill(text string, values map[string]string) (filled string, ok bool) {
	ok = true
	filled = placeholder().ReplaceAllStringFunc(text, func(m string) string {
		name := strings.Trim(m, "{}")
		v, known := values[name]
		if !known || (v == "" && !strings.HasPrefix(name, "if_")) {
			ok = false
		}
		return v
	})
	return filled, ok
}

func placeholders(in *analysis.Incident) map[string]string {
	count := fmt.Sprint(in.Attempts)
	if in.AttemptsAtLeast {
		count = "at least " + count
	}
	v := map[string]string{"source": sourceOf(in), "target": targetOf(in), "count": count, "time": in.First.Format("2006-01-02 15:04")}
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
			v["service"] = servicesOf(in, in.Services)
		}
	}
	for _, u := range slices.Concat(in.Users, in.Accounts) {
		if u != "???" {
			v["user"] = u
			break
		}
	}
	return v
}

func sourceOf(in *analysis.Incident) string {
	if len(in.Sources) > 1 {
		return fmt.Sprintf("the %s sources", grouped(len(in.Sources)))
	}
	if len(in.Sources) == 0 || in.Sources[0] == analysis.Unnamed {
		return "the unnamed source"
	}
	return cmp.Or(in.Sources[0].IP, in.Sources[0].Name)
}

func targetOf(in *analysis.Incident) string {
	if n := len(in.Targets); n > 1 {
		if in.Lacks(analysis.ListTargets) {
			return "the targets"
		}
		return fmt.Sprintf("the %s targets", grouped(n))
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
		return "the machine that wrote " + path.Base(analysis.LogName(in.Evidence[0].File))
	}
	return "the target"
}

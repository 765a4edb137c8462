package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"practicum/analysis/lazily"
)

// Kind is an entry of the catalogue of kinds: what a detect of this kind is, what it is worth, and what to ask.
//
// Questions and recommendations may hold the placeholders {{source}}, {{target}}, {{service}},
// {{port}}, {{user}}, {{count}} and {{time}}: the source's address or name, the target host, the service's
// short name, the target port, the log-in string, the number of attempts and the time of the first record. A text with a placeholder that an
// incident cannot fill is left out, so each kind has some without. Conditions, such as {{if_no_flags}}, print
// nothing and leave a text out where the log answers it.
type Kind struct {
	ID          string      `yaml:"id" json:"id"`
	Title       string      `yaml:"title" json:"title"`
	Family      string      `yaml:"family" json:"family"`
	Era         string      `yaml:"era" json:"era"` // when it was or is seen
	Description string      `yaml:"description" json:"description"`
	Mechanism   string      `yaml:"mechanism" json:"mechanism"`
	Recognise   []Cue       `yaml:"recognise" json:"recognise"`
	Targeting   string      `yaml:"targeting" json:"targeting"` // what it says for or against active targeting
	Spoof       Spoof       `yaml:"spoof" json:"spoof"`
	Attack      []Technique `yaml:"attack" json:"attack"`
	NoAttack    string      `yaml:"no_attack" json:"no_attack,omitempty"` // why there is no technique; only where Attack is empty
	Lethality   Lethality   `yaml:"lethality" json:"lethality"`
	// Countermeasures are cues in the log and what they say of a defence.
	Countermeasures []string `yaml:"countermeasures" json:"countermeasures"`
	Benign          []string `yaml:"benign" json:"benign"` // harmless explanations to try
	Recommendations []string `yaml:"recommendations" json:"recommendations"`
	Questions       []string `yaml:"questions" json:"questions"` // for the analyst
	Quiz            Quiz     `yaml:"quiz" json:"quiz"`
	Refs            []string `yaml:"refs" json:"refs"`
}

// Cue is how a log format shows the kind.
type Cue struct {
	Format string `yaml:"format" json:"format"`
	Shows  string `yaml:"shows" json:"shows"`
}

// Spoof is how likely the source address is forged, and why.
type Spoof struct {
	Likelihood string `yaml:"likelihood" json:"likelihood"` // one of Likelihoods
	Why        string `yaml:"why" json:"why"`
}

// Likelihoods are the values of Spoof.Likelihood, from the least to the most. LikelihoodByProtocol,
// the last, is for kinds that come by TCP as well as by UDP or ICMP.
var Likelihoods = [...]string{"none", "very low", "low", "medium", "high", "very high", "certain", LikelihoodByProtocol}

// LikelihoodByProtocol says that the protocol decides: TCP after a handshake is genuine, a datagram is not proven.
const LikelihoodByProtocol = "by protocol"

// Technique is a technique of the version that AttackVersion names.
type Technique struct {
	ID   string `yaml:"id" json:"id"`
	Name string `yaml:"name" json:"name"`
	Note string `yaml:"note" json:"note,omitempty"` // when it applies, where it does not always
}

// Lethality is the kind's part of the severity. It judges the attack if it reached its target: what a
// defence did about it belongs to the countermeasures and is never a reason here.
type Lethality struct {
	Low     int    `yaml:"low" json:"low"`
	High    int    `yaml:"high" json:"high"`
	Reason  string `yaml:"reason" json:"reason"`
	RaiseIf string `yaml:"raise_if" json:"raise_if"`
	LowerIf string `yaml:"lower_if" json:"lower_if"`
}

// Quiz is a multiple-choice question with its answer.
type Quiz struct {
	Question string   `yaml:"question" json:"question"`
	Options  []string `yaml:"options" json:"options"` // A to D
	Answer   string   `yaml:"answer" json:"answer"`   // a letter
	Why      string   `yaml:"why" json:"why"`
}

// BehaviourEntry is an entry of the catalogue of behaviours: what several records show together.
type BehaviourEntry struct {
	ID         string   `yaml:"id" json:"id"`
	Title      string   `yaml:"title" json:"title"`
	Recognise  string   `yaml:"recognise" json:"recognise"`
	Thresholds string   `yaml:"thresholds" json:"thresholds"`
	Pitfalls   string   `yaml:"pitfalls" json:"pitfalls"`
	Sentence   string   `yaml:"sentence" json:"sentence"` // how a report says it; the parts in braces are filled in
	Refs       []string `yaml:"refs" json:"refs"`
}

// kindFamilies are the files of the catalogue, in the order in which it is told.
var kindFamilies = [...]string{
	"recon", "access-control", "authentication", "host", "exploit", "worm", "abuse", "dos", "anomaly", "ids", "benign-lookalike",
}

var kinds = sync.OnceValue(func() []Kind {
	var all []Kind
	seen := make(map[string]bool)
	for _, family := range kindFamilies {
		var list []Kind
		if err := decodeYAML(mustRead("kinds/"+family+".yaml"), &list); err != nil {
			panic(fmt.Sprintf("knowledge: kinds/%s.yaml: %v", family, err))
		}
		for _, k := range list {
			if k.Family != family || seen[k.ID] {
				panic(fmt.Sprintf("knowledge: kinds/%s.yaml: %q is in the wrong file or there twice", family, k.ID))
			}
			seen[k.ID] = true
			all = append(all, k)
		}
	}
	return all
})

// kindEntries decode the entries one by one, each when it is first wanted: a run meets few kinds, and all of them take longer to
// decode than a small log to read.
var kindEntries = sync.OnceValue(func() map[string]func() *Kind {
	entries := map[string]func() *Kind{}
	for _, family := range kindFamilies {
		id, text := "", string(mustRead("kinds/"+family+".yaml"))
		begin, at := 0, 0
		add := func(end int) {
			if entry := text[begin:end]; id != "" {
				entries[id] = sync.OnceValue(func() *Kind {
					k := decodeKind(entry)
					return &k
				})
			}
		}
		for line := range strings.Lines(text) {
			if next, ok := strings.CutPrefix(line, "- id: "); ok {
				add(at)
				id, begin = strings.TrimSpace(next), at
			}
			at += len(line)
		}
		add(at)
	}
	return entries
})

func decodeKind(entry string) Kind {
	var list []Kind
	if err := decodeYAML([]byte(entry), &list); err != nil || len(list) != 1 {
		panic(fmt.Sprintf("knowledge: %d entries in %q: %v", len(list), entry, err))
	}
	return list[0]
}

var behaviours = sync.OnceValue(func() []BehaviourEntry {
	var all []BehaviourEntry
	if err := decodeYAML(mustRead("kinds/behaviours.yaml"), &all); err != nil {
		panic(fmt.Sprintf("knowledge: kinds/behaviours.yaml: %v", err))
	}
	return all
})

// KindIDs lists the ids of Kinds, in the same order, without decoding the entries: cheap enough for
// a command line's completion.
func KindIDs() []string {
	var ids []string
	for _, family := range kindFamilies {
		ids = append(ids, entryIDs("kinds/"+family+".yaml")...)
	}
	return ids
}

// BehaviourIDs lists the ids of Behaviours, in the same order, without decoding the entries.
func BehaviourIDs() []string { return entryIDs("kinds/behaviours.yaml") }

// entryIDs reads the ids off a catalogue file, where each entry begins with its id.
func entryIDs(name string) []string {
	var ids []string
	for line := range strings.Lines(string(mustRead(name))) {
		if id, ok := strings.CutPrefix(line, "- id: "); ok {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	return ids
}

// Kinds lists the catalogue, family by family, always in the same order. The entries are shared: a
// caller must not change what they hold.
func Kinds() []Kind { return (*Catalogue)(nil).Kinds() }

// KindByID gives the catalogue's entry for an id.
func KindByID(id string) (Kind, bool) { return (*Catalogue)(nil).Kind(id) }

// Family is that of a kind of the embedded catalogue; empty when it does not have it.
func Family(id string) string { return (*Catalogue)(nil).Family(id) }

// Behaviours lists the catalogue of behaviours, always in the same order.
func Behaviours() []BehaviourEntry { return (*Catalogue)(nil).Behaviours() }

// Behaviour gives the entry for a behaviour's id.
func Behaviour(id string) (BehaviourEntry, bool) { return (*Catalogue)(nil).Behaviour(id) }

// Problems lists what is missing or wrong in an entry of a behaviour, as Kind.Problems does.
func (b BehaviourEntry) Problems() []string {
	var all []string
	if !kindID().MatchString(b.ID) {
		all = append(all, fmt.Sprintf("id %q is not lower-case words joined by hyphens", b.ID))
	}
	for _, f := range []struct{ name, value string }{
		{"title", b.Title}, {"recognise", b.Recognise}, {"thresholds", b.Thresholds}, {"pitfalls", b.Pitfalls}, {"sentence", b.Sentence},
	} {
		if strings.TrimSpace(f.value) == "" {
			all = append(all, f.name+" is empty")
		}
	}
	if len(b.Refs) == 0 {
		all = append(all, "refs has no entries")
	}
	if strings.Count(b.Sentence, "{") != strings.Count(b.Sentence, "}") {
		all = append(all, "the braces of sentence do not match")
	}
	return all
}

var (
	kindID      = lazily.Regexp(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	techniqueID = lazily.Regexp(`^T[0-9]{4}(\.[0-9]{3})?$`)
	placeholder = lazily.Regexp(`\{\{[^}]*\}\}`)
	// A defence's act is no reason for a low lethality: it would count twice.
	defenceWord = lazily.Regexp(`(?i)\b(block|blocked|refus\w*|reject\w*|drop|dropped|den(y|ied)|filter\w*|firewall\w*)\b`)
)

// Placeholders are the parts of a question or recommendation that an incident fills in.
var Placeholders = [...]string{"{{source}}", "{{target}}", "{{service}}", "{{port}}", "{{user}}", "{{count}}", "{{time}}"}

// Conditions are placeholders that leave a question or a harmless explanation out: where the log has TCP
// flags, the time to live, or the interface of a packet, nobody needs to be asked for them; if_group holds
// for packets to a broadcast or multicast address, if_udp for datagrams, if_few_failures where no more log-ins failed than
// somebody mistypes.
var Conditions = [...]string{"{{if_no_flags}}", "{{if_no_ttl}}", "{{if_no_interface}}", "{{if_group}}", "{{if_udp}}", "{{if_few_failures}}"}

// Problems lists what is missing or wrong in an entry, in words for whoever wrote it. An entry
// without problems is complete.
func (k Kind) Problems() []string {
	var all []string
	complain := func(bad bool, format string, args ...any) {
		if bad {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	complain(!kindID().MatchString(k.ID), "id %q is not lower-case words joined by hyphens", k.ID)
	for _, f := range []struct{ name, value string }{
		{"title", k.Title}, {"family", k.Family}, {"era", k.Era}, {"description", k.Description},
		{"mechanism", k.Mechanism}, {"targeting", k.Targeting}, {"spoof.likelihood", k.Spoof.Likelihood}, {"spoof.why", k.Spoof.Why},
		{"lethality.reason", k.Lethality.Reason}, {"lethality.raise_if", k.Lethality.RaiseIf}, {"lethality.lower_if", k.Lethality.LowerIf},
		{"quiz.question", k.Quiz.Question}, {"quiz.why", k.Quiz.Why},
	} {
		complain(strings.TrimSpace(f.value) == "", "%s is empty", f.name)
	}
	complain(!slices.Contains(Likelihoods[:], k.Spoof.Likelihood), "spoof.likelihood %q is none of %v", k.Spoof.Likelihood, Likelihoods)

	complain(len(k.Attack) == 0 && k.NoAttack == "", "neither attack nor no_attack is given")
	complain(len(k.Attack) > 0 && k.NoAttack != "", "both attack and no_attack are given")
	for _, t := range k.Attack {
		complain(!techniqueID().MatchString(t.ID) || t.Name == "", "attack %q has no technique's id and name", t.ID)
		if name, ok := TechniqueName(t.ID); ok {
			complain(t.Name != name, "attack %s is called %q in %s, not %q", t.ID, name, AttackVersion, t.Name)
		}
	}

	l := k.Lethality
	complain(l.Low < 1 || l.High > 5 || l.Low > l.High, "lethality %d to %d is no interval within 1 to 5", l.Low, l.High)
	for _, s := range []string{l.Reason, l.LowerIf} {
		complain(defenceWord().MatchString(s), "lethality cites a defence (%q): that belongs to the countermeasures", s)
	}

	for _, list := range []struct {
		name  string
		items []string
		least int
	}{
		{"countermeasures", k.Countermeasures, 1}, {"benign", k.Benign, 1},
		{"recommendations", k.Recommendations, 1}, {"questions", k.Questions, 3}, {"refs", k.Refs, 1},
	} {
		complain(len(list.items) < list.least, "%s has %d entries, not at least %d", list.name, len(list.items), list.least)
		complain(slices.ContainsFunc(list.items, func(s string) bool { return strings.TrimSpace(s) == "" }), "%s has an empty entry", list.name)
	}
	complain(len(k.Recognise) == 0, "recognise is empty")
	for _, c := range k.Recognise {
		complain(c.Format == "" || c.Shows == "", "recognise has an entry without format or shows")
	}

	open := 0
	for _, q := range k.Questions {
		complain(!strings.HasSuffix(q, "?"), "question %q does not end with a question mark", q)
		if !slices.ContainsFunc(placeholder().FindAllString(q, -1), func(p string) bool { return !slices.Contains(Conditions[:], p) }) {
			open++
		}
	}
	complain(open == 0, "every question has a placeholder, so none may be left")
	complain(len(k.Benign) > 0 && !slices.ContainsFunc(k.Benign, func(s string) bool { return !placeholder().MatchString(s) }), "every harmless explanation has a condition, so none may be left")
	for _, s := range slices.Concat(k.Questions, k.Recommendations, k.Benign) {
		for _, p := range placeholder().FindAllString(s, -1) {
			complain(!slices.Contains(Placeholders[:], p) && !slices.Contains(Conditions[:], p), "%q is no placeholder", p)
		}
	}

	complain(len(k.Quiz.Options) != 4, "the quiz has %d options, not 4", len(k.Quiz.Options))
	complain(len(k.Quiz.Answer) != 1 || !strings.Contains("ABCD", k.Quiz.Answer), "the quiz's answer %q is not A, B, C or D", k.Quiz.Answer)
	for i, o := range k.Quiz.Options {
		complain(strings.TrimSpace(o) == "" || slices.Contains(k.Quiz.Options[:i], o), "the quiz's option %q is empty or there twice", o)
	}
	return all
}

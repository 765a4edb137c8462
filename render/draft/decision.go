package draft

import (
	"strings"

	"practicum/analysis/lazily"
)

// Verb is what a decision does to an incident.
type Verb string

// The verbs of decisions.
const (
	Dismiss Verb = "dismiss"
	Merge   Verb = "merge"
	Split   Verb = "split"
)

// Decision is a line of an incident's section that decides about the incident:
//
//	Decision: dismiss because it is our own scanner.
//	Decision: merge into 3 because the same tool sent both.
//	Decision: split by source because they have nothing to do with each other.
//	Decision: split at 2000-03-09 because the first day was a test of ours.
//
// It is a paragraph or an item of a list, in the analyst's block or beside it.
type Decision struct {
	Section *Section
	Line    int
	Verb    Verb
	Object  string // of merge: a number or an id; of split: "source", or a time
	Reason  string
	Err     string // why it is none; empty when it is
}

// FromIncident begins the heading of text that came from an incident which is part of another now.
const FromIncident = "From incident "

var (
	decides = lazily.Regexp(`(?i)^decision:\s*(.*)$`)
	because = lazily.Regexp(`(?i)^(.*?)(?:,?\s*\bbecause\b\s*(.*))?$`)
)

// Decisions are the decisions that stand in the sections of incidents.
func (d *Draft) Decisions() []Decision {
	var list []Decision
	own := d.ownParts()
	for _, s := range d.Sections {
		if s.Kind != Incident {
			continue
		}
		// What came from an incident that was merged into this one decided about that one, under headings of its own as well.
		from := false
		for _, p := range s.Parts {
			if from = strings.HasPrefix(p.Key, FromIncident) || from && !own[p.Key]; !from {
				list = appendDecisions(list, s, p.Blocks)
			}
		}
	}
	return list
}

// ownParts are what parts of incidents are called that did not come from other incidents.
func (d *Draft) ownParts() map[string]bool {
	own := map[string]bool{}
	for _, s := range d.Sections {
		if s.Kind != Incident {
			continue
		}
		for _, p := range s.Parts {
			if strings.HasPrefix(p.Key, FromIncident) {
				break
			}
			own[p.Key] = true
		}
	}
	return own
}

// DecisionsIn are the decisions that stand in blocks, wherever these are; their section is not named.
func DecisionsIn(blocks []*Block) []Decision { return appendDecisions(nil, nil, blocks) }

func appendDecisions(list []Decision, s *Section, blocks []*Block) []Decision {
	for _, b := range blocks {
		switch b.Kind {
		case Analyst:
			list = appendDecisions(list, s, b.Inner)
		case Paragraph:
			list = appendDecision(list, s, b.Line, b.decision)
		case List:
			for _, it := range b.Items {
				list = appendDecision(list, s, it.Line, it.decision)
			}
		}
	}
	return list
}

func appendDecision(list []Decision, s *Section, line int, words string) []Decision {
	m := decides().FindStringSubmatch(words)
	if m == nil {
		return list
	}
	x := parseDecision(m[1])
	x.Section, x.Line = s, line
	return append(list, x)
}

const decisionHelp = "write dismiss because REASON, merge into NUMBER because REASON, split by source because REASON, or split at TIME because REASON"

func parseDecision(words string) Decision {
	m := because().FindStringSubmatch(strings.TrimSpace(words))
	what, reason := strings.ToLower(strings.TrimSpace(m[1])), strings.TrimSpace(m[2])
	what = strings.TrimRight(what, ".,;")
	x := Decision{Reason: reason}
	verb, rest, _ := strings.Cut(what, " ")
	rest = strings.TrimSpace(rest)
	switch verb {
	case "dismiss", "dismissed":
		x.Verb = Dismiss
		if rest != "" {
			x.Err = "the reason of a dismissal follows the word because: Decision: dismiss because REASON"
		}
	case "merge", "merged":
		x.Verb = Merge
		object, ok := strings.CutPrefix(rest, "into ")
		object = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(object), "incident "))
		x.Object = object
		if !ok || object == "" || strings.ContainsAny(object, " ") {
			x.Err = "a merge names one incident by its number or id: Decision: merge into NUMBER because REASON"
		}
	case "split":
		x.Verb = Split
		switch {
		case rest == "by source" || rest == "by sources":
			x.Object = "source"
		case strings.HasPrefix(rest, "at "):
			x.Object = strings.TrimSpace(rest[3:])
		default:
			x.Err = "a split says where: Decision: split by source because REASON, or Decision: split at 2000-03-09 12:00 because REASON"
		}
	default:
		x.Err = "\"" + what + "\" is no decision; " + decisionHelp
	}
	if x.Err == "" && reason == "" {
		x.Err = "this decision has no reason; " + decisionHelp
	}
	return x
}

// Decided is a decision that an earlier run carried into the appendix.
type Decided struct {
	Line        int
	ID          string
	Verb        Verb
	Object      string // of merge: the id of the incident that it went into
	Title       string
	Sources     []string
	First, Last string
	Records     string
	Reason      string
	Err         string
}

// Decided are the rows of the appendix of decisions.
func (d *Draft) Decided() []Decided {
	s := d.Section(Decisions)
	if s == nil {
		return nil
	}
	t := s.Table("Decision")
	if t == nil {
		return nil
	}
	var list []Decided
	for _, it := range t.Items {
		cell := func(name string) Cell {
			for i, h := range t.Header {
				if h == name && i < len(it.Cells) {
					return it.Cells[i]
				}
			}
			return Cell{}
		}
		x := parseDecision(cell("Decision").Plain + " because " + cell("Reason").Plain)
		list = append(list, Decided{
			Line: it.Line, ID: cell("Id").Plain, Verb: x.Verb, Object: x.Object, Title: cell("Incident").Plain,
			Sources: Codes(cell("Source")), First: cell("First record").Plain, Last: cell("Last record").Plain,
			Records: cell("Records").Plain, Reason: cell("Reason").Plain, Err: x.Err,
		})
	}
	return list
}

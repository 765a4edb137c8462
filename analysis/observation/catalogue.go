package observation

import (
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Catalogue is what is known of the incident's kinds in general, filled in for the incident: at most
// two of them, the most lethal first.
func (w Writer) Catalogue(in *analysis.ScoredIncident) []analysis.CatalogueEntry {
	values := placeholders(&in.Incident)
	var list []analysis.CatalogueEntry
	for _, id := range in.Kinds {
		k, ok := w.kinds.Kind(id)
		if !ok || len(list) == 2 {
			continue
		}
		e := analysis.CatalogueEntry{
			Kind: k.ID, Title: k.Title, Description: k.Description, Mechanism: k.Mechanism, Targeting: k.Targeting,
			Spoofing: k.Spoof.Why, Question: k.Quiz.Question, Options: k.Quiz.Options, Answer: k.Quiz.Answer, Why: k.Quiz.Why, Sources: k.Refs, Attack: knowledge.AttackVersion,
		}
		for _, b := range k.Benign {
			if text, ok := fill(b, conditions(in)); ok {
				e.Benign = append(e.Benign, text)
			}
		}
		for _, r := range k.Recommendations {
			if text, ok := fill(r, values); ok {
				e.Recommendations = append(e.Recommendations, text)
			}
		}
		for _, t := range k.Attack {
			name := fmt.Sprintf("%s %s", t.ID, t.Name)
			if t.Note != "" {
				name += " (" + strings.TrimSuffix(t.Note, ".") + ")"
			}
			e.Techniques = append(e.Techniques, name)
		}
		list = append(list, e)
	}
	return list
}

// Sensors says which programs wrote the records of an incident, on which host, in which log format
// and file. title is what a log format is called.
func (w Writer) Sensors(in *analysis.ScoredIncident, title func(string) string) []string {
	type sensor struct {
		format, host string
		input        int
	}
	var order []sensor
	programs := map[sensor][]string{}
	for i := range in.Events {
		e := &in.Events[i]
		s := sensor{e.Format, e.Host, e.Input}
		if _, ok := programs[s]; !ok {
			order = append(order, s)
			programs[s] = nil
		}
		if e.Program != "" && !slices.Contains(programs[s], e.Program) {
			programs[s] = append(programs[s], e.Program)
		}
	}
	var list []string
	for _, s := range order {
		text := title(s.format)
		if p := programs[s]; len(p) > 0 {
			text += ", as " + few(p, 6)
		}
		if s.host != "" {
			text += ", on " + s.host
		}
		list = append(list, fmt.Sprintf("%s, read from %s", text, w.file(s.input)))
	}
	return list[:min(len(list), 12)]
}

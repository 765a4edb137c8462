package observation

import (
	"fmt"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Catalogue is what is known of the incident's kinds in general, filled in for the incident: at most
// two of them, the most lethal first.
func Catalogue(in *analysis.Incident) []analysis.CatalogueEntry {
	values := placeholders(in)
	var list []analysis.CatalogueEntry
	for _, id := range in.Kinds {
		k, ok := knowledge.KindByID(id)
		if !ok || len(list) == 2 {
			continue
		}
		e := analysis.CatalogueEntry{
			Kind: k.ID, Title: k.Title, Description: k.Description, Mechanism: k.Mechanism, Targeting: k.Targeting, Benign: k.Benign,
			Spoofing: k.Spoof.Why, Question: k.Quiz.Question, Options: k.Quiz.Options, Answer: k.Quiz.Answer, Why: k.Quiz.Why, Sources: k.Refs,
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

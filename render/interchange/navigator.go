package interchange

import (
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/render/safe"
)

const (
	// navigatorLayer is the version of the layer's form: github.com/mitre-attack/attack-navigator, layers/spec/v4.5/layerformat.md,
	// commit 068cf4e8.
	navigatorLayer = "4.5"
	navigatorApp   = "5.2.0" // the version of the Navigator that the specification's example names
	maxComment     = 20      // incidents that a comment names
)

// writeNavigator writes a layer: the techniques that the kinds of the incidents stand for, with the number of incidents as their
// score.
func writeNavigator(x *export) ([]byte, error) {
	type found struct {
		Technique
		incidents []*analysis.ScoredIncident
		notes     []string
		always    bool
	}
	techniques := map[string]*found{}
	var without []string
	for i := range x.Incidents {
		in := &x.Incidents[i]
		any := false
		for _, id := range in.Kinds {
			for _, t := range x.kind(id).Techniques {
				any = true
				f := techniques[t.ID]
				if f == nil {
					f = &found{Technique: t}
					techniques[t.ID] = f
				}
				if !slices.Contains(f.incidents, in) {
					f.incidents = append(f.incidents, in)
				}
				if t.Note == "" {
					f.always = true
				} else if !slices.Contains(f.notes, t.Note) {
					f.notes = append(f.notes, t.Note)
				}
			}
		}
		if !any {
			without = append(without, fmt.Sprint(in.Number))
		}
	}
	if len(without) > 0 {
		x.leave("incidents whose kinds are no technique of ATT&CK: %s", list(without, maxComment))
	}
	most := 1
	rows := []object{}
	for _, id := range sortedKeys(techniques) {
		f := techniques[id]
		most = max(most, len(f.incidents))
		var named []string
		for _, in := range f.incidents {
			named = append(named, fmt.Sprintf("%d: %s", in.Number, safe.Line(in.Title)))
		}
		comment := count(len(f.incidents), "incident") + "\n" + strings.Join(named[:min(len(named), maxComment)], "\n")
		if n := len(named) - maxComment; n > 0 {
			comment += fmt.Sprintf("\nand %d more", n)
		}
		if !f.always {
			comment += "\nNote: " + strings.Join(f.notes, "; ")
		}
		rows = append(rows, object{"techniqueID": id, "score": len(f.incidents), "comment": comment, "enabled": true, "showSubtechniques": strings.Contains(id, ".")})
	}
	layer := object{
		"name":        safe.Line(x.Title),
		"versions":    object{"attack": strings.SplitN(x.Attack, ".", 2)[0], "navigator": navigatorApp, "layer": navigatorLayer},
		"domain":      "enterprise-attack",
		"description": x.about(),
		"sorting":     3, // by score, the highest first
		"techniques":  rows,
		"gradient":    object{"colors": []string{"#fff7bc", "#d95f0e"}, "minValue": 0, "maxValue": most},
		"legendItems": []object{{"label": "few incidents", "color": "#fff7bc"}, {"label": "most incidents", "color": "#d95f0e"}},
	}
	meta := []object{{"name": "tool", "value": safe.Line(x.Tool)}}
	if x.TLP != "" {
		meta = append(meta, object{"name": "TLP", "value": x.label()})
	}
	layer["metadata"] = meta
	return encode(layer, "  ")
}

// about says in words what the export is of.
func (x *export) about() string {
	text := count(len(x.Incidents), "incident")
	if !x.Period.First.IsZero() {
		text += ", " + x.Period.First.Format("2006-01-02") + " to " + x.Period.Last.Format("2006-01-02")
	}
	if x.Site != "" {
		text += ", " + safe.Line(x.Site)
	}
	text += "."
	if x.obscured() {
		text += " Pseudonyms stand for addresses and names."
	}
	return text
}

// label is the label of TLP as it is written.
func (x *export) label() string { return "TLP:" + x.TLP }

// list joins words, and counts those beyond most.
func list(words []string, most int) string {
	text := strings.Join(words[:min(len(words), most)], ", ")
	if n := len(words) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

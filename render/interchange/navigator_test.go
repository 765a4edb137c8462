package interchange_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/render/interchange"
)

// layerRules are the tables of the specification of layers, version 4.5, as far as we use them: the keys of each
// object, those that it must have with a mark, and what their values are.
var layerRules = map[string]map[string]string{
	"layer": {"name": "string!", "versions": "versions", "domain": "string!", "description": "string", "sorting": "number", "techniques": "[technique",
		"gradient": "gradient", "legendItems": "[legend", "metadata": "[metadata"},
	"versions":  {"attack": "string", "navigator": "string!", "layer": "string!"},
	"technique": {"techniqueID": "string!", "comment": "string", "enabled": "bool", "score": "number", "showSubtechniques": "bool"},
	"gradient":  {"colors": "[string!", "minValue": "number!", "maxValue": "number!"},
	"legend":    {"label": "string!", "color": "string!"},
	"metadata":  {"name": "string!", "value": "string!"},
}

func checkLayer(t *testing.T, at, what string, v any) {
	t.Helper()
	what = strings.TrimSuffix(what, "!")
	ok := true
	switch what {
	case "string":
		_, ok = v.(string)
	case "number":
		_, ok = v.(float64)
	case "bool":
		_, ok = v.(bool)
	default:
		if item, isList := strings.CutPrefix(what, "["); isList {
			list, isList := v.([]any)
			for _, x := range list {
				checkLayer(t, at+"[]", item, x)
			}
			ok = isList
			break
		}
		o, isObject := v.(map[string]any)
		ok = isObject
		for key, x := range o {
			rule, known := layerRules[what][key]
			if !known {
				t.Errorf("%s: the specification has no %s.%s", at, what, key)
				continue
			}
			checkLayer(t, at+"."+key, rule, x)
		}
		for key, rule := range layerRules[what] {
			if _, there := o[key]; strings.HasSuffix(rule, "!") && !there {
				t.Errorf("%s: the specification wants %s.%s", at, what, key)
			}
		}
	}
	if !ok {
		t.Errorf("%s is %T, not %s", at, v, what)
	}
}

func TestNavigator(t *testing.T) {
	golden(t, "sample.navigator.json", written(t, "navigator", sample(), options()))
	id := regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)
	colour := regexp.MustCompile(`^#[0-9a-f]{6}$`)
	everything(t, func(name string, r *analysis.Report, o interchange.Options) {
		text := written(t, "navigator", r, o)
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		checkLayer(t, name, "layer", v)
		var layer struct {
			Domain   string
			Versions struct{ Layer, Attack, Navigator string }
			Gradient struct {
				Colors             []string
				MinValue, MaxValue float64
			}
			Techniques []struct {
				TechniqueID string
				Score       float64
			}
		}
		if err := json.Unmarshal(text, &layer); err != nil {
			t.Fatal(err)
		}
		if layer.Domain != "enterprise-attack" || layer.Versions.Layer != "4.5" || layer.Versions.Attack != "18" || layer.Versions.Navigator < "4.9.0" {
			t.Errorf("%s: %+v", name, layer)
		}
		g := layer.Gradient
		if g.MaxValue <= g.MinValue || len(g.Colors) < 2 || slices.ContainsFunc(g.Colors, func(c string) bool { return !colour.MatchString(c) }) {
			t.Errorf("%s: the gradient %+v", name, g)
		}
		var ids []string
		for _, x := range layer.Techniques {
			if !id.MatchString(x.TechniqueID) || x.Score < 1 || x.Score > g.MaxValue || slices.Contains(ids, x.TechniqueID) {
				t.Errorf("%s: the technique %+v", name, x)
			}
			ids = append(ids, x.TechniqueID)
		}
	})
}

// Every technique of the catalogue is one of the version of ATT&CK that the exports name.
func TestTechniques(t *testing.T) {
	for _, k := range knowledge.Kinds() {
		for _, x := range k.Attack {
			if name, ok := knowledge.TechniqueName(x.ID); !ok || name != x.Name {
				t.Errorf("%s: %s is %q, not %q", k.ID, x.ID, name, x.Name)
			}
		}
	}
	if !strings.Contains(knowledge.AttackVersion, "v"+knowledge.AttackNumber+",") {
		t.Errorf("%s is not version %s", knowledge.AttackVersion, knowledge.AttackNumber)
	}
	if !strings.HasSuffix(knowledge.AttackVersion, "October 2025") {
		t.Errorf("%s came out at another time than techniquesOf says", knowledge.AttackVersion)
	}
}

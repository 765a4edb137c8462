package pipeline

import (
	"practicum/analysis"
	"practicum/analysis/detect"
	"practicum/analysis/logformat"
	"practicum/analysis/pattern"
)

// Teach gives a run the site's patterns: their log formats, and a rule for each that names a kind.
func (o *Options) Teach(set *pattern.Set) error {
	var rules []detect.Rule
	for _, p := range set.Patterns {
		if p.Kind == "" {
			continue
		}
		name := p.Name
		rule := detect.Rule{Kind: p.Kind, Seeks: "what the site's pattern " + name + " reads", Match: func(e *analysis.Event) bool { return e.Format == name }}
		if p.Threshold.Count > 1 {
			rule.Threshold = &detect.Threshold{Count: p.Threshold.Count, Within: p.Threshold.Within, Of: "such records"}
		}
		rules = append(rules, rule)
	}
	own, err := detect.NewRuleset(rules)
	if err != nil {
		return err
	}
	o.Taught = &Taught{own, set.Formats(), set}
	return nil
}

// Taught is the log formats and the rules of a run that has patterns.
type Taught struct {
	rules   *detect.Ruleset
	formats []logformat.Format
	set     *pattern.Set
}

func (o *Options) patterns() *pattern.Set {
	if o.Taught == nil {
		return nil
	}
	return o.Taught.set
}

func (o *Options) rules() *detect.Ruleset {
	if o.Taught == nil {
		return nil
	}
	return o.Taught.rules
}

// Formats are the log formats of a run.
func (o *Options) Formats() []logformat.Format {
	if o.Taught == nil {
		return logformat.Formats
	}
	return o.Taught.formats
}

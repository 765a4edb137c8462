package observation

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// maxPrompts is how many questions an incident asks; more are not read.
const maxPrompts = 6

// Prompts lists the questions that the analyst has to answer about one incident: what its severity
// lacks, what its evidence leaves open, and what its kinds ask.
func (w Writer) Prompts(in *analysis.ScoredIncident) []analysis.Prompt {
	var list []analysis.Prompt
	add := func(id, text string) {
		if len(list) < maxPrompts {
			list = append(list, analysis.Prompt{ID: id, Text: text})
		}
	}
	if in.Severity.Suggested.Criticality.Origin == analysis.OriginSite && in.Severity.Criticality.Origin != analysis.OriginAnalyst {
		add("asset", fmt.Sprintf("What is %s worth to the site, and how is it protected? The severity assumes the middle of the scale.", targetOf(&in.Incident)))
	}
	for _, o := range in.Observations {
		switch o.ID {
		case "after-block":
			add("block", "Did the block work? Records of the same source follow it; look for packets from it at the border after that time.")
		case "warning-only":
			add("let-in", fmt.Sprintf("Which rule let %s in, and is that what the site wants?", sourceOf(&in.Incident)))
		}
	}
	values := placeholders(&in.Incident)
	for _, id := range in.Kinds {
		k, ok := knowledge.KindByID(id)
		if !ok {
			continue
		}
		for i, q := range k.Questions {
			if text, ok := fill(q, values); ok && !asked(list, text) {
				add(fmt.Sprintf("%s-%d", id, i+1), text)
			}
		}
	}
	return list
}

func asked(list []analysis.Prompt, text string) bool {
	for _, p := range list {
		if p.Text == text {
			return true
		}
	}
	return false
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
	v := map[string]string{"source": sourceOf(in), "target": targetOf(in), "count": fmt.Sprint(in.Attempts)}
	if len(in.Services) > 0 {
		v["service"] = in.Services[0].Name
		if p := in.Services[0].Port; p != 0 {
			v["port"] = fmt.Sprint(p)
			v["service"] = cmp.Or(v["service"], fmt.Sprintf("port %d", p))
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
	if len(in.Sources) == 0 {
		return "the source"
	}
	if len(in.Sources) > 1 {
		return fmt.Sprintf("the %d sources", len(in.Sources))
	}
	return cmp.Or(in.Sources[0].IP, in.Sources[0].Name)
}

func targetOf(in *analysis.Incident) string {
	for _, t := range in.Targets {
		if name := cmp.Or(t.Host, t.IP); name != "" {
			return name
		}
	}
	return "the target"
}

package detect

import (
	"slices"
	"strings"

	"practicum/analysis"
)

// aspects tell what the records of a wide kind are about in the case at hand: a title of "web attack" says less than
// "SQL injection". They never make a detect, and are asked of the records that an incident keeps.
var aspects = map[string]func(*analysis.EventRef) string{
	"web-injection": func(e *analysis.EventRef) string {
		r := readRequest(&analysis.Event{Format: e.Format, Message: e.Message})
		return injection(&r)
	},
	"ids-alert":        signature,
	"compromise-alert": signature,
}

func signature(e *analysis.EventRef) string { return strings.Clone(e.Signature) }

// Aspects lists what the records of an incident's kinds are about, kind by kind, the most frequent first.
func Aspects(in *analysis.Incident) map[string][]string {
	var all map[string][]string
	for kind, of := range aspects {
		if !slices.Contains(in.Kinds, kind) {
			continue
		}
		count := map[string]int{}
		var names []string
		for i := range in.Events {
			e := &in.Events[i]
			if e.Kind != kind || e.Context {
				continue
			}
			name := of(e)
			if name == "" {
				continue
			}
			if count[name] == 0 {
				names = append(names, name)
			}
			count[name]++
		}
		if len(names) == 0 {
			continue
		}
		slices.SortStableFunc(names, func(a, b string) int { return count[b] - count[a] })
		if all == nil {
			all = map[string][]string{}
		}
		all[kind] = names
	}
	return all
}

package detect

import (
	"slices"
	"strings"

	"practicum/analysis"
)

// aspects tell what the records of a wide kind are about in the case at hand: a title of "web attack" says less than
// "SQL injection". They never make a detect, and are asked of the records that an incident keeps.
// Of each incident they are made anew, so that they can remember what they said of its records.
var aspects = map[string]func() func(*analysis.EventRef) string{
	"web-injection":    kindsOfInjection,
	"ids-alert":        signatures,
	"compromise-alert": signatures,
}

func signatures() func(*analysis.EventRef) string {
	return func(e *analysis.EventRef) string { return strings.Clone(e.Signature) }
}

// kindsOfInjection reads each request once: whoever tries them sends the same ones again and again.
func kindsOfInjection() func(*analysis.EventRef) string {
	type message struct{ format, before, after string }
	known := map[message]string{}
	return func(e *analysis.EventRef) string {
		key := message{format: e.Format}
		key.before, key.after = withoutSize(e.Format, e.Message)
		name, is := known[key]
		if !is {
			r := readRequest(&analysis.Event{Format: e.Format, Message: e.Message})
			name = injection(&r)
			known[key] = name
		}
		return name
	}
}

// Aspects lists what the records of an incident's kinds are about, kind by kind, the most frequent first.
func Aspects(in *analysis.Incident) map[string][]string {
	var all map[string][]string
	for kind, made := range aspects {
		if !slices.Contains(in.Kinds, kind) {
			continue
		}
		count, of := map[string]int{}, made()
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

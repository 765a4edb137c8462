package enrich

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// shown is how many names a statement lists.
const shown = 4

// stale is how far a file and the records may lie apart before a statement says so.
const stale = 183 * 24 * time.Hour

// Statements says of an incident what the files have about its sources, file by file, each as a known fact with its source.
func (s *Set) Statements(in *analysis.ScoredIncident) []analysis.Observation {
	if s == nil || len(in.About) == 0 {
		return nil
	}
	var list []analysis.Observation
	told := false
	say := func(id string, topic analysis.Topic, file analysis.LookupFile, text string) {
		if !told && !file.Date.IsZero() && in.First.Sub(file.Date).Abs() > stale {
			told = true // once is enough
			text += fmt.Sprintf(" The records are of %s and the %s is of %s; addresses change hands.", in.First.Format("January 2006"), file.Kind, file.Date.Format("January 2006"))
		}
		for n := 2; slices.ContainsFunc(list, func(o analysis.Observation) bool { return o.ID == id }); n++ {
			base, _, _ := strings.Cut(id, "-")
			id = fmt.Sprintf("%s-%d", base, n)
		}
		list = append(list, analysis.Observation{ID: id, Topic: topic, Class: analysis.ClassKnown, Text: text, Source: file.Cite(), Evidence: []analysis.Citation{}})
	}
	sources := 0
	seen := map[string]bool{}
	for _, source := range in.Sources {
		if _, ok := parsed(source.IP); ok && !seen[source.IP] {
			seen[source.IP] = true
			sources++
		}
	}
	for i, file := range s.Files() {
		of := members{of: map[string][]string{}}
		var one, verb string
		for _, a := range in.About {
			for _, c := range a.Countries {
				if c.Lookup == i {
					name := fmt.Sprintf("%s (%s)", c.Code, cmp.Or(c.Name, "no name"))
					verb = "has %s in %s."
					if c.Registered {
						name, verb = "a network registered in "+name, "has %s in %s, and says no more of where it is."
					}
					of.add(name, a.IP)
					one = name
				}
			}
		}
		if of.n > 0 {
			say("country", analysis.TopicSpoofing, file, of.words(one, verb, sources))
		}
		of, one = members{of: map[string][]string{}}, ""
		for _, a := range in.About {
			for _, n := range a.Systems {
				if n.Lookup == i {
					name := systemNamed(n)
					of.add(name, a.IP)
					one = fmt.Sprintf("%s, by its network %s", name, n.Network)
				}
			}
		}
		if of.n > 0 {
			say("system", analysis.TopicSpoofing, file, of.words(one, "has %s in %s.", sources))
		}
		var on []string
		entry := ""
		for _, a := range in.About {
			for _, l := range a.Lists {
				if l.Lookup == i {
					on = append(on, a.IP)
					entry = l.Entry
				}
			}
		}
		if len(on) > 0 {
			say("list", analysis.TopicCorrelations, file, onList(file, on, entry, sources))
		}
	}
	return list
}

func systemNamed(n analysis.InSystem) string {
	if n.Organisation == "" {
		return fmt.Sprintf("AS%d", n.Number)
	}
	return fmt.Sprintf("AS%d (%s)", n.Number, n.Organisation)
}

// members are addresses by what a database has them in.
type members struct {
	of map[string][]string
	n  int // addresses
}

func (m *members) add(name, ip string) {
	m.of[name] = append(m.of[name], ip)
	m.n++
}

// words is the statement: of one address, where one is its place, or of several.
func (m *members) words(one, verb string, sources int) string {
	if m.n == 1 && sources == 1 {
		for _, ips := range m.of {
			return "The database " + fmt.Sprintf(verb, ips[0], one)
		}
	}
	names := slices.SortedFunc(maps.Keys(m.of), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(m.of[b]), len(m.of[a])), cmp.Compare(a, b))
	})
	var parts []string
	rest := 0
	for i, name := range names {
		if i >= shown && len(names) > shown+1 {
			rest += len(m.of[name])
			continue
		}
		parts = append(parts, fmt.Sprintf("%d in %s", len(m.of[name]), name))
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%d in %d others", rest, len(names)-shown))
	}
	text := fmt.Sprintf("Of the %d sources the database has %s", sources, series(parts))
	if left := sources - m.n; left > 0 {
		text += fmt.Sprintf("; %d it does not have", left)
	}
	return text + "."
}

// onList says that addresses are on a list, and what that is worth.
func onList(file analysis.LookupFile, ips []string, entry string, sources int) string {
	kind := ""
	if file.Meaning != analysis.MeaningKnown {
		kind = string(file.Meaning) + " "
	}
	text := fmt.Sprintf("%s is on the %slist %s of %s (entry %s)", ips[0], kind, file.Name, file.Day(), entry)
	it := "It"
	if len(ips) > 1 || sources > 1 {
		names := ips
		if len(names) > shown+1 {
			names = append(slices.Clone(ips[:shown]), fmt.Sprintf("%d more", len(ips)-shown))
		}
		verb := "are"
		if len(ips) == 1 {
			verb = "is"
		} else {
			it = "They"
		}
		text = fmt.Sprintf("%d of the %d sources %s on the %slist %s of %s: %s", len(ips), sources, verb, kind, file.Name, file.Day(), series(names))
	}
	switch file.Meaning {
	case analysis.MeaningAllow:
		text += fmt.Sprintf(". %s may be your own scanner or a partner's; neither the incident nor its severity is changed by that.", it)
	case analysis.MeaningDeny:
		text += ". A list tells what was reported of an address up to its date, not who acts from it now."
	default:
		text += "."
	}
	return text
}

// series joins words as a sentence does.
func series(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

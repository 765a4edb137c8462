package knowledge

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Catalogue is the kinds that a run goes by: the embedded ones, and those of a site's own files in
// their place or beside them. A nil Catalogue is the embedded one. Catalogues do not change.
type Catalogue struct {
	kinds []Kind
}

var embedded = sync.OnceValue(func() *Catalogue { return &Catalogue{kinds: kinds()} })

func (c *Catalogue) all() []Kind {
	if c == nil {
		return embedded().kinds
	}
	return c.kinds
}

// Kinds lists the entries, always in the same order: the embedded ones, then a site's own. The
// entries are shared: a caller must not change what they hold.
func (c *Catalogue) Kinds() []Kind { return slices.Clone(c.all()) }

// Kind gives the entry for an id.
func (c *Catalogue) Kind(id string) (Kind, bool) {
	for _, k := range c.all() {
		if k.ID == id {
			return k, true
		}
	}
	return Kind{}, false
}

// ByLethality orders ids of kinds by what the kinds can do, the most lethal first; equals keep their
// order, and ids that the catalogue does not have come last.
func (c *Catalogue) ByLethality(ids []string) []string {
	lethality := func(id string) int {
		k, ok := c.Kind(id)
		if !ok {
			return -1
		}
		return k.Lethality.High
	}
	ids = slices.Clone(ids)
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(lethality(b), lethality(a)) })
	return ids
}

// MostLethal is the kind that an incident of several kinds is judged by: the first in the order of
// ByLethality. ok is false when the catalogue has none of them.
func (c *Catalogue) MostLethal(ids []string) (most Kind, ok bool) {
	for _, id := range c.ByLethality(ids) {
		return c.Kind(id)
	}
	return Kind{}, false
}

// With adds the entries of a site's own file, in the form of the files under kinds/. An entry with the
// id of one that is there takes its place: what it does not say, the old one goes on to say. A new
// one has to be complete. Every entry must stand the checks of Problems; all that is wrong is told.
func (c *Catalogue) With(file string, data []byte) (*Catalogue, error) {
	// Once strictly, for the keys, and once entry by entry, on top of what is there.
	var keys []Kind
	if err := decodeYAML(data, &keys); err != nil {
		return nil, fmt.Errorf("%s: %w", file, plainYAML(err))
	}
	var nodes []yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&nodes); err != nil {
		return nil, fmt.Errorf("%s: %w", file, plainYAML(err))
	}
	out := &Catalogue{kinds: c.Kinds()}
	var wrong []string
	seen := map[string]bool{}
	for i := range nodes {
		id := keys[i].ID
		place := fmt.Sprintf("%s:%d: ", file, nodes[i].Line)
		if id == "" || seen[id] {
			wrong = append(wrong, place+fmt.Sprintf("the entry has no id, or that of an entry before it (%q)", id))
			continue
		}
		seen[id] = true
		k, _ := out.Kind(id)
		at := slices.IndexFunc(out.kinds, func(k Kind) bool { return k.ID == id })
		if keys[i].Attack != nil {
			k.NoAttack = ""
		} else if keys[i].NoAttack != "" {
			k.Attack = nil
		}
		if err := nodes[i].Decode(&k); err != nil {
			return nil, fmt.Errorf("%s%w", place, plainYAML(err))
		}
		for _, p := range k.Problems() {
			wrong = append(wrong, place+id+": "+p)
		}
		if at >= 0 {
			out.kinds[at] = k
		} else {
			out.kinds = append(out.kinds, k)
		}
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return out, nil
}

// plainYAML takes the library's own words off an error.
func plainYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text = strings.ReplaceAll(text, "\n  ", "; ")
	text = strings.ReplaceAll(text, "into knowledge.", "into a ")
	text = strings.ReplaceAll(text, " not found in type knowledge.Kind", " is no field of a kind")
	if text == "EOF" {
		text = "the file is empty"
	}
	return fmt.Errorf("%s", text)
}

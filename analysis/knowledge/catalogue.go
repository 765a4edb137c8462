package knowledge

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"practicum/analysis/lazily"

	"go.yaml.in/yaml/v3"
)

// Catalogue is the kinds and behaviours that a run goes by: the embedded ones, and those of a site's own files in
// their place or beside them. A nil Catalogue is the embedded one. Catalogues do not change.
type Catalogue struct {
	kinds      []Kind
	behaviours []BehaviourEntry
}

// Behaviours lists the entries of behaviours, always in the same order.
func (c *Catalogue) Behaviours() []BehaviourEntry {
	if c == nil {
		return slices.Clone(behaviours())
	}
	return slices.Clone(c.behaviours)
}

// Behaviour gives the entry for a behaviour's id.
func (c *Catalogue) Behaviour(id string) (BehaviourEntry, bool) {
	for _, b := range c.Behaviours() {
		if b.ID == id {
			return b, true
		}
	}
	return BehaviourEntry{}, false
}

func (c *Catalogue) all() []Kind {
	if c == nil {
		return kinds()
	}
	return c.kinds
}

// Kinds lists the entries, always in the same order: the embedded ones, then a site's own. The
// entries are shared: a caller must not change what they hold.
func (c *Catalogue) Kinds() []Kind { return slices.Clone(c.all()) }

// Kind gives the entry for an id.
func (c *Catalogue) Kind(id string) (Kind, bool) {
	if k := c.find(id); k != nil {
		return *k, true
	}
	return Kind{}, false
}

// find is the entry itself, since an entry is large; nil when there is none.
func (c *Catalogue) find(id string) *Kind {
	if c == nil {
		if entry := kindEntries()[id]; entry != nil {
			return entry()
		}
		return nil
	}
	all := c.all()
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// Family is that of a kind; empty when the catalogue does not have it.
func (c *Catalogue) Family(id string) string {
	if k := c.find(id); k != nil {
		return k.Family
	}
	return ""
}

// ByLethality orders ids of kinds by what the kinds can do, the most lethal first; equals keep their
// order, and ids that the catalogue does not have come last.
func (c *Catalogue) ByLethality(ids []string) []string {
	lethality := func(id string) int {
		k := c.find(id)
		if k == nil {
			return -1
		}
		return k.Lethality.High
	}
	ids = slices.Clone(ids)
	if len(ids) < 2 {
		return ids
	}
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

// With adds the entries of a site's own file, in the form of the files under kinds/: a list of kinds, or the lists
// kinds and behaviours under their names. An entry with the id of one that is there takes its place: what it does
// not say, the old one goes on to say. A new one has to be complete. Every entry must stand the checks of
// Problems; all that is wrong is told, with file, line, entry and key.
func (c *Catalogue) With(file string, data []byte) (*Catalogue, error) {
	var root yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, plainYAML(err))
	}
	own := ownFile{kinds: root.Content[0]}
	if top := root.Content[0]; top.Kind == yaml.MappingNode {
		own = ownFile{}
		for i := 0; i+1 < len(top.Content); i += 2 {
			switch key := top.Content[i]; key.Value {
			case "kinds":
				own.kinds = top.Content[i+1]
			case "behaviours":
				own.behaviours = top.Content[i+1]
			default:
				return nil, fmt.Errorf("%s:%d: %q is neither kinds nor behaviours", file, key.Line, key.Value)
			}
		}
	}
	out := &Catalogue{kinds: c.Kinds(), behaviours: c.Behaviours()}
	var wrong []string
	wrong = append(wrong, entries(file, "kind", own.kinds, &out.kinds, func(k *Kind) *string { return &k.ID }, func(k *Kind, says func(string) bool) {
		if says("attack") {
			k.NoAttack = ""
		} else if says("no_attack") {
			k.Attack = nil
		}
	}, Kind.Problems)...)
	wrong = append(wrong, entries(file, "behaviour", own.behaviours, &out.behaviours, func(b *BehaviourEntry) *string { return &b.ID }, nil, BehaviourEntry.Problems)...)
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return out, nil
}

// ownFile is the two lists of a site's file; one that is not there is nil.
type ownFile struct{ kinds, behaviours *yaml.Node }

// entries reads a list of entries on top of those in list, and says what is wrong with them.
func entries[T any](file, what string, node *yaml.Node, list *[]T, id func(*T) *string, before func(*T, func(key string) bool), problems func(T) []string) (wrong []string) {
	if node == nil {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		return []string{fmt.Sprintf("%s:%d: a list of entries is wanted, each beginning with \"- id:\"", file, node.Line)}
	}
	seen := map[string]bool{}
	for _, n := range node.Content {
		place := fmt.Sprintf("%s:%d: ", file, n.Line)
		said := map[string]bool{}
		name := ""
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			said[n.Content[i].Value] = true
			if n.Content[i].Value == "id" {
				name = n.Content[i+1].Value
			}
		}
		if name == "" || seen[name] {
			wrong = append(wrong, place+fmt.Sprintf("the entry has no id, or that of an entry before it (%q)", name))
			continue
		}
		seen[name] = true
		var strict T
		if err := decodeNode(n, &strict); err != nil {
			wrong = append(wrong, place+name+": "+lineWords().ReplaceAllString(plainYAML(err).Error(), ""))
			continue
		}
		at := slices.IndexFunc(*list, func(e T) bool { return *id(&e) == name })
		var entry T
		if at >= 0 {
			entry = (*list)[at]
		}
		if before != nil {
			before(&entry, func(key string) bool { return said[key] })
		}
		if err := n.Decode(&entry); err != nil {
			wrong = append(wrong, place+name+": "+lineWords().ReplaceAllString(plainYAML(err).Error(), ""))
			continue
		}
		for _, p := range problems(entry) {
			wrong = append(wrong, place+name+": "+p)
		}
		if at >= 0 {
			(*list)[at] = entry
		} else {
			*list = append(*list, entry)
		}
	}
	return wrong
}

// decodeNode decodes an entry strictly: the library is strict with text only.
func decodeNode(n *yaml.Node, into any) error {
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	return decodeYAML(text, into)
}

// lineWords are the library's lines, which decodeNode makes those of the entry alone.
var lineWords = lazily.Regexp(`line [0-9]+: `)

// plainYAML takes the library's own words off an error.
func plainYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text = strings.ReplaceAll(text, "\n  ", "; ")
	text = strings.ReplaceAll(text, "into knowledge.", "into a ")
	text = strings.ReplaceAll(text, " not found in type knowledge.Kind", " is no field of a kind")
	text = strings.ReplaceAll(text, " not found in type knowledge.BehaviourEntry", " is no field of a behaviour")
	text = strings.ReplaceAll(text, " not found in type knowledge.", " is no field of a ")
	if text == "EOF" {
		text = "the file is empty"
	}
	return fmt.Errorf("%s", text)
}

package knowledge

import (
	"cmp"
	"slices"
)

// ByLethality orders ids of kinds by what the kinds can do, the most lethal first; equals keep their
// order, and ids that the catalogue does not have come last.
func ByLethality(ids []string) []string {
	lethality := func(id string) int {
		k, ok := KindByID(id)
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
func MostLethal(ids []string) (most Kind, ok bool) {
	for _, id := range ByLethality(ids) {
		return KindByID(id)
	}
	return Kind{}, false
}

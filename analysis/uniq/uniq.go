// Package uniq tells different things apart and keeps them in the order in which they come up.
package uniq

import "slices"

// List is a list of different things. Most lists of an incident are short. The zero List is empty.
type List[T comparable] struct {
	All []T // in the order of adding; whoever changes it must not add before Reset

	places map[T]int32 // in All; nil while there are few
	spare  map[T]int32 // an empty one
	last   int32       // the place of what was added last
}

const (
	few  = 12 // things that are found by looking at each
	many = 64 // from how many on emptying a map takes longer than making one
)

// Emptied is an empty map: the same one, unless it has grown so large that emptying it takes longer than making one.
func Emptied[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) > many {
		return map[K]V{}
	}
	clear(m)
	return m
}

// Add adds a thing, unless it is there, and says where it stands in All.
func (l *List[T]) Add(v T) (place int32, isNew bool) {
	if int(l.last) < len(l.All) && l.All[l.last] == v {
		return l.last, false
	}
	if l.places != nil {
		if at, known := l.places[v]; known {
			l.last = at
			return at, false
		}
	} else if at := slices.Index(l.All, v); at >= 0 {
		l.last = int32(at)
		return l.last, false
	}
	l.last = int32(len(l.All))
	l.All = append(l.All, v)
	if l.places != nil {
		l.places[v] = l.last
	} else if len(l.All) > few {
		if l.places, l.spare = l.spare, nil; l.places == nil {
			l.places = make(map[T]int32, 2*few)
		}
		for i, v := range l.All {
			l.places[v] = int32(i)
		}
	}
	return l.last, true
}

// Has reports whether a thing is there.
func (l *List[T]) Has(v T) bool {
	if l.places != nil {
		_, known := l.places[v]
		return known
	}
	return slices.Index(l.All, v) >= 0
}

// Reset empties the list and keeps its memory.
func (l *List[T]) Reset() {
	if l.places != nil && len(l.places) <= many {
		clear(l.places)
		l.spare = l.places
	}
	l.All, l.places, l.last = l.All[:0], nil, 0
}

package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A Problem is one thing that is wrong with a setting, and where it was written.
type Problem struct {
	Place string // a file, an environment variable or a flag
	Path  string // of the key in a file, such as assets[0].criticality; empty for the file as a whole
	Text  string
}

func (p *Problem) Error() string {
	if p.Path == "" {
		return p.Place + ": " + p.Text
	}
	return p.Place + ": " + p.Path + ": " + p.Text
}

// problems collects all that is wrong, so that a file is mended in one go.
type problems []error

func (ps *problems) add(place, path, format string, args ...any) {
	*ps = append(*ps, &Problem{place, path, fmt.Sprintf(format, args...)})
}

func (ps problems) err() error { return errors.Join(ps...) }

// fit compares a file's tree with the shape and returns it in the one form that the shape
// decodes from: no unknown keys, no absent values, a list wherever a list is wanted, and
// points always as a map.
func fit(place string, t tree) (tree, error) {
	var ps problems
	fitted := fitStruct(&ps, place, "", reflect.TypeFor[File](), t)
	return fitted, ps.err()
}

func fitStruct(ps *problems, place, path string, shape reflect.Type, t tree) tree {
	fields := make(map[string]reflect.Type, shape.NumField())
	var known []string
	for i := range shape.NumField() {
		f := shape.Field(i)
		key := f.Tag.Get("mapstructure")
		fields[key] = f.Type
		known = append(known, key)
	}
	out := tree{}
	for _, key := range slices.Sorted(maps.Keys(t)) {
		field, ok := fields[key]
		if !ok {
			text := fmt.Sprintf("unknown key %q", key)
			if path != "" {
				text += " in " + path
			}
			*ps = append(*ps, &Problem{Place: place, Text: text + hint(path, key, known)})
			continue
		}
		below := key
		if path != "" {
			below = path + "." + key
		}
		if v := fitValue(ps, place, below, field, t[key]); v != nil {
			out[key] = v
		}
	}
	return out
}

// hint is what to do about an unknown key: the nearest known one, or how a dotted key is written.
func hint(path, key string, known []string) string {
	if path == "" && strings.Contains(key, ".") && slices.Contains(Keys(), key) {
		parts := strings.Split(key, ".")
		return fmt.Sprintf(" (write %q inside %q)", parts[1], parts[0])
	}
	if near, ok := Nearest(key, known); ok {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	list := " (known here: " + strings.Join(known, ", ")
	if strings.Contains(key, " ") { // within YAML's braces a comma ends a text
		list += "; a text with a comma wants quotes"
	}
	return list + ")"
}

func fitValue(ps *problems, place, path string, shape reflect.Type, v any) any {
	if v == nil {
		return nil // "title:" with nothing after it is as good as absent
	}
	if shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	text, isText := v.(string)
	if shape == reflect.TypeFor[Hit]() && isText {
		return tree{"line": text}
	}
	sub, isTree := v.(tree)
	list, isList := v.([]any)
	switch {
	case shape.Kind() == reflect.String:
		if !isText {
			ps.add(place, path, "wants one value, not %s", kindOf(v))
			return nil
		}
		return text
	case shape == reflect.TypeFor[Points]() && isText:
		return tree{"points": text}
	case shape.Kind() == reflect.Map:
		if !isTree {
			ps.add(place, path, "wants keys of its own, not %s", kindOf(v))
			return nil
		}
		out := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(sub)) {
			if value, ok := sub[key].(string); ok {
				out[key] = value
			} else {
				ps.add(place, path+"."+key, "wants one value, not %s", kindOf(sub[key]))
			}
		}
		return out
	case shape.Kind() == reflect.Struct:
		if !isTree {
			ps.add(place, path, "wants keys of its own, not %s", kindOf(v))
			return nil
		}
		return fitStruct(ps, place, path, shape, sub)
	}
	// A list. One text stands for a list of texts, with commas between them.
	elem := shape.Elem()
	if isText && elem.Kind() == reflect.String {
		return splitList(text)
	}
	if !isList {
		ps.add(place, path, "wants a list, not %s", kindOf(v))
		return nil
	}
	out := make([]any, 0, len(list))
	for i, item := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item == nil {
			ps.add(place, at, "is empty")
			continue
		}
		if x := fitValue(ps, place, at, elem, item); x != nil {
			out = append(out, x)
		}
	}
	return out
}

// splitList reads "md, html" as a list.
func splitList(s string) []any {
	out := []any{}
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case tree:
		return "keys"
	case []any:
		return "a list"
	default:
		return "a single value"
	}
}

// Keys lists the path of every key of the shape, in its order; a list's elements have the path
// of the list: "assets.hosts".
func Keys() []string {
	var keys []string
	var walk func(prefix string, t reflect.Type)
	walk = func(prefix string, t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			key := prefix + f.Tag.Get("mapstructure")
			keys = append(keys, key)
			elem := f.Type
			for elem.Kind() == reflect.Pointer || elem.Kind() == reflect.Slice {
				elem = elem.Elem()
			}
			if elem.Kind() == reflect.Struct {
				walk(key+".", elem)
			}
		}
	}
	walk("", reflect.TypeFor[File]())
	return keys
}

// Nearest finds the known word that a misspelt one was probably meant to be.
func Nearest(word string, known []string) (string, bool) {
	best, at := 3, ""
	for _, k := range known {
		if strings.EqualFold(k, word) {
			return k, true
		}
		// Two slips are allowed in a long word and one in a short one: "tz" is not a slip of "to".
		if d := slips(strings.ToLower(word), k); d < best && 3*d <= len(k) {
			best, at = d, k
		}
	}
	return at, at != ""
}

// slips counts the letters to insert, delete, replace or swap that make b of a (optimal string
// alignment). It gives up on long words, which nobody mistypes.
func slips(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	var before, last []int
	for i := 0; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		for j := range row {
			switch {
			case i == 0:
				row[j] = j
			case j == 0:
				row[j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					row[j] = min(row[j], before[j-2]+1)
				}
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

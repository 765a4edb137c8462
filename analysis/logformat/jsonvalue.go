package logformat

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// jsonText is a value of a JSON object as text: a string, a number or a truth value; else nothing.
func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// jsonNumber is a value that is a whole number, as such or as text.
func jsonNumber(v any) (int, bool) {
	n, err := strconv.Atoi(jsonText(v))
	return n, err == nil
}

// typesetObject reports whether an object is to be read again without what typesetting made of it: not where
// curly quotes stand in its values, so that straight ones would break it.
func typesetObject(text string) bool {
	plain, typeset := untypeset(text)
	return typeset && json.Valid([]byte(plain))
}

// sortedKeys are the keys in an order that does not change from run to run.
func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

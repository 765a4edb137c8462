package logformat

import (
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

// sortedKeys are the keys in an order that does not change from run to run.
func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

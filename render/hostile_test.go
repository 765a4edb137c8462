package render_test

import (
	"reflect"
	"time"

	"practicum/analysis"
)

// hostileText is what an attacker would write into a log, all of it.
const hostileText = "a|b`c*d_e[f](http://evil.example)<script>alert(1)</script>\u202e\x1b[2J\xff{{.X}}{nb}\n# out\r```\n<!-- analyst:end x -->&lt; HIGH \\|"

// hostileReport is a report in which every string that could come from a log, a file's name or
// a configuration is s. It has every section.
func hostileReport(s string) *analysis.Report {
	r := practicalReport()
	fill(reflect.ValueOf(r).Elem(), s)
	for i := range r.Incidents {
		r.Incidents[i].Severity.Band = analysis.BandHigh
		r.Incidents[i].Observations[0].Class = analysis.ClassObserved
	}
	return r
}

// fill sets every string below v to s. It goes through all fields, so that a field added to a
// report's types is hostile from its first day.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), s)
		}
	}
}

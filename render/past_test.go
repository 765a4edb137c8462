package render

import (
	"testing"

	"practicum/analysis"
)

func TestChange(t *testing.T) {
	n := func(n int) *int { return &n }
	wide := &analysis.Range{Low: 5, High: 1200, Reports: 3}
	for _, test := range []struct {
		c             analysis.Change
		change, usual string
	}{
		{analysis.Change{Now: 12}, "–", "–"},
		{analysis.Change{Now: 12, Before: n(8)}, "+50 %", "–"},
		{analysis.Change{Now: 4, Before: n(8), Usual: wide}, "−50 %", "5 to 1,200, below"},
		{analysis.Change{Now: 1201, Before: n(8), Usual: wide}, "× 150", "5 to 1,200, above"},
		{analysis.Change{Now: 8, Before: n(8), Usual: wide}, "=", "5 to 1,200"},
		{analysis.Change{Now: 8, Before: n(0), Usual: &analysis.Range{Reports: 4}}, "new", "0"}, // nobody needs to be told that new is above nothing
		{analysis.Change{Now: 0, Before: n(8), Usual: &analysis.Range{Low: 7, High: 7, Reports: 4}}, "gone", "7, below"},
		{analysis.Change{Now: 1000, Before: n(999)}, "+ below 1 %", "–"},
		{analysis.Change{Now: 999, Before: n(1000)}, "− below 1 %", "–"},
		{analysis.Change{Now: 1, Before: n(1000)}, "−99 %", "–"}, // something is left
	} {
		if a, b := change(test.c), usual(test.c); a != test.change || b != test.usual {
			t.Errorf("%+v: %q, %q; want %q, %q", test.c, a, b, test.change, test.usual)
		}
	}
}

// TestAdviceText takes off what the templates put behind a recommendation, in each of its forms and nothing else.
func TestAdviceText(t *testing.T) {
	for text, want := range map[string]string{
		"Use keys. (incident 3)": "Use keys.",
		"Use keys. (incidents 3, 10 and 1,019 more; asked since May 2026)": "Use keys.",
		"Use keys. (asked since 2026-05-01 to 2026-05-09)":                 "Use keys.",
		"Use keys (of the site). (incidents 3, 10, 11)":                    "Use keys (of the site).",
		"Ask (the owner)": "Ask (the owner)",
	} {
		if got := AdviceText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestChanged(t *testing.T) {
	n := func(n int) *int { return &n }
	r := &analysis.Report{Past: &analysis.Past{Compared: &analysis.PastReport{Words: "May 2026"},
		Totals: []analysis.Change{
			{Name: "incidents", Now: 1, Before: n(4), Usual: &analysis.Range{Low: 3, High: 5, Reports: 3}},
			{Name: "high or severe incidents", Now: 0, Before: n(0)}, // nothing to say
			{Name: "records of incidents", Now: 1, Before: n(1)},
		},
		Sources: analysis.SourcesSeen{New: 2, Staying: 1, Gone: 3}, Continuing: []analysis.Continuing{{}}}}
	want := "Against May 2026: 1 incident (4, −75 %; usually 3 to 5), 1 record of incidents (1). Of the sources 2 are new and 1 was there in the report before. 3 sources of May 2026 did not come back. 1 incident goes on from before."
	if got := changed(r); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

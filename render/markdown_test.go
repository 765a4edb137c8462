package render_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/render"
	"practicum/templates"
)

func write(t *testing.T, template string, r *analysis.Report) (string, error) {
	t.Helper()
	var b bytes.Buffer
	set := templates.Default()
	set.Report = template
	err := render.Markdown(&b, r, set)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// TestTemplatesCannotForget tries what the author of a template could get wrong.
func TestTemplatesCannotForget(t *testing.T) {
	r := &analysis.Report{Title: "a|*b*", Incidents: make([]analysis.ScoredIncident, 2)}
	for _, c := range []struct{ template, want string }{
		{`{{.Title}}`, `a&#124;\*b\*`},
		{`{{"*x*"}}`, `\*x\*`},
		{`{{printf "*%s*" .Title}}`, `\*a&#124;\*b\*\*`},
		{`{{print "<b>" | html}}`, `\&lt;b\&gt;`},
		{`{{_print .Title}}`, `a\&\#124;\\\*b\\\*`},
		{`{{code .Title}}`, "`a|*b*`"},
		{`| {{code .Title}} |`, "| `a\\|*b*` |"},
		{"| {{.Title}} |\n{{code .Title}}", "| a&#124;\\*b\\* |\n`a|*b*`"},
		{`{{with $x := .Title}}{{$x}}{{end}}`, `a&#124;\*b\*`},
		{`{{range .Incidents}}{{$.Title}} {{else}}{{end}}`, `a&#124;\*b\* a&#124;\*b\* `},
		{`{{if true}}{{.Title}}{{end}}{{define "t"}}{{.}}{{end}} {{template "t" .Title}}`, `a&#124;\*b\* a&#124;\*b\*`},
		{`{{block "b" .Title}}{{.}}{{end}}`, `a&#124;\*b\*`},
		{`{{len .Incidents}} {{number 1234567}} {{points -1 2}} {{count 1 "a" "b"}} {{count 2000 "a" "b"}}`, `2 1,234,567 −1 to 2 1 a 2,000 b`},
		{`<!-- {{id "a-->b"}} -->`, `<!-- a--_b -->`},
		{`{{chip "high"}} {{chip "*"}}`, "`HIGH` `*`"},
		{`{{with .Site}}{{.}}{{else}}none{{end}}`, `none`},
	} {
		got, err := write(t, c.template, r)
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
		} else if got != c.want {
			t.Errorf("%s writes %q, want %q", c.template, got, c.want)
		}
	}
	for _, c := range []struct{ template, want string }{
		{`{{.Incidents}}`, "a []analysis.ScoredIncident cannot be written"},
		{`{{.Period.First}}`, "a time.Time cannot be written"},
		{`{{.Nothing}}`, "can't evaluate field Nothing"},
		{`{{if}}`, "missing value for if"},
		{`| {{excerpt (index .Incidents 0).Excerpt}}`, "wrong type"},
	} {
		if _, err := write(t, c.template, r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q in it", c.template, err, c.want)
		}
	}
	r.Unrecognised = []analysis.Sample{{File: "a", Text: "b"}}
	if _, err := write(t, `| {{range samples .Unrecognised}}{{.Block}}{{end}} |`, r); err == nil {
		t.Error("a block stands in a table")
	}
}

// TestManySources has the summary short, and the facts with as many sources as a row can hold and the number of the rest.
func TestManySources(t *testing.T) {
	r := practicalReport()
	r.Incidents[0].Sources = nil
	for i := range 300 {
		r.Incidents[0].Sources = append(r.Incidents[0].Sources, analysis.Source{IP: "192.0.2." + string(rune('0'+i%10)), Name: "h.example"})
	}
	md := string(markdown(t, r))
	if !strings.Contains(md, "`192.0.2.3` + 296 more |") {
		t.Error("the summary does not say how many sources there are")
	}
	if got := strings.Count(md, "`h.example`"); got != 60 || !strings.Contains(md, "(`h.example`) + 240 more |") {
		t.Errorf("the facts name %d sources, or do not count the others", got)
	}
}

func TestLedgerThatDoesNotBalance(t *testing.T) {
	r := emptyReport()
	r.Ledger.Lines++
	if !strings.Contains(string(markdown(t, r)), "> The ledger does not balance: 0 + 1 + 0 + 1 is not 3.") {
		t.Error("the report is silent about it")
	}
}

// TestJSON reads the contract back.
func TestJSON(t *testing.T) {
	for _, r := range []*analysis.Report{practicalReport(), hostileReport("a<b>&\u202e\U000e0041\u009b")} {
		b := jsonOf(t, r)
		var got analysis.Report
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		for i := range r.Incidents {
			r.Incidents[i].Excerpt = nil // not in report.json
		}
		opts := cmp.Options{cmp.Comparer(func(a, b []string) bool { return strings.Join(a, "\x00") == strings.Join(b, "\x00") })}
		opts = append(opts, cmp.Transformer("empty", func(s []analysis.Citation) []analysis.Citation { return append([]analysis.Citation{}, s...) }),
			cmp.Transformer("prompts", func(s []analysis.Prompt) []analysis.Prompt { return append([]analysis.Prompt{}, s...) }),
			cmp.Transformer("targets", func(s []analysis.Target) []analysis.Target { return append([]analysis.Target{}, s...) }))
		if diff := cmp.Diff(*r, got, opts); diff != "" {
			t.Errorf("report.json lost something (-want +got):\n%s", diff)
		}
		if bytes.Contains(b, []byte("null")) {
			t.Error("report.json holds a null")
		}
		if bytes.Contains(b, []byte(`\u003c`)) {
			t.Error("report.json escapes <")
		}
	}
	if got := jsonOf(t, &analysis.Report{Incidents: make([]analysis.ScoredIncident, 1), Inputs: make([]analysis.Input, 1),
		Background: analysis.Background{Tables: make([]analysis.BackgroundTable, 1)}}); bytes.Contains(got, []byte("null")) {
		t.Errorf("report.json of an empty incident holds a null:\n%s", got)
	}
}

// TestFormats looks for a format that is named twice or half.
func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range render.Formats {
		if f.Name == "" || f.Ext != "."+f.Name || f.Title == "" || seen[f.Name] {
			t.Errorf("the format %+v is not complete", f)
		}
		seen[f.Name] = true
	}
}

package check

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestSARIF holds what is written against the standard's own schema, with findings of every rule and with
// names and words that have to be escaped.
func TestSARIF(t *testing.T) {
	source, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	schema, err := jsonschema.UnmarshalJSON(source)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const at = "sarif-schema-2.1.0.json"
	if err := c.AddResource(at, schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(v)
	}
	findings := []Finding{{File: "a folder/rapport é 100%#?.md", Line: 0, Rule: Rules[0].ID, Message: "<b>\u202e\x1b"}}
	for i, r := range Rules {
		findings = append(findings, Finding{File: "report.md", Line: i + 1, Rule: r.ID, Incident: i, Message: r.Title})
	}
	findings = append(findings, Finding{File: "/var/tmp/report.md", Line: 7, Rule: Rules[0].ID, Message: "x"})
	for _, list := range [][]Finding{nil, findings} {
		var b bytes.Buffer
		if err := SARIF(&b, list, "0.1.0"); err != nil {
			t.Fatal(err)
		}
		if err := valid(b.Bytes()); err != nil {
			t.Errorf("%d findings: %v", len(list), err)
		}
	}
	if valid([]byte(`{"version": "2.1.0", "runs": [{"results": []}]}`)) == nil {
		t.Error("the schema accepts a run without a tool")
	}
}

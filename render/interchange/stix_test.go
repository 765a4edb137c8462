package interchange_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"practicum/analysis"
	"practicum/render/interchange"
)

// stixSchemas are the schemas of STIX 2.1 by OASIS, by the type of object.
func stixSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	ids := map[string]string{}
	err := fs.WalkDir(os.DirFS("testdata/stix"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		f, err := os.Open("testdata/stix/" + name)
		if err != nil {
			return err
		}
		defer f.Close()
		v, err := jsonschema.UnmarshalJSON(f)
		if err != nil {
			return err
		}
		id := v.(map[string]any)["$id"].(string)
		ids[strings.TrimSuffix(path.Base(name), ".json")] = id
		return c.AddResource(id, v)
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*jsonschema.Schema{}
	for kind, id := range ids {
		if out[kind], err = c.Compile(id); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// stixPattern is the one pattern that we write, by the grammar of section 9.
var stixPattern = regexp.MustCompile(`^\[(?:ipv4-addr:value = '[0-9.]+'|ipv6-addr:value = '[0-9a-f:]+')\]$`)

type stixBundle struct {
	Type, ID string
	Objects  []map[string]any
}

// tlpPublished are the markings of TLP 2.0 as OASIS published them (cti-stix-common-objects, extension-definition-specifications/tlp-2.0).
// STIX 2.1 lets an extension stand in the place of definition_type and definition (section 7.2.1), which these schemas are too old for.
const tlpPublished = `{"type":"marking-definition","spec_version":"2.1","id":"ID","created":"2022-10-01T00:00:00.000Z","name":"TLP:LABEL",
"extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"label"}}}`

var tlpIDs = map[string]string{
	"TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	"TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
	"TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}

// relations are the relationships that STIX 2.1 knows between the types that we relate (appendix B); related-to is for any two.
var relations = map[string]bool{"indicator indicates attack-pattern": true, "indicator based-on observed-data": true}

func TestSTIX(t *testing.T) {
	golden(t, "sample.stix.json", written(t, "stix", sample(), options()))
	schemas := stixSchemas(t)
	everything(t, func(name string, r *analysis.Report, o interchange.Options) {
		text := written(t, "stix", r, o)
		var b stixBundle
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatal(err)
		}
		if b.Type != "bundle" || !strings.HasPrefix(b.ID, "bundle--") || len(b.Objects) == 0 {
			t.Errorf("%s: %s %s with %d objects", name, b.Type, b.ID, len(b.Objects))
		}
		types := map[string]string{}
		for _, x := range b.Objects {
			id, kind := x["id"].(string), x["type"].(string)
			if types[id] != "" || !strings.HasPrefix(id, kind+"--") {
				t.Errorf("%s: %s is there twice, or no id of %s", name, id, kind)
			}
			types[id] = kind
		}
		counts := map[string]int{}
		for _, x := range b.Objects {
			id, kind := x["id"].(string), x["type"].(string)
			counts[kind]++
			if kind == "marking-definition" {
				label := x["name"].(string)
				want := map[string]any{}
				published := strings.NewReplacer("ID", tlpIDs[label], "TLP:LABEL", label, `"label"`, `"`+strings.ToLower(label[4:])+`"`).Replace(tlpPublished)
				if err := json.Unmarshal([]byte(published), &want); err != nil {
					t.Fatal(err)
				}
				if label != "TLP:"+o.TLP || !reflect.DeepEqual(x, want) {
					t.Errorf("%s: %v is not %v", name, x, want)
				}
				continue
			}
			schema := schemas[kind]
			if schema == nil {
				t.Errorf("%s: there is no schema for %s", name, kind)
				continue
			}
			one, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(one))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s: %s: %v", name, id, err)
			}
			stixRules(t, name, x, types)
			if _, marked := x["object_marking_refs"]; marked != (o.TLP != "") {
				t.Errorf("%s: %s: marked: %t", name, id, marked)
			}
		}
		obscured := r.Made != nil && r.Made.Obscured
		if counts["incident"] != len(r.Incidents) || counts["report"] != 1 || counts["identity"] != 1 || obscured && counts["indicator"]+counts["sighting"] > 0 {
			t.Errorf("%s: %v", name, counts)
		}
		if name == "sample" && (counts["indicator"] != 2 || counts["sighting"] != 3 || counts["note"] != 2 || counts["attack-pattern"] != 3) {
			t.Errorf("%s: %v", name, counts) // 10.1.2.3 means something else to everybody
		}
	})
}

// stixRules are what the schemas cannot say, after their own README and the specification.
func stixRules(t *testing.T, name string, x map[string]any, types map[string]string) {
	t.Helper()
	id, kind := x["id"].(string), x["type"].(string)
	for key, v := range x {
		var refs []any
		switch {
		case strings.HasSuffix(key, "_ref"):
			refs = []any{v}
		case strings.HasSuffix(key, "_refs"):
			refs = v.([]any)
		}
		for i, ref := range refs {
			there, ok := types[ref.(string)]
			if !ok || slices.Contains(refs[:i], ref) {
				t.Errorf("%s: %s: %s is not in the bundle, or there twice: %v", name, id, key, ref)
			}
			if want := map[string]string{"created_by_ref": "identity", "object_marking_refs": "marking-definition"}[key]; want != "" && there != want {
				t.Errorf("%s: %s: %s leads to %s", name, id, key, there)
			}
		}
	}
	ordered := func(first, last string) {
		a, aOK := x[first].(string)
		b, bOK := x[last].(string)
		if aOK && bOK && a > b { // all of one form, in UTC
			t.Errorf("%s: %s: %s %s is after %s %s", name, id, first, a, last, b)
		}
	}
	ordered("created", "modified")
	ordered("first_observed", "last_observed")
	ordered("first_seen", "last_seen")
	for _, key := range []string{"created", "modified", "published", "valid_from", "first_seen", "last_seen", "first_observed", "last_observed"} {
		if s, ok := x[key].(string); ok {
			if _, err := time.Parse("2006-01-02T15:04:05.000Z", s); err != nil {
				t.Errorf("%s: %s: %v", name, id, err)
			}
		}
	}
	if kind == "relationship" {
		from, to := types[x["source_ref"].(string)], types[x["target_ref"].(string)]
		if what := x["relationship_type"].(string); what != "related-to" && !relations[from+" "+what+" "+to] {
			t.Errorf("%s: %s: STIX knows no %s %s %s", name, id, from, what, to)
		}
	}
	if kind == "network-traffic" {
		for _, key := range []string{"src_ref", "dst_ref"} {
			if ref, ok := x[key].(string); ok && !strings.HasSuffix(types[ref], "-addr") {
				t.Errorf("%s: %s: %s leads to %s", name, id, key, types[ref])
			}
		}
	}
	if pattern, ok := x["pattern"].(string); ok && !stixPattern.MatchString(pattern) {
		t.Errorf("%s: %s: %s", name, id, pattern)
	}
}

// The ids of addresses and names are those that everybody else gives them: by OASIS's own cti-python-stix2 and others. (Those
// in the examples of the specification are older than its section 2.9 and follow no rule.)
func TestSTIXIds(t *testing.T) {
	r := sample()
	r.Incidents = r.Incidents[:1]
	r.Incidents[0].Sources = []analysis.Source{{IP: "198.51.100.3", Name: "example.com"}, {IP: "2001:db8::1"}}
	text := string(written(t, "stix", r, options()))
	for _, id := range []string{"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"} {
		if !strings.Contains(text, `"`+id+`"`) {
			t.Errorf("%s is not there", id)
		}
	}
}

// What is exported again has the same ids, so that it renews what was there: when logs have grown, when an incident has another
// number, and when the analyst has rated it.
func TestSTIXRenews(t *testing.T) {
	ids := func(r *analysis.Report, o interchange.Options) map[string][2]string {
		var b stixBundle
		if err := json.Unmarshal(written(t, "stix", r, o), &b); err != nil {
			t.Fatal(err)
		}
		out := map[string][2]string{}
		for _, x := range b.Objects {
			created, _ := x["created"].(string)
			modified, _ := x["modified"].(string)
			out[x["id"].(string)] = [2]string{created, modified}
		}
		return out
	}
	old := ids(sample(), options())
	grown := sample()
	for i := range grown.Incidents {
		in := &grown.Incidents[i]
		in.Number += 7
		in.Severity.High++
		if !in.ByHand {
			in.Last = in.Last.Add(time.Hour)
			in.Records++
		}
	}
	grown.Period.Last = grown.Period.Last.Add(time.Hour)
	later := options()
	later.Modified = at("2026-12-01 00:00:00 +00:00")
	for what, now := range map[string]map[string][2]string{"grown": ids(grown, options()), "rated again": ids(sample(), later)} {
		for id, was := range old {
			is, ok := now[id]
			newer := is[1] > was[1] || was[1] == "" || strings.HasPrefix(id, "attack-pattern--") // that is as it was
			if !ok || is[0] != was[0] || !newer {
				t.Errorf("%s: %s: created and modified %q after %q", what, id, is, was)
			}
		}
		if len(now) != len(old) {
			t.Errorf("%s: %d objects after %d", what, len(now), len(old))
		}
	}
}

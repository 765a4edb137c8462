package interchange_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"practicum/analysis"
	"practicum/render/interchange"
)

// ocsfCaptions are the captions of the values that we write. OCSF wants the sibling of an id to be its caption.
var ocsfCaptions = map[string]map[float64][]string{
	"activity_id/activity_name":  {1: {"Create"}},
	"severity_id/severity":       {0: {"Unknown"}, 1: {"Informational"}, 2: {"Low"}, 3: {"Medium"}, 4: {"High"}, 5: {"Critical"}},
	"status_id/status":           {1: {"New"}},
	"category_uid/category_name": {2: {"Findings"}},
	"class_uid/class_name":       {2004: {"Detection Finding"}, 2005: {"Incident Finding"}},
	"type_uid/type_name":         {200401: {"Detection Finding: Create"}, 200501: {"Incident Finding: Create"}},
	"direction_id/direction":     {0: {"Unknown"}},
	"type_id/type":               {1: {"Rule", "Hostname"}, 2: {"IP Address"}, 4: {"User Name"}}, // of analytics, and of observables
}

// checkCaptions looks for ids and their siblings at every depth.
func checkCaptions(t *testing.T, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			checkCaptions(t, fmt.Sprintf("%s[%d]", at, i), x)
		}
	case map[string]any:
		for key, x := range v {
			checkCaptions(t, at+"."+key, x)
		}
		for pair, captions := range ocsfCaptions {
			id, caption, _ := strings.Cut(pair, "/")
			if n, ok := v[id].(float64); ok && !slices.Contains(captions[n], v[caption].(string)) {
				t.Errorf("%s: %s %v is called %q", at, id, n, v[caption])
			}
		}
	}
}

func TestOCSF(t *testing.T) {
	golden(t, "sample.ocsf.jsonl", written(t, "ocsf", sample(), options()))
	f, err := os.Open("testdata/ocsf-1.7.0.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	source, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("ocsf.json", source); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("ocsf.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(line string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
	everything(t, func(name string, r *analysis.Report, o interchange.Options) {
		uids := map[string]bool{}
		incidents := 0
		for line := range strings.Lines(string(written(t, "ocsf", r, o))) {
			if err := valid(line); err != nil {
				t.Errorf("%s: %v\n%s", name, err, line)
				continue
			}
			var x map[string]any
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				t.Fatal(err)
			}
			checkCaptions(t, name, x)
			if x["type_uid"].(float64) != x["class_uid"].(float64)*100+x["activity_id"].(float64) || x["start_time"].(float64) > x["end_time"].(float64) || x["end_time"].(float64) > x["time"].(float64) {
				t.Errorf("%s: %s", name, line)
			}
			meta := x["metadata"].(map[string]any)
			if uid := meta["uid"].(string); uids[uid] || meta["version"] != "1.7.0" {
				t.Errorf("%s: %v", name, meta)
			} else {
				uids[uid] = true
			}
			if label := "TLP:" + o.TLP; o.TLP != "" && !slices.Contains(meta["labels"].([]any), any(label)) {
				t.Errorf("%s: %v has no label", name, meta)
			}
			if list, ok := x["finding_info_list"].([]any); ok {
				incidents++
				for _, info := range list { // its findings stand before it
					if uid := info.(map[string]any)["uid"].(string); !uids[uid] {
						t.Errorf("%s: no finding is called %s", name, uid)
					}
				}
			}
			if list, ok := x["observables"].([]any); ok {
				for _, o := range list {
					o := o.(map[string]any)
					if got := lookup(x, o["name"].(string)); got != o["value"] {
						t.Errorf("%s: %v points at %v", name, o, got)
					}
				}
			}
		}
		if incidents != len(r.Incidents) {
			t.Errorf("%s: %d Incident Findings for %d incidents", name, incidents, len(r.Incidents))
		}
	})

	// The schema does refuse.
	line := string(bytes.SplitN(written(t, "ocsf", sample(), options()), []byte("\n"), 2)[0])
	for _, change := range [][2]string{{`"class_uid":2004`, `"class_uid":2005`}, {`"severity_id":3`, `"severity_id":7`}, {`"direction_id":0,`, ``}, {`"time":`, `"when":`}, {`"ip":"203.0.113.9"`, `"ip":9`}} {
		if changed := strings.Replace(line, change[0], change[1], 1); changed == line || valid(changed) == nil {
			t.Errorf("the schema accepts %s in the place of %s", change[1], change[0])
		}
	}
}

// lookup finds what a path such as evidences[0].src_endpoint.ip leads to.
func lookup(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		key, index, indexed := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		o, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = o[key]
		if list, ok := v.([]any); indexed && ok {
			i, err := strconv.Atoi(index)
			if err != nil || i >= len(list) {
				return nil
			}
			v = list[i]
		}
	}
	return v
}

// An incident of very many sources is cut, and says so.
func TestOCSFCut(t *testing.T) {
	r := sample()
	r.Incidents = r.Incidents[:1]
	for i := range 300 {
		r.Incidents[0].Sources = append(r.Incidents[0].Sources, analysis.Source{IP: fmt.Sprintf("192.0.2.%d", i%256), Name: fmt.Sprint(i)})
	}
	var b bytes.Buffer
	left, err := interchange.Write(&b, "ocsf", r, options())
	if err != nil || !slices.Contains(left, "evidences beyond the first 100 of incidents 1") {
		t.Errorf("%q, %v", left, err)
	}
	if n := bytes.Count(b.Bytes(), []byte(`"src_endpoint":`)); n != 100 || !bytes.Contains(b.Bytes(), []byte(`"is_truncated":true`)) {
		t.Errorf("%d evidences", n)
	}
}

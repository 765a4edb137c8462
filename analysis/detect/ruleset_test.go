package detect_test

import (
	"slices"
	"testing"
	"time"

	"practicum/analysis"
	"practicum/analysis/detect"
)

// A site's own rules stand beside the built-in ones: their kind comes first, their thresholds count
// records of their own, and the built-in ones judge as before.
func TestRuleset(t *testing.T) {
	of := func(format string) func(*analysis.Event) bool {
		return func(e *analysis.Event) bool { return e.Format == format }
	}
	own, err := detect.NewRuleset([]detect.Rule{
		{Kind: "service-probe", Match: of("door")},
		{Kind: "brute-force", Match: of("hinge"), Threshold: &detect.Threshold{Count: 3, Within: time.Minute}},
		{Kind: "port-sweep", Match: of("hinge"), Threshold: &detect.Threshold{Count: 4, Within: time.Minute}},
	})
	if err != nil {
		t.Fatal(err)
	}
	door := &analysis.Event{Format: "door", Service: "ssh", Action: analysis.ActionFailed}
	if got := own.Judge(door).Kind; got != "service-probe" {
		t.Errorf("the site's own word gives %q", got)
	}
	if own, built := (*detect.Ruleset)(nil).Judge(door), detect.Judge(door); own != built {
		t.Errorf("no rules of the site's own: %v, not %v", own, built)
	}
	hinge := &analysis.Event{Format: "hinge"}
	v := own.Judge(hinge)
	var towards []string
	for _, r := range own.Candidates(v) {
		towards = append(towards, r.Kind)
	}
	if !slices.Equal(towards, []string{"brute-force", "port-sweep"}) {
		t.Errorf("counts towards %v", towards)
	}
	if got := own.Judge(door).Rule; got == nil || got.Kind != "service-probe" {
		t.Errorf("the site's own rule is %v", got)
	}
	var refs []analysis.EventRef
	var candidates []uint64
	for i := range 3 {
		refs = append(refs, analysis.EventRef{Facts: &analysis.Facts{}, Line: i, Time: time.Unix(int64(i), 0)})
		candidates = append(candidates, v.Candidate)
	}
	if got := own.Reached(refs, candidates); !slices.Equal(got, []string{"brute-force"}) {
		t.Errorf("three records reach %v", got)
	}
	if got := own.Reached(refs[:2], candidates[:2]); len(got) != 0 {
		t.Errorf("two records reach %v", got)
	}
	many := make([]detect.Rule, 65)
	for i := range many {
		many[i].Threshold = &detect.Threshold{}
	}
	if _, err := detect.NewRuleset(many); err == nil {
		t.Error("more rules with a threshold than there are bits")
	}
}

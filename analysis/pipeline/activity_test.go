package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/analysis/pipeline"
)

// TestActivity counts what made-up logs hold by other means than the report does.
func TestActivity(t *testing.T) {
	var b strings.Builder
	hours := [7][24]int{}
	// 2026-03-02 is a Monday. One source logs more than an incident keeps, so that the rest is counted without it.
	const loud, top = 9000, 12
	for i := range loud {
		fmt.Fprintf(&b, "Mar  2 %02d:%02d:%02d gate sshd[9]: Failed password for root from 192.0.2.1 port %d ssh2\n", i/3600, i/60%60, i%60, 1024+i)
		hours[0][i/3600]++
	}
	for i := range 20 {
		fmt.Fprintf(&b, "Mar  %d 23:00:00 gate sshd[9]: Failed password for root from 198.51.100.%d port 4000 ssh2\n", 3+i%5, i)
		hours[1+i%5][23]++
	}
	rep := runOf(t, pipeline.Options{Detail: 5}, logOf("gate.log", b.String()))
	a := rep.Activity
	if a == nil || a.Hours != hours {
		t.Errorf("hours %v\nwant %v", a, hours)
	}
	if rep.Background.Incidents == 0 {
		t.Error("the background has nothing, so nothing is shown of it")
	}
	records := a.Sources.OthersCount
	for _, r := range a.Sources.Rows {
		records += r.Count
	}
	if a.Sources.Rows[0] != (analysis.Tally{Name: "192.0.2.1", Count: loud}) || len(a.Sources.Rows) != top || a.Sources.Others != 21-top || records != loud+20 {
		t.Errorf("sources %+v, %d records in all", a.Sources, records)
	}
	if len(a.Ports.Rows) != 1 || a.Ports.Rows[0] != (analysis.Tally{Name: "22/tcp ssh", Count: 21}) {
		t.Errorf("ports %+v", a.Ports)
	}
}

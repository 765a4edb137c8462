package pipeline

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"practicum/analysis"
)

// TestServicesCounted holds that an incident with several services counts once for each word that they are called by, with the records that are of
// it, whatever incidents came before: also of those that name one port differently.
func TestServicesCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	c := newCensus(time.UTC, nil)
	want, services := map[string]analysis.Count{}, map[analysis.Service]bool{}
	for range 400 {
		in := analysis.Incident{First: time.Unix(0, 0), Sources: []analysis.Source{{IP: "192.0.2.1"}}, SourceRecords: map[analysis.Source]int{{IP: "192.0.2.1"}: 1}, Kinds: []string{"port-sweep"}}
		listed, own := map[analysis.Service]string{}, map[string]int{}
		for range 2 + r.IntN(20) {
			s := analysis.Service{Port: []int{0, 22, 80, 8080}[r.IntN(4)], Proto: one("tcp", "udp", "icmp", ""), Name: one("", "http", "www", "ssh")}
			key := given(s.Proto, s.Port, s.Name)
			if _, known := listed[key]; !known && s.Words() != "" {
				listed[key], services[s] = s.Words(), true
				in.Services = append(in.Services, s)
			}
			if word := listed[key]; word != "" {
				in.Events = append(in.Events, analysis.EventRef{Facts: &analysis.Facts{Proto: s.Proto}, Port: s.Port, Service: s.Name})
				in.Records++
				own[word]++
			}
		}
		c.add(&in)
		if len(in.Services) < 2 {
			continue // these are not counted by words
		}
		for word, n := range own {
			all := want[word]
			want[word] = analysis.Count{Incidents: all.Incidents + 1, Records: all.Records + n}
		}
	}
	got := map[string]analysis.Count{}
	for name, w := range c.named {
		if w.all.Incidents > 0 {
			got[name] = w.all
		}
	}
	if len(c.asked) > len(services) {
		t.Errorf("%d words are listed of %d services", len(c.asked), len(services))
	}
	if !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

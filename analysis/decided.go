package analysis

import "time"

// Decided is what an analyst decided about an incident, against the grouping.
type Decided struct {
	ID       string    `json:"id"`
	Verdict  string    `json:"verdict"` // dismissed, merged into ID, split by source, split at TIME
	Title    string    `json:"title"`
	Reason   string    `json:"reason"`
	Into     string    `json:"into,omitempty"` // of a merge: the id of the incident that it is part of
	Sources  []Source  `json:"sources"`
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Records  int       `json:"records"`         // when it was decided
	Lines    int       `json:"lines"`           // of a dismissed incident they count as benign
	Found    bool      `json:"found"`           // in these logs
	Grown    int       `json:"grown,omitempty"` // records that came after the decision
	Incident *Incident `json:"-"`
}

// FromDocument names factors whose points the analyst's document gave, and not the configuration.
type FromDocument struct {
	ID      string   // of the incident
	Factors []string // criticality, lethality, system, network
}

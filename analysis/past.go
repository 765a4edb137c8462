package analysis

import "time"

// Past is what earlier reports of the same site say that bears on this one. Only reports of a time before this one count, so
// that the same history gives the same report whenever it is made.
type Past struct {
	// Reports is how many earlier reports there are, and Since when the first of them begins.
	Reports int       `json:"reports"`
	Since   time.Time `json:"since,omitzero"`
	// Compared is the report that changes are against, that of the month before; nil where there is none.
	Compared *PastReport `json:"compared,omitempty"`
	// Trend are up to twelve reports before this one of times as long as this one's, oldest first.
	Trend   []PastReport `json:"trend"`
	Totals  []Change     `json:"totals"`  // incidents, records, sources, targets, high or severe incidents
	Changes []Change     `json:"changes"` // by dimension, most records first; then those that are gone
	Sources SourcesSeen  `json:"sources"`
	// Continuing are incidents that go on from an earlier report.
	Continuing []Continuing `json:"continuing"`
	// Open are recommendations of earlier reports that nobody has ticked, those that most reports made first, and of these the oldest.
	Open  []OpenAdvice `json:"open"`
	Notes []string     `json:"notes"` // what limits the comparison, in words
}

// PastReport names an earlier report and sums it up.
type PastReport struct {
	Name      string    `json:"name"`  // as the history calls it: 2026-09
	Words     string    `json:"words"` // September 2026
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Incidents int       `json:"incidents"`
	Records   int       `json:"records"`
	Sources   int       `json:"sources"`
	Targets   int       `json:"targets"`
	Serious   int       `json:"serious"` // incidents in the bands high and severe
}

// Change is a count beside its earlier ones.
type Change struct {
	Dimension Dimension `json:"dimension,omitempty"` // empty for totals
	Name      string    `json:"name"`
	Now       int       `json:"now"` // records; for totals what the name says
	// Before is that of the report compared with; absent where it is not known.
	Before *int `json:"before,omitempty"`
	// Usual is the range of the earlier reports of the trend; absent with fewer than three.
	Usual *Range `json:"usual,omitempty"`
}

// Range is from the lowest to the highest of so many reports, both included; of five and more without the lowest one and the
// highest one.
type Range struct {
	Low     int `json:"low"`
	High    int `json:"high"`
	Reports int `json:"reports"`
}

// Unusual reports whether the count is outside of its usual range.
func (c Change) Unusual() bool {
	return c.Usual != nil && (c.Now < c.Usual.Low || c.Now > c.Usual.High)
}

// SourcesSeen parts the sources of all incidents by when they were seen before.
type SourcesSeen struct {
	New       int `json:"new"`       // in no earlier report
	Returning int `json:"returning"` // in an earlier report, and not in the one compared with
	Staying   int `json:"staying"`   // in the report compared with
	Gone      int `json:"gone"`      // in the report compared with, and not in this one
	// Listed are the returning ones with the most records.
	Listed []SeenSource `json:"listed"`
}

// SeenSource is a source of this report that an earlier one has too.
type SeenSource struct {
	Source  string `json:"source"`
	Records int    `json:"records"` // in this report
	Reports int    `json:"reports"` // earlier ones that have it
	First   string `json:"first"`   // the first and the last of them, in words
	Last    string `json:"last"`
}

// EarlierIncident is an incident of an earlier report.
type EarlierIncident struct {
	Report string    `json:"report"` // in words: September 2026
	Number int       `json:"number"`
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

// Continuing is an incident that an earlier report has the beginning of.
type Continuing struct {
	Number  int             `json:"number"`
	ID      string          `json:"id"`
	Earlier EarlierIncident `json:"earlier"`
	Source  string          `json:"source"` // that both have
}

// OpenAdvice is a recommendation that an earlier report made.
type OpenAdvice struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Since   string `json:"since"`   // the first report that made it, in words
	Reports int    `json:"reports"` // that made it
}

// IncidentPast is what earlier reports have about an incident of this one.
type IncidentPast struct {
	// Seen are the incident's sources that earlier reports have, most records first.
	Seen []SeenSource
	// Incidents are earlier ones that share a source, the latest first; Left counts those that are not listed.
	Incidents []EarlierIncident
	Left      int
	// Rated is the latest earlier incident like this one that an analyst rated; nil where there is none.
	Rated *EarlierRating
	Since string // the first earlier report, in words
}

// EarlierRating are the points that an analyst gave to an earlier incident.
type EarlierRating struct {
	EarlierIncident
	Shares  string // what both incidents have in common, in words
	Factors []NamedFactor
}

// NamedFactor is a factor of the formula by its name.
type NamedFactor struct {
	Name string // criticality, lethality, system countermeasures, network countermeasures
	Factor
}

// Named are the four factors in the order of the formula.
func (f Factors) Named() [4]NamedFactor {
	return [4]NamedFactor{{"criticality", f.Criticality}, {"lethality", f.Lethality}, {"system countermeasures", f.System}, {"network countermeasures", f.Network}}
}

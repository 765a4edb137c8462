package analysis

import "time"

// Presence is when a machine, or an input whose lines name none, was written to, by the stamps of all its lines, whether or not they were understood.
type Presence struct {
	Site  string    `json:"site,omitempty"` // in a report on several
	Host  string    `json:"host,omitempty"` // the machine that logged
	File  string    `json:"file,omitempty"` // in its place, an input whose lines name no machine
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Lines int       `json:"lines"`
	// Rhythm says how steadily the machine logs: what it is silent for at most, as a rule.
	Rhythm Rhythm `json:"rhythm"`
	// Silences are the times without a line that the rhythm does not explain, oldest first.
	Silences []Silence `json:"silences,omitempty"`
	// SilencesLeft counts further ones, the shorter ones, that are not listed.
	SilencesLeft int `json:"silences_left,omitempty"`
}

// Rhythm is how steadily a machine logs.
type Rhythm string

const (
	RhythmHourly Rhythm = "hourly" // hardly ever an hour without a line
	RhythmDaily  Rhythm = "daily"  // hardly ever a day without a line
	RhythmNone   Rhythm = "none"   // too irregular, or seen for too short a time, for silence to say anything
)

// Silence is a time without a line. Before the machine's own first line and behind its last, the other edge is where the other
// machines that are hardly ever silent begin or end.
type Silence struct {
	From time.Time `json:"from"` // of the last line before, as far as a quarter of an hour tells
	To   time.Time `json:"to"`   // of the first line after
}

// Hours is how long the silence is.
func (s Silence) Hours() float64 { return s.To.Sub(s.From).Hours() }

package analysis

import "time"

// Presence is when a machine's log was written to, by the stamps of all its lines, whether or not they were understood.
type Presence struct {
	Host  string    `json:"host"` // the machine that logged, or the input where no machine is named
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

// Silence is a time without a line. At the begin or the end of what the report is about one of the edges is not a line of the
// machine's but the limit of that time.
type Silence struct {
	From time.Time `json:"from"` // of the last line before, as far as a quarter of an hour tells
	To   time.Time `json:"to"`   // of the first line after
}

// Hours is how long the silence is.
func (s Silence) Hours() float64 { return s.To.Sub(s.From).Hours() }

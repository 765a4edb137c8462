package logformat

import "time"

// ClockOptions say how stamps without a year or a zone are completed.
type ClockOptions struct {
	Zone *time.Location // of stamps without one; nil is UTC
	// Year, when not 0, is the year of the earliest stamp without a year in each input.
	Year int
	// AsOf, when not zero, is the time that no stamp without a year is later than, a day's grace apart.
	AsOf time.Time
	// Now is the time of the run, the last resort. It must be set.
	Now time.Time
}

package logformat

import (
	"fmt"
	"time"
)

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

// grace is how far a stamp may lie after the time that it is measured against, because clocks and
// zones differ.
const grace = 24 * time.Hour

// Clock completes the stamps of one input and remembers what it saw of them.
//
// A stamp without a year is placed relative to the one before it: where the date falls by half a
// year or more, a new year has begun (or, in a list that runs newest first, the old one comes
// back when it rises by three quarters). That gives each stamp an epoch, the number of years since
// the first stamp's; the base year, that of epoch 0, is decided for the input as a whole.
type Clock struct {
	zone   *time.Location // nil is UTC
	base   int
	survey Survey
	epoch  int
	prev   int       // day of the year of the stamp before, months taken as 31 days; 0 at the start
	last   time.Time // the stamp before, where the zone changes its offset
	guess  bool      // the stamp before has no year
	trend  int       // above 0 where stamps ascend, below where they descend

	date     date  // of the stamp before: most are of the same day
	midnight int64 // at its beginning, in UTC
}

type date struct{ year, month, day int }

// Survey is what the stamps of one input say about its period.
type Survey struct {
	Yearless    bool
	First, Last Stamp // earliest and latest stamp without a year
	LeapEpochs  []int // epochs in which a February 29 stands

	Dated                 bool
	DatedFirst, DatedLast time.Time // of the stamps that carry a year
}

// Stamp is a time without a year.
type Stamp struct {
	Epoch, Month, Day, Second int // Second counts from midnight
}

func (s Stamp) before(o Stamp) bool {
	if s.Epoch != o.Epoch {
		return s.Epoch < o.Epoch
	}
	if s.Month != o.Month {
		return s.Month < o.Month
	}
	if s.Day != o.Day {
		return s.Day < o.Day
	}
	return s.Second < o.Second
}

func (s Stamp) in(base int, zone *time.Location) time.Time {
	return time.Date(base+s.Epoch, time.Month(s.Month), s.Day, 0, 0, s.Second, 0, zone)
}

func (s Stamp) String() string { return fmt.Sprintf("%s %d", time.Month(s.Month).String()[:3], s.Day) }

// NewClock returns the clock for one input whose first stamp without a year lies in the year base.
func NewClock(zone *time.Location, base int) *Clock {
	if zone == nil {
		zone = time.UTC
	}
	return &Clock{zone: zone, base: base}
}

// Survey returns what the clock has seen so far.
func (c *Clock) Survey() Survey { return c.survey }

// lastYear leaves the year 9999 to zones: RFC 3339 ends with it, and so do the encoders of the reports.
const lastYear = 9998

const (
	newYearFall = 183 // a date that falls by so many days has passed into the next year
	oldYearRise = 275 // a date that rises by so many has gone back into the year before
	yearEnd     = 311 // November: from then on a fall to January 1 is a new year
	mostYears   = 60  // syslog is not older than that: stamps that tell of more years are in no order
)

// Yearless completes a stamp without a year. ok is false when the date does not exist in the year
// that it falls into.
func (c *Clock) Yearless(month, day, hour, minute, second int) (t time.Time, ok bool) {
	doy := (month-1)*31 + day
	c.guess = true
	if c.prev != 0 {
		switch {
		case doy == 1 && c.prev >= newYearFall && c.prev < yearEnd:
			doy = c.prev // a machine that starts without a clock says January 1; no year has passed
		case c.prev-doy >= newYearFall && c.epoch < mostYears:
			c.epoch++
		case doy-c.prev >= oldYearRise && c.epoch > -mostYears:
			c.epoch--
		}
	}
	c.prev = doy
	s := Stamp{c.epoch, month, day, hour*3600 + minute*60 + second}
	v := &c.survey
	if !v.Yearless || s.before(v.First) {
		v.First = s
	}
	if !v.Yearless || v.Last.before(s) {
		v.Last = s
	}
	v.Yearless = true
	if month == 2 && day == 29 {
		if n := len(v.LeapEpochs); n == 0 || v.LeapEpochs[n-1] != c.epoch {
			v.LeapEpochs = append(v.LeapEpochs, c.epoch)
		}
	}
	return c.wall(c.base+c.epoch, month, day, hour, minute, second)
}

// wall is the time at which a clock on the wall of the zone showed what a stamp says. ok is false for a
// date that does not exist.
//
// Where the zone sets its clocks back, one hour is shown twice: of the two times that one is taken with
// which the log goes on in its order, else the first. Where it sets them forward, an hour is never shown;
// a stamp within it was made by a clock that had not been set yet.
func (c *Clock) wall(year, month, day, hour, minute, second int) (t time.Time, ok bool) {
	if t, ok = c.utc(year, month, day, hour, minute, second); !ok || c.zone == nil || c.zone == time.UTC {
		return t, ok
	}
	shown := t
	t = time.Date(year, time.Month(month), day, hour, minute, second, 0, c.zone)
	start, end := t.ZoneBounds()
	const near = 26 * time.Hour // no zone ever changed its offset by more
	if !start.IsZero() && t.Sub(start) < near {
		t = c.around(shown, start)
	} else if !end.IsZero() && end.Sub(t) < near {
		t = c.around(shown, end)
	}
	const steady = 8
	switch {
	case c.last.IsZero():
	case t.After(c.last):
		c.trend = min(c.trend+1, steady)
	case t.Before(c.last):
		c.trend = max(c.trend-1, -steady)
	}
	c.last = t
	return t, true
}

// utc is what a stamp says in UTC. ok is false for a date that does not exist.
func (c *Clock) utc(year, month, day, hour, minute, second int) (t time.Time, ok bool) {
	date := date{year, month, day}
	if date != c.date {
		t = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
		if t.Day() != day || year > lastYear {
			return t, false
		}
		c.date, c.midnight = date, t.Unix()-int64(hour*3600+minute*60+second)
	}
	return time.Unix(c.midnight+int64(hour*3600+minute*60+second), 0).UTC(), true
}

// around is wall near the time at which the zone changes its offset.
func (c *Clock) around(shown, change time.Time) time.Time {
	_, before := change.Add(-time.Second).Zone()
	_, after := change.Zone()
	first := shown.Add(-time.Duration(before) * time.Second).In(c.zone)
	second := shown.Add(-time.Duration(after) * time.Second).In(c.zone)
	switch isFirst, isSecond := first.Before(change), !second.Before(change); {
	case isFirst && isSecond:
		const late = 2 * time.Minute // as far as lines of several processes may be out of order
		if c.last.IsZero() || c.trend >= 0 && !first.Before(c.last.Add(-late)) || c.trend < 0 && second.After(c.last.Add(late)) {
			return first
		}
		return second
	case isSecond:
		return second
	}
	return first
}

// Dated completes a stamp that has a year but no zone. ok is false for a date that does not exist.
func (c *Clock) Dated(year, month, day, hour, minute, second int) (t time.Time, ok bool) {
	if t, ok = c.wall(year, month, day, hour, minute, second); !ok {
		return t, false
	}
	return c.dated(t), true
}

// Zoned completes a stamp that has a year and a zone, given as its offset from UTC in seconds.
func (c *Clock) Zoned(year, month, day, hour, minute, second, offset int) (t time.Time, ok bool) {
	if t, ok = c.utc(year, month, day, hour, minute, second); !ok {
		return t, false
	}
	return c.dated(t.Add(-time.Duration(offset) * time.Second)), true
}

// Instant notes a stamp that counts from 1970, so that nothing is left to complete. ok is false for a time that no
// calendar in a log has, and the time is then none.
func (c *Clock) Instant(t time.Time) (at time.Time, ok bool) {
	if t = t.UTC(); t.Year() < 1 || t.Year() > lastYear {
		return time.Time{}, false
	}
	return c.dated(t), true
}

// Stated gives the time of a record whose stamp has no year the year that its message states, where both name one day, or
// neighbouring ones since clocks and zones differ: a record may also tell of an older day. It is a year that the log tells
// of, also for stamps of other records. wall is what the message states, whatever its zone.
func (c *Clock) Stated(t, wall time.Time) time.Time {
	zone := c.zone
	if zone == nil {
		zone = time.UTC
	}
	year := wall.Year()
	if !c.guess || t.IsZero() || year < 1970 || year >= lastYear {
		return t
	}
	told := time.Date(year, wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	t = t.In(zone)
	for _, y := range [...]int{year, year - 1, year + 1} {
		at := time.Date(y, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
		if at.Sub(told).Abs() > 26*time.Hour {
			continue
		}
		if at = at.UTC(); y == t.Year() {
			at = t.UTC() // also in the hour that comes twice
		}
		c.dated(at)
		c.guess = true
		return at
	}
	return t.UTC()
}

// dated notes a time that carried its year.
func (c *Clock) dated(t time.Time) time.Time {
	v := &c.survey
	c.guess = false
	if !v.Dated || t.Before(v.DatedFirst) {
		v.DatedFirst = t
	}
	if !v.Dated || t.After(v.DatedLast) {
		v.DatedLast = t
	}
	v.Dated = true
	return t
}

// Guess is the base year to begin with when nothing has been read yet.
func (o ClockOptions) Guess(modTime time.Time) int {
	switch {
	case o.Year != 0:
		return o.Year
	case !o.AsOf.IsZero():
		return o.AsOf.In(o.zone()).Year()
	case !modTime.IsZero():
		return modTime.In(o.zone()).Year()
	}
	return o.Now.In(o.zone()).Year()
}

func (o ClockOptions) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// Year is the decision on the stamps without a year of one input.
type Year struct {
	Base  int    // the year of epoch 0
	First int    // the year of the earliest stamp
	Last  int    // the year of the latest stamp
	Basis string // why, in words for the report
}

// DecideYears decides the base year of each input from the surveys of all of them: by the option,
// else by the stamps that carry a year, those of the same input first, else by the time of the
// file, else by the time of the run. Inputs without stamps that lack a year get a zero Year.
func (o ClockOptions) DecideYears(inputs []Input, surveys []Survey) []Year {
	all := Survey{}
	for _, s := range surveys {
		all.addDated(s)
	}
	years := make([]Year, len(surveys))
	for i, s := range surveys {
		if !s.Yearless {
			continue
		}
		years[i] = o.decideYear(inputs[i], s, all)
	}
	return years
}

func (s *Survey) addDated(o Survey) {
	if !o.Dated {
		return
	}
	if !s.Dated || o.DatedFirst.Before(s.DatedFirst) {
		s.DatedFirst = o.DatedFirst
	}
	if !s.Dated || o.DatedLast.After(s.DatedLast) {
		s.DatedLast = o.DatedLast
	}
	s.Dated = true
}

func (o ClockOptions) decideYear(in Input, s, all Survey) Year {
	span := s.First.String() + " to " + s.Last.String()
	if s.First.Month == s.Last.Month && s.First.Day == s.Last.Day && s.First.Epoch == s.Last.Epoch {
		span = s.First.String()
	}
	made := func(base int, basis string) Year {
		if !s.exists(base) {
			basis += "; a February 29 among them does not exist in it"
		}
		return Year{Base: base, First: base + s.First.Epoch, Last: base + s.Last.Epoch, Basis: basis}
	}
	// latest is the latest year in which no stamp is after a time, and in which each February 29 among them exists.
	latest := func(ref time.Time, whose string) Year {
		base := ref.In(o.zone()).Year() - s.Last.Epoch + 1
		for s.Last.in(base, o.zone()).After(ref.Add(grace)) {
			base--
		}
		and := ""
		for tries := 0; tries < leapSearch; tries++ {
			if s.exists(base - tries) {
				if base -= tries; tries > 0 {
					and = ", and in which the February 29 among them exists"
				}
				break
			}
		}
		return made(base, fmt.Sprintf("the stamps (%s) carry no year; this is the latest year in which they are not after %s%s", span, whose, and))
	}
	written, whose := in.ModTime, "the file's time"
	if written.IsZero() {
		written, whose = o.Now, "the time of the run"
	}
	nearest := func(d Survey, where string) Year {
		base, before := s.nearest(d.DatedFirst, d.DatedLast, written, o.zone())
		basis := fmt.Sprintf("the stamps (%s) carry no year; this year puts them nearest to the records of %s that do, %s to %s", span, where, day(d.DatedFirst, o.zone()), day(d.DatedLast, o.zone()))
		if before {
			basis += fmt.Sprintf(", and not after %s, %s", whose, day(written, o.zone()))
		}
		plain := s
		plain.LeapEpochs = nil
		if other, _ := plain.nearest(d.DatedFirst, d.DatedLast, written, o.zone()); other != base && s.exists(base) {
			basis += ", of the years in which the February 29 among them exists"
		}
		return made(base, basis)
	}
	switch {
	case o.Year != 0:
		return made(o.Year-s.First.Epoch, fmt.Sprintf("the stamps (%s) carry no year; --year says %d", span, o.Year))
	case !o.AsOf.IsZero():
		return latest(o.AsOf, day(o.AsOf, o.zone())+" (--as-of)")
	case s.Dated:
		return nearest(s, "the same file")
	case all.Dated:
		return nearest(all, "the other inputs")
	case !in.ModTime.IsZero():
		return latest(in.ModTime, "the file's time, "+day(in.ModTime, o.zone()))
	}
	return latest(o.Now, "the time of the run, "+day(o.Now, o.zone()))
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02") }

// leapSearch is how many years are looked through for one that has every February 29 of the input:
// eight, because the century years that are no leap years make the longest gap.
const leapSearch = 9

// exists reports whether every February 29 of the input exists when epoch 0 is the year base.
func (s Survey) exists(base int) bool {
	for _, e := range s.LeapEpochs {
		if y := base + e; y%4 != 0 || (y%100 == 0 && y%400 != 0) {
			return false
		}
	}
	return true
}

// nearest is the base year that puts the input's stamps nearest to the period from first to last:
// the smallest distance, then one in which no stamp is later than the time at which the file was written,
// then the largest overlap, then the later year. Where the nearest year puts stamps after that time and
// the year before does not, it is the year before, and the second result says so.
func (s Survey) nearest(first, last, written time.Time, zone *time.Location) (base int, before bool) {
	from, to := first.Year()-s.Last.Epoch-leapSearch, last.Year()-s.First.Epoch+leapSearch
	possible := false
	for base := from; base <= to; base++ {
		possible = possible || s.exists(base)
	}
	later := func(base int) bool { return s.Last.in(base, zone).After(written.Add(grace)) }
	best, bestDistance, bestOverlap := 0, time.Duration(-1), time.Duration(0)
	for base := from; base <= to; base++ {
		if possible && !s.exists(base) {
			continue
		}
		a, b := s.First.in(base, zone), s.Last.in(base, zone)
		var distance, overlap time.Duration
		switch {
		case b.Before(first):
			distance = first.Sub(b)
		case a.After(last):
			distance = a.Sub(last)
		default:
			overlap = minTime(b, last).Sub(maxTime(a, first))
		}
		better := bestDistance < 0 || distance < bestDistance
		if distance == bestDistance {
			better = later(base) == later(best) && overlap >= bestOverlap || later(best) && !later(base)
		}
		if better {
			best, bestDistance, bestOverlap = base, distance, overlap
		}
	}
	if later(best) && !later(best-1) && (s.exists(best-1) || !possible) {
		return best - 1, true
	}
	return best, false
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

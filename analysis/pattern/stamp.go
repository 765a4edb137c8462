package pattern

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ncruces/go-strftime"

	"practicum/analysis/logformat"
)

// stamp reads the time of a line that has one of its own.
type stamp struct {
	form  string // strftime's, or one of the words below
	words int
	year  bool // the form has a year
	zoned bool // the form has a zone
	zone  *time.Location
}

const (
	stampISO   = "iso8601"
	stampEpoch = "epoch"
)

// newStamp judges the form of a stamp. The letters are those of strftime, which log programs are
// configured with; go-strftime knows all of them.
func newStamp(form string, zone *time.Location) (*stamp, error) {
	s := &stamp{form: form, words: len(strings.Fields(form)), zone: zone}
	switch {
	case s.words == 0:
		return nil, errors.New("is missing; a line with {time} needs the form of it, such as %Y-%m-%d %H:%M:%S, iso8601 or epoch")
	case form == stampISO, form == stampEpoch:
		s.year, s.zoned = true, form == stampEpoch
		return s, nil
	case !strings.Contains(form, "%"):
		return nil, fmt.Errorf("%q is not the form of a time; write one such as %%Y-%%m-%%d %%H:%%M:%%S, iso8601 or epoch", form)
	case strings.Contains(form, "%Z"):
		return nil, errors.New("has %Z, but the names of zones are ambiguous; write %z for an offset, or the name as it stands and say which zone it is in zone")
	}
	layout, err := strftime.Layout(form)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be read (%s)", form, strings.TrimPrefix(err.Error(), "strftime: "))
	}
	// A second time tells what the form leaves out: what does not come back is not in it.
	probe := time.Date(2001, 2, 3, 4, 5, 6, 0, time.FixedZone("", -3600*7))
	back, err := time.Parse(layout, probe.Format(layout))
	if err != nil {
		return nil, fmt.Errorf("%q cannot be read back; write one such as %%Y-%%m-%%d %%H:%%M:%%S", form)
	}
	_, offset := back.Zone()
	s.year, s.zoned = back.Year() == 2001, offset == -3600*7
	if back.Month() != 2 || back.Day() != 3 || back.Hour() != 4 || back.Minute() != 5 {
		return nil, fmt.Errorf("%q lacks the month, the day, the hour or the minute", form)
	}
	if s.zoned && zone != nil {
		return nil, errors.New("has a zone of its own (%z), so zone says nothing; remove one of them")
	}
	return s, nil
}

// read completes a stamp. ok is false when text is not of the form, or no time.
func (s *stamp) read(text string, clock *logformat.Clock) (t time.Time, ok bool) {
	switch s.form {
	case stampEpoch:
		return readEpoch(text, clock)
	case stampISO:
		text = strings.Replace(text, ",", ".", 1)
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return s.complete(t, true, clock)
		}
		var err error
		if t, err = time.Parse("2006-01-02T15:04:05Z0700", text); err == nil {
			return s.complete(t, true, clock)
		}
		if t, err = time.Parse("2006-01-02T15:04:05", text); err != nil {
			return time.Time{}, false
		}
		return s.complete(t, false, clock)
	}
	t, err := strftime.Parse(s.form, strings.Join(strings.Fields(text), " "))
	if err != nil {
		return time.Time{}, false
	}
	return s.complete(t, s.zoned, clock)
}

func readEpoch(text string, clock *logformat.Clock) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds < 100_000_000 || seconds > 1<<33 || len(fraction) > 9 {
		return time.Time{}, false
	}
	nanos := int64(0)
	if fraction != "" {
		n, err := strconv.ParseUint(fraction, 10, 32)
		if err != nil {
			return time.Time{}, false
		}
		nanos = int64(n)
		for range 9 - len(fraction) {
			nanos *= 10
		}
	}
	return zoned(time.Unix(seconds, nanos).UTC(), clock)
}

// complete gives the clock a time that was read, so that it can place the stamps that lack
// something.
func (s *stamp) complete(t time.Time, hasZone bool, clock *logformat.Clock) (time.Time, bool) {
	if hasZone {
		return zoned(t, clock)
	}
	nanos := time.Duration(t.Nanosecond())
	out, ok := time.Time{}, false
	if s.year && t.Year() < 1970 {
		return out, false
	}
	if s.year {
		if s.zone != nil {
			return zoned(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), s.zone), clock)
		}
		out, ok = clock.Dated(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second())
	} else {
		out, ok = clock.Yearless(int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second())
		if s.zone != nil {
			out = time.Date(out.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, s.zone)
		}
	}
	return out.Add(nanos), ok
}

func zoned(t time.Time, clock *logformat.Clock) (time.Time, bool) {
	_, offset := t.Zone()
	out, ok := clock.Zoned(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), offset)
	return out.Add(time.Duration(t.Nanosecond())), ok && t.Year() >= 1970
}

package analysis

import "time"

// Dimension is a property by which all incidents of a report are counted.
type Dimension string

const (
	ByKind    Dimension = "kind"    // an incident counts in each of its kinds
	BySource  Dimension = "source"  // the address, or the name where there is none; an incident counts for each of its sources
	ByNetwork Dimension = "network" // of sources: /24 of IPv4, /48 of IPv6
	ByTarget  Dimension = "target"  // with the records that are its own, with all where not all are kept; the host, or the address where there is none
	ByService Dimension = "service" // port, protocol and name, such as 22/tcp ssh; the name where there is no port
	ByCountry Dimension = "country" // of sources, as the first of the site's databases has it that has one; none without a database
	BySystem  Dimension = "system"  // the autonomous system of sources, in the same way
	ByBand    Dimension = "band"
	ByOutcome Dimension = "outcome" // and, beside these, DoneOnMachine
	ByDay     Dimension = "day"     // incidents by the day of their first record, records by their own; 2026-10-31, in the report's zone
)

// DoneOnMachine is how many of the incidents with the outcome allowed are of what was done on a machine itself.
const DoneOnMachine = "done"

// Count is how many incidents and how many of their records have a property. Where an incident counts for several
// names, its records count for the one that they are of where that is known, else for each.
type Count struct {
	Incidents int
	Records   int
}

// Counts are all incidents of a report, those of the background included, exactly.
type Counts struct {
	Incidents int
	Records   int
	By        map[Dimension]map[string]Count
}

// Expect makes room for so many names of a dimension.
func (c *Counts) Expect(d Dimension, names int) {
	if c.By == nil {
		c.By = map[Dimension]map[string]Count{}
	}
	if c.By[d] == nil {
		c.By[d] = make(map[string]Count, names)
	}
}

// Add counts once more under a name; an empty name is left out.
func (c *Counts) Add(d Dimension, name string, n Count) {
	if name == "" {
		return
	}
	names := c.By[d]
	if names == nil {
		c.Expect(d, 0)
		names = c.By[d]
	}
	was := names[name]
	names[name] = Count{was.Incidents + n.Incidents, was.Records + n.Records}
}

// Names counts the names of a dimension; that records name no source is none.
func (c *Counts) Names(d Dimension) int {
	n := len(c.By[d])
	if _, unnamed := c.By[d][Unnamed.Name]; unnamed && d == BySource {
		n--
	}
	return n
}

// Merge adds what another part of the same report has counted.
func (c *Counts) Merge(o *Counts) {
	c.Incidents += o.Incidents
	c.Records += o.Records
	for d, names := range o.By {
		for name, n := range names {
			c.Add(d, name, n)
		}
	}
}

// Window is the time that a report is about, half-open: a record at To is not in it. Both are zero without one.
type Window struct {
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
	Month string    `json:"month,omitempty"` // 2026-10, where the window is a calendar month
}

// Words says what time it is: "October 2026", "from 2026-10-01 00:00:00 on".
func (w Window) Words() string {
	switch {
	case w.Month != "":
		return w.From.Format("January 2006")
	case w.From.IsZero():
		return "before " + w.To.Format(time.DateTime)
	case w.To.IsZero():
		return "from " + w.From.Format(time.DateTime) + " on"
	}
	return "from " + w.From.Format(time.DateTime) + " to before " + w.To.Format(time.DateTime)
}

// Contains reports whether a record of that time belongs to the report.
func (w Window) Contains(t time.Time) bool {
	return (w.From.IsZero() || !t.Before(w.From)) && (w.To.IsZero() || t.Before(w.To))
}

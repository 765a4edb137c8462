package history

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// maxNames is how many names of a dimension are kept of a report: those with the most records. What is left out is counted.
const maxNames = 100_000

// Entry is what is kept of a report.
type Entry struct {
	Site  string    `json:"site"`
	Month string    `json:"month"` // 2026-10, where the report is of a calendar month
	From  time.Time `json:"from"`
	To    time.Time `json:"to"` // not part of it any more
	// Asked is set where From and To are what somebody asked for; else they are of the first and the last record.
	Asked    bool     `json:"asked"`
	Zone     string   `json:"zone"`
	Title    string   `json:"title"`
	Tool     string   `json:"tool"`
	Machines []string `json:"machines"` // names, and files of lines that name no machine, with a slash at the end

	Incidents int `json:"incidents"` // all, those of the background too
	Records   int `json:"records"`
	Lines     int `json:"lines"` // of that time

	Told   []Incident      `json:"-"` // the incidents that are told in full, by number
	Counts []Count         `json:"-"` // by dimension and name
	Left   map[string]Left `json:"left"`
	Advice []Advice        `json:"-"`
}

// Left counts the names of a dimension that are not kept.
type Left struct {
	Names   int `json:"names"`
	Records int `json:"records"`
}

// Count is how many incidents and records of a report have a property.
type Count struct {
	Dimension analysis.Dimension `json:"dimension"`
	Name      string             `json:"name"`
	Incidents int                `json:"incidents"`
	Records   int                `json:"records"`
}

// Incident is what is kept of an incident.
type Incident struct {
	Number   int               `json:"number"`
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Kinds    []string          `json:"kinds"`
	Sources  []string          `json:"sources"` // addresses, or names where there are none
	Targets  []string          `json:"targets"`
	Services []string          `json:"services"`
	First    time.Time         `json:"first"`
	Last     time.Time         `json:"last"`
	Records  int               `json:"records"`
	Attempts int               `json:"attempts"`
	Outcome  analysis.Outcome  `json:"outcome"`
	Severity analysis.Severity `json:"severity"`
	Answered []analysis.Prompt `json:"answered"` // the questions that the analyst ticked
	Words    string            `json:"words"`    // what the analyst wrote, Markdown
}

// rated reports whether an analyst gave points to any of the factors.
func (in *Incident) rated() bool { return len(ratings(in.Severity.Factors)) > 0 }

func ratings(f analysis.Factors) []analysis.NamedFactor {
	var list []analysis.NamedFactor
	for _, r := range f.Named() {
		if r.Origin == analysis.OriginAnalyst {
			list = append(list, r)
		}
	}
	return list
}

// Advice is a recommendation that a report made.
type Advice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Done bool   `json:"done"` // ticked by the analyst
}

// Words are what an analyst's document says besides what report.json holds.
type Words struct {
	Of     map[string]string // by the id of an incident: what the analyst wrote
	Advice []Advice
}

// EntryOf is what is to be kept of a report. It fails for nothing: a report without a record is of no time, and is not taken.
func EntryOf(r *analysis.Report, words Words) *Entry {
	e := &Entry{Site: r.Site, Zone: r.Zone, Title: r.Title, Tool: r.Tool, Lines: r.Ledger.Within(), Left: map[string]Left{}}
	e.From, e.To, e.Month, e.Asked = span(r)
	e.Machines = machines(r.Hosts)
	if r.Counts != nil {
		e.Incidents, e.Records = r.Counts.Incidents, r.Counts.Records
		e.count(r.Counts)
	}
	e.Tell(r, words)
	return e
}

// Tell puts the incidents as they are told now, and the words of the document, in place of those that the entry has. The counts of all
// incidents stay: only the analyst's word on what is told may have changed.
func (e *Entry) Tell(r *analysis.Report, words Words) {
	e.Told = nil
	for i := range r.Incidents {
		e.Told = append(e.Told, told(&r.Incidents[i], words.Of[r.Incidents[i].ID]))
	}
	e.Advice = slices.Clone(words.Advice)
	e.sortAdvice()
}

func (e *Entry) sortAdvice() {
	slices.SortFunc(e.Advice, func(a, b Advice) int { return cmp.Compare(a.ID, b.ID) })
}

// span is the time that a report is about, half-open.
func span(r *analysis.Report) (from, to time.Time, month string, asked bool) {
	if r.Period.First.IsZero() {
		return
	}
	from, to = instant(r.Period.First), instant(r.Period.Last).Add(time.Microsecond)
	if w := r.Window; w != nil {
		if !w.From.IsZero() {
			from = instant(w.From)
		}
		if !w.To.IsZero() {
			to = instant(w.To)
		}
		month, asked = w.Month, !w.From.IsZero() && !w.To.IsZero()
	}
	return from, to, month, asked
}

// instant is a time as it is kept.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// machines are what a report is about. A log that names no machine is known by its name, without what rotation put behind it.
func machines(hosts []analysis.Presence) []string {
	list := []string{}
	for _, h := range hosts {
		if h.Host != "" {
			list = append(list, h.Host)
		} else {
			list = append(list, path.Base(analysis.LogName(h.File))+"/")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// count keeps the counts, those with the most records where there are too many.
func (e *Entry) count(c *analysis.Counts) {
	for _, d := range slices.Sorted(maps.Keys(c.By)) {
		if d == analysis.ByDay {
			continue // nothing is compared by it
		}
		names := map[string]Count{}
		for name, n := range c.By[d] {
			name = valid(name)
			was := names[name]
			names[name] = Count{d, name, was.Incidents + n.Incidents, was.Records + n.Records}
		}
		list := slices.Collect(maps.Values(names))
		if len(list) > maxNames {
			slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Name, b.Name)) })
			left := Left{Names: len(list) - maxNames}
			for _, n := range list[maxNames:] {
				left.Records += n.Records
			}
			e.Left[string(d)] = left
			list = list[:maxNames]
		}
		slices.SortFunc(list, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
		e.Counts = append(e.Counts, list...)
	}
}

func told(in *analysis.ScoredIncident, words string) Incident {
	x := Incident{
		Number: in.Number, ID: in.ID, Title: in.Title, Kinds: list(in.Kinds), Records: in.Records, Attempts: in.Attempts, Outcome: in.Outcome,
		Severity: in.Severity, Sources: []string{}, Targets: []string{}, Services: []string{}, Answered: []analysis.Prompt{}, Words: words,
	}
	if !in.First.IsZero() { // an incident that was added by hand may have none
		x.First, x.Last = instant(in.First), instant(in.Last)
	}
	for _, s := range in.Sources {
		x.Sources = append(x.Sources, valid(cmp.Or(s.IP, s.Name)))
	}
	slices.Sort(x.Sources)
	x.Sources = slices.Compact(x.Sources)
	for _, t := range in.Targets {
		x.Targets = append(x.Targets, valid(cmp.Or(t.Host, t.IP)))
	}
	for _, s := range in.Services {
		x.Services = append(x.Services, s.Words())
	}
	for _, p := range in.Prompts {
		if p.Answered {
			x.Answered = append(x.Answered, p)
		}
	}
	return x
}

// valid is a name from a log as JSON has it, so that an export reads back as what it was.
func valid(name string) string { return strings.ToValidUTF8(name, "\uFFFD") }

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// words is what the report is called in sentences.
func (e *Entry) words() string { return spanWords(e.From, e.To, e.Month, e.Zone) }

// name is what the report is called in the history's own lists, such as 2026-09.
func (e *Entry) name() string {
	if e.Month != "" {
		return e.Month
	}
	from, to := e.days()
	if from == to {
		return from
	}
	return from + ".." + to
}

// days are the first and the last day of the report, in its own zone.
func (e *Entry) days() (first, last string) {
	zone := zoneOf(e.Zone)
	return e.From.In(zone).Format(time.DateOnly), e.To.Add(-time.Microsecond).In(zone).Format(time.DateOnly)
}

func zoneOf(name string) *time.Location {
	if t, err := time.Parse("-07:00", name); err == nil {
		return t.Location()
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}

func spanWords(from, to time.Time, month, zone string) string {
	if t, err := time.Parse("2006-01", month); err == nil {
		return t.Format("January 2006")
	}
	e := Entry{From: from, To: to, Zone: zone}
	first, last := e.days()
	if first == last {
		return first
	}
	return first + " to " + last
}

// digest is the SHA-256 of all that is kept.
func (e *Entry) digest() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	put := func(part any) {
		if err := enc.Encode(part); err != nil {
			panic(err) // nothing in it that JSON does not know
		}
	}
	put(e)
	for i := range e.Told {
		put(&e.Told[i])
	}
	for i := range e.Counts {
		put(&e.Counts[i])
	}
	for i := range e.Advice {
		put(&e.Advice[i])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// covers reports whether an entry is about all that another one is about.
func (e *Entry) covers(o *Entry) bool {
	if e.Site != o.Site || e.Asked != o.Asked {
		return false
	}
	if e.Asked && (!e.From.Equal(o.From) || !e.To.Equal(o.To)) || e.From.After(o.From) || e.To.Before(o.To) {
		return false
	}
	for _, m := range o.Machines {
		if _, ok := slices.BinarySearch(e.Machines, m); !ok {
			return false
		}
	}
	return true
}

// Nameless reports whether neither a site nor a machine has a name: such a report could be anybody's, and is not taken.
func (e *Entry) Nameless() bool {
	return e.Site == "" && !slices.ContainsFunc(e.Machines, func(m string) bool { return !strings.HasSuffix(m, "/") })
}

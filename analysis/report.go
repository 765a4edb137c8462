package analysis

import "time"

// Schema names the contract that report.json keeps.
const Schema = "practicum/report/1"

// Report is everything that a run found, in the order in which it is told.
type Report struct {
	Schema     string           `json:"schema"`
	Title      string           `json:"title"`
	Period     Period           `json:"period"`
	Incidents  []ScoredIncident `json:"incidents"`
	Inputs     []Input          `json:"inputs"`
	Background Background       `json:"background"`
	Ledger     Ledger           `json:"ledger"`
	Warnings   []Warning        `json:"warnings"`

	// Window is the time that the report is about, where one was asked for.
	Window *Window `json:"window,omitempty"`

	// Sites are the parts of a report on several sites, in its order. What each is told of earlier reports is in its part.
	Sites []SitePart `json:"sites,omitempty"`

	// Past is what earlier reports of the site say; nil where none is known.
	Past *Past `json:"history,omitempty"`

	// Hosts says when each machine logged, most lines first.
	Hosts []Presence `json:"hosts,omitempty"`

	// Lookups are the site's databases and lists in which sources were looked up.
	Lookups []LookupFile `json:"lookups,omitempty"`

	// Counts are all incidents by what months are compared by.
	Counts *Counts `json:"-"`

	// Activity counts what all incidents did; nil without incidents.
	Activity *Activity `json:"activity,omitempty"`

	// Ranking is there when a stated total disagrees with its parts: the places of all incidents, in their order.
	Ranking []Rank `json:"ranking,omitempty"`

	Site         string       `json:"site,omitempty"`
	Analyst      string       `json:"analyst,omitempty"`
	Tool         string       `json:"tool"`             // name and version
	Made         *Made        `json:"made,omitempty"`   // with what it was made, besides the tool
	Zone         string       `json:"zone"`             // the zone that times are given in, of several sites those over all of them
	Clock        []Decision   `json:"clock"`            // how years and zones were decided
	Unrecognised []Sample     `json:"unrecognised"`     // a sample, most frequent shape first
	Coverage     *Coverage    `json:"coverage"`         // what the unrecognised lines are, in all
	Ignored      []IgnoreNote `json:"ignored"`          // what the site's ignore list hid
	Limits       []string     `json:"limits,omitempty"` // what a cap cut off, in words

	Decided      []Decided      `json:"decided,omitempty"` // what the analyst decided about incidents
	FromDocument []FromDocument `json:"-"`
	// KindTitles are what people call the kinds that incidents are counted by.
	KindTitles map[string]string `json:"-"`
}

// SitePart is what a report on several sites says of one of them.
type SitePart struct {
	Name      string  `json:"name"`
	Zone      string  `json:"zone"`      // that the times of its incidents are given in
	Incidents int     `json:"incidents"` // all, those of the background too
	Records   int     `json:"records"`
	Period    Period  `json:"period"`
	Window    *Window `json:"window,omitempty"`
	Past      *Past   `json:"history,omitempty"`
	// Report is that of the site alone. Its incidents have the numbers of the whole.
	Report *Report `json:"-"`
}

// Made says with what a report was made, so that it can be made again.
type Made struct {
	// Flags are those of the command line that change the report, in order; not where it goes.
	Flags []string `json:"flags"`
	// Configuration is the SHA-256 of the configuration and of all files that it names, empty without one.
	Configuration string `json:"configuration"`
	// Knowledge and Rules are digests of what the tool knows and of the rules that it goes by.
	Knowledge string `json:"knowledge"`
	Rules     string `json:"rules"`
	// Name is what HTML and PDF are called, without their ending, where it is not the usual name.
	Name string `json:"name,omitempty"`
	// Obscured is set where pseudonyms stand for addresses and names; the inputs are the obscured copies then.
	Obscured bool `json:"obscured,omitempty"`
}

// Rank is the place of an incident among those of the report, by its stated total where it has one, and
// by what its parts give. Incidents with equal points share a place.
type Rank struct {
	Number   int `json:"number"` // of the incident
	ByTotals int `json:"by_totals"`
	ByParts  int `json:"by_parts"`
}

// Period is the time from the first to the last event of the inputs; both are zero when there is none.
type Period struct {
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// Input is one log that was read.
type Input struct {
	Site       string   `json:"site,omitempty"` // in a report on several
	File       string   `json:"file"`
	SHA256     string   `json:"sha256"` // of the bytes as they are on disk
	Bytes      int64    `json:"bytes"`
	Lines      int      `json:"lines"`
	Formats    []string `json:"formats"`
	Ledger     Ledger   `json:"ledger"`
	Duplicates int      `json:"duplicates,omitempty"` // records that an earlier input has too
	Compressed string   `json:"compressed,omitempty"` // gzip, zstd, bzip2, xz
	// Modified is the file's time, where stamps without a year were completed by it.
	Modified time.Time `json:"modified,omitzero"`
}

// Ledger counts physical lines. It always balances:
// Lines = Incident + Benign + Unrecognised + Blank.
type Ledger struct {
	Lines        int `json:"lines"`
	Incident     int `json:"incident"`
	Benign       int `json:"benign"`
	Unrecognised int `json:"unrecognised"`
	Blank        int `json:"blank"`
	// Outside is how many of the benign lines are records of another time than the report is about. They were not judged.
	Outside int `json:"outside,omitempty"`
}

// Add adds the counts of o to l.
func (l *Ledger) Add(o Ledger) {
	l.Lines += o.Lines
	l.Incident += o.Incident
	l.Benign += o.Benign
	l.Unrecognised += o.Unrecognised
	l.Blank += o.Blank
	l.Outside += o.Outside
}

// Within counts the lines of the time that the report is about.
func (l Ledger) Within() int { return l.Lines - l.Outside }

// Balances reports whether every line is in exactly one class.
func (l Ledger) Balances() bool {
	return l.Lines == l.Incident+l.Benign+l.Unrecognised+l.Blank
}

// Warning is something the reader of the report must know about an input. Line is 0 when it
// concerns the input as a whole.
type Warning struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Decision says how the stamps of an input that lack a year or a zone were completed.
type Decision struct {
	File  string `json:"file"`
	Year  string `json:"year,omitempty"`
	Basis string `json:"basis"`
}

// Sample is a shape of unrecognised lines: the first such line and how many there are.
type Sample struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Count   int    `json:"count"`
	Program string `json:"program"` // that a syslog header names; empty without one
	Shape   string `json:"shape"`   // the text with marks for all that differs from line to line
}

// Coverage sums up the lines that no log format knows.
type Coverage struct {
	Lines    int               `json:"lines"`
	Shapes   int               `json:"shapes"`
	Programs []ProgramCoverage `json:"programs"` // most lines first
	// OtherShapes and OtherLines count what the report's list of shapes leaves out.
	OtherShapes int      `json:"other_shapes"`
	OtherLines  int      `json:"other_lines"`
	Limits      []string `json:"limits,omitempty"` // where shapes are not told apart, in words
}

// ProgramCoverage counts the unrecognised lines of one program.
type ProgramCoverage struct {
	Program string `json:"program"` // empty for lines without a syslog header
	Lines   int    `json:"lines"`
	Shapes  int    `json:"shapes"`
	// Words is by how many of their first words shapes are told apart, where there are too many of
	// them; -1 when all words count.
	Words int `json:"-"`
}

// Named is the program in words.
func (p ProgramCoverage) Named() string {
	if p.Program == "" {
		return "no program (they have no syslog header)"
	}
	return p.Program
}

// IgnoreNote counts what one entry of the site's ignore list hid.
type IgnoreNote struct {
	Entry   string `json:"entry"`
	Reason  string `json:"reason"`
	Records int    `json:"records"`
	Lines   int    `json:"lines"`
}

// Background is the part of the incidents that is told in tables only.
type Background struct {
	Incidents int               `json:"incidents"`
	Records   int               `json:"records"`
	Rule      string            `json:"rule"`
	Tables    []BackgroundTable `json:"tables"`
}

// BackgroundTable counts the background's incidents and records by one property.
type BackgroundTable struct {
	Title string          `json:"title"`
	Rows  []BackgroundRow `json:"rows"`
}

// BackgroundRow is one line of a BackgroundTable.
type BackgroundRow struct {
	Name      string `json:"name"`
	Incidents int    `json:"incidents"`
	Records   int    `json:"records"`
}

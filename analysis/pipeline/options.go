package pipeline

import (
	"runtime"

	"practicum/analysis"
	"practicum/analysis/enrich"
	"practicum/analysis/incident"
	"practicum/analysis/logformat"
	"practicum/analysis/severity"
)

// Options are everything that a run depends on, apart from the logs.
type Options struct {
	Title   string
	Analyst string
	Tool    string // name and version, for the report's foot
	Made    *analysis.Made
	Clock   logformat.ClockOptions
	// Window is the time that the report is about; records of another time are counted and not judged.
	Window analysis.Window
	// ZoneNote says where the zone comes from, such as "--tz" or "default".
	ZoneNote string
	Grouping incident.Options
	Order    incident.Order
	// Numbered is how many incidents have a number already: those of other sites in the same report.
	Numbered int
	Site     severity.Site
	// Detail is how many incidents are told in full; 0 is the default of 50, negative is all.
	Detail int
	// Excerpt is how many lines of an incident's evidence are quoted; 0 is the default of 40.
	Excerpt int
	// LogFormats overrides recognition: the format named is the only one tried on inputs that match the glob.
	LogFormats []LogFormatRule
	// Taught is what the site's patterns add; see Teach.
	Taught *Taught
	// Enrich are the site's databases and lists that sources are looked up in; nil for none.
	Enrich *enrich.Set
	// Written is what the analyst's document says about incidents.
	Written Written
	// Workers is how many goroutines work side by side; 0 is one for each processor. The report does not depend on it.
	Workers int
	// Expand is how many times its size on disk a compressed input may unpack to; 0 is logformat.DefaultExpand.
	Expand int
	// Exclude are folders that are never read as logs: the report's own.
	Exclude []string
}

// LogFormatRule is one --log-format NAME=GLOB.
type LogFormatRule struct{ Format, Glob string }

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

package config

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"practicum/analysis/incident"
	"practicum/analysis/logformat"
	"practicum/analysis/pattern"
	"practicum/analysis/pipeline"
	"practicum/analysis/severity"
	"practicum/render/interchange"
	"practicum/render/style"
	"practicum/templates"
)

// Options are settings that have been judged: what the analysis and the writing of the report
// depend on, apart from the logs.
type Options struct {
	// Analysis lacks what no setting says: the time of the run and the tool's name.
	Analysis pipeline.Options
	Dir      string   // the output folder
	To       []string // the report formats, in the order of ReportFormats
	Export   []string // what is written for other systems, in the order of interchange.Formats
	// DShieldUser is the number of the site's account at DShield; 0 for none.
	DShieldUser int
	// Modified is when a report was changed that is exported again, if that was after its last record.
	Modified time.Time
	// Templates are what the report is made with.
	Templates templates.Set
	Style     style.Style
	// Attach is one of Attachments: what the PDF carries besides its pages.
	Attach string
	// Obscure says what pseudonyms replace in the report.
	Obscure Pseudonyms
	// Name is what HTML and PDF are called, as a pattern; empty for the usual name. Dir is a pattern too.
	Name string
	// Period is the time that the report is about.
	Period Period
	// Sites are the sites that the configuration names logs of, in its order.
	Sites []SiteOptions
	// Only is the one of them that these are the options of; nil for all.
	Only *SiteOptions
	// History is where reports are remembered.
	History Memory
	// KeepLogs keeps the obscured copies of the logs.
	KeepLogs bool
	// Catalogue are files with kinds of the site's own, still to be read.
	Catalogue []string
	// Patterns are the messages and log formats of the site's own; see Teach.
	Patterns *pattern.Set
	// Lookups are files that sources are looked up in, still to be read.
	Lookups Lookups
	// Mail is how the report is mailed, where somebody asks for it.
	Mail Mailing
}

// Memory says where reports are remembered, and for how long.
type Memory struct {
	File string // empty for the usual place, NoHistory for nowhere
	Keep int    // months, counted back from the newest report; 0 for all
}

// NoHistory is what history.file and --history say in place of a file.
const NoHistory = "none"

func (r *resolver) history() Memory {
	m := Memory{File: r.s.History.File}
	if strings.ContainsRune(m.File, 0) {
		r.wrongf("history.file", "%q is not the name of a file", m.File)
	}
	if r.s.History.Keep != "" {
		m.Keep = r.number("history.keep", r.s.History.Keep, 1, 1200)
	}
	return m
}

// Pseudonyms say what is replaced in a report that is shown to others.
type Pseudonyms struct {
	Mode  string // one of ObscureModes, or empty for nothing
	Key   string // a file
	List  string // a file, or empty for none
	Words []string
	Home  []netip.Prefix // the site's own networks, its assets' addresses among them
	MyNet bool
}

// ObscureModes are what obscure.mode and --obscure may name.
var ObscureModes = []string{"all", "own"}

func (r *resolver) obscure() Pseudonyms {
	x := r.s.Obscure
	o := Pseudonyms{Key: x.Key, List: x.List, Home: r.prefixes("obscure.home", x.Home), MyNet: r.oneOf("obscure.mynet", x.MyNet, "true", "false") == "true"}
	if x.Mode != "" {
		o.Mode = r.oneOf("obscure.mode", x.Mode, ObscureModes...)
	}
	if strings.TrimSpace(x.Key) == "" {
		r.wrongf("obscure.key", "is empty; name a file, which is made where it is missing")
	}
	for i, w := range x.Words {
		if w = strings.TrimSpace(w); len(w) < 2 {
			r.wrongf(fmt.Sprintf("obscure.words[%d]", i), "%q is too short to be replaced wherever it stands", w)
			continue
		}
		o.Words = append(o.Words, w)
	}
	for _, a := range r.s.Assets {
		for _, text := range a.Addresses {
			if p, err := prefix(text); err == nil { // what is wrong with it is said of the assets
				o.Home = append(o.Home, p)
			}
		}
	}
	return o
}

// ReportFormats are what output.to and --to may name.
var ReportFormats = []string{"md", "html", "pdf", "json"}

// Attachments are what attach and --attach may name.
var Attachments = []string{"none", "manifest", "evidence"}

// Resolve judges every value, and names all that are wrong with their places. logFormats are
// the names of the log formats that exist.
func (s *Settings) Resolve(logFormats []string) (*Options, error) {
	r := resolver{s: s, logFormats: logFormats}
	o := &Options{
		Dir:         r.dir(),
		To:          r.reportFormats(),
		Export:      r.exports(),
		DShieldUser: r.number("output.dshield_user", s.Output.DShieldUser, 0, 2_000_000_000),
		Templates:   r.templates(),
		Style:       r.style(),
		Attach:      r.oneOf("attach", s.Attach, Attachments...),
		Obscure:     r.obscure(),
		History:     r.history(),
		Catalogue:   r.catalogue(),
		Lookups:     r.lookups(),
		Mail:        r.mail(),
		Analysis: pipeline.Options{
			Title:    r.text("title", s.Title),
			Analyst:  r.text("analyst", s.Analyst),
			ZoneNote: r.zoneNote(),
			Detail:   r.detail(),
			Excerpt:  r.number("excerpt", s.Excerpt, 1, 1_000_000),
			Expand:   r.number("limits.expand", s.Limits.Expand, 2, 1_000_000),
			Order:    r.order(),
			Grouping: incident.Options{
				Gap:      r.duration("grouping.gap", s.Grouping.Gap),
				Campaign: r.duration("grouping.campaign", s.Grouping.Campaign),
				Ports:    r.number("grouping.ports", s.Grouping.Ports, 1, 65535),
				Ignore:   r.ignore("grouping.ignore", r.s.Grouping.Ignore),
				Sources:  r.number("limits.sources", s.Limits.Sources, 1, 100_000_000),
			},
			LogFormats: r.logFormatRules(),
		},
	}
	o.Analysis.Clock = r.clock()
	zone := o.Analysis.Clock.Zone
	o.Analysis.Site = severity.Site{
		Name:    r.text("site.name", s.Site.Name),
		Network: r.points("site.network", s.Site.Network, ""),
		System:  r.points("site.system", s.Site.System, ""),
		Assets:  r.assets("assets", r.s.Assets),
		Ratings: r.ratings(zone),
	}
	o.Sites = r.sites()
	o.Period = r.period(zone)
	o.Name = r.pattern("output.name", s.Output.Name)
	if strings.ContainsAny(o.Name, `/\`) {
		r.wrongf("output.name", "%q is a folder's; the folder is said by output.dir or -o", o.Name)
	}
	if err := r.ps.err(); err != nil {
		return nil, err
	}
	return o, nil
}

// catalogue is where the site's own kinds are. A file is looked for in the folder of the
// configuration, wherever the command is run.
func (r *resolver) catalogue() []string {
	return r.files("catalogue", r.s.Catalogue, "name a file with kinds")
}

// files are files that the configuration names, from its own folder.
func (r *resolver) files(key string, names []string, what string) []string {
	var list []string
	for i, name := range names {
		name = r.required(fmt.Sprintf("%s[%d]", key, i), name, what)
		if name != "" && !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(r.s.Path), name)
		}
		list = append(list, name)
	}
	return list
}

// resolver collects what is wrong while the options are made.
type resolver struct {
	s          *Settings
	logFormats []string
	ps         problems
}

// wrong notes a problem where the setting was given: a flag and a variable are named instead of
// the file's key.
func (r *resolver) wrong(key string, err error) {
	if by := r.s.said[key]; by.layer == byFlag || by.layer == byEnvironment {
		r.ps.add(by.place, "", "%s", err)
		return
	}
	r.ps.add(r.s.Path, key, "%s", err)
}

func (r *resolver) wrongf(key, format string, args ...any) {
	r.wrong(key, fmt.Errorf(format, args...))
}

func (r *resolver) text(key, value string) string {
	text, err := line(value)
	if err != nil {
		r.wrong(key, err)
	}
	return text
}

// required is a text that says something; what is why it is needed.
func (r *resolver) required(key, value, what string) string {
	text := r.text(key, value)
	if text == "" {
		r.wrongf(key, "is missing; %s", what)
	}
	return text
}

func (r *resolver) number(key, value string, low, high int) int {
	n, err := number(value, low, high)
	if err != nil {
		r.wrong(key, err)
	}
	return n
}

func (r *resolver) duration(key, value string) time.Duration {
	d, err := duration(value)
	if err != nil {
		r.wrong(key, err)
	}
	return d
}

func (r *resolver) oneOf(key, value string, known ...string) string {
	if slices.Contains(known, value) {
		return value
	}
	r.wrongf(key, "%q is not %s%s", value, strings.Join(known, " or "), meant(value, known))
	return ""
}

// meant is the hint at the nearest known word.
func meant(word string, known []string) string {
	if near, ok := Nearest(word, known); ok {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

func (r *resolver) dir() string {
	dir := r.s.Output.Dir
	switch {
	case strings.TrimSpace(dir) == "":
		r.wrongf("output.dir", "is empty; name a folder, such as report")
	case strings.ContainsRune(dir, 0):
		r.wrongf("output.dir", "%q is not the name of a folder", dir)
	}
	return r.pattern("output.dir", dir)
}

func (r *resolver) reportFormats() []string {
	for _, name := range r.s.Output.To {
		if !slices.Contains(ReportFormats, name) {
			r.wrongf("output.to", "%q is not a report format; there are %s%s", name, strings.Join(ReportFormats, ", "), meant(name, ReportFormats))
		}
	}
	if len(r.s.Output.To) == 0 {
		r.wrongf("output.to", "names no report format; there are %s", strings.Join(ReportFormats, ", "))
	}
	var to []string
	for _, name := range ReportFormats {
		if slices.Contains(r.s.Output.To, name) {
			to = append(to, name)
		}
	}
	return to
}

func (r *resolver) exports() []string {
	known := interchange.Names()
	for _, name := range r.s.Output.Export {
		if !slices.Contains(known, name) {
			r.wrongf("output.export", "%q is no export; there are %s%s", name, strings.Join(known, ", "), meant(name, known))
		}
	}
	var list []string
	for _, name := range known {
		if slices.Contains(r.s.Output.Export, name) {
			list = append(list, name)
		}
	}
	return list
}

func (r *resolver) detail() int {
	if r.s.Detail == "all" {
		return -1
	}
	n, err := number(r.s.Detail, 1, 1_000_000)
	if err != nil {
		r.wrongf("detail", "%w; write how many incidents are told in full, or all", err)
	}
	return n
}

// order is empty where nobody asks for one: incidents are then numbered by host.
func (r *resolver) order() incident.Order {
	if r.s.Grouping.Order == "" {
		return ""
	}
	return incident.Order(r.oneOf("grouping.order", r.s.Grouping.Order, string(incident.OrderTime), string(incident.OrderSeverity)))
}

// zoneNote is empty where nobody named a zone.
func (r *resolver) zoneNote() string { return r.s.said["clock.tz"].place }

func (r *resolver) clock() logformat.ClockOptions {
	loc, err := zone(r.s.Clock.TZ)
	if err != nil {
		r.wrong("clock.tz", err)
		loc = time.UTC
	}
	o := logformat.ClockOptions{Zone: loc}
	year, asOf := r.s.Clock.Year, r.s.Clock.AsOf
	if year != "" && asOf != "" {
		switch y, a := r.s.said["clock.year"].layer, r.s.said["clock.as_of"].layer; {
		case y > a: // the stronger word replaces the other one
			asOf = ""
		case a > y:
			year = ""
		default:
			r.wrongf("clock.as_of", "stands beside a year (%s); give one of the two", r.s.said["clock.year"].place)
		}
	}
	if year != "" {
		o.Year = r.number("clock.year", year, 1970, 2200)
	}
	if asOf != "" {
		t, _, err := moment(asOf, loc)
		if err != nil {
			r.wrong("clock.as_of", err)
		}
		o.AsOf = t
	}
	return o
}

func (r *resolver) prefixes(key string, list []string) []netip.Prefix {
	var out []netip.Prefix
	for i, text := range list {
		p, err := prefix(text)
		if err != nil {
			r.wrong(fmt.Sprintf("%s[%d]", key, i), err)
			continue
		}
		out = append(out, p)
	}
	return out
}

// names are kept letter by letter: they are compared with what stands in logs, hidden characters
// and all.
func (r *resolver) names(key string, list []string) []string {
	for i, text := range list {
		if strings.TrimSpace(text) == "" {
			r.wrongf(fmt.Sprintf("%s[%d]", key, i), "is empty; write a name as it stands in the logs")
		}
	}
	return list
}

func (r *resolver) ignore(list string, all []Ignore) []incident.Ignore {
	var out []incident.Ignore
	for i, x := range all {
		key := fmt.Sprintf("%s[%d]", list, i)
		if len(x.Addresses) == 0 && len(x.Names) == 0 {
			r.wrongf(key, "has neither addresses nor names, so it ignores nothing")
		}
		out = append(out, incident.Ignore{
			Addresses: r.prefixes(key+".addresses", x.Addresses),
			Names:     r.names(key+".names", x.Names),
			Reason:    r.required(key+".reason", x.Reason, "the report says why something was ignored"),
		})
	}
	return out
}

func (r *resolver) logFormat(key, name string) string {
	if !slices.Contains(r.logFormats, name) {
		r.wrongf(key, "%q is not a log format%s; practicum formats lists them", name, meant(name, r.logFormats))
	}
	return name
}

// logFormatRules puts the flags' rules first: the first one that fits an input decides.
func (r *resolver) logFormatRules() []pipeline.LogFormatRule {
	var out []pipeline.LogFormatRule
	glob := func(key, text string) string {
		if text == "" {
			r.wrongf(key, "is missing; write which inputs are meant, such as *.log")
		} else if !doublestar.ValidatePattern(text) {
			r.wrongf(key, "%q is not a glob; a bracket or a brace in it is not closed", text)
		}
		return text
	}
	for _, text := range r.s.flagged {
		const flag = "--log-format"
		name, pattern, ok := strings.Cut(text, "=")
		if !ok {
			r.ps.add(flag, "", "%q lacks the inputs; write NAME=GLOB, such as syslog=*.log", text)
			continue
		}
		out = append(out, pipeline.LogFormatRule{Format: r.logFormat(flag, name), Glob: glob(flag, pattern)})
	}
	for i, x := range r.s.LogFormats {
		key := fmt.Sprintf("log_formats[%d]", i)
		out = append(out, pipeline.LogFormatRule{Format: r.logFormat(key+".format", x.Format), Glob: glob(key+".glob", x.Glob)})
	}
	return out
}

// points judges p; otherwise is the reason when it gives none of its own.
func (r *resolver) points(key string, p *Points, otherwise string) *severity.Points {
	if p == nil {
		return nil
	}
	if strings.TrimSpace(p.Points) == "" {
		r.wrongf(key, "has no points; write them as 4, 3 to 4 or {points: 4, reason: ...}")
		return nil
	}
	low, high, err := points(p.Points)
	if err != nil {
		r.wrong(key, err)
	}
	reason := r.text(key+".reason", p.Reason)
	if reason == "" {
		reason = otherwise
	}
	return &severity.Points{Low: low, High: high, Reason: reason}
}

func (r *resolver) assets(list string, all []Asset) []severity.Asset {
	var out []severity.Asset
	for i, x := range all {
		key := fmt.Sprintf("%s[%d]", list, i)
		if len(x.Hosts) == 0 && len(x.Addresses) == 0 && len(x.Formats) == 0 {
			r.wrongf(key, "has no hosts, addresses or formats, so it describes no machine")
		}
		for j, name := range x.Formats {
			r.logFormat(fmt.Sprintf("%s.formats[%d]", key, j), name)
		}
		reason := r.text(key+".reason", x.Reason)
		out = append(out, severity.Asset{
			Hosts:       r.names(key+".hosts", x.Hosts),
			Addresses:   r.prefixes(key+".addresses", x.Addresses),
			Formats:     x.Formats,
			Criticality: r.points(key+".criticality", x.Criticality, reason),
			System:      r.points(key+".system", x.System, reason),
			Network:     r.points(key+".network", x.Network, reason),
		})
	}
	return out
}

func (r *resolver) ratings(loc *time.Location) []severity.Rating {
	var out []severity.Rating
	for i, x := range r.s.Ratings {
		key := fmt.Sprintf("ratings[%d]", i)
		switch {
		case x.ID == "" && len(x.Sources) == 0:
			r.wrongf(key, "has neither id nor sources, so it rates no incident")
		case x.ID != "" && (len(x.Sources) > 0 || x.From != "" || x.To != ""):
			r.wrongf(key, "has an id, which finds its incident alone; remove sources, from and to, or the id")
		}
		if x.Criticality == nil && x.Lethality == nil && x.System == nil && x.Network == nil && x.Total == "" {
			r.wrongf(key, "has no criticality, lethality, system, network or total, so it says nothing")
		}
		reason := r.text(key+".reason", x.Reason)
		rating := severity.Rating{
			ID:          r.text(key+".id", x.ID),
			Sources:     r.names(key+".sources", x.Sources),
			Criticality: r.points(key+".criticality", x.Criticality, reason),
			Lethality:   r.points(key+".lethality", x.Lethality, reason),
			System:      r.points(key+".system", x.System, reason),
			Network:     r.points(key+".network", x.Network, reason),
		}
		var err error
		if x.From != "" {
			if rating.From, _, err = moment(x.From, loc); err != nil {
				r.wrong(key+".from", err)
			}
		}
		if x.To != "" {
			day := false
			if rating.To, day, err = moment(x.To, loc); err != nil {
				r.wrong(key+".to", err)
			} else if day { // a day alone is meant to its end
				rating.To = rating.To.AddDate(0, 0, 1)
			}
		}
		if !rating.From.IsZero() && !rating.To.IsZero() && !rating.From.Before(rating.To) {
			r.wrongf(key+".to", "%q is not after %q", x.To, x.From)
		}
		if x.Total != "" {
			if rating.Total, err = total(x.Total); err != nil {
				r.wrong(key+".total", err)
			}
		}
		out = append(out, rating)
	}
	return out
}

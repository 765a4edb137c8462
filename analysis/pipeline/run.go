package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"practicum/analysis"
	"practicum/analysis/detect"
	"practicum/analysis/incident"
	"practicum/analysis/knowledge"
	"practicum/analysis/logformat"
	"practicum/analysis/observation"
	"practicum/analysis/severity"
	"practicum/analysis/workers"
)

const (
	defaultDetail  = 50
	defaultExcerpt = 40
	maxWarnings    = 1000
)

// Run reads the inputs and returns the finished report. The order of the inputs does not matter.
func Run(ctx context.Context, inputs []logformat.Input, o Options) (*analysis.Report, error) {
	run, err := read(ctx, inputs, o)
	if err != nil {
		return nil, err
	}
	return run.report(ctx)
}

// run is the state of one pass over all inputs.
type run struct {
	o       Options
	inputs  []logformat.Input
	clocks  []*logformat.Clock
	bases   []int // the years that stamps without one were read with
	surveys []logformat.Survey
	years   []logformat.Year
	builder *incident.Builder
	tallies []tally
	samples *samples
	overlap overlaps
	copies  *copies
	period  analysis.Period
	seen    *presence
	begin   analysis.Period // of all that the inputs hold, in the window or not

	// abroad is, of one of several sites, the zone that all of them are told in, where the site's is another.
	abroad *time.Location
	// counted is what was counted by day and hour of that zone.
	counted *activity

	blurred bool // records that were taken from another run may be copies, and nobody can tell any more

	state  *state           // the builder's, saved before it was used up
	quoted []map[int]string // lines of the inputs that are at hand

	result   incident.Result
	explains bool         // the result is needed when the report is made
	told     map[int]bool // the places of those told in full

	warnings []analysis.Warning
	limits   []string
	unlisted int // warnings that are not in the list
}

// tally counts what one input holds.
type tally struct {
	stats      logformat.Stats
	ledger     analysis.Ledger // Incident is filled in at the end; until then its lines are Benign
	formats    map[string]bool
	recent     [64]string // by slotOf: formats of the records before, which are in formats
	duplicates int
}

// read makes a pass over all inputs. Stamps without a year are completed with the year that the
// file's time suggests; when the stamps, once they are all known, say otherwise, a second pass with
// the right years takes the place of the first.
func read(ctx context.Context, inputs []logformat.Input, o Options) (*run, error) {
	inputs = slices.Clone(inputs)
	slices.SortStableFunc(inputs, byPath)
	bases := make([]int, len(inputs))
	for i, in := range inputs {
		bases[i] = o.Clock.Guess(in.ModTime)
	}
	for {
		r, err := pass(ctx, inputs, o, bases)
		if err != nil {
			return nil, err
		}
		for _, c := range r.clocks {
			r.surveys = append(r.surveys, c.Survey())
		}
		r.bases = slices.Clone(bases)
		r.years = o.Clock.DecideYears(sameAge(inputs, r.surveys), r.surveys)
		again := false
		for i, y := range r.years {
			if r.surveys[i].Yearless && y.Base != bases[i] {
				bases[i], again = y.Base, true
			}
		}
		if !again {
			return r, nil
		}
	}
}

// newRun is a run that has read nothing yet.
func newRun(o Options) *run {
	o.Grouping.Signatures = incident.Signatures{
		Login:  detect.Login,
		Port:   func(proto string, port int) bool { return !knowledge.Common(proto, port) },
		Sensor: knowledge.NamesTool,
	}
	o.Grouping.Zone, o.Grouping.Workers = cmp.Or(o.Grouping.Zone, o.Clock.Zone), o.workers()
	return &run{o: o, builder: incident.NewBuilder(o.Grouping), samples: newSamples(), overlap: overlaps{set: o.patterns()}, seen: newPresence()}
}

// pass reads all inputs once: each by itself, several side by side, and puts together what was found. Where copies of records could
// not be told then, they are read one after the other.
func pass(ctx context.Context, inputs []logformat.Input, o Options, bases []int) (*run, error) {
	if len(inputs) < 2 {
		return inTurn(ctx, inputs, o, bases)
	}
	for i := range inputs { // before any work
		if _, err := o.FormatsFor(inputs[i].Path); err != nil {
			return nil, err
		}
	}
	all := newRun(o)
	all.inputs, all.tallies, all.quoted, all.clocks = inputs, make([]tally, len(inputs)), make([]map[int]string, len(inputs)), make([]*logformat.Clock, len(inputs))
	var lock sync.Mutex
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := sideBySide(within, o.workers(), len(inputs), 1, func(_, i int) {
		r, err := inTurn(within, inputs[i:i+1], o, bases[i:i+1])
		if err != nil {
			cancel(err)
			return
		}
		lock.Lock()
		defer lock.Unlock()
		if !all.blurred {
			all.clocks[i], all.tallies[i] = r.clocks[0], r.tallies[0]
			all.take(r, []int{i})
		}
	})
	switch {
	case err != nil:
		return nil, err
	case all.blurred:
		all = nil
		return inTurn(ctx, inputs, o, bases)
	}
	all.settleWarnings()
	return all, nil
}

// inTurn reads inputs one after the other.
func inTurn(ctx context.Context, inputs []logformat.Input, o Options, bases []int) (*run, error) {
	r := newRun(o)
	r.inputs, r.tallies, r.quoted = slices.Clone(inputs), make([]tally, len(inputs)), make([]map[int]string, len(inputs))
	if len(inputs) > 1 {
		r.copies = newCopies()
	}
	formats := make([][]logformat.Format, len(inputs))
	for i := range r.inputs {
		r.inputs[i].Expand = o.Expand
	}
	for i, in := range inputs {
		r.clocks = append(r.clocks, logformat.NewClock(o.Clock.Zone, bases[i]))
		var err error
		if formats[i], err = o.FormatsFor(in.Path); err != nil {
			return nil, err
		}
		r.tallies[i].formats = map[string]bool{}
	}
	return r, r.readAll(ctx, formats)
}

// batches is how many batches of events are under way between reading and grouping.
const batches = 8

// batch is events and unrecognised records of one input, and what the rules say of each event.
type batch struct {
	logformat.Batch
	input    int
	verdicts []detect.Verdict
}

// readAll reads and counts the records of the inputs in a goroutine of its own, judges their events in another, which sums up what is not
// recognised too, and groups them here, side by side.
func (r *run) readAll(ctx context.Context, formats [][]logformat.Format) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	full, judged, empty := make(chan *batch, batches), make(chan *batch, batches), make(chan *batch, batches)
	size := int64(0)
	for _, in := range r.inputs {
		if size = max(size, in.Size); in.Size <= 0 {
			size = math.MaxInt64
		}
	}
	for range batches {
		empty <- &batch{Batch: logformat.NewBatch(size)}
	}
	go func() {
		defer close(full)
		if err := r.readInputs(ctx, formats, full, empty); err != nil {
			cancel(err)
		}
	}()
	go func() {
		defer close(judged)
		judging := detect.NewJudging(r.o.rules())
		for b := range full {
			b.verdicts = b.verdicts[:0]
			records, events := b.Records(), b.Events()
			for i := range records {
				r.samples.add(r.inputs[b.input].Path, &records[i], lineCount(&records[i]))
			}
			for i := range events {
				judging.Identify(&events[i])
				b.verdicts = append(b.verdicts, judging.Of(&events[i]))
			}
			judged <- b
		}
	}()
	last := -1
	for b := range judged {
		for ; last < b.input; last++ {
			r.copies.next()
		}
		events := b.Events()
		r.builder.Ready(events)
		for i := range events {
			r.event(b.input, &events[i], &b.verdicts[i])
		}
		empty <- b
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// readInputs reads one input after the other and puts its events into batches.
func (r *run) readInputs(ctx context.Context, formats [][]logformat.Format, full chan<- *batch, empty <-chan *batch) error {
	var b *batch
	send := func() {
		if b != nil {
			full <- b
			b = nil
		}
	}
	for i, in := range r.inputs {
		stats, err := logformat.Read(ctx, in, i, r.clocks[i], formats[i], func(rec *logformat.Record) error {
			if !r.record(i, rec) {
				return nil
			}
			if b == nil {
				b = <-empty
				b.Reset()
				b.input = i
			}
			b.Add(rec)
			if b.Full() {
				send()
			}
			return nil
		})
		send()
		if err != nil {
			return err
		}
		r.tallies[i].stats, r.tallies[i].ledger.Lines = stats, stats.Lines
	}
	return nil
}

// FormatsFor is the list of log formats to try on an input: all of them, or the one that an option
// names.
func (o Options) FormatsFor(file string) ([]logformat.Format, error) {
	for _, rule := range o.LogFormats {
		whole, err := doublestar.Match(rule.Glob, file)
		if err != nil {
			return nil, fmt.Errorf("log format %s: %q is not a pattern: %w", rule.Format, rule.Glob, err)
		}
		if base, _ := doublestar.Match(rule.Glob, path.Base(file)); !whole && !base {
			continue
		}
		all := o.Formats()
		i := slices.IndexFunc(all, func(f logformat.Format) bool { return f.Name == rule.Format })
		if i < 0 {
			return nil, fmt.Errorf("%q is not a log format; `practicum formats` lists them", rule.Format)
		}
		return all[i : i+1], nil
	}
	return o.Formats(), nil
}

// record counts the lines of a record and reports whether it is to be looked at: because it tells of an event in the window, or is
// not recognised.
func (r *run) record(input int, rec *logformat.Record) bool {
	t := &r.tallies[input]
	lines := lineCount(rec)
	if rec.Warning != "" {
		r.warn(analysis.Warning{File: r.inputs[input].Path, Line: rec.Lines[0].First, Text: rec.Warning})
	}
	r.present(input, rec, lines)
	switch rec.Class {
	case logformat.ClassBlank:
		t.ledger.Blank += lines
		return false
	case logformat.ClassUnrecognised:
		t.ledger.Unrecognised += lines
		return true
	}
	t.ledger.Benign += lines
	if at := &t.recent[slotOf(rec.Format)%uint(len(t.recent))]; *at != rec.Format {
		*at = rec.Format
		t.formats[rec.Format] = true
	}
	r.overlap.add(rec.Format, rec.Text, r.inputs[input].Path, rec.Lines[0].First)
	if rec.Class != logformat.ClassEvent {
		if !rec.Time.IsZero() && !r.o.Window.Contains(rec.Time) {
			t.ledger.Outside += lines
		}
		return false
	}
	e := rec.Event
	widen(&r.begin, e.Time)
	if !r.o.Window.Contains(e.Time) {
		t.ledger.Outside += lines
		return false
	}
	widen(&r.period, e.Time)
	return true
}

// event gives one event to the builder.
func (r *run) event(input int, e *analysis.Event, verdict *detect.Verdict) {
	if r.copies.seen(e) {
		r.tallies[input].duplicates++
		r.builder.AddCopy(e, verdict.Kind)
		return
	}
	r.builder.Add(e, verdict.Kind, verdict.Candidate)
}

func (r *run) warn(w analysis.Warning) {
	if len(r.warnings) == maxWarnings {
		r.unlisted++
		return
	}
	r.warnings = append(r.warnings, w)
}

// widen makes a period one that a time is in.
func widen(p *analysis.Period, t time.Time) {
	if p.First.IsZero() || t.Before(p.First) {
		p.First = t
	}
	if p.Last.IsZero() || t.After(p.Last) {
		p.Last = t
	}
}

// present notes when a machine logged, or an input whose lines name none.
func (r *run) present(input int, rec *logformat.Record, lines int) {
	host, t := rec.Host, rec.Time
	if rec.Event != nil {
		t = rec.Event.Time
		if rec.Event.Host != "" {
			host = rec.Event.Host
		}
	}
	if t.IsZero() || !r.o.Window.Contains(t) {
		return
	}
	who := writer{host: host}
	if host == "" {
		who.file = r.inputs[input].Path
	}
	r.seen.add(who, t, lines)
}

// copies finds records that an earlier input has too. Within one input every record counts: when one
// input has a record three times and another twice, three are counted.
type copies struct {
	seed  maphash.Seed
	count map[uint64]*copyCount
	input int
}

type copyCount struct{ input, here, total int }

func newCopies() *copies {
	return &copies{seed: maphash.MakeSeed(), count: map[uint64]*copyCount{}}
}

func (c *copies) next() {
	if c != nil {
		c.input++
	}
}

// seen reports whether the event's record is a copy of one in an earlier input.
func (c *copies) seen(e *analysis.Event) bool {
	if c == nil {
		return false
	}
	key := c.key(e)
	n := c.count[key]
	if n == nil {
		n = &copyCount{}
		c.count[key] = n
	}
	if n.input != c.input {
		n.input, n.here = c.input, 0
	}
	n.here++
	if n.here > n.total {
		n.total = n.here
		return false
	}
	return true
}

// key is made of what the record tells, not of its bytes, so that a record that a mailer wrapped is
// the same as the one that it came from.
func (c *copies) key(e *analysis.Event) uint64 {
	request := ""
	if strings.HasPrefix(e.Message, `"`) { // a web server's: in one second it may get several
		request = e.Message
	}
	return maphash.Comparable(c.seed, struct {
		time                                           int64
		format, host, program, proto, user, sig, claim string
		request                                        string
		pid, count                                     int
		source, target                                 analysis.Endpoint
		action                                         analysis.Action
		tries                                          analysis.Tries
		service                                        string
		context                                        bool
	}{e.Time.UnixNano(), e.Format, e.Host, e.Program, e.Proto, e.User, e.Signature, e.Claim, request, e.PID, e.Count,
		e.Source, e.Target, e.Action, e.Tries, e.Service, e.Context})
}

// NothingError is a run whose inputs hold no line in any log format.
type NothingError struct {
	Inputs []analysis.Input
	// Broken is the first line that a log format knows and cannot read; nil where there is none.
	Broken *analysis.Warning
}

func (e *NothingError) Error() string {
	names := e.Inputs[0].File
	if n := len(e.Inputs); n > 1 {
		names = fmt.Sprintf("%s and %s", names, observation.Count(n-1, "other input", "other inputs"))
	}
	lines, blank := 0, 0
	for _, in := range e.Inputs {
		lines += in.Lines - in.Ledger.Blank
		blank += in.Ledger.Blank
	}
	switch {
	case lines == 0 && blank > 0:
		return names + ": there are only blank lines and nothing to report; nothing was written"
	case lines == 0:
		return names + ": empty, there is nothing to report; nothing was written"
	case e.Broken != nil:
		what := fmt.Sprintf("none of the %d lines can be read", lines)
		if lines == 1 {
			what = "the only line cannot be read"
		}
		return fmt.Sprintf("%s: %s, so nothing was written (%s:%d: %s); `practicum explain %s` shows what became of each line",
			names, what, e.Broken.File, e.Broken.Line, e.Broken.Text, e.Inputs[0].File)
	}
	what := fmt.Sprintf("none of the %d lines is", lines)
	if lines == 1 {
		what = "the only line is not"
	}
	return fmt.Sprintf("%s: %s in a known log format, so nothing was written; `practicum formats` lists the formats, `practicum explain %s` shows what became of each line",
		names, what, e.Inputs[0].File)
}

// nothingInside is the error of logs that are all of another time than the report is to be about: a month without a line
// must not look like a quiet one.
func (r *run) nothingInside(w *analysis.Window, zone *time.Location) error {
	in := func(t time.Time) string { return t.In(zone).Format(time.DateTime) }
	what := "no record has a stamp"
	if !r.begin.First.IsZero() {
		what = fmt.Sprintf("the records run from %s to %s", in(r.begin.First), in(r.begin.Last))
	}
	return fmt.Errorf("%w (%s); %s (zone %s); nothing was written", errOutside, w.Words(), what, zone)
}

// titleOf is the title of a report that nobody gave one.
func titleOf(w analysis.Window) string {
	if w.Month != "" {
		return "Security summary, " + w.Words()
	}
	return "Intrusion detection practical"
}

var (
	errNoInputs = errors.New("no logs to read")
	errOutside  = errors.New("no record of these logs is of the time asked for")
)

// report turns what the pass found into the finished report.
func (r *run) report(ctx context.Context) (*analysis.Report, error) {
	if len(r.inputs) == 0 {
		return nil, errNoInputs
	}
	r.result = r.builder.Finish(r.o.rules(), r.file, func() bool { return ctx.Err() != nil })
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	r.builder = nil // its records are in the result now, and the rest is not needed any more
	result := &r.result
	rep := &analysis.Report{
		Schema: analysis.Schema, Title: cmp.Or(r.o.Title, titleOf(r.o.Window)), Site: r.o.Site.Name, Analyst: r.o.Analyst, Tool: r.o.Tool, Made: r.o.Made,
		Ignored: result.Ignored, Decided: result.Decided, Limits: append(r.limits, result.Limits...), Warnings: r.warnings,
	}
	zone := r.o.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	rep.Zone = zone.String()
	if r.o.Window != (analysis.Window{}) {
		rep.Window = &r.o.Window
	}
	if r.unlisted > 0 {
		rep.Limits = append(rep.Limits, fmt.Sprintf("%d more warnings are not listed", r.unlisted))
	}
	if !r.period.First.IsZero() {
		rep.Period = analysis.Period{First: r.period.First.In(zone), Last: r.period.Last.In(zone)}
	}
	recognised := false
	for i := range r.inputs {
		in := r.input(i, result.Cited[i])
		recognised = recognised || in.Ledger.Incident+in.Ledger.Benign > 0
		rep.Inputs = append(rep.Inputs, in)
		rep.Ledger.Add(in.Ledger)
	}
	if !recognised {
		return nil, r.nothing(rep.Inputs)
	}
	if rep.Window != nil && r.period.First.IsZero() {
		return nil, r.nothingInside(rep.Window, zone)
	}
	var limits []string
	rep.Hosts, limits = r.seen.report(zone, r.o.Grouping.Pseudonyms)
	rep.Limits = append(rep.Limits, limits...)
	broken := r.broken()
	for i, in := range rep.Inputs {
		if cut := r.tallies[i].stats.Cut; cut != "" {
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: in.File, Text: cut})
			rep.Limits = append(rep.Limits, in.File+": "+cut)
		}
		switch {
		case in.Lines == 0:
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: in.File, Text: "the file is empty"})
		case in.Lines == in.Ledger.Blank:
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: in.File, Text: "the file has only blank lines"})
		case in.Ledger.Incident+in.Ledger.Benign == 0 && broken[in.File] != "":
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: in.File, Text: "no line of this file can be read: " + broken[in.File]})
		case in.Ledger.Incident+in.Ledger.Benign == 0:
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: in.File, Text: "no line of this file is in a known log format"})
		}
	}
	rep.Warnings = append(rep.Warnings, r.overlap.warnings()...)
	rep.Unrecognised = r.samples.list(listedShapes)
	rep.Coverage = r.samples.coverage(rep.Unrecognised)
	rep.Limits = append(rep.Limits, rep.Coverage.Limits...)
	rep.Clock = r.decisions()
	if err := r.incidents(ctx, rep, zone); err != nil {
		return nil, err
	}
	return rep, nil
}

// nothing is the error of inputs of which no line could be read.
func (r *run) nothing(inputs []analysis.Input) error {
	e := &NothingError{Inputs: inputs}
	if i := slices.IndexFunc(r.warnings, func(w analysis.Warning) bool { return w.Line > 0 }); i >= 0 {
		e.Broken = &r.warnings[i]
	}
	return e
}

// broken is, by file, what the first warning of a line says: of a file that has no line which could be read, it is why not.
func (r *run) broken() map[string]string {
	said := map[string]string{}
	for _, w := range r.warnings {
		if w.Line > 0 && said[w.File] == "" {
			said[w.File] = w.Text
		}
	}
	return said
}

func (r *run) file(i int) string { return r.inputs[i].Path }

func (r *run) input(i, cited int) analysis.Input {
	t := &r.tallies[i]
	ledger := t.ledger
	ledger.Benign -= cited
	ledger.Incident = cited
	in := analysis.Input{
		Modified: r.modified(i),
		File:     r.inputs[i].Path, SHA256: t.stats.SHA256, Bytes: t.stats.Bytes, Lines: t.stats.Lines,
		Ledger: ledger, Duplicates: t.duplicates, Compressed: t.stats.Compressed, Formats: []string{},
	}
	for f := range t.formats {
		in.Formats = append(in.Formats, f)
	}
	slices.Sort(in.Formats)
	return in
}

// modified is the time of a file where its stamps' years rest on it.
func (r *run) modified(i int) time.Time {
	if r.years[i].Basis == "" || r.o.Clock.Year != 0 || !r.o.Clock.AsOf.IsZero() || r.inputs[i].ModTime.IsZero() {
		return time.Time{}
	}
	return r.inputs[i].ModTime.UTC().Truncate(time.Second)
}

func (r *run) decisions() []analysis.Decision {
	var list []analysis.Decision
	for i, y := range r.years {
		if y.Basis == "" {
			continue
		}
		list = append(list, analysis.Decision{File: r.file(i), Year: years(y.First, y.Last), Basis: y.Basis})
	}
	note := cmp.Or(r.o.ZoneNote, "the default; --tz or clock.tz in the configuration says otherwise")
	zone := r.o.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	if r.o.Made != nil && r.o.Made.Obscured {
		list = append(list, analysis.Decision{Basis: "pseudonyms stand for addresses and names, in the quoted lines too, and lines that no log format knows are left out but for their header"})
	}
	return append(list, analysis.Decision{Basis: fmt.Sprintf("stamps without a zone are taken to be in %s (%s)", zone, note)})
}

// clockOf says for an incident what decisions says for the inputs: which years are no word of the log.
func (r *run) clockOf(in *analysis.ScoredIncident) []string {
	var list []string
	for i, y := range r.years {
		if in.InputLines[i] == 0 || y.Basis == "" || len(list) == 3 {
			continue
		}
		list = append(list, fmt.Sprintf("%s carries no year: %s by appendix D", path.Base(r.file(i)), years(y.First, y.Last)))
	}
	return list
}

func years(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d to %d", first, last)
}

// incidents scores, numbers and words the incidents and parts off the background.
func (r *run) incidents(ctx context.Context, rep *analysis.Report, zone *time.Location) error {
	all, err := r.score(ctx, zone)
	if err != nil {
		return err
	}
	written := r.o.Written.of(&r.result, zone)
	for i := range all.ranks {
		if doc := written.rating[i]; doc != nil {
			s := r.scored(r.result.Maker(), i, all.huge[i], zone)
			if used := r.rateAsWritten(s, doc); len(used) > 0 {
				rep.FromDocument = append(rep.FromDocument, analysis.FromDocument{ID: s.ID, Factors: used})
			}
			all.ranks[i] = rankOf(&s.Incident, s.Severity)
		}
	}
	r.decided(rep, zone)
	for n, rating := range r.o.Site.Ratings {
		if !all.rated[n] {
			rep.Warnings = append(rep.Warnings, analysis.Warning{File: "configuration", Text: fmt.Sprintf("ratings[%d] (%s) is of no incident in these logs", n, cmp.Or(rating.ID, fmt.Sprint(rating.Sources)))})
		}
	}
	var background *background
	var counts *analysis.Counts
	var beside sync.WaitGroup
	beside.Go(func() { background = all.census.background() })
	beside.Go(func() { counts = all.census.counts() })
	places := r.part(all.ranks, written.keep)
	told := make([]*analysis.ScoredIncident, len(places))
	err = sideBySide(ctx, r.o.workers(), len(places), 1, func(w, n int) {
		told[n] = r.scored(all.makers[w], places[n], all.huge[places[n]], zone)
		if doc := written.rating[places[n]]; doc != nil {
			r.rateAsWritten(told[n], doc)
		}
	})
	beside.Wait()
	if err != nil {
		return err
	}
	all.huge, all.makers, all.census = nil, nil, nil
	r.told = map[int]bool{}
	for n, i := range places {
		r.told[i] = true
		background.remove(&told[n].Incident)
	}
	sortIncidents(told, r.o.Order, r.o.Grouping.Pseudonyms)
	for i, s := range told {
		s.Number = r.o.Numbered + i + 1
	}
	beside.Go(func() {
		rep.Background, rep.Counts = background.report(r.detail()), counts
		rep.KindTitles = map[string]string{}
		for id := range counts.By[analysis.ByKind] {
			if k, ok := r.o.Site.Catalogue.Kind(id); ok {
				rep.KindTitles[id] = k.Title
			}
		}
		for _, k := range all.ranks {
			counts.Add(analysis.ByBand, string(severity.BandOf(k.high)), analysis.Count{Incidents: 1, Records: k.records})
		}
		if len(all.ranks) > 0 {
			rep.Activity = all.activity.report(counts, told)
		}
	})
	defer beside.Wait()
	words := observation.New(r.file, r.o.Site.Owns, r.o.Site.Catalogue, all.index, told, newRemade(r, zone, told))
	// One incident may have more records than all others, so what workers share is statements.
	kinds := len(observation.Statements)
	said := make([][]analysis.Observation, kinds*len(told))
	err = sideBySide(ctx, r.o.workers(), len(said), 1, func(_, i int) {
		said[i] = words.Statement(i%kinds, told[i/kinds])
	})
	if err != nil {
		return err
	}
	err = sideBySide(ctx, r.o.workers(), len(told), 1, func(_, i int) {
		s := told[i]
		s.About = r.o.Enrich.About(s.Sources)
		s.Observations = append(slices.Concat(said[i*kinds:(i+1)*kinds]...), r.o.Enrich.Statements(s)...)
		s.Catalogue = words.Catalogue(s)
		s.Sensors = words.Sensors(s, r.o.formatTitle)
		s.Clock = r.clockOf(s)
	})
	if err != nil {
		return err
	}
	if err := r.o.Enrich.Err(); err != nil {
		return err
	}
	rep.Lookups = r.o.Enrich.Files()
	for i, prompts := range words.Prompts(told) {
		told[i].Prompts = prompts
	}
	if !r.explains {
		r.result = incident.Result{} // most of the memory, and nothing of it is needed any more
	}
	for _, s := range told {
		rep.Incidents = append(rep.Incidents, *s)
	}
	rep.Ranking = severity.Ranking(rep.Incidents)
	beside.Wait()
	return r.excerpts(ctx, rep)
}

// rank is what incidents are ranked by.
type rank struct {
	high, low int
	records   int
}

func rankOf(in *analysis.Incident, s analysis.Severity) rank { return rank{s.High, s.Low, in.Records} }

// scores is what is kept of all incidents: there may be hundreds of thousands, and few are told.
type scores struct {
	ranks    []rank // by place
	index    *observation.Index
	activity *activity
	abroad   *activity // nil unless the run is of a site in another zone than that of the whole
	census   *census
	rated    map[int]bool // which ratings of the configuration are of an incident
	huge     map[int]*analysis.Incident
	makers   []*incident.Maker // of the workers
}

// scoreChunk is how many incidents a worker scores at a time; Maker.Ready wants a power of two, 16 or more.
const scoreChunk = 256

// score makes and scores every incident once and lets go of it again. Workers share the work; what they find is added
// up, in whatever order.
func (r *run) score(ctx context.Context, zone *time.Location) (*scores, error) {
	n := r.result.Len()
	all := &scores{make([]rank, n), observation.NewIndex(), newActivity(zone), r.activityAbroad(), newCensus(zone, r.o.Enrich), map[int]bool{}, map[int]*analysis.Incident{}, make([]*incident.Maker, r.o.workers())}
	parts, makers := make([]*scores, r.o.workers()), all.makers
	for w := range parts {
		makers[w] = r.result.Maker()
		parts[w] = &scores{all.ranks, all.index.Part(n / len(parts)), newActivity(zone), r.activityAbroad(), newCensus(zone, r.o.Enrich), map[int]bool{}, map[int]*analysis.Incident{}, nil}
	}
	err := sideBySide(ctx, len(parts), n, scoreChunk, func(w, i int) {
		makers[w].Ready(i)
		in, part := r.huge(i), parts[w]
		if in == nil {
			in = makers[w].Incident(i)
		} else {
			part.huge[i] = in
		}
		r.finish(in, zone)
		k, rating := r.rating(in)
		if rating != nil {
			part.rated[k] = true
		}
		part.ranks[i] = rank{records: in.Records}
		part.ranks[i].low, part.ranks[i].high = severity.Rank(in, r.o.Site, rating)
		part.index.Add(in)
		part.activity.add(in)
		if part.abroad != nil {
			part.abroad.add(in)
			part.abroad.begins(in)
		}
		part.census.add(in)
	})
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		all.index.Merge(part.index)
		all.activity.merge(part.activity)
		if all.abroad != nil {
			all.abroad.merge(part.abroad)
		}
		all.census.merge(part.census)
		maps.Copy(all.huge, part.huge)
		for k := range part.rated {
			all.rated[k] = true
		}
	}
	r.counted = all.abroad
	return all, nil
}

func (r *run) activityAbroad() *activity {
	if r.abroad == nil {
		return nil
	}
	return newActivity(r.abroad)
}

// hugeRecords is from how many records on an incident, which takes seconds to make, is not made twice.
const hugeRecords = 50_000

// huge is the incident of a place in memory of its own; nil where it is not huge.
func (r *run) huge(place int) *analysis.Incident {
	if r.result.Kept(place) < hugeRecords {
		return nil
	}
	in := r.result.Incident(place)
	return &in
}

// scored makes the incident of a place, with its Events, and scores it. made is the incident, where it was made before.
func (r *run) scored(m *incident.Maker, place int, made *analysis.Incident, zone *time.Location) *analysis.ScoredIncident {
	if made == nil {
		in := m.Own(place)
		r.finish(&in, zone)
		made = &in
	}
	in := *made
	in.Aspects = detect.Aspects(&in)
	in.Title = observation.Title(&in, r.o.Site.Catalogue)
	_, rating := r.rating(&in)
	return &analysis.ScoredIncident{Incident: in, Severity: severity.Score(&in, r.o.Site, rating)}
}

// finish puts an incident into the zone of the report and gives it its kinds.
func (r *run) finish(in *analysis.Incident, zone *time.Location) {
	localise(in, zone)
	in.Kinds = r.o.Site.Catalogue.ByLethality(detect.Kinds(in))
}

// rateAsWritten gives an incident the points of the analyst's document and names the factors that it changed.
func (r *run) rateAsWritten(s *analysis.ScoredIncident, doc *WrittenRating) []string {
	_, rating := r.rating(&s.Incident)
	return severity.Rate(&s.Severity, rating, doc.Factors)
}

// sideBySide is workers.Each until ctx ends.
func sideBySide(ctx context.Context, count, n, atATime int, do func(worker, i int)) error {
	workers.Each(count, n, atATime, func() bool { return ctx.Err() != nil }, do)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// remade are the incidents of a run, made anew when they are asked for unless they are told.
type remade struct {
	r    *run
	zone *time.Location
	told map[int]*analysis.ScoredIncident
}

func newRemade(r *run, zone *time.Location, told []*analysis.ScoredIncident) remade {
	m := remade{r, zone, map[int]*analysis.ScoredIncident{}}
	for _, s := range told {
		m.told[s.Place] = s
	}
	return m
}

func (m remade) Sources(place int) []analysis.Source { return m.r.result.Sources(place) }

func (m remade) Events(place int) iter.Seq[*analysis.EventRef] {
	return func(yield func(*analysis.EventRef) bool) {
		if s := m.told[place]; s != nil {
			for i := range s.Events {
				if !yield(&s.Events[i]) {
					return
				}
			}
			return
		}
		for e := range m.r.result.Events(place) {
			if e.Time = e.Time.In(m.zone); !yield(e) {
				return
			}
		}
	}
}

// rating is the configuration's rating of an incident and its place in the list, nil when it has none.
func (r *run) rating(in *analysis.Incident) (int, *severity.Rating) {
	n := r.o.Site.RatingOf(in)
	if n < 0 {
		return n, nil
	}
	return n, &r.o.Site.Ratings[n]
}

// formatTitle is what a log format is called in words.
func (o *Options) formatTitle(name string) string {
	for _, f := range o.Formats() {
		if f.Name == name {
			return f.Title
		}
	}
	return name
}

func localise(in *analysis.Incident, zone *time.Location) {
	in.First, in.Last = in.First.In(zone), in.Last.In(zone)
	for i := range in.AttemptList {
		in.AttemptList[i].Start = in.AttemptList[i].Start.In(zone)
	}
	for i := range in.Events {
		in.Events[i].Time = in.Events[i].Time.In(zone)
	}
}

// sortIncidents puts incidents into the order in which they are numbered: by the host that logged
// them, or the file where no host is named, then by first time; or by severity first.
func sortIncidents(list []*analysis.ScoredIncident, order incident.Order, pseudonyms incident.Pseudonyms) {
	place := func(in *analysis.Incident) string {
		name, isFile := place(in)
		if pseudonyms != nil {
			name = pseudonyms.Real(name)
			for _, host := range in.Hosts { // the first one by its own name
				name = min(name, pseudonyms.Real(host))
			}
		}
		if isFile {
			return path.Base(analysis.LogName(name))
		}
		return name
	}
	slices.SortStableFunc(list, func(a, b *analysis.ScoredIncident) int {
		byTime := cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Place, b.Place))
		switch order {
		case incident.OrderSeverity:
			return cmp.Or(cmp.Compare(b.Severity.High, a.Severity.High), cmp.Compare(b.Severity.Low, a.Severity.Low), byTime)
		case incident.OrderTime:
			return byTime
		}
		return cmp.Or(cmp.Compare(place(&a.Incident), place(&b.Incident)), byTime)
	})
}

// place is the host that logged an incident, or the file where no host is named.
func place(in *analysis.Incident) (name string, isFile bool) {
	if len(in.Hosts) > 0 {
		return in.Hosts[0], false
	}
	if len(in.Evidence) > 0 {
		return in.Evidence[0].File, true
	}
	return "", false
}

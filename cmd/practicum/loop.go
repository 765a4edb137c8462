package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/incident"
	"practicum/analysis/lazily"
	"practicum/analysis/pipeline"
	"practicum/analysis/severity"
	"practicum/config"
	"practicum/render/document"
	"practicum/render/draft"
	"practicum/render/merge"
)

// This file takes what an analyst wrote into report.md through a run of report.

// written is what stood in the output folder before a run.
type written struct {
	path          string
	source        []byte // report.md; nil when there is none
	base          []byte // nil when it is lost
	current, last *draft.Draft
	read          readings
}

// readings are the texts that a run has read as drafts. Where nobody has edited anything, what stood there, its base, the new report
// and the merged one are one text, and it is read once.
type readings []reading

type reading struct {
	text  []byte
	draft *draft.Draft
}

// parse is draft.Parse. Nothing may change the text afterwards.
func (r *readings) parse(text []byte) (*draft.Draft, error) {
	for _, known := range *r {
		if bytes.Equal(known.text, text) {
			return known.draft.Clone(), nil
		}
	}
	d, err := draft.Parse(text)
	if err == nil {
		*r = append(*r, reading{text, d})
	}
	return d, err
}

// readWritten reads a report.md and its base. What is wrong in it is named with its line. change, where it is not nil, is
// applied to both.
func readWritten(path, basePath string, change func(source, base []byte) (changed, changedBase []byte)) (*written, error) {
	w := &written{path: path}
	var err error
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, fmt.Errorf("%s: is no plain file; give another output folder with -o", path) // a pipe would keep us waiting
	}
	w.source, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read (%s); give another output folder with -o", path, reason(err))
	}
	w.base, err = os.ReadFile(basePath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: cannot be read (%s); remove it, or give another output folder with -o", basePath, reason(err))
	}
	if change != nil {
		w.source, w.base = change(w.source, w.base)
	}
	if w.current, err = w.read.parse(w.source); err != nil {
		return nil, atLine(path, err)
	}
	problems := slices.Concat(w.current.Problems, merge.RatingProblems(w.current))
	for _, d := range w.current.Decisions() {
		if d.Err != "" {
			problems = append(problems, draft.Problem{Line: d.Line, Text: d.Err})
		}
	}
	for _, d := range w.current.Decided() {
		if d.Err != "" {
			problems = append(problems, draft.Problem{Line: d.Line, Text: d.Err})
		}
	}
	if len(problems) > 0 {
		return nil, problemsOf(path, problems)
	}
	if w.base != nil {
		// A base that cannot be read, or that is another report's, is a base that is lost.
		if d, err := w.read.parse(w.base); err == nil && len(d.Problems) == 0 && !stranger(d, w.current) {
			w.last = d
		}
	}
	return w, w.withdraw()
}

var decisionWord = lazily.Regexp(`(?i)decision`)

// sameDecision reports whether a row of the appendix may be of a decision, as far as what is decided tells.
func sameDecision(row draft.Decided, x draft.Decision) bool {
	if row.Verb != x.Verb {
		return false
	}
	a, b := parseStamp(row.Object, time.UTC), parseStamp(x.Object, time.UTC) // both are read in one zone
	return x.Verb != draft.Split || row.Object == x.Object || !a.IsZero() && a.Equal(b)
}

// withdraw lets decisions whose row was deleted from the appendix say so where they stand, since they would be taken again.
func (w *written) withdraw() error {
	if w.last == nil {
		return nil
	}
	rows, had := w.current.Decided(), w.last.Decided()
	lines := map[int]bool{}
	for _, x := range w.current.Decisions() {
		of := func(row draft.Decided) bool {
			if !sameDecision(row, x) {
				return false
			}
			// What a split made of the incident has another id.
			return row.ID == x.Section.ID || x.Verb == draft.Split && w.current.Incident(row.ID) == nil &&
				slices.ContainsFunc(row.Sources, func(s string) bool { return slices.Contains(x.Section.FactCodes("Source"), s) })
		}
		// Whoever changes the reason in the appendix takes nothing back.
		if slices.ContainsFunc(had, func(row draft.Decided) bool { return row.Reason == x.Reason && of(row) }) && !slices.ContainsFunc(rows, of) {
			lines[x.Line] = true
		}
	}
	if len(lines) == 0 {
		return nil
	}
	var b strings.Builder
	for i := 1; i <= w.current.Lines(); i++ {
		line := w.current.Source(i, i)
		if at := decisionWord().FindStringIndex(line); at != nil && lines[i] {
			line = line[:at[1]] + " taken back" + line[at[1]:]
		}
		b.WriteString(line)
	}
	d, err := w.read.parse([]byte(b.String()))
	if err != nil {
		return atLine(w.path, err)
	}
	w.current = d
	return nil
}

// stranger reports whether a base is of another report: it tells of incidents, the document does, and none
// is in both.
func stranger(base, current *draft.Draft) bool {
	analysed := func(s *draft.Section) bool {
		return s.Kind == draft.Incident && s.ID != "" && !strings.HasPrefix(s.ID, draft.ByHand)
	}
	return slices.ContainsFunc(base.Sections, analysed) && slices.ContainsFunc(current.Sections, analysed) &&
		!slices.ContainsFunc(current.Sections, func(s *draft.Section) bool { return analysed(s) && base.Incident(s.ID) != nil })
}

func atLine(path string, err error) error {
	if bad, ok := err.(*document.Error); ok && bad.Line > 0 {
		return fmt.Errorf("%s:%d: %s", path, bad.Line, bad.Reason)
	}
	return fmt.Errorf("%s: cannot be read: %w", path, err)
}

func problemsOf(path string, problems []draft.Problem) error {
	slices.SortStableFunc(problems, func(a, b draft.Problem) int { return a.Line - b.Line })
	list := make([]error, len(problems))
	for i, p := range problems {
		list[i] = fmt.Errorf("%s:%d: %s", path, p.Line, p.Text)
	}
	return errors.Join(list...)
}

// tell puts what the document says into the options of the analysis.
func (w *written) tell(o *pipeline.Options) error {
	if w.current == nil {
		return nil
	}
	zone := o.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, s := range w.current.Sections {
		if s.Kind != draft.Incident || s.ID == "" || strings.HasPrefix(s.ID, draft.ByHand) {
			continue
		}
		ref := w.ref(s.ID, zone)
		if f := w.edited(s); f != [4]*severity.Points{} {
			o.Written.Ratings = append(o.Written.Ratings, pipeline.WrittenRating{Ref: ref, Factors: f})
		}
		if w.touched(s) {
			o.Written.Keep = append(o.Written.Keep, ref)
		}
	}
	return w.decisions(o, zone)
}

// ref names an incident as the tool last told it, or as the document does when the base is lost.
func (w *written) ref(id string, zone *time.Location) incident.Ref {
	r := incident.Ref{ID: id}
	s := w.current.Incident(id)
	if w.last != nil && w.last.Incident(id) != nil {
		s = w.last.Incident(id)
	}
	if s == nil {
		return r
	}
	r.Sources = s.FactCodes("Source")
	first, _ := s.Fact("First record")
	last, _ := s.Fact("Last record")
	zone = zoneIn(s, zone)
	r.First, r.Last = parseStamp(first, zone), parseStamp(last, zone)
	return r
}

// zoneOf is the zone that a person reads the times of an incident in.
func (w *written) zoneOf(s *draft.Section, zone *time.Location) *time.Location {
	if w.last != nil && w.last.Incident(s.ID) != nil {
		s = w.last.Incident(s.ID)
	}
	return zoneIn(s, zone)
}

// zoneIn is the zone that times in an incident's section are given in: of several sites that of its site.
func zoneIn(s *draft.Section, zone *time.Location) *time.Location {
	if name, _ := s.Fact("Zone"); name != "" {
		if own, err := time.LoadLocation(name); err == nil {
			return own
		}
	}
	return zone
}

func parseStamp(s string, zone *time.Location) time.Time {
	for _, layout := range [...]string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

// edited are the factors that a person rated in the document: those that differ from the base, and
// those that an earlier run took from there. Without a base all are given, and those that say what
// the analysis says count for nothing.
func (w *written) edited(s *draft.Section) (f [4]*severity.Points) {
	r := s.Rating()
	if r == nil {
		return f
	}
	var was *draft.Rating
	if w.last != nil {
		if b := w.last.Incident(s.ID); b != nil {
			was = b.Rating()
		}
	}
	for i, x := range r.Factors {
		if x.Line == 0 {
			continue
		}
		if was != nil && was.Factors[i].Line > 0 {
			o := was.Factors[i] // without points where an earlier run took them from the document
			if o.Err == "" && o.Low == x.Low && o.High == x.High && o.Reason == x.Reason {
				continue
			}
		}
		f[i] = &severity.Points{Low: x.Low, High: x.High, Reason: x.Reason}
	}
	return f
}

// touched reports whether a person wrote in a section.
func (w *written) touched(s *draft.Section) bool {
	if w.last == nil {
		return true // nobody can say
	}
	old := w.last.Incident(s.ID)
	if old == nil {
		return true
	}
	x, y := s.Blocks(), old.Blocks()
	return !slices.EqualFunc(x, y, func(a, b *draft.Block) bool {
		return a.Norm == b.Norm || a.Kind == draft.Heading && b.Kind == draft.Heading && s.Title == old.Title
	})
}

// decisions collects what the sections say, what the appendix kept, and which sections were deleted.
func (w *written) decisions(o *pipeline.Options, zone *time.Location) error {
	list := &o.Grouping.Decisions
	known := map[string]bool{}
	add := func(d incident.Decision) {
		key := fmt.Sprint(d.Verb, d.ID, d.Into.ID, d.At.UnixNano())
		if d.ID != "" && !known[key] {
			known[key] = true
			*list = append(*list, d)
		}
	}
	var problems []draft.Problem
	dismissed := map[string]bool{}
	first := map[string]draft.Decision{} // by id: what the text says first of an incident
	for _, row := range w.current.Decided() {
		d := incident.Decision{Ref: incident.Ref{ID: row.ID, Sources: row.Sources, First: parseStamp(row.First, zone), Last: parseStamp(row.Last, zone)},
			Verb: incident.Verb(row.Verb), Reason: row.Reason, Title: row.Title}
		d.Records, _ = strconv.Atoi(strings.ReplaceAll(row.Records, ",", ""))
		switch {
		case row.Verb == draft.Merge:
			d.Into = w.ref(row.Object, zone)
		case row.Verb == draft.Split && row.Object != "source":
			d.At = parseStamp(row.Object, zone)
		}
		dismissed[row.ID] = true
		add(d)
	}
	for _, x := range w.current.Decisions() {
		d := incident.Decision{Ref: w.ref(x.Section.ID, zone), Verb: incident.Verb(x.Verb), Reason: x.Reason, Title: x.Section.Title}
		if x.Section.ID == "" || strings.HasPrefix(x.Section.ID, draft.ByHand) {
			problems = append(problems, draft.Problem{Line: x.Line, Text: "this incident was added by hand; delete its section, or move its text, instead"})
			continue
		}
		switch {
		case x.Verb == draft.Split && slices.ContainsFunc(w.current.Decided(), func(row draft.Decided) bool {
			// Decided already, when the incident had another id.
			at := x.Object == row.Object
			if t := parseStamp(x.Object, w.zoneOf(x.Section, zone)); !at && !t.IsZero() {
				at = t.Equal(parseStamp(row.Object, zone))
			}
			return row.Verb == draft.Split && at && row.Reason == x.Reason && w.current.Incident(row.ID) == nil &&
				slices.ContainsFunc(row.Sources, func(s string) bool { return slices.Contains(d.Ref.Sources, s) })
		}):
			continue
		case x.Verb == draft.Merge && slices.ContainsFunc(w.current.Decided(), func(row draft.Decided) bool {
			// Decided already, and the other incident is not in the logs now: its number may be another's.
			waits := row.ID == x.Section.ID && w.current.Incident(row.Object) == nil
			// Or it was not then and came back, so that this is its section.
			done := row.Object == x.Section.ID && row.Reason == x.Reason
			return row.Verb == draft.Merge && (waits || done)
		}):
			continue
		case x.Verb == draft.Merge:
			into := w.current.Incident(x.Object)
			if n, err := strconv.Atoi(x.Object); err == nil && into == nil {
				if into = w.current.Numbered(n); into == nil && w.last != nil && w.last.Numbered(n) != nil {
					into = w.current.Incident(w.last.Numbered(n).ID) // under a heading without a number
				}
			}
			if into == nil || into == x.Section || into.ID == "" {
				problems = append(problems, draft.Problem{Line: x.Line, Text: "there is no other incident " + x.Object + " in this report to merge into"})
				continue
			}
			d.Into = w.ref(into.ID, zone)
		case x.Verb == draft.Split && x.Object != "source":
			if d.At = parseStamp(x.Object, w.zoneOf(x.Section, zone)); d.At.IsZero() {
				problems = append(problems, draft.Problem{Line: x.Line, Text: fmt.Sprintf("%q is no time; write 2000-03-09 or 2000-03-09 12:00:00", x.Object)})
				continue
			}
		}
		done := slices.ContainsFunc(w.current.Decided(), func(row draft.Decided) bool {
			return row.ID == x.Section.ID && row.Reason == x.Reason && sameDecision(row, x)
		})
		before, ok := first[x.Section.ID]
		switch {
		case done:
		case !ok:
			first[x.Section.ID] = x
		case before.Verb != x.Verb, x.Verb == draft.Merge && before.Object != x.Object:
			// Taken one after the other, the second would be of whatever the first made.
			problems = append(problems, draft.Problem{Line: x.Line, Text: fmt.Sprintf("this incident has another decision at line %d; keep one of the two", before.Line)})
			continue
		}
		dismissed[x.Section.ID] = dismissed[x.Section.ID] || x.Verb != draft.Split
		add(d)
	}
	if len(problems) > 0 {
		return problemsOf(w.path, problems)
	}
	if w.last == nil {
		return nil
	}
	var deleted []*draft.Section
	kept := 0
	for _, s := range w.last.Sections {
		switch {
		case s.Kind != draft.Incident || s.ID == "" || strings.HasPrefix(s.ID, draft.ByHand):
		case w.current.Incident(s.ID) != nil || dismissed[s.ID]:
			kept++
		default:
			deleted = append(deleted, s)
		}
	}
	if len(deleted) > 1 && kept == 0 || len(deleted) > 0 && w.current.Lead() == w.current.Lines() {
		// Nobody dismisses all that way: the file was emptied or cut off.
		return problemsOf(w.path, []draft.Problem{{Line: 1, Text: fmt.Sprintf("none of the %d incidents of this report has a section any more; put the text back (%s beside it is what was written last), or remove both files to begin anew",
			len(deleted), baseName)}})
	}
	for _, s := range deleted {
		if line := w.swallowed(s.ID); line > 0 {
			return problemsOf(w.path, []draft.Problem{{Line: line, Text: fmt.Sprintf("the section of incident %s begins no more, but its facts stand here; its heading may be damaged, or inside a block of code that is not closed above", s.ID)}})
		}
		add(incident.Decision{Ref: w.ref(s.ID, zone), Verb: incident.Dismiss, Title: s.Title, Reason: "Its section was deleted from the report."})
	}
	return nil
}

// swallowed finds the line of an incident's marker or of its row "Id" in whatever they are now a part
// of: then nobody deleted its section.
func (w *written) swallowed(id string) int {
	facts := regexp.MustCompile(`^[>\s]*(?:\|\s*Id\s*\|\s*` + "`?" + regexp.QuoteMeta(id) + `|<!--\s*incident\s+` + regexp.QuoteMeta(id) + `\s)`)
	for line := 1; line <= w.current.Lines(); line++ {
		if facts.MatchString(w.current.Source(line, line)) {
			return line
		}
	}
	return 0
}

// byHand adds the incidents that the analyst added to the document: with their facts and their
// severity table as far as they have them.
func (w *written) byHand(r *analysis.Report, zone *time.Location) {
	if w.current == nil {
		return
	}
	seen := map[string]bool{}
	for _, s := range w.current.Sections {
		if s.Kind != draft.Incident || s.ID != "" && !strings.HasPrefix(s.ID, draft.ByHand) {
			continue
		}
		in := analysis.ScoredIncident{Incident: analysis.Incident{ByHand: true, ID: s.ID, Title: s.Title, Number: len(r.Incidents) + 1, Outcome: analysis.OutcomeUnknown}}
		if in.ID == "" {
			in.ID = draft.HandID(s.Title)
		}
		if seen[in.ID] {
			continue
		}
		seen[in.ID] = true
		for _, name := range s.FactCodes("Source") {
			if _, err := netip.ParseAddr(name); err == nil {
				in.Sources = append(in.Sources, analysis.Source{IP: name})
			} else {
				in.Sources = append(in.Sources, analysis.Source{Name: name})
			}
		}
		for _, name := range s.FactCodes("Target") {
			in.Targets = append(in.Targets, analysis.Target{Host: name})
		}
		first, _ := s.Fact("First record")
		last, _ := s.Fact("Last record")
		in.First, in.Last = parseStamp(first, zone), parseStamp(last, zone)
		if rating := s.Rating(); rating != nil && rating.Complete() {
			f := &in.Severity.Factors
			for i, factor := range [...]*analysis.Factor{&f.Criticality, &f.Lethality, &f.System, &f.Network} {
				x := rating.Factors[i]
				*factor = analysis.Factor{Low: x.Low, High: x.High, Reason: x.Reason, Origin: analysis.OriginAnalyst}
			}
			in.Severity.Low, in.Severity.High = severity.Sum(*f)
			in.Severity.Band = severity.BandOf(in.Severity.High)
			in.Severity.Suggested = analysis.Suggestion{Low: in.Severity.Low, High: in.Severity.High, Factors: *f}
		}
		r.Incidents = append(r.Incidents, in)
	}
}

// answers ticks the prompts of the report that are ticked in the document.
func (w *written) answers(r *analysis.Report) {
	if w.current == nil {
		return
	}
	for i := range r.Incidents {
		s := w.current.Incident(r.Incidents[i].ID)
		if s == nil {
			continue
		}
		for _, p := range s.Prompts() {
			for k := range r.Incidents[i].Prompts {
				if r.Incidents[i].Prompts[k].ID == p.ID {
					r.Incidents[i].Prompts[k].Answered = p.Answered
				}
			}
		}
	}
}

// renew merges what the tool writes now into what stands there. base is what to keep as the next
// run's base.
func (w *written) renew(report *analysis.Report, fresh []byte, o *config.Options) (merged merge.Result, base []byte, err error) {
	if w.current == nil {
		return merge.Result{Report: fresh}, fresh, nil
	}
	d, err := w.read.parse(fresh)
	if err != nil {
		return merged, nil, atLine("the new report", err)
	}
	if len(d.Problems) > 0 {
		return merged, nil, problemsOf("the new report", d.Problems)
	}
	base = w.withoutRatings(d, report.FromDocument)
	successor := map[string]string{}
	incidents := make([]analysis.Incident, len(report.Incidents))
	for i := range report.Incidents {
		if !report.Incidents[i].ByHand {
			incidents[i] = report.Incidents[i].Incident
		}
	}
	zone := o.Analysis.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, old := range []*draft.Draft{w.last, w.current} {
		if old == nil {
			continue
		}
		for _, s := range old.Sections {
			if s.Kind != draft.Incident || s.ID == "" || d.Incident(s.ID) != nil {
				continue
			}
			if i := incident.Successor(w.ref(s.ID, zone), len(incidents), func(i int) *analysis.Incident { return &incidents[i] }); i >= 0 {
				successor[s.ID] = incidents[i].ID
			}
		}
	}
	into := map[string]string{}
	for _, x := range report.Decided {
		switch {
		case x.Into != "" && x.Found:
			into[x.ID] = x.Into
		case x.Verdict == "dismissed":
			delete(successor, x.ID)
		}
	}
	for id, to := range into {
		// The other one may be part of a third by now.
		for range into {
			if next, ok := into[to]; ok && d.Incident(to) == nil {
				to = next
			}
		}
		successor[id] = to
	}
	merged = merge.Merge(merge.Versions{Base: w.last, Current: w.current, Fresh: d, Successor: successor})
	check, err := w.read.parse(merged.Report)
	if err != nil {
		return merged, nil, atLine("the merged report", err)
	}
	if len(check.Problems) > 0 {
		return merged, nil, fmt.Errorf("%s: cannot be merged with the new report without damage to its markers (%s); write elsewhere with -o", w.path, check.Problems[0].Text)
	}
	if w.last != nil {
		if lost := merge.Lost(w.last, w.current, check); len(lost) > 0 {
			return merged, nil, fmt.Errorf("%s: the merge would have lost words (%s), so nothing was written; this is an error of practicum; write elsewhere with -o", w.path, strings.Join(lost[:min(len(lost), 8)], ", "))
		}
	}
	return merged, base, nil
}

// withoutRatings is the fresh report as a base: the points and reasons that the document gave are the
// analyst's and not the tool's, so their cells are empty there.
func (w *written) withoutRatings(d *draft.Draft, from []analysis.FromDocument) []byte {
	blank := map[int]string{}
	for _, f := range from {
		s := d.Incident(f.ID)
		if s == nil {
			continue
		}
		r := s.Rating()
		if r == nil {
			continue
		}
		for _, x := range r.Factors {
			if x.Line > 0 && slices.Contains(f.Factors, x.Name) {
				blank[x.Line] = "| " + x.Item.Cells[0].Source + " | | | |\n"
			}
		}
	}
	var b strings.Builder
	for i := 1; i <= d.Lines(); i++ {
		if text, ok := blank[i]; ok {
			b.WriteString(text)
		} else {
			b.WriteString(d.Source(i, i))
		}
	}
	return []byte(b.String())
}

var mention = lazily.Regexp(`(?i)(?:\bincident |#incident-)([0-9]{1,9})\b`)

// mentions finds places where the analyst's text names an incident by a number that it no longer has.
func (w *written) mentions(merged []byte) []draft.Problem {
	if w.current == nil {
		return nil
	}
	d, err := w.read.parse(merged)
	if err != nil {
		return nil
	}
	var list []draft.Problem
	for _, s := range d.Sections {
		for _, b := range s.Blocks() {
			if b.Kind != draft.Analyst {
				continue
			}
			for line := b.Line + 1; line < b.End; line++ {
				for _, m := range mention().FindAllStringSubmatch(d.Source(line, line), -1) {
					n, _ := strconv.Atoi(m[1])
					old := w.current.Numbered(n)
					if old == nil || old.ID == "" {
						continue
					}
					now := d.Incident(old.ID)
					switch {
					case now == nil:
						list = append(list, draft.Problem{Line: line, Text: fmt.Sprintf("%q is an incident that is in the report no more", m[0])})
					case now.Number != n:
						list = append(list, draft.Problem{Line: line, Text: fmt.Sprintf("%q is incident %d now", m[0], now.Number)})
					}
				}
			}
		}
	}
	return list
}

package observation

import (
	"cmp"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Writer knows what the statements need besides the incident.
type Writer struct {
	file      func(int) string
	own       func(netip.Addr) bool
	kinds     *knowledge.Catalogue
	index     *Index
	incidents Incidents
}

// Incidents gives what is known of an incident, told or not, by its Place.
type Incidents interface {
	// Events goes through the records in order of time; each is valid until the next one.
	Events(place int) iter.Seq[*analysis.EventRef]
	Sources(place int) []analysis.Source
}

func (w Writer) events(place int) iter.Seq[*analysis.EventRef] { return w.incidents.Events(place) }
func (w Writer) sources(place int) []analysis.Source           { return w.incidents.Sources(place) }

// New returns a Writer for the incidents of one report, which are all in the index; told are those
// that are told, numbered and scored. file names the input of a rank; own, which may be nil, knows the site's own
// addresses; kinds, which may be nil too, is the catalogue to go by; incidents knows all of them.
func New(file func(int) string, own func(netip.Addr) bool, kinds *knowledge.Catalogue, index *Index, told []*analysis.ScoredIncident, incidents Incidents) Writer {
	index.close(told)
	return Writer{file: file, own: own, kinds: kinds, index: index, incidents: incidents}
}

// Statement makes observations of one kind. What it returns belongs to Topic, unless it says otherwise.
type Statement struct {
	Topic analysis.Topic
	Write func(Writer, *analysis.ScoredIncident) []analysis.Observation
}

// Statements lists the statements in the order in which a report tells them.
var Statements = []Statement{
	{analysis.TopicDescription, Writer.count},
	{analysis.TopicDescription, Writer.repeats},
	{analysis.TopicDescription, Writer.pace},
	{analysis.TopicDescription, Writer.web},
	{analysis.TopicDescription, Writer.signatures},
	{analysis.TopicSpoofing, Writer.direction},
	{analysis.TopicMechanism, Writer.retransmission},
	{analysis.TopicMechanism, Writer.missing},
	{analysis.TopicMechanism, Writer.evenGaps},
	{analysis.TopicMechanism, Writer.gaveUp},
	{analysis.TopicMechanism, Writer.timer},
	{analysis.TopicMechanism, Writer.sourcePorts},
	{analysis.TopicMechanism, Writer.portPair},
	{analysis.TopicMechanism, Writer.blockScan},
	{analysis.TopicMechanism, Writer.distributedScan},
	{analysis.TopicSpoofing, Writer.handshake},
	{analysis.TopicDescription, Writer.handover},
	{analysis.TopicSeverity, Writer.warnings},
	{analysis.TopicSeverity, Writer.defence},
	{analysis.TopicSeverity, Writer.block},
	{analysis.TopicSeverity, Writer.turned},
	{analysis.TopicDescription, Writer.sessions},
	{analysis.TopicDescription, Writer.logins},
	{analysis.TopicDescription, Writer.done},
	{analysis.TopicCorrelations, Writer.aftermath},
	{analysis.TopicCorrelations, Writer.joined},
	{analysis.TopicDescription, Writer.ports},
	{analysis.TopicSpoofing, Writer.spoofing},
	{analysis.TopicSpoofing, Writer.addresses},
	{analysis.TopicSpoofing, Writer.names},
	{analysis.TopicTargeting, Writer.targeting},
	{analysis.TopicTargeting, Writer.group},
	{analysis.TopicTargeting, Writer.earlier},
	{analysis.TopicCorrelations, Writer.correlations},
	{analysis.TopicTrace, Writer.restart},
	{analysis.TopicTrace, Writer.sensor},
	{analysis.TopicSeverity, Writer.unequal},
	{analysis.TopicSeverity, Writer.countedTwice},
}

// Statement says what the evidence of one incident proves and what is known about it, as far as the i-th of the Statements does. It does
// not depend on the others, which may be asked at the same time.
func (w Writer) Statement(i int, in *analysis.ScoredIncident) []analysis.Observation {
	list := Statements[i].Write(w, in)
	for j := range list {
		if o := &list[j]; o.Topic == "" {
			o.Topic = Statements[i].Topic
		}
	}
	return list
}

// maxCited is how many ranges of lines one statement cites. Of an incident of thousands of records
// nobody reads more, and each of its statements would repeat them.
const maxCited = 100

// observed cites evidence for a statement. What is more than maxCited is counted.
func observed(id, text string, evidence []analysis.Citation) analysis.Observation {
	cited := evidence[:min(len(evidence), maxCited)]
	return analysis.Observation{ID: id, Class: analysis.ClassObserved, Text: text, Evidence: cited, EvidenceLeft: len(evidence) - len(cited)}
}

// ofKept says of a sentence that counts records where not all of them were kept.
func ofKept(in *analysis.ScoredIncident, text string) string {
	if in.EvidenceCapped {
		return "Of the records that are kept: " + text
	}
	return text
}

// ofListed says of a sentence about the attempts of an incident's list where these are not all.
func ofListed(in *analysis.ScoredIncident, text string) string {
	if in.AttemptsAtLeast || in.Attempts > len(in.AttemptList) {
		return "Of the attempts that are listed: " + text
	}
	return text
}

func known(id, text, source string) analysis.Observation {
	return analysis.Observation{ID: id, Class: analysis.ClassKnown, Text: text, Source: source, Evidence: []analysis.Citation{}}
}

// cite gives the lines of the records that are meant, joined to ranges, input by input.
func (w Writer) cite(in *analysis.ScoredIncident, meant func(*analysis.EventRef) bool) []analysis.Citation {
	var c citing
	for i := range in.Events {
		if e := &in.Events[i]; meant(e) {
			c.add(e)
		}
	}
	return c.citations(w.file)
}

// lines cites records, of any incident.
func (w Writer) lines(refs []*analysis.EventRef) []analysis.Citation {
	var c citing
	for _, e := range refs {
		c.add(e)
	}
	return c.citations(w.file)
}

// citing are the lines of records that are cited, by input. Most follow each other.
type citing struct {
	inputs []int // in the order in which they come up; there is one, nearly always
	ranges [][]analysis.LineRange
	at     int // the place of the last one's
}

func (c *citing) add(e *analysis.EventRef) {
	if c.at == len(c.inputs) || c.inputs[c.at] != e.Input {
		if c.at = slices.Index(c.inputs, e.Input); c.at < 0 {
			c.at = len(c.inputs)
			c.inputs, c.ranges = append(c.inputs, e.Input), append(c.ranges, nil)
		}
	}
	of := c.ranges[c.at]
	for _, l := range e.Lines {
		of = analysis.AppendRange(of, l)
	}
	c.ranges[c.at] = of
}

// citations are the lines, file by file.
func (c *citing) citations(file func(int) string) []analysis.Citation {
	var list []analysis.Citation
	order := make([]int, len(c.inputs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(c.inputs[a], c.inputs[b]) })
	for _, i := range order {
		for _, r := range analysis.JoinRanges(c.ranges[i]) {
			list = append(list, analysis.Citation{File: file(c.inputs[i]), Lines: r})
		}
	}
	return list
}

// some reports whether a record of an incident is meant.
func some(in *analysis.ScoredIncident, meant func(*analysis.EventRef) bool) bool {
	for i := range in.Events {
		if meant(&in.Events[i]) {
			return true
		}
	}
	return false
}

// isTry reports whether a record tells of a try to connect, or of what became of one. A connection
// that a wrapper let in is one although it makes no incident by itself, and so is a packet of a scan that only many of
// them together make.
func isTry(e *analysis.EventRef) bool {
	return e.Tries != analysis.TriesNone && !(e.Context && e.Action == analysis.ActionInfo && e.Tries != analysis.TriesPacket)
}

// proven reports whether a record proves that its source address is real.
func proven(e *analysis.EventRef) bool {
	return e.Handshake == analysis.HandshakeCompleted && e.Proto != "udp" && e.Proto != "icmp" &&
		(!e.Context || (e.Tries == analysis.TriesSession && e.Action != analysis.ActionInfo))
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

func clock(t time.Time) string { return t.Format("15:04:05") }

// clocks writes stamps that all lie on one day without the date.
func clocks(times []time.Time) string {
	var list []string
	for i, t := range times {
		if i > 0 && times[0].Format(time.DateOnly) == t.Format(time.DateOnly) {
			list = append(list, clock(t))
		} else {
			list = append(list, stamp(t))
		}
	}
	return series(list)
}

// fewClocks writes stamps, or the first and the last where there are many.
func fewClocks(times []time.Time) string {
	if len(times) <= 8 {
		return clocks(times)
	}
	return stamp(times[0]) + " first and " + stamp(times[len(times)-1]) + " last"
}

// series joins words as a sentence does.
func series(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

// few joins at most limit words and counts the rest.
func few(list []string, limit int) string {
	if len(list) <= limit {
		return series(list)
	}
	return series(append(list[:limit:limit], fmt.Sprintf("%d more", len(list)-limit)))
}

// Count writes a number with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a number with commas between thousands, as tables do.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Duration writes a time span in the two largest units that it has, rounded.
func Duration(d time.Duration) string {
	if d < time.Second {
		return "less than a second"
	}
	const year = 365 * 24 * time.Hour
	switch {
	case d >= 2*year:
		return fmt.Sprintf("about %d years", (d+year/2)/year)
	case d >= 24*time.Hour:
		d = d.Round(time.Hour)
	case d >= time.Hour:
		d = d.Round(time.Minute)
	}
	return exact(d)
}

func decimal(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }

// exact writes a time span to the second, zero as well.
func exact(d time.Duration) string {
	switch {
	case 0 < d && d < time.Millisecond:
		return "less than 1 ms"
	case 0 < d && d < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	d = d.Round(time.Second)
	var parts []string
	for _, u := range [...]struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d -= n * u.size
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

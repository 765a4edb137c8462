package pipeline

import (
	"context"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/detect"
	"practicum/analysis/incident"
	"practicum/analysis/knowledge"
	"practicum/analysis/logformat"
	"practicum/analysis/observation"
)

// EventRecord is one event as `practicum events` prints it, on one line of JSON.
type EventRecord struct {
	File      string          `json:"file"`
	Line      int             `json:"line"`
	Format    string          `json:"format"`
	Time      time.Time       `json:"time"`
	Host      string          `json:"host"`
	Program   string          `json:"program"`
	Source    EventEndpoint   `json:"source"`
	Target    EventEndpoint   `json:"target"`
	Proto     string          `json:"proto"`
	Service   string          `json:"service"`
	User      string          `json:"user"`
	Action    analysis.Action `json:"action"`
	Kind      string          `json:"kind"`
	Signature string          `json:"signature"`
	Count     int             `json:"count"`
	Message   string          `json:"message"`
}

// EventEndpoint is one side of an event.
type EventEndpoint struct {
	IP   string `json:"ip"`
	Port int    `json:"port"`
	Name string `json:"name"`
}

func endpoint(e analysis.Endpoint) EventEndpoint {
	x := EventEndpoint{Port: int(e.Port), Name: e.Name}
	if e.IP.IsValid() {
		x.IP = e.IP.String()
	}
	return x
}

// Events gives every event of the inputs to emit, in the order of the inputs' paths and of their
// lines. The record and its strings are valid until emit returns. Copies are given as often as they
// stand in the logs.
func Events(ctx context.Context, inputs []logformat.Input, o Options, emit func(*EventRecord) error) error {
	// A run decides the years first.
	r, err := read(ctx, inputs, o)
	if err != nil {
		return err
	}
	zone := o.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	var out EventRecord
	return r.reread(ctx, func(i int, rec *logformat.Record) error {
		e := rec.Event
		if e == nil {
			return nil
		}
		detect.Identify(e)
		verdict := r.o.rules().Judge(e)
		out = EventRecord{
			File: r.file(i), Line: e.Line(), Format: e.Format, Time: e.Time.In(zone), Host: e.Host, Program: e.Program,
			Source: endpoint(e.Source), Target: endpoint(e.Target), Proto: e.Proto, Service: e.Service, User: e.User,
			Action: e.Action, Kind: verdict.Kind, Signature: e.Signature, Count: e.Count, Message: e.Message,
		}
		return emit(&out)
	})
}

// reread reads all inputs once more, with the years decided.
func (r *run) reread(ctx context.Context, emit func(int, *logformat.Record) error) error {
	for i, in := range r.inputs {
		base := r.years[i].Base
		formats, err := r.o.FormatsFor(in.Path)
		if err != nil {
			return err
		}
		_, err = logformat.Read(ctx, in, i, logformat.NewClock(r.o.Clock.Zone, base), formats, func(rec *logformat.Record) error {
			return emit(i, rec)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// LineFate says what became of one line.
type LineFate struct {
	File     string
	Line     int
	Class    string // incident, benign, unrecognised or blank
	Incident int    // the number of the incident that cites the line; 0 for none, or one of the background
	Format   string
	Reason   string
	Kinds    []string // the kinds that the record shows or counts towards
	Rule     string   // what their rules need, in words
	Text     string   // the record that the line belongs to
}

// Explain says of every line of the inputs where it went and why, in the order of the first lines of
// their records.
func Explain(ctx context.Context, inputs []logformat.Input, o Options, emit func(LineFate) error) error {
	r, err := read(ctx, inputs, o)
	if err != nil {
		return err
	}
	type place struct{ input, line int }
	cited := map[place]*analysis.ScoredIncident{}
	r.explains = true
	rep, err := r.report(ctx)
	if err == nil {
		cite := func(in *analysis.ScoredIncident, events []analysis.EventRef) {
			for i := range events {
				cited[place{events[i].Input, events[i].Lines[0].First}] = in
			}
		}
		for i := range rep.Incidents {
			cite(&rep.Incidents[i], rep.Incidents[i].Events)
		}
		m := r.result.Maker()
		for place := range r.result.Len() {
			if !r.told[place] {
				in := r.scored(m, place, nil, time.UTC)
				cite(in, in.Events)
			}
		}
	} else if _, nothing := err.(*NothingError); !nothing {
		return err
	}
	// A copy of a record in an earlier input shares the fate of its original.
	originals, keys := map[uint64]*analysis.ScoredIncident{}, newCopies()
	incidentOf := func(i int, rec *logformat.Record) *analysis.ScoredIncident {
		in := cited[place{i, rec.Lines[0].First}]
		if len(r.inputs) < 2 {
			return in
		}
		key := keys.key(rec.Event)
		if in != nil {
			originals[key] = in
		}
		return originals[key]
	}
	return r.reread(ctx, func(i int, rec *logformat.Record) error {
		fate := LineFate{File: r.file(i), Format: rec.Format, Text: rec.Text}
		switch rec.Class {
		case logformat.ClassBlank:
			fate.Class = "blank"
		case logformat.ClassUnrecognised:
			fate.Class, fate.Reason = "unrecognised", "no log format knows this line"
			if rec.Warning != "" {
				fate.Reason = rec.Warning
			}
		default:
			fate.Class, fate.Reason = "benign", "a known message that tells of no event"
			if rec.Event != nil {
				detect.Identify(rec.Event)
				in := incidentOf(i, rec)
				if in == nil {
					if why := hidden(rec.Event, r.o.Grouping.Ignore); why != "" {
						fate.Reason = why
						break
					}
				}
				fate = explainEvent(fate, rec.Event, r.o.rules(), in)
				if in == nil && fate.Class == "incident" && len(r.o.Grouping.Ignore) > 0 {
					fate.Reason += ", or the site's ignore list hides the source by another of its records"
				}
			}
		}
		for _, lines := range slices.Clone(rec.Lines) {
			for n := lines.First; n <= lines.Last; n++ {
				fate.Line = n
				if err := emit(fate); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// hidden says which entry of the site's ignore list hides an event; empty when none does.
func hidden(e *analysis.Event, list []incident.Ignore) string {
	i := slices.IndexFunc(list, func(entry incident.Ignore) bool { return entry.Hides(e.Source) })
	if i < 0 {
		return ""
	}
	why := "hidden by the site's ignore list (" + list[i].Entry()
	if list[i].Reason != "" {
		why += "; " + strings.TrimSuffix(list[i].Reason, ".")
	}
	return why + ")"
}

func explainEvent(fate LineFate, e *analysis.Event, rules *detect.Ruleset, in *analysis.ScoredIncident) LineFate {
	verdict := rules.Judge(e)
	candidates := rules.Candidates(verdict)
	fate.Reason = "an event, but no rule judges it adverse, and no incident of its source is near"
	if len(candidates) > 0 {
		fate.Kinds = kindsOf(candidates)
		fate.Rule = needs(candidates)
		fate.Reason = "an event that counts towards " + strings.Join(fate.Kinds, " and ") + ", which its source does not reach (" + fate.Rule + "); no incident of the source is near"
	}
	if verdict.Kind != "" {
		fate.Kinds = []string{verdict.Kind}
		fate.Rule = verdict.Rule.String()
		fate.Reason = "a detect of the kind " + verdict.Kind + " (the rule seeks " + fate.Rule + "; one record is enough)"
	}
	if in != nil {
		fate.Class, fate.Incident = "incident", in.Number
		candidates = slices.DeleteFunc(candidates, func(r *detect.Rule) bool { return !slices.Contains(in.Kinds, r.Kind) })
		if verdict.Kind != "" && len(candidates) > 0 {
			fate.Kinds = append(fate.Kinds, kindsOf(candidates)...)
			fate.Rule += "; " + needs(candidates)
			fate.Reason += ", and with others of the same source of the kind " + strings.Join(kindsOf(candidates), " and ") + " (" + needs(candidates) + ")"
		}
		if verdict.Kind == "" {
			fate.Kinds, fate.Rule = nil, ""
			fate.Reason = "context: it belongs to what the same source did, and is not adverse by itself"
			if len(in.Kinds) > 0 {
				fate.Reason += "; the incident is of the kind " + in.Kinds[0]
			}
			if len(candidates) > 0 {
				fate.Kinds, fate.Rule = kindsOf(candidates), needs(candidates)
				fate.Reason = "a detect of the kind " + strings.Join(fate.Kinds, " and ") + " together with others of the same source (" + fate.Rule + ")"
			}
		}
		if in.Number == 0 {
			fate.Reason += ", in an incident of the background"
		}
	} else if verdict.Kind != "" {
		fate.Class, fate.Reason = "incident", fate.Reason+"; another input has the same record, or the incident cites a sample"
	}
	return fate
}

func kindsOf(rules []*detect.Rule) []string {
	var kinds []string
	for _, r := range rules {
		if !slices.Contains(kinds, r.Kind) {
			kinds = append(kinds, r.Kind)
		}
	}
	return kinds
}

// needs says what the rules with a threshold take: "brute-force needs 5 failed log-ins within 1 min".
func needs(rules []*detect.Rule) string {
	var list []string
	last := ""
	for _, r := range rules {
		if r.Kind == last {
			list[len(list)-1] += " or " + r.Threshold.String()
			continue
		}
		list, last = append(list, r.Kind+" needs "+r.Threshold.String()), r.Kind
	}
	return strings.Join(list, ", ")
}

// Finds says in words how a kind is found: by which rules and thresholds, the site's own among them.
func (o Options) Finds(kind string) []string { return o.rules().Finds(kind) }

// Told says in words where a report tells a behaviour.
func Told(behaviour string) []string { return observation.Told(behaviour) }

// Digests are those of what is known and of the rules.
func (o Options) Digests() (facts, rules string) { return knowledge.Digest(), o.rules().Digest() }

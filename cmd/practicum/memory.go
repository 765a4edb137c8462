package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/history"
	"practicum/analysis/observation"
	"practicum/config"
	"practicum/render"
	"practicum/render/draft"
)

// memory is the history as a run of report uses it; without a store it does nothing.
type memory struct {
	p     *program
	store *history.Store
	path  string
	asked bool // somebody named the file
	// entries are what is to be kept of the report, of several sites for each.
	entries []*history.Entry
}

// historyFile is where reports are remembered when nobody says otherwise: the folder for the state of programs (XDG Base Directory
// Specification 0.8). It is empty where the user has no home.
func (p *program) historyFile() string {
	dir := lookupEnv(p.env, "XDG_STATE_HOME")
	if !filepath.IsAbs(dir) { // a relative one counts for nothing, says the specification
		home := lookupEnv(p.env, "HOME")
		if info, err := os.Stat(home); home == "" || err != nil || !info.IsDir() {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "practicum", "history.db")
}

// lookupEnv is the last value that env gives to name.
func lookupEnv(env []string, name string) string {
	value := ""
	for _, e := range env {
		if k, v, _ := strings.Cut(e, "="); k == name {
			value = v
		}
	}
	return value
}

// memory opens the history of a run. An obscured report is neither remembered nor told of others: it would mix pseudonyms with
// what they stand for. Where the usual place cannot be used, the run goes on without.
func (p *program) memory(ctx context.Context, o *config.Options) (*memory, error) {
	m := &memory{p: p, path: o.History.File, asked: o.History.File != ""}
	if o.History.File == config.NoHistory || o.Obscure.Mode != "" {
		return m, nil
	}
	if !m.asked {
		if m.path = p.historyFile(); m.path == "" {
			return m, nil
		}
	}
	var err error
	m.store, err = history.Open(ctx, m.path)
	return m, m.judge(err)
}

// judge turns a failure to reach a history that nobody asked for into a warning.
func (m *memory) judge(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := asHistory(err); ok && !e.Damaged && !m.asked && m.store == nil {
		m.p.warn(e.Path, e.Err.Error()+"; the report is made without what earlier ones say (--history names another file, or none)")
		return nil
	}
	return fmt.Errorf("%w; --history none goes on without it", err)
}

func asHistory(err error) (*history.Error, bool) {
	e, ok := err.(*history.Error)
	return e, ok
}

func (m *memory) close() {
	if m.store != nil {
		m.store.Close()
	}
}

// recall adds to a report what earlier ones say about it.
func (m *memory) recall(ctx context.Context, r *analysis.Report, o *config.Options) error {
	if m.store == nil {
		return nil
	}
	gap := o.Analysis.Grouping.Gap
	if len(r.Sites) == 0 {
		past, of, err := m.past(ctx, r, gap)
		if err != nil {
			return err
		}
		r.Past = past
		tell(r.Incidents, of)
		return nil
	}
	for i := range r.Sites {
		s := &r.Sites[i]
		past, of, err := m.past(ctx, s.Report, gap)
		if err != nil {
			return err
		}
		s.Past, s.Report.Past = past, past
		tell(r.Incidents, of)
	}
	return nil
}

// past asks the history about a report on one site.
func (m *memory) past(ctx context.Context, r *analysis.Report, gap time.Duration) (*analysis.Past, map[string]analysis.IncidentPast, error) {
	e := history.EntryOf(r, history.Words{})
	m.entries = append(m.entries, e)
	past, of, err := m.store.Past(ctx, e, gap)
	return past, of, m.judge(err)
}

// tell adds to incidents what earlier reports have about them, by their ids.
func tell(incidents []analysis.ScoredIncident, of map[string]analysis.IncidentPast) {
	for i := range incidents {
		in := &incidents[i]
		in.Observations = append(in.Observations, observation.Earlier(in, of[in.ID])...)
	}
}

// remember keeps a report that is written, with what its document says. The report is there already, so what fails here is said
// and does not undo it.
func (m *memory) remember(ctx context.Context, r *analysis.Report, md []byte, o *config.Options) error {
	if m.store == nil {
		return nil
	}
	words, err := documentWords(md)
	if err != nil {
		return err
	}
	if len(r.Sites) == 0 {
		return m.keep(ctx, r, m.entries[0], words, o)
	}
	for i, s := range r.Sites {
		own := words
		own.Advice = slices.DeleteFunc(slices.Clone(words.Advice), func(a history.Advice) bool { return !render.Advises(s.Report, a.ID) })
		// What was rated since is in the whole.
		for j := range s.Report.Incidents {
			k := slices.IndexFunc(r.Incidents, func(in analysis.ScoredIncident) bool { return in.ID == s.Report.Incidents[j].ID })
			s.Report.Incidents[j] = r.Incidents[k]
		}
		if err := m.keep(ctx, s.Report, m.entries[i], own, o); err != nil {
			return err
		}
	}
	return nil
}

// keep remembers a report on one site.
func (m *memory) keep(ctx context.Context, r *analysis.Report, e *history.Entry, words history.Words, o *config.Options) error {
	e.Tell(r, words)
	if e.From.IsZero() {
		return nil // nothing happened at any time
	}
	if e.Nameless() {
		if m.asked || r.Window != nil {
			m.p.warn(m.path, "the report is not remembered: neither the site nor a machine has a name, and logs of others could not be told from yours; name the site with --site, or site.name in the configuration")
		}
		return nil
	}
	// An interrupt that comes now finds the report written; the history is to know of it.
	what, by, err := m.store.Remember(context.WithoutCancel(ctx), e, o.History.Keep)
	if err != nil {
		return fmt.Errorf("%w; the report is written, and is not remembered", err)
	}
	if what == history.Covered && (m.asked || r.Window != nil) {
		m.p.warn(m.path, fmt.Sprintf("the report is not remembered: the one on %s is about the same time and more machines or more of it; `practicum history forget --report` makes room", by))
	}
	return nil
}

// documentWords is what a document says besides what report.json holds.
func documentWords(md []byte) (history.Words, error) {
	words := history.Words{Of: map[string]string{}}
	d, err := draft.Parse(md)
	if err != nil {
		return words, atLine("report.md", err)
	}
	seen := map[string]bool{}
	for _, s := range d.Sections {
		for _, b := range s.Blocks() {
			if b.Written() && s.ID != "" {
				words.Of[s.ID] += d.Source(b.Line+1, b.End-1)
			}
		}
		for _, p := range s.Prompts() {
			// Of what an earlier report recommended only that it is done counts: else what is kept would depend on the order of the runs.
			id, open := strings.CutPrefix(p.ID, render.OpenPrefix)
			if strings.HasPrefix(id, render.AdvicePrefix) && !seen[id] && (!open || p.Answered) {
				seen[id] = true
				words.Advice = append(words.Advice, history.Advice{ID: id, Text: render.AdviceText(p.Text), Done: p.Answered})
			}
		}
	}
	return words, nil
}

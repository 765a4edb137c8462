package history

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// Report is a report in the history.
type Report struct {
	Number int64  `json:"number"` // in this file; never given to another one
	Name   string `json:"name"`   // 2026-10, or the days
	Words  string `json:"words"`
	Entry
}

// Reports lists the reports in order of time, without their incidents, counts and advice; those of one site where one is named.
func (s *Store) Reports(ctx context.Context, site string) ([]Report, error) {
	all, err := entries(ctx, s.db, "WHERE ? = '' OR site = ?", site, site)
	if err != nil {
		return nil, s.wrap(err)
	}
	var list []Report
	for i := range all {
		list = append(list, all[i].report())
	}
	return list, nil
}

func (e *stored) report() Report { return Report{e.row, e.name(), e.words(), e.Entry} }

// Find is the report with a number or a name, with all that is kept of it.
func (s *Store) Find(ctx context.Context, site, which string) (*Report, error) {
	e, err := find(ctx, s.db, site, which)
	if err != nil {
		return nil, s.wrap(err)
	}
	if err := e.fill(ctx, s.db); err != nil {
		return nil, s.wrap(err)
	}
	r := e.report()
	return &r, nil
}

func find(ctx context.Context, q queryer, site, which string) (*stored, error) {
	all, err := entries(ctx, q, "WHERE ? = '' OR site = ?", site, site)
	if err != nil {
		return nil, err
	}
	var found []stored
	n, _ := strconv.ParseInt(which, 10, 64)
	for _, e := range all {
		if e.row == n {
			return &e, nil
		}
		if e.name() == which {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("there is no report %q; `practicum history show` lists them", which)
	case 1:
		return &found[0], nil
	}
	var numbers []string
	for _, e := range found {
		numbers = append(numbers, fmt.Sprintf("%d (%s)", e.row, cmp.Or(e.Site, strings.Join(e.Machines, ", "))))
	}
	return nil, fmt.Errorf("several reports are called %q: %s; give the number", which, strings.Join(numbers, ", "))
}

// Known is a source over all reports.
type Known struct {
	Source    string `json:"source"`
	Reports   int    `json:"reports"`
	Incidents int    `json:"incidents"`
	Records   int    `json:"records"`
	First     string `json:"first"` // the first report that has it, in words
	Last      string `json:"last"`
}

// Filter says which sources or incidents are asked for; what is empty asks for all.
type Filter struct {
	Site   string
	Report string // its number or name
	Source string // an address, a network or a name
	Kind   string
}

// matcher is a test of sources.
func matcher(text string) func(string) bool {
	if p, err := netip.ParsePrefix(text); err == nil {
		p = p.Masked()
		return func(source string) bool {
			ip, err := netip.ParseAddr(source)
			return err == nil && p.Contains(ip)
		}
	}
	if want, err := netip.ParseAddr(text); err == nil {
		return func(source string) bool {
			ip, err := netip.ParseAddr(source)
			return err == nil && ip.Unmap() == want.Unmap()
		}
	}
	return func(source string) bool { return text == "" || source == text }
}

// Sources lists the sources that the filter asks for, most reports first and then most records; at most so many of them, with 0
// all. left counts the others.
func (s *Store) Sources(ctx context.Context, f Filter, limit int) (list []Known, left int, err error) {
	all, err := s.chosen(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	is := matcher(f.Source)
	at := map[string]int{}
	for i := range all {
		e := &all[i]
		err := each(ctx, s.db, func(scan func(...any) error) error {
			var name string
			var incidents, records int
			if err := scan(&name, &incidents, &records); err != nil || !is(name) {
				return err
			}
			k, ok := at[name]
			if !ok {
				k = len(list)
				at[name] = k
				list = append(list, Known{Source: name, First: e.words()})
			}
			x := &list[k]
			x.Reports, x.Incidents, x.Records, x.Last = x.Reports+1, x.Incidents+incidents, x.Records+records, e.words()
			return nil
		}, "SELECT name, incidents, records FROM count WHERE report = ? AND dimension = ?", e.row, string(analysis.BySource))
		if err != nil {
			return nil, 0, s.wrap(err)
		}
	}
	slices.SortFunc(list, func(a, b Known) int {
		return cmp.Or(cmp.Compare(b.Reports, a.Reports), cmp.Compare(b.Records, a.Records), cmp.Compare(a.Source, b.Source))
	})
	if limit > 0 && len(list) > limit {
		list, left = list[:limit], len(list)-limit
	}
	return list, left, nil
}

// chosen are the reports that a filter asks for.
func (s *Store) chosen(ctx context.Context, f Filter) ([]stored, error) {
	if f.Report != "" {
		e, err := find(ctx, s.db, f.Site, f.Report)
		if err != nil {
			return nil, s.wrap(err)
		}
		return []stored{*e}, nil
	}
	all, err := entries(ctx, s.db, "WHERE ? = '' OR site = ?", f.Site, f.Site)
	return all, s.wrap(err)
}

// ToldIncident is an incident of an earlier report.
type ToldIncident struct {
	Report string `json:"report"` // in words
	Site   string `json:"site"`
	Incident
}

// Incidents lists the incidents that the filter asks for, in order of their reports and numbers.
func (s *Store) Incidents(ctx context.Context, f Filter) ([]ToldIncident, error) {
	all, err := s.chosen(ctx, f)
	if err != nil {
		return nil, err
	}
	is := matcher(f.Source)
	var list []ToldIncident
	for i := range all {
		e := &all[i]
		if err := e.fillTold(ctx, s.db); err != nil {
			return nil, s.wrap(err)
		}
		for _, in := range e.Told {
			if f.Source != "" && !slices.ContainsFunc(in.Sources, is) || f.Kind != "" && !slices.Contains(in.Kinds, f.Kind) {
				continue
			}
			list = append(list, ToldIncident{e.words(), e.Site, in})
		}
	}
	return list, nil
}

// Forget says what is to be erased. One of Report, Source, Before and All is given; Site narrows it down.
type Forget struct {
	Site   string
	Report string
	Source string // an address or a name
	Before time.Time
	All    bool
}

// Forgotten counts what was erased.
type Forgotten struct {
	Reports int `json:"reports"` // as a whole
	Changed int `json:"changed"` // from which something was taken
}

// forgotten stands where a source stood in a text.
const forgotten = "(forgotten)"

// Forget erases, and overwrites in the file what it erased.
func (s *Store) Forget(ctx context.Context, f Forget) (n Forgotten, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		all, err := entries(ctx, tx, "WHERE ? = '' OR site = ?", f.Site, f.Site)
		if err != nil {
			return err
		}
		if f.Report != "" {
			e, err := find(ctx, tx, f.Site, f.Report)
			if err != nil {
				return err
			}
			all = []stored{*e}
		}
		for i := range all {
			e := &all[i]
			if f.Source != "" {
				if err := e.fill(ctx, tx); err != nil {
					return err
				}
				if !e.forget(f.Source) {
					continue
				}
				n.Changed++
			} else if !f.Before.IsZero() && e.To.After(f.Before) {
				continue
			} else {
				n.Reports++
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM report WHERE id = ?", e.row); err != nil {
				return err
			}
			if f.Source != "" {
				if err := addAs(ctx, tx, e.row, &e.Entry); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil || n == (Forgotten{}) {
		return n, err
	}
	_, err = s.db.ExecContext(ctx, "VACUUM")
	return n, s.wrap(err)
}

// forget takes a source out of an entry and reports whether it was in there. The sums stay: they name nobody.
func (e *Entry) forget(source string) bool {
	is := matcher(source)
	found := false
	scrub := func(text *string) {
		if strings.Contains(*text, source) {
			*text, found = strings.ReplaceAll(*text, source, forgotten), true
		}
	}
	e.Counts = slices.DeleteFunc(e.Counts, func(n Count) bool {
		gone := n.Dimension == analysis.BySource && is(n.Name)
		if gone { // it is counted still
			left := e.Left[string(n.Dimension)]
			e.Left[string(n.Dimension)] = Left{left.Names + 1, left.Records + n.Records}
		}
		found = found || gone
		return gone
	})
	e.Told = slices.DeleteFunc(e.Told, func(in Incident) bool {
		gone := len(in.Sources) > 0 && !slices.ContainsFunc(in.Sources, func(s string) bool { return !is(s) })
		found = found || gone
		return gone
	})
	for i := range e.Told {
		in := &e.Told[i]
		in.Sources = slices.DeleteFunc(in.Sources, func(s string) bool {
			found = found || is(s)
			return is(s)
		})
		scrub(&in.Title)
		scrub(&in.Words)
		for _, f := range [...]*analysis.Factors{&in.Severity.Factors, &in.Severity.Suggested.Factors} {
			for _, x := range [...]*analysis.Factor{&f.Criticality, &f.Lethality, &f.System, &f.Network} {
				scrub(&x.Reason)
			}
		}
		for k := range in.Answered {
			scrub(&in.Answered[k].Text)
		}
	}
	for i := range e.Advice {
		scrub(&e.Advice[i].Text)
	}
	scrub(&e.Title)
	return found
}

// Update takes over what an analyst's document says of a report that is in the history already: ratings, answers, words and
// ticked recommendations. Of incidents and recommendations that the document does not have nothing changes. It reports whether anything did.
func (s *Store) Update(ctx context.Context, e *Entry) (changed bool, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		all, err := entries(ctx, tx, "WHERE site = ? AND begins = ? AND ends = ?", e.Site, e.From.UnixMicro(), e.To.UnixMicro())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o stored) bool { return slices.Equal(o.Machines, e.Machines) })
		if i < 0 {
			return errors.New("this report is not in the history; `practicum report` puts it there")
		}
		o := &all[i]
		if err := o.fill(ctx, tx); err != nil {
			return err
		}
		for k := range o.Told {
			j := slices.IndexFunc(e.Told, func(in Incident) bool { return in.ID == o.Told[k].ID })
			if j < 0 {
				continue
			}
			o.Told[k].Severity, o.Told[k].Answered, o.Told[k].Words = e.Told[j].Severity, e.Told[j].Answered, e.Told[j].Words
		}
		for k := range o.Advice {
			if j := slices.IndexFunc(e.Advice, func(a Advice) bool { return a.ID == o.Advice[k].ID }); j >= 0 {
				o.Advice[k].Done = e.Advice[j].Done
			}
		}
		if changed = o.Entry.digest() != o.digest; !changed {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM report WHERE id = ?", o.row); err != nil {
			return err
		}
		return addAs(ctx, tx, o.row, &o.Entry)
	})
	return changed, err
}

// Check reads the whole file and lists what is wrong with it.
func (s *Store) Check(ctx context.Context) (wrong []string, reports int, err error) {
	err = each(ctx, s.db, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		if text != "ok" {
			wrong = append(wrong, text)
		}
		return nil
	}, "PRAGMA integrity_check")
	if err != nil {
		return nil, 0, s.wrap(err)
	}
	err = each(ctx, s.db, func(scan func(...any) error) error {
		var table, parent string
		var row, key any
		if err := scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		wrong = append(wrong, fmt.Sprintf("a row of %s belongs to no %s", table, parent))
		return nil
	}, "PRAGMA foreign_key_check")
	if err != nil {
		return nil, 0, s.wrap(err)
	}
	all, err := entries(ctx, s.db, "")
	if err != nil {
		return nil, 0, s.wrap(err)
	}
	for i := range all {
		e := &all[i]
		if err := e.fill(ctx, s.db); err != nil {
			return nil, 0, s.wrap(err)
		}
		if e.Entry.digest() != e.digest {
			wrong = append(wrong, fmt.Sprintf("report %d (%s) is not what was written: its digest is another", e.row, e.name()))
		}
	}
	return wrong, len(all), nil
}

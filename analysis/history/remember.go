package history

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Remembered says what became of a report that was to be kept.
type Remembered string

const (
	Added     Remembered = "added"
	Replaced  Remembered = "replaced"  // others that it covers are gone
	Unchanged Remembered = "unchanged" // it is there already, word for word
	Covered   Remembered = "covered"   // a report about more is there already
)

// Remember keeps a report. What analysts said of incidents that it replaces and that it says nothing of itself is kept too.
// Reports that end so many months before the newest one begins are forgotten; with keep 0 none is. by is the name of the report that covers it.
func (s *Store) Remember(ctx context.Context, e *Entry, keep int) (what Remembered, by string, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		what, by, err = remember(ctx, tx, e)
		if err != nil || keep == 0 {
			return err
		}
		return retain(ctx, tx, keep)
	})
	return what, by, err
}

func remember(ctx context.Context, tx *sql.Tx, e *Entry) (Remembered, string, error) {
	all, err := entries(ctx, tx, "WHERE site = ? AND begins < ? AND ends > ?", e.Site, e.To.UnixMicro(), e.From.UnixMicro())
	if err != nil {
		return "", "", err
	}
	var old []stored
	for _, o := range all {
		switch {
		case e.covers(&o.Entry):
			if err := o.fillWords(ctx, tx); err != nil {
				return "", "", err
			}
			old = append(old, o)
		case o.covers(e):
			return Covered, o.name(), nil
		}
	}
	next := *e
	next.Told = slices.Clone(e.Told)
	next.Advice = slices.Clone(e.Advice)
	for i := range old {
		next.inherit(&old[i].Entry)
	}
	if len(old) == 1 && old[0].digest == next.digest() {
		return Unchanged, "", nil
	}
	for i := range old {
		if _, err := tx.ExecContext(ctx, "DELETE FROM report WHERE id = ?", old[i].row); err != nil {
			return "", "", err
		}
	}
	if err := add(ctx, tx, &next); err != nil {
		return "", "", err
	}
	if len(old) > 0 {
		return Replaced, "", nil
	}
	return Added, "", nil
}

// inherit takes over what an analyst said in another report of the same time and has not said in this one.
func (e *Entry) inherit(o *Entry) {
	was := map[string]*Incident{}
	for i := range o.Told {
		was[o.Told[i].ID] = &o.Told[i]
	}
	for i := range e.Told {
		in := &e.Told[i]
		old := was[in.ID]
		if old == nil {
			continue
		}
		if !in.rated() && old.rated() {
			in.Severity = old.Severity
		}
		if in.Words == "" {
			in.Words = old.Words
		}
		if len(in.Answered) == 0 {
			in.Answered = old.Answered
		}
	}
	silent := len(e.Advice) == 0 // a template that asks for nothing says nothing about what was asked
	for _, a := range o.Advice {
		i := slices.IndexFunc(e.Advice, func(b Advice) bool { return a.ID == b.ID })
		switch {
		case i < 0 && (silent || a.Done):
			e.Advice = append(e.Advice, a)
		case i >= 0:
			e.Advice[i].Done = e.Advice[i].Done || a.Done
		}
	}
	e.sortAdvice()
}

// retain forgets reports that are older than the policy says. Their age is counted from the newest report, so that what is
// kept depends on the reports and not on the day.
func retain(ctx context.Context, tx *sql.Tx, months int) error {
	all, err := entries(ctx, tx, "")
	if err != nil || len(all) == 0 {
		return err
	}
	newest := slices.MaxFunc(all, func(a, b stored) int { return a.From.Compare(b.From) }).From
	return forgetBefore(ctx, tx, newest.AddDate(0, -months, 0))
}

func forgetBefore(ctx context.Context, tx *sql.Tx, t time.Time) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM report WHERE ends <= ?", t.UnixMicro())
	return err
}

package history

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// exportForm is the form of the exported lines.
const exportForm = 1

// line is one line of an export: one of its fields is set.
type line struct {
	History  int       `json:"history,omitempty"` // the form; the first line
	Report   *Entry    `json:"report,omitempty"`
	Incident *Incident `json:"incident,omitempty"` // of the last report above
	Count    *Count    `json:"count,omitempty"`
	Advice   *Advice   `json:"advice,omitempty"`
	End      *end      `json:"end,omitempty"` // the last line
}

type end struct {
	Reports int `json:"reports"`
}

// Export writes the history as lines of JSON, as it is at one moment. The first line says in which form, the last one how many
// reports there are, so that a part of a file is not taken for the whole.
func (s *Store) Export(ctx context.Context, w io.Writer) (reports int, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, s.wrap(err)
	}
	defer tx.Rollback()
	all, err := entries(ctx, tx, "")
	if err != nil {
		return 0, s.wrap(err)
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	put := func(l line) {
		if err == nil {
			err = enc.Encode(l)
		}
	}
	put(line{History: exportForm})
	for i := range all {
		e := &all[i]
		if err := e.fill(ctx, tx); err != nil {
			return 0, s.wrap(err)
		}
		put(line{Report: &e.Entry})
		for k := range e.Told {
			put(line{Incident: &e.Told[k]})
		}
		for k := range e.Counts {
			put(line{Count: &e.Counts[k]})
		}
		for k := range e.Advice {
			put(line{Advice: &e.Advice[k]})
		}
	}
	put(line{End: &end{len(all)}})
	if err == nil {
		err = out.Flush()
	}
	return len(all), err
}

// InputError is what is wrong with an export that is read, and in which line.
type InputError struct {
	Line int // 0 for the whole
	Err  error
}

func (e *InputError) Error() string {
	if e.Line == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("line %d: %v", e.Line, e.Err)
}

func (e *InputError) Unwrap() error { return e.Err }

// maxLine is the longest line of an export that is read.
const maxLine = 64 << 20

// Import keeps all reports of an export, by the same rules as Remember, or none of them. It returns how many were taken; the
// others are there already. An error in the export is an *InputError.
func (s *Store) Import(ctx context.Context, r io.Reader) (taken, reports int, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		var e *Entry
		keep := func() error {
			if e == nil {
				return nil
			}
			reports++
			what, _, err := remember(ctx, tx, e)
			if what == Added || what == Replaced {
				taken++
			}
			e = nil
			return err
		}
		in := bufio.NewScanner(r)
		in.Buffer(nil, maxLine)
		n, ended := 0, false
		for in.Scan() {
			n++
			if len(bytes.TrimSpace(in.Bytes())) == 0 {
				continue
			}
			if err := func() error {
				var l line
				dec := json.NewDecoder(bytes.NewReader(in.Bytes()))
				dec.DisallowUnknownFields()
				if err := dec.Decode(&l); err != nil {
					return fmt.Errorf("is no line of an exported history (%w)", err)
				}
				switch {
				case ended:
					return errors.New("stands behind the end")
				case n == 1 && l.History == 0:
					return errors.New(`is no exported history: the first line is to be {"history":1}`)
				case n == 1 && l.History > exportForm:
					return fmt.Errorf("is of a newer version of practicum (form %d)", l.History)
				case n == 1:
				case l.Report != nil:
					if err := keep(); err != nil {
						return err
					}
					if !l.Report.From.Before(l.Report.To) {
						return errors.New("is a report that ends before it begins")
					}
					e = l.Report
					if e.Left == nil {
						e.Left = map[string]Left{}
					}
				case l.End != nil:
					ended = true
					if err := keep(); err != nil {
						return err
					}
					if l.End.Reports != reports {
						return fmt.Errorf("says that there are %d reports, and there are %d", l.End.Reports, reports)
					}
				case e == nil:
					return errors.New("belongs to no report")
				case l.Incident != nil:
					e.Told = append(e.Told, *l.Incident)
				case l.Count != nil:
					e.Counts = append(e.Counts, *l.Count)
				case l.Advice != nil:
					e.Advice = append(e.Advice, *l.Advice)
				default:
					return errors.New("says nothing")
				}
				return nil
			}(); err != nil {
				return &InputError{n, err}
			}
		}
		if err := in.Err(); err != nil {
			return &InputError{n + 1, err}
		}
		if !ended {
			return &InputError{Err: errors.New("the last line is missing: this is a part of an export only")}
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	return taken, reports, nil
}

package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver: SQLite itself, translated to Go
)

// applicationID is the mark in the header of our files: "Prac" as a big-endian number (SQLite file format, section 1.3.17).
const applicationID = 0x50726163

// migrations bring a file from the version that is their place to the next one. A migration that was published never changes.
var migrations = []string{`
CREATE TABLE report (
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again
	site TEXT NOT NULL,
	month TEXT NOT NULL,
	begins INTEGER NOT NULL,              -- microseconds since 1970
	ends INTEGER NOT NULL,                -- not part of it any more
	entry TEXT NOT NULL,                  -- Entry as JSON
	digest TEXT NOT NULL                  -- SHA-256 of the entry with all its rows
) STRICT;
CREATE INDEX report_time ON report (site, ends);
CREATE TABLE machine (
	report INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
	name TEXT NOT NULL,
	PRIMARY KEY (report, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE incident (
	report INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
	id TEXT NOT NULL,
	number INTEGER NOT NULL,
	entry TEXT NOT NULL,                  -- Incident as JSON
	PRIMARY KEY (report, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE incident_source (
	report INTEGER NOT NULL,
	incident TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (report, incident, source),
	FOREIGN KEY (report, incident) REFERENCES incident ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_source_source ON incident_source (source);
CREATE TABLE count (
	report INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
	dimension TEXT NOT NULL,
	name TEXT NOT NULL,
	incidents INTEGER NOT NULL,
	records INTEGER NOT NULL,
	PRIMARY KEY (report, dimension, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE advice (
	report INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
	id TEXT NOT NULL,
	text TEXT NOT NULL,
	done INTEGER NOT NULL,
	PRIMARY KEY (report, id)
) STRICT, WITHOUT ROWID;
`}

// Store is an open history.
type Store struct {
	db   *sql.DB
	path string
}

// Error is what is wrong with a history, and with which.
type Error struct {
	Path string
	Err  error
	// Damaged is set where the file itself is not what it should be; else it could not be reached.
	Damaged bool
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// wait is how long a run waits for the others.
const wait = 30 * time.Second

// Open opens the history in a file, and makes one where there is none; its folder is made too. A file of an older version is
// brought to this one. Errors are *Error.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &Error{Path: path, Err: fmt.Errorf("its folder cannot be made (%w)", reason(err))}
	}
	// Who attacked whom is for its owner's eyes.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &Error{Path: path, Err: fmt.Errorf("the history cannot be opened for writing (%w)", reason(err))}
	}
	f.Close()
	return open(ctx, path)
}

// OpenExisting is Open for what only asks: a history that is not there is an error.
func OpenExisting(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &Error{Path: path, Err: fmt.Errorf("there is no history (%w)", reason(err))}
	}
	return Open(ctx, path)
}

func reason(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

func open(ctx context.Context, path string) (*Store, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return nil, &Error{Path: path, Err: err}
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(at), RawQuery: url.Values{
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), "foreign_keys(1)", "secure_delete(1)", "temp_store(memory)"},
		"_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, &Error{Path: path, Err: err}
	}
	db.SetMaxOpenConns(1) // temporary tables are of a connection
	s := &Store{db, path}
	if err := s.migrate(ctx); err != nil {
		db.Close()
		return nil, s.wrap(err)
	}
	return s, nil
}

// wrap names the file in an error.
func (s *Store) wrap(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*InputError](err); ok {
		return e // it is not of this file
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	text := err.Error()
	for _, damage := range [...]string{"malformed", "not a database", "disk image"} {
		if strings.Contains(text, damage) {
			return &Error{s.path, fmt.Errorf("the history is damaged (%s); put back a copy, or move it away and begin anew", text), true}
		}
	}
	return &Error{Path: s.path, Err: err}
}

// Close lets go of the file.
func (s *Store) Close() error { return s.wrap(s.db.Close()) }

// migrate brings the file to the newest version.
func (s *Store) migrate(ctx context.Context) error {
	var id, version, tables int
	if err := s.db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if id == applicationID && version == len(migrations) {
		return nil
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		// Another run may have been faster.
		for _, q := range [...]struct {
			text string
			to   *int
		}{{"PRAGMA application_id", &id}, {"PRAGMA user_version", &version}, {"SELECT count(*) FROM sqlite_schema", &tables}} {
			if err := tx.QueryRowContext(ctx, q.text).Scan(q.to); err != nil {
				return err
			}
		}
		switch {
		case id != applicationID && (id != 0 || version != 0 || tables != 0):
			return &Error{s.path, errors.New("is a database of another program; name another file"), true}
		case version > len(migrations):
			return &Error{s.path, fmt.Errorf("the history is of a newer version of practicum (form %d; this one knows %d); use that one", version, len(migrations)), true}
		}
		for _, m := range migrations[version:] {
			if _, err := tx.ExecContext(ctx, m); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations)))
		return err
	})
}

// change does something in one transaction, or nothing of it.
func (s *Store) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.wrap(err)
	}
	defer tx.Rollback() // does nothing once it is committed
	if err := do(tx); err != nil {
		return s.wrap(err)
	}
	return s.wrap(tx.Commit())
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls do for the rows of a query.
func each(ctx context.Context, q queryer, do func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// stored is an entry with its place in the file.
type stored struct {
	Entry
	row    int64
	digest string
}

// entries reads reports, without their rows, in order of time.
func entries(ctx context.Context, q queryer, where string, args ...any) ([]stored, error) {
	var all []stored
	err := each(ctx, q, func(scan func(...any) error) error {
		var e stored
		var text string
		if err := scan(&e.row, &text, &e.digest); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &e.Entry); err != nil {
			return fmt.Errorf("malformed report %d: %w", e.row, err)
		}
		all = append(all, e)
		return nil
	}, "SELECT id, entry, digest FROM report "+where+" ORDER BY begins, ends, id", args...)
	return all, err
}

// fill reads the rows of an entry.
func (e *stored) fill(ctx context.Context, q queryer) error {
	if err := e.fillWords(ctx, q); err != nil {
		return err
	}
	e.Counts = nil
	return each(ctx, q, func(scan func(...any) error) error {
		var n Count
		e.Counts = append(e.Counts, n)
		p := &e.Counts[len(e.Counts)-1]
		return scan(&p.Dimension, &p.Name, &p.Incidents, &p.Records)
	}, "SELECT dimension, name, incidents, records FROM count WHERE report = ? ORDER BY dimension, name", e.row)
}

// fillWords reads the incidents that are told and the advice.
func (e *stored) fillWords(ctx context.Context, q queryer) error {
	if err := e.fillTold(ctx, q); err != nil {
		return err
	}
	e.Advice = nil
	return each(ctx, q, func(scan func(...any) error) error {
		var a Advice
		err := scan(&a.ID, &a.Text, &a.Done)
		e.Advice = append(e.Advice, a)
		return err
	}, "SELECT id, text, done FROM advice WHERE report = ? ORDER BY id", e.row)
}

func (e *stored) fillTold(ctx context.Context, q queryer) error {
	e.Told = nil
	return each(ctx, q, func(scan func(...any) error) error {
		var in Incident
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &in); err != nil {
			return fmt.Errorf("malformed incident of report %d: %w", e.row, err)
		}
		e.Told = append(e.Told, in)
		return nil
	}, "SELECT entry FROM incident WHERE report = ? ORDER BY number, id", e.row)
}

// insertRows is how many rows are written with one statement.
const insertRows = 200

// insert writes many rows.
func insert(ctx context.Context, tx *sql.Tx, table string, columns int, n int, row func(i int) []any) error {
	one := "(?" + strings.Repeat(",?", columns-1) + ")"
	var many *sql.Stmt // for so many rows as one statement takes
	var args []any
	for begin := 0; begin < n; begin += insertRows {
		end := min(begin+insertRows, n)
		args = args[:0]
		for i := begin; i < end; i++ {
			args = append(args, row(i)...)
		}
		if many == nil || end-begin < insertRows {
			if many != nil {
				many.Close()
			}
			var err error
			if many, err = tx.PrepareContext(ctx, "INSERT INTO "+table+" VALUES "+one+strings.Repeat(","+one, end-begin-1)); err != nil {
				return err
			}
		}
		if _, err := many.ExecContext(ctx, args...); err != nil {
			many.Close()
			return err
		}
	}
	if many != nil {
		return many.Close()
	}
	return nil
}

// add writes an entry with its rows.
func add(ctx context.Context, tx *sql.Tx, e *Entry) error { return addAs(ctx, tx, nil, e) }

// addAs is add with a number that the report had before; nil for a new one.
func addAs(ctx context.Context, tx *sql.Tx, id any, e *Entry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, "INSERT INTO report (id, site, month, begins, ends, entry, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
		id, e.Site, e.Month, e.From.UnixMicro(), e.To.UnixMicro(), string(text), e.digest())
	if err != nil {
		return err
	}
	row, err := done.LastInsertId()
	if err != nil {
		return err
	}
	if err := insert(ctx, tx, "machine", 2, len(e.Machines), func(i int) []any { return []any{row, e.Machines[i]} }); err != nil {
		return err
	}
	for i := range e.Told {
		if err := addIncident(ctx, tx, row, &e.Told[i]); err != nil {
			return err
		}
	}
	err = insert(ctx, tx, "count", 5, len(e.Counts), func(i int) []any {
		n := e.Counts[i]
		return []any{row, string(n.Dimension), n.Name, n.Incidents, n.Records}
	})
	if err != nil {
		return err
	}
	return insert(ctx, tx, "advice", 4, len(e.Advice), func(i int) []any {
		a := e.Advice[i]
		return []any{row, a.ID, a.Text, a.Done}
	})
}

func addIncident(ctx context.Context, tx *sql.Tx, row int64, in *Incident) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO incident VALUES (?, ?, ?, ?)", row, in.ID, in.Number, string(text)); err != nil {
		return err
	}
	return insert(ctx, tx, "incident_source", 3, len(in.Sources), func(i int) []any { return []any{row, in.ID, in.Sources[i]} })
}

package detect

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/analysis/logformat"
	web "practicum/analysis/request"
)

// TestMay holds that no rule knows a record of a shape that its May excludes, and that a Judging says what Judge says. It
// asks about the events of all of the project's logs, as they are and with other properties of other records.
func TestMay(t *testing.T) {
	formats := map[string]bool{}
	for _, f := range logformat.Formats {
		formats[f.Name] = true
	}
	judge := NewJudging(nil)
	hold := func(e *analysis.Event, full bool) {
		s := shapeOf(e)
		for i := range Rules {
			r := &Rules[i]
			if r.May == nil || r.Match == nil || r.May(s) {
				continue
			}
			if r.Match(e) {
				t.Errorf("rule %d (%s) knows what its May excludes: %+v", i, r.Kind, *e)
			}
		}
		if full {
			if got, want := judge.Of(e), Judge(e); got != want {
				t.Errorf("%+v: got %+v, want %+v", *e, got, want)
			}
		}
	}
	events := 0
	for _, root := range []string{"../../testdata", "testdata", "../logformat/testdata"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".golden") {
				return err
			}
			in := logformat.Input{Path: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}
			n := 0
			_, _ = logformat.Read(context.Background(), in, 0, logformat.NewClock(nil, 2000), logformat.Formats, func(r *logformat.Record) error {
				if r.Event == nil {
					return nil
				}
				events++
				e := *r.Event
				Identify(&e)
				hold(&e, true)
				if before, after := web.WithoutSize(e.Message); after != "" { // the same, and an answer of another size
					other := e
					other.Message = before + "987654321" + after
					hold(&other, true)
					if got, want := judge.Of(&other), Judge(&e); got != want {
						t.Errorf("%+v: got %+v, want %+v", other, got, want)
					}
				}
				if n++; n > 100 {
					return nil // of one log they are much the same
				}
				for _, action := range []analysis.Action{analysis.ActionAllowed, analysis.ActionBlocked, analysis.ActionFailed, analysis.ActionInfo} {
					for tries := analysis.TriesNone; tries <= analysis.TriesPacket; tries++ {
						other := e
						other.Action, other.Tries, other.Context = action, tries, !e.Context
						hold(&other, false)
						other.Context = e.Context
						hold(&other, false)
						other.Signature = ""
						hold(&other, false)
					}
				}
				if n < 10 {
					for format := range formats {
						other := e
						other.Format = format
						hold(&other, true)
					}
				}
				return nil
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if events < 1000 {
		t.Errorf("only %d events were judged", events)
	}
}

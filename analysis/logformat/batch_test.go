package logformat

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

// TestBatch keeps the records of each of the project's logs in batches until the whole log has been read: nothing of them may
// have been written over by what came after.
func TestBatch(t *testing.T) {
	tell := func(b *strings.Builder, r *Record) {
		fmt.Fprintf(b, "%v %d %s %q %q %q\n", r.Lines, r.Class, r.Format, r.Host, r.Warning, r.Text)
	}
	tellEvent := func(b *strings.Builder, e *analysis.Event) { fmt.Fprintf(b, "%+v\n", *e) }
	repeats := "Jan  1 00:00:00 gate in.telnetd[1]: refused connect from 192.0.2.1\nJan  1 00:00:01 gate last message repeated 2 times\n" +
		"Jan  1 00:00:02 gate in.telnetd[2]: refused connect from host.example.org\nJan  1 00:00:03 gate last message repeated 3 times\n"
	logs := map[string][]byte{"repeats": []byte(strings.Repeat(repeats, 5000))}
	for _, root := range []string{"../../testdata", "testdata"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".golden") {
				return err
			}
			logs[name], err = os.ReadFile(name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range logs {
		var at, atEvents, later, laterEvents strings.Builder
		var batches []*Batch
		_, err := Read(context.Background(), fromBytes(name, data), 0, NewClock(time.UTC, 2000), Formats, func(r *Record) error {
			if r.Event != nil {
				tellEvent(&atEvents, r.Event)
			} else {
				tell(&at, r)
			}
			if len(batches) == 0 || batches[len(batches)-1].Full() {
				batches = append(batches, &Batch{})
			}
			batches[len(batches)-1].Add(r)
			return nil
		})
		if err != nil {
			continue // no text, or damaged on purpose
		}
		for _, b := range batches {
			for i := range b.Records() {
				tell(&later, &b.Records()[i])
			}
			for i := range b.Events() {
				tellEvent(&laterEvents, &b.Events()[i])
			}
		}
		if was, is := at.String()+atEvents.String(), later.String()+laterEvents.String(); was != is {
			a, l := strings.Split(was, "\n"), strings.Split(is, "\n")
			for i := range a {
				if i >= len(l) || a[i] != l[i] {
					t.Errorf("%s: was\n%s\nis\n%s", name, a[i], l[min(i, len(l)-1)])
					break
				}
			}
		}
	}
}

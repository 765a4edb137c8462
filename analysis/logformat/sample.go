package logformat

import (
	"bytes"
	"context"
	"embed"
	"io"
	"path"
	"strings"
	"time"
)

// The samples that the tests read, so that a log format can show what it looks like.
//
//go:embed testdata/*.log
var sampleFiles embed.FS

// Sample is the first record of a built-in log format's samples that tells of an event, or the first
// that is recognised when none does; empty when there are no samples.
func Sample(name string) string {
	data, err := sampleFiles.ReadFile(path.Join("testdata", name+".log"))
	if err != nil {
		return ""
	}
	in := Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
	event, known := "", ""
	_, err = Read(context.Background(), in, 0, NewClock(time.UTC, 2000), Formats, func(r *Record) error {
		switch {
		case r.Format != name:
		case r.Class == ClassEvent && event == "":
			event = strings.Clone(r.Text)
		case known == "":
			known = strings.Clone(r.Text)
		}
		return nil
	})
	if err != nil || event == "" {
		return known
	}
	return event
}

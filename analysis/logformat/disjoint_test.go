package logformat

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoTwoFormatsTakeALine reads all of the project's sample logs, whatever they were made for, with each
// log format alone: no line may be taken by two of them, for nobody could say then which was right.
func TestNoTwoFormatsTakeALine(t *testing.T) {
	lines := 0
	for _, root := range []string{"../../testdata", "../detect/testdata", "testdata"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".golden") {
				return err
			}
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			takenBy := map[int]string{}
			for i := range Formats {
				_, err := Read(context.Background(), fromBytes(name, b), 0, NewClock(nil, 2000), Formats[i:i+1], func(r *Record) error {
					if r.Format == "" {
						return nil
					}
					first := r.Lines[0].First
					if other := takenBy[first]; other != "" {
						t.Errorf("%s:%d is taken by %s and by %s: %s", name, first, other, r.Format, r.Text)
					}
					takenBy[first] = r.Format
					return nil
				})
				if err != nil {
					return nil // no text, or damaged on purpose
				}
			}
			lines += len(takenBy)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if lines < 1000 {
		t.Errorf("only %d lines are taken at all", lines)
	}
}

// Lines that end in CR alone, as in text files of Mac OS before X, are lines.
func TestEndsInCR(t *testing.T) {
	const record = "Apr 10 02:04:53 mail in.telnetd[325]: refused connect from 192.0.2.1"
	want := readText(t, fromBytes("", []byte(record+"\n"+record+"\n\n"+record+"\n")), Formats)
	for _, text := range []string{record + "\r" + record + "\r\r" + record + "\r", record + "\r" + record + "\r\r" + record} {
		if got := readText(t, fromBytes("", []byte(text)), Formats); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	// Far behind, other line ends may follow.
	long := strings.Repeat(record+"\r", 200)
	lines := strings.Count(readText(t, fromBytes("", []byte(long+strings.Repeat(record+"\r\n", 3)+record+"\n")), Formats), "tcpwrappers:")
	if lines != 204 {
		t.Errorf("%d records of 204", lines)
	}
}

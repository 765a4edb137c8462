package logformat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

// TestOtherProgram holds that a format that declines a program does so whatever the program says: the
// driver asks it once.
func TestOtherProgram(t *testing.T) {
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	type pair struct{ format, program string }
	declined, asked := map[pair]string{}, map[pair]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			clock := NewClock(time.UTC, 2000)
			var header analysis.Event
			at := Cursor{text: line}
			if syslogHeader(&at, clock, &header) != nil || at.pos == 0 {
				continue
			}
			for i := range Formats {
				f := &Formats[i]
				if f.Carrier != CarrierSyslog || f.Starts != nil && f.Starts(line) {
					continue
				}
				c, ev := at, header
				key := pair{f.Name, header.Program}
				if f.New(clock)(&c, &ev) == ErrOtherProgram {
					declined[key] = line
				} else {
					asked[key] = line
				}
			}
		}
	}
	if len(declined) < 1000 {
		t.Errorf("only %d pairs of a format and a program are declined: who declines them all by the message?", len(declined))
	}
	for key, line := range declined {
		if other, both := asked[key]; both {
			t.Errorf("%s declines the program %q for\n%s\nand not for\n%s", key.format, key.program, line, other)
		}
	}
}

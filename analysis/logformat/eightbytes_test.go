package logformat

import (
	"strings"
	"testing"
)

// FuzzEightBytes holds that what is looked for in eight bytes at a time is what is found byte by byte: the words in quotes that tell
// JSON records apart, and where a string of JSON is plain no more.
func FuzzEightBytes(f *testing.F) {
	for _, s := range []string{
		`{"timestamp":"2026-01-01","event_type":"alert"}`, `""""""""event_type"""`, "\"event_type\"\"EventID\"\"", `"event_typ""event_type`, `x"y`, "plain\x7fplain", "plain text\x1fmore", "plain text\x80more", `plain text\\more`, "#\"$[\\]^ \x1f!\x00\xa2\xdc\xff", strings.Repeat("~", 30) + `"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := quoted{lines: newLines(nil, 0)}
		list := []string{"event_type", "EventID", "ts", ":", "a", "aa", "ab", strings.Repeat("ab", 17)}
		all := q.of(list)
		q.read(text)
		want := words(0)
		parts := strings.Split(text, `"`)
		for i := 1; i < len(parts)-1; i++ {
			for _, w := range list {
				if w == parts[i] {
					want |= q.of([]string{w})
				}
			}
		}
		if q.found != want || q.found&^all != 0 {
			t.Errorf("%q: the words %b, want %b", text, q.found, want)
		}
		for i := range len(text) + 1 {
			end := i
			for end < len(text) && plainInJSON[text[end]] {
				end++
			}
			if got := plainUntil(text, i); got != end {
				t.Fatalf("%q is plain from %d until %d, want %d", text, i, got, end)
			}
		}
	})
}

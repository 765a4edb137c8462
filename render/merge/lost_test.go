package merge

import (
	"regexp"
	"slices"
	"testing"
)

// TestWordsOf holds that words are found as a regular expression finds them: in any script, at the ends of a text, and beside bytes
// that are no text.
func TestWordsOf(t *testing.T) {
	for _, text := range []string{
		"", "a", "ab", "abc", "ab cde f ghij", "Zürich, Ÿnæ — naïve", "日本語 日本", "don't", "x1abc2", "abc\xffdef\xe2\x82", "\xffab", "e\u0301tude", "ABC_def", "ſǅʰ K", "@[`{abc",
	} {
		want := regexp.MustCompile(`\pL{3,}`).FindAllString(text, -1)
		if got := slices.Collect(wordsOf(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

package analysis

import "testing"

func TestQuoted(t *testing.T) {
	for text, want := range map[string]string{
		`CORP\admin`:  `"CORP\admin"`,
		"anna müller": `"anna müller"`,
		`a" b\c`:      `"a\" b\\c"`,
		"a\nb":        `"a\nb"`,
		"a\u202eb":    `"a\u202eb"`, // turns the direction of writing
		"a\xffb":      `"a\xffb"`,
		"":            `""`,
	} {
		if got := Quoted(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"practicum/analysis"
	"practicum/analysis/lazily"
)

// Naming is what a pattern of a name may hold.
type Naming struct {
	Site   string
	Window analysis.Window
	TLP    string
}

var placeholder = lazily.Regexp(`\{([^{}]*)\}`)

// placeholders are what patterns of names may hold.
var placeholders = []string{"site", "month", "since", "until", "tlp"}

// pattern judges a pattern of a name.
func (r *resolver) pattern(key, text string) string {
	for _, m := range placeholder().FindAllStringSubmatch(text, -1) {
		if !slices.Contains(placeholders, m[1]) {
			r.wrongf(key, "{%s} stands for nothing; there are {%s}", m[1], strings.Join(placeholders, "}, {"))
		}
	}
	return text
}

// Fill writes a pattern of a name with what it is of. A label that is not set leaves no trace; whatever else is not known is an
// error, because two reports would get one name.
func (n Naming) Fill(pattern string) (string, error) {
	var err error
	missing := func(name, why string) string {
		err = cmp.Or(err, fmt.Errorf("%q: {%s} is not known; %s", pattern, name, why))
		return ""
	}
	out := placeholder().ReplaceAllStringFunc(pattern, func(p string) string {
		switch p {
		case "{site}":
			if word := plainWord(n.Site); word != "" {
				return word
			}
			return missing("site", "set site.name in the configuration")
		case "{month}":
			if n.Window.Month != "" {
				return n.Window.Month
			}
			return missing("month", "say which with --month")
		case "{since}":
			if !n.Window.From.IsZero() {
				return n.Window.From.Format(time.DateOnly)
			}
			return missing("since", "say it with --since, --month or --last")
		case "{until}":
			if !n.Window.To.IsZero() {
				return n.Window.To.Format(time.DateOnly)
			}
			return missing("until", "say it with --until, --month or --last")
		}
		if n.TLP == "" {
			return "\x00"
		}
		return strings.ToLower(n.TLP)
	})
	return noLabel().ReplaceAllString(out, ""), err
}

// noLabel is a label that is not set with what parts it from its neighbour.
var noLabel = lazily.Regexp(`[-_. ]?\x00`)

// plainWord is a name as a part of a file's name.
func plainWord(name string) string {
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' {
			return unicode.ToLower(r)
		}
		return '-'
	}, name)
	return strings.Trim(word, "-.")
}

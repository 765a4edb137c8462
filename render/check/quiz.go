package check

import (
	"slices"
	"strings"

	"practicum/analysis/lazily"
)

var (
	optionPattern = lazily.Regexp(`^\s*(?:[-*+]\s+)?(\[[ xX]\]\s+)?\(?([a-hA-H])[.)\]:]\s+\S`)
	answerPattern = lazily.Regexp(`(?i)^\s*[*_#>\-\s]*(?:the\s+)?(?:correct\s+|right\s+|best\s+)?answers?\b(?:\s+(?:is|are))?[*_\s]*[:=\-–]*[*_\s]*(.*)$`)
	quizPattern   = lazily.Regexp(`(?i)multiple[- ]choice|\bquiz\b|test question`)
	letterPattern = lazily.Regexp(`(?i)(?:^|[^a-z'])\(?([a-h])\)?(?:[^a-z']|$)`)
)

// quiz looks at questions with at least three options in letters. A list in letters is a question only
// where the document says so: by a heading above it, or by an answer below it.
func quiz(s *subject) (out []Finding) {
	heading := -100
	code := false
	for i := 0; i < len(s.lines); i++ {
		if strings.HasPrefix(strings.TrimSpace(s.lines[i]), "```") {
			code = !code
		}
		if code {
			continue
		}
		if quizPattern().MatchString(s.lines[i]) && len(s.lines[i]) < 100 {
			heading = i
		}
		m := optionPattern().FindStringSubmatch(s.lines[i])
		if m == nil || !strings.EqualFold(m[2], "a") {
			continue
		}
		letters, ticked := []string{"a"}, 0
		boxes := m[1] != ""
		if strings.ContainsAny(m[1], "xX") {
			ticked++
		}
		j := i + 1
		last := i
		for ; j < len(s.lines) && j <= last+4; j++ {
			m := optionPattern().FindStringSubmatch(s.lines[j])
			if m == nil {
				if answerPattern().MatchString(s.lines[j]) || strings.HasPrefix(s.lines[j], "#") {
					break
				}
				continue // the second line of an option
			}
			next := strings.ToLower(m[2])
			if next[0] != letters[len(letters)-1][0]+1 {
				break
			}
			letters = append(letters, next)
			boxes = boxes || m[1] != ""
			if strings.ContainsAny(m[1], "xX") {
				ticked++
			}
			last = j
		}
		if len(letters) < 3 {
			continue
		}
		from := i
		i = last
		var answers []string
		found := false
		for k := last + 1; k < len(s.lines) && k <= last+10; k++ {
			if strings.HasPrefix(s.lines[k], "#") || optionPattern().MatchString(s.lines[k]) {
				break
			}
			m := answerPattern().FindStringSubmatch(s.lines[k])
			if m == nil {
				continue
			}
			found = true
			// What follows a sentence's end explains.
			text, _, _ := strings.Cut(m[1], ". ")
			if text == "" && k+1 < len(s.lines) {
				text = s.lines[k+1]
			}
			for _, l := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '&' || r == '/' || r == ' ' }) {
				m := letterPattern().FindStringSubmatch(l)
				if m == nil || len(strings.Trim(l, "().:;*_\"")) != 1 {
					if len(answers) > 0 && !slices.Contains([]string{"and", "or"}, strings.ToLower(l)) {
						break
					}
					continue
				}
				if a := strings.ToLower(m[1]); !slices.Contains(answers, a) {
					answers = append(answers, a)
				}
			}
			break
		}
		if !found && !boxes && from-heading > 15 {
			continue
		}
		n := 0
		if s.draft != nil {
			n = s.incidentAt(from + 1)
		}
		right := len(answers)
		if !found && boxes {
			right = ticked
		}
		switch {
		case right == 0:
			out = append(out, at(from+1, n, "the question has %d options and none is named as the answer", len(letters)))
		case right > 1:
			out = append(out, at(from+1, n, "the question has %d right answers", right))
		case found && !slices.Contains(letters, answers[0]):
			out = append(out, at(from+1, n, "the answer %s is not among the options a to %s", answers[0], letters[len(letters)-1]))
		}
	}
	return out
}

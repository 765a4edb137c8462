package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// person edits a report.md at random, as people and formatters do. Every word that a person writes is
// told by its form.
type person struct {
	*rand.Rand
	words int
}

var personal = regexp.MustCompile(`word[a-z]+end`)

func (p *person) word() string {
	p.words++
	var b strings.Builder
	for n := p.words; n > 0; n /= 26 {
		b.WriteByte(byte('a' + n%26))
	}
	return "word" + b.String() + "end"
}

var pointsCell = regexp.MustCompile(`^\| (Criticality|Lethality|System|Network)`)

// edit makes one change.
func (p *person) edit(md string) string {
	lines := strings.Split(strings.TrimSuffix(md, "\n"), "\n")
	i := p.IntN(len(lines))
	l := lines[i]
	marker := strings.HasPrefix(l, "<!--") || strings.Contains(l, "suggested:") && p.IntN(2) == 0
	fence := strings.HasPrefix(l, "```")
	rule := strings.HasPrefix(l, "|-") || strings.HasPrefix(l, "| -") || strings.HasPrefix(l, "---")
	done := func() string { return strings.Join(lines, "\n") + "\n" }
	switch p.IntN(12) {
	case 0, 1: // a word in a line
		if marker || fence || rule || l == "" {
			break
		}
		words := strings.Split(l, " ")
		k := 1 + p.IntN(len(words))
		if strings.HasPrefix(l, "#") || strings.HasPrefix(l, ">") {
			k = len(words)
		}
		if strings.HasPrefix(l, "|") {
			// Inside a cell, and not in the points.
			cells := strings.Split(strings.Trim(l, "|"), "|")
			c := p.IntN(len(cells))
			if c == 1 && pointsCell.MatchString(l) {
				c = 2
			}
			cells[min(c, len(cells)-1)] += p.word() + " "
			lines[i] = "|" + strings.Join(cells, "|") + "|"
			return done()
		}
		lines[i] = strings.Join(slices.Insert(words, k, p.word()), " ")
		return done()
	case 2: // a paragraph
		return strings.Join(slices.Insert(lines, i, "", p.word()+" of mine, "+p.word()+".", ""), "\n") + "\n"
	case 3: // a row or an item, where there is one
		switch {
		case strings.HasPrefix(l, "| ") && !rule && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| "):
			n := strings.Count(l, " | ") + 1
			return strings.Join(slices.Insert(lines, i+1, "|"+strings.Repeat(" "+p.word()+" |", n)), "\n") + "\n"
		case strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* "):
			return strings.Join(slices.Insert(lines, i, l[:2]+p.word()), "\n") + "\n"
		}
	case 4: // a line less
		if !marker && !fence && !rule && !strings.HasPrefix(l, "## ") && !strings.HasPrefix(l, "# ") {
			return strings.Join(slices.Delete(lines, i, i+1), "\n") + "\n"
		}
	case 5: // words in place of others
		if marker || fence || rule || l == "" || strings.HasPrefix(l, "|") || strings.HasPrefix(l, "#") || strings.HasPrefix(l, ">") || strings.HasPrefix(l, "- [") {
			break
		}
		words := strings.Split(l, " ")
		k := p.IntN(len(words))
		words[k] = p.word()
		lines[i] = strings.Join(words, " ")
		return done()
	case 6: // the analyst's text
		at := strings.Index(md, "_Not yet written._")
		if at < 0 {
			break
		}
		return md[:at] + p.word() + "\n\n## " + p.word() + "\n\n- " + p.word() + "\n\n```\n" + p.word() + "\n```\n\n| " + p.word() + " |\n|---|\n| " + p.word() + " |" + md[at+len("_Not yet written._"):]
	case 7: // a section elsewhere
		parts := sections(md)
		if len(parts) > 3 {
			a, b := 1+p.IntN(len(parts)-1), 1+p.IntN(len(parts)-1)
			x := parts[a]
			parts = slices.Insert(slices.Delete(parts, a, a+1), min(b, len(parts)-1), x)
			return strings.Join(parts, "")
		}
	case 8: // a section less, now and then
		parts := sections(md)
		if a := p.IntN(len(parts)); a > 0 && p.IntN(4) == 0 && len(parts) > 4 {
			return strings.Join(slices.Delete(parts, a, a+1), "")
		}
	case 9: // other marks, as formatters have them
		md = regexp.MustCompile(`(?m)^- \*\*`).ReplaceAllString(md, "* **")
		md = strings.ReplaceAll(md, "_Not yet written._", "*Not yet written.*")
		md = strings.ReplaceAll(md, `\@`, "@")
		return regexp.MustCompile(`(?m)^\| (\S+) \| `).ReplaceAllString(md, "| $1     |  ")
	case 11: // headings in the person's language, now and then
		if p.IntN(3) == 0 {
			md = regexp.MustCompile(`(?m)^## Incident ([0-9]+):`).ReplaceAllString(md, "## Vorfall $1:")
			return strings.NewReplacer("### Analysis\n", "### Meine Sicht\n", "### Severity\n", "### Schwere\n", "## Summary\n", "## Kurz\n").Replace(md)
		}
	case 10: // a reason
		at := regexp.MustCompile(`(?m)^\| (?:Criticality|Lethality) +\|[^|\n]*\|`).FindAllStringIndex(md, -1)
		if len(at) > 0 {
			k := at[p.IntN(len(at))][1]
			return md[:k] + " " + p.word() + md[k:]
		}
	}
	return md
}

// sections parts a report at the headings that the tool wrote.
func sections(md string) []string {
	var parts []string
	last := 0
	for _, at := range regexp.MustCompile(`(?m)^## (Incident|Vorfall|Kurz|Appendix|Summary|Background|Text of)`).FindAllStringIndex(md, -1) {
		parts = append(parts, md[last:at[0]])
		last = at[0]
	}
	return append(parts, md[last:])
}

// TestNoWordIsLost edits a report and its logs at random, runs report again, and looks for every word
// that the person wrote.
func TestNoWordIsLost(t *testing.T) {
	mail, err := os.ReadFile("../../testdata/logs/founding/mail.log")
	if err != nil {
		t.Fatal(err)
	}
	nis, err := os.ReadFile("../../testdata/logs/founding/nis.log")
	if err != nil {
		t.Fatal(err)
	}
	mailLines := strings.SplitAfter(strings.TrimSuffix(string(mail), "\n"), "\n")
	extra := []string{
		"Feb  1 08:58:25 mail in.ftpd[18709]: refused connect from 198.51.100.9\n",
		"Jan 19 22:00:00 mail in.telnetd[1001]: connect from 208.213.5.2\n", // before the first record of an incident
		"Apr 10 03:04:59 mail in.telnetd[199]: refused connect from 208.170.70.57\n",
		"Feb 29 10:00:00 mail ftpd[7000]: failed login from a.example.net [203.0.113.4], anonymous@ftp.microsoft.com\n",
		"May  5 05:05:05 mail imapd[9]: refused connect from 192.0.2.44\n",
	}
	for _, seed := range append(seeds(6), 41, 59, 116, 131, 173, 193, 20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			p := &person{Rand: rand.New(rand.NewPCG(uint64(seed), 7))}
			dir := t.TempDir()
			log, other := filepath.Join(dir, "mail.log"), filepath.Join(dir, "nis.log")
			put(t, other, string(nis))
			report := filepath.Join(dir, "report", reportName)
			crlf := seed%5 == 4
			reportOver := func(what string) string {
				t.Helper()
				var stdout, stderr bytes.Buffer
				template := "practical"
				if seed%3 == 1 {
					template = "gcia"
				}
				args := []string{"report", "--template", template, "--quiet", "--to", "md,json", "--year", "2000", "--config", "../../testdata/founding.yaml", "-o", filepath.Join(dir, "report"), log, other}
				if status := run(args, nil, &stdout, &stderr, nil, now); status != 0 {
					t.Fatalf("%s: status %d: %s", what, status, stderr.String())
				}
				return get(t, report)
			}
			put(t, log, strings.Join(mailLines, ""))
			reportOver("first")
			for round := range 3 {
				md := strings.ReplaceAll(get(t, report), "\r\n", "\n")
				for range 1 + p.IntN(12) {
					md = p.edit(md)
				}
				if crlf {
					md = strings.ReplaceAll(md, "\n", "\r\n")
				}
				put(t, report, md)
				lines := slices.Clone(mailLines)
				if p.IntN(3) == 0 {
					k := p.IntN(len(lines))
					lines = slices.Delete(lines, k, min(len(lines), k+p.IntN(8)))
				}
				for _, l := range extra {
					if p.IntN(2) == 0 {
						lines = append(lines, l)
					}
				}
				put(t, log, strings.Join(lines, ""))
				what := fmt.Sprintf("round %d", round)
				if seed%7 == 6 && round == 1 {
					if err := os.Remove(filepath.Join(dir, "report", baseName)); err != nil {
						t.Fatal(err)
					}
				}
				merged := reportOver(what)
				for _, w := range personal.FindAllString(md, -1) {
					if !strings.Contains(merged, w) {
						t.Errorf("%s: %s is lost; it stood in %q", what, w, lineWith(md, w))
					}
				}
				if n := strings.Count(merged, "\r\n"); crlf && n != strings.Count(merged, "\n") {
					t.Errorf("%s: %d of %d lines end with CRLF", what, n, strings.Count(merged, "\n"))
				}
				if again := reportOver(what + " again"); again != merged {
					t.Errorf("%s: a second run over the same changed the report:\n%s", what, firstDifference(merged, again))
				}
			}
		})
	}
}

// seeds are those from 0 on; further ones in the test found something once.
func seeds(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func lineWith(text, w string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, w) {
			return l
		}
	}
	return ""
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d\n-%s\n+%s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

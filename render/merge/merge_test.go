package merge_test

import (
	"os"
	"strings"
	"testing"

	"practicum/render/draft"
	"practicum/render/merge"
)

func parse(t testing.TB, md string) *draft.Draft {
	t.Helper()
	d, err := draft.Parse([]byte(md))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Problems) > 0 {
		t.Fatalf("%v in\n%s", d.Problems, md)
	}
	return d
}

func merged(t testing.TB, base, current, fresh string) string {
	t.Helper()
	v := merge.Versions{Current: parse(t, current), Fresh: parse(t, fresh)}
	if base != "" {
		v.Base = parse(t, base)
	}
	return string(merge.Merge(v).Report)
}

// TestBlocks has one rule a case: what is b in the base, u in the person's version and n now.
func TestBlocks(t *testing.T) {
	for _, c := range []struct{ name, b, u, n, want string }{
		{"nobody touched it", "one\n", "one\n", "two\n", "two\n"},
		{"the person changed it", "one two three\n", "one two mine\n", "one two three\n", "one two mine\n"},
		{"the person deleted it", "a\n\none\n", "a\n", "a\n\none\n", "a\n"},
		{"the tool dropped it", "a\n\none\n", "a\n\none\n", "a\n", "a\n\n"},
		{"the person added it", "a\n\nb\n", "a\n\nmine\n\nb\n", "a\n\nb\n", "a\n\nmine\n\nb\n"},
		{"both added", "a\n\nz\n", "a\n\nmine\n\nz\n", "a\n\nnew\n\nz\n", "a\n\nmine\n\nnew\n\nz\n"},
		{"both the same", "one two three\n", "one two four\n", "one two four\n", "one two four\n"},
		{"dropped, but changed by the person", "a\n\none two three\n", "a\n\none two mine\n", "a\n", "a\n\none two mine\n"},
		{"both changed it", "one two three four\n", "one two mine four\n", "one two three five\n",
			"one two mine four\n\n> [!NOTE]\n>\n> Suggested now: one two three five <!-- suggested:2e3e2b6e -->\n"},
		{"item", "- a\n- b c\n", "- a\n- b c mine\n- own\n", "- a a\n- b c\n- d\n", "- a a\n- b c mine\n- own\n- d\n"},
		{"another mark", "- a\n- b\n", "* a\n* b\n* mine\n", "- a\n- b\n- c\n", "* a\n* b\n* mine\n* c\n"},
		{"row and cell", "| F | V |\n|---|---|\n| x | 1 |\n| y | 2 |\n", "| F | V |\n|---|---|\n| x | 1 mine |\n| y | 2 |\n| own | 3 |\n",
			"| F | V |\n|---|---|\n| x | 1 |\n| y | 4 |\n", "| F | V |\n|---|---|\n| x | 1 mine |\n| y | 4 |\n| own | 3 |\n"},
		{"padding", "| F | V |\n|---|---|\n| x | 1 |\n| y | 2 |\n", "| F   | V   |\n| --- | --- |\n| x   | 1   |\n| y   | 2   |\n",
			"| F | V |\n|---|---|\n| x | 1 |\n| y | 3 |\n", "| F   | V   |\n| --- | --- |\n| x   | 1   |\n| y | 3 |\n"},
		{"own column", "| F | V |\n|---|---|\n| x | 1 |\n", "| F | V | Mine |\n|---|---|---|\n| x | 1 | m |\n",
			"| F | V |\n|---|---|\n| x | 2 |\n| y | 3 |\n", "| F | V | Mine |\n|---|---|---|\n| x | 2 | m |\n| y | 3 |  |\n"},
		{"line of code", "```log\n 1  a\n 2  b\n```\n", "```log\n 1  a\nmine\n 2  b\n```\n", "```log\n 1  z\n 2  a\n 3  b\n```\n", "```log\n 1  z\n 2  a\nmine\n 3  b\n```\n"},
		{"marker of a prompt dropped", "- [ ] a b? <!-- prompt:p -->\n", "- [x] a b?\n", "- [ ] a b? <!-- prompt:p -->\n", "- [x] a b? <!-- prompt:p -->\n"},
		{"CRLF", "a\n\nb\n", "a\r\n\r\nmine\r\n\r\nb\r\n", "a\n\nc\nd\n", "a\r\n\r\nmine\r\n\r\nc\r\nd\r\n"},
		{"CRLF, nothing new", "a\n\nb\n", "a\r\n\r\nb\r\n", "a\n\nb\n", "a\r\n\r\nb\r\n"},
	} {
		got := merged(t, c.b, c.u, c.n)
		if strings.Contains(c.want, "suggested:") {
			got, c.want = hash(got), hash(c.want)
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

func hash(s string) string {
	i := strings.Index(s, "suggested:")
	if i < 0 {
		return s
	}
	return s[:i+10] + s[i+18:]
}

// TestSuggestion follows a suggestion through later runs.
func TestSuggestion(t *testing.T) {
	base, now, later := "one two three four\n", "one two three five\n", "one two three six\n"
	first := merged(t, base, "one two mine four\n", now)
	if got := merged(t, now, first, now); got != first {
		t.Errorf("a second run changed\n%sinto\n%s", first, got)
	}
	deleted := "one two mine four\n"
	if got := merged(t, now, deleted, now); got != deleted {
		t.Errorf("a suggestion that was deleted came back:\n%s", got)
	}
	next := merged(t, now, first, later)
	if strings.Count(next, "Suggested now") != 1 || !strings.Contains(next, "three six") || strings.Contains(next, "three five") {
		t.Errorf("the suggestion was not renewed:\n%s", next)
	}
	answered := strings.Replace(first, "five", "five, my answer", 1)
	if got := merged(t, now, answered, later); !strings.Contains(got, "five, my answer") || !strings.Contains(got, "three six") {
		t.Errorf("words in a suggestion are lost:\n%s", got)
	}
	taken := strings.Replace(first, "one two mine four", "one two three five", 1)
	if got := merged(t, now, taken, now); strings.Contains(got, "Suggested") {
		t.Errorf("a suggestion that was taken stays:\n%s", got)
	}
}

// TestNoBase takes everything that differs for the person's.
func TestNoBase(t *testing.T) {
	got := merged(t, "", "# T\n\none two three\n\nmine\n", "# T\n\none two four\n\nnew\n")
	for _, want := range []string{"one two three\n", "mine\n", "Suggested now: one two four", "new\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	// A report has one title, also where the tool would write another.
	got = merged(t, "", "# Mine\n\none two three\n", "# Quite another\n\none two three\n")
	if !strings.HasPrefix(got, "# Mine\n\n> [!NOTE]\n") || strings.Contains(got, "\n# ") || !strings.HasSuffix(got, "\n\none two three\n") {
		t.Errorf("title:\n%s", got)
	}
}

func incident(n, id, title, text string) string {
	return "## Incident " + n + ": " + title + "\n\n<!-- incident " + id + " -->\n\nfacts of " + id + "\n\n<!-- analyst:begin " + id + " -->\n\n" + text + "\n\n<!-- analyst:end " + id + " -->\n\n"
}

const open = "_Not yet written._"

func TestIncidents(t *testing.T) {
	head := "# R\n\n"
	base := head + incident("1", "aa", "A", open) + incident("2", "bb", "B", open)
	current := head + incident("2", "bb", "B", "mine of B") + incident("1", "aa", "A", "mine of A")
	t.Run("moved and numbered anew", func(t *testing.T) {
		got := merged(t, base, current, head+incident("1", "cc", "C", open)+incident("2", "aa", "A", open)+incident("3", "bb", "B", open))
		want := head + incident("3", "bb", "B", "mine of B") + incident("2", "aa", "A", "mine of A")
		if strings.Replace(got, incident("1", "cc", "C", open), "", 1) != want {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("gone", func(t *testing.T) {
		r := merge.Merge(merge.Versions{Base: parse(t, base), Current: parse(t, current), Fresh: parse(t, head+incident("1", "aa", "A", open))})
		got := string(r.Report)
		if !strings.HasSuffix(got, "## Text of incidents that are gone\n\n### Incident 2: B (`bb`)\n\nmine of B\n") || len(r.Gone) != 1 {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("gone and back", func(t *testing.T) {
		less := head + incident("1", "aa", "A", open)
		gone := merged(t, base, current, less)
		if got, want := merged(t, less, gone, base), head+incident("1", "aa", "A", "mine of A")+incident("2", "bb", "B", "mine of B"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("got\n%s", got)
		}
		titled := merged(t, base, strings.Replace(current, ": B", ": My title", 1), less)
		if got, want := merged(t, less, titled, base), head+incident("1", "aa", "A", "mine of A")+incident("2", "bb", "My title", "mine of B"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("a title is lost:\n%s", got)
		}
		// A word processor drops the mark of the heading.
		unmarked := strings.Replace(titled, " <!-- heading:reworded -->", "", 1)
		if got := merged(t, less, unmarked, base); !strings.Contains(got, "begin bb -->\n\n### My title\n\nmine of B\n\n<!-- analyst:end") {
			t.Errorf("a title without its mark is lost:\n%s", got)
		}
		for own, want := range map[string]string{
			"## Vorfall 2: B":              "## Vorfall 3: B now",
			"## Vorfall 2: Mein Titel":     "## Vorfall 3: Mein Titel",
			"## The *thing* with the mail": "## The *thing* with the mail",
			"## Port 22 attacked: I think": "## Port 22 attacked: I think",
		} {
			gone := merged(t, base, strings.Replace(current, "## Incident 2: B", own, 1), less)
			now := head + incident("1", "aa", "A", open) + incident("2", "cc", "C", open) + incident("3", "bb", "B now", open)
			got := merged(t, less, gone, now)
			if !strings.Contains(got, "\n"+want+"\n\n<!-- incident bb -->\n") || strings.Contains(got, "heading:") || strings.Contains(got, "Suggested") {
				t.Errorf("%s:\n%s", own, got)
			}
			if again := merged(t, now, got, now); again != got {
				t.Errorf("%s, again:\n%s", own, again)
			}
		}
		for _, c := range [...]struct{ what, mine, want string }{
			{"headings of the person's own", "mine of B\n\n### My steps\n\nfirst this\n\n### And then\n\nthat", "mine of B\n\n### My steps\n\nfirst this\n\n### And then\n\nthat"},
			{"a heading only", "### My steps", "### My steps"},
			{"a heading that ends in brackets", "mine of B\n\n### Call with the ISP (ticket42)\n\nthat", "mine of B\n\n### Call with the ISP (ticket42)\n\nthat"},
		} {
			gone := merged(t, base, strings.Replace(current, "mine of B", c.mine, 1), less)
			got := merged(t, less, gone, base)
			if want := head + incident("1", "aa", "A", "mine of A") + incident("2", "bb", "B", c.want); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("%s:\n%s", c.what, got)
			}
		}
		retitled := merged(t, base, strings.Replace(base, ": B", ": My title", 1), less)
		if got := merged(t, less, retitled, base); strings.Contains(got, "gone") || !strings.Contains(got, "## Incident 2: My title\n") {
			t.Errorf("a title without text is not back:\n%s", got)
		}
		for what, text := range map[string]string{
			"the fence would hide the marker": "```\nopen",
		} {
			has := strings.Replace(gone, "mine of B", text, 1)
			if got := merged(t, less, has, base); !strings.Contains(got, "### Incident 2: B (`bb`)\n\n"+text+"\n") {
				t.Errorf("%s:\n%s", what, got)
			}
		}
	})
	t.Run("a decision taken back", func(t *testing.T) {
		const decided = "## Appendix F: Decisions\n\nWhat the analyst decided.\n\n| Id | Decision | Incident | Reason |\n|---|---|---|---|\n"
		const row = "| `bb` | dismissed | B | it is mine. |\n"
		less := head + incident("1", "aa", "A", open) + decided + row
		for _, c := range [...]struct{ text, want string }{
			{"mine of B\n\nDecision: dismiss because it is mine.", "mine of B\n\nDecision taken back: dismiss because it is mine."},
			{"mine of B\n\n- one\n- **Decision:** dismiss because it is mine.\n- two", "mine of B\n\n- one\n- **Decision taken back:** dismiss because it is mine.\n- two"},
		} {
			gone := merged(t, base, strings.Replace(current, "mine of B", c.text, 1), less)
			got := merged(t, less, strings.Replace(gone, row, "", 1), base)
			if want := head + incident("1", "aa", "A", "mine of A") + incident("2", "bb", "B", c.want); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("got\n%s", got)
			}
		}
		// An appendix that a person wrote in stays in its place, under its heading.
		appendices := func(f string) string { return "## Appendix D: Zone\n\nUTC\n\n" + f + "## Appendix G: More\n" }
		then, now := head+incident("1", "aa", "A", open)+appendices(decided+row+"\n"), base+appendices("")
		got := merged(t, then, strings.Replace(then, row, "\nMy own words.\n", 1), now)
		if want := base + appendices("## Appendix F: Decisions\n\nMy own words.\n\n"); got != want {
			t.Errorf("got\n%s", got)
		}
		// A decision that holds stays as it is.
		waits := less + "\n## Text of incidents that are gone\n\n### Incident 2: B (`bb`)\n\nDecision: dismiss because it is mine.\n"
		now = head + incident("1", "aa", "A", open) + incident("2", "bb", "B", open) + decided + row
		if got := merged(t, less, waits, now); !strings.Contains(got, "begin bb -->\n\nDecision: dismiss because it is mine.\n\n<!-- analyst:end") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("stranded by an earlier version", func(t *testing.T) {
		has := base + "| Id | Decision | Incident | Reason |\n|---|---|---|---|\n\n## Text of incidents that are gone\n\n### Incident 2: B (`bb`)\n\nmine of B\n"
		if got, want := merged(t, base, has, base), head+incident("1", "aa", "A", open)+incident("2", "bb", "B", "mine of B"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("headings in the person's language", func(t *testing.T) {
		with := func(s string) string {
			return strings.ReplaceAll(s, "<!-- analyst:begin", "### Analysis\n\n<!-- analyst:begin")
		}
		own := strings.NewReplacer("## Incident", "## Vorfall", "### Analysis", "### Meine Sicht").Replace(with(current))
		got := merged(t, with(base), own, with(head+incident("1", "cc", "C", open)+incident("2", "aa", "A", open)+incident("3", "bb", "B", open)))
		got = strings.Replace(got, with(incident("1", "cc", "C", open)), "", 1)
		if want := strings.NewReplacer("Vorfall 2: B", "Vorfall 3: B", "Vorfall 1: A", "Vorfall 2: A").Replace(own); got != want {
			t.Errorf("got\n%s", got)
		}
		named := strings.Replace(current, "## Incident 2: B", "## The thing with the mail", 1)
		now := head + incident("1", "aa", "A", open) + incident("2", "bb", "B again", open)
		got = merged(t, base, named, now)
		if !strings.Contains(got, "## The thing with the mail\n\n> [!NOTE]\n>\n> Suggested now: B again <!--") || !strings.Contains(got, "-->\n\n<!-- incident bb -->") {
			t.Errorf("got\n%s", got)
		}
		if again := merged(t, now, got, now); again != got {
			t.Errorf("again\n%s", again)
		}
	})
	t.Run("a summary in the person's language", func(t *testing.T) {
		summary := func(heading string, rows ...string) string {
			return "# R\n\n## " + heading + "\n\n| # | Incident |\n|--:|---|\n" + strings.Join(rows, "") + "\n"
		}
		many := []string{"| 1 | one two three |\n", "| 2 | four five six |\n", "| 3 | seven eight nine |\n", "| 4 | ten eleven twelve |\n"}
		got := merged(t, summary("Summary", many...), summary("Kurz", many...), summary("Summary", "| 1 | quite another |\n"))
		if want := summary("Kurz", "| 1 | quite another |\n"); got != want {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("untouched and gone", func(t *testing.T) {
		if got := merged(t, base, base, head+incident("1", "aa", "A", open)); got != head+incident("1", "aa", "A", open) {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("part of another", func(t *testing.T) {
		r := merge.Merge(merge.Versions{Base: parse(t, base), Current: parse(t, current), Fresh: parse(t, head+incident("1", "aa", "A and B", open)),
			Successor: map[string]string{"bb": "aa"}})
		got := string(r.Report)
		if !strings.Contains(got, "mine of A") || !strings.Contains(got, "### From incident 2 (`bb`), which is part of this one now\n\nmine of B\n") || strings.Contains(got, "gone") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("part of another and by itself again", func(t *testing.T) {
		with := func(s string) string {
			return strings.ReplaceAll(s, "<!-- analyst:begin", "### Analysis\n\n<!-- analyst:begin")
		}
		one := with(head + incident("1", "aa", "A and B", open))
		for _, c := range [...]struct{ text, want string }{
			{"mine of B", "mine of B"},
			{"mine of B\n\n### My steps\n\nfirst this\n\nDecision: merge into 1 because it is one.", "mine of B\n\n### My steps\n\nfirst this\n\nDecision taken back: merge into 1 because it is one."},
			{open, open},
		} {
			current := with(head + incident("2", "bb", "Neues Konto", c.text) + incident("1", "aa", "A", "mine of A"))
			r := merge.Merge(merge.Versions{Base: parse(t, with(base)), Current: parse(t, current), Fresh: parse(t, one), Successor: map[string]string{"bb": "aa"}})
			joined := string(r.Report)
			if !strings.Contains(joined, "### From incident 2 (`bb`), which is part of this one now\n\n#### Incident 2: Neues Konto <!-- heading:reworded -->\n") {
				t.Errorf("the heading is lost:\n%s", joined)
			}
			if again := merged(t, one, joined, one); again != joined {
				t.Errorf("again:\n%s", again)
			}
			got := merged(t, one, joined, with(base))
			if want := with(head + incident("1", "aa", "A", "mine of A") + incident("2", "bb", "Neues Konto", c.want)); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("got\n%s", got)
			}
			if lost := merge.Lost(parse(t, one), parse(t, joined), parse(t, got)); len(lost) > 0 {
				t.Errorf("lost: %q", lost)
			}
		}
	})
	t.Run("by hand", func(t *testing.T) {
		id := draft.HandID("X")
		got := merged(t, base, base+"## Incident: X\n\nmine\n", base+"## Incident 3: X\n\n<!-- incident "+id+" -->\n")
		if want := base + "## Incident 3: X\n\n<!-- incident " + id + " -->\n\nmine\n"; got != want {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("another id", func(t *testing.T) {
		r := merge.Merge(merge.Versions{Base: parse(t, base), Current: parse(t, current), Fresh: parse(t, head+incident("1", "zz", "A", open)+incident("2", "bb", "B", open)),
			Successor: map[string]string{"aa": "zz"}})
		if got, want := string(r.Report), head+incident("2", "bb", "B", "mine of B")+incident("1", "zz", "A", "mine of A"); got != want {
			t.Errorf("got\n%s", got)
		}
	})
}

// FuzzMerge merges any edit of a report with a report of other logs: it must end, keep the words, and
// leave a document that can be merged again.
func FuzzMerge(f *testing.F) {
	golden, err := os.ReadFile("../testdata/practical.md")
	if err != nil {
		f.Fatal(err)
	}
	base := string(golden)
	f.Add(base, uint16(0))
	f.Add(strings.ReplaceAll(base, "\n", "\r\n"), uint16(7))
	f.Add(strings.ReplaceAll(base, open, "Mine.\n\n- a\n  - b\n\n1. c\n"), uint16(100))
	f.Add("mine\n=\n\n"+base+"\n```\nopen", uint16(30))
	f.Add("[a]: b\n\n> | a |\n> |-|\n> | b | c |\n", uint16(3))
	f.Add("* a\n\n  - b\n*\n\t1) x\n", uint16(9))
	f.Fuzz(func(t *testing.T, text string, cut uint16) {
		current, err := draft.Parse([]byte(text))
		if err != nil || len(current.Problems) > 0 {
			return
		}
		lines := strings.SplitAfter(base, "\n")
		k := int(cut) % len(lines)
		fresh, err := draft.Parse([]byte(strings.Join(append(append([]string{}, lines[:k]...), lines[min(k+3, len(lines)):]...), "")))
		if err != nil || len(fresh.Problems) > 0 {
			return
		}
		old := parse(t, base)
		r := merge.Merge(merge.Versions{Base: old, Current: current, Fresh: fresh})
		d, err := draft.Parse(r.Report)
		if err != nil {
			return // larger than the limits of the parser
		}
		if lost := merge.Lost(old, current, d); len(lost) > 0 {
			t.Fatalf("lost: %q", lost)
		}
	})
}

// TestRecomputedCharts holds that the charts follow edited points like the sum and the summary do.
func TestRecomputedCharts(t *testing.T) {
	const doc = "# R\n\n## Overview\n\n```chart severity\nSeverity\n(3 + 3) − (3 + 2) = 1  1: a\n(3 + 3) − (3 + 2) = 1  12: b\n```\n\n" +
		"- `ELEVATED` 1: [incident 1](#incident-1), a; 2000\n- `ELEVATED` 1: [incident 12](#incident-12), b; 2000\n\n```chart timeline\nTime\n2000-01-20 08:58:10 to 2000-01-20 08:58:21  elevated  1: a\n```\n\n" +
		"## Incident 1: a\n\n<!-- incident abc -->\n\n### Severity\n\n| Factor | Points | Reason | Origin |\n|---|--:|---|---|\n" +
		"| Criticality | 5 | r | asset |\n| Lethality | 4 to 5 | r | kind |\n| System countermeasures | 3 | r | site |\n| Network countermeasures | 2 | r | site |\n\n" +
		"**(3 + 3) − (3 + 2) = 1** `ELEVATED`\n"
	d, err := draft.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	got := string(merge.Recompute(d, nil, func(int) string { return "HIGH" }))
	for _, want := range []string{
		"\n- `HIGH` 4 to 5: [incident 1](#incident-1), a; 2000\n- `ELEVATED` 1: [incident 12](#incident-12), b; 2000\n",
		"\n(5 + 4 to 5) − (3 + 2) = 4 to 5  1: a\n", "\n(3 + 3) − (3 + 2) = 1  12: b\n",
		"\n2000-01-20 08:58:10 to 2000-01-20 08:58:21  high      1: a\n", "**(5 + 4 to 5) − (3 + 2) = 4 to 5** `HIGH`",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

package draft_test

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"practicum/render/draft"
)

func parse(t testing.TB, s string) *draft.Draft {
	t.Helper()
	d, err := draft.Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGoldenHoldsEveryLine(t *testing.T) {
	b, err := os.ReadFile("../testdata/practical.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{string(b), strings.ReplaceAll(string(b), "\n", "\r\n"), "\n\n" + string(b)} {
		d := parse(t, src)
		var out strings.Builder
		out.WriteString(d.Source(1, d.Lead()))
		for _, s := range d.Sections {
			for _, b := range s.Blocks() {
				out.WriteString(d.Source(b.Line, b.End+b.Gap))
			}
		}
		if out.String() != src {
			t.Error("the blocks of the golden do not add up to it")
		}
		if len(d.Problems) > 0 {
			t.Errorf("problems: %v", d.Problems)
		}
		n := 0
		for _, s := range d.Sections {
			if s.Kind == draft.Incident {
				n++
				if s.ID == "" || s.Rating() == nil || !s.Rating().Complete() || s.Sum() == nil || s.Analyst() == nil {
					t.Errorf("incident %d: id %q, rating %v, sum %v", s.Number, s.ID, s.Rating(), s.Sum())
				}
			}
		}
		if n != 3 {
			t.Errorf("%d incidents, want 3", n)
		}
	}
}

// TestFormatterInvisible has what a formatter writes otherwise.
func TestFormatterInvisible(t *testing.T) {
	a := "| A | B |\n|---|--:|\n| x | `y` |\n\n- one\n- **two** user\\@host\n\n_em_ text\nwrapped\n"
	b := "| A   |   B |\r\n| --- | --: |\r\n| x   | `y` |\r\n\r\n* one\r\n* __two__ user@host\r\n\r\n*em* text wrapped\r\n"
	da, db := parse(t, a), parse(t, b)
	xa, xb := da.Sections[0].Blocks(), db.Sections[0].Blocks()
	if len(xa) != 3 || len(xb) != 3 {
		t.Fatalf("%d and %d blocks", len(xa), len(xb))
	}
	for i := range xa {
		if xa[i].Norm != xb[i].Norm {
			t.Errorf("%q\n%q", xa[i].Norm, xb[i].Norm)
		}
	}
}

func TestProblems(t *testing.T) {
	head := "# R\n\n## Incident 1: A\n\n<!-- incident a -->\n\n"
	for _, c := range []struct{ name, md, want string }{
		{"never ended", head + "<!-- analyst:begin a -->\n\nx\n", "7: <!-- analyst:begin a --> is never ended"},
		{"swallowed", head + "<!-- analyst:begin a -->\n\n```\nx\n\n<!-- analyst:end a -->\n", "7: <!-- analyst:begin a --> is never ended"},
		{"no begin", head + "x\n\n<!-- analyst:end a -->\n", "9: <!-- analyst:end a --> ends no"},
		{"nested", head + "<!-- analyst:begin a -->\n<!-- analyst:begin b -->\n<!-- analyst:end b -->\n<!-- analyst:end a -->\n", "8: <!-- analyst:begin b --> stands inside"},
		{"doubled", head + "<!-- analyst:begin a -->\n<!-- analyst:end a -->\n\n<!-- analyst:begin a -->\n<!-- analyst:end a -->\n", "10: <!-- analyst:begin a --> stands at line 7 already"},
		{"damaged", head + "<!-- analyst:begin a -->\n\nx\n\n<!-- analyst:ed a -->\n", "11: this marker is damaged"},
		{"missing", head + "x\n", "3: the markers <!-- analyst:begin a -->"},
		{"section twice", head + "<!-- analyst:begin a -->\n<!-- analyst:end a -->\n\n## Incident 2: B\n\n<!-- incident a -->\n", "12: <!-- incident a --> stands at line 5 already"},
		{"in another section", head + "<!-- analyst:begin a -->\n<!-- analyst:end a -->\n<!-- analyst:begin b -->\n<!-- analyst:end b -->\n", "9: the analyst's block of b stands in the section"},
		{"in a list", head + "- x\n  <!-- analyst:begin a -->\n", "8: this marker stands inside"},
		{"heading gone", head + "<!-- analyst:begin a -->\n<!-- analyst:end a -->\n\n<!-- incident b -->\n\n<!-- analyst:begin b -->\n<!-- analyst:end b -->\n", "10: <!-- incident b --> stands in the section"},
	} {
		d := parse(t, c.md)
		if !slices.ContainsFunc(d.Problems, func(p draft.Problem) bool { return strings.HasPrefix(p.String(), c.want) }) {
			t.Errorf("%s: %v, want %s", c.name, d.Problems, c.want)
		}
	}
	quoted := head + "```log\n<!-- analyst:begin a -->\n```\n\n<!-- analyst:begin a -->\n\nsays `<!-- analyst:end a -->`\n\n<!-- analyst:end a -->\n"
	if d := parse(t, quoted); len(d.Problems) > 0 {
		t.Errorf("a quoted marker is a problem: %v", d.Problems)
	}
}

func TestPoints(t *testing.T) {
	for s, want := range map[string][2]int{"3": {3, 3}, "3 to 4": {3, 4}, "3-4": {3, 4}, " 3–4 ": {3, 4}, "0 — 5": {0, 5},
		"four": {4, 4}, "about 4": {4, 4}, "somewhere about a two": {2, 2}, "a 3 to 4": {3, 4}, "Three or four.": {3, 4}, "~3": {3, 3}, "2 points": {2, 2}} {
		low, high, err := draft.ParsePoints(s)
		if err != nil || low != want[0] || high != want[1] {
			t.Errorf("%q: %d, %d, %v", s, low, high, err)
		}
	}
	for _, s := range []string{"", "six", "6", "-1", "4 to 3", "3 to 9", "3.5", "four WORDS", "a", "about", "3/4"} {
		if _, _, err := draft.ParsePoints(s); err == nil {
			t.Errorf("%q passes", s)
		}
	}
}

// TestIncidents finds sections by id and by number: the first of those that share one, and in a clone that of the clone.
func TestIncidents(t *testing.T) {
	d := parse(t, "# R\n\n## Incident 2: A\n\n<!-- incident a -->\n\nWords.\n\n## Incident 2: B\n\n## Incident: By hand\n\n## Appendix A: X\n")
	c := d.Clone()
	for _, d := range []*draft.Draft{d, c} {
		if d.Incident("a") != d.Sections[1] || d.Numbered(2) != d.Sections[1] || d.Incident("") != nil || d.Numbered(0) != nil || d.Incident("b") != nil {
			t.Errorf("%p %p", d.Incident("a"), d.Numbered(2))
		}
	}
	if (&draft.Draft{}).Incident("a") != nil {
		t.Error("an empty draft has an incident")
	}
}

func TestDecisions(t *testing.T) {
	md := "# R\n\n## Incident 4: A\n\n<!-- incident a -->\n\n<!-- analyst:begin a -->\n\n" +
		"Decision: dismiss because our own scanner, ticket 12.\n\n* **Decision:** merge into 3 because the tool is the same\n* Decision: split at 2000-03-09\n\nDecision: frob\n\n<!-- analyst:end a -->\n"
	got := parse(t, md).Decisions()
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	if got[0].Verb != draft.Dismiss || got[0].Reason != "our own scanner, ticket 12." || got[0].Line != 9 || got[0].Err != "" {
		t.Errorf("%+v", got[0])
	}
	if got[1].Verb != draft.Merge || got[1].Object != "3" || got[1].Line != 11 || got[1].Err != "" {
		t.Errorf("%+v", got[1])
	}
	tags := "## Incident 4: A\n\nDecision: dismiss because it is *our* scanner & <b>mine</b>.\n\n- Decision: split by source because of <i>x\n  y</i> <!-- prompt:p -->\n"
	for i, want := range [...]string{"it is our scanner & <b>mine</b>.", "of <i>x y</i>"} {
		if list := parse(t, tags).Decisions(); len(list) != 2 || list[i].Reason != want {
			t.Errorf("%q: %+v", want, list)
		}
	}
	if got[2].Err == "" || got[3].Err == "" {
		t.Errorf("no errors: %+v", got[2:])
	}
}

// TestLongText parses an analyst's block four times as long with about four times the memory: an analyst may
// paste a whole log into it.
func TestLongText(t *testing.T) {
	allocated := func(paragraphs int) uint64 {
		source := []byte("# R\n\n## Incident 1: A\n\n<!-- incident aa -->\n\n<!-- analyst:begin aa -->\n\n" +
			strings.Repeat("A paragraph of some words.\n\n", paragraphs) + "<!-- analyst:end aa -->\n")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d, err := draft.Parse(source)
		runtime.ReadMemStats(&after)
		if err != nil || len(d.Problems) > 0 {
			t.Fatal(err, d.Problems)
		}
		if words := len(strings.Fields(d.Incident("aa").Analyst().Plain)); words != 5*paragraphs {
			t.Fatalf("%d words of %d", words, 5*paragraphs)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if short, long := allocated(1000), allocated(4000); long > 7*short {
		t.Errorf("4000 paragraphs take %d bytes, 1000 take %d", long, short)
	}
}

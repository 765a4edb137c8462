package chart

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func read(t testing.TB, kind string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", kind+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// TestDrawings draws a block of every kind. UPDATE=1 rewrites the drawings; look at them in a browser.
func TestDrawings(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			lines := read(t, kind)
			c, err := Parse(kind, lines)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Parse(kind, c.Lines())
			if err != nil {
				t.Fatalf("its own lines: %v\n%s", err, strings.Join(c.Lines(), "\n"))
			}
			if diff := cmp.Diff(c, again); diff != "" {
				t.Errorf("read, written and read again (-first +second):\n%s", diff)
			}
			d := Draw(c, Estimate)
			if d.Title != lines[0] {
				t.Errorf("title %q, want %q", d.Title, lines[0])
			}
			checkDrawing(t, d)
			got := strings.ReplaceAll(d.SVG(), "><", ">\n<") + "\n"
			path := filepath.Join("testdata", kind+".svg")
			if os.Getenv("UPDATE") == "1" {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s changed (-want +got):\n%s", path, diff)
			}
		})
	}
}

// checkDrawing asserts what holds for every drawing: nothing lies outside, and no two texts lie over each other.
func checkDrawing(t testing.TB, d *Drawing) {
	t.Helper()
	type box struct {
		x0, y0, x1, y1 float64
		text           string
	}
	var boxes []box
	inside := func(what string, x0, y0, x1, y1 float64) {
		if x0 < -0.01 || y0 < -0.01 || x1 > Width+0.01 || y1 > d.Height+0.01 {
			t.Errorf("%s lies outside: %.1f %.1f to %.1f %.1f of %.1f × %.1f", what, x0, y0, x1, y1, Width, d.Height)
		}
	}
	for _, shape := range d.Shapes {
		switch s := shape.(type) {
		case Rect:
			inside("a rectangle", s.X, s.Y, s.X+s.W, s.Y+s.H)
			if s.W < 0 || s.H < 0 {
				t.Errorf("a rectangle is turned inside out: %+v", s)
			}
		case Disc:
			inside("a disc", s.X-s.R, s.Y-s.R, s.X+s.R, s.Y+s.R)
		case Line:
			for _, p := range s.Points {
				inside("a line", p.X, p.Y, p.X, p.Y)
			}
		case Text:
			w := Estimate(s.Text, s.Size, s.Bold)
			x := s.X
			switch s.Anchor {
			case Middle:
				x -= w / 2
			case End:
				x -= w
			}
			b := box{x, s.Y - 0.7*s.Size, x + w, s.Y + 0.2*s.Size, s.Text}
			inside(fmt.Sprintf("the text %q", s.Text), b.x0, b.y0, b.x1, b.y1)
			for _, o := range boxes {
				if b.x0 < o.x1-0.01 && o.x0 < b.x1-0.01 && b.y0 < o.y1-0.01 && o.y0 < b.y1-0.01 {
					t.Errorf("%q lies over %q", b.text, o.text)
				}
			}
			boxes = append(boxes, b)
			if s.Size < 7 {
				t.Errorf("%q is set in %.1f points", s.Text, s.Size)
			}
		}
	}
}

// TestAnyData draws charts of made-up figures, small and absurdly large.
func TestAnyData(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := func() int { return int(r.ExpFloat64() * float64([]int{1, 30, 5000, 1 << 40}[r.IntN(4)])) }
		name := func() string {
			return strings.Repeat([]string{"a", "W", "2001:db8::", "漢字", "long name ", "<b>"}[r.IntN(6)], 1+r.IntN(30)) + "x"
		}
		rows := 1 + r.IntN(maxRows)
		at := time.Date(1999+r.IntN(30), 1+time.Month(r.IntN(12)), 1, r.IntN(24), r.IntN(60), 0, 0, time.UTC)
		var s Severity
		var b Bars
		var l Links
		var tl Timeline
		var a Attempts
		h, c := Hours{Title: "t"}, Calendar{Title: "t"}
		s.Title, b.Title, l.Title, tl.Title, a.Title = "t", "t", "t", "t", "t"
		for i := range rows {
			p := func() Interval { low := r.IntN(6); return Interval{low, low + r.IntN(6-low)} }
			s.Rows = append(s.Rows, Sum{p(), p(), p(), p(), name()})
			b.Rows = append(b.Rows, Bar{n(), name(), i == rows-1 && i > 0})
			l.Rows = append(l.Rows, Edge{n(), name(), fmt.Sprint("host", r.IntN(9))})
			first := at.Add(time.Duration(n()%(1<<25)) * time.Second)
			tl.Rows = append(tl.Rows, Stretch{first, first.Add(time.Duration(n()%(1<<25)) * time.Second), []string{"", "low", "severe"}[r.IntN(3)], name()})
			packets := []float64{0}
			for range r.IntN(6) {
				packets = append(packets, packets[len(packets)-1]+float64(r.IntN(40)))
			}
			a.Rows = append(a.Rows, Attempt{at, packets, []string{"", "3-6-12 s", "1-2-4-8 s"}[r.IntN(3)], name()})
			h.Count[r.IntN(7)][r.IntN(24)] = n()
			c.Weeks = append(c.Weeks, Week{Monday: time.Date(2026, 9, 28+7*i, 0, 0, 0, 0, time.UTC), Count: [7]int{NoDay, n(), 0, n(), n(), n(), n()}})
		}
		for _, c := range []Chart{&s, &b, &l, &tl, &a, &h, &c} {
			again, err := Parse(c.Kind(), c.Lines())
			if err != nil {
				t.Fatalf("seed %d: %s: %v\n%s", seed, c.Kind(), err, strings.Join(c.Lines(), "\n"))
			}
			checkDrawing(t, Draw(again, Estimate))
			if t.Failed() {
				t.Fatalf("seed %d: %s\n%s", seed, c.Kind(), strings.Join(c.Lines(), "\n"))
			}
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, c := range []struct {
		kind, lines string
		line        int
		says        string
	}{
		{"pie", "t\n1 a", 0, "no chart is called"},
		{"bars", "", 1, "there is none"},
		{"bars", "\n\nonly a title", 3, "nothing to draw"},
		{"bars", "t\n1  a\n\nx  b", 4, "want an amount"},
		{"bars", "t" + strings.Repeat("\n1  a", maxRows+1), maxRows + 2, "at most"},
		{"severity", "t\n(4 + 3) − (4 + 2) = 2  1: sum is wrong", 2, "the parts give 1, not 2"},
		{"severity", "t\n(4 + 3) − (4 + 2)  no sum", 2, "want the sum"},
		{"timeline", "t\n2000-01-20 08:58:10 to 2000-01-19 08:58:21  low  1", 2, "is no time"},
		{"attempts", "t\n2000-01-20 08:58:10  +3 +2  no schedule  x", 2, "begin with +0"},
		{"hours", "t\nMon 1 2 3", 2, "24 amounts"},
		{"hours", "t\nMon" + strings.Repeat(" 0", 24) + "\nMon" + strings.Repeat(" 0", 24), 3, "each once"},
		{"calendar", "t\n2026-10-06 1 2 3 4 5 6 7", 2, "date of a Monday"},
		{"calendar", "t\n2026-10-05 1 2 3 4 5 6 7\n2026-10-05 1 2 3 4 5 6 7", 3, "each once"},
		{"calendar", "t\n2026-10-05 1 2 3 4 5 6 x", 2, "x is no amount"},
		{"links", "t\n3  a to b", 2, "a source and a target"},
	} {
		_, err := Parse(c.kind, strings.Split(c.lines, "\n"))
		e, ok := err.(*LineError)
		if !ok || e.Line != c.line || !strings.Contains(e.Reason, c.says) {
			t.Errorf("%s of %q: %v, want line %d and %q", c.kind, c.lines, err, c.line, c.says)
		}
	}
}

// FuzzParse looks for blocks that cannot be drawn, or are drawn over the edge.
func FuzzParse(f *testing.F) {
	for _, kind := range Kinds() {
		f.Add(kind, strings.Join(read(f, kind), "\n"))
	}
	f.Fuzz(func(t *testing.T, kind, lines string) {
		c, err := Parse(kind, strings.Split(lines, "\n"))
		if err != nil {
			if _, ok := err.(*LineError); !ok {
				t.Fatalf("%v is no LineError", err)
			}
			return
		}
		if _, err := Parse(kind, c.Lines()); err != nil {
			t.Fatalf("its own lines: %v\n%s", err, strings.Join(c.Lines(), "\n"))
		}
		svg := Draw(c, Estimate).SVG()
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatal(svg)
		}
	})
}

package chart

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Chart is what a block of lines says.
type Chart interface {
	// Kind is the word in the info string.
	Kind() string
	// Lines are the lines of the block, the title first. Parse reads them back.
	Lines() []string
	// draw returns the drawing without its title.
	draw(m Measure) *Drawing
	// title is the first line.
	title() string
}

// kinds lists the kinds of charts with their parsers, which get the lines below the title.
var kinds = []struct {
	name  string
	parse func(title string, lines []string) (Chart, error)
}{
	{"severity", parseSeverity},
	{"timeline", parseTimeline},
	{"attempts", parseAttempts},
	{"hours", parseHours},
	{"calendar", parseCalendar},
	{"bars", parseBars},
	{"links", parseLinks},
}

// Kinds names the kinds of charts.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// maxRows is how many rows a chart may have: more than anybody can read, and few enough for a page.
const maxRows = 60

// LineError says what is wrong with a line of a chart's block.
type LineError struct {
	Line   int // of the block, from 1
	Reason string
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d of the chart: %s", e.Line, e.Reason) }

// Parse reads the lines of a block with the info string "chart KIND". Blank lines count for nothing. An error is a
// *LineError.
func Parse(kind string, lines []string) (Chart, error) {
	for _, k := range kinds {
		if k.name != kind {
			continue
		}
		var rows []string
		var numbers []int
		for i, l := range lines {
			if strings.TrimSpace(l) != "" {
				rows, numbers = append(rows, strings.TrimSpace(l)), append(numbers, i+1)
			}
		}
		switch {
		case len(rows) == 0:
			return nil, &LineError{1, "the first line is the chart's title, and there is none"}
		case len(rows) == 1:
			return nil, &LineError{numbers[0], "there is nothing to draw below the title"}
		case len(rows) > maxRows+1:
			return nil, &LineError{numbers[maxRows+1], fmt.Sprintf("a chart has at most %d rows", maxRows)}
		}
		c, err := k.parse(rows[0], rows[1:])
		if e, ok := err.(*LineError); ok {
			return nil, &LineError{numbers[e.Line], e.Reason} // the parser counts from the line below the title
		}
		return c, err
	}
	return nil, &LineError{0, fmt.Sprintf("no chart is called %q; there are %s", kind, strings.Join(Kinds(), ", "))}
}

// Draw draws a chart.
func Draw(c Chart, m Measure) *Drawing {
	d := c.draw(m)
	d.Title = c.title()
	return d
}

// label makes a name fit for the end of a line: single blanks, and never nothing. Who writes the block makes hidden characters
// visible.
func label(s string) string { return cmp.Or(strings.Join(strings.Fields(s), " "), "–") }

// number reads an amount that may have commas between its thousands.
func number(s string) (int, bool) {
	n, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	return n, err == nil && n >= 0 && n < 1<<50
}

// commas writes an amount with commas between its thousands.
func commas(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// signed writes points with the sign that typesetters use.
func signed(n int) string {
	if n < 0 {
		return "−" + strconv.Itoa(-n)
	}
	return strconv.Itoa(n)
}

// span writes an interval: "3" or "3 to 4".
func span(low, high int) string {
	if low == high {
		return signed(low)
	}
	return signed(low) + " to " + signed(high)
}

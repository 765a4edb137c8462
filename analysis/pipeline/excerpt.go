package pipeline

import (
	"context"
	"fmt"
	"slices"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/observation"
)

// excerpts quotes the evidence of each incident. It reads again only the inputs that are cited, and
// each of them once.
func (r *run) excerpts(ctx context.Context, rep *analysis.Report) error {
	incidents := rep.Incidents
	limit := r.o.Excerpt
	if limit == 0 {
		limit = defaultExcerpt
	}
	wanted := make([][]int, len(r.inputs))
	plans := make([][]plan, len(incidents))
	err := sideBySide(ctx, r.o.workers(), len(incidents), 1, func(_, i int) { plans[i] = planExcerpt(&incidents[i].Incident, limit, nil) })
	if err != nil {
		return err
	}
	for i := range incidents {
		for _, p := range plans[i] {
			for _, block := range p.blocks {
				for n := block.First; n <= block.Last; n++ {
					wanted[p.input] = append(wanted[p.input], n)
				}
			}
		}
	}
	texts, failed := make([]map[int]string, len(r.inputs)), make([]error, len(r.inputs))
	err = sideBySide(ctx, r.o.workers(), len(wanted), 1, func(_, i int) {
		if len(wanted[i]) > 0 {
			slices.Sort(wanted[i])
			wanted[i] = slices.Compact(wanted[i])
			texts[i], failed[i] = r.lines(ctx, i, wanted[i])
		}
	})
	if err != nil {
		return err
	}
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	width := func(input, line int) int { return len(texts[input][line]) }
	err = sideBySide(ctx, r.o.workers(), len(incidents), 1, func(_, i int) {
		// Now that the lines are known, fewer of them where they are long: what is kept was read.
		for _, p := range planExcerpt(&incidents[i].Incident, limit, width) {
			incidents[i].Excerpt = append(incidents[i].Excerpt, p.quote(r.file(p.input), texts[p.input]))
		}
	})
	if err != nil {
		return err
	}
	for i, numbers := range wanted {
		missing := 0
		for _, n := range numbers {
			if _, known := texts[i][n]; !known {
				missing++
			}
		}
		if missing > 0 {
			rep.Limits = append(rep.Limits, fmt.Sprintf("%s: %s to be quoted and left out, because no partial has the text and the log is not where it was; put it back there and merge again",
				r.file(i), observation.Count(missing, "line is", "lines are")))
		}
	}
	return nil
}

// lines are the texts of lines of an input, as far as they can be had.
func (r *run) lines(ctx context.Context, input int, numbers []int) (map[int]string, error) {
	known := r.quoted[input]
	if !slices.ContainsFunc(numbers, func(n int) bool { _, ok := known[n]; return !ok }) || r.inputs[input].Open == nil {
		return known, nil
	}
	texts, err := logformat.ReadLines(ctx, r.inputs[input], numbers, r.tallies[input].stats.Marks)
	r.quoted[input] = texts
	return texts, err
}

// plan says which lines of one input an excerpt quotes.
type plan struct {
	input  int
	blocks []analysis.LineRange
	total  int // lines of the incident in this input
}

// lineBytes is how many bytes of an excerpt a line may take on average. Lines of most logs are shorter; forty events of
// Windows as XML would fill ten pages.
const lineBytes = 300

// planExcerpt chooses the lines to quote: all of them, or the first and the last records when there
// are more than limit, or when they are longer than so many lines should be; width tells a line's bytes once it is read.
// A record is never cut in two.
func planExcerpt(in *analysis.Incident, limit int, width func(input, line int) int) []plan {
	type record struct {
		input int
		lines []analysis.LineRange
		size  int
	}
	records, total := make([]record, 0, len(in.Events)), 0
	for i := range in.Events {
		e := &in.Events[i]
		r := record{input: e.Input, lines: e.Lines}
		for _, l := range e.Lines {
			r.size += l.Len()
		}
		records = append(records, r)
		total += r.size
	}
	bytesOf := func(r *record) (n int) {
		for _, l := range r.lines {
			for line := l.First; width != nil && line <= l.Last; line++ {
				n += width(r.input, line)
			}
		}
		return n
	}
	// In the order of the files, so that an excerpt reads as the file does. That of time is nearly the same.
	order := func(a, b record) int {
		if a.input != b.input {
			return a.input - b.input
		}
		return a.lines[0].First - b.lines[0].First
	}
	if !slices.IsSortedFunc(records, order) {
		slices.SortStableFunc(records, order)
	}
	keep := make([]bool, len(records))
	bytes := 0
	if total <= limit { // else it does not matter
		for i := range records {
			bytes += bytesOf(&records[i])
		}
	}
	if total <= limit && bytes <= limit*lineBytes {
		for i := range keep {
			keep[i] = true
		}
	} else {
		head, tail := limit*3/4, limit/4
		long, rest := head*lineBytes, tail*lineBytes
		// take keeps a record if it has no more lines and bytes than are left.
		take := func(i int, lines, bytes *int) bool {
			if *lines < records[i].size {
				return false
			}
			n := bytesOf(&records[i])
			if *bytes < n {
				return false
			}
			keep[i], *lines, *bytes = true, *lines-records[i].size, *bytes-n
			return true
		}
		for i := 0; i < len(records) && take(i, &head, &long); i++ {
		}
		for i := len(records) - 1; i >= 0 && !keep[i] && take(i, &tail, &rest); i-- {
		}
		keep[0] = true
	}
	var plans []plan
	for i, rec := range records {
		if len(plans) == 0 || plans[len(plans)-1].input != rec.input {
			plans = append(plans, plan{input: rec.input, total: in.InputLines[rec.input]})
		}
		if keep[i] {
			p := &plans[len(plans)-1]
			p.blocks = append(p.blocks, rec.lines...)
		}
	}
	for i := range plans {
		plans[i].blocks = analysis.JoinRanges(plans[i].blocks)
	}
	return plans
}

// quote puts the lines into an excerpt, with marks where lines of the incident are left out. Lines
// of others that stand between are not marked: the numbers show them.
func (p plan) quote(file string, text map[int]string) analysis.Excerpt {
	x := analysis.Excerpt{File: file, Left: p.total}
	p.blocks = known(p.blocks, text)
	for _, b := range p.blocks {
		x.Left -= b.Len()
	}
	marked := x.Left == 0
	for i, b := range p.blocks {
		for n := b.First; n <= b.Last; n++ {
			x.Blocks = append(x.Blocks, analysis.ExcerptLine{Number: n, Text: text[n]})
		}
		// The lines left out all lie between the head and the tail.
		if !marked && (i+1 == len(p.blocks) || p.gapAfter(i)) {
			x.Blocks = append(x.Blocks, analysis.ExcerptLine{Omitted: x.Left})
			marked = true
		}
	}
	return x
}

// known are the lines of blocks whose text is at hand: nearly always all of them.
func known(blocks []analysis.LineRange, text map[int]string) []analysis.LineRange {
	var list []analysis.LineRange
	for _, b := range blocks {
		for n := b.First; n <= b.Last; n++ {
			if _, ok := text[n]; ok {
				list = append(list, analysis.LineRange{First: n, Last: n})
			}
		}
	}
	return analysis.JoinRanges(list)
}

// gapAfter reports whether the widest gap between quoted blocks follows block i.
func (p plan) gapAfter(i int) bool {
	widest, at := 0, -1
	for j := 0; j+1 < len(p.blocks); j++ {
		if gap := p.blocks[j+1].First - p.blocks[j].Last - 1; gap > widest {
			widest, at = gap, j
		}
	}
	return at == i
}

package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"practicum/analysis/pipeline"
	"practicum/render/safe"
)

const (
	coverageShapes   = 25 // listed without --all
	coveragePrograms = 15
)

func newCoverage(p *program) *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "coverage LOG...",
		Short: "How much of logs is recognised, and what is not, most frequent first",
		Long: `Reads logs and counts what is in a known log format. What is not is listed by program and by
shape, which is the message with {n}, {ip} and other marks in the place of what differs from
line to line, most frequent first, with the place of the first such line. Nothing is written.

"practicum formats teach LOG" begins a pattern file of the same shapes.`,
		Example: `  practicum formats coverage testdata/logs/founding
  practicum formats coverage --json testdata/logs/second`,
		Args: needLogs("practicum formats coverage /var/log/auth.log"),
	}
	cmd.Flags().SortFlags = false
	addClockFlags(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "list every program and every shape")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for scripts")
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		c, err := p.cover(cmd, args)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(p.stdout)
		if asJSON {
			err = printJSON(out, c)
		} else {
			printCoverage(out, c, all)
		}
		if e := out.Flush(); e != nil {
			return fmt.Errorf("standard output: cannot be written (%s)", reason(e))
		}
		return err
	})
	return cmd
}

// cover reads the logs that args name.
func (p *program) cover(cmd *cobra.Command, args []string) (*pipeline.Coverage, error) {
	o, err := p.options(cmd.Flags())
	if err != nil {
		return nil, err
	}
	in, err := p.findInputs(cmd.Context(), args, "")
	if err != nil {
		return nil, err
	}
	defer in.close()
	for _, w := range in.warnings {
		p.warn(w.file, w.text)
	}
	return pipeline.Cover(cmd.Context(), in.logs, o.Analysis)
}

func printCoverage(w io.Writer, c *pipeline.Coverage, all bool) {
	printed := c.Lines - c.Blank
	fmt.Fprintf(w, "%s in %s, %d blank; of the others:\n\n", count(c.Lines, "line"), count(len(c.Inputs), "log"), c.Blank)
	for _, row := range []struct {
		name  string
		lines int
	}{
		{"tell of an event", c.Events},
		{"known, tell of none", c.Known},
		{"malformed or cut", c.Broken},
		{"unrecognised", c.Unrecognised},
	} {
		fmt.Fprintf(w, "  %-19s %8d  %6s\n", row.name, row.lines, share(row.lines, printed))
	}
	if len(c.Formats) > 0 {
		fmt.Fprint(w, "\nRECOGNISED\n")
		for _, f := range c.Formats {
			fmt.Fprintf(w, "  %s of %s (%s)\n", count(f.Lines, "line"), safe.Line(f.Format), share(f.Lines, printed))
		}
	}
	if len(c.Missing.Programs) == 0 {
		return
	}
	fmt.Fprint(w, "\nUNRECOGNISED, BY PROGRAM\n")
	for i, m := range c.Missing.Programs {
		if i == coveragePrograms && !all {
			fmt.Fprintf(w, "  and %s (--all lists them)\n", count(len(c.Missing.Programs)-i, "more program"))
			break
		}
		fmt.Fprintf(w, "  %s of %s in %s (%s)\n", count(m.Lines, "line"), safe.Line(named(m.Program)), count(m.Shapes, "shape"), share(m.Lines, printed))
	}
	fmt.Fprint(w, "\nUNRECOGNISED, BY SHAPE\n")
	rest := 0
	for i, s := range c.Shapes {
		if i >= coverageShapes && !all {
			rest += s.Count
			continue
		}
		fmt.Fprintf(w, "  %s: %s: %s\n", strconv.Itoa(s.Count), safe.Line(named(s.Program)), safe.Line(s.Shape))
		fmt.Fprintf(w, "      %s:%d: %s\n", safe.Line(s.File), s.Line, safe.Line(s.Text))
	}
	if rest > 0 {
		fmt.Fprintf(w, "  and %s of %s (--all lists them)\n", count(rest, "line"), count(len(c.Shapes)-coverageShapes, "other shape"))
	}
	for _, l := range c.Missing.Limits {
		fmt.Fprintf(w, "  %s\n", safe.Line(l))
	}
}

// named is the program of a line in words.
func named(program string) string {
	if program == "" {
		return "(no syslog header)"
	}
	return program
}

// share is n of all as per cent, never rounded to nothing or to the whole.
func share(n, all int) string {
	switch {
	case all == 0 || n == 0:
		return "0%"
	case n == all:
		return "100%"
	}
	f := 100 * float64(n) / float64(all)
	return strconv.FormatFloat(min(max(f, 0.1), 99.9), 'f', 1, 64) + "%"
}

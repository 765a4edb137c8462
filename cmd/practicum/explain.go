package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"practicum/analysis/knowledge"
	"practicum/analysis/pipeline"
	"practicum/config"
	"practicum/render/safe"
)

func newExplain(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain LOG...",
		Short: "Say why a line is where it is, or what a kind or a port is known for",
		Long: `With logs, says of every line where the report puts it: in which incident, among the
benign or the unrecognised ones, or blank, and why. With one of the words below, tells
what Practicum knows of a line, a kind of incident, a behaviour or a port, and from where.

A log whose name is one of those words is given as ./kind.`,
		Example: `  practicum explain testdata/logs/founding/mail.log
  practicum explain line testdata/logs/founding/mail.log:4 testdata/logs/founding
  practicum explain kind trojan-probe
  practicum explain port 27374`,
		Args: needLogs("practicum explain /var/log/auth.log"),
	}
	cmd.Flags().SortFlags = false
	addClockFlags(cmd)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		return p.explainLogs(cmd, args, nil)
	})
	cmd.AddCommand(newExplainLine(p), newExplainKind(p), newExplainBehaviour(p), newExplainPort(p))
	return cmd
}

// place is one line of one log.
type place struct {
	file string
	line int
}

// explainLogs prints where lines went: all of them, or the one at place.
func (p *program) explainLogs(cmd *cobra.Command, args []string, at *place) error {
	o, err := p.options(cmd.Flags())
	if err != nil {
		return err
	}
	in, err := p.findInputs(cmd.Context(), args, "")
	if err != nil {
		return err
	}
	defer in.close()
	for _, w := range in.warnings {
		p.warn(w.file, w.text)
	}
	out := bufio.NewWriter(p.stdout)
	fates := &fatePrinter{w: out, only: at}
	err = pipeline.Explain(cmd.Context(), in.logs, o.Analysis, fates.add)
	if err == nil {
		err = fates.end()
	}
	if e := out.Flush(); e != nil {
		return fmt.Errorf("standard output: cannot be written (%s)", reason(e))
	}
	return err
}

// fatePrinter prints the fates of lines; neighbours with the same fate share a line.
type fatePrinter struct {
	w           io.Writer
	only        *place
	first, last pipeline.LineFate
	open        bool
	inFile      int // lines of the file of only
}

func (f *fatePrinter) add(fate pipeline.LineFate) error {
	if f.only != nil {
		if fate.File != f.only.file {
			return nil
		}
		f.inFile = max(f.inFile, fate.Line)
		if fate.Line != f.only.line {
			return nil
		}
	}
	if f.open && fate.File == f.last.File && fate.Line == f.last.Line+1 && fate.Class == f.first.Class &&
		fate.Incident == f.first.Incident && fate.Format == f.first.Format && fate.Reason == f.first.Reason {
		f.last.Line = fate.Line
		return nil
	}
	f.flush()
	fate.Text, fate.Reason = strings.Clone(fate.Text), strings.Clone(fate.Reason) // valid only until we return
	f.first, f.last, f.open = fate, fate, true
	return nil
}

func (f *fatePrinter) flush() {
	if !f.open {
		return
	}
	f.open = false
	lines := strconv.Itoa(f.first.Line)
	if f.last.Line > f.first.Line {
		lines += "-" + strconv.Itoa(f.last.Line)
	}
	what := f.first.Class
	if f.first.Incident > 0 {
		what += " " + strconv.Itoa(f.first.Incident)
	}
	if f.first.Format != "" {
		what += " (" + f.first.Format + ")"
	}
	fmt.Fprintf(f.w, "%s:%s: %s", safe.Line(f.first.File), lines, safe.Line(what))
	if f.first.Reason != "" {
		fmt.Fprintf(f.w, ": %s", safe.Line(f.first.Reason))
	}
	fmt.Fprintln(f.w)
	if f.only != nil && f.first.Text != "" {
		fmt.Fprintf(f.w, "    %s\n", safe.Line(f.first.Text))
	}
}

func (f *fatePrinter) end() error {
	found := f.open
	f.flush()
	if f.only != nil && !found {
		return fmt.Errorf("%s:%d: no such line; the log has %s", f.only.file, f.only.line, count(f.inFile, "line"))
	}
	return nil
}

func newExplainLine(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "line FILE:N [LOG...]",
		Short: "Where one line went, and why",
		Long: `Says where the report puts line N of a log, and why. The number of an incident depends
on all logs of a report, so name the others too.`,
		Example: `  practicum explain line testdata/logs/founding/nis.log:12`,
		Args:    needLogs("practicum explain line mail.log:12"),
	}
	cmd.Flags().SortFlags = false
	addClockFlags(cmd)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		file, number, ok := cutLast(args[0], ":")
		n, err := strconv.Atoi(number)
		if _, e := os.Stat(args[0]); (!ok || err != nil) && e == nil {
			return p.explainLogs(cmd, args, nil) // a log and no line: all of its lines
		}
		if !ok || file == "" || err != nil || n < 1 {
			return usageErrorf("%q is not a line of a log; write FILE:N, as in: practicum explain line mail.log:12", args[0])
		}
		at := &place{filepath.ToSlash(file), n}
		logs := append([]string{file}, args[1:]...)
		for _, other := range args[1:] {
			// A folder names its files in its own way: ./logs/a.log is logs/a.log there.
			if path.Clean(filepath.ToSlash(other)) == path.Clean(at.file) {
				logs = args[1:]
				at.file = filepath.ToSlash(other)
				break
			}
		}
		return p.explainLogs(cmd, logs, at)
	})
	return cmd
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func newExplainKind(p *program) *cobra.Command {
	const name, what = "kind", "a kind of incident"
	ids := func(c *knowledge.Catalogue) func() []string {
		return func() (ids []string) {
			for _, k := range c.Kinds() {
				ids = append(ids, k.ID)
			}
			return ids
		}
	}
	cmd := catalogueCommand(p, name, what, "practicum explain kind trojan-probe", ids(nil), knowledge.ExplainKind)
	addConfigFlag(cmd.Flags())
	// The site's own kinds are told as well, so the configuration is asked for.
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		c := o.Analysis.Site.Catalogue
		return p.explainEntry(name, what, args, ids(c), c.Explain)
	})
	return cmd
}

func newExplainBehaviour(p *program) *cobra.Command {
	ids := func() (ids []string) {
		for _, b := range knowledge.Behaviours() {
			ids = append(ids, b.ID)
		}
		return ids
	}
	return catalogueCommand(p, "behaviour", "a behaviour that several records show together", "practicum explain behaviour", ids, knowledge.ExplainBehaviour)
}

// catalogueCommand explains an entry of a catalogue by its id. The ids are asked for only when they
// are needed: every run would pay for reading the catalogue.
func catalogueCommand(p *program, name, what, example string, ids func() []string, explain func(io.Writer, string) error) *cobra.Command {
	return &cobra.Command{
		Use:     name + " [ID]",
		Short:   "What is known of " + what,
		Long:    "Tells what is known of " + what + ", and from where. Without an id, lists the ids.",
		Example: "  " + example,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return ids(), cobra.ShellCompDirectiveNoFileComp
		},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("one id is wanted, not %d; practicum explain %s lists them", len(args), name)
			}
			return nil
		},
		RunE: works(func(_ *cobra.Command, args []string) error {
			return p.explainEntry(name, what, args, ids, explain)
		}),
	}
}

// explainEntry explains the entry that args name, or lists the ids.
func (p *program) explainEntry(name, what string, args []string, ids func() []string, explain func(io.Writer, string) error) error {
	known := ids()
	if len(args) == 0 {
		for _, id := range known {
			fmt.Fprintln(p.stdout, safe.Line(id))
		}
		return nil
	}
	if slices.Contains(known, args[0]) {
		return explain(p.stdout, args[0])
	}
	hint := "practicum explain " + name + " lists them"
	if near, ok := config.Nearest(args[0], known); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return usageErrorf("%q is not the id of %s; %s", args[0], what, hint)
}

func newExplainPort(p *program) *cobra.Command {
	var year string
	cmd := &cobra.Command{
		Use:   "port N[/tcp|/udp]",
		Short: "What a port is known for",
		Long: `Tells which services are registered for a port, which programs, trojans among them, lists
name as its owner, and from when those lists are. Without a protocol, both are told.`,
		Example: `  practicum explain port 31337/udp
  practicum explain port 32773 --year 2000`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("one port is wanted, as in: practicum explain port 27374/tcp")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&year, "year", "", "`YYYY` year of a log, to mark what was registered later")
	cmd.RunE = works(func(_ *cobra.Command, args []string) error {
		number, proto, given := strings.Cut(strings.ToLower(args[0]), "/")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n > 65535 || given && proto != "tcp" && proto != "udp" {
			return usageErrorf("%q is not a port; write a number to 65535, with /tcp or /udp if it matters, such as 27374/tcp", args[0])
		}
		y := 0
		if year != "" {
			if y, err = strconv.Atoi(year); err != nil || y < 1970 || y > 2200 {
				return usageErrorf("--year: %q is not a year from 1970 to 2200", year)
			}
		}
		protos := []string{proto}
		if !given {
			protos = []string{"tcp", "udp"}
		}
		for i, proto := range protos {
			if i > 0 {
				fmt.Fprintln(p.stdout)
			}
			if err := knowledge.ExplainPort(p.stdout, proto, n, y); err != nil {
				return err
			}
		}
		return nil
	})
	return cmd
}

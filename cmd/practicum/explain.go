package main

import (
	"bufio"
	"encoding/json"
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
A port, and the id of a kind or behaviour, do without the word where no file is called so.

A log whose name is one of those words is given as ./kind.`,
		Example: `  practicum explain testdata/logs/founding/mail.log
  practicum explain 13223
  practicum explain line testdata/logs/founding/mail.log:4 testdata/logs/founding
  practicum explain kind trojan-probe
  practicum explain port 27374`,
		Args: needLogs("practicum explain /var/log/auth.log"),
	}
	cmd.Flags().SortFlags = false
	addClockFlags(cmd)
	addJSONFlag(cmd)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		if explain := p.plainWord(cmd, args); explain != nil {
			return explain()
		}
		return p.explainLogs(cmd, args, nil)
	})
	cmd.AddCommand(newExplainLine(p), newExplainKind(p), newExplainBehaviour(p), newExplainPort(p))
	return cmd
}

// addJSONFlag adds the flag for scripts.
func addJSONFlag(cmd *cobra.Command) {
	cmd.Flags().Bool("json", false, "for other programs: one JSON value on a line")
}

func wantsJSON(cmd *cobra.Command) bool {
	yes, err := cmd.Flags().GetBool("json")
	return yes && err == nil
}

// printJSON writes a value on one line. What stands in it is data: markup and control characters are escaped.
func (p *program) printJSON(v any) error {
	if err := json.NewEncoder(p.stdout).Encode(v); err != nil {
		return fmt.Errorf("standard output: cannot be written (%s)", reason(err))
	}
	return nil
}

// plainWord is how to explain a single argument that names no file but a port, a kind or a behaviour; nil when it
// does not.
func (p *program) plainWord(cmd *cobra.Command, args []string) func() error {
	if len(args) != 1 {
		return nil
	}
	if _, err := os.Stat(args[0]); err == nil {
		return nil
	}
	if _, _, ok := parsePort(args[0]); ok {
		return func() error { return p.explainPort(cmd, args[0], "") }
	}
	o, err := p.options(cmd.Flags())
	if err != nil {
		return nil // the logs would not be read either, and say why
	}
	for _, list := range [...]entries{kindEntries(o.Analysis), behaviourEntries(o.Analysis)} {
		if slices.Contains(list.ids(), args[0]) {
			return func() error { return p.explainEntry(cmd, list, args) }
		}
	}
	return nil
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
	fates := &fatePrinter{w: out, only: at, json: wantsJSON(cmd)}
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
	json        bool
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

// fateRecord is a fate for other programs.
type fateRecord struct {
	File     string   `json:"file"`
	Lines    [2]int   `json:"lines"`
	Class    string   `json:"class"`
	Incident int      `json:"incident,omitempty"`
	Format   string   `json:"format,omitempty"`
	Kinds    []string `json:"kinds,omitempty"`
	Rule     string   `json:"rule,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

func (f *fatePrinter) flush() {
	if !f.open {
		return
	}
	f.open = false
	if f.json {
		_ = json.NewEncoder(f.w).Encode(fateRecord{
			File: f.first.File, Lines: [2]int{f.first.Line, f.last.Line}, Class: f.first.Class, Incident: f.first.Incident,
			Format: f.first.Format, Kinds: f.first.Kinds, Rule: f.first.Rule, Reason: f.first.Reason,
		}) // a failure shows when the writer is flushed
		return
	}
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
	addJSONFlag(cmd)
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

// entries is one of the catalogue's lists, as explain tells it.
type entries struct {
	name, what, example string
	ids                 func() []string
	title               func(id string) string
	explain             func(w io.Writer, id string) error
	value               func(id string) any // for other programs
}

// kindEntries are the kinds of a run's catalogue, with the rules that find them.
func kindEntries(o pipeline.Options) entries {
	c := o.Site.Catalogue
	kind := func(id string) knowledge.Kind {
		k, _ := c.Kind(id)
		return k
	}
	return entries{
		name: "kind", what: "a kind of incident", example: "practicum explain kind trojan-probe",
		ids: func() (ids []string) {
			for _, k := range c.Kinds() {
				ids = append(ids, k.ID)
			}
			return ids
		},
		title:   func(id string) string { return kind(id).Title },
		explain: func(w io.Writer, id string) error { return c.Explain(w, id, o.Finds(id)) },
		value: func(id string) any {
			return struct {
				knowledge.Kind
				AttackVersion string   `json:"attack_version"`
				FoundBy       []string `json:"found_by"`
			}{kind(id), knowledge.AttackVersion, o.Finds(id)}
		},
	}
}

// behaviourEntries are the behaviours of a run's catalogue.
func behaviourEntries(o pipeline.Options) entries {
	c := o.Site.Catalogue
	behaviour := func(id string) knowledge.BehaviourEntry {
		b, _ := c.Behaviour(id)
		return b
	}
	return entries{
		name: "behaviour", what: "a behaviour that several records show together", example: "practicum explain behaviour timer-retry",
		ids: func() (ids []string) {
			for _, b := range c.Behaviours() {
				ids = append(ids, b.ID)
			}
			return ids
		},
		title:   func(id string) string { return behaviour(id).Title },
		explain: func(w io.Writer, id string) error { return c.ExplainBehaviour(w, id, pipeline.Told(id)) },
		value: func(id string) any {
			return struct {
				knowledge.BehaviourEntry
				ToldBy []string `json:"told_by"`
			}{behaviour(id), pipeline.Told(id)}
		},
	}
}

func newExplainKind(p *program) *cobra.Command { return catalogueCommand(p, kindEntries) }

func newExplainBehaviour(p *program) *cobra.Command { return catalogueCommand(p, behaviourEntries) }

// catalogueCommand explains an entry of a catalogue by its id. The ids are asked for only when they
// are needed: every run would pay for reading the catalogue.
func catalogueCommand(p *program, list func(pipeline.Options) entries) *cobra.Command {
	embedded := list(pipeline.Options{})
	cmd := &cobra.Command{
		Use:     embedded.name + " [ID]",
		Short:   "What is known of " + embedded.what,
		Long:    "Tells what is known of " + embedded.what + ", and from where. Without an id, lists them all.",
		Example: "  " + embedded.example,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return embedded.ids(), cobra.ShellCompDirectiveNoFileComp
		},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("one id is wanted, not %d; practicum explain %s lists them", len(args), embedded.name)
			}
			return nil
		},
	}
	cmd.Flags().SortFlags = false
	addConfigFlag(cmd.Flags())
	addJSONFlag(cmd)
	// The site's own entries are told as well, so the configuration is asked for.
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		return p.explainEntry(cmd, list(o.Analysis), args)
	})
	return cmd
}

// explainEntry explains the entry that args name, or lists them all.
func (p *program) explainEntry(cmd *cobra.Command, list entries, args []string) error {
	known := list.ids()
	asJSON := wantsJSON(cmd)
	if len(args) == 0 {
		width := 0
		for _, id := range known {
			width = max(width, len(id))
		}
		for _, id := range known {
			if asJSON {
				if err := p.printJSON(list.value(id)); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(p.stdout, "%-*s  %s\n", width, safe.Line(id), safe.Line(list.title(id)))
		}
		return nil
	}
	if slices.Contains(known, args[0]) {
		if asJSON {
			return p.printJSON(list.value(args[0]))
		}
		return list.explain(p.stdout, args[0])
	}
	hint := "practicum explain " + list.name + " lists them"
	if near, ok := config.Nearest(args[0], known); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return usageErrorf("%q is not the id of %s; %s", args[0], list.what, hint)
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
	addJSONFlag(cmd)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error { return p.explainPort(cmd, args[0], year) })
	return cmd
}

// parsePort reads a port's number and the protocols that are meant: one, or both.
func parsePort(s string) (port int, protos []string, ok bool) {
	number, proto, given := strings.Cut(strings.ToLower(s), "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 65535 || given && proto != "tcp" && proto != "udp" {
		return 0, nil, false
	}
	if given {
		return n, []string{proto}, true
	}
	return n, []string{"tcp", "udp"}, true
}

func (p *program) explainPort(cmd *cobra.Command, arg, year string) error {
	n, protos, ok := parsePort(arg)
	if !ok {
		return usageErrorf("%q is not a port; write a number to 65535, with /tcp or /udp if it matters, such as 27374/tcp", arg)
	}
	y := 0
	if year != "" {
		var err error
		if y, err = strconv.Atoi(year); err != nil || y < 1970 || y > 2200 {
			return usageErrorf("--year: %q is not a year from 1970 to 2200", year)
		}
	}
	for i, proto := range protos {
		if wantsJSON(cmd) {
			if err := p.printJSON(knowledge.Ports(proto, n)); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		if err := knowledge.ExplainPort(p.stdout, proto, n, y); err != nil {
			return err
		}
	}
	return nil
}

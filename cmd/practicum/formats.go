package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"practicum/analysis/logformat"
	"practicum/analysis/pattern"
	"practicum/config"
	"practicum/render/safe"
)

func newFormats(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "formats [NAME]",
		Short: "List the log formats, with how each is recognised; teach and test your own",
		Long: `Lists the log formats: the built-in ones, and those of your pattern files. With a name, shows
that one with a sample line. Log formats are recognised by content, record by record, so one
log may hold several. Where that goes wrong, --log-format NAME=GLOB names the log format of
the logs that match.

What is not recognised can be taught without code, in a pattern file that the configuration
names (patterns: [patterns.yaml]), or --patterns: "coverage" shows what is missing, "teach"
begins a file, "test" runs its samples.`,
		Example: `  practicum formats
  practicum formats portsentry
  practicum report --log-format 'norton=nis*.log' testdata/logs/founding`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("%q is too much; %s takes one name", args[1], cmd.CommandPath())
			}
			return nil
		},
	}
	cmd.Flags().SortFlags = false
	addConfigFlag(cmd.Flags())
	addPatternsFlag(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for scripts")
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		list := describeFormats(o.Patterns)
		if len(args) == 1 {
			i := slices.IndexFunc(list, func(f formatInfo) bool { return f.Name == args[0] })
			if i < 0 {
				return unknownFormat(args[0], list)
			}
			list = list[i : i+1]
			list[0].Sample = sampleOf(list[0].Name, o.Patterns)
		}
		return p.print(func(w io.Writer) error {
			switch {
			case asJSON:
				return printJSON(w, list)
			case len(args) == 1:
				printFormat(w, list[0])
				return nil
			}
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "LOG FORMAT\tWRITTEN BY\tRECOGNISED BY")
			for _, f := range list {
				fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, safe.Line(f.Title), safe.Line(f.Recognised))
			}
			return t.Flush()
		})
	})
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) (names []string, _ cobra.ShellCompDirective) {
		for _, f := range logformat.Formats {
			names = append(names, f.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	cmd.AddCommand(newCoverage(p), newTeach(p), newFormatsTest(p))
	return cmd
}

// formatInfo is a log format as it is listed.
type formatInfo struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Recognised string `json:"recognised"`
	Inside     string `json:"inside"`          // syslog, or nothing for lines with a stamp of their own
	Place      string `json:"place,omitempty"` // of a pattern: its file and entry
	Is         string `json:"is,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Sample     string `json:"sample,omitempty"`
}

func describeFormats(set *pattern.Set) []formatInfo {
	var list []formatInfo
	for _, f := range set.Formats() {
		info := formatInfo{Name: f.Name, Title: f.Title, Recognised: f.Recognised}
		if f.Carrier == logformat.CarrierSyslog {
			info.Inside = "syslog"
		}
		list = append(list, info)
	}
	own := list[len(logformat.Formats):]
	for i, p := range set.Patterns {
		own[i].Place, own[i].Is, own[i].Kind = p.Place, p.Is, p.Kind
	}
	return list
}

func sampleOf(name string, set *pattern.Set) string {
	for _, p := range set.Patterns {
		if p.Name == name {
			return p.Hits[0].Line
		}
	}
	return logformat.Sample(name)
}

func unknownFormat(name string, list []formatInfo) error {
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	hint := "practicum formats lists them"
	if near, ok := config.Nearest(name, append(names, "coverage", "teach", "test")); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return usageErrorf("%q is not a log format; %s", name, hint)
}

func printFormat(w io.Writer, f formatInfo) {
	inside := "lines with a stamp of their own"
	if f.Inside != "" {
		inside = "messages inside " + f.Inside
	}
	fmt.Fprintf(w, "%s: %s\n\n  is         %s\n  recognised %s\n", f.Name, safe.Line(f.Title), inside, safe.Line(f.Recognised))
	if f.Place != "" {
		fmt.Fprintf(w, "  taught in  %s, as %s\n", safe.Line(f.Place), f.Is)
	}
	if f.Kind != "" {
		fmt.Fprintf(w, "  kind       %s\n", safe.Line(f.Kind))
	}
	if f.Sample != "" {
		fmt.Fprintf(w, "\n  %s\n", safe.Line(f.Sample))
	}
}

// print gives standard output to write, and says when it cannot be written.
func (p *program) print(write func(io.Writer) error) error {
	out := bufio.NewWriter(p.stdout)
	err := write(out)
	if e := out.Flush(); e != nil {
		return fmt.Errorf("standard output: cannot be written (%s)", reason(e))
	}
	return err
}

func newFormatsTest(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run the samples of pattern files",
		Long: `Reads every sample of pattern files as a log would be read, and says for each what it gave and
what was expected. Without a file, the samples of the files that the configuration names are
run. A stamp without a year is taken to be of the year 2000, one without a zone to be in UTC.

Exit status: 0 every sample gave what it should, 1 one did not, 2 a file that cannot be used.`,
		Example: `  practicum formats test testdata/patterns/door.yaml`,
	}
	cmd.Flags().SortFlags = false
	addConfigFlag(cmd.Flags())
	addPatternsFlag(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for scripts")
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		for _, name := range args {
			if err := cmd.Flags().Set("patterns", name); err != nil {
				return &usageError{err}
			}
		}
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		if len(o.Patterns.Patterns) == 0 {
			return usageErrorf("there is no pattern file to test; name one, or name it in the configuration as in: patterns: [patterns.yaml]")
		}
		results := o.Patterns.Test()
		failed := 0
		for _, r := range results {
			if !r.OK {
				failed++
			}
		}
		err = p.print(func(w io.Writer) error {
			if asJSON {
				return printJSON(w, results)
			}
			for _, r := range results {
				printResult(w, r)
			}
			fmt.Fprintf(w, "%s of %s: %d as expected, %d not\n", count(len(results), "sample"), count(len(o.Patterns.Patterns), "pattern"), len(results)-failed, failed)
			return nil
		})
		if err == nil && failed > 0 {
			err = &failure{fmt.Errorf("%s did not give what was expected", count(failed, "sample"))}
		}
		return err
	})
	return cmd
}

func printResult(w io.Writer, r pattern.Result) {
	if r.OK && !r.Hit {
		fmt.Fprintf(w, "ok    %s: not taken by %s\n", safe.Line(r.Place), r.Pattern)
		return
	}
	if r.OK {
		fmt.Fprintf(w, "ok    %s: %s\n", safe.Line(r.Place), safe.Line(fieldsText(r.Gave)))
		return
	}
	fmt.Fprintf(w, "FAIL  %s: %s\n", safe.Line(r.Place), safe.Line(r.Problem))
	fmt.Fprintf(w, "      line   %s\n", safe.Line(r.Line))
	if len(r.Gave) > 0 {
		fmt.Fprintf(w, "      gave   %s\n", safe.Line(fieldsText(r.Gave)))
	}
	if len(r.Wanted) > 0 {
		fmt.Fprintf(w, "      wanted %s\n", safe.Line(fieldsText(r.Wanted)))
	}
}

// fieldsText writes fields in the order of pattern.Given, without those that say nothing new.
func fieldsText(values map[string]string) string {
	var parts []string
	for _, name := range pattern.Given {
		value, ok := values[name]
		if !ok || name == "message" || name == "count" && value == "1" {
			continue
		}
		if (name == "source" || name == "target") && (values[name+".ip"] != "" || values[name+".name"] != "") {
			continue
		}
		if strings.ContainsAny(value, " \t\"") || value == "" {
			value = fmt.Sprintf("%q", value)
		}
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, " ")
}

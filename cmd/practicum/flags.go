package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"practicum/analysis/logformat"
	"practicum/config"
	"practicum/render/interchange"
	"practicum/render/style"
	"practicum/templates"
)

// Every value is text to the flag library. Package config judges it, with the same words
// wherever it was given.

// addConfigFlag adds --config.
func addConfigFlag(flags *pflag.FlagSet) {
	flags.String("config", "", "`FILE` configuration (default: practicum.yaml, .toml or .json in the current folder, if there is one)")
}

// addClockFlags adds what completes the stamps of logs and names their formats.
func addClockFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	addConfigFlag(flags)
	flags.String("tz", "", "`ZONE` zone of stamps that name none, such as Europe/Berlin or +01:00 (default: UTC)")
	flags.String("year", "", "`YYYY` year of the earliest stamp that names none")
	flags.String("as-of", "", "`TIME` no stamp without a year is later than this, such as 2000-04-30")
	flags.StringArray("log-format", nil, "`NAME=GLOB` log format of the logs that match; may be given again")
	addPatternsFlag(flags)
	complete(cmd, "log-format", func(yield func(string)) {
		for _, f := range logformat.Formats {
			yield(f.Name + "=")
		}
	})
}

// addPeriodFlags adds what time the report is about.
func addPeriodFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.String("month", "", "`YYYY-MM|last|this` report on one calendar month")
	flags.String("since", "", "`TIME` report from this day or time on")
	flags.String("until", "", "`TIME` report to before this day or time")
	flags.String("last", "", "`DURATION` report on the time before now, such as 30d or 24h")
	complete(cmd, "month", words("last", "this"))
}

// addPatternsFlag adds --patterns.
func addPatternsFlag(flags *pflag.FlagSet) {
	flags.StringArray("patterns", nil, "`FILE` messages and log formats of your own; may be given again")
}

// addHistoryFlag adds --history.
func addHistoryFlag(flags *pflag.FlagSet) {
	flags.String("history", "", "`FILE|none` where reports are remembered (default: practicum/history.db in your state folder)")
}

// addLookupFlags adds the files that sources are looked up in.
func addLookupFlags(cmd *cobra.Command) {
	cmd.Flags().StringArray("geo", nil, "`FILE` look sources up in this database of countries or ASNs (MaxMind's format); may be given again")
	cmd.Flags().StringArray("list", nil, "`NAME=FILE` say which sources are on this list; allow:NAME or deny:NAME says what it means; may be given again")
	complete(cmd, "list", words("allow:", "deny:", "known:"))
}

// addLookFlags adds the flags for what pages look like.
func addLookFlags(cmd *cobra.Command) {
	cmd.Flags().String("paper", "", "`a4|letter` page size of the PDF (default: a4)")
	complete(cmd, "paper", words(style.Papers...))
	addTLPFlag(cmd)
}

// addTLPFlag adds --tlp.
func addTLPFlag(cmd *cobra.Command) {
	labels := strings.ToLower(strings.Join(style.Labels, "|"))
	cmd.Flags().String("tlp", "", "`"+labels+"` label of the Traffic Light Protocol on all that is shown to others")
	complete(cmd, "tlp", words(strings.Split(labels, "|")...))
}

// addAttachFlag adds --attach.
func addAttachFlag(cmd *cobra.Command) {
	cmd.Flags().String("attach", "", "`"+strings.Join(config.Attachments, "|")+"` what the PDF carries besides its pages (default: manifest)")
	complete(cmd, "attach", words(config.Attachments...))
}

// addObscureFlags adds --obscure and what belongs to it.
func addObscureFlags(cmd *cobra.Command) {
	modes := strings.Join(config.ObscureModes, "|")
	cmd.Flags().String("obscure", "", "`"+modes+"` write report.obscured.* with pseudonyms for all addresses and names, or for the site's own (without a value: all)")
	cmd.Flags().Lookup("obscure").NoOptDefVal = "all"
	cmd.Flags().String("obscure-key", "", "`FILE` the key of the pseudonyms, made where it is missing (default: practicum-obscure.key)")
	cmd.Flags().String("obscure-list", "", "`FILE` write what the pseudonyms stand for, for the owner's eyes")
	cmd.Flags().Bool("keep-logs", false, "keep the obscured copies of the logs beside the report, in report.obscured.logs")
	cmd.Flags().String("obscure-mynet", "", "`true|false` write the site's own addresses as MY.NET.17.4 (default: false)")
	complete(cmd, "obscure", words(config.ObscureModes...))
}

// addExportFlags adds --export and what belongs to it.
func addExportFlags(cmd *cobra.Command) {
	names := interchange.Names()
	cmd.Flags().StringSlice("export", nil, "`"+strings.Join(names, ",")+"` files for other systems to write beside the report")
	complete(cmd, "export", words(names...))
	addDShieldFlag(cmd)
}

// addDShieldFlag adds --dshield-user.
func addDShieldFlag(cmd *cobra.Command) {
	cmd.Flags().String("dshield-user", "", "`N` number of your account at DShield (default: 0, nobody's)")
}

// addTemplateFlag adds --template.
func addTemplateFlag(cmd *cobra.Command) {
	cmd.Flags().String("template", "", "`"+strings.Join(templates.Names(), "|")+"|FILE` form of the report, or a template of your own (default: practical)")
	complete(cmd, "template", words(templates.Names()...))
}

func words(list ...string) func(func(string)) {
	return func(yield func(string)) {
		for _, w := range list {
			yield(w)
		}
	}
}

// complete offers words for a flag's value in the shell.
func complete(cmd *cobra.Command, flag string, each func(yield func(string))) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var list []string
		each(func(w string) { list = append(list, w) })
		return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	if err != nil {
		panic(err) // the flag was not added: a mistake in this program
	}
}

// options reads the settings in all their layers and judges them. What is wrong with them is an
// error of usage.
func (p *program) options(flags *pflag.FlagSet) (*config.Options, error) {
	path, _ := flags.GetString("config")
	if path == "" {
		path = config.ConfigFromEnv(p.env)
	}
	if path == "" && !flags.Changed("config") {
		var err error
		if path, err = config.Find("."); err != nil {
			return nil, &usageError{err}
		}
	}
	settings, err := config.Load(path, p.env, flags)
	if err != nil {
		return nil, &usageError{err}
	}
	files, err := settings.PatternFiles()
	if err != nil {
		return nil, &usageError{err}
	}
	set, err := config.ReadPatterns(files)
	if err != nil {
		return nil, &usageError{err}
	}
	var names []string
	for _, f := range set.Formats() {
		names = append(names, f.Name)
	}
	o, err := settings.Resolve(names)
	if err != nil {
		return nil, &usageError{err}
	}
	for _, name := range o.Catalogue {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, usageErrorf("%s: the catalogue that the configuration names cannot be read (%s)", name, reason(err))
		}
		if o.Analysis.Site.Catalogue, err = o.Analysis.Site.Catalogue.With(name, data); err != nil {
			return nil, &usageError{err}
		}
	}
	if err := o.Teach(set); err != nil {
		return nil, &usageError{err}
	}
	named := append([]string{}, files...)
	if path != "" {
		named = append(named, path)
	}
	if flags.Lookup("geo") != nil { // other commands look nothing up
		if err := p.lookUp(o); err != nil {
			return nil, err
		}
		named = append(named, o.Lookups.Files()...)
	}
	o.Analysis.Clock.Now = p.now
	now := p.now
	if !o.Analysis.Clock.AsOf.IsZero() {
		now = o.Analysis.Clock.AsOf
	}
	if zone := o.SharedZone(); zone != nil {
		o.Analysis.Clock.Zone = zone
	}
	if o.Analysis.Window, err = o.Period.Window(o.Analysis.Clock.Zone, now); err != nil {
		return nil, &usageError{err} // it was judged before
	}
	if flag := flags.Lookup("site"); flag != nil && flag.Changed {
		if o, err = chosenSite(o, flag.Value.String(), now); err != nil {
			return nil, &usageError{err}
		}
	}
	if o.Analysis.Made, err = p.made(flags, append(named, o.Catalogue...), o); err != nil {
		return nil, err
	}
	o.Analysis.Tool = "Practicum " + version
	return o, nil
}

// needLogs is the check of arguments of commands that read logs.
func needLogs(example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return noLogs(example)
		}
		return noEmptyLogs(example)(cmd, args)
	}
}

// noEmptyLogs is the check of arguments where the configuration may name the logs.
func noEmptyLogs(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		for _, arg := range args {
			if strings.TrimSpace(arg) == "" {
				return fmt.Errorf("an empty argument names no log; as in: %s", example)
			}
		}
		return nil
	}
}

func noLogs(example string) error {
	return fmt.Errorf("no logs named; give files, folders, globs, or - for standard input, as in: %s", example)
}

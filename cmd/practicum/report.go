package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"practicum/analysis"
	"practicum/config"
	"practicum/render/draft"
	"practicum/render/merge"
	"practicum/render/safe"
)

func newReport(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report LOG...",
		Short: "Make an incident report of logs",
		Long: `Reads logs and writes report.md, report.html, report.pdf and report.json.

A LOG is a file, a folder with all in it (hidden files and the output folder are passed
over), a glob in quotes, or - for standard input. Files compressed with gzip, zstd, bzip2
or xz are read as they are. Log formats are recognised by content; "practicum formats"
lists them.

report.md is the analyst's. Over a report that was edited, the command renews what nobody
touched and keeps every word that a person wrote: text, ratings in the severity tables,
decisions such as "Decision: dismiss because it is our own scanner." Where both changed the
same, the analyst's stands and the new one is shown beside it.

Sources are looked up in the databases and lists that --geo, --list and the configuration
name, not under --obscure. --mail sends what was written to the recipients of the
configuration; without it, nothing is sent.

With --partial-out, no report is made: what the logs say is written into that file, and
"practicum merge" makes the report of such files, as if all logs had been read at once.`,
		Example: `  # the sample logs, with the site's own points and the analyst's ratings
  practicum report --config testdata/founding.yaml testdata/logs/founding

  # a log without years and zones, from standard input, Markdown and JSON only
  cat testdata/logs/founding/mail.log | practicum report --year 2000 --tz America/New_York --to md,json -o report/mail -

  # the summary of a month, in a folder of its own
  practicum report --template monthly --month 2000-04 -o 'report/{month}' testdata/logs/founding

  # with files for other systems beside it
  practicum report --export csv,stix,ocsf -o report/shared testdata/logs/founding

  # where the logs are: what they say, for practicum merge
  practicum report --partial-out report/mail.partial testdata/logs/founding/mail.log

  # in a script: no summary, and exit status 3 once an incident reaches 6 points
  practicum report --quiet --fail-on 6 -o report/all 'testdata/logs/**/*.log'`,
		Args: noEmptyLogs(reportExample),
	}
	f := addReportFlags(cmd)
	cmd.Flags().String("partial-out", "", "`FILE` write what the logs say, for practicum merge, and no report")
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		o.KeepLogs, _ = cmd.Flags().GetBool("keep-logs")
		plan, err := p.plan(args, o)
		if err != nil {
			return err
		}
		if cmd.Flags().Changed("partial-out") {
			return p.writePartial(cmd, plan, f)
		}
		return p.makeReports(cmd, plan, f)
	})
	return cmd
}

// reportFlags are those of commands that make reports which are not settings.
type reportFlags struct {
	failOn        string
	quiet, asJSON bool
}

// addReportFlags adds the flags of commands that make reports.
func addReportFlags(cmd *cobra.Command) *reportFlags {
	f := &reportFlags{}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.String("site", "", "`NAME` of the site; of several that the configuration has, the one to report on")
	flags.StringP("output", "o", "", "`DIR` folder to write into (default: report)")
	flags.StringSlice("to", nil, "`md,html,pdf,json` report formats to write (default: all four)")
	addExportFlags(cmd)
	flags.String("output-name", "", "`PATTERN` name of HTML, PDF and exports, such as {site}-{month}-{tlp} (default: report)")
	addClockFlags(cmd)
	addPeriodFlags(cmd)
	flags.String("title", "", "`TITLE` of the report")
	flags.String("order", "", "`time|severity` by what incidents are numbered (default: by host, then time)")
	flags.String("detail", "", "`N|all` incidents to tell in full, the rest in tables (default: 50)")
	addLookupFlags(cmd)
	addLookFlags(cmd)
	addAttachFlag(cmd)
	addObscureFlags(cmd)
	addHistoryFlag(flags)
	addTemplateFlag(cmd)
	addMailFlags(cmd)
	flags.StringVar(&f.failOn, "fail-on", "", "`N` exit with status 3 when an incident's severity can be N or more")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print no summary and no progress")
	flags.BoolVar(&f.asJSON, "json", false, "print the summary as JSON, for scripts")
	complete(cmd, "to", words(config.ReportFormats...))
	complete(cmd, "order", words("time", "severity"))
	return f
}

// makeReports makes the reports of a plan, tells of them and mails them.
func (p *program) makeReports(cmd *cobra.Command, plan []planned, f *reportFlags) error {
	flags := cmd.Flags()
	limit, err := parseFailOn(f.failOn)
	if err != nil {
		return err
	}
	letters := make([]*mailer, len(plan))
	for i, run := range plan { // before the long work begins
		if letters[i], err = p.mailer(flags, run.o); err != nil {
			return err
		}
	}
	var wrong []error
	for i, run := range plan {
		report, files, err := p.report(cmd.Context(), run.parts, run.o, !f.quiet)
		if err != nil && len(plan) > 1 {
			err = fmt.Errorf("site %s: %w", run.o.Only.Name, err)
		}
		if wrong = append(wrong, err); err != nil {
			continue
		}
		p.warnInputs(report.Warnings)
		if !f.quiet {
			s := newSummary(report, files)
			write := s.text
			if f.asJSON {
				write = s.json
			}
			if err := write(p.stdout, p.colours(p.stdout)); err != nil {
				p.warn("standard output", "cannot be written ("+reason(err)+"); the report is written")
			}
		}
		if letters[i] != nil {
			err := letters[i].send(cmd.Context(), p, report, files)
			if err != nil {
				p.complain(limit.judge(report)) // which the status does not say any more
				if wrong = append(wrong, err); cmd.Context().Err() != nil {
					break
				}
				continue
			}
			if !f.quiet && !f.asJSON {
				fmt.Fprintf(p.stdout, "%s\n", safe.Line(letters[i].mailed()))
			}
		}
		if err := limit.judge(report); err != nil && len(plan) > 1 {
			wrong = append(wrong, &reached{"site " + run.o.Only.Name + ": " + err.Error()})
		} else {
			wrong = append(wrong, err)
		}
	}
	return oneOf(wrong)
}

// reportExample is how the command is called.
const reportExample = "practicum report /var/log/auth.log"

// oneOf is what a command of several runs ends with: their failures, or else what they reached.
func oneOf(wrong []error) error {
	var failed, reaching []error
	for _, err := range wrong {
		switch {
		case err == nil:
		case is[*reached](err):
			reaching = append(reaching, err)
		default:
			failed = append(failed, err)
		}
	}
	list := failed
	if len(failed) == 0 {
		list = reaching
	}
	if len(list) == 1 {
		return list[0]
	}
	return errors.Join(list...)
}

// nameOutput fills in the patterns of names.
func nameOutput(o *config.Options) error {
	naming := config.Naming{Site: o.Analysis.Site.Name, Window: o.Analysis.Window, TLP: o.Style.TLP}
	for _, name := range []*string{&o.Dir, &o.Name} {
		filled, err := naming.Fill(*name)
		if err != nil {
			return &usageError{err}
		}
		*name = filled
	}
	o.Analysis.Made.Name = o.Name
	return nil
}

// report does the work of the command, and leaves nothing behind when it fails.
// It tells of its progress where a person watches and tell is set.
func (p *program) report(ctx context.Context, parts []part, o *config.Options, tell bool) (report *analysis.Report, files []outputFile, err error) {
	for i := range parts {
		if parts[i].partials != nil {
			continue
		}
		if parts[i].in, err = p.findInputs(ctx, parts[i].args, o.Dir); err != nil {
			return nil, nil, parts[i].wrap(err)
		}
		defer parts[i].in.close()
	}
	folder, err := openFolder(o.Dir)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			folder.undo()
		}
	}()
	unlock, err := folder.lock(ctx, func() { p.warn(o.Dir, "another run is writing there; waiting for it to end") })
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	memory, err := p.memory(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	defer memory.close()
	folder.sweep(o.Name)
	if err := folder.recoverBase(); err != nil {
		return nil, nil, err
	}
	path, basePath := filepath.Join(o.Dir, reportName), filepath.Join(o.Dir, baseName)
	var x *obscured
	var change func(source, base []byte) ([]byte, []byte)
	if o.Obscure.Mode != "" {
		if x, err = p.obscure(ctx, parts[0].in.logs, o); err != nil { // plan allows it for one site only
			return nil, nil, err
		}
		defer x.close()
		parts[0].in.logs, change = x.logs, x.documents
	}
	before, err := readWritten(path, basePath, change)
	if err != nil {
		return nil, nil, err
	}
	if err := before.tell(&o.Analysis); err != nil {
		return nil, nil, err
	}
	o.Analysis.Exclude = []string{o.Dir}
	if report, err = p.analyse(ctx, parts, o, tell); err != nil {
		return nil, nil, err
	}
	zone := o.Analysis.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	before.byHand(report, zone)
	if err := memory.recall(ctx, report, o); err != nil {
		return nil, nil, err
	}
	type made struct {
		files  map[string][]byte
		base   []byte
		merged merge.Result
	}
	m, err := promptly(ctx, func() (m made, err error) {
		m.files, m.base, m.merged, err = renderReport(report, o.To, o, before, x, p.warnOf(path))
		return m, err
	})
	if err != nil {
		return nil, nil, err
	}
	rendered, base, merged := m.files, m.base, m.merged
	for _, part := range parts {
		if part.in == nil {
			continue
		}
		for _, w := range part.in.warnings {
			p.warn(w.file, w.text)
		}
	}
	if x != nil {
		files = folder.reportFiles(obscuredName, o, rendered)
		if err := x.finish(files); err != nil {
			return nil, nil, err
		}
		if err := x.writeList(); err != nil {
			return nil, nil, err
		}
		if o.KeepLogs {
			if err := x.keep(filepath.Join(o.Dir, obscuredLogs)); err != nil {
				return nil, nil, err
			}
		}
		return report, files, writeFiles(files, nil)
	}
	files = folder.reportFiles("report", o, rendered)
	if slices.Contains(o.To, "md") {
		for _, m := range before.mentions(merged.Report) {
			p.warn(fmt.Sprintf("%s:%d", path, m.Line), m.Text)
		}
		for _, heading := range merged.Gone {
			p.warn(path, fmt.Sprintf("%q is in the report no more; its text stands under \"%s\"", heading, draft.GoneHeading))
		}
	}
	if err := folder.writeReport(files, before.source, base, func(string) error { return nil }); err != nil {
		return report, files, err
	}
	return report, files, memory.remember(ctx, report, merged.Report, o)
}

// maxInputWarnings is how many inputs with the same warning are told one by one.
const maxInputWarnings = 5

// warnInputs tells what concerns inputs as a whole; those of a line stand in the report. What holds for
// many inputs is said once.
func (p *program) warnInputs(warnings []analysis.Warning) {
	number := map[string]int{}
	for _, w := range warnings {
		if w.Line == 0 {
			number[w.Text]++
		}
	}
	for _, w := range warnings {
		n := number[w.Text]
		switch {
		case w.Line != 0 || n == 0:
		case n <= maxInputWarnings:
			p.warn(w.File, w.Text)
		default:
			p.warn(fmt.Sprintf("%s and %d other inputs", w.File, n-1), w.Text+"; the report's appendix names them all")
			number[w.Text] = 0
		}
	}
}

// failOn is the severity from which on a run ends with status 3.
type failOn struct {
	set   bool
	limit int
}

func parseFailOn(s string) (failOn, error) {
	if s == "" {
		return failOn{}, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < -10 || n > 10 {
		return failOn{}, usageErrorf("--fail-on: %q is not a severity; write a whole number from -10 to 10", s)
	}
	return failOn{true, n}, nil
}

// judge looks for the most severe incident. Incidents in the background are never more severe than
// those that are told.
func (f failOn) judge(r *analysis.Report) error {
	if !f.set {
		return nil
	}
	worst := -1
	for i := range r.Incidents {
		if high := r.Incidents[i].Severity.High; r.Incidents[i].Severity.Band != "" && high >= f.limit && (worst < 0 || high > r.Incidents[worst].Severity.High) {
			worst = i
		}
	}
	if worst < 0 {
		return nil
	}
	in := r.Incidents[worst]
	return &reached{fmt.Sprintf("incident %d reaches severity %d (--fail-on %d)", in.Number, in.Severity.High, f.limit)}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"practicum/analysis"
	"practicum/analysis/history"
	"practicum/analysis/severity"
	"practicum/config"
	"practicum/render/draft"
	"practicum/render/safe"
)

func newHistory(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "What earlier reports said: their sources, incidents and ratings",
		Long: `Asks and keeps the history: what "practicum report" remembers of every report, so that a
later one can say what changed, who came back and how an incident like it was rated. It is
one SQLite file, practicum/history.db in $XDG_STATE_HOME or ~/.local/state; --history or
history.file in the configuration names another one, or none.`,
		Example: `  practicum history show
  practicum history sources 192.0.2.0/24`,
		Args: func(cmd *cobra.Command, args []string) error { return unknownCommand(cmd, args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(p.stderr)
			if err := cmd.Help(); err != nil {
				return err
			}
			return usageErrorf("nothing asked for; to list the reports: practicum history show")
		},
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(newHistoryShow(p), newHistorySources(p), newHistoryIncidents(p), newHistoryUpdate(p), newHistoryForget(p), newHistoryExport(p), newHistoryImport(p), newHistoryCheck(p))
	return cmd
}

// historyCommand adds to a command of the history the flags that all have, and what opens the file. fresh is set for one that may
// begin a history.
func (p *program) historyCommand(cmd *cobra.Command, fresh bool, work func(ctx context.Context, s *history.Store, args []string) error) *cobra.Command {
	flags := cmd.Flags()
	addHistoryFlag(flags)
	addConfigFlag(flags)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(flags)
		if err != nil {
			return err
		}
		path := o.History.File
		switch path {
		case config.NoHistory:
			return usageErrorf("the history is switched off (none); name its file with --history")
		case "":
			if path = p.historyFile(); path == "" {
				return usageErrorf("there is no home folder for a history; name its file with --history")
			}
		}
		begin := history.OpenExisting
		if fresh {
			begin = history.Open
		}
		s, err := begin(cmd.Context(), path)
		if err != nil {
			return err
		}
		if err := work(cmd.Context(), s, args); err != nil {
			s.Close()
			if cmd.Context().Err() == nil && !is[*history.Error](err) && !is[*history.InputError](err) && !is[*usageError](err) {
				err = fmt.Errorf("%s: %w", path, err)
			}
			return err
		}
		return s.Close()
	})
	return cmd
}

func addSiteFlag(cmd *cobra.Command, site *string) {
	cmd.Flags().StringVar(site, "site", "", "`NAME` of this site only")
}

// table writes rows whose cells may come from logs.
func (p *program) table(head string, rows func(row func(cells ...any))) error {
	return p.print(func(w io.Writer) error {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, head)
		rows(func(cells ...any) {
			for i, c := range cells {
				if i > 0 {
					fmt.Fprint(t, "\t")
				}
				fmt.Fprint(t, strings.ReplaceAll(safe.Line(fmt.Sprint(c)), "\t", " "))
			}
			fmt.Fprintln(t)
		})
		return t.Flush()
	})
}

func newHistoryShow(p *program) *cobra.Command {
	var site string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [REPORT]",
		Short: "List the reports, or show what is kept of one",
		Long: `Lists the reports in order of time, or shows one with its incidents, the analyst's ratings
and words, and the recommendations that were made. REPORT is its number or its name.`,
		Example: `  practicum report --quiet --month 2000-03 testdata/logs/founding
  practicum history show
  practicum history show 2000-03`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().SortFlags = false
	addSiteFlag(cmd, &site)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for scripts")
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, args []string) error {
		if len(args) == 1 {
			r, err := s.Find(ctx, site, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return p.print(func(w io.Writer) error {
					return printJSON(w, struct {
						*history.Report
						Told   []history.Incident `json:"told"`
						Counts []history.Count    `json:"counts"`
						Advice []history.Advice   `json:"advice"`
					}{r, r.Told, r.Counts, r.Advice})
				})
			}
			return p.print(func(w io.Writer) error { return showReport(w, r) })
		}
		all, err := s.Reports(ctx, site)
		if err != nil {
			return err
		}
		if asJSON {
			return p.print(func(w io.Writer) error {
				if all == nil {
					all = []history.Report{}
				}
				return printJSON(w, all)
			})
		}
		return p.table("#\tREPORT\tSITE\tMACHINES\tINCIDENTS\tRECORDS\tTITLE", func(row func(...any)) {
			for _, r := range all {
				row(r.Number, r.Name, r.Site, brief(r.Machines, 3), r.Incidents, r.Records, r.Title)
			}
		})
	})
}

// brief joins at most limit names.
func brief(names []string, limit int) string {
	if len(names) > limit {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
	}
	return strings.Join(names, ", ")
}

// showReport prints what is kept of a report.
func showReport(w io.Writer, r *history.Report) error {
	say := func(format string, args ...any) { fmt.Fprintln(w, safe.Line(fmt.Sprintf(format, args...))) }
	zone := time.UTC
	if z, err := time.LoadLocation(r.Zone); err == nil {
		zone = z
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return "no time"
		}
		return t.In(zone).Format(time.DateTime)
	}
	say("%d  %s, %s", r.Number, r.Words, r.Title)
	say("from %s to before %s (%s)", stamp(r.From), stamp(r.To), zone)
	if r.Site != "" {
		say("site %s", r.Site)
	}
	say("machines: %s", strings.Join(r.Machines, ", "))
	say("%d incidents with %d records, in %d lines", r.Entry.Incidents, r.Records, r.Lines)
	for _, in := range r.Told {
		fmt.Fprintln(w)
		say("incident %d  %s (%s)", in.Number, in.Title, in.ID)
		say("  %s to %s, %s, severity %s %s", stamp(in.First), stamp(in.Last), in.Outcome, severity.Interval(in.Severity.Low, in.Severity.High), in.Severity.Band)
		say("  from %s to %s", brief(in.Sources, 6), brief(in.Targets, 6))
		for _, f := range in.Severity.Named() {
			if f.Origin == analysis.OriginAnalyst {
				say("  rated: %s %s: %s", f.Name, severity.Interval(f.Low, f.High), f.Reason)
			}
		}
		for _, a := range in.Answered {
			say("  answered: %s", a.Text)
		}
		if in.Words != "" {
			for line := range strings.Lines(strings.TrimSpace(in.Words)) {
				say("  | %s", strings.TrimRight(line, "\r\n"))
			}
		}
	}
	if len(r.Advice) > 0 {
		fmt.Fprintln(w)
	}
	for _, a := range r.Advice {
		box := " "
		if a.Done {
			box = "x"
		}
		say("[%s] %s", box, a.Text)
	}
	return nil
}

func newHistorySources(p *program) *cobra.Command {
	var f history.Filter
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "sources [SOURCE]",
		Short: "List the sources, with when they were seen",
		Long: `Lists the sources of all reports, those in the most reports first. SOURCE is an address, a
network such as 192.0.2.0/24, or a name as the logs have it.`,
		Example: `  practicum history sources
  practicum history sources 192.0.2.0/24 --json`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().SortFlags = false
	addSiteFlag(cmd, &f.Site)
	cmd.Flags().StringVar(&f.Report, "report", "", "`REPORT` in this one only; its number or name")
	cmd.Flags().BoolVar(&all, "all", false, "list all, not the first 50")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for scripts")
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, args []string) error {
		limit := 50
		if len(args) == 1 {
			f.Source = args[0]
		}
		if all {
			limit = 0
		}
		list, left, err := s.Sources(ctx, f, limit)
		if err != nil {
			return err
		}
		if asJSON {
			return p.print(func(w io.Writer) error { return printJSON(w, append([]history.Known{}, list...)) })
		}
		err = p.table("SOURCE\tREPORTS\tINCIDENTS\tRECORDS\tFIRST\tLAST", func(row func(...any)) {
			for _, k := range list {
				row(k.Source, k.Reports, k.Incidents, k.Records, k.First, k.Last)
			}
		})
		if err == nil && left > 0 {
			fmt.Fprintf(p.stderr, "practicum: %d more; --all lists them\n", left)
		}
		return err
	})
}

func newHistoryIncidents(p *program) *cobra.Command {
	var f history.Filter
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "incidents",
		Short: "List the incidents that reports told in full",
		Example: `  practicum history incidents --source 192.0.2.7
  practicum history incidents --kind trojan-probe --json`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().SortFlags = false
	addSiteFlag(cmd, &f.Site)
	cmd.Flags().StringVar(&f.Report, "report", "", "`REPORT` of this one only; its number or name")
	cmd.Flags().StringVar(&f.Source, "source", "", "`SOURCE` by this address, network or name")
	cmd.Flags().StringVar(&f.Kind, "kind", "", "`ID` of this kind")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for scripts")
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, _ []string) error {
		list, err := s.Incidents(ctx, f)
		if err != nil {
			return err
		}
		if asJSON {
			return p.print(func(w io.Writer) error { return printJSON(w, append([]history.ToldIncident{}, list...)) })
		}
		return p.table("REPORT\t#\tINCIDENT\tSOURCES\tTARGETS\tRECORDS\tOUTCOME\tSEVERITY\tID", func(row func(...any)) {
			for _, in := range list {
				row(in.Report, in.Number, in.Title, brief(in.Sources, 2), brief(in.Targets, 2), in.Records, in.Outcome, severity.Interval(in.Severity.Low, in.Severity.High), in.ID)
			}
		})
	})
}

func newHistoryForget(p *program) *cobra.Command {
	var f history.Forget
	var before string
	cmd := &cobra.Command{
		Use:   "forget",
		Short: "Erase reports, or a source from all of them",
		Long: `Erases what is named, and overwrites its place in the file. One of --report, --source,
--before and --all is given. A source goes with the incidents that are its alone, and is
taken out of the others and of all texts; sums that name nobody stay. Reports that are
written already do not change, and a report made again of the same logs is remembered again.
How long reports are kept is said by history.keep in the configuration, in months.`,
		Example: `  practicum report --quiet testdata/logs/founding
  practicum history forget --source 208.213.5.2
  practicum history forget --before 2025-01-01`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&f.Report, "report", "", "`REPORT` its number or name")
	cmd.Flags().StringVar(&f.Source, "source", "", "`SOURCE` an address or a name")
	cmd.Flags().StringVar(&before, "before", "", "`DAY` all reports that end before it")
	cmd.Flags().BoolVar(&f.All, "all", false, "all reports")
	addSiteFlag(cmd, &f.Site)
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, _ []string) error {
		given := 0
		for _, is := range [...]bool{f.Report != "", f.Source != "", before != "", f.All} {
			if is {
				given++
			}
		}
		if given != 1 {
			return usageErrorf("give one of --report, --source, --before and --all; nothing was erased")
		}
		if before != "" {
			t, err := time.ParseInLocation(time.DateOnly, before, time.UTC)
			if err != nil {
				return usageErrorf("--before: %q is no day; write 2025-01-01", before)
			}
			f.Before = t
		}
		n, err := s.Forget(ctx, f)
		if err != nil {
			return err
		}
		if n == (history.Forgotten{}) {
			return errors.New("nothing of the kind is in the history; nothing was erased")
		}
		return p.print(func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "erased %d reports; took something out of %d\n", n.Reports, n.Changed)
			return err
		})
	})
}

func newHistoryExport(p *program) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the history as lines of JSON",
		Long: `Writes all that the history has as lines of JSON: for each report a line, and one for each
of its incidents, counts and recommendations. "practicum history import" reads them back.`,
		Example: `  practicum history export -o history.jsonl`,
		Args:    cobra.NoArgs,
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVarP(&file, "output", "o", "", "`FILE` to write (default: standard output)")
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, _ []string) error {
		if file == "" {
			return p.print(func(w io.Writer) error {
				_, err := s.Export(ctx, &hiddenEscaper{w: w})
				return err
			})
		}
		out, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o600))
		if err != nil {
			return fmt.Errorf("%s: cannot be written (%s)", file, reason(err))
		}
		defer out.Cleanup()
		n, err := s.Export(ctx, &hiddenEscaper{w: out})
		if err == nil {
			err = out.CloseAtomicallyReplace()
		}
		if err != nil {
			return fmt.Errorf("%s: cannot be written (%s)", file, reason(err))
		}
		return p.print(func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "wrote %s, %d reports\n", safe.Line(filepath.ToSlash(file)), n)
			return err
		})
	})
}

// hiddenEscaper writes lines of JSON with every hidden character as an escape: what stands in them comes from logs.
type hiddenEscaper struct {
	w    io.Writer
	rest []byte // of a line that is not whole yet
}

func (h *hiddenEscaper) Write(b []byte) (int, error) {
	h.rest = append(h.rest, b...)
	i := bytes.LastIndexByte(h.rest, '\n') + 1
	if i == 0 {
		return len(b), nil
	}
	_, err := io.WriteString(h.w, escapeHidden(string(h.rest[:i])))
	h.rest = append(h.rest[:0], h.rest[i:]...)
	return len(b), err
}

func newHistoryImport(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Read an exported history back",
		Long: `Takes all reports of an export, or none. Reports that are there already stay as they are;
how two of them are told apart is the same as for "practicum report". FILE may be - for
standard input.`,
		Example: `  practicum history export -o history.jsonl
  practicum history import history.jsonl --history copy.db`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("one export is wanted, as in: practicum history import history.jsonl")
			}
			return nil
		},
	}
	return p.historyCommand(cmd, true, func(ctx context.Context, s *history.Store, args []string) error {
		in := p.stdin
		name := "standard input"
		if args[0] != standardInput {
			f, err := os.Open(args[0])
			if err != nil {
				return unreadable(args[0], err)
			}
			defer f.Close()
			in, name = f, args[0]
		}
		taken, all, err := s.Import(ctx, in)
		if is[*history.InputError](err) {
			return fmt.Errorf("%s: %w; nothing was taken", name, err)
		}
		if err != nil {
			return err
		}
		return p.print(func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "took %d of %d reports\n", taken, all)
			return err
		})
	})
}

func newHistoryCheck(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Read the whole history and say whether it is sound",
		Example: `  practicum history check`,
		Args:    cobra.NoArgs,
	}
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, _ []string) error {
		wrong, n, err := s.Check(ctx)
		if err != nil {
			return err
		}
		if len(wrong) > 0 {
			var all []error
			for _, text := range wrong {
				all = append(all, errors.New(text))
			}
			return fmt.Errorf("the history is damaged (%w); export what can be read, or put back a copy", errors.Join(all...))
		}
		return p.print(func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "sound: %d reports\n", n)
			return err
		})
	})
}

func newHistoryUpdate(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "update REPORT.md",
		Short: "Take over what the analyst wrote into a report since it was made",
		Long: `Takes over ratings, answers, text and ticked recommendations of an edited report.md whose
report.json lies beside it. "practicum report" does so whenever it runs over the report;
this is for one that is finished and will not be made again.`,
		Example: `  practicum report --quiet testdata/logs/founding
  practicum history update report/report.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("one report is wanted, as in: practicum history update report/report.md")
			}
			return nil
		},
	}
	return p.historyCommand(cmd, false, func(ctx context.Context, s *history.Store, args []string) error {
		all, err := entriesOfDocument(args[0])
		if err != nil {
			return err
		}
		changed := false
		for _, e := range all {
			did, err := s.Update(ctx, e)
			if err != nil {
				return err
			}
			changed = changed || did
		}
		return p.print(func(w io.Writer) error {
			text := "took over what the analyst says"
			if !changed {
				text = "nothing new"
			}
			_, err := fmt.Fprintln(w, text)
			return err
		})
	})
}

// entriesOfDocument is what is to be kept of a report.md with its report.json: one entry, or one for each site.
func entriesOfDocument(source string) ([]*history.Entry, error) {
	file := strings.TrimSuffix(source, filepath.Ext(source)) + ".json"
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	var r analysis.Report
	if err := json.Unmarshal(text, &r); err != nil || r.Schema != analysis.Schema {
		return nil, fmt.Errorf("%s: is no report.json of ours; practicum report --to md,json writes one", file)
	}
	before, err := readWritten(source, filepath.Join(filepath.Dir(source), baseName), nil)
	if err != nil {
		return nil, err
	}
	if before.current == nil {
		return nil, fmt.Errorf("%s: no such file; practicum report writes one", source)
	}
	for i := range r.Incidents {
		if s := before.current.Incident(r.Incidents[i].ID); s != nil && s.Kind == draft.Incident {
			severity.Rate(&r.Incidents[i].Severity, nil, before.edited(s))
		}
	}
	before.answers(&r)
	words, err := documentWords(before.source)
	if err != nil {
		return nil, err
	}
	if len(r.Sites) == 0 {
		return []*history.Entry{history.EntryOf(&r, words)}, nil
	}
	var all []*history.Entry
	for _, s := range r.Sites {
		own := analysis.Report{Site: s.Name, Zone: s.Zone, Window: s.Window, Period: s.Period, Past: s.Past}
		for _, in := range r.Incidents {
			if in.Site == s.Name {
				own.Incidents = append(own.Incidents, in)
			}
		}
		for _, h := range r.Hosts {
			if h.Site == s.Name {
				own.Hosts = append(own.Hosts, h)
			}
		}
		// report.json says of all recommendations together; which are this site's is in the history.
		all = append(all, history.EntryOf(&own, words))
	}
	return all, nil
}

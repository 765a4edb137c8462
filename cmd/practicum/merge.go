package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
)

// newMerge is the command that makes one report of logs that were read in parts: on several machines, or one day after the other.
func newMerge(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge PARTIAL...",
		Short: "Make one report of logs that were read in parts",
		Long: `Reads files that "practicum report --partial-out" made of logs, and writes the report that
all of these logs at once would give: incidents that reach from one to another, records that
two of them have, sources and counts of all. Parts can be merged in any order, and into a
partial again.

Say the same as when the logs were read: --tz, the period, --log-format, --patterns, and the
same configuration. What is said about incidents, assets and looks counts here.

A partial has the lines of the incidents that rank first in it. Others are read from the logs
where these still lie under their names; where they do not, the report says how many it
leaves out.`,
		Example: `  # on each machine, or each night
  practicum report --year 2000 --partial-out report/mail.partial testdata/logs/founding/mail.log
  practicum report --partial-out report/nis.partial testdata/logs/founding/nis.log

  # the report on both
  practicum merge -o report/both report/mail.partial report/nis.partial`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("no partials named; `practicum report --partial-out FILE LOG...` makes them of logs")
			}
			return noEmptyLogs("practicum merge web1.partial web2.partial")(cmd, args)
		},
	}
	f := addReportFlags(cmd)
	cmd.Flags().String("partial-out", "", "`FILE` write the partials as one, and no report")
	for _, not := range []string{"obscure", "obscure-key", "obscure-list", "keep-logs", "obscure-mynet"} {
		if err := cmd.Flags().MarkHidden(not); err != nil {
			panic(err) // the flag was not added: a mistake in this program
		}
	}
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		switch {
		case o.Obscure.Mode != "":
			return usageErrorf("--obscure needs the logs themselves, which partials do not have; report on them at once")
		case len(o.Sites) > 0 && o.Only == nil:
			return usageErrorf("partials are of one site; choose it with --site (%s)", siteNames(o.Sites))
		}
		if err := nameOutput(o); err != nil {
			return err
		}
		var partials []*pipeline.Partial
		for _, name := range args {
			data, err := os.ReadFile(name)
			if err != nil {
				return unreadable(name, err)
			}
			partial, err := pipeline.ReadPartial(filepath.ToSlash(name), data, o.Analysis)
			if err != nil {
				return err
			}
			partials = append(partials, partial)
		}
		plan := []planned{{[]part{{partials: partials}}, o}}
		if cmd.Flags().Changed("partial-out") {
			return p.writePartial(cmd, plan, f)
		}
		return p.makeReports(cmd, plan, f)
	})
	return cmd
}

// writePartial writes what the logs of a plan say into a file.
func (p *program) writePartial(cmd *cobra.Command, plan []planned, f *reportFlags) error {
	file, _ := cmd.Flags().GetString("partial-out")
	switch {
	case file == "":
		return usageErrorf("--partial-out: the name of the file is empty; as in --partial-out web1.partial")
	case len(plan) > 1 || len(plan[0].parts) > 1:
		return usageErrorf("a partial is of one site; choose it with --site (%s)", siteNames(plan[0].o.Sites))
	case plan[0].o.Obscure.Mode != "":
		return usageErrorf("--obscure cannot be combined with --partial-out")
	}
	ctx, o, of := cmd.Context(), plan[0].o, plan[0].parts[0]
	folder, err := openFolder(filepath.Dir(file))
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			folder.undo()
		}
	}()
	var partial *pipeline.Partial
	if of.partials != nil {
		if partial, err = promptly(ctx, func() (*pipeline.Partial, error) { return pipeline.Merge(ctx, of.partials, o.Analysis) }); err != nil {
			return err
		}
		partial.Reopen(p.reopen)
	} else {
		if of.in, err = p.findInputs(ctx, of.args, o.Dir); err != nil {
			return err
		}
		defer of.in.close()
		logs, read := p.toRead(of.in.logs, !f.quiet)
		defer read()
		if partial, err = promptly(ctx, func() (*pipeline.Partial, error) { return pipeline.Scan(ctx, logs, o.Analysis) }); err != nil {
			return err
		}
	}
	data, err := promptly(ctx, func() ([]byte, error) {
		if err := partial.Quote(ctx); err != nil {
			return nil, err
		}
		return partial.Append(nil)
	})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := writeFiles([]outputFile{{file, data}}, nil); err != nil {
		return err
	}
	done = true
	if !f.quiet {
		fmt.Fprintf(p.stdout, "wrote %s\n", file)
	}
	return nil
}

// reopen finds a log that a partial is of, where it still lies under its name as it was.
func (p *program) reopen(want analysis.Input) (logformat.Input, bool) {
	name := filepath.FromSlash(want.File)
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != want.Bytes {
		return logformat.Input{}, false
	}
	same := false
	return logformat.Input{Path: want.File, Open: func() (io.ReadCloser, error) {
		file, err := os.Open(name)
		if err != nil || same {
			return file, err
		}
		h := sha256.New()
		if _, err = io.Copy(h, file); err == nil && hex.EncodeToString(h.Sum(nil)) != want.SHA256 {
			err = errors.New("the log is not what it was when its partial was made; put it back as it was, or move it away")
		}
		if err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
		if err != nil {
			file.Close()
			return nil, err
		}
		same = true
		return file, nil
	}}, true
}

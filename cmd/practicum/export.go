package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"practicum/analysis"
	"practicum/config"
	"practicum/render/document"
	"practicum/render/interchange"
	"practicum/render/safe"
)

// newExport is for reports that were made before; report --export writes the same files beside a new one.
func newExport(p *program) *cobra.Command {
	var to []string
	var dir, modified string
	names := interchange.Names()
	cmd := &cobra.Command{
		Use:   "export REPORT.json",
		Short: "Write a report for other systems: CSV, STIX, OCSF, ATT&CK Navigator, DShield",
		Long: `Writes what a report.json says in the forms of other systems, beside it, under its own name:

  csv        one row an incident, for spreadsheets
  stix       a STIX 2.1 bundle, for platforms of threat intelligence
  ocsf       OCSF 1.7.0 findings as lines of JSON, for data lakes
  navigator  a layer of the ATT&CK Navigator
  dshield    dropped packets, in DShield's form

The same report.json gives the same bytes. What a form has no room for is told. After you
have edited report.md, run "practicum report" first: it takes your ratings into report.json.
A report that was obscured gives pseudonyms only; labels (--tlp) are judged as for a PDF.`,
		Example: `  practicum report --quiet --to md,json testdata/logs/founding
  practicum export report/report.json --to csv,stix

  # one export to standard output
  practicum export report/report.json --to ocsf -o - | head -n 1

  # after a change of ratings: a newer version of the same STIX objects
  practicum export report/report.json --to stix --modified 2026-11-01T08:00:00Z -o report/new`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one report is wanted, not %d, as in: practicum export report/report.json --to csv", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&to, "to", nil, "`"+strings.Join(names, ",")+"` what to write")
	flags.StringVarP(&dir, "output", "o", "", "`DIR` folder to write into, or - for standard output (default: beside the report)")
	flags.StringVar(&modified, "modified", "", "`TIME` when the report was changed, if after its last record; or now")
	addDShieldFlag(cmd)
	addTLPFlag(cmd)
	addConfigFlag(flags)
	complete(cmd, "to", words(names...))

	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		if len(to) == 0 {
			return usageErrorf("--to: names no export; there are %s", strings.Join(names, ", "))
		}
		for _, name := range to {
			if _, ok := interchange.ByName(name); !ok {
				hint := ""
				if near, ok := config.Nearest(name, names); ok {
					hint = fmt.Sprintf(" (did you mean %q?)", near)
				}
				return usageErrorf("--to: %q is no export; there are %s%s", name, strings.Join(names, ", "), hint)
			}
		}
		if dir == "-" && len(to) > 1 {
			return usageErrorf("-o -: standard output takes one export, not %d", len(to))
		}
		// Of the settings only those of the label and of DShield count here; --to and -o mean something else than for report.
		own := pflag.NewFlagSet("export", pflag.ContinueOnError)
		for _, name := range []string{"tlp", "dshield-user", "config"} {
			own.AddFlag(flags.Lookup(name))
		}
		o, err := p.options(own)
		if err != nil {
			return err
		}
		if o.Modified, err = p.changed(modified); err != nil {
			return err
		}
		source := args[0]
		text, report, err := readExported(source)
		if err != nil {
			return err
		}
		out, err := exports(text, to, o, p.warnOf(source))
		if err != nil {
			if bad, ok := err.(*document.Error); ok {
				return fmt.Errorf("%s: %s", source, bad.Reason)
			}
			return fmt.Errorf("%s: %w", source, err)
		}
		if dir == "-" {
			for _, data := range out {
				if _, err := p.stdout.Write(data); err != nil {
					return fmt.Errorf("standard output cannot be written (%s)", reason(err))
				}
			}
			return nil
		}
		if dir == "" {
			dir = filepath.Dir(source)
		}
		folder, err := openFolder(dir)
		if err != nil {
			return err
		}
		stem := strings.TrimSuffix(filepath.Base(source), filepath.Ext(source))
		var files []outputFile
		for _, f := range interchange.Formats {
			if slices.Contains(to, f.Name) {
				files = append(files, outputFile{filepath.Join(dir, fileName(stem, f.Ext, pageName(report), o.Style.TLP)), out[f.Ext]})
			}
		}
		if err := cmd.Context().Err(); err != nil {
			folder.undo()
			return err
		}
		unlock, err := folder.lock(cmd.Context(), func() { p.warn(dir, "another run is writing there; waiting for it to end") })
		if err != nil {
			folder.undo()
			return err
		}
		defer unlock()
		if err := writeFiles(files, nil); err != nil {
			folder.undo()
			return err
		}
		for _, f := range files {
			fmt.Fprintf(p.stdout, "wrote %s\n", safe.Line(filepath.ToSlash(f.path)))
		}
		return nil
	})
	return cmd
}

// changed reads --modified.
func (p *program) changed(s string) (time.Time, error) {
	switch s {
	case "":
		return time.Time{}, nil
	case "now":
		return p.now, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, usageErrorf("--modified: %q is no time; write it as 2026-11-01T08:00:00Z, or now", s)
	}
	return t, nil
}

// readExported reads a report.json.
func readExported(file string) ([]byte, *analysis.Report, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, nil, fmt.Errorf("%s: is a folder; name the report in it, %s", file, filepath.ToSlash(filepath.Join(file, "report.json")))
	}
	text, err := os.ReadFile(file)
	if is[*fs.PathError](err) && os.IsNotExist(err) {
		return nil, nil, fmt.Errorf("%s: no such file; practicum report --to json writes one", file)
	} else if err != nil {
		return nil, nil, unreadable(file, err)
	}
	var report analysis.Report
	if ext := strings.ToLower(filepath.Ext(file)); ext != ".json" {
		return nil, nil, fmt.Errorf("%s: is no report.json, which practicum report writes beside it", file)
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, nil, fmt.Errorf("%s: cannot be read as JSON (%s); practicum report --to json writes it anew", file, reason(err))
	}
	if report.Schema != analysis.Schema {
		return nil, nil, fmt.Errorf("%s: is of the form %q, not %s; practicum report --to json writes it anew", file, report.Schema, analysis.Schema)
	}
	return text, &report, nil
}

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"practicum/analysis/severity"
	"practicum/render/document"
	"practicum/render/draft"
	"practicum/render/merge"
	"practicum/render/pdf/canvas"
	"practicum/render/safe"
)

func newRender(p *program) *cobra.Command {
	var to []string
	var dir string
	cmd := &cobra.Command{
		Use:   "render REPORT.md",
		Short: "Draw an edited report as HTML and PDF",
		Long: `Draws a report.md, edited or not, as HTML and PDF beside it, under its own name. The
Markdown is read and never changed. Where the points in a severity table were edited, the
sum, the band and the summary are drawn as they follow from it.`,
		Example: `  practicum report --quiet --to md testdata/logs/founding
  practicum render report/report.md

  # the PDF alone, on another paper, in another folder
  practicum render report/report.md --to pdf --paper letter -o report/print`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one report is wanted, not %d, as in: practicum render report/report.md", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"md"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	drawn := []string{"html", "pdf"}
	flags.StringSliceVar(&to, "to", drawn, "`html,pdf` report formats to draw (default: both)")
	flags.StringVarP(&dir, "output", "o", "", "`DIR` folder to write into (default: beside the report)")
	addLookFlags(cmd)
	addAttachFlag(cmd)
	addConfigFlag(flags)
	complete(cmd, "to", words(drawn...))

	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		for _, name := range to {
			if !slices.Contains(drawn, name) {
				return usageErrorf("--to: %q cannot be drawn from a report; there are html and pdf", name)
			}
		}
		if len(to) == 0 {
			return usageErrorf("--to: names no report format; there are html and pdf")
		}
		// Of the flags only those of the looks count here; --to and -o mean something else than for report.
		own := pflag.NewFlagSet("render", pflag.ContinueOnError)
		own.AddFlag(flags.Lookup("paper"))
		own.AddFlag(flags.Lookup("tlp"))
		own.AddFlag(flags.Lookup("attach"))
		own.AddFlag(flags.Lookup("config"))
		o, err := p.options(own)
		if err != nil {
			return err
		}
		source := args[0]
		if info, err := os.Stat(source); err == nil && info.IsDir() {
			return fmt.Errorf("%s: is a folder; name the report in it, %s", source, filepath.ToSlash(filepath.Join(source, reportName)))
		}
		switch ext := strings.ToLower(filepath.Ext(source)); ext {
		case ".html", ".htm", ".pdf", ".json":
			// It would be drawn as Markdown over itself.
			return fmt.Errorf("%s: is no Markdown; the report's words are in report.md, from which the others are drawn", source)
		}
		md, err := os.ReadFile(source)
		if err != nil {
			if is[*fs.PathError](err) && os.IsNotExist(err) {
				return fmt.Errorf("%s: no such file; practicum report writes one", source)
			}
			return unreadable(source, err)
		}
		if md, err = recomputed(source, md); err != nil {
			return err
		}
		made, err := reportBeside(source)
		if err != nil {
			return err
		}
		var files []canvas.File
		if slices.Contains(to, "pdf") {
			if files, err = attachments(made, o.Attach, nil); err != nil {
				return err
			}
		}
		rendered, err := renderMarkdown(md, source, to, o, files, p.warnOf(source))
		if err != nil {
			if bad, ok := err.(*document.Error); ok && bad.Line > 0 {
				return fmt.Errorf("%s:%d: %s", source, bad.Line, bad.Reason)
			}
			return fmt.Errorf("%s: cannot be drawn: %w", source, err)
		}
		if dir == "" {
			dir = filepath.Dir(source)
		}
		folder, err := openFolder(dir)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(source), filepath.Ext(source))
		var out []outputFile
		for _, format := range drawn {
			if data, ok := rendered[format]; ok {
				out = append(out, outputFile{filepath.Join(dir, fileName(name, format, pageName(made), o.Style.TLP)), data})
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
		if err := writeFiles(out, nil); err != nil {
			folder.undo()
			return err
		}
		for _, f := range out {
			fmt.Fprintf(p.stdout, "wrote %s\n", safe.Line(filepath.ToSlash(f.path)))
		}
		return nil
	})
	return cmd
}

// recomputed is a report with its sums made from its severity tables as they stand. The base beside it
// tells which of them a person edited.
func recomputed(path string, md []byte) ([]byte, error) {
	if bytes.Equal(md, baseOf(path)) {
		return md, nil // nobody has edited anything yet
	}
	d, err := draft.Parse(md)
	if err != nil {
		return nil, atLine(path, err)
	}
	if problems := merge.RatingProblems(d); len(problems) > 0 {
		return nil, problemsOf(path, problems)
	}
	return recompute(path, d), nil
}

// baseOf is what the tool wrote last where the report is; nil when it did not write this one.
func baseOf(path string) []byte {
	data, err := os.ReadFile(filepath.Join(filepath.Dir(path), baseName))
	if err != nil || filepath.Base(path) != reportName {
		return nil
	}
	return data
}

func recompute(path string, d *draft.Draft) []byte {
	var base *draft.Draft
	if data := baseOf(path); data != nil {
		if b, err := draft.Parse(data); err == nil && len(b.Problems) == 0 {
			base = b
		}
	}
	return merge.Recompute(d, base, func(high int) string { return strings.ToUpper(string(severity.BandOf(high))) })
}

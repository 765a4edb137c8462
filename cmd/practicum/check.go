package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"practicum/render/check"
	"practicum/render/safe"
)

// found is the end of a check that found something. It has been said; nothing is left to complain about.
type found struct{}

func (found) Error() string   { return "something was found" }
func (found) Unwrap() []error { return nil }

// maxReport is the size of a document that is still read; nobody writes a longer one.
const maxReport = 256 << 20

func newCheck(p *program) *cobra.Command {
	var to string
	var fix, list, factors bool
	var logs string
	var obscured []string
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Grade a report: what is open or wrong in it, by line",
		Long: `Grades reports, as a reader with a red pen would: unanswered prompts, empty reasons,
totals that disagree with their parts, the same evidence scored twice in two ways, blocks
that are counted as lethality, citations and evidence that are not what they were.

A document that practicum did not write, such as an old practical as plain text, is read
too: its incidents, the four parts of each severity and the totals are found in its words
("I would rate the criticality a 4", "(4 + 3) - (4 + 2) = 1") and the sums are compared.
--factors prints what was read. A FILE is - for standard input, as in:
pdftotext -layout practical.pdf - | practicum check -

Exit status: 0 nothing found, 1 something found, 2 wrong usage or a file that cannot be read.`,
		Example: `  practicum report --quiet --config testdata/founding.yaml testdata/logs/founding
  practicum check report/report.md

  # what is read of a practical that somebody wrote by hand
  practicum check --factors testdata/shapes/practical/practical.txt

  # for an editor or continuous integration
  practicum check --to sarif report/report.md >report.sarif

  # all rules with their reasons
  practicum check --list`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !list {
				return errors.New("no report named, as in: practicum check report/report.md")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"md", "txt", "text", "markdown"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	forms := []string{"text", "json", "sarif"}
	flags.StringVar(&to, "to", "text", "`text|json|sarif` how to print what is found")
	flags.BoolVar(&factors, "factors", false, "also print what was read of each severity, with its lines")
	flags.BoolVar(&fix, "fix", false, "compute sums again where they disagree with the table above them; nothing else is changed")
	flags.StringVar(&logs, "logs", "", "`DIR` where the report's inputs are (default: where the report says, seen from here or from its folder)")
	flags.StringArrayVar(&obscured, "obscured", nil, "`ADDRESS|NETWORK` must not be in the report; may be given again")
	flags.BoolVar(&list, "list", false, "print the rules with their explanations")
	complete(cmd, "to", words(forms...))

	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		if !slices.Contains(forms, to) {
			return usageErrorf("--to: %q is unknown; there are %s", to, strings.Join(forms, ", "))
		}
		if list {
			listRules(p.stdout)
			return nil
		}
		var networks []netip.Prefix
		for _, o := range obscured {
			n, err := network(o)
			if err != nil {
				return usageErrorf("--obscured: %q is no address and no network, as in 192.0.2.7 or 192.0.2.0/24", o)
			}
			networks = append(networks, n)
		}
		var reports []*check.Report
		var findings, readings []check.Finding
		for _, file := range args {
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			var source []byte
			var err error
			switch {
			case file != "-":
				source, err = readReport(file)
			case fix:
				return usageErrorf("--fix: standard input cannot be fixed; name a file")
			default:
				source, err = readText(p.stdin, "standard input")
			}
			if err != nil {
				return &usageError{err}
			}
			o := check.Options{Obscured: networks}
			o.Open = func(name string) (io.ReadCloser, error) { return openInput(file, logs, name) }
			o.Unread = func(name string, err error) {
				if logs != "" {
					p.warn(file, fmt.Sprintf("%s: cannot be read, so it was not compared (%s)", name, reason(err)))
				}
			}
			r, err := check.Document(filepath.ToSlash(file), source, o)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if r.Foreign && len(r.Severity) == 0 {
				p.warn(file, "no severity was read in it, so none was compared")
			}
			if fix {
				fixed, n := r.Fixed(source)
				if n > 0 {
					if err := writeFiles([]outputFile{{file, fixed}}, func() error {
						if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, source) {
							return fmt.Errorf("%s: was saved while it was checked, and nothing was written; run the command again", file)
						}
						return nil
					}); err != nil {
						return err
					}
					fmt.Fprintf(p.stderr, "fixed %d %s in %s\n", n, plural(n, "line", "lines"), safe.Line(filepath.ToSlash(file)))
					if r, err = check.Document(filepath.ToSlash(file), fixed, o); err != nil {
						return fmt.Errorf("%s: %w", file, err)
					}
				}
			}
			reports = append(reports, r)
			findings = append(findings, r.Findings...)
			readings = append(readings, r.Readings()...)
		}
		var err error
		switch to {
		case "json":
			all := findings
			if factors {
				all = append(readings, findings...)
			}
			err = check.JSON(p.stdout, all)
		case "sarif":
			err = check.SARIF(p.stdout, findings, version)
		default:
			if factors {
				err = check.Factors(p.stdout, reports)
			}
			if err == nil {
				err = check.Text(p.stdout, findings)
			}
		}
		if err != nil {
			return err
		}
		if len(findings) > 0 {
			return found{}
		}
		return nil
	})
	return cmd
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func network(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	n, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return n.Masked(), nil
}

// readReport reads a document that a person wrote.
func readReport(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file; practicum report writes one", file)
	case err != nil:
		return nil, unreadable(file, err)
	case info.IsDir():
		return nil, fmt.Errorf("%s: is a folder; name the report in it, as in: %s", file, filepath.ToSlash(filepath.Join(file, reportName)))
	case info.Size() > maxReport:
		return nil, tooLarge(file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	return readText(f, file)
}

// readText reads a document of that name, and refuses what is none.
func readText(r io.Reader, name string) ([]byte, error) {
	source, err := io.ReadAll(io.LimitReader(r, maxReport+1))
	switch {
	case err != nil:
		return nil, unreadable(name, err)
	case len(source) > maxReport:
		return nil, tooLarge(name)
	case bytes.HasPrefix(source, []byte("%PDF-")):
		return nil, fmt.Errorf("%s: is a PDF; make text of it first, as with: pdftotext -layout", name)
	case bytes.HasPrefix(source, []byte("\xff\xfe")), bytes.HasPrefix(source, []byte("\xfe\xff")):
		return nil, fmt.Errorf("%s: is UTF-16; save it as UTF-8", name)
	case bytes.IndexByte(source[:min(len(source), 8192)], 0) >= 0, bytes.HasPrefix(source, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%s: is no text; save the document as plain text or Markdown", name)
	}
	return source, nil
}

func tooLarge(name string) error {
	return fmt.Errorf("%s: is larger than %d MB; is it a report?", name, maxReport>>20)
}

// openInput finds an input by the name that the report gives it: below --logs, by its path or by its
// base name; else seen from here and from the report's folder and those above it. A report may have been
// written by somebody else, so that only plain files are opened; nothing of them is printed but a hash.
func openInput(report, logs, name string) (io.ReadCloser, error) {
	path := filepath.FromSlash(name)
	var places []string
	if logs != "" {
		places = []string{filepath.Join(logs, path), filepath.Join(logs, filepath.Base(path))}
	} else {
		places = []string{path}
		if !filepath.IsAbs(path) {
			dir := filepath.Dir(report)
			for range 3 {
				places = append(places, filepath.Join(dir, path))
				dir = filepath.Join(dir, "..")
			}
		}
	}
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() {
			return os.Open(place)
		}
	}
	return nil, fs.ErrNotExist
}

func listRules(w io.Writer) {
	for i, r := range check.Rules {
		if i > 0 {
			fmt.Fprintln(w)
		}
		notes := ""
		if r.Foreign {
			notes = "; also in documents of other origin"
		}
		if r.Fixes {
			notes += "; --fix"
		}
		fmt.Fprintf(w, "%s: %s%s\n", r.ID, r.Title, notes)
		for _, l := range wrap(r.Explain, helpWidth-4) {
			fmt.Fprintf(w, "    %s\n", l)
		}
	}
}

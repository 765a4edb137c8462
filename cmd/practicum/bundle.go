package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"practicum/analysis"
)

const (
	sumsName     = "SHA256SUMS"
	manifestName = "manifest.json"
	evidenceDir  = "evidence"
)

// signers are the programs that can sign a bundle, by the flag that names the key: the signature lies beside the bundle.
var signers = []struct {
	flag, program string
	args          func(key, file string) []string
	signature     string
	check         string // how to check it, in words
}{
	{"sign-ssh", "ssh-keygen", func(key, file string) []string {
		return []string{"-Y", "sign", "-q", "-f", key, "-n", "practicum", file}
	}, ".sig",
		"ssh-keygen -Y verify -f allowed_signers -I NAME -n practicum -s %[1]s.sig < %[1]s"},
	{"sign-minisign", "minisign", func(key, file string) []string { return []string{"-S", "-s", key, "-m", file} }, ".minisig", "minisign -V -p KEY.pub -m %[1]s"},
}

func newBundle(p *program) *cobra.Command {
	var output string
	var without, quiet bool
	keys := make([]string, len(signers))
	cmd := &cobra.Command{
		Use:   "bundle REPORT.md",
		Short: "Put a report, its evidence and their checksums into one archive",
		Long: `Puts a report in all its formats, the logs that it was made from, the manifest and the
SHA-256 of each file into one zip archive. The same report and logs give the same bytes.
"practicum verify" checks an archive; sha256sum -c does so without us. Of an obscured report
the evidence is the obscured copies of the logs, which "report --obscure --keep-logs" keeps.`,
		Example: `  practicum report --quiet testdata/logs/founding
  practicum bundle report/report.md -o report/founding.zip`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one report is wanted, not %d, as in: practicum bundle report/report.md", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"md"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&output, "output", "o", "", "`FILE` the archive (default: beside the report, under its name)")
	flags.BoolVar(&without, "without-evidence", false, "leave the logs out")
	for i, s := range signers {
		flags.StringVar(&keys[i], s.flag, "", fmt.Sprintf("`KEY` sign the archive with %s and this key; the signature lies beside it", s.program))
	}
	flags.BoolVarP(&quiet, "quiet", "q", false, "say nothing of what was written")
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		source := args[0]
		report, err := reportBeside(source)
		if err != nil {
			return err
		}
		if report == nil {
			return fmt.Errorf("%s: no report.json of ours lies beside it, which names the evidence; practicum report --to md,html,pdf,json writes one", source)
		}
		files, label, err := bundleFiles(source, report, !without)
		if err != nil {
			return err
		}
		if output == "" {
			output = strings.TrimSuffix(source, filepath.Ext(source)) + label + ".zip"
		}
		var b bytes.Buffer
		if err := writeZip(&b, files, p.sourceDate(report)); err != nil {
			return err
		}
		if err := writeFiles([]outputFile{{output, b.Bytes()}}, nil); err != nil {
			return err
		}
		if !quiet {
			fmt.Fprintf(p.stdout, "wrote %s: %d files, %s\n", output, len(files), hex.EncodeToString(sum(b.Bytes())))
		}
		for i, s := range signers {
			if keys[i] != "" {
				if err := p.sign(cmd.Context(), i, keys[i], output); err != nil {
					return err
				}
				if !quiet {
					fmt.Fprintf(p.stdout, "wrote %s%s; to check it: %s\n", output, s.signature, fmt.Sprintf(s.check, output))
				}
			}
		}
		return nil
	})
	return cmd
}

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// bundleFile is a file of an archive.
type bundleFile struct {
	name string // with "/"
	data []byte
}

// bundleFiles are the files of the archive of a report, in the order of their names, the checksums last. label is what
// stands in the names of those that carry a label of TLP.
func bundleFiles(source string, report *analysis.Report, evidence bool) (files []bundleFile, label string, err error) {
	stem := strings.TrimSuffix(source, filepath.Ext(source))
	for _, ext := range []string{".html", ".json", ".md", ".pdf"} {
		names := []string{stem + ext}
		if ext == ".html" || ext == ".pdf" {
			more, _ := filepath.Glob(stem + ".tlp-*" + ext)
			names = append(names, more...)
			if named := pageName(report); named != "" {
				names = append(names, filepath.Join(filepath.Dir(stem), fileName(filepath.Base(stem), ext[1:], named, "")))
			}
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			switch {
			case os.IsNotExist(err) && ext != filepath.Ext(source):
				continue
			case err != nil:
				return nil, "", unreadable(name, err)
			}
			files = append(files, bundleFile{filepath.Base(name), data})
			if l, ok := strings.CutPrefix(strings.TrimSuffix(filepath.Base(name), ext), filepath.Base(stem)); ok && l != "" {
				label = l
			}
		}
	}
	if evidence {
		for i, in := range report.Inputs {
			way := "; --without-evidence leaves the logs out"
			file := filepath.FromSlash(in.File)
			if report.Made != nil && report.Made.Obscured {
				file = filepath.Join(filepath.Dir(source), obscuredLogs, in.File)
				way = "; report --obscure --keep-logs keeps the obscured copies, --without-evidence leaves them out"
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, "", fmt.Errorf("%s: cannot be read (%s)%s", file, reason(err), way)
			}
			if hex.EncodeToString(sum(data)) != in.SHA256 {
				return nil, "", fmt.Errorf("%s: is not what the report was made from any more (its SHA-256 is another)%s", file, way)
			}
			files = append(files, bundleFile{evidenceName(i, in.File), data})
		}
	}
	manifest, err := manifestOf(report)
	if err != nil {
		return nil, "", err
	}
	files = append(files, bundleFile{manifestName, manifest})
	slices.SortFunc(files, func(a, b bundleFile) int { return strings.Compare(a.name, b.name) })
	var sums bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&sums, "%x  %s\n", sum(f.data), f.name)
	}
	return append(files, bundleFile{sumsName, sums.Bytes()}), label, nil
}

// evidenceName is where the i-th input lies in an archive: no folders of others, no name twice, nothing that a file system
// takes for more than a name.
func evidenceName(i int, file string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, path.Base(file))
	return fmt.Sprintf("%s/%02d-%s", evidenceDir, i+1, strings.TrimLeft(name, "."))
}

// sourceDate is the time that files of an archive carry: SOURCE_DATE_EPOCH, as reproducible-builds.org specifies it, else when the
// last event of the report was logged.
func (p *program) sourceDate(report *analysis.Report) time.Time {
	if t, ok := sourceDateEpoch(p.env); ok {
		return t
	}
	return report.Period.Last
}

func writeZip(w io.Writer, files []bundleFile, at time.Time) error {
	// A zip file's times begin in 1980.
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(first) {
		at = first
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at.UTC()}
		h.SetMode(0o644)
		out, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := out.Write(f.data); err != nil {
			return err
		}
	}
	return z.Close()
}

// sign has the user's own program sign a file.
func (p *program) sign(ctx context.Context, i int, key, file string) error {
	s := signers[i]
	program, err := exec.LookPath(s.program)
	if err != nil {
		return fmt.Errorf("%s: is not installed, so %s is not signed; install it, or leave --%s out", s.program, file, s.flag)
	}
	os.Remove(file + s.signature) // neither of them overwrites one
	cmd := exec.CommandContext(ctx, program, s.args(key, file)...)
	cmd.Stdin, cmd.Stderr = p.stdin, p.stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: cannot be signed: %s ended with %v", file, s.program, err)
	}
	return nil
}

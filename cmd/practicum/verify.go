package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"practicum/analysis"
	"practicum/analysis/lazily"
	"practicum/analysis/logformat"
	"practicum/analysis/observation"
	"practicum/analysis/pipeline"
	"practicum/config"
	"practicum/render"
	"practicum/render/safe"
)

func newVerify(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify REPORT.md|BUNDLE.zip [LOG...]",
		Short: "Prove a report against the logs that it was made from",
		Long: `Checks a report against its logs: each input has the SHA-256 that report.json gives, each
quoted line stands in the log as quoted, and the analysis, done again with the flags that
report.json names, gives the same report.json. Of an archive the checksums are checked too.
Logs are found under their names, or given; those of an archive are in it. Ends with status
1 when something differs.`,
		Example: `  practicum report --quiet testdata/logs/founding
  practicum verify report/report.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("no report given, as in: practicum verify report/report.md")
			}
			return nil
		},
	}
	addConfigFlag(cmd.Flags())
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		path, _ := cmd.Flags().GetString("config")
		v := &verifier{p: p, ctx: cmd.Context(), config: path, logs: args[1:]}
		source := args[0]
		if strings.EqualFold(filepath.Ext(source), ".zip") {
			dir, err := v.unpack(source)
			if dir != "" {
				defer os.RemoveAll(dir)
			}
			if err != nil {
				return err
			}
			source = v.report
		}
		if err := v.verify(source); err != nil {
			return err
		}
		if v.wrong > 0 {
			return fmt.Errorf("%s: %d of %d checks failed", args[0], v.wrong, v.checks)
		}
		return nil
	})
	return cmd
}

// verifier tells of each check on a line of its own.
type verifier struct {
	p             *program
	ctx           context.Context
	config        string
	logs          []string // given, or unpacked
	report        string   // in an archive
	bundled       bool
	checks, wrong int
}

func (v *verifier) say(ok bool, format string, args ...any) {
	v.checks++
	word := "ok      "
	if !ok {
		v.wrong++
		word = "DIFFERS "
	}
	fmt.Fprintf(v.p.stdout, "%s%s\n", word, safe.Line(fmt.Sprintf(format, args...)))
}

// maxUnpacked is how much an archive may hold: more is no report.
const maxUnpacked = 8 << 30

// unpack checks the files of an archive against its checksums and puts them into a temporary folder.
func (v *verifier) unpack(file string) (dir string, err error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return "", fmt.Errorf("%s: cannot be read as a zip archive (%s)", file, reason(err))
	}
	defer z.Close()
	if dir, err = os.MkdirTemp("", "practicum-bundle-*"); err != nil {
		return "", fmt.Errorf("%s: cannot be unpacked into a temporary folder (%s); set TMPDIR to a folder with room", file, reason(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return dir, err
	}
	defer root.Close()
	sums := map[string]string{}
	left := int64(maxUnpacked)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue // a folder; those of files are made with them
		}
		if !fs.ValidPath(f.Name) || strings.Contains(f.Name, `\`) {
			return dir, fmt.Errorf("%s: holds %q, which is no name that we give; it is not unpacked", file, f.Name)
		}
		in, err := f.Open()
		if err != nil {
			return dir, fmt.Errorf("%s: %s cannot be unpacked: %w", file, f.Name, err)
		}
		data, err := io.ReadAll(io.LimitReader(in, left+1))
		in.Close()
		if err != nil {
			return dir, fmt.Errorf("%s: %s is damaged: %w", file, f.Name, err)
		}
		if left -= int64(len(data)); left < 0 {
			return dir, fmt.Errorf("%s: unpacks to more than %d GB and is no archive of a report", file, maxUnpacked>>30)
		}
		if f.Name == sumsName {
			for line := range strings.Lines(string(data)) {
				if hash, name, ok := strings.Cut(strings.TrimRight(line, "\n"), "  "); ok {
					sums[name] = hash
				}
			}
			continue
		}
		sums["\x00"+f.Name] = hex.EncodeToString(sum(data))
		if parent := filepath.Dir(f.Name); parent != "." {
			if err := root.MkdirAll(parent, 0o700); err != nil {
				return dir, err
			}
		}
		if err := root.WriteFile(f.Name, data, 0o600); err != nil {
			return dir, unwritable(f.Name, err)
		}
		switch {
		case strings.HasPrefix(f.Name, evidenceDir+"/"):
			v.logs = append(v.logs, filepath.Join(dir, f.Name))
		case strings.HasSuffix(f.Name, ".md") && !strings.Contains(f.Name, "/"):
			v.report = filepath.Join(dir, f.Name)
		}
	}
	v.bundled = true
	if v.report == "" {
		return dir, fmt.Errorf("%s: holds no report", file)
	}
	good, total := 0, 0
	for name, hash := range sums {
		if !strings.HasPrefix(name, "\x00") {
			continue
		}
		total++
		if sums[name[1:]] == hash {
			good++
		} else {
			v.say(false, "%s: is not the file that %s names", name[1:], sumsName)
		}
	}
	for name := range sums {
		if _, there := sums["\x00"+name]; !there && !strings.HasPrefix(name, "\x00") {
			v.say(false, "%s: is missing from the archive", name)
		}
	}
	v.say(good == total, "%d of %d files of the archive have the SHA-256 that %s gives", good, total, sumsName)
	return dir, nil
}

func (v *verifier) verify(source string) error {
	md, err := os.ReadFile(source)
	if err != nil {
		return unreadable(source, err)
	}
	report, err := reportBeside(source)
	if err != nil {
		return err
	}
	if report == nil {
		return fmt.Errorf("%s: no report.json of ours lies beside it, which names the logs; practicum report --to md,json writes one", source)
	}
	inputs, err := v.inputs(source, report)
	if err != nil {
		return err
	}
	if err := v.excerpts(source, md, inputs); err != nil {
		return err
	}
	switch {
	case report.Made == nil:
		v.say(false, "report.json does not say with what flags it was made: an older version wrote it; the analysis is not done again")
		return nil
	case report.Made.Obscured:
		fmt.Fprintln(v.p.stdout, "-       the report is obscured: only who has the key can do the analysis again, with report --obscure")
		return nil
	case slices.ContainsFunc(report.Inputs, func(in analysis.Input) bool { return inputs[in.File] == nil }):
		fmt.Fprintln(v.p.stdout, "-       not all logs are there: the analysis is not done again")
		return nil
	}
	return v.again(source, report, inputs)
}

// inputs finds the logs of a report, each by its SHA-256 among those that were given or by its name.
func (v *verifier) inputs(source string, report *analysis.Report) (map[string]*logformat.Input, error) {
	given := map[string]string{}
	if len(v.logs) > 0 {
		in, err := v.p.findInputs(v.ctx, v.logs, "")
		if err != nil {
			return nil, err
		}
		defer in.close()
		for _, log := range in.logs {
			hash, err := fileSum(log.Path)
			if err != nil {
				return nil, err
			}
			given[hash] = log.Path
		}
	}
	found := map[string]*logformat.Input{}
	good := 0
	for _, in := range report.Inputs {
		file, ok := given[in.SHA256]
		if !ok {
			file = filepath.FromSlash(in.File)
			if report.Made != nil && report.Made.Obscured {
				file = filepath.Join(filepath.Dir(source), obscuredLogs, in.File)
			}
			hash, err := fileSum(file)
			switch {
			case v.bundled || errors.Is(err, fs.ErrNotExist):
				v.say(false, "%s: is not there; give it, wherever it lies", in.File)
				continue
			case err != nil:
				return nil, unreadable(file, err)
			case hash != in.SHA256:
				v.say(false, "%s: is not what the report was made from: its SHA-256 is %s, and report.json has %s", in.File, hash, in.SHA256)
				continue
			}
		}
		good++
		modified := in.Modified
		found[in.File] = &logformat.Input{Path: in.File, ModTime: modified, Open: func() (io.ReadCloser, error) { return os.Open(file) }}
	}
	v.say(good == len(report.Inputs), "%d of %d inputs have the SHA-256 that report.json gives", good, len(report.Inputs))
	return found, nil
}

func fileSum(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(sum(data)), nil
}

var (
	quotedFrom = lazily.Regexp("^`+ ?(.+?) ?`+, (?:lines? |[0-9]+ lines? between )")
	quotedLine = lazily.Regexp(`^ *([0-9]+)  (.*)$`)
)

// excerpts compares each quoted line with the log.
func (v *verifier) excerpts(source string, md []byte, inputs map[string]*logformat.Input) error {
	type quote struct {
		at   int // line of the report
		text string
	}
	quotes := map[string]map[int][]quote{} // by input and line
	file, fence := "", ""
	n, lines := 0, 0
	for line := range strings.Lines(string(md)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case fence != "":
			if line == fence {
				fence = ""
				continue
			}
			if m := quotedLine().FindStringSubmatch(line); m != nil && file != "" {
				number, err := strconv.Atoi(m[1])
				if err != nil {
					continue
				}
				if quotes[file] == nil {
					quotes[file] = map[int][]quote{}
				}
				quotes[file][number] = append(quotes[file][number], quote{n, m[2]})
				lines++
			}
		case strings.HasSuffix(line, "```log"):
			fence = strings.TrimSuffix(line, "log")
		default:
			if m := quotedFrom().FindStringSubmatch(line); m != nil {
				file = m[1]
			} else if strings.HasPrefix(line, "#") {
				file = ""
			}
		}
	}
	shown := map[string]*logformat.Input{} // by the name as a report shows it
	for name, in := range inputs {
		shown[safe.Line(name)] = in
	}
	good, missing := 0, 0
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for f := range quotes {
			if !yield(f) {
				return
			}
		}
	}) {
		in := shown[name]
		if in == nil {
			for _, q := range quotes[name] {
				missing += len(q)
			}
			continue
		}
		var numbers []int
		for number := range quotes[name] {
			numbers = append(numbers, number)
		}
		slices.Sort(numbers)
		texts, err := logformat.ReadLines(v.ctx, *in, numbers, nil)
		if err != nil {
			if bad, ok := errors.AsType[*logformat.InputError](err); !ok || texts == nil && bad.Binary {
				return err
			}
			texts = map[int]string{}
		}
		for _, number := range numbers {
			text, there := texts[number]
			for _, q := range quotes[name][number] {
				if there && render.Quoted(text) == q.text {
					good++
				} else {
					v.say(false, "%s:%d: quotes line %d of %s otherwise than it stands there", filepath.Base(source), q.at, number, name)
				}
			}
		}
	}
	if missing > 0 {
		fmt.Fprintf(v.p.stdout, "-       %d quoted lines are of logs that are not there\n", missing)
	}
	v.say(good == lines-missing, "%d of %d quoted lines stand in the logs as quoted", good, lines-missing)
	return nil
}

// again does the analysis once more and compares report.json.
func (v *verifier) again(source string, report *analysis.Report, inputs map[string]*logformat.Input) error {
	flags := pflag.NewFlagSet("report", pflag.ContinueOnError)
	flags.SortFlags = false // report.json has them in the order of the command line
	flags.AddFlagSet(newReport(v.p).Flags())
	args := append([]string{}, report.Made.Flags...)
	if v.config != "" {
		args = append(args, "--config="+v.config)
	}
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("report.json: names flags that this version does not have: %w", err)
	}
	if name := missingLookup(flags); v.bundled && name != "" {
		fmt.Fprintf(v.p.stdout, "-       %s, in which sources were looked up, is not there: the analysis is not done again\n", safe.Line(name))
		return nil
	}
	o, err := v.p.options(flags)
	if err != nil {
		return err
	}
	if v.bundled && o.Analysis.Made.Configuration != report.Made.Configuration {
		fmt.Fprintln(v.p.stdout, "-       the configuration is not the one that the report was made with: the analysis is not done again; give it with --config")
		return nil
	}
	was, err := os.ReadFile(strings.TrimSuffix(source, filepath.Ext(source)) + ".json")
	if err != nil {
		return err
	}
	for _, d := range [...]struct{ what, mine, theirs string }{
		{"configuration", o.Analysis.Made.Configuration, report.Made.Configuration},
		{"knowledge", o.Analysis.Made.Knowledge, report.Made.Knowledge},
		{"rules", o.Analysis.Made.Rules, report.Made.Rules},
	} {
		if d.mine != d.theirs {
			hint := ""
			if d.what == "configuration" {
				hint = "; give the one that it was made with, with --config"
			}
			v.say(false, "%s: is not what the report was made with (its digest is another)%s", d.what, hint)
		}
	}
	before, err := readWritten(source, filepath.Join(filepath.Dir(source), baseName), nil)
	if err != nil {
		return err
	}
	if err := before.tell(&o.Analysis); err != nil {
		return err
	}
	o.Analysis.Made.Name = report.Made.Name // which says nothing about the analysis
	o.Analysis.Exclude = []string{filepath.Dir(source)}
	o.Analysis.Enrich.DatedAs(report.Lookups)
	var logs []logformat.Input
	for _, in := range report.Inputs {
		logs = append(logs, *inputs[in.File])
	}
	fresh, err := v.analyse(report, logs, o)
	if err != nil {
		return err
	}
	zone := o.Analysis.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	before.byHand(fresh, zone)
	if v.past(fresh, was) {
		fmt.Fprintln(v.p.stdout, "-       what earlier reports say is taken from report.json: it rests on the history of the site, not on these logs")
	}
	rendered, _, _, err := renderReport(fresh, []string{"json"}, o, before, nil, v.p.warnOf(source))
	if err != nil {
		return err
	}
	if bytes.Equal(rendered["json"], was) {
		v.say(true, "the analysis of these logs gives this report.json, byte for byte")
		return nil
	}
	var a, b map[string]json.RawMessage
	if json.Unmarshal(rendered["json"], &a) == nil && json.Unmarshal(was, &b) == nil {
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for k := range a {
				if !yield(k) {
					return
				}
			}
		}) {
			if !bytes.Equal(a[key], b[key]) {
				v.say(false, "report.json: %q is not what these logs give", key)
			}
		}
	}
	v.say(false, "the analysis of these logs gives another report.json")
	return nil
}

// analyse makes the report of the logs, each with what the configuration says of the site that it is of.
func (v *verifier) analyse(report *analysis.Report, logs []logformat.Input, o *config.Options) (*analysis.Report, error) {
	if len(report.Inputs) == 0 || report.Inputs[0].Site == "" {
		return pipeline.Run(v.ctx, logs, o.Analysis)
	}
	var sites []pipeline.Site
	for _, s := range o.Sites {
		var own []logformat.Input
		for i, in := range report.Inputs {
			if in.Site == s.Name {
				own = append(own, logs[i])
			}
		}
		if own == nil {
			continue
		}
		site, err := v.p.siteOf(s, own, o)
		if err != nil {
			return nil, err
		}
		sites = append(sites, site)
	}
	for _, in := range report.Inputs {
		if !slices.ContainsFunc(sites, func(s pipeline.Site) bool { return s.Name == in.Site }) {
			return nil, fmt.Errorf("the configuration names no site %q, which report.json has logs of; give the one that it was made with, with --config", in.Site)
		}
	}
	return pipeline.RunSites(v.ctx, sites, o.Analysis)
}

// past takes over what a report.json says of earlier reports, and reports whether it says anything.
func (v *verifier) past(fresh *analysis.Report, was []byte) bool {
	var told analysis.Report
	if json.Unmarshal(was, &told) != nil {
		return false // the comparison says so
	}
	fresh.Past = told.Past
	found := told.Past != nil
	for i := range fresh.Sites {
		for _, s := range told.Sites {
			if s.Name == fresh.Sites[i].Name && s.Past != nil {
				fresh.Sites[i].Past, found = s.Past, true
			}
		}
	}
	for i := range fresh.Incidents {
		in := &fresh.Incidents[i]
		k := slices.IndexFunc(told.Incidents, func(o analysis.ScoredIncident) bool { return o.ID == in.ID })
		if k < 0 {
			continue
		}
		for _, o := range told.Incidents[k].Observations {
			if strings.HasPrefix(o.ID, observation.EarlierPrefix) {
				in.Observations = append(in.Observations, o)
				found = true
			}
		}
	}
	return found
}

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"practicum/analysis/pattern"
	"practicum/render/safe"
)

func newTeach(p *program) *cobra.Command {
	var shapes string
	cmd := &cobra.Command{
		Use:   "teach LOG...",
		Short: "Begin a pattern file of the lines that no log format knows",
		Long: `Reads logs and prints the beginning of a pattern file: an entry for each of the most frequent
shapes of lines that no log format knows, with a line of the log as its sample. Say in each
entry what the message is, name the fields that it fills, delete the entries that you do not need,
and run "practicum formats test" on the file.`,
		Example: `  practicum formats teach testdata/patterns/door.log > patterns.yaml`,
		Args:    needLogs("practicum formats teach /var/log/auth.log"),
	}
	cmd.Flags().SortFlags = false
	addClockFlags(cmd)
	cmd.Flags().StringVar(&shapes, "shapes", "10", "`N` entries to begin")
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		n, err := strconv.Atoi(shapes)
		if err != nil || n < 1 || n > 100 {
			return usageErrorf("--shapes: %q is not a number from 1 to 100", shapes)
		}
		c, err := p.cover(cmd, args)
		if err != nil {
			return err
		}
		if len(c.Shapes) == 0 {
			return fmt.Errorf("%s: every line is in a known log format, so there is nothing to teach", args[0])
		}
		list := pattern.Skeletons(c.Shapes, n)
		return p.print(func(w io.Writer) error { return writeSkeletons(w, list) })
	})
	return cmd
}

const skeletonHead = `# Messages for Practicum to read, begun of lines that it does not know. "practicum formats test FILE" runs
# the samples; name the file in the configuration (patterns: [FILE]) or with --patterns FILE.
#
# is       event: can be adverse; context: only adds to an incident of its source; benign: known, and tells
#          of nothing. Benign is a claim: say it of messages that you know.
# pattern  the whole message. {source.ip} {source.name} {source.port} {source}, the same of target, {user}
#          {host} {proto} {service} {signature} {count} {session} {action} {time} are kept; {n} {ip} {hex}
#          {id} {path} {name} {mail} {w} {any} are not. {(…)} may be missing; {{ is a brace. Or regexp: an
#          RE2 expression with groups such as (?P<source_ip>\S+).
# set      fields that are always the same. action is allowed, blocked, failed or info.
# kind     makes the event a detect ("practicum explain kind" lists the ids); with threshold: {count: 5,
#          within: 1m}, only so many of one source do.
# hits     lines that the pattern takes, with what they give; misses: lines that it must not take.
patterns:
`

func writeSkeletons(w io.Writer, list []pattern.Skeleton) error {
	if _, err := io.WriteString(w, skeletonHead); err != nil {
		return err
	}
	for _, k := range list {
		first := fmt.Sprintf("%s:%d", safe.Line(k.Sample.File), k.Sample.Line)
		if k.Why != "" {
			fmt.Fprintf(w, "\n  # Not begun, %s; first at %s: %s.\n  #   %s\n", count(k.Sample.Count, "line"), first, safe.Line(k.Why), safe.Line(k.Sample.Text))
			continue
		}
		fmt.Fprintf(w, "\n  # %s of this shape; first at %s\n", count(k.Sample.Count, "line"), first)
		fmt.Fprintf(w, "  - name: %s\n", scalar(k.Name))
		fmt.Fprintf(w, "    title: %s\n", scalar(k.Name))
		for _, name := range k.Programs {
			fmt.Fprintf(w, "    program: [%s]\n", scalar(name))
		}
		fmt.Fprintf(w, "    pattern: %s\n", scalar(k.Text))
		if k.Stamp != "" {
			fmt.Fprintf(w, "    stamp: %s\n", scalar(k.Stamp))
		}
		fmt.Fprint(w, "    is: decide # event, context or benign\n    set: {action: info}\n    #kind: service-probe\n    hits:\n")
		fmt.Fprintf(w, "      - line: %s\n", scalar(k.Hits[0].Line))
		var gives []string
		for _, field := range k.Fills {
			gives = append(gives, field+": "+scalar(k.Hits[0].Gives[field]))
		}
		if len(gives) > 0 {
			fmt.Fprintf(w, "        gives: {%s}\n", strings.Join(gives, ", "))
		}
		fmt.Fprint(w, "    #misses: []\n")
	}
	return nil
}

// scalar writes a text as a value of YAML, in quotes.
func scalar(s string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Value: s, Style: yaml.SingleQuotedStyle}
	b, err := yaml.Marshal(&n)
	if err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(string(b), "\n")
}

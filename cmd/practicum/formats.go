package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"practicum/analysis/logformat"
)

func newFormats(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "formats",
		Short: "List the log formats, with how each is recognised",
		Long: `Lists the log formats. They are recognised by content, record by record, so one log may
hold several. Where that goes wrong, --log-format NAME=GLOB names the log format of the
logs that match.`,
		Example: `  practicum formats
  practicum report --log-format 'norton=nis*.log' testdata/logs/founding`,
		Args: noArguments,
		RunE: works(func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "LOG FORMAT\tWRITTEN BY\tRECOGNISED BY")
			for _, f := range logformat.Formats {
				fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, f.Title, f.Recognised)
			}
			return w.Flush()
		}),
	}
	cmd.AddCommand(newCoverage(p))
	return cmd
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%q is too much; %s takes no arguments", args[0], cmd.CommandPath())
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"practicum/render"
	"practicum/render/document"
	"practicum/render/draft"
	"practicum/render/preview"
	"practicum/render/safe"
)

func newPreview(p *program) *cobra.Command {
	var port string
	cmd := &cobra.Command{
		Use:   "preview REPORT.md",
		Short: "Show a report in the browser while you write it",
		Long: `Serves the report as HTML and PDF, as they will be, to the browser on this machine, and
shows every saved change at once, with the open prompts and the severities computed
again. A file that cannot be drawn is named with its line, and the last version that
could be stays.

It listens on loopback only, answers nobody but its own page, and writes nothing.
Interrupt it (Ctrl-C) to end it.`,
		Example: `  practicum preview report/report.md
  practicum preview --port 8080 report/report.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one report is wanted, not %d, as in: practicum preview report/report.md", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"md"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&port, "port", "0", "`PORT` to listen on (default: any that is free)")
	addLookFlags(cmd)
	addConfigFlag(flags)

	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
			return usageErrorf("--port: %q is no port; give a number from 0 to 65535", port)
		}
		own := pflag.NewFlagSet("preview", pflag.ContinueOnError)
		own.AddFlag(flags.Lookup("paper"))
		own.AddFlag(flags.Lookup("tlp"))
		own.AddFlag(flags.Lookup("config"))
		o, err := p.options(own)
		if err != nil {
			return err
		}
		if _, err := readReport(args[0]); err != nil {
			return err
		}
		server, err := preview.New(preview.Options{
			File: args[0],
			HTML: func(source []byte) (*render.Page, error) { return htmlPage(source, args[0], o) },
			PDF: func(source []byte) ([]byte, error) {
				drawn, err := renderMarkdown(source, args[0], []string{"pdf"}, o, nil, func(*document.Error) {})
				return drawn["pdf"], err
			},
			Recompute: func(d *draft.Draft) []byte { return recompute(args[0], d) },
		})
		if err != nil {
			return unreadable(args[0], err)
		}
		listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			var op *net.OpError
			if errors.As(err, &op) {
				err = op.Err
			}
			return fmt.Errorf("port %s cannot be listened on (%w); give another one with --port, or leave it out", port, err)
		}
		fmt.Fprintf(p.stdout, "http://%s/ shows %s; interrupt to end\n", listener.Addr(), safe.Line(filepath.ToSlash(args[0])))
		return server.Serve(cmd.Context(), listener)
	})
	return cmd
}

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"practicum/analysis/pipeline"
	"practicum/render/safe"
)

func newEvents(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events LOG...",
		Short: "Print normalised events, one JSON object a line",
		Long: `Prints every event of the logs as a JSON object on a line of its own: file, line, format,
time, host, program, source and target (ip, port, name), proto, service, user, action
(allowed, blocked, failed, info), kind (empty when no rule judged it adverse), signature,
count and message. Nothing is written to files.`,
		Example: `  practicum events testdata/logs/founding
  practicum events --tz America/New_York testdata/logs/founding/nis.log | head -n 3`,
		Args: needLogs("practicum events /var/log/auth.log"),
	}
	cmd.Flags().SortFlags = false
	addClockFlags(cmd)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		o, err := p.options(cmd.Flags())
		if err != nil {
			return err
		}
		in, err := p.findInputs(cmd.Context(), args, "")
		if err != nil {
			return err
		}
		defer in.close()
		for _, w := range in.warnings {
			p.warn(w.file, w.text)
		}
		out := bufio.NewWriter(p.stdout)
		err = pipeline.Events(cmd.Context(), in.logs, o.Analysis, func(e *pipeline.EventRecord) error { return printJSON(out, e) })
		if e := out.Flush(); e != nil {
			return fmt.Errorf("standard output: cannot be written (%s)", reason(e))
		}
		return err
	})
	return cmd
}

// printJSON writes v on one line. Characters that a terminal obeys or hides are escapes.
func printJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeHidden(b.String()))
	return err
}

// escapeHidden writes characters that package safe would make visible as \u escapes, which mean
// the same to a reader of JSON. They can only stand inside strings.
func escapeHidden(s string) string {
	var b strings.Builder
	for _, r := range s {
		c := string(r)
		switch {
		case r == '\n', r >= ' ' && r < 0x7f, r == '‹', safe.Line(c) == c: // ‹ is hidden from nobody
			b.WriteString(c)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

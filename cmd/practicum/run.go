package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"practicum/render/document"
	"practicum/render/safe"
)

// version is the version of the program; reports name it in their foot.
const version = "0.1.0"

// What the exit status says. It never depends on the report formats.
const (
	statusWritten    = 0 // what was asked for is written
	statusNotWritten = 1 // it is not
	statusUsage      = 2 // the command line or the configuration is wrong
	statusReached    = 3 // written, and an incident reaches --fail-on
)

// program is what a run is given: nothing below it reads the clock, the environment or a global.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            []string
	now            time.Time
}

// sourceDateEpoch is the time that SOURCE_DATE_EPOCH gives, in place of the clock's.
func sourceDateEpoch(env []string) (time.Time, bool) {
	for _, e := range env {
		if text, ok := strings.CutPrefix(e, "SOURCE_DATE_EPOCH="); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
				return time.Unix(n, 0).UTC(), true
			}
		}
	}
	return time.Time{}, false
}

// failure is an error of the work itself. Every other error is one of usage or configuration,
// because cobra makes errors of its own and does not mark them.
type failure struct{ error }

func (f *failure) Unwrap() error { return f.error }

// usageErrorf is an error of usage that is found only while a command runs.
func usageErrorf(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

type usageError struct{ error }

func (u *usageError) Unwrap() error { return u.error }

// reached is not a failure: the report is written, and an incident is as severe as --fail-on says.
type reached struct{ text string }

func (r *reached) Error() string { return r.text }

// run runs the command and returns its exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env []string, now time.Time) int {
	// An interrupted run stops between two steps, so that it leaves nothing half-written.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once

	if t, ok := sourceDateEpoch(env); ok {
		now = t
	}
	p := &program{stdin, stdout, stderr, env, now}
	root := newRoot(p)
	root.SetArgs(append([]string{}, args...)) // never nil, for which cobra would take os.Args
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	p.complain(err)
	switch {
	case err == nil:
		return statusWritten
	case is[*reached](err):
		return statusReached
	case is[*failure](err) && !is[*usageError](err):
		return statusNotWritten
	default:
		return statusUsage
	}
}

// promptly does work that writes nothing. Once ctx is done it gives the reason at once: the work is left to itself then, and
// ends with the program.
func promptly[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type result struct {
		of  T
		err error
	}
	done := make(chan result, 1)
	go func() {
		of, err := work()
		done <- result{of, err}
	}()
	select {
	case r := <-done:
		return r.of, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// complain prints an error: lower case, one line for each thing that is wrong, with the input or
// the key that it concerns and the way out. What stands in a message may come from a log, a file
// name or a configuration, so it is made visible on its way to the terminal.
func (p *program) complain(err error) {
	if err == nil {
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			p.complain(e)
		}
		return
	}
	switch e := err.(type) {
	case *failure:
		p.complain(e.error)
	case *usageError:
		p.complain(e.error)
	case *unsent:
		p.complain(e.error)
	default:
		fmt.Fprintf(p.stderr, "practicum: %s\n", safe.Line(err.Error()))
	}
}

// warn prints what the reader must know although the work goes on.
func (p *program) warn(file, text string) {
	fmt.Fprintf(p.stderr, "practicum: warning: %s: %s\n", safe.Line(file), safe.Line(text))
}

// warnOf warns of what is drawn otherwise than the author of a report may expect.
func (p *program) warnOf(file string) func(*document.Error) {
	return func(e *document.Error) {
		place := filepath.ToSlash(file)
		if e.Line > 0 {
			place = fmt.Sprintf("%s:%d", place, e.Line)
		}
		p.warn(place, e.Reason)
	}
}

// newRoot lists the commands, in the order of their use.
func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "practicum",
		Short: "Security logs in, an incident report out",
		Long: `Practicum turns security logs into a numbered, scored, evidenced incident report in
the classic practical style: report.md for the analyst to finish, the same as HTML and
PDF, and report.json for other programs. It needs no server and no network; only
report --mail sends anything.

Times without a year or a zone, what the site is worth and how it is protected are
settings: a file (practicum.yaml, .toml or .json; "practicum init" writes one), then
the environment (PRACTICUM_TZ for --tz, and so on), then flags, the last of which wins.

Exit status: 0 written, 1 not written or not mailed, 2 wrong usage or configuration,
3 written and an incident reaches --fail-on.`,
		Example: `  practicum report testdata/logs/founding
  practicum explain port 31337/udp
  practicum formats`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
		Args:                       func(cmd *cobra.Command, args []string) error { return unknownCommand(cmd, args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(p.stderr)
			if err := cmd.Help(); err != nil {
				return err
			}
			return usageErrorf("no command given; to report on a log: practicum report LOG")
		},
	}
	root.SetVersionTemplate("practicum {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
	})
	commands := []*cobra.Command{newReport(p), newMerge(p), newRender(p), newExport(p), newCheck(p), newPreview(p), newEvents(p), newExplain(p), newVerify(p), newBundle(p), newHistory(p), newInit(p), newFormats(p), newTemplates(p)}
	root.AddCommand(commands...)
	help := newHelp()
	root.SetHelpCommand(help)
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err == nil {
		completion.Short = "Write a completion for your shell"
		completion.Args = cobra.ArbitraryArgs
		completion.RunE = func(*cobra.Command, []string) error {
			return errors.New("name your shell: practicum completion bash, zsh, fish or powershell")
		}
		commands = append(commands, completion)
	}
	commands = append(commands, help)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(cmd.OutOrStdout(), cmd, commands) })
	return root
}

// unknownCommand says what was probably meant by an argument that is no command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := cmd.CommandPath() + " --help lists the commands"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + cmd.CommandPath() + " " + strings.Join(near, " or ") + "?"
	} else if _, err := os.Stat(args[0]); err == nil && !cmd.HasParent() {
		hint = "to report on a log: practicum report " + args[0]
	}
	return fmt.Errorf("unknown command %q; %s", args[0], hint)
}

// works marks the errors of a command's work as failures.
func works(work func(cmd *cobra.Command, args []string) error) func(cmd *cobra.Command, args []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := work(cmd, args)
		if err == nil || is[*usageError](err) || is[*reached](err) {
			return err
		}
		if is[*unsent](err) { // the report is written
			return &failure{err}
		}
		if cmd.Context().Err() != nil {
			err = errors.New("interrupted; nothing was written")
		}
		return &failure{err}
	}
}

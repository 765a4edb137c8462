package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newHelp replaces cobra's own command, which ends well for a topic that does not exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help on a command",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range cmd.Root().Commands() {
				if c.IsAvailableCommand() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args)
			}
			return found.Help()
		},
	}
}

// helpWidth is how wide help is, so that it fits a terminal of 100 columns and a README.
const helpWidth = 94

// writeHelp writes the help of a command: what it does, how it is called, examples, and each flag
// with its value. The root's commands stand in the order given, which is that of their use.
func writeHelp(w io.Writer, cmd *cobra.Command, order []*cobra.Command) {
	about := cmd.Long
	if about == "" {
		about = cmd.Short + "."
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n", strings.TrimSpace(about))
	if cmd.Runnable() && cmd.HasParent() {
		fmt.Fprintf(w, "  %s\n", strings.TrimSuffix(cmd.UseLine(), " [flags]"))
	}
	children := cmd.Commands()
	if !cmd.HasParent() {
		children = order
	}
	if len(children) > 0 {
		fmt.Fprintf(w, "  %s COMMAND ...\n\nCommands:\n", cmd.CommandPath())
		width := 0
		for _, c := range children {
			width = max(width, len(c.Name()))
		}
		for _, c := range children {
			if c.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-*s  %s\n", width, c.Name(), c.Short)
			}
		}
	}
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	var names, texts []string
	width := 0
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := flagText(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		} else {
			name = "    " + name
		}
		switch {
		case f.Value.Type() == "bool" || value == "":
		case f.NoOptDefVal != "": // a value behind a blank would be the next argument
			name += "[=" + value + "]"
		default:
			name += " " + value
		}
		names, texts = append(names, name), append(texts, text)
		width = max(width, len(name))
	})
	if len(names) > 0 {
		fmt.Fprint(w, "\nFlags:\n")
		for i, name := range names {
			indent := "\n" + strings.Repeat(" ", width+4)
			fmt.Fprintf(w, "  %-*s  %s\n", width, name, strings.Join(wrap(texts[i], helpWidth-width-4), indent))
		}
	}
	if len(children) > 0 {
		fmt.Fprintf(w, "\n%s COMMAND --help tells more of a command.\n", cmd.CommandPath())
	}
}

// flagText parts a flag's usage, which begins with its value in backquotes, from its value.
func flagText(f *pflag.Flag) (value, text string) {
	value, _ = pflag.UnquoteUsage(f)
	return value, strings.TrimPrefix(f.Usage, "`"+value+"` ")
}

// wrap breaks a text into lines at blanks.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

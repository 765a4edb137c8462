package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"practicum/analysis"
	"practicum/render"
	"practicum/templates"
)

func newTemplates(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "List the report templates, or begin one of your own",
		Long: `Lists the forms that a report can have. A template of your own is a file that
--template, or template in the configuration, names. Begin with one of ours: export
writes it, fields lists what it can use.

A template writes Markdown (Go's text/template). Every value that it prints is escaped by
the writer, so that no text of a log becomes markup; there is nothing to remember and no
way round it. What an analyst writes is kept where an incident's section has the markers
that the exported templates have.`,
		Args: cobra.NoArgs,
		Example: `  practicum templates
  practicum templates export practical -o mine
  practicum report --template mine/practical.md.tmpl -o report/mine testdata/logs/founding`,
		RunE: works(func(*cobra.Command, []string) error {
			for _, t := range templates.Templates {
				fmt.Fprintf(p.stdout, "%-10s  %s\n", t.Name, t.Title)
			}
			return nil
		}),
	}
	cmd.AddCommand(newTemplatesExport(p), newTemplatesFields(p))
	return cmd
}

func newTemplatesExport(p *program) *cobra.Command {
	var dir string
	var force bool
	cmd := &cobra.Command{
		Use:   "export [NAME...]",
		Short: "Write our templates into files, to begin your own with",
		Long: `Writes the templates named, or all of them, with what they share and the style sheet of
the page, into a folder. A file that is there already is not touched without --force.

The shared parts are for reading: a template of your own can call them by their names, and
can define any of them anew. The style sheet is for reading too: style.css in the
configuration names one that follows it.`,
		Example: `  practicum templates export gcia -o begin`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return templates.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: works(func(_ *cobra.Command, args []string) error {
			set := templates.Default()
			files := map[string]string{render.PartsName: set.Parts, "page.css": set.Style}
			names := args
			if len(names) == 0 {
				names = templates.Names()
			}
			order := []string{}
			for _, name := range names {
				t, ok := templates.ByName(name)
				if !ok {
					return usageErrorf("%q is no template; there are %s", name, strings.Join(templates.Names(), " and "))
				}
				files[t.Set().Name] = t.Set().Report
				order = append(order, t.Set().Name)
			}
			order = append(order, render.PartsName, "page.css")
			if !force {
				for _, name := range order {
					path := filepath.Join(dir, name)
					if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
						return fmt.Errorf("%s: is there already and was not touched; nothing was written (--force overwrites, -o names another folder)", filepath.ToSlash(path))
					}
				}
			}
			folder, err := openFolder(dir)
			if err != nil {
				return err
			}
			var out []outputFile
			for _, name := range order {
				out = append(out, outputFile{filepath.Join(dir, name), []byte(files[name])})
			}
			if err := writeFiles(out, nil); err != nil {
				folder.undo()
				return err
			}
			for _, f := range out {
				fmt.Fprintln(p.stdout, "wrote", filepath.ToSlash(f.path))
			}
			return nil
		}),
	}
	cmd.Flags().StringVarP(&dir, "output", "o", "templates", "`DIR` folder to write into")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite what is there")
	return cmd
}

func newTemplatesFields(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "fields",
		Short: "List what a template can use: the report's fields and the functions",
		Args:  cobra.NoArgs,
		RunE: works(func(*cobra.Command, []string) error {
			fmt.Fprintln(p.stdout, "Fields of the report, from . or $:")
			fmt.Fprintln(p.stdout)
			listFields(func(path, kind string) { fmt.Fprintf(p.stdout, "  %-44s %s\n", path, kind) }, "", reflect.TypeFor[analysis.Report](), nil)
			fmt.Fprintln(p.stdout)
			fmt.Fprintln(p.stdout, "Functions, besides those of Go's text/template:")
			fmt.Fprintln(p.stdout)
			for _, f := range render.Functions() {
				fmt.Fprintf(p.stdout, "  %-34s %s\n", f.Name+" "+f.Takes, f.Gives)
			}
			return nil
		}),
	}
}

// listFields tells the fields below a type, depth first. A list's elements are told with [].
func listFields(tell func(path, kind string), path string, t reflect.Type, above []reflect.Type) {
	for _, a := range above {
		if a == t {
			return
		}
	}
	above = append(above, t)
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Type.Kind() == reflect.Map {
			continue
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			listFields(tell, path, f.Type, above)
			continue
		}
		below, inner := path+"."+f.Name, f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice || inner.Kind() == reflect.Array {
			if inner.Kind() != reflect.Pointer {
				below += "[]"
			}
			inner = inner.Elem()
		}
		switch {
		case inner == reflect.TypeFor[time.Time]():
			tell(below, "time")
		case inner.Kind() == reflect.Struct:
			listFields(tell, below, inner, above)
		case inner.Kind() == reflect.String:
			tell(below, "text")
		case inner.Kind() == reflect.Bool:
			tell(below, "yes or no")
		default:
			tell(below, "number")
		}
	}
}

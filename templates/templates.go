// Package templates holds the templates and styles that reports are made with.
//
// A Set is passed to whoever renders, so that other templates can stand beside these ones. To
// change the words or the order of a report, edit practical.md.tmpl, gcia.md.tmpl or
// monthly.md.tmpl, and parts.md.tmpl for what they share; their data is an analysis.Report and their functions are
// those of render.Markdown. The look of the HTML is page.css.
//
// To add a template, add its file and a line to Templates.
package templates

import _ "embed"

//go:embed parts.md.tmpl
var parts string

//go:embed practical.md.tmpl
var practical string

//go:embed gcia.md.tmpl
var gcia string

//go:embed monthly.md.tmpl
var monthly string

//go:embed page.html.tmpl
var page string

//go:embed page.css
var style string

//go:embed page.js
var script string

// Set is what a report is made with.
type Set struct {
	Name   string // of the report's template, for errors
	Parts  string // templates that Report may call by name
	Report string // text/template that writes the report's Markdown; every value is escaped
	Page   string // html/template for what stands round the body of report.html
	Style  string // CSS of report.html
	Script string // of report.html; the page is whole without it
}

// Template is a form of report.
type Template struct {
	Name  string // for --template; never changes
	Title string
	text  string
}

// Templates lists the forms of report; the first is the default.
var Templates = []Template{
	{"practical", "excerpt, what the log shows, analysis, severity", practical},
	{"gcia", "ten headings an incident, from the source of the trace to a multiple-choice question", gcia},
	{"monthly", "a page for the management, tables and coverage, then the incidents", monthly},
}

// Names lists the names of Templates.
func Names() []string {
	var names []string
	for _, t := range Templates {
		names = append(names, t.Name)
	}
	return names
}

// Default is the classic practical.
func Default() Set { return Templates[0].Set() }

// Set is what a report of this form is made with.
func (t Template) Set() Set {
	return Set{Name: t.Name + ".md.tmpl", Parts: parts, Report: t.text, Page: page, Style: style, Script: script}
}

// ByName finds a form of report.
func ByName(name string) (Template, bool) {
	for _, t := range Templates {
		if t.Name == name {
			return t, true
		}
	}
	return Template{}, false
}

// Package templates holds the templates and styles that reports are made with.
//
// A Set is passed to whoever renders, so that other templates can stand beside these ones. To
// change the words or the order of a report, edit practical.md.tmpl; its data is an
// analysis.Report and its functions are those of render.Markdown. The look of the HTML is
// page.css.
package templates

import _ "embed"

//go:embed practical.md.tmpl
var practical string

//go:embed page.html.tmpl
var page string

//go:embed page.css
var style string

// Set is what a report is made with.
type Set struct {
	Report string // text/template that writes the report's Markdown; every value is escaped
	Page   string // html/template for what stands round the body of report.html
	Style  string // CSS of report.html
}

// Default is the classic practical.
func Default() Set { return Set{Report: practical, Page: page, Style: style} }

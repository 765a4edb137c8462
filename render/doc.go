// Package render writes a report in the report formats: Markdown and JSON from an
// analysis.Report, HTML and PDF from the tree of the Markdown, so that an edited report renders
// too. Renderers decide nothing: what is in a report and in which order is settled before.
//
// To add a report format: a file with a function that writes it, a line in Formats, and goldens.
package render

package render

import (
	"io"

	"practicum/analysis"
	"practicum/render/document"
	"practicum/templates"
)

// Source is what a report is written from.
type Source struct {
	Report    *analysis.Report   // nil when only an edited report.md is there
	Markdown  []byte             // report.md
	Document  *document.Document // the tree of Markdown
	Templates templates.Set
}

// Format is a report format.
type Format struct {
	Name  string // in flags and configuration; never changes
	Ext   string // of the file's name, with its dot
	Title string // in one line, for lists
	// Redraws is set for a format that is drawn from Source.Document, and so from an edited
	// report too; the others need the logs' own report.
	Redraws bool
	Write   func(w io.Writer, s Source) error
}

// Formats are all report formats, in the order in which they are offered.
var Formats = []Format{
	{
		Name: "md", Ext: ".md", Title: "Markdown, the analyst's document, from which HTML and PDF are made",
		Write: func(w io.Writer, s Source) error { _, err := w.Write(s.Markdown); return err },
	},
	{
		Name: "html", Ext: ".html", Title: "one self-contained page without scripts", Redraws: true,
		Write: func(w io.Writer, s Source) error { return HTML(w, s.Document, HTMLOptions{Templates: s.Templates}) },
	},
	{
		Name: "json", Ext: ".json", Title: "everything the analysis found, for other programs",
		Write: func(w io.Writer, s Source) error { return JSON(w, s.Report) },
	},
}

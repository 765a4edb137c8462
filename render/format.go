package render

// Format is a report format.
type Format struct {
	Name  string // in flags and configuration; never changes
	Ext   string // of the file's name, with its dot
	Title string // in one line, for lists
	// FromMarkdown is set for a format that is drawn from the tree of a report.md, and so from
	// an edited one too; the others are written from an analysis.Report.
	FromMarkdown bool
}

// Formats are all report formats, in the order in which they are offered.
var Formats = []Format{
	{Name: "md", Ext: ".md", Title: "Markdown: the analyst's document, from which HTML and PDF are drawn"},
	{Name: "html", Ext: ".html", Title: "one page in one file, with filters where scripts run", FromMarkdown: true},
	{Name: "pdf", Ext: ".pdf", Title: "pages to print and share, with outline and page numbers", FromMarkdown: true},
	{Name: "json", Ext: ".json", Title: "everything that the analysis found, for other programs"},
}

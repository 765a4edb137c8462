package main

import (
	"bytes"
	"fmt"

	"practicum/analysis"
	"practicum/config"
	"practicum/render"
	"practicum/render/document"
	"practicum/render/pdf"
	"practicum/templates"
)

// This file alone knows how a report format is made.

// renderReport makes the report formats named by to.
func renderReport(report *analysis.Report, to []string, o *config.Options) (map[string][]byte, error) {
	out := map[string][]byte{}
	var md bytes.Buffer
	if err := render.Markdown(&md, report, templates.Default()); err != nil {
		return nil, err
	}
	var fromMarkdown []string
	for _, name := range to {
		switch name {
		case "md":
			out[name] = md.Bytes()
		case "json":
			var b bytes.Buffer
			if err := render.JSON(&b, report); err != nil {
				return nil, err
			}
			out[name] = b.Bytes()
		default:
			fromMarkdown = append(fromMarkdown, name)
		}
	}
	drawn, err := renderMarkdown(md.Bytes(), fromMarkdown, o)
	if err != nil {
		return nil, err
	}
	for name, data := range drawn {
		out[name] = data
	}
	return out, nil
}

// renderMarkdown draws a report.md as HTML and PDF, whoever wrote it.
func renderMarkdown(md []byte, to []string, o *config.Options) (map[string][]byte, error) {
	out := map[string][]byte{}
	if len(to) == 0 {
		return out, nil
	}
	doc, err := document.Parse(md)
	if err != nil {
		return nil, err
	}
	for _, name := range to {
		var b bytes.Buffer
		switch name {
		case "html":
			err = render.HTML(&b, doc, render.HTMLOptions{Templates: templates.Default()})
		case "pdf":
			err = pdf.Render(&b, doc, pdf.Options{Paper: o.Paper, Author: o.Analysis.Analyst})
		default:
			err = fmt.Errorf("%s is not made from Markdown", name)
		}
		if err != nil {
			return nil, err
		}
		out[name] = b.Bytes()
	}
	return out, nil
}

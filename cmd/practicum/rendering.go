package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/config"
	"practicum/render"
	"practicum/render/document"
	"practicum/render/interchange"
	"practicum/render/merge"
	"practicum/render/pdf"
	"practicum/render/pdf/canvas"
	"practicum/render/picture"
)

// This file alone knows how a report format is made.

// renderReport makes the report formats named by to, of the report and of what an analyst wrote into
// an earlier one. base is what report.md would be without the analyst, or nil when to has no Markdown. x is nil unless the
// report is obscured.
func renderReport(report *analysis.Report, to []string, o *config.Options, before *written, x *obscured, warn func(*document.Error)) (out map[string][]byte, base []byte, merged merge.Result, err error) {
	out = map[string][]byte{}
	var text []byte
	var failed error
	var beside sync.WaitGroup
	makeJSON := func() {
		if slices.Contains(to, "json") {
			beside.Go(func() { text, failed = reportJSON(report, x) })
		}
	}
	defer beside.Wait()
	early := before.current == nil && x == nil // no document has answers that belong into it, and nothing is reworded meanwhile
	if early {
		makeJSON()
	}
	var fresh bytes.Buffer
	if err := render.Markdown(&fresh, report, o.Templates); err != nil {
		return nil, nil, merged, fmt.Errorf("%s: cannot be made: %w", before.path, err)
	}
	if merged, base, err = before.renew(report, fresh.Bytes(), o); err != nil {
		return nil, nil, merged, err
	}
	if x != nil {
		merged.Report = x.reword(merged.Report)
	}
	// Ticks are the document's own: in the Markdown they would be a change that nobody made.
	before.answers(report)
	var fromMarkdown []string
	for _, name := range to {
		switch name {
		case "md":
			out[name] = merged.Report
		case "json": // below
		default:
			fromMarkdown = append(fromMarkdown, name)
		}
	}
	if len(o.Export) > 0 {
		text, err := reportJSON(report, x)
		if err != nil {
			return nil, nil, merged, err
		}
		exported, err := exports(text, o.Export, o, warn)
		if err != nil {
			return nil, nil, merged, err
		}
		maps.Copy(out, exported)
	}
	var files []canvas.File
	if slices.Contains(to, "pdf") {
		var at func(string) string
		if x != nil {
			at = func(alias string) string { return x.files[alias] }
		}
		if files, err = attachments(report, o.Attach, at); err != nil {
			return nil, nil, merged, err
		}
	}
	if !early {
		makeJSON()
	}
	drawn, err := renderMarkdown(merged.Report, before.path, fromMarkdown, o, files, warn)
	if beside.Wait(); failed != nil {
		return nil, nil, merged, failed
	}
	if slices.Contains(to, "json") {
		out["json"] = text
	}
	if err != nil {
		return nil, nil, merged, fmt.Errorf("%s: cannot be drawn: %w", before.path, err)
	}
	for name, data := range drawn {
		out[name] = data
	}
	if !slices.Contains(to, "md") {
		base = nil
	}
	return out, base, merged, nil
}

// reportJSON is the report.json of a report. x is nil unless it is obscured.
func reportJSON(report *analysis.Report, x *obscured) ([]byte, error) {
	var b bytes.Buffer
	if err := render.JSON(&b, report); err != nil || x == nil {
		return b.Bytes(), err
	}
	return x.reword(b.Bytes()), nil
}

// exports makes what names names of a report.json, by the endings of their files, and judges it as what is drawn is judged. warn is
// told what is left out.
func exports(text []byte, names []string, o *config.Options, warn func(*document.Error)) (map[string][]byte, error) {
	var report analysis.Report
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, err
	}
	judged := *o
	judged.Attach = "none"
	if report.Made != nil && report.Made.Obscured {
		judged.Obscure.Mode = cmp.Or(o.Obscure.Mode, "all")
	}
	catalogue := o.Analysis.Site.Catalogue
	options := interchange.Options{TLP: o.Style.TLP, User: o.DShieldUser, Attack: knowledge.AttackNumber, Modified: o.Modified, Kind: func(id string) (k interchange.Kind, ok bool) {
		entry, ok := catalogue.Kind(id)
		k.Title = entry.Title
		for _, t := range entry.Attack {
			k.Techniques = append(k.Techniques, interchange.Technique{ID: t.ID, Name: t.Name, Note: t.Note})
		}
		return k, ok
	}}
	out := map[string][]byte{}
	var told []string
	leaving := map[string][]string{} // which exports leave something out
	for _, name := range names {
		format, _ := interchange.ByName(name)
		var b bytes.Buffer
		left, err := interchange.Write(&b, name, &report, options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := sharing(b.Bytes(), &judged, warn); err != nil {
			return nil, err
		}
		for _, what := range left {
			if leaving[what] == nil {
				told = append(told, what)
			}
			leaving[what] = append(leaving[what], name)
		}
		out[format.Ext] = b.Bytes()
	}
	for _, what := range told {
		warn(&document.Error{Reason: "not in " + strings.Join(leaving[what], ", ") + ": " + what})
	}
	return out, nil
}

// htmlPage draws a report.md as HTML, in pieces.
func htmlPage(md []byte, file string, o *config.Options) (*render.Page, error) {
	doc, err := parse(md, file)
	if err != nil {
		return nil, err
	}
	return render.NewPage(doc, render.HTMLOptions{Templates: o.Templates, Style: o.Style})
}

// parse reads a report.md with the pictures that lie in the folder of the file.
func parse(md []byte, file string) (*document.Document, error) {
	folder, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return document.Parse(md) // the folder is yet to be made, and holds no picture
	}
	defer folder.Close()
	return document.ParseWith(md, picture.Folder(folder.FS()))
}

// renderMarkdown draws the report.md at a path as HTML and PDF, whoever wrote it. files are attached to the
// PDF, and warn is told what is drawn otherwise than its author may expect.
func renderMarkdown(md []byte, file string, to []string, o *config.Options, files []canvas.File, warn func(*document.Error)) (map[string][]byte, error) {
	out := map[string][]byte{}
	if len(to) == 0 {
		return out, nil
	}
	if err := sharing(md, o, warn); err != nil {
		return nil, err
	}
	read := func() (*document.Document, error) { return parse(md, file) }
	if o.Obscure.Mode != "" { // nobody knows what pictures show
		read = func() (*document.Document, error) { return document.Parse(md) }
	}
	doc, err := read()
	if err != nil {
		return nil, err
	}
	for _, w := range doc.Warnings {
		warn(w)
	}
	drawn, failed := make([]bytes.Buffer, len(to)), make([]error, len(to))
	var all sync.WaitGroup
	for i, name := range to { // side by side, since no renderer changes the tree
		all.Go(func() {
			switch b := &drawn[i]; name {
			case "html":
				failed[i] = render.HTML(b, doc, render.HTMLOptions{Templates: o.Templates, Style: o.Style})
			case "pdf":
				failed[i] = pdf.Render(b, doc, pdf.Options{Style: o.Style, Files: files})
			default:
				failed[i] = fmt.Errorf("%s is not made from Markdown", name)
			}
		})
	}
	all.Wait()
	for i, name := range to {
		if failed[i] != nil {
			return nil, failed[i]
		}
		out[name] = drawn[i].Bytes()
	}
	return out, nil
}

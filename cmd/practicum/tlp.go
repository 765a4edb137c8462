package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"practicum/analysis/lazily"
	"practicum/config"
	"practicum/render/document"
	"practicum/render/interchange"
)

// labelled is the name of a file that carries a label of TLP 2.0, which says it too, so that nobody need open it to know
// with whom it may be shown: report.tlp-amber.pdf. The Markdown and the JSON are working copies and carry none.
func labelled(stem, ext, label string) string {
	if label == "" || !leaves(ext) {
		return stem + "." + ext
	}
	return stem + ".tlp-" + strings.ToLower(label) + "." + ext
}

// leaves reports whether a file of that ending is made to be given to others.
func leaves(ext string) bool {
	return ext == "html" || ext == "pdf" || slices.ContainsFunc(interchange.Formats, func(f interchange.Format) bool { return f.Ext == ext })
}

var inText = lazily.Regexp(`[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}`)

// sharing refuses to draw or to export what its label contradicts, and warns of what it may: TLP:CLEAR lets everybody read the
// report, TLP:GREEN a community (FIRST, Traffic Light Protocol 2.0, August 2022), and addresses of a site's own networks are for
// neither.
func sharing(md []byte, o *config.Options, warn func(*document.Error)) error {
	label := o.Style.TLP
	if label != "CLEAR" && label != "GREEN" || o.Obscure.Mode != "" {
		return nil
	}
	var internal []string
	for _, text := range inText().FindAllString(string(md), -1) {
		a, err := netip.ParseAddr(text)
		if err != nil || slices.Contains(internal, a.String()) {
			continue
		}
		home := slices.ContainsFunc(o.Obscure.Home, func(p netip.Prefix) bool { return p.Contains(a) })
		if a.IsPrivate() || home {
			internal = append(internal, a.String())
		}
	}
	var what []string
	if n := len(internal); n > 0 {
		const told = 3
		text := "addresses of internal networks: " + strings.Join(internal[:min(n, told)], ", ")
		if n > told {
			text += fmt.Sprintf(" and %d more", n-told)
		}
		what = append(what, text)
	}
	if o.Attach == "evidence" {
		what = append(what, "the logs themselves, attached to the PDF")
	}
	if len(what) == 0 {
		return nil
	}
	text := fmt.Sprintf("TLP:%s lets others read the report, and it has %s; --obscure puts pseudonyms in their place, and --tlp amber keeps it to those who need it", label, strings.Join(what, ", and "))
	if label == "CLEAR" {
		return &document.Error{Reason: text}
	}
	warn(&document.Error{Reason: text})
	return nil
}

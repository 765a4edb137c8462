package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"practicum/analysis/lazily"
	"practicum/render/pdf/fonts"
	"practicum/render/picture"
	"practicum/render/style"
	"practicum/templates"
)

// templates are the project's own of that name, or those with a file of the site's own in their place.
func (r *resolver) templates() templates.Set {
	set := templates.Default()
	name := r.s.Template
	if t, ok := templates.ByName(name); ok {
		set = t.Set()
	} else if !strings.ContainsAny(name, `./\`) {
		r.wrongf("template", "%q is not %s, and no file of a template%s", name, strings.Join(templates.Names(), " or "), meant(name, templates.Names()))
	} else if data := r.read("template", name, 1<<20); data != nil {
		set.Name, set.Report = name, string(data)
	}
	if css := r.read("style.css", r.s.Style.CSS, 1<<20); css != nil {
		if strings.Contains(strings.ToLower(string(css)), "</style") {
			r.wrongf("style.css", "%s ends the style sheet of the page by </style", r.s.Style.CSS)
		}
		set.Style += "\n" + string(css)
	}
	return set
}

// read reads a file that a setting names; nil for none. A setting of the file is found from the file's folder, any other from the
// current one.
func (r *resolver) read(key, name string, limit int64) []byte {
	if name == "" {
		return nil
	}
	path := name
	if by := r.s.said[key]; by.layer != byFlag && by.layer != byEnvironment && !filepath.IsAbs(name) {
		path = filepath.Join(filepath.Dir(r.s.Path), name)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		r.wrongf(key, "%s: %s", path, reason(err))
		return nil
	case !info.Mode().IsRegular():
		r.wrongf(key, "%s: is no file", path)
		return nil
	case info.Size() > limit:
		r.wrongf(key, "%s: is larger than %d MB", path, limit>>20)
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		r.wrongf(key, "%s: %s", path, reason(err))
		return nil
	}
	return data
}

var language = lazily.Regexp(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

func (r *resolver) style() style.Style {
	s, f := r.s.Style, r.s.Style.Fonts
	st := style.Style{Author: r.s.Analyst, Lang: s.Lang, Paper: r.oneOf("paper", r.s.Paper, style.Papers...)}
	note := func(key string, err error) {
		if err != nil {
			r.wrong(key, err)
		}
	}
	var err error
	st.TLP, err = style.ParseLabel(r.s.TLP)
	note("tlp", err)
	if s.Margin != "" {
		st.Margin, err = style.ParseMargin(s.Margin)
		note("style.margin", err)
	}
	if s.Lang != "" && !language().MatchString(s.Lang) {
		r.wrongf("style.lang", "%q is no language; write a tag such as en or de-AT (RFC 5646)", s.Lang)
	}
	if s.Accent != "" {
		st.Accent, err = style.ParseColor(s.Accent)
		note("style.accent", err)
	}
	if s.Link != "" {
		st.Link, err = style.ParseColor(s.Link)
		note("style.link", err)
	}
	if data := r.read("style.logo", s.Logo, picture.MaxBytes); data != nil {
		if st.Logo, err = picture.Decode(data); err != nil {
			r.wrongf("style.logo", "%s: %s", s.Logo, err)
		}
	}
	font := func(key, name string) []byte {
		data := r.read(key, name, 64<<20)
		if data == nil {
			return nil
		}
		font, err := fonts.Load(data)
		if err != nil {
			r.wrongf(key, "%s: %s", name, err)
		}
		return font
	}
	st.Fonts = style.Fonts{
		Text: font("style.fonts.text", f.Text), Bold: font("style.fonts.bold", f.Bold), Italic: font("style.fonts.italic", f.Italic),
		BoldItalic: font("style.fonts.bold_italic", f.BoldItalic), Mono: font("style.fonts.mono", f.Mono),
	}
	for i, name := range f.Fallback {
		if data := font(fmt.Sprintf("style.fonts.fallback[%d]", i), name); data != nil {
			st.Fonts.Fallback = append(st.Fonts.Fallback, data)
		}
	}
	return st
}

package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"practicum/analysis/incident"
	"practicum/analysis/severity"
)

// SiteOptions are what the configuration says of one of several sites.
type SiteOptions struct {
	Name   string
	Inputs []string // as LOG arguments name them

	zone            *time.Location // nil where it is that of all
	zoneNote        string
	network, system *severity.Points
	assets          []severity.Asset
	ignore          []incident.Ignore
}

func (r *resolver) sites() []SiteOptions {
	var out []SiteOptions
	names := map[string]bool{}
	for i, x := range r.s.Sites {
		key := fmt.Sprintf("sites[%d]", i)
		s := SiteOptions{
			Name:    r.required(key+".name", x.Name, "sections, files and the history tell sites apart by it"),
			network: r.points(key+".network", x.Network, ""),
			system:  r.points(key+".system", x.System, ""),
			assets:  r.assets(key+".assets", x.Assets),
			ignore:  r.ignore(key+".ignore", x.Ignore),
		}
		word := plainWord(s.Name)
		switch {
		case s.Name == "":
		case word == "":
			r.wrongf(key+".name", "%q has no letter or digit, and files are named by it", s.Name)
		case names[word]:
			r.wrongf(key+".name", "%q is another site's name too, or is written like it in the names of files", s.Name)
		}
		names[word] = true
		if len(x.Inputs) == 0 {
			r.wrongf(key+".inputs", "is missing; name the logs of this site: files, folders or globs")
		}
		for j, name := range x.Inputs {
			if strings.TrimSpace(name) == "" || name == "-" {
				r.wrongf(fmt.Sprintf("%s.inputs[%d]", key, j), "%q is not a file, a folder or a glob", name)
			}
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(r.s.Path), name)
			}
			s.Inputs = append(s.Inputs, name)
		}
		if x.TZ != "" {
			loc, err := zone(x.TZ)
			if err != nil {
				r.wrong(key+".tz", err)
			}
			s.zone, s.zoneNote = loc, r.s.Path
		}
		out = append(out, s)
	}
	return out
}

// SharedZone is the zone that all sites say they are in; nil where one says nothing or another, and where a zone was named for all.
func (o *Options) SharedZone() *time.Location {
	if o.Analysis.ZoneNote != "" {
		return nil
	}
	for _, s := range o.Sites {
		if s.zone == nil || s.zone.String() != o.Sites[0].zone.String() {
			return nil
		}
	}
	if len(o.Sites) == 0 {
		return nil
	}
	return o.Sites[0].zone
}

// For are the options for one of the sites: its own word, where it has one, before that of all. now is the time of the run, by
// which a window such as the last month is found in the site's zone.
func (o *Options) For(s SiteOptions, now time.Time) (*Options, error) {
	of := *o
	of.Only = &s
	a := &of.Analysis
	a.Site.Name = s.Name
	a.Site.Assets = slices.Concat(s.assets, a.Site.Assets)
	a.Site.Network = cmp.Or(s.network, a.Site.Network)
	a.Site.System = cmp.Or(s.system, a.Site.System)
	a.Grouping.Ignore = slices.Concat(s.ignore, a.Grouping.Ignore)
	if s.zone != nil {
		a.Clock.Zone, a.ZoneNote = s.zone, s.zoneNote
		var err error
		if a.Window, err = o.Period.Window(s.zone, now); err != nil {
			return nil, err
		}
	}
	return &of, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/config"
)

// part is the logs of one site of a report, or of the only one.
type part struct {
	site *config.SiteOptions // nil where the configuration has no sites, or one was chosen
	args []string
	in   *inputs
	// partials take the place of logs that were read before.
	partials []*pipeline.Partial
}

func (p *part) wrap(err error) error {
	if p.site == nil {
		return err
	}
	return fmt.Errorf("site %s: %w", p.site.Name, err)
}

// planned is one report to make.
type planned struct {
	parts []part
	o     *config.Options
}

// plan says which reports a run makes. Where the configuration names the logs of sites, they are one report with a section each, or,
// with {site} in the name of the folder, one each.
func (p *program) plan(args []string, o *config.Options) ([]planned, error) {
	switch {
	case o.Only != nil:
		if len(args) == 0 {
			args = o.Only.Inputs
		}
	case len(o.Sites) > 0 && len(args) > 0:
		return nil, usageErrorf("%s: the configuration names the logs of its sites; name none, or say with --site which site this one is of (%s)", args[0], siteNames(o.Sites))
	case len(args) == 0 && len(o.Sites) == 0:
		return nil, &usageError{noLogs(reportExample)}
	case len(o.Sites) > 0 && strings.Contains(o.Dir, "{site}"):
		var all []planned
		for _, s := range o.Sites {
			of, err := o.For(s, p.nowFor(o))
			if err != nil {
				return nil, &usageError{err}
			}
			made := *of.Analysis.Made
			made.Flags = append(slices.Clone(made.Flags), siteFlag(s.Name))
			of.Analysis.Made = &made
			if err := nameOutput(of); err != nil {
				return nil, err
			}
			all = append(all, planned{[]part{{args: s.Inputs}}, of})
		}
		return all, nil
	case len(o.Sites) > 0:
		if o.Obscure.Mode != "" {
			return nil, usageErrorf("--obscure makes a report on one site; put {site} into -o for one each, or choose one with --site (%s)", siteNames(o.Sites))
		}
		if err := nameOutput(o); err != nil {
			return nil, err
		}
		var parts []part
		for i := range o.Sites {
			parts = append(parts, part{site: &o.Sites[i], args: o.Sites[i].Inputs})
		}
		return []planned{{parts, o}}, nil
	}
	if err := nameOutput(o); err != nil {
		return nil, err
	}
	return []planned{{[]part{{args: args}}, o}}, nil
}

// chosenSite are the options for the site of that name: one of those that the configuration has; where it has none, the only one is
// called so.
func chosenSite(o *config.Options, name string, now time.Time) (*config.Options, error) {
	if strings.TrimSpace(name) == "" {
		return nil, errors.New("--site: is empty; give the name of the site")
	}
	if len(o.Sites) == 0 {
		o.Analysis.Site.Name = name
		return o, nil
	}
	i := slices.IndexFunc(o.Sites, func(s config.SiteOptions) bool { return s.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("--site: the configuration has no site %q; %s", name, siteNames(o.Sites))
	}
	return o.For(o.Sites[i], now)
}

// nowFor is the time of the run as far as periods such as the last month are concerned.
func (p *program) nowFor(o *config.Options) time.Time {
	if !o.Analysis.Clock.AsOf.IsZero() {
		return o.Analysis.Clock.AsOf
	}
	return p.now
}

func siteNames(sites []config.SiteOptions) string {
	var names []string
	for _, s := range sites {
		names = append(names, s.Name)
	}
	return "there are " + strings.Join(names, ", ")
}

// analyse makes the report of all parts, and tells of its progress where a person watches and tell is set.
func (p *program) analyse(ctx context.Context, parts []part, o *config.Options, tell bool) (*analysis.Report, error) {
	if partials := parts[0].partials; partials != nil {
		return promptly(ctx, func() (*analysis.Report, error) {
			all, err := pipeline.Merge(ctx, partials, o.Analysis)
			if err != nil {
				return nil, err
			}
			all.Reopen(p.reopen)
			return all.Report(ctx)
		})
	}
	logs := make([][]logformat.Input, len(parts))
	var all []logformat.Input
	for i := range parts {
		all = append(all, parts[i].in.logs...)
	}
	all, done := p.toRead(all, tell)
	defer done()
	for i := range parts {
		n := len(parts[i].in.logs)
		logs[i], all = all[:n:n], all[n:]
	}
	if parts[0].site == nil {
		return promptly(ctx, func() (*analysis.Report, error) { return pipeline.Run(ctx, logs[0], o.Analysis) })
	}
	var sites []pipeline.Site
	for i, part := range parts {
		s, err := p.siteOf(*part.site, logs[i], o)
		if err != nil {
			return nil, err
		}
		sites = append(sites, s)
	}
	return promptly(ctx, func() (*analysis.Report, error) { return pipeline.RunSites(ctx, sites, o.Analysis) })
}

// siteOf is one site of a report on several.
func (p *program) siteOf(s config.SiteOptions, logs []logformat.Input, o *config.Options) (pipeline.Site, error) {
	of, err := o.For(s, p.nowFor(o))
	if err != nil {
		return pipeline.Site{}, err
	}
	return pipeline.Site{Name: s.Name, Inputs: logs, Options: of.Analysis}, nil
}

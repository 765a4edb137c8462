// Package severity scores incidents by the classic formula,
//
//	severity = (criticality + lethality) − (system + network countermeasures)
//
// with points from 0 to 5 for each factor, as intervals, because analysts write "3 to 4"
// (Northcutt and Novak, Network Intrusion Detection, 3rd edition, chapter 16). A factor carries
// its reason and who gave it. What the tool suggests comes from the site's configuration, the kind
// of detect and the evidence; an analyst's rating takes its place but never hides it.
package severity

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// The points of a machine and a site that the configuration does not describe.
const (
	defaultCriticality = 3
	defaultSystem      = 3
	defaultNetwork     = 2
	defaultLethality   = 2
)

// Sum is the formula in interval arithmetic: the least it can be and the most.
func Sum(f analysis.Factors) (low, high int) {
	low = f.Criticality.Low + f.Lethality.Low - (f.System.High + f.Network.High)
	high = f.Criticality.High + f.Lethality.High - (f.System.Low + f.Network.Low)
	return low, high
}

// BandOf names the band that a severity lies in, after the alert levels that the CIS uses with the
// same formula. An interval is named by its high end.
func BandOf(high int) analysis.Band {
	switch {
	case high <= -5:
		return analysis.BandLow
	case high <= -2:
		return analysis.BandGuarded
	case high <= 2:
		return analysis.BandElevated
	case high <= 5:
		return analysis.BandHigh
	}
	return analysis.BandSevere
}

// Score scores one incident. The rating is nil when no analyst rated it.
func Score(in *analysis.Incident, site Site, rating *Rating) analysis.Severity {
	return score(in, site, rating, true)
}

// Rank is the least and the most of Score, of which no reason is written down.
func Rank(in *analysis.Incident, site Site, rating *Rating) (low, high int) {
	s := score(in, site, rating, false)
	return s.Low, s.High
}

func score(in *analysis.Incident, site Site, rating *Rating, words bool) analysis.Severity {
	suggested := site.suggest(in, words)
	s := analysis.Severity{Factors: suggested}
	s.Suggested.Factors = suggested
	s.Suggested.Low, s.Suggested.High = Sum(suggested)
	if rating != nil {
		rate(&s.Criticality, rating.Criticality)
		rate(&s.Lethality, rating.Lethality)
		rate(&s.System, rating.System)
		rate(&s.Network, rating.Network)
	}
	s.Low, s.High = Sum(s.Factors)
	s.Band = BandOf(s.High)
	if rating != nil && rating.Total != nil && words {
		s.Stated = compare(*rating.Total, s)
	}
	return s
}

func rate(f *analysis.Factor, p *Points) {
	if p == nil {
		return
	}
	reason := p.Reason
	if reason == "" {
		reason = "rated by the analyst; no reason given"
	}
	*f = analysis.Factor{Low: p.Low, High: p.High, Reason: reason, Origin: analysis.OriginAnalyst}
}

// Rate gives factors the points of the analyst's document, in the order of the formula; a nil Points
// leaves a factor alone, as do points and a reason that it has already. It returns the names of those
// that it changed.
func Rate(s *analysis.Severity, configured *Rating, document [4]*Points) []string {
	var used []string
	for i, f := range [...]*analysis.Factor{&s.Criticality, &s.Lethality, &s.System, &s.Network} {
		p := document[i]
		if p == nil || (f.Low == p.Low && f.High == p.High && strings.Join(strings.Fields(f.Reason), " ") == p.Reason) {
			continue
		}
		rate(f, p)
		used = append(used, [...]string{"criticality", "lethality", "system", "network"}[i])
	}
	s.Low, s.High = Sum(s.Factors)
	s.Band = BandOf(s.High)
	if s.Stated = nil; configured != nil && configured.Total != nil {
		s.Stated = compare(*configured.Total, *s)
	}
	return used
}

// compare holds a stated total against the sum. It agrees when it lies within the interval that the
// parts allow: who writes 1 where the parts give 1 to 2 has made no slip.
func compare(t Total, s analysis.Severity) *analysis.Stated {
	stated := &analysis.Stated{Low: t.Low, High: t.High, About: t.About, Agrees: t.Low >= s.Low && t.High <= s.High}
	if !stated.Agrees {
		stated.Note = fmt.Sprintf("They give %s.", Interval(s.Low, s.High))
		switch {
		case t.Low > s.High:
			stated.Note = fmt.Sprintf("They give %s, which is %d less.", Interval(s.Low, s.High), t.Low-s.High)
		case t.High < s.Low:
			stated.Note = fmt.Sprintf("They give %s, which is %d more.", Interval(s.Low, s.High), s.Low-t.High)
		}
	}
	return stated
}

// Interval writes an interval of points: "3", or "3 to 4". Negative numbers have a minus sign.
func Interval(low, high int) string {
	if low == high {
		return Signed(low)
	}
	return Signed(low) + " to " + Signed(high)
}

// Signed writes a number with a true minus sign.
func Signed(n int) string {
	if n < 0 {
		return fmt.Sprintf("−%d", -n)
	}
	return fmt.Sprint(n)
}

// RatingOf finds the rating of an incident: the first that matches. It returns its index, −1 when
// there is none.
func (s Site) RatingOf(in *analysis.Incident) int {
	return slices.IndexFunc(s.Ratings, func(r Rating) bool { return r.matches(in) })
}

func (r Rating) matches(in *analysis.Incident) bool {
	if r.ID != "" {
		return r.ID == in.ID
	}
	if len(r.Sources) == 0 {
		return false
	}
	if (!r.From.IsZero() && in.First.Before(r.From)) || (!r.To.IsZero() && !in.First.Before(r.To)) {
		return false
	}
	for _, want := range r.Sources {
		if !slices.ContainsFunc(in.Sources, func(s analysis.Source) bool {
			return s.IP == want || (s.Name != "" && strings.EqualFold(s.Name, want))
		}) {
			return false
		}
	}
	return true
}

// suggest gives the factors, with their reasons if words is set.
func (s Site) suggest(in *analysis.Incident, words bool) analysis.Factors {
	k, ok := s.Catalogue.MostLethal(in.Kinds)
	about := in.Targets
	if ok && knowledge.SourceIsVictim(k.ID) {
		about = s.victim(in)
	}
	asset := s.assetOf(in, about)
	target := func(in *analysis.Incident) string {
		if !words {
			return ""
		}
		return machine(in, about)
	}
	sentences := func(list ...string) string {
		if !words {
			return ""
		}
		return sentences(list...)
	}
	var f analysis.Factors
	f.Criticality = analysis.Factor{Low: defaultCriticality, High: defaultCriticality, Origin: analysis.OriginSite,
		Reason: sentences("not configured: the middle of the scale is assumed for " + target(in))}
	if asset != nil && asset.Criticality != nil {
		f.Criticality = factor(asset.Criticality, analysis.OriginAsset, "as configured for "+target(in))
	}
	f.Lethality = analysis.Factor{Low: defaultLethality, High: defaultLethality, Origin: analysis.OriginKind, Reason: "no entry in the catalogue for this kind"}
	if ok {
		f.Lethality = analysis.Factor{Low: k.Lethality.Low, High: k.Lethality.High, Reason: k.Lethality.Reason, Origin: analysis.OriginKind}
	}
	evidence := evidenceOf(in)
	evidence.words = words
	f.Lethality = raised(narrowed(f.Lethality, evidence), k.ID, evidence)
	f.Network = onTheWay(s.countermeasure(asset, func(a *Asset) *Points { return a.Network }, s.Network, defaultNetwork,
		"not configured: a permissive filter is assumed before "+target(in)), in, evidence)
	f.System = acted(s.countermeasure(asset, func(a *Asset) *Points { return a.System }, s.System, defaultSystem,
		"not configured: the middle of the scale is assumed for "+target(in)), in, evidence)
	return f
}

func target(in *analysis.Incident) string { return machine(in, in.Targets) }

// machine names the first of some machines, or the one that wrote the records.
func machine(in *analysis.Incident, machines []analysis.Target) string {
	for _, t := range machines {
		if t.Host != "" {
			return t.Host
		}
		if t.IP != "" {
			return t.IP
		}
	}
	if len(in.Evidence) > 0 {
		return "the machine that wrote " + path.Base(analysis.LogName(in.Evidence[0].File))
	}
	return "the target"
}

func factor(p *Points, origin analysis.Origin, otherwise string) analysis.Factor {
	reason := p.Reason
	if reason == "" {
		reason = otherwise
	}
	return analysis.Factor{Low: p.Low, High: p.High, Reason: reason, Origin: origin}
}

func (s Site) countermeasure(asset *Asset, of func(*Asset) *Points, site *Points, otherwise int, why string) analysis.Factor {
	if asset != nil && of(asset) != nil {
		return factor(of(asset), analysis.OriginAsset, "as configured")
	}
	if site != nil {
		return factor(site, analysis.OriginSite, "as configured for the site")
	}
	return analysis.Factor{Low: otherwise, High: otherwise, Origin: analysis.OriginSite, Reason: why}
}

// trapOnly reports whether everything that was let in was let into a trap.
func trapOnly(in *analysis.Incident) bool {
	return !slices.ContainsFunc(in.Events, func(e analysis.EventRef) bool {
		return e.Action == analysis.ActionAllowed && e.Format != "portsentry"
	})
}

// victim is the machine that an incident says is somebody else's already, where its kind says so of the source: the source or,
// where a sensor saw the other direction, the target. That of the two which the site's assets describe is the site's own;
// without one, that which has a private address; without one, the source.
func (s Site) victim(in *analysis.Incident) []analysis.Target {
	sources := make([]analysis.Target, len(in.Sources))
	for i, source := range in.Sources {
		sources[i] = analysis.Target{Host: source.Name, IP: source.IP}
	}
	described := func(machines []analysis.Target) []analysis.Target {
		for i := range machines {
			if slices.ContainsFunc(s.Assets, func(a Asset) bool { return a.isOf(machines[i : i+1]) }) {
				return machines[i : i+1]
			}
		}
		return nil
	}
	private := func(machines []analysis.Target) []analysis.Target {
		for i := range machines {
			if ip, err := netip.ParseAddr(machines[i].IP); err == nil && ip.IsPrivate() {
				return machines[i : i+1]
			}
		}
		return nil
	}
	for _, find := range [...]func([]analysis.Target) []analysis.Target{described, private} {
		for _, machines := range [...][]analysis.Target{sources, in.Targets} {
			if found := find(machines); found != nil {
				return found
			}
		}
	}
	return sources
}

// assetOf finds the asset that an incident is about: the most critical of those that describe one
// of its machines, or of the machines that logged it, or the log formats that it came in.
func (s Site) assetOf(in *analysis.Incident, machines []analysis.Target) *Asset {
	var best *Asset
	for i := range s.Assets {
		a := &s.Assets[i]
		if (a.isOf(machines) || a.wrote(in)) && (best == nil || points(a.Criticality) > points(best.Criticality)) {
			best = a
		}
	}
	return best
}

func points(p *Points) int {
	if p == nil {
		return -1
	}
	return p.High
}

func (a *Asset) named(host string) bool {
	return host != "" && slices.ContainsFunc(a.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// isOf reports whether an asset describes one of some machines. Among its hosts may stand an address, as it does in logs that
// know no names.
func (a *Asset) isOf(machines []analysis.Target) bool {
	return slices.ContainsFunc(machines, func(m analysis.Target) bool {
		return a.named(m.Host) || a.named(m.IP) || a.contains(m.IP) || a.contains(m.Host)
	})
}

// wrote reports whether an asset describes a machine that logged an incident.
func (a *Asset) wrote(in *analysis.Incident) bool {
	return slices.ContainsFunc(in.Hosts, a.named) ||
		slices.ContainsFunc(in.Formats, func(f string) bool { return slices.Contains(a.Formats, f) })
}

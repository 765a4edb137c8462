package incident

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// Order says by what incidents are numbered.
type Order string

const (
	OrderPlace    Order = ""         // by the host that logged, or the file where no host is named; then by time
	OrderTime     Order = "time"     // by first time
	OrderSeverity Order = "severity" // by the high end of the severity, then by time
)

// Options are the rules of grouping. The zero value of a field means its default.
type Options struct {
	Gap      time.Duration // longest silence within one source's incident; default 24 h
	Campaign time.Duration // longest time between groups joined by a signature; default 30 days
	Ports    int           // a group that touches more ports carries no port signature; default 3
	Ignore   []Ignore
	// Sources is how many sources are told apart at most; default DefaultSources. Of more, a part is kept that depends on
	// nothing but the sources, and what the others did is counted.
	Sources int
	// Workers is how many goroutines Finish works in; default one. The result is the same.
	Workers int
	// Signatures says what is distinctive. A nil function finds nothing so.
	Signatures Signatures
	Decisions  []Decision     // the analyst's, in the order in which they are listed
	Zone       *time.Location // that decisions are told in; nil is UTC
	// Prefix begins the ids, so that those of several sites in one report are not the same.
	Prefix string
	// Pseudonyms, when set, are what the logs have in place of addresses and names.
	Pseudonyms Pseudonyms
}

// Pseudonyms go back to what was replaced, where an id or an order must not depend on the key. Several goroutines ask at once.
type Pseudonyms interface {
	Real(pseudonym string) string
	ID(id string) string // that is shown in place of an incident's id
}

// Ignore hides a source that is known to be harmless, such as the site's own scanner.
type Ignore struct {
	Addresses []netip.Prefix // any of them
	Names     []string       // or any of these, as logged
	Reason    string
}

// Entry is what the entry hides, in words.
func (i Ignore) Entry() string {
	var entry []string
	for _, p := range i.Addresses {
		entry = append(entry, p.String())
	}
	return strings.Join(append(entry, i.Names...), ", ")
}

// Hides reports whether the entry hides what a record says of a source by itself; other records may give it a name or an address.
func (i Ignore) Hides(source analysis.Endpoint) bool {
	return source.IP.IsValid() && slices.ContainsFunc(i.Addresses, func(p netip.Prefix) bool { return p.Contains(source.IP) }) ||
		source.Name != "" && slices.ContainsFunc(i.Names, func(n string) bool { return strings.EqualFold(n, source.Name) })
}

// Limits are the gap and the number of sources that hold, defaults filled in.
func (o Options) Limits() (gap time.Duration, sources int) {
	o = o.withDefaults()
	return o.Gap, o.Sources
}

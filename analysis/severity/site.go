package severity

import (
	"net/netip"
	"time"

	"practicum/analysis/knowledge"
)

// Points is an interval of points from 0 to 5 with its reason, as a person gives it.
type Points struct {
	Low, High int
	Reason    string
}

// Asset says what one or more of the site's machines are worth and how they are protected.
type Asset struct {
	// Hosts are names as they stand in logs; Addresses are single addresses or networks.
	Hosts     []string
	Addresses []netip.Prefix
	// Formats are log formats: logs of a personal firewall do not name the machine that wrote them.
	Formats []string

	// A nil Points is "not configured".
	Criticality, System, Network *Points
}

// Rating is an analyst's word on one incident. A nil Points leaves that factor to the tool.
type Rating struct {
	// ID matches one incident by its id. Otherwise an incident matches when Sources is not empty
	// and every one of Sources, addresses or names, is a source of it, and, where From or To is
	// set, it began within them (To is exclusive).
	ID       string
	Sources  []string
	From, To time.Time

	Criticality, Lethality, System, Network *Points
	// Total is the sum as the analyst wrote it down, to be compared with the parts.
	Total *Total
}

// Total is a sum as a person wrote it down.
type Total struct {
	Low, High int
	// About is set for a hedged total ("about 4"), which agrees when it lies within the sum's interval.
	About bool
}

// Site is what the configuration says about the site.
type Site struct {
	Name string
	// Network and System hold for machines that no asset describes.
	Network, System *Points
	Assets          []Asset
	Ratings         []Rating
	// Catalogue says how lethal kinds are; nil is the embedded one.
	Catalogue *knowledge.Catalogue
}

func (a *Asset) contains(address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, p := range a.Addresses {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// Owns reports whether an address is one of the site's own, by its assets.
func (s Site) Owns(ip netip.Addr) bool {
	for _, a := range s.Assets {
		for _, p := range a.Addresses {
			if p.Contains(ip) {
				return true
			}
		}
	}
	return false
}

package obscure

import (
	"net/netip"
	"slices"
)

// special are the ranges whose addresses mean something by themselves (RFC 6890 and the registries that it set up). An address of
// one stays in it, and no other address comes into it.
var special = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // private, RFC 1918
	"100.64.0.0/10",                                     // shared, RFC 6598
	"169.254.0.0/16",                                    // link-local, RFC 3927
	"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation, RFC 5737
	"198.18.0.0/15",                          // benchmarks, RFC 2544
	"fe80::/10", "fc00::/7", "2001:db8::/32") // link-local, unique local (RFC 4193), documentation (RFC 3849)

// fixed are the ranges whose addresses are everybody's and stay as they are.
var fixed = prefixes("0.0.0.0/8", "127.0.0.0/8", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/127", "ff00::/8", "64:ff9b::/96")

func prefixes(list ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

func rangeOf(list []netip.Prefix, a netip.Addr) (netip.Prefix, bool) {
	for _, p := range list {
		if p.Contains(a) {
			return p, true
		}
	}
	return netip.Prefix{}, false
}

// Addr is the pseudonym of an address; of IPv4 inside of IPv6, of the address inside.
func (m *Map) Addr(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !m.hides(a) {
		return a
	}
	if b, ok := m.addrs[a]; ok {
		return b
	}
	b := m.image(a)
	m.addrs[a] = b
	m.real[b.String()] = a.String()
	return b
}

// hides reports whether an address is one that is replaced.
func (m *Map) hides(a netip.Addr) bool {
	if _, ok := rangeOf(fixed, a); ok || !a.IsValid() {
		return false
	}
	return !m.o.OwnOnly || m.isOwn(a)
}

// isOwn reports whether an address is the site's: of its networks, or of a range that is in use behind every site's
// border.
func (m *Map) isOwn(a netip.Addr) bool {
	_, home := rangeOf(m.o.Home, a)
	return home || a.IsPrivate() || a.IsLinkLocalUnicast()
}

func (m *Map) image(a netip.Addr) netip.Addr {
	b := m.walk(a)
	if !a.Is4() {
		return b
	}
	// The first and the last address of a network of 256 stay what they are, because to many networks they are no
	// machine's: the walk inside of the network leads past them.
	o, n := a.As4(), b.As4()
	if n[3] = o[3]; o[3] != 0 && o[3] != 255 {
		for ok := true; ok; ok = n[3] == 0 || n[3] == 255 {
			o[3] = n[3]
			n[3] = m.pan.image(netip.AddrFrom4(o), 24).As4()[3]
		}
	}
	return netip.AddrFrom4(n)
}

// walk is the image of an address as far as ranges that mean something are concerned.
func (m *Map) walk(a netip.Addr) netip.Addr {
	if p, ok := rangeOf(special, a); ok {
		return m.pan.image(a, p.Bits())
	}
	// Into a range that means something the walk only leads through: going on from there leaves it again, because the
	// map is one to one and the walk comes back to where it began at the latest.
	keep, global := keptOf(a), unicast.Contains(a)
	b := m.pan.image(a, keep)
	for m.means(b) || unicast.Contains(b) != global {
		b = m.pan.image(b, keep)
	}
	return b
}

// unicast has all addresses of IPv6 that the Internet routes (RFC 4291 section 2.4, IANA's registry); its own map keeps them in it.
var unicast = netip.MustParsePrefix("2000::/3")

// keptOf is how many bits of an address the map leaves alone.
func keptOf(a netip.Addr) int {
	if unicast.Contains(a) {
		return unicast.Bits()
	}
	return 0
}

func (m *Map) means(a netip.Addr) bool {
	_, s := rangeOf(special, a)
	_, f := rangeOf(fixed, a)
	return s || f
}

// Prefix are the networks that the addresses of a network have their pseudonyms in.
func (m *Map) Prefix(p netip.Prefix) []netip.Prefix {
	p = p.Masked()
	if p.Addr().Is4() && p.Bits() > 24 { // inside of it the walk keeps no common bits
		var list []netip.Prefix
		for a := p.Addr(); p.Contains(a); a = a.Next() {
			list = append(list, netip.PrefixFrom(m.Addr(a), 32))
		}
		return list
	}
	if p.Bits() == 0 || m.o.OwnOnly && !m.isOwn(p.Addr()) {
		return []netip.Prefix{p}
	}
	if r, ok := rangeOf(fixed, p.Addr()); ok && r.Bits() <= p.Bits() {
		return []netip.Prefix{p}
	}
	if r, ok := rangeOf(special, p.Addr()); ok && r.Bits() <= p.Bits() {
		return []netip.Prefix{netip.PrefixFrom(m.pan.image(p.Addr(), r.Bits()), p.Bits()).Masked()}
	}
	// The ranges inside the network that stay, and those that its image leads through.
	var list []netip.Prefix
	image := p
	for {
		image = netip.PrefixFrom(m.pan.image(image.Addr(), keptOf(p.Addr())), p.Bits()).Masked()
		if r, ok := rangeOf(slices.Concat(special, fixed), image.Addr()); !ok || r.Bits() > p.Bits() {
			break
		}
	}
	list = append(list, image)
	for _, r := range slices.Concat(special, fixed) {
		if r.Addr().Is4() != p.Addr().Is4() || r.Bits() <= p.Bits() {
			continue
		}
		if p.Contains(r.Addr()) {
			list = append(list, r)
		}
		if image.Contains(r.Addr()) {
			list = append(list, m.walked(r, keptOf(p.Addr())))
		}
	}
	return list
}

// walked is where the walk leads that comes into a range that means something.
func (m *Map) walked(r netip.Prefix, keep int) netip.Prefix {
	for {
		r = netip.PrefixFrom(m.pan.image(r.Addr(), keep), r.Bits()).Masked()
		if !m.means(r.Addr()) {
			return r
		}
	}
}

package observation

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/uniq"
)

// spoofing says whether the source address could be forged, and why.
func (w Writer) spoofing(in *analysis.ScoredIncident) []analysis.Observation {
	const source = "RFC 9293 (2022) section 3.5, the three-way handshake; first RFC 793 (1981)"
	genuine, bare := map[string]bool{}, map[string]bool{}
	datagrams, packets, stealth, nameless := 0, 0, 0, false
	for i := range in.Events {
		e := &in.Events[i]
		who := cmp.Or(e.Source.IP, e.Source.Name)
		switch {
		case proven(e):
			if who == "" {
				nameless = true
				continue
			}
			genuine[who] = true
		case !isTry(e):
			continue
		case e.Proto == "udp" || e.Proto == "icmp":
			datagrams++
			bare[who] = true
		case e.Handshake == analysis.HandshakeNone:
			packets++
			bare[who] = true
		case e.Format == "portsentry" && isPacket(e):
			stealth++
			bare[who] = true
		}
	}
	var list []analysis.Observation
	onlyBare := 0
	for who := range bare {
		if !genuine[who] {
			onlyBare++
		}
	}
	atLeast, none := "", "No handshake completed"
	if some(in, analysis.LetThrough(in.Events)) {
		none = "No record tells of a completed handshake"
	}
	if in.EvidenceCapped {
		atLeast, none = "at least ", "None of the records that are kept is of a completed handshake"
	}
	if len(genuine) > 0 {
		text := "A completed TCP handshake needs the answers of the target, so the source address is very unlikely to be forged. It tells where the connection came from, not who was there: a proxy or a machine that somebody else controls looks the same."
		if onlyBare > 0 {
			text = fmt.Sprintf("A completed TCP handshake needs the answers of the target, so the address is very unlikely to be forged where there was one: that holds for %s%s of the %s sources.", atLeast, grouped(len(genuine)), grouped(len(genuine)+onlyBare))
		}
		list = append(list, known("spoofing", text, source))
	}
	if nameless && len(genuine) == 0 {
		list = append(list, known("spoofing-nameless", "The connections completed, so their sources were real, but no record names them.", source))
	}
	if onlyBare == 0 {
		return list
	}
	if packets > 0 {
		list = append(list, known("spoofing-packets", none+": by these packets alone the source address could be forged. A scanner that wants the answer has no use for a forged address.", source))
	}
	if stealth > 0 {
		list = append(list, known("spoofing-stealth", "PortSentry's stealth modes log single packets, whatever becomes of them, so the source address could be forged. A block that such packets set off can be turned against a third party.", "PortSentry 1.2 (2003), portsentry.c and README.stealth"))
	}
	if datagrams > 0 {
		list = append(list, known("spoofing-datagrams", "UDP and ICMP know no handshake: any source address can be written into such a packet.", "RFC 768 (1980), RFC 792 (1981)"))
	}
	return list
}

// addresses tells of sources whose address no host on the Internet had at the time, or that is the
// site's own.
func (w Writer) addresses(in *analysis.ScoredIncident) []analysis.Observation {
	var list []analysis.Observation
	genuine := map[string]bool{}
	for i := range in.Events {
		if proven(&in.Events[i]) {
			genuine[in.Events[i].Source.IP] = true
		}
	}
	type block struct {
		prefix netip.Prefix
		class  knowledge.AddressClass
	}
	of := map[block][]netip.Addr{}
	var order []block
	about := map[block]knowledge.SpecialAddress{}
	targets := map[string]bool{}
	for _, t := range in.Targets {
		targets[t.IP] = true
	}
	for _, s := range in.Sources {
		ip, err := netip.ParseAddr(s.IP)
		if err != nil {
			continue
		}
		ip = ip.Unmap()
		if special, ok := knowledge.Special(ip, in.First.Year()); ok {
			b := block{special.Prefix, special.Class}
			if of[b] == nil {
				order = append(order, b)
				about[b] = special
			}
			of[b] = append(of[b], ip)
		}
		if len(list) >= 5 {
			continue
		}
		if block, since, ok := knowledge.Unallocated(ip, in.First); ok {
			list = append(list, known(numbered("address", len(order)+len(list)), fmt.Sprintf("The block %s was given out only in %s; when this was logged nobody held %s. Either the address is forged or the year of the log is wrong.", block, since.Format("January 2006"), ip), knowledge.UnallocatedSource))
		}
		if w.own != nil && w.own(ip) {
			list = append(list, known(numbered("own", len(list)), fmt.Sprintf("%s is an address of the site itself: the source is one of its machines, or the packets only pretend so.", ip), "the assets in the configuration"))
		}
		if targets[s.IP] && !genuine[s.IP] {
			list = append(list, known(numbered("land", len(list)), fmt.Sprintf("%s is source and target at once. No machine sends that to itself over a network: the source is forged, or the machine spoke to itself.", ip), "CERT Advisory CA-1997-28 (land)"))
		}
	}
	var blocks []analysis.Observation
	for i, b := range order[:min(len(order), 4)] {
		special := about[b]
		text := specialText(of[b][0], special, slices.ContainsFunc(of[b], func(ip netip.Addr) bool { return genuine[ip.String()] }))
		if n := len(of[b]); n > 1 {
			text = fmt.Sprintf("%s of the %s sources lie in %s (%s). %s", grouped(n), grouped(len(in.Sources)), b.prefix, b.class, text)
		}
		blocks = append(blocks, known(numbered("address", i), text, fmt.Sprintf("%s (%d)", special.Source, special.Since)))
	}
	return append(blocks, list...)
}

func specialText(ip netip.Addr, s knowledge.SpecialAddress, complete bool) string {
	forged := "the address is forged, "
	if complete {
		forged = ""
	}
	switch s.Class {
	case knowledge.AddressPrivate, knowledge.AddressShared, knowledge.AddressLinkLocal:
		kind := map[knowledge.AddressClass]string{knowledge.AddressPrivate: "a private address", knowledge.AddressShared: "an address that a carrier shares among customers", knowledge.AddressLinkLocal: "a link-local address"}[s.Class]
		return fmt.Sprintf("%s is %s (%s), which the Internet does not route: the source stands in the site's own or a neighbouring network, %sor the log was made anonymous.", ip, kind, s.Prefix, forged)
	case knowledge.AddressDocumentation:
		return fmt.Sprintf("%s is set aside for documentation (%s) and belongs to nobody: the log was made up or made anonymous.", ip, s.Prefix)
	case knowledge.AddressLoopback:
		return fmt.Sprintf("%s is a loopback address, which never leaves its machine: the source is the logging machine itself, or the address is forged.", ip)
	}
	return fmt.Sprintf("%s is set aside (%s, %s); no host may send from it, so the address is forged or a device is misconfigured.", ip, s.Prefix, s.Class)
}

// names tells what the names beside the addresses are worth.
func (w Writer) names(in *analysis.ScoredIncident) []analysis.Observation {
	const source = "RFC 1035 (1987) section 3.5; tcp_wrappers 7.6 (1997), socket.c"
	var list []analysis.Observation
	namesOf := func(refs []*analysis.EventRef) []string {
		var names uniq.List[string]
		for _, e := range refs {
			if e.Source.Name != "" {
				names.Add(e.Source.Name)
			}
		}
		return names.All
	}
	nameOf := func(refs []*analysis.EventRef) string { return few(namesOf(refs), 4) }
	// lookedUp is "name A" and "looking it up", or the same of several.
	lookedUp := func(names []string) (subject, looking string) {
		if len(names) > 1 {
			return "names " + few(names, 4), "looking them up"
		}
		return "name " + few(names, 4), "looking it up"
	}
	unlike := func(refs []*analysis.EventRef, gave string) string {
		subject, looking := lookedUp(namesOf(refs))
		return fmt.Sprintf("The %s did not verify: %s gave %s.", subject, looking, gave)
	}
	unverified := refsOf(in, func(e *analysis.EventRef) bool {
		return isNameWarning(e) && strings.Contains(e.Message, "can't verify hostname")
	})
	if len(unverified) > 0 {
		list = append(list, observed("name-unverified", unlike(unverified, "no address"), w.lines(unverified)))
	}
	for _, m := range [...]struct{ id, cue, gave string }{
		{"name-address", "name/address mismatch", "another address"},
		{"name-name", "name/name mismatch", "another name"},
	} {
		mismatch := refsOf(in, func(e *analysis.EventRef) bool { return isNameWarning(e) && strings.Contains(e.Message, m.cue) })
		if len(mismatch) > 0 {
			list = append(list, observed(m.id, unlike(mismatch, m.gave), w.lines(mismatch)))
		}
	}
	if reverse := refsOf(in, isReverseWarning); len(reverse) > 0 {
		var names uniq.List[string]
		for _, e := range reverse {
			if n := reverseName(e.Message); n != "" {
				names.Add(n)
			}
		}
		subject, looking := lookedUp(names.All)
		list = append(list,
			observed("name-reverse", fmt.Sprintf("sshd could not verify the %s: %s gave no address, or another one.", subject, looking), w.lines(reverse)),
			known("name-reverse-known", "\"POSSIBLE BREAK-IN ATTEMPT\" is what older releases write for every name that does not verify; nothing was attempted by that.", "OpenSSH 6.6 (2014), canohost.c"))
	}
	for _, m := range [...]struct {
		id, outcome string
		failed      bool
	}{
		{"name-postfix", "failed", true},
		{"name-postfix-other", "gave other addresses", false},
	} {
		var names uniq.List[string]
		warned := refsOf(in, func(e *analysis.EventRef) bool {
			name, failed := postfixName(e)
			if name == "" || failed != m.failed {
				return false
			}
			names.Add(name)
			return true
		})
		if len(warned) > 0 {
			subject, looking := lookedUp(names.All)
			list = append(list, observed(m.id, fmt.Sprintf("Postfix could not verify the %s: %s %s.", subject, looking, m.outcome), w.lines(warned)))
		}
	}
	if len(list) > 0 {
		return append(list, known("name-known", "Such a name comes from the reverse zone of the address, where its holder may write any name. One that does not verify says nothing about the source, and may be another's.", source))
	}
	beside := refsOf(in, func(e *analysis.EventRef) bool {
		return e.Source.IP != "" && e.Source.Name != "" && !strings.EqualFold(e.Source.IP, e.Source.Name)
	})
	if len(beside) == 0 {
		return nil
	}
	addresses := map[string]bool{}
	for _, e := range beside {
		addresses[e.Source.IP] = true
	}
	several := strings.Contains(nameOf(beside), " and ")
	text := fmt.Sprintf("The log names the source %s; no record says that the name was looked up again.", nameOf(beside))
	if several {
		text = fmt.Sprintf("The log names the sources %s; no record says that the names were looked up again.", nameOf(beside))
	}
	if several && len(addresses) == 1 {
		text = fmt.Sprintf("The log has several names for the one source: %s. No record says that they were looked up again.", nameOf(beside))
	}
	if pooled(beside) && !several {
		text += " It repeats the last two numbers of the address, as names of customers' lines do."
	}
	return []analysis.Observation{observed("name", text, w.lines(beside))}
}

// postfixName is the name that Postfix warns of because it does not lead to the client's address, and whether looking it up
// failed; without it, the name has other addresses (Postfix 3.8 and 2.2, smtpd_peer.c).
func postfixName(e *analysis.EventRef) (name string, failed bool) {
	if e.Format != "postfix" || !e.Context {
		return "", false
	}
	text, ok := strings.CutPrefix(e.Message, "warning: ")
	if !ok {
		return "", false
	}
	if rest, ok := strings.CutPrefix(text, "hostname "); ok {
		name, rest, ok = strings.Cut(rest, " does not resolve to address ")
		if !ok {
			return "", false
		}
		return name, strings.Contains(rest, ": ")
	}
	if _, rest, ok := strings.Cut(text, ": hostname "); ok {
		if name, _, ok = strings.Cut(rest, " verification failed: "); ok {
			return name, true
		}
	}
	if _, name, ok := strings.Cut(text, ": address not listed for hostname "); ok {
		return name, false
	}
	return "", false
}

// isReverseWarning reports whether a record is sshd's warning about the client's name.
func isReverseWarning(e *analysis.EventRef) bool {
	return e.Program == "sshd" && (strings.HasPrefix(e.Message, "reverse mapping checking getaddrinfo for ") ||
		strings.HasPrefix(e.Message, "Address ") && strings.Contains(e.Message, " maps to ")) && strings.Contains(e.Message, "POSSIBLE BREAK-IN ATTEMPT")
}

// reverseName is the name that such a warning is about.
func reverseName(message string) string {
	for _, before := range [...]string{"getaddrinfo for ", " maps to "} {
		if _, rest, ok := strings.Cut(message, before); ok {
			name, _, _ := strings.Cut(rest, " ")
			return strings.TrimSuffix(name, ",")
		}
	}
	return ""
}

// pooled reports whether the name of each source repeats the last two numbers of its IPv4 address.
func pooled(refs []*analysis.EventRef) bool {
	for _, e := range refs {
		ip, err := netip.ParseAddr(e.Source.IP)
		if err != nil || !ip.Is4() {
			return false
		}
		b := ip.As4()
		numbers := strings.FieldsFunc(e.Source.Name, func(r rune) bool { return r < '0' || r > '9' })
		for _, n := range b[2:] {
			if !slices.ContainsFunc(numbers, func(s string) bool { v, err := strconv.Atoi(s); return err == nil && v == int(n) }) {
				return false
			}
		}
	}
	return true
}

package interchange

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"practicum/analysis"
)

// writeDShield writes one line for each attempt whose packets were dropped, as the client of DShield does: time with zone,
// account, count, source, its port, target, its port, protocol and flags, with tabs between them
// (github.com/jullrich/dshieldhoneypot, dshield/iptables/iptables.pl, commit e02ffbb). Of a port that no record states it says ???,
// of ICMP too, whose type and code the report does not have. Flags stay empty: no report tells of them.
//
// What DShield gets it shows to everybody: a label that keeps a report among few is an error, and so are pseudonyms, which
// would accuse strangers.
func writeDShield(x *export) ([]byte, error) {
	if x.obscured() {
		return nil, errors.New("pseudonyms stand for the addresses of this report, and DShield would accuse strangers; export the report that is not obscured")
	}
	if x.TLP != "" && x.TLP != "CLEAR" {
		return nil, fmt.Errorf("%s keeps the report among few, and DShield shows to everybody what it gets; export it without that label", x.label())
	}
	type line struct {
		analysis.Attempt
		source, target netip.Addr
	}
	var lines []line
	var notDropped, noSource, inside, noTarget, unlisted int
	for i := range x.Incidents {
		in := &x.Incidents[i]
		listed := 0
		for _, a := range in.AttemptList {
			if listed++; a.Count > 1 && (a.Packets == 0 || a.Proto == "udp" || a.Proto == "icmp") { // each is an attempt
				listed += a.Count - 1
			}
		}
		unlisted += max(0, in.Attempts-listed)
		for _, a := range in.AttemptList {
			source, known := address(a.Source)
			target, there := address(a.Target)
			switch {
			case !a.Dropped:
				notDropped++
			case !known:
				noSource++
			case !global(source):
				inside++
			case !there || target.Is4() != source.Is4():
				noTarget++
			default:
				lines = append(lines, line{a, source, target})
			}
		}
	}
	for _, left := range []struct {
		n   int
		why string
	}{
		{notDropped, "because no record of them tells of a dropped packet"}, {noSource, "because no address of the source is known"},
		{inside, "because the source is a private or special address"}, {noTarget, "because no address of the target is known"},
		{unlisted, "which the report counts and does not list"},
	} {
		if left.n > 0 {
			x.leave("%s, %s", count(left.n, "attempt"), left.why)
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(a.Start.Compare(b.Start), a.source.Compare(b.source), cmp.Compare(a.SourcePort, b.SourcePort), a.target.Compare(b.target), cmp.Compare(a.Port, b.Port))
	})
	var b bytes.Buffer
	for _, l := range lines {
		from, to := dshieldPort(l.SourcePort, l.Proto), dshieldPort(l.Port, l.Proto)
		fmt.Fprintf(&b, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t\n", l.Start.Format("2006-01-02 15:04:05 -07:00"), x.User, max(1, l.Packets, l.Count),
			dshieldAddress(l.source), from, dshieldAddress(l.target), to, dshieldProto(l.Proto))
	}
	return b.Bytes(), nil
}

func dshieldPort(port int, proto string) string {
	if port == 0 || strings.HasPrefix(proto, "icmp") {
		return "???"
	}
	return strconv.Itoa(port)
}

// dshieldAddress writes an address; of IPv6 all eight groups with all their digits.
func dshieldAddress(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	b := a.As16()
	var groups []string
	for i := 0; i < len(b); i += 2 {
		groups = append(groups, hex.EncodeToString(b[i:i+2]))
	}
	return strings.Join(groups, ":")
}

// dshieldProto is the name of one of three protocols, the number of another (IANA, Protocol Numbers), or ???.
func dshieldProto(proto string) string {
	switch proto {
	case "tcp", "udp", "icmp":
		return strings.ToUpper(proto)
	case "igmp":
		return "2"
	case "gre":
		return "47"
	case "esp":
		return "50"
	case "ah":
		return "51"
	case "icmpv6", "ipv6-icmp", "icmp6":
		return "58"
	case "sctp":
		return "132"
	}
	if n, err := strconv.ParseUint(proto, 10, 8); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return "???"
}

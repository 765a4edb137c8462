package logformat

import (
	"strconv"
	"strings"

	"practicum/analysis"
)

// filterlog is the packet log of pfSense and OPNsense: a list of fields divided by commas, whose number
// depends on the versions of IP and the protocol. IPv6 puts the protocol's name before its number, IPv4
// behind it (pfSense documentation, "Raw Filter Log Format").
var filterlog = Format{
	Name:       "filterlog",
	Title:      "pfSense and OPNsense filterlog",
	Recognised: "syslog program filterlog with a list of fields",
	Carrier:    CarrierSyslog,
	New:        func(*Clock) Parser { return parseFilterlog },
}

func parseFilterlog(c *Cursor, ev *analysis.Event) error {
	if ev.Program != "filterlog" {
		return ErrOtherProgram
	}
	c.Mine()
	ev.Session = 0
	var room [40]string
	f := appendSplit(room[:0], c.Rest(), ',')
	if len(f) < 9 {
		return ErrNotMine
	}
	action, direction, version := f[6], f[7], f[8]
	switch action {
	case "block", "reject":
		ev.Action = analysis.ActionBlocked
	case "pass":
		ev.Action = analysis.ActionAllowed
	default:
		ev.Action = analysis.ActionInfo
	}
	short := func() error { return &SyntaxError{"filterlog", "the record has too few fields"} }
	var p packet
	p.icmpType = -1
	switch version {
	case "4":
		if len(f) < 20 {
			return short()
		}
		p.proto = strings.ToLower(f[16])
		f = f[18:]
	case "6":
		if len(f) < 17 {
			return short()
		}
		p.proto = strings.ToLower(f[12])
		f = f[15:]
	default:
		return &SyntaxError{"filterlog", "the version of IP is neither 4 nor 6"}
	}
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(f[0])
	p.dst.IP, ok2 = parseAddr(f[1])
	if !ok1 || !ok2 {
		return &SyntaxError{"filterlog", "the addresses cannot be read"}
	}
	f = f[2:]
	switch p.proto {
	case "tcp", "udp":
		if len(f) < 2 || !setPort(&p.src, f[0]) || !setPort(&p.dst, f[1]) {
			return &SyntaxError{"filterlog", "the ports cannot be read"}
		}
		if p.proto == "tcp" {
			if len(f) < 4 {
				return short()
			}
			p.setFlags(f[3])
		}
	case "icmp", "icmpv6", "ipv6-icmp":
		if p.proto != "icmp" {
			p.proto = "icmp6"
		}
		if len(f) > 0 {
			switch f[0] {
			case "request":
				if p.icmpType = 8; p.proto == "icmp6" {
					p.icmpType = 128
				}
			default:
				if n, err := strconv.Atoi(f[0]); err == nil {
					p.icmpType = n
				}
			}
		}
	}
	p.filtered(ev, direction == "out")
	return nil
}

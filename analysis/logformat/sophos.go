package logformat

import (
	"strings"

	"practicum/analysis"
)

// sophos is the log of Sophos (before that, Cyberoam) firewalls: key=value, the value in quotes where it is text
// (Sophos Firewall, "Syslog guide"). date and time are the device's own clock; timezone is an offset or a name, of
// which only the offset is taken; timestamp, since version 18, has both.
//
//	device="SFW" date=2019-10-09 time=17:19:06 timezone="+08" … log_type="Firewall" … log_subtype="Denied" … src_ip=A dst_ip=B protocol="TCP" src_port=1 dst_port=2 …
var sophos = Format{
	Name:       "sophos",
	Title:      "Sophos Firewall",
	Recognised: `device="SFW" and key=value fields with log_type and log_subtype, also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "d<",
	Starts: func(text string) bool {
		text = afterPriority(text)
		return strings.HasPrefix(text, "device") && strings.Contains(text, " log_type=")
	},
	Hears: nothing,
	New: func(clock *Clock) Parser {
		var m fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			text, err := c.deviceText(ev, "device")
			if err != nil {
				return err
			}
			return parseSophos(&m, text, ev, clock)
		}
	},
}

func parseSophos(m *fieldTable, text string, ev *analysis.Event, clock *Clock) error {
	if !strings.HasPrefix(text, "device=") && !strings.HasPrefix(text, "device_name=") {
		return ErrNotMine
	}
	m.read(text)
	if m.of("log_type") == "" || m.of("log_subtype") == "" {
		return ErrNotMine
	}
	stamp := m.of("timestamp")
	if stamp == "" {
		stamp = m.of("date") + "T" + m.of("time")
		if zone := m.of("timezone"); len(zone) >= 3 && (zone[0] == '+' || zone[0] == '-') {
			stamp += zone
		}
	}
	t, n, ok := deviceTime(stamp, clock)
	if n == 0 || !ok {
		return brokenUnless("sophos", text, "the time cannot be read")
	}
	ev.Time, ev.Message, ev.Action, ev.Context = t, text, analysis.ActionInfo, true
	if ev.Host == "" {
		ev.Host = m.of("device_name")
	}
	p := packet{icmpType: -1, proto: protocol(m.of("protocol"))}
	p.src.IP, _ = parseAddr(m.of("src_ip"))
	p.dst.IP, _ = parseAddr(m.of("dst_ip"))
	setPort(&p.src, m.of("src_port"))
	setPort(&p.dst, m.of("dst_port"))
	ev.User = foldBlanks(m.first("user_name", "user"))
	ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
	if !p.src.IP.IsValid() {
		return nil
	}
	subtype := m.of("log_subtype")
	stopped := subtype == "Denied" || subtype == "Dropped" || subtype == "Drop"
	switch m.of("log_type") {
	case "Firewall":
		if ev.Action = analysis.ActionAllowed; stopped {
			ev.Action = analysis.ActionBlocked
		}
		ev.Context = false
		if p.syn = p.proto == "tcp"; p.proto == "icmp" || p.proto == "icmp6" {
			p.src.Port, p.dst.Port = 0, 0
			number := Cursor{text: m.of("icmp_type")}
			if t, ok := number.Number(255); ok {
				p.icmpType = t
			}
		}
		p.filtered(ev, outgoing(p.src.IP, p.dst.IP))
	case "IDP":
		if ev.Signature = foldBlanks(m.of("signature_msg")); ev.Signature == "" {
			return nil
		}
		if ev.Context, ev.Tries = false, analysis.TriesConnection; stopped {
			ev.Action = analysis.ActionBlocked
		}
	case "Event":
		if m.of("log_component") == "GUI" && m.of("status") == "Failed" {
			ev.Action, ev.Context, ev.Tries, ev.Handshake = analysis.ActionFailed, false, analysis.TriesSession, analysis.HandshakeCompleted
		}
	}
	return nil
}

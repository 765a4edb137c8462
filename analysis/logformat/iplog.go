package logformat

import (
	"strings"

	"practicum/analysis"
)

// iplog writes to syslog or to a file of its own, there with neither host nor program behind the
// stamp. A "connection attempt" is the first packet of any connection, also of the site's own users;
// a scan is what it says.
var iplog = Format{
	Name:       "iplog",
	Title:      "iplog",
	Recognised: `syslog program iplog, or a syslog stamp and "TCP:", "UDP:" or "ICMP:", with "connection attempt from" or "scan detected"`,
	Carrier:    CarrierSyslog,
	Leads:      "JFMASOND",
	Starts:     startsIplog,
	New: func(clock *Clock) Parser {
		list := patternsOf(iplogMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				month, day, hour, minute, second, n, ok := syslogStamp(c.text)
				if !ok {
					return ErrNotMine
				}
				if ev.Time, ok = clock.Yearless(month, day, hour, minute, second); !ok {
					return &SyntaxError{"iplog", "the date does not exist in the year that was decided for this input"}
				}
				c.pos = n
				ev.Program, ev.Message = "iplog", c.Rest()
			} else if ev.Program != "iplog" {
				return ErrOtherProgram
			}
			ev.Session = 0
			for _, p := range iplogProtocols {
				if c.Lit(p.prefix) {
					ev.Proto = p.proto
				}
			}
			if ev.Proto == "" {
				return ErrNotMine
			}
			if err := hear(c, list, ev); err != nil {
				return err
			}
			ev.Tries = analysis.TriesPacket
			if ev.Context {
				ev.Tries = analysis.TriesNone
			}
			return nil
		}
	},
}

var iplogProtocols = [...]struct{ prefix, proto string }{{"TCP: ", "tcp"}, {"UDP: ", "udp"}, {"ICMP: ", "icmp"}}

var iplogMessages = []message{
	{text: "port {tport} connection attempt from {name} ({ip}):{port}", action: analysis.ActionInfo},
	{text: "port {tport} connection attempt from {ip}:{port}", action: analysis.ActionInfo},
	{text: "{svc} connection attempt from {name} ({ip}):{port}", action: analysis.ActionInfo},
	{text: "{svc} connection attempt from {ip}:{port}", action: analysis.ActionInfo},
	{text: "port scan detected {([ports {w}] )}from {name} ({ip}){rest}", action: analysis.ActionInfo, signature: portScan},
	{text: "port scan detected {([ports {w}] )}from {ip}{rest}", action: analysis.ActionInfo, signature: portScan},
	{text: "{w} scan detected {([ports {w}] )}from {name} ({ip}){rest}", action: analysis.ActionInfo, signature: portScan},
	{text: "{w} scan detected {([ports {w}] )}from {ip}{rest}", action: analysis.ActionInfo, signature: portScan},
	{text: "scan/flood detected {([ports {w}] )}from {name} ({ip}){rest}", action: analysis.ActionInfo, signature: portScan},
	{text: "scan/flood detected {([ports {w}] )}from {ip}{rest}", action: analysis.ActionInfo, signature: portScan},
	{text: "{any} mode expired for {name} ({ip}) - received a total of {n} packets{rest}", action: analysis.ActionInfo, context: true},
	{text: "{any} mode expired for {ip} - received a total of {n} packets{rest}", action: analysis.ActionInfo, context: true},
	{text: "echo from {name} ({ip}){rest}", action: analysis.ActionInfo},
	{text: "echo from {ip}{rest}", action: analysis.ActionInfo},
}

func startsIplog(text string) bool {
	_, _, _, _, _, n, ok := syslogStamp(text)
	if !ok {
		return false
	}
	for _, p := range iplogProtocols {
		if i := strings.Index(text[:min(len(text), 32)], p.prefix); i >= 0 {
			return n == i
		}
	}
	return false
}

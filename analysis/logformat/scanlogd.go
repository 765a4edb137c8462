package logformat

import (
	"practicum/analysis"
)

// scanlogd writes one line for a scan: at least seven ports of one host within three seconds, told by
// packets whose source nothing proves (scanlogd.c; the flags in capitals were set, "?" varied).
var scanlogd = Format{
	Name:       "scanlogd",
	Title:      "scanlogd",
	Recognised: `syslog program scanlogd with "address to address ports …, flags, @time"`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patternsOf(scanlogdMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "scanlogd" {
				return ErrOtherProgram
			}
			ev.Proto, ev.Tries, ev.Session = "tcp", analysis.TriesPacket, 0
			return hear(c, list, ev)
		}
	},
}

// portScan is what sensors of scans say that they saw, for detect to tell kinds by.
const portScan = "port scan"

var scanlogdMessages = []message{
	{text: "From {ip}{(:{port})} to {tip} ports {any} @{w}", action: analysis.ActionInfo, signature: portScan}, // 1.x
	{text: "{ip}{(:{port})} to {tip} and others, ports {any} @{w}", action: analysis.ActionInfo, signature: portScan},
	{text: "{ip}{(:{port})} to {tip} ports {any} @{w}", action: analysis.ActionInfo, signature: portScan},
	{text: "More possible port scans follow"}, {text: "started{rest}"},
}

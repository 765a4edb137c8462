package logformat

// ntp is what time daemons say of the clock and their sources: ntpd 4.2 (ntp_proto.c, ntp_loopfilter.c), chronyd 4 and
// systemd-timesyncd. A clock that is stepped matters to whoever reads times, and the excerpt of a host has it.
var ntp = Format{
	Name:       "ntp",
	Title:      "ntpd, chronyd and systemd-timesyncd",
	Recognised: "syslog program ntpd, chronyd or systemd-timesyncd with a source that is chosen or a clock that is set",
	Carrier:    CarrierSyslog,
	New: messagesOf(ntpMessages, func(program string) bool {
		switch program {
		case "ntpd", "chronyd", "systemd-timesyncd":
			return true
		}
		return false
	}),
}

var ntpMessages = []message{
	{text: "synchronized to {rest}"}, {text: "time reset {rest}"}, {text: "kernel time sync {rest}"}, {text: "frequency initialized {rest}"},
	{text: "no servers reachable"}, {text: "offset {rest}"}, {text: "time slew {rest}"}, {text: "Listen normally on {rest}"}, {text: "Listening on interface {rest}"}, {text: "Deleting interface {rest}"},
	{text: "Selected source {rest}"}, {text: "Source {w} {(({w}) )}replaced with {rest}"}, {text: "Source {w} {(({w}) )}offline"}, {text: "Source {w} {(({w}) )}online"},
	{text: "Can't synchronise: {rest}"}, {text: "System clock wrong by {rest}"}, {text: "System clock was stepped by {rest}"}, {text: "System clock TAI offset set to {rest}"},
	{text: "Synchronized to time server {rest}"}, {text: "Initial synchronization to time server {rest}"}, {text: "Contacted time server {rest}"}, {text: "Timed out waiting for reply from {rest}"},
}

package logformat

// syslogd is what the logging daemons say of themselves: BSD and Linux syslogd (sysklogd 1.5, syslogd.c), rsyslog 8 and
// syslog-ng 3. Their marks show that a quiet host was alive.
var syslogd = Format{
	Name:       "syslogd",
	Title:      "syslogd, rsyslogd and syslog-ng about themselves",
	Recognised: `"-- MARK --", or syslog program syslogd, rsyslogd or syslog-ng with a start or an end`,
	Carrier:    CarrierSyslog,
	New: messagesOf(syslogdMessages, func(program string) bool {
		switch program {
		case "--", "syslogd", "rsyslogd", "syslog-ng", "rsyslogd0", "klogd", "syslog":
			return true
		}
		return false
	}),
}

var syslogdMessages = []message{
	{text: "MARK --"}, {text: "-- MARK --"}, {text: "restart{rest}"}, {text: "exiting on signal {n}{rest}"}, {text: "{w}: restart{rest}"},
	{text: "syslogd {w}: restart{rest}"}, {text: `[origin software="rsyslogd" {rest}`}, {text: "rsyslogd was HUPed{rest}"},
	{text: "syslog-ng starting up; {rest}"}, {text: "syslog-ng shutting down; {rest}"}, {text: "Log statistics; {rest}"}, {text: "Configuration reload {rest}"},
	{text: "klogd {w}, log source = {rest}"}, {text: "Kernel logging (proc) stopped."}, {text: "Kernel log daemon terminating."},
}

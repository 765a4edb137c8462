package logformat

import (
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// fortiGate is the log of FortiGate firewalls (FortiOS Log Reference): key=value, the value in quotes where it
// is text. eventtime is seconds since 1970, since FortiOS 6.2 nanoseconds; date and time are the device's own
// clock, and tz its offset where it is there.
//
//	date=2020-04-23 time=01:16:08 devname="fw" … type="traffic" subtype="forward" srcip=A srcport=1 dstip=B dstport=161 proto=17 action="deny" …
var fortiGate = Format{
	Name:       "fortigate",
	Title:      "FortiGate",
	Recognised: `"date=yyyy-mm-dd time=hh:mm:ss" and key=value fields with type and subtype, also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "d<",
	Starts: func(text string) bool {
		text = afterPriority(text)
		return strings.HasPrefix(text, "date=") && strings.Contains(text, "type=")
	},
	Hears: nothing,
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			text, err := c.deviceText(ev, "date=")
			if err != nil {
				return err
			}
			return parseFortiGate(text, ev, clock)
		}
	},
}

func parseFortiGate(text string, ev *analysis.Event, clock *Clock) error {
	m := fieldMap(text)
	if m["type"] == "" || m["subtype"] == "" {
		return ErrNotMine
	}
	if err := fortiTime(m, ev, clock); err != nil {
		return brokenUnless("fortigate", text, err.Error())
	}
	if m["devname"] != "" {
		ev.Host = m["devname"]
	}
	ev.Message, ev.Action = text, analysis.ActionInfo
	source := m["srcip"]
	for _, key := range [...]string{"remip", "src"} {
		if source == "" {
			source = m[key]
		}
	}
	var ok bool
	if ev.Source.IP, ok = parseAddr(source); !ok && source == "" {
		// Administrators before FortiOS 6: ui="ssh(A)".
		if _, from, isCall := strings.Cut(m["ui"], "("); isCall {
			ev.Source.IP, _ = parseAddr(strings.TrimSuffix(from, ")"))
		}
	}
	ev.Target.IP, _ = parseAddr(first(m, "dstip", "dst"))
	setPort(&ev.Source, first(m, "srcport", "src_port"))
	setPort(&ev.Target, first(m, "dstport", "dst_port"))
	if user := m["user"]; user != "N/A" {
		ev.User = foldBlanks(user)
	}
	if m["proto"] != "" {
		ev.Proto = protocol(m["proto"])
	}
	// Where the device knows its interfaces, they tell what came from inside.
	out := m["srcintfrole"] == "lan" || m["srcintfrole"] == "dmz" || outgoing(ev.Source.IP, ev.Target.IP)
	switch m["type"] + "/" + m["subtype"] {
	case "traffic/forward", "traffic/local", "traffic/other", "traffic/violation", "traffic/allowed":
		return fortiTraffic(m, ev, out)
	case "utm/virus", "virus/infected", "virus/virus":
		// What was found in a connection of the source's: it may have sent it or asked for it.
		if ev.Signature = foldBlanks(m["virus"]); ev.Signature == "" {
			ev.Context = true
			return nil
		}
		if ev.Tries = analysis.TriesConnection; !fortiPassed(first(m, "action", "status")) {
			ev.Action = analysis.ActionBlocked
		}
		ev.Context = !ev.Source.IP.IsValid()
		return nil
	case "utm/ips", "utm/anomaly", "utm/waf", "anomaly/anomaly", "ips/signature", "ips/anomaly", "attack/signature", "attack/anomaly":
		if ev.Signature = foldBlanks(m["attack"]); ev.Signature == "" {
			ev.Signature = foldBlanks(m["msg"])
		}
		if ev.Signature == "" {
			ev.Signature = foldBlanks(m["attack_name"])
		}
		if ev.Tries = analysis.TriesConnection; !fortiPassed(first(m, "action", "status")) {
			ev.Action = analysis.ActionBlocked
		}
		ev.Context = ev.Signature == "" || !ev.Source.IP.IsValid()
		ev.Count = stated(m["count"])
		return nil
	}
	if m["type"] != "event" || !ev.Source.IP.IsValid() {
		ev.Context = true // what the site's own clients did, and the device's state
		return nil
	}
	failed := strings.Contains(m["action"], "fail") || m["status"] == "failed" || m["status"] == "failure"
	switch action := m["action"]; {
	case action == "ssl-login-fail":
		ev.Service = "https"
	case action == "login", action == "auth-logon", action == "authentication", action == "tunnel-up":
		ev.Service = fortiConsole(m)
	default:
		ev.Context = true
		return nil
	}
	ev.Target, ev.Proto = analysis.Endpoint{}, ""
	ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
	if ev.Action = analysis.ActionFailed; !failed {
		ev.Action, ev.Context = analysis.ActionAllowed, true
	}
	return nil
}

// fortiConsole is the service that an administrator used: method="ssh", or ui="https(A)".
func fortiConsole(m map[string]string) string {
	service := m["method"]
	if service == "" {
		service, _, _ = strings.Cut(m["ui"], "(")
	}
	switch service {
	case "ssh", "https", "http", "telnet":
		return service
	}
	return ""
}

// first is the value of the first of the keys that has one.
func first(m map[string]string, keys ...string) string {
	for _, key := range keys {
		if value := m[key]; value != "" {
			return value
		}
	}
	return ""
}

func fortiPassed(action string) bool {
	switch action {
	case "", "detected", "pass", "passthrough", "exempt", "monitored", "accept":
		return true
	}
	return false
}

func fortiTraffic(m map[string]string, ev *analysis.Event, out bool) error {
	p := packet{src: ev.Source, dst: ev.Target, proto: ev.Proto, icmpType: -1}
	if !p.src.IP.IsValid() || !p.dst.IP.IsValid() {
		ev.Context = true
		return nil
	}
	switch first(m, "action", "status") { // FortiOS 4 has a status alone
	case "deny", "block", "blocked", "dropped":
		ev.Action = analysis.ActionBlocked
	default:
		ev.Action = analysis.ActionAllowed
	}
	p.syn = p.proto == "tcp" // a session begins with it
	if p.proto == "icmp" || p.proto == "icmp6" {
		// service="icmp/8/0", or PING
		p.src.Port, p.dst.Port = 0, 0
		if m["service"] == "PING" || strings.HasPrefix(m["service"], "icmp/8") {
			p.icmpType = 8
		}
	}
	p.filtered(ev, out)
	return nil
}

// fortiTime prefers eventtime, which needs no zone.
func fortiTime(m map[string]string, ev *analysis.Event, clock *Clock) error {
	if n, err := strconv.ParseInt(m["eventtime"], 10, 64); err == nil && n > 0 {
		for n > 1<<36 {
			n /= 1000
		}
		ev.Time, _ = clock.Instant(time.Unix(n, 0))
		return nil
	}
	stamp := m["date"] + "T" + m["time"]
	if tz := m["tz"]; len(tz) == 5 && (tz[0] == '+' || tz[0] == '-') {
		stamp += tz
	}
	t, n, ok := isoTime(stamp+" ", clock)
	if n == 0 || !ok {
		return errTime
	}
	ev.Time = t
	return nil
}

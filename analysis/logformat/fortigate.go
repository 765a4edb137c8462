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
	Recognised: `"date=yyyy-mm-dd time=hh:mm:ss", also behind "devname=", and key=value fields with type and subtype, also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "d<",
	Starts: func(text string) bool {
		text = afterPriority(text)
		return (strings.HasPrefix(text, "date=") || strings.HasPrefix(text, "devname=") && strings.Contains(text, " date=")) && strings.Contains(text, "type=")
	},
	Hears: nothing,
	New: func(clock *Clock) Parser {
		var m fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			text, err := c.deviceText(ev, "date=")
			if err != nil {
				return err
			}
			return parseFortiGate(m.read(text), text, ev, clock)
		}
	},
}

func parseFortiGate(m *fieldTable, text string, ev *analysis.Event, clock *Clock) error {
	if m.of("type") == "" || m.of("subtype") == "" {
		return ErrNotMine
	}
	if err := fortiTime(m, ev, clock); err != nil {
		return brokenUnless("fortigate", text, err.Error())
	}
	if m.of("devname") != "" {
		ev.Host = m.of("devname")
	}
	ev.Message, ev.Action = text, analysis.ActionInfo
	source := m.of("srcip")
	for _, key := range [...]string{"remip", "src"} {
		if source == "" {
			source = m.of(key)
		}
	}
	var ok bool
	if ev.Source.IP, ok = parseAddr(source); !ok && source == "" {
		// Administrators before FortiOS 6: ui="ssh(A)".
		if _, from, isCall := strings.Cut(m.of("ui"), "("); isCall {
			ev.Source.IP, _ = parseAddr(strings.TrimSuffix(from, ")"))
		}
	}
	ev.Target.IP, _ = parseAddr(m.first("dstip", "dst"))
	setPort(&ev.Source, m.first("srcport", "src_port"))
	setPort(&ev.Target, m.first("dstport", "dst_port"))
	if user := m.of("user"); user != "N/A" {
		ev.User = foldBlanks(user)
	}
	if m.of("proto") != "" {
		ev.Proto = protocol(m.of("proto"))
	}
	// Where the device knows its interfaces, they tell what came from inside.
	out := m.of("srcintfrole") == "lan" || m.of("srcintfrole") == "dmz" || outgoing(ev.Source.IP, ev.Target.IP)
	switch m.of("type") + "/" + m.of("subtype") {
	case "traffic/forward", "traffic/local", "traffic/other", "traffic/violation", "traffic/allowed":
		return fortiTraffic(m, ev, out)
	case "utm/virus", "virus/infected", "virus/virus":
		// What was found in a connection of the source's: it may have sent it or asked for it.
		if ev.Signature = foldBlanks(m.of("virus")); ev.Signature == "" {
			ev.Context = true
			return nil
		}
		if ev.Tries = analysis.TriesConnection; !fortiPassed(m.first("action", "status")) {
			ev.Action = analysis.ActionBlocked
		}
		ev.Context = !ev.Source.IP.IsValid()
		return nil
	case "utm/ips", "utm/anomaly", "utm/waf", "anomaly/anomaly", "ips/signature", "ips/anomaly", "attack/signature", "attack/anomaly":
		if ev.Signature = foldBlanks(m.of("attack")); ev.Signature == "" {
			ev.Signature = foldBlanks(m.of("msg"))
		}
		if ev.Signature == "" {
			ev.Signature = foldBlanks(m.of("attack_name"))
		}
		if ev.Tries = analysis.TriesConnection; !fortiPassed(m.first("action", "status")) {
			ev.Action = analysis.ActionBlocked
		}
		ev.Context = ev.Signature == "" || !ev.Source.IP.IsValid()
		ev.Count = stated(m.of("count"))
		return nil
	}
	if m.of("type") != "event" || !ev.Source.IP.IsValid() {
		ev.Context = true // what the site's own clients did, and the device's state
		return nil
	}
	failed := strings.Contains(m.of("action"), "fail") || m.of("status") == "failed" || m.of("status") == "failure"
	switch action := m.of("action"); {
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
func fortiConsole(m *fieldTable) string {
	service := m.of("method")
	if service == "" {
		service, _, _ = strings.Cut(m.of("ui"), "(")
	}
	switch service {
	case "ssh", "https", "http", "telnet":
		return service
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

func fortiTraffic(m *fieldTable, ev *analysis.Event, out bool) error {
	p := packet{src: ev.Source, dst: ev.Target, proto: ev.Proto, icmpType: -1}
	if !p.src.IP.IsValid() || !p.dst.IP.IsValid() {
		ev.Context = true
		return nil
	}
	switch m.first("action", "status") { // FortiOS 4 has a status alone
	case "deny", "block", "blocked", "dropped":
		ev.Action = analysis.ActionBlocked
	default:
		ev.Action = analysis.ActionAllowed
	}
	p.syn = p.proto == "tcp" // a session begins with it
	if p.proto == "icmp" || p.proto == "icmp6" {
		// service="icmp/8/0", or PING
		p.src.Port, p.dst.Port = 0, 0
		if m.of("service") == "PING" || strings.HasPrefix(m.of("service"), "icmp/8") {
			p.icmpType = 8
		}
	}
	p.filtered(ev, out)
	return nil
}

// fortiTime prefers eventtime, which needs no zone.
func fortiTime(m *fieldTable, ev *analysis.Event, clock *Clock) error {
	if n, err := strconv.ParseInt(m.of("eventtime"), 10, 64); err == nil && n > 0 {
		for n > 1<<36 {
			n /= 1000
		}
		ev.Time, _ = clock.Instant(time.Unix(n, 0))
		return nil
	}
	stamp := m.of("date") + "T" + m.of("time")
	if tz := m.of("tz"); len(tz) == 5 && (tz[0] == '+' || tz[0] == '-') {
		stamp += tz
	}
	t, n, ok := deviceTime(stamp, clock)
	if n == 0 || !ok {
		return errTime
	}
	ev.Time = t
	return nil
}

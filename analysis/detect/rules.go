package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/knowledge"
)

// Rule makes a detect of events.
type Rule struct {
	Kind string // the id of the kind in the catalogue, which documents the rule
	// Seeks says in words what the rule looks for in a record.
	Seeks string
	// Match reports whether the event is what the rule looks for. Ports and services have been
	// identified before it is called.
	Match func(*analysis.Event) bool
	// Request, in the place of Match, reports whether a request to a web server is; it is read once for all
	// of these rules.
	Request func(*request) bool
	// May is false where no record of that shape can be what Match or Request looks for, so that it is not asked. A nil
	// May says nothing.
	May func(shape) bool
	// Threshold, when set, says how many different events of one source it takes.
	Threshold *Threshold
}

// Threshold is reached when events of one source have Count different values of Distinct within the time
// Within.
type Threshold struct {
	Count    int
	Within   time.Duration
	Distinct func(*analysis.EventRef) value // nil: each record is one of its own
	// Of says in words what Distinct tells apart, for whoever asks why: "hosts".
	Of string
	// Per, when set, counts apart the events for which it differs: host by host, port by port.
	Per func(*analysis.EventRef) value
	// AtMost, when set, is how often each value may be there: at most so many failures for each account.
	AtMost int
	// After, when set, must hold for AfterCount events of the source that came before, within Within. Two
	// programs may tell of one try, as sshd and PAM do, so those of one log format are counted.
	After      func(*analysis.EventRef) bool
	AfterCount int
	// AfterOf says in words what After holds for.
	AfterOf string
}

// String says what it takes, as in "5 failed log-ins within 1 min".
func (t *Threshold) String() string {
	of := t.Of
	if t.After != nil {
		of += fmt.Sprintf(" after %d %s", t.AfterCount, t.AfterOf)
	}
	s := fmt.Sprintf("%d %s within %s", t.Count, of, strings.NewReplacer("h0m0s", " h", "m0s", " min").Replace(t.Within.String()))
	if t.AtMost > 0 {
		s += fmt.Sprintf(", none of them more than %d times", t.AtMost)
	}
	return s
}

// String says what the rule needs.
func (r *Rule) String() string {
	if r.Threshold == nil {
		return r.Seeks
	}
	return r.Seeks + "; one source needs " + r.Threshold.String()
}

// Rules lists the rules, the more specific before the more general.
var Rules = slices.Concat(
	packetRules,
	toolRules,
	exploitRules, machineRules, knockRules,
	mailRules, daemonRules, sensorScanRules,
	windowsRules,
	hostRules, serviceRules,
	webRules, networkRules,
	sensorRules,
	filterRules,
	patternRules,
)

var toolRules = []Rule{
	// What a sensor's name for it says more than that there was an alert.
	{Kind: "compromise-alert", Seeks: "a sensor's alert of a category that is about what a break-in leaves", May: isTriedSigned, Match: isSignOfCompromise},
	{Kind: "worm-propagation", Seeks: "a worm's name in a sensor's signature", May: isTriedSigned, Match: isWormAlert},
	{Kind: "port-sweep", Seeks: "Zeek's notice of a scan of ports", May: of("zeek"), Match: zeekNotice("Scan::Port_Scan")},
	{Kind: "host-sweep", Seeks: "Zeek's notice of a scan of addresses", May: of("zeek"), Match: zeekNotice("Scan::Address_Scan")},
	{Kind: "brute-force", Seeks: "Zeek's notice of guessing", May: of("zeek"), Match: zeekNotice("SSH::Password_Guessing", "FTP::Bruteforcing")},
	{Kind: "web-injection", Seeks: "Zeek's notice of SQL injection", May: of("zeek"), Match: zeekNotice("HTTP::SQL_Injection_Attacker")},
	// A trojan's name, from the sensor or from the port.
	{Kind: "trojan-probe", Seeks: "a trojan's name in a sensor's signature, or a port that two families of lists or more give to a trojan", May: isTried, Match: isTrojanProbe},
}

var hostRules = []Rule{
	// What a try at a service shows about its purpose.
	{Kind: "ftp-proxy-probe", Seeks: "a failed FTP log-in whose name holds a server: name@server", May: isAny(analysis.ActionFailed), Match: isFTPProxyProbe},
	{Kind: "anonymous-ftp", Seeks: "a failed FTP log-in as anonymous or ftp", May: isAny(analysis.ActionFailed), Match: isAnonymousFailed},
	{Kind: "ftp-login-failed", Seeks: "a failed log-in over FTP", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("ftp")},
	{Kind: "mail-login-failed", Seeks: "a failed log-in over IMAP or POP", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("imap", "imaps", "pop3", "pop3s", "pop2")},
	{Kind: "ssh-login-failed", Seeks: "a failed log-in over SSH", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("ssh")},
	{Kind: "priv-esc-failed", Seeks: "a failed su or sudo", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("su", "sudo")},
	{Kind: "banner-grab", Seeks: "a session that ended before anybody had logged in", May: of("uwimap", "sshd"), Match: isBannerGrab},
	{Kind: "wrapper-refused", Seeks: "a client that the wrappers refused", May: of("tcpwrappers"), Match: isWrapperRefused},
}

var sensorRules = []Rule{
	// Trap ports and stealth scans.
	{Kind: "stealth-scan", Seeks: "TCP flags that no stack opens a connection with", May: isSignedOr(), Match: isStealthScan},
	{Kind: "rpc-highport-probe", Seeks: "a try at a port from 32771 to 32900", May: isTried, Match: isRPCHighPort},
	{Kind: "snmp-probe", Seeks: "a try at port 161 or 162", May: isTried, Match: isSNMPProbe},
	{Kind: "trap-port-connect", Seeks: "a try at a port that PortSentry guards", May: of("portsentry", "cowrie", "endlessh"), Match: isTrapPortConnect},
}

var filterRules = []Rule{
	// What a packet filter dropped.
	{Kind: "firewall-deny", Seeks: "a packet to a commonly probed service, or of no told protocol, that a filter dropped", May: isTriedAnd(analysis.ActionBlocked), Match: isDeniedService},
	{Kind: "unused-port-probe", Seeks: "a packet to any other port that a filter dropped", May: isTriedAnd(analysis.ActionBlocked), Match: isUnusedPort},
}

var patternRules = []Rule{
	// Patterns over several events.
	// A user who mistyped fails once or twice; whoever guesses fails often.
	{Kind: "login-success-after-failures", Seeks: "an accepted log-in, after 5 failures", May: isAny(analysis.ActionAllowed), Match: isLogin, Threshold: &Threshold{
		Count: 1, Within: 24 * time.Hour, After: func(r *analysis.EventRef) bool { return r.Action == analysis.ActionFailed }, AfterCount: 5,
		Of: "log-in", AfterOf: "failures",
	}},
	{Kind: "brute-force", Seeks: "a failed log-in", May: isPlainAnd(analysis.ActionFailed), Match: isFailedLogin, Threshold: &Threshold{Count: 5, Within: time.Minute, Of: "failed log-ins", Per: format}},
	{Kind: "brute-force", Seeks: "a failed log-in", May: isPlainAnd(analysis.ActionFailed), Match: isFailedLogin, Threshold: &Threshold{Count: 10, Within: 10 * time.Minute, Of: "failed log-ins", Per: format}},
	{Kind: "password-spray", Seeks: "a failed log-in", May: isPlainAnd(analysis.ActionFailed), Match: isFailedLogin, Threshold: &Threshold{Count: 10, Within: time.Hour, AtMost: 3, Distinct: user, Of: "accounts"}},
	{Kind: "anonymous-ftp", Seeks: "an accepted anonymous FTP log-in", May: isAny(analysis.ActionAllowed), Match: isAnonymousLogin, Threshold: &Threshold{Count: 3, Within: time.Hour, Distinct: host, Of: "FTP servers"}},
	{Kind: "multi-service-contact", Seeks: "a connection that the wrappers or xinetd let in", May: of("tcpwrappers", "xinetd"), Match: isConnection, Threshold: &Threshold{
		Count: 2, Within: time.Minute, Per: host, Distinct: service, Of: "services of one host",
	}},
	{Kind: "host-sweep", Seeks: "a connection that the wrappers or xinetd let in", May: of("tcpwrappers", "xinetd"), Match: isConnection, Threshold: &Threshold{
		Count: 5, Within: time.Minute, Per: service, Distinct: host, Of: "hosts on one service",
	}},
	{Kind: "port-sweep", Seeks: "a packet to a port", May: isTried, Match: isFilteredPort, Threshold: &Threshold{
		Count: 5, Within: time.Minute, Per: targetOrHost, Distinct: port, Of: "ports of one host",
	}},
	{Kind: "port-sweep", Seeks: "a packet to a port", May: isTried, Match: isFilteredPort, Threshold: &Threshold{
		Count: 15, Within: 24 * time.Hour, Per: targetOrHost, Distinct: port, Of: "ports of one host",
	}},
	{Kind: "host-sweep", Seeks: "a packet to a port", May: isTried, Match: isFilteredPort, Threshold: &Threshold{
		Count: 5, Within: time.Minute, Per: port, Distinct: target, Of: "addresses on one port",
	}},
	{Kind: "host-sweep", Seeks: "a packet to a port", May: isTried, Match: isFilteredPort, Threshold: &Threshold{
		Count: 15, Within: 24 * time.Hour, Per: port, Distinct: target, Of: "addresses on one port",
	}},
	{Kind: "icmp-sweep", Seeks: "an echo request", May: isTried, Match: isPing, Threshold: &Threshold{Count: 5, Within: time.Minute, Distinct: target, Of: "addresses"}},
	{Kind: "traceroute", Seeks: "a datagram to traceroute's ports", May: isTried, Match: toTraceroute, Threshold: &Threshold{
		Count: 3, Within: time.Minute, Per: target, Distinct: port, Of: "of traceroute's ports",
	}},
	{Kind: "worm-propagation", Seeks: "a packet from inside to a service that worms spread over", May: isPacket, Match: isOutwardWorm, Threshold: &Threshold{
		Count: 50, Within: time.Minute, Per: port, Distinct: target, Of: "strangers' addresses on one port",
	}},
	{Kind: "backscatter", Seeks: "an answer that nobody asked for", May: of("netfilter", "proxmox", "tcpdump"), Match: isBackscatter, Threshold: &Threshold{Count: 5, Within: time.Minute, Distinct: target, Of: "addresses that were answered"}},
}

// What thresholds count and part by. An empty value is not counted.

func host(r *analysis.EventRef) value    { return value{text: r.Host} }
func target(r *analysis.EventRef) value  { return value{text: r.Target.IP} }
func service(r *analysis.EventRef) value { return value{text: r.Service} }
func port(r *analysis.EventRef) value    { return value{r.Proto, r.Port + 1} }

func user(r *analysis.EventRef) value {
	if r.User == "???" {
		return value{}
	}
	return value{text: strings.ToLower(r.User)}
}

// targetOrHost is the host that was tried: by its address, and where a record has none it is the one that logged.
func targetOrHost(r *analysis.EventRef) value { return value{text: cmp.Or(r.Target.IP, r.Host)} }

// format tells log formats apart: sshd and PAM both log the same failure, and it must not count twice.
func format(r *analysis.EventRef) value { return value{text: r.Format} }

// tries reports whether the event tells of a try to connect, and not only of what became of one.
func tries(e *analysis.Event) bool { return !e.Context && e.Tries != analysis.TriesNone }

func isTrojanProbe(e *analysis.Event) bool {
	if !tries(e) {
		return false
	}
	if name, ok := knowledge.NamesTool(e.Signature); ok {
		switch knowledge.ClassOf(name) {
		case knowledge.ClassTool, knowledge.ClassWorm:
		default:
			return true
		}
	}
	if isSensorAlert(e) {
		return false // the packet can be the answer, and its port the client's
	}
	return knocks(e) && trojanPort(e, func(string) bool { return true })
}

// trojanPort reports whether the target port is the default of a trojan that meant knows. A label that rests on one
// family of lists is told beside the others that the port has, but is too thin to name the kind.
func trojanPort(e *analysis.Event, meant func(name string) bool) bool {
	if e.Target.Port == 0 || knowledge.Common(e.Proto, int(e.Target.Port)) {
		return false
	}
	for _, t := range knowledge.TrojansOf(e.Proto, int(e.Target.Port)) {
		if t.Lineages >= 2 && meant(t.Name) {
			return true
		}
	}
	return false
}

// isFTPProxyProbe tells the log-in form of FTP proxies, "USER name@server". Sites that host many
// domains have users such as "sales@example.com", so the name must be an anonymous one or the
// server must call itself an FTP server.
func isFTPProxyProbe(e *analysis.Event) bool {
	if e.Service != "ftp" || e.Action != analysis.ActionFailed {
		return false
	}
	name, server, ok := strings.Cut(e.User, "@")
	if !ok || !strings.Contains(server, ".") {
		return false
	}
	return strings.EqualFold(name, "anonymous") || strings.EqualFold(name, "ftp") || strings.HasPrefix(strings.ToLower(server), "ftp.")
}

// isAnonymousFailed tells a try at the account that is anybody's, where it is not offered.
func isAnonymousFailed(e *analysis.Event) bool {
	return isAnonymous(e.User) && failedLogin("ftp")(e)
}

func isAnonymous(user string) bool {
	return strings.EqualFold(user, "anonymous") || strings.EqualFold(user, "ftp")
}

// isAnonymousLogin tells a log-in to that account. One alone is what it is offered for.
func isAnonymousLogin(e *analysis.Event) bool {
	if e.Action != analysis.ActionAllowed {
		return false
	}
	switch e.Format {
	case "wuftpd":
		return strings.HasPrefix(e.Message, "ANONYMOUS FTP LOGIN FROM")
	case "vsftpd", "proftpd", "pureftpd":
		return isAnonymous(e.User)
	}
	return false
}

func failedLogin(services ...string) func(*analysis.Event) bool {
	return func(e *analysis.Event) bool {
		if e.Action != analysis.ActionFailed || e.Context {
			return false
		}
		for _, s := range services {
			if e.Service == s {
				return true
			}
		}
		return false
	}
}

// isBannerGrab tells a session that ended before anybody had logged in; UW imapd prints the user
// as "???" then.
func isBannerGrab(e *analysis.Event) bool {
	return (e.Format == "uwimap" || e.Format == "sshd") && e.Action == analysis.ActionInfo && !e.Context
}

// isLogin tells a log-in that was accepted. One alone is daily work; after failures it is what matters
// most.
func isLogin(e *analysis.Event) bool {
	if e.Format == "zeek" && e.Service == "ssh" { // it sees no names, and judges by the traffic
		return e.Action == analysis.ActionAllowed && !e.Context
	}
	return e.Action == analysis.ActionAllowed && e.User != "" && e.User != "???" && e.Format != "tcpwrappers"
}

func isFailedLogin(e *analysis.Event) bool {
	return e.Action == analysis.ActionFailed && !e.Context && e.Tries == analysis.TriesSession
}

func isWrapperRefused(e *analysis.Event) bool {
	return e.Format == "tcpwrappers" && e.Action == analysis.ActionBlocked
}

// isStealthScan tells flags that no stack sends to open a connection. "SYN/Normal" is what every
// connection begins with.
func isStealthScan(e *analysis.Event) bool {
	if strings.HasPrefix(e.Signature, "TCP flags ") {
		return tries(e)
	}
	return e.Format == "portsentry" && e.Tries == analysis.TriesPacket && e.Signature != "" &&
		!strings.Contains(e.Signature, "SYN/Normal") && !strings.HasPrefix(e.Signature, "Possible")
}

// isRPCHighPort tells the range in which Solaris' portmapper places its services.
func isRPCHighPort(e *analysis.Event) bool {
	return tries(e) && e.Target.Port >= 32771 && e.Target.Port <= 32900
}

func isSNMPProbe(e *analysis.Event) bool {
	return tries(e) && (e.Target.Port == 161 || e.Target.Port == 162)
}

func isTrapPortConnect(e *analysis.Event) bool {
	return tries(e) && (e.Format == "portsentry" || (e.Format == "cowrie" || e.Format == "endlessh") && e.Action == analysis.ActionInfo)
}

func isDropped(e *analysis.Event) bool {
	return tries(e) && e.Action == analysis.ActionBlocked && e.Handshake == analysis.HandshakeNone
}

// isDeniedService tells a dropped packet to a commonly probed service, or one that a router's standard
// access list denied, which looks at the source alone and logs neither protocol nor port.
func isDeniedService(e *analysis.Event) bool {
	if e.Format == "cisco" && e.Proto == "" && e.Target.Port == 0 {
		return tries(e) && e.Action == analysis.ActionBlocked
	}
	return isDropped(e) && knowledge.Common(e.Proto, int(e.Target.Port))
}

func isUnusedPort(e *analysis.Event) bool { return isDropped(e) && e.Target.Port != 0 }

// isFilteredPort tells a packet to a port that a packet filter logged, whatever it did about it: one
// logged packet is no attack, many different ones are a scan.
func isFilteredPort(e *analysis.Event) bool {
	if !knocks(e) || e.Format == "tcpwrappers" || e.Target.Port == 0 || toTraceroute(e) {
		return false
	}
	switch e.Format {
	case "norton", "zonealarm", "portsentry":
		return true // they guard the host that logs, and seldom name it
	}
	return e.Target.IP.IsValid()
}

func isPing(e *analysis.Event) bool {
	return tries(e) && (e.Proto == "icmp" || e.Proto == "icmp6") && e.Target.IP.IsValid()
}

// isConnection tells a connection that the wrappers or xinetd let in. One alone is a service in use; several
// kinds of service, or several hosts, within a minute are not.
func isConnection(e *analysis.Event) bool {
	return (e.Format == "tcpwrappers" || e.Format == "xinetd") && e.Action == analysis.ActionAllowed && !e.Context
}

package detect

import "practicum/analysis"

// serviceRules tell what servers of other kinds say of their clients: databases, file shares, telephony,
// private networks, proxies and the consoles of firewalls.
var serviceRules = []Rule{
	{Kind: "service-login-failed", Seeks: "a failed log-in to a database, a file share, a telephone exchange, a private network or a firewall", May: isPlainAnd(analysis.ActionFailed), Match: isServiceLoginFailed},
	{Kind: "proxy-scan", Seeks: "a stranger whom a proxy turned away", May: of("squid"), Match: isProxyDenied},
	{Kind: "banner-grab", Seeks: "a client that spoke HTTP to a database", May: of("redis"), Match: isForeignProtocol},
}

func isServiceLoginFailed(e *analysis.Event) bool {
	if e.Action != analysis.ActionFailed || e.Context {
		return false
	}
	switch e.Format {
	case "cisco", "openvpn", "paloalto", "sophos", "samba", "mysql", "postgresql", "mongodb", "asterisk", "fortigate", "sonicwall", "mikrotik", "junos", "sftpgo", "cloudtrail", "netscreen", "wireguard":
		return true
	}
	return false
}

// isProxyDenied tells a stranger whom a proxy turned away.
func isProxyDenied(e *analysis.Event) bool {
	return e.Format == "squid" && e.Action == analysis.ActionBlocked && !e.Context
}

// isForeignProtocol tells a client that spoke HTTP to a database.
func isForeignProtocol(e *analysis.Event) bool {
	return e.Format == "redis" && e.Action == analysis.ActionInfo && !e.Context
}

package detect

import "practicum/analysis"

// serviceRules tell what servers of other kinds say of their clients: databases, file shares, telephony,
// private networks, proxies and the consoles of firewalls.
var serviceRules = []Rule{
	{Kind: "service-login-failed", Match: isServiceLoginFailed},
	{Kind: "proxy-scan", Match: isProxyDenied},
}

func isServiceLoginFailed(e *analysis.Event) bool {
	if e.Action != analysis.ActionFailed || e.Context {
		return false
	}
	switch e.Format {
	case "openvpn", "samba", "mysql", "postgresql", "mongodb", "asterisk", "fortigate", "sonicwall", "mikrotik", "junos":
		return true
	}
	return false
}

// isProxyDenied tells a stranger whom a proxy turned away.
func isProxyDenied(e *analysis.Event) bool {
	return e.Format == "squid" && e.Action == analysis.ActionBlocked && !e.Context
}

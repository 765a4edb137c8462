package detect

import (
	"strings"

	"practicum/analysis"
)

// daemonRules tell what log-in, file and name servers and super-servers say of their clients.
var daemonRules = []Rule{
	{Kind: "telnet-login-failed", Match: failedLogin("telnet")},
	{Kind: "wrapper-refused", Match: isDaemonRefused},
	{Kind: "banner-grab", Match: isDropbearGrab},
	{Kind: "smurf", Match: nameServer("query ANY")},
	{Kind: "dns-recon", Match: nameServer("query", "zone transfer", "dynamic update", "version.bind")},
}

// sensorScanRules tell what other sensors have judged already.
var sensorScanRules = []Rule{
	{Kind: "port-sweep", Match: isSensorScan},
	{Kind: "ids-alert", Match: isFail2banBan},
}

// isDaemonRefused tells a client that a daemon's own access list turned away.
func isDaemonRefused(e *analysis.Event) bool {
	if e.Action != analysis.ActionBlocked || e.Context {
		return false
	}
	switch e.Format {
	case "xinetd", "vsftpd", "proftpd", "pureftpd":
		return true
	}
	return false
}

// isDropbearGrab tells a connection to Dropbear that ended before anybody had tried to log in.
func isDropbearGrab(e *analysis.Event) bool {
	return e.Format == "dropbear" && e.Action == analysis.ActionInfo && !e.Context
}

// nameServer tells what a stranger asked of BIND that it does not do for strangers, and questions that
// only a scanner has. A refused query for ANY is most often forged: its source is the victim.
func nameServer(asked ...string) func(*analysis.Event) bool {
	return func(e *analysis.Event) bool {
		if e.Format != "named" || e.Context {
			return false
		}
		for _, a := range asked {
			if e.Signature == a {
				return true
			}
		}
		return false
	}
}

// isSensorScan tells a scan that scanlogd or iplog counted together.
func isSensorScan(e *analysis.Event) bool {
	return (e.Format == "scanlogd" || e.Format == "iplog") && e.Signature == "port scan"
}

// isFail2banBan tells the ban, which stands for the failures that fail2ban counted.
func isFail2banBan(e *analysis.Event) bool {
	return strings.HasPrefix(e.Signature, "fail2ban: ") && !e.Context
}

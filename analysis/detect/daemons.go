package detect

import (
	"strings"
	"time"

	"practicum/analysis"
)

// daemonRules tell what log-in, file and name servers and super-servers say of their clients.
var daemonRules = []Rule{
	{Kind: "telnet-login-failed", Seeks: "a failed log-in over telnet", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("telnet")},
	{Kind: "ssh-login-failed", Seeks: "a log-in over SSH that sshd's lists of users, its lock or its word about root turned away", May: of("sshd"), Match: isSSHRefused},
	{Kind: "wrapper-refused", Seeks: "a client that a daemon's own access list turned away", May: isPlainAnd(analysis.ActionBlocked), Match: isDaemonRefused},
	{Kind: "login-failed", Seeks: "a log-in that failed at a console or at a service that has no kind of its own", May: of("login", "pam"), Match: isOtherLoginFailed},
	{Kind: "banner-grab", Seeks: "a connection to Dropbear that ended before anybody had tried to log in", May: of("dropbear"), Match: isDropbearGrab},
	{Kind: "smurf", Seeks: "a question for ANY that a name server refused", May: of("named"), Match: nameServer("query ANY"), Threshold: &Threshold{
		Count: 10, Within: time.Minute, Of: "such questions",
	}},
	{Kind: "dns-update", Seeks: "an update of a zone that a name server refused", May: of("named"), Match: nameServer("dynamic update")},
	{Kind: "dns-recon", Seeks: "a question or transfer that a name server refused, or one for its version", May: of("named"), Match: nameServer("query ANY", "query", "zone transfer", "version.bind")},
}

// sensorScanRules tell what other sensors have judged already.
var sensorScanRules = []Rule{
	{Kind: "port-sweep", Seeks: "a scan that scanlogd or iplog counted together", May: of("scanlogd", "iplog"), Match: isSensorScan},
	{Kind: "ids-alert", Seeks: "a ban of fail2ban, which stands for the failures that it counted", May: isSignedOr("csf"), Match: isFail2banBan},
}

// isSSHRefused tells a log-in that sshd's lists of users, its lock or its word about root turned away
// before a password counted.
func isSSHRefused(e *analysis.Event) bool {
	return e.Format == "sshd" && e.Action == analysis.ActionBlocked && !e.Context && e.User != ""
}

// isOtherLoginFailed tells a log-in that failed at a console or at a service that has no kind of its own.
func isOtherLoginFailed(e *analysis.Event) bool {
	if e.Action != analysis.ActionFailed || e.Context || e.Format != "login" && e.Format != "pam" {
		return false
	}
	switch e.Service {
	case "su", "su-l", "sudo", "ssh", "ftp", "imap", "imaps", "pop3", "pop3s", "pop2", "smtp", "smtps", "submission", "telnet":
		return false
	}
	return true
}

// isDaemonRefused tells a client that a daemon's own access list turned away.
func isDaemonRefused(e *analysis.Event) bool {
	if e.Action != analysis.ActionBlocked || e.Context {
		return false
	}
	switch e.Format {
	case "xinetd", "vsftpd", "proftpd", "pureftpd", "sshd", "login", "mysql", "postgresql", "asterisk":
		return true
	}
	return false
}

// isDropbearGrab tells a connection to Dropbear that ended before anybody had tried to log in.
func isDropbearGrab(e *analysis.Event) bool {
	return e.Format == "dropbear" && e.Action == analysis.ActionInfo && !e.Context
}

// nameServer tells what a stranger asked of BIND that it does not do for strangers, and questions that
// only a scanner has. Many refused queries for ANY are most often forged: their source is the victim.
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
	return (strings.HasPrefix(e.Signature, "fail2ban: ") || e.Format == "csf") && !e.Context
}

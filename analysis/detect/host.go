package detect

import (
	"path"
	"slices"
	"strings"

	"practicum/analysis"
)

// machineRules tell what somebody does who is on the machine already.
var machineRules = []Rule{
	{Kind: "account-created", Seeks: "an account that can log in, one with the rights of root, or a new member of a privileged group", May: isSignedOr("sudo"), Match: isAccountCreated},
	{Kind: "log-tamper", Seeks: "a command that deletes or cuts a log of the running system, or stops logging", May: isSignedOr("sudo"), Match: isLogTamper},
	{Kind: "protection-disabled", Seeks: "a command that switches a firewall, a sensor or a module of protection off", May: isSignedOr("sudo"), Match: isProtectionDisabled},
}

// privilegedGroups are groups whose members are, or can make themselves, administrators.
var privilegedGroups = [...]string{"sudo", "wheel", "root", "admin", "adm", "docker", "lxd", "shadow", "disk"}

// noShells are shells of accounts that nobody can log in to: packages make such accounts.
var noShells = [...]string{"/nologin", "/false", "/sync", "/git-shell"}

// isAccountCreated tells an account that somebody can log in to, an account with the rights of root, and
// membership of a privileged group. Accounts of services are made with every package.
func isAccountCreated(e *analysis.Event) bool {
	switch e.Signature {
	case "new account":
		return strings.Contains(strings.ToLower(e.Message), "uid=0,") || !slices.ContainsFunc(noShells[:], func(s string) bool { return strings.Contains(e.Message, s) })
	case "added to group":
		return slices.ContainsFunc(privilegedGroups[:], func(g string) bool {
			return strings.HasSuffix(e.Message, "group '"+g+"'") || strings.HasSuffix(e.Message, "group "+g) || strings.Contains(e.Message, "group="+g+",")
		})
	}
	program, args := sudoCommand(e)
	switch program {
	case "useradd", "adduser", "newusers":
		named := len(args) > 0 && !strings.HasPrefix(args[len(args)-1], "-")
		return named && !slices.Contains(args, "-r") && !slices.Contains(args, "--system") && !slices.Contains(args, "-D") &&
			!slices.ContainsFunc(args, func(a string) bool {
				return slices.ContainsFunc(noShells[:], func(s string) bool { return strings.HasSuffix(a, s) })
			})
	case "usermod", "gpasswd":
		i := slices.IndexFunc(args, func(a string) bool {
			return a == "-G" || a == "-aG" || a == "-Ga" || a == "-g" || a == "--groups" || program == "gpasswd" && (a == "-a" || a == "--add")
		})
		if i < 0 || len(args) < i+3 {
			return false
		}
		groups := args[i+1]
		if program == "gpasswd" {
			groups = args[i+2]
		}
		return slices.ContainsFunc(strings.Split(groups, ","), func(g string) bool { return slices.Contains(privilegedGroups[:], g) })
	}
	return false
}

// sudoCommand takes a command that sudo ran apart. It is words, as sudo writes them: quotes are gone.
func sudoCommand(e *analysis.Event) (program string, args []string) {
	if e.Format != "sudo" || e.Action != analysis.ActionAllowed {
		return "", nil
	}
	_, command, ok := strings.Cut(e.Message, "; COMMAND=")
	if !ok {
		return "", nil
	}
	words := strings.Fields(command)
	if len(words) == 0 {
		return "", nil
	}
	return path.Base(words[0]), words[1:]
}

// logFiles are the logs of a running system; what rotation left of them has a number or a date behind.
var logFiles = [...]string{"/var/log/auth.log", "/var/log/secure", "/var/log/syslog", "/var/log/messages", "/var/log/kern.log", "/var/log/daemon.log",
	"/var/log/maillog", "/var/log/mail.log", "/var/log/cron", "/var/log/wtmp", "/var/log/btmp", "/var/log/lastlog", "/var/run/utmp", "/run/utmp",
	"/var/log/audit/audit.log", "/var/log/audit", "/var/log/journal", "/var/log", "/var/log/*", "/var/adm/messages", "/var/adm/wtmp", "/var/adm/sulog"}

// Services whose end is the end of a log, or of a protection.
var (
	logServices     = [...]string{"rsyslog", "syslog", "syslog-ng", "syslogd", "sysklogd", "auditd", "systemd-journald"}
	protectServices = [...]string{"ufw", "firewalld", "iptables", "ip6tables", "nftables", "fail2ban", "sshguard", "portsentry", "crowdsec", "apparmor",
		"clamav-daemon", "clamd", "snort", "suricata", "falco", "ossec", "wazuh-agent", "falcon-sensor"}
)

// isLogTamper tells a log that was deleted or cut, and logging that was stopped, by the command that did it.
func isLogTamper(e *analysis.Event) bool {
	if e.Signature == "log cleared" {
		return true
	}
	program, args := sudoCommand(e)
	switch program {
	case "rm", "shred", "truncate", "unlink", "wipe", "srm":
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(logFiles[:], strings.TrimSuffix(a, "/")) })
	case "auditctl":
		return slices.Equal(args, []string{"-e", "0"}) || slices.Equal(args, []string{"-D"})
	}
	return stops(program, args, logServices[:])
}

// isProtectionDisabled tells a firewall, a sensor or a module of protection that was switched off.
func isProtectionDisabled(e *analysis.Event) bool {
	if e.Signature == "protection disabled" {
		return true
	}
	program, args := sudoCommand(e)
	switch program {
	case "ufw":
		return slices.Contains(args, "disable") || slices.Contains(args, "reset")
	case "iptables", "ip6tables":
		// Without a chain all go; the own ones of other programs come and go.
		i := slices.IndexFunc(args, func(a string) bool { return a == "-F" || a == "--flush" })
		return i >= 0 && !slices.Contains(args, "-t") && (i+1 == len(args) || args[i+1] == "INPUT" || args[i+1] == "FORWARD")
	case "nft":
		return slices.Equal(args, []string{"flush", "ruleset"})
	case "setenforce":
		return slices.Equal(args, []string{"0"}) || len(args) == 1 && strings.EqualFold(args[0], "permissive")
	case "aa-teardown":
		return true
	}
	return stops(program, args, protectServices[:])
}

// stops reports whether a command stops one of the services for longer than a restart.
func stops(program string, args, services []string) bool {
	service := func(s string) bool { return slices.Contains(services, strings.TrimSuffix(path.Base(s), ".service")) }
	switch program {
	case "systemctl":
		if len(args) < 2 {
			return false
		}
		i := slices.IndexFunc(args, func(a string) bool { return a == "stop" || a == "disable" || a == "mask" || a == "kill" })
		return i >= 0 && slices.ContainsFunc(args[i+1:], service)
	case "service":
		return len(args) == 2 && service(args[0]) && args[1] == "stop"
	case "killall", "pkill":
		return slices.ContainsFunc(args, service)
	}
	return len(args) == 1 && args[0] == "stop" && slices.Contains(services, program) // /etc/init.d/NAME stop
}

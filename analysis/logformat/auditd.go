package logformat

import (
	"encoding/hex"
	"path"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// auditd is the log of Linux' audit daemon, by itself or through its dispatcher in syslog. The names of the
// records are those of audit-records.h; what user space sends stands in quotes behind a second msg=.
//
//	type=USER_LOGIN msg=audit(1489636960.072:19623789): pid=1 uid=0 … msg='op=login acct="a" exe="/usr/sbin/sshd" hostname=? addr=A terminal=ssh res=failed'
//
// One failed log-in over ssh gives a USER_LOGIN and several USER_AUTH of one process: the first counts, the
// others are its context. Programs that write no USER_LOGIN, such as su, are counted by USER_AUTH.
var auditd = Format{
	Name:       "auditd",
	Title:      "Linux audit daemon",
	Recognised: `"type=NAME msg=audit(seconds.fraction:serial):", also behind "node=", and by the program audispd in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "tn",
	Starts:     startsAuditd,
	New: func(clock *Clock) Parser {
		var outer, inner fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 && ev.Program != "audispd" && ev.Program != "audisp-syslog" {
				return ErrOtherProgram
			}
			return parseAuditd(c, ev, clock, &outer, &inner)
		}
	},
}

func startsAuditd(text string) bool {
	if !strings.HasPrefix(text, "type=") && !strings.HasPrefix(text, "node=") {
		return false
	}
	return strings.Contains(text, "msg=audit(") && strings.Contains(text, "type=")
}

func parseAuditd(c *Cursor, ev *analysis.Event, clock *Clock, outer, quoted *fieldTable) error {
	text := c.Rest()
	if _, typeset := untypeset(text); typeset {
		return ErrNotMine // to be read as it was before
	}
	// auditd can write the names of numbers behind a group separator (log_format = ENRICHED).
	text, _, _ = strings.Cut(text, "\x1d")
	outer.read(text)
	stamp, ok := strings.CutPrefix(outer.of("msg"), "audit(")
	if !ok || outer.of("type") == "" {
		return ErrNotMine
	}
	seconds, _, ok := strings.Cut(stamp, ":")
	at, err := strconv.ParseFloat(seconds, 64)
	if !ok || err != nil || at < 0 || at > 1<<40 {
		return brokenUnless("auditd", text, "the time cannot be read")
	}
	millis := int64(at*1000 + 0.5)
	ev.Time, _ = clock.Instant(time.UnixMilli(millis))
	if outer.of("node") != "" {
		ev.Host = outer.of("node")
	}
	ev.Message = text
	inner := outer
	if _, after, ok := strings.Cut(text, " msg='"); ok {
		message, _, closed := strings.Cut(after, "'")
		if !closed {
			return brokenUnless("auditd", text, "the record ends within its message")
		}
		inner = quoted.read(message)
	}
	return auditRecord(ev, outer, inner)
}

func auditRecord(ev *analysis.Event, outer, inner *fieldTable) error {
	program := path.Base(auditText(inner.of("exe")))
	if program == "." {
		program = ""
	}
	failed := inner.of("res") == "failed" || inner.of("res") == "0"
	ev.Program, ev.Action = program, analysis.ActionInfo
	ev.User = auditText(inner.of("acct"))
	if ip, ok := parseAddr(inner.of("addr")); ok && !ip.IsLoopback() && !ip.IsUnspecified() {
		ev.Source.IP = ip
	}
	if name := inner.of("hostname"); name != "?" && name != inner.of("addr") && ev.Source.IP.IsValid() && isHostName(name) {
		ev.Source.Name = name
	}
	if pid := stated(outer.of("pid")); pid > 0 {
		ev.PID = pid
		ev.Session = analysis.SessionOf(ev.Host, pid)
	}
	switch program {
	case "sshd", "sshd-session":
		ev.Service = "ssh"
	case "vsftpd", "proftpd", "pure-ftpd":
		ev.Service = "ftp"
	case "su", "sudo":
		ev.Service = program
	}
	switch kind := outer.of("type"); kind {
	case "USER_LOGIN":
		if ev.Tries = analysis.TriesSession; failed {
			ev.Action = analysis.ActionFailed
		} else {
			ev.Action, ev.Context = analysis.ActionAllowed, true
		}
	case "USER_AUTH":
		if !failed {
			return ErrNotEvent
		}
		ev.Action, ev.Tries = analysis.ActionFailed, analysis.TriesSession
		switch program {
		case "sshd", "sshd-session", "login", "gdm-session-worker", "lightdm", "sddm-helper":
			ev.Context = true
		}
	case "ADD_USER":
		if failed {
			return ErrNotEvent
		}
		// useradd says which program did it twice, to the log and to the audit; the log has the name.
		ev.Signature, ev.Context = "account created", true
	case "AVC", "ANOM_ABEND", "ANOM_PROMISCUOUS", "ANOM_LOGIN_FAILURES", "ANOM_LOGIN_LOCATION", "ANOM_LOGIN_SESSIONS", "ANOM_LOGIN_TIME",
		"DAEMON_END", "DAEMON_ABORT", "CONFIG_CHANGE", "USER_AVC", "SECCOMP", "MAC_STATUS":
		ev.Signature, ev.Context = kind, true
	case "SYSCALL":
		key := auditText(outer.of("key"))
		if key == "" || key == "(null)" {
			return ErrNotEvent
		}
		ev.Signature, ev.Context = "audit rule "+foldBlanks(key), true // a rule of the site's own matched
	default:
		if !isAuditType(kind) {
			return ErrUnknown
		}
		return ErrNotEvent
	}
	if ev.Source.IP.IsValid() && (ev.Service == "ssh" || ev.Service == "ftp") {
		ev.Proto, ev.Handshake = "tcp", analysis.HandshakeCompleted
	}
	return nil
}

// auditText is a value that user space gave: as it is, or in hexadecimal where it holds blanks, quotes or
// control characters.
func auditText(s string) string {
	if s == "?" {
		return ""
	}
	if len(s) >= 2 && len(s)%2 == 0 && strings.Trim(s, "0123456789ABCDEF") == "" && strings.IndexAny(s, "ABCDEF0123456789") == 0 && len(s) > 5 {
		if b, err := hex.DecodeString(s); err == nil {
			return strings.TrimRight(string(b), "\x00")
		}
	}
	return s
}

// isAuditType tells records that accompany others or tell of daily work.
func isAuditType(kind string) bool {
	switch kind {
	case "PATH", "CWD", "EXECVE", "PROCTITLE", "SOCKADDR", "BPRM_FCAPS", "CAPSET", "MMAP", "FD_PAIR", "OBJ_PID", "TTY", "USER_TTY", "USER_CMD", "EOE", "UNKNOWN[1329]",
		"USER_START", "USER_END", "USER_ACCT", "USER_LOGOUT", "USER_ERR", "USER_MGMT", "USER_CHAUTHTOK", "USER_ROLE_CHANGE", "USER_SELINUX_ERR",
		"CRED_ACQ", "CRED_DISP", "CRED_REFR", "CRYPTO_KEY_USER", "CRYPTO_SESSION", "LOGIN", "GRP_MGMT", "GRP_AUTH", "ADD_GROUP", "DEL_GROUP", "DEL_USER",
		"DAEMON_START", "DAEMON_CONFIG", "DAEMON_ROTATE", "SERVICE_START", "SERVICE_STOP", "SYSTEM_BOOT", "SYSTEM_SHUTDOWN", "SYSTEM_RUNLEVEL",
		"NETFILTER_CFG", "USYS_CONFIG", "SOFTWARE_UPDATE", "KERN_MODULE", "BPF", "TIME_ADJNTPVAL", "TIME_INJOFFSET", "MAC_POLICY_LOAD", "MAC_IPSEC_EVENT",
		"VIRT_CONTROL", "VIRT_MACHINE_ID", "VIRT_RESOURCE", "FEATURE_CHANGE":
		return true
	}
	return false
}

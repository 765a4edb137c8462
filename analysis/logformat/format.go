package logformat

import (
	"errors"
	"fmt"

	"practicum/analysis"
)

// Format is one log format.
type Format struct {
	Name       string // in flags, configuration and reports; never changes
	Title      string // what writes it
	Recognised string // how a record of it is recognised, in a few words
	Carrier    Carrier
	// FreeText is set when a record may hold any words of the client's, such as a log-in name with
	// blanks. Then only the very next line can continue it: nobody could tell the name from a page
	// footer that stands between.
	FreeText bool
	// Starts reports whether text could be the first line of a record. It is for formats with
	// CarrierNone, and for those inside syslog that have files with a stamp of their own as well;
	// records inside syslog start at the syslog stamp.
	Starts func(text string) bool
	// Leads are the bytes that a text must begin with for Starts to hold; empty means any.
	Leads string
	// After are the bytes one of which follows the digits at the beginning of such a text, where it begins with some; empty means any.
	After string
	// Quotes are words of which a text that begins with { must hold at least one, in quotes, for Starts to hold; empty means
	// any. They spare most formats of JSON a look at each other's records.
	Quotes []string
	// Keys are words that a text which is a JSON object has all in quotes if Starts holds of it, and only then: Starts is not
	// asked about such texts.
	Keys []string
	// Stamped is set where Starts may hold of a text with a plain syslog header. Most lines of most logs have one, and
	// the formats with stamps of their own need not be asked about them.
	Stamped bool
	// Hears says what the format listens to inside syslog, of a program under a plain header; nil is everything. It is for
	// formats that no program's name tells. Where a message is nothing that it listens to, the parser answers
	// ErrNotMine and has not run out of text.
	Hears func(program string) hearing
	// New returns the parser for one input; what it must remember between records lives there.
	New func(*Clock) Parser
}

// A Parser reads one record. The cursor stands behind the carrier's header, and what that header
// said is in ev already.
type Parser func(c *Cursor, ev *analysis.Event) error

// Carrier is the envelope that records of a format come in.
type Carrier uint8

const (
	CarrierNone   Carrier = iota // the format has a stamp of its own
	CarrierSyslog                // the record is the message part of a syslog line
)

// Formats lists the log formats. They are disjoint: the order does not matter, and a test holds
// that every sample is accepted by exactly one.
var Formats = []Format{
	asterisk,
	auditd,
	blackICE,
	cef,
	checkPoint,
	cisco,
	cloudTrail,
	courier,
	cowrie,
	cron,
	csf,
	cyrus,
	dhcp,
	dovecot,
	dropbear,
	endlessh,
	exim,
	fail2ban,
	filterlog,
	fortiGate,
	haproxy,
	iis,
	ipchains,
	ipfilter,
	ipfw,
	iplog,
	journald,
	jsonAccess,
	junos,
	kernel,
	logcheck,
	login,
	mikroTik,
	mongoDB,
	mySQL,
	named,
	netScreen,
	netfilter,
	norton,
	ntp,
	openVPN,
	paloAlto,
	pam,
	pf,
	pfirewall,
	pfsense,
	popa3d,
	portsentry,
	postfix,
	postgreSQL,
	proftpd,
	proxmox,
	pureFTPD,
	qpopper,
	redis,
	samba,
	scanlogd,
	sendmail,
	sftpGo,
	shadow,
	snort,
	sonicWall,
	sophos,
	squid,
	sshd,
	su,
	sudo,
	suricata,
	syslogd,
	systemd,
	tcpdump,
	tcpWrappers,
	uwIMAP,
	vpcFlow,
	vpopmail,
	vsftpd,
	webAccess,
	webError,
	winEvent,
	wireGuard,
	wuFTPD,
	xinetd,
	zeek,
	zonealarm,
}

// What a Parser answers besides nil and a *SyntaxError.
var (
	ErrNotMine  = errors.New("not of this log format")
	ErrNotEvent = errors.New("nothing here")
	ErrShort    = errors.New("the record goes on")
	ErrUnknown  = errors.New("of this log format, but not known")
	// ErrOtherProgram is ErrNotMine because of the name of the program in the syslog header, whatever the
	// message says: the driver need not ask again about that program.
	ErrOtherProgram = errors.New("of another program")
)

// SyntaxError is a record that is certainly of a format and cannot be read. The driver adds the
// place.
type SyntaxError struct {
	Format string
	Msg    string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: %s", e.Format, e.Msg) }

package logformat

import (
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// portsentry is PortSentry 1.x and 2.x, the first also under the name it had before version 0.80 (April 1999),
// abacus_sentry. In its classic mode it logs after accept(), so a "Connect from host" completed
// the handshake; the stealth modes log single packets, whose source may be forged (PortSentry 1.2,
// portsentry.c and CHANGES). Version 2 writes one sentence for all of them; its history file has a
// stamp in front, and that of version 1 the seconds of the epoch.
var portsentry = Format{
	Name:       "portsentry",
	Title:      "PortSentry 1.x and 2.x (before 0.80: abacus_sentry)",
	Recognised: `syslog program portsentry or abacus_sentry with "attackalert:", "adminalert:" or "securityalert:", or its history files`,
	Carrier:    CarrierSyslog,
	Leads:      decimals,
	After:      "- \t",
	Starts:     startsPortSentryHistory,
	New: func(clock *Clock) Parser {
		scan := patternsOf(portSentryScan2)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program == "" {
				return parsePortSentryHistory(c, ev, clock, scan)
			}
			at := c.pos
			if ev.Program == "portsentry" && (c.Lit("attackalert: Scan from: ") || c.Lit("Scan from: ")) {
				ev.Session = 0
				return parsePortSentry2(c, ev, scan)
			}
			c.pos = at
			return parsePortSentry(c, ev)
		}
	},
}

func parsePortSentry(c *Cursor, ev *analysis.Event) error {
	if ev.Program != "portsentry" && ev.Program != "abacus_sentry" {
		return ErrOtherProgram
	}
	c.Mine()
	ev.Session = 0 // one daemon watches all the time: its process id joins nothing
	switch {
	case c.Lit("adminalert: "), c.Lit("securityalert: "):
		return portSentryNote(c)
	case c.Lit("attackalert: "):
	default:
		return ErrNotMine
	}
	switch {
	case c.Lit("Connect from host: "):
		ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
		// accept() had succeeded: the trap let the connection in before it could act.
		ev.Action = analysis.ActionAllowed
		return portSentryTarget(c, ev)
	case c.Lit("Host: "), c.Lit("Host "):
		return portSentryAction(c, ev)
	case c.Lit("External command run for host: "):
		ev.Action, ev.Context, ev.Claim = analysis.ActionInfo, true, "external command run"
		return portSentryHost(c, ev)
	case c.Lit("Possible stealth scan from unknown host to "):
		ev.Tries, ev.Action = analysis.TriesPacket, analysis.ActionInfo
		ev.Signature = "Possible stealth scan"
		return portSentryPort(c, ev)
	case c.Lit("Packet from host: "):
		ev.Context, ev.Action = true, analysis.ActionInfo
		return portSentryTarget(c, ev)
	}
	if err := portSentryScan(c, ev); err != nil {
		return err
	}
	return portSentryTarget(c, ev)
}

// portSentryNotes are what PortSentry says about itself. A number stands at "#" and a word at "@".
var portSentryNotes = [...]string{
	"PortSentry is now active and listening.",
	"PortSentry is starting.", "PortSentry @ is starting.", "Psionic PortSentry @ is starting.",
	"PortSentry is shutting down", "Psionic PortSentry is shutting down",
	"Going into listen mode on TCP port: #", "Going into listen mode on UDP port: #",
	"Going into stealth listen mode on TCP port: #", "Going into stealth listen mode on UDP port: #",
	"Advanced mode will monitor first # ports",
	"Advanced mode will manually exclude port: #", "Advanced Mode will manually exclude port: #",
	"Advanced Stealth scan detection mode activated. Ignored TCP port: #", "Advanced Stealth scan detection mode activated. Ignored UDP port: #",
	"ERROR: could not bind TCP socket: #. Attempting to continue", "ERROR: could not bind UDP socket: #. Attempting to continue",
	"ERROR: Socket # is in use and will not be monitored. Attempting to continue",
}

func portSentryNote(c *Cursor) error {
	start := c.pos
	for _, note := range portSentryNotes {
		c.pos = start
		i := strings.IndexAny(note, "#@")
		if i < 0 {
			if c.Lit(note) && noteEnds(c) {
				return ErrNotEvent
			}
			continue
		}
		if !c.Lit(note[:i]) {
			continue
		}
		field := false
		if note[i] == '#' {
			_, field = c.Number(65535)
		} else {
			field = c.Word() != ""
		}
		if field && c.Lit(note[i+1:]) && noteEnds(c) {
			return ErrNotEvent
		}
	}
	return ErrNotMine
}

func noteEnds(c *Cursor) bool { return c.Rest() == "." || c.Done() }

// portSentryScan reads the type of a stealth scan: "TCP SYN/Normal scan", in 1.0 and 1.1 without the
// protocol in front, or the flags of a packet of no known type.
func portSentryScan(c *Cursor, ev *analysis.Event) error {
	start := c.pos
	ev.Tries, ev.Action = analysis.TriesPacket, analysis.ActionInfo
	switch {
	case c.Lit("Unknown Type: "):
		c.Lit("TCP ")
		if !c.Lit("Packet Flags: ") {
			return ErrNotMine
		}
		for _, flag := range [...]string{"SYN: ", "FIN: ", "ACK: ", "PSH: ", "URG: ", "RST: "} {
			if !c.Lit(flag) {
				return ErrNotMine
			}
			if _, ok := c.Number(9); !ok || !c.Lit(" ") {
				return ErrNotMine
			}
		}
	case c.Lit("UDP scan "):
		ev.Tries = analysis.TriesConnection // a datagram is never sent again by the transport
	default:
		c.Lit("TCP ")
		if !slices.ContainsFunc(stealthScans[:], c.Lit) {
			return ErrNotMine
		}
	}
	ev.Signature = foldBlanks(strings.TrimSpace(c.text[start:c.pos]))
	if !c.Lit("from host: ") {
		return ErrNotMine
	}
	return nil
}

var stealthScans = [...]string{"SYN/Normal scan ", "FIN scan ", "XMAS scan ", "NULL scan "}

// portSentryTarget reads "name/address to TCP port: n".
func portSentryTarget(c *Cursor, ev *analysis.Event) error {
	if err := portSentryHost(c, ev); err != nil {
		return err
	}
	if !c.Lit(" to ") {
		return ErrNotMine
	}
	return portSentryPort(c, ev)
}

func portSentryPort(c *Cursor, ev *analysis.Event) error {
	switch {
	case c.Lit("TCP port: "):
		ev.Proto = "tcp"
	case c.Lit("UDP port: "):
		ev.Proto, ev.Handshake = "udp", analysis.HandshakeNone // UDP has none
		if ev.Action == analysis.ActionAllowed {
			ev.Action = analysis.ActionInfo // a datagram came; nothing was accepted
		}
	default:
		return ErrNotMine
	}
	port, ok := c.Number(65535)
	if !ok {
		return ErrNotMine
	}
	ev.Target.Port = uint16(port)
	return nil
}

// portSentryHost reads "name/address" or an address alone. Where there is no reverse name both
// halves are the address. A name cannot hold a slash, so the address stands behind the last one.
func portSentryHost(c *Cursor, ev *analysis.Event) error {
	word := c.Token("")
	if word == "" {
		return ErrNotMine
	}
	name, addr := "", word
	if i := strings.LastIndexByte(word, '/'); i >= 0 {
		name, addr = word[:i], word[i+1:]
	}
	ip, ok := parseAddr(addr)
	if !ok {
		return &SyntaxError{"portsentry", "the host's address cannot be read"}
	}
	ev.Source.IP, ev.Source.Name = ip, hostName(name, addr)
	return nil
}

// portSentryAction reads what PortSentry says it did about a host. None of it is another try.
func portSentryAction(c *Cursor, ev *analysis.Event) error {
	ev.Action, ev.Context = analysis.ActionBlocked, true
	if err := portSentryHost(c, ev); err != nil {
		return err
	}
	switch {
	case c.Lit(" is already blocked"):
		ev.Claim = "already blocked"
		// ". Ignoring" in the classic mode, " Ignoring" in the stealth modes.
		if c.Done() {
			c.ended(c.pos)
			return ErrNotMine
		}
		if !c.Lit(". Ignoring") && !c.Lit("Ignoring") {
			return ErrNotMine
		}
		return nil
	case c.Lit(" has been blocked via wrappers"):
		ev.Claim = "blocked via wrappers"
	case c.Lit(" has been blocked via dropped route"):
		ev.Claim = "blocked via dropped route"
	default:
		return ErrNotMine
	}
	rest := foldBlanks(strings.TrimSpace(c.Rest()))
	switch {
	case rest == ".":
		return nil
	case strings.HasPrefix(rest, "using command:"), strings.HasPrefix(rest, "with string:"):
		// What is quoted may be wrapped anywhere; an odd number of quotes goes on.
		if n := strings.Count(rest, `"`); n == 0 || n%2 == 1 {
			c.pos = len(c.text)
			c.ended(c.pos)
			return ErrNotMine
		}
		return nil
	case rest == "", rest == "using", rest == "with":
		c.pos = len(c.text)
		c.ended(c.pos)
	}
	return ErrNotMine
}

// portSentryScan2 is what PortSentry 2 writes behind "Scan from: ", one for each type of scan.
var portSentryScan2 = []message{
	{text: "[{ip}] ({w}) protocol: [{w}] port: [{n}] type: [{any}] IP opts: [{any}] ignored: [true] {rest}"},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [Connect] IP opts: " + portSentryDid, action: analysis.ActionAllowed},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [UDP{( scan)}] IP opts: " + portSentryDid, action: analysis.ActionInfo},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [TCP SYN/Normal scan] IP opts: " + portSentryDid, action: analysis.ActionInfo, signature: "TCP SYN/Normal scan"},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [TCP FIN scan] IP opts: " + portSentryDid, action: analysis.ActionInfo, signature: "TCP FIN scan"},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [TCP XMAS scan] IP opts: " + portSentryDid, action: analysis.ActionInfo, signature: "TCP XMAS scan"},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [TCP NULL scan] IP opts: " + portSentryDid, action: analysis.ActionInfo, signature: "TCP NULL scan"},
	{text: "[{ip}] ({name}) protocol: [{svc}] port: [{tport}] type: [Unknown Type: {any}] IP opts: " + portSentryDid, action: analysis.ActionInfo, signature: "Unknown Type"},
}

const portSentryDid = "[{any}] ignored: [{w}] triggered: [{w}] noblock: [{w}] blocked: [{w}]"

// parsePortSentry2 reads the sentence of PortSentry 2. A host on the ignore list is nothing here.
func parsePortSentry2(c *Cursor, ev *analysis.Event, list *patterns) error {
	if err := hear(c, list, ev); err != nil {
		return err
	}
	ev.Proto, ev.Service = strings.ToLower(ev.Service), ""
	if ev.Source.Name == ev.Source.IP.String() {
		ev.Source.Name = ""
	}
	switch {
	case ev.Proto == "udp":
		ev.Tries, ev.Handshake, ev.Action = analysis.TriesConnection, analysis.HandshakeNone, analysis.ActionInfo
	case ev.Action == analysis.ActionAllowed:
		// accept() had succeeded; a block that followed hits what comes later.
		ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	default:
		ev.Tries = analysis.TriesPacket
	}
	return nil
}

// startsPortSentryHistory tells the lines of the history files: of version 1, "EPOCH - mm/dd/yyyy
// hh:mm:ss Host: name/address Port: n TCP Blocked"; of version 2, an ISO stamp and "Scan from: ".
func startsPortSentryHistory(text string) bool {
	if len(text) < 20 || !isDigit(text[0]) {
		return false
	}
	if _, n, _ := isoTime(text, &Clock{zone: time.UTC}); n > 0 {
		at := Cursor{text: text, pos: n}
		at.Blanks()
		return at.Lit("Scan from: ")
	}
	c := Cursor{text: text}
	if _, ok := c.Number(1 << 40); !ok || !c.Lit(" - ") {
		return false
	}
	return c.Token("") != "" && c.Lit(" ") && c.Token("") != "" && c.Lit(" Host: ")
}

func parsePortSentryHistory(c *Cursor, ev *analysis.Event, clock *Clock, scan *patterns) error {
	ev.Program = "portsentry"
	if t, n, ok := isoTime(c.text, clock); n > 0 {
		if !ok {
			return &SyntaxError{"portsentry", "the date does not exist"}
		}
		ev.Time = t
		c.pos = n
		c.Blanks()
		ev.Message = c.Rest()
		if !c.Lit("Scan from: ") {
			return ErrNotMine
		}
		return parsePortSentry2(c, ev, scan)
	}
	// The seconds count from the epoch, in no zone; the time behind them is the machine's wall clock.
	epoch, ok := c.Number(1 << 40)
	if !ok || !c.Lit(" - ") || c.Token("") == "" || !c.Lit(" ") || c.Token("") == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	t := time.Unix(int64(epoch), 0).UTC()
	if ev.Time, ok = clock.Zoned(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), 0); !ok {
		return ErrNotMine
	}
	ev.Message = c.Rest()
	if !c.Lit("Host: ") {
		return ErrNotMine
	}
	if err := portSentryHost(c, ev); err != nil {
		return err
	}
	if !c.Lit(" Port: ") {
		return ErrNotMine
	}
	port, ok := c.Number(65535)
	if !ok {
		return ErrNotMine
	}
	ev.Target.Port, ev.Action, ev.Tries = uint16(port), analysis.ActionBlocked, analysis.TriesConnection
	switch {
	case c.Lit(" TCP Blocked"):
		ev.Proto = "tcp"
	case c.Lit(" UDP Blocked"):
		ev.Proto, ev.Handshake = "udp", analysis.HandshakeNone
	default:
		return ErrNotMine
	}
	ev.Claim = "blocked by PortSentry"
	return nil
}

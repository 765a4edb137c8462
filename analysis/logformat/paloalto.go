package logformat

import (
	"strings"

	"practicum/analysis"
)

// paloAlto is the log of Palo Alto Networks' firewalls as they send it in syslog: fields divided by commas, whose
// places are those of "Syslog Field Descriptions" of PAN-OS 9.1. A field in quotes can hold commas. The stamp of
// the record counts; since PAN-OS 10 one with its zone stands near the end.
//
//	Jul 13 20:39:44 fw 1,2017/07/13 20:39:44,0009,TRAFFIC,drop,1,2017/07/13 20:39:44,A,B,0.0.0.0,0.0.0.0,rule,…
var paloAlto = Format{
	Name:       "paloalto",
	Title:      "Palo Alto Networks PAN-OS",
	Recognised: `"1,yyyy/mm/dd hh:mm:ss,serial,TRAFFIC," and more fields divided by commas; THREAT, SYSTEM, CONFIG; also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "<" + decimals,
	After:      ",",
	Starts:     func(text string) bool { return startsPaloAlto(afterPriority(text)) },
	Hears:      func(string) hearing { return hearing{opens: "<" + decimals} },
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			text := afterPriority(c.Rest())
			if c.pos > 0 && !startsPaloAlto(text) {
				// Syslog takes the first field for the program, or for the host where the relay named none.
				first := ev.Program
				if isPaloAltoFirst(ev.Host) {
					first = ev.Host
				}
				if !isPaloAltoFirst(first) {
					return ErrNotMine
				}
				text = c.text[strings.Index(c.text, first):]
				if first == ev.Host {
					ev.Host = ""
				}
			}
			if !startsPaloAlto(text) {
				return ErrNotMine
			}
			if _, typeset := untypeset(text); typeset {
				return ErrNotMine // to be read as it was before
			}
			return parsePaloAlto(c, text, ev, clock)
		}
	},
}

// isPaloAltoFirst tells "1,2017/07/13".
func isPaloAltoFirst(s string) bool {
	return len(s) == len("1,2017/07/13") && s[1] == ',' && s[6] == '/' && s[9] == '/' && isDigit(s[0]) && isDigit(s[2])
}

func startsPaloAlto(text string) bool {
	const head = len("1,2017/07/13 20:39:44,")
	if len(text) < head || !isPaloAltoFirst(text[:len("1,2017/07/13")]) || text[head-1] != ',' {
		return false
	}
	rest := text[head:]
	i := strings.IndexByte(rest, ',')
	if i < 0 || i > 40 {
		return false
	}
	kind := rest[i+1:]
	n := 0
	for n < len(kind) && (kind[n] >= 'A' && kind[n] <= 'Z' || kind[n] == '-') {
		n++
	}
	return n > 2 && n < 20 && n < len(kind) && kind[n] == ','
}

// appendCommas appends to a list, which has room for a few, the fields of a text that is divided at commas outside of double quotes, which are
// taken off.
func appendCommas(f []string, text string) []string {
	for from, p, quoted := 0, 0, false; p <= len(text); p++ {
		switch {
		case p == len(text) || text[p] == ',' && !quoted:
			f = append(f, strings.Trim(text[from:p], `"`))
			from = p + 1
		case text[p] == '"':
			quoted = !quoted
		}
	}
	return f
}

func parsePaloAlto(c *Cursor, text string, ev *analysis.Event, clock *Clock) error {
	var room [128]string
	f := appendCommas(room[:0], text)
	if len(f) < 4 { // a quote may hold the commas
		return ErrNotMine
	}
	kind, least := f[3], 31
	switch kind {
	case "THREAT":
		least = 36
	case "SYSTEM":
		least = 15
	case "CONFIG":
		least = 7
	case "TRAFFIC":
	default:
		return ErrUnknown
	}
	if len(f) < least {
		return c.unfinished()
	}
	c.Mine()
	if !paloAltoTime(f, ev, clock) {
		return brokenUnless("paloalto", text, "the time cannot be read")
	}
	ev.Program, ev.PID, ev.Session, ev.Message, ev.Action = "", 0, 0, text, analysis.ActionInfo
	c.pos = len(c.text)
	switch kind {
	case "CONFIG":
		return ErrNotEvent
	case "SYSTEM":
		return paloAltoSystem(f, ev)
	}
	p := packet{icmpType: -1, proto: protocol(f[29])}
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(f[7])
	p.dst.IP, ok2 = parseAddr(f[8])
	if !ok1 || !ok2 {
		return brokenUnless("paloalto", text, "the addresses cannot be read")
	}
	setPort(&p.src, f[24])
	setPort(&p.dst, f[25])
	ev.User = foldBlanks(f[12])
	if n := stated(f[23]); n > 1 {
		ev.Count = n
	}
	passed := f[30] == "allow" || f[30] == "alert"
	if kind == "THREAT" {
		ev.Source, ev.Target, ev.Proto, ev.Tries = p.src, p.dst, p.proto, analysis.TriesConnection
		name, _, _ := strings.Cut(f[32], "(")
		if ev.Signature = foldBlanks(name); !passed {
			ev.Action = analysis.ActionBlocked
		}
		// Which pages clients called for, files and what was only noted are no attacks in the maker's own words.
		if f[4] == "url" || f[4] == "file" || f[4] == "data" || f[34] == "informational" || ev.Signature == "" {
			ev.Signature, ev.Context = "", true
		}
		return nil
	}
	if ev.Action = analysis.ActionBlocked; passed {
		ev.Action = analysis.ActionAllowed
	}
	p.syn = p.proto == "tcp" // a session begins with it
	if p.proto == "icmp" || p.proto == "icmp6" {
		p.src.Port, p.dst.Port = 0, 0
		if f[14] == "ping" {
			p.icmpType = 8
		}
	}
	p.filtered(ev, outgoing(p.src.IP, p.dst.IP))
	return nil
}

// paloAltoSystem reads log-ins that failed, "failed authentication for user 'x'.  Reason: … From: A.", and
// takes for known what the device itself calls informational.
func paloAltoSystem(f []string, ev *analysis.Event) error {
	if strings.HasPrefix(f[8], "globalprotect") && strings.HasPrefix(f[14], "GlobalProtect ") {
		switch {
		case strings.HasSuffix(f[8], "-auth-fail"):
			return paloAltoRemote(f[14], analysis.ActionFailed, ev)
		case strings.HasSuffix(f[8], "-auth-succ"):
			ev.Context = true
			return paloAltoRemote(f[14], analysis.ActionAllowed, ev)
		}
	}
	if !strings.Contains(f[8], "auth-fail") && !strings.HasPrefix(f[14], "failed authentication") {
		if f[13] == "informational" {
			return ErrNotEvent
		}
		return ErrUnknown
	}
	_, from, _ := strings.Cut(f[14], "From: ")
	from, _, _ = strings.Cut(from, " ")
	ev.Source.IP, _ = parseAddr(strings.TrimRight(from, ".,"))
	ev.User = between(f[14], "user '", "'")
	ev.Action, ev.Tries = analysis.ActionFailed, analysis.TriesSession
	if ev.Source.IP.IsValid() {
		ev.Handshake = analysis.HandshakeCompleted
	}
	return nil
}

// paloAltoRemote reads a log-in to the VPN: "GlobalProtect gateway user authentication failed. Login from: A, Source
// region: R, User name: U, Client OS version: …". The client says its name and its system.
func paloAltoRemote(text string, action analysis.Action, ev *analysis.Event) error {
	_, rest, _ := strings.Cut(text, " Login from: ")
	from, rest, _ := strings.Cut(rest, ",")
	ev.Source.IP, _ = parseAddr(from)
	_, ev.User, _ = strings.Cut(rest, " User name: ")
	if i := strings.LastIndex(ev.User, ", Client OS"); i >= 0 {
		ev.User = ev.User[:i]
	} else if i := strings.LastIndexByte(ev.User, ','); i >= 0 {
		ev.User = ev.User[:i]
	}
	ev.User = strings.TrimRight(ev.User, ".")
	ev.Action, ev.Tries = action, analysis.TriesSession
	if ev.Source.IP.IsValid() {
		ev.Handshake = analysis.HandshakeCompleted
	}
	return nil
}

// paloAltoTime takes the stamp with a zone where there is one, else that of the record.
func paloAltoTime(f []string, ev *analysis.Event, clock *Clock) bool {
	for i := len(f) - 1; i > 40; i-- {
		if len(f[i]) > len("2021-07-12T09:46:01+") && f[i][10] == 'T' {
			if t, n, ok := isoTime(f[i]+" ", clock); n > 0 && ok {
				ev.Time = t
				return true
			}
		}
	}
	stamp := f[6]
	if len(stamp) != len("2017/07/13 20:39:44") {
		stamp = f[1]
	}
	t, n, ok := deviceTime(stamp, clock)
	ev.Time = t
	return n > 0 && ok
}

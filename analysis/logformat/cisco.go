package logformat

import (
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
)

// cisco is what Cisco's PIX, ASA and Firepower firewalls and IOS routers log, in syslog lines of many
// shapes: "%ASA-4-106023: …" may follow a host, a relay's number and a second stamp, or nothing at all.
// The outer stamp counts. The numbers are those of the "Cisco ASA Series Syslog Messages"; addresses are
// read in the order in which a message names them, which is the packet's. Records of connections that
// were built and torn down are context.
var cisco = Format{
	Name:       "cisco",
	Title:      "Cisco PIX, ASA, Firepower and IOS access lists",
	Recognised: `syslog message with "%PIX-4-106023:" or "%SEC-6-IPACCESSLOGP:"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Starts:     startsCisco,
	Hears: func(program string) hearing {
		if program[0] == '%' || isDigit(program[0]) || strings.Contains(program, "/CPU") {
			return hearing{} // the tag of a message, or the device's own stamp may follow in the next line
		}
		return hearing{holds: '%'}
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseCisco(c, ev, clock) }
	},
}

// startsCisco reports whether a text has the tag of a message behind a header that is the device's own:
// numbers, its name, a stamp.
func startsCisco(text string) bool {
	if len(text) == 0 || strings.IndexByte("<:*.%", text[0]) < 0 && !isDigit(text[0]) && (text[0] < 'A' || text[0] > 'z') {
		return false
	}
	i := strings.IndexByte(text, '%')
	if i < 0 || i > 160 || startsSyslog(text) {
		return false
	}
	if _, _, _, ok := ciscoTag(text); !ok {
		return false
	}
	h := ciscoHeader(text[:i])
	return h.stamp.ok && h.own
}

// ciscoStamp is the last stamp of a header that carries a year, else its first one.
type ciscoStamp struct {
	year, month, day, hour, minute, second int
	offset                                 int // from UTC, where zoned is set
	zoned, ok                              bool
}

type ciscoHead struct {
	stamp ciscoStamp
	inner bool   // the stamp is not the first of the header
	own   bool   // nothing stands between the last stamp and the tag, and only numbers and a name before the first
	host  string // the word in front of the first stamp; behind it, when another follows
}

// ciscoHeader reads what stands before the tag: "<190>12: host: 13: *Jan  6 2022 22:11:43.398 UTC: ", any
// part of which may be missing, and all of which may follow a relay's header.
func ciscoHeader(head string) (h ciscoHead) {
	c := Cursor{text: head}
	c.priority()
	h.own = true
	stamps, tail := 0, false
	for !c.Done() {
		if b := c.text[c.pos]; b == '*' || b == '.' || b == ':' { // the clock is not set; it was set by hand
			if c.pos++; b == '*' && c.pos < len(c.text) && isBlank(c.text[c.pos]) {
				h.own = false // a list's mark
			}
			continue
		}
		year, month, day, hour, minute, second, n, ok := datedStamp(head[c.pos:])
		if !ok {
			token := c.Token("")
			if i := strings.LastIndexByte(token, ':'); i > 0 && i+4 == len(token) && stamps > 0 { // "CPU0:Oct"
				c.pos -= 3
				continue
			}
			name := strings.TrimRight(token, ":")
			if h.own = h.own && (stamps > 0 || isHostName(name) || strings.Contains(name, ":")) && token[0] != '<'; !isDigits(name) && h.host == "" {
				h.host = name
			}
			tail = stamps > 0
			continue
		}
		tail = false
		c.pos += n
		s := ciscoStamp{year: year, month: month, day: day, hour: hour, minute: minute, second: second, ok: true}
		at := c.pos
		if zone := c.Token(""); strings.HasSuffix(zone, ":") {
			if s.offset, s.zoned = ciscoZone(strings.TrimSuffix(zone, ":")); !s.zoned && isHostName(strings.TrimSuffix(zone, ":")) && stamps == 0 && strings.IndexByte(head[c.pos:], ':') < 0 {
				at = c.pos // a zone that nobody knows
			}
		}
		if !s.zoned {
			c.pos = at
		}
		if stamps == 0 || s.year != 0 && h.stamp.year == 0 {
			h.stamp, h.inner = s, stamps > 0
		}
		stamps++
	}
	h.own = h.own && !tail
	return h
}

// ciscoZones are the zones that have one meaning among those who write logs in English, in hours from UTC, in lower case.
var ciscoZones = map[string]float64{
	"utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "sast": 2, "idt": 3, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "awst": 8, "acst": 9.5, "acdt": 10.5,
	"aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3,
}

// ciscoZone gives a zone's offset from UTC in seconds: "EDT", "UTC+1", "UTC+07:30".
func ciscoZone(name string) (offset int, ok bool) {
	var room lowerWord
	if hours, ok := ciscoZones[string(lowered(&room, name))]; ok {
		return int(hours * 3600), true
	}
	if !hasPrefixFold(name, "UTC") && !hasPrefixFold(name, "GMT") {
		return 0, false
	}
	rest := name[len("UTC"):]
	if len(rest) < 2 || rest[0] != '+' && rest[0] != '-' {
		return 0, false
	}
	c := Cursor{text: rest, pos: 1}
	hours, ok := c.Number(14)
	minutes := 0
	if ok && c.Lit(":") {
		minutes, ok = c.Number(59)
	}
	if offset = hours*3600 + minutes*60; rest[0] == '-' {
		offset = -offset
	}
	return offset, ok && c.Done()
}

// ciscoTime takes the stamp of the header. A relay's stamp counts before the device's, unless only the
// device's has a year.
func ciscoTime(h ciscoHead, relayed bool, ev *analysis.Event, clock *Clock) error {
	s := h.stamp
	if !s.ok || relayed && (!s.zoned && !h.inner) {
		return nil
	}
	ok := true
	switch {
	case s.year != 0 && s.zoned:
		ev.Time, ok = clock.Zoned(s.year, s.month, s.day, s.hour, s.minute, s.second, s.offset)
	case s.year != 0:
		ev.Time, ok = clock.Dated(s.year, s.month, s.day, s.hour, s.minute, s.second)
	default:
		if !relayed {
			ev.Time, ok = clock.Yearless(s.month, s.day, s.hour, s.minute, s.second)
		}
		if t := ev.Time; s.zoned && !h.inner {
			// The syslog header's own time, which was taken for the clock's zone.
			ev.Time = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.FixedZone("", s.offset)).UTC()
		}
	}
	if !ok {
		return &SyntaxError{"cisco", "the date does not exist"}
	}
	return nil
}

func parseCisco(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if strings.IndexByte(c.text, '%') < 0 {
		if c.pos > 0 && (isDigits(ev.Program) || strings.Contains(ev.Program, "/CPU")) {
			c.ended(len(c.text)) // behind a relay's header and the device's number, its own stamp may follow
		}
		return ErrNotMine
	}
	if _, typeset := untypeset(c.text); typeset {
		return ErrNotMine // to be read as it was before
	}
	facility, id, end, ok := ciscoTag(c.text)
	if !ok || end < c.pos && !strings.HasPrefix(ev.Program, "%") {
		return ErrNotMine
	}
	relayed := c.pos > 0
	h := ciscoHeader(c.text[:strings.IndexByte(c.text, '%')])
	if err := ciscoTime(h, relayed, ev, clock); err != nil {
		return err
	}
	if !relayed {
		ev.Host = h.host
	}
	c.pos = min(end, len(c.text))
	c.Blanks()
	c.Mine()
	if ev.Host = strings.TrimSuffix(ev.Host, ":"); relayed && !h.inner {
		if _, isZone := ciscoZone(ev.Host); isZone {
			ev.Host = ""
		}
	}
	if strings.HasPrefix(ev.Program, "%") || isDigits(ev.Program) {
		ev.Program = ""
	}
	ev.PID, ev.Session, ev.Message = 0, 0, c.Rest()
	if facility == "IOSXE" { // the packet processor's words are quoted
		if rest := c.Rest(); strings.Contains(rest, " %FW-") {
			c.pos += strings.Index(rest, " %FW-") + 1
			facility, id, end, ok = ciscoTag(c.text[c.pos:])
			if !ok {
				return ErrNotMine
			}
			c.pos += end
			c.Blanks()
		}
	}
	switch facility {
	case "PIX", "ASA", "FTD", "FWSM", "NGIPS":
		return parseASA(c, ev, id)
	case "SEC_LOGIN":
		return parseIOSLogin(c, ev, id, clock)
	case "SSH":
		return parseIOSSSH(c, ev, id)
	case "IPS":
		return parseIOSIPS(c, ev, id)
	case "FW":
		return parseIOSZone(c, ev, id)
	case "IDS":
		return parseIOSIDS(c, ev)
	case "RCMD", "SNMP":
		if ip, ok := parseAddr(c.text[strings.LastIndexByte(c.text, ' ')+1:]); ok && (id == "RSHPORTATTEMPT" || id == "AUTHFAIL") {
			return parseIOSKnock(c, ev, id, ip)
		}
		if facility == "RCMD" || id == "AUTHFAIL" {
			c.ended(len(c.text))
			return ErrNotMine
		}
		return ErrNotEvent
	case "SYS", "LINK", "LINEPROTO", "PARSER", "CLEAR", "NTP", "CDP":
		return ErrNotEvent
	}
	if strings.Contains(id, "ACCESSLOG") {
		return parseIOSList(c, ev, id)
	}
	return ErrNotMine
}

// ciscoTag finds "%FACILITY-[subfacility-…]severity-MNEMONIC" and gives the position behind it and its
// colon, which old versions leave out.
func ciscoTag(text string) (facility, id string, end int, ok bool) {
	i := strings.IndexByte(text, '%')
	if i < 0 || i > 160 || i > 0 && !isBlank(text[i-1]) {
		return "", "", 0, false
	}
	end = i + 1
	for end < len(text) && (isWordByte(text[end]) && text[end] != '=' || text[end] == '-') {
		end++
	}
	tag := text[i+1 : end]
	facility, rest, _ := strings.Cut(tag, "-")
	at := strings.LastIndexByte(rest, '-') // behind the severity, which is one digit
	if at < 1 || !isDigit(rest[at-1]) || at > 1 && rest[at-2] != '-' || strings.Count(tag, "-") > 5 || facility == "" || at == len(rest)-1 {
		return "", "", 0, false
	}
	if end < len(text) && text[end] == ':' {
		end++
	}
	return facility, rest[at+1:], end, true
}

// asaBlocked are the messages of packets that were not let through, and whether they name a target.
var asaBlocked = map[string]bool{
	"106001": true, "106002": true, "106006": true, "106007": true, "106010": true, "106011": true, "106012": true, "106013": true,
	"106014": true, "106015": true, "106016": true, "106017": true, "106018": true, "106020": true, "106021": true, "106022": true,
	"106023": true, "304002": true, "313001": false, "313004": false, "313005": false, "313008": false, "313009": true,
	"322001": false, "338004": true, "338006": true, "338008": true, "338204": true, "401004": true, "410001": true, "418001": true, "419002": true,
	"420002": true, "420003": true, "434002": true, "434003": true, "500004": true, "710003": true, "710005": true,
}

// asaContext are blocked packets that are seldom a try: answers that come late, name service, errors
// about other packets, broadcasts, what the site's own machines wanted, and packets out of the midst of a
// connection, which an inspecting module took out without a word why.
var asaContext = map[string]bool{
	"106007": true, "106015": true, "304002": true, "313004": true, "313005": true, "338004": true, "338006": true, "338008": true, "338204": true,
	"410001": true, "419002": true, "420002": true, "420003": true, "434002": true, "434003": true, "500004": true, "710005": true,
}

// asaFamilies are the first three digits of messages that tell of the firewall's own work.
const asaFamilies = " 101 102 103 104 105 106 108 109 110 111 112 113 114 115 120 121 199 201 202 208 209 210 211 212 213 214 215 216 217 218 302 303 304 305 308 311 313 314 315 316 317 318 319 320 321 322 323 324 325 326 " +
	"331 332 333 334 335 336 337 338 339 400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 419 420 421 422 423 424 425 426 427 428 429 430 431 434 444 " +
	"446 447 450 500 501 502 503 504 505 507 508 509 602 603 604 605 606 607 608 609 610 611 612 613 614 615 616 617 618 620 622 634 701 702 703 709 " +
	"710 711 713 714 715 716 717 718 719 720 721 722 723 724 725 726 730 731 732 733 734 735 736 737 741 742 743 746 747 748 749 750 751 752 753 765 766 767 768 769 770 771 772 774 775 776 778 779 780 802 805 812 815 840 "

var isASAFamily = func() func(string) bool {
	var is [1000]bool
	for family := range strings.FieldsSeq(asaFamilies) {
		is[stated(family)] = true
	}
	return func(family string) bool { return isDigits(family) && is[stated(family)] }
}()

func parseASA(c *Cursor, ev *analysis.Event, id string) error {
	text := c.Rest()
	c.pos = len(c.text)
	if len(id) != 6 || !isASAFamily(id[:3]) {
		return ErrNotMine
	}
	short := func() error {
		c.ended(c.pos)
		return ErrNotMine
	}
	if strings.HasPrefix(id, "43000") {
		if id <= "430003" && (!strings.Contains(text, "DstIP: ") || !strings.Contains(text, "Protocol: ")) {
			return short()
		}
		return parseFTD(text, ev, id)
	}
	var p packet
	p.icmpType = -1
	p.ciscoFields(text, ev)
	needsTarget, blocked := asaBlocked[id]
	switch id {
	case "106100", "106102", "106103":
		if !strings.Contains(text, "hit-cnt ") {
			return short()
		}
		if src, dst, ok := strings.Cut(text, " -> "); ok { // names instead of addresses
			src = strings.TrimRight(src, " \t")
			from, to := analysis.Endpoint{}, analysis.Endpoint{}
			ciscoNamed(src[strings.LastIndexAny(src, " \t")+1:], &from)
			dst, _, _ = strings.Cut(dst, " ")
			ciscoNamed(dst, &to)
			if from.Name != "" || to.Name != "" {
				p.src, p.dst = from, to
			}
		}
		needsTarget, blocked = true, strings.Contains(text, " denied ")
		ev.Count = ciscoNumber(text, "hit-cnt ")
		if !blocked {
			ev.Action = analysis.ActionAllowed
			p.filtered(ev, false)
			return nil
		}
	case "113004", "113005", "113012", "113015", "722051":
		// The addresses are those of the server that was asked and, where the client is known, the client's.
		client := between(text+" ", "user IP = ", " ")
		ev.User = ciscoUser(text)
		if id == "722051" { // a client of the VPN has its address
			client, ev.User = between(text, " IP <", ">"), between(text, " User <", ">")
		}
		ev.Source.IP, _ = parseAddr(client)
		ev.Tries, ev.Action = analysis.TriesSession, analysis.ActionAllowed
		if id == "113005" || id == "113015" {
			ev.Action = analysis.ActionFailed
		}
		if ev.Source.IP.IsValid() {
			ev.Handshake = analysis.HandshakeCompleted
		}
		if ev.User == "" {
			return short()
		}
		return nil
	case "605004", "611102", "308001", "315011", "716039", "109006", "109008":
		if !p.src.IP.IsValid() {
			return short()
		}
		ev.Source, ev.Target, ev.Action, ev.Tries = p.src, p.dst, analysis.ActionFailed, analysis.TriesSession
		if id == "308001" {
			ev.Count = ciscoNumber(text, "incorrect for ")
		}
		ev.Handshake = analysis.HandshakeCompleted
		if id == "315011" && !strings.Contains(text, "Invalid userid or password") && !strings.Contains(text, "exceeded") {
			ev.Action, ev.Context = analysis.ActionInfo, true
		}
		ev.User = ciscoUser(text)
		if ev.Service == "" && strings.Contains(text, "SSH session") {
			ev.Service = "ssh"
		}
		return nil
	case "605005", "611101":
		if !p.src.IP.IsValid() {
			return ErrNotEvent
		}
		ev.Source, ev.Target, ev.Action, ev.User = p.src, p.dst, analysis.ActionAllowed, ciscoUser(text)
		ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
		return nil
	case "108003":
		if !p.dst.IP.IsValid() {
			return short()
		}
		name, _, _ := strings.Cut(text, " from ")
		ev.Source, ev.Target, ev.Action, ev.Signature = p.src, p.dst, analysis.ActionInfo, foldBlanks(name)
		ev.Tries = analysis.TriesConnection
		return nil
	case "733101":
		if !p.src.IP.IsValid() {
			return short()
		}
		ev.Source, ev.Action, ev.Signature = p.src, analysis.ActionInfo, "Threat detection: the host is attacking"
		if ev.Tries = analysis.TriesConnection; strings.Contains(text, "targeted") {
			ev.Context = true
		}
		return nil
	}
	if strings.HasPrefix(id, "400") && id <= "400051" {
		// The name of what was seen may have words that say something in other messages: "TCP FIN only flags", "from
		// High Port".
		i, proto := strings.LastIndex(text, " from "), p.proto
		p = packet{icmpType: -1}
		if p.ciscoFields(text[max(i, 0):], ev); i < 0 || !p.dst.IP.IsValid() {
			return short()
		}
		name := text[:i]
		p.proto = proto
		ev.Signature = foldBlanks(strings.TrimPrefix(strings.TrimPrefix(name, "IDS:"), "IPS:"))
		ev.Source, ev.Target, ev.Proto, ev.Action, ev.Tries = p.src, p.dst, p.proto, analysis.ActionInfo, analysis.TriesConnection
		return nil
	}
	if !p.src.IP.IsValid() && p.src.Name == "" {
		if blocked {
			if strings.Contains(text, "***") {
				return &SyntaxError{"cisco", "the addresses are blotted out"}
			}
			return short()
		}
		if strings.HasPrefix(text, "Built") || strings.HasPrefix(text, "Teardown") {
			return short()
		}
		return ErrNotEvent
	}
	if (id == "302013" || id == "302015") && strings.HasPrefix(text, "Built inbound ") && p.src.IP.IsValid() && p.dst.IP.IsValid() {
		ev.Action = analysis.ActionAllowed
		p.syn = p.proto == "tcp" // a connection begins with it
		p.filtered(ev, false)
		return nil
	}
	if !blocked {
		ev.Source, ev.Target, ev.Proto, ev.Action, ev.Context = p.src, p.dst, p.proto, analysis.ActionInfo, true
		return nil
	}
	if needsTarget && !p.dst.IP.IsValid() && p.dst.Name == "" {
		if strings.Contains(text, " on interface ") {
			return &SyntaxError{"cisco", "the addresses cannot be read"}
		}
		return short()
	}
	ev.Action = analysis.ActionBlocked
	p.filtered(ev, false)
	if asaContext[id] {
		ev.Context = true
	}
	return nil
}

// parseFTD reads the messages of Firepower: "SrcIP: A, DstIP: B, …".
func parseFTD(text string, ev *analysis.Event, id string) error {
	field := func(name string) string {
		i := strings.Index(text, name+": ")
		if i < 0 || i > 0 && !isBlank(text[i-1]) {
			return ""
		}
		value, _, _ := strings.Cut(text[i+len(name)+2:], ", ")
		return strings.TrimSpace(value)
	}
	var ok1, ok2 bool
	ev.Source.IP, ok1 = parseAddr(field("SrcIP"))
	ev.Target.IP, ok2 = parseAddr(field("DstIP"))
	if !ok1 || !ok2 {
		return ErrNotEvent
	}
	setPort(&ev.Source, field("SrcPort"))
	setPort(&ev.Target, field("DstPort"))
	ev.Proto, ev.Action, ev.Tries = protocol(field("Protocol")), analysis.ActionInfo, analysis.TriesConnection
	switch id {
	case "430001", "430005":
		if ev.Signature = foldBlanks(strings.Trim(field("Message"), `"`)); ev.Signature == "" {
			ev.Signature = field("ThreatName")
		}
		if ev.Signature == "" {
			ev.Context = true
		}
	case "430002", "430003":
		if strings.HasPrefix(field("AccessControlRuleAction"), "Block") {
			ev.Action, ev.Handshake = analysis.ActionBlocked, analysis.HandshakeNone
		} else {
			ev.Context = true
		}
	default:
		ev.Context = true
	}
	return nil
}

// ciscoFields reads addresses, protocol, flags and types out of the words of a message.
func (p *packet) ciscoFields(text string, ev *analysis.Event) {
	var room [40]string
	words := appendFields(room[:0], text)
	flags := false
	for i := 0; i < len(words); i++ {
		word := words[i]
		var lower lowerWord
		switch string(lowered(&lower, word)) {
		case "tcp", "udp", "icmp", "igmp", "gre", "esp", "sctp", "ospf", "vrrp", "ipv6-icmp", "icmpv6":
			if p.proto == "" {
				if p.proto = protocol(word); p.proto == "ipv6-icmp" || p.proto == "icmpv6" {
					p.proto = "icmp6"
				}
			}
			continue
		case "protocol":
			if p.proto == "" && i+1 < len(words) {
				p.proto = protocol(words[i+1])
				i++
			}
			continue
		case "(type", "type":
			if i+1 < len(words) && p.icmpType < 0 {
				n := Cursor{text: words[i+1]}
				if t, ok := n.Number(255); ok {
					p.icmpType = t
				}
			}
			continue
		case "flags":
			flags = true
			for i+1 < len(words) && words[i+1] != "on" {
				for f := range strings.SplitSeq(words[i+1], "+") {
					p.setFlags(f[:min(1, len(f))])
				}
				i++
			}
			continue
		case "original": // the packet that an error quotes
			if i+1 < len(words) && words[i+1] == "IP" {
				i = len(words)
			}
			continue
		}
		if strings.HasPrefix(word, "type=") {
			n := Cursor{text: word[len("type="):]}
			if t, ok := n.Number(255); ok {
				p.icmpType = t
			}
			continue
		}
		if word == "gaddr" || word == "Group" && i+2 < len(words) && words[i+1] == "=" {
			i++
			if word == "Group" {
				i++
			}
			continue // a translated address; a group can be named like one
		}
		if word == "server" && i+1 < len(words) { // of those who log in, not one of them
			if i++; words[i] == "=" {
				i++
			}
			continue
		}
		if word == "Username" && i+2 < len(words) && words[i+1] == "=" {
			i += 2
			continue
		}
		spoofed := strings.HasPrefix(word, "(") && i > 0 && words[i-1] == "from"
		if strings.HasPrefix(word, "(") && !spoofed {
			continue // the translated address
		}
		if strings.IndexByte(word, '.') < 0 && strings.IndexByte(word, ':') < 0 {
			continue // no address, and no device before a name
		}
		var e analysis.Endpoint
		service, ok := ciscoSide(strings.Trim(word, "(),.;"+"<>"), &e)
		if !ok && strings.HasSuffix(word, ")") {
			service, ok = ciscoSide(strings.Trim(word, ",.;<>"), &e)
		}
		if !ok && i > 0 && (words[i-1] == "src" || words[i-1] == "dst" || words[i-1] == "for" || words[i-1] == "to" || words[i-1] == "from") && strings.IndexByte(word, ':') > 0 && strings.IndexByte(word, '/') > 0 {
			// "device:name/port", where the device was told a name for an address
			_, name, _ := strings.Cut(strings.Trim(word, "(),.;"), ":")
			name, port, _ := strings.Cut(name, "/")
			if ok = isHostName(name); ok {
				e.Name = name
				setPort(&e, port)
			}
		}
		if !ok {
			continue
		}
		laddr := i > 0 && words[i-1] == "laddr"
		switch {
		case laddr && p.src.IP.IsValid() && !p.dst.IP.IsValid():
			p.src, p.dst = e, p.src
			p.src.Port, p.dst.Port = 0, 0
		case !p.src.IP.IsValid() && p.src.Name == "":
			p.src = e
		case !p.dst.IP.IsValid() && p.dst.Name == "":
			p.dst, ev.Service = e, service
		}
	}
	if p.proto == "tcp" && !flags {
		p.syn = true // an access list names the packet that opens, the flags are not told
	}
	if p.proto == "" && p.icmpType >= 0 || strings.Contains(text, "ICMP") && p.proto == "" {
		p.proto = "icmp"
	}
}

// lowerWord is memory for a word that is looked for in lower case: a protocol's name or a zone's.
type lowerWord [len("ipv6-icmp")]byte

// lowered is an ASCII word in lower case, in memory that is given; nothing where the word is longer.
func lowered(room *lowerWord, word string) []byte {
	if len(word) > len(room) {
		return nil
	}
	return appendLower(room[:0], word)
}

// ciscoSide reads one side of a connection as these devices write it: "outside:A/p", "outside/A(p)",
// "A(p)", "A/p", "A". The port may be a service's name.
func ciscoSide(s string, e *analysis.Endpoint) (service string, ok bool) {
	if i := strings.IndexByte(s, '('); i > 0 {
		port := strings.TrimRight(s[i+1:], "),")
		s = s[:i]
		if !strings.Contains(s, "/") || ciscoDevice(s) {
			setPort(e, port)
		}
	}
	if _, host, ok := strings.Cut(s, "@"); ok { // a user's name in front
		if ip, isAddr := parseAddr(host); isAddr {
			e.IP = ip
			return "", true
		}
	}
	if host, port, hasPort := strings.Cut(s, "/"); hasPort {
		if ip, isAddr := parseAddr(host); isAddr {
			e.IP = ip
			if !setPort(e, port) {
				service = port
			}
			return service, true
		}
		if ip, isAddr := parseAddr(port); isAddr {
			e.IP = ip
			return "", true
		}
		s, service = host, port
	}
	for rest, more := s, true; more; {
		if ip, isAddr := parseAddr(rest); isAddr && (strings.Contains(rest, ".") || strings.Contains(rest, ":")) {
			e.IP = ip
			if service != "" && setPort(e, service) {
				service = ""
			}
			return service, true
		}
		_, rest, more = strings.Cut(rest, ":")
	}
	// "A:p", and "A:http://…" of a URL.
	if host, port, ok := strings.Cut(s, ":"); ok {
		if i := strings.LastIndexByte(host, '@'); i >= 0 {
			host = host[i+1:]
		}
		for {
			if ip, isAddr := parseAddr(host); isAddr && strings.Contains(host, ".") {
				e.IP = ip
				setPort(e, port)
				return "", true
			}
			if host, port, ok = strings.Cut(port, ":"); !ok {
				break
			}
		}
	}
	return "", false
}

// ciscoNamed reads "device/name(port)" where the device was told a name for an address.
func ciscoNamed(s string, e *analysis.Endpoint) {
	if _, ok := ciscoSide(s, e); ok {
		return
	}
	_, s, _ = strings.Cut(s, "/")
	name, port, _ := strings.Cut(s, "(")
	if isHostName(name) {
		e.Name = name
		setPort(e, strings.TrimSuffix(port, ")"))
	}
}

// ciscoDevice reports whether "device/address" stands before the parentheses.
func ciscoDevice(s string) bool {
	_, addr, _ := strings.Cut(s, "/")
	_, ok := parseAddr(addr)
	return ok
}

// ciscoUser is the name that a log-in was tried with. An ASA writes asterisks for one that none of its users has (syslog
// message 605004, "no logging hide username").
func ciscoUser(text string) string {
	if user := between(text, `user "`, `"`); user != "" {
		if strings.Trim(user, "*") == "" {
			return ""
		}
		return user
	}
	if user := between(text, "user '", "'"); user != "" {
		return user
	}
	for _, key := range [...]string{"Uname: ", "user = ", "Username = "} {
		if _, rest, ok := strings.Cut(text, key); ok {
			user, _, _ := strings.Cut(rest, " ")
			return strings.TrimRight(user, ",:")
		}
	}
	return ""
}

// ciscoNumber is the number behind a word; 0 when there is none.
func ciscoNumber(text, before string) int {
	_, rest, ok := strings.Cut(text, before)
	c := Cursor{text: rest}
	if n, isNumber := c.Number(1 << 30); ok && isNumber {
		return n
	}
	return 0
}

// parseIOSList reads what an access list of IOS logs. The number of packets is that of the last five
// minutes, and the first record says one.
func parseIOSList(c *Cursor, ev *analysis.Event, id string) error {
	if strings.HasSuffix(id, "RL") {
		return ErrNotEvent // how many records were left out
	}
	// The packet processor of IOS XE puts its place in front: "R0/0: fman_fp_image: list …".
	if at := strings.Index(c.Rest(), "list "); at > 0 && at < 60 {
		c.pos += at
	} else if at < 0 {
		c.ended(len(c.text))
	}
	c.Lit(": ")
	if !c.Lit("list ") || c.Token("") == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	switch c.Token("") {
	case "denied", "deny":
		ev.Action = analysis.ActionBlocked
	case "permitted", "permit":
		ev.Action = analysis.ActionAllowed
	default:
		return ErrNotMine
	}
	rest := strings.Fields(c.Rest())
	c.pos = len(c.text)
	if len(rest) == 0 || !strings.HasPrefix(rest[len(rest)-1], "packet") {
		c.ended(c.pos)
		return ErrNotMine
	}
	var p packet
	p.icmpType = -1
	if strings.HasSuffix(id, "LOGS") {
		ip, ok := parseAddr(rest[0])
		if !ok {
			return &SyntaxError{"cisco", "the address cannot be read"}
		}
		ev.Source.IP = ip
		ev.Tries, ev.Handshake = analysis.TriesPacket, analysis.HandshakeUnknown
	} else {
		p.proto = protocol(rest[0])
		arrow := -1
		for i, word := range rest {
			if word == "->" || arrow < 0 && strings.HasSuffix(word, "->") {
				arrow = i
			}
		}
		if arrow < 2 || arrow+1 >= len(rest) {
			return ErrNotMine
		}
		_, ok1 := ciscoSide(rest[1], &p.src)
		for i := 2; !ok1 && i < arrow; i++ { // a hardware address may stand in front
			_, ok1 = ciscoSide(rest[i], &p.src)
		}
		service, ok2 := ciscoSide(strings.TrimSuffix(rest[arrow+1], ","), &p.dst)
		if !ok1 || !ok2 {
			return &SyntaxError{"cisco", "the addresses cannot be read"}
		}
		ev.Service = service
		p.syn = true // flags are not logged
		if p.proto == "icmp" && arrow+2 < len(rest) {
			n := Cursor{text: strings.TrimLeft(rest[arrow+2], "(")}
			if t, ok := n.Number(255); ok {
				p.icmpType = t
			}
		}
		p.filtered(ev, false)
	}
	n := Cursor{text: rest[max(len(rest)-2, 0)]}
	if count, ok := n.Number(1 << 30); ok {
		ev.Count = count
	}
	return nil
}

// parseIOSLogin reads "Login failed [user: u] [Source: A] [localport: 22] [Reason: …] at …".
func parseIOSLogin(c *Cursor, ev *analysis.Event, id string, clock *Clock) error {
	text := c.Rest()
	c.pos = len(c.text)
	ip, ok := parseAddr(strings.TrimSpace(between(text, "[Source: ", "]")))
	if !ok {
		c.ended(c.pos)
		return ErrNotMine
	}
	ev.Source.IP, ev.User = ip, between(text, "[user: ", "]")
	setPort(&ev.Target, between(text, "[localport: ", "]"))
	iosYear(text, ev, clock)
	ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
	switch id {
	case "LOGIN_FAILED":
		ev.Action = analysis.ActionFailed
	case "LOGIN_SUCCESS":
		ev.Action = analysis.ActionAllowed
	default:
		ev.Action, ev.Context = analysis.ActionInfo, true
	}
	return nil
}

// iosYear takes the year from the end of a message: "at 10:00:16 UTC Sun Oct 12 2014".
func iosYear(text string, ev *analysis.Event, clock *Clock) {
	i := strings.LastIndex(text, "] at ")
	if i < 0 {
		return
	}
	if wall, err := time.Parse("15:04:05 MST Mon Jan 2 2006", strings.TrimSpace(text[i+len("] at "):])); err == nil {
		ev.Time = clock.Stated(ev.Time, wall)
	}
}

// parseIOSSSH reads the log-ins to a device of IOS. How a session was agreed upon is no event.
func parseIOSSSH(c *Cursor, ev *analysis.Event, id string) error {
	if id != "SSH2_USERAUTH" && id != "SSH_USERAUTH" {
		return ErrNotEvent
	}
	text := c.Rest()
	c.pos = len(c.text)
	_, rest, _ := strings.Cut(text, " Session from ")
	from, _, _ := strings.Cut(rest, " ")
	var ok bool
	if ev.Source.IP, ok = parseAddr(from); !ok {
		c.ended(c.pos)
		return ErrNotMine
	}
	ev.User, ev.Proto, ev.Service, ev.Tries, ev.Handshake = between(text, "User '", "' authentication"), "tcp", "ssh", analysis.TriesSession, analysis.HandshakeCompleted
	switch {
	case strings.HasSuffix(text, " Failed"):
		ev.Action = analysis.ActionFailed
	case strings.HasSuffix(text, " Succeeded"):
		ev.Action = analysis.ActionAllowed
	default:
		c.ended(c.pos)
		return ErrNotMine
	}
	return nil
}

// parseIOSIPS reads "Sig:n Subsig:n Sev:n name [A:p -> B:q]" of the intrusion prevention of IOS.
func parseIOSIPS(c *Cursor, ev *analysis.Event, id string) error {
	text := c.Rest()
	if id != "SIGNATURE" {
		return ErrNotMine
	}
	c.pos = len(c.text)
	i, j := strings.LastIndexByte(text, '['), strings.LastIndex(text, " -> ")
	if i < 0 || j < i {
		c.ended(c.pos)
		return ErrNotMine
	}
	target, _, ok := strings.Cut(text[j+len(" -> "):], "]")
	if !ok || !addrPort(text[i+1:j], ':', true, &ev.Source) || !addrPort(target, ':', true, &ev.Target) {
		return &SyntaxError{"cisco", "the addresses cannot be read"}
	}
	name := text[:i]
	for {
		word, rest, _ := strings.Cut(name, " ")
		if key, _, isField := strings.Cut(word, ":"); !isField || key != "Sig" && key != "Subsig" && key != "Sev" && key != "VRF" {
			break
		}
		name = rest
	}
	ev.Signature, ev.Action, ev.Tries = foldBlanks(strings.TrimSpace(name)), analysis.ActionInfo, analysis.TriesConnection
	return nil
}

// parseIOSIDS reads "Sig:n:name - from A to B" of the intrusion detection of IOS before 12.3.
func parseIOSIDS(c *Cursor, ev *analysis.Event) error {
	text := c.Rest()
	c.pos = len(c.text)
	from, to, ok := strings.Cut(text[max(strings.LastIndex(text, " from "), 0):], " to ")
	if !ok || !strings.HasPrefix(text, "Sig:") {
		c.ended(c.pos)
		return ErrNotMine
	}
	to, _, _ = strings.Cut(to, " ")
	var ok1, ok2 bool
	ev.Source.IP, ok1 = parseAddr(strings.TrimPrefix(from, " from "))
	ev.Target.IP, ok2 = parseAddr(to)
	if !ok1 || !ok2 {
		return &SyntaxError{"cisco", "the addresses cannot be read"}
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(text, "Sig:"), " - from ")
	if _, rest, ok := strings.Cut(name, ":"); ok {
		name = rest
	}
	ev.Signature, ev.Action, ev.Tries = foldBlanks(name), analysis.ActionInfo, analysis.TriesConnection
	return nil
}

// parseIOSKnock reads of clients that a router does not know: "Attempted to connect to RSHELL from A",
// "Authentication failure for SNMP req from host A".
func parseIOSKnock(c *Cursor, ev *analysis.Event, id string, ip netip.Addr) error {
	c.pos = len(c.text)
	ev.Source.IP, ev.Action, ev.Tries = ip, analysis.ActionBlocked, analysis.TriesConnection
	if ev.Proto, ev.Target.Port = "udp", 161; id == "RSHPORTATTEMPT" {
		ev.Proto, ev.Target.Port = "tcp", 514
	}
	return nil
}

// parseIOSZone reads the records of the zone-based firewall: "Dropping tcp session A:p B:q on zone-pair …",
// and of the sessions that it let through, which are context.
func parseIOSZone(c *Cursor, ev *analysis.Event, id string) error {
	text := c.Rest()
	c.pos = len(c.text)
	var p packet
	p.icmpType = -1
	switch id {
	case "DROP_PKT":
		rest, ok := strings.CutPrefix(text, "Dropping ")
		if !ok {
			return ErrNotMine
		}
		p.proto, _, _ = strings.Cut(strings.ToLower(rest), " ")
		ev.Action, p.syn = analysis.ActionBlocked, true
		p.ciscoPair(rest)
		if flags := ciscoFlags(text); p.proto == "tcp" && flags != "" {
			p.syn = false
			p.setFlags(flags)
		}
	case "SESS_AUDIT_TRAIL", "SESS_AUDIT_TRAIL_START":
		p.ciscoPair(strings.NewReplacer("(", " ", ")", " ").Replace(text))
		ev.Action, p.syn = analysis.ActionAllowed, true
	default:
		return ErrNotMine
	}
	if !p.src.IP.IsValid() || !p.dst.IP.IsValid() {
		c.ended(c.pos)
		return ErrNotMine
	}
	p.filtered(ev, false)
	return nil
}

// ciscoPair takes the first two words that are an address and a port.
func (p *packet) ciscoPair(text string) {
	for _, word := range strings.Fields(text) {
		word, _, _ = strings.Cut(word, "(")
		var e analysis.Endpoint
		if !addrPort(word, ':', true, &e) || e.Port == 0 && !strings.Contains(word, ":0") {
			continue
		}
		if !p.src.IP.IsValid() {
			p.src = e
			continue
		}
		p.dst = e
		return
	}
}

// ciscoFlags gives the initials of "tcp flag 0x2".
func ciscoFlags(text string) string {
	_, rest, ok := strings.Cut(text, "tcp flag 0x")
	if !ok {
		return ""
	}
	bits, flags := 0, ""
	for i := 0; i < len(rest) && i < 2; i++ {
		if b := strings.IndexByte("0123456789abcdef", rest[i]); b >= 0 {
			bits = bits<<4 | b
		}
	}
	for i, letter := range "FSRPAU" {
		if bits&(1<<i) != 0 {
			flags += string(letter)
		}
	}
	return flags
}

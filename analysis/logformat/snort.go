package logformat

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// snort is the alert file of Snort, in its full form, which takes several lines, and in its fast form,
// which Suricata's fast.log shares:
//
//	[**] [129:12:1] Consecutive TCP small segments [**]
//	[Classification: Potentially Bad Traffic] [Priority: 2]
//	07/07-11:33:26.912004 A:p -> B:q
//	TCP TTL:40 TOS:0x0 ID:51552 IpLen:20 DgmLen:159 DF
//
//	07/11/2022-10:29:01.860293  [**] [1:2200074:2] message [**] [Classification: c] [Priority: 3] {TCP} A:p -> B:q
//
// The year is there with Snort's option -y (two digits) and in Suricata's file (four). The numbers in
// brackets came with Snort 1.8. The arrow is the packet's, not the attack's.
//
// To syslog both send the alert as "[1:2001219:18] message [Classification: c] [Priority: 2]: {TCP} A:p ->
// B:q", and Snort's first port scan detector its notes.
var snort = Format{
	Name:       "snort",
	Title:      "Snort and Suricata alerts (full, fast, syslog)",
	Recognised: `"[**]" around the message, or syslog program snort, suricata or barnyard, and "A -> B"`,
	Carrier:    CarrierSyslog,
	FreeText:   true, // a full record ends at a blank line
	Leads:      "[{" + decimals,
	After:      "/",
	Starts:     startsSnort,
	Keys:       []string{"msg", "gid", "sid", "timestamp", "src_addr"},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			if c.pos > 0 {
				return parseSnortSyslog(c, ev)
			}
			return parseSnort(c, ev, clock)
		}
	},
}

func startsSnort(text string) bool {
	if strings.HasPrefix(text, "[**]") {
		return true
	}
	c := Cursor{text: text}
	if strings.HasPrefix(text, "{") {
		return strings.Contains(text, `"msg"`) && strings.Contains(text, `"gid"`) && strings.Contains(text, `"sid"`) && strings.Contains(text, `"timestamp"`) && strings.Contains(text, `"src_addr"`)
	}
	_, ok := c.snortStamp(nil)
	rest := strings.TrimLeft(c.Rest(), " \t")
	return ok && (strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, ",") && strings.Count(rest, ",") > 9)
}

// snortStamp reads "MM/DD[/YY[YY]]-hh:mm:ss.ffffff ". Some sites write the day first, which shows where
// the first number is no month.
func (c *Cursor) snortStamp(clock *Clock) (t time.Time, ok bool) {
	month, ok := c.Number(31)
	if !ok || !c.Lit("/") {
		return t, false
	}
	day, ok := c.Number(31)
	if !ok || month == 0 || day == 0 {
		return t, false
	}
	if month > 12 {
		month, day = day, month
	}
	if month > 12 {
		return t, false
	}
	year := 0
	if c.Lit("/") {
		at := c.pos
		if year, ok = c.Number(9999); !ok {
			return t, false
		}
		if c.pos-at == 2 {
			if year += 2000; year >= 2090 {
				year -= 100
			}
		}
	}
	if !c.Lit("-") {
		return t, false
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return t, false
	}
	nanos := c.fraction()
	if c.pos < len(c.text) && !isBlank(c.text[c.pos]) || clock == nil {
		return t, c.pos == len(c.text) || isBlank(c.text[c.pos])
	}
	if year != 0 {
		t, ok = clock.Dated(year, month, day, hour, minute, second)
	} else {
		t, ok = clock.Yearless(month, day, hour, minute, second)
	}
	return t.Add(time.Duration(nanos)), ok
}

// fraction reads ".ffffff" of a second, if it is there, as nanoseconds.
func (c *Cursor) fraction() (nanos int) {
	if c.pos == len(c.text) || c.text[c.pos] != '.' {
		return 0
	}
	unit := 100_000_000
	for c.pos++; c.pos < len(c.text) && isDigit(c.text[c.pos]); c.pos++ {
		nanos += int(c.text[c.pos]-'0') * unit
		unit /= 10
	}
	return nanos
}

func parseSnort(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	ev.Action, ev.Tries = analysis.ActionInfo, analysis.TriesConnection
	if strings.HasPrefix(c.Rest(), "{") {
		return parseSnortJSON(c, ev, clock)
	}
	full := strings.HasPrefix(c.Rest(), "[**]")
	var ok bool
	if !full {
		if ev.Time, ok = c.snortStamp(clock); !ok {
			return &SyntaxError{"snort", "the date does not exist"}
		}
		c.Blanks()
		if strings.HasPrefix(c.Rest(), ",") {
			return parseSnortCSV(c, ev)
		}
		// An inline sensor writes what it did: [Drop], [wDrop], [Block].
		if c.LitFold("[drop] ") || c.LitFold("[block] ") || c.LitFold("[drop]") {
			ev.Action = analysis.ActionBlocked
		} else {
			c.LitFold("[wdrop] ")
		}
		c.Blanks()
	}
	start := c.pos
	if !c.Lit("[**]") {
		return ErrNotMine
	}
	c.Blanks()
	c.Mine()
	message, ok := c.Until("[**]")
	if !ok {
		return ErrNotMine
	}
	ev.Message = c.text[start:]
	ev.Signature = snortMessage(message)
	for {
		c.Blanks()
		if !strings.HasPrefix(c.Rest(), "[") {
			break
		}
		if _, ok := c.Until("]"); !ok {
			return ErrNotMine
		}
	}
	if !full {
		return c.snortPacket(ev)
	}
	if c.Done() {
		c.ended(c.pos)
		return ErrNotMine
	}
	if ev.Time, ok = c.snortStamp(clock); !ok {
		if c.pos == len(c.text) {
			c.ended(c.pos)
		}
		return ErrNotMine
	}
	c.Blanks()
	at := c.pos
	if strings.Count(c.Token(""), ":") == 5 && c.Lit(" -> ") && c.Token("") != "" && c.Lit(" type:") { // option -e puts the link layer first
		for c.Token(""); c.Lit(" len:"); c.Token("") {
		}
		c.Blanks()
	} else {
		c.pos = at
	}
	if err := c.snortPair(ev, true); err != nil {
		return err
	}
	return c.snortDetails(ev)
}

// parseSnortCSV reads the columns of alert_csv in their usual order: gid, sid, rev, message, protocol, source and
// port, target and port. pfSense's package has the same, with its own last columns.
func parseSnortCSV(c *Cursor, ev *analysis.Event) error {
	ev.Message = c.Rest()
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.Rest(), ","))).Read()
	if err != nil || len(records) < 9 {
		return &SyntaxError{"snort", "the columns cannot be read"}
	}
	c.pos = len(c.text)
	if !isNumbers(records[:3]) {
		return ErrNotMine
	}
	ev.Signature, ev.Proto = foldBlanks(records[3]), protocol(records[4])
	return snortSides(ev, records[5], records[6], records[7], records[8])
}

func snortSides(ev *analysis.Event, src, srcPort, dst, dstPort string) error {
	var ok1, ok2 bool
	ev.Source.IP, ok1 = parseAddr(src)
	ev.Target.IP, ok2 = parseAddr(dst)
	if !ok1 || !ok2 {
		return &SyntaxError{"snort", "the addresses cannot be read"}
	}
	if ev.Proto == "tcp" || ev.Proto == "udp" {
		setPort(&ev.Source, srcPort)
		setPort(&ev.Target, dstPort)
	}
	return nil
}

// parseSnortJSON reads an object of alert_json of Snort 3.
func parseSnortJSON(c *Cursor, ev *analysis.Event, clock *Clock) error {
	var r struct {
		Seconds   int64  `json:"seconds"`
		Timestamp string `json:"timestamp"`
		Action    string `json:"action"`
		Msg       string `json:"msg"`
		Proto     string `json:"proto"`
		SrcAddr   string `json:"src_addr"`
		SrcPort   int    `json:"src_port"`
		DstAddr   string `json:"dst_addr"`
		DstPort   int    `json:"dst_port"`
	}
	if json.Unmarshal([]byte(c.Rest()), &r) != nil {
		return &SyntaxError{"snort", "the object cannot be read as JSON with the fields of alert_json"}
	}
	ev.Message = c.Rest()
	c.pos = len(c.text)
	var ok bool
	if r.Seconds > 0 {
		u := time.Unix(r.Seconds, 0).UTC()
		ev.Time, ok = clock.Zoned(u.Year(), int(u.Month()), u.Day(), u.Hour(), u.Minute(), u.Second(), 0)
	} else {
		at := Cursor{text: r.Timestamp}
		ev.Time, ok = at.snortStamp(clock)
	}
	if !ok {
		return &SyntaxError{"snort", "the time cannot be read"}
	}
	ev.Signature, ev.Proto = foldBlanks(r.Msg), protocol(r.Proto)
	switch r.Action {
	case "drop", "block", "reject":
		ev.Action = analysis.ActionBlocked
	}
	return snortSides(ev, r.SrcAddr, strconv.Itoa(r.SrcPort), r.DstAddr, strconv.Itoa(r.DstPort))
}

// snortMessage takes "[gid:sid:rev]" off a message.
func snortMessage(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "[") {
		if i := strings.IndexByte(s, ']'); i > 0 && strings.Trim(s[1:i], "0123456789:") == "" {
			s = s[i+1:]
		}
	}
	return foldBlanks(strings.TrimSpace(s))
}

// snortPacket reads "{PROTO} A:p -> B:q" to the end of the text.
func (c *Cursor) snortPacket(ev *analysis.Event) error {
	c.Blanks()
	if c.Lit("<") { // the interface
		if _, ok := c.Until(">"); !ok {
			return ErrNotMine
		}
		c.Blanks()
	}
	if !c.Lit("{") {
		return ErrNotMine
	}
	proto, ok := c.Until("}")
	if !ok {
		return ErrNotMine
	}
	if ev.Proto = protocol(proto); ev.Proto == "ipv6-icmp" {
		ev.Proto = "icmp6"
	}
	c.Blanks()
	if err := c.snortPair(ev, ev.Proto == "tcp" || ev.Proto == "udp"); err != nil {
		return err
	}
	if !c.Done() {
		return ErrNotMine
	}
	return nil
}

func (c *Cursor) snortPair(ev *analysis.Event, ports bool) error {
	src := c.Token("")
	if src == "" || !c.Lit(" -> ") {
		return ErrNotMine
	}
	dst := c.Token("")
	if dst == "" {
		return ErrNotMine
	}
	if !addrPort(src, ':', ports, &ev.Source) || !addrPort(dst, ':', ports, &ev.Target) {
		if _, decorated := undecorateEnd(dst); decorated {
			return ErrNotMine
		}
		return &SyntaxError{"snort", "the addresses cannot be read"}
	}
	if !ports { // Suricata writes type and code of ICMP like ports
		ev.Source.Port, ev.Target.Port = 0, 0
	}
	return nil
}

// snortDetails reads what a full record says of the packet. The record may end behind any part.
func (c *Cursor) snortDetails(ev *analysis.Event) error {
	if c.Done() {
		c.Open()
		return nil
	}
	proto := c.Token("")
	if !c.Lit(" TTL:") {
		return ErrNotMine
	}
	if ev.Proto = protocol(strings.TrimPrefix(proto, "PROTO:")); ev.Proto == "ipv6-icmp" {
		ev.Proto = "icmp6"
	}
	for !c.Done() {
		if c.Lit("[Xref => ") {
			if _, ok := c.Until("]"); !ok {
				return ErrNotMine
			}
			continue
		}
		if !isSnortDetail(c.Token("")) {
			return ErrNotMine
		}
	}
	c.Open()
	return nil
}

func isSnortDetail(word string) bool {
	switch strings.TrimRight(word, ":") {
	case "DF", "MF", "RB", "Seq", "Ack", "Win", "TcpLen", "UrgPtr", "Len", "Type", "Code", "Frag", "Offset", "Size", "TCP", "IP", "Options", "=>",
		"NOP", "MSS", "TS", "SackOK", "WS", "EOL", "Sack", "ECHO", "REPLY", "DESTINATION", "UNREACHABLE", "PORT", "HOST", "NET", "TTL", "EXCEEDED",
		"SOURCE", "QUENCH", "REDIRECT", "IN", "TRANSIT", "**", "ORIGINAL", "DATAGRAM", "DUMP", "END", "OF", "UDP", "ICMP", "***":
		return true
	}
	if len(word) == 8 && strings.Trim(word, "*12UAPRSFCE") == "" {
		return true
	}
	if key, _, ok := strings.Cut(word, ":"); ok {
		switch key {
		case "TTL", "TOS", "ID", "IpLen", "DgmLen", "Type", "Code", "Seq", "Len", "Csum", "ORIG":
			return true
		}
	}
	return strings.HasPrefix(word, "0x") || strings.Trim(word, "0123456789()") == ""
}

func parseSnortSyslog(c *Cursor, ev *analysis.Event) error {
	switch {
	case strings.HasPrefix(ev.Program, "snort"), strings.HasPrefix(ev.Program, "barnyard"), ev.Program == "suricata", ev.Program == "Suricata":
	default:
		return ErrOtherProgram
	}
	c.Mine()
	ev.Session = 0
	ev.Action, ev.Tries = analysis.ActionInfo, analysis.TriesConnection
	if i := strings.Index(c.Rest(), "spp_portscan:"); i == 0 || i > 0 && strings.HasPrefix(c.Rest(), "[") {
		c.pos += i + len("spp_portscan:")
		c.Blanks()
		return parseSnortPortscan(c, ev)
	}
	if c.LitFold("[drop] ") {
		ev.Action = analysis.ActionBlocked
	}
	if !strings.HasPrefix(c.Rest(), "[") {
		if strings.Contains(c.Rest(), "{") {
			return ErrNotMine
		}
		for _, note := range [...]string{"Initializing ", "Snort initialization completed", "Snort exiting", "*** Caught ", "Restarting Snort", "Daemon ",
			"Writing PID ", "PID path ", "Checking PID path", "Var ", "Log directory = ", "===", "Snort analyzed ", "Snort received "} {
			if c.Lit(note) {
				return ErrNotEvent
			}
		}
		return ErrNotMine
	}
	rest := c.Rest()
	i := snortProto(rest)
	if i < 0 {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	message := rest[:i]
	for _, end := range [...]string{"[Classification:", "[Priority:", "<"} {
		if j := strings.Index(message, end); j > 0 {
			message = message[:j]
		}
	}
	ev.Signature = strings.TrimRight(snortMessage(message), " :")
	c.pos += i
	return c.snortPacket(ev)
}

// snortProto finds the "{PROTO} " that ends an alert's message; the message may hold braces itself.
func snortProto(s string) int {
	for end := len(s); ; {
		i := strings.LastIndexByte(s[:end], '{')
		if i < 0 {
			return -1
		}
		if j := strings.IndexByte(s[i:], '}'); j > 1 && !strings.ContainsAny(s[i+1:i+j], " \t") {
			return i
		}
		end = i
	}
}

// parseSnortPortscan reads the notes of the preprocessor of Snort 1.x. The first tells of the scan; those
// that follow sum it up.
func parseSnortPortscan(c *Cursor, ev *analysis.Event) error {
	switch {
	case c.Lit("PORTSCAN DETECTED from "), c.Lit("PORTSCAN DETECTED to "):
		ev.Signature = "PORTSCAN DETECTED"
	case c.Lit("portscan status from "), c.Lit("End of portscan from "):
		ev.Context, ev.Tries = true, analysis.TriesNone
	default:
		return ErrNotMine
	}
	ip, ok := parseAddr(strings.TrimRight(c.Token(""), ":"))
	if !ok {
		return ErrNotMine
	}
	ev.Source.IP = ip
	return nil
}

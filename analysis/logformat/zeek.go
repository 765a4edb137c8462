package logformat

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// zeek is the logs of Zeek, once Bro: columns divided by tabs under a "#fields" line, whose order is
// obeyed because versions and packages differ, or one JSON object a line with the same names. Notices are
// Zeek's verdicts, ssh.log tells of log-ins, and conn.log of connections, of which those that nobody
// answered are tries. All other logs are context.
var zeek = Format{
	Name:       "zeek",
	Title:      "Zeek (Bro) logs: conn, notice, ssh and others as context",
	Recognised: `a "#fields" line and rows that begin with seconds since 1970, or a JSON object with "ts"`,
	Carrier:    CarrierNone,
	Leads:      "{#" + decimals,
	After:      ".",
	Starts:     startsZeek,
	Quotes:     []string{"ts"},
	New: func(clock *Clock) Parser {
		s := &zeekState{}
		return func(c *Cursor, ev *analysis.Event) error { return s.parse(c, ev, clock) }
	},
}

// zeekState is what the header of a file said, and what the row or the object at hand says.
type zeekState struct {
	path   string
	fields []int8 // of the columns: their places among zeekKeys, -1 for others; nil before a header
	values [zeekFields]string
}

// The fields that are used.
const (
	zeekTS = iota
	zeekOrigHost
	zeekOrigPort
	zeekRespHost
	zeekRespPort
	zeekSrc
	zeekDst
	zeekP
	zeekSrcAddr
	zeekSrcPort
	zeekDstAddr
	zeekDstPort
	zeekClientAddr
	zeekServerAddr
	zeekProto
	zeekService
	zeekNote
	zeekSigID
	zeekAuthAttempts
	zeekAuthSuccess
	zeekConnState
	zeekSeenIndicator
	zeekSeenWhere
	zeekPath
	zeekN
	zeekMsg
	zeekFields
	zeekNone = -1
)

var zeekKeys = keysOf("ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "src", "dst", "p", "src_addr", "src_port", "dst_addr", "dst_port", "client_addr",
	"server_addr", "proto", "service", "note", "sig_id", "auth_attempts", "auth_success", "conn_state", "seen.indicator", "seen.where", "_path", "n", "msg")

// zeekSides are the fields that name both sides of what a log is about.
var zeekSides = [...][4]int{{zeekOrigHost, zeekOrigPort, zeekRespHost, zeekRespPort}, {zeekSrc, zeekSrcPort, zeekDst, zeekP}, {zeekSrcAddr, zeekSrcPort, zeekDstAddr, zeekDstPort}, {zeekClientAddr, zeekNone, zeekServerAddr, zeekNone}}

func (s *zeekState) get(field int) string {
	if field == zeekNone {
		return ""
	}
	return s.values[field]
}

// header reads the names of the columns.
func (s *zeekState) header(names string) {
	s.fields = []int8{}
	for name := range strings.SplitSeq(names, "\t") {
		s.fields = append(s.fields, int8(slices.Index(zeekKeys.list, name)))
	}
}

// row reads the columns of a row; ok is false where there are more than the header names.
func (s *zeekState) row(text string) (ok bool) {
	for i, more := 0, true; more; i++ {
		if i == len(s.fields) {
			return false
		}
		var column string
		column, text, more = strings.Cut(text, "\t")
		if field := s.fields[i]; field >= 0 && column != "-" && column != "(empty)" && s.values[field] == "" {
			s.values[field] = column
		}
	}
	return true
}

// quick reads an object as object does, without the cost of a general parser. Of anything unusual it knows nothing.
func (s *zeekState) quick(text string) bool {
	j := jsonScanner{text: text}
	return j.whole(zeekKeys, func(key int) (ok bool) {
		at := j.pos
		switch b := text[min(at, len(text)-1)]; {
		case b == '"':
			s.values[key], ok = j.plainString()
		case b == 't':
			s.values[key], ok = "T", j.skip()
		case b == 'f':
			s.values[key], ok = "F", j.skip()
		default:
			if ok = j.skip(); ok && (b == '-' || isDigit(b)) {
				s.values[key] = text[at:j.pos]
			}
		}
		return ok
	})
}

// object reads an object.
func (s *zeekState) object(text string) error {
	var object map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&object); err != nil {
		return &SyntaxError{"zeek", "the object cannot be read as JSON"}
	}
	if strings.TrimSpace(text[d.InputOffset():]) != "" {
		return ErrNotMine
	}
	for i, name := range zeekKeys.list {
		switch v := object[name].(type) {
		case string:
			s.values[i] = v
		case json.Number:
			s.values[i] = v.String()
		case bool:
			if s.values[i] = "F"; v {
				s.values[i] = "T"
			}
		}
	}
	return nil
}

func startsZeek(text string) bool {
	switch {
	case strings.HasPrefix(text, "{"):
		return strings.Contains(text, `"ts":`) && !strings.Contains(text, `"event_type"`) && (strings.Contains(text, `"id.orig_h":`) || strings.Contains(text, `"uid":`) ||
			strings.Contains(text, `"note":`) || strings.Contains(text, `"_path":`) || strings.Contains(text, `"peer":`) || strings.Contains(text, `"uids":`) || strings.Contains(text, `"fuid":`) || strings.Contains(text, `"certificate.version":`) || strings.Contains(text, `"compile_ts":`) || strings.Contains(text, `"src":`) && strings.Contains(text, `"dst":`) && strings.HasPrefix(text, `{"ts":`))
	case strings.HasPrefix(text, "#"):
		return zeekHeader(text)
	}
	i := 0
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	if i < 9 || i > 11 || i == len(text) || text[i] != '.' {
		return false
	}
	for i++; i < len(text) && isDigit(text[i]); i++ {
	}
	return i < len(text) && text[i] == '\t'
}

func zeekHeader(text string) bool {
	for _, key := range [...]string{"#separator \\x", "#set_separator\t", "#empty_field\t", "#unset_field\t", "#path\t", "#open\t", "#close\t", "#fields\tts\t", "#types\t"} {
		if strings.HasPrefix(text, key) {
			return true
		}
	}
	return false
}

func (s *zeekState) parse(c *Cursor, ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if strings.HasPrefix(text, "#") {
		key, value, _ := strings.Cut(text, "\t")
		switch key {
		case "#path":
			s.path = strings.Clone(value)
		case "#fields":
			s.header(value)
		}
		return ErrNotEvent
	}
	if _, typeset := untypeset(text); typeset {
		return ErrNotMine // to be read as it was before
	}
	path, get := s.path, s.get
	s.values = [zeekFields]string{}
	if strings.HasPrefix(text, "{") {
		if !s.quick(text) {
			s.values = [zeekFields]string{}
			if err := s.object(text); err != nil {
				return err
			}
		}
		path = get(zeekPath)
	} else if s.fields == nil {
		return &SyntaxError{"zeek", `the row has no "#fields" line before it`}
	} else if !s.row(text) {
		return &SyntaxError{"zeek", "the row has more columns than the header"}
	}
	c.pos = len(c.text)
	ev.Message = text
	var ok bool
	if ev.Time, ok = zeekTime(get(zeekTS), clock); !ok {
		return &SyntaxError{"zeek", "the time cannot be read"}
	}
	for _, names := range zeekSides {
		if !ev.Source.IP.IsValid() {
			ev.Source.IP, _ = parseAddr(get(names[0]))
			setPort(&ev.Source, get(names[1]))
		}
		if !ev.Target.IP.IsValid() {
			ev.Target.IP, _ = parseAddr(get(names[2]))
			setPort(&ev.Target, get(names[3]))
		}
	}
	if !ev.Source.IP.IsValid() {
		return ErrNotEvent
	}
	ev.Proto, ev.Service, ev.Action = strings.ToLower(get(zeekProto)), get(zeekService), analysis.ActionInfo
	if ev.Proto == "icmp" {
		ev.Source.Port, ev.Target.Port = 0, 0 // type and code
	}
	switch {
	case get(zeekNote) != "":
		ev.Signature, ev.Tries = get(zeekNote), analysis.TriesConnection
		if name := get(zeekSigID); name != "" {
			ev.Signature = foldBlanks(name)
		}
		if ev.Target.Port == 0 && !ev.Target.IP.IsValid() {
			setPort(&ev.Target, get(zeekP)) // of a scan of many hosts
		}
		if ev.Count = stated(get(zeekN)); ev.Count == 0 && ev.Signature == "SSH::Password_Guessing" {
			ev.Count = stated(between(foldBlanks(get(zeekMsg)), " (seen in ", " connections)"))
		}
		switch family, _, _ := strings.Cut(ev.Signature, "::"); family {
		case "SSL", "CaptureLoss", "PacketFilter", "Weird", "Software", "Stats", "ProtocolDetector", "DPD":
			ev.Context = true // certificates, and Zeek's own affairs
		}
	case path == "ssh" || path == "" && get(zeekAuthAttempts) != "":
		ev.Service, ev.Proto, ev.Tries, ev.Handshake = "ssh", "tcp", analysis.TriesSession, analysis.HandshakeCompleted
		switch get(zeekAuthSuccess) {
		case "T":
			ev.Action = analysis.ActionAllowed
		case "F":
			ev.Action, ev.Count = analysis.ActionFailed, stated(get(zeekAuthAttempts))
		default:
			ev.Context = true
		}
	case get(zeekConnState) != "":
		zeekConnection(get(zeekConnState), ev)
	case get(zeekSeenIndicator) != "":
		ev.Signature, ev.Tries = "Intel: "+foldBlanks(get(zeekSeenIndicator)), analysis.TriesConnection
		if get(zeekSeenWhere) == "Conn::IN_RESP" || outgoing(ev.Source.IP, ev.Target.IP) {
			ev.Context = true // the site's own machine called it
		}
	default:
		ev.Context = true
	}
	return nil
}

// zeekConnection judges a connection by its state: S0 is a try without an answer, REJ one that was
// refused; RSTOS0, SH and SHR are openings that were never completed.
func zeekConnection(state string, ev *analysis.Event) {
	switch state {
	case "S0", "REJ", "RSTOS0", "SH", "SHR", "RSTRH":
	default:
		ev.Context = true
		return
	}
	ev.Handshake = analysis.HandshakeNone
	if ev.Tries = analysis.TriesConnection; ev.Proto == "tcp" {
		ev.Tries = analysis.TriesPacket
	}
	if dst := ev.Target.IP; !dst.IsValid() || dst.IsMulticast() || dst.String() == "255.255.255.255" || ev.Source.IP.IsUnspecified() || outgoing(ev.Source.IP, dst) {
		ev.Context = true
	}
}

// zeekTime reads seconds since 1970 with a fraction, or an ISO time.
func zeekTime(s string, clock *Clock) (time.Time, bool) {
	if strings.Contains(s, "T") {
		t, n, ok := isoTime(s+" ", clock)
		return t, ok && n > 0
	}
	whole, fraction, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<33 {
		return time.Time{}, false
	}
	nanos := Cursor{text: "." + fraction}
	u := time.Unix(seconds, 0).UTC()
	t, ok := clock.Zoned(u.Year(), int(u.Month()), u.Day(), u.Hour(), u.Minute(), u.Second(), 0)
	return t.Add(time.Duration(nanos.fraction())), ok
}

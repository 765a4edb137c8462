package logformat

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/uniq"
)

// winEvent is the Security log of Windows, and of its System log what tells of logs that were cleared and
// services that were installed, in the forms in which people carry it off:
//
//	Event Viewer: XML; text with tabs; CSV; a copied event, new ("Log Name: …") and old ("Event Type: …")
//	wevtutil qe Security /f:xml, /f:text
//	Get-WinEvent | Export-Csv, with the columns that are named in its first row
//	syslog: Snare and what imitates it, "MSWinEventLog" and columns divided by tabs; "WinEvtLog: " of OSSEC
//	JSON: winlogbeat (6 to 9), NXLog's to_json, evtx_dump -o jsonl
//
// All of them are read into the names of the event's data as XML has them, and these by the number of the
// event. Numbers from 512 to 682 are those of Windows NT to 2003, the same for the events since Vista is
// 4096 more or less. What an event of a number says is from Microsoft's pages "Audit Logon Events" and
// "Security auditing" (Windows 10); texts of 2000 and 2003 from their resource files as public pages quote
// them.
//
// Dates in the regional form are read month first where they have AM or PM or only fit so, day first
// otherwise.
var winEvent = Format{
	Name:       "winevent",
	Title:      "Windows event log (XML, text, CSV, JSON)",
	Recognised: `"<Event>" elements; "Log Name:", "Event Type:" or "Event[n]:" and what follows; rows of "Audit Failure" and "Audit Success"; objects with an event's id and data`,
	Carrier:    CarrierSyslog,
	Starts:     startsWinEvent,
	Quotes:     []string{"EventID", "event_id"},
	Hears: func(program string) hearing {
		return hearing{deaf: program != "WinEvtLog" && program != "MSWinEventLog"}
	},
	New: func(clock *Clock) Parser {
		s := &winState{}
		return func(c *Cursor, ev *analysis.Event) error {
			text := c.Rest()
			if c.pos > 0 {
				if ev.Program == "WinEvtLog" {
					return parseOSSEC(c, ev)
				}
				return parseSnare(c, ev, clock)
			}
			if !strings.Contains(text, "\n") {
				plain, typeset := untypeset(text)
				if typeset && startsWinEvent(plain) && (text[0] != '{' || typesetObject(text)) {
					return ErrNotMine // to be read as it was before
				}
				for strings.Contains(text, "  ") {
					text = strings.ReplaceAll(text, "  ", " ") // and not the tabs, which divide columns
				}
			}
			err := s.parse(text, ev, clock)
			if _, broken := err.(*SyntaxError); broken || err == ErrUnknown {
				if _, decorated := undecorateEnd(text); decorated {
					return ErrNotMine
				}
			}
			return err
		}
	},
}

// winState is the columns that the first row of a table named, the last failed log-on, and what records are read into again and again.
type winState struct {
	columns []string
	failed  winFailure
	element xmlEvent
	data    map[string]string
}

// winFailure is what tells whether two records are of one failed log-on.
type winFailure struct {
	id                int
	at                time.Time
	user, workstation string
}

// counted answers for a failed log-on whose credentials the same machine checked and refused: it writes two
// records of that, 4776 and 4625 within a moment, in either order of the export. The second counts no attempt
// of its own. 4776 by itself is a domain controller's, about a log-on to another machine.
func (s *winState) counted(r *winRecord, ev *analysis.Event) {
	if r.id != 4625 && r.id != 4776 || ev.Action != analysis.ActionFailed {
		return
	}
	f, workstation := &s.failed, r.data["WorkstationName"]
	if f.id+r.id == 4625+4776 && f.id != r.id && strings.EqualFold(f.user, ev.User) && ev.Time.Sub(f.at).Abs() <= 2*time.Second &&
		(f.workstation == "" || workstation == "" || strings.EqualFold(f.workstation, workstation)) {
		ev.Tries = analysis.TriesNone
		s.failed = winFailure{}
		return
	}
	s.failed = winFailure{r.id, ev.Time, strings.Clone(ev.User), strings.Clone(workstation)}
}

// winRecord is one event, whatever form it came in.
type winRecord struct {
	id       int
	provider string
	channel  string
	computer string
	failure  bool // a failure audit
	data     map[string]string
}

func startsWinEvent(text string) bool {
	if text == "" {
		return false
	}
	switch text[0] {
	case '<':
		return strings.HasPrefix(text, "<Event") || strings.HasPrefix(text, "</Events>") || strings.HasPrefix(text, "<?xml ")
	case '{':
		return isWinJSON(text)
	case '"':
		return strings.Contains(text, `","`)
	case '#':
		return strings.HasPrefix(text, "#TYPE ") && strings.Contains(text, "EventLogRecord")
	}
	return isWinText(text) || isWinRow(text) || isOldWinRow(text) || isWinHeader(text)
}

func (s *winState) parse(text string, ev *analysis.Event, clock *Clock) error {
	s.data = uniq.Emptied(s.data)
	r := winRecord{data: s.data}
	var err error
	switch {
	case text[0] == '<':
		err = r.fromXML(text, &s.element, ev, clock)
	case text[0] == '{':
		err = r.fromJSON(text, ev, clock)
	case text[0] == '#', isWinHeader(text):
		return ErrNotEvent
	case text[0] == '"':
		err = s.fromExportedRow(text, &r, ev, clock)
	case isWinText(text):
		err = r.fromText(text, ev, clock)
	case isWinRow(text):
		err = r.fromRow(text, ev, clock)
	case isOldWinRow(text):
		err = r.fromOldRow(text, ev, clock)
	default:
		return ErrNotMine
	}
	if err != nil {
		return err
	}
	if err := r.event(ev); err != nil {
		return err
	}
	s.counted(&r, ev)
	return nil
}

func winBroken(msg string) error { return &SyntaxError{"winevent", msg} }

// xmlEvent is an element Event of the schema http://schemas.microsoft.com/win/2004/08/events/event.
type xmlEvent struct {
	System struct {
		Provider struct {
			Name string `xml:"Name,attr"`
		}
		EventID     string
		Channel     string
		Computer    string
		Keywords    string
		TimeCreated struct {
			SystemTime string `xml:"SystemTime,attr"`
		}
	}
	EventData struct {
		Data []xmlDatum
	}
	UserData struct {
		Cleared struct {
			SubjectUserName string
			Channel         string
		} `xml:"LogFileCleared"`
	}
}

type xmlDatum struct {
	Name string `xml:"Name,attr"`
	Text string `xml:",chardata"`
}

// quick reads an element Event as xml.Unmarshal does, without its cost. Of anything unusual it knows nothing, and xml.Unmarshal has to be
// asked.
func (x *xmlEvent) quick(text string) bool {
	*x = xmlEvent{EventData: struct{ Data []xmlDatum }{x.EventData.Data[:0]}}
	if !plainXML(text) {
		return false
	}
	s := xmlScanner{text: text, tag: xmlTag{attributes: make([]xmlAttribute, 0, 4)}}
	const system, eventData, userData = "System", "EventData", "UserData"
	var (
		seen  [3]bool // of the elements above
		inner string  // the one of these that is open
		value *string // of the element in it that is open
		once  = func(i int) bool { was := seen[i]; seen[i] = true; return !was }
	)
	for first := true; ; first = false {
		words, ok := s.next()
		if !ok {
			return false
		}
		t := &s.tag
		if t.ends {
			if value != nil {
				*value, value = words, nil
			}
			switch s.depth {
			case 0:
				return strings.TrimSpace(s.text[s.pos:]) == ""
			case 1:
				inner = ""
			}
			continue
		}
		depth := s.depth
		if t.empty {
			depth++
		}
		switch {
		case value != nil, first != (depth == 1), first && t.name != "Event":
			return false
		case depth == 2:
			switch t.name {
			case system:
				ok = once(0)
			case eventData:
				ok = once(1)
			case userData:
				ok = false
			}
			if inner = t.name; !ok || t.empty {
				return false
			}
		case depth == 3 && inner == system:
			sys := &x.System
			switch t.name {
			case "EventID":
				value = &sys.EventID
			case "Channel":
				value = &sys.Channel
			case "Computer":
				value = &sys.Computer
			case "Keywords":
				value = &sys.Keywords
			case "Provider":
				ok = sys.Provider.Name == ""
				sys.Provider.Name = t.attribute("Name")
			case "TimeCreated":
				ok = sys.TimeCreated.SystemTime == ""
				sys.TimeCreated.SystemTime = t.attribute("SystemTime")
			}
			if !ok || value != nil && *value != "" {
				return false
			}
		case depth == 3 && inner == eventData && t.name == "Data":
			x.EventData.Data = append(x.EventData.Data, xmlDatum{Name: t.attribute("Name")})
			value = &x.EventData.Data[len(x.EventData.Data)-1].Text
		}
		if t.empty {
			value = nil
		}
	}
}

// attribute is the value of an attribute; the last one where it is there again.
func (t *xmlTag) attribute(name string) (value string) {
	for _, a := range t.attributes {
		if a.name == name {
			value = a.value
		}
	}
	return value
}

func (r *winRecord) fromXML(text string, x *xmlEvent, ev *analysis.Event, clock *Clock) error {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.HasPrefix(text, "<?xml ") {
		i := strings.Index(text, "?>")
		if i < 0 {
			return ErrNotMine
		}
		text = text[i+2:]
	}
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "<Events>"); ok {
		text = strings.TrimSpace(rest)
	}
	if text == "" || text == "</Events>" {
		return ErrNotEvent
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, "</Events>"))
	if !strings.HasPrefix(text, "<Event") {
		return ErrNotMine
	}
	if !x.quick(text) {
		if *x = (xmlEvent{}); !strings.HasSuffix(text, "</Event>") || xml.Unmarshal([]byte(text), x) != nil {
			return winBroken("the element Event cannot be read as XML")
		}
	}
	sys := &x.System
	r.provider, r.channel, r.computer = sys.Provider.Name, sys.Channel, sys.Computer
	// winmeta.xml: the keyword of failure audits.
	if keywords, err := strconv.ParseUint(strings.TrimPrefix(sys.Keywords, "0x"), 16, 64); err == nil {
		r.failure = keywords&0x10000000000000 != 0
	}
	id, err := strconv.Atoi(strings.TrimSpace(sys.EventID))
	if err != nil {
		return winBroken("the event has no number")
	}
	r.id = id
	for _, d := range x.EventData.Data {
		r.set(d.Name, d.Text)
	}
	if x.UserData.Cleared.SubjectUserName != "" {
		r.set("SubjectUserName", x.UserData.Cleared.SubjectUserName)
	}
	return winTime(sys.TimeCreated.SystemTime, ev, clock)
}

// winAliases are other names of the same in some events.
var winAliases = map[string]string{
	"Workstation": "WorkstationName", "ClientAddress": "IpAddress", "SourceAddress": "IpAddress", "SourcePort": "IpPort",
	"ClientName": "WorkstationName", "AccountName": "TargetUserName",
}

func (r *winRecord) set(name, value string) {
	value = strings.TrimSpace(value)
	if alias, ok := winAliases[name]; ok {
		if _, have := r.data[alias]; have {
			return
		}
		name = alias
	}
	if value != "" && value != "-" {
		r.data[name] = value
	}
}

// winTime reads a stamp in any of the forms' ways.
func winTime(s string, ev *analysis.Event, clock *Clock) error {
	s = strings.TrimSpace(s)
	if t, n, ok := isoTime(s+" ", clock); n > 0 {
		if ev.Time = t; ok {
			return nil
		}
		return winBroken("the date does not exist")
	}
	c := Cursor{text: s + " "}
	if c.dateTime(clock, ev) == nil {
		return nil
	}
	c.pos = 0
	if regionalTime(&c, clock, ev) {
		return nil
	}
	return winBroken("the time cannot be read")
}

// regionalTime reads a date and a time as Windows shows them in the regional form that the exporter had.
func regionalTime(c *Cursor, clock *Clock, ev *analysis.Event) bool {
	a, ok1 := c.Number(9999)
	if !ok1 || c.pos == len(c.text) {
		return false
	}
	sep := c.text[c.pos]
	if sep != '/' && sep != '.' && sep != '-' {
		return false
	}
	c.pos++
	b, ok2 := c.Number(31)
	if !ok2 || c.pos == len(c.text) || c.text[c.pos] != sep {
		return false
	}
	c.pos++
	year, ok3 := c.Number(9999)
	if !ok3 {
		return false
	}
	if c.pos < len(c.text) && c.text[c.pos] == ',' {
		c.pos++
	}
	c.Blanks()
	hour, ok4 := c.Number(23)
	if !ok4 {
		return false
	}
	minute, ok5 := c.twoDigits(59)
	if !ok5 {
		return false
	}
	second, ok6 := c.twoDigits(60)
	if !ok6 {
		second = 0
	}
	c.Blanks()
	half := c.LitFold("am") || c.LitFold("a.m.")
	if !half && (c.LitFold("pm") || c.LitFold("p.m.")) {
		if half = true; hour < 12 {
			hour += 12
		}
	} else if half && hour == 12 {
		hour = 0
	}
	day, month := a, b
	switch {
	case a > 31: // year first
		year, month, day = a, b, year
	case b > 12, sep == '/' && half && a <= 12:
		day, month = b, a
	}
	if year < 100 {
		if year += 2000; year >= 2090 {
			year -= 100
		}
	}
	if month < 1 || month > 12 || day < 1 || day > 31 || year < 1970 {
		return false
	}
	var ok bool
	ev.Time, ok = clock.Dated(year, month, day, hour, minute, min(second, 59))
	return ok
}

// winEventBlocks are the forms whose records take many lines.
var (
	winXMLBlock = blockForm{
		starts: func(line string) bool {
			return startsEventElement(line) && !strings.Contains(line, "</Event>")
		},
		ends: func(line string, n int) blockEnd {
			if n > 1 && startsEventElement(line) {
				return before // the one before was cut
			}
			return endsAt(strings.Contains(line, "</Event>"), here)
		},
	}
	winTextBlock = blockForm{
		starts: func(line string) bool { return startsWinText(line) },
		// Nothing ends such a text but the next; what explains the event stands below it.
		ends: func(line string, n int) blockEnd {
			return endsAt(n > 1 && startsWinText(line) || n > maxWinText || line == "--", before)
		},
	}
	winRowBlock = blockForm{
		starts: func(line string) bool {
			return line != "" && (line[0] == '"' || isWinRow(line) || isOldWinRow(line)) && oddQuotes(line)
		},
		ends: func(line string, n int) blockEnd { return endsAt(n > 1 && oddQuotes(line), here) },
	}
)

const maxWinText = 150

// startsEventElement reports whether a line begins with the element of an event, or with that and the one
// round all of them.
func startsEventElement(line string) bool {
	if line == "" || line[0] != '<' && line[0] != ' ' && line[0] != '\t' {
		return false
	}
	line = strings.TrimLeft(line, " \t")
	line = strings.TrimPrefix(line, "<Events>")
	return strings.HasPrefix(line, "<Event ") || strings.HasPrefix(line, "<Event>")
}

func oddQuotes(line string) bool { return strings.Count(line, `"`)%2 == 1 }

// startsWinText tells the first line of an event that was copied, or printed by wevtutil.
func startsWinText(line string) bool {
	if line == "" {
		return false
	}
	switch line[0] {
	case 'L':
		return strings.HasPrefix(line, "Log Name:")
	case 'E':
		return strings.HasPrefix(line, "Event Type:") || strings.HasPrefix(line, "Event[") && strings.Trim(line[6:], "0123456789]: \r") == ""
	}
	return false
}

func isWinText(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	return startsWinText(line) && (strings.Contains(text, "Event ID:") || strings.HasPrefix(line, "Event["))
}

// isWinRow tells a row of Event Viewer's text and CSV: "Audit Failure", a date, a source, a number.
func isWinRow(text string) bool {
	if text[0] != 'A' && text[0] != 'I' {
		return false
	}
	for _, keyword := range [...]string{"Audit Failure", "Audit Success"} {
		c := Cursor{text: text}
		if c.Lit(keyword) && c.pos < len(text) && (text[c.pos] == ',' || text[c.pos] == '\t') {
			return true
		}
	}
	// The System log's rows begin with the level.
	rest, ok := strings.CutPrefix(text, "Information")
	return ok && rest != "" && (rest[0] == ',' || rest[0] == '\t') && (strings.Contains(rest, "Service Control Manager") || strings.Contains(rest, "Microsoft-Windows-Eventlog"))
}

// isOldWinRow tells a row of the old Event Viewer: date, time, source, type, category, number, user,
// computer, text.
func isOldWinRow(text string) bool {
	if !isDigit(text[0]) {
		return false
	}
	i := 1
	for i < min(len(text), 12) && text[i] != '\t' && text[i] != ',' {
		i++
	}
	if i < 6 || i > 10 || strings.Trim(text[:i], "0123456789/.-") != "" {
		return false
	}
	for _, kind := range [...]string{"Failure", "Success"} {
		if at := strings.Index(text, kind); at >= 0 {
			c := Cursor{text: text, pos: at + len(kind)}
			return c.Lit(" Audit")
		}
	}
	return false
}

func isWinHeader(text string) bool {
	for _, first := range [...]string{"Keywords", "Level"} {
		if rest, ok := strings.CutPrefix(text, first); ok && len(rest) > 1 && (rest[0] == ',' || rest[0] == '\t') {
			return strings.HasPrefix(rest[1:], "Date and Time")
		}
	}
	return false
}

// fromText reads "Label: value" lines down to the description, and that.
func (r *winRecord) fromText(text string, ev *analysis.Event, clock *Clock) error {
	head, description, ok := strings.Cut(text, "Description:")
	if !ok {
		head, description = text, ""
	}
	field := func(label string) string {
		for at := 0; ; {
			i := strings.Index(head[at:], label)
			if i < 0 {
				return ""
			}
			at += i
			if start := strings.LastIndexByte(head[:at], '\n') + 1; strings.TrimSpace(head[start:at]) == "" {
				value, _, _ := strings.Cut(head[at+len(label):], "\n")
				return strings.TrimSpace(value)
			}
			at += len(label)
		}
	}
	id, err := strconv.Atoi(field("Event ID:"))
	if err != nil {
		return winBroken("the event has no number")
	}
	r.id, r.channel, r.computer = id, field("Log Name:"), field("Computer:")
	r.provider = field("Event Source:")
	if r.provider == "" {
		r.provider = field("Source:")
	}
	r.failure = strings.Contains(field("Keywords:")+field("Keyword:")+field("Event Type:"), "Fail")
	stamp := field("Date:")
	if clockTime := field("Time:"); clockTime != "" {
		stamp += " " + clockTime
	}
	if err := winTime(stamp, ev, clock); err != nil {
		return err
	}
	description, _, _ = strings.Cut(description, "\nEvent Xml:")
	r.data = described(description)
	return nil
}

// fromRow reads a row of Event Viewer's text or CSV.
func (r *winRecord) fromRow(text string, ev *analysis.Event, clock *Clock) error {
	sep := byte(',')
	if i := strings.IndexAny(text, ",\t"); i > 0 {
		sep = text[i]
	}
	f := splitRow(text, sep)
	if len(f) < 5 {
		return winBroken("the row has too few columns")
	}
	r.failure, r.provider = f[0] == "Audit Failure", f[2]
	id, err := strconv.Atoi(f[3])
	if err != nil {
		return winBroken("the event has no number")
	}
	r.id = id
	if err := winTime(f[1], ev, clock); err != nil {
		return err
	}
	if len(f) > 5 {
		r.data = described(strings.Join(f[5:], " "))
	}
	return nil
}

func (r *winRecord) fromOldRow(text string, ev *analysis.Event, clock *Clock) error {
	sep := byte('\t')
	if strings.IndexByte(text, '\t') < 0 {
		sep = ','
	}
	f := splitRow(text, sep)
	if len(f) < 9 || f[2] != "Security" || f[3] != "Failure Audit" && f[3] != "Success Audit" {
		return ErrNotMine
	}
	r.failure, r.provider, r.computer = f[3] == "Failure Audit", f[2], f[7]
	id, err := strconv.Atoi(f[5])
	if err != nil {
		return winBroken("the event has no number")
	}
	r.id = id
	if err := winTime(f[0]+" "+f[1], ev, clock); err != nil {
		return err
	}
	r.data = described(strings.Join(f[8:], " "))
	return nil
}

// fromExportedRow reads a row of Export-Csv under the names of its first row.
func (s *winState) fromExportedRow(text string, r *winRecord, ev *analysis.Event, clock *Clock) error {
	f := splitRow(text, ',')
	column := func(name string) int {
		for i, c := range s.columns {
			if strings.EqualFold(c, name) {
				return i
			}
		}
		return -1
	}
	header := 0
	for _, name := range f {
		switch name {
		case "Id", "TimeCreated", "Message":
			header++
		}
	}
	if header == 3 {
		s.columns = make([]string, len(f))
		for i, name := range f {
			s.columns[i] = strings.Clone(name)
		}
		return ErrNotEvent
	}
	if s.columns == nil {
		return ErrNotMine
	}
	if len(f) != len(s.columns) {
		return winBroken("the number of columns differs from that of the first row")
	}
	get := func(name string) string {
		if i := column(name); i >= 0 {
			return f[i]
		}
		return ""
	}
	id, err := strconv.Atoi(get("Id"))
	if err != nil {
		return winBroken("the event has no number")
	}
	r.id, r.provider, r.channel, r.computer = id, get("ProviderName"), get("LogName"), get("MachineName")
	r.failure = strings.Contains(get("KeywordsDisplayNames"), "Failure") || get("Keywords") == "-9218868437227405312"
	if err := winTime(get("TimeCreated"), ev, clock); err != nil {
		return err
	}
	r.data = described(get("Message"))
	return nil
}

// splitRow divides a row at sep, with quotes as RFC 4180 has them.
func splitRow(text string, sep byte) []string {
	var f []string
	for {
		text = strings.TrimLeft(text, " ")
		if strings.HasPrefix(text, `"`) {
			var value strings.Builder
			rest := text[1:]
			for {
				i := strings.IndexByte(rest, '"')
				if i < 0 {
					value.WriteString(rest)
					rest = ""
					break
				}
				value.WriteString(rest[:i])
				if rest = rest[i+1:]; !strings.HasPrefix(rest, `"`) {
					break
				}
				value.WriteByte('"')
				rest = rest[1:]
			}
			f = append(f, value.String())
			i := strings.IndexByte(rest, sep)
			if i < 0 {
				return f
			}
			text = rest[i+1:]
			continue
		}
		i := strings.IndexByte(text, sep)
		if i < 0 {
			return append(f, strings.TrimSpace(text))
		}
		f = append(f, strings.TrimSpace(text[:i]))
		text = text[i+1:]
	}
}

// winSections are the headings within a description under which the same labels mean another account.
var winSections = map[string]string{
	"Subject": "subject", "Account For Which Logon Failed": "target", "New Logon": "target", "Account Information": "target",
	"Account That Was Locked Out": "target", "New Account": "target", "Target Account": "target", "Account Whose Credentials Were Used": "target",
	"Member": "member", "Group": "group", "Process Information": "other", "Network Information": "network", "Failure Information": "network",
	"Detailed Authentication Information": "other", "Additional Information": "network", "Service Information": "other", "Session": "network",
	"Application Information": "other", "Filter Information": "other", "Share Information": "other", "Logon Information": "network",
	"Target Server": "other", "Task Information": "other", "Attributes": "other", "Changed Attributes": "other", "User Account Created": "target", "Logon Failure": "target",
	"Successful Logon": "target", "Successful Network Logon": "target", "User Account Locked Out": "target", "Pre-authentication failed": "target",
}

// winLabels are the labels that are read, by the name of the datum.
var winLabels = map[string]string{
	"Account Name": "@", "Logon Type": "LogonType", "Status": "Status", "Sub Status": "SubStatus", "Failure Reason": "Reason", "Reason": "Reason",
	"Workstation Name": "WorkstationName", "Source Workstation": "WorkstationName", "Caller Computer Name": "WorkstationName",
	"Caller Machine Name": "WorkstationName", "Client Name": "WorkstationName", "Source Network Address": "IpAddress", "Client Address": "IpAddress",
	"Source Address": "IpAddress", "Source Port": "IpPort", "Client Port": "IpPort", "Failure Code": "Status", "Result Code": "Status",
	"Error Code": "Status", "User Name": "TargetUserName", "Logon Account": "TargetUserName", "Logon account": "TargetUserName",
	"Target Account Name": "TargetUserName", "New Account Name": "TargetUserName", "Destination Address": "DestAddress",
	"Destination Port": "DestPort", "Protocol": "Protocol", "Direction": "Direction", "Service Name": "ServiceName", "Task Name": "TaskName", "Group Name": "GroupName",
	"Member Name": "MemberName", "Member ID": "MemberSid", "Client User Name": "SubjectUserName",
	// 681 is a sentence.
	"The logon to account": "TargetUserName", "from workstation": "WorkstationName", "The error code was": "Status", "by": "",
	// Labels that only end the value before them.
	"Security ID": "", "Account Domain": "", "Logon ID": "", "Domain": "", "Logon Process": "", "Authentication Package": "", "Caller User Name": "",
	"Caller Domain": "", "Caller Logon ID": "", "Caller Process ID": "", "Caller Process Name": "", "Transited Services": "", "Package Name": "",
	"Key Length": "", "User ID": "", "Pre-Authentication Type": "", "Pre-authentication Type": "", "Target Account ID": "", "Target Domain": "",
	"New Account ID": "", "New Domain": "", "Privileges": "", "Ticket Options": "", "Service File Name": "ServiceFileName", "Service Type": "ServiceType", "Service Start Type": "",
	"Service Account": "", "Process Name": "", "Process ID": "", "Application Name": "", "Primary User Name": "",
	"Client Domain": "", "Primary Domain": "", "Share Name": "", "Elevated Token": "", "Linked Logon ID": "", "Logon GUID": "",
	"Session Name": "", "Task Content": "",
}

// described reads the labels and values of a description. Where it kept its lines, a label begins one and a
// value ends with it; where an export made one line of it, a value ends at the next label, and of an
// address that is there twice the last one counts, because what stands before it can be the client's.
func described(text string) map[string]string {
	data := map[string]string{}
	section := "target"
	oneLined := !strings.Contains(text, "\n")
	key, from, line := "", 0, 0 // where the value and the line begin
	keep := func(end int) {
		if key == "" {
			return
		}
		value := strings.TrimSuffix(strings.TrimSpace(text[from:end]), " failed.")
		if value == "" || value == "-" {
			return
		}
		if _, have := data[key]; !have || oneLined {
			data[key] = value
		}
	}
	for p := 0; p < len(text); p++ {
		if text[p] == '\n' {
			keep(p)
			key, line = "", p+1
			continue
		}
		if text[p] != ':' {
			continue
		}
		label, start := labelBefore(text, line, p, oneLined)
		if label == "" {
			continue
		}
		keep(start)
		key, from = "", p+1
		if s, ok := winSections[label]; ok {
			section = s
			continue
		}
		if key = winLabels[label]; key == "@" {
			key = map[string]string{"subject": "SubjectUserName", "target": "TargetUserName", "network": "TargetUserName", "member": "MemberName", "group": "GroupName"}[section]
		}
	}
	keep(len(text))
	return data
}

// labelBefore is the longest known label that ends at p, and where it starts; the line begins at line.
func labelBefore(text string, line, p int, oneLined bool) (label string, start int) {
	words := 0
	for i := p - 1; i >= line && p-i < 48 && words < 6; i-- {
		if text[i] != ' ' && text[i] != '\t' && text[i] != '.' && i > 0 {
			continue
		}
		at := i + 1
		if i == 0 && text[i] != ' ' && text[i] != '\t' {
			at = 0
		}
		words++
		if isWinLabel(text[at:p]) {
			label, start = text[at:p], at
		}
	}
	if p-line < 48 && isWinLabel(text[line:p]) {
		label, start = text[line:p], line
	}
	if label != "" && !oneLined && strings.TrimLeft(text[line:start], " \t") != "" {
		return "", 0
	}
	return label, start
}

func isWinLabel(s string) bool {
	if _, ok := winLabels[s]; ok {
		return true
	}
	_, ok := winSections[s]
	return ok
}

// event reads an event by its number.
func (r *winRecord) event(ev *analysis.Event) error {
	ev.Host = r.computer
	d := r.data
	system := strings.Contains(r.provider, "Service Control Manager") || r.id == 104 || r.id == 1102
	if r.provider != "" && !system && r.provider != "Security" && !strings.EqualFold(r.provider, "Microsoft-Windows-Security-Auditing") {
		return ErrUnknown
	}
	ev.User, ev.Other = d["TargetUserName"], d["SubjectUserName"]
	ev.Action = analysis.ActionInfo
	switch r.id {
	case 4625, 529, 530, 531, 532, 533, 534, 535, 536, 537, 539, 4825, 681:
		r.peer(ev)
		r.failed(ev)
	case 4771, 675, 676:
		r.peer(ev)
		r.failed(ev)
		ev.Service, ev.Handshake = "kerberos", analysis.HandshakeUnknown // mostly over UDP
	case 4768, 672:
		r.peer(ev)
		if r.succeeded() {
			return ErrNotEvent
		}
		r.failed(ev)
		ev.Service, ev.Handshake = "kerberos", analysis.HandshakeUnknown
	case 4776, 680:
		if r.succeeded() {
			return ErrNotEvent
		}
		r.peer(ev)
		r.failed(ev)
	case 4624, 528, 540, 4778:
		if r.peer(ev); ev.Source == (analysis.Endpoint{}) || !isPerson(ev.User) {
			return ErrNotEvent // services, the machine itself, and somebody at its keyboard
		}
		ev.Action, ev.Tries, ev.Context = analysis.ActionAllowed, analysis.TriesSession, true
		if ev.Source.IP.IsValid() {
			ev.Handshake = analysis.HandshakeCompleted
		}
	case 4648, 552, 4779, 683, 5140, 5145:
		if r.peer(ev); ev.Source == (analysis.Endpoint{}) {
			return ErrNotEvent
		}
		ev.Context = true
	case 4740, 644:
		if ev.Source.Name = hostName(d["WorkstationName"], ""); ev.Source.Name == "" {
			ev.Source.Name = hostName(d["TargetDomainName"], "") // so named in the event's data
		}
		ev.Source.Name = strings.TrimLeft(ev.Source.Name, `\`)
		ev.Signature, ev.Context = "account locked out", true
	case 4720, 624:
		ev.Signature = "account created"
	case 4728, 4732, 4756, 632, 636, 660:
		group := d["GroupName"]
		if group == "" {
			group = d["TargetUserName"]
		}
		ev.User = d["MemberName"]
		if ev.User == "" {
			ev.User = d["MemberSid"]
		}
		if ev.Signature = "added to the group " + group; !isPrivileged(group, d["TargetSid"]) {
			ev.Context = true
		} else {
			ev.Signature = "added to the privileged group " + group
		}
	case 1102, 517, 104:
		ev.User, ev.Signature = d["SubjectUserName"], "log cleared"
	case 7045, 4697, 601:
		// Who installed it is not in 7045; installers work as the machine itself, and drivers come with every update.
		ev.User, ev.Signature = d["SubjectUserName"], "service installed: "+foldBlanks(d["ServiceName"])
		ev.Context = isDriver(d["ServiceType"]) || ev.User != "" && !isPerson(ev.User)
		if ev.Context {
			ev.User = ""
		}
	case 4698, 602:
		if !isPerson(d["SubjectUserName"]) {
			return ErrNotEvent // Windows makes tasks for itself all the time
		}
		ev.User, ev.Signature = d["SubjectUserName"], "scheduled task created: "+foldBlanks(d["TaskName"])
	case 4719, 612:
		ev.User, ev.Signature, ev.Context = "", "audit policy changed", true
	case 4722, 4723, 4724, 4725, 4726, 4738, 626, 627, 628, 629, 630, 642:
		ev.Signature, ev.Context = "account changed", true
	case 5152, 5157, 5156:
		return r.packet(ev)
	default:
		if isQuietWinEvent(r.id, system) {
			return ErrNotEvent
		}
		return ErrUnknown
	}
	ev.Message = r.summary(ev)
	return nil
}

// summary says in one line what the record says in many.
func (r *winRecord) summary(ev *analysis.Event) string {
	text := "event " + strconv.Itoa(r.id)
	for _, part := range [...]struct{ label, value string }{
		{"", ev.Signature}, {"file", foldBlanks(cmp.Or(r.data["ServiceFileName"], r.data["ImagePath"]))}, {"user", ev.User}, {"by", r.data["SubjectUserName"]}, {"logon type", r.data["LogonType"]},
		{"status", r.data["Status"]}, {"sub status", r.data["SubStatus"]},
	} {
		if part.value != "" {
			text += ", " + strings.TrimSpace(part.label+" "+part.value)
		}
	}
	return text
}

// isDriver reports whether the type of a service, in words or as a number, is that of a driver of the kernel or of a file system.
func isDriver(kind string) bool {
	switch kind {
	case "0x1", "0x2", "1", "2":
		return true
	}
	return strings.Contains(kind, "driver")
}

// peer reads who asked: an address, else the name that the client gave itself. What comes from the machine
// itself names nobody.
func (r *winRecord) peer(ev *analysis.Event) {
	address, _, _ := strings.Cut(r.data["IpAddress"], "%")
	if ip, ok := parseAddr(address); ok {
		if ip.IsLoopback() || ip.IsUnspecified() {
			return
		}
		ev.Source.IP = ip
		if port, err := strconv.ParseUint(r.data["IpPort"], 10, 16); err == nil && port > 1 {
			ev.Source.Port = uint16(port)
		}
	}
	name := strings.TrimLeft(r.data["WorkstationName"], `\`)
	if isHostName(name) && !strings.EqualFold(name, "LOCAL") && !sameMachine(name, r.computer) {
		ev.Source.Name = name
	}
	if ev.Proto = "tcp"; r.data["LogonType"] == "10" || r.id == 4778 || r.id == 4779 || r.id == 4825 {
		ev.Service = "rdp"
	}
}

// sameMachine reports whether a NetBIOS name is that of the machine that logs.
func sameMachine(name, computer string) bool {
	short, _, _ := strings.Cut(computer, ".")
	return strings.EqualFold(name, short)
}

func (r *winRecord) failed(ev *analysis.Event) {
	ev.Action, ev.Tries = analysis.ActionFailed, analysis.TriesSession
	if ev.Source.IP.IsValid() {
		ev.Handshake = analysis.HandshakeCompleted
	}
}

// succeeded reports whether the event says so by its status; the same numbers serve for both.
func (r *winRecord) succeeded() bool {
	status := r.data["Status"]
	if status == "" {
		return !r.failure
	}
	return strings.Trim(strings.TrimPrefix(status, "0x"), "0") == ""
}

// isPerson tells accounts that people log in with from those of machines and of the system.
func isPerson(user string) bool {
	upper := strings.ToUpper(user)
	switch upper {
	case "", "SYSTEM", "ANONYMOUS LOGON", "LOCAL SERVICE", "NETWORK SERVICE":
		return false
	}
	return !strings.HasSuffix(user, "$") && !strings.HasPrefix(upper, "DWM-") && !strings.HasPrefix(upper, "UMFD-")
}

// isPrivileged tells the groups that own a machine or a domain, by their well-known identifiers and their
// English and some other names (Microsoft, "Security identifiers").
func isPrivileged(group, sid string) bool {
	switch sid {
	case "S-1-5-32-544", "S-1-5-32-548", "S-1-5-32-549", "S-1-5-32-551", "S-1-5-32-555":
		return true
	}
	if strings.HasPrefix(sid, "S-1-5-21-") && (strings.HasSuffix(sid, "-512") || strings.HasSuffix(sid, "-518") || strings.HasSuffix(sid, "-519")) {
		return true
	}
	lower := strings.ToLower(group)
	for _, word := range [...]string{"admin", "account operators", "server operators", "backup operators", "remote desktop users"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// packet reads what the Windows Filtering Platform blocked (5152, 5157) or let in (5156).
func (r *winRecord) packet(ev *analysis.Event) error {
	var p packet
	p.icmpType = -1
	src, ok1 := parseAddr(r.data["IpAddress"])
	dst, ok2 := parseAddr(r.data["DestAddress"])
	if !ok1 || !ok2 {
		return winBroken("the addresses cannot be read")
	}
	p.src.IP, p.dst.IP = src, dst
	setPort(&p.src, r.data["IpPort"])
	setPort(&p.dst, r.data["DestPort"])
	p.proto = protocol(r.data["Protocol"])
	p.syn = p.proto == "tcp" // it judges what opens a connection
	if p.proto == "icmp" || p.proto == "icmp6" {
		p.src.Port, p.dst.Port = 0, 0
	}
	ev.User = ""
	if ev.Action = analysis.ActionBlocked; r.id == 5156 {
		ev.Action = analysis.ActionAllowed
	}
	direction := r.data["Direction"]
	p.filtered(ev, direction != "Inbound" && direction != "%%14592")
	ev.Message = r.summary(ev)
	return nil
}

// isQuietWinEvent tells events whose meaning is known and that are daily work: log-offs, privileges that
// go with a log-on, processes and handles, tickets, starts and stops of the system and its services.
func isQuietWinEvent(id int, system bool) bool {
	if system {
		return id == 7036 || id == 7040 || id == 7035
	}
	switch id {
	case 4608, 4609, 4610, 4611, 4614, 4615, 4616, 4622, 4634, 4647, 4627, 4656, 4658, 4660, 4661, 4662, 4663, 4670, 4672, 4673, 4674, 4688, 4689,
		4690, 4695, 4696, 4699, 4700, 4701, 4702, 4703, 4704, 4705, 4717, 4718, 4727, 4729, 4730, 4731, 4733, 4734, 4735, 4737, 4739, 4741, 4742,
		4743, 4754, 4755, 4757, 4758, 4767, 4769, 4770, 4781, 4798, 4799, 4800, 4801, 4802, 4803, 4826, 4902, 4904, 4905, 4907, 4908, 4944, 4945, 4946,
		4947, 4948, 4956, 4957, 5024, 5033, 5056, 5058, 5059, 5061, 5154, 5158, 5379, 5382, 5447, 5449, 6416,
		512, 513, 514, 515, 518, 520, 538, 551, 560, 562, 564, 567, 576, 577, 578, 592, 593, 600, 615, 673, 674, 677, 682, 806, 807, 848, 849, 850, 851:
		return true
	}
	return false
}

// fromWinTime is for JSON, whose stamps are text or numbers.
func fromWinTime(v any, ev *analysis.Event, clock *Clock) error {
	switch v := v.(type) {
	case string:
		return winTime(v, ev, clock)
	case float64:
		// NXLog: microseconds or seconds since 1970.
		if v > 1e14 {
			v /= 1e6
		} else if v > 1e11 {
			v /= 1e3
		}
		if v <= 0 || v > 1<<36 { // the year 4147: RFC 3339 has none after 9999
			return winBroken("the time cannot be read")
		}
		ev.Time, _ = clock.Instant(time.UnixMicro(int64(v * 1e6)))
		return nil
	}
	return winBroken("the event has no time")
}

// parseOSSEC reads what the agents of OSSEC and Wazuh made of an event of Windows: "Security: AUDIT_FAILURE(4625):
// Microsoft-Windows-Security-Auditing: user: domain: computer: text", on one line.
func parseOSSEC(c *Cursor, ev *analysis.Event) error {
	f := strings.SplitN(c.Rest(), ": ", 7)
	if len(f) < 7 {
		return ErrNotMine
	}
	verdict, number, _ := strings.Cut(f[1], "(")
	id, err := strconv.Atoi(strings.TrimSuffix(number, ")"))
	if err != nil {
		return ErrNotMine
	}
	r := winRecord{id: id, channel: f[0], provider: f[2], failure: verdict == "AUDIT_FAILURE", computer: f[5], data: described(f[6])}
	ev.Program, ev.PID, ev.Session = "", 0, 0
	return r.event(ev)
}

// parseSnare reads the columns of Snare for Windows: criticality, log, count, time, number, source, user, kind of
// user, result, computer, category, data, text, and the count again.
func parseSnare(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if ev.Program != "MSWinEventLog" {
		return ErrNotMine
	}
	f := strings.Split(c.Rest(), "\t")
	if len(f) < 13 {
		return ErrNotMine
	}
	id, err := strconv.Atoi(f[4])
	if err != nil {
		return winBroken("the event has no number")
	}
	r := winRecord{id: id, channel: f[1], provider: f[5], failure: f[8] == "Failure Audit", computer: f[9], data: described(f[12])}
	stamp := Cursor{text: f[3] + " "}
	at := ev.Time
	if stamp.ctime(clock, ev) != nil {
		ev.Time = at // the line's own
	}
	ev.Program, ev.PID, ev.Session = "", 0, 0
	return r.event(ev)
}

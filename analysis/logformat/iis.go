package logformat

import (
	"strconv"
	"strings"

	"practicum/analysis"
)

// iis is the extended log of Microsoft's Internet Information Services (W3C Extended Log File Format):
// columns divided by blanks, named by a "#Fields:" line that can come again in the middle of a file.
// Times are UTC. Where blanks stood in a value the log has plus signs.
var iis = Format{
	Name:       "iis",
	Title:      "Microsoft IIS (W3C extended log)",
	Recognised: `rows under a "#Fields:" line with date, time, c-ip and cs-method`,
	Carrier:    CarrierNone,
	Leads:      "#" + decimals,
	After:      "-",
	Starts:     startsIIS,
	New: func(clock *Clock) Parser {
		s := &iisState{}
		return func(c *Cursor, ev *analysis.Event) error { return s.parse(c, ev, clock) }
	},
}

func startsIIS(text string) bool {
	if strings.HasPrefix(text, "#") {
		key, value, _ := strings.Cut(text, ":")
		value = foldBlanks(value)
		switch key {
		case "#Software":
			return isIIS(value)
		case "#Date", "#Version":
			return true
		case "#Fields":
			return strings.Contains(value, " cs-method") && strings.Contains(value, " c-ip")
		}
		return false
	}
	if len(text) < len("2018-01-01 08:09:10 ") || decimalsOf(text) != 4 || text[4] != '-' || text[7] != '-' || text[10] != ' ' {
		return false
	}
	c := Cursor{text: text, pos: 10}
	c.Blanks()
	if _, _, _, ok := c.timeOfDay(); !ok || !c.Lit(" ") {
		return false
	}
	// A request has a method and a path, which no other row of these columns has.
	for _, method := range [...]string{"GET ", "POST ", "HEAD ", "OPTIONS ", "PUT ", "SEARCH ", "PROPFIND ", "DELETE ", "TRACE ", "CONNECT ", "TRACK "} {
		i := strings.Index(text, method)
		if i <= 0 || !isBlank(text[i-1]) {
			continue
		}
		path := strings.TrimLeft(text[i+len(method):], " ")
		if strings.HasPrefix(path, "/") || strings.HasPrefix(path, "*") || strings.HasPrefix(path, "- ") {
			return true
		}
	}
	return false
}

// isIIS tells the name of the software in a header.
func isIIS(software string) bool {
	return strings.HasPrefix(strings.TrimSpace(software), "Microsoft Internet Information")
}

// iisState is the columns that the header names, and whether it has named IIS.
type iisState struct {
	fields []string
	named  bool
	logins webLogins
}

// iisDefaults are the columns of the versions 6.0 to 10, for a file whose header was lost, told apart by
// their number.
var iisDefaults = columnsOf(
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
)

func columnsOf(lists ...string) (columns [][]string) {
	for _, list := range lists {
		columns = append(columns, strings.Fields(list))
	}
	return columns
}

// iisGuess names the columns of a site's own choice whose header was lost, by what they hold: the method with
// the path and the query behind it, the port, the user and the client's address, and the three numbers of the
// result. It is nil where these are not there.
func iisGuess(columns []string) []string {
	fields := make([]string, len(columns))
	fields[0], fields[1] = "date", "time"
	method := 0
	for i := 2; i < len(columns) && i < 7 && method == 0; i++ {
		if isHTTPMethod(columns[i]) {
			method = i
		}
	}
	if method == 0 || method+6 >= len(columns) {
		return nil
	}
	var e analysis.Endpoint
	if _, ok := parseAddr(columns[method+5]); !ok || !setPort(&e, columns[method+3]) {
		return nil
	}
	if _, ok := parseAddr(columns[method-1]); ok {
		fields[method-1] = "s-ip"
	}
	for i, name := range [...]string{"cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"} {
		fields[method+i] = name
	}
	next := method + 6
	if strings.HasPrefix(columns[next], "HTTP/") {
		next++
	}
	if next < len(columns) {
		fields[next] = "cs(User-Agent)"
	}
	for i := next + 1; i+2 < len(columns); i++ {
		if len(columns[i]) == 3 && isNumbers(columns[i:i+3]) {
			fields[i], fields[i+1], fields[i+2] = "sc-status", "sc-substatus", "sc-win32-status"
			return fields
		}
	}
	return nil
}

func isNumbers(words []string) bool {
	for _, w := range words {
		if w == "" || !isDigits(w) {
			return false
		}
	}
	return true
}

func isHTTPMethod(word string) bool {
	switch word {
	case "GET", "POST", "HEAD", "OPTIONS", "PUT", "SEARCH", "PROPFIND", "DELETE", "TRACE", "CONNECT", "TRACK", "PATCH", "DEBUG":
		return true
	}
	return false
}

// iisTogether puts a query or a path with blanks in it together again: IIS logs those of the kernel's own answers as
// they came. What stands before and behind has its number of columns.
func iisTogether(columns, fields []string) []string {
	extra := len(columns) - len(fields)
	for at, name := range fields {
		if name != "cs-uri-query" && name != "cs-uri-stem" {
			continue
		}
		joined := append(append(append([]string{}, columns[:at]...), strings.Join(columns[at:at+extra+1], " ")), columns[at+extra+1:]...)
		fits := true
		for i, field := range fields {
			switch field {
			case "c-ip":
				client, _, _ := strings.Cut(joined[i], "%")
				_, ok := parseAddr(client)
				fits = fits && ok
			case "s-port", "sc-status", "sc-win32-status":
				fits = fits && isNumbers(joined[i:i+1])
			}
		}
		if fits {
			return joined
		}
	}
	return columns
}

func (s *iisState) parse(c *Cursor, ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if strings.HasPrefix(text, "#") {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		switch key, value, _ := strings.Cut(text, ":"); key {
		case "#Fields":
			s.fields = strings.Fields(strings.Clone(value))
		case "#Software":
			s.named = true
		case "#Version":
			if !s.named {
				return ErrNotMine // Windows' firewall says it too, and first of all
			}
		}
		return ErrNotEvent
	}
	var room [40]string
	columns := appendFields(room[:0], text)
	fields := s.fields
	if fields == nil {
		for _, list := range iisDefaults {
			if len(list) == len(columns) {
				fields = list
			}
		}
		if fields == nil {
			fields = iisGuess(columns)
		}
	} else if len(columns) > len(fields) {
		columns = iisTogether(columns, fields)
	}
	if len(columns) != len(fields) {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		return &SyntaxError{"iis", "the number of columns differs from the header's"}
	}
	get := func(name string) string {
		for i, field := range fields {
			if field == name && columns[i] != "-" {
				return columns[i]
			}
		}
		return ""
	}
	if get("cs-method") == "" {
		return ErrNotMine
	}
	t, n, ok := isoTime(columns[0]+"T"+columns[1]+"Z ", clock)
	if n == 0 || !ok {
		return &SyntaxError{"iis", "the date does not exist"}
	}
	ev.Time = t
	client, _, _ := strings.Cut(get("c-ip"), "%") // the zone of an IPv6 address is a number of the server's
	if ip, ok := parseAddr(client); ok {
		ev.Source.IP = ip
	} else if isHostName(client) {
		ev.Source.Name = client
	} else {
		return &SyntaxError{"iis", "the client's address cannot be read"}
	}
	server, _, _ := strings.Cut(get("s-ip"), "%")
	ev.Target.IP, _ = parseAddr(server)
	setPort(&ev.Target, get("s-port"))
	ev.User, ev.Service, ev.Proto, ev.Action = get("cs-username"), "http", "tcp", analysis.ActionInfo
	if ev.Target.Port == 443 {
		ev.Service = "https"
	}
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	// In the words of the common log, which rules read.
	target := get("cs-uri-stem")
	if query := get("cs-uri-query"); query != "" {
		target += "?" + query
	}
	status := get("sc-status")
	if status == "" {
		status = "-"
	}
	ev.Message = `"` + get("cs-method") + " " + target + `" ` + status + ` - "` + get("cs(Referer)") + `" "` + get("cs(User-Agent)") + `"`
	answer, _ := strconv.Atoi(status)
	s.logins.answered(ev, answer)
	return nil
}

package logformat

import (
	"strconv"
	"strings"

	"practicum/analysis"
)

// blackICE is attack-list.csv of BlackICE Defender and PC Protection. The columns are those of the vendor's
// article q000018: severity, time in GMT, number and name of the issue, address and name of the intruder,
// address and name of the victim, parameters, count; more may follow. No whole real file was at hand, so
// the order is the article's and everything else is read with care: names can hold commas, so the two
// addresses divide the row. The time is that of the last of count occurrences.
//
//	39, 2000-04-05 21:06:12, 2003102, TCP port probe, A, name, B, name, port=1080, 3
var blackICE = Format{
	Name:       "blackice",
	Title:      "BlackICE (attack-list.csv)",
	Recognised: `rows of a severity, "yyyy-mm-dd hh:mm:ss", a number, a name and two addresses, divided by commas`,
	Carrier:    CarrierNone,
	FreeText:   true,
	Leads:      "sS" + decimals,
	After:      " \t,",
	Starts:     startsBlackICE,
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseBlackICE(c, ev, clock) }
	},
}

func startsBlackICE(text string) bool {
	if text == "" || !isDigit(text[0]) {
		return hasPrefixFold(text, "severity,") && strings.Contains(strings.ToLower(text), "issueid")
	}
	c := Cursor{text: text}
	if n, ok := c.Number(99); !ok || n == 0 {
		return false
	}
	if !c.comma() || len(c.Rest()) < len("2000-04-05 21:06:12,") || c.text[c.pos+4] != '-' || c.text[c.pos+7] != '-' {
		return false
	}
	return strings.Count(text, ",") >= 7
}

// comma moves past a comma and the blanks behind it.
func (c *Cursor) comma() bool {
	c.Blanks()
	if c.pos == len(c.text) || c.text[c.pos] != ',' {
		return false
	}
	c.pos++
	c.Blanks()
	return true
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func parseBlackICE(c *Cursor, ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if _, typeset := untypeset(text); typeset {
		return ErrNotMine // to be read as it was before
	}
	if !isDigit(text[0]) {
		return ErrNotEvent
	}
	bad := func(msg string) error {
		if _, decorated := undecorateEnd(text); decorated {
			return ErrNotMine
		}
		return &SyntaxError{"blackice", msg}
	}
	f := splitRow(text, ',')
	t, n, ok := deviceTime(foldBlanks(f[1])+"Z", clock)
	if n == 0 {
		return ErrNotMine
	}
	if !ok {
		return bad("the date does not exist")
	}
	if _, err := strconv.Atoi(f[2]); err != nil {
		return ErrNotMine
	}
	var at [2]int // of the addresses
	found := 0
	for i := 3; i < len(f) && found < 2; i++ {
		ip, ok := parseAddr(f[i])
		if !ok {
			continue
		}
		if at[found] = i; found == 0 {
			ev.Source.IP = ip
		} else {
			ev.Target.IP = ip
		}
		found++
	}
	if found < 2 || at[0] < 4 {
		return bad("the addresses cannot be read")
	}
	ev.Time, ev.Message, ev.Action = t, text, analysis.ActionInfo
	ev.Signature = foldBlanks(strings.Join(f[3:at[0]], ","))
	if name := hostName(strings.Join(f[at[0]+1:at[1]], ","), f[at[0]]); isHostName(name) {
		ev.Source.Name = name
	}
	rest := f[at[1]+1:]
	if len(rest) > 0 && isHostName(rest[0]) {
		ev.Host = rest[0]
	}
	// The count is the first number behind the parameters, which hold an equals sign.
	for i := 1; i < len(rest); i++ {
		if count, err := strconv.Atoi(rest[i]); err == nil && count > 0 {
			ev.Count = count
			break
		}
		for _, pair := range strings.Split(rest[i], "&") {
			if value, ok := strings.CutPrefix(strings.TrimSpace(pair), "port="); ok && ev.Target.Port == 0 {
				setPort(&ev.Target, value)
			}
		}
	}
	ev.Tries = analysis.TriesConnection
	switch {
	case strings.HasPrefix(ev.Signature, "TCP"):
		ev.Proto = "tcp"
	case strings.HasPrefix(ev.Signature, "UDP"):
		ev.Proto = "udp"
	case strings.HasPrefix(ev.Signature, "ICMP"):
		ev.Proto = "icmp"
	}
	return nil
}

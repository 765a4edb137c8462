package logformat

import (
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// cef is ArcSight's Common Event Format, an envelope that many devices write, in syslog or by itself:
//
//	CEF:0|vendor|product|version|id|name|severity|src=A spt=1 dst=B dpt=22 proto=TCP act=blocked rt=1762428762000 …
//
// The device's name for the event is what its maker chose, and no rule of ours knows all makers: what it says
// it blocked is a packet that was blocked, an intrusion that it names is an alert, and all else is context.
var cef = Format{
	Name:       "cef",
	Title:      "Common Event Format (CEF)",
	Recognised: `"CEF:0|vendor|product|version|id|name|severity|", also in syslog`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      "C<",
	Starts:     func(text string) bool { return strings.HasPrefix(afterPriority(text), "CEF:") },
	New: func(clock *Clock) Parser {
		var extension fieldTable
		return func(c *Cursor, ev *analysis.Event) error {
			text := afterPriority(c.Rest())
			if c.pos > 0 && ev.Program != "CEF" {
				return ErrOtherProgram
			}
			return parseCEF(strings.TrimLeft(strings.TrimPrefix(text, "CEF:"), " "), ev, clock, &extension)
		}
	},
}

func parseCEF(text string, ev *analysis.Event, clock *Clock, m *fieldTable) error {
	if _, typeset := untypeset(text); typeset && strings.Contains(text, "\u00a0") {
		return ErrNotMine // to be read as it was before
	}
	head, rest, ok := cefHead(text)
	if !ok {
		return ErrNotMine
	}
	m.cefExtension(rest)
	ev.Program, ev.PID, ev.Session = "", 0, 0
	ev.Message, ev.Action, ev.Context = text, analysis.ActionInfo, true
	if ev.Time.IsZero() && !cefTime(m, ev, clock) {
		return brokenUnless("cef", text, "the record has no time that can be read (rt, start, end)")
	}
	if ev.Host == "" {
		ev.Host = m.of("dvchost")
	}
	ev.Source.IP, _ = parseAddr(m.of("src"))
	ev.Target.IP, _ = parseAddr(m.of("dst"))
	setPort(&ev.Source, m.of("spt"))
	setPort(&ev.Target, m.of("dpt"))
	ev.Proto = protocol(m.of("proto"))
	ev.Count = stated(m.of("cnt"))
	name, act := foldBlanks(head[5]), strings.ToLower(m.of("act"))
	if !ev.Source.IP.IsValid() {
		return nil
	}
	blocked := strings.Contains(act, "block") || strings.Contains(act, "drop") || strings.Contains(act, "deny") || strings.Contains(act, "denied") || strings.Contains(act, "reject") ||
		act == "" && strings.HasSuffix(strings.ToLower(name), "blocked")
	if signature := foldBlanks(m.of("UNIFIipsSignature")); signature != "" {
		name = signature
	}
	lower := strings.ToLower(head[4] + " " + name + " " + m.of("cat") + " " + m.of("UNIFIsubCategory"))
	switch {
	case strings.Contains(lower, "intrusion"), strings.Contains(lower, "threat"), strings.Contains(lower, "attack"):
		ev.Signature, ev.Context, ev.Tries = name, false, analysis.TriesConnection
		if blocked {
			ev.Action = analysis.ActionBlocked
		}
	case blocked && ev.Target.IP.IsValid():
		p := packet{src: ev.Source, dst: ev.Target, proto: ev.Proto, icmpType: -1, syn: ev.Proto == "tcp"}
		ev.Action, ev.Context = analysis.ActionBlocked, false
		p.filtered(ev, m.of("deviceDirection") == "1" || outgoing(p.src.IP, p.dst.IP))
	}
	return nil
}

// cefHead divides the seven fields of the header at bars that no backslash stands before.
func cefHead(text string) (head [7]string, rest string, ok bool) {
	for i := range head {
		end := 0
		for end < len(text) && text[end] != '|' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(text) {
			return head, "", false
		}
		head[i], text = text[:end], text[end+1:]
	}
	_, err := strconv.Atoi(strings.TrimSpace(head[0]))
	return head, text, err == nil
}

// cefExtension reads key=value fields whose values hold blanks and end where the next key begins.
func (t *fieldTable) cefExtension(text string) {
	t.clear()
	key, from := "", 0
	for p := 0; p < len(text); p++ {
		if text[p] == '\\' {
			p++
			continue
		}
		if text[p] != '=' {
			continue
		}
		start := p
		for start > from && !isBlank(text[start-1]) {
			start--
		}
		if start == p || strings.IndexByte(text[start:p], '\\') >= 0 {
			continue
		}
		if key != "" {
			t.add(key, strings.TrimSpace(text[from:start]))
		}
		key, from = text[start:p], p+1
	}
	if key != "" {
		t.add(key, strings.TrimSpace(text[from:]))
	}
}

func cefTime(m *fieldTable, ev *analysis.Event, clock *Clock) bool {
	for _, key := range [...]string{"rt", "start", "end", "UNIFIutcTime"} {
		v := m.of(key)
		if v == "" {
			continue
		}
		number := Cursor{text: v}
		if n, ok := number.Number(1e14 - 1); ok && number.Done() && n > 1e11 {
			ev.Time, _ = clock.Instant(time.UnixMilli(int64(n)))
			return true
		}
		if t, n, ok := isoTime(v+" ", clock); n > 0 && ok {
			ev.Time = t
			return true
		}
		if isDigit(v[0]) {
			continue
		}
		for _, layout := range [...]string{"Jan 02 2006 15:04:05", "Jan 02 2006 15:04:05.000 MST", "Jan 02 2006 15:04:05 MST"} {
			if t, err := time.Parse(layout, v); err == nil {
				var ok bool
				if strings.HasSuffix(layout, "MST") && (strings.HasSuffix(v, "UTC") || strings.HasSuffix(v, "GMT")) {
					ev.Time, ok = clock.Instant(t)
				} else {
					ev.Time, ok = clock.Dated(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second())
				}
				return ok
			}
		}
	}
	return false
}

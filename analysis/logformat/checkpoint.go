package logformat

import (
	"strings"

	"practicum/analysis"
)

// checkPoint is what Check Point's Log Exporter sends of its firewalls, as the text form of RFC 5424 with fields of
// its own: [action:"Drop"; src:"A"; dst:"B"; proto:"17"; service:"161"; …]. The fields are those of "Log Fields
// Description" of R81.
var checkPoint = Format{
	Name:       "checkpoint",
	Title:      "Check Point",
	Recognised: `RFC 5424 with the program CheckPoint and fields [action:"…"; …]`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "CheckPoint" {
				return ErrOtherProgram
			}
			return parseCheckPoint(c, ev)
		}
	},
}

func parseCheckPoint(c *Cursor, ev *analysis.Event) error {
	i := strings.Index(c.text, " [")
	if i < 0 {
		return ErrNotMine
	}
	text := c.text[i+1:]
	field := func(key string) string {
		for _, before := range [...]string{"[", " ", ";"} {
			if _, rest, ok := strings.Cut(text, before+key+`:"`); ok {
				value, _, _ := strings.Cut(rest, `"`)
				return value
			}
		}
		return ""
	}
	action := field("action")
	if action == "" {
		return ErrNotMine
	}
	c.Mine()
	c.pos = len(c.text)
	ev.PID, ev.Session, ev.Message = 0, 0, text
	p := packet{icmpType: -1, proto: protocol(field("proto"))}
	src, dst := field("src"), field("dst")
	if src == "" {
		return ErrNotEvent // the device's own state
	}
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(src)
	p.dst.IP, ok2 = parseAddr(dst)
	if !ok1 || !ok2 && dst != "" {
		return &SyntaxError{"checkpoint", "the addresses cannot be read"}
	}
	setPort(&p.src, field("s_port"))
	setPort(&p.dst, field("service"))
	attack := field("attack")
	if attack == "" {
		attack = field("protection_name")
	}
	stopped := action == "Drop" || action == "Block" || action == "Reject" || action == "Prevent"
	switch {
	case attack != "":
		ev.Source, ev.Target, ev.Proto = p.src, p.dst, p.proto
		ev.Signature, ev.Tries, ev.Action = foldBlanks(attack), analysis.TriesConnection, analysis.ActionInfo
		if stopped {
			ev.Action = analysis.ActionBlocked
		}
	case stopped && p.proto != "" && ok2:
		ev.Action = analysis.ActionBlocked
		if p.syn = p.proto == "tcp"; p.proto == "icmp" || p.proto == "icmp6" {
			p.src.Port, p.dst.Port = 0, 0
			n := Cursor{text: field("icmp_type")}
			if t, ok := n.Number(255); ok {
				p.icmpType = t
			}
		}
		p.filtered(ev, outgoing(p.src.IP, p.dst.IP))
	default:
		ev.Source, ev.Target, ev.Proto, ev.Action, ev.Context = p.src, p.dst, p.proto, analysis.ActionInfo, true
	}
	return nil
}

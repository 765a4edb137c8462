package logformat

import (
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// vpcFlow is the flow log of Amazon's virtual networks in its default form (version 2). A record stands for the
// packets of a flow within a minute or ten; the time is that of its first.
//
//	2 123456789010 eni-0123456789abcdef0 A B 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK
var vpcFlow = Format{
	Name:       "vpcflow",
	Title:      "AWS VPC flow log (version 2)",
	Recognised: `fourteen columns: 2, an account, "eni-…", addresses, ports, protocol, counts, times, ACCEPT or REJECT`,
	Carrier:    CarrierNone,
	FreeText:   true,
	Leads:      "2v",
	After:      " \t",
	Starts: func(text string) bool {
		return strings.HasPrefix(text, "2 ") && strings.Contains(text, " eni-") || strings.HasPrefix(text, "version account-id interface-id")
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseVPCFlow(c, ev, clock) }
	},
}

func parseVPCFlow(c *Cursor, ev *analysis.Event, clock *Clock) error {
	text := c.Rest()
	if _, typeset := untypeset(text); typeset {
		return ErrNotMine // to be read as it was before
	}
	var room [16]string
	f := appendFields(room[:0], text)
	if f[0] == "version" {
		return ErrNotEvent
	}
	if len(f) != 14 {
		return ErrNotMine
	}
	if f[13] == "NODATA" || f[13] == "SKIPDATA" {
		return ErrNotEvent
	}
	start, err := strconv.ParseInt(f[10], 10, 64)
	if err != nil || start < 0 || start > 1<<36 {
		return brokenUnless("vpcflow", text, "the time cannot be read")
	}
	ev.Time, _ = clock.Instant(time.Unix(start, 0))
	ev.Message, ev.Host = text, f[2]
	p := packet{icmpType: -1, proto: protocol(f[7])}
	var ok1, ok2 bool
	p.src.IP, ok1 = parseAddr(f[3])
	p.dst.IP, ok2 = parseAddr(f[4])
	if !ok1 || !ok2 {
		return brokenUnless("vpcflow", text, "the addresses cannot be read")
	}
	setPort(&p.src, f[5])
	setPort(&p.dst, f[6])
	switch f[12] {
	case "REJECT":
		ev.Action = analysis.ActionBlocked
	case "ACCEPT":
		ev.Action = analysis.ActionAllowed
	default:
		return brokenUnless("vpcflow", text, "neither ACCEPT nor REJECT")
	}
	if p.proto == "icmp" || p.proto == "icmp6" {
		p.src.Port, p.dst.Port = 0, 0
	}
	// The record of an answer has the service's port as its source.
	answer := p.src.Port != 0 && p.src.Port < 1024 && p.dst.Port >= 1024
	p.syn = p.proto == "tcp" && !answer
	p.ack = p.proto == "tcp" && answer
	p.filtered(ev, answer || outgoing(p.src.IP, p.dst.IP))
	if n, err := strconv.Atoi(f[8]); err == nil && n > 0 && n < 1<<30 && ev.Action == analysis.ActionBlocked {
		ev.Count = n
	}
	return nil
}

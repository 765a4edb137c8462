package logformat

import (
	"strings"

	"practicum/analysis"
)

// proxmox is the log of the firewall of Proxmox VE: netfilter's words behind a header of its own, with
// the guest's number, the level and the chain:
//
//	101 1 tap101i0-IN 20/Jun/2022:13:12:46 +0200 REJECT: IN=fwbr101i0 OUT=… SRC=… DST=… PROTO=TCP …
var proxmox = Format{
	Name:       "proxmox",
	Title:      "Proxmox VE firewall",
	Recognised: `"guest level chain dd/Mon/yyyy:hh:mm:ss ±zzzz verdict: IN=… SRC=… DST=…"`,
	Carrier:    CarrierNone,
	Leads:      decimals,
	After:      " \t",
	Starts: func(text string) bool {
		c := Cursor{text: text}
		return proxmoxHead(&c) && c.clfStampAhead()
	},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseProxmox(c, ev, clock) }
	},
}

func proxmoxHead(c *Cursor) bool {
	if _, ok := c.Number(1 << 30); !ok || !c.Lit(" ") {
		return false
	}
	if _, ok := c.Number(7); !ok || !c.Lit(" ") {
		return false
	}
	return c.Token("") != "" && c.Lit(" ")
}

func parseProxmox(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if !proxmoxHead(c) {
		return ErrNotMine
	}
	var ok bool
	if ev.Time, ok = c.clfStamp(clock); !ok {
		return &SyntaxError{"proxmox", "the date does not exist"}
	}
	c.Blanks()
	ev.Message = c.Rest()
	rest := c.Rest()
	at := strings.Index(rest, "IN=")
	if at < 0 {
		if at = strings.Index(rest, "OUT="); at < 0 {
			return ErrNotMine
		}
	}
	prefix := strings.TrimSpace(rest[:at])
	var p packet
	if err := p.parse(c, at, ev); err != nil {
		return err
	}
	ev.Action = netfilterAction(prefix)
	ev.Signature = foldBlanks(strings.Trim(prefix, " :"))
	p.filtered(ev, p.in == "" && p.out != "")
	return nil
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// ipchains is the packet log of Linux 2.2:
//
//	kernel: Packet log: input DENY ppp0 PROTO=6 A:p B:q L=60 S=0x00 I=14018 F=0x4000 T=43 SYN (#3)
//
// Protocols are numbers. For ICMP the numbers behind the addresses are type and code; 65535 stands for
// the ports of a fragment. A name in place of the verdict is a chain to which the packet goes on, and "-"
// is a rule that only logs: neither says what became of it (Linux 2.2, net/ipv4/ip_fw.c).
var ipchains = Format{
	Name:       "ipchains",
	Title:      "ipchains (Linux 2.2)",
	Recognised: `syslog message "Packet log: chain verdict interface PROTO=…"`,
	Carrier:    CarrierSyslog,
	New:        func(*Clock) Parser { return parseIPChains },
}

func parseIPChains(c *Cursor, ev *analysis.Event) error {
	if ev.Program != "kernel" {
		return ErrOtherProgram
	}
	if !c.Lit("Packet log: ") {
		return ErrNotMine
	}
	c.Mine()
	ev.Session = 0
	chain := c.Token("")
	if chain == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	verdict := c.Token("")
	if verdict == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	if verdict == "REDIRECT" {
		if _, ok := c.Number(65535); !ok || !c.Lit(" ") {
			return ErrNotMine
		}
	}
	device := c.Token("")
	if device == "" || !c.Lit(" PROTO=") {
		return ErrNotMine
	}
	var p packet
	n := c.Token("")
	p.proto, p.icmpType = protocol(n), -1
	if n == "" || !isDigits(n) || !c.Lit(" ") {
		return ErrNotMine
	}
	src := c.Token("")
	if src == "" || !c.Lit(" ") {
		return ErrNotMine
	}
	dst := c.Token("")
	if dst == "" {
		return ErrNotMine
	}
	if !addrPort(src, ':', true, &p.src) || !addrPort(dst, ':', true, &p.dst) {
		return &SyntaxError{"ipchains", "the addresses cannot be read"}
	}
	for _, key := range [...]string{" L=", " S=", " I=", " F=", " T="} {
		if !c.Lit(key) || c.Token("") == "" {
			return ErrNotMine
		}
	}
	for !c.Done() {
		word := c.Token("")
		switch {
		case word == "SYN":
			p.syn = true
		case strings.HasPrefix(word, "O=0x"):
		case strings.HasPrefix(word, "(#") && strings.HasSuffix(word, ")"):
			if !c.Done() {
				return ErrNotMine
			}
		default:
			return ErrNotMine
		}
	}
	if !strings.HasSuffix(c.text, ")") {
		c.Open() // the flag and the number of the rule may be there or not
	}
	switch verdict {
	case "DENY", "REJECT":
		ev.Action = analysis.ActionBlocked
	case "ACCEPT", "MASQ", "REDIRECT":
		ev.Action = analysis.ActionAllowed
	default:
		ev.Action = analysis.ActionInfo
	}
	if p.proto == "icmp" || p.src.Port == 65535 && p.dst.Port == 65535 {
		if p.proto == "icmp" {
			p.icmpType = int(p.src.Port)
		}
		p.src.Port, p.dst.Port = 0, 0
	}
	p.ack = p.proto == "tcp" && !p.syn // only an opening packet is marked
	p.filtered(ev, chain == "output")
	return nil
}

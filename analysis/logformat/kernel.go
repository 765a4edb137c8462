package logformat

import "practicum/analysis"

// kernel is what Linux itself says of packets, without a filter's rule: sources that its routes do not allow (net/ipv4/route.c,
// ip_handle_martian_source, which names the destination first) and a queue of half-open connections that ran full
// (net/ipv4/tcp_input.c, tcp_syn_flood_action). The port of a flood has an address in front since 6.4 or so.
var kernel = Format{
	Name:       "kernel",
	Title:      "Linux' kernel on spoofed sources and SYN floods",
	Recognised: `syslog program kernel with "martian source … from …" or "ossible SYN flooding on port"`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patternsOf(kernelMessages)
		return func(c *Cursor, ev *analysis.Event) error { return parseKernel(c, ev, list) }
	},
}

var kernelMessages = []message{
	{text: "martian source {tip} from {ip}, on dev {w}", action: analysis.ActionInfo, signature: "martian source"},
	{text: "ll header: {rest}"},
	// Records that were left out, because there were too many.
	{text: "net_ratelimit: {n} callbacks suppressed"},
	{text: "printk: {n} messages suppressed."},
	{text: "nf_log: {n} callbacks suppressed"},
	{text: "possible SYN flooding on port {tport}. {rest}", action: analysis.ActionInfo, signature: synFlooding},
	{text: "TCP: Possible SYN flooding on port {tport}. {rest}", action: analysis.ActionInfo, signature: synFlooding},
	{text: "TCP: {w}: Possible SYN flooding on port {tport}. {rest}", action: analysis.ActionInfo, signature: synFlooding},
	{text: "TCP: {w}: Possible SYN flooding on port {tip}:{tport}. {rest}", action: analysis.ActionInfo, signature: synFlooding},
	{text: "TCP: {w}: Possible SYN flooding on port [{tip}]:{tport}. {rest}", action: analysis.ActionInfo, signature: synFlooding},
}

const synFlooding = "SYN flooding"

func parseKernel(c *Cursor, ev *analysis.Event, list *patterns) error {
	if ev.Program != "kernel" {
		return ErrOtherProgram
	}
	if c.Lit("[") { // the time since the start, which the kernel puts in front
		if _, ok := c.Until("] "); !ok {
			return ErrNotMine
		}
		c.Blanks()
	}
	ev.Session, ev.PID = 0, 0
	if err := hear(c, list, ev); err != nil {
		return err
	}
	if ev.Signature == synFlooding {
		ev.Proto = "tcp"
	}
	if ev.Target.IP.IsValid() && ev.Target.IP.IsUnspecified() {
		ev.Target.IP = analysis.Endpoint{}.IP // the socket is open on every address
	}
	return nil
}

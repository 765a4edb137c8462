package logformat

import (
	"slices"
	"strings"
	"time"

	"practicum/analysis"
)

// namedPrograms are the names under which BIND's server logs.
var namedPrograms = [...]string{"named", "in.named", "named-sdb"}

// named is ISC BIND. Its own stamp, "19-Oct-2022 05:34:02.425", stands in its files and, where the
// channel prints it, inside syslog as well; there it is the better of the two. Behind it come the
// category and the severity, if they are printed, and the client as "address#port". A query comes by
// UDP, whose source nothing proves; a transfer of a zone by TCP.
var named = Format{
	Name:       "named",
	Title:      "BIND named",
	Recognised: `syslog program named, or a stamp dd-Mon-yyyy hh:mm:ss.mmm, with "client address#port" and "denied"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	Leads:      decimals,
	After:      "-",
	Starts:     startsNamed,
	Hears:      func(program string) hearing { return hearing{deaf: !slices.Contains(namedPrograms[:], program)} },
	New: func(clock *Clock) Parser {
		client, notes := patternsOf(namedClient), patternsOf(namedNotes)
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "":
				if c.namedStamp(clock, ev) != nil {
					return ErrNotMine
				}
				ev.Program, ev.Message = "named", c.Rest()
			case namedPrograms[0], namedPrograms[1], namedPrograms[2]:
				if startsNamed(c.Rest()) && c.namedStamp(clock, ev) != nil || c.halfStamp() {
					return ErrNotMine
				}
			default:
				// A file of its own whose stamp has been rewritten: "Oct 23 02:06:39 security: info: client …".
				category, ok := strings.CutSuffix(ev.Host, ":")
				if !ok || !slices.Contains(namedCategories[:], category) {
					return ErrNotMine
				}
				c.pos = strings.Index(c.text, ev.Host)
				ev.Host, ev.Program, ev.Message = "", "named", c.Rest()
			}
			ev.Service, ev.Session = "domain", 0 // one process serves all
			c.namedCategory()
			if !c.Lit("client ") {
				err := hear(c, notes, ev)
				if err == nil {
					namedProto(ev)
				}
				return err
			}
			if c.Lit("@0x") {
				c.Token("")
				c.Blanks()
			}
			word := c.Token("#")
			ip, ok := parseAddr(word)
			if isBrokenAddress(word) {
				return &SyntaxError{"named", "the client's address cannot be read"}
			}
			if !ok || !c.Lit("#") {
				return ErrNotMine
			}
			port, ok := c.Number(65535)
			if !ok {
				return ErrNotMine
			}
			ev.Source.IP, ev.Source.Port = ip, uint16(port)
			if c.Lit("/key ") { // the request was signed
				c.Token(":")
			}
			if c.Lit(" (") {
				if _, ok := c.Until(")"); !ok {
					return ErrNotMine
				}
			}
			if !c.Lit(": ") {
				return ErrNotMine
			}
			if c.Lit("view ") {
				if _, ok := c.Until(": "); !ok {
					return ErrNotMine
				}
			}
			if err := hear(c, client, ev); err != nil {
				return err
			}
			namedProto(ev)
			return nil
		}
	},
}

// What was asked of a name server, for detect to tell kinds by.
const (
	zoneTransfer = "zone transfer"
	zoneUpdate   = "dynamic update"
	askedVersion = "version.bind"
	askedAny     = "query ANY"
	askedQuery   = "query"
)

func namedProto(ev *analysis.Event) {
	ev.Tries = analysis.TriesConnection
	if ev.Signature == zoneTransfer {
		ev.Proto, ev.Handshake = "tcp", analysis.HandshakeCompleted
	} else {
		ev.Proto, ev.Handshake = "udp", analysis.HandshakeNone
	}
}

var namedClient = []message{
	{text: "query{( (cache))} '{w}/ANY/{w}' denied{rest}", action: analysis.ActionBlocked, signature: askedAny},
	{text: "query{( (cache))} '{any}' denied{rest}", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "query{( (cache))} denied", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "zone transfer '{any}' denied{rest}", action: analysis.ActionBlocked, signature: zoneTransfer},
	{text: "bad zone transfer request: {rest}", action: analysis.ActionFailed, signature: zoneTransfer},
	{text: "update '{any}' denied{rest}", action: analysis.ActionBlocked, signature: zoneUpdate},
	{text: "update forwarding '{any}' denied{rest}", action: analysis.ActionBlocked, signature: zoneUpdate},
	{text: "updating zone '{any}': update failed: not authoritative for update zone{rest}", action: analysis.ActionFailed, context: true, signature: zoneUpdate},
	{text: "query: version.bind CH TXT{rest}", action: analysis.ActionInfo, signature: askedVersion},
	{text: "query: authors.bind CH TXT{rest}", action: analysis.ActionInfo, signature: askedVersion},
	{text: "query: hostname.bind CH TXT{rest}", action: analysis.ActionInfo, signature: askedVersion},
	{text: "query: VERSION.BIND CH TXT{rest}", action: analysis.ActionInfo, signature: askedVersion},
	{text: "transfer of '{any}': AXFR started{rest}", action: analysis.ActionAllowed, context: true, signature: zoneTransfer},
	{text: "query failed (REFUSED) for {rest}", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "query failed (refused) for {rest}", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "rate limit drop {rest}", action: analysis.ActionBlocked, context: true, signature: askedQuery},
	{text: "rate limit {rest}", action: analysis.ActionInfo, context: true, signature: askedQuery},
	{text: "query: {w} IN {rest}"}, {text: "query: {w} CH {rest}"}, {text: "query (cache): {rest}"}, {text: "transfer of '{rest}"}, {text: "received notify for zone {rest}"},
	{text: "RFC 1918 response {rest}"}, {text: "query failed ({rest}"}, {text: "updating zone {rest}"}, {text: "signer {rest}"}, {text: "error sending response: {rest}"},
}

var namedNotes = []message{
	// BIND 4 and 8
	{text: "unapproved AXFR from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: zoneTransfer},
	{text: "denied AXFR from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: zoneTransfer},
	{text: "unapproved update from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: zoneUpdate},
	{text: "denied update from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: zoneUpdate},
	{text: "unapproved query from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "unapproved recursive query from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "denied query from [{ip}].{port} for {rest}", action: analysis.ActionBlocked, signature: askedQuery},
	{text: "approved AXFR from [{ip}].{port} for {rest}", action: analysis.ActionAllowed, context: true, signature: zoneTransfer},
	{text: "XX{(+)}/{ip}/version.bind/{rest}", action: analysis.ActionInfo, signature: askedVersion},
	{text: "XX{(+)}/{ip}/VERSION.BIND/{rest}", action: analysis.ActionInfo, signature: askedVersion},
	{text: "XX/{rest}"}, {text: "XX+/{rest}"},
	{text: "zone {any}: refused notify from non-master: {ip}#{port}", action: analysis.ActionBlocked, context: true, signature: "notify"},
	// what it says of itself and of the servers that it asks
	{text: "notify question section contains no SOA"}, {text: "zone {rest}"}, {text: "transfer of {rest}"}, {text: "lame server {rest}"}, {text: "Lame server {rest}"}, {text: "error ({rest}"}, {text: "unexpected RCODE {rest}"},
	{text: "FORMERR resolving {rest}"}, {text: "DNS format error {rest}"}, {text: "success resolving {rest}"}, {text: "network unreachable resolving {rest}"},
	{text: "host unreachable resolving {rest}"}, {text: "connection refused resolving {rest}"}, {text: "timed out resolving {rest}"}, {text: "too many timeouts resolving {rest}"},
	{text: "no valid {rest}"}, {text: "validating {rest}"}, {text: "got insecure response; {rest}"}, {text: "managed-keys-zone{rest}"},
	{text: "loading configuration{rest}"}, {text: "reloading configuration succeeded"}, {text: "reloading zones succeeded"}, {text: "all zones loaded"}, {text: "running"},
	{text: "listening on {rest}"}, {text: "no longer listening on {rest}"}, {text: "using {rest}"}, {text: "received control channel command {rest}"}, {text: "command channel listening on {rest}"},
	{text: "starting BIND {rest}"}, {text: "starting (/etc/named.conf).{rest}"}, {text: "shutting down{rest}"}, {text: "exiting{rest}"}, {text: "stopping command channel on {rest}"},
	{text: "no IPv6 interfaces found"}, {text: "clients-per-query {rest}"}, {text: "debug level is now {n}"}, {text: "reading built-in trusted keys {rest}"},
	{text: "adjusted limit on open files {rest}"}, {text: "found {n} CPU{rest}"}, {text: "automatic empty zone: {rest}"}, {text: "sizing zone task pool {rest}"},
	{text: "set up managed keys zone {rest}"}, {text: "built with {rest}"}, {text: "D.ROOT-SERVERS.NET{rest}"}, {text: "checkhints: {rest}"},
	{text: "USAGE {rest}"}, {text: "NSTATS {rest}"}, {text: "XSTATS {rest}"}, {text: "Cleaned cache {rest}"}, {text: "ns_resp: {rest}"}, {text: "sysquery: {rest}"},
}

func startsNamed(text string) bool {
	if len(text) < len("19-Oct-2022 05:34:02.425 ") || text[2] != '-' || text[6] != '-' {
		return false
	}
	c := Cursor{text: text}
	return c.namedStamp(&Clock{zone: time.UTC}, &analysis.Event{}) == nil
}

// namedStamp reads "dd-Mon-yyyy hh:mm:ss.mmm ".
func (c *Cursor) namedStamp(clock *Clock, ev *analysis.Event) error {
	day, ok := c.Number(31)
	if !ok || day == 0 || !c.Lit("-") || c.pos+4 > len(c.text) {
		return ErrNotMine
	}
	month := strings.Index(months, c.text[c.pos:c.pos+3])
	if month < 0 || month%3 != 0 {
		return ErrNotMine
	}
	c.pos += 3
	if !c.Lit("-") {
		return ErrNotMine
	}
	year, ok := c.Number(9999)
	if !ok || year < 1970 || !c.Lit(" ") {
		return ErrNotMine
	}
	hour, minute, second, ok := c.timeOfDay()
	if !ok {
		return ErrNotMine
	}
	fraction := c.secondFraction()
	if !c.Lit(" ") {
		return ErrNotMine
	}
	if ev.Time, ok = clock.Dated(year, month/3+1, day, hour, minute, second); !ok {
		return ErrNotMine
	}
	ev.Time = ev.Time.Add(fraction)
	return nil
}

// namedCategory moves past the category and the severity that a channel may print, "security: error: ".
func (c *Cursor) namedCategory() {
	for range 2 {
		at := c.pos
		if word := c.Token(":"); !slices.Contains(namedCategories[:], word) || !c.Lit(": ") {
			c.pos = at
			return
		}
	}
}

var namedCategories = [...]string{"client", "cname", "config", "database", "default", "delegation-only", "dispatch", "dnssec", "dnstap",
	"edns-disabled", "general", "lame-servers", "network", "notify", "nsid", "queries", "query-errors", "rate-limit", "resolver", "rpz",
	"security", "serve-stale", "spill", "trust-anchor-telemetry", "unmatched", "update", "update-security", "xfer-in", "xfer-out", "zoneload",
	"critical", "error", "warning", "notice", "info", "debug"}

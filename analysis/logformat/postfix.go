package logformat

import (
	"net/netip"
	"strings"

	"practicum/analysis"
)

// postfix writes the client as "name[address]" before any word of the client's (smtpd.c and
// postscreen of Postfix). What the mail's envelope says stands behind it.
var postfix = Format{
	Name:       "postfix",
	Title:      "Postfix",
	Recognised: `syslog program postfix/… with "SASL … authentication failed", "reject:", "PREGREET" and its other messages`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		client, screen, queue := patternsOf(postfixClient), patternsOf(postfixScreen), patternsOf(postfixQueue)
		failed := map[uint64]netip.Addr{} // by process: the client whose failures have been told
		return func(c *Cursor, ev *analysis.Event) error {
			instance, part, ok := strings.Cut(ev.Program, "/")
			if !ok || !strings.HasPrefix(instance, "postfix") {
				return ErrOtherProgram
			}
			ev.Proto, ev.Tries, ev.Handshake = "tcp", analysis.TriesSession, analysis.HandshakeCompleted
			ev.Service = "smtp"
			if service, daemon, ok := strings.Cut(part, "/"); ok {
				part = daemon
				if service == "smtps" || service == "submissions" {
					ev.Service = "smtps"
				} else if service == "submission" {
					ev.Service = "submission"
				}
			}
			// One process serves one client after the other: its id joins nothing for long.
			list := queue
			switch part {
			case "smtpd", "tlsproxy":
				list = client
			case "postscreen":
				list = screen
			}
			err := postfixReject(c, ev)
			if err == ErrNotMine {
				err = hear(c, list, ev)
			}
			if err == ErrNotMine && part == "smtpd" {
				err = hear(c, queue, ev)
			}
			if err != nil || part != "smtpd" {
				return err
			}
			told := failed[ev.Session] == ev.Source.IP && ev.Source.IP.IsValid()
			switch {
			case strings.HasPrefix(ev.Message, "disconnect from "):
				// The counts at the end of a connection. Each failure has a line of its own where Postfix says why.
				if tries := failedTries(ev.Message); tries > 0 && !told {
					ev.Action, ev.Context, ev.Count = analysis.ActionFailed, false, tries
				}
				delete(failed, ev.Session)
			case told && strings.HasPrefix(ev.Message, "lost connection after AUTH "):
				ev.Action, ev.Context = analysis.ActionInfo, true // after the failure that has been told
			case ev.Action == analysis.ActionFailed:
				if len(failed) >= 1000 {
					clear(failed)
				}
				failed[ev.Session] = ev.Source.IP
			case strings.HasPrefix(ev.Message, "connect from "):
				delete(failed, ev.Session)
			}
			return nil
		}
	},
}

// failedTries reads how often a client failed to authenticate: "disconnect from … auth=1/3 … commands=4/6",
// which counts what succeeded and all (Postfix 3.0).
func failedTries(message string) int {
	if !strings.HasPrefix(message, "disconnect from ") {
		return 0
	}
	_, counts, ok := strings.Cut(message, " auth=")
	if !ok {
		return 0
	}
	c := Cursor{text: counts}
	good, ok := c.Number(1 << 20)
	if !ok || !c.Lit("/") {
		return 0
	}
	all, _ := c.Number(1 << 20)
	return max(all-good, 0)
}

var postfixClient = []message{
	// The server's own trouble, not the client's password.
	{text: "warning: {name}[{ip}]{(:{port})}: SASL {w} authentication failed: Connection lost to authentication server{rest}", action: analysis.ActionInfo, context: true},
	{text: "warning: {name}[{ip}]{(:{port})}: SASL {w} authentication failed: Invalid authentication mechanism{rest}", action: analysis.ActionInfo, context: true},
	{text: "warning: {name}[{ip}]{(:{port})}: SASL {w} authentication failed: {any}, sasl_username={user}", action: analysis.ActionFailed},
	{text: "warning: {name}[{ip}]{(:{port})}: SASL {w} authentication failed:{rest}", action: analysis.ActionFailed},
	{text: "warning: {name}[{ip}]{(:{port})}: SASL {w} authentication aborted{rest}", action: analysis.ActionInfo, context: true},
	{text: "connect from {name}[{ip}]{(:{port})}", action: analysis.ActionAllowed, context: true},
	{text: "disconnect from {name}[{ip}]{rest}", action: analysis.ActionInfo, context: true},
	{text: "lost connection after AUTH from {name}[{ip}]{(:{port})}", action: analysis.ActionFailed},
	// Nobody had begun a mail.
	{text: "lost connection after CONNECT from {name}[{ip}]{(:{port})}", action: analysis.ActionInfo},
	{text: "lost connection after STARTTLS from {name}[{ip}]{(:{port})}", action: analysis.ActionInfo},
	{text: "lost connection after UNKNOWN from {name}[{ip}]{(:{port})}", action: analysis.ActionInfo},
	{text: "lost connection after {any} from {name}[{ip}]{(:{port})}", action: analysis.ActionInfo, context: true},
	{text: "timeout after {any} from {name}[{ip}]{(:{port})}", action: analysis.ActionInfo, context: true},
	{text: "too many errors after {w} from {name}[{ip}]{(:{port})}", action: analysis.ActionBlocked},
	{text: "too many errors after {w} ({any}) from {name}[{ip}]{(:{port})}", action: analysis.ActionBlocked},
	{text: "SSL_accept error from {name}[{ip}]{(:{port})}: {rest}", action: analysis.ActionInfo, context: true},
	{text: "SSL_accept:{rest}"}, {text: "warning: TLS library problem: {rest}"},
	{text: "setting up TLS connection from {rest}"}, {text: "Anonymous TLS connection {rest}"}, {text: "Trusted TLS connection {rest}"}, {text: "Untrusted TLS connection {rest}"},
	{text: "{w}: client={name}[{ip}]{(:{port})}, sasl_method={w}, sasl_username={user}", action: analysis.ActionAllowed, context: true},
	{text: "{w}: client={name}[{ip}]{rest}", action: analysis.ActionAllowed, context: true},
	{text: "warning: non-SMTP command from {name}[{ip}]{(:{port})}: {rest}", action: analysis.ActionInfo},
	{text: "improper command pipelining after {w} from {name}[{ip}]{(:{port})}{(:)}{rest}", action: analysis.ActionInfo},
	{text: "warning: Illegal address syntax from {name}[{ip}]{(:{port})} in {rest}", action: analysis.ActionInfo, context: true},
	// A name that does not lead to the address is not the source's.
	{text: "warning: hostname {w} does not resolve to address {ip}{rest}", action: analysis.ActionInfo, context: true},
	{text: "warning: {ip}: hostname {w} verification failed: {rest}", action: analysis.ActionInfo, context: true},
	{text: "warning: {ip}: address not listed for hostname {w}", action: analysis.ActionInfo, context: true},
	{text: "warning: Connection {w} limit exceeded: {n} from {name}[{ip}] for service {w}", action: analysis.ActionBlocked},
	{text: "warning: {any} rate limit exceeded: {n} from {name}[{ip}] for service {w}", action: analysis.ActionBlocked},
	{text: "warning: valid_hostname: {rest}"}, {text: "warning: malformed domain name in resource data {rest}"},
	{text: "warning: numeric hostname: {rest}"}, {text: "warning: numeric domain name in resource data {rest}"},
}

var postfixScreen = []message{
	{text: "CONNECT from [{ip}]:{port} to [{tip}]:{tport}", action: analysis.ActionAllowed, context: true},
	{text: "PREGREET {n} after {w} from [{ip}]:{port}: {rest}", action: analysis.ActionInfo},
	{text: "HANGUP after {w} from [{ip}]:{port} in {rest}", action: analysis.ActionInfo},
	{text: "DNSBL rank {n} for [{ip}]:{port}", action: analysis.ActionInfo, context: true},
	{text: "COMMAND {w} LIMIT from [{ip}]:{port} after {rest}", action: analysis.ActionInfo},
	{text: "COMMAND PIPELINING from [{ip}]:{port} after {rest}", action: analysis.ActionInfo},
	{text: "NON-SMTP COMMAND from [{ip}]:{port} after {rest}", action: analysis.ActionInfo},
	{text: "BARE NEWLINE from [{ip}]:{port} after {rest}", action: analysis.ActionInfo},
	{text: "BLACKLISTED [{ip}]:{port}", action: analysis.ActionBlocked}, {text: "DENYLISTED [{ip}]:{port}", action: analysis.ActionBlocked},
	{text: "WHITELIST VETO [{ip}]:{port}", action: analysis.ActionInfo, context: true}, {text: "ALLOWLIST VETO [{ip}]:{port}", action: analysis.ActionInfo, context: true},
	{text: "WHITELISTED [{rest}"}, {text: "ALLOWLISTED [{rest}"}, {text: "PASS NEW [{rest}"}, {text: "PASS OLD [{rest}"}, {text: "DISCONNECT [{rest}"},
	{text: "cache {rest}"}, {text: "close database {rest}"},
}

// postfixQueue is what becomes of mail that was taken, and what the parts say of themselves.
var postfixQueue = []message{
	{text: "{w}: from=<{rest}"}, {text: "{w}: to=<{rest}"}, {text: "{w}: removed"}, {text: "{w}: message-id={rest}"}, {text: "{w}: resent-message-id={rest}"},
	{text: "{w}: uid={n} from=<{rest}"}, {text: "{w}: host {rest}"}, {text: "{w}: sender non-delivery notification: {w}"}, {text: "{w}: sender delivery status notification: {w}"},
	{text: "{w}: sender delay notification: {w}"}, {text: "{w}: warning: header {rest}"}, {text: "{w}: enabling PIX {rest}"}, {text: "{w}: conversation with {rest}"},
	{text: "{w}: lost connection with {rest}"}, {text: "statistics: {rest}"}, {text: "connect to {rest}"}, {text: "daemon started -- {rest}"}, {text: "reload -- {rest}"},
	{text: "refreshing the Postfix mail system"}, {text: "starting the Postfix mail system"}, {text: "stopping the Postfix mail system"}, {text: "terminating on signal {n}"},
	{text: "fatal: the Postfix mail system is already running"}, {text: "warning: database {rest}"},
	{text: "Anonymous TLS connection {rest}"}, {text: "Trusted TLS connection {rest}"}, {text: "Untrusted TLS connection {rest}"}, {text: "Verified TLS connection {rest}"},
}

// postfixReject reads "QUEUEID: reject: COMMAND from name[address]: CODE x.y.z <RECIPIENT>: REASON; from=<…>
// to=<…> …", with NOQUEUE before there is a queue id.
func postfixReject(c *Cursor, ev *analysis.Event) error {
	at := c.pos
	fail := func() error {
		c.pos = at
		return ErrNotMine
	}
	if c.Token(":"); !c.Lit(": ") {
		return fail()
	}
	if !c.Lit("reject: ") && !c.Lit("milter-reject: ") {
		return fail()
	}
	command := c.Token("")
	if command == "header" || command == "body" || command == "mime-header" {
		// A content filter's word about a mail that is here already.
		return ErrNotEvent
	}
	if command == "" || !c.Lit(" from ") || !c.hostInBrackets(&ev.Source) {
		return ErrNotMine
	}
	if c.Lit(":") {
		if port, ok := c.Number(65535); ok {
			ev.Source.Port = uint16(port)
			c.Lit(":")
		}
	}
	if !c.Lit(" ") {
		return ErrNotMine
	}
	answer, envelope, _ := strings.Cut(c.Rest(), "; from=<")
	if _, user, ok := strings.Cut(envelope, "sasl_username="); ok {
		ev.User, _, _ = strings.Cut(user, " ")
	}
	code := Cursor{text: answer}
	status, ok := code.Number(599)
	if !ok {
		return ErrNotMine
	}
	c.pos = len(c.text)
	ev.Action = analysis.ActionBlocked
	ev.Signature, ev.Context = refusal(status, command, code.Rest())
	return nil
}

// refusal names what a mail server refused, and tells whether the refusal is no more than a delay or
// trouble of the server's own. answer is its reply without the code.
func refusal(status int, command, answer string) (signature string, context bool) {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(answer, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("elay access denied", "elaying denied", "elay not permitted", "elaying not permitted"):
		return relayDenied, false
	case command == "VRFY", command == "EXPN":
		return userProbe, false
	case has("ser unknown", "nknown user", "o such user", "o Such User", "nrouteable address", "nknown local part", "ecipient address rejected: undeliverable"):
		return userUnknown, false
	case has("reylist", "nsufficient system storage", "nternal error", "erver configuration", "ailbox full", "over quota", "emporary lookup failure", "ddress verification in progress"):
		return "", true
	case status/100 == 4 && has("ry again later"):
		return "", true
	}
	return "refused", false
}

package logformat

import (
	"strings"

	"practicum/analysis"
)

// sendmail's records of the connection say "relay=name [address]"; a refusal has the words that it
// refused both before and behind it, so the place in front of the second is the server's own.
var sendmail = Format{
	Name:       "sendmail",
	Title:      "Sendmail",
	Recognised: `syslog program sendmail or sm-mta with "ruleset=… reject=", "AUTH failure", "did not issue" or "rejecting commands"`,
	Carrier:    CarrierSyslog,
	FreeText:   true,
	New: func(*Clock) Parser {
		list, relay := patternsOf(sendmailMessages), patternsOf(sendmailRelay)
		unknown := map[string]bool{} // by queue id: a recipient was refused, and the client is named later
		return func(c *Cursor, ev *analysis.Event) error {
			switch ev.Program {
			case "sendmail", "sm-mta", "sm-msp-queue", "sm-msp", "mta", "sendmail-in", "sm-acceptingconnections":
			default:
				return ErrOtherProgram
			}
			ev.Service, ev.Proto = "smtp", "tcp"
			ev.Tries, ev.Handshake = analysis.TriesSession, analysis.HandshakeCompleted
			id := c.queueID()
			if c.Lit("ruleset=") {
				return parseSendmailRuleset(c, ev)
			}
			if unknown[id] && strings.HasPrefix(c.Rest(), "from=") {
				at := *c
				if err := hear(c, relay, ev); err != ErrNotMine {
					return err
				}
				*c = at
			}
			err := hear(c, list, ev)
			if err == nil && id != "" && ev.Signature == userUnknown {
				if len(unknown) >= 1000 {
					clear(unknown) // the line that names the client follows soon
				}
				unknown[strings.Clone(id)] = true
			}
			return err
		}
	},
}

// queueID moves past "h8O5WptI019921: ", if it is there, and gives it: one word of letters and digits with both.
func (c *Cursor) queueID() string {
	at := c.pos
	word := c.Token(":")
	digits := 0
	for _, b := range []byte(word) {
		switch {
		case isDigit(b):
			digits++
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
		default:
			digits = -len(word)
		}
	}
	if word != "NOQUEUE" && (len(word) < 8 || digits < 3) || !c.Lit(": ") {
		c.pos = at
		return ""
	}
	return word
}

// parseSendmailRuleset reads "check_rcpt, arg1=<WHO>, relay=name [address], reject=550 5.7.1 …".
func parseSendmailRuleset(c *Cursor, ev *analysis.Event) error {
	short := func() error {
		c.pos = len(c.text)
		c.ended(c.pos)
		return ErrNotMine
	}
	ruleset := c.Token(",")
	if !strings.HasPrefix(ruleset, "check_") && !strings.HasPrefix(ruleset, "tls_") && !strings.HasPrefix(ruleset, "Srv") && !strings.HasPrefix(ruleset, "trust_auth") {
		return short()
	}
	// arg1 in angle brackets may hold anything but a closing one.
	relay := ", relay="
	if strings.HasPrefix(strings.TrimLeft(c.Rest(), ", "), "arg1=<") {
		relay = ">, relay="
	}
	if _, ok := c.Until(relay); !ok {
		return short()
	}
	if !c.hostInBrackets(&ev.Source) {
		return short()
	}
	c.Lit(" (may be forged)")
	if c.Lit(", discard") {
		ev.Action, ev.Signature = analysis.ActionBlocked, "refused"
		return nil
	}
	if !c.Lit(", reject=") {
		return short()
	}
	code, ok := c.Number(599)
	if !ok {
		return short()
	}
	ev.Action = analysis.ActionBlocked
	ev.Signature, ev.Context = refusal(code, "", c.Rest())
	c.pos = len(c.text)
	return nil
}

// sendmailRelay is the line of a mail that had no recipient left.
var sendmailRelay = []message{
	{text: "from={any}, nrcpts=0, {any}relay={name}{( )}[{ip}]{( (may be forged))}", action: analysis.ActionBlocked, signature: userUnknown},
}

var sendmailMessages = []message{
	{text: "AUTH failure ({w}): {any}, relay={name}{( )}[{ip}]{( (may be forged))}", action: analysis.ActionFailed},
	{text: "AUTH failure ({w}): {rest}", action: analysis.ActionFailed},
	{text: "{name}{( )}[{ip}]{( (may be forged))}: possible SMTP attack: command=AUTH, count={count}", action: analysis.ActionFailed},
	{text: "{name}{( )}[{ip}]{( (may be forged))}: possible SMTP attack: command={w}, count={n}", action: analysis.ActionInfo, signature: userProbe},
	{text: "{name}{( )}[{ip}]{( (may be forged))}: VRFY {any}", action: analysis.ActionInfo, signature: userProbe},
	{text: "{name}{( )}[{ip}]{( (may be forged))}: EXPN {any}", action: analysis.ActionInfo, signature: userProbe},
	{text: "{name}{( )}[{ip}]{( (may be forged))}: vrfy {any}", action: analysis.ActionInfo, signature: userProbe},
	{text: "{name}{( )}[{ip}]{( (may be forged))}: expn {any}", action: analysis.ActionInfo, signature: userProbe},
	{text: "{name}{( )}[{ip}]{( (may be forged))} did not issue MAIL/EXPN/VRFY/ETRN during connection to {w}", action: analysis.ActionInfo},
	{text: "rejecting commands from {name}{( )}[{ip}]{( (may be forged))} {any}", action: analysis.ActionBlocked, signature: "refused"},
	{text: "lost input channel from {name}{( )}[{ip}]{( (may be forged))} to {rest}", action: analysis.ActionInfo, context: true},
	{text: "timeout waiting for input from {name} [{ip}]{( (may be forged))} {rest}", action: analysis.ActionInfo, context: true},
	{text: "AUTH=server, relay={name}{( )}[{ip}]{( (may be forged))}, authid={user}, mech={rest}", action: analysis.ActionAllowed, context: true},
	{text: "Milter: {any}, reject={rest}", action: analysis.ActionBlocked, context: true},
	{text: "Milter ({rest}"}, {text: "Milter add: {rest}"}, {text: "Milter delete: {rest}"}, {text: "Milter change: {rest}"}, {text: "Milter insert {rest}"}, {text: "Milter accept: {rest}"}, {text: "milter={rest}"},
	{text: "<{any}>... User unknown", action: analysis.ActionInfo, context: true, signature: userUnknown},
	{text: "<{any}>... No such user here", action: analysis.ActionInfo, context: true, signature: userUnknown},
	{text: "<{any}>... No such user", action: analysis.ActionInfo, context: true, signature: userUnknown},
	{text: "from={rest}"}, {text: "to={rest}"}, {text: "STARTTLS={rest}"}, {text: "STARTTLS: {rest}"}, {text: "collect: premature EOM: {rest}"},
	{text: "alias database {rest}"}, {text: "starting daemon ({rest}"}, {text: "restarting {rest}"}, {text: "stopping daemon{rest}"},
	{text: "{w}: {n} aliases, longest {rest}"}, {text: "{n} aliases, longest {rest}"}, {text: "clone {rest}"}, {text: "return to sender: {rest}"},
	{text: "{w}: return to sender: {rest}"}, {text: "{w}: DSN: {rest}"}, {text: "DSN: {rest}"}, {text: "startup succeeded"}, {text: "shutdown succeeded"},
}

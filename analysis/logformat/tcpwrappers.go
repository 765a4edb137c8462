package logformat

import (
	"slices"
	"strings"

	"practicum/analysis"
)

// tcpWrappers is what tcpd and daemons linked with libwrap log. "connect from" is written after
// the access list said yes and just before the daemon is started; a refusal says "refused connect
// from"; the warnings about host names refuse nothing by themselves (tcp_wrappers 7.6, tcpd.c,
// socket.c and refuse.c).
var tcpWrappers = Format{
	Name:       "tcpwrappers",
	Title:      "TCP Wrappers (tcpd, libwrap) and inetd daemons",
	Recognised: `syslog message "connect from", "refused connect from", "twist", or a host-name warning`,
	Carrier:    CarrierSyslog,
	Hears:      func(string) hearing { return hearing{opens: "crwt"} },
	New:        func(*Clock) Parser { return parseTCPWrappers },
}

func parseTCPWrappers(c *Cursor, ev *analysis.Event) error {
	if strings.HasPrefix(ev.Program, "in.") {
		c.Mine()
	}
	if strings.HasPrefix(ev.Program, "postfix") {
		return ErrNotMine // it has messages that begin with the same words
	}
	switch {
	case c.Lit("connect from "):
		ev.Action, ev.Handshake = analysis.ActionAllowed, analysis.HandshakeCompleted
	case c.Lit("refused connect from "):
		// tcpd runs after accept(), so the source is as real as for an allowed connection.
		ev.Action, ev.Handshake = analysis.ActionBlocked, analysis.HandshakeCompleted
	case c.Lit("warning: "):
		return parseWrapperWarning(c, ev)
	case c.Lit("twist "):
		if !wrapperClient(c, ev) || !c.Lit(" to ") {
			return ErrNotMine
		}
		ev.Action, ev.Handshake, ev.Tries = analysis.ActionBlocked, analysis.HandshakeCompleted, analysis.TriesSession
		return nil
	default:
		return ErrNotMine
	}
	ev.Tries = analysis.TriesSession
	if !wrapperClient(c, ev) {
		return ErrNotMine
	}
	if ev.Action == analysis.ActionAllowed && (ev.Program == "portmap" || ev.Program == "rpcbind") {
		return parsePortmap(c, ev)
	}
	if !c.Done() {
		return ErrNotMine
	}
	return nil
}

// portmapRefusals are why the portmapper does not do what it was asked.
var portmapRefusals = [...]string{"request from unauthorized host", "request from unprivileged port", "request from non-local host", "request not forwarded"}

// parsePortmap reads the rest of "connect from A to getport(status): request from unauthorized host", which is what the
// portmapper of W. Venema (pmap_check.c) and rpcbind (security.c) log of a call; "connect from" says nothing there
// of its having been let in. A call may be a datagram.
func parsePortmap(c *Cursor, ev *analysis.Event) error {
	if !c.Lit(" to ") || c.Token("(") == "" || !c.Lit("(") {
		return ErrNotMine
	}
	if _, ok := c.Until(")"); !ok {
		return ErrNotMine
	}
	ev.Handshake = analysis.HandshakeUnknown
	if c.Done() {
		return nil
	}
	if !c.Lit(": ") || !slices.ContainsFunc(portmapRefusals[:], c.Lit) || !c.Done() {
		return ErrNotMine
	}
	ev.Action = analysis.ActionBlocked
	return nil
}

// wrapperClient reads the client as eval_client() prints it: an address, a name, user@ before
// either where an ident server answered, or "unknown". Debian's tcpd adds "(address)" to a name.
func wrapperClient(c *Cursor, ev *analysis.Event) bool {
	word := c.Token("")
	if i := strings.LastIndexByte(word, '@'); i >= 0 {
		ev.Ident, word = word[:i], word[i+1:]
	}
	if ip, ok := parseAddr(strings.Trim(word, "[]")); ok {
		ev.Source.IP = ip
	} else if !isHostName(word) && !isAnyName(word) || c.far && word != "unknown" && !strings.Contains(word, ".") {
		return false
	} else if word != "unknown" {
		ev.Source.Name = strings.TrimSuffix(word, ".")
	}
	at := c.pos
	c.Blanks()
	if c.pos < len(c.text) && c.text[c.pos] == '(' {
		c.pos++
		addr, ok := c.Until(")")
		if !ok {
			return false
		}
		if ev.Source.IP, ok = parseAddr(addr); !ok {
			return false
		}
		return true
	}
	c.pos = at
	return true
}

var noClientReasons = [...]string{"Connection reset by peer", "Transport endpoint is not connected", "Socket is not connected",
	"Connection timed out", "Bad file descriptor", "Invalid argument", "No route to host", "Software caused connection abort"}

// isAnyName reports whether a word that no host may be called by can be a name all the same: a
// resolver hands out whatever the owner of a reverse zone has put there. A word without a dot is
// prose, and one that ends in markup is better read without it.
func isAnyName(word string) bool {
	_, decorated := undecorateEnd(word)
	return strings.Contains(word, ".") && !decorated
}

func parseWrapperWarning(c *Cursor, ev *analysis.Event) error {
	ev.Action, ev.Context, ev.Tries = analysis.ActionInfo, true, analysis.TriesSession
	if c.Lit("can't get client address: ") {
		// The reason is an error text of the C library; the usual ones are spelled out so that
		// one that was wrapped is put together.
		if slices.ContainsFunc(noClientReasons[:], c.Lit) {
			return nil
		}
		if c.short || c.Word() == "" {
			return ErrNotMine
		}
		return nil
	}
	at := c.pos
	if file := c.Token(","); strings.HasPrefix(file, "/") {
		if !c.Lit(", line ") {
			return ErrNotMine
		}
		if _, ok := c.Number(1 << 30); !ok || !c.Lit(": ") {
			return ErrNotMine
		}
	} else {
		c.pos = at
	}
	switch {
	case c.Lit("can't verify hostname: gethostbyname("), c.Lit("can't verify hostname: getaddrinfo("):
		name := c.Token(",)")
		if !isHostName(name) {
			return ErrNotMine
		}
		ev.Source.Name = strings.TrimSuffix(name, ".")
		if _, ok := c.Until(")"); !ok || !c.Lit(" failed") || !c.Done() {
			return ErrNotMine
		}
		return nil
	case c.Lit("host name/address mismatch: "):
		ip, ok := parseAddr(c.Token(""))
		if !ok || !c.Lit(" != ") {
			return ErrNotMine
		}
		ev.Source.IP = ip
		name := c.Token("")
		if !isHostName(name) || !c.Done() {
			return ErrNotMine
		}
		ev.Source.Name = strings.TrimSuffix(name, ".")
		return nil
	case c.Lit("host name/name mismatch: "):
		name := c.Token("")
		if !isHostName(name) || !c.Lit(" != ") || !isHostName(c.Token("")) || !c.Done() {
			return ErrNotMine
		}
		ev.Source.Name = strings.TrimSuffix(name, ".")
		return nil
	}
	return ErrNotMine
}

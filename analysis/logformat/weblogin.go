package logformat

import (
	"net/netip"
	"strings"

	"practicum/analysis"
)

// webLogins tells what web servers answered to log-ins by the user in a request's own header (HTTP authentication, RFC 9110
// section 11). A log has that user also where the page asks for none, so only the page that refused one to a client shows by a
// success that the next one was accepted.
type webLogins struct{ refused map[webPage]bool }

// webPage is a page as one client asks for it.
type webPage struct {
	ip         netip.Addr
	name, path string
}

// maxRefused is how many pages and clients are remembered.
const maxRefused = 1000

// answered fills in the action that the status of an answer stands for. Message, Source and User are known.
func (l *webLogins) answered(ev *analysis.Event, status int) {
	switch {
	case status == 403:
		ev.Action = analysis.ActionBlocked
	case ev.User == "":
	case status == 401:
		ev.Action = analysis.ActionFailed
		if len(l.refused) >= maxRefused {
			clear(l.refused)
		}
		if page := pageOf(ev); !l.refused[page] {
			if l.refused == nil {
				l.refused = map[webPage]bool{}
			}
			page.name, page.path = strings.Clone(page.name), strings.Clone(page.path)
			l.refused[page] = true
		}
	case status/100 == 2 || status/100 == 3:
		if page := pageOf(ev); l.refused[page] {
			delete(l.refused, page) // what comes next is of the same log-in
			ev.Action, ev.Tries = analysis.ActionAllowed, analysis.TriesSession
		}
	}
}

// pageOf reads the page off a request in the words of the common log.
func pageOf(ev *analysis.Event) webPage {
	_, path, _ := strings.Cut(ev.Message, " ")
	if end := strings.IndexAny(path, `? "`); end >= 0 {
		path = path[:end]
	}
	return webPage{ev.Source.IP, ev.Source.Name, path}
}

package severity

import (
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/request"
	"practicum/analysis/uniq"
)

// shown counts what the records of an incident show of the defences and of the outcome. Each act of a
// defence is credited once: a filter's to the network, what the machine itself did to the system.
type shown struct {
	filtered  int      // packets that a packet filter blocked
	filters   []string // on which machines
	dropped   int      // packets that a network sensor in the way dropped
	through   int      // packets that a packet filter or a sensor that drops others let through
	own       int      // packets that a firewall on the target itself blocked
	wrapped   int      // connections that an access list of the host refused
	letIn     int      // connections that it let in
	rejected  int      // log-ins that a service rejected
	ended     bool     // a connection ended before a log-in had succeeded
	refused   int      // other tries that a program of the host refused
	admitted  bool     // something else than a deed on the machine was let in
	loggedIn  bool     // a log-in succeeded
	root      bool     // one of root or an administrator, after failures
	sudo      bool     // an account that had logged in after failures used sudo
	gave      bool     // a name server sent a whole zone
	reached   bool     // a connection completed, so nothing on the way stopped it
	programs  []string // that rejected or refused
	claimed   bool     // a sensor says that it blocked the source afterwards
	requests  int      // web requests with a status
	unserved  int      // of them, those answered with 400 to 499
	others    int      // requests that no rule finds adverse
	missing   int      // of those, the ones that were not found or are gone
	served    int      // of them, those answered with 200 to 299
	part      bool     // not all records were kept
	failedWeb int      // requests that failed in another way
	words     bool     // reasons are wanted
}

// hostFirewalls are the log formats of firewalls of one machine.
var hostFirewalls = []string{"norton", "zonealarm", "pfirewall"}

func evidenceOf(in *analysis.Incident) shown {
	letThrough := analysis.LetThrough(in.Events)
	s := shown{part: in.EvidenceCapped || in.Attempts > in.Records} // a record may stand for many
	var filters, programs uniq.List[string]
	note := func(list *uniq.List[string], name string) {
		if name != "" {
			list.Add(name)
		}
	}
	type account struct{ user, host string }
	var entered map[account]bool          // after failures
	var failed uniq.List[analysis.Source] // sources of what failed
	refused := uint64(0)                  // the session of the record before that tells of a refusal
	for i := range in.Events {
		e := &in.Events[i]
		s.claimed = s.claimed || e.Claim != ""
		s.reached = s.reached || (e.Handshake == analysis.HandshakeCompleted && e.Proto != "udp" && e.Proto != "icmp" && e.Tries != analysis.TriesNone)
		s.gave = s.gave || e.Format == "named" && e.Action == analysis.ActionAllowed && e.Signature == "zone transfer"
		r, asked := request.Parse(e.Message)
		asked = asked && r.Status != 0 && (e.Service == "http" || e.Service == "https")
		if asked && e.Context {
			s.others++
			asked = false
		}
		if asked {
			s.requests++
			switch r.Status / 100 {
			case 2:
				s.served++
			case 4:
				s.unserved++
				if r.Status == 404 || r.Status == 410 {
					s.missing++
				}
			}
		}
		if letThrough(e) {
			s.through += e.Times()
			continue
		}
		switch {
		case e.Action == analysis.ActionFailed:
			failed.Add(e.Source)
		case len(failed.All) == 0 || e.Action != analysis.ActionAllowed || e.User == "":
		case e.Source != (analysis.Source{}) && e.Tries != analysis.TriesNone && e.Format != "tcpwrappers":
			if !failed.Has(e.Source) {
				break // of another's
			}
			s.root = s.root || isRoot(e.User)
			if entered == nil {
				entered = map[account]bool{}
			}
			entered[account{e.User, e.Host}] = true
		case e.Format == "sudo":
			s.sudo = s.sudo || entered[account{e.User, e.Host}]
		}
		if e.Context && e.Tries != analysis.TriesSession {
			continue
		}
		switch e.Action {
		case analysis.ActionBlocked:
			switch {
			case e.Claim != "" || e.Context || asked:
			case slices.Contains(analysis.PacketFilters[:], e.Format):
				s.filtered += e.Times()
				note(&filters, e.Host)
			case slices.Contains(analysis.InlineSensors[:], e.Format):
				s.dropped += e.Times()
			case slices.Contains(hostFirewalls, e.Format):
				s.own++
			case e.Format == "tcpwrappers":
				s.wrapped++
			default:
				if e.Format != "xinetd" || e.Session == 0 || e.Session != refused { // which tells of one refusal in two lines
					s.refused++
				}
				refused = e.Session
				note(&programs, e.Program)
			}
		case analysis.ActionFailed:
			if asked {
				continue
			}
			if e.Format == "named" || request.IsServer(e.Format) {
				s.failedWeb++
				continue
			}
			if e.Ended() {
				s.ended = true
				continue // by the client, as far as the record tells
			}
			s.rejected++
			note(&programs, e.Program)
		case analysis.ActionAllowed:
			s.admitted = s.admitted || !e.Deed()
			switch {
			case e.Format == "tcpwrappers":
				s.letIn++
			case e.Format == "zeek" && e.Service == "ssh", e.User != "" && e.User != "???" && e.Tries != analysis.TriesNone && e.Format != "su" && e.Format != "sudo":
				s.loggedIn = true
			}
		}
	}
	s.filters, s.programs = filters.All, programs.All
	return s
}

// isRoot reports whether an account is the one that may do everything.
func isRoot(user string) bool {
	if i := strings.LastIndexByte(user, '\\'); i >= 0 { // DOMAIN\user
		user = user[i+1:]
	}
	return user == "root" || strings.EqualFold(user, "Administrator")
}

// all is "all 17 packets", "the packet", or "packets" where not all records were kept.
func (s shown) all(n int, one, many string) string {
	switch {
	case s.part:
		return many
	case n == 1:
		return "the " + one
	case n == 2:
		return "both " + many
	}
	return fmt.Sprintf("all %d %s", n, many)
}

// tries is how many tries a program refused: all, unless others failed without being refused or something got through.
func (s shown) tries(outcome analysis.Outcome) string {
	switch {
	case s.part:
	case s.failedWeb > 0:
		return fmt.Sprintf("%d of %d tries", s.refused, s.refused+s.failedWeb)
	case outcome == analysis.OutcomeMixed && s.refused == 1:
		return "one try"
	case outcome == analysis.OutcomeMixed:
		return fmt.Sprintf("%d tries", s.refused)
	}
	return s.all(s.refused, "try", "tries")
}

// sentences joins reasons, each of which ends with a full stop.
func sentences(list ...string) string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !strings.HasSuffix(s, ".") {
			s += "."
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func names(list []string, otherwise string) string {
	switch n := len(list); {
	case n == 0:
		return otherwise
	case n <= 2:
		return strings.Join(list, " and ")
	default:
		return fmt.Sprintf("%s and %d more programs", list[0], n-1)
	}
}

// acted credits the system's countermeasures only as far as the evidence shows that they acted. One
// that let the connection in has not earned what one that refused it has, and a block that later
// connections contradict leaves the question open.
func acted(f analysis.Factor, in *analysis.Incident, s shown) analysis.Factor {
	less := analysis.Factor{Low: max(f.Low-1, 0), High: max(f.High-1, 0), Origin: analysis.OriginEvidence}
	doubt := analysis.Factor{Low: less.Low, High: f.High, Origin: analysis.OriginEvidence}
	var did []string
	if !s.words {
		s.own, s.wrapped, s.refused = 0, 0, 0 // which decide over words alone
	}
	if s.own > 0 {
		did = append(did, "The firewall on the machine blocked "+s.all(s.own, "packet", "packets"))
	}
	if s.wrapped > 0 {
		did = append(did, fmt.Sprintf("TCP Wrappers refused %s before a service ran", s.all(s.wrapped, "connection", "connections")))
		switch {
		case s.letIn > 0 && s.part:
			did[len(did)-1] = "TCP Wrappers refused some connections and let others in"
		case s.letIn > 0:
			did[len(did)-1] = fmt.Sprintf("TCP Wrappers refused %d of %d connections", s.wrapped, s.wrapped+s.letIn)
		}
	}
	if s.rejected > 0 && s.words {
		if s.loggedIn {
			did = append(did, fmt.Sprintf("%s rejected log-ins first", upper(names(s.programs, "the service"))))
		} else {
			what := "the log-in"
			if s.rejected > 1 || s.part { // a log-in may be told by several records
				what = "the log-ins"
			}
			did = append(did, fmt.Sprintf("%s rejected %s", upper(names(s.programs, "the service")), what))
		}
	} else if s.refused > 0 {
		did = append(did, fmt.Sprintf("%s refused %s", upper(names(s.programs, "the program that logged it")), s.tries(in.Outcome)))
	}
	with := func(out analysis.Factor, last string) analysis.Factor {
		if !s.words {
			return out
		}
		out.Reason = sentences(append(append([]string{f.Reason}, did...), last)...)
		return out
	}
	switch in.Outcome {
	case analysis.OutcomeAllowed:
		switch {
		case in.Done:
			return with(f, "")
		case trapOnly(in):
			return with(f, "Only a trap answered, which says nothing for or against it")
		case s.loggedIn:
			return with(less, "One point less, because the log-in succeeded")
		case s.letIn > 0:
			return with(less, fmt.Sprintf("One point less, because TCP Wrappers let %s in", s.all(s.letIn, "connection", "connections")))
		}
		return with(less, "One point less, because the log shows that the connection was let in")
	case analysis.OutcomeMixed:
		switch {
		case s.loggedIn:
			return with(less, "One point less, because a log-in succeeded all the same")
		case !s.admitted && (!s.part || s.served > 0):
			return with(f, "") // what was not stopped was done on the machine itself, or is a request whose answer may mean nothing
		case (s.rejected > 0 || s.ended) && s.letIn == 0 && !s.claimed:
			return with(f, "") // what was let in was the connection, before the log-in
		case s.claimed:
			return with(doubt, "Up to one point less: the sensor says that it blocked the source, and connections completed after that")
		}
		if s.through > 0 && !s.reached {
			return with(f, "") // what became of the packets that were let through is not shown
		}
		return with(doubt, "Up to one point less, because some connections were let in all the same")
	case analysis.OutcomeBlocked, analysis.OutcomeFailed, analysis.OutcomeUnknown:
		if s.loggedIn {
			return with(doubt, "Up to one point less, because a log-in succeeded as well")
		}
		if s.gave {
			return with(doubt, "Up to one point less, because the server sent the source a zone all the same")
		}
		if s.claimed {
			return with(f, "A sensor says that it blocked the source after the contact; whether the block held is not shown")
		}
	}
	return with(f, "")
}

// onTheWay adds to the network's countermeasures what the log shows of them; the points are the site's.
func onTheWay(f analysis.Factor, in *analysis.Incident, s shown) analysis.Factor {
	if !s.words {
		return f
	}
	f.Reason = sentences(f.Reason)
	switch {
	case s.filtered > 0:
		blocked := s.all(s.filtered, "packet", "packets")
		if s.through > 0 && !s.part {
			blocked = fmt.Sprintf("%d of the %d packets that were logged", s.filtered, s.filtered+s.through)
		}
		f.Reason = sentences(f.Reason, fmt.Sprintf("The packet filter%s blocked %s", on(s.filters), blocked))
	case s.dropped > 0:
		told := s.all(s.dropped, "packet", "packets") + " that it told of"
		if s.through > 0 && !s.part {
			told = fmt.Sprintf("%d of the %d packets that it told of", s.dropped, s.dropped+s.through)
		}
		f.Reason = sentences(f.Reason, "The sensor dropped "+told)
	case s.reached && s.through == 0:
		f.Reason = sentences(f.Reason, fmt.Sprintf("Nothing on the way stopped the connection to %s", target(in)))
	}
	return f
}

func on(hosts []string) string {
	switch len(hosts) {
	case 0:
		return ""
	case 1:
		return " of " + hosts[0]
	}
	return fmt.Sprintf("s of %d machines", len(hosts))
}

func upper(s string) string {
	if name, rest, ok := strings.Cut(s, " "); ok && name == "the" {
		return "The " + rest
	}
	return s
}

// narrowed cuts the interval of a lethality as far as the evidence decides it: what a web server does
// not have cannot be used against it, and what it served may have worked. A defence's act is no reason.
func narrowed(f analysis.Factor, s shown) analysis.Factor {
	if s.requests == 0 || s.part || f.Low == f.High {
		return f
	}
	which := ""
	if s.others > 0 {
		which = "adverse "
	}
	switch {
	case s.unserved == s.requests && s.failedWeb == 0:
		f.High, f.Origin = f.Low, analysis.OriginEvidence
		so := "it served nothing of what was asked for"
		if s.missing == s.requests {
			so = "what was asked for is not there"
		}
		f.Reason = sentences(f.Reason, "The low end, because the server answered "+s.all(s.requests, which+"request", which+"requests")+" with an error of the 400s: "+so)
	case s.served > 0:
		f.Reason = sentences(f.Reason, fmt.Sprintf("The server served %s, so the high end cannot be excluded", of(s.served, s.requests, which)))
	}
	return f
}

// enteredKind is the kind of which the catalogue says that it is more lethal where the account is root's or gains its rights.
const enteredKind = "login-success-after-failures"

// raised adds a point to the lethality of a log-in after failures by which somebody has the rights of root.
func raised(f analysis.Factor, kind string, s shown) analysis.Factor {
	if kind != enteredKind || f.High >= 5 || !s.root && !s.sudo {
		return f
	}
	f.Low, f.High, f.Origin = f.Low+1, f.High+1, analysis.OriginEvidence
	why := "sudo followed"
	if s.root {
		why = "the account is that of root or Administrator"
	}
	f.Reason = sentences(f.Reason, "One point more, because "+why)
	return f
}

func of(n, all int, which string) string {
	switch {
	case all == 1:
		return "the " + which + "request"
	case n == all:
		return fmt.Sprintf("all %d %srequests", n, which)
	}
	return fmt.Sprintf("%d of %d %srequests", n, all, which)
}

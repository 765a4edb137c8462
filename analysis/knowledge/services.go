package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

type service struct {
	port   int
	proto  string
	name   string
	common bool
	reason string
}

type serviceTable struct {
	byPort map[portKey]service
	byName map[string]service // by folded name or alias; the first in the file wins
	list   []service          // in the order of the file, one for each protocol
}

var services = sync.OnceValue(func() serviceTable {
	t := serviceTable{byPort: make(map[portKey]service), byName: make(map[string]service)}
	for _, row := range mustCSV("services.csv", "port,proto,name,aliases,common,reason") {
		port, err := portNumber(row[0])
		if err != nil || row[4] != "yes" && row[4] != "no" {
			panic(fmt.Sprintf("knowledge: services: %v", row))
		}
		for proto := range strings.SplitSeq(row[1], "/") {
			s := service{port: port, proto: proto, name: row[2], common: row[4] == "yes", reason: row[5]}
			t.byPort[portKey{proto, port}] = s
			t.list = append(t.list, s)
			for _, name := range append([]string{s.name}, splitList(row[3])...) {
				if _, ok := t.byName[fold(name)]; !ok {
					t.byName[fold(name)] = s
				}
			}
		}
	}
	return t
})

type logNameTable struct {
	byName map[string]logName
	byPort map[portKey][]VendorName
}

type logName struct {
	port             int
	proto, canonical string
}

var logNames = sync.OnceValue(func() logNameTable {
	t := logNameTable{byName: make(map[string]logName), byPort: make(map[portKey][]VendorName)}
	for _, row := range mustCSV("log_names.csv", "name,port,proto,canonical,vendor,source") {
		port, err := portNumber(row[1])
		if err != nil {
			panic(fmt.Sprintf("knowledge: log_names: %v", row))
		}
		t.byName[fold(row[0])] = logName{port, row[2], row[3]}
		k := portKey{row[2], port}
		t.byPort[k] = append(t.byPort[k], VendorName{Name: row[0], Canonical: row[3], Vendor: row[4], Source: row[5]})
	}
	return t
})

var daemons = sync.OnceValue(func() map[string]service {
	t := make(map[string]service)
	for _, row := range mustCSV("daemons.csv", "program,port,proto,name") {
		port, err := portNumber(row[1])
		if err != nil {
			panic(fmt.Sprintf("knowledge: daemons: %v", row))
		}
		t[row[0]] = service{port: port, proto: row[2], name: row[3]}
	}
	return t
})

// ianaByName is the registry the other way round. The lowest port that has a name wins, and TCP
// before UDP, as in a services file.
var ianaByName = sync.OnceValue(func() map[string]portKey {
	table := registrations()
	t := make(map[string]portKey, len(table.rows))
	for _, row := range slices.Concat(table.rows, table.ranges) {
		k := portKey{"tcp", row.first}
		if !row.tcp {
			k.proto = "udp"
		}
		name := fold(row.Name)
		if _, ok := t[name]; !ok {
			t[name] = k
		}
	}
	return t
})

// fold makes names comparable: case does not matter, and neither do the spaces around.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// ServiceByName gives the port that a log means by the name of a service: a name of services files
// ("telnet", "www", "imap2"), a product's own name ("Backdoor-g-1" is 1243/tcp), a trojan that lists
// put on one port only, or a number ("161", "13223/tcp"). Canonical is the short name for a reader.
// Proto is empty for a number without a protocol. A name that has several ports is not ok: better no
// port than the wrong one.
func ServiceByName(name string) (port int, proto string, canonical string, ok bool) {
	f := fold(name)
	if f == "" {
		return 0, "", "", false
	}
	if c := f[0]; '0' <= c && c <= '9' {
		number, p, _ := strings.Cut(f, "/")
		if port, err := portNumber(number); err == nil && (p == "" || p == "tcp" || p == "udp") {
			canonical = ServiceName(p, port)
			if p == "" {
				canonical = anyServiceName(port)
			}
			return port, p, canonical, true
		}
	}
	if n, ok := logNames().byName[f]; ok {
		return n.port, n.proto, n.canonical, true
	}
	if s, ok := services().byName[f]; ok {
		return s.port, s.proto, s.name, true
	}
	if ports := trojans().ports[f]; len(ports) > 0 {
		if len(ports) == 1 {
			return ports[0].port, ports[0].proto, trojans().named[f], true
		}
		return 0, "", "", false
	}
	if k, ok := ianaByName()[f]; ok {
		return k.port, k.proto, ServiceName(k.proto, k.port), true
	}
	return 0, "", "", false
}

func anyServiceName(port int) string {
	if n := ServiceName("tcp", port); n != "" {
		return n
	}
	return ServiceName("udp", port)
}

// DaemonService gives the port that a program of syslog serves, such as 23/tcp for in.telnetd. A
// path before the program's name does not matter. A program that serves several ports, such as an
// internet super-server or a secure-shell client, is not ok.
func DaemonService(program string) (port int, proto, name string, ok bool) {
	program = program[strings.LastIndexByte(program, '/')+1:]
	s, ok := daemons()[fold(program)]
	return s.port, s.proto, s.name, ok
}

// ServiceName is the short name that a reader expects for a port: the common service's; else the
// trojan's that at least two independent lists put there; else IANA's; else the trojan's of a single
// family of lists. It is empty for a port that nobody names.
//
// The name is a label for the port, not a statement about the traffic, and IANA's may be younger
// than the log: Ports has all candidates with their years.
func ServiceName(proto string, port int) string {
	m := markOf(proto, port)
	if m == nil {
		return serviceName(portKey{strings.ToLower(proto), port})
	}
	if name := m.name.Load(); name != nil {
		return *name
	}
	name := serviceName(portKey{strings.ToLower(proto), port})
	m.name.Store(&name)
	return name
}

func serviceName(k portKey) string {
	if s, ok := services().byPort[k]; ok {
		return s.name
	}
	best := Trojan{}
	for _, t := range trojans().byPort[k] {
		if t.Lineages > best.Lineages {
			best = t
		}
	}
	if best.Lineages >= 2 {
		return best.Name
	}
	if r := registrations().of(k); len(r) > 0 {
		return r[0].Name
	}
	return best.Name
}

// Common reports whether a port is one of the services that everybody's scanners look for, so that
// two sources which sought it have nothing in common. The list, with a reason for each, is
// data/services.csv; no trojan's default port is on it.
func Common(proto string, port int) bool {
	i, ok := markIndex(proto, port)
	return ok && commonPorts()[i>>6]&(1<<(i&63)) != 0
}

// portMark is what is asked of a port for every packet.
type portMark struct {
	name    atomic.Pointer[string] // that of ServiceName, once it was asked for
	trojans bool                   // a list names a trojan's
}

// portMarks are those of TCP's ports and then of UDP's.
var portMarks = sync.OnceValue(func() *[2 << 16]portMark {
	marks := new([2 << 16]portMark)
	for k := range trojans().byPort {
		if i, ok := k.index(); ok {
			marks[i].trojans = true
		}
	}
	return marks
})

// commonPorts has a bit for each port of TCP and then of UDP that is common. Source ports are asked about as well, so nearly any may come up.
var commonPorts = sync.OnceValue(func() *[2 << 16 / 64]uint64 {
	set := new([2 << 16 / 64]uint64)
	for k, s := range services().byPort {
		if i, ok := k.index(); ok && s.common {
			set[i>>6] |= 1 << (i & 63)
		}
	}
	return set
})

func (k portKey) index() (int, bool) {
	switch {
	case k.port < 0 || k.port > 1<<16-1:
	case k.proto == "tcp":
		return k.port, true
	case k.proto == "udp":
		return 1<<16 + k.port, true
	}
	return 0, false
}

// markOf is nil for what is no port of TCP or UDP.
func markOf(proto string, port int) *portMark {
	if i, ok := markIndex(proto, port); ok {
		return &portMarks()[i]
	}
	return nil
}

// markIndex is the place of a port among the marks; not ok for what is no port of TCP or UDP.
func markIndex(proto string, port int) (int, bool) {
	k := portKey{proto, port}
	i, ok := k.index()
	if !ok {
		k.proto = strings.ToLower(proto)
		i, ok = k.index()
	}
	return i, ok
}

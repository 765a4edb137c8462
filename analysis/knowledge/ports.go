package knowledge

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// IANASnapshot is the day of the registry's copy that the embedded table was made from.
const IANASnapshot = "2025-04-30"

// IANASource names the registry for a citation.
const IANASource = "IANA Service Name and Transport Protocol Port Number Registry, snapshot " + IANASnapshot

// Registration is one name that IANA's registry has for a port.
type Registration struct {
	Name        string `json:"name"`
	Year        int    `json:"year,omitempty"` // of the registration; 0 where the registry gives no date
	Description string `json:"description"`
}

// Known reports whether the name was registered by the end of the year. A registration without a
// date counts as known: undated ones are mostly older than 2001, when dates began to be kept.
func (r Registration) Known(year int) bool {
	return year == 0 || r.Year == 0 || r.Year <= year
}

// Trojan is one trojan, worm or flood tool that lists name as the owner of a port.
type Trojan struct {
	Name     string   `json:"name"`
	Aliases  []string `json:"aliases,omitempty"`
	Lineages int      `json:"lineages"` // independent families of lists that name it here
	Note     string   `json:"note,omitempty"`
	Source   string   `json:"source"` // those families, in words

	lists []string
}

// VendorName is what a product prints instead of a port's number.
type VendorName struct {
	Name      string `json:"name"`
	Canonical string `json:"canonical"`        // what it means
	Vendor    string `json:"vendor,omitempty"` // empty when several products use the name
	Source    string `json:"source"`
}

// PortNote is what a reader should know before naming a port.
type PortNote struct {
	Text    string   `json:"text"`
	Sources []string `json:"sources"`
}

// PortFacts is everything that is known about a port.
type PortFacts struct {
	Proto   string         `json:"proto"`
	Port    int            `json:"port"`
	Service string         `json:"service"` // the short name that ServiceName gives
	Common  bool           `json:"common"`
	Reason  string         `json:"reason,omitempty"` // why the port is probed commonly, or is listed although it is not
	IANA    []Registration `json:"iana"`
	Trojans []Trojan       `json:"trojans"`
	Vendor  []VendorName   `json:"vendor_names"`
	Notes   []PortNote     `json:"notes"`
}

type portKey struct {
	proto string
	port  int
}

// Ports tells what is known about a port. Proto is "tcp" or "udp", in any case; any other protocol
// has no facts.
func Ports(proto string, port int) PortFacts {
	proto = strings.ToLower(proto)
	k := portKey{proto, port}
	f := PortFacts{
		Proto:   proto,
		Port:    port,
		Service: ServiceName(proto, port),
		IANA:    registrations().of(k),
		Trojans: slices.Clone(trojans().byPort[k]),
		Vendor:  slices.Clone(logNames().byPort[k]),
		Notes:   slices.Clone(portNotes()[k]),
	}
	if s, ok := services().byPort[k]; ok {
		f.Common, f.Reason = s.common, s.reason
	}
	return f
}

// TrojansOf is the Trojans of Ports alone. The list must not be changed.
func TrojansOf(proto string, port int) []Trojan {
	if m := markOf(proto, port); m != nil && !m.trojans {
		return nil
	}
	return trojans().byPort[portKey{strings.ToLower(proto), port}]
}

// registry is the embedded copy of IANA's registry. Its strings share the memory of the one text, and
// it is searched instead of indexed, because most runs look few ports up.
type registry struct {
	rows   []registryRow // of a single port, in order of the port
	ranges []registryRow
}

type registryRow struct {
	first, last int
	tcp, udp    bool
	Registration
}

var registrations = sync.OnceValue(func() registry {
	z, err := gzip.NewReader(bytes.NewReader(mustRead("data/iana_ports.tsv.gz")))
	if err != nil {
		panic(fmt.Sprintf("knowledge: iana_ports: %v", err))
	}
	var text strings.Builder
	text.Grow(1 << 18)
	if _, err := io.Copy(&text, z); err != nil {
		panic(fmt.Sprintf("knowledge: iana_ports: %v", err))
	}
	table := registry{rows: make([]registryRow, 0, 6500)}
	for line := range strings.Lines(text.String()) {
		if line[0] == '#' {
			continue
		}
		row, err := parseRegistration(strings.TrimSuffix(line, "\n"))
		if err != nil {
			panic(fmt.Sprintf("knowledge: iana_ports: %q: %v", line, err))
		}
		if row.first == row.last {
			table.rows = append(table.rows, row)
		} else {
			table.ranges = append(table.ranges, row)
		}
	}
	return table
})

func parseRegistration(line string) (registryRow, error) {
	var row registryRow
	var err error
	ports, line, _ := strings.Cut(line, "\t")
	protos, line, _ := strings.Cut(line, "\t")
	name, line, _ := strings.Cut(line, "\t")
	year, description, ok := strings.Cut(line, "\t")
	if !ok || strings.Contains(description, "\t") {
		return row, errors.New("not five columns")
	}
	if row.first, row.last, err = portRange(ports); err != nil {
		return row, err
	}
	if year != "" {
		if row.Year, err = strconv.Atoi(year); err != nil {
			return row, err
		}
	}
	row.tcp, row.udp = strings.Contains(protos, "t"), strings.Contains(protos, "u")
	row.Name, row.Description = name, description
	return row, nil
}

// of lists the registrations of a port, in the order of the file.
func (t registry) of(k portKey) []Registration {
	var list []Registration
	add := func(row registryRow) {
		if k.proto == "tcp" && row.tcp || k.proto == "udp" && row.udp {
			list = append(list, row.Registration)
		}
	}
	i, _ := slices.BinarySearchFunc(t.rows, k.port, func(row registryRow, port int) int { return row.first - port })
	for ; i < len(t.rows) && t.rows[i].first == k.port; i++ {
		add(t.rows[i])
	}
	for _, row := range t.ranges {
		if row.first <= k.port && k.port <= row.last {
			add(row)
		}
	}
	return list
}

func portRange(s string) (first, last int, err error) {
	a, b, isRange := strings.Cut(s, "-")
	if first, err = portNumber(a); err != nil || !isRange {
		return first, first, err
	}
	last, err = portNumber(b)
	return first, last, err
}

func portNumber(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err == nil && n == 0 {
		err = fmt.Errorf("port 0 is reserved")
	}
	return int(n), err
}

type trojanTable struct {
	byPort map[portKey][]Trojan
	names  []string             // each once, in the order of the file
	ports  map[string][]portKey // by folded name or alias
	named  map[string]string    // folded name or alias → name
}

// lineages says what each list of data/trojan_ports.csv is. PortSentry's trap lists have ports
// without names, so they prove nothing about a name and do not count.
var lineages = [...]struct {
	code, title string
	counts      bool
}{
	{"simovits", "the Simovits trojan list, as kept in copies of 2002 and 2025", true},
	{"graham", "R. Graham's Firewall Forensics, as copied in 2002", true},
	{"networkice", "NetworkICE's port pages, as copied in 2002", true},
	{"snort", "Snort rules of August 2004 (port and payload)", true},
	{"scanner", "lists inside port scanners, undated", true},
	{"cisco", "a tutorial on Cisco access lists", true},
	{"press", "press reports", true},
	{"book", "Northcutt and Novak, 2002", true},
	{"cert", "CERT advisories and incident notes", true},
	{"portsentry", "PortSentry 1.2 trap ports, which have no names", false},
}

var trojans = sync.OnceValue(func() trojanTable {
	t := trojanTable{
		byPort: make(map[portKey][]Trojan),
		ports:  make(map[string][]portKey),
		named:  make(map[string]string),
	}
	for _, row := range mustCSV("trojan_ports.csv", "port,proto,name,aliases,lists,note") {
		port, err := portNumber(row[0])
		if err != nil {
			panic(fmt.Sprintf("knowledge: trojan_ports: %v", err))
		}
		tr := Trojan{Name: row[2], Aliases: splitList(row[3]), Note: row[5], lists: strings.Fields(row[4])}
		var titles []string
		for _, l := range lineages {
			if slices.Contains(tr.lists, l.code) {
				titles = append(titles, l.title)
				if l.counts {
					tr.Lineages++
				}
			}
		}
		if len(titles) != len(tr.lists) {
			panic(fmt.Sprintf("knowledge: trojan_ports: %v names an unknown list", row))
		}
		tr.Source = strings.Join(titles, "; ")
		k := portKey{row[1], port}
		t.byPort[k] = append(t.byPort[k], tr)
		for _, name := range append([]string{tr.Name}, tr.Aliases...) {
			f := fold(name)
			if !slices.Contains(t.ports[f], k) {
				t.ports[f] = append(t.ports[f], k)
			}
			if _, ok := t.named[f]; !ok {
				t.named[f] = tr.Name
			}
		}
		if !slices.Contains(t.names, tr.Name) {
			t.names = append(t.names, tr.Name)
		}
	}
	return t
})

var portNotes = sync.OnceValue(func() map[portKey][]PortNote {
	var notes []struct {
		Port    int      `yaml:"port"`
		Proto   string   `yaml:"proto"`
		Text    string   `yaml:"text"`
		Sources []string `yaml:"sources"`
	}
	if err := decodeYAML(mustRead("data/port_notes.yaml"), &notes); err != nil {
		panic(fmt.Sprintf("knowledge: port_notes: %v", err))
	}
	table := make(map[portKey][]PortNote)
	for _, n := range notes {
		protos := []string{n.Proto}
		if n.Proto == "any" {
			protos = []string{"tcp", "udp"}
		}
		for _, p := range protos {
			k := portKey{p, n.Port}
			table[k] = append(table[k], PortNote{Text: n.Text, Sources: n.Sources})
		}
	}
	return table
})

// TrojanDefault gives the sentence that a report may print about a port that lists name as a
// trojan's default, such as "known default port of NetBus (5 lists)". It is not ok where no list
// names the port, and where the port is commonly probed: there the ordinary service explains a
// contact better than any of the many trojans that lists put on such ports.
func TrojanDefault(proto string, port int) (label string, ok bool) {
	proto = strings.ToLower(proto)
	if Common(proto, port) {
		return "", false
	}
	return trojanLabel(trojans().byPort[portKey{proto, port}])
}

func trojanLabel(all []Trojan) (string, bool) {
	most := 0
	for _, t := range all {
		most = max(most, t.Lineages)
	}
	var names []string
	for _, t := range all {
		if t.Lineages == most {
			names = append(names, t.Name)
		}
	}
	switch {
	case most == 0:
		return "", false
	case most == 1:
		return "one family of lists names " + series(names, "and"), true
	}
	return fmt.Sprintf("known default port of %s (%d lists)", series(names, "or"), most), true
}

// series joins names as a sentence does, at most three of them.
func series(names []string, last string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n > 3:
		return strings.Join(names[:3], ", ") + " and others"
	default:
		return strings.Join(names[:n-1], ", ") + " " + last + " " + names[n-1]
	}
}

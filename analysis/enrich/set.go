package enrich

import (
	"net/netip"
	"slices"
	"strconv"
	"sync"

	"practicum/analysis"
)

// Set are all databases and lists of a run, in the order of the configuration. A nil Set has none. It may be used from several
// goroutines.
type Set struct {
	databases []*Database
	lists     []*List

	mu  sync.Mutex
	err error
}

// NewSet puts databases and lists together.
func NewSet(databases []*Database, lists []*List) *Set {
	if len(databases)+len(lists) == 0 {
		return nil
	}
	return &Set{databases: databases, lists: lists}
}

// Files are the databases and then the lists.
func (s *Set) Files() []analysis.LookupFile {
	if s == nil {
		return nil
	}
	var list []analysis.LookupFile
	for _, d := range s.databases {
		list = append(list, d.file)
	}
	for _, l := range s.lists {
		list = append(list, l.file)
	}
	return list
}

// DatedAs gives lists that do not say their date the date that an earlier report gives to the same bytes: copying a file
// changes its time.
func (s *Set) DatedAs(files []analysis.LookupFile) {
	if s == nil {
		return
	}
	for _, l := range s.lists {
		i := slices.IndexFunc(files, func(f analysis.LookupFile) bool {
			return f.DatedBy == analysis.DatedByFile && f.SHA256 == l.file.SHA256 && f.Name == l.file.Name
		})
		if l.file.DatedBy == analysis.DatedByFile && i >= 0 {
			l.file.Date = files[i].Date
		}
	}
}

// Err is the first error that a look-up met: a database is damaged.
func (s *Set) Err() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *Set) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// About is what the files have about the sources that have an address, in their order; those that no file has are left out.
func (s *Set) About(sources []analysis.Source) []analysis.About {
	if s == nil {
		return nil
	}
	var list []analysis.About
	seen := map[netip.Addr]bool{}
	for _, source := range sources {
		ip, ok := parsed(source.IP)
		if !ok || seen[ip] {
			continue
		}
		seen[ip] = true
		if a := s.about(ip); len(a.Countries)+len(a.Systems)+len(a.Lists) > 0 {
			a.IP = source.IP
			list = append(list, a)
		}
	}
	return list
}

func parsed(text string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(text)
	return ip.Unmap().WithZone(""), err == nil
}

func (s *Set) about(ip netip.Addr) (a analysis.About) {
	for i, d := range s.databases {
		p, err := d.lookup(ip)
		if err != nil {
			s.failed(err)
			continue
		}
		from := analysis.LookedUpIn{File: d.file.File, Date: d.file.Date}
		if p.code != "" {
			a.Countries = append(a.Countries, analysis.InCountry{Code: p.code, Name: p.country, Registered: p.registered, LookedUpIn: from, Lookup: i})
		}
		if p.number != 0 {
			a.Systems = append(a.Systems, analysis.InSystem{Number: p.number, Organisation: p.organisation, Network: p.network.String(), LookedUpIn: from, Lookup: i})
		}
	}
	for i, l := range s.lists {
		if entry, ok := l.lookup(ip); ok {
			a.Lists = append(a.Lists, analysis.OnList{List: l.file.Name, Meaning: l.file.Meaning, Entry: entry.String(),
				LookedUpIn: analysis.LookedUpIn{File: l.file.File, Date: l.file.Date}, Lookup: len(s.databases) + i})
		}
	}
	return a
}

// Country is the name of a source's country in counts, as the first database says that has one; empty where no database has
// countries.
func (s *Set) Country(source analysis.Source) string {
	return s.first(source, func(d *Database) bool { return d.country }, func(p place) string { return countryName(p.code, p.country) })
}

// System is the name of a source's autonomous system in counts, in the same way.
func (s *Set) System(source analysis.Source) string {
	return s.first(source, func(d *Database) bool { return d.system }, func(p place) string { return systemName(p.number, p.organisation) })
}

func (s *Set) first(source analysis.Source, has func(*Database) bool, name func(place) string) string {
	if s == nil || !slices.ContainsFunc(s.databases, has) {
		return ""
	}
	ip, ok := parsed(source.IP)
	if !ok {
		return "no address"
	}
	for _, d := range s.databases {
		if !has(d) {
			continue
		}
		p, err := d.lookup(ip)
		if err != nil {
			s.failed(err)
			continue
		}
		if n := name(p); n != "" {
			return n
		}
	}
	return "not in the database"
}

func countryName(code, name string) string {
	if name == "" || code == "" {
		return code
	}
	return code + " " + name
}

func systemName(number uint32, organisation string) string {
	if number == 0 {
		return ""
	}
	text := "AS" + strconv.FormatUint(uint64(number), 10)
	if organisation != "" {
		text += " " + organisation
	}
	return text
}

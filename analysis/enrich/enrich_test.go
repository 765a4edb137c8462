package enrich

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"practicum/analysis"
)

var built = time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC)

// database writes a database of records by network.
func database(t testing.TB, kind string, version int, records map[string]mmdbtype.Map) []byte {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, BuildEpoch: built.Unix(), IPVersion: version, RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network, record := range records {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(n, record); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := tree.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func country(code, name string) mmdbtype.Map {
	return mmdbtype.Map{"iso_code": mmdbtype.String(code), "names": mmdbtype.Map{"en": mmdbtype.String(name), "de": mmdbtype.String("x")}}
}

func open(t testing.TB, path string, data []byte) *Database {
	t.Helper()
	d, err := OpenDatabase(path, data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func read(t testing.TB, name, path string, meaning analysis.Meaning, text string) *List {
	t.Helper()
	l, err := ReadList(name, path, meaning, []byte(text), built.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// countries is a city database: what it has of cities is not told.
func countries(t testing.TB) *Database {
	return open(t, "dir/City.mmdb", database(t, "GeoLite2-City", 6, map[string]mmdbtype.Map{
		"192.0.2.0/25":    {"country": country("NL", "The Netherlands"), "city": country("", "Amsterdam"), "location": mmdbtype.Map{"latitude": mmdbtype.Float64(52)}},
		"192.0.2.128/25":  {"registered_country": country("DE", "Germany")},
		"198.51.100.0/24": {"country": country("DE", "Germany")},
		"203.0.113.0/24":  {"country": country("FR", "")},
		"2001:db8::/32":   {"country": country("SE", "Sweden")},
	}))
}

func systems(t testing.TB) *Database {
	return open(t, "ASN.mmdb", database(t, "GeoLite2-ASN", 4, map[string]mmdbtype.Map{
		"192.0.2.0/24":    {"autonomous_system_number": mmdbtype.Uint32(64496), "autonomous_system_organization": mmdbtype.String("Example\x1b[2J " + "\u202eevil <b>|\n" + strings.Repeat("x", 500))},
		"198.51.100.0/24": {"autonomous_system_number": mmdbtype.Uint32(64497)},
	}))
}

func ipinfo(t testing.TB) *Database {
	return open(t, "lite.mmdb", database(t, "ipinfo generic_lite.mmdb", 6, map[string]mmdbtype.Map{
		"192.0.2.0/24":    {"country": mmdbtype.String("Belgium"), "country_code": mmdbtype.String("BE"), "asn": mmdbtype.String("AS64500"), "as_name": mmdbtype.String("Plain Ltd")},
		"198.51.100.0/24": {"country": mmdbtype.String("LU")},
	}))
}

func incident(ips ...string) *analysis.ScoredIncident {
	in := &analysis.ScoredIncident{}
	in.First = built.AddDate(0, -1, 0)
	for _, ip := range ips {
		in.Sources = append(in.Sources, analysis.Source{IP: ip})
	}
	return in
}

// golden compares got with a file of testdata; UPDATE=1 rewrites the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// What is said of the sources, and what report.json has of them.
func TestStatements(t *testing.T) {
	set := NewSet([]*Database{countries(t), systems(t), ipinfo(t)}, []*List{
		read(t, "scanners", "ours.txt", analysis.MeaningAllow, "192.0.2.0/28 # the scanner\n"),
		read(t, "DShield", "block.txt", analysis.MeaningDeny, "#  updated: Sat Oct  3 12:10:17 2026\n192.0.2.0\t192.0.2.255\t24\t12\n198.51.100.7\n203.0.113.0/24\n"),
		read(t, "mirai", "mirai.txt", analysis.MeaningKnown, "2001:db8::/48\n"),
	})
	old := incident("192.0.2.7")
	old.First = time.Date(2000, 3, 1, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	for _, c := range []struct {
		name string
		in   *analysis.ScoredIncident
	}{
		{"one source", incident("192.0.2.7")},
		{"registered only", incident("192.0.2.200")},
		{"mapped", incident("::ffff:198.51.100.7")},
		{"IPv6, which the database of systems does not have", incident("2001:db8::1")},
		{"several", incident("192.0.2.7", "192.0.2.8", "198.51.100.7", "203.0.113.9", "10.1.2.3", "192.0.2.7")},
		{"old records", old},
		{"nothing is known", incident("10.1.2.3")},
		{"names only", &analysis.ScoredIncident{Incident: analysis.Incident{Sources: []analysis.Source{{Name: "a.example"}, analysis.Unnamed}}}},
	} {
		b.WriteString("== " + c.name + "\n")
		c.in.About = set.About(c.in.Sources)
		for _, o := range set.Statements(c.in) {
			b.WriteString(o.ID + " (" + string(o.Topic) + ", " + string(o.Class) + "): " + o.Text + " -- " + o.Source + "\n")
		}
		for _, a := range c.in.About {
			text, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(text, '\n'))
		}
	}
	for _, f := range set.Files() {
		if len(f.SHA256) != 64 {
			t.Errorf("%s: SHA-256 %q", f.File, f.SHA256)
		}
		f.SHA256 = ""
		text, _ := json.Marshal(f)
		b.Write(append(text, '\n'))
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") || strings.Contains(b.String(), strings.Repeat("x", maxText)) {
		t.Error("a text of a database is neither clean nor short")
	}
	golden(t, "statements.txt", b.String())
}

// Sources count under one name each, whatever is known of them, so that the rows of a table add up.
func TestCounted(t *testing.T) {
	both := NewSet([]*Database{systems(t), countries(t), ipinfo(t)}, nil)
	for source, want := range map[analysis.Source][2]string{
		{IP: "192.0.2.7"}:    {"NL The Netherlands", "AS64496 Example\ufffd[2J \ufffdevil <b>| " + strings.Repeat("x", 77) + "…"},
		{IP: "198.51.100.1"}: {"DE Germany", "AS64497"},
		{IP: "203.0.113.1"}:  {"FR", "not in the database"},
		{IP: "10.0.0.1"}:     {"not in the database", "not in the database"},
		{Name: "a.example"}:  {"no address", "no address"},
	} {
		if got := [2]string{both.Country(source), both.System(source)}; got != want {
			t.Errorf("%v: %q, want %q", source, got, want)
		}
	}
	lists := NewSet(nil, []*List{read(t, "a", "a.txt", analysis.MeaningKnown, "192.0.2.7")})
	for _, s := range []*Set{nil, lists, NewSet(nil, nil)} {
		if s.Country(analysis.Source{IP: "192.0.2.7"}) != "" || s.System(analysis.Source{IP: "192.0.2.7"}) != "" || s.Err() != nil {
			t.Error("without databases nothing is counted")
		}
	}
}

// What is no database, or one of something else, is an error that says what to do; a damaged one is never a wrong answer
// without a word.
func TestDatabaseErrors(t *testing.T) {
	domains := database(t, "GeoIP2-Domain", 6, map[string]mmdbtype.Map{"192.0.2.0/24": {"domain": mmdbtype.String("example.com")}})
	empty := database(t, "GeoLite2-Country", 6, nil)
	odd := database(t, "GeoLite2-ASN", 6, map[string]mmdbtype.Map{"192.0.2.0/24": {"autonomous_system_number": mmdbtype.String("many")}})
	number := database(t, "ipinfo", 6, map[string]mmdbtype.Map{"192.0.2.0/24": {"asn": mmdbtype.String("ASmany")}})
	for want, data := range map[string]struct {
		name string
		data []byte
	}{
		"a.mmdb: is no database in MaxMind's format": {"a.mmdb", []byte("<html>")},
		"e.mmdb: is no database in MaxMind's format": {"e.mmdb", nil},
		`b.mmdb: has neither countries nor numbers of autonomous systems (its type is "GeoIP2-Domain"); give a database`: {"b.mmdb", domains},
		"c.mmdb: has neither countries nor numbers of autonomous systems":                                                {"c.mmdb", empty},
		"d.mmdb: is damaged": {"d.mmdb", odd},
		"f.mmdb: is damaged (its asn is no number: ASmany); get it anew, or leave it out": {"f.mmdb", number},
	} {
		if _, err := OpenDatabase(data.name, data.data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}

	// A record of another type behind those that are looked at in the beginning.
	records := map[string]mmdbtype.Map{"203.0.113.0/24": {"autonomous_system_number": mmdbtype.String("many"), "country": country("FR", "France")}}
	for i := range probed + 1 {
		records[net.IPv4(10, byte(i>>8), byte(i), 0).String()+"/24"] = mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(uint32(i + 1))}
	}
	set := NewSet([]*Database{open(t, "late.mmdb", database(t, "X", 6, records))}, nil)
	if about := set.About([]analysis.Source{{IP: "203.0.113.1"}}); len(about) != 0 {
		t.Errorf("a damaged record says %v", about)
	}
	if err := set.Err(); err == nil || !strings.HasPrefix(err.Error(), "late.mmdb: is damaged (") {
		t.Errorf("got %v", err)
	}
}

// Look-ups may run side by side.
func TestParallel(t *testing.T) {
	set := NewSet([]*Database{countries(t), systems(t)}, []*List{read(t, "a", "a.txt", analysis.MeaningDeny, "192.0.2.0/24")})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 256 {
				source := analysis.Source{IP: net.IPv4(192, 0, 2, byte(i)).String()}
				if a := set.About([]analysis.Source{source}); len(a) != 1 || len(a[0].Countries) != 1 || len(a[0].Systems) != 1 || len(a[0].Lists) != 1 || set.Country(source) == "" {
					t.Errorf("%v: %v", source, a)
				}
			}
		})
	}
	wait.Wait()
}

// A database is hostile input: what is cut or changed is refused or answers something, and stops nothing.
func FuzzDatabase(f *testing.F) {
	f.Add(database(f, "GeoLite2-Country", 4, map[string]mmdbtype.Map{"192.0.2.0/24": {"country": country("NL", "The Netherlands")}}))
	f.Add(database(f, "ipinfo", 6, map[string]mmdbtype.Map{"192.0.2.0/24": {"asn": mmdbtype.String("AS1")}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := OpenDatabase("fuzz.mmdb", data)
		if err != nil {
			return
		}
		set := NewSet([]*Database{d}, nil)
		in := incident("192.0.2.1", "2001:db8::1", "0.0.0.0", "255.255.255.255")
		in.About = set.About(in.Sources)
		for _, o := range set.Statements(in) {
			if strings.ContainsAny(o.Text+o.Source, "\x00\x1b\n\u202e") {
				t.Errorf("%q", o.Text)
			}
		}
	})
}

package enrich

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oschwald/maxminddb-golang/v2"

	"practicum/analysis"
)

// Database is an opened database in MaxMind's format.
type Database struct {
	file    analysis.LookupFile
	path    string
	reader  *maxminddb.Reader
	flat    bool // see flatRecord
	country bool // it has countries
	system  bool // it has autonomous systems
}

// maxText is how many characters of a name in a database are kept.
const maxText = 100

// probed is how many networks of a database are looked at for what it holds.
const probed = 2048

// OpenDatabase opens a database of countries (a city database is one too) or of autonomous systems. path is for errors, and its
// last part for citations; data must not be changed afterwards. The format is that of the MaxMind DB specification 2.0; the
// names of fields are those of GeoLite2 and GeoIP2, which DB-IP has taken over, and those of IPinfo.
func OpenDatabase(path string, data []byte) (*Database, error) {
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("%s: is no database in MaxMind's format (%w); give a file that ends in .mmdb, such as GeoLite2-Country.mmdb", path, err)
	}
	sum := sha256.Sum256(data)
	d := &Database{path: path, reader: r, file: analysis.LookupFile{
		File: base(path), Kind: "database", Name: clean(r.Metadata.DatabaseType), DatedBy: analysis.DatedByContent,
		Date: r.Metadata.BuildTime().UTC(), SHA256: hex.EncodeToString(sum[:]),
	}}
	n := 0
	for result := range r.Networks(maxminddb.SkipEmptyValues()) {
		var fields map[string]any
		if err := result.Decode(&fields); err != nil {
			return nil, d.damaged(err)
		}
		_, text := fields["country"].(string)
		_, code := fields["country_code"].(string)
		_, as := fields["asn"].(string)
		d.flat = d.flat || text || code || as
		p, err := d.place(result)
		if err != nil {
			return nil, err
		}
		d.country, d.system = d.country || p.code != "", d.system || p.number != 0
		if n++; n == probed || d.country && d.system {
			break
		}
	}
	if !d.country && !d.system {
		return nil, fmt.Errorf("%s: has neither countries nor numbers of autonomous systems (its type is %q); give a database of countries, cities or ASNs", path, d.file.Name)
	}
	return d, nil
}

func (d *Database) damaged(err error) error {
	return fmt.Errorf("%s: is damaged (%w); get it anew, or leave it out", d.path, err)
}

// place is what a database has about a network.
type place struct {
	code, country string
	registered    bool
	number        uint32
	organisation  string
	network       netip.Prefix
}

// nested is a record of GeoLite2, GeoIP2 and DB-IP.
type nested struct {
	Country      nation `maxminddb:"country"`
	Registered   nation `maxminddb:"registered_country"`
	Number       uint32 `maxminddb:"autonomous_system_number"`
	Organisation string `maxminddb:"autonomous_system_organization"`
}

type nation struct {
	Code  string `maxminddb:"iso_code"`
	Names struct {
		English string `maxminddb:"en"`
	} `maxminddb:"names"`
}

// flatRecord is one of IPinfo: the country's name beside its code, or the code alone.
type flatRecord struct {
	Code        string `maxminddb:"country_code"`
	Country     string `maxminddb:"country"`
	CountryName string `maxminddb:"country_name"`
	Number      string `maxminddb:"asn"` // AS15169
	Name        string `maxminddb:"as_name"`
}

// lookup is what the database has about an address; nothing is no error.
func (d *Database) lookup(ip netip.Addr) (place, error) {
	if ip.Is6() && d.reader.Metadata.IPVersion == 4 {
		return place{}, nil
	}
	return d.place(d.reader.Lookup(ip))
}

func (d *Database) place(result maxminddb.Result) (p place, err error) {
	if d.flat {
		var r flatRecord
		if err := result.Decode(&r); err != nil {
			return p, d.damaged(err)
		}
		if r.Code == "" && len(r.Country) == 2 {
			r.Code, r.Country = r.Country, r.CountryName
		}
		p.code, p.country, p.organisation = r.Code, r.Country, r.Name
		if digits, ok := strings.CutPrefix(strings.ToUpper(r.Number), "AS"); ok {
			n, err := strconv.ParseUint(digits, 10, 32)
			if err != nil {
				return p, d.damaged(errors.New("its asn is no number: " + clean(r.Number)))
			}
			p.number = uint32(n)
		}
	} else {
		var r nested
		if err := result.Decode(&r); err != nil {
			return p, d.damaged(err)
		}
		p = place{code: r.Country.Code, country: r.Country.Names.English, number: r.Number, organisation: r.Organisation}
		if p.code == "" {
			p.code, p.country = r.Registered.Code, r.Registered.Names.English
			p.registered = p.code != ""
		}
	}
	p.code, p.country, p.organisation, p.network = clean(p.code), clean(p.country), clean(p.organisation), result.Prefix()
	return p, nil
}

// clean makes one short line of a text of somebody else's. What is not printed becomes a mark that says so.
func clean(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	var b strings.Builder
	for _, r := range s {
		if n++; n > maxText {
			b.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// base is the name of a file without its folders.
func base(path string) string { return clean(filepath.Base(path)) }

package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"practicum/analysis"
	"practicum/analysis/incident"
	"practicum/analysis/logformat"
	"practicum/analysis/pipeline"
	"practicum/analysis/severity"
	"practicum/render/style"
	"practicum/templates"
)

var logFormats = []string{"syslog", "norton"}

// testFlags are the flags that the command has.
func testFlags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.StringSlice("to", nil, "")
	for _, name := range []string{"log-format", "geo", "list"} {
		flags.StringArray(name, nil, "")
	}
	for _, name := range []string{"title", "output", "tz", "year", "as-of", "order", "detail", "paper", "tlp", "attach", "template", "since"} {
		flags.String(name, "", "")
	}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

// resolve runs both halves on the bytes of a file.
func resolve(path, data string, env []string, flags *pflag.FlagSet) (*Options, error) {
	s, err := parseLayers(path, []byte(data), env, flags)
	if err != nil {
		return nil, err
	}
	return s.Resolve(logFormats)
}

// equal compares options; zones compare by name, because a location has no other identity.
var equal = []cmp.Option{
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

// The same configuration means the same in the three languages.
func TestFileTypes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := &Options{
		Dir: "out/april", To: []string{"md", "json"}, Templates: templates.Default(), Attach: "manifest", Style: style.Style{Paper: "letter", Author: "A. N. Alyst"},
		Obscure: Pseudonyms{Key: "practicum-obscure.key", Home: []netip.Prefix{netip.MustParsePrefix("198.51.100.25/32")}},
		Mail:    Mailing{Sendmail: "/usr/sbin/sendmail", Limit: 10 << 20},
		Analysis: pipeline.Options{
			Title: "Incidents at example.net", Analyst: "A. N. Alyst",
			Clock:  logformat.ClockOptions{Zone: berlin, Year: 2000},
			Detail: -1, Excerpt: 12, Expand: 1000, Order: incident.OrderSeverity,
			Grouping: incident.Options{
				Gap: 12 * time.Hour, Campaign: 14 * 24 * time.Hour, Ports: 5, Sources: 500_000,
				Ignore: []incident.Ignore{{
					Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32")},
					Names:     []string{"scanner.example.net"}, Reason: "our own scanner",
				}},
			},
			LogFormats: []pipeline.LogFormatRule{{Format: "syslog", Glob: "**/*.log"}},
			Site: severity.Site{
				Name:    "example.net",
				Network: &severity.Points{Low: 2, High: 2, Reason: "a permissive firewall"},
				System:  &severity.Points{Low: 3, High: 3},
				Assets: []severity.Asset{
					{
						Hosts: []string{"mail.example.net", "010"}, Addresses: []netip.Prefix{netip.MustParsePrefix("198.51.100.25/32")},
						Criticality: &severity.Points{Low: 4, High: 4, Reason: "the only mail relay"},
						System:      &severity.Points{Low: 3, High: 4, Reason: "the only mail relay"},
						Network:     &severity.Points{Low: 1, High: 2, Reason: "one open port"},
					},
					{Formats: []string{"norton"}, Criticality: &severity.Points{Low: 2, High: 2}},
				},
				Ratings: []severity.Rating{
					{ID: "3f2a9c", Lethality: &severity.Points{}, Total: &severity.Total{Low: 4, High: 4, About: true}},
					{
						Sources: []string{"203.0.113.9", "worm.example.org"},
						From:    time.Date(2000, 3, 7, 0, 0, 0, 0, berlin), To: time.Date(2000, 3, 12, 0, 0, 0, 0, berlin),
						Criticality: &severity.Points{Low: 3, High: 4, Reason: "holds the keys"},
						Total:       &severity.Total{Low: -2, High: -1},
					},
				},
			},
		},
	}
	for _, ext := range []string{".yaml", ".toml", ".json"} {
		path := filepath.Join("testdata", "site"+ext)
		s, err := Load(path, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Resolve(logFormats)
		if err != nil {
			t.Fatal(err)
		}
		want.Analysis.ZoneNote = path
		if d := cmp.Diff(want, got, equal...); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}

func TestDefaults(t *testing.T) {
	got, err := resolve("", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &Options{
		Dir: "report", To: []string{"md", "html", "pdf", "json"}, Templates: templates.Default(), Attach: "manifest", Style: style.Style{Paper: "a4"}, Obscure: Pseudonyms{Key: "practicum-obscure.key"},
		Mail: Mailing{Sendmail: "/usr/sbin/sendmail", Limit: 10 << 20},
		Analysis: pipeline.Options{
			Clock:    logformat.ClockOptions{Zone: time.UTC},
			Grouping: incident.Options{Gap: 24 * time.Hour, Campaign: 30 * 24 * time.Hour, Ports: 3, Sources: 500_000},
			Detail:   50, Excerpt: 40, Expand: 1000,
		},
	}
	if d := cmp.Diff(want, got, equal...); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, empty := range []string{"practicum.yaml", "practicum.toml", "practicum.json"} {
		got, err := resolve(empty, "", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, equal...); d != "" {
			t.Errorf("empty %s (-want +got):\n%s", empty, d)
		}
	}
}

// Each layer overrules the ones below it, value by value.
func TestPrecedence(t *testing.T) {
	const file = "title: file\nanalyst: file\noutput: {dir: file, to: [md]}\nclock: {tz: Europe/Berlin}\ndetail: 7\n"
	env := []string{"PRACTICUM_TITLE=variable", "PRACTICUM_OUTPUT_DIR=variable", "PRACTICUM_TO=html, pdf", "HOME=/root", "PRACTICUM_EXCERPT="}
	got, err := resolve("site.yaml", file, env, testFlags(t, "--title=flag", "--to=json,md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, got, want string }{
		{"title: flag over all", got.Analysis.Title, "flag"},
		{"dir: variable over file", got.Dir, "variable"},
		{"analyst: file over default", got.Analysis.Analyst, "file"},
		{"to: flag over variable", strings.Join(got.To, ","), "md,json"},
		{"tz: file", got.Analysis.Clock.Zone.String(), "Europe/Berlin"},
		{"paper: default", got.Style.Paper, "a4"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	if got.Analysis.Detail != 7 || got.Analysis.Excerpt != 40 {
		t.Errorf("detail %d, excerpt %d; want 7 of the file and the default of 40", got.Analysis.Detail, got.Analysis.Excerpt)
	}
}

// Every setting can be given by the environment, by the name of its key and by that of its flag.
func TestEnvironment(t *testing.T) {
	logo, css, font := styleFiles(t)
	values := map[string]string{
		"output.to": "json", "output.export": "csv", "output.dshield_user": "4711", "paper": "letter", "template": "gcia", "clock.tz": "+02:00", "clock.year": "1999", "clock.as_of": "1999-12-31",
		"period.month": "2026-10", "period.since": "2026-10-01", "period.until": "2026-10-31 12:00:00", "period.last": "1d12h", "history.keep": "24",
		"tlp": "red", "attach": "none", "obscure.mode": "own", "obscure.mynet": "true", "limits.expand": "50", "limits.sources": "10", "style.lang": "de", "style.margin": "1in", "style.accent": "#003366", "style.link": "#003366", "style.logo": logo, "style.css": css,
		"style.fonts.text": font, "style.fonts.bold": font, "style.fonts.italic": font, "style.fonts.bold_italic": font, "style.fonts.mono": font,
		"grouping.gap": "1h", "grouping.campaign": "2d", "grouping.ports": "9", "grouping.order": "severity", "detail": "3", "excerpt": "4",
		"mail.to": "soc@example.net, b@example.net", "mail.from": "practicum@example.net", "mail.smtp": "mail.example.net", "mail.tls": "tls", "mail.limit": "3",
	}
	base, err := resolve("", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range settings {
		value, ok := values[set.key]
		if !ok {
			value = "something"
		}
		for _, name := range envNames(set) {
			got, err := resolve("", "", []string{name + "=" + value}, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if cmp.Equal(base, got, equal...) {
				t.Errorf("%s=%s changes nothing", name, value)
			}
		}
	}
	if got := ConfigFromEnv([]string{"PRACTICUM_CONFIG=a.yaml", "PRACTICUM_CONFIG=b.yaml"}); got != "b.yaml" {
		t.Errorf("ConfigFromEnv: %q", got)
	}
}

// A year and an as-of exclude each other, but a stronger layer replaces the weaker one's choice.
func TestYearOrAsOf(t *testing.T) {
	got, err := resolve("site.yaml", "clock: {year: 2000}", nil, testFlags(t, "--as-of=2001-05-01"))
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Analysis.Clock; c.Year != 0 || !c.AsOf.Equal(time.Date(2001, 5, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got year %d as of %v", c.Year, c.AsOf)
	}
	got, err = resolve("site.yaml", "clock: {as_of: 2000-01-01}", []string{"PRACTICUM_YEAR=1999"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := got.Analysis.Clock; c.Year != 1999 || !c.AsOf.IsZero() {
		t.Errorf("got year %d as of %v", c.Year, c.AsOf)
	}
}

func TestFlagLogFormatsComeFirst(t *testing.T) {
	got, err := resolve("site.yaml", "log_formats: [{format: syslog, glob: '*'}]", nil, testFlags(t, "--log-format=norton=nis=*.log"))
	if err != nil {
		t.Fatal(err)
	}
	want := []pipeline.LogFormatRule{{Format: "norton", Glob: "nis=*.log"}, {Format: "syslog", Glob: "*"}}
	if d := cmp.Diff(want, got.Analysis.LogFormats); d != "" {
		t.Error(d)
	}
}

// Files of the configuration are found from its folder, those of flags from the current one, and are asked last.
func TestLookups(t *testing.T) {
	got, err := resolve("etc/site.yaml", "enrich: {databases: [a.mmdb, /b.mmdb], lists: [{name: ours, file: ours.txt, meaning: allow}, {name: plain, file: p.txt}]}", nil,
		testFlags(t, "--geo=c.mmdb", "--list=deny:DShield=block=1.txt", "--list=x=x.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := Lookups{
		Databases: []string{filepath.Join("etc", "a.mmdb"), "/b.mmdb", "c.mmdb"},
		Lists: []NamedList{{"ours", filepath.Join("etc", "ours.txt"), analysis.MeaningAllow}, {"plain", filepath.Join("etc", "p.txt"), analysis.MeaningKnown},
			{"DShield", "block=1.txt", analysis.MeaningDeny}, {"x", "x.txt", analysis.MeaningKnown}},
	}
	if d := cmp.Diff(want, got.Lookups); d != "" {
		t.Error(d)
	}
}

// A server that is not on this machine is spoken to under TLS unless somebody says otherwise.
func TestMailServer(t *testing.T) {
	for text, want := range map[string]Mailing{
		"smtp: mail.example.net":              {Host: "mail.example.net", Port: 587, TLS: "starttls"},
		"smtp: 'mail.example.net:25'":         {Host: "mail.example.net", Port: 25, TLS: "starttls"},
		"{smtp: mail.example.net, tls: tls}":  {Host: "mail.example.net", Port: 465, TLS: "tls"},
		"{smtp: mail.example.net, tls: none}": {Host: "mail.example.net", Port: 25, TLS: "none"},
		"smtp: localhost":                     {Host: "localhost", Port: 25, TLS: "none"},
		"smtp: '127.0.0.1:2525'":              {Host: "127.0.0.1", Port: 2525, TLS: "none"},
		"smtp: '[::1]:2525'":                  {Host: "::1", Port: 2525, TLS: "none"},
		"{smtp: '::1', tls: starttls}":        {Host: "::1", Port: 587, TLS: "starttls"},
		"smtp: localhost.example.net":         {Host: "localhost.example.net", Port: 587, TLS: "starttls"},
		"sendmail: /opt/sendmail":             {Sendmail: "/opt/sendmail"},
	} {
		if !strings.HasPrefix(text, "{") {
			text = "{" + text + "}"
		}
		got, err := resolve("etc/site.yaml", "mail: "+text, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want.Limit = 10 << 20
		if d := cmp.Diff(want, got.Mail); d != "" {
			t.Errorf("%s:\n%s", text, d)
		}
	}
}

// Every mistake is named with its place; all of them are found in one go.
func TestErrors(t *testing.T) {
	tests := []struct {
		name, file, data string
		env, flags       []string
		want             []string
	}{
		{name: "misspelt key", data: "assets: [{hosts: [mail], critcality: 4}]",
			want: []string{`site.yaml: unknown key "critcality" in assets[0] (did you mean "criticality"?)`}},
		{name: "misspelt key in TOML", file: "site.toml", data: "[grouping]\ngpa = '3h'\n",
			want: []string{`site.toml: unknown key "gpa" in grouping (did you mean "gap"?)`}},
		{name: "misspelt key in JSON", file: "site.json", data: `{"titel": "x"}`,
			want: []string{`site.json: unknown key "titel" (did you mean "title"?)`}},
		{name: "case is not folded", data: "Title: x", want: []string{`site.yaml: unknown key "Title" (did you mean "title"?)`}},
		{name: "dots do not nest", data: "clock.tz: UTC", want: []string{`site.yaml: unknown key "clock.tz" (write "tz" inside "clock")`}},
		{name: "an address as a key", data: "site: {10.0.0.1: 4}",
			want: []string{`site.yaml: unknown key "10.0.0.1" in site (known here: name, network, system)`}},
		{name: "unknown in points", data: "site: {network: {points: 3, because: x}}",
			want: []string{`site.yaml: unknown key "because" in site.network (known here: points, reason)`}},
		{name: "comma in a text", data: "site: {network: {points: 3, reason: A filter lets 22, 80 and 443 in.}}",
			want: []string{`site.yaml: unknown key "80 and 443 in." in site.network (known here: points, reason; a text with a comma wants quotes)`}},
		{name: "several", data: "title: [x]\nclock: 3\nassets: {hosts: [a]}\nratings: [3]\n", want: []string{
			"site.yaml: assets: wants a list, not keys",
			"site.yaml: clock: wants keys of its own, not a single value",
			"site.yaml: ratings[0]: wants keys of its own, not a single value",
			"site.yaml: title: wants one value, not a list"}},
		{name: "empty element", data: "output: {to: [md, ]}\ngrouping: {ignore: [~]}", want: []string{"site.yaml: grouping.ignore[0]: is empty"}},
		{name: "key twice", data: "title: a\ntitle: b", want: []string{`site.yaml: line 2: the key "title" stands here a second time`}},
		{name: "key twice in JSON", file: "site.json", data: "{\"title\": 1,\n\"title\": 2}",
			want: []string{`site.json: line 2: the key "title" stands here a second time`}},
		{name: "key twice in TOML", file: "site.toml", data: "title = 'a'\ntitle = 'b'\n", want: []string{`site.toml: key title is already defined`}},
		{name: "not YAML", data: "title: 'a\nb: [", want: []string{"site.yaml: line 2: found unexpected end of stream"}},
		{name: "not TOML", file: "site.toml", data: "title = \n", want: []string{"site.toml: line 1: "}},
		{name: "not JSON", file: "site.json", data: "{\n'title': 1}", want: []string{"site.json: line 2: invalid character '\\''"}},
		{name: "JSON cut short", file: "site.json", data: `{"title": "x"`, want: []string{"site.json: line 1: ends in the middle: a bracket or a quotation mark is not closed"}},
		{name: "JSON goes on", file: "site.json", data: `{} {}`, want: []string{"site.json: line 1: has text after the end of the object"}},
		{name: "two documents", data: "title: a\n---\ntitle: b\n", want: []string{"site.yaml: has more than one YAML document; one is wanted"}},
		{name: "a list at the top", data: "- title", want: []string{"site.yaml: wants keys such as title and assets at the top"}},
		{name: "a list as a key", data: "[a, b]: c", want: []string{"site.yaml: line 1: a key must be a word"}},
		{name: "not UTF-8", data: "title: \xff\xfe", want: []string{"site.yaml: is not UTF-8 text; save it as UTF-8"}},
		{name: "other extension", file: "site.conf", data: "title: x", want: []string{"site.conf: a configuration ends in .yaml, .toml or .json, which says how it is read"}},
		{name: "nested aliases", data: "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n" +
			"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
			want: []string{"is nested or repeated too often"}},

		{name: "points out of range", data: "assets: [{hosts: [mail], criticality: 9}]",
			want: []string{"site.yaml: assets[0].criticality: 9 is not from 0 to 5"}},
		{name: "points", data: "assets: [{hosts: [m], criticality: -1, system: 4 to 3, network: {points: high}}]\nsite: {network: {reason: x}, system: 2.5}", want: []string{
			`site.yaml: site.network: has no points; write them as 4, 3 to 4 or {points: 4, reason: ...}`,
			`site.yaml: site.system: "2.5" is not points; write 4, or 3 to 4`,
			"site.yaml: assets[0].criticality: -1 is not from 0 to 5",
			"site.yaml: assets[0].system: 4 to 3 runs backwards; write the lower end first",
			`site.yaml: assets[0].network: "high" is not points; write 4, or 3 to 4`}},
		{name: "assets", data: "assets: [{criticality: 3}, {hosts: [a]}, {hosts: [''], formats: [nortn], addresses: [mail, 10.0.0.1/8, '::ffff:1.2.3.4/90', 'fe80::1%eth0'], system: 1}]", want: []string{
			"site.yaml: assets[0]: has no hosts, addresses or formats, so it describes no machine",
			`site.yaml: assets[2].formats[0]: "nortn" is not a log format (did you mean "norton"?); practicum formats lists them`,
			"site.yaml: assets[2].hosts[0]: is empty; write a name as it stands in the logs",
			`site.yaml: assets[2].addresses[0]: "mail" is not an address or a network; write 192.0.2.7 or 192.0.2.0/24`,
			`site.yaml: assets[2].addresses[1]: "10.0.0.1/8" is an address within a network; write 10.0.0.0/8 for the network`,
			`site.yaml: assets[2].addresses[2]: "::ffff:1.2.3.4/90" mixes IPv4 and IPv6; write the IPv4 network alone`,
			`site.yaml: assets[2].addresses[3]: "fe80::1%eth0" names an interface; leave out what stands from the % on`}},
		{name: "ratings", data: "ratings: [{total: 1}, {id: a, sources: [b], total: 12}, {id: a}, {sources: [b], from: 2000-02-02, to: 2000-01-01, total: some}, {sources: [b], from: soon, to: later, total: 3 to 1}]", want: []string{
			"site.yaml: ratings[0]: has neither id nor sources, so it rates no incident",
			"site.yaml: ratings[1]: has an id, which finds its incident alone; remove sources, from and to, or the id",
			"site.yaml: ratings[1].total: 12 is not from -10 to 10, which is as far as the formula goes",
			"site.yaml: ratings[2]: has no criticality, lethality, system, network or total, so it says nothing",
			`site.yaml: ratings[3].to: "2000-01-01" is not after "2000-02-02"`,
			`site.yaml: ratings[3].total: "some" is not a total; write 1, about 4, or 1 to 2`,
			`site.yaml: ratings[4].from: "soon" is not a day or a time; write 2000-04-30 or 2000-04-30T12:00:00Z`,
			`site.yaml: ratings[4].to: "later" is not a day or a time; write 2000-04-30 or 2000-04-30T12:00:00Z`,
			"site.yaml: ratings[4].total: 3 to 1 runs backwards; write the lower end first"}},
		{name: "grouping", data: "grouping: {gap: soon, campaign: 0d, ports: 0, order: rank, ignore: [{reason: x}, {names: [a]}]}", want: []string{
			`site.yaml: grouping.order: "rank" is not time or severity`,
			`site.yaml: grouping.gap: "soon" is not a time; write 24h, 90m or 30d`,
			`site.yaml: grouping.campaign: "0d" is no time at all; it must be more than 0`,
			"site.yaml: grouping.ports: 0 is not from 1 to 65535",
			"site.yaml: grouping.ignore[0]: has neither addresses nor names, so it ignores nothing",
			"site.yaml: grouping.ignore[1].reason: is missing; the report says why something was ignored"}},
		{name: "output", data: "output: {dir: ' ', to: [markdown, pfd]}\npaper: A4\ndetail: some\nexcerpt: 0\ntitle: \"a\\u001bb\"", want: []string{
			"site.yaml: output.dir: is empty; name a folder, such as report",
			`site.yaml: output.to: "markdown" is not a report format; there are md, html, pdf, json`,
			`site.yaml: output.to: "pfd" is not a report format; there are md, html, pdf, json`,
			`site.yaml: paper: "A4" is not a4 or letter (did you mean "a4"?)`,
			"site.yaml: title: has the control character U+001B; remove it",
			`site.yaml: detail: "some" is not a whole number; write how many incidents are told in full, or all`,
			"site.yaml: excerpt: 0 is not from 1 to 1000000"}},
		{name: "no report format", data: "output: {to: []}", want: []string{"site.yaml: output.to: names no report format; there are md, html, pdf, json"}},
		{name: "clock", data: "clock: {tz: Mars/Olympus, year: 20000}", want: []string{
			`site.yaml: clock.tz: "Mars/Olympus" is not a time zone; write one such as Europe/Berlin, or an offset such as +01:00`,
			"site.yaml: clock.year: 20000 is not from 1970 to 2200"}},
		{name: "year and as-of", data: "clock: {year: 2000, as_of: 2001-01-01}", want: []string{"site.yaml: clock.as_of: stands beside a year (site.yaml); give one of the two"}},
		{name: "year and as-of as flags", flags: []string{"--year=2000", "--as-of=2001-01-01"}, want: []string{"--as-of: stands beside a year (--year); give one of the two"}},
		{name: "machine's zone", flags: []string{"--tz=Local"}, want: []string{"--tz: the machine's own zone is not the logs'; name it, such as Europe/Berlin"}},
		{name: "log formats", data: "log_formats: [{format: sylog, glob: '*.{log'}, {format: norton}]", flags: []string{"--log-format=x", "--log-format=y=*"}, want: []string{
			`--log-format: "x" lacks the inputs; write NAME=GLOB, such as syslog=*.log`,
			`--log-format: "y" is not a log format; practicum formats lists them`,
			`site.yaml: log_formats[0].format: "sylog" is not a log format (did you mean "syslog"?); practicum formats lists them`,
			`site.yaml: log_formats[0].glob: "*.{log" is not a glob; a bracket or a brace in it is not closed`,
			"site.yaml: log_formats[1].glob: is missing; write which inputs are meant, such as *.log"}},
		{name: "lookups", data: "enrich: {databases: [''], lists: [{name: a, file: b, meaning: denied}, {}]}", flags: []string{"--geo=", "--list=x", "--list=no:a=b", "--list=deny:=b"}, want: []string{
			"site.yaml: enrich.databases[0]: is missing; name a file that ends in .mmdb",
			"--geo: is empty; name a file that ends in .mmdb",
			`site.yaml: enrich.lists[0].meaning: "denied" is not what a list can mean; there are allow, deny, known`,
			"site.yaml: enrich.lists[1].name: is missing; reports call the list by it",
			"site.yaml: enrich.lists[1].file: is missing; name a file with an address or a network a line",
			`--list: "x" is not NAME=FILE; write dshield=block.txt, or with what it means allow:scanners=ours.txt`,
			`--list: "no" is not what a list can mean; there are allow, deny, known`,
			`--list: is missing; write NAME=FILE`}},
		{name: "mail", data: "mail: {to: [soc, 'a@example.net, b@example.net', \"a@example.net\\r\\nBcc: x@example.net\"], from: me, subject: '{week}', smtp: 'a b', sendmail: /bin/sendmail, tls: ssl, limit: 0, red: ['']}", want: []string{
			`site.yaml: mail.to[0]: "soc" is not a mail address; write soc@example.net`,
			`site.yaml: mail.to[1]: "a@example.net, b@example.net" is not a mail address`,
			`site.yaml: mail.to[2]: "a@example.net\r\nBcc: x@example.net" is not a mail address`,
			`site.yaml: mail.red[0]: "" is not a mail address`,
			"site.yaml: mail.subject: {week} stands for nothing",
			"site.yaml: mail.limit: 0 is not from 1 to 1000",
			`site.yaml: mail.from: "me" is not a mail address`,
			`site.yaml: mail.tls: "ssl" is not starttls or tls or none`,
			"site.yaml: mail.sendmail: stands beside mail.smtp; a mail goes one way, so remove one of the two",
			`site.yaml: mail.smtp: "a b" is not a server; write mail.example.net or mail.example.net:587`}},
		{name: "a password in clear", data: "mail: {smtp: 'mail.example.net:25', tls: none, user: me}", want: []string{"site.yaml: mail.tls: is none, which would send the password of me over the network in clear; write starttls or tls"}},
		{name: "a password in the file", data: "mail: {password: secret}", want: []string{`site.yaml: unknown key "password" in mail`}},
		{name: "flags are named", flags: []string{"--year=abc", "--to=md,pfd", "--detail=0"}, want: []string{
			`--to: "pfd" is not a report format; there are md, html, pdf, json`,
			"--detail: 0 is not from 1 to 1000000; write how many incidents are told in full, or all",
			`--year: "abc" is not a whole number`}},
		{name: "variables are named", env: []string{"PRACTICUM_GROUPING_GAP=x", "PRACTICUM_TZ=Nowhere"}, want: []string{
			`PRACTICUM_GROUPING_GAP: "x" is not a time; write 24h, 90m or 30d`,
			`PRACTICUM_TZ: "Nowhere" is not a time zone; write one such as Europe/Berlin, or an offset such as +01:00`}},
		{name: "misspelt variable", env: []string{"PRACTICUM_TITEL=x", "PRACTICUM_HOME=x", "OTHER=1"},
			want: []string{"PRACTICUM_TITEL: unknown environment variable (did you mean PRACTICUM_TITLE?)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := test.file
			if file == "" {
				file = "site.yaml"
			}
			_, err := resolve(file, test.data, test.env, testFlags(t, test.flags...))
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.Split(err.Error(), "\n")
			ok := len(got) == len(test.want)
			for i := 0; ok && i < len(got); i++ {
				ok = strings.Contains(got[i], test.want[i])
			}
			if !ok {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	if got, err := Find(dir); got != "" || err != nil {
		t.Errorf("empty folder: %q, %v", got, err)
	}
	write := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(""), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want := write("practicum.toml")
	if got, err := Find(dir); got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	first := write("practicum.yaml")
	if _, err := Find(dir); err == nil || err.Error() != first+": lies beside practicum.toml; name the one that holds with --config" {
		t.Errorf("two configurations: %v", err)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): "no such file or directory",
		dir:                             "is a folder, not a configuration",
	} {
		if _, err := Load(path, nil, nil); err == nil || err.Error() != path+": "+want {
			t.Errorf("got %v, want %s: %s", err, path, want)
		}
	}
	big := filepath.Join(dir, "big.yaml")
	if err := os.WriteFile(big, []byte(strings.Repeat("#\n", maxFile)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(big, nil, nil); err == nil || !strings.Contains(err.Error(), "has more than 4 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestValues(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"24h": 24 * time.Hour, "30d": 720 * time.Hour, "1d12h": 36 * time.Hour, "90m": 90 * time.Minute, " 45s ": 45 * time.Second,
	} {
		if got, err := duration(text); err != nil || got != want {
			t.Errorf("duration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "30", "-1h", "1d-1h", "99999999999d", "1h30d", "0s"} {
		if got, err := duration(text); err == nil {
			t.Errorf("duration(%q) = %v, want an error", text, got)
		}
	}
	for text, want := range map[string]string{
		"UTC": "UTC", "utc": "UTC", "Z": "UTC", "+00:00": "UTC", "+01:00": "UTC+01:00", "-0530": "UTC-05:30", "−5": "UTC-05:00", "UTC+2": "UTC+02:00", "America/New_York": "America/New_York",
	} {
		if got, err := zone(text); err != nil || got.String() != want {
			t.Errorf("zone(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "+15:00", "+01:75", "local", "../etc/passwd", "/etc/localtime"} {
		if got, err := zone(text); err == nil {
			t.Errorf("zone(%q) = %v, want an error", text, got)
		}
	}
	for text, want := range map[string][2]int{"4": {4, 4}, " 0 ": {0, 0}, "3 to 4": {3, 4}, "3-4": {3, 4}, "3–5": {3, 5}} {
		if low, high, err := points(text); err != nil || low != want[0] || high != want[1] {
			t.Errorf("points(%q) = %d, %d, %v; want %v", text, low, high, err, want)
		}
	}
	for text, want := range map[string]severity.Total{
		"1": {Low: 1, High: 1}, "about 4": {Low: 4, High: 4, About: true}, "1 to 2": {Low: 1, High: 2}, "−2": {Low: -2, High: -2}, "-2 to -1": {Low: -2, High: -1},
	} {
		if got, err := total(text); err != nil || *got != want {
			t.Errorf("total(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "10.0.0.0/8": "10.0.0.0/8", "::ffff:192.0.2.7": "192.0.2.7/32", "::ffff:10.0.0.0/104": "10.0.0.0/8", "2001:db8::1": "2001:db8::1/128",
	} {
		if got, err := prefix(text); err != nil || got.String() != want {
			t.Errorf("prefix(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

// Nothing that stands in a file may stop the program otherwise than by an error, and an error
// names the file and stays on lines of its own.
func FuzzConfig(f *testing.F) {
	for _, ext := range []string{".yaml", ".toml", ".json"} {
		data, err := os.ReadFile(filepath.Join("testdata", "site"+ext))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ext, data)
	}
	f.Add(".yaml", []byte("a: &a [*a]"))
	f.Add(".yaml", []byte("? {a: b}\n: c\n<<: {title: x}"))
	f.Add(".json", []byte(`{"clock": {"tz": null}, "detail": 1e400}`))
	f.Add(".toml", []byte("clock.as_of = 1979-05-27T07:32:00Z\n[[assets]]\ncriticality = nan\n"))
	f.Fuzz(func(t *testing.T, ext string, data []byte) {
		if !slices.Contains([]string{".yaml", ".yml", ".toml", ".json"}, ext) {
			ext = ".yaml"
		}
		o, err := resolve("fuzz"+ext, string(data), nil, nil)
		if err == nil {
			if o.Analysis.Grouping.Gap <= 0 || o.Analysis.Clock.Zone == nil || len(o.To) == 0 {
				t.Errorf("accepted, but incomplete: %+v", o)
			}
			return
		}
		for l := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(l, "fuzz"+ext+": ") {
				t.Errorf("error line %q does not name its file", l)
			}
		}
	})
}

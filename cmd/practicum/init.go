package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/lazily"
	"practicum/analysis/pipeline"
	"practicum/config"
	"practicum/render/safe"
)

func newInit(p *program) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "init [LOG...]",
		Short: "Write a commented configuration, proposing what the logs show",
		Long: `Writes a configuration in which every key is explained. With logs, it lists the machines
that they show as assets, and asks what only you can know: what a machine is worth, how it
is protected, in which zone its clock runs. Points that stay unanswered are left to the
tool, and the report asks for them. A file that exists is never replaced.`,
		Example: `  practicum init -o site.yaml testdata/logs/founding
  practicum report --config site.yaml testdata/logs/founding`,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&path, "output", "o", config.Names[0], "`FILE` file to write, or - for standard output (default: practicum.yaml)")
	addClockFlags(cmd)
	cmd.RunE = works(func(cmd *cobra.Command, args []string) error {
		switch ext := filepath.Ext(path); {
		case path == standardInput:
		case ext != ".yaml" && ext != ".yml":
			return usageErrorf("--output: %q does not end in .yaml, which is what init writes", path)
		}
		if _, err := os.Lstat(path); err == nil && path != standardInput {
			return kept(path)
		}
		found := &findings{}
		if len(args) > 0 {
			// The settings of these flags complete stamps while the logs are read; the file that is
			// to be written need not exist yet.
			o, err := p.options(flags)
			if err != nil {
				return err
			}
			in, err := p.findInputs(cmd.Context(), args, "")
			if err != nil {
				return err
			}
			defer in.close()
			if found, err = lookAround(cmd.Context(), in, o.Analysis); err != nil {
				return err
			}
			for _, w := range in.warnings {
				p.warn(w.file, w.text)
			}
		}
		text := proposal(found)
		if path == standardInput {
			_, err := p.stdout.Write(text)
			return err
		}
		if err := writeNew(path, text); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "wrote %s\n\nnext: answer the questions in it, then: practicum report --config %s LOG\n", safe.Line(path), shellWord(path))
		return err
	})
	return cmd
}

func kept(path string) error {
	return fmt.Errorf("%s: exists already and is kept; write another file with -o", path)
}

// writeNew writes a file that must not exist.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return kept(path)
	}
	if err == nil {
		_, err = f.Write(text)
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			os.Remove(path)
		}
	}
	if err != nil {
		return unwritable(path, err)
	}
	return nil
}

// machine is what logs show of one machine of the site: one that logs, or the one that a personal
// firewall guards, whose log does not say on which machine it was written.
type machine struct {
	host      string // empty where no record names the machine that logged
	file      string // of the records that do not name it
	records   int
	formats   map[string]bool
	names     map[string]bool // where it is a target of what it logs
	addresses map[string]bool
}

// findings are what a proposal is made of.
type findings struct {
	machines []machine
	more     int // machines beyond the cap
	report   *analysis.Report
}

// The caps keep a configuration readable when a log server writes for a thousand machines.
const (
	maxMachines = 40
	maxTargets  = 8
)

// lookAround reads the logs for the machines in them.
func lookAround(ctx context.Context, in *inputs, o pipeline.Options) (*findings, error) {
	report, err := pipeline.Run(ctx, in.logs, o)
	if err != nil {
		return nil, err
	}
	type key struct{ host, file string }
	seen := map[key]*machine{}
	err = pipeline.Events(ctx, in.logs, o, func(e *pipeline.EventRecord) error {
		k := key{host: e.Host}
		if e.Host == "" {
			k.file = e.File
		}
		m := seen[k]
		if m == nil {
			// What the record holds is valid until we return.
			m = &machine{host: strings.Clone(e.Host), formats: map[string]bool{}, names: map[string]bool{}, addresses: map[string]bool{}}
			m.file = strings.Clone(k.file)
			seen[key{m.host, m.file}] = m
		}
		m.records++
		m.formats[strings.Clone(e.Format)] = true
		if e.Kind == "" {
			return nil // the target of what the site does itself is not of the site
		}
		ip, name := e.Target.IP, e.Target.Name
		if knowledge.SourceIsVictim(e.Kind) && (isPrivate(e.Source.IP) || !isPrivate(ip)) {
			ip, name = e.Source.IP, e.Source.Name // the other end is an attacker's
		}
		if ip != "" && len(m.addresses) <= maxTargets {
			m.addresses[strings.Clone(ip)] = true
		}
		if name != "" && len(m.names) <= maxTargets {
			m.names[strings.Clone(name)] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	f := &findings{report: report}
	for _, m := range seen {
		f.machines = append(f.machines, *m)
	}
	slices.SortFunc(f.machines, func(a, b machine) int {
		return cmp.Or(cmp.Compare(b.records, a.records), cmp.Compare(a.host, b.host), cmp.Compare(a.file, b.file))
	})
	if f.more = len(f.machines) - maxMachines; f.more > 0 {
		f.machines = f.machines[:maxMachines]
	}
	return f, nil
}

func isPrivate(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsPrivate()
}

// proposal writes the configuration. What stands behind a # without a blank is a setting that is
// switched off; a test switches all of them on and reads the file again.
func proposal(f *findings) []byte {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	note := func(indent, format string, args ...any) {
		for _, line := range wrap(safe.Line(fmt.Sprintf(format, args...)), 92-len(indent)) {
			say("%s# %s", indent, line)
		}
	}

	say(`# Configuration of Practicum. Remove the # in front of a key to set it.
#
# The environment overrules this file (PRACTICUM_TITLE, PRACTICUM_CLOCK_TZ, ...), and flags
# overrule both. A key that is misspelt is an error.

# The report's title, and who answers for it.
#title: Security incidents
#analyst: A. N. Alyst

output:
  # Where the report goes, from the current folder, and in which report formats.
  dir: report
  to: [md, html, pdf, json]
  # What is written for other systems: csv, stix, ocsf, navigator, dshield; and the site's number at DShield.
  #export: [csv]
  #dshield_user: 0
  # What HTML, PDF and exports are called; {site}, {month}, {since}, {until} and {tlp} stand for what the report is of, in dir too.
  #name: "{site}-{month}-{tlp}"

# What time the report is about, in the zone below: a month (2026-10, last, this). In its place may stand
# since: 2026-10-01 and until: 2026-11-01, or last: 30d. Records of other times are counted and not judged.
#period: {month: last}

# The page size of the PDF: a4 or letter.
paper: a4

# The form of the report: practical (excerpt, what the log shows, analysis, severity), gcia (the
# ten headings of later practicals), monthly (a page for the management, tables, then the incidents), or
# a file with a template of your own ("practicum templates export" begins one), from the folder of this file.
template: practical

# The label of the Traffic Light Protocol on every page: clear, green, amber, amber+strict or red.
#tlp: amber

# What the PDF carries besides its pages: none, the manifest of the inputs (names, sizes and SHA-256),
# or the evidence (the manifest and the inputs themselves, 32 MB at most).
#attach: manifest

# Pseudonyms for a report that is shown to others: all addresses and names, or the site's own alone. The same
# key gives the same pseudonyms in every run; it and the list are for the owner alone.
#obscure:
  #mode: all
  #key: practicum-obscure.key
  #list: pseudonyms.jsonl
  # Words to replace wherever they stand: the firm's name, a project's.
  #words: [Example Corp, bluebird]
  # The site's own networks, besides its assets' addresses and private ones; mynet writes them MY.NET.17.4.
  #home: [198.51.100.0/24]
  #mynet: false

# Bounds on what hostile logs can cost; the report says what they cut: how many times its size a compressed log
# may unpack to, and how many sources are told apart.
#limits:
  #expand: 1000
  #sources: 500000

# The looks of HTML and PDF. Files are found from the folder of this file.
#style:
  # Of the text, for hyphens and voices: en, de-AT, ...
  #lang: en
  # The margins at left and right, from 1cm to 5cm.
  #margin: 22mm
  # Of titles and rules, and of links; dark enough to be read on white.
  #accent: "#1f3a5f"
  #link: "#0b57a4"
  # A PNG, JPEG or GIF above the title.
  #logo: logo.png
  # Rules for the page that follow its own style sheet.
  #css: page.css
  # TrueType files (.ttf, .ttc) for the PDF; fallback is asked for what the others lack, such as
  # Chinese or Japanese.
  #fonts:
    #text: text.ttf
    #bold: bold.ttf
    #italic: italic.ttf
    #bold_italic: bold-italic.ttf
    #mono: mono.ttf
    #fallback: [wqy-zenhei.ttc]

# Files with kinds of the site's own, from the folder of this file. An entry with the id of a kind
# ("practicum explain kind" lists them) takes its place as far as it goes.
#catalogue: [kinds.yaml]

# Files with messages and log formats of the site's own, from the folder of this file ("practicum
# formats teach LOG" begins one).
#patterns: [patterns.yaml]

# Files that the sources of incidents are looked up in, from the folder of this file: databases in MaxMind's
# format (countries, cities, ASNs), and lists with an address or a network a line, such as DShield's. What a list means
# is allow, deny or known. Each fact in the report names its file and date.
#enrich:
  #databases: [GeoLite2-Country.mmdb, GeoLite2-ASN.mmdb]
  #lists:
    #- name: DShield
      #file: block.txt
      #meaning: deny

# How a report is mailed when the command line asks for it (--mail, or --mail-to). Without smtp the system's
# sendmail is asked. A password is never written here: it is PRACTICUM_MAIL_PASSWORD, or the first line of a file.
#mail:
  #to: [soc@example.net]
  #from: practicum@example.net
  # {site}, {month}, {since}, {until} and {tlp} stand for what the report is of; without it, the report's title.
  #subject: "Security report {month}"
  #smtp: mail.example.net:587
  # starttls, tls, or none, which is for servers on this machine.
  #tls: starttls
  #user: practicum
  #password_file: smtp.password
  # sendmail: /usr/sbin/sendmail
  # Megabytes of attachments; what does not fit is named in the mail.
  #limit: 10
  # The only recipients that a report labelled TLP:RED is mailed to.
  #red: [ciso@example.net]
`)
	say(`clock:
  # In which zone do the clocks of these machines run? A log that states no zone is read as
  # this one: a name such as Europe/Berlin, or an offset such as +01:00.
  tz: %s`, zoneOf(f.report))
	say(`
  # Stamps without a year get it from other records, then from the file's time. Say it here when
  # that goes wrong: the year of a log's earliest stamp, or a day that no stamp is later than.`)
	year := "" // the earliest
	if f.report != nil {
		for _, d := range f.report.Clock {
			if d.Year == "" {
				continue
			}
			note("  ", "%s is of %s: %s.", d.File, d.Year, strings.TrimSuffix(d.Basis, "."))
			if m := yearForm().FindString(d.Year); m != "" && (year == "" || m < year) {
				year = m
			}
		}
	}
	year = cmp.Or(year, "2000")
	say(`  #year: %s
  #as_of: %s-12-31

history:
  #file: /var/lib/practicum/history.db   # where reports are remembered, or none; the state folder of whoever runs it otherwise
  #keep: 24            # months, counted back from the newest report; all of them otherwise

grouping:
  # What one source does is one incident until it is silent for longer than this.
  gap: 24h
  # Different sources with the same unusual signature are one incident within this time.
  campaign: 30d
  # A source that touches more ports than this does not join others by a port.
  ports: 3
  # Number the incidents by time or by severity, not by host and then time.
  #order: severity
  # Which sources are your own scanners and monitors? The report counts what they hide.
  #ignore:
    #- addresses: [192.0.2.7, 192.0.2.64/28]
      #names: [scanner.example.net]
      #reason: The site's own scanner.

# How many incidents are told in full ("all" for every one; the rest stand in tables), and how many
# lines of an incident's evidence are quoted.
detail: 50
excerpt: 40

# Log formats are recognised by content. Name one here where that goes wrong.
#log_formats:
  #- format: portsentry
    #glob: "**/sensor*.log"

# The site as a whole. Points are from 0 to 5, written as 4, "3 to 4", or with the reason for them.
site:
  #name: example.net
  # How is the network protected? 5 one tested, restrictive firewall and no other way in;
  # 4 a restrictive firewall and some other ways in; 2 a permissive firewall; 0 none.
  #network: {points: 2, reason: A permissive packet filter.}
  # How are machines protected that no asset describes? 5 modern, fully patched, hardened;
  # 3 older, some patches missing; 1 no wrappers, passwords in clear text.
  #system: {points: 3, reason: Older systems with some patches missing.}
`, year, year)
	if len(f.machines) == 0 {
		say(`# The machines of the site: what each is worth (5 firewall, DNS, core router; 4 mail; 2 a user's
# desktop; 1 nobody misses it) and how it is protected. A machine is found by any of its hosts,
# its addresses or networks, or the log formats of logs that do not name it.
#assets:
  #- hosts: [mail]
    #addresses: [192.0.2.25]
    #formats: []
    #criticality: {points: 4, reason: The site's mail server.}
    #system: 3 to 4
    #network: 2
    #reason: Holds for the points that give no reason of their own.
`)
	} else {
		say(`# The machines that the logs show, those with the most records first. For each of them: what is
# it worth (5 firewall, DNS, core router; 4 mail; 2 a user's desktop; 1 nobody misses it), and how
# is it protected? A machine is found by any of its hosts, its addresses or networks, or the log
# formats of logs that do not name it. A reason beside the points holds for those without one.
assets:`)
		nameless := map[string]int{}
		for _, m := range f.machines {
			if m.host == "" {
				for format := range m.formats {
					nameless[format]++
				}
			}
		}
		for _, m := range f.machines {
			alone := true
			for format := range m.formats {
				alone = alone && nameless[format] <= 1
			}
			writeMachine(say, note, m, alone)
		}
		if f.more > 0 {
			note("  ", "%s more, with fewer records, not listed here.", count(f.more, "machine"))
		}
		say("")
	}
	say(`# Several sites, each with its logs, zone, machines and countermeasures; what a site does not say holds
# as above. "practicum report" then takes its logs from here and makes one report with a section
# each, or one each where {site} stands in output.dir or -o.
#sites:
  #- name: Berlin
    #inputs: [logs/berlin, "logs/berlin-*.log"]
    #tz: Europe/Berlin
    #network: 4
    #system: 3
    #assets:
      #- hosts: [mail-berlin]
        #criticality: 4
    #ignore:
      #- addresses: [192.0.2.9]
        #reason: Our own scanner.
`)
	say(`# Your word on an incident, found by its id in report.json, or by its sources and its beginning. The
# tool's own suggestion stays visible beside it. A total that you wrote down elsewhere is compared
# with the sum of its parts.
#ratings:
  #- sources: [203.0.113.9]
    #from: %[1]s-01-01
    #to: %[1]s-12-31
    #criticality: {points: 4, reason: The target is the mail server.}
    #lethality: {points: "3 to 4", reason: Three services were looked at.}
    #system: 4
    #network: 2
    #reason: Holds for the points that give no reason of their own.
    #total: about 1
  #- id: 0123456789abcdef
    #lethality: 2`, year)
	return []byte(b.String())
}

var yearForm = lazily.Regexp(`^[0-9]{4}`)

func zoneOf(r *analysis.Report) string {
	if r == nil || r.Zone == "" {
		return "UTC"
	}
	return yamlText(r.Zone)
}

// writeMachine writes one asset. The log format finds a machine only where no other machine's log is
// of that format; otherwise its names do.
func writeMachine(say func(string, ...any), note func(string, string, ...any), m machine, alone bool) {
	formats := strings.Join(slices.Sorted(maps.Keys(m.formats)), ", ")
	names := someOf(m.names)
	if m.host != "" {
		note("  ", "Logged %s (%s).", count(m.records, "record"), formats)
		say("  - hosts: [%s]", yamlText(m.host))
	} else {
		note("  ", "Which machine wrote %s? It has %s (%s) that do not say.", m.file, count(m.records, "record"), formats)
		switch {
		case len(names) > 0:
			say("  - hosts: [%s]", strings.Join(names, ", "))
			if alone {
				say("    formats: [%s]", formats)
			}
		default:
			say("  - formats: [%s]", formats)
		}
	}
	if addresses := someOf(m.addresses); len(addresses) > 0 {
		note("    ", "Are these its own addresses, and for good?")
		say("    #addresses: [%s]", strings.Join(addresses, ", "))
	}
	say(`    #criticality: {points: 3, reason: ""}
    #system: {points: 3, reason: ""}
    #network: {points: 2, reason: ""}`)
}

// someOf lists the first of a set as YAML.
func someOf(set map[string]bool) []string {
	var list []string
	for _, s := range slices.Sorted(maps.Keys(set)) {
		if len(list) < maxTargets {
			list = append(list, yamlText(s))
		}
	}
	return list
}

var yamlPlain = lazily.Regexp(`^[A-Za-z][A-Za-z0-9_.-]*$`)

// yamlText writes s as YAML that reads as s. Go's escapes are YAML's too, and hidden characters are
// among those that Go escapes.
func yamlText(s string) string {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
	default:
		if yamlPlain().MatchString(s) {
			return s
		}
	}
	return strconv.QuoteToASCII(s)
}

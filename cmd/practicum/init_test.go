package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/analysis/logformat"
	"practicum/config"
)

// loadProposal reads a configuration as report would.
func loadProposal(t *testing.T, text []byte) *config.Options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	font, err := os.ReadFile("../../render/pdf/fonts/IBMPlexMono-Regular.ttf")
	if err != nil {
		t.Fatal(err)
	}
	// The files that the proposal names as examples.
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"logo.png": logo.Bytes(), "page.css": nil, "text.ttf": font, "bold.ttf": font, "italic.ttf": font,
		"bold-italic.ttf": font, "mono.ttf": font, "wqy-zenhei.ttc": font} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := config.Load(path, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range logformat.Formats {
		names = append(names, f.Name)
	}
	o, err := s.Resolve(names)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// switchedOff is a setting with a # and no blank in front of it.
var switchedOff = regexp.MustCompile(`(?m)^(\s*)#(\S)`)

// switchOn sets every setting but as_of, which stands for the same as year.
func switchOn(text []byte) []byte {
	text = []byte(strings.Replace(string(text), "#as_of:", "# as_of:", 1))
	return switchedOff.ReplaceAll(text, []byte("$1$2"))
}

var exampleFindings = &findings{
	report: &analysis.Report{
		Zone:  "Europe/Berlin",
		Clock: []analysis.Decision{{File: "mail.log", Year: "2001", Basis: "the file's time."}, {File: "nis.log"}},
	},
	machines: []machine{
		{host: "mail", records: 25, formats: map[string]bool{"portsentry": true, "tcpwrappers": true}},
		{file: "nis.log", records: 20, formats: map[string]bool{"norton": true}, addresses: map[string]bool{"198.51.100.7": true, "2001:db8::1": true}},
		{host: "evil: [x]\u202e\x1b\n#\xff", records: 1, formats: map[string]bool{"wuftpd": true}},
		{host: "no", records: 1, formats: map[string]bool{"wuftpd": true}},
		{host: "0123", records: 1, formats: map[string]bool{"wuftpd": true}},
	},
	more: 3,
}

// Whatever logs show, the proposal is a configuration, as it is and with every setting on.
func TestProposal(t *testing.T) {
	defaults, err := (func() (*config.Options, error) {
		s, err := config.Load("", nil, nil)
		if err != nil {
			return nil, err
		}
		return s.Resolve(nil)
	})()
	if err != nil {
		t.Fatal(err)
	}
	empty := proposal(&findings{})
	o := loadProposal(t, empty)
	o.Analysis.ZoneNote, o.Analysis.Clock.Zone, defaults.Analysis.Clock.Zone = "", nil, nil
	if d := cmp.Diff(defaults, o); d != "" {
		t.Errorf("the proposal without logs changes the defaults:\n%s", d)
	}
	loadProposal(t, switchOn(empty))

	full := proposal(exampleFindings)
	o = loadProposal(t, full)
	var hosts []string
	for _, a := range o.Analysis.Site.Assets {
		hosts = append(hosts, strings.Join(a.Hosts, "|")+"/"+strings.Join(a.Formats, "|"))
	}
	want := []string{"mail/", "/norton", "evil: [x]\u202e\x1b\n#\u00ff/", "no/", "0123/"}
	if !slices.Equal(hosts, want) {
		t.Errorf("assets %q, want %q", hosts, want)
	}
	if o.Analysis.Clock.Zone.String() != "Europe/Berlin" {
		t.Errorf("zone %s", o.Analysis.Clock.Zone)
	}
	on := loadProposal(t, switchOn(full))
	if on.Analysis.Clock.Year != 2001 || on.Analysis.Site.Assets[1].Addresses == nil {
		t.Errorf("switched on: %+v", on.Analysis.Clock)
	}
	if strings.ContainsAny(string(full), "\u202e\x1b") {
		t.Error("hidden characters of a host's name stand in the file")
	}
}

// Every key of the shape is explained in the proposal.
func TestProposalIsWhole(t *testing.T) {
	text := string(proposal(&findings{}))
	for _, key := range config.Keys() {
		name := key[strings.LastIndex(key, ".")+1:]
		if !regexp.MustCompile(`[\s{#-]` + regexp.QuoteMeta(name) + `:`).MatchString(text) {
			t.Errorf("%s is not in the proposal", key)
		}
	}
}

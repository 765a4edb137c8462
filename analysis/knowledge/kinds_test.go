package knowledge

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKindsAreComplete(t *testing.T) {
	seen := make(map[string]bool)
	for _, k := range Kinds() {
		if seen[k.ID] {
			t.Errorf("%s: there twice", k.ID)
		}
		seen[k.ID] = true
		for _, p := range k.Problems() {
			t.Errorf("%s: %s", k.ID, p)
		}
		got, ok := KindByID(k.ID)
		if !ok || got.Title != k.Title {
			t.Errorf("KindByID(%q) = %q, %v", k.ID, got.Title, ok)
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d kinds", len(seen))
	}
	for _, id := range []string{
		"multi-service-contact", "banner-grab", "ftp-proxy-probe", "trap-port-connect", "rpc-highport-probe", "snmp-probe",
		"trojan-probe", "unused-port-probe", "misdirected-peer", "wrapper-refused", "wrapper-hostname-mismatch",
		"ftp-login-failed", "mail-login-failed", "anonymous-ftp", "firewall-deny",
	} {
		if !seen[id] {
			t.Errorf("no kind %q", id)
		}
	}
	if _, ok := KindByID("no-such-kind"); ok {
		t.Error("an unknown id must not be ok")
	}
}

func TestIDsAgree(t *testing.T) {
	var kindIDs, behaviourIDs []string
	for _, k := range Kinds() {
		kindIDs = append(kindIDs, k.ID)
		if one, ok := KindByID(k.ID); !ok || !cmp.Equal(one, k) {
			t.Errorf("%s: alone it is decoded otherwise than in its file:\n%s", k.ID, cmp.Diff(k, one))
		}
	}
	for _, b := range Behaviours() {
		behaviourIDs = append(behaviourIDs, b.ID)
	}
	if diff := cmp.Diff(kindIDs, KindIDs()); diff != "" {
		t.Errorf("KindIDs: an entry does not begin with its id:\n%s", diff)
	}
	if diff := cmp.Diff(behaviourIDs, BehaviourIDs()); diff != "" {
		t.Errorf("BehaviourIDs: an entry does not begin with its id:\n%s", diff)
	}
}

// Every file under kinds/ is a family of the list or the behaviours; a file that is not listed would
// be embedded and never told.
func TestKindFilesAreListed(t *testing.T) {
	entries, err := files.ReadDir("kinds")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".yaml")
		if name != "behaviours" && !slices.Contains(kindFamilies[:], name) {
			t.Errorf("kinds/%s is not in kindFamilies", e.Name())
		}
	}
}

func TestBehavioursAreComplete(t *testing.T) {
	seen := make(map[string]bool)
	for _, b := range Behaviours() {
		if seen[b.ID] || !kindID().MatchString(b.ID) {
			t.Errorf("%q: there twice, or no id", b.ID)
		}
		seen[b.ID] = true
		for _, p := range b.Problems() {
			t.Errorf("%s: %s", b.ID, p)
		}
		if _, ok := Behaviour(b.ID); !ok {
			t.Errorf("Behaviour(%q) is not ok", b.ID)
		}
	}
	if len(seen) != 19 {
		t.Errorf("%d behaviours, want 19", len(seen))
	}
}

// Every source has a date, so that a reader sees from when a claim is.
func TestSourcesHaveDates(t *testing.T) {
	refs := map[string][]string{}
	for _, k := range Kinds() {
		refs[k.ID] = k.Refs
	}
	for _, b := range Behaviours() {
		refs["behaviour "+b.ID] = b.Refs
	}
	year := regexp.MustCompile(`(19|20)[0-9]{2}`)
	number := regexp.MustCompile(`RFC [0-9]+`) // RFC 1918 is of 1996
	for id, list := range refs {
		for _, r := range list {
			if !year.MatchString(number.ReplaceAllString(r, "")) {
				t.Errorf("%s: %q has no date", id, r)
			}
		}
	}
}

// Every technique of the catalogue is in the table of the version that the catalogue names, under its name
// (Problems compares them), and the table holds no others but their parents.
func TestTechniquesAreInTheTable(t *testing.T) {
	used := map[string]bool{}
	for _, k := range Kinds() {
		for _, a := range k.Attack {
			parent, _, _ := strings.Cut(a.ID, ".")
			used[a.ID], used[parent] = true, true
			if _, ok := TechniqueName(a.ID); !ok {
				t.Errorf("%s: %s is not in data/attack.csv", k.ID, a.ID)
			}
		}
	}
	for id := range techniques() {
		if !used[id] {
			t.Errorf("data/attack.csv: no kind uses %s", id)
		}
	}
	if name, ok := TechniqueName("T1595.001"); !ok || name != "Active Scanning: Scanning IP Blocks" {
		t.Errorf("T1595.001 is %q", name)
	}
	if _, ok := TechniqueName("T1685"); ok {
		t.Error("a technique of a later version must not be there")
	}
}

func TestProblems(t *testing.T) {
	whole, _ := KindByID("trap-port-connect")
	for _, tt := range []struct {
		name   string
		damage func(*Kind)
	}{
		{"no title", func(k *Kind) { k.Title = " " }},
		{"id", func(k *Kind) { k.ID = "Trap Port" }},
		{"likelihood", func(k *Kind) { k.Spoof.Likelihood = "unlikely" }},
		{"no technique and no reason", func(k *Kind) { k.Attack = nil }},
		{"technique's name", func(k *Kind) { k.Attack = []Technique{{ID: "T1595", Name: "Scanning"}} }},
		{"technique's id", func(k *Kind) { k.Attack = []Technique{{ID: "T99", Name: "x"}} }},
		{"lethality 0", func(k *Kind) { k.Lethality.Low = 0 }},
		{"lethality upside down", func(k *Kind) { k.Lethality.Low, k.Lethality.High = 4, 2 }},
		{"lethality cites a block", func(k *Kind) { k.Lethality.Reason = "The connection was dropped." }},
		{"question without a mark", func(k *Kind) { k.Questions = append([]string{"Tell me."}, k.Questions...) }},
		{"two questions", func(k *Kind) { k.Questions = k.Questions[:2] }},
		{"only conditional explanations", func(k *Kind) { k.Benign = []string{"{{if_udp}}A stray datagram."} }},
		{"unknown placeholder", func(k *Kind) { k.Questions = append([]string{"Is {{colour}} red?"}, k.Questions...) }},
		{"three options", func(k *Kind) { k.Quiz.Options = k.Quiz.Options[:3] }},
		{"answer E", func(k *Kind) { k.Quiz.Answer = "E" }},
		{"no source", func(k *Kind) { k.Refs = nil }},
		{"no benign explanation", func(k *Kind) { k.Benign = nil }},
	} {
		k := whole
		tt.damage(&k)
		if len(k.Problems()) == 0 {
			t.Errorf("%s: no problem found", tt.name)
		}
	}
	if p := whole.Problems(); len(p) != 0 {
		t.Errorf("the undamaged entry has problems: %v", p)
	}
}

func TestYAMLIsStrict(t *testing.T) {
	var kinds []Kind
	if err := decodeYAML([]byte("- id: x\n  titel: y\n"), &kinds); err == nil {
		t.Error("a misspelt key must be an error")
	}
}

// The answers of the quiz must not sit in one place.
func TestQuizAnswersAreSpread(t *testing.T) {
	count := make(map[string]int)
	for _, k := range Kinds() {
		count[k.Quiz.Answer]++
	}
	for _, a := range []string{"A", "B", "C", "D"} {
		if n := count[a]; n*10 < len(Kinds()) {
			t.Errorf("answer %s only %d times in %d", a, n, len(Kinds()))
		}
	}
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct {
		file    string
		explain func(*bytes.Buffer) error
	}{
		{"port-13223.txt", func(b *bytes.Buffer) error { return ExplainPort(b, "tcp", 13223, 0) }},
		{"port-32773-in-2000.txt", func(b *bytes.Buffer) error { return ExplainPort(b, "tcp", 32773, 2000) }},
		{"port-1243-in-2000.txt", func(b *bytes.Buffer) error { return ExplainPort(b, "tcp", 1243, 2000) }},
		{"port-80.txt", func(b *bytes.Buffer) error { return ExplainPort(b, "tcp", 80, 0) }},
		{"port-4.txt", func(b *bytes.Buffer) error { return ExplainPort(b, "udp", 4, 0) }},
		{"kind-trap-port-connect.txt", func(b *bytes.Buffer) error {
			return (*Catalogue)(nil).Explain(b, "trap-port-connect", []string{"a try at a port that PortSentry guards"})
		}},
		{"kind-misdirected-peer.txt", func(b *bytes.Buffer) error { return (*Catalogue)(nil).Explain(b, "misdirected-peer", nil) }},
		{"behaviour-timer-retry.txt", func(b *bytes.Buffer) error {
			return (*Catalogue)(nil).ExplainBehaviour(b, "timer-retry", []string{"as the statement timer of an incident"})
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			var got bytes.Buffer
			if err := tt.explain(&got); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(got.String()) {
				if n := len([]rune(strings.TrimRight(line, "\n"))); n > pageWidth {
					t.Errorf("%d columns: %s", n, line)
				}
				if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
					t.Errorf("space at the end: %q", line)
				}
			}
			golden := filepath.Join("testdata", tt.file)
			if os.Getenv("UPDATE") == "1" {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (UPDATE=1 rewrites it):\n%s", golden, diff)
			}
		})
	}
}

func TestExplainRefusesTheUnknown(t *testing.T) {
	var b bytes.Buffer
	if ExplainPort(&b, "icmp", 8, 0) == nil || ExplainPort(&b, "tcp", 65536, 0) == nil ||
		(*Catalogue)(nil).Explain(&b, "no-such\x1b[31m", nil) == nil || (*Catalogue)(nil).ExplainBehaviour(&b, "no-such", nil) == nil {
		t.Error("want an error")
	}
	if err := (*Catalogue)(nil).Explain(&b, "no-such\x1b[31m", nil); strings.Contains(err.Error(), "\x1b") {
		t.Errorf("the error passes a control character on: %q", err)
	}
	if b.Len() != 0 {
		t.Errorf("wrote %q", b.String())
	}
}

func TestMostLethal(t *testing.T) {
	if k, ok := MostLethal([]string{"no-such", "banner-grab", "brute-force", "trojan-probe"}); !ok || k.ID != "brute-force" {
		t.Errorf("got %q, %v", k.ID, ok)
	}
	if _, ok := MostLethal([]string{"no-such"}); ok {
		t.Error("an unknown id must not be ok")
	}
}

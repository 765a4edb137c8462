package knowledge

import (
	"bytes"
	"strings"
	"testing"
)

// An entry of a site's own file takes the place of an embedded one as far as it goes.
func TestCatalogueWith(t *testing.T) {
	c, err := (*Catalogue)(nil).With("own.yaml", []byte(`
- id: trojan-probe
  lethality: {low: 1, high: 2, reason: Every machine here runs Linux.}
  recommendations: [Tell the help desk.]
`))
	if err != nil {
		t.Fatal(err)
	}
	was, _ := KindByID("trojan-probe")
	now, ok := c.Kind("trojan-probe")
	if !ok || now.Lethality.High != 2 || now.Lethality.RaiseIf != was.Lethality.RaiseIf || now.Title != was.Title || len(now.Recommendations) != 1 {
		t.Errorf("%+v", now)
	}
	if again, _ := KindByID("trojan-probe"); again.Lethality.High != was.Lethality.High || len(again.Recommendations) != len(was.Recommendations) {
		t.Error("the embedded catalogue was changed")
	}
	if len(c.Kinds()) != len(Kinds()) || c.Kinds()[3].ID != Kinds()[3].ID {
		t.Error("the order changed")
	}
	if k, _ := c.MostLethal([]string{"banner-grab", "trojan-probe"}); k.ID != "banner-grab" {
		t.Errorf("the most lethal is %s", k.ID)
	}
}

// A new entry is told after the embedded ones, by explain as well.
func TestCatalogueAdds(t *testing.T) {
	var old bytes.Buffer
	entry := mustRead("kinds/benign-lookalike.yaml")
	own := bytes.Replace(entry, []byte("- id: misdirected-peer"), []byte("- id: own-kind"), 1)
	own = own[bytes.Index(own, []byte("- id: own-kind")):]
	own = own[:bytes.Index(own, []byte("\n- id: "))+1]
	c, err := (*Catalogue)(nil).With("own.yaml", own)
	if err != nil {
		t.Fatal(err)
	}
	all := c.Kinds()
	if len(all) != len(Kinds())+1 || all[len(all)-1].ID != "own-kind" {
		t.Errorf("%d kinds, the last is %s", len(all), all[len(all)-1].ID)
	}
	if err := c.Explain(&old, "own-kind", nil); err != nil || !strings.HasPrefix(old.String(), "own-kind – ") {
		t.Errorf("%v: %s", err, old.String())
	}
}

func TestCatalogueRefuses(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"", "own.yaml: the file is empty"},
		{"- id: trojan-probe\n  titel: x\n", "own.yaml:1: trojan-probe: field titel is no field of a kind"},
		{"- id: trojan-probe\n  lethality: {lowest: 1}\n", "own.yaml:1: trojan-probe: field lowest is no field of a Lethality"},
		{"- id: trojan-probe\n  benign: x\n", "own.yaml:1: trojan-probe: cannot unmarshal"},
		{"kinds:\n- id: trojan-probe\n  title: Probe\nbehaviours:\n- id: timer-retry\n  pitfall: x\n", "own.yaml:5: timer-retry: field pitfall is no field of a behaviour"},
		{"behaviours:\n- id: own-behaviour\n  title: x\n", "own.yaml:2: own-behaviour: recognise is empty"},
		{"behaviors: []\n", "own.yaml:1: \"behaviors\" is neither kinds nor behaviours"},
		{"- title: x\n", "own.yaml:1: the entry has no id"},
		{"- id: banner-grab\n- id: banner-grab\n", "own.yaml:2: the entry has no id, or that of an entry before it"},
		{"- id: new-kind\n  title: x\n", "own.yaml:1: new-kind: mechanism is empty"},
		{"- id: trojan-probe\n  lethality: {reason: The firewall drops it.}\n", "lethality cites a defence"},
		{"- id: trojan-probe\n  lethality: {low: 5}\n", "lethality 5 to 3 is no interval"},
		{"- id: trojan-probe\n  questions: [Why]\n", "questions has 1 entries"},
		{"kinds: x\n", "own.yaml:1: a list of entries is wanted"},
		{"trojan-probe\n", "own.yaml:1: a list of entries is wanted"},
		{"- [", "own.yaml: "},
	} {
		if _, err := (*Catalogue)(nil).With("own.yaml", []byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q in it", c.data, err, c.want)
		}
	}
}

// Behaviours are a site's as well, in a file with both lists.
func TestCatalogueBehaviours(t *testing.T) {
	c, err := (*Catalogue)(nil).With("own.yaml", []byte("behaviours:\n- id: timer-retry\n  pitfalls: Our backup calls every hour.\n"))
	if err != nil {
		t.Fatal(err)
	}
	b, ok := c.Behaviour("timer-retry")
	if was, _ := Behaviour("timer-retry"); !ok || b.Pitfalls != "Our backup calls every hour." || b.Title != was.Title || was.Pitfalls == b.Pitfalls {
		t.Errorf("%+v", b)
	}
	if len(c.Behaviours()) != len(Behaviours()) || len(c.Kinds()) != len(Kinds()) {
		t.Error("an entry was lost")
	}
}

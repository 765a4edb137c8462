package logformat

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAddressRun holds that a run has every end that a text from its place on can have as an address, the longest first.
func TestAddressRun(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	texts := []string{"192.0.2.34:1194 x", "192.0.2.300 ", "2001:db8::1:2:3:4 y", "::ffff:192.0.2.1:80", "fe80::1%eth0 z", "1.2.3.4.5", "abc", "1::", "203.0.113.256", "10.1.2.33.", "", " ", "a.b.c.d"}
	for range 2000 {
		var b []byte
		for range r.IntN(20) {
			b = append(b, "0123456789..::afG% "[r.IntN(19)])
		}
		texts = append(texts, string(b))
	}
	addresses, more := 0, 0
	for _, text := range texts {
		m := matcher{cursor: &Cursor{text: text}, text: text, steps: maxSteps}
		for p := range len(text) + 1 {
			var want []addressEnd
			end := p
			for end < len(text) && isAddressByte(text[end]) {
				end++
			}
			for ; end > p; end-- {
				if ip, ok := parseAddr(text[p:end]); ok || isBrokenAddress(text[p:end]) {
					want = append(want, addressEnd{ip, end})
				}
			}
			var got []addressEnd
			// As several messages ask: each goes on from the first end, and the run of another place comes between.
			for most := range 7 {
				run := m.run(p)
				got = got[:0]
				for i := 0; i < most || most == 6; i++ {
					e, ok := m.end(&run, i)
					if !ok {
						break
					}
					got = append(got, e)
				}
				m.run(max(p-1-most%3, 0))
			}
			if len(got) > len(m.runs[0].list) {
				more++
			}
			if len(got) != len(want) {
				t.Fatalf("%q from %d: %v, want %v", text, p, got, want)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("%q from %d: %v, want %v", text, p, got, want)
				}
				if got[i].ip != (netip.Addr{}) {
					addresses++
				}
			}
		}
	}
	if addresses < 100 || more == 0 {
		t.Errorf("%d addresses and %d runs of more than fit, which is too few to prove anything", addresses, more)
	}
}

// TestCandidates holds that the messages that are left out unseen are none that a text is one of, and none that would tell that it breaks
// off or has a broken address: of the lines of every sample from each of their words on, in whole and cut.
func TestCandidates(t *testing.T) {
	for i := range Formats {
		Formats[i].New(NewClock(time.UTC, 2026))
	}
	var lists []*patterns
	compiled.Range(func(_, list any) bool {
		lists = append(lists, list.(*patterns))
		return true
	})
	samples, err := filepath.Glob("testdata/*.log")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{"": true, "203.0.113.300": true, "a/203.0.113.300 x": true}
	for _, path := range samples {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(b), "\n") {
			for i, words := 0, 0; words < 16 && i < len(line) && len(line) < 500; i++ {
				if i == 0 || line[i-1] == ' ' {
					words++
					texts[line[i:]], texts[line[i:i+(n*7+i)%(len(line)-i+1)]] = true, true
				}
			}
		}
	}
	fits, breaks, broken := 0, 0, 0
	for text := range texts {
		for _, list := range lists {
			want := matcher{cursor: &Cursor{text: text}, text: text, steps: 1 << 30}
			var fit *pattern
			for _, p := range list.every {
				if want.heard = (heard{}); want.match(p.fields, 0) {
					fit = p
					break
				}
			}
			got := matcher{cursor: &Cursor{text: text}, text: text, steps: 1 << 30}
			p := got.first(list, 0)
			if p != fit || p != nil && got.heard != want.heard || p == nil && (got.cursor.short != want.cursor.short || got.broken != want.broken) {
				t.Fatalf("%q is %v %+v, short %v, broken %v; want %v %+v, short %v, broken %v", text, p, got.heard, got.cursor.short, got.broken, fit, want.heard, want.cursor.short, want.broken)
			}
			switch {
			case p != nil:
				fits++
			case got.broken:
				broken++
			case got.cursor.short:
				breaks++
			}
		}
	}
	if len(lists) < 20 || fits < 500 || breaks < 1000 || broken < 10 {
		t.Errorf("%d lists, %d texts that fit, %d that break off, %d with broken addresses: too few to prove anything", len(lists), fits, breaks, broken)
	}
}

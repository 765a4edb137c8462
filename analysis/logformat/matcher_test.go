package logformat

import (
	"math/rand/v2"
	"net/netip"
	"testing"
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
			run := m.run(p)
			got := append([]addressEnd(nil), run.list[:run.n]...)
			if run.more {
				more++
				for e := nextAddress(text, p, got[len(got)-1].end-1); e.end > p; e = nextAddress(text, p, e.end-1) {
					got = append(got, e)
				}
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

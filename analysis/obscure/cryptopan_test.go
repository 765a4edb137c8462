package obscure

import (
	"net/netip"
	"testing"
)

// panKey is the key of the sample that comes with the authors' Crypto-PAn 1.0, and panSample some of its lines.
var panKey = [32]byte{21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2}

func TestPan(t *testing.T) {
	p := newPan(panKey)
	for original, want := range map[string]string{
		"128.11.68.132": "135.242.180.132", "129.118.74.4": "134.136.186.123", "130.132.252.244": "133.68.164.234",
		"141.223.7.43": "141.167.8.160", "141.233.145.108": "141.129.237.235", "152.163.225.39": "151.140.114.167",
		"156.29.3.236": "147.225.12.42", "165.247.96.84": "162.9.99.234", "166.107.77.190": "160.132.178.185",
		"192.102.249.13": "252.138.62.131",
	} {
		if got := p.image(netip.MustParseAddr(original), 0); got.String() != want {
			t.Errorf("%s: got %s, want %s", original, got, want)
		}
	}
}

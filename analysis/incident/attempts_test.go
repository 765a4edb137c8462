package incident

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

func at(seconds ...int) []time.Time {
	start := time.Date(2000, 3, 7, 21, 0, 0, 0, time.UTC)
	times := make([]time.Time, len(seconds))
	for i, s := range seconds {
		times[i] = start.Add(time.Duration(s) * time.Second)
	}
	return times
}

func TestFoldPackets(t *testing.T) {
	tests := []struct {
		name string
		at   []int
		want string // the packets of each attempt, by second
	}{
		{"a full attempt", []int{0, 3, 9, 21}, "0 3 9 21"},
		{"jitter within a second", []int{0, 2, 8, 20}, "0 2 8 20"},
		{"jitter at the tolerance", []int{0, 5, 10, 20}, "0 5 10 20"},
		{"jitter past the tolerance", []int{0, 7, 9, 21}, "0 7|9 21"},
		{"two packets", []int{0, 3}, "0 3"},
		{"only the third and fourth seen", []int{0, 12}, "0 12"},
		{"too far apart", []int{0, 60}, "0|60"},
		{"the schedule of today", []int{0, 1, 3, 7, 15}, "0 1 3 7 15"},
		{"today's schedule to its end", []int{0, 1, 3, 7, 15, 31, 63}, "0 1 3 7 15 31 63"},
		{"two attempts a timer apart", []int{0, 3, 9, 21, 125, 128, 134, 146}, "0 3 9 21|125 128 134 146"},
		{"two attempts overlap", []int{0, 3, 9, 10, 12, 18, 30}, "0 3 9|10 12 18 30"},
		{"two attempts in the same seconds", []int{0, 0, 3, 3, 9, 9, 21, 21}, "0 3 9 21|0 3 9 21"},
		{"a pair half a minute apart is none", []int{0, 24}, "0|24"},
		{"same second", []int{0, 0}, "0|0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range foldPackets(at(test.at...)) {
				var s []string
				for _, p := range f.packets {
					s = append(s, fmt.Sprint(test.at[p]))
				}
				got = append(got, strings.Join(s, " "))
			}
			if g := strings.Join(got, "|"); g != test.want {
				t.Errorf("packets at %v: attempts %s, want %s", test.at, g, test.want)
			}
		})
	}
}

// TestFoldPacketsDealsEachPacketOnce holds for any packets: every one is in exactly one attempt,
// no attempt strays further from its schedule than the tolerance, and no attempt is empty.
func TestFoldPacketsDealsEachPacketOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 1 + r.IntN(40)
		seconds := make([]int, n)
		for i := 1; i < n; i++ {
			seconds[i] = seconds[i-1] + r.IntN(14)
		}
		seen := make([]int, n)
		for _, f := range foldPackets(at(seconds...)) {
			if f.deviation > analysis.Tolerance {
				t.Errorf("%v: deviation %v", seconds, f.deviation)
			}
			if len(f.packets) == 0 {
				t.Errorf("%v: an empty attempt", seconds)
			}
			for _, p := range f.packets {
				seen[p]++
			}
		}
		for i, k := range seen {
			if k != 1 {
				t.Fatalf("%v: packet %d is in %d attempts", seconds, i, k)
			}
		}
	}
}

// TestFoldPacketsOfAFlood folds what an attacker may send: hundreds of packets a second, and many
// flows that are just small enough for an exact answer. It must end; nothing is said about the number.
func TestFoldPacketsOfAFlood(t *testing.T) {
	for _, perSecond := range []int{1, 2, 60, 1000} {
		seconds := make([]int, 4000)
		for i := range seconds {
			seconds[i] = i / perSecond
		}
		n := 0
		for _, f := range foldPackets(at(seconds...)) {
			n += len(f.packets)
		}
		if n != len(seconds) {
			t.Errorf("%d a second: %d packets in attempts, want %d", perSecond, n, len(seconds))
		}
	}
	for range 200 {
		seconds := make([]int, exactLimit)
		for i := range seconds {
			seconds[i] = i / 2
		}
		foldPackets(at(seconds...))
	}
}

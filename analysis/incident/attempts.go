package incident

import (
	"math"
	"math/bits"
	"sort"
	"time"

	"practicum/analysis"
)

// A schedule is one of analysis.Schedules.
type schedule struct {
	name    string
	offsets []float64
}

const (
	// maxMissing is how many packets at the start of an attempt a log may have missed.
	maxMissing = 2
	// lateMember is the first member of a schedule that only continues an attempt of three packets
	// or more: a pair of packets half a minute apart is no evidence of a schedule.
	lateMember = 4
	// exactLimit is the largest number of packets that overlap in time for which every way of
	// dealing them to attempts is tried, and maxSteps how many tries that may take: whoever sends
	// the packets chooses how many there are.
	exactLimit = 16
	maxSteps   = 20_000
)

// fold is one attempt among the packets of a flow.
type fold struct {
	packets   []int // indices, ascending
	schedule  string
	deviation float64 // seconds
	ambiguous bool
}

// foldPackets deals the packets of one flow (same source, source port if known, target and port)
// to as few attempts as the retransmission schedules allow; among ways with as few, to those that
// lie nearest to the schedule. times must be ascending. A flow comes from one stack, so one
// schedule holds for all of it: the one that needs fewer attempts, then the nearer one.
func foldPackets(times []time.Time) []fold {
	if len(times) == 0 {
		return nil
	}
	seconds := make([]float64, len(times))
	for i, t := range times {
		seconds[i] = t.Sub(times[0]).Seconds()
	}
	var best []fold
	bestOff := math.Inf(1)
	for _, known := range analysis.Schedules {
		s := schedule{known.Name, known.Offsets}
		folds, off := s.fold(seconds)
		if best == nil || len(folds) < len(best) || (len(folds) == len(best) && off < bestOff) {
			best, bestOff = folds, off
		}
	}
	return best
}

// fold splits the packets where no attempt can bridge the gap, and deals each cluster by itself.
func (s schedule) fold(seconds []float64) (folds []fold, off float64) {
	reach := 0.0
	for i := 1; i < len(s.offsets); i++ {
		reach = max(reach, s.offsets[i]-s.offsets[i-1])
	}
	reach += 2 * analysis.Tolerance
	for start := 0; start < len(seconds); {
		end := start + 1
		for end < len(seconds) && seconds[end]-seconds[end-1] <= reach {
			end++
		}
		if end-start == 1 { // the usual case
			folds = append(folds, fold{packets: []int{start}})
			start = end
			continue
		}
		var deal []chain
		ambiguous := false
		if end-start <= exactLimit {
			d := dealer{s: s, seconds: seconds[start:end], memo: map[uint32]dealt{}}
			if best := d.deal(1<<(end-start) - 1); d.steps <= maxSteps {
				deal, ambiguous = best.chains, best.ways > 1
			}
		}
		if deal == nil {
			deal, ambiguous = s.greedy(seconds[start:end]), true
		}
		for _, c := range deal {
			f := fold{deviation: c.deviation, ambiguous: ambiguous && len(deal) > 1}
			if len(c.packets) > 1 {
				f.schedule = s.name
			}
			for _, p := range c.packets {
				f.packets = append(f.packets, start+p)
			}
			folds = append(folds, f)
			off += c.deviation
		}
		start = end
	}
	return folds, off
}

// chain is a set of packets that fits the schedule as one attempt.
type chain struct {
	packets   []int
	deviation float64
}

// dealt is a way of dealing packets to the fewest attempts.
type dealt struct {
	chains []chain
	off    float64 // sum of the deviations
	ways   int     // how many ways need as few attempts
}

type dealer struct {
	s       schedule
	seconds []float64
	memo    map[uint32]dealt
	steps   int
}

// deal deals the packets in the set rest. The earliest of them begins an attempt; every attempt
// that it can begin is tried.
func (d *dealer) deal(rest uint32) dealt {
	if rest == 0 {
		return dealt{ways: 1}
	}
	if best, ok := d.memo[rest]; ok {
		return best
	}
	var best dealt
	first := bits.TrailingZeros32(rest)
	d.s.chains(d.seconds, first, func(p int) bool { return rest&(1<<p) != 0 }, func(c chain) {
		if d.steps++; d.steps > maxSteps {
			return
		}
		left := rest
		for _, p := range c.packets {
			left &^= 1 << p
		}
		sub := d.deal(left)
		n, off := len(sub.chains)+1, sub.off+c.deviation
		switch {
		case best.chains == nil || n < len(best.chains):
			best = dealt{ways: sub.ways}
		case n > len(best.chains):
			return
		default:
			best.ways += sub.ways
			if off >= best.off {
				return
			}
		}
		best.off = off
		best.chains = append(append(make([]chain, 0, n), chain{append([]int(nil), c.packets...), c.deviation}), sub.chains...)
	})
	d.memo[rest] = best
	return best
}

// greedy gives the earliest packet the longest attempt that it can begin with the packets nearest to
// the schedule, and goes on with the rest. It needs time in proportion to the packets, however dense
// they are.
func (s schedule) greedy(seconds []float64) (deal []chain) {
	taken := make([]bool, len(seconds))
	for first := range seconds {
		if taken[first] {
			continue
		}
		best := chain{packets: []int{first}}
		for missing := 0; missing <= maxMissing; missing++ {
			if c := s.nearest(seconds, taken, first, missing); len(c.packets) > len(best.packets) ||
				(len(c.packets) == len(best.packets) && len(c.packets) > 1 && c.deviation < best.deviation) {
				best = c
			}
		}
		for _, p := range best.packets {
			taken[p] = true
		}
		deal = append(deal, best)
	}
	return deal
}

// nearest builds the attempt whose first packet is first and whose first missing members the log
// missed, taking for each further member the free packet nearest to its place.
func (s schedule) nearest(seconds []float64, taken []bool, first, missing int) chain {
	const near = 64 // packets looked at on each side of a place
	c := chain{packets: []int{first}}
	low := seconds[first] - s.offsets[missing]
	high := low
	for next := missing + 1; next < len(s.offsets) && (next < lateMember || len(c.packets) >= 3); next++ {
		last := c.packets[len(c.packets)-1]
		place := seconds[first] - s.offsets[missing] + s.offsets[next]
		at := sort.SearchFloat64s(seconds, place)
		found := -1
		for p := max(last+1, at-near); p < len(seconds) && p < at+near; p++ {
			shift := seconds[p] - s.offsets[next]
			if taken[p] || seconds[p] == seconds[last] || shift > low+2*analysis.Tolerance || shift < high-2*analysis.Tolerance {
				continue
			}
			if found < 0 || math.Abs(seconds[p]-place) < math.Abs(seconds[found]-place) {
				found = p
			}
		}
		if found < 0 {
			break
		}
		shift := seconds[found] - s.offsets[next]
		low, high = min(low, shift), max(high, shift)
		c.packets = append(c.packets, found)
	}
	c.deviation = (high - low) / 2
	return c
}

// chains calls found with every attempt that begins with the packet first and uses free packets
// only: runs of members of the schedule without a hole, which may miss up to maxMissing members at
// the start, each packet later than the one before. The packet alone is one of them. found must not
// keep its argument.
func (s schedule) chains(seconds []float64, first int, free func(int) bool, found func(chain)) {
	packets := []int{first}
	found(chain{packets, 0})
	for missing := 0; missing <= maxMissing && missing+1 < len(s.offsets); missing++ {
		at := seconds[first] - s.offsets[missing]
		s.grow(seconds, packets, missing+1, at, at, free, found)
	}
}

// grow extends a chain whose shifts against the schedule lie between low and high by the member next.
func (s schedule) grow(seconds []float64, packets []int, next int, low, high float64, free func(int) bool, found func(chain)) {
	if next == len(s.offsets) || (next >= lateMember && len(packets) < 3) {
		return
	}
	last := packets[len(packets)-1]
	for p := last + 1; p < len(seconds); p++ {
		shift := seconds[p] - s.offsets[next]
		if shift > low+2*analysis.Tolerance {
			return
		}
		if !free(p) || seconds[p] == seconds[last] || shift < high-2*analysis.Tolerance {
			continue
		}
		l, h := min(low, shift), max(high, shift)
		grown := append(packets[:len(packets):len(packets)], p)
		found(chain{grown, (h - l) / 2})
		s.grow(seconds, grown, next+1, l, h, free, found)
	}
}

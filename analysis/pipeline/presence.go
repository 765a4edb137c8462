package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/incident"
)

// A machine that logs every hour and then does not for six has lost its log, its network or its power, or somebody has
// turned the log off. The report says so; nothing in the lines that are there would.

const (
	// maxBins bounds the memory: a year of quarters of an hour for 14 machines, or a month for 170. Stamps and names of
	// machines can be forged, so there may be any number.
	maxBins = 500_000
	// maxHosts is how many machines the report lists, those with the most lines; maxSilences how many silences of each.
	maxHosts, maxSilences = 100, 20
)

// presence counts lines by machine and quarter of an hour.
type presence struct {
	hosts map[string]*hostBins
	bins  int
	over  int // lines that found no room
	// The last machine and bin, which the next line is mostly of as well.
	name string
	host *hostBins
	at   int64
	bin  *bin
}

type hostBins struct {
	lines int
	bins  map[int64]*bin
}

// bin is a quarter of an hour in which a machine logged: the first and the last stamp, in Unix seconds.
type bin struct{ first, last int64 }

func newPresence() *presence { return &presence{hosts: map[string]*hostBins{}} }

// add counts lines of a machine.
func (p *presence) add(host string, t time.Time, lines int) {
	sec := t.Unix()
	at := sec / analysis.Quarter
	if sec < 0 {
		at--
	}
	if p.host == nil || host != p.name {
		h := p.hosts[host]
		if h == nil {
			if p.bins >= maxBins {
				p.over += lines
				return
			}
			h = &hostBins{bins: map[int64]*bin{}}
			host = strings.Clone(host) // which may be a view of a line
			p.hosts[host] = h
		}
		p.name, p.host, p.bin = host, h, nil
	}
	if p.bin == nil || at != p.at {
		b := p.host.bins[at]
		if b == nil {
			if p.bins >= maxBins {
				p.over += lines
				return
			}
			p.bins++
			b = &bin{sec, sec}
			p.host.bins[at] = b
		}
		p.at, p.bin = at, b
	}
	p.host.lines += lines
	p.bin.first, p.bin.last = min(p.bin.first, sec), max(p.bin.last, sec)
}

// report lists the machines with the times of their silence, most lines first.
func (p *presence) report(zone *time.Location, pseudonyms incident.Pseudonyms) (list []analysis.Presence, limits []string) {
	var first, last int64 // of all machines
	begin := true
	for _, h := range p.hosts {
		for _, b := range h.bins {
			if begin {
				first, last, begin = b.first, b.last, false
			}
			first, last = min(first, b.first), max(last, b.last)
		}
	}
	for name, h := range p.hosts {
		list = append(list, h.report(name, first, last, zone))
	}
	name := func(h string) string {
		if pseudonyms != nil { // their order must not depend on the key
			return pseudonyms.Real(h)
		}
		return h
	}
	slices.SortFunc(list, func(a, b analysis.Presence) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(name(a.Host), name(b.Host)))
	})
	if n := len(list); n > maxHosts {
		list = list[:maxHosts]
		limits = append(limits, fmt.Sprintf("%d of %d machines are listed with the times of their logs", maxHosts, n))
	}
	if p.over > 0 {
		limits = append(limits, fmt.Sprintf("when machines were silent is not known for %d lines, of too many machines or times", p.over))
	}
	return list, limits
}

// Between lines in the same or neighbouring quarters there is no silence to speak of: four empty quarters in between make
// at least an hour.
const hour = 4

// report says of one machine when it was silent. first and last are of all machines: what lies before a machine's own
// first line is a silence as well, if others logged then.
func (h *hostBins) report(name string, first, last int64, zone *time.Location) analysis.Presence {
	at := make([]int64, 0, len(h.bins))
	for q := range h.bins {
		at = append(at, q)
	}
	slices.Sort(at)
	in := func(sec int64) time.Time { return time.Unix(sec, 0).In(zone) }
	own := [2]int64{h.bins[at[0]].first, h.bins[at[len(at)-1]].last}
	p := analysis.Presence{Host: name, First: in(own[0]), Last: in(own[1]), Lines: h.lines, Rhythm: analysis.RhythmNone}

	var between []analysis.Silence // within the machine's own time, of an hour and more
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] > hour {
			between = append(between, analysis.Silence{From: in(h.bins[at[i-1]].last), To: in(h.bins[at[i]].first)})
		}
	}
	span := time.Duration(own[1]-own[0]) * time.Second
	var shortest time.Duration
	switch {
	case span >= 48*time.Hour && steady(between, span, time.Hour):
		p.Rhythm, shortest = analysis.RhythmHourly, time.Hour
	case span >= 14*24*time.Hour && steady(between, span, 24*time.Hour):
		p.Rhythm, shortest = analysis.RhythmDaily, 24*time.Hour
	default:
		return p
	}
	if first < own[0] {
		between = append([]analysis.Silence{{From: in(first), To: in(own[0])}}, between...)
	}
	if last > own[1] {
		between = append(between, analysis.Silence{From: in(own[1]), To: in(last)})
	}
	p.Silences = slices.DeleteFunc(between, func(s analysis.Silence) bool { return s.To.Sub(s.From)-repeated(s) < shortest })
	if n := len(p.Silences); n > maxSilences {
		long := slices.Clone(p.Silences)
		slices.SortStableFunc(long, func(a, b analysis.Silence) int { return cmp.Compare(b.To.Sub(b.From), a.To.Sub(a.From)) })
		long = long[:maxSilences]
		slices.SortFunc(long, func(a, b analysis.Silence) int { return a.From.Compare(b.From) })
		p.Silences, p.SilencesLeft = long, n-maxSilences
	}
	return p
}

// repeated is the time by which clocks were set back within a silence. Stamps without a zone say the same for both of the hours
// that then follow each other and are all taken for the first, so the second looks empty.
func repeated(s analysis.Silence) time.Duration {
	_, before := s.From.Zone()
	_, after := s.To.Zone()
	return time.Duration(max(0, before-after)) * time.Second
}

// steady reports whether a machine is hardly ever silent for so long: what is longer, the three longest silences aside,
// makes up at most a hundredth of its time. The three are what the rule is there to find.
func steady(silences []analysis.Silence, span, so time.Duration) bool {
	var long []time.Duration
	for _, s := range silences {
		if d := s.To.Sub(s.From); d >= so {
			long = append(long, d)
		}
	}
	slices.SortFunc(long, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	const longest = 3
	var lost, rest time.Duration
	for i, d := range long {
		if i < longest {
			lost += d
		} else {
			rest += d
		}
	}
	return rest*100 <= span-lost && lost*2 <= span
}

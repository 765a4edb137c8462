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
	hosts map[writer]*hostBins
	bins  int
	over  int // lines that found no room
	// The machines and bins of the last lines, which the next one is mostly of as well.
	recent [64]recentBin
}

type recentBin struct {
	at   int64
	host *hostBins
	bin  *bin
}

// writer is a machine, or an input whose lines name none.
type writer struct{ host, file string }

type hostBins struct {
	who   writer
	lines int
	bins  map[int64]*bin
}

// bin is a quarter of an hour in which a machine logged: the first and the last stamp, in Unix seconds.
type bin struct{ first, last int64 }

func newPresence() *presence { return &presence{hosts: map[writer]*hostBins{}} }

// add counts lines of a machine.
func (p *presence) add(who writer, t time.Time, lines int) {
	sec := t.Unix()
	at := sec / analysis.Quarter
	if sec < 0 {
		at--
	}
	r := &p.recent[(slotOf(who.host)+uint(at))%uint(len(p.recent))]
	if r.host == nil || r.at != at || r.host.who != who {
		h := p.hosts[who]
		if h == nil {
			if p.bins >= maxBins {
				p.over += lines
				return
			}
			h = &hostBins{who: writer{strings.Clone(who.host), who.file}, bins: map[int64]*bin{}} // the name may be a view of a line
			p.hosts[h.who] = h
		}
		b := h.bins[at]
		if b == nil {
			if p.bins >= maxBins {
				p.over += lines
				return
			}
			p.bins++
			b = &bin{sec, sec}
			h.bins[at] = b
		}
		*r = recentBin{at, h, b}
	}
	r.host.lines += lines
	r.bin.first, r.bin.last = min(r.bin.first, sec), max(r.bin.last, sec)
}

// slotOf tells most names of a log, of machines and log formats, apart by a few bytes of them.
func slotOf(name string) uint {
	n := uint(len(name))
	if n > 0 {
		n = (n*31+uint(name[0]))*31 + uint(name[n/2])*7 + uint(name[n-1])
	}
	return n * 0x9E3779B97F4A7C15 >> 40 // the golden ratio of 64 bits, as Knuth hashes
}

// put adds a bin of a machine; its lines are counted apart.
func (p *presence) put(who writer, at int64, of bin) {
	h := p.hosts[who]
	if h == nil {
		h = &hostBins{who: who, bins: map[int64]*bin{}}
		p.hosts[who] = h
	}
	b := h.bins[at]
	if b == nil {
		p.bins++
		h.bins[at] = &of
		return
	}
	b.first, b.last = min(b.first, of.first), max(b.last, of.last)
}

// meets reports whether records that one of the two has counted may be copies of some that the other has: whether a machine, or one
// that no line names, wrote both in the same seconds.
func (p *presence) meets(o *presence) bool {
	if p.over > 0 || o.over > 0 {
		return true
	}
	nameless := map[int64][]*bin{} // of inputs whose lines name no machine
	for who, h := range p.hosts {
		if who.host == "" {
			for at, b := range h.bins {
				nameless[at] = append(nameless[at], b)
			}
		}
	}
	meet := func(a, b *bin) bool { return a.first <= b.last && b.first <= a.last }
	for who, h := range o.hosts {
		mine := p.hosts[who]
		for at, b := range h.bins {
			if who.host == "" {
				if slices.ContainsFunc(nameless[at], func(a *bin) bool { return meet(a, b) }) {
					return true
				}
			} else if mine != nil {
				if a := mine.bins[at]; a != nil && meet(a, b) {
					return true
				}
			}
		}
	}
	return false
}

// merge adds what another has counted.
func (p *presence) merge(o *presence) {
	for who, h := range o.hosts {
		for at, b := range h.bins {
			p.put(who, at, *b)
		}
		if of := p.hosts[who]; of != nil {
			of.lines += h.lines
		}
	}
	p.over += o.over
}

// report lists the machines with the times of their silence, most lines first.
func (p *presence) report(zone *time.Location, pseudonyms incident.Pseudonyms) (list []analysis.Presence, limits []string) {
	silences := map[writer][]analysis.Silence{}
	var first, last time.Time // of the machines that are hardly ever silent
	for who, h := range p.hosts {
		one, between := h.report(zone)
		list = append(list, one)
		if one.Rhythm == analysis.RhythmNone {
			continue
		}
		silences[who] = between
		if first.IsZero() || one.First.Before(first) {
			first = one.First
		}
		if one.Last.After(last) {
			last = one.Last
		}
	}
	for i := range list {
		if h := &list[i]; h.Rhythm != analysis.RhythmNone {
			between := silences[writer{h.Host, h.File}]
			between = append([]analysis.Silence{{From: first, To: h.First}}, between...)
			h.Silences, h.SilencesLeft = listed(append(between, analysis.Silence{From: h.Last, To: last}), shortest[h.Rhythm])
		}
	}
	name := func(h string) string {
		if pseudonyms != nil { // their order must not depend on the key
			return pseudonyms.Real(h)
		}
		return h
	}
	slices.SortFunc(list, func(a, b analysis.Presence) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(name(a.Host), name(b.Host)), cmp.Compare(a.File, b.File))
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

// shortest is the silence that is told of, by the rhythm.
var shortest = map[analysis.Rhythm]time.Duration{analysis.RhythmHourly: time.Hour, analysis.RhythmDaily: 24 * time.Hour}

// report says of one machine how it logs, and when it was silent for an hour and more between its own lines.
func (h *hostBins) report(zone *time.Location) (p analysis.Presence, between []analysis.Silence) {
	at := make([]int64, 0, len(h.bins))
	for q := range h.bins {
		at = append(at, q)
	}
	slices.Sort(at)
	in := func(sec int64) time.Time { return time.Unix(sec, 0).In(zone) }
	p = analysis.Presence{Host: h.who.host, File: h.who.file, Lines: h.lines, Rhythm: analysis.RhythmNone,
		First: in(h.bins[at[0]].first), Last: in(h.bins[at[len(at)-1]].last)}
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] > hour {
			between = append(between, analysis.Silence{From: in(h.bins[at[i-1]].last), To: in(h.bins[at[i]].first)})
		}
	}
	span := p.Last.Sub(p.First)
	switch {
	case span >= 48*time.Hour && steady(between, span, time.Hour):
		p.Rhythm = analysis.RhythmHourly
	case span >= 14*24*time.Hour && steady(between, span, 24*time.Hour):
		p.Rhythm = analysis.RhythmDaily
	}
	return p, between
}

// listed are the silences that are long enough, the longest of them where there are too many, and how many are left.
func listed(all []analysis.Silence, shortest time.Duration) (list []analysis.Silence, left int) {
	long := slices.DeleteFunc(all, func(s analysis.Silence) bool { return s.To.Sub(s.From)-repeated(s) < shortest })
	if n := len(long); n > maxSilences {
		left = n - maxSilences
		slices.SortStableFunc(long, func(a, b analysis.Silence) int { return cmp.Compare(b.To.Sub(b.From), a.To.Sub(a.From)) })
		long = long[:maxSilences]
		slices.SortFunc(long, func(a, b analysis.Silence) int { return a.From.Compare(b.From) })
	}
	return long, left
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

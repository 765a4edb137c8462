package workload

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"
)

// Kind is a kind of log.
type Kind struct {
	Name  string
	Title string // what it holds, in words
	line  func(g *generator)
	// spread is the number of sources.
	spread int
	// width is the mean length of a line in bytes; it spreads the stamps over the month.
	width float64
}

// Kinds lists the kinds of log.
var Kinds = []Kind{
	{"mixed", "a syslog of several machines: 70 % daily work; sshd, packet filter, PortSentry, TCP Wrappers; 50,000 sources", (*generator).mixed, 50_000, 103},
	{"iptables", "packets that a packet filter dropped, one a line; 50,000 sources", (*generator).filtered, 50_000, 210},
	{"spoofed", "dropped packets that claim to come from four million sources", (*generator).spoofed, 4_000_000, 210},
	{"eve", "Suricata's eve.json, a quarter of it alerts; the fields in changing order", (*generator).eve, 50_000, 560},
	{"wide", "attacks in which every line has a name of its own, of a log-in, a client or one of 2,000 machines; 20,000 sources", (*generator).wide, 20_000, 120},
	{"web", "a web server's access log with probes and guessing among the visitors", (*generator).web, 50_000, 190},
	{"names", "a web server's access log that has the names of its clients, and the address of one in ten", (*generator).names, 50_000, 94},
}

// Named finds a kind by its name.
func Named(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Days is how many days a log covers, from Start on.
const Days = 31

// Start is when a log begins.
var Start = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// Write writes whole lines of the kind to w until they have at least size bytes.
func (k Kind) Write(w io.Writer, seed uint64, size int64) error {
	buffered := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	g := &generator{r: r, sources: rand.NewZipf(r, 1.05, 1, uint64(k.spread-1)), spread: k.spread, seed: seed}
	lines := float64(size)/k.width + 1
	step := float64(Days*24*time.Hour) / lines
	for written, n := int64(0), 0.0; written < size; n++ {
		g.at = Start.Add(min(time.Duration(n*step), Days*24*time.Hour-time.Second))
		g.stamp()
		g.out = g.out[:0]
		k.line(g)
		g.out = append(g.out, '\n')
		written += int64(len(g.out))
		if _, err := buffered.Write(g.out); err != nil {
			return fmt.Errorf("writing the %s log: %w", k.Name, err)
		}
	}
	return buffered.Flush()
}

type generator struct {
	r       *rand.Rand
	sources *rand.Zipf
	spread  int
	seed    uint64
	at      time.Time
	out     []byte

	second int64 // that bsd is the stamp of
	bsd    []byte
}

// stamp makes the stamp of BSD syslog (RFC 3164 section 4.1.2), once a second.
func (g *generator) stamp() {
	if s := g.at.Unix(); s != g.second || g.bsd == nil {
		g.second, g.bsd = s, g.at.AppendFormat(g.bsd[:0], time.Stamp)
	}
}

func (g *generator) text(parts ...string) {
	for _, p := range parts {
		g.out = append(g.out, p...)
	}
}

func (g *generator) number(n int) { g.out = strconv.AppendInt(g.out, int64(n), 10) }

// between is a number from low to high.
func (g *generator) between(low, high int) int { return low + g.r.IntN(high-low+1) }

func pick[T any](g *generator, list []T) T { return list[g.r.IntN(len(list))] }

// source is the address of a source drawn from the heavy tail.
func (g *generator) source() netip.Addr { return g.address(g.sources.Uint64(), true) }

// address is the n-th source's. Three in a hundred have an IPv6 address, where v6 allows it.
func (g *generator) address(n uint64, v6 bool) netip.Addr {
	h := mix(n ^ g.seed<<40)
	if v6 && h%100 < 3 {
		return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(h >> 8), byte(h >> 16), byte(h >> 24), byte(h >> 32), 8: byte(h >> 40), 15: byte(h>>48) | 1})
	}
	for ; ; h = mix(h) {
		ip := netip.AddrFrom4([4]byte{byte(h >> 8), byte(h >> 16), byte(h >> 24), byte(h >> 32)})
		if ip.IsGlobalUnicast() && !ip.IsPrivate() && ip.As4()[0] != 0 && ip.As4()[0] < 224 && ip.As4()[0] != 100 && ip.As4()[0] != 192 && ip.As4()[0] != 198 && ip.As4()[0] != 203 {
			return ip
		}
	}
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
func mix(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

func (g *generator) ip(a netip.Addr) { g.out = a.AppendTo(g.out) }

// header writes stamp, host, program and process of a line of BSD syslog.
func (g *generator) header(host, program string, pid int) {
	g.out = append(g.out, g.bsd...)
	g.text(" ", host, " ", program)
	if pid > 0 {
		g.text("[")
		g.number(pid)
		g.text("]")
	}
	g.text(": ")
}

func (g *generator) pid() int { return g.between(300, 32767) }

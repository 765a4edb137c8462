package incident

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"practicum/analysis"
)

// TestReady holds that making ready changes nothing, whoever acted and whether the source is known or not, and takes no memory.
func TestReady(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	events := make([]analysis.Event, 5*readyRecords)
	for i := range events {
		e := packet("192.0.2.1", random.IntN(3)+5000, time.Duration(i)*time.Minute, int64(i))
		switch random.IntN(6) {
		case 0:
			e.Source = analysis.Endpoint{IP: netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", random.IntN(9)))}
		case 1:
			e.Source = analysis.Endpoint{Name: fmt.Sprintf("host%d.example.org", random.IntN(9))}
		case 2:
			e.Source = analysis.Endpoint{}
		case 3:
			e.Source = analysis.Endpoint{IP: netip.AddrFrom4([4]byte{192, 0, 2, byte(random.IntN(40))}), Name: "named.example.org"}
		default:
			e.Source = analysis.Endpoint{IP: netip.AddrFrom4([4]byte{192, 0, 2, byte(random.IntN(250))})}
		}
		events[i] = *e
	}
	build := func(ready bool) []analysis.Incident {
		b := NewBuilder(uncommon)
		for begin := 0; begin < len(events); begin += 300 {
			some := events[begin:min(begin+300, len(events))]
			if ready {
				if n := testing.AllocsPerRun(1, func() { b.Ready(some) }); n != 0 {
					t.Errorf("making ready for the events from %d on takes memory %v times", begin, n)
				}
			}
			for i := range some {
				kind := "unused-port-probe"
				if i%4 == 0 {
					kind = ""
				}
				b.Add(&some[i], kind, 0)
			}
		}
		return finish(b)
	}
	if with, without := build(true), build(false); len(with) == 0 || !reflect.DeepEqual(with, without) {
		t.Errorf("%d incidents with making ready, %d without, or others", len(with), len(without))
	}
}
